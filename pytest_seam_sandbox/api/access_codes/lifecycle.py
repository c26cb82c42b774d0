"""What happens to an access code: programmed, scheduled, late, changed, removed; on the sandbox clock.

Seam tries again whenever the lock comes back, and looks at what is late at every poll, ten minutes apart. That a
delay shows at the first poll and a failure at the second is assumed; the ten minutes are the docs'.
"""

from __future__ import annotations

from datetime import timedelta

from ...engine.clock import format_time, parse_time
from ...engine.store import Workspace
from .._shared import Condition
from ..devices.model import DeviceRow
from ..devices.state import deleting_device, device_changed, unmanaging_device
from ..locks import CodeEntry, code_entered
from .backups import drop_backups, refill
from .constraints import codes_on
from .events import (
    AccessCodeChanged,
    AccessCodeCodeChanged,
    AccessCodeDelayInSettingOnDevice,
    AccessCodeDeleted,
    AccessCodeFailedToRemoveFromDevice,
    AccessCodeFailedToSetOnDevice,
    AccessCodeNameChanged,
    AccessCodeRemovedFromDevice,
    AccessCodeScheduledOnDevice,
    AccessCodeSetOnDevice,
    AccessCodeTimeFrameChanged,
    AccessCodeUnmanagedRemoved,
)
from .model import AccessCodeRow, Mutation, code_fields, device_of, is_reachable, six_lists

PRELOAD = timedelta(hours=72)
"""How long before its start a natively scheduled code goes to the lock (docs)."""
JUST_IN_TIME = timedelta(minutes=60)
"""How long before its start any other code is programmed (docs)."""
POLL_SECONDS = 600.0

_CHANGED = {
    "updating_name": AccessCodeNameChanged,
    "updating_code": AccessCodeCodeChanged,
    "updating_time_frame": AccessCodeTimeFrameChanged,
}


def code_error(workspace: Workspace, code: str, message: str, **extra: object) -> Condition:
    """An error of the code itself."""
    return Condition(code, message, workspace.clock.text(), (("is_access_code_error", True), *extra.items()))


def soon(workspace: Workspace, code: AccessCodeRow) -> None:
    """Have the code looked at before the next request is answered, or after the delay of action attempts."""
    mode = workspace.settings.action_attempts
    delay = 0.0 if isinstance(mode, str) else mode
    workspace.agenda.plan(workspace.clock.timestamp() + delay, progress, code.access_code_id)


def progress(workspace: Workspace, access_code_id: str) -> None:
    """Bring the lock as near to what is wanted as time and connection allow. Safe to call at any time."""
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None or not code.is_managed or code.is_offline:
        return
    if code.has_mutation("deleting") or _is_over(workspace, code):
        _remove(workspace, code)
    elif code.pin_on_lock is None:
        _program(workspace, code)
    elif code.is_scheduled and not _is_ahead(workspace, code.starts_at):
        _start(workspace, code)
    elif code.mutations:
        _apply(workspace, code)


def load_time(code: AccessCodeRow) -> str | None:
    """When a code with a time frame goes to the lock; None for one without."""
    start = None if code.starts_at is None else parse_time(code.starts_at)
    return None if start is None else format_time(start - (PRELOAD if code.is_native else JUST_IN_TIME))


def _is_ahead(workspace: Workspace, time: str | None) -> bool:
    return time is not None and time > workspace.clock.text()


def _is_over(workspace: Workspace, code: AccessCodeRow) -> bool:
    return code.ends_at is not None and not _is_ahead(workspace, code.ends_at)


def plan_at(workspace: Workspace, time: str | None, code: AccessCodeRow) -> None:
    """Have the code looked at when a time of its own has come."""
    at = None if time is None else parse_time(time)
    if at is not None and _is_ahead(workspace, time):
        workspace.agenda.plan(at.timestamp(), progress, code.access_code_id)


def _put(workspace: Workspace, code: AccessCodeRow) -> AccessCodeRow:
    return workspace[AccessCodeRow].put(code)


def _program(workspace: Workspace, code: AccessCodeRow) -> None:
    """Put a new code on the lock, or say why it is not there."""
    device = device_of(workspace, code)
    if _is_ahead(workspace, load_time(code)):
        deferring = Mutation(
            "deferring_creation",
            code.created_at,
            "Seam programs the code closer to its start.",
            scheduled_at=load_time(code),
        )
        _put(workspace, code.but(status="unset", mutations=(deferring,)))
        plan_at(workspace, load_time(code), code)
        return
    if not is_reachable(device):
        _wait_for_device(workspace, code)
        return
    obstacle = _obstacle(workspace, device, code)
    if obstacle is not None:
        _refuse(workspace, code, obstacle)
        return
    scheduled = code.is_native and _is_ahead(workspace, code.starts_at)
    code = _put(
        workspace,
        code.but(
            status="unset" if scheduled else "set",
            pin_on_lock=code.code,
            is_scheduled=scheduled,
            mutations=(),
            errors=(),
            warnings=(),
            late=0,
        ),
    )
    kind = AccessCodeScheduledOnDevice if scheduled else AccessCodeSetOnDevice
    workspace.events.emit(workspace, kind(code=code.code or "", **code_fields(workspace, code)))
    plan_at(workspace, code.starts_at, code)
    plan_at(workspace, code.ends_at, code)


