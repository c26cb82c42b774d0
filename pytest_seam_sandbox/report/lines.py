"""The entries of a history in words: what happened, what it was about, and what caused it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeGuard

from ..engine.errors import shortened
from ..engine.events import EventRow
from ..engine.history import Call, Due, Entry, Note, Sent
from ..engine.work import WorkStatus
from .causes import are_known, causes_of
from .failures import RAISED, Failure
from .paths import is_of_no_path, no_path
from .texts import NameOf, masked, pair, pairs

REFUSED, BROKE = "!", ">"
"""Marks: what was refused, not accepted, or met a fault, and work that failed; where the test broke."""
_IN_ANSWERS, _IN_EVENTS = 100, 40
"""So long is a message about failed work that stands in a line; one that is longer is among the details."""
Shown = Call | Note | EventRow | Sent
_PARTS = (
    "access_code_id",
    "acs_credential_id",
    "acs_user_id",
    "acs_entrance_id",
    "client_session_id",
    "connect_webview_id",
)
_WHOLES = ("device_id", "acs_system_id", "connected_account_id", "action_attempt_id")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Line:
    """One entry of a timeline.

    at: sandbox time, in seconds since 1970. kind: request, sandbox, event, webhook, outage, fault, clock and so on.
    mark: "!" for what went wrong, ">" where the test broke, else a space. cause: what caused it, in words; "" where
    nothing did. about: the ids of devices and phones that it is about. visible_at: when an event shows, if that is
    later. details: more about it, by name, for those who ask. entry: what of the history it is. folded: how many
    entries of each kind it stands for, if it stands for several.
    """

    at: float
    kind: str
    text: str
    mark: str = " "
    cause: str = ""
    about: tuple[str, ...] = ()
    visible_at: float | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    entry: Entry | None = None
    folded: Mapping[str, int] | None = None


def lines_of(history: Sequence[Entry], name_of: NameOf, failure: Failure | None = None) -> list[Line]:
    """The entries that people are shown, in the order of their times; what was done late stands where it was due.

    Of the sandbox's own requests those are shown that simulate something or deactivate a phone. failure: what broke
    the test; the newest note that says so is marked, and the request whose answer it is.
    """
    broke = _place_of(history, failure)
    causes = causes_of(history)
    said = _Words(name_of, failed_work(history), has_causes=are_known(history))
    lines = [
        replace(said.line(entry, causes[place], is_break=place in broke), entry=entry)
        for place, entry in enumerate(history)
        if is_shown(entry)
    ]
    return sorted(lines, key=lambda line: line.at)


def subject(event: EventRow, name_of: NameOf) -> str:
    """What an event is about: the part, if it is about a part of something, and the thing that it belongs to."""
    found = [next((name for name in names if event.value(name)), None) for names in (_PARTS, _WHOLES)]
    return " ".join(pair(name, event.value(name), name_of) for name in found if name is not None)


def failed_work(history: Iterable[Entry]) -> dict[str, WorkStatus]:
    """The work that has ended in error, as far as answers have told it, by its id."""
    found = (entry.work for entry in history if isinstance(entry, Call) and entry.work is not None)
    return {work.id: work for work in found if work.error}


def answered(call: Call) -> str:
    """The status of the answer, and what it says beside that: an error, or where work stands that has no success."""
    if call.is_lost:
        return f"no answer, {call.error}"
    if call.error or call.work is None or call.work.status == "success":
        return f"{call.status} {call.error or ''}".rstrip()
    return f"{call.status} {call.work.status} {call.work.error or ''}".rstrip()


def went_wrong(call: Call) -> bool:
    """Whether a request was refused, met a fault, or told of work that has failed."""
    if call.status >= 400 or (call.error or "").startswith("fault: "):
        return True
    return call.work is not None and call.work.error is not None


def date_time(at: float) -> str:
    """A time as a timeline has it, with the date."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:23]


def is_shown(entry: Entry) -> TypeGuard[Shown]:
    """Whether people are shown an entry: not work that was due, and of the sandbox's own requests few."""
    return _is_told(entry) if isinstance(entry, Call) else not isinstance(entry, Due)


def _is_told(call: Call) -> bool:
    return call.origin != "sandbox" or "simulate" in call.path or "deactivate" in call.path


def _place_of(history: Sequence[Entry], failure: Failure | None) -> set[int]:
    """The places of what is to be marked."""
    if failure is None:
        return set()
    notes = [
        place
        for place, entry in enumerate(history)
        if isinstance(entry, Note) and (entry.kind, entry.text) == (RAISED, failure.text)
    ]
    answers = [
        place
        for place, entry in enumerate(history)
        if isinstance(entry, Call) and failure.request_id and entry.request_id == failure.request_id
    ]
    return {*notes[-1:], *answers}


