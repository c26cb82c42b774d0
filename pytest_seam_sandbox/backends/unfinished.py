"""What a test has begun and has to end, and problem that could not be raised where it happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from ..engine.errors import SandboxError
from ..engine.places import place_of_caller, seen_at

if TYPE_CHECKING:
    from .event_list import EventList


class Begun(Protocol):
    """An outage, as far as the end of a test deals with it. place: the line that asked for it."""

    @property
    def name(self) -> str:
        """The method of Sandbox."""
        ...

    @property
    def place(self) -> str:
        """The line of the test that asked for it."""
        ...

    @property
    def workspace_id(self) -> str:
        """The id of the workspace in which it is."""
        ...

    @property
    def target_id(self) -> str:
        """The id of what it is of; empty for what has none."""
        ...

    @property
    def events(self) -> EventList:
        """The events of the workspace since it began."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None: ...


@dataclass
class Unfinished:
    """open: outages inside which the test is. unentered: those that were made and not entered.

    idle: other blocks and loops that were made and have not begun, as what to raise. problems: what `check` raises in
    place of where it happened. unused: sweeps that did not run, as what to raise. endings: each says what else is left
    over at the end of a test. has_hinted: whether the test was told of its keys. misspelt: what it was told of paths
    that Seam does not have.
    """

    open: list[Begun] = field(default_factory=list)
    unentered: list[Begun] = field(default_factory=list)
    idle: list[Exception] = field(default_factory=list)
    problems: list[Exception] = field(default_factory=list)
    unused: list[Exception] = field(default_factory=list)
    endings: list[Callable[[], Iterator[Exception]]] = field(default_factory=list)
    has_hinted: bool = False
    misspelt: set[str] = field(default_factory=set)
    _ids: WeakKeyDictionary[Begun, str] = field(default_factory=WeakKeyDictionary)
    _count: Iterator[int] = field(default_factory=lambda: count(1))

    def id_of(self, begun: Begun) -> str:
        """What callers name an open outage who cannot hold it; others may have its name."""
        if begun not in self._ids:
            self._ids[begun] = f"outage-{next(self._count)}"
        return self._ids[begun]

    def waits(self, what: str, without: str, advice: str) -> Callable[[], None]:
        """Hold it against the test that something was made and has not begun, until what this gives is called.

        without: what did not happen for that reason. advice: how to write it.
        """
        place = seen_at(place_of_caller())
        problem = SandboxError(f"{what} was made and never entered, so {without}. {advice}{place}")
        self.idle.append(problem)

        def begin() -> None:
            self.idle[:] = [other for other in self.idle if other is not problem]

        return begin

    def block_waits(self, call: str, without: str) -> Callable[[], None]:
        """The same for a block of the sandbox. call: how it is made."""
        return self.waits(call, without, f"Write it as a block: with sandbox.{call}: ...")

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Inside the block, nothing is unfinished but what begins there."""
        outer = self.open, self.problems, self.unused
        self.open, self.problems, self.unused = [], [], []
        try:
            yield
        finally:
            self.open, self.problems, self.unused = outer
