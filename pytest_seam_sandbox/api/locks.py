"""Locks: reading them, locking and unlocking, and what a person does at the keypad."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, Unpack

from annotated_types import Ge, Le
from pydantic import BeforeValidator

from ..engine.auth import Caller
from ..engine.errors import ApiError
from ..engine.events import EventFields, Unread
from ..engine.pages import Pager
from ..engine.params import Complaint
from ..engine.query import QueryType
from ..engine.router import Router
from ..engine.signals import Signal
from ..engine.store import Row, row_type
from ..engine.types import Limit, Nullable, Text, Uuid, number
from ..engine.workspace import Workspace
from . import action_attempts
from ._filters import all_of
from ._ranks import by_rank
from ._shared import (
    EVERYONE,
    WITH_SESSION,
    WITH_SESSION_READ,
    WORKSPACE,
    DeviceFields,
    Meta,
    not_found,
    require_sandbox,
)
from .connected_accounts.model import ConnectedAccountRow
from .devices import filters
from .devices.filters import DeviceFilters, LockType, Manufacturer
from .devices.lookup import NAME_OR_ID, pick, reachable
from .devices.model import DeviceRow, account_of, device_fields, fields_of
from .devices.state import device_added, reach

router = Router("/locks")

LockMethod = Literal["keycode", "manual", "automatic", "unknown", "remote", "card"]

AutoLockDelay = Annotated[float, BeforeValidator(number), Ge(1), Le(60), QueryType("number")]

code_entered: Signal[[Workspace, DeviceRow, str, list[CodeEntry]]] = Signal(by_rank("access_codes.reactions"))
"""Sent when a code is typed at a keypad; the family that knows the lock's codes appends what it finds."""


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """What a typed code is: an access code that opens the lock now, or one that does not (`denied_because`)."""

    access_code_id: str
    is_managed: bool
    denied_because: Literal["expired_code"] | None = None


class LockFields(EventFields):
    """How a lock was turned, and by what. Source: spec."""

    access_code_id: str | None = None
    access_code_is_managed: bool | None = None
    action_attempt_id: str | None = None
    code: str | None = None


class LockLocked(DeviceFields, LockFields, event_type="lock.locked"):
    """A lock locked."""

    method: LockMethod


class LockUnlocked(DeviceFields, LockFields, event_type="lock.unlocked"):
    """A lock unlocked."""

    method: LockMethod


class LockAccessDenied(DeviceFields, event_type="lock.access_denied"):
    """A lock refused a code."""

    access_code_id: str | None = None
    reason: dict[str, str] | None = None


@row_type
class AutoLockRow(Row):
    """A lock that stands open and will lock itself. due: when, in seconds since 1970."""

    key: ClassVar[str] = "device_id"
    device_id: str
    due: float

    def view(self) -> dict[str, Any]:
        """For dumps only; no endpoint shows it."""
        return {"device_id": self.device_id, "due": self.due}


def turn(workspace: Workspace, device: DeviceRow, *, locked: bool, method: LockMethod, **how: Any) -> None:
    """Set properties.locked and log lock.locked or lock.unlocked, also when the lock was in that state (fake)."""
    if device.properties.get("locked") is not locked:
        device = workspace[DeviceRow].put(device.but(properties={**device.properties, "locked": locked}))
    _time_auto_lock(workspace, device)
    kind, account = LockLocked if locked else LockUnlocked, account_of(workspace, device)
    how["method"] = method
    read = partial(_turned, kind, device.device_id, device.custom_metadata, account, how)
    workspace.events.emit(workspace, Unread(kind.event_type, device.device_id, read))


@device_added.reaction
def _time_auto_lock(workspace: Workspace, device: DeviceRow) -> None:
    """Let an open lock with auto-lock lock itself after its delay, counted from now; one that is locked has no timer.

    The timer runs in the lock, whether or not Seam can reach it (assumed).
    """
    delay = device.property("auto_lock_delay_seconds")
    if delay is None:
        return
    timers = workspace[AutoLockRow]
    if device.property("auto_lock_enabled") and device.property("locked") is False:
        due = workspace.clock.timestamp() + delay
        timers.put(AutoLockRow(device.id, due))
        workspace.agenda.plan(due, _lock_itself, device.id, due)
    elif timers.get(device.id) is not None:
        timers.remove(device.id)


