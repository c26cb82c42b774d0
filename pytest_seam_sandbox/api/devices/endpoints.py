"""/devices/get, list, update, list_device_providers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from typing_extensions import TypedDict

from ...catalog.devices import device_model, providers
from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.params import at_least_one
from ...engine.router import Router
from ...engine.store import Row, Table
from ...engine.types import UNSET, DateTime, Metadata, NonEmptyText, Nullable, Text, Unset, Uuid
from ...engine.workspace import Workspace
from .._shared import (
    API_KEY,
    EVERYONE,
    EVERYONE_READ,
    PAT,
    WITH_SESSION_READ,
    Condition,
    first,
    merge_metadata,
    not_found,
)
from ..phones.model import PhoneRow
from . import filters
from .events import DeviceConvertedToUnmanaged, DeviceNameChanged
from .filters import DeviceType, Flag, Manufacturer
from .house import models_of
from .issues import DEVICE_ERRORS, OF_DEVICE
from .model import SIMULATIONS, DeviceRow, device_fields, find_device
from .state import device_changed, unmanaging_device

router = Router("/devices")

NO_ACCOUNT = "00000000-0000-0000-0000-000000000000"
PHONES = frozenset(filters.PHONES)
NAME_OR_ID = at_least_one("device_id", "name", text="Either 'device_id' or 'name' is required")


def pick(
    workspace: Workspace, caller: Caller, device_id: str | None, name: str | None, *, is_managed: bool
) -> DeviceRow:
    """The device of this id or name among the managed or the unmanaged ones; 404, 401 for another's session."""
    for device in _candidates(workspace, device_id):
        if device.is_managed is is_managed and name in (None, device.display_name):
            if not caller.may_see_account(device.connected_account_id):
                raise ApiError(401, "unauthorized", "Not authorized to view this device")
            return device
    raise not_found("device_not_found", "Device not found", {"device_id": device_id} if device_id else {"name": name})


def _candidates(workspace: Workspace, device_id: str | None) -> list[DeviceRow]:
    if device_id is None:
        return list(workspace[DeviceRow])
    device, phone = workspace[DeviceRow].get(device_id), workspace[PhoneRow].get(device_id)
    return [device] if device else [phone_as_device(phone)] if phone else []


def phone_as_device(phone: PhoneRow) -> DeviceRow:
    """A phone in the form of a device, as /devices/get and /devices/list show it when they are asked for one.

    Assumed: the spec lists phone types among device types, but a phone has no account; its account id is all zeros.
    """
    name = phone.but(nickname=None).display_name
    manufacturer = phone.manufacturer.lower().replace(" ", "_")
    maker = {"manufacturer": manufacturer, "display_name": phone.manufacturer}
    model = {"display_name": phone.name, "manufacturer_display_name": phone.manufacturer}
    return DeviceRow(
        device_id=phone.device_id,
        workspace_id=phone.workspace_id,
        connected_account_id=NO_ACCOUNT,
        model=replace(device_model(phone.device_type), manufacturer=maker),
        provider=None,
        created_at=phone.created_at,
        name=name,
        nickname=phone.nickname,
        custom_metadata=phone.custom_metadata,
        properties={**phone.properties, "model": model, "manufacturer": manufacturer},
        errors=tuple(_error_of_device(error) for error in phone.errors),
        warnings=phone.warnings,
        offers_simulation=False,
    )


def _error_of_device(error: Condition) -> Condition:
    """An error of a phone with the flags that a device's error has."""
    issue = DEVICE_ERRORS.get(error.code)
    flags = OF_DEVICE if issue is None else issue.flags
    return replace(error, flags=flags)


def with_phones(workspace: Workspace) -> Table[DeviceRow]:
    """All devices, and behind them all phones."""
    table: Table[DeviceRow] = Table()
    for device in workspace[DeviceRow]:
        table.put(device)
    for phone in workspace[PhoneRow]:
        table.put(phone_as_device(phone))
    return table


def reachable(workspace: Workspace, caller: Caller, device_id: str) -> DeviceRow:
    """The device that a call is about; 404, and 401 for a client session that does not hold its account."""
    device = find_device(workspace, device_id)
    if not caller.may_see_account(device.connected_account_id):
        raise ApiError(401, "unauthorized", "Not authorized to view this device")
    return device


@router.get(
    "get",
    key="device",
    allow=EVERYONE_READ,
    source="spec",
    checks=[NAME_OR_ID],
)
def get(workspace: Workspace, *, caller: Caller, device_id: Uuid | None = None, name: Text | None = None) -> Row:
    """The managed device of this id or display name; an unmanaged one is not found here (official fake)."""
    return pick(workspace, caller, device_id, name, is_managed=True)


