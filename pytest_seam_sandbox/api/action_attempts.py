"""Action attempts: what a lock, unlock or simulated keypad entry answers, and how it ends.

Events: action_attempt.{lock_door,unlock_door,simulate_keypad_code_entry,simulate_manual_lock_via_keypad}.{succeeded,
failed}; other actions have none (spec).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from ..engine.events import EventFields, Unread
from ..engine.pages import Page, Pager
from ..engine.router import Router
from ..engine.store import Row, row_type
from ..engine.types import Uuid
from ..engine.work import WorkStatus
from ..engine.workspace import Workspace
from ._shared import (
    API_KEY,
    CLIENT_SESSION,
    EVERYONE_READ,
    PAT,
    WORKSPACE_READ,
    Resource,
    find,
    first,
    given,
    not_found,
)

router = Router("/action_attempts")


class ActionAttempt(Resource):
    """An action attempt as /action_attempts/get shows it. status: "pending", "success" or "error"."""

    action_attempt_id: str
    action_type: str
    status: Literal["pending", "success", "error"]
    result: dict[str, Any] | None = None
    error: dict[str, str] | None = None


@row_type
class ActionAttemptRow(Row):
    """An action attempt; `device_id` and `connected_account_id` are for filters and events only."""

    key: ClassVar[str] = "action_attempt_id"
    not_found: ClassVar[str] = "action_attempt_not_found"
    action_attempt_id: str
    action_type: str
    status: Literal["pending", "success", "error"] = "pending"
    result: dict[str, Any] | None = None
    error: dict[str, str] | None = None
    device_id: str | None = None
    connected_account_id: str | None = None

    @property
    def work(self) -> WorkStatus:
        """Where the attempt stands."""
        error = self.error or {}
        return WorkStatus(self.action_attempt_id, self.status, error.get("type"), error.get("message"))

    def view(self) -> dict[str, Any]:
        """The attempt as a client sees it."""
        return {
            "action_attempt_id": self.action_attempt_id,
            "action_type": self.action_type,
            "status": self.status,
            "result": self.result,
            "error": self.error,
        }


class ActionAttemptEvent(EventFields):
    """The end of an action attempt."""

    action_attempt_id: str
    action_type: str
    status: Literal["success", "error"]
    device_id: str | None = None
    connected_account_id: str | None = None


class LockDoorSucceeded(ActionAttemptEvent, event_type="action_attempt.lock_door.succeeded"):
    """A LOCK_DOOR attempt ended in success."""


class LockDoorFailed(ActionAttemptEvent, event_type="action_attempt.lock_door.failed"):
    """A LOCK_DOOR attempt ended in error."""


class UnlockDoorSucceeded(ActionAttemptEvent, event_type="action_attempt.unlock_door.succeeded"):
    """An UNLOCK_DOOR attempt ended in success."""


class UnlockDoorFailed(ActionAttemptEvent, event_type="action_attempt.unlock_door.failed"):
    """An UNLOCK_DOOR attempt ended in error."""


class SimulateKeypadCodeEntrySucceeded(
    ActionAttemptEvent, event_type="action_attempt.simulate_keypad_code_entry.succeeded"
):
    """A SIMULATE_KEYPAD_CODE_ENTRY attempt ended in success."""


class SimulateKeypadCodeEntryFailed(ActionAttemptEvent, event_type="action_attempt.simulate_keypad_code_entry.failed"):
    """A SIMULATE_KEYPAD_CODE_ENTRY attempt ended in error."""


class SimulateManualLockViaKeypadSucceeded(
    ActionAttemptEvent, event_type="action_attempt.simulate_manual_lock_via_keypad.succeeded"
):
    """A SIMULATE_MANUAL_LOCK_VIA_KEYPAD attempt ended in success."""


class SimulateManualLockViaKeypadFailed(
    ActionAttemptEvent, event_type="action_attempt.simulate_manual_lock_via_keypad.failed"
):
    """A SIMULATE_MANUAL_LOCK_VIA_KEYPAD attempt ended in error."""


ENDINGS: Mapping[str, tuple[type[ActionAttemptEvent], type[ActionAttemptEvent]]] = MappingProxyType(
    {
        "LOCK_DOOR": (LockDoorSucceeded, LockDoorFailed),
        "UNLOCK_DOOR": (UnlockDoorSucceeded, UnlockDoorFailed),
        "SIMULATE_KEYPAD_CODE_ENTRY": (SimulateKeypadCodeEntrySucceeded, SimulateKeypadCodeEntryFailed),
        "SIMULATE_MANUAL_LOCK_VIA_KEYPAD": (SimulateManualLockViaKeypadSucceeded, SimulateManualLockViaKeypadFailed),
    }
)


class ActionFailed(Exception):
    """Raised by the work of an attempt that ends in error; type and message are what the client reads."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error = {"type": error_type, "message": message}


Work = Callable[..., dict[str, Any]]
Subject = tuple[str | None, str | None]
"""The device and the account that an attempt is about."""


