"""What a test can expect of a sandbox, and failure texts that show what happened instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from .api._shared import Resource
from .api.events import Event
from .api.known import event_types
from .engine.errors import ExpectationFailed, SandboxError

_SHOWN = 20


def check_event_type(event_type: str) -> None:
    """Raise SandboxError when Seam has no such event type, since such an expectation could never be met."""
    known = event_types()
    if event_type not in known:
        near = get_close_matches(event_type, known, n=3)
        hint = f"Did you mean {', '.join(map(repr, near))}?" if near else "See the event types in Seam's documentation."
        raise SandboxError(f"Seam has no event type {event_type!r}. {hint}")


def matching(events: Sequence[Event], event_type: str, fields: dict[str, Any]) -> list[Event]:
    """The events of this type that carry these values."""
    return [event for event in events if event.event_type == event_type and not _differences(event, fields)]


def check_event(events: Sequence[Event], event_type: str, count: int | None, fields: dict[str, Any]) -> str | None:
    """Why the expectation of an event (at least one, or exactly `count`) is not met; None when it is."""
    found = matching(events, event_type, fields)
    if (count is None and found) or (count is not None and len(found) == count):
        return None
    wanted = f"event {_described(event_type, fields)}"
    often = "" if count is None else f" exactly {count} time(s)"
    if count is not None and found:
        listed = "\n".join(f"  {_line(event)}" for event in found)
        others = [event for event in events if event not in found]
        more = "" if len(found) > count else f"\n{_near_misses(others, event_type, fields)}"
        return f"expected {wanted}{often}, but it was seen {len(found)} time(s):\n{listed}{more}"
    return f"expected {wanted}{often}, but it was not seen.\n{_near_misses(events, event_type, fields)}"


def check_no_event(events: Sequence[Event], event_type: str, fields: dict[str, Any]) -> str | None:
    """Why the expectation of no such event is not met; None when it is."""
    found = matching(events, event_type, fields)
    if not found:
        return None
    listed = "\n".join(f"  {_line(event)}" for event in found)
    return f"expected no event {_described(event_type, fields)}, but it was seen {len(found)} time(s):\n{listed}"


def check_order(events: Sequence[Event], types: Sequence[str], fields: dict[str, Any]) -> str | None:
    """Why these event types did not come in this order (others may stand between); None when they did."""
    rest = iter(event for event in events if not _differences(event, fields))
    for place, event_type in enumerate(types, start=1):
        if not any(event.event_type == event_type for event in rest):
            before = f" after {types[place - 2]!r}" if place > 1 else ""
            return (
                f"expected the events {', '.join(types)} in this order; {event_type!r} (number {place}) was not seen"
                f"{before}.\n{_near_misses(events, event_type, fields)}"
            )
    return None


def _described(event_type: str, fields: dict[str, Any]) -> str:
    asked = ", ".join(f"{name}={value!r}" for name, value in fields.items())
    return f"{event_type!r}" + (f" with {asked}" if asked else "")


def _differences(event: Event, fields: dict[str, Any]) -> list[str]:
    differing = []
    for name, wanted in fields.items():
        found = _plain(getattr(event, name, None))
        if not found == wanted:  # noqa: SIM201 - matchers such as those of dirty-equals define == only
            differing.append(f"{name} is {found!r}, expected {wanted!r}")
    return differing


def _plain(value: Any) -> Any:
    """Objects and lists of objects as a test writes them down: as dictionaries."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.model_dump(exclude_unset=True) if isinstance(value, Resource) else value


def _near_misses(events: Sequence[Event], event_type: str, fields: dict[str, Any]) -> str:
    """Events of the same type with what differs in each, then what was seen at all."""
    lines = []
    same_type = [event for event in events if event.event_type == event_type]
    if same_type:
        lines.append("Near misses:")
        lines += [f"  {_line(event)}: {'; '.join(_differences(event, fields)) or 'too early'}" for event in same_type]
    if not events:
        return "\n".join([*lines, "No event was seen at all."])
    shown = events[-_SHOWN:]
    cut = f" (the last {_SHOWN})" if len(events) > _SHOWN else ""
    return "\n".join([*lines, f"Seen: {len(events)} event(s){cut}:", *(f"  {_line(event)}" for event in shown)])