@router.get(
    "list",
    key="devices",
    allow=EVERYONE_READ,
    source="spec",
    page_limit=500,
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    connect_webview_id: Uuid | None = None,
    connected_account_id: Uuid | None = None,
    connected_account_ids: list[Uuid] | None = None,
    created_before: DateTime | None = None,
    custom_metadata_has: Metadata | None = None,
    customer_key: Text | None = None,
    device_ids: list[Uuid] | None = None,
    device_type: DeviceType | None = None,
    device_types: list[DeviceType] | None = None,
    exclude_if: list[Flag] | None = None,
    include_if: list[Flag] | None = None,
    manufacturer: Manufacturer | None = None,
    search: NonEmptyText | None = None,
    space_id: Uuid | None = None,
    unstable_location_id: Nullable[Uuid] = None,
    user_identifier_key: Text | None = None,
) -> Page:
    """Managed devices, oldest first. All filters that are given have to match."""
    matches = filters.matching(workspace, caller, locals(), is_managed=True)
    asks_for_phones = not PHONES.isdisjoint({device_type, *(device_types or ())})
    rows = with_phones(workspace) if asks_for_phones else workspace[DeviceRow]
    return page.page(rows, matches, ids=device_ids)


class NameProperty(TypedDict, total=False):
    """The older place of the name in /devices/update."""

    name: Nullable[Text]


@router.patch("update", allow=first(API_KEY, PAT, of=EVERYONE), source="spec")
def update(
    workspace: Workspace,
    *,
    caller: Caller,
    backup_access_code_pool_enabled: bool | None = None,
    custom_metadata: Metadata | None = None,
    device_id: Uuid,
    is_managed: bool = True,
    name: Nullable[Text] | Unset = UNSET,
    properties: NameProperty | None = None,
) -> None:
    """Change the nickname, the metadata (merged key by key) or whether the device is managed.

    name: the nickname; null clears it. is_managed: false gives the device up. Unmanaged: 400 `device_unmanaged`.
    A phone has a nickname and metadata too (docs); it cannot be given up: 400 `device_type_not_supported` (assumed).
    Events: device.name_changed, device.converted_to_unmanaged; none for a phone, since they name an account.
    """
    if name is UNSET and properties is not None:
        name = properties.get("name", UNSET)
    phone = workspace[PhoneRow].get(device_id)
    if phone is not None:
        _update_phone(workspace, caller, phone, name, custom_metadata, is_managed=is_managed)
        return
    device = reachable(workspace, caller, device_id)
    if not device.is_managed:
        raise ApiError(400, "device_unmanaged", "Device is unmanaged. Use /devices/unmanaged/update")
    changed = device
    if name is not UNSET:
        changed = changed.but(nickname=name or None)
    if custom_metadata is not None:
        changed = changed.but(custom_metadata=merge_metadata(device.custom_metadata, custom_metadata))
    if backup_access_code_pool_enabled is not None and device.property("supports_backup_access_code_pool"):
        own = {**device.properties, "backup_access_code_pool_enabled": backup_access_code_pool_enabled}
        changed = changed.but(properties=own)
    changed = workspace[DeviceRow].put(changed.but(is_managed=is_managed))
    if changed.property("backup_access_code_pool_enabled") != device.property("backup_access_code_pool_enabled"):
        device_changed.send(workspace, changed)
    fields = device_fields(workspace, changed)
    if changed.display_name != device.display_name:
        workspace.events.emit(workspace, DeviceNameChanged(device_name=changed.display_name, **fields))
    if not is_managed:
        workspace.events.emit(workspace, DeviceConvertedToUnmanaged(**fields))
        unmanaging_device.send(workspace, changed)


def _update_phone(
    workspace: Workspace,
    caller: Caller,
    phone: PhoneRow,
    name: str | Unset | None,
    custom_metadata: Mapping[str, str | bool | None] | None,
    *,
    is_managed: bool,
) -> None:
    if not caller.may_see_account(NO_ACCOUNT):
        raise ApiError(401, "unauthorized", "Not authorized to view this device")
    if not is_managed:
        raise ApiError(400, "device_type_not_supported", f"A device of type {phone.device_type} is always managed")
    if name is not UNSET:
        phone = phone.but(nickname=name or None)
    if custom_metadata is not None:
        phone = phone.but(custom_metadata=merge_metadata(phone.custom_metadata, custom_metadata))
    workspace[PhoneRow].put(phone)


ProviderCategory = Literal[
    "stable",
    "consumer_smartlocks",
    "beta",
    "thermostats",
    "noise_sensors",
    "access_control_systems",
    "cameras",
    "connectors",
]


@router.get(
    "list_device_providers",
    key="device_providers",
    allow=WITH_SESSION_READ,
    source="spec",
)
def list_device_providers(
    workspace: Workspace, *, provider_category: ProviderCategory | None = None
) -> list[Mapping[str, Any]]:
    """The providers that Seam knows. A can_* flag is true when at least one of a provider's devices has it."""
    return [
        {**provider, **_provider_flags(workspace, provider["device_provider_name"])}
        for provider in providers()
        if provider_category is None or provider_category in provider["provider_categories"]
    ]


def _provider_flags(workspace: Workspace, provider_name: str) -> dict[str, bool]:
    """The flags of the devices that come through a provider; those of simulation in a sandbox only (docs)."""
    models = models_of(provider_name)
    flags = {flag for model in models for flag in model.flags}
    if workspace.is_sandbox:
        flags |= {flag for model in models for name, flag in SIMULATIONS.items() if name in model.simulate}
    return dict.fromkeys(sorted(flags), True)
