"""What the endpoints of access codes share: parameter types, rules, finding a code, adding one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import AfterValidator, BeforeValidator

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.params import Complaint
from ...engine.query import Kind
from ...engine.store import Row, Workspace
from ...engine.types import integer, refused
from .. import action_attempts
from .._shared import (
    API_KEY,
    CLIENT_SESSION,
    CONSOLE,
    PAT,
    PORTAL,
    PORTAL_READ_ONLY,
    SUPPORT,
    not_found,
    written,
)
from ..devices.endpoints import reachable
from ..devices.model import UNREACHABLE, DeviceRow
from . import backups
from .constraints import new_pin, refuse_duplicate, refuse_name, refuse_pin
from .events import AccessCodeCreated
from .lifecycle import soon
from .model import AccessCodeRow, Mutation, code_fields

WRITERS = (CLIENT_SESSION, PORTAL, PAT, CONSOLE, API_KEY)
READERS = (CLIENT_SESSION, PORTAL, PORTAL_READ_ONLY, PAT, CONSOLE, API_KEY, SUPPORT)


def only_digits(value: str) -> str:
    """A PIN has digits only."""
    if not (value.isascii() and value.isdigit()):
        raise refused("Invalid")
    return value


Pin = Annotated[str, MinLen(4), MaxLen(12), AfterValidator(only_digits), Kind("string")]
CodeLength = Annotated[int, BeforeValidator(integer), Ge(4), Le(20), Kind("number")]
Rounding = Literal["1hour", "1day", "1h", "1d"]


def both_times(values: Mapping[str, Any]) -> Complaint | None:
    """starts_at and ends_at come together, in this order. Source: official fake for the first, docs for the second."""
    starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
    if (starts_at is None) != (ends_at is None):
        return Complaint((), "Both starts_at and ends_at must be provided if one is")
    start, end = written(starts_at), written(ends_at)
    if start is not None and end is not None and end <= start:
        return Complaint((), "ends_at must be after starts_at")
    return None


def in_order(values: Mapping[str, Any]) -> Complaint | None:
    """The end comes after the start, if both are given."""
    start, end = written(values.get("starts_at")), written(values.get("ends_at"))
    return Complaint((), "ends_at must be after starts_at") if start and end and end <= start else None


def find_code(workspace: Workspace, caller: Caller, access_code_id: str, device_id: str | None = None) -> AccessCodeRow:
    """The managed code of this id, on this device if one is named; 404 `access_code_not_found` (official fake)."""
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None or not code.is_managed or device_id not in (None, code.device_id):
        data = {"access_code_id": access_code_id} | ({"device_id": device_id} if device_id else {})
        raise not_found("access_code_not_found", "Could not find an access_code with device_id or access_code_id", data)
    reachable(workspace, caller, code.device_id)
    return code


def check_programmable(device: DeviceRow, *, offline_code: bool, attempt_for_offline_device: bool) -> None:
    """Raise ApiError 400 when the device cannot take the code; the error types are assumed."""
    if not device.is_managed:
        raise ApiError(400, "device_unmanaged", "Device is unmanaged. Convert it with /devices/unmanaged/update")
    flag = "can_program_offline_access_codes" if offline_code else "can_program_online_access_codes"
    if flag not in device.model.flags:
        raise ApiError(400, "access_codes_not_supported", f"The device lacks the capability {flag}")
    blocking = next((each for each in device.errors if each.code in UNREACHABLE), None)
    if blocking is not None and (blocking.code == "device_removed" or not (attempt_for_offline_device or offline_code)):
        raise ApiError(400, blocking.code, blocking.message, data={"device_id": device.device_id})


def add_code(
    workspace: Workspace,
    device: DeviceRow,
    *,
    code: str | None = None,
    name: str | None = None,
    starts_at: str | None = None,
    ends_at: str | None = None,
    common_code_key: str | None = None,
    attempt_for_offline_device: bool = True,
    prefer_native_scheduling: bool = True,
    preferred_code_length: float | None = None,
    use_backup_pool: bool = False,
    is_offline: bool = False,
    is_one_time_use: bool = False,
    is_external_modification_allowed: bool = False,
) -> AccessCodeRow:
    """Make a record and have it programmed: access_code.created now, the rest as time and connection allow."""
    row = check_code(
        workspace,
        device,
        code=code,
        name=name,
        starts_at=starts_at,
        ends_at=ends_at,
        attempt_for_offline_device=attempt_for_offline_device,
        use_backup_pool=use_backup_pool,
        is_offline=is_offline,
        preferred_code_length=preferred_code_length,
    ).but(
        common_code_key=common_code_key,
        is_native=prefer_native_scheduling and device.model.native_scheduling,
        is_one_time_use=is_one_time_use,
        is_external_modification_allowed=is_external_modification_allowed,
    )
    workspace[AccessCodeRow].put(row)
    workspace.events.emit(workspace, AccessCodeCreated(**code_fields(workspace, row)))
    if row.uses_backup_pool:
        backups.refill(workspace, device)
    soon(workspace, row)
    return workspace[AccessCodeRow].get(row.access_code_id) or row


def check_code(
    workspace: Workspace,
    device: DeviceRow,
    *,
    code: str | None,
    name: str | None,
    starts_at: str | None,
    ends_at: str | None,
    attempt_for_offline_device: bool,
    use_backup_pool: bool,
    is_offline: bool,
    preferred_code_length: float | None,
) -> AccessCodeRow:
    """The row that would be stored; everything that can be refused is refused here, before anything is written."""
    check_programmable(device, offline_code=is_offline, attempt_for_offline_device=attempt_for_offline_device)
    start, end = written(starts_at), written(ends_at)
    if use_backup_pool and start is None:
        raise ApiError(400, "invalid_input", "The backup access code pool is for time bound access codes only")
    if end is not None and end <= workspace.clock.text():
        raise ApiError(400, "invalid_input", "ends_at must be in the future")
    if is_offline and code is not None:
        raise ApiError(400, "invalid_input", "The code of an offline access code cannot be chosen; leave out the code")
    if code is not None:
        refuse_pin(workspace, device, code)
        period = f" for period {start}-{end}" if start else ""
        refuse_duplicate(workspace, device.device_id, code, name, period)
    refuse_name(workspace, device, name)
    now = workspace.clock.text()
    pin = code or new_pin(workspace, device, preferred_code_length)
    lost = device.has_error("account_disconnected") and not is_offline
    ahead = start is not None and start > now
    creating = Mutation("creating", now, "Seam is programming the code.")
    return AccessCodeRow(
        access_code_id=workspace.ids.uuid(),
        device_id=device.device_id,
        workspace_id=workspace.workspace_id,
        created_at=now,
        name=name,
        code=pin,
        status="unknown" if lost else "set" if is_offline else "unset" if ahead else "setting",
        starts_at=start,
        ends_at=end,
        is_offline=is_offline,
        uses_backup_pool=use_backup_pool and bool(device.property("supports_backup_access_code_pool")),
        pin_on_lock=pin if is_offline else None,
        mutations=() if is_offline else (creating,),
        device_errors=device.errors,
    )


def attempt(workspace: Workspace, action_type: str, device: DeviceRow) -> Row:
    """The finished attempt that the answer carries beside the code; what it stands for shows on the code."""
    return action_attempts.finished(
        workspace,
        action_type,
        device_id=device.device_id,
        connected_account_id=device.connected_account_id,
    )
