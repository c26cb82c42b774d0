"""What every outage has in common: enter, break, assert; leave, heal, assert again."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from ..api.events import Event
from ..backends.event_list import EventList
from ..catalog.literals import EventType
from ..engine.errors import ExpectationFailed, SandboxError, is_for_the_test
from ..engine.places import place_of_caller
from ..expectations.checks import check_event, check_no_event

if TYPE_CHECKING:
    from ..sandbox import Sandbox


__tracebackhide__ = is_for_the_test


class Outage:
    """A simulated loss, from entry to recovery; `with` and `async with` alike.

    Entering checks that the outage is possible, breaks, and asserts the event, the error and the flags. Leaving heals,
    also when the body raised, and asserts the recovery. An exception of the body wins; what else went wrong is
    added to it as a note. `started_at` and `ended_at` are sandbox times, `place` is the line that asked for it.
    """

    name = "outage"

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._mark = 0
        self._events: EventList | None = None
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.place = place_of_caller()

    @property
    def events(self) -> EventList:
        """The workspace's events from entry to recovery (so far, inside the block), oldest first; like a list."""
        return self._sandbox._backend.events_after(self._mark) if self._events is None else self._events

    @property
    def duration(self) -> timedelta:
        """Sandbox time from entry to recovery, or to now."""
        if self.started_at is None:
            return timedelta(0)
        return (self.ended_at or self._sandbox._now()) - self.started_at

    @overload
    def expect_event(self, event_type: EventType, *, count: Literal[0], **fields: Any) -> None: ...
    @overload
    def expect_event(self, event_type: EventType, *, count: int | None = None, **fields: Any) -> Event: ...
    def expect_event(self, event_type: EventType, *, count: int | None = None, **fields: Any) -> Event | None:
        """Expect an event of this outage, at least once or exactly `count` times; gives the newest that fits.

        None for `count=0`, which expects that there is no such event by now.
        """
        return self._sandbox._expect_event(lambda: self.events, event_type, count, None, fields)

    def expect_no_event(self, event_type: EventType, **fields: Any) -> None:
        """Expect that this outage has no such event."""
        self._sandbox._check_possible(event_type, fields)
        self._expect_none(event_type, **fields)

    def check(self) -> None:
        """Raise OutageNotPossible if it cannot begin now. What is only checked needs not be entered."""
        if self in self._sandbox._unentered:
            self._sandbox._unentered.remove(self)
        self._prepare()

    def __enter__(self) -> Self:
        self.check()
        self._mark, self._events = self._sandbox._backend.mark(), None
        self.started_at, self.ended_at = self._sandbox._now(), None
        self._note("begins")
        self._break()
        self._sandbox._open_outages.append(self)
        try:
            self._assert_broken()
        except BaseException as error:
            self._leave(error)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leave(error)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leave(error)

    def _leave(self, error: BaseException | None) -> None:
        if self not in self._sandbox._open_outages:
            return  # the sandbox has ended it already, and said so
        self._sandbox._open_outages.remove(self)
        try:
            self._heal_and_assert()
        except (ExpectationFailed, SandboxError) as trouble:
            if error is None:
                raise
            error.add_note(f"and {self} did not end well: {trouble}")
        finally:
            self._events = self.events
            self.ended_at = self._sandbox._now()
            self._note("is over")

    def _heal_and_assert(self) -> None:
        if self._can_heal():
            self._heal()
            self._assert_healed()

    def _note(self, what: str) -> None:
        self._sandbox._note("outage", f"{self} {what}")

    def _expect(self, event_type: str, **fields: Any) -> None:
        """Assert exactly one event of this outage, within the sandbox's latency."""
        wanted = self._sandbox._wanted(event_type, fields)
        self._sandbox._eventually(lambda: check_event(self.events, wanted, 1))

    def _expect_some(self, event_type: str, **fields: Any) -> None:
        """Assert at least one event of this outage, within the sandbox's latency."""
        wanted = self._sandbox._wanted(event_type, fields)
        self._sandbox._eventually(lambda: check_event(self.events, wanted, None))

    def _expect_none(self, event_type: str, **fields: Any) -> None:
        self._sandbox._fail(check_no_event(self.events, self._sandbox._wanted(event_type, fields)))

    def _prepare(self) -> None:
        """Find the resource and raise OutageNotPossible if it cannot suffer this."""
        raise NotImplementedError

    def _break(self) -> None:
        """Call the simulate endpoint."""
        raise NotImplementedError

    def _assert_broken(self) -> None:
        """Assert what must appear."""
        raise NotImplementedError

    def _can_heal(self) -> bool:
        """Whether there is still something to heal."""
        return True

    def _heal(self) -> None:
        """Undo the loss through the API."""
        raise NotImplementedError

    def _assert_healed(self) -> None:
        """Assert that it is over."""
        raise NotImplementedError


def require(condition: bool, complaint: str) -> None:
    """Raise ExpectationFailed with the complaint unless the condition holds."""
    if not condition:
        raise ExpectationFailed(complaint)
