"""/devices/unmanaged/get, list, update."""

from __future__ import annotations

from typing import Literal, Unpack

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import Metadata, Text, Uuid
from ...engine.workspace import Workspace
from .._shared import WITH_PORTAL_READ, WITH_SESSION_READ, WORKSPACE, merge_metadata, not_found
from . import filters
from .events import DeviceUnmanagedConvertedToManaged
from .filters import AnyDevice
from .lookup import NAME_OR_ID, pick
from .model import DeviceRow, device_fields, find_device

router = Router("/devices/unmanaged")


@router.get("get", key="device", allow=WITH_SESSION_READ, source="spec", checks=[NAME_OR_ID])
def get(workspace: Workspace, *, caller: Caller, device_id: Uuid | None = None, name: Text | None = None) -> Row:
    """The unmanaged device of this id or display name; a managed one is not found here, with a hint (fake)."""
    device = workspace[DeviceRow].get(device_id)
    if device is not None and device.is_managed:
        raise not_found(
            "device_not_found",
            "Device not found: it is managed. Convert it with /devices/update and is_managed false",
            {"device_id": device_id},
        )
    return pick(workspace, caller, device_id, name, is_managed=False)


@router.get(
    "list",
    key="devices",
    allow=WITH_PORTAL_READ,
    source="spec",
    page_limit=22900,
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    **asked: Unpack[AnyDevice],
) -> Page:
    """Unmanaged devices, oldest first; filters as for /devices/list."""
    matches = filters.matching(workspace, caller, asked, is_managed=False)
    return page.page(workspace[DeviceRow], matches, ids=asked.get("device_ids"))


@router.patch("update", allow=WORKSPACE, source="spec")
def update(
    workspace: Workspace,
    *,
    custom_metadata: Metadata | None = None,
    device_id: Uuid,
    is_managed: Literal[True] | None = None,
) -> None:
    """Change the metadata, or convert the device to a managed one: device.unmanaged.converted_to_managed.

    Managed already: 400 `device_managed` (official fake).
    """
    device = find_device(workspace, device_id)
    if device.is_managed:
        raise ApiError(400, "device_managed", "Device is managed. Use /devices/update")
    changed = device
    if custom_metadata is not None:
        changed = changed.but(custom_metadata=merge_metadata(device.custom_metadata, custom_metadata))
    if is_managed:
        changed = changed.but(is_managed=True)
    workspace[DeviceRow].put(changed)
    if is_managed:
        fields = device_fields(workspace, changed)
        workspace.events.emit(workspace, DeviceUnmanagedConvertedToManaged(**fields))
