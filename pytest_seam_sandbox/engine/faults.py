"""Misbehaviour between a client and Seam: counted, never random, and an error when nobody met it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from threading import RLock
from types import MappingProxyType, TracebackType
from typing import Any, Literal, Self, TypedDict, Unpack

from pydantic_core import to_json

from .errors import ExpectationFailed, SandboxError, is_for_the_test, raise_together
from .http import JSON_TYPE, Request, Response, Wire
from .places import place_of_caller, seen_at

__tracebackhide__ = is_for_the_test

Kind = Literal["fail", "refuse", "time_out", "reset", "garbage", "slow", "rate_limit", "lose_answer"]
Garbage = Literal["not_json", "truncated", "wrong_content_type"]
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
_REPEATED_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
_REPEATS = 2
"""What the official SDK sends again by itself, and how often; source: the SDK's DEFAULT_RETRIES."""
_WIRES: Mapping[Kind, Wire] = MappingProxyType(
    {
        "refuse": "refuse",
        "time_out": "time_out",
        "reset": "reset",
        "lose_answer": "drop",
    }
)
_LONGEST = 1_000_000_000  # seconds; no thread can wait longer than ten times that
_EARLY = 0.005  # what the clocks of a client and of a server may differ by


class Narrowing(TypedDict, total=False):
    """What every fault takes: how often it happens, and which device or credential it is limited to.

    optional: it is fine if it is met less often, or never. until_seen: a request that met it meets it again each time
    that the client itself repeats that request, so that the program sees the failure; those are not counted.
    """

    times: int | None
    optional: bool
    until_seen: bool
    device: Any
    caller: str | None


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
        words = [self.method or "any method", self.path]
        words += [f"device {self.device_id}"] if self.device_id else []
        return " ".join(words)


@dataclass(eq=False)
class Fault:
    """One fault that is set; also a context manager that takes it away and checks that it was met.

    times: how often it happens; None for as long as it is set, without a check. after: whether the request takes
    effect before it. hits: how often it happened. was_absorbed: whether the client repeated a request that had met it
    and got through, so that the program saw nothing. other_methods: methods of requests to its path that it let pass.
    place: the line that asked for it.
    """

    kind: Kind
    target: Target
    times: int | None
    after: bool
    owner: Faults
    status: int = 429
    error_type: str = ""
    message: str = ""
    seconds: float = 0.0
    garbage: Garbage = "not_json"
    optional: bool = False
    until_seen: bool = False
    hits: int = 0
    was_absorbed: bool = False
    other_methods: set[str] = field(default_factory=set)
    place: str = field(default_factory=place_of_caller)
    waits: dict[str, tuple[float, float]] = field(default_factory=dict)
    _struck: tuple[object, ...] | None = None
    _repeats: int = 0

    def __str__(self) -> str:
        return f"{self.kind} on {self.target}"

    @property
    def wire(self) -> Wire:
        """What the door does with the answer."""
        return _WIRES.get(self.kind, "answer")

    def answer(self, request_id: str) -> Response:
        """The HTTP error of a `fail` or `rate_limit` fault."""
        headers: tuple[tuple[str, str], ...] = (("seam-request-id", request_id),)
        error_type, message = self.error_type, self.message
        if self.kind == "rate_limit":
            headers += (("retry-after", f"{self.seconds:g}"),)
            error_type, message = "too_many_requests", "Too many requests"
        if not error_type and self.status == 503:
            return Response(503, headers)
        error = {
            "type": error_type or "internal_server_error",
            "message": message or f"The sandbox was told to answer {self.status}",
            "request_id": request_id,
        }
        return Response(self.status, (("content-type", JSON_TYPE), *headers), to_json({"error": error, "ok": False}))

    @property
    def is_spent(self) -> bool:
        """Whether it has happened as often as it should."""
        return self.times is not None and self.hits >= self.times

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
        """What to say when it has not happened as often as it should; None when it has."""
        if self.times is None or self.optional or self.hits >= self.times:
            return None
        return (
            f"the fault {self} was met {self.hits} of {self.times} time(s). The program under test did not send such a "
            f"request (again){self.hint()}; correct the target, or give optional=True if that is fine."
            f"{seen_at(self.place)}"
        )

    def hint(self) -> str:
        """That requests to its path came with another method, if so."""
        if not self.other_methods:
            return ""
        return (
            f", but {' and '.join(sorted(self.other_methods))} requests to that path; leave the method off to meet all"
        )

    def strike(self, request: Request, caller: str, now: float) -> None:
        """Meet a request."""
        self._struck, self._repeats = _identity(request, caller), 0
        self.hits += 1
        self.waits[caller] = (now, now + self.seconds)

    def strike_again(self, request: Request, caller: str, now: float) -> bool:
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
        """Whether the client repeats the last request that met this. A real door can only guess, by the SDK's ways."""
        if self._struck != _identity(request, caller):
            return False
        if request.arrived_at is None:
            return request.attempt > 1
        return self._makes_sdk_repeat and request.method in _REPEATED_METHODS and self._repeats < _REPEATS

    @property
    def _makes_sdk_repeat(self) -> bool:
        if self.kind == "fail":
            return self.status == 429 or self.status >= 500
        return self.kind in ("rate_limit", "refuse", "time_out", "lose_answer")


