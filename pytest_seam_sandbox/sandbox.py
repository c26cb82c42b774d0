"""A Seam sandbox workspace that a test holds: make things, look at them, break them, expect what must appear."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import httpx

from .api.connected_accounts import ConnectedAccount
from .api.devices.model import Device
from .api.events import Event
from .api.phones import Phone
from .api.user_identities import UserIdentity
from .doors.transport import SandboxTransport
from .embedded import Embedded, SandboxClock
from .engine.app import Call
from .engine.errors import ExpectationFailed, MissingDependency, NotEmulated, SandboxError, UnknownId
from .engine.faults import Faults
from .engine.http import SEAM_URL, Request, Response
from .engine.settings import ActionAttempts, Settings
from .expectations import (
    check_error,
    check_event,
    check_event_type,
    check_no_error,
    check_no_event,
    check_order,
    eventually,
    matching,
)
from .outages import (
    AccountDisconnected,
    Deactivation,
    Disconnected,
    HubDisconnected,
    Outage,
    Removed,
    SubscriptionExpired,
)
from .report.timeline import render_timeline
from .seam_api import Refused, SeamApi

if TYPE_CHECKING:
    from seam.seam import AsyncSeam, Seam

M = TypeVar("M")


@dataclass(frozen=True)
class Snapshot:
    """A state of a sandbox; give it to `restore` of the same sandbox."""

    state: tuple[Any, ...]


class Sandbox:
    """One isolated Seam sandbox workspace.

    Usable without pytest: `with Sandbox() as sandbox:`. Leaving the block raises what went wrong unnoticed: a path that
    is not emulated, an outage that was never left.

    world: the starting state, "empty", "house" or "everything". seed: ids, names, PINs and serial numbers follow from
    it; give two sandboxes of one test different seeds if their ids have to differ. action_attempts: "instant", "poll"
    or seconds. event_latency: seconds until an event shows. strict_ids: refuse ids that are no UUID.
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
        self._backend = Embedded(world=world, seed=seed, settings=settings)
        self._latency = event_latency
        self._api_client: SeamApi | None = None
        self._open_outages: list[Outage] = []

    # life

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self.check()
        except (ExpectationFailed, SandboxError) as trouble:
            if error is None:
                raise
            error.add_note(f"and the sandbox says: {trouble}")
        finally:
            self.close()

    def check(self) -> None:
        """Raise what went wrong without an exception in the test; the plugin calls this when a test has run."""
        app = self._backend.app
        if app.internal_errors:
            raise app.internal_errors.pop()
        if app.not_emulated:
            paths = ", ".join(dict.fromkeys(app.not_emulated))
            app.not_emulated.clear()
            raise NotEmulated(
                f"the program under test called {paths}, which Seam has and this sandbox does not emulate; it got 501. "
                "Avoid the call in this test, answer it with a stub of your own, or ask for it in an issue."
            )
        complaints = app.faults.complaints()
        if complaints:
            raise ExpectationFailed("\n".join(complaints))
        if self._open_outages:
            names = ", ".join(map(str, self._open_outages))
            for outage in reversed(self._open_outages.copy()):
                outage.__exit__(None, None, None)
            raise SandboxError(f"the test ended inside {names}. Use outages in a with block, so that they end.")

    def close(self) -> None:
        """Let go of the sandbox's own client. The clients that it handed out stay usable."""
        if self._api_client is not None:
            self._api_client.close()
            self._api_client = None

    # identity

    @property
    def api_key(self) -> str:
        """The API key of the workspace, of the form `seam_test…`."""
        return self._backend.api_key

    @property
    def workspace_id(self) -> str:
        """The id of the workspace."""
        return self._backend.workspace.workspace_id

    @property
    def endpoint(self) -> str:
        """The base URL of Seam. In process the host does not matter: the transport answers every one."""
        return SEAM_URL

    @property
    def is_live(self) -> bool:
        """Whether this is a workspace at Seam, and no emulated one."""
        return self._backend.is_live

    # clients

    @property
    def transport(self) -> SandboxTransport:
        """The httpx transport that leads here; for `httpx.Client(transport=...)` and the SDK's `httpx_options`."""
        return SandboxTransport(self._backend.app)

    def client(self, **seam_options: Any) -> Seam:
        """An official `seam.Seam` that talks to this sandbox, with the SDK's own retries.

        Its waits between retries pass on the sandbox clock. Raises MissingDependency without the SDK.
        """
        sdk = _import_sdk()
        client: Seam = sdk.Seam(**self._seam_options(seam_options))
        return client

    def async_client(self, **seam_options: Any) -> AsyncSeam:
        """An official `seam.AsyncSeam` that talks to this sandbox; else like `client`."""
        sdk = _import_sdk()
        client: AsyncSeam = sdk.AsyncSeam(**self._seam_options(seam_options))
        return client

    def http(self, **httpx_options: Any) -> httpx.Client:
        """An `httpx.Client` with base URL and API key, without retries."""
        return httpx.Client(**self._httpx_options(httpx_options))

    def async_http(self, **httpx_options: Any) -> httpx.AsyncClient:
        """An `httpx.AsyncClient` with base URL and API key, without retries."""
        return httpx.AsyncClient(**self._httpx_options(httpx_options))

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

    @contextmanager
    def intercepted(self, *, allow: Sequence[str] = ()) -> Iterator[None]:
        """Inside the block every httpx request of this process to Seam's host comes here.

        Loopback passes, and so do the hosts in `allow`; requests to other hosts raise SandboxError.
        """
        from .doors.intercept import intercept

        with intercept(self.transport, allow=allow, pass_time=self._pass_time):
            yield

    def _httpx_options(self, given: dict[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.api_key}", **given.pop("headers", {})}
        return {"base_url": self.endpoint, "transport": self.transport, "headers": headers, **given}

    def _seam_options(self, given: dict[str, Any]) -> dict[str, Any]:
        from .doors.retries import retrying

        httpx_options = {"transport": retrying(self.transport, self._pass_time), **given.pop("httpx_options", {})}
        if "personal_access_token" not in given:
            given.setdefault("api_key", self.api_key)
        return {"endpoint": self.endpoint, **given, "httpx_options": httpx_options}

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

    # look

    def get_device(self, device: Any) -> Device:
        """The device as Seam shows it now, managed or not. device: our model, the SDK's object or an id."""
        device_id = _id_of(device, "device_id")
        found = self._lookup(self._api.device, device_id)
        if found is None:
            listed = _named(self._api.devices())
            raise UnknownId(f"no device {device_id!r} in this sandbox; it has {listed}. Make one with create_device().")
        return found

    def get_phone(self, phone: Any) -> Phone:
        """The phone as Seam shows it now. phone: our model, the SDK's object or an id."""
        device_id = _id_of(phone, "device_id")
        found = self._lookup(self._api.phone, device_id)
        if found is None:
            listed = _named(self._api.phones())
            raise UnknownId(f"no phone {device_id!r} in this sandbox; it has {listed}. Make one with create_phone().")
        return found

    def get_connected_account(self, account: Any) -> ConnectedAccount:
        """The connected account as Seam shows it now. account: our model, the SDK's object or an id."""
        account_id = _id_of(account, "connected_account_id")
        found = self._lookup(self._api.connected_account, account_id)
        if found is None:
            raise UnknownId(
                f"no connected account {account_id!r} in this sandbox. Make one with create_connected_account(), or "
                "take the connected_account_id of a device."
            )
        return found

    @staticmethod
    def _lookup(find: Callable[[str], M | None], resource_id: str) -> M | None:
        """None also for an id that Seam refuses because it is no UUID."""
        try:
            return find(resource_id)
        except Refused as refused:
            if refused.error_type != "invalid_input":
                raise
            return None

    @property
    def events(self) -> list[Event]:
        """All events of the workspace that show by now, oldest first."""
        return self._backend.events_after(0)

    @property
    def requests(self) -> list[Call]:
        """Every request that the program under test has made, oldest first: method, path, params, status, seconds."""
        return self._backend.calls()

    @property
    def timeline(self) -> str:
        """Requests, events, outages and clock moves in one ordered list, for people."""
        return render_timeline(self._backend.app.history)

    # break

    def disconnected(self, device: Any) -> Disconnected:
        """The device is offline inside the block. Raises OutageNotPossible when it cannot be disconnected now."""
        return Disconnected(self, _id_of(device, "device_id"))

    def hub_disconnected(self, device: Any) -> HubDisconnected:
        """The hub of the device is offline inside the block."""
        return HubDisconnected(self, _id_of(device, "device_id"))

    def removed(self, device: Any, *, restore: bool = True) -> Removed:
        """The device is gone from its account inside the block. restore: put it back on leaving; embedded only."""
        return Removed(self, _id_of(device, "device_id"), restore=restore)

    def subscription_expired(self, device: Any) -> SubscriptionExpired:
        """The paid plan of the device has expired inside the block."""
        return SubscriptionExpired(self, _id_of(device, "device_id"))

    def account_disconnected(self, account: Any) -> AccountDisconnected:
        """The account, and with it each of its devices, is offline inside the block."""
        return AccountDisconnected(self, _id_of(account, "connected_account_id"))

    def deactivated(self, phone: Any, *, replace: bool = False) -> Deactivation:
        """The phone is lost from the start of the block on. replace: give its owner a new one on leaving."""
        return Deactivation(self, _id_of(phone, "device_id"), replace=replace)

    # expect

    def expect_event(
        self, event_type: str, *, count: int | None = None, within: float | None = None, **fields: Any
    ) -> Event:
        """Expect an event of this type with these field values; gives the newest that fits.

        count: how many there have to be, else at least one. within: seconds of sandbox time to wait for it.
        Raises ExpectationFailed with the near misses, SandboxError for a type that Seam does not have.
        """
        return self._expect_event(lambda: self.events, event_type, count, within, fields)

    def expect_no_event(self, event_type: str, **fields: Any) -> None:
        """Expect that there is no event of this type with these field values by now."""
        check_event_type(event_type)
        _fail(check_no_event(self.events, event_type, fields))

    @contextmanager
    def expecting(self, *event_types: str, **fields: Any) -> Iterator[None]:
        """Expect the block to cause these events, in this order, each with these field values."""
        for event_type in event_types:
            check_event_type(event_type)
        mark = self._backend.mark()
        yield
        self._eventually(lambda: check_order(self._backend.events_after(mark), event_types, fields))

    def expect_device_error(self, device: Any, code: str) -> Device:
        """Expect this error on the device; gives the device."""
        found = self.get_device(device)
        _fail(check_error(f"{found.display_name} ({found.device_id})", code, found.errors))
        return found

    def expect_no_device_error(self, device: Any, code: str | None = None) -> Device:
        """Expect the device to be free of this error, or of any; gives the device."""
        found = self.get_device(device)
        _fail(check_no_error(f"{found.display_name} ({found.device_id})", code, found.errors))
        return found

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

    # what outages and expectations stand on

    @property
    def _api(self) -> SeamApi:
        if self._api_client is None:
            self._api_client = SeamApi(self.http())
        return self._api_client

    def _now(self) -> datetime:
        return self._backend.clock.now()

    def _note(self, kind: str, text: str) -> None:
        self._backend.app.note(kind, text)

    def _pass_time(self, seconds: float) -> None:
        self._backend.pass_time(seconds)

    def _eventually(self, check: Callable[[], str | None], within: float | None = None) -> None:
        eventually(check, self._latency if within is None else within, self._pass_time)

    def _expect_event(
        self,
        events: Callable[[], Sequence[Event]],
        event_type: str,
        count: int | None,
        within: float | None,
        fields: dict[str, Any],
    ) -> Event:
        check_event_type(event_type)
        self._eventually(lambda: check_event(events(), event_type, count, fields), within)
        found = matching(events(), event_type, fields)
        return found[-1]


def _id_of(resource: Any, name: str) -> str:
    """The id of our model, of the SDK's object, of a JSON object, or the id itself."""
    found = resource.get(name) if isinstance(resource, Mapping) else getattr(resource, name, resource)
    if not isinstance(found, str):
        raise SandboxError(f"expected an object with a {name}, or an id as text; got {resource!r}.")
    return found


def _named(resources: Sequence[Any]) -> str:
    """Ids and names, for a message."""
    return ", ".join(f"{one.display_name} ({one.device_id})" for one in resources[:10]) or "none"


def _fail(complaint: str | None) -> None:
    if complaint is not None:
        raise ExpectationFailed(complaint)


def _import_sdk() -> Any:
    try:
        import seam
    except ImportError:
        raise MissingDependency(
            "the official Seam SDK is not installed, and this needs it. "
            "Install it with: pip install 'pytest-seam-sandbox[sdk]'. "
            "Without the SDK, use the fixture seam_http or Sandbox.http()."
        ) from None
    return seam
