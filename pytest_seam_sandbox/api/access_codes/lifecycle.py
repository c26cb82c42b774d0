"""What happens to an access code: programmed, scheduled, late, changed, removed; on the sandbox clock.

Seam tries again whenever the lock comes back, and looks at what is late at every poll, ten minutes apart. That a
delay shows at the first poll and a failure at the second is assumed; the ten minutes are the docs'.
"""

from __future__ import annotations

from types import MappingProxyType

from ...engine.clock import parse_time
from ...engine.signals import Signal
from ...engine.workspace import Workspace
from .. import action_attempts
from .._ranks import by_rank
from .._shared import Condition, marked
from ..action_attempts import ActionAttemptRow
from ..devices.model import DeviceRow
from .backups import refill, release, stored_on
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
from .model import (
    LATE,
    AccessCodeRow,
    Mutation,
    code_fields,
    codes_on,
    creating,
    deleting,
    device_of,
    is_programmable,
    six_lists,
)
from .timing import is_ahead, is_leaving, load_time, status_of

POLL_SECONDS = 600.0

granted_code_changed: Signal[[Workspace, str]] = Signal(by_rank("access_grants.reactions"))
"""Sent after a code of an access grant changed or went; given is the id of its access method."""

_GONE = MappingProxyType(
    {"type": "access_code_deleted", "message": "The access code went before the device had what was asked for."}
)
_CHANGED = MappingProxyType(
    {
        "updating_name": AccessCodeNameChanged,
        "updating_code": AccessCodeCodeChanged,
        "updating_time_frame": AccessCodeTimeFrameChanged,
    }
)


def soon(workspace: Workspace, code: AccessCodeRow) -> None:
    """Have the code looked at before the next request is answered, or after the delay of action attempts.

    And again when it has to go to the lock, when it begins and when it ends. What the lock computes takes no time.
    """
    _plan_progress(workspace, code)
    plan_times(workspace, code)


def _plan_progress(workspace: Workspace, code: AccessCodeRow) -> None:
    mode = workspace.settings.action_attempts
    delay = 0.0 if isinstance(mode, str) or code.is_offline else mode
    workspace.agenda.plan(workspace.clock.timestamp() + delay, progress, code.access_code_id)


def plan_times(workspace: Workspace, code: AccessCodeRow) -> None:
    """Have the code looked at when it has to go to the lock, when it begins and when it ends."""
    for time in (load_time(code), code.starts_at, code.ends_at):
        at = parse_time(time) if time is not None and is_ahead(workspace, time) else None
        if at is not None:
            workspace.agenda.schedule(at.timestamp(), progress, code.access_code_id)


def progress(workspace: Workspace, access_code_id: str) -> None:
    """Bring the lock as near to what is wanted as time and connection allow. Safe to call at any time."""
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None or not code.is_managed:
        return
    if code.is_held_up and not (is_leaving(workspace, code) and code.pin_on_lock is None):
        put(workspace, code)
    elif is_leaving(workspace, code):
        _remove(workspace, code)
    elif code.pin_on_lock is None:
        _program(workspace, code)
    elif code.is_scheduled and not is_ahead(workspace, code.on_lock().starts_at):
        _start(workspace, code)
    elif code.mutations:
        _apply(workspace, code)


def put(workspace: Workspace, code: AccessCodeRow) -> AccessCodeRow:
    """Store a code with the status that it has by now.

    When the lock has all that was asked for, the attempts that asked succeed, with the code as their result (spec).
    """
    code = code.but(status=status_of(workspace, code))
    if code.status == "setting" and code.has_mutation("deferring_creation"):
        code = code.but(mutations=(creating(code.created_at),))
    if code.attempts and code.pin_on_lock is not None and not code.mutations:
        for attempt_id in code.attempts:
            action_attempts.finish(workspace, attempt_id, result={"access_code": code.view()})
        code = code.but(attempts=())
    workspace[AccessCodeRow].put(code)
    tell_grant(workspace, code)
    return code


def tell_grant(workspace: Workspace, code: AccessCodeRow) -> None:
    """Let the access grant of a code, if it has one, know that something happened to it."""
    if code.granted_by is not None:
        granted_code_changed.send(workspace, code.granted_by.access_method_id)


def end_attempts(workspace: Workspace, code: AccessCodeRow) -> None:
    """End what still waits for a code that goes: to delete it succeeds, all else fails (assumed, with its type)."""
    for attempt_id in code.attempts:
        if workspace[ActionAttemptRow][attempt_id].action_type == "DELETE_ACCESS_CODE":
            action_attempts.finish(workspace, attempt_id, result={})
        else:
            action_attempts.finish(workspace, attempt_id, error=dict(_GONE))


