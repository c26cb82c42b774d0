"""What the endpoints of access codes share: parameter types, rules, finding a code, adding one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import AfterValidator, BeforeValidator

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.params import Complaint
from ...engine.query import QueryType
from ...engine.store import Row
from ...engine.types import integer, refused
from ...engine.workspace import Workspace
from .. import action_attempts
from .._shared import not_found, written
from ..action_attempts import ActionAttemptRow
from ..devices.issues import UNREACHABLE
from ..devices.lookup import reachable
from ..devices.model import DeviceRow
from . import backups
from .constraints import new_pin, refuse_duplicate, refuse_end, refuse_pin, refuse_start
from .events import AccessCodeCreated
from .lifecycle import progress, put, soon
from .model import AccessCodeRow, GrantedBy, code_fields, creating
from .time_frames import Rounding, fit, refuse_too_many


def only_digits(value: str) -> str:
    """A PIN has digits only."""
    if not (value.isascii() and value.isdigit()):
        raise refused("Invalid")
    return value


Pin = Annotated[str, MinLen(4), MaxLen(12), AfterValidator(only_digits), QueryType("string")]
CodeLength = Annotated[int, BeforeValidator(integer), Ge(4), Le(20), QueryType("number")]


def both_times(values: Mapping[str, Any]) -> Complaint | None:
    """starts_at and ends_at come together, in this order. Source: official fake for the first, docs for the second.

    A one-time-use offline code may have a start only (docs); whether it does depends on the device.
    """
    starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
    is_offline = values.get("is_offline_access_code") or values.get("use_offline_access_code")
    start_is_enough = ends_at is None and is_offline and values.get("is_one_time_use")
    if (starts_at is None) != (ends_at is None) and not start_is_enough:
        return Complaint((), "Both starts_at and ends_at must be provided if one is")
    start, end = written(starts_at), written(ends_at)
    if start is not None and end is not None and end <= start:
        return Complaint((), "ends_at must be after starts_at")
    return None


def in_order(values: Mapping[str, Any]) -> Complaint | None:
    """The end comes after the start, if both are given."""
    start, end = written(values.get("starts_at")), written(values.get("ends_at"))
    return Complaint((), "ends_at must be after starts_at") if start and end and end <= start else None


def device_of_code(workspace: Workspace, arguments: Mapping[str, Any]) -> str | None:
    """The lock of the code that a call names; Seam limits the rate of calls for each lock."""
    code = workspace[AccessCodeRow].get(arguments["access_code_id"])
    return None if code is None else code.device_id


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An access code as a client asks for it. Times as on rows; a code that is None is chosen by Seam."""

    code: str | None = None
    name: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    common_code_key: str | None = None
    attempt_for_offline_device: bool = True
    prefer_native_scheduling: bool = True
    preferred_code_length: float | None = None
    use_backup_pool: bool = False
    is_offline: bool = False
    is_one_time_use: bool = False
    is_external_modification_allowed: bool = False
    max_time_rounding: Rounding | None = None
    granted_by: GrantedBy | None = None


def add_code(workspace: Workspace, device: DeviceRow, wish: Wish) -> AccessCodeRow:
    """Make a record and have it programmed: access_code.created now, the rest as time and connection allow."""
    row = put(workspace, check_code(workspace, device, wish))
    workspace.events.emit(workspace, AccessCodeCreated(**code_fields(workspace, row)))
    backups.refill(workspace, backups.enable(workspace, device) if row.uses_backup_pool else device)
    soon(workspace, row)
    return workspace[AccessCodeRow].get(row.access_code_id) or row


