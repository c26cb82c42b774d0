"""Answers that a test gives in place of an endpoint that is not emulated."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from pydantic_core import to_json

from .errors import ExpectationFailed, SandboxError, is_for_the_test, quoted, shortened
from .json_values import why_no_json
from .places import place_of_caller, seen_at

__tracebackhide__ = is_for_the_test

Answer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""The JSON object of an answer, or a function of the request's parameters that gives it."""


@dataclass(eq=False)
class Stub:
    """One path with its answer; also a context manager that takes it away.

    times: how often it has to be asked, and is answered at most; None for any number, never included. times_met: how
    often it was asked so far.
    """

    path: str
    answer: Answer
    status: int
    times: int | None
    owner: Stubs
    times_met: int = 0
    place: str = field(default_factory=place_of_caller)

    def __str__(self) -> str:
        return f"stub of {self.path}"

    def render(self, params: Mapping[str, Any]) -> bytes:
        """The body of the answer to a request with these parameters; `"ok": true` is added to a success."""
        self.times_met += 1
        content = self.answer(params) if callable(self.answer) else self.answer
        return _rendered(self.path, content, self.status)

    def unmet(self) -> str | None:
        """What to say when it was not asked as often as it should have been."""
        if self.times is None or self.times_met >= self.times:
            return None
        return (
            f"the {self} was asked {self.times_met} of {self.times} time(s). The program under test did not send such "
            f"a request (again); leave times out if that is fine.{seen_at(self.place)}"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        complaint = self.owner.take_away(self)
        if complaint is not None and error is None:
            raise ExpectationFailed(complaint)
        if complaint is not None and error is not None:
            error.add_note(complaint)


class Stubs:
    """The stubs of one sandbox. is_known: whether Seam has a path. is_emulated: whether it needs no stub."""

    def __init__(self, is_known: Callable[[str], bool], is_emulated: Callable[[str], bool]) -> None:
        self._is_known = is_known
        self._is_emulated = is_emulated
        self.all: list[Stub] = []

    def add(self, path: str, answer: Answer, *, status: int, times: int | None) -> Stub:
        """A new stub, whose answer is that of now, whatever becomes of the object.

        Raises SandboxError for a path that Seam does not have, or that is emulated.
        """
        if not isinstance(path, str) or not self._is_known(path):
            raise SandboxError(f"Seam has no path {quoted(path)}, so nobody can ask it. Paths look like /devices/list.")
        if self._is_emulated(path):
            raise SandboxError(
                f"{path} is emulated, so it needs no stub. Make what it should answer with create_*, or let a call go "
                "wrong with sandbox.faults."
            )
        if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
            raise SandboxError(f"status is {status!r}; a stub answers with a status from 200 to 599.")
        if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
            raise SandboxError(f"times is {times!r}; it takes a number of at least 1, or None for no limit.")
        if any(stub.path == path and not _is_spent(stub) for stub in self.all):
            raise SandboxError(f"there is a stub of {path} already. Let that one end first: use it in a with block.")
        if not callable(answer):
            answer = json.loads(_rendered(path, answer, status))
        stub = Stub(path, answer, status, times, self)
        self.all.append(stub)
        return stub

    def find(self, path: str) -> Stub | None:
        """The stub that answers a request to this path now."""
        return next((stub for stub in self.all if stub.path == path and not _is_spent(stub)), None)

    def take_away(self, stub: Stub) -> str | None:
        """Take one stub away; the complaint if it was not asked as often as it should have been."""
        if stub not in self.all:
            return None
        self.all.remove(stub)
        return stub.unmet()

    def complaints(self) -> list[str]:
        """What went wrong with the stubs, and forget them."""
        complaints = [complaint for stub in self.all if (complaint := stub.unmet())]
        self.all.clear()
        return complaints


def _is_spent(stub: Stub) -> bool:
    return stub.times is not None and stub.times_met >= stub.times


def _rendered(path: str, content: object, status: int) -> bytes:
    if not isinstance(content, Mapping):
        raise SandboxError(f"the answer of the stub of {path} is a JSON object; got {quoted(content)}.")
    fault = why_no_json(content, "it")
    if fault is not None:
        raise SandboxError(f"the answer of the stub of {path} is no JSON: {shortened(fault, 200)}.")
    return to_json(dict(content) if "ok" in content else {**content, "ok": status < 400})
