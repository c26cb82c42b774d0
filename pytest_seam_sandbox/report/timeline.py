"""The timeline: requests, events, webhooks, outages and clock moves in one ordered list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from ..engine.errors import shortened
from ..engine.events import EventRow
from ..engine.history import Call, Entry, Note, Sent
from .texts import NameOf, nameless, pair, pairs

_PARTS = (
    "access_code_id",
    "acs_credential_id",
    "acs_user_id",
    "acs_entrance_id",
    "client_session_id",
    "connect_webview_id",
)
_DAY = 86_400
_WHOLES = ("device_id", "acs_system_id", "connected_account_id", "action_attempt_id")


def render_timeline(history: Iterable[Entry], *, most: int = 200, name_of: NameOf = nameless) -> str:
    """The newest `most` entries as lines, oldest first: sandbox time, what it was, what it was about.

    Times have their date when the lines are of more than one day. Requests that failed are marked with `!`, and have
    Seam's message. Of the sandbox's own requests, only those are shown that simulate something or deactivate a phone.
    name_of: what to write for an id.
    """
    shown = sorted((entry for entry in history if _is_shown(entry)), key=lambda entry: entry.at)  # late work was before
    cut = [f"… {len(shown) - most} earlier entries"] if len(shown) > most else []
    lines = shown[-most:]
    days = {int(at // _DAY) for entry in lines for at in (entry.at, getattr(entry, "visible_at", entry.at))}
    return "\n".join(cut + [_line(entry, name_of, _date_time if len(days) > 1 else _time) for entry in lines])


def subject(event: EventRow, name_of: NameOf) -> str:
    """What an event is about: the part, if it is about a part of something, and the thing that it belongs to."""
    found = [next((name for name in names if event.value(name)), None) for names in (_PARTS, _WHOLES)]
    return " ".join(pair(name, event.value(name), name_of) for name in found if name is not None)


def _is_shown(entry: Entry) -> bool:
    if not isinstance(entry, Call) or entry.origin != "sandbox":
        return True
    return "simulate" in entry.path or "deactivate" in entry.path


def _line(entry: Entry, name_of: NameOf, time: Callable[[float], str]) -> str:
    if isinstance(entry, Note):
        return f"{time(entry.at)}   {entry.kind:<8} {shortened(entry.text, 400)}"
    if isinstance(entry, EventRow):
        late = "" if entry.visible_at == entry.at else f" (shows at {time(entry.visible_at)})"
        return f"{time(entry.at)}   event    {entry.event_type} {subject(entry, name_of)}".rstrip() + late
    if isinstance(entry, Sent):
        about = f"{entry.event.event_type} {subject(entry.event, name_of)}".rstrip()
        often = f" (attempt {entry.attempt})" if entry.attempt > 1 else ""
        mark = " " if entry.is_success else "!"
        return f"{time(entry.at)} {mark} webhook  {about} → {shortened(entry.url)}{often} → {entry.outcome}"
    mark = "!" if entry.status >= 400 else " "
    who = "sandbox" if entry.origin == "sandbox" else "request"
    error = f" {entry.error}" if entry.error else ""
    asked = f"{entry.method} {shortened(entry.path)} ({pairs(entry.params, name_of)})"
    message = f": {shortened(entry.message, 300)}" if entry.message else ""
    return f"{time(entry.at)} {mark} {who:<8} {asked} → {entry.status}{error}{message}"


def _date_time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:23]


def _time(at: float) -> str:
    return _date_time(at)[11:]