def _lock_itself(workspace: Workspace, device_id: str, due: float) -> None:
    """The delay is over: lock.locked with method automatic, which Seam hears of a managed lock in reach only."""
    timer = workspace[AutoLockRow].get(device_id)
    if timer is None or timer.due != due:
        return
    workspace[AutoLockRow].remove(device_id)
    device = workspace[DeviceRow].get(device_id)
    if device is None:
        return
    if device.is_online and device.is_managed:
        turn(workspace, device, locked=True, method="automatic")
    else:
        workspace[DeviceRow].put(device.but(properties={**device.properties, "locked": True}))


def _turned(
    kind: type[LockLocked | LockUnlocked],
    device_id: str,
    custom_metadata: Meta,
    account: ConnectedAccountRow,
    how: Mapping[str, Any],
) -> EventFields:
    return kind(**how, **fields_of(device_id, custom_metadata, account))


def _turn_remotely(workspace: Workspace, action_attempt_id: str, device_id: str, locked: bool) -> dict[str, Any]:
    device = reach(workspace, device_id, "can_remotely_lock" if locked else "can_remotely_unlock")
    turn(workspace, device, locked=locked, method="remote", action_attempt_id=action_attempt_id)
    return {"was_confirmed_by_device": device.model.confirms_actions}


def _set_auto_lock(
    workspace: Workspace, action_attempt_id: str, device_id: str, enabled: bool, delay: float | None
) -> dict[str, Any]:
    device = reach(workspace, device_id, "can_configure_auto_lock")
    own = {**device.properties, "auto_lock_enabled": enabled}
    if delay is not None:
        own["auto_lock_delay_seconds"] = delay
    _time_auto_lock(workspace, workspace[DeviceRow].put(device.but(properties=own)))
    return {}


def _type_code(workspace: Workspace, action_attempt_id: str, device_id: str, code: str) -> dict[str, Any]:
    device = reach(workspace, device_id)
    found: list[CodeEntry] = []
    code_entered.send(workspace, device, code, found)
    fitting = next((entry for entry in found if entry.denied_because is None), None)
    if fitting is not None:
        turn(
            workspace,
            device,
            locked=False,
            method="keycode",
            code=code,
            access_code_id=fitting.access_code_id,
            access_code_is_managed=fitting.is_managed,
        )
        return {}
    reason = {"reason_code": "unknown_code", "message": "The code is not known to the lock."}
    denied: dict[str, Any] = {}
    if found:
        reason = {"reason_code": "expired_code", "message": "The code is not valid at this time."}
        denied = {"access_code_id": found[0].access_code_id}
    workspace.events.emit(workspace, LockAccessDenied(reason=reason, **denied, **device_fields(workspace, device)))
    return {}


def _press_lock_button(workspace: Workspace, action_attempt_id: str, device_id: str) -> dict[str, Any]:
    turn(workspace, reach(workspace, device_id), locked=True, method="manual")
    return {}


def _start(
    workspace: Workspace,
    action_type: str,
    work: action_attempts.Work,
    device: DeviceRow,
    *about: Any,
    at_once: bool = False,
) -> Row:
    device_id, subject = device.device_id, (device.device_id, device.connected_account_id)
    return action_attempts.start(workspace, action_type, work, device_id, *about, subject=subject, at_once=at_once)


def _controllable(workspace: Workspace, caller: Caller, device_id: str, flag: str, action: str) -> DeviceRow:
    """The device, if it is managed and its hardware can do this; whether it is reachable shows in the attempt.

    Raises ApiError 400 `device_unmanaged`, 400 `<action>_not_supported` (assumed name) or 404.
    """
    device = reachable(workspace, caller, device_id)
    if not device.is_managed:
        raise ApiError(400, "device_unmanaged", "Device is unmanaged. Convert it with /devices/unmanaged/update")
    if flag not in device.model.flags:
        raise ApiError(400, f"{action}_not_supported", f"The device lacks the capability {flag}")
    return device


@router.get(
    "get",
    key="device",
    twin="lock",
    allow=WITH_SESSION_READ,
    source="spec",
    checks=[NAME_OR_ID],
)
def get(workspace: Workspace, *, caller: Caller, device_id: Uuid | None = None, name: Text | None = None) -> Row:
    """The lock of this id or name, under two keys; anything but a lock is not found (official fake)."""
    device = pick(workspace, caller, device_id, name, is_managed=True)
    if device.device_type not in filters.LOCKS:
        raise not_found("device_not_found", "Device not found", {"device_id": device.device_id})
    return device