class _Words:
    """Says what happened, with names in place of ids and without secrets."""

    def __init__(self, name_of: NameOf, failed: Mapping[str, WorkStatus], *, has_causes: bool) -> None:
        self._name_of = name_of
        self._failed = failed
        self._has_causes = has_causes

    def line(self, entry: Shown, cause: Call | Due | None, *, is_break: bool) -> Line:
        """One entry in words."""
        if isinstance(entry, Call):
            return self._call(entry, is_break=is_break)
        if isinstance(entry, EventRow):
            return self._event(entry, cause)
        if isinstance(entry, Sent):
            return self._sent(entry)
        return Line(entry.at, entry.kind, self._said(entry.text, 400), BROKE if is_break else " ")

    def _call(self, call: Call, *, is_break: bool) -> Line:
        words = no_path(call.path) if is_of_no_path(call) else call.message
        message = f": {shortened(words, 300)}" if words else _message(call.work, _IN_ANSWERS)
        asked = f"{call.method} {shortened(call.path)} ({pairs(call.params, self._name_of)})"
        details = {
            "request id": call.request_id,
            "answered in": f"{call.seconds * 1000:.1f} ms of real time",
            **_told(call.work),
            **{name: pair(name, value, self._name_of).partition("=")[2] for name, value in call.params.items()},
        }
        return Line(
            call.at,
            "sandbox" if call.origin == "sandbox" else "request",
            masked(f"{asked} → {answered(call)}{message}"),
            BROKE if is_break else REFUSED if went_wrong(call) else " ",
            about=tuple(_ids(call.params)),
            details={name: masked(value) for name, value in details.items() if value},
        )

    def _event(self, event: EventRow, cause: Call | Due | None) -> Line:
        fields = {name: pair(name, value, self._name_of).partition("=")[2] for name, value in event.payload.items()}
        work = event.work or self._failed.get(str(event.payload.get("action_attempt_id")))
        about = f"{event.event_type} {subject(event, self._name_of)}".rstrip()
        error = f": {work.error}{_message(work, _IN_EVENTS)}" if work is not None and work.error else ""
        return Line(
            event.at,
            "event",
            masked(f"{about}{error}"),
            cause=_caused_by(cause, event.at) if self._has_causes else "",
            about=tuple(_ids(event.payload)),
            visible_at=None if event.visible_at == event.at else event.visible_at,
            details={
                "event id": event.event_id,
                **{name: masked(value) for name, value in (_told(work) | fields).items()},
            },
        )

    def _sent(self, sent: Sent) -> Line:
        about = f"{sent.event.event_type} {subject(sent.event, self._name_of)}".rstrip()
        often = f" (attempt {sent.attempt})" if sent.attempt > 1 else ""
        return Line(
            sent.at,
            "webhook",
            masked(f"{about} → {shortened(sent.url)}{often} → {sent.outcome}"),
            " " if sent.is_success else REFUSED,
            about=tuple(_ids(sent.event.payload)),
            details={"event id": sent.event.event_id, "attempt": str(sent.attempt), "answer": masked(sent.outcome)},
        )

    def _said(self, text: str, most: int) -> str:
        """A text with the names of what its ids stand for."""
        return masked(shortened(_ID.sub(lambda found: self._name_of(found[0]) or found[0], text), most))


def _message(work: WorkStatus | None, most: int) -> str:
    """The message about failed work, if it has at most so many characters."""
    return f": {work.message}" if work is not None and work.message and len(work.message) <= most else ""


def _told(work: WorkStatus | None) -> dict[str, str]:
    """The error of failed work, for details."""
    if work is None or not work.error:
        return {}
    return {"error": work.error, "message": shortened(work.message or "", 300)}


def _caused_by(cause: Call | Due | None, at: float) -> str:
    """What caused an event at this time, in words."""
    call = cause.call if isinstance(cause, Due) else cause
    if call is None or not _is_told(call):
        return "the test, earlier" if isinstance(cause, Due) else "the test"
    asked = f"{call.method} {shortened(call.path)}"
    return asked if call.at == at else f"{asked} at {date_time(call.at)[11:]}"


def _ids(fields: Mapping[str, Any]) -> Iterator[str]:
    """The ids of devices and phones."""
    for name in ("device_id", "phone_id"):
        if isinstance(found := fields.get(name), str):
            yield found
    if isinstance(found := fields.get("device_ids"), list | tuple):
        yield from (one for one in found if isinstance(one, str))
