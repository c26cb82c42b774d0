"""/access_codes/update, update_multiple, delete and pull_backup_access_code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import Date, Number, Text, Uuid
from ...engine.workspace import Workspace
from .._shared import EVERYONE, Condition, not_found, written
from ..devices.lookup import reachable
from . import backups
from .adding import Pin, attempt, check_programmable, device_of_code, find_code, in_order, linked
from .constraints import refuse_duplicate, refuse_end, refuse_pin, refuse_start
from .events import AccessCodeBackupAccessCodePulled, AccessCodeMutationsRequested
from .lifecycle import erase_soon, plan_times, put, soon
from .model import AccessCodeRow, Mutation, code_fields, device_of
from .reactions import give_up
from .time_frames import Rounding, fit
from .timing import is_leaving

router = Router("/access_codes")


@dataclass(frozen=True, slots=True)
class Change:
    """A code, and the name, PIN and time frame that it is to have."""

    code: AccessCodeRow
    name: str | None
    pin: str | None
    starts_at: str | None
    ends_at: str | None

    def mutations(self, now: str) -> tuple[Mutation, ...]:
        """What is asked for, without what is so already."""
        code = self.code
        old = {"starts_at": code.starts_at, "ends_at": code.ends_at}
        new = {"starts_at": self.starts_at, "ends_at": self.ends_at}
        asked = (
            Mutation("updating_name", now, "The name changes.", {"name": code.name}, {"name": self.name}),
            Mutation("updating_code", now, "The code changes.", {"code": code.code}, {"code": self.pin}),
            Mutation("updating_time_frame", now, "The time frame changes.", old, new),
        )
        return tuple(mutation for mutation in asked if mutation.before != mutation.after)


def plan_change(
    workspace: Workspace,
    code: AccessCodeRow,
    *,
    name: str | None = None,
    pin: str | None = None,
    starts_at: str | None = None,
    ends_at: str | None = None,
    ongoing: bool = False,
    time_bound: bool = False,
) -> Change:
    """The change that a client asks for.

    Raises ApiError 400 for an offline code (docs), a code that is being deleted (spec: only active and upcoming ones
    can be updated), times that do not fit each other and what the lock does not take, 409 for a PIN that another code
    has (official fake).
    """
    device = device_of(workspace, code)
    _refuse_unchangeable(code)
    start = None if ongoing else written(starts_at) or code.starts_at
    end = None if ongoing else written(ends_at) or code.ends_at
    _refuse_times(start, end, time_bound=time_bound)
    if (start, end) != (code.starts_at, code.ends_at):
        start, end = fit(device, start, end, offline=False, one_time=code.is_one_time_use, rounding=None)
        refuse_end(workspace, end)
    if start != code.starts_at:
        refuse_start(workspace, device, start)
    if pin is not None and pin != code.code:
        refuse_pin(workspace, device, pin, own_id=code.id)
        refuse_duplicate(workspace, device.device_id, pin, name or code.name, "", own_id=code.id)
    return Change(code, code.name if name is None else name, pin or code.code, start, end)


def _refuse_unchangeable(code: AccessCodeRow) -> None:
    if code.is_offline:
        raise ApiError(400, "access_code_not_updatable", "An offline access code can never be changed through Seam")
    if code.has_mutation("deleting"):
        raise ApiError(400, "access_code_being_deleted", "The access code is being deleted")


def _refuse_times(start: str | None, end: str | None, *, time_bound: bool) -> None:
    if (start is None) != (end is None) or (time_bound and start is None):
        raise ApiError(400, "invalid_input", "Both starts_at and ends_at must be provided if one is")
    if start is not None and end is not None and end <= start:
        raise ApiError(400, "invalid_input", "ends_at must be after starts_at")


def carry_out(workspace: Workspace, change: Change) -> None:
    """Ask for a change: access_code.mutations_requested now, the *_changed events once the lock has it."""
    code = change.code
    mutations = change.mutations(workspace.clock.text())
    if not mutations:
        return
    # What is not on the lock yet has nothing to change there: it is simply programmed as it is wanted now.
    pending = code.mutations if code.pin_on_lock is None else _merged(code.mutations, mutations)
    changed = put(
        workspace,
        code.but(
            name=change.name,
            code=change.pin,
            starts_at=change.starts_at,
            ends_at=change.ends_at,
            mutations=pending,
            warnings=tuple(warning for warning in code.warnings if warning.code != "being_deleted"),
        ),
    )
    requested = [mutation.in_event() for mutation in mutations]
    fields = code_fields(workspace, changed)
    workspace.events.emit(workspace, AccessCodeMutationsRequested(requested_mutations=requested, **fields))
    soon(workspace, changed)


def _merged(pending: tuple[Mutation, ...], new: tuple[Mutation, ...]) -> tuple[Mutation, ...]:
    """Pending changes and new ones, one of each kind: from what the lock knows to what is wanted now."""
    merged = {mutation.mutation_code: mutation for mutation in pending}
    for mutation in new:
        earlier = merged.get(mutation.mutation_code, mutation)
        merged[mutation.mutation_code] = replace(earlier, after=mutation.after)
    return tuple(mutation for mutation in merged.values() if mutation.before != mutation.after)


@router.patch_or_put(
    "update",
    key="action_attempt",
    allow=EVERYONE,
    source="spec",
    checks=[in_order],
    per_minute=10,
    device=device_of_code,
    no_effect=dict.fromkeys(
        (
            "is_offline_access_code",
            "is_one_time_use",
            "max_time_rounding",
            "prefer_native_scheduling",
            "preferred_code_length",
            "use_backup_access_code_pool",
            "use_offline_access_code",
        ),
        "no parameter of this endpoint in Seam's newest specification any more",
    ),
)
def update(
    workspace: Workspace,
    *,
    caller: Caller,
    access_code_id: Uuid,
    allow_external_modification: bool | None = None,
    attempt_for_offline_device: bool = True,
    code: Pin | None = None,
    device_id: Uuid | None = None,
    ends_at: Date | None = None,
    is_external_modification_allowed: bool | None = None,
    is_managed: bool | None = None,
    is_offline_access_code: bool | None = None,
    is_one_time_use: bool | None = None,
    max_time_rounding: Rounding | None = None,
    name: Text | None = None,
    prefer_native_scheduling: bool | None = None,
    preferred_code_length: Number | None = None,
    starts_at: Date | None = None,
    sync: bool = False,
    type: Literal["ongoing", "time_bound"] | None = None,  # noqa: A002 - the name on the wire
    use_backup_access_code_pool: bool | None = None,
    use_offline_access_code: bool | None = None,
) -> Row:
    """Change a code, also on a lock that is offline: the change is pending until the lock confirms it.

    type: "ongoing" drops the time frame; times make an ongoing code time bound (docs). is_managed: false gives it up.
    code: changes for all codes with the same common_code_key, which have one PIN (spec; that it changes is assumed).
    """
    found = find_code(workspace, caller, access_code_id, device_id)
    device = device_of(workspace, found)
    check_programmable(device, offline_code=found.is_offline, attempt_for_offline_device=attempt_for_offline_device)
    change = plan_change(
        workspace,
        found,
        name=name,
        pin=code,
        starts_at=starts_at,
        ends_at=ends_at,
        ongoing=type == "ongoing",
        time_bound=type == "time_bound",
    )
    for each in (change, *_changes_of_linked(workspace, change)):
        carry_out(workspace, each)
    current = find_code(workspace, caller, access_code_id)
    allowed = is_external_modification_allowed if allow_external_modification is None else allow_external_modification
    if allowed is not None:
        current = workspace[AccessCodeRow].put(current.but(is_external_modification_allowed=allowed))
    if is_managed is False:
        give_up(workspace, current)
    return attempt(workspace, "UPDATE_ACCESS_CODE", device, found.id, at_once=sync)


def _changes_of_linked(workspace: Workspace, change: Change) -> list[Change]:
    """What a new PIN means for the other codes that share it."""
    code = change.code
    if change.pin == code.code:
        return []
    others = [row for row in linked(workspace, code.common_code_key) if row.id != code.id]
    return [plan_change(workspace, row, pin=change.pin) for row in others if not row.has_mutation("deleting")]


@router.patch("update_multiple", allow=EVERYONE, source="spec", checks=[in_order])
def update_multiple(
    workspace: Workspace,
    *,
    caller: Caller,
    common_code_key: Text,
    ends_at: Date | None = None,
    name: Text | None = None,
    starts_at: Date | None = None,
) -> None:
    """Change all codes that were made together; 404 `access_code_not_found` when there is none (assumed)."""
    codes = linked(workspace, common_code_key)
    if not codes:
        raise not_found("access_code_not_found", "No access code has this common_code_key")
    for code in codes:
        reachable(workspace, caller, code.device_id)
    changes = [plan_change(workspace, code, name=name, starts_at=starts_at, ends_at=ends_at) for code in codes]
    for change in changes:
        carry_out(workspace, change)


@router.delete("delete", key="action_attempt", allow=EVERYONE, source="docs", per_minute=20, device=device_of_code)
def delete(
    workspace: Workspace,
    *,
    caller: Caller,
    access_code_id: Uuid,
    device_id: Uuid | None = None,
    sync: bool = False,
) -> Row:
    """Delete a code: erased from the lock, then the record goes; on a lock that is offline it stays `removing`.

    So it does while the attempt is pending (official fake). Events: access_code.removed_from_device,
    access_code.deleted; only the second for a code that was never on the lock. An offline code can never be deleted
    (docs): 400.
    """
    code = find_code(workspace, caller, access_code_id, device_id)
    if code.is_offline:
        raise ApiError(400, "access_code_not_deletable", "An offline access code can never be deleted through Seam")
    device = device_of(workspace, code)
    erase_soon(workspace, code)
    return attempt(workspace, "DELETE_ACCESS_CODE", device, code.id, at_once=sync)


@router.post("pull_backup_access_code", key="access_code", also=("backup_access_code",), allow=EVERYONE, source="docs")
def pull_backup_access_code(workspace: Workspace, *, caller: Caller, access_code_id: Uuid) -> tuple[Row, Row]:
    """A code of the pool that works at once, also offline; the same one again when asked again.

    Raises 400 `access_code_not_time_bound` and 404 `backup_access_code_not_found` (official fake), the latter also for
    a code that is over or being deleted (assumed).
    """
    code = find_code(workspace, caller, access_code_id)
    if code.type != "time_bound":
        raise ApiError(400, "access_code_not_time_bound", "Backups can only be used for time_bound access codes.")
    pulled = workspace[AccessCodeRow].get(code.pulled_backup_access_code_id) or pull_backup(workspace, code)
    if pulled is None:
        raise not_found("backup_access_code_not_found", "No backup access code is available")
    return workspace[AccessCodeRow][code.id], pulled


def pull_backup(workspace: Workspace, code: AccessCodeRow) -> AccessCodeRow | None:
    """Let a code of the pool stand in for a time bound one until its end: access_code.backup_access_code_pulled.

    None when there is none, the code draws from no pool, or it has to go.
    """
    device, table = device_of(workspace, code), workspace[AccessCodeRow]
    usable = code.uses_backup_pool and not is_leaving(workspace, code)
    pool = backups.pool_of(workspace, code.device_id) if usable else []
    if not pool:
        return None
    now = workspace.clock.text()
    backup = table.put(pool[0].but(starts_at=now, ends_at=code.ends_at, is_pulled=True, device_errors=device.errors))
    plan_times(workspace, backup)
    using = Condition("using_backup_access_code", "A backup access code stands in for this code.", now)
    code = table.put(code.but(pulled_backup_access_code_id=backup.id, warnings=(*code.warnings, using)))
    fields = code_fields(workspace, code)
    workspace.events.emit(workspace, AccessCodeBackupAccessCodePulled(backup_access_code_id=backup.id, **fields))
    backups.refill(workspace, device)
    return table[backup.id]
