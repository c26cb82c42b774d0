"""What has happened, as the console lists it: requests, events, webhooks, outages and moves of the clock."""

from __future__ import annotations

from typing import Any

from ..engine.errors import shortened
from ..engine.events import EventRow
from ..engine.history import Note, Sent
from ..report.lines import Shown, answered, subject, went_wrong
from ..report.paths import is_of_no_path, no_path
from ..report.texts import NameOf, masked, pairs


def shown(entry: Shown, name_of: NameOf) -> dict[str, Any]:
    """An entry as the page takes it.

    kind: the list to which it belongs. text: what it is. about: what it is about. is_failure: whether it went wrong.

    detail: more of it, for people who ask.
    """
    if isinstance(entry, Note):
        return _row(entry.at, "note", entry.kind, shortened(entry.text, 400))
    if isinstance(entry, EventRow):
        outcome = (entry.work and entry.work.error) or ""
        return _row(
            entry.at,
            "event",
            entry.event_type,
            subject(entry, name_of),
            outcome=outcome,
            is_failure=bool(outcome),
            detail=entry.view(),
        )
    if isinstance(entry, Sent):
        about = f"→ {shortened(entry.url)}" + (f" (attempt {entry.attempt})" if entry.attempt > 1 else "")
        return _row(
            entry.at, "webhook", entry.event.event_type, about, outcome=entry.outcome, is_failure=not entry.is_success
        )
    said = no_path(entry.path) if is_of_no_path(entry) else entry.message or (entry.work and entry.work.message)
    return _row(
        entry.at,
        "request",
        f"{entry.method} {shortened(entry.path)}",
        pairs(entry.params, name_of),
        outcome=answered(entry),
        is_failure=went_wrong(entry),
        detail=masked(said or ""),
    )


def _row(at: float, kind: str, text: str, about: str, **more: Any) -> dict[str, Any]:
    said = {"text": masked(text), "about": masked(about)}
    return {"at": at, "kind": kind, **said, "outcome": "", "is_failure": False} | more
