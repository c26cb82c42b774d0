"""The half of a sandbox that makes things: devices, phones, people, accounts, codes, keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from .api._user_identities import UserIdentity
from .api.connected_accounts import ConnectedAccount
from .api.devices.model import Device
from .api.phones import Phone
from .connected import Connected
from .engine.clock import format_time
from .engine.errors import is_for_the_test
from .observer import id_of

if TYPE_CHECKING:
    from .api.access_codes.model import AccessCode
    from .api.acs.resources import AcsCredential, AcsSystem

__tracebackhide__ = is_for_the_test


class Maker(Connected):
    """The half of a sandbox that makes things."""

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


def _as_text(time: datetime | str | None) -> str | None:
    return format_time(time) if isinstance(time, datetime) else time
