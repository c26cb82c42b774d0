"""What has happened to a server, in order: the calls that it answered, the events that it logged, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from .events import EventRow
from .work import WorkStatus

KEPT = 100_000
"""How many entries a history keeps at least."""


@dataclass(slots=True)
class Call:
    """One request that the app has seen, and how it was answered.

    at: sandbox time, in seconds since 1970. status: 500 as long as there is no answer. seconds: real time that the
    answer took. error, message: the type of the error, and what Seam says to it. caused: how many of the entries right
    behind this one came up while it was answered; None where nobody knows, as at Seam. work: what the answer says of
    the work that the request has begun, or asks about. workspace_id: of the workspace that the request got into; empty
    where it got into none, or nobody knows. is_lost: whether a fault kept it from taking effect, and gave no answer.
    """

    at: float
    method: str
    path: str
    origin: str
    params: Mapping[str, Any]
    status: int = 500
    seconds: float = 0.0
    request_id: str = ""
    error: str | None = None
    message: str | None = None
    caused: int | None = None
    work: WorkStatus | None = None
    workspace_id: str = ""
    is_lost: bool = False


class Note(NamedTuple):
    """Something else that happened: an outage entered or left, a move of the clock.

    workspace_id: of the workspace to which it happened; empty for what is of the whole server.
    """

    at: float
    kind: str
    text: str
    workspace_id: str = ""


class Sent(NamedTuple):
    """One attempt to send an event to the program under test. outcome: what came of it, in words."""

    at: float
    event: EventRow
    url: str
    attempt: int
    outcome: str
    is_success: bool


class Due(NamedTuple):
    """Work that was done when it was due, such as the end of an action attempt; kept if entries came of it.

    call: the request that had planned it; None when a test did. caused: how many of the entries right behind this one
    came of it.
    """

    at: float
    call: Call | None
    caused: int


Entry = Call | Note | EventRow | Sent | Due


class History:
    """Entries, oldest first. The oldest go when there are many more than KEPT, so that a server can run for weeks.

    Events that go from here stay in the event log of their workspace. A place is a number of entries since the
    beginning, so that it stays right when the oldest go. append: add an entry. answering: the request that is being
    answered, or whose work is being done. leaving: is told of entries that go.
    """

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._gone = 0
        self.append = self._entries.append
        self.answering: Call | None = None
        self.leaving: Callable[[list[Entry]], None] | None = None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def place(self) -> int:
        """Behind the newest entry."""
        return self._gone + len(self._entries)

    def since(self, place: int) -> list[Entry]:
        """The entries from a place on, as far as they are kept."""
        return self._entries[max(0, place - self._gone) :]

    def cut(self, place: int) -> None:
        """Forget the entries from a place on."""
        self._forget(max(0, place - self._gone), len(self._entries))

    def extend(self, entries: Iterable[Entry]) -> None:
        """Add several entries."""
        self._entries.extend(entries)

    @contextmanager
    def doing(self, call: Call | None, at: float) -> Iterator[None]:
        """Inside the block, work is done that was due at this time; `call` had planned it."""
        place, outer, self.answering = self.place, self.answering, call
        try:
            yield
        finally:
            self.answering = outer
            caused = self.place - place
            if caused:
                self._entries.insert(max(0, place - self._gone), Due(at, call, caused))

    def trim(self) -> None:
        """Let the oldest entries go; rarely, since that takes as long as there are entries."""
        many = len(self._entries) - KEPT
        if many > KEPT // 10:
            self._forget(0, many)
            self._gone += many

    def clear(self) -> None:
        """Forget all entries."""
        self._gone += len(self._entries)
        self._forget(0, len(self._entries))

    def _forget(self, start: int, end: int) -> None:
        if self.leaving is not None:
            self.leaving(self._entries[start:end])
        del self._entries[start:end]