def _program(workspace: Workspace, code: AccessCodeRow) -> None:
    """Put a new code on the lock, or say why it is not there."""
    device = device_of(workspace, code)
    if is_ahead(workspace, load_time(code)):
        _defer(workspace, code)
        return
    if not is_programmable(device):
        _wait_for_device(workspace, code)
        return
    obstacle = _same_pin(workspace, code) or _no_space(workspace, device, code)
    if obstacle is not None:
        _refuse(workspace, code.but(waiting_since=None, warnings=_not_late(code)), obstacle)
        return
    scheduled = code.is_native and is_ahead(workspace, code.starts_at)
    code = put(workspace, _cleared(code).but(mutations=(), pin_on_lock=code.code, is_scheduled=scheduled))
    kind = AccessCodeScheduledOnDevice if scheduled else AccessCodeSetOnDevice
    workspace.events.emit(workspace, kind(code=code.code or "", **code_fields(workspace, code)))
    refill(workspace, device)


def _defer(workspace: Workspace, code: AccessCodeRow) -> None:
    """It is too early; nothing waits and nothing is late."""
    later = Mutation(
        "deferring_creation",
        code.created_at,
        "Seam programs the code closer to its start.",
        scheduled_at=load_time(code),
    )
    put(workspace, _cleared(code).but(mutations=(later,)))


def _cleared(code: AccessCodeRow) -> AccessCodeRow:
    """The code without what said that it is late or cannot be set; what a test has put there stays."""
    return code.but(errors=marked(code.errors), warnings=_not_late(code), waiting_since=None)


def _start(workspace: Workspace, code: AccessCodeRow) -> None:
    """A scheduled code begins: the lock knows it already, so its connection does not matter."""
    code = put(workspace, code.but(is_scheduled=False))
    workspace.events.emit(workspace, AccessCodeSetOnDevice(code=code.code or "", **code_fields(workspace, code)))
    progress(workspace, code.access_code_id)


def _wait_for_device(workspace: Workspace, code: AccessCodeRow) -> None:
    """The lock is unreachable: the code waits, and polls make it late."""
    if code.waiting_since is None:
        since = workspace.clock.text()
        code = code.but(waiting_since=since, mutations=(creating(code.created_at),))
        at = workspace.clock.timestamp() + POLL_SECONDS
        workspace.agenda.plan(at, _poll_setting, code.access_code_id, since)
    put(workspace, code)


def _poll_setting(workspace: Workspace, access_code_id: str, since: str) -> None:
    """Ten minutes late: a delay. Twenty: a failure; Seam goes on trying."""
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None or code.waiting_since != since:
        return
    if _not_late(code) != code.warnings:
        message = "The code could not be programmed; Seam goes on trying."
        _refuse(workspace, code, code_error(workspace, "failed_to_set_on_device", message))
        return
    warning = Condition(LATE, "Programming the code takes long.", workspace.clock.text())
    code = put(workspace, code.but(warnings=(*code.warnings, warning)))
    fields = code_fields(workspace, code) | six_lists(workspace, code)
    workspace.events.emit(workspace, AccessCodeDelayInSettingOnDevice(**fields))
    workspace.agenda.plan(workspace.clock.timestamp() + POLL_SECONDS, _poll_setting, access_code_id, since)


def _refuse(workspace: Workspace, code: AccessCodeRow, reason: Condition) -> None:
    """The code cannot be set for now: its error and access_code.failed_to_set_on_device, once for each reason."""
    if code.has_error(reason.code):
        put(workspace, code)
        return
    code = put(workspace, code.but(errors=(*marked(code.errors), reason)))
    fields = code_fields(workspace, code) | six_lists(workspace, code)
    workspace.events.emit(workspace, AccessCodeFailedToSetOnDevice(**fields))


def code_error(workspace: Workspace, code: str, message: str, **extra: object) -> Condition:
    """An error of the code itself."""
    return Condition(code, message, workspace.clock.text(), (("is_access_code_error", True), *extra.items()))


def _not_late(code: AccessCodeRow) -> tuple[Condition, ...]:
    """The warnings without that of a delay."""
    return tuple(warning for warning in code.warnings if warning.code != LATE or warning.is_marked)


def _same_pin(workspace: Workspace, code: AccessCodeRow) -> Condition | None:
    """The error that another code on the lock has this PIN; None when there is none."""
    others = (row for row in codes_on(workspace, code.device_id) if row.id != code.id)
    twin = next((row for row in others if row.pin_on_lock == code.code), None)
    if twin is None:
        return None
    extra = {"managed_access_code_id" if twin.is_managed else "unmanaged_access_code_id": twin.id}
    return code_error(workspace, "duplicate_code_on_device", "A code with this PIN is on the device.", **extra)


def _no_space(workspace: Workspace, device: DeviceRow, code: AccessCodeRow) -> Condition | None:
    """The error that the lock is full; None when it is not."""
    most = device.property("max_active_codes_supported")
    if most is None or stored_on(workspace, code.device_id) < most:
        return None
    message = f"The device is full: it stores {most} codes."
    return code_error(workspace, "no_space_for_access_code_on_device", message)


