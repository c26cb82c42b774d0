"""The access codes of a world in a file: on their locks already, or still on the way."""

from __future__ import annotations

from ..api._shared import Condition
from ..api.access_codes.constraints import new_pin
from ..api.access_codes.events import (
    AccessCodeCreated,
    AccessCodeScheduledOnDevice,
    AccessCodeSetOnDevice,
    AccessCodeUnmanagedCreated,
)
from ..api.access_codes.lifecycle import plan_times, progress, put, soon
from ..api.access_codes.model import AccessCodeRow, code_fields, creating, deleting
from ..api.devices.model import DeviceRow
from ..engine.workspace import Workspace
from .format import AccessCode

ON_LOCK = ("set", "removing", "unknown")
"""The statuses of a code that the lock knows; `unknown` is that of a lost account, which takes nothing off a lock."""

Conditions = tuple[Condition, ...]


def add_code(
    workspace: Workspace, device: DeviceRow, code: AccessCode, *, errors: Conditions, warnings: Conditions
) -> str:
    """A code of the device, with the events that tell of a new one; its id."""
    with workspace.ids.naming(code.access_code_id):
        row = _row(workspace, device, code, errors=errors, warnings=warnings)
    if not code.is_managed:
        workspace[AccessCodeRow].put(row)
        workspace.events.emit(workspace, AccessCodeUnmanagedCreated(**code_fields(workspace, row)))
        return row.id
    row = put(workspace, row)
    workspace.events.emit(workspace, AccessCodeCreated(**code_fields(workspace, row)))
    if code.status is None:
        plan_times(workspace, row)
        progress(workspace, row.id)
    elif row.pin_on_lock is None or code.status == "removing":
        soon(workspace, row)
    else:
        kind = AccessCodeScheduledOnDevice if row.is_scheduled else AccessCodeSetOnDevice
        workspace.events.emit(workspace, kind(code=row.pin_on_lock, **code_fields(workspace, row)))
        plan_times(workspace, row)
    return row.id


def _row(
    workspace: Workspace, device: DeviceRow, code: AccessCode, *, errors: Conditions, warnings: Conditions
) -> AccessCodeRow:
    access_code_id = workspace.ids.uuid()
    pin = code.code or new_pin(workspace, device)
    created_at = code.created_at or workspace.clock.text()
    is_there = code.is_offline_access_code or code.is_scheduled_on_device or code.status in ON_LOCK
    mutations = (deleting(created_at),) if code.status == "removing" else () if is_there else (creating(created_at),)
    return AccessCodeRow(
        access_code_id=access_code_id,
        device_id=device.device_id,
        workspace_id=workspace.workspace_id,
        created_at=created_at,
        name=code.name,
        code=pin,
        status=code.status or "setting",
        starts_at=code.starts_at,
        ends_at=code.ends_at,
        common_code_key=code.common_code_key,
        is_managed=code.is_managed,
        is_native=device.model.native_scheduling,
        is_offline=code.is_offline_access_code,
        is_one_time_use=code.is_one_time_use,
        is_external_modification_allowed=code.is_external_modification_allowed,
        is_scheduled=code.is_scheduled_on_device,
        pin_on_lock=pin if is_there or (not code.is_managed and code.status is None) else None,
        mutations=mutations,
        errors=errors,
        warnings=warnings,
        device_errors=device.errors,
        cannot_be_managed=code.cannot_be_managed,
        uses_backup_pool=code.use_backup_access_code_pool,
        is_backup=code.is_backup,
        is_pulled=code.is_backup,
        pulled_backup_access_code_id=code.pulled_backup_access_code_id,
    )