class Faults:
    """The faults of one sandbox.

    A target is a path, or a method and a path: "POST /locks/unlock_door", "/locks/*", "*". Every fault takes
    `times` (how often, 1 by default, None for as long as it is set), `optional` (fine if it is not met), `until_seen`
    (the client's own repetitions of a request meet it too, uncounted), `device` and `caller` (an API key or token) to
    narrow the target, and is a context manager. In process each raises the exception that the wire would cause, and
    time passes on the sandbox clock; through the server it is real. `all` has those that are set, spent ones included.
    test_has_failed: a block that ends after a failure (or skip) raises nothing of its own; `deferred` has what it would
    have raised.
    """

    def __init__(self, routes: Callable[[], Mapping[str, tuple[str, ...]]]) -> None:
        self._routes = routes
        self._lock = RLock()
        self.all: list[Fault] = []
        self._impatience: list[str] = []
        self.test_has_failed = False
        self.deferred: list[str] = []
        self._followers: list[Callable[[bool], None]] = []

    @contextmanager
    def followed(self, follower: Callable[[bool], None]) -> Iterator[None]:
        """Inside the block, tell the follower whether a `refuse` fault is set: now, if one is, and whenever it changes.

        For servers, which do not listen meanwhile. Raises SandboxError when there is one that is to be counted.
        """
        with self._lock:
            if any(fault.kind == "refuse" and fault.times is not None for fault in self.active):
                raise _not_countable()
            self._followers.append(follower)
            if self._refuses:
                follower(True)
        try:
            yield
        finally:
            with self._lock:
                self._followers.remove(follower)

    @property
    def _refuses(self) -> bool:
        return any(fault.kind == "refuse" for fault in self.active)

    def _tell_followers(self) -> None:
        """Raises the SandboxError of a server that cannot listen again, when all have been told."""
        troubles: list[Exception] = []
        for follower in self._followers:
            try:
                follower(self._refuses)
            except SandboxError as trouble:
                troubles.append(trouble)
        raise_together(troubles)

    def fail(
        self,
        target: str,
        *,
        status: int = 503,
        error_type: str = "",
        message: str = "",
        after: bool = False,
        **narrowing: Unpack[Narrowing],
    ) -> Fault:
        """Answer with an HTTP error. status: 400 to 599; 503 without a type has the empty body of a Seam outage.

        after: the request takes effect first.
        """
        if isinstance(status, bool) or not isinstance(status, int) or not 400 <= status <= 599:
            raise SandboxError(f"a fault answers with a status from 400 to 599, not {status!r}.")
        details = {"status": status, "error_type": error_type, "message": message}
        return self._add("fail", target, narrowing, after=after, **details)

    def refuse(self, target: str = "*", **narrowing: Unpack[Narrowing]) -> Fault:
        """Refuse the connection.

        A server does not see what it refuses. Through one, use `refuse(times=None)` as a block: inside it every server
        of the sandbox refuses every connection, whatever the target, and afterwards each is back on its port.
        """
        return self._add("refuse", target, narrowing)

    def time_out(self, target: str, *, after: bool = False, **narrowing: Unpack[Narrowing]) -> Fault:
        """Never answer: the client's read timeout strikes. after: the request takes effect all the same."""
        return self._add("time_out", target, narrowing, after=after)

    def reset(self, target: str, *, after: bool = False, **narrowing: Unpack[Narrowing]) -> Fault:
        """Reset the connection in the middle of the answer. after: the request takes effect all the same."""
        return self._add("reset", target, narrowing, after=after)

    def garbage(
        self, target: str, *, kind: Garbage = "not_json", after: bool = False, **narrowing: Unpack[Narrowing]
    ) -> Fault:
        """Answer 200 with what is no answer: "not_json", "truncated" JSON, or HTML of the "wrong_content_type"."""
        if kind not in _GARBAGE:
            raise SandboxError(f"garbage is one of {', '.join(_GARBAGE)}; got {kind!r}.")
        return self._add("garbage", target, narrowing, after=after, garbage=kind)

    def slow(self, target: str, seconds: float, **narrowing: Unpack[Narrowing]) -> Fault:
        """Answer late. Later than the client's read timeout: the timeout strikes, and the effect is there."""
        return self._add("slow", target, narrowing, after=True, seconds=_not_negative("seconds", seconds))

    def rate_limit(self, target: str, *, retry_after: int = 1, **narrowing: Unpack[Narrowing]) -> Fault:
        """Answer 429 with `retry-after`, and fail the test if the client comes back earlier. retry_after: seconds."""
        return self._add("rate_limit", target, narrowing, seconds=_not_negative("retry_after", retry_after))

    def lose_answer(self, target: str, **narrowing: Unpack[Narrowing]) -> Fault:
        """Let the request take effect and lose the answer: the server disconnects without one."""
        return self._add("lose_answer", target, narrowing, after=True)

    def clear(self) -> None:
        """Take all faults away without a check."""
        with self._lock:
            self.all.clear()
            self._impatience.clear()
            self.deferred.clear()
            self._tell_followers()

    @property
    def active(self) -> list[Fault]:
        """The faults that can still happen, oldest first."""
        with self._lock:
            return [fault for fault in self.all if not fault.is_spent]

    def complaints(self) -> list[str]:
        """What went wrong with the faults, and forget them: those that were not met, clients that did not wait."""
        with self._lock:
            unmet = [complaint for fault in self.all if (complaint := fault.unmet())]
            complaints = [*self.impatience(), *self.deferred, *unmet]
            self.clear()
            return complaints

    def impatience(self) -> list[str]:
        """Clients that did not wait as long as they were told to; forgotten then."""
        with self._lock:
            told, self._impatience = self._impatience, []
            return told

    def take_away(self, fault: Fault) -> str | None:
        """Take one fault away; the complaint if it was not met as often as it should have been."""
        with self._lock:
            if fault not in self.all:
                return None
            self.all.remove(fault)
            self._tell_followers()
            return fault.unmet()

    def meet(self, request: Request, device_id: str | None, caller: str, now: float) -> Fault | None:
        """The fault that this request runs into, counted; None when it goes through. now: seconds of some clock."""
        with self._lock:
            for fault in self.all:
                if not fault.target.meets(request.method, request.path, device_id, caller):
                    if fault.target.meets(fault.target.method or "", request.path, device_id, caller):
                        fault.other_methods.add(request.method)
                    continue
                if fault.kind == "rate_limit" and self._came_early(fault, caller, now):
                    return fault
                if fault.strike_again(request, caller, now):
                    return fault
                if not fault.is_spent:
                    fault.strike(request, caller, now)
                    return fault
            return None

    def _came_early(self, fault: Fault, caller: str, now: float) -> bool:
        told_at, until = fault.waits.get(caller, (now, now))
        if now >= until - _EARLY:
            return False
        self._impatience.append(
            f"the client came back to {fault.target} after {now - told_at:.3f} s, although the answer 429 told it to "
            f"wait {fault.seconds:g} s (retry-after). Wait as long as the header says."
        )
        return True

    def _add(self, kind: Kind, target: str, narrowing: Narrowing, *, after: bool = False, **details: Any) -> Fault:
        times, device = narrowing.get("times", 1), narrowing.get("device")
        if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
            raise SandboxError(f"times is {times!r}; it takes a number of at least 1, or None for no limit.")
        parsed = self._parse(target, getattr(device, "device_id", device), narrowing.get("caller"))
        fault = Fault(kind, parsed, times, after, self, **details)
        fault.optional, fault.until_seen = narrowing.get("optional", False), narrowing.get("until_seen", False)
        if kind == "refuse" and times is not None and self._followers:
            raise _not_countable()
        with self._lock:
            for other in self.active:
                if other.target.overlaps(fault.target, self._routes()):
                    raise SandboxError(
                        f"the fault {fault} would meet requests that the active fault {other} meets already. "
                        "Let that one end first: use it in a with block, or give the two different targets."
                    )
            self.all.append(fault)
            try:
                self._tell_followers()
            except SandboxError:
                self.all.remove(fault)
                self._tell_followers()
                raise
        return fault

    def _parse(self, target: str, device_id: str | None, caller: str | None) -> Target:
        method, _, path = target.rpartition(" ")
        routes = self._routes()
        if method and method not in METHODS:
            raise SandboxError(f"the fault target {target!r} has the method {method!r}; methods: {', '.join(METHODS)}.")
        methods = {method for known, accepted in routes.items() if fnmatchcase(known, path) for method in accepted}
        if not methods:
            near = get_close_matches(path, sorted(routes), n=3, cutoff=0.3)
            raise SandboxError(
                f"no emulated path matches the fault target {target!r}. Nearest: {', '.join(near) or 'none'}. "
                "A target is a path, or a method and a path, such as 'POST /locks/unlock_door' or '/locks/*'."
            )
        if method and method not in methods:
            raise SandboxError(
                f"no call can match the fault target {target!r}: {path} takes {', '.join(sorted(methods))}. "
                "Give one of them, or leave the method off."
            )
        return Target(method or None, path, device_id, caller)


def _identity(request: Request, caller: str) -> tuple[object, ...]:
    """What two attempts of one request have in common."""
    return request.method, request.path, request.query, request.body, caller


_GARBAGE: Mapping[Garbage, tuple[str, bytes]] = MappingProxyType(
    {
        "not_json": ("application/json; charset=utf-8", b"<html><body>Bad Gateway</body></html>"),
        "truncated": ("application/json; charset=utf-8", b'{"ok":true,"devi'),
        "wrong_content_type": ("text/html; charset=utf-8", b"<html><body>Welcome</body></html>"),
    }
)


def garbled(kind: Garbage) -> Response:
    """The answer of a `garbage` fault."""
    content_type, body = _GARBAGE[kind]
    return Response(200, (("content-type", content_type),), body)


def _not_countable() -> SandboxError:
    return SandboxError(
        "a server that refuses connections sees none, so it cannot count them. "
        "Use a block: with sandbox.faults.refuse(times=None): ..."
    )


def _not_negative(name: str, seconds: float) -> float:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST:
        raise SandboxError(f"{name} is {seconds!r}; it takes a number of seconds from 0 to {_LONGEST}.")
    return seconds
