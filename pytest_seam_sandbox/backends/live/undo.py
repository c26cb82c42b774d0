"""Undoes what a live sandbox has changed: each write is noted before it leaves, and taken back in reverse order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import RLock
from typing import Any, Protocol

from pydantic_core import from_json

from ...engine.errors import SandboxError, is_for_the_test
from .calls import Calls
from .connection import Connection, is_read
from .journal import Change, Journal, Leftover, in_use, leftovers
from .undoing.rules import CannotUndo, Written
from .undoing.table import rule_of

__tracebackhide__ = is_for_the_test


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

    folder: with the journals of all processes. sleep: waits until an action attempt is over.
    """

    def __init__(self, connection: Connection, folder: Path, *, sleep: Callable[[float], None] = time.sleep) -> None:
        if connection.proof is None:
            raise SandboxError("a connection that is not proved to lead to a sandbox has nothing to undo.")
        self.journal = Journal(folder, workspace_id=connection.proof.workspace_id, endpoint=connection.endpoint)
        self._connection = connection
        self._folder = folder
        self._calls = Calls(connection, sleep)
        self._lock = RLock()

    def send(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Like `Connection.send`, with a note of each write."""
        change = self.begin("POST", path, from_json(body)) if body else self.begin("POST", path, {})
        status, content = self._connection.send(path, body)
        self.finish(change, status, from_json(content))
        return status, content

    def begin(self, method: str, path: str, params: dict[str, Any]) -> Change | None:
        """Note a write that is about to leave; None for a read, and for what has not to be undone.

        Raises SandboxError for a write that must not leave.
        """
        if is_read(method, path):
            return None
        self._connection.check_write(method, path)
        with self._lock:
            known = rule_of(path).before(self._calls, params, self._ours())
            return None if known is None else self.journal.intend(path, self._connection.now(), known)

    def finish(self, change: Change | None, status: int, answer: Any) -> None:
        """Note what the answer to a write told."""
        if change is None:
            return
        with self._lock:
            if 400 <= status < 500:
                self.journal.over(change, "refused")
            elif status < 300 and isinstance(answer, dict):
                self.journal.answered(change, rule_of(change.path).after(change.known, change.at, answer))

    def mark(self) -> int:
        """A place among the changes, for `undo`."""
        return max((change.number for change in self.journal.changes), default=0)

    def undo(self, since: int = 0) -> list[str]:
        """Undo all changes after a mark, the latest first; what could not be undone, each with what to do."""
        with self._lock:
            changes = [change for change in self.journal.changes if change.number > since]
            return self._undo(self.journal, changes)

    def heal(self) -> list[str]:
        """Undo what processes that are gone have left in this workspace; what could not be undone."""
        told: list[str] = []
        for leftover in leftovers(self._folder):
            try:
                told += self._heal(leftover)
            finally:
                leftover.let_go()
        return told

    def close(self) -> None:
        """Let go of the journal."""
        self.journal.close()

    def _heal(self, leftover: Leftover) -> list[str]:
        header = leftover.content.header
        told = list(leftover.content.problems)
        if header is None:
            return told
        proof = self._connection.proof
        if proof is None or header.workspace_id != proof.workspace_id or header.endpoint != self._connection.endpoint:
            whose = f"the journal {leftover.path} is of the workspace {header.workspace_id} at {header.endpoint}"
            return [*told, f"{whose}. Run seam-sandbox heal with its API key."]
        return told + self._undo(leftover, leftover.changes)

    def _undo(self, book: Book, changes: Iterable[Change]) -> list[str]:
        told = []
        others = set(self._made_by_others())
        for change in reversed([change for change in changes if change.over is None]):
            try:
                told += self._undo_one(book, change, others)
            except SandboxError as error:
                told.append(f"{change.path} could not be undone: {error}")
        return told

    def _undo_one(self, book: Book, change: Change, others: set[str]) -> list[str]:
        written = Written(change.path, change.at, change.known, change.made, others)
        try:
            rule_of(change.path).undo(self._calls, written)
        except CannotUndo as lost:
            book.over(change, "lost")
            return [str(lost)]
        book.over(change, "undone")
        return []

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