def _start(workspace: Workspace, code: AccessCodeRow) -> None:
    """A scheduled code begins: the lock knows it already, so its connection does not matter."""
    code = _put(workspace, code.but(status="set", is_scheduled=False))
    workspace.events.emit(workspace, AccessCodeSetOnDevice(code=code.code or "", **code_fields(workspace, code)))
    plan_at(workspace, code.ends_at, code)


def _wait_for_device(workspace: Workspace, code: AccessCodeRow) -> None:
    """The lock is unreachable: the code waits, and polls make it late."""
    status = "unset" if code.is_native and _is_ahead(workspace, code.starts_at) else "setting"
    lost = any(error.code == "account_disconnected" for error in code.device_errors)
    code = _put(workspace, code.but(status="unknown" if lost else status))
    if not code.late:
        _put(workspace, code.but(late=1))
        workspace.agenda.plan(workspace.clock.timestamp() + POLL_SECONDS, _poll_setting, code.access_code_id)
        plan_at(workspace, code.starts_at, code)
        plan_at(workspace, code.ends_at, code)


def _poll_setting(workspace: Workspace, access_code_id: str) -> None:
    """Ten minutes late: a delay. Twenty: a failure; Seam goes on trying."""
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None or code.pin_on_lock is not None or not code.late or code.has_mutation("deleting"):
        return
    if code.late == 1:
        warning = Condition("delay_in_setting_on_device", "Programming the code takes long.", workspace.clock.text())
        code = _put(workspace, code.but(late=2, warnings=(*code.warnings, warning)))
        fields = code_fields(workspace, code) | six_lists(workspace, code)
        workspace.events.emit(workspace, AccessCodeDelayInSettingOnDevice(**fields))
        workspace.agenda.plan(workspace.clock.timestamp() + POLL_SECONDS, _poll_setting, access_code_id)
        return
    failed = code_error(workspace, "failed_to_set_on_device", "The code could not be programmed; Seam goes on trying.")
    _refuse(workspace, code.but(late=3), failed)


def _refuse(workspace: Workspace, code: AccessCodeRow, reason: Condition) -> None:
    """The code cannot be set for now: its error and access_code.failed_to_set_on_device, once."""
    if any(known.code == reason.code for known in code.errors):
        return
    code = _put(workspace, code.but(status="setting", errors=(*code.errors, reason)))
    fields = code_fields(workspace, code) | six_lists(workspace, code)
    workspace.events.emit(workspace, AccessCodeFailedToSetOnDevice(**fields))


def _obstacle(workspace: Workspace, device: DeviceRow, code: AccessCodeRow) -> Condition | None:
    """What on the lock stands in the way: an unmanaged code with this PIN, or no space."""
    others = [row for row in codes_on(workspace, device.device_id) if row.id != code.id and row.pin_on_lock is not None]
    twin = next((row for row in others if row.pin_on_lock == code.code), None)
    if twin is not None:
        field = "managed_access_code_id" if twin.is_managed else "unmanaged_access_code_id"
        return code_error(
            workspace, "duplicate_code_on_device", "A code with this PIN is on the device.", **{field: twin.id}
        )
    most = device.property("max_active_codes_supported")
    if most is not None and len(others) >= most:
        return code_error(
            workspace, "no_space_for_access_code_on_device", f"The device is full: it stores {most} codes."
        )
    return None


def _apply(workspace: Workspace, code: AccessCodeRow) -> None:
    """Bring pending changes to the lock, each with its event."""
    if not is_reachable(device_of(workspace, code)):
        return
    pending = code.mutations
    code = _put(workspace, code.but(mutations=(), pin_on_lock=code.code, status=_status_in_time(workspace, code)))
    fields = code_fields(workspace, code)
    changed = [
        {"property": name, "from": (mutation.before or {}).get(name), "to": after}
        for mutation in pending
        for name, after in (mutation.after or {}).items()
    ]
    workspace.events.emit(workspace, AccessCodeChanged(changed_properties=changed, **fields))
    for mutation in pending:
        kind = _CHANGED[mutation.mutation_code]
        workspace.events.emit(
            workspace,
            kind(
                description=mutation.message,
                **fields | {"from": dict(mutation.before or {}), "to": dict(mutation.after or {})},
            ),
        )
    plan_at(workspace, code.starts_at, code)
    plan_at(workspace, code.ends_at, code)


def _status_in_time(workspace: Workspace, code: AccessCodeRow) -> str:
    return "unset" if code.is_scheduled and _is_ahead(workspace, code.starts_at) else "set"


