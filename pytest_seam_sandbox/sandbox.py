"""A Seam sandbox workspace that a test holds: make things, look at them, break them, expect what must appear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from .api._user_identities import UserIdentity
from .api.connected_accounts import ConnectedAccount
from .api.devices.model import Device
from .api.phones import Phone
from .connected import Connected
from .embedded import Embedded, SandboxClock
from .engine.clock import format_time
from .engine.errors import ExpectationFailed, NotEmulated, SandboxError
from .engine.faults import Faults
from .engine.http import Request, Response
from .engine.settings import ActionAttempts, Settings
from .observer import id_of
from .outages import (
    AccountDisconnected,
    Deactivation,
    Disconnected,
    HubDisconnected,
    Outage,
    Removed,
    SubscriptionExpired,
)

if TYPE_CHECKING:
    from .api.access_codes.model import AccessCode
    from .api.acs.resources import AcsCredential, AcsSystem


@dataclass(frozen=True)
class Snapshot:
    """A state of a sandbox; give it to `restore` of the same sandbox."""

    state: tuple[Any, ...]


class Sandbox(Connected):
    """One isolated Seam sandbox workspace.

    Usable without pytest: `with Sandbox() as sandbox:`. Leaving the block raises what went wrong unnoticed: a path that
    is not emulated, an outage that was never left.

    world: the starting state, "empty", "house", "hotel" or "everything". seed: ids, names, PINs and serial numbers
    follow from it; give two sandboxes of one test different seeds if their ids have to differ. action_attempts:
    "instant", "poll" or seconds. event_latency: seconds until an event shows. strict_ids: refuse ids that are no UUID.
    rate_limits: answer 429 beyond Seam's documented limits per device.
    All seconds are sandbox seconds.
    """

    def __init__(
        self,
        *,
        world: str = "empty",
        seed: int | str = 0,
        action_attempts: ActionAttempts = "instant",
        event_latency: float = 0.0,
        strict_ids: bool = True,
        rate_limits: bool = False,
    ) -> None:
        settings = Settings(
            action_attempts=action_attempts,
            event_latency=event_latency,
            strict_ids=strict_ids,
            rate_limits=rate_limits,
        )
        super().__init__(Embedded(world=world, seed=seed, settings=settings), event_latency)
        self._open_outages: list[Outage] = []
        self._kept: list[Exception] = []

    def __repr__(self) -> str:
        return f"Sandbox({self._backend.contents()})"

    # life

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self.check()
        except Exception as trouble:
            if error is None:
                raise
            error.add_note(f"and the sandbox says: {trouble}")
        finally:
            self.close()

    def check(self) -> None:
        """Raise what went wrong without an exception in the test; the plugin calls this when a test has run.

        When it is more than one thing, the others are notes of the first.
        """
        troubles = list(self._troubles())
        if troubles:
            for other in troubles[1:]:
                troubles[0].add_note(f"and: {other}")
            raise troubles[0]

    def _keep(self, trouble: Exception) -> None:
        """Let `check` raise what could not be raised where it happened."""
        self._kept.append(trouble)

    def _troubles(self) -> Iterator[Exception]:
        app = self._backend.app
        while self._kept:
            yield self._kept.pop(0)
        if app.internal_errors:
            yield app.internal_errors[0]
            app.internal_errors.clear()
        if app.not_emulated:
            paths = ", ".join(dict.fromkeys(app.not_emulated))
            app.not_emulated.clear()
            yield NotEmulated(
                f"the program under test called {paths}, which Seam has and this sandbox does not emulate; it got 501. "
                "Avoid the call in this test, answer it with a stub of your own, or ask for it in an issue."
            )
        complaints = app.faults.complaints()
        if complaints:
            yield ExpectationFailed("\n".join(complaints))
        if self._open_outages:
            names = ", ".join(map(str, self._open_outages))
            yield SandboxError(f"the test ended inside {names}. Use outages in a with block, so that they end.")
        for outage in reversed(self._open_outages.copy()):
            try:
                outage.__exit__(None, None, None)
            except (ExpectationFailed, SandboxError) as trouble:
                yield trouble

    def close(self) -> None:
        """Nothing that would have to be let go of; the clients that the sandbox handed out stay usable."""

    @contextmanager
    def serve(self, *, host: str = "127.0.0.1", port: int = 0, control: bool = False) -> Iterator[str]:
        """A loopback server for this sandbox, running inside the block; gives its base URL.

        port: 0 for a free one. control: answer the control routes below /_sandbox/ as well.
        """
        from .doors.server import Listener

        listener = Listener(host=host, port=port, control=self._control if control else None)
        with listener, listener.joined(self._backend.app) as url:
            yield url

    def _control(self, _app: Any, request: Request) -> Response:
        from .doors.control import control

        return control(self, request)

    # make

    def create_device(
        self,
        device_type: str = "august_lock",
        *,
        device_id: str | None = None,
        name: str | None = None,
        connected_account_id: str | None = None,
        online: bool = True,
        custom_metadata: Mapping[str, str | bool] | None = None,
        properties: Mapping[str, Any] | None = None,
    ) -> Device:
        """A new device; embedded only. Logs device.added and, online, device.connected.

        device_type: one of Seam's types; UnknownDeviceType otherwise. connected_account_id: by default the account of
        the device's provider, made when there is none. properties: over those of the catalogue.
        """
        made = self._backend.create_device(
            device_type,
            device_id=device_id,
            name=name,
            connected_account_id=connected_account_id,
            online=online,
            custom_metadata=dict(custom_metadata or {}),
            properties=properties,
        )
        return self.get_device(made)

    def create_connected_account(
        self,
        provider: str = "august",
        *,
        email: str | None = None,
        customer_key: str | None = None,
        custom_metadata: Mapping[str, str | bool] | None = None,
    ) -> ConnectedAccount:
        """A new connected account without devices; embedded only. Logs connected_account.connected."""
        details = {"email": email, "customer_key": customer_key, "custom_metadata": custom_metadata}
        return self.get_connected_account(self._backend.create_account(provider, **details))

    def create_user_identity(
        self,
        *,
        full_name: str | None = None,
        email_address: str | None = None,
        phone_number: str | None = None,
        user_identity_key: str | None = None,
    ) -> UserIdentity:
        """A new user identity; a person's name follows from the seed when none is given."""
        answer = self._api.call(
            "/user_identities/create",
            full_name=full_name or self._backend.app.ids.full_name(),
            email_address=email_address,
            phone_number=phone_number,
            user_identity_key=user_identity_key,
        )
        return UserIdentity.model_validate(answer["user_identity"])

    def create_phone(
        self,
        *,
        user_identity_id: str | None = None,
        operating_system: Literal["android", "ios"] = "android",
        device_id: str | None = None,
        custom_sdk_installation_id: str | None = None,
        phone_metadata: Mapping[str, str] | None = None,
        assa_abloy_metadata: Mapping[str, Any] | None = None,
    ) -> Phone:
        """A new sandbox phone, of this user identity or of a fresh one. device_id: embedded only."""
        owner = user_identity_id or self.create_user_identity().user_identity_id
        model = {"device_manufacturer": "Apple", "device_model": "iPhone 17"} if operating_system == "ios" else {}
        answer = self._api.call(
            "/phones/simulate/create_sandbox_phone",
            user_identity_id=owner,
            custom_sdk_installation_id=custom_sdk_installation_id,
            phone_metadata={"operating_system": operating_system, **model, **(phone_metadata or {})},
            assa_abloy_metadata=assa_abloy_metadata,
        )
        if device_id is not None:
            self._backend.rename_phone(answer["phone"]["device_id"], device_id)
        return self.get_phone(device_id or answer["phone"]["device_id"])

    def create_access_code(
        self,
        device: Any,
        *,
        code: str | None = None,
        name: str | None = None,
        starts_at: datetime | str | None = None,
        ends_at: datetime | str | None = None,
        **details: Any,
    ) -> AccessCode:
        """A new access code on a device. details: further parameters of /access_codes/create."""
        from .api.access_codes.model import AccessCode

        answer = self._api.call(
            "/access_codes/create",
            device_id=id_of(device, "device_id"),
            code=code,
            name=name,
            starts_at=_as_text(starts_at),
            ends_at=_as_text(ends_at),
            **details,
        )
        return AccessCode.model_validate(answer["access_code"])

    def create_access_token(self) -> str:
        """A personal access token of a user of this workspace, of the form `seam_at1…`; embedded only.

        For apps that use one in place of an API key, with the header or option for the workspace id. The user's
        workspaces/create makes further workspaces, production ones too.
        """
        return self._backend.add_access_token(self._backend.workspace)

    def complete_login(
        self, connect_webview: Any, *, email: str = "jane@example.com", provider: str | None = None
    ) -> ConnectedAccount:
        """A person logs in with the Connect Webview; gives the account that it connects; embedded only.

        A new login brings the provider's sandbox devices; that of an account that is there connects it again.
        connect_webview: our model, the SDK's object or an id. provider: August if the webview accepts it, else the
        first that it accepts.
        """
        webview_id = id_of(connect_webview, "connect_webview_id")
        return self.get_connected_account(self._backend.complete_login(webview_id, email=email, provider=provider))

    def fail_login(self, connect_webview: Any) -> None:
        """A person fails to log in with the Connect Webview; they may try again; embedded only."""
        self._backend.fail_login(id_of(connect_webview, "connect_webview_id"))

    def create_acs_system(
        self,
        system_type: str = "visionline_system",
        *,
        name: str | None = None,
        entrances: Sequence[str] = ("Lobby", "Room 101"),
        connected_account_id: str | None = None,
    ) -> AcsSystem:
        """A new access system; embedded only. Logs acs_system.added, acs_system.connected and acs_entrance.added.

        entrances: the names of its doors. connected_account_id: by default an account of its own. A system that needs
        a credential manager for mobile keys gets one.
        """
        made = self._backend.create_acs_system(
            system_type, name=name, entrances=entrances, connected_account_id=connected_account_id
        )
        return self._api.acs_system(made)

    def create_acs_credential(
        self,
        access_method: Literal["code", "card", "mobile_key", "cloud_key"] = "mobile_key",
        *,
        acs_system_id: str | None = None,
        user_identity_id: str | None = None,
        acs_entrance_ids: Sequence[str] | None = None,
        is_multi_phone_sync_credential: bool | None = None,
        **details: Any,
    ) -> AcsCredential:
        """A new credential of this user identity, or of a fresh one; a mobile key is issued to its phones.

        acs_system_id: by default the first system that has such credentials, made when there is none.
        acs_entrance_ids: by default every entrance of the system. is_multi_phone_sync_credential: by default, what
        mobile keys are. details: further parameters of /acs/credentials/create.
        """
        from .api.acs.resources import AcsCredential

        system_id = acs_system_id or self._system_for(access_method)
        entrances = self._api.call("/acs/entrances/list", acs_system_id=system_id)["acs_entrances"]
        if is_multi_phone_sync_credential is None:
            is_multi_phone_sync_credential = access_method == "mobile_key"
        answer = self._api.call(
            "/acs/credentials/create",
            access_method=access_method,
            acs_system_id=system_id,
            user_identity_id=user_identity_id or self.create_user_identity().user_identity_id,
            allowed_acs_entrance_ids=(
                [row["acs_entrance_id"] for row in entrances] if acs_entrance_ids is None else list(acs_entrance_ids)
            ),
            is_multi_phone_sync_credential=is_multi_phone_sync_credential,
            **details,
        )
        return AcsCredential.model_validate(answer["acs_credential"])

    def _system_for(self, access_method: str) -> str:
        from .api.acs.kinds import SYSTEM_KINDS

        for system in self._api.acs_systems():
            if access_method in SYSTEM_KINDS[system.external_type].methods:
                return system.acs_system_id
        hotel = access_method in SYSTEM_KINDS["visionline_system"].methods
        return self.create_acs_system("visionline_system" if hotel else "salto_ks_site").acs_system_id

    # break

    def disconnected(self, device: Any) -> Disconnected:
        """The device is offline inside the block. Raises OutageNotPossible when it cannot be disconnected now."""
        return Disconnected(self, id_of(device, "device_id"))

    def hub_disconnected(self, device: Any) -> HubDisconnected:
        """The hub of the device is offline inside the block."""
        return HubDisconnected(self, id_of(device, "device_id"))

    def removed(self, device: Any, *, restore: bool = True) -> Removed:
        """The device is gone from its account inside the block. restore: put it back on leaving; embedded only."""
        return Removed(self, id_of(device, "device_id"), restore=restore)

    def subscription_expired(self, device: Any) -> SubscriptionExpired:
        """The paid plan of the device has expired inside the block."""
        return SubscriptionExpired(self, id_of(device, "device_id"))

    def account_disconnected(self, account: Any) -> AccountDisconnected:
        """The account, and with it each of its devices, is offline inside the block."""
        return AccountDisconnected(self, id_of(account, "connected_account_id"))

    def deactivated(self, phone: Any, *, replace: bool = False) -> Deactivation:
        """The phone is lost from the start of the block on. replace: give its owner a new one on leaving."""
        return Deactivation(self, id_of(phone, "device_id"), replace=replace)

    # steer

    @property
    def clock(self) -> SandboxClock:
        """The sandbox's time; embedded only."""
        return self._backend.clock

    @property
    def faults(self) -> Faults:
        """Misbehaviour between the program under test and Seam: errors, timeouts, lost answers; embedded only."""
        return self._backend.app.faults

    def snapshot(self) -> Snapshot:
        """The present state of the workspace, to go back to with `restore`; embedded only, costs microseconds."""
        return Snapshot(self._backend.app.snapshot())

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this sandbox: rows, events and ids; the clock goes on."""
        self._backend.app.restore(snapshot.state)
        self._note("snapshot", "restored")


def _as_text(time: datetime | str | None) -> str | None:
    return format_time(time) if isinstance(time, datetime) else time
