"""Undoes what a live sandbox has changed: each write is noted before it leaves, and taken back in reverse order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any, Protocol

from pydantic_core import from_json, to_json

from ...engine.errors import ProductionRefused, SandboxError, is_for_the_test
from ..seam_api import Refused
from .calls import Calls
from .connection import Connection, NoSuchPath, TooManyRequests, Unreachable, is_read
from .journal import Change, Journal, Leftover, in_use, leftovers
from .lease_records import without_records
from .undoing.rules import CannotUndo, Written
from .undoing.table import rule_of

__tracebackhide__ = is_for_the_test

_OUT_OF_REACH = (Unreachable, TooManyRequests, ProductionRefused)
_OF_ANOTHER_KIND = (AttributeError, KeyError, TypeError, ValueError)
"""What comes of values that are not in the form of Seam's: of the program under test, or of who answers."""

_PAUSES = (0.2, 1.0)
"""Seconds before each further try of what was refused: a door does not turn before its lock is connected again."""
_MOST_PATIENCE = 60.0
"""Seconds for which undoing waits at most when Seam has had too many requests, beyond live_timeout: it counts by the
minute, and what is not undone is in the way of others."""
_UNREAD = "unread"
"""Known of a change when nothing could be looked at before it."""


class Book(Protocol):
    """Where changes are noted: the journal of this process, or one that another has left."""

    @property
    def changes(self) -> list[Change]:
        """What was changed, oldest first."""
        ...

    def answered(self, change: Change, made: dict[str, Any]) -> None:
        """Note what is known of what was made."""
        ...

    def over(self, change: Change, why: str) -> None:
        """Note that nothing is left to be undone."""
        ...


