"""What a test has begun and has to end, and problem that could not be raised where it happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

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

    problems: what `check` raises in place of where it happened. unused: sweeps that did not run, as what to raise.
    endings: each says what else is left over at the end of a test. has_hinted: whether the test was told of its keys.
    misspelt: what it was told of paths that Seam does not have.
    """

    open: list[Begun] = field(default_factory=list)
    unentered: list[Begun] = field(default_factory=list)
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

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Inside the block, nothing is unfinished but what begins there."""
        outer = self.open, self.problems, self.unused
        self.open, self.problems, self.unused = [], [], []
        try:
            yield
        finally:
            self.open, self.problems, self.unused = outer
