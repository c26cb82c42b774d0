"""What `sandbox.events` gives: a list of events, each made when somebody looks at it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter
from sys import maxsize
from typing import Any, overload

from ..api.events import Event
from ..engine.events import EventRow, EventsKept
from .answers import as_model

_SHOWN = 20
_number = attrgetter("number")


class EventList(Sequence[Event]):
    """Events, oldest first, as they were when it was asked for; read it like a list.

    It equals a list of the same events. Each event is made when it is looked at, so that the last of 100,000 costs no
    more than the last of ten.
    """

    __hash__ = None  # type: ignore[assignment]  # as a list

    def __init__(self, kept: EventsKept, first: int, end: int) -> None:
        self._kept = kept
        self._first = first
        self._end = end

    def __len__(self) -> int:
        return self._end - self._first

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> EventList | list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | EventList | list[Event]:
        places = range(self._first, self._end)[index]
        if isinstance(places, int):
            return event_of(self._kept.rows[places])
        if places.step != 1:
            return [event_of(self._kept.rows[place]) for place in places]
        return EventList(self._kept, places.start, max(places.start, places.stop))

    def __iter__(self) -> Iterator[Event]:
        return map(event_of, self.rows())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, EventList) and (self._kept.rows is other._kept.rows):
            return (len(self), self._first) == (len(other), other._first) or len(self) == len(other) == 0
        if not isinstance(other, list | EventList):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    def __add__(self, other: list[Any]) -> list[Any]:
        return [*self, *other] if isinstance(other, list | EventList) else NotImplemented

    def __radd__(self, other: list[Any]) -> list[Any]:
        return [*other, *self] if isinstance(other, list) else NotImplemented

    def __repr__(self) -> str:
        shown = repr(list(self[-_SHOWN:]))
        return shown if len(self) <= _SHOWN else f"[{len(self) - _SHOWN:,} earlier events, {shown[1:]}"

    def rows(self, *, newest: int = maxsize) -> Iterator[EventRow]:
        """The entries of the log, oldest first: all, or the newest so many."""
        rows = self._kept.rows
        return (rows[place] for place in range(max(self._first, self._end - newest), self._end))

    def newest_first(self, event_type: str, device_id: str | None = None) -> Iterator[EventRow]:
        """The entries of this type, and about this device if one is given, newest first; costs no more than those."""
        if not len(self):
            return
        rows = self._kept.fewest(event_type, device_id)
        oldest, newest = self._kept.rows[self._first].number, self._kept.rows[self._end - 1].number
        first, end = bisect_left(rows, oldest, key=_number), bisect_right(rows, newest, key=_number)
        for place in range(end - 1, first - 1, -1):
            if rows[place].event_type == event_type and device_id in (None, rows[place].fields.about_device):
                yield rows[place]


def event_of(row: EventRow) -> Event:
    """An entry of the log as a model."""
    return as_model(Event, row.view())
