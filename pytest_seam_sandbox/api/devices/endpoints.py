"""/devices/get, list, update, list_device_providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Unpack

from typing_extensions import TypedDict

from ...catalog.devices import providers
from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import UNSET, Metadata, Nullable, Text, Unset, Uuid
from ...engine.workspace import Workspace
from .._shared import (
    API_KEY,
    EVERYONE,
    EVERYONE_READ,
    PAT,
    WITH_SESSION_READ,
    first,
    merge_metadata,
)
from ..phones.model import PhoneRow
from . import filters, provider_metadata, simulate, unmanaged
from .events import DeviceConvertedToUnmanaged, DeviceNameChanged
from .filters import AnyDevice
from .house import models_of
from .lookup import NAME_OR_ID, NO_ACCOUNT, pick, reachable, with_phones
from .model import SIMULATIONS, DeviceRow, device_fields
from .state import device_changed, unmanaging_device

router = Router("/devices")

PHONES = frozenset(filters.PHONES)


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
    **asked: Unpack[AnyDevice],
) -> Page:
    """Managed devices, oldest first. All filters that are given have to match."""
    matches = filters.matching(workspace, caller, asked, is_managed=True)
    asks_for_phones = not PHONES.isdisjoint({asked.get("device_type"), *(asked.get("device_types") or ())})
    rows = with_phones(workspace) if asks_for_phones else workspace[DeviceRow]
    return page.page(rows, matches, ids=asked.get("device_ids"))


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


router.include(unmanaged.router)
router.include(simulate.router)
router.include(provider_metadata.router)
