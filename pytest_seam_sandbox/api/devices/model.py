"""Devices as rows and as clients see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ...catalog.devices import DeviceModel, device_provider
from ...engine.frozen import FrozenDict
from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._shared import Condition, Meta, Problem, Resource, errors_in_event, find, given, warnings_in_event
from ..connected_accounts.model import ConnectedAccountRow
from .issues import DEVICE_ERRORS, DEVICE_WARNINGS, UNREACHABLE

if TYPE_CHECKING:
    from ..seam_fields import SeamDevice, SeamDeviceProperties
else:
    SeamDeviceProperties = SeamDevice = Resource

SIMULATIONS: Mapping[str, str] = MappingProxyType(
    {
        "disconnect": "can_simulate_disconnection",
        "connect": "can_simulate_connection",
        "disconnect_from_hub": "can_simulate_hub_disconnection",
        "connect_to_hub": "can_simulate_hub_connection",
        "remove": "can_simulate_removal",
        "paid_subscription": "can_simulate_paid_subscription",
    }
)
"""The flag of each simulate endpoint."""
BatteryStatus = Literal["critical", "low", "good", "full"]
LOW_CHARGE = 0.3
_CHARGES: tuple[tuple[float, BatteryStatus], ...] = (
    (0.1, "critical"),
    (LOW_CHARGE, "low"),
    (0.75, "good"),
    (1.0, "full"),
)
BATTERY_STATUSES = tuple(word for _, word in _CHARGES)
_SALTO_METADATA = frozenset({"salto_ks_metadata", "salto_metadata"})
"""The properties that repeat whether a Salto lock is locked, as `locked_state`."""
WITHHELD_OFFLINE = frozenset({"locked", "battery_level", "battery"})
_NEEDS_KEYPAD = frozenset({"can_program_online_access_codes", "can_unlock_with_code"})
UNMANAGED_PROPERTIES = (
    "name",
    "model",
    "accessory_keypad",
    "manufacturer",
    "image_url",
    "image_alt_text",
    "battery_level",
    "battery",
    "online_access_codes_enabled",
    "offline_access_codes_enabled",
)


class DeviceProperties(SeamDeviceProperties):
    """`device.properties`: the common fields; those of a provider or a kind of device are there as well."""

    online: bool
    name: str
    locked: bool | None = None
    door_open: bool | None = None
    battery_level: float | None = None
    serial_number: str | None = None
    manufacturer: str | None = None
    supported_code_lengths: list[int] | None = None


class Device(SeamDevice):
    """A device as /devices/get shows it. A can_* flag that is None is one that the device lacks."""

    device_id: str
    workspace_id: str
    connected_account_id: str
    device_type: str
    display_name: str
    nickname: str | None = None
    capabilities_supported: list[str]
    properties: DeviceProperties
    errors: list[Problem]
    warnings: list[Problem]
    is_managed: bool
    custom_metadata: Meta
    created_at: str
    can_remotely_lock: bool | None = None
    can_remotely_unlock: bool | None = None
    can_program_online_access_codes: bool | None = None
    can_simulate_connection: bool | None = None
    can_simulate_disconnection: bool | None = None
    can_simulate_removal: bool | None = None
    can_simulate_hub_connection: bool | None = None
    can_simulate_hub_disconnection: bool | None = None
    can_simulate_paid_subscription: bool | None = None


@row_type
class DeviceRow(Row):
    """A device. What all devices of its model share is not copied: `properties` has what differs.

    provider: the service that controls the device, which is that of its account; None for a phone.
    space_ids: the spaces that it belongs to.
    offers_simulation: False in a production workspace, where the can_simulate_* flags are absent.
    time_zone: one that a client has reported, in place of the provider's.
    """

    key: ClassVar[str] = "device_id"
    not_found: ClassVar[str] = "device_not_found"
    resource: ClassVar[str] = "device"
    error_codes: ClassVar[tuple[str, ...]] = (
        "account_disconnected",
        "device_disconnected",
        "device_removed",
        "empty_backup_access_code_pool",
        "hub_disconnected",
        "subscription_required",
    )
    warning_codes: ClassVar[tuple[str, ...]] = (
        "many_active_backup_codes",
        "max_access_codes_reached",
        "partial_backup_access_code_pool",
        "temperature_threshold_exceeded",
    )
    device_id: str
    workspace_id: str
    connected_account_id: str
    model: DeviceModel
    provider: str | None
    created_at: str
    name: str
    nickname: str | None = None
    is_managed: bool = True
    custom_metadata: Meta = field(default_factory=dict)
    space_ids: tuple[str, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()
    offers_simulation: bool = True
    time_zone: str | None = None
    _flags: FrozenDict | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def device_type(self) -> str:
        """The type, such as `august_lock`."""
        return self.model.device_type

    @property
    def location(self) -> Mapping[str, str] | None:
        """Where the device is, with its time zone; None when neither is known."""
        if self.time_zone is None:
            return self.model.location
        return {**(self.model.location or {}), "time_zone": self.time_zone, "timezone": self.time_zone}

    @property
    def display_name(self) -> str:
        """The nickname when there is one, else the name that the provider knows. Source: spec."""
        return self.nickname or self.name

    @property
    def is_online(self) -> bool:
        """Whether Seam can reach the device."""
        return not any(error.code in UNREACHABLE for error in self.errors)

    @property
    def is_removed(self) -> bool:
        """Whether the device was taken out of its account at the provider."""
        return self.has_error("device_removed")

    def has_error(self, code: str) -> bool:
        """Whether this error is on the device."""
        return any(error.code == code for error in self.errors)

    def has_warning(self, code: str) -> bool:
        """Whether this warning is on the device."""
        return any(warning.code == code for warning in self.warnings)

    def property(self, name: str) -> Any:
        """A value of `properties`, withheld or not; None when there is none."""
        return self.properties.get(name, self.model.properties.get(name))

    def view(self) -> dict[str, Any]:
        """The device as a client sees it: managed or, cut down, unmanaged. Source: spec; what is withheld: docs."""
        properties = self._properties()
        if not self.is_managed:
            properties = {name: properties[name] for name in ("online", *UNMANAGED_PROPERTIES) if name in properties}
        view = {
            "device_id": self.device_id,
            "workspace_id": self.workspace_id,
            "connected_account_id": self.connected_account_id,
            "device_type": self.device_type,
            "display_name": self.display_name,
            "capabilities_supported": self.model.capabilities_supported,
            "properties": properties,
            "errors": [error.as_error() for error in self.errors],
            "warnings": [warning.as_warning() for warning in self.warnings],
            "created_at": self.created_at,
            "is_managed": self.is_managed,
            "custom_metadata": self.custom_metadata,
            **given(location=self.location),
            **self._find_flags(),  # not kept beside the JSON, which takes enough memory
        }
        if self.is_managed:
            view |= {"space_ids": self.space_ids, "device_manufacturer": self.model.manufacturer}
            view |= given(nickname=self.nickname, device_provider=device_provider(self.provider))
        return view

    def flags(self) -> Mapping[str, bool]:
        """The can_* flags: true for what works now, false for what the device has but cannot do now. Source: docs."""
        flags = self._flags
        if flags is None:
            flags = FrozenDict(self._find_flags())
            object.__setattr__(self, "_flags", flags)  # worked out, not changed
        return flags

    def _find_flags(self) -> dict[str, bool]:
        flags = {name: self.works_now(name) for name in self.model.flags}
        if not self.offers_simulation:
            return flags
        simulate, present = self.model.simulate, not self.is_removed
        disconnected, from_hub = self.has_error("device_disconnected"), self.has_error("hub_disconnected")
        states = {"disconnect": not disconnected, "connect": disconnected}
        states |= {"disconnect_from_hub": not from_hub, "connect_to_hub": from_hub}
        return flags | {
            flag: states.get(name, True) and present for name, flag in SIMULATIONS.items() if name in simulate
        }

    def works_now(self, flag: str) -> bool:
        """Whether nothing that is wrong with the device is in the way of a capability that its model has.

        A keypad that can be attached and is not takes the codes with it (docs).
        """
        if flag in _NEEDS_KEYPAD and not (self.property("accessory_keypad") or {}).get("is_connected", True):
            return False
        return self.obstacle(flag) is None

    def obstacle(self, flag: str) -> Condition | None:
        """The error or warning under which a can_* flag is false; None when there is none."""
        for issues, conditions in ((DEVICE_ERRORS, self.errors), (DEVICE_WARNINGS, self.warnings)):
            for condition in conditions:
                issue = issues.get(condition.code)
                if issue is not None and issue.stops(flag):
                    return condition
        return None

    def _properties(self) -> dict[str, Any]:
        properties = {"online": True, **self.model.properties, **self.properties}
        properties["name"] = self.display_name
        properties["appearance"] = {"name": self.name}
        for name in _SALTO_METADATA & properties.keys():
            state = "locked" if properties.get("locked") else "unlocked"
            properties[name] = {**properties[name], "locked_state": state}
        if not self.is_online:
            properties = {name: value for name, value in properties.items() if name not in WITHHELD_OFFLINE}
            properties["online"] = False
        return properties


def battery_status(level: float) -> BatteryStatus:
    """Seam's word for a charge from 0 to 1. Assumed: where one word ends and the next begins is not documented."""
    return next(word for limit, word in _CHARGES if level <= limit)