def _remove(workspace: Workspace, code: AccessCodeRow) -> None:
    """Erase a code from the lock and delete its record; one that was never there has nothing to erase."""
    if code.pin_on_lock is None:
        delete_record(workspace, code)
        return
    if not is_reachable(device_of(workspace, code)):
        if code.status != "removing":
            being_deleted = Condition("being_deleted", "The code is being deleted.", workspace.clock.text())
            _put(workspace, code.but(status="removing", warnings=(*code.warnings, being_deleted)))
            workspace.agenda.plan(workspace.clock.timestamp() + POLL_SECONDS, _poll_removing, code.access_code_id)
        return
    workspace.events.emit(workspace, AccessCodeRemovedFromDevice(**code_fields(workspace, code)))
    delete_record(workspace, code)


def _poll_removing(workspace: Workspace, access_code_id: str) -> None:
    """Ten minutes late: erasing failed; Seam goes on trying."""
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None:
        return
    failed = code_error(workspace, "failed_to_remove_from_device", "The code could not be erased; Seam goes on trying.")
    code = _put(workspace, code.but(errors=(*code.errors, failed)))
    fields = code_fields(workspace, code) | six_lists(workspace, code)
    workspace.events.emit(workspace, AccessCodeFailedToRemoveFromDevice(**fields))


def delete_record(workspace: Workspace, code: AccessCodeRow) -> None:
    """Delete the record: access_code.deleted, or access_code.unmanaged.removed. Space on the lock is free again."""
    fields = code_fields(workspace, code)
    workspace[AccessCodeRow].remove(code.access_code_id)
    if code.is_managed:
        workspace.events.emit(workspace, AccessCodeDeleted(code=code.code, **fields))
    else:
        workspace.events.emit(workspace, AccessCodeUnmanagedRemoved(**fields))
    for other in codes_on(workspace, code.device_id):
        if other.pin_on_lock is None and other.errors:
            _put(workspace, other.but(errors=()))
            progress(workspace, other.access_code_id)


@device_changed.reaction(order=1)
def _follow_device(workspace: Workspace, device: DeviceRow) -> None:
    """Repeat the device's errors on its codes; once it is reachable, do what was waiting."""
    lost = device.has_error("account_disconnected")
    for code in codes_on(workspace, device.device_id):
        status = "unknown" if lost and not code.is_offline else _status_after_loss(workspace, code)
        _put(workspace, code.but(device_errors=device.errors, status=status))
    if is_reachable(device):
        for code in codes_on(workspace, device.device_id):
            progress(workspace, code.access_code_id)
        refill(workspace, device)


def _status_after_loss(workspace: Workspace, code: AccessCodeRow) -> str:
    if code.status != "unknown":
        return code.status
    if code.has_mutation("deleting"):
        return "removing"
    if code.pin_on_lock is not None:
        return _status_in_time(workspace, code)
    return "unset" if _is_ahead(workspace, load_time(code)) else "setting"


@unmanaging_device.reaction(order=1)
def _give_up_with_device(workspace: Workspace, device: DeviceRow) -> None:
    """Codes of a device that is given up become unmanaged and its backup codes go; there is no way back (docs)."""
    drop_backups(workspace, device)
    for code in codes_on(workspace, device.device_id):
        if code.pin_on_lock is None:
            delete_record(workspace, code)
        else:
            _put(workspace, code.but(is_managed=False, mutations=(), errors=(), warnings=()))


@deleting_device.reaction(order=1)
def _delete_with_device(workspace: Workspace, device: DeviceRow) -> None:
    for code in codes_on(workspace, device.device_id):
        fields = code_fields(workspace, code)
        workspace[AccessCodeRow].remove(code.access_code_id)
        workspace.events.emit(workspace, AccessCodeDeleted(code=code.code, **fields))


@code_entered.reaction(order=1)
def _know_code(workspace: Workspace, device: DeviceRow, pin: str, found: list[CodeEntry]) -> None:
    """The codes that the lock knows by this PIN; a one-time code is used up by opening the lock."""
    now = workspace.clock.text()
    for code in codes_on(workspace, device.device_id):
        if code.pin_on_lock != pin:
            continue
        in_time = (code.starts_at is None or code.starts_at <= now) and (code.ends_at is None or now < code.ends_at)
        found.append(CodeEntry(code.access_code_id, code.is_managed, None if in_time else "expired_code"))
        if in_time and code.is_one_time_use:
            removed = workspace[AccessCodeRow].put(code.but(pin_on_lock=None))
            workspace.agenda.plan(workspace.clock.timestamp(), _use_up, removed.access_code_id)


def _use_up(workspace: Workspace, access_code_id: str) -> None:
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is not None:
        workspace.events.emit(workspace, AccessCodeRemovedFromDevice(**code_fields(workspace, code)))
        delete_record(workspace, code)
