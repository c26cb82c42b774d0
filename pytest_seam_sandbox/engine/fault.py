"""One misbehaviour between a client and Seam: which requests it meets, and what it does to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Protocol, Self

from .errors import ExpectationFailed, is_for_the_test
from .fault_kinds import FAULTS, FaultKind, FaultRow, Garbage
from .http import Request, Response
from .places import place_of_caller, seen_at

__tracebackhide__ = is_for_the_test

_REPEATED_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
_REPEATS = 2
"""What the official SDK sends again by itself, and how often; source: the SDK's DEFAULT_RETRIES."""


@dataclass(frozen=True, slots=True)
class Target:
    """Which requests a fault meets: a method or any, a path pattern, a device or any, a credential or any."""

    method: str | None
    path: str
    device_id: str | None = None
    caller: str | None = None

    def meets(self, method: str, path: str, device_id: str | None, caller: str) -> bool:
        """Whether a request is met."""
        return (
            self.method in (None, method)
            and fnmatchcase(path, self.path)
            and self.device_id in (None, device_id)
            and self.caller in (None, caller)
        )

    def overlaps(self, other: Target, paths: Iterable[str]) -> bool:
        """Whether some request of a declared path could be met by both."""
        return (
            (self.method is None or other.method in (None, self.method))
            and (self.device_id is None or other.device_id in (None, self.device_id))
            and (self.caller is None or other.caller in (None, self.caller))
            and any(fnmatchcase(path, self.path) and fnmatchcase(path, other.path) for path in paths)
        )

    def __str__(self) -> str:
        parts = [self.method or "any method", self.path]
        parts += [f"device {self.device_id}"] if self.device_id else []
        return " ".join(parts)


class Owner(Protocol):
    """What holds the faults that are set.

    test_has_failed: then the end of a block keeps its complaint in `deferred` instead of raising it.
    """

    test_has_failed: bool
    deferred: list[str]

    def take_away(self, fault: Fault) -> str | None:
        """Take one fault away; the complaint if it was not met as often as it should have been."""
        ...


@dataclass(eq=False)
class Fault:
    """One fault that is set; also a context manager that takes it away and checks that it was met.

    times: how often it happens; None for as long as it is set, without a check. after: whether the request takes
    effect before it. times_met: how often it happened. was_absorbed: whether the client repeated a request that had
    met it and got through, so that the program saw nothing. other_methods: methods of requests to its path that it let
    pass. place: the line that asked for it.
    """

    kind: FaultKind
    target: Target
    times: int | None
    after: bool
    owner: Owner
    status: int = 429
    error_type: str = ""
    message: str = ""
    empty: bool = False
    seconds: float = 0.0
    garbage: Garbage = "not_json"
    optional: bool = False
    until_seen: bool = False
    times_met: int = 0
    was_absorbed: bool = False
    other_methods: set[str] = field(default_factory=set)
    place: str = field(default_factory=place_of_caller)
    waits: dict[str, tuple[float, float]] = field(default_factory=dict)
    _last_met: tuple[object, ...] | None = None
    _repeats: int = 0

    def __str__(self) -> str:
        return f"{self.kind} on {self.target}"

    @property
    def row(self) -> FaultRow:
        """What all faults of this kind have in common."""
        return FAULTS[self.kind]

    def spoil(self, answer: Response, request_id: str) -> Response:
        """What the client gets in place of an answer."""
        if self.row.answer is not None:
            return self.row.answer(self, request_id)
        return answer._replace(wire=self.row.wire, delay=self.seconds)

    @property
    def is_spent(self) -> bool:
        """Whether it has happened as often as it should."""
        return self.times is not None and self.times_met >= self.times

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        complaint = self.owner.take_away(self)
        if complaint is not None and error is None:
            if self.owner.test_has_failed:
                self.owner.deferred.append(complaint)
                return
            raise ExpectationFailed(complaint)
        if complaint is not None and error is not None:
            error.add_note(complaint)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)

    def unmet(self) -> str | None:
        """What to say when it has not happened as often as it should; None when it has.

        Any number is fine without `times`, but for none where all requests to its path came with another method.
        """
        if self.optional or (self.times is not None and self.times_met >= self.times):
            return None
        if self.times is None:
            if self.times_met or not self.other_methods or "*" in self.target.path:
                return None
            return (
                f"the fault {self} was never met{self.hint()}, or give optional=True if that is fine."
                f"{seen_at(self.place)}"
            )
        return (
            f"the fault {self} was met {self.times_met} of {self.times} time(s). The program under test did not send "
            f"such a request (again){self.hint()}; correct the target, or give optional=True if that is fine."
            f"{seen_at(self.place)}"
        )

    def hint(self) -> str:
        """That requests to its path came with another method, if so."""
        if not self.other_methods:
            return ""
        return (
            f", but {' and '.join(sorted(self.other_methods))} requests to that path; leave the method off to meet all"
        )

    def meet(self, request: Request, caller: str, now: float) -> None:
        """Meet a request."""
        self._last_met, self._repeats = _identity(request, caller), 0
        self.times_met += 1
        self.waits[caller] = (now, now + self.seconds)

    def meet_again(self, request: Request, caller: str, now: float) -> bool:
        """Meet a request that the client repeats by itself, as far as the fault lasts that long; else note it."""
        if not self._is_repeat(request, caller):
            return False
        if not self.until_seen:
            self.was_absorbed = self.is_spent
            return False
        self._repeats += 1
        self.waits[caller] = (now, now + self.seconds)
        return True

    def _is_repeat(self, request: Request, caller: str) -> bool:
        """Whether the client repeats the last request that met this. A server can only guess, by the SDK's ways."""
        if self._last_met != _identity(request, caller):
            return False
        if request.arrived_at is None:
            return request.attempt > 1
        return self.row.is_repeated(self) and request.method in _REPEATED_METHODS and self._repeats < _REPEATS


def _identity(request: Request, caller: str) -> tuple[object, ...]:
    """What two attempts of one request have in common."""
    return request.method, request.path, request.query, request.body, caller