def _apply(workspace: Workspace, code: AccessCodeRow) -> None:
    """Bring pending changes to the lock, each with its event.

    A code that the lock cannot schedule and that now starts later leaves the lock until then (assumed).
    """
    if not is_programmable(device_of(workspace, code)):
        return
    twin = _same_pin(workspace, code)
    if twin is not None:
        _refuse(workspace, code, twin)
        return
    pending = code.mutations
    scheduled = code.is_native and is_ahead(workspace, code.starts_at)
    stays = code.is_native or not is_ahead(workspace, load_time(code))
    begins = code.is_scheduled and not scheduled
    pin = code.code if stays else None
    code = put(workspace, code.but(mutations=(), errors=marked(code.errors), pin_on_lock=pin, is_scheduled=scheduled))
    _emit_changes(workspace, code, pending)
    if begins:
        workspace.events.emit(workspace, AccessCodeSetOnDevice(code=code.code or "", **code_fields(workspace, code)))
    if not stays:
        workspace.events.emit(workspace, AccessCodeRemovedFromDevice(**code_fields(workspace, code)))
        _defer(workspace, code)
    _retry_others(workspace, code.device_id)


def _emit_changes(workspace: Workspace, code: AccessCodeRow, mutations: tuple[Mutation, ...]) -> None:
    """access_code.changed, and one event for each kind of change."""
    fields = code_fields(workspace, code)
    changed = [
        {"property": name, "from": (mutation.before or {}).get(name), "to": after}
        for mutation in mutations
        for name, after in (mutation.after or {}).items()
    ]
    workspace.events.emit(workspace, AccessCodeChanged(changed_properties=changed, **fields))
    for mutation in mutations:
        change = {"before": dict(mutation.before or {}), "after": dict(mutation.after or {})}
        kind = _CHANGED[mutation.mutation_code]
        workspace.events.emit(workspace, kind(description=mutation.message, **fields | change))


def erase(workspace: Workspace, code: AccessCodeRow) -> None:
    """Have a code erased and deleted; asked for already: nothing happens. It stays while its lock is unreachable."""
    if not code.has_mutation("deleting"):
        put(workspace, code.but(mutations=(*code.mutations, deleting(workspace.clock.text()))))
        progress(workspace, code.access_code_id)


def erase_soon(workspace: Workspace, code: AccessCodeRow) -> None:
    """Like `erase`; what the lock has to do takes as long as the setting `action_attempts` says.

    Source: docs for the status `removing` meanwhile, official fake for the pending attempt.
    """
    if workspace.settings.action_attempts == "instant" or code.pin_on_lock is None or code.has_mutation("deleting"):
        erase(workspace, code)
        return
    put(workspace, code.but(mutations=(*code.mutations, deleting(workspace.clock.text()))))
    _plan_progress(workspace, code)


def _remove(workspace: Workspace, code: AccessCodeRow) -> None:
    """Erase a code from the lock and delete its record; what the lock does not store needs no erasing."""
    if code.pin_on_lock is None or code.is_offline:
        delete_record(workspace, code)
        return
    if is_programmable(device_of(workspace, code)):
        workspace.events.emit(workspace, AccessCodeRemovedFromDevice(**code_fields(workspace, code)))
        delete_record(workspace, code)
        return
    if not any(warning.code == "being_deleted" for warning in code.warnings):
        being_deleted = Condition("being_deleted", "The code is being deleted.", workspace.clock.text())
        put(workspace, code.but(warnings=(*code.warnings, being_deleted)))
        workspace.agenda.plan(workspace.clock.timestamp() + POLL_SECONDS, _poll_removing, code.access_code_id)


def _poll_removing(workspace: Workspace, access_code_id: str) -> None:
    """Ten minutes late: erasing failed; Seam goes on trying."""
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None or not code.is_managed or not is_leaving(workspace, code):
        return
    failed = code_error(workspace, "failed_to_remove_from_device", "The code could not be erased; Seam goes on trying.")
    code = put(workspace, code.but(errors=(*code.errors, failed)))
    fields = code_fields(workspace, code) | six_lists(workspace, code)
    workspace.events.emit(workspace, AccessCodeFailedToRemoveFromDevice(**fields))


def delete_record(workspace: Workspace, code: AccessCodeRow) -> None:
    """Delete the record: access_code.deleted, or access_code.unmanaged.removed. Space on the lock is free again."""
    fields = code_fields(workspace, code)
    end_attempts(workspace, code)
    workspace[AccessCodeRow].remove(code.access_code_id)
    release(workspace, code)
    if code.is_managed:
        workspace.events.emit(workspace, AccessCodeDeleted(code=code.code, **fields))
    else:
        workspace.events.emit(workspace, AccessCodeUnmanagedRemoved(**fields))
    tell_grant(workspace, code)
    _retry_others(workspace, code.device_id)
    refill(workspace, device_of(workspace, code))


def _retry_others(workspace: Workspace, device_id: str) -> None:
    """Try the codes again that did not fit on the lock."""
    for other in codes_on(workspace, device_id):
        if other.errors:
            progress(workspace, other.access_code_id)
