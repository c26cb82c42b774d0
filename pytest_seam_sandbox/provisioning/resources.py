"""Making devices, phones, people, accounts, codes and keys; what is given is checked before anything is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from ..api.connected_accounts.model import ConnectedAccount
from ..api.devices.model import Device
from ..api.phones.model import AssaAbloyMetadata, Phone, PhoneMetadata
from ..api.user_identities.model import UserIdentity
from ..backends.answers import as_model
from ..backends.lookup import Lookup, id_of, known_id
from ..catalog.devices import device_model
from ..catalog.literals import AcsSystemType, DeviceType, Provider
from ..engine.clock import format_time
from ..engine.errors import SandboxError, is_for_the_test
from . import rules
from .arguments import checked, device_properties, known_names, one_name, parameters_of, phone_properties

if TYPE_CHECKING:
    from ..api.access_codes.model import AccessCode
    from ..api.acs.resources import AcsCredential, AcsSystem

__tracebackhide__ = is_for_the_test


class Provisioning(Lookup):
    """The methods of a sandbox that make things."""

    def create_device(
        self,
        device_type: DeviceType = "august_lock",
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
        method = "create_device"
        given = checked(
            method,
            rules.of_a_device,
            strict_ids=self._backend.strict_ids,
            device_type=device_type,
            device_id=device_id,
            name=name,
            connected_account_id=connected_account_id,
            online=online,
            custom_metadata=custom_metadata,
            properties=properties,
        )
        model = device_model(device_type, self._backend.extensions.device_models)
        own = device_properties(method, given.get("properties", {}), model)
        appearance = own.pop("appearance", {})
        names = {"properties.name": own.pop("name", None), "properties.appearance.name": appearance.get("name")}
        given["name"] = one_name(method, {"name": name} | names)
        given["properties"] = own
        return self.get_device(self._backend.provision.create_device(**given))

    def create_connected_account(
        self,
        provider: Provider = "august",
        *,
        connected_account_id: str | None = None,
        email: str | None = None,
        customer_key: str | None = None,
        custom_metadata: Mapping[str, str | bool] | None = None,
    ) -> ConnectedAccount:
        """A new connected account without devices; embedded only. Logs connected_account.connected."""
        given = checked(
            "create_connected_account",
            rules.of_an_account,
            strict_ids=self._backend.strict_ids,
            provider=provider,
            connected_account_id=connected_account_id,
            email=email,
            customer_key=customer_key,
            custom_metadata=custom_metadata,
        )
        given.pop("connected_account_id", None)
        with self._backend.provision.naming(connected_account_id=connected_account_id):
            account_id = self._backend.provision.create_account(**given)
        return self.get_connected_account(account_id)

    def create_user_identity(
        self,
        *,
        user_identity_id: str | None = None,
        full_name: str | None = None,
        email_address: str | None = None,
        phone_number: str | None = None,
        user_identity_key: str | None = None,
    ) -> UserIdentity:
        """A new user identity; a person's name follows from the seed when none is given.

        user_identity_id: embedded only.
        """
        given = checked(
            "create_user_identity",
            rules.of_a_person,
            strict_ids=self._backend.strict_ids,
            user_identity_id=user_identity_id,
            full_name=full_name,
            email_address=email_address,
            phone_number=phone_number,
            user_identity_key=user_identity_key,
        )
        given.pop("user_identity_id", None)
        provision = self._backend.provision
        with provision.ids_kept_on_error(), provision.naming(user_identity_id=user_identity_id):
            given.setdefault("full_name", provision.full_name())
            answer = self._backend.api.call("/user_identities/create", **given)
        return as_model(UserIdentity, answer["user_identity"])

    def create_phone(
        self,
        *,
        user_identity_id: str | None = None,
        operating_system: Literal["android", "ios"] = "android",
        device_id: str | None = None,
        nickname: str | None = None,
        custom_metadata: Mapping[str, str | bool] | None = None,
        properties: Mapping[str, Any] | None = None,
        custom_sdk_installation_id: str | None = None,
        phone_metadata: Mapping[str, str] | None = None,
        assa_abloy_metadata: Mapping[str, Any] | None = None,
    ) -> Phone:
        """A new sandbox phone, of this user identity or of a fresh one.

        properties: over those that a sandbox phone has; `appearance.name` is the display name of a phone without a
        nickname. device_id, properties: embedded only.
        """
        method = "create_phone"
        given = checked(
            method,
            rules.of_a_phone,
            strict_ids=self._backend.strict_ids,
            user_identity_id=user_identity_id,
            operating_system=operating_system,
            device_id=device_id,
            nickname=nickname,
            custom_metadata=custom_metadata,
            properties=properties,
            custom_sdk_installation_id=custom_sdk_installation_id,
            phone_metadata=phone_metadata,
            assa_abloy_metadata=assa_abloy_metadata,
        )
        about = _about_phone(method, operating_system, given.get("phone_metadata", {}))
        known_names(f"{method}(assa_abloy_metadata=…)", given.get("assa_abloy_metadata", {}), _ASSA_ABLOY)
        own = phone_properties(method, given.get("properties", {}), about["operating_system"])
        if device_id is not None or own:
            self._backend.provision.check_customizing(f"{method}(device_id=…, properties=…)")
        self._backend.provision.check_new_phone(device_id, user_identity_id, custom_sdk_installation_id)
        answer = self._backend.api.call(
            "/phones/simulate/create_sandbox_phone",
            user_identity_id=user_identity_id or self.create_user_identity().user_identity_id,
            custom_sdk_installation_id=custom_sdk_installation_id,
            phone_metadata=about,
            assa_abloy_metadata=given.get("assa_abloy_metadata"),
        )
        made = answer["phone"]["device_id"]
        if device_id is not None or own:
            made = self._backend.provision.customize_phone(made, device_id or made, own)
        if nickname is not None or custom_metadata is not None:
            changes = {"name": nickname, "custom_metadata": given.get("custom_metadata")}
            self._backend.api.call("/devices/update", device_id=made, **changes)
        return self.get_phone(made)

    def create_access_code(
        self,
        device: Any,
        *,
        access_code_id: str | None = None,
        code: str | None = None,
        name: str | None = None,
        starts_at: datetime | str | None = None,
        ends_at: datetime | str | None = None,
        **details: Any,
    ) -> AccessCode:
        """A new access code on a device. details: further parameters of /access_codes/create.

        access_code_id: embedded only.
        """
        from ..api.access_codes.model import AccessCode

        method, strict_ids = "create_access_code", self._backend.strict_ids
        known_names(method, details, _instead("/access_codes/create", device_id="device"))
        checked(method, rules.of_an_access_code, strict_ids=strict_ids, access_code_id=access_code_id)
        given = {"code": code, "name": name, "starts_at": starts_at, "ends_at": ends_at, **details}
        given = {parameter: _as_text(value) for parameter, value in given.items()}
        device_id = known_id(self._backend, "device", device)
        provision = self._backend.provision
        with provision.ids_kept_on_error(), provision.naming(access_code_id=access_code_id):
            answer = self._backend.api.call("/access_codes/create", device_id=device_id, **given)
        return as_model(AccessCode, answer["access_code"])

    def complete_login(
        self, connect_webview: Any, *, email: str = "jane@example.com", provider: Provider | None = None
    ) -> ConnectedAccount:
        """A person logs in with the Connect Webview; gives the account that it connects; embedded only.

        A new login brings the provider's sandbox devices; that of an account that is there connects it again.
        connect_webview: our model, the SDK's object or an id. provider: August if the webview accepts it, else the
        first that it accepts.
        """
        webview_id = id_of(connect_webview, "connect_webview_id")
        checked("complete_login", rules.of_a_login, email=email, provider=provider)
        return self.get_connected_account(
            self._backend.provision.complete_login(webview_id, email=email, provider=provider)
        )

    def fail_login(self, connect_webview: Any) -> None:
        """A person fails to log in with the Connect Webview; they may try again; embedded only."""
        self._backend.provision.fail_login(id_of(connect_webview, "connect_webview_id"))

    def open_instant_key(self, instant_key: Any, *, operating_system: Literal["android", "ios"] = "android") -> Phone:
        """A person opens the link of an instant key on a phone of theirs; gives the phone; embedded only.

        Each use counts, and brings a phone of the person, to which their mobile keys are issued. instant_key: our
        model, the SDK's object, an id, or the link itself. Raises SandboxError where the link opens nothing: used up,
        expired, or its client session deleted.
        """
        method = "open_instant_key"
        link = id_of(instant_key, "instant_key_id")
        checked(method, rules.of_a_phone, operating_system=operating_system)
        about = _about_phone(method, operating_system, {})
        return self.get_phone(self._backend.provision.open_instant_key(link, about))

    def create_acs_system(
        self,
        system_type: AcsSystemType = "visionline_system",
        *,
        acs_system_id: str | None = None,
        name: str | None = None,
        entrances: Sequence[str] = ("Lobby", "Room 101"),
        connected_account_id: str | None = None,
    ) -> AcsSystem:
        """A new access system; embedded only. Logs acs_system.added, acs_system.connected and acs_entrance.added.

        entrances: the names of its doors. connected_account_id: by default an account of its own. A system that needs
        a credential manager for mobile keys gets one.
        """
        given = checked(
            "create_acs_system",
            rules.of_an_acs_system,
            strict_ids=self._backend.strict_ids,
            system_type=system_type,
            acs_system_id=acs_system_id,
            name=name,
            entrances=entrances,
            connected_account_id=connected_account_id,
        )
        return self._backend.api.acs_system(self._backend.provision.create_acs_system(**given))

    def create_acs_credential(
        self,
        access_method: Literal["code", "card", "mobile_key", "cloud_key"] = "mobile_key",
        *,
        acs_credential_id: str | None = None,
        acs_system_id: str | None = None,
        user_identity_id: str | None = None,
        acs_entrance_ids: Sequence[str] | None = None,
        is_multi_phone_sync_credential: bool | None = None,
        **details: Any,
    ) -> AcsCredential:
        """A new credential of this user identity, or of a fresh one; a mobile key is issued to its phones.

        acs_system_id: by default the first system that has such credentials, made when there is none.
        acs_entrance_ids: by default every entrance of the system. is_multi_phone_sync_credential: by default, what
        mobile keys are. details: further parameters of /acs/credentials/create. acs_credential_id: embedded only.
        """
        from ..api.acs.resources import AcsCredential

        path = "/acs/credentials/create"
        names = _instead(path, allowed_acs_entrance_ids="acs_entrance_ids")
        known_names("create_acs_credential", details, names)
        given = checked(
            "create_acs_credential",
            rules.of_an_acs_credential,
            strict_ids=self._backend.strict_ids,
            access_method=access_method,
            acs_credential_id=acs_credential_id,
            acs_system_id=acs_system_id,
            user_identity_id=user_identity_id,
            acs_entrance_ids=acs_entrance_ids,
            is_multi_phone_sync_credential=is_multi_phone_sync_credential,
        )
        entrance_ids = given.pop("acs_entrance_ids", None)
        given.pop("acs_credential_id", None)
        given.setdefault("is_multi_phone_sync_credential", access_method == "mobile_key")
        with self._backend.provision.all_or_nothing():
            system_id = acs_system_id or self._system_for(access_method)
            if entrance_ids is None:
                rows = self._backend.api.call("/acs/entrances/list", acs_system_id=system_id)["acs_entrances"]
                entrance_ids = [row["acs_entrance_id"] for row in rows]
            owner = user_identity_id or self.create_user_identity().user_identity_id
            given |= {"acs_system_id": system_id, "user_identity_id": owner, "allowed_acs_entrance_ids": entrance_ids}
            further = {name: _as_text(value) for name, value in details.items()}
            with self._backend.provision.naming(acs_credential_id=acs_credential_id):
                answer = self._backend.api.call(path, **given, **further)
        return as_model(AcsCredential, answer["acs_credential"])

    def _system_for(self, access_method: str) -> str:
        from ..api.acs.kinds import SYSTEM_KINDS

        for system in self._backend.api.acs_systems():
            if access_method in SYSTEM_KINDS[system.external_type].methods:
                return system.acs_system_id
        hotel = access_method in SYSTEM_KINDS["visionline_system"].methods
        return self.create_acs_system("visionline_system" if hotel else "salto_ks_site").acs_system_id


_ASSA_ABLOY = tuple(AssaAbloyMetadata.__annotations__)
_PHONE_METADATA = tuple(PhoneMetadata.__annotations__)


def _instead(path: str, **own: str) -> list[str]:
    """The names of the parameters of an endpoint, some of them under the names that the method here has for them."""
    return [own.get(name, name) for name in parameters_of(path)]


def _about_phone(method: str, operating_system: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The phone_metadata of a new phone: an iPhone is Apple's."""
    known_names(f"{method}(phone_metadata=…)", metadata, _PHONE_METADATA)
    system = metadata.get("operating_system", operating_system)
    if operating_system == "ios" and system != operating_system:
        raise SandboxError(
            f"{method}() got two operating systems: operating_system={operating_system!r} and "
            f"phone_metadata.operating_system={system!r}. Give one of them."
        )
    model = {"device_manufacturer": "Apple", "device_model": "iPhone 17"} if system == "ios" else {}
    return {**model, **metadata, "operating_system": system}


def _as_text(time: Any) -> Any:
    """A time as Seam writes it; any other value as it is."""
    if isinstance(time, datetime) and time.tzinfo is None:
        raise SandboxError(f"a time needs an aware datetime, got {time!r}. Add a tzinfo, for example UTC.")
    return format_time(time) if isinstance(time, datetime) else time
