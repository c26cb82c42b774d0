"""What every outage has in common: begin and end; and, as a context manager, assertions of both."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, ClassVar, Literal, Self, overload

from ..api.events import Event
from ..api.phones.model import Phone
from ..backends.base import Backend
from ..backends.event_list import EventList
from ..backends.raised import note_raised
from ..catalog.literals import EventType
from ..engine.errors import ExpectationFailed, SandboxError, is_for_the_test
from ..engine.errors import embedded_only as only_embedded
from ..engine.places import place_of_caller
from ..expectations.checks import check_event, check_no_event
from ..expectations.expecting import check_possible, expect_event, fail, wait_until, wanted_event

__tracebackhide__ = is_for_the_test


class Outage:
    """A simulated outage, from entry to recovery; `with` and `async with` alike.

    Entering checks that the outage is possible, begins it, and asserts the event, the error and the flags. Leaving ends
    it, also when the body raised, and asserts the recovery. An exception of the body wins; what else went wrong is
    added to it as a note. `started_at` and `ended_at` are sandbox times, `place` is the line that asked for it.
    `begin` and `end` do the same without assertions.

    A kind of outage is a class. name: the method of Sandbox. sentence: what happens, with {} for the name of what is
    lost. switch: the attribute of SandboxMachine that turns it off. option: the argument of `sweep`. word: what people
    call its target. is_for_good: what is lost does not come back. embedded_only: Seam has no endpoint that simulates
    it; such a kind is none of DEFAULT_KINDS, and its switch is off by default. not_live: why no live sandbox can have
    it although Seam simulates it. takes_device_away: the device is gone meanwhile, so that outages of the kinds with
    needs_device can neither begin nor end.
    """

    name: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    switch: ClassVar[str] = ""
    option: ClassVar[str] = ""
    word: ClassVar[str] = ""
    is_for_good: ClassVar[bool] = False
    embedded_only: ClassVar[bool] = False
    not_live: ClassVar[str] = ""
    takes_device_away: ClassVar[bool] = False
    needs_device: ClassVar[bool] = False

    def __init__(self, backend: Backend, label: str) -> None:
        if backend.is_live and (self.embedded_only or self.not_live):
            raise only_embedded(f"{self.name}()", self.not_live or "no endpoint of Seam simulates it")
        self._backend = backend
        self._label = label
        self._mark = 0
        self._events: EventList | None = None
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.replacement: Phone | None = None
        self.place = place_of_caller()

    def __str__(self) -> str:
        return f"{self.name}({self._label})"

    # of what it can be

    @classmethod
    def of(cls, backend: Backend, target: str) -> Self:
        """The outage of what has this name or id. Raises UnknownId for what is not there."""
        raise NotImplementedError

    @classmethod
    def lost_id(cls, backend: Backend, target: str) -> tuple[str, str]:
        """The id of the target by its name or id, and the id of what is lost."""
        raise NotImplementedError

    @classmethod
    def target(cls, backend: Backend, given: Any) -> tuple[str, str]:
        """Name and id of the target that a test has given as a model, an id or a name. Raises UnknownId."""
        raise NotImplementedError

    @classmethod
    def possible(cls, backend: Backend) -> Iterable[str]:
        """The names of all targets that can suffer it now and be healed of it, the oldest first."""
        raise NotImplementedError

    @property
    def workspace_id(self) -> str:
        """The id of the workspace in which it is."""
        return self._backend.workspace_id

    @property
    def target_id(self) -> str:
        """The id of what it is of: a device, a phone, an account; empty for what has none."""
        return ""

    # without assertions

    def begin(self) -> None:
        """Begin, without assertions; the caller has made sure that it is possible."""
        self._mark, self._events = self._backend.mark(), None
        self.started_at, self.ended_at = self._backend.now(), None
        self._note("begins")
        self._break()

    def end(self) -> None:
        """End, without assertions. What is gone meanwhile, or is lost for good, stays so."""
        try:
            self._heal_if_possible()
        finally:
            self._close()

    # what happened

    @property
    def events(self) -> EventList:
        """The workspace's events from entry to recovery (so far, inside the block), oldest first; like a list."""
        return self._backend.events_after(self._mark) if self._events is None else self._events

    @property
    def duration(self) -> timedelta:
        """Sandbox time from entry to recovery, or to now."""
        if self.started_at is None:
            return timedelta(0)
        return (self.ended_at or self._backend.now()) - self.started_at

    @overload
    def expect_event(self, event_type: EventType, *, count: Literal[0], **fields: Any) -> None: ...
    @overload
    def expect_event(self, event_type: EventType, *, count: int | None = None, **fields: Any) -> Event: ...
    def expect_event(self, event_type: EventType, *, count: int | None = None, **fields: Any) -> Event | None:
        """Expect an event of this outage, at least once or exactly `count` times; gives the newest that fits.

        None for `count=0`, which expects that there is no such event by now.
        """
        return expect_event(self._backend, lambda: self.events, event_type, fields, count=count)

    def expect_no_event(self, event_type: EventType, **fields: Any) -> None:
        """Expect that this outage has no such event."""
        check_possible(self._backend, event_type, fields)
        self._expect_none(event_type, **fields)

    # with assertions

    def check(self) -> None:
        """Raise OutageNotPossible if it cannot begin now. What is only checked needs not be entered."""
        if self in self._backend.unfinished.unentered:
            self._backend.unfinished.unentered.remove(self)
        self._prepare()

    def __enter__(self) -> Self:
        self.check()
        self.begin()
        self._backend.unfinished.open.append(self)
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
        self.__enter__()
        await self._backend.settled()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leave(error)
        await self._backend.settled()

    def _leave(self, error: BaseException | None) -> None:
        if self not in self._backend.unfinished.open:
            return  # the sandbox has ended it already, and said so
        self._backend.unfinished.open.remove(self)
        if error is not None:
            note_raised(self._backend, error)
        try:
            self._heal_and_look()
        except (ExpectationFailed, SandboxError) as problem:
            if error is None:
                raise
            error.add_note(f"and {self} did not end well: {problem}")

    def _heal_and_look(self) -> None:
        """Heal, assert it, and keep the events."""
        try:
            if self._heal_if_possible():
                self._assert_healed()
        except BaseException:
            with suppress(SandboxError):  # where nobody answers, this was said already
                self._close()
            raise
        self._close()

    def _heal_if_possible(self) -> bool:
        """Heal what is still there to be healed; whether it was."""
        is_possible = self._can_heal()
        if is_possible:
            self._heal()
        return is_possible

    def _close(self) -> None:
        self.ended_at = self._backend.now()
        self._note("is over")
        self._events = self.events

    def _note(self, what: str) -> None:
        self._backend.note("outage", f"{self} {what}")

    def _expect(self, event_type: str, **fields: Any) -> None:
        """Assert exactly one event of this outage, within the sandbox's latency."""
        wanted = wanted_event(self._backend, event_type, fields)
        wait_until(self._backend, lambda: check_event(self.events, wanted, 1))

    def _expect_some(self, event_type: str, **fields: Any) -> None:
        """Assert at least one event of this outage, within the sandbox's latency."""
        wanted = wanted_event(self._backend, event_type, fields)
        wait_until(self._backend, lambda: check_event(self.events, wanted, None))

    def _expect_none(self, event_type: str, **fields: Any) -> None:
        fail(check_no_event(self.events, wanted_event(self._backend, event_type, fields)))

    # what a kind does

    def _prepare(self) -> None:
        """Look at what is to be lost, and raise OutageNotPossible if it cannot suffer this."""
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
        """Undo it through the API."""
        raise NotImplementedError

    def _assert_healed(self) -> None:
        """Assert that it is over."""
        raise NotImplementedError


def require(condition: bool, complaint: str) -> None:
    """Raise ExpectationFailed with the complaint unless the condition holds."""
    if not condition:
        raise ExpectationFailed(complaint)