def start(
    workspace: Workspace,
    action_type: str,
    work: Work,
    *about: Any,
    subject: Subject,
    at_once: bool = False,
) -> ActionAttemptRow:
    """A new attempt, answered as the setting `action_attempts` says: finished at once, or pending and finished later.

    work: called as work(workspace, action_attempt_id, *about) when the attempt is carried out; gives its result or
    raises ActionFailed. at_once: finish it whatever the setting says, as the hidden parameter `sync` asks (official
    fake).
    """
    mode = workspace.settings.action_attempts
    if at_once or mode == "instant":
        return _carry_out(workspace, workspace.ids.uuid(), action_type, subject, work, *about)
    attempt = pend(workspace, action_type, subject=subject)
    due = workspace.clock.timestamp() + (0.0 if isinstance(mode, str) else mode)
    workspace.agenda.plan(due, _carry_out, attempt.id, action_type, subject, work, *about)
    return attempt


def pend(workspace: Workspace, action_type: str, *, subject: Subject) -> ActionAttemptRow:
    """A new attempt that is pending until `finish` is called for it."""
    device_id, account_id = subject
    return workspace[ActionAttemptRow].put(
        ActionAttemptRow(
            action_attempt_id=workspace.ids.uuid(),
            action_type=action_type,
            device_id=device_id,
            connected_account_id=account_id,
        )
    )


def finish(
    workspace: Workspace,
    attempt_id: str,
    *,
    result: dict[str, Any] | None = None,
    error: dict[str, str] | None = None,
) -> None:
    """End an attempt, if it is pending: in error when there is one, else in success with its result."""
    attempt = workspace[ActionAttemptRow][attempt_id]
    if attempt.status != "pending":
        return
    status: Literal["success", "error"] = "success" if error is None else "error"
    workspace[ActionAttemptRow].put(attempt.but(status=status, result=result, error=error))


def _carry_out(
    workspace: Workspace, attempt_id: str, action_type: str, subject: Subject, work: Work, *about: Any
) -> ActionAttemptRow:
    """Do the work of an attempt now; the attempt as it ended, and the event that says so."""
    status: Literal["success", "error"] = "success"
    result = error = None
    try:
        result = work(workspace, attempt_id, *about)
    except ActionFailed as failure:
        status, error = "error", failure.error
    return _end(workspace, ActionAttemptRow(attempt_id, action_type, status, result, error, *subject))


def fail(workspace: Workspace, attempt_id: str, *, error_type: str, message: str) -> ActionAttemptRow:
    """End a pending attempt in error before its work is done, which is dropped; the event that says so."""
    attempt = workspace[ActionAttemptRow][attempt_id]
    workspace.agenda.take(attempt_id)
    return _end(workspace, attempt.but(status="error", error={"type": error_type, "message": message}))


def _end(workspace: Workspace, attempt: ActionAttemptRow) -> ActionAttemptRow:
    """Keep an attempt that has ended, and log the event that says so."""
    workspace[ActionAttemptRow].put(attempt)
    if attempt.action_type in ENDINGS:
        succeeded, failed = ENDINGS[attempt.action_type]
        kind = succeeded if attempt.error is None else failed
        fields = Unread(kind.event_type, attempt.device_id, partial(_ending, attempt, kind))
        workspace.events.emit(workspace, fields)
    return attempt


def _ending(attempt: ActionAttemptRow, kind: type[ActionAttemptEvent]) -> ActionAttemptEvent:
    about = given(device_id=attempt.device_id, connected_account_id=attempt.connected_account_id)
    attempt_id, action_type = attempt.action_attempt_id, attempt.action_type
    status: Literal["success", "error"] = "success" if attempt.error is None else "error"
    fields = kind(action_attempt_id=attempt_id, action_type=action_type, status=status, **about)
    fields.work = attempt.work
    return fields


@router.get(
    "get",
    key="action_attempt",
    allow=first(CLIENT_SESSION, PAT, API_KEY, of=EVERYONE_READ),
    source="spec",
)
def get(workspace: Workspace, *, action_attempt_id: Uuid) -> ActionAttemptRow:
    """The action attempt of this id; 404 `action_attempt_not_found`."""
    return find(
        workspace,
        ActionAttemptRow,
        action_attempt_id,
        words="action_attempt",
        data={"action_attempt_id": action_attempt_id},
    )


@router.get("list", key="action_attempts", allow=WORKSPACE_READ, source="spec", page_limit=500)
def list_(
    workspace: Workspace, *, page: Pager, action_attempt_ids: list[Uuid] | None = None, device_id: Uuid | None = None
) -> Page:
    """Action attempts, oldest first. Ids of which none exists: 404 `action_attempts_not_found` (official fake)."""
    table = workspace[ActionAttemptRow]
    wanted = None if action_attempt_ids is None else set(action_attempt_ids)
    if wanted and not any(table.get(attempt_id) for attempt_id in wanted):
        raise not_found(
            "action_attempts_not_found", "action_attempts not found", {"action_attempt_ids": action_attempt_ids}
        )

    def matches(attempt: ActionAttemptRow) -> bool:
        return (wanted is None or attempt.action_attempt_id in wanted) and device_id in (None, attempt.device_id)

    return page.page(table, matches)
