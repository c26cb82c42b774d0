"""What a test can expect of a sandbox, and failure texts that show what happened instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice
from typing import Any, Protocol

from ..api._shared import plain
from ..engine.errors import SandboxError, is_for_the_test, quoted, shortened
from ..engine.events import EventRow
from ..report.lines import subject
from ..report.texts import MOST, NameOf, joined, lines_of, said

__tracebackhide__ = is_for_the_test
_SHOWN = 20
_LONGEST_WAIT = 1e9  # sandbox seconds

Complaint = Callable[[], str]
"""Says why an expectation is not met; asked only when it has failed."""


def check_count(count: int | None) -> None:
    """Raise SandboxError for what cannot be how often something happens."""
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
        raise SandboxError(f"count is {count!r}; it takes how many events there have to be, as an integer >= 0.")


def check_within(within: float | None) -> None:
    """Raise SandboxError for what cannot be how long to wait."""
    is_number = isinstance(within, int | float) and not isinstance(within, bool)
    if within is not None and not (is_number and 0 <= within <= _LONGEST_WAIT):
        raise SandboxError(
            f"within is {quoted(within)}; it takes how long to wait, as a number of sandbox seconds >= 0, at most 1e9."
        )


class Events(Protocol):
    """Events that expectations look at: an EventList, or others in the order in which they came."""

    def __len__(self) -> int: ...

    def rows(self, *, newest: int = ...) -> Iterator[EventRow]:
        """All, or the newest so many; oldest first."""
        ...

    def newest_first(self, event_type: str, device_id: str | None = None) -> Iterator[EventRow]:
        """Those of this type, and about this device if one is given."""
        ...


@dataclass(frozen=True)
class Wanted:
    """Events of one type with these field values, among the events of a sandbox or an outage.

    name_of: what to write for an id.
    """

    event_type: str
    fields: Mapping[str, Any]
    name_of: NameOf

    def newest_first(self, events: Events) -> Iterator[EventRow]:
        """Those that fit."""
        device_id = self.fields.get("device_id")
        found = events.newest_first(self.event_type, device_id if isinstance(device_id, str) else None)
        return (row for row in found if self.fits(row))

    def fits(self, row: EventRow) -> bool:
        """Whether an event has the field values."""
        return not any(True for _ in self._differing(row))

    def _differing(self, row: EventRow) -> Iterator[tuple[str, Any, Any]]:
        for name, wanted in self.fields.items():
            found = plain(row.shown(name))
            if not found == wanted:  # noqa: SIM201 - matchers such as those of dirty-equals define == only
                yield name, found, wanted

    def described(self) -> str:
        """Type and fields, for a text."""
        asked = joined((f"{name}={said(name, value, self.name_of)}" for name, value in self.fields.items()), _SHOWN)
        return f"{self.event_type!r}" + (f" with {shortened(asked, 1_000)}" if asked else "")

    def lines(self, rows: Sequence[EventRow]) -> list[str]:
        """The newest of these events, oldest first, and how many there are beyond them; rows: newest first."""
        return list(lines_of([self._line(row) for row in reversed(rows[:MOST])], len(rows), "earlier"))

    def near_misses(self, events: Events, ignored: Sequence[EventRow] = ()) -> str:
        """Events of the same type, the nearest first, with what differs in each; then what was seen at all."""
        told = {row.number for row in ignored}
        same_type = [row for row in events.newest_first(self.event_type) if row.number not in told]
        ranked = nsmallest(MOST, same_type, key=lambda row: sum(1 for _ in self._differing(row)))
        lines = ["Near misses:"] if ranked else []
        lines += lines_of([f"{self._line(row)}: {self._differences(row)}" for row in ranked], len(same_type), "more")
        if not len(events):
            return "\n".join([*lines, "No event was seen at all."])
        cut = f" (the last {_SHOWN})" if len(events) > _SHOWN else ""
        shown = [f"  {self._line(row)}" for row in events.rows(newest=_SHOWN)]
        return "\n".join([*lines, f"Seen: {len(events):,} event(s){cut}:", *shown])

    def _differences(self, row: EventRow) -> str:
        texts = [
            f"{name} is {said(name, found, self.name_of)}, expected {said(name, wanted, self.name_of)}"
            for name, found, wanted in self._differing(row)
        ]
        return shortened("; ".join(texts), 500) or "too early"

    def _line(self, row: EventRow) -> str:
        return f"{row.created_at} {row.event_type} {subject(row, self.name_of)}".rstrip()


def check_event(events: Events, wanted: Wanted, count: int | None, done: str = "seen") -> Complaint | None:
    """Why the expectation of an event (at least one, or exactly `count`) is not met; None when it is.

    done: what was to be done with it.
    """
    found = list(islice(wanted.newest_first(events), 1 if count is None else None))
    if found if count is None else len(found) == count:
        return None

    def complaint() -> str:
        often = "" if count is None else f" exactly {count} time(s)"
        text = f"expected event {wanted.described()}{often}, but it was"
        if not found:
            return f"{text} not {done}.\n{wanted.near_misses(events)}"
        more = [] if count is None or len(found) > count else [wanted.near_misses(events, found)]
        return "\n".join([f"{text} {done} {len(found):,} time(s):", *wanted.lines(found), *more])

    return complaint


def check_no_event(events: Events, wanted: Wanted, done: str = "seen") -> Complaint | None:
    """Why the expectation of no such event is not met; None when it is. done: as for `check_event`."""
    found = list(wanted.newest_first(events))
    if not found:
        return None
    text = f"expected no event {wanted.described()}, but it was {done} {len(found):,} time(s):"
    return lambda: "\n".join([text, *wanted.lines(found)])


def check_order(events: Events, types: Sequence[str], fields: Mapping[str, Any], name_of: NameOf) -> Complaint | None:
    """Why these event types did not come in this order (others may stand between); None when they did."""
    rest = events.rows()
    for place, event_type in enumerate(types, start=1):
        wanted = Wanted(event_type, fields, name_of)
        if not any(row.event_type == event_type and wanted.fits(row) for row in rest):
            before = f" after {types[place - 2]!r}" if place > 1 else ""
            text = (
                f"expected the events {joined(types, _SHOWN)} in this order; {event_type!r} (number {place}) "
                f"was not seen{before}.\n"
            )
            return lambda: text + wanted.near_misses(events)
    return None


def check_error(name: Callable[[], str], code: str, codes: Sequence[str | None]) -> Complaint | None:
    """Why the resource, which has errors of these codes, does not carry this one; None when it does."""
    if code in codes:
        return None
    return lambda: f"expected the error {code!r} on {name()}, but it has {_codes(codes)}."


def check_no_error(name: Callable[[], str], code: str | None, codes: Sequence[str | None]) -> Complaint | None:
    """Why the resource is not free of this error (of any, when code is None); None when it is."""
    found = [one for one in codes if code in (None, one)]
    if not found:
        return None
    wanted = "no error" if code is None else f"no error {code!r}"
    return lambda: f"expected {wanted} on {name()}, but it has {_codes(found)}."


def _codes(codes: Sequence[str | None]) -> str:
    return f"the errors {joined(map(repr, codes))}" if codes else "no errors"