def find_device(workspace: Workspace, device_id: str) -> DeviceRow:
    """The device of this id, managed or not, or 404 `device_not_found`."""
    return find(workspace, DeviceRow, device_id, words="Device", data={"device_id": device_id})


def account_of(workspace: Workspace, device: DeviceRow) -> ConnectedAccountRow:
    """The connected account through which the device came."""
    return workspace[ConnectedAccountRow][device.connected_account_id]


def device_fields(workspace: Workspace, device: DeviceRow) -> dict[str, Any]:
    """What every event about this device carries."""
    return fields_of(device.device_id, device.custom_metadata, account_of(workspace, device))


def fields_of(device_id: str, custom_metadata: Meta, account: ConnectedAccountRow) -> dict[str, Any]:
    """What every event about a device of this account carries."""
    fields = {"device_id": device_id, "device_custom_metadata": custom_metadata, **account.event_fields()}
    if account.customer_key is not None:
        fields["customer_key"] = account.customer_key
    return fields


def issue_fields(workspace: Workspace, device: DeviceRow) -> dict[str, Any]:
    """The four lists that an event about a loss carries. Errors of the account stand in the account's lists only."""
    account = account_of(workspace, device)
    return {
        "connected_account_errors": errors_in_event(account.errors),
        "connected_account_warnings": warnings_in_event(account.warnings),
        "device_errors": errors_in_event(device.errors),
        "device_warnings": warnings_in_event(device.warnings),
    }
