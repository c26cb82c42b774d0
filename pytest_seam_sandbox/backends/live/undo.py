"""Undoes what a live sandbox has changed: each write is noted before it leaves, and taken back in reverse order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any

from pydantic_core import from_json, to_json

from ...engine.errors import SandboxError, is_for_the_test
from ..answers import NotOfSeam, checked
from ..seam_api import Refused
from .calls import Calls
from .connection import Connection, NeverLeft, NoSuchPath, TooManyRequests, is_read
from .journal import Change, Journal, Leftover, in_use, leftovers
from .lease_records import without_records
from .reversal import OF_ANOTHER_KIND, UNREAD, Book, Reversal, Waiting, made_by
from .undoing.table import rule_of

__tracebackhide__ = is_for_the_test


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
        self._waiting = Waiting(lambda: connection.now() if connection.has_clock else None, sleep)
        self._lock = RLock()

    def send(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Like `Connection.send`, with a note of each write."""
        change = self.begin("POST", path, from_json(body) if body else {})
        try:
            status, content = self._connection.send(path, body)
        except (NeverLeft, NoSuchPath, TooManyRequests):
            self.had_no_effect(change)
            raise
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
            except (Refused, NoSuchPath, *OF_ANOTHER_KIND):  # what is wrong with the parameters is for Seam to say
                known = {UNREAD: True}
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
        if 400 <= status < 500:
            self.had_no_effect(change)
        if change is None:
            return
        with self._lock:
            if status < 300 and isinstance(answer, dict):
                with suppress(NotOfSeam):  # then it is as if no answer had come
                    self.journal.answered(change, self._made(change, checked(change.path, answer)))

    def had_no_effect(self, change: Change | None) -> None:
        """Note that a write never left, or was refused."""
        if change is not None:
            with self._lock:
                self.journal.over(change, "refused")

    def _made(self, change: Change, answer: dict[str, Any]) -> dict[str, Any]:
        if UNREAD in change.known:
            return {}
        return rule_of(change.path).after(change.known, change.at, answer)

    def undo(self) -> list[str]:
        """Undo all changes, the latest first; what could not be undone, each with what to do."""
        self._waiting.for_answers(self.journal.changes)  # without the lock, under which answers are noted
        with self._lock:
            return self._undo(self.journal)

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
        self._waiting.for_answers(leftover.changes)
        return problems + self._undo(leftover, told, is_last_try=True)

    def _undo(
        self, book: Book, told: Callable[[str], None] = lambda _: None, *, is_last_try: bool = False
    ) -> list[str]:
        """Undo what stands in a book; what could not be undone. is_last_try: what is refused is not tried again."""
        if all(change.over is not None for change in book.changes):
            return []
        others = set(self._made_by_others())
        way = Reversal(book, self._calls, self._waiting, self._sleep, others=others, told=told, is_last_try=is_last_try)
        return way.run()

    def _ours(self) -> set[str]:
        """The ids of what this process has made and has to remove."""
        return {made for change in self.journal.changes if change.over is None for made in made_by(change)}

    def _made_by_others(self) -> Iterator[str]:
        """The ids of what other processes have made, which are alive, or this one."""
        yield from self._ours()
        for content in in_use(self._folder):
            yield from (made for change in content.changes for made in made_by(change))