@router.get(
    "list",
    key="devices",
    twin="locks",
    allow=WITH_SESSION_READ,
    source="spec",
    no_effect={"page_cursor": "Seam gives no further pages of this list"},
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    limit: Limit = 500,
    page_cursor: Nullable[Text] = None,
    **asked: Unpack[DeviceFilters[LockType, Manufacturer]],
) -> Sequence[Row]:
    """Managed locks, oldest first, under two keys. `limit` cuts the list; there are no further pages (spec)."""
    matches = all_of(
        filters.of_types(None, list(filters.LOCKS)),
        filters.matching(workspace, caller, asked, is_managed=True),
    )
    return Pager(limit).page(workspace[DeviceRow], matches, ids=asked.get("device_ids")).rows


_FIRST_ANSWER = (
    'The samples show every attempt pending in the first answer. With the setting action_attempts="instant", which '
    'tests have by default, it is finished there already; with "poll" or a delay it is pending first.'
)


@router.post(
    "lock_door",
    key="action_attempt",
    allow=EVERYONE,
    source="spec",
    per_minute=15,
    conflict=_FIRST_ANSWER,
)
def lock_door(workspace: Workspace, *, caller: Caller, device_id: Uuid, sync: bool = False) -> Row:
    """Lock a door: LOCK_DOOR attempt, then lock.locked, or the attempt fails because the lock is unreachable."""
    device = _controllable(workspace, caller, device_id, "can_remotely_lock", "lock_door")
    return _start(workspace, "LOCK_DOOR", _turn_remotely, device, True, at_once=sync)


@router.post(
    "unlock_door",
    key="action_attempt",
    allow=EVERYONE,
    source="spec",
    per_minute=15,
    conflict=_FIRST_ANSWER,
)
def unlock_door(workspace: Workspace, *, caller: Caller, device_id: Uuid, sync: bool = False) -> Row:
    """Unlock a door: UNLOCK_DOOR attempt, then lock.unlocked, or the attempt fails because the lock is unreachable."""
    device = _controllable(workspace, caller, device_id, "can_remotely_unlock", "unlock_door")
    return _start(workspace, "UNLOCK_DOOR", _turn_remotely, device, False, at_once=sync)


def _delay_when_enabling(values: Mapping[str, Any]) -> Complaint | None:
    if values.get("auto_lock_enabled") is True and values.get("auto_lock_delay_seconds") is None:
        return Complaint((), "auto_lock_delay_seconds is required when auto_lock_enabled is true")
    return None


@router.post(
    "configure_auto_lock",
    key="action_attempt",
    allow=WITH_SESSION,
    source="spec",
    checks=[_delay_when_enabling],
)
def configure_auto_lock(
    workspace: Workspace,
    *,
    caller: Caller,
    auto_lock_delay_seconds: AutoLockDelay | None = None,
    auto_lock_enabled: bool,
    device_id: Uuid,
) -> Row:
    """Turn auto-lock on, with a delay of 1 to 60 seconds, or off: CONFIGURE_AUTO_LOCK attempt, no event.

    From then on a lock that is opened locks itself after the delay: lock.locked with method automatic.
    """
    device = _controllable(workspace, caller, device_id, "can_configure_auto_lock", "configure_auto_lock")
    return _start(workspace, "CONFIGURE_AUTO_LOCK", _set_auto_lock, device, auto_lock_enabled, auto_lock_delay_seconds)


def _keypad(workspace: Workspace, caller: Caller, device_id: str, name: str) -> DeviceRow:
    require_sandbox(workspace)
    device = reachable(workspace, caller, device_id)
    if name not in device.model.simulate:
        raise ApiError(
            400,
            "device_type_not_supported",
            f"simulate/{name} is not supported for devices of type {device.device_type}",
        )
    return device


@router.post("simulate/keypad_code_entry", key="action_attempt", allow=WORKSPACE, source="spec")
def keypad_code_entry(workspace: Workspace, *, caller: Caller, code: Text, device_id: Uuid) -> Row:
    """Type a code at the keypad of an August lock: it opens, or lock.access_denied says why not (assumed).

    The attempt succeeds either way, and fails when the lock is offline, since Seam could not hear it (assumed).
    """
    device = _keypad(workspace, caller, device_id, "keypad_code_entry")
    return _start(workspace, "SIMULATE_KEYPAD_CODE_ENTRY", _type_code, device, code)


@router.post("simulate/manual_lock_via_keypad", key="action_attempt", allow=WORKSPACE, source="spec")
def manual_lock_via_keypad(workspace: Workspace, *, caller: Caller, device_id: Uuid) -> Row:
    """Press the lock button at the keypad of an August lock: lock.locked with method manual (assumed)."""
    device = _keypad(workspace, caller, device_id, "manual_lock_via_keypad")
    return _start(workspace, "SIMULATE_MANUAL_LOCK_VIA_KEYPAD", _press_lock_button, device)