class Undo:
    """Sends the writes of a live sandbox, notes them in the journal of this process, and undoes them.

    folder: with the journals of all processes. sleep: waits until an action attempt is over, or before what was refused
    is tried again.
    """

    def __init__(self, connection: Connection, folder: Path, *, sleep: Callable[[float], None] = time.sleep) -> None:
        if connection.proof is None:
            raise SandboxError("a connection that is not proved to lead to a sandbox has nothing to undo.")
        self.journal = Journal(folder, workspace_id=connection.proof.workspace_id, endpoint=connection.endpoint)
        self._connection = connection
        self._folder = folder
        self._calls = Calls(connection, sleep)
        self._sleep = sleep
        self._lock = RLock()

    def send(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Like `Connection.send`, with a note of each write."""
        change = self.begin("POST", path, from_json(body) if body else {})
        status, content = self._connection.send(path, body)
        self.finish(change, status, from_json(content))
        return status, without_records(content)

    def begin(self, method: str, path: str, params: dict[str, Any]) -> Change | None:
        """Note a write that is about to leave; None for a read, and for what has not to be undone.

        Raises SandboxError for a write that must not leave.
        """
        if is_read(method, path):
            return None
        self._connection.check_write(method, path)
        with self._lock:
            if self._is_noted(path, params):
                return None
            try:
                known = rule_of(path).before(self._calls, params, self._ours())
            except (Refused, NoSuchPath, *_OF_ANOTHER_KIND):  # what is wrong with the parameters is for Seam to say
                known = {_UNREAD: True}
            if known is not None:
                known = from_json(self._connection.without_key(to_json(known).decode()))
            at = self._connection.now() if self._connection.has_clock else 0.0
            return None if known is None else self.journal.intend(path, at, known)

    def _is_noted(self, path: str, params: dict[str, Any]) -> bool:
        """Whether it is noted already how it was before: a door that is turned ten times is turned back once."""
        rule = rule_of(path)
        return bool(rule.once) and any(
            change.over is None
            and change.made is not None
            and (change.path == path or (rule.once == "kind" and type(rule_of(change.path)) is type(rule)))
            and all(change.known[name] == value for name, value in params.items() if name in change.known)
            for change in self.journal.changes
        )

    def finish(self, change: Change | None, status: int, answer: Any) -> None:
        """Note what the answer to a write told."""
        if change is None:
            return
        with self._lock:
            if 400 <= status < 500:
                self.journal.over(change, "refused")
            elif status < 300 and isinstance(answer, dict):
                with suppress(*_OF_ANOTHER_KIND):  # then it is as if no answer had come
                    self.journal.answered(change, self._made(change, answer))

    def _made(self, change: Change, answer: dict[str, Any]) -> dict[str, Any]:
        if _UNREAD in change.known:
            return {}
        return rule_of(change.path).after(change.known, change.at, answer)

    def undo(self) -> list[str]:
        """Undo all changes, the latest first; what could not be undone, each with what to do."""
        with self._lock:
            return self._undo(self.journal, self.journal.changes)

    def heal(self, told: Callable[[str], None] = lambda _: None) -> list[str]:
        """Undo what processes that are gone have left in this workspace; what could not be undone.

        told: hears of each change that is undone.
        """
        problems: list[str] = []
        for leftover in leftovers(self._folder):
            try:
                problems += self._heal(leftover, told)
            finally:
                leftover.let_go()
        return problems

    def close(self) -> None:
        """Let go of the journal."""
        self.journal.close()

    def _heal(self, leftover: Leftover, told: Callable[[str], None]) -> list[str]:
        header, problems = leftover.content.header, list(leftover.content.problems)
        proof = self._connection.proof
        if header is None or proof is None:
            return problems
        if (header.workspace_id, header.endpoint) != (proof.workspace_id, self._connection.endpoint):
            whose = f"the journal {leftover.path} is of the workspace {header.workspace_id} at {header.endpoint}"
            return [*problems, f"{whose}. Run seam-sandbox heal with its API key."]
        return problems + self._undo(leftover, leftover.changes, told=told, is_last_try=True)

    def _undo(
        self,
        book: Book,
        changes: Iterable[Change],
        *,
        told: Callable[[str], None] = lambda _: None,
        is_last_try: bool = False,
    ) -> list[str]:
        """Undo changes, the latest first; what could not be undone. is_last_try: what is refused is not tried again."""
        problems: list[str] = []
        left = [change for change in changes if change.over is None]
        others = set(self._made_by_others() if left else ())
        refused: list[tuple[Change, SandboxError]] = []
        pauses = list(_PAUSES)
        while left or (refused and pauses):
            if not left:
                self._sleep(pauses.pop(0))
                left, refused = [change for change, _ in reversed(refused)], []
            change = left.pop()
            try:
                self._undo_patiently(change, others)
            except CannotUndo as lost:
                problems.append(str(lost))
                book.over(change, "lost")
            except SandboxError as error:
                if isinstance(error, _OUT_OF_REACH) and not isinstance(error, NoSuchPath):
                    many = len(left) + len(refused)
                    problems.append(f"{change.path} and {many} changes before it were not undone: {error}")
                    return problems
                refused.append((change, error))
            else:
                book.over(change, "undone")
                told(change.path)
        for change, refusal in refused:
            problems.append(f"{change.path} could not be undone: {refusal}")
            if is_last_try:
                book.over(change, "refused twice")
        return problems

    def _undo_patiently(self, change: Change, others: set[str]) -> None:
        try:
            self._undo_one(change, others)
        except TooManyRequests as error:
            if error.seconds > _MOST_PATIENCE:
                raise
            self._sleep(error.seconds)
            self._undo_one(change, others)

    def _undo_one(self, change: Change, others: set[str]) -> None:
        if _UNREAD in change.known:
            if change.made is None:
                return
            raise CannotUndo(
                f"{change.path} has changed something that could not be looked at before. Look in the workspace for it."
            )
        written = Written(change.path, change.at, change.known, change.made, others)
        try:
            rule_of(change.path).undo(self._calls, written)
        except _OF_ANOTHER_KIND as error:
            raise SandboxError(
                f"an answer, or its note in the journal, is not in the form of Seam's: {error!r}."
            ) from None

    def _ours(self) -> set[str]:
        """The ids of what this process has made and has to remove."""
        return {made for change in self.journal.changes if change.over is None for made in _ids(change)}

    def _made_by_others(self) -> Iterator[str]:
        """The ids of what other processes have made, which are alive, or this one."""
        yield from self._ours()
        for content in in_use(self._folder):
            yield from (made for change in content.changes for made in _ids(change))


def _ids(change: Change) -> list[str]:
    """The ids and keys of what it has made."""
    made = change.made or {}
    return [*made.get("ids", ()), *made.get("keys", ())]
