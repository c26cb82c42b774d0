"""The misbehaviours that are set between a client and Seam: counted, never random, an error when nobody met them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from fnmatch import fnmatchcase
from threading import RLock
from typing import Any, Unpack

from .errors import SandboxError, is_for_the_test, quoted, raise_together
from .fault import Fault, Target
from .fault_kinds import FAULTS, FaultKind, Garbage, check_methods
from .http import Request
from .narrowing import Narrowing, check_flags, check_narrowing, device_id_of

__tracebackhide__ = is_for_the_test

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
_EARLY = 0.005  # what the clocks of a client and of a server may differ by


class Faults:
    """The faults of one sandbox.

    A target is a path, or a method and a path: "POST /locks/unlock_door", "/locks/*", "*". Every fault takes
    `times` (how often, 1 by default, None for as long as it is set), `optional` (fine if it is not met), `until_seen`
    (the client's own repetitions of a request meet it too, uncounted), `device` and `caller` (an API key or token) to
    narrow the target, and is a context manager. In process each raises the exception that the wire would cause, and
    time passes on the sandbox clock; through the server it is real. `all` has those that are set, spent ones included.
    find_device: the id of what has this id or name. note: writes a line into the timeline. test_has_failed: a block
    that ends after a failure (or skip) raises nothing of its own; `deferred` has what it would have raised.
    """

    def __init__(
        self, routes: Callable[[], Mapping[str, tuple[str, ...]]], note: Callable[[str, str], None] = lambda *_: None
    ) -> None:
        self._routes = routes
        self._note = note
        self._lock = RLock()
        self.all: list[Fault] = []
        self._impatience: list[str] = []
        self.test_has_failed = False
        self.deferred: list[str] = []
        self.find_device: Callable[[str], str] = str
        self._followers: list[Callable[[bool], None]] = []

    @contextmanager
    def followed(self, follower: Callable[[bool], None]) -> Iterator[None]:
        """Inside the block, tell the follower whether a `refuse` fault is set: now, if one is, and whenever it changes.

        For servers, which do not listen meanwhile. Raises SandboxError when there is one that is to be counted.
        """
        with self._lock:
            if any(fault.row.wire == "refuse" and fault.times is not None for fault in self.active):
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
        return any(fault.row.wire == "refuse" for fault in self.active)

    def _tell_followers(self) -> None:
        """Raises the SandboxError of a server that cannot listen again, when all have been told."""
        mistakes: list[Exception] = []
        for follower in self._followers:
            try:
                follower(self._refuses)
            except SandboxError as mistake:
                mistakes.append(mistake)
        raise_together(mistakes)

    def fail(
        self,
        target: str,
        *,
        status: int = 503,
        error_type: str = "",
        message: str = "",
        empty: bool = False,
        after: bool = False,
        **narrowing: Unpack[Narrowing],
    ) -> Fault:
        """Answer with an HTTP error. status: 400 to 599. after: the request takes effect first.

        The answer is an error in Seam's envelope, for which the SDK raises SeamHttpApiError. empty: it has no body at
        all, as where the official fake simulates an outage of the whole of Seam; the SDK raises httpx.HTTPStatusError.
        """
        if empty and (error_type or message):
            raise SandboxError("an answer without a body has no error_type and no message. Leave out these, or empty.")
        told = {"status": status, "error_type": error_type, "message": message, "empty": empty}
        return self._add("fail", target, narrowing, after=after, **told)

    def refuse(self, target: str = "*", **narrowing: Unpack[Narrowing]) -> Fault:
        """Refuse the connection.

        A server does not see what it refuses. Through one, use `refuse(times=None)` as a block: inside it every server
        of the sandbox refuses every connection, whatever the target, and afterwards each is back on its port.
        """
        return self._add("refuse", target, narrowing)

    def time_out(self, target: str, *, after: bool = False, **narrowing: Unpack[Narrowing]) -> Fault:
        """Never answer: the client's read timeout ends it. after: the request takes effect all the same."""
        return self._add("time_out", target, narrowing, after=after)

    def reset(self, target: str, *, after: bool = False, **narrowing: Unpack[Narrowing]) -> Fault:
        """Reset the connection in the middle of the answer. after: the request takes effect all the same."""
        return self._add("reset", target, narrowing, after=after)

    def garbage(
        self, target: str, *, kind: Garbage = "not_json", after: bool = False, **narrowing: Unpack[Narrowing]
    ) -> Fault:
        """Answer 200 with what is no answer: "not_json", "truncated" JSON, or HTML of the "wrong_content_type"."""
        return self._add("garbage", target, narrowing, after=after, kind=kind)

    def slow(self, target: str, seconds: float, **narrowing: Unpack[Narrowing]) -> Fault:
        """Answer late. Later than the client's read timeout, the client gives up, and the request takes effect."""
        return self._add("slow", target, narrowing, seconds=seconds)

    def rate_limit(self, target: str, *, retry_after: int = 1, **narrowing: Unpack[Narrowing]) -> Fault:
        """Answer 429 with `retry-after`, and fail the test if the client comes back earlier. retry_after: seconds."""
        return self._add("rate_limit", target, narrowing, retry_after=retry_after)

    def lose_answer(self, target: str, **narrowing: Unpack[Narrowing]) -> Fault:
        """Let the request take effect and lose the answer: the server disconnects without one."""
        return self._add("lose_answer", target, narrowing)

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
                if fault.row.keeps_waiting and self._came_early(fault, caller, now):
                    return fault
                if fault.meet_again(request, caller, now):
                    return fault
                if not fault.is_spent:
                    fault.meet(request, caller, now)
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

    def _add(
        self, kind: FaultKind, target: str, narrowing: Narrowing, /, *, after: bool = False, **given: Any
    ) -> Fault:
        row = FAULTS[kind]
        for option in row.options:
            option.check(option.name, given[option.name])
        details = {option.field: given[option.name] for option in row.options}
        check_narrowing(kind, narrowing)
        check_flags(after=after)
        times, device_id = narrowing.get("times", 1), device_id_of(narrowing.get("device"))
        if device_id is not None:
            device_id = self.find_device(device_id)
        parsed = self.parse_target(target, device_id, narrowing.get("caller"))
        fault = Fault(kind, parsed, times, after or row.when == "after", self, **details)
        fault.optional, fault.until_seen = narrowing.get("optional", False), narrowing.get("until_seen", False)
        if row.wire == "refuse" and times is not None and self._followers:
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
        self._note("fault", f"{fault} is set {_often(times)}")
        return fault

    def parse_target(self, target: str, device_id: str | None = None, caller: str | None = None) -> Target:
        """What a text such as "POST /locks/unlock_door" stands for. Raises SandboxError where no path matches."""
        if not isinstance(target, str):
            raise SandboxError(
                f"a fault target is a text such as 'POST /locks/unlock_door' or '/locks/*'; got {quoted(target)}."
            )
        method, _, path = target.rpartition(" ")
        routes = self._routes()
        if method and method not in METHODS:
            raise SandboxError(f"the fault target {target!r} has the method {method!r}; methods: {', '.join(METHODS)}.")
        methods = {method for route, accepted in routes.items() if fnmatchcase(route, path) for method in accepted}
        if not methods:
            near = get_close_matches(path, sorted(routes), n=3, cutoff=0.3)
            raise SandboxError(
                f"no emulated path matches the fault target {quoted(target)}. Nearest: {', '.join(near) or 'none'}. "
                "A target is a path, or a method and a path, such as 'POST /locks/unlock_door' or '/locks/*'."
            )
        if method and method not in methods:
            raise SandboxError(
                f"no call can match the fault target {target!r}: {path} takes {', '.join(sorted(methods))}. "
                "Give one of them, or leave the method off."
            )
        return Target(method or None, path, device_id, caller)


def _often(times: int | None) -> str:
    return "for as long as it stays" if times is None else "once" if times == 1 else f"{times} times"


def _not_countable() -> SandboxError:
    return SandboxError(
        "a server that refuses connections sees none, so it cannot count them. "
        "Use a block: with sandbox.faults.refuse(times=None): ..."
    )


check_methods(Faults, common=("self", "target"))
