"""Takes back the changes of one journal, the latest first, once those without an answer can have arrived at Seam.

A write whose answer never came may still be on its way: its process was killed, or nobody waited any longer. What it
would do after it was looked for would stay. So it is waited for, and then all that it may have disturbed is taken back
a second time. Taking back what is taken back already does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from ...engine.errors import ProductionRefused, SandboxError, is_for_the_test
from .calls import Calls
from .connection import NoSuchPath, TooManyRequests, Unreachable
from .journal import Change
from .lease_records import KEY as LEASE_KEY
from .undoing.rules import ARRIVES_WITHIN, LATEST, CannotUndo, Lost, Written
from .undoing.table import rule_of

__tracebackhide__ = is_for_the_test

UNREAD = "unread"
"""Known of a change when nothing could be looked at before it."""
OF_ANOTHER_KIND = (AttributeError, KeyError, TypeError, ValueError)
"""What comes of parameters of a program, and of notes in a journal, that are not in the form that they have to have."""

LOOKS_AGAIN_AFTER = 2.0
"""Seconds after which all that such a write may have disturbed is taken back once more."""
_STEP = 0.25
"""Seconds between two looks whether an answer has come meanwhile."""
_PAUSES = (0.2, 1.0)
"""Seconds before each further try of what was refused: a door does not turn before its lock is connected again."""
_MOST_PATIENCE = 60.0
"""Seconds for which undoing waits at most when Seam has had too many requests, beyond live_timeout: it counts by the
minute, and what is not undone is in the way of others."""
_OUT_OF_REACH = (Unreachable, TooManyRequests, ProductionRefused)


class Book(Protocol):
    """Where changes are noted: the journal of this process, or one that another has left."""

    @property
    def changes(self) -> list[Change]:
        """What was changed, oldest first."""
        ...

    def answered(self, change: Change, made: dict[str, Any]) -> None:
        """Note what was found out about a change."""
        ...

    def over(self, change: Change, why: str) -> None:
        """Note that nothing is left to be undone."""
        ...


class Waiting:
    """Waits for writes that may be on their way.

    now: seconds since 1970 on Seam's clock; None while that is not known.
    """

    def __init__(self, now: Callable[[], float | None], sleep: Callable[[float], None]) -> None:
        self._now = now
        self._sleep = sleep

    def for_answers(self, changes: Sequence[Change]) -> None:
        """Wait until each of them has its answer, or is so old that it has arrived."""
        missing = [ARRIVES_WITHIN - self._age(change, ARRIVES_WITHIN) for change in changes if is_on_its_way(change)]
        seconds = max(missing, default=0.0)
        while seconds > 0 and any(is_on_its_way(change) for change in changes):
            self._sleep(min(_STEP, seconds))
            seconds -= _STEP

    def may_come_late(self, change: Change) -> bool:
        """Whether it may take effect yet, although it was waited for."""
        return is_on_its_way(change) and self._age(change, LATEST) < LATEST

    def _age(self, change: Change, most: float) -> float:
        """Seconds since it left, from 0 to `most`; 0 where that is not known."""
        now = self._now()
        return 0.0 if now is None or not change.at else max(0.0, min(most, now - change.at))


class Reversal:
    """Takes back what stands in a book.

    others: ids of what other processes have made. told: hears of each change that is taken back. is_last_try: what is
    refused is not tried again at the next start.
    """

    def __init__(
        self,
        book: Book,
        calls: Calls,
        waiting: Waiting,
        sleep: Callable[[float], None],
        *,
        others: Collection[str],
        told: Callable[[str], None],
        is_last_try: bool,
    ) -> None:
        self._book = book
        self._calls = calls
        self._waiting = waiting
        self._sleep = sleep
        self._others = others
        self._told = told
        self._is_last_try = is_last_try
        self._own = {own for change in book.changes for own in (*made_by(change), *leased_by(change))}
        self._taken_back: set[int] = set()
        self._problems: list[str] = []

    def run(self) -> list[str]:
        """Take back all; what could not be taken back, each with what to do."""
        changes = self._left()
        late = [number for number, change in enumerate(changes, start=1) if self._waiting.may_come_late(change)]
        disturbed = changes[: max(late, default=0)]
        try:
            refused = self._go(changes, twice=disturbed)
            if disturbed:
                self._sleep(LOOKS_AGAIN_AFTER)
                refused = self._go(self._left())
        except _Stopped:
            return self._problems
        for change, refusal in refused:
            self._problems.append(f"{change.path} could not be undone: {refusal}")
            if self._is_last_try:
                self._book.over(change, "refused twice")
        return self._problems

    def _left(self) -> list[Change]:
        return [change for change in self._book.changes if change.over is None]

    def _go(self, changes: Sequence[Change], twice: Collection[Change] = ()) -> list[tuple[Change, SandboxError]]:
        """Take back these, the latest first; what was refused. twice: those that come again, and are not over yet.

        Raises _Stopped when nothing gets through.
        """
        left = list(changes)
        refused: list[tuple[Change, SandboxError]] = []
        pauses = list(_PAUSES)
        while left or (refused and pauses):
            if not left:
                self._sleep(pauses.pop(0))
                left, refused = [change for change, _ in reversed(refused)], []
            change = left.pop()
            try:
                self._take_back_patiently(change)
            except CannotUndo as lost:
                self._problems.append(str(lost))
                self._book.over(change, "lost")
            except SandboxError as error:
                if isinstance(error, _OUT_OF_REACH) and not isinstance(error, NoSuchPath):
                    many = len(left) + len(refused)
                    self._problems.append(f"{change.path} and {many} changes before it were not undone: {error}")
                    raise _Stopped from None
                refused.append((change, error))
            else:
                self._is_taken_back(change, is_over=change not in twice)
        return refused

    def _is_taken_back(self, change: Change, *, is_over: bool) -> None:
        if is_over:
            self._book.over(change, "undone")
        if change.number not in self._taken_back:
            self._taken_back.add(change.number)
            self._told(change.path)

    def _take_back_patiently(self, change: Change) -> None:
        try:
            self._take_back(change)
        except TooManyRequests as error:
            if error.seconds > _MOST_PATIENCE:
                raise
            self._sleep(error.seconds)
            self._take_back(change)

    def _take_back(self, change: Change) -> None:
        if UNREAD in change.known:
            may_have = "has" if change.made is not None else "got no answer, and may have"
            raise CannotUndo(
                f"{change.path} {may_have} changed something that could not be looked at before. Look in the workspace "
                "for it."
            )
        rule = rule_of(change.path)
        written = Written(change.path, change.at, change.known, change.made, self._others, self._own)
        try:
            if change.made is None:
                found = rule.find(self._calls, written)
                if found is not None:
                    self._book.answered(change, found)
            rule.undo(self._calls, written._replace(made=change.made))
        except OF_ANOTHER_KIND as error:
            raise SandboxError(
                f"its note in the journal is not in the form in which this release writes them: {error!r}."
            ) from None


class _Stopped(Exception):
    """Nothing gets through; what is left stays in the book."""


def is_on_its_way(change: Change) -> bool:
    """Whether a write may take effect yet, and something could be done about it then."""
    is_open = change.made is None and change.over is None
    return is_open and UNREAD not in change.known and not isinstance(rule_of(change.path), Lost)


def made_by(change: Change) -> list[str]:
    """The ids and keys of what it has made."""
    made = change.made or {}
    return [*made.get("ids", ()), *made.get("keys", ())]


def leased_by(change: Change) -> list[str]:
    """The device on which it has put a lease record."""
    metadata = change.known.get("custom_metadata")
    is_lease = isinstance(metadata, dict) and any(key.startswith(LEASE_KEY) for key in metadata)
    return [str(change.known.get("device_id"))] if is_lease else []
