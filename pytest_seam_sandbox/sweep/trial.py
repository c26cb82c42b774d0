"""One run of a scenario, with a disruption at no, one or two of its calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from inspect import isawaitable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Literal, cast
from unittest import SkipTest

import pytest
from typing_extensions import TypeVar

from ..backends.raised import note_raised
from ..engine.errors import OutageNotPossible, SandboxError, UnknownId, is_for_the_test
from ..engine.fault import Fault
from ..outages import OutageSpec
from .deliveries import DisturbedDeliveries
from .injection_points import Called, InjectionPoint, trial_name

if TYPE_CHECKING:
    from ..engine.history import Entry
    from ..engine.http import Request
    from ..outages import Outage
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test

App = TypeVar("App", default=Any)
"""What the `app` of a sweep builds, None without one."""
Outcome = Literal["passed", "failed", "not possible"]
NO_FAILURES = (pytest.xfail.Exception, pytest.exit.Exception, SkipTest)
"""Exceptions that say something about the whole test."""


@dataclass(frozen=True)
class Result:
    """What came of a trial. title: the name, with method and path of the calls of its injection points.

    error: why it failed, or why its disruption was not possible there. calls: what the program called. was_absorbed:
    whether the client repeated what had met a fault and got through, so that the program saw nothing of it.
    """

    name: str
    title: str
    injection_points: tuple[InjectionPoint, ...]
    outcome: Outcome
    error: BaseException | None
    calls: Sequence[Called]
    history: Sequence[Entry]
    was_absorbed: bool = False


def _ignore(_result: Result) -> None:
    """Nobody wants to know the result."""


class Trial(Generic[App]):
    """One run of the scenario: `with trial as sandbox:` or `async with`.

    name: what `only=` takes. app: what the `app` of the sweep has built for this trial. calls: method and path of each
    call of the program, up to `heal()`; what its client repeats by itself counts once. result: when the block has
    ended.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        points: tuple[InjectionPoint, ...],
        expected: Sequence[Called],
        *,
        build: Callable[[Sandbox], Any] | None = None,
        lasting: int | None = None,
        subtests: Any = None,
        report: Callable[[Result], None] = _ignore,
    ) -> None:
        self.name = trial_name(points)
        self.app: App = cast(App, None)
        self.calls: list[Called] = []
        self.result: Result | None = None
        self._sandbox = sandbox
        self._server = sandbox.embedded.app
        self._points = points
        self._expected = expected
        self._build = build
        self._lasting = lasting
        self._report = report
        self._subtest = None if subtests is None else subtests.test(msg=self.name)
        self._was_entered = False
        self._is_healed = False
        self._outages: list[tuple[Outage, int | None]] = []
        self._faults: list[Fault] = []
        self._deliveries: list[DisturbedDeliveries] = []
        self._aside = ExitStack()
        self._start = 0
        self._impossible: Exception | None = None
        self._problem: Exception | None = None
        self._mistake: SandboxError | None = None

    @property
    def title(self) -> str:
        """The name, with method and path of the calls."""
        parts = [f"{point} ({' '.join(self._expected[point.number - 1])})" for point in self._points]
        return ", then ".join(parts) or self.name

    def heal(self) -> None:
        """End the outage now, assert the recovery, and begin no disruption any more: assert what holds in the end.

        Webhooks that were delayed are delivered then, and those whose first attempt was spoilt are sent again; in async
        code, `await sandbox.webhooks.aflush()` waits for them. Those that were lost stay lost. Calls that the program
        makes from here on are no injection points of the sweep.
        """
        self._is_healed = True
        self._end_faults()
        for deliveries in self._deliveries:
            deliveries.close()
        self._recover(None)
        self._deliver_delayed()

    # the block

    def __enter__(self) -> Sandbox:
        self.app = self._build_app()
        return self._begin()

    async def __aenter__(self) -> Sandbox:
        app = self._build_app()
        self.app = await app if isawaitable(app) else app
        return self._begin()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        __tracebackhide__ = True
        return self._end(error)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        __tracebackhide__ = True
        if self._deliveries:
            self._is_healed = True
            for _ in range(2):  # what is spoilt on the running loop has no second attempt before that
                self._deliver_delayed()
                await self._server.lock.settled()
        return self._end(error)

    def _build_app(self) -> Any:
        if self._was_entered:
            raise SandboxError(f"the trial {self.name!r} has run already. Enter each trial of a sweep once.")
        if self._server.probe is not None:
            raise SandboxError("another sweep of this sandbox is inside a trial; sweeps do not nest. Use depth=2.")
        self._was_entered = True
        return None if self._build is None else self._build(self._sandbox)

    def _begin(self) -> Sandbox:
        if self._subtest is not None:
            self._subtest.__enter__()
        sandbox = self._sandbox
        self._aside.enter_context(sandbox.backend.unfinished.set_aside())
        self._start = self._server.history.place
        sandbox.backend.note("trial", self.name)
        self._server.probe = self._before
        return sandbox

    def _end(self, raised: BaseException | None) -> bool:
        """Heal, look for what else is wrong, and decide: keep the failure (True), or let it go on."""
        __tracebackhide__ = True
        error = self._conclude(raised)
        self.result = self._result(error)
        can_be_kept = bool(self._points) and self._mistake is None and _is_failure(error)
        if can_be_kept:
            self._report(self.result)
            if error is not None:
                error.add_note(f"in the trial {self.title}; run it alone with only={self.name!r}")
        if self._end_subtest(error) and can_be_kept:
            return error is not None
        if error is None or error is raised:
            return False
        raise error

    def _result(self, error: BaseException | None) -> Result:
        """What came of the trial. error: why it failed."""
        if error is not None:
            self._sandbox.embedded.remember_names()
        return Result(
            self.name,
            self.title,
            self._points,
            outcome="failed" if error else "not possible" if self._impossible else "passed",
            error=error or self._impossible,
            calls=self.calls,
            history=self._server.history.since(self._start) if error else (),
            was_absorbed=any(fault.was_absorbed for fault in self._faults),
        )

    def _conclude(self, error: BaseException | None) -> BaseException | None:
        """End all that the trial began; the exception of the block, else the first thing that is wrong."""
        if error is not None:
            note_raised(self._sandbox.backend, error)
        self._server.probe = None
        self._end_faults()
        for step in (partial(self._recover, error), self._end_deliveries, self._raise_problem, self._sandbox.check):
            try:
                step()
            except Exception as problem:  # noqa: BLE001 - whatever it is, it is raised or noted
                if error is None:
                    error = problem
                else:
                    error.add_note(f"and: {problem}")
        self._aside.close()
        if not _is_failure(error):
            return error
        if self._mistake is None and len(self.calls) < self._last:
            end = f"failed ({type(error).__name__}: {error})" if error else "ended"
            self._mistake = self._differs(len(self.calls) + 1, f"it {end} after {len(self.calls)} call(s)")
        if self._mistake is not None:
            self._mistake.__cause__ = error
        return self._mistake or error

    def _end_subtest(self, error: BaseException | None) -> bool:
        """Whether the failure may be kept: by the subtest, which reports it, or for the end of the sweep."""
        if self._subtest is None:
            return True
        try:
            if error is not None:
                raise error
            if self._impossible is not None:
                pytest.skip(f"{self.title} is not possible: {self._impossible}")
        except BaseException as said:  # noqa: BLE001 - the subtest decides, and so does the caller
            return bool(self._subtest.__exit__(type(said), said, said.__traceback__))
        return bool(self._subtest.__exit__(None, None, None))

    def _recover(self, error: BaseException | None) -> None:
        """End the outages that still last, the newest first."""
        stack = ExitStack()
        for outage, _ in self._outages:
            stack.push(outage)
        self._outages.clear()
        stack.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)

    def _end_faults(self) -> None:
        """Let no call meet a fault of this trial any more."""
        for fault in self._faults:
            self._server.faults.take_away(fault)

    def _deliver_delayed(self) -> None:
        """Let the webhooks leave that were delayed, and those that have to be sent again."""
        for deliveries in self._deliveries:
            deliveries.let_go()

    def _end_deliveries(self) -> None:
        """Disturb no webhook any more; a trial in which there was none is not possible."""
        self._deliver_delayed()
        for deliveries in self._deliveries:
            deliveries.end()
            if not deliveries.met:
                self._impossible = OutageNotPossible("no webhook is sent between this call and the next one.")

    def _raise_problem(self) -> None:
        if self._problem is not None:
            raise self._problem

    # the calls of the program

    def _before(self, request: Request) -> Callable[[], None] | None:
        """The probe of the server: count a call of the program, and begin what is placed before it."""
        if request.origin != "app" or request.attempt > 1 or self._is_healed:
            return None
        self.calls.append((request.method, request.path))
        number = len(self.calls)
        if number <= self._last and self.calls[-1] != self._expected[number - 1] and self._mistake is None:
            self._mistake = self._differs(number, f"it called {' '.join(self.calls[-1])}")
        for deliveries in self._deliveries:
            deliveries.call_begins(number)
        faults = [begun for begun in self._begin_disruptions(number, "before") if isinstance(begun, Fault)]
        return partial(self._after, number, faults)

    def _after(self, number: int, faults: Sequence[Fault]) -> None:
        """The call was answered: end what lasted until now, and begin what is placed after it."""
        for fault in faults:
            if fault.times_met == 0:
                self._server.faults.take_away(fault)
                self._impossible = OutageNotPossible(f"no fault meets call {number}, which Seam has no endpoint for.")
        for outage, last in self._outages.copy():
            if last == number:
                self._outages.remove((outage, last))
                try:
                    outage.__exit__(None, None, None)
                except Exception as problem:  # noqa: BLE001 - raised when the block ends, not in the program
                    self._problem = problem
        self._begin_disruptions(number, "after")
        for deliveries in self._deliveries:
            deliveries.call_ended(number)

    def _begin_disruptions(self, number: int, when: str) -> list[Outage | Fault | DisturbedDeliveries]:
        """Begin what has to begin now. What goes wrong is raised when the block ends: the program might swallow it."""
        begun: list[Outage | Fault | DisturbedDeliveries] = []
        for point in sorted(self._points, key=_is_outage):  # so that its webhooks can be disturbed
            if point.set_up_at != (number, when) or self._mistake is not None:
                continue
            try:
                one = point.begin(self._sandbox, self._lasting)
            except (OutageNotPossible, UnknownId) as reason:
                self._impossible = reason
                continue
            except Exception as problem:  # noqa: BLE001 - raised when the block ends, not in the program
                self._problem = problem
                continue
            begun.append(one)
            if isinstance(one, Fault):
                self._faults.append(one)
            elif isinstance(one, DisturbedDeliveries):
                self._deliveries.append(one)
            else:
                self._outages.append((one, point.last_call(self._lasting)))
        return begun

    # whether the scenario is the same each time

    @property
    def _last(self) -> int:
        """The number of the last call with an injection point."""
        return max((point.number for point in self._points), default=0)

    def _differs(self, number: int, found: str) -> SandboxError:
        wanted = " ".join(self._expected[number - 1])
        return SandboxError(
            f"the scenario does not make the same calls each time: in the trial {self.name!r} {found}, where call "
            f"{number} was {wanted} before, although nothing else had been done to it up to there. Build whatever "
            "remembers something anew for each trial, with app=lambda sandbox: ..., and leave out chance, threads and "
            "the time of day."
        )


def _is_outage(point: InjectionPoint) -> bool:
    return isinstance(point.disruption.cause, OutageSpec)


def _is_failure(error: BaseException | None) -> bool:
    """Whether nothing came, or an exception that means that the program failed and not that the run has to end."""
    return isinstance(error, Exception | pytest.fail.Exception | None) and not isinstance(error, NO_FAILURES)