def _line(event: Event) -> str:
    about = next((f" {name}={value}" for name, value in event.model_dump().items() if name in _SUBJECTS and value), "")
    return f"{event.created_at} {event.event_type}{about}"


_SUBJECTS = ("device_id", "action_attempt_id", "connected_account_id", "client_session_id")


def check_error(resource: Any, code: str, errors: Sequence[Any]) -> str | None:
    """Why the resource does not carry this error; None when it does."""
    codes = [error.error_code for error in errors]
    if code in codes:
        return None
    return f"expected the error {code!r} on {resource}, but it has {_codes(codes)}."


def check_no_error(resource: Any, code: str | None, errors: Sequence[Any]) -> str | None:
    """Why the resource is not free of this error (of any, when code is None); None when it is."""
    codes = [error.error_code for error in errors if code in (None, error.error_code)]
    if not codes:
        return None
    wanted = "no error" if code is None else f"no error {code!r}"
    return f"expected {wanted} on {resource}, but it has {_codes(codes)}."


def _codes(codes: Sequence[str | None]) -> str:
    return f"the errors {', '.join(map(repr, codes))}" if codes else "no errors"


@dataclass
class SeamErrorInfo:
    """What `seam_raises` gives: the exception and what Seam said, filled when the block has ended."""

    value: Exception | None = None
    error_type: str | None = None
    status_code: int | None = None
    message: str = ""


@contextmanager
def seam_raises(
    error_type: str, *, status_code: int | None = None, match: str | None = None
) -> Iterator[SeamErrorInfo]:
    """Expect the block to fail with this error of Seam, like `pytest.raises`.

    error_type: Seam's error type, such as "device_not_found"; for a failed action attempt the type of its error.
    status_code: the HTTP status, when it matters. match: a regular expression that the message has to contain.
    Accepts the exceptions of the SDK and `httpx.HTTPStatusError`. Raises ExpectationFailed when nothing or another
    error of Seam came; exceptions that are no answer of Seam pass through.
    """
    info = SeamErrorInfo()
    try:
        yield info
    except Exception as error:
        answer = _answer_of(error)
        if answer is None:
            raise
        info.value, (info.error_type, info.status_code, info.message) = error, answer
        complaint = _mismatch(info, error_type, status_code, match)
        if complaint is not None:
            raise ExpectationFailed(complaint) from error
    else:
        raise ExpectationFailed(f"expected Seam to answer with the error {error_type!r}, but the block raised nothing.")


def _mismatch(info: SeamErrorInfo, error_type: str, status_code: int | None, match: str | None) -> str | None:
    came = f"{type(info.value).__name__} with error type {info.error_type!r}"
    if info.status_code is not None:
        came += f", status {info.status_code}"
    came += f": {info.message}"
    if info.error_type != error_type:
        return f"expected Seam to answer with the error {error_type!r}, but this came: {came}"
    if status_code is not None and info.status_code != status_code:
        return f"expected the error {error_type!r} with status {status_code}, but this came: {came}"
    if match is not None and re.search(match, info.message) is None:
        return f"expected a message that matches {match!r}, but this came: {came}"
    return None


def _answer_of(error: Exception) -> tuple[str, int | None, str] | None:
    """Error type, status and message of an exception that stands for an answer of Seam; None for any other."""
    response = getattr(error, "response", None)
    if response is not None and type(error).__name__ == "HTTPStatusError":
        return _answer_of_response(response)
    code = getattr(error, "code", None)
    if type(error).__module__.partition(".")[0] == "seam" and isinstance(code, str):
        return code, getattr(error, "status_code", None), str(error)
    return None


def _answer_of_response(response: Any) -> tuple[str, int | None, str]:
    try:
        said = response.json()["error"]
        return str(said["type"]), response.status_code, str(said["message"])
    except (ValueError, KeyError, TypeError):
        return "(no Seam error)", response.status_code, response.text[:200]


def eventually(check: Callable[[], str | None], within: float, wait: Callable[[float], None]) -> None:
    """Repeat a check until it gives None; raise ExpectationFailed with its last complaint after `within` seconds."""
    waited = 0.0
    while (complaint := check()) is not None:
        if waited >= within:
            late = f"\n(waited {within:g} s)" if within else ""
            raise ExpectationFailed(complaint + late)
        step = min(max(within / 20, 0.05), within - waited)
        wait(step)
        waited += step
