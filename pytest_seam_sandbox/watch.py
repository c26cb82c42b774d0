"""Which sandboxes a test has made itself, for the timelines below its failure.

Imports the standard library only: every run of pytest loads this module.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, NamedTuple, Protocol, TypeVar
from weakref import ref


class HasTimeline(Protocol):
    """A sandbox, as far as a failure shows it."""

    @property
    def timeline(self) -> str:
        """What has happened, for people."""
        ...


AnySandbox = TypeVar("AnySandbox", bound=HasTimeline)
Tell = Callable[[Callable[[str, float], str]], None]
"""Takes what says how far a long work is: a function of the name of the test, and of the seconds since it began."""

_WATCH: ContextVar[Watch | None] = ContextVar("watch of the session that runs here", default=None)


class _One(NamedTuple):
    """A sandbox, and the example of Hypothesis in which it was made, if any; neither lives longer for it."""

    sandbox: ref[HasTimeline]
    example: ref[Any] | None
    is_final: bool


class Made:
    """The sandboxes that were made in one place: by a test, or by a fixture that several tests share.

    pictures: what else the report page shows of them.
    """

    def __init__(self) -> None:
        self._ones: list[_One] = []
        self.pictures: list[Any] = []

    def add(self, sandbox: HasTimeline) -> None:
        """Remember a new sandbox."""
        example = _example()
        one = _One(ref(sandbox), None if example is None else ref(example), bool(example and example.is_final))
        self._ones = [*(known for known in self._ones if known.sandbox() is not None), one]

    def forget(self, sandbox: HasTimeline) -> None:
        """Leave a sandbox out."""
        self._ones = [one for one in self._ones if one.sandbox() is not sandbox]

    def newest(self, most: int) -> list[HasTimeline]:
        """The newest of those that are still in use, oldest first.

        Of the examples of Hypothesis those count that it repeats in the end, which fail; else the latest.
        """
        alive = [one for one in self._ones if one.sandbox() is not None]
        latest = next((one.example for one in reversed(alive) if one.example is not None), None)
        has_final = any(one.is_final for one in alive)
        counting = [
            one.sandbox()
            for one in alive
            if one.example is None or (one.is_final if has_final else one.example == latest)
        ]
        return [sandbox for sandbox in counting if sandbox is not None][-most:]


class Watch:
    """Where the sandboxes go that are made now; `made` is None between tests.

    One for a session of pytest. Code of a test finds it by its context, which tasks and `asyncio.to_thread` inherit; a
    thread that the test starts in another way does not (before the free-threaded Python 3.14). wants_pictures: whether
    there is a report page. see: is told of each new sandbox. progress: shows how far long work is, where there is a
    terminal for it. key: the true API key of live tests, which the environment does not have.
    """

    def __init__(self) -> None:
        self.made: Made | None = None
        self.wants_pictures = False
        self.see: Callable[[Any], None] | None = None
        self.progress: Callable[[], AbstractContextManager[Tell]] | None = None
        self.key: Any = None
        self._outer: Watch | None = None

    def begin(self) -> None:
        """Watch from now on."""
        self._outer = _WATCH.get()
        _WATCH.set(self)

    def end(self) -> None:
        """Let whoever watched before go on."""
        _WATCH.set(self._outer)

    @contextmanager
    def into(self, made: Made) -> Generator[None]:
        """Inside the block, new sandboxes go there."""
        outer, self.made = self.made, made
        try:
            yield
        finally:
            self.made = outer


def note(sandbox: HasTimeline) -> None:
    """Called by each new sandbox."""
    watch = _WATCH.get()
    if watch is not None and watch.see is not None:
        watch.see(sandbox)
    if watch is not None and watch.made is not None:
        watch.made.add(sandbox)


def key_of_the_run() -> Any:
    """The true API key, while live tests run; else None."""
    watch = _WATCH.get()
    return None if watch is None else watch.key


def show(draw: Callable[[], Any]) -> None:
    """Have a picture on the report page, if there is one. draw: makes it."""
    watch = _WATCH.get()
    if watch is not None and watch.made is not None and watch.wants_pictures:
        watch.made.pictures.append(draw())


def work() -> AbstractContextManager[Tell]:
    """Inside the block, long work is done: what the block gets takes, again and again, how far it is."""
    watch = _WATCH.get()
    if watch is None or watch.progress is None:
        return nullcontext(_ignore)
    return watch.progress()


def _ignore(_text: Callable[[str, float], str]) -> None:
    """Nobody looks."""


def unnoticed(sandbox: AnySandbox) -> AnySandbox:
    """The sandbox, without a timeline of its own below a failure: it is a template, or its story is told elsewhere."""
    watch = _WATCH.get()
    if watch is not None and watch.made is not None:
        watch.made.forget(sandbox)
    return sandbox


def _example() -> Any:
    """The example of Hypothesis that runs now; None outside of any, and when nobody has imported Hypothesis."""
    control = sys.modules.get("hypothesis.control")
    return control.current_build_context() if control is not None and control.currently_in_test_context() else None