def check_code(workspace: Workspace, device: DeviceRow, wish: Wish) -> AccessCodeRow:
    """The row that would be stored; everything that can be refused is refused here, before anything is written."""
    check_programmable(device, offline_code=wish.is_offline, attempt_for_offline_device=wish.attempt_for_offline_device)
    wish = _in_time_frame(workspace, device, wish)
    if wish.is_offline and wish.code is not None:
        raise ApiError(400, "invalid_input", "The code of an offline access code cannot be chosen; leave out the code")
    now = workspace.clock.text()
    pin = _pin(workspace, device, wish)
    return AccessCodeRow(
        access_code_id=workspace.ids.uuid(),
        device_id=device.device_id,
        workspace_id=workspace.workspace_id,
        created_at=now,
        name=wish.name,
        code=pin,
        status="setting",
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        common_code_key=wish.common_code_key,
        is_native=wish.prefer_native_scheduling and device.model.native_scheduling,
        is_offline=wish.is_offline,
        is_one_time_use=wish.is_one_time_use,
        is_external_modification_allowed=wish.is_external_modification_allowed,
        uses_backup_pool=wish.use_backup_pool and bool(device.property(backups.SUPPORTED)),
        pin_on_lock=pin if wish.is_offline else None,
        is_scheduled=wish.is_offline,
        mutations=() if wish.is_offline else (creating(now),),
        device_errors=device.errors,
        granted_by=wish.granted_by,
    )


def _in_time_frame(workspace: Workspace, device: DeviceRow, wish: Wish) -> Wish:
    """The wish with times that the device takes."""
    if wish.use_backup_pool and wish.starts_at is None:
        raise ApiError(400, "invalid_input", "The backup access code pool is for time bound access codes only")
    starts_at, ends_at = fit(
        device,
        wish.starts_at,
        wish.ends_at,
        offline=wish.is_offline,
        one_time=wish.is_one_time_use,
        rounding=wish.max_time_rounding,
    )
    refuse_end(workspace, ends_at)
    refuse_start(workspace, device, starts_at)
    if wish.is_offline:
        backups.refuse_without_space(workspace, device)
        refuse_too_many(workspace, device, starts_at or "", ends_at or "", one_time=wish.is_one_time_use)
    return replace(wish, starts_at=starts_at, ends_at=ends_at)


def _pin(workspace: Workspace, device: DeviceRow, wish: Wish) -> str:
    """The PIN that the code will have: the wanted one, that of its common_code_key, or a random one.

    Codes with one key are guaranteed to have one PIN (spec), so another one is refused (assumed).
    """
    shared = shared_pin(workspace, wish.common_code_key)
    if shared is not None and wish.code not in (None, shared):
        raise ApiError(400, "invalid_input", "The codes with this common_code_key have another code")
    pin = wish.code or shared
    if pin is None:
        return new_pin(workspace, device, wish.preferred_code_length)
    refuse_pin(workspace, device, pin)
    period = f" for period {wish.starts_at}-{wish.ends_at}" if wish.starts_at else ""
    refuse_duplicate(workspace, device.device_id, pin, wish.name, period)
    return pin


def shared_pin(workspace: Workspace, common_code_key: str | None) -> str | None:
    """The PIN of the codes with this common_code_key; None when there are none."""
    return next((row.code for row in linked(workspace, common_code_key)), None)


def linked(workspace: Workspace, common_code_key: str | None) -> list[AccessCodeRow]:
    """The managed codes with this common_code_key; none without a key."""
    if common_code_key is None:
        return []
    return [row for row in workspace[AccessCodeRow] if row.is_managed and row.common_code_key == common_code_key]


def attempt(
    workspace: Workspace, action_type: str, device: DeviceRow, access_code_id: str, *, at_once: bool = False
) -> Row:
    """The attempt that stands for a call: pending until the device has what was asked for, or the code is gone.

    Source: docs for pending, spec for the result. at_once: have it done before the answer, as far as the connection
    allows; `sync` asks for that (official fake).
    """
    if at_once:
        progress(workspace, access_code_id)
    subject = device.device_id, device.connected_account_id
    pending = action_attempts.pend(workspace, action_type, subject=subject)
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None:
        action_attempts.finish(workspace, pending.id, result={})
    elif not code.is_managed:
        action_attempts.finish(workspace, pending.id, result={"access_code": code.view()})
    else:
        put(workspace, code.but(attempts=(*code.attempts, pending.id)))
    return workspace[ActionAttemptRow][pending.id]
