"""The events of a live workspace that concern one sandbox, read from /events/list whenever somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import RLock
from types import MappingProxyType
from typing import Any

from ...engine.clock import written_at
from ...engine.events import EventRow, EventsKept, Provided
from ...engine.store import row_type
from ..event_list import EventList
from ..seam_api import SeamApi
from .concerns import happened_at, seconds_in

OVERLAP = 30.0
"""Seconds for which events are read again: what Seam shows late has an earlier `created_at` than what it showed."""
PAGE = 500
_COMMON = ("event_id", "event_type", "workspace_id", "created_at", "occurred_at", "event_description")
_NO_OWNERS: Mapping[str, str] = MappingProxyType({})
_NO_ORIGIN: Any = None  # the emulator that logs an event; this one comes from Seam


@row_type
class LiveEvent(EventRow):
    """An event as Seam showed it. answer: all of it."""

    answer: Mapping[str, Any]

    @property
    def event_id(self) -> str:
        """Its id."""
        return str(self.answer["event_id"])

    @property
    def workspace_id(self) -> str:
        """The id of the workspace."""
        return str(self.answer.get("workspace_id"))

    @property
    def visible_at(self) -> float:
        """When Seam created it, in seconds since 1970."""
        return seconds_in(self.answer.get("created_at"))

    @property
    def created_at(self) -> str:
        """When Seam created it."""
        return str(self.answer.get("created_at"))

    @property
    def occurred_at(self) -> str:
        """When it happened."""
        return str(self.answer.get("occurred_at"))

    @property
    def event_description(self) -> str:
        """What happened, as a sentence."""
        return str(self.answer.get("event_description") or "")

    def view(self) -> dict[str, Any]:
        """The event as Seam showed it."""
        return dict(self.answer)


class EventPoller:
    """The events of the workspace since it was made, as far as they are wanted, each once.

    A place in it is a number of events, in the order in which they came to be seen: Seam's clock and that of this
    machine differ, and an event may show late. began: seconds since 1970 on Seam's clock. is_wanted: whether an event
    concerns the sandbox. told: called with each that does.
    """

    def __init__(
        self,
        api: SeamApi,
        *,
        began: float,
        is_wanted: Callable[[Mapping[str, Any]], bool],
        told: Callable[[EventRow], None],
    ) -> None:
        self._api = api
        self._newest = began
        self._is_wanted = is_wanted
        self._told = told
        self._kept = EventsKept()
        self._seen: set[str] = set()
        self._lock = RLock()
        self._seen.update(str(event["event_id"]) for event in self._read())

    def mark(self) -> int:
        """A place behind all that shows now."""
        self.look()
        return len(self._kept.rows)

    def after(self, mark: int) -> EventList:
        """The events behind a place, oldest first."""
        self.look()
        return EventList(self._kept, mark, max(mark, len(self._kept.rows)))

    def look(self) -> None:
        """See what is new."""
        with self._lock:
            for event in self._read():
                if event["event_id"] not in self._seen:
                    self._seen.add(event["event_id"])
                    self._add(event)

    def _add(self, event: dict[str, Any]) -> None:
        if not self._is_wanted(event):
            return
        device_id = event.get("device_id")
        payload = {name: value for name, value in event.items() if name not in _COMMON}
        fields = Provided(str(event["event_type"]), device_id if isinstance(device_id, str) else None, payload)
        row = LiveEvent(len(self._kept.rows) + 1, 0, _NO_ORIGIN, happened_at(event), fields, _NO_OWNERS, event)
        self._kept.add(row, fields.about_device)
        self._told(row)

    def _read(self) -> list[dict[str, Any]]:
        """All events from a while before the newest on, oldest first."""
        since = written_at(max(0.0, self._newest - OVERLAP))
        found: dict[str, dict[str, Any]] = {}
        offset = 0
        while True:
            further = {"unstable_offset": offset} if offset else {}
            page = self._api.call("/events/list", since=since, limit=PAGE, **further)["events"]
            news = {event["event_id"]: event for event in page if event["event_id"] not in found}
            found |= news
            offset += len(page)
            if len(page) < PAGE or not news:  # a server that knows no offset gives the same page for ever
                break
        events = [*found.values()][::-1]
        events.sort(key=lambda event: seconds_in(event.get("created_at")))  # those of one time as Seam has them
        if events:
            self._newest = max(self._newest, seconds_in(events[-1].get("created_at")))
        return events
