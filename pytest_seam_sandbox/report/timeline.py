"""The timeline: requests, events, outages and clock moves in one ordered list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from ..engine.app import Call, Note
from ..engine.events import EventRow

_SUBJECTS = ("device_id", "connected_account_id", "client_session_id", "action_attempt_id")


def render_timeline(history: Sequence[Call | Note | EventRow], *, most: int = 200) -> str:
    """The newest `most` entries as lines, oldest first: sandbox time, what it was, what it was about.

    The sandbox's own reads are left out; requests that failed are marked with `!`.
    """
    lines = [line for entry in history if (line := _line(entry)) is not None]
    cut = [f"… {len(lines) - most} earlier entries"] if len(lines) > most else []
    return "\n".join(cut + lines[-most:])


def _line(entry: Call | Note | EventRow) -> str | None:
    if isinstance(entry, Note):
        return f"{_time(entry.at)}   {entry.kind:<8} {entry.text}"
    if isinstance(entry, EventRow):
        subject = next((f"{name}={value}" for name in _SUBJECTS if (value := entry.value(name))), "")
        return f"{entry.created_at[11:23]}   event    {entry.event_type} {subject}".rstrip()
    if entry.origin == "sandbox" and "simulate" not in entry.path and "deactivate" not in entry.path:
        return None
    mark = "!" if entry.status >= 400 else " "
    who = "sandbox" if entry.origin == "sandbox" else "request"
    params = ", ".join(f"{name}={value}" for name, value in entry.params.items())
    error = f" {entry.error}" if entry.error else ""
    return f"{_time(entry.at)} {mark} {who:<8} {entry.method} {entry.path} ({params}) → {entry.status}{error}"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[11:23]
