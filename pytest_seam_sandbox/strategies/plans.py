"""Plans: which outages and faults happen when, as values that can be drawn, printed, compared and played."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from ..engine.blocks import Block
from ..engine.errors import ExpectationFailed, OutageNotPossible, SandboxError, is_for_the_test, quoted
from ..outages import OutageKind, OutageSpec
from .fault_specs import FaultSpec

if TYPE_CHECKING:
    from ..engine.fault import Fault
    from ..outages import Outage
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test


@dataclass(frozen=True)
class PlannedOutage:
    """One outage with its time: when it begins, and how long it lasts.

    start: seconds after the start of the play. duration: seconds; both by the sandbox clock.
    kind, target: as OutageSpec takes them. spec: the outage without its time.
    """

    kind: OutageKind
    target: str
    start: float
    duration: float
    spec: OutageSpec = field(compare=False, repr=False)

    def __init__(self, kind: OutageKind | type[Outage], target: str, *, start: float, duration: float) -> None:
        spec = OutageSpec(kind, target)  # refuses an unknown kind
        _set(self, kind=spec.kind, target=target, start=start, duration=duration, spec=spec)
        if not (_is_number(start) and start >= 0):
            raise SandboxError(
                f"{self!r}: start is {start!r}; it takes a number of seconds >= 0 from the start of play."
            )
        if not (_is_number(duration) and duration > 0):
            raise SandboxError(f"{self!r}: duration is {duration!r}; it takes a number of seconds > 0.")

    def __str__(self) -> str:
        return f"at {self.start:g} s {self.spec.sentence}, for {self.duration:g} s"

    def __repr__(self) -> str:
        kind = self.spec.kind_as_given
        return f"PlannedOutage({kind}, {self.target!r}, start={self.start!r}, duration={self.duration!r})"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))

    @property
    def end(self) -> float:
        """When it ends, in seconds after the start of the play."""
        return self.start + self.duration


class Moment(NamedTuple):
    """A moment of a play at which something begins or ends, or the app is to have a look.

    at: seconds after the start of the play, as planned. begun, ended: the outages that began and ended just now.
    active: those that last, the oldest first.
    """

    at: float
    begun: tuple[OutageSpec, ...]
    ended: tuple[OutageSpec, ...]
    active: tuple[OutageSpec, ...]


@dataclass(frozen=True)
class OutagePlan:
    """Outages with their times, in the order in which they begin; `repr` is code, `str` has a sentence for each.

    At one moment what ends comes before what begins, and what began last ends first. A phone is deactivated for good:
    the end of its outage is the moment at which its owner has a new one. The outage of a phone that the app has
    deactivated itself before is left out.
    """

    outages: tuple[PlannedOutage, ...]

    def __init__(self, outages: Iterable[PlannedOutage]) -> None:
        given = tuple(outages)
        for outage in given:
            if not isinstance(outage, PlannedOutage):
                raise SandboxError(
                    f"an OutagePlan has {quoted(outage)}; it takes a list of PlannedOutage(kind, target, start=..., "
                    "duration=...)."
                )
        _set(self, outages=tuple(sorted(given, key=lambda outage: outage.start)))

    def __str__(self) -> str:
        return "\n".join(map(str, self.outages)) or "no outage"

    def __repr__(self) -> str:
        return f"OutagePlan([{', '.join(map(repr, self.outages))}])"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        _print_call(printer, "OutagePlan", self.outages)

    def check(self, sandbox: Sandbox) -> None:
        """Raise what is wrong with this plan for this sandbox, as far as it can be seen before the play.

        UnknownId for a target that is not there; OutageNotPossible for what cannot begin in the present state, for the
        same outage twice at a time, and for what would begin or end while its device is removed.
        """
        self._resolved(sandbox)

    def play(self, sandbox: Sandbox, every: float | None = None) -> Generator[Moment, None, None]:
        """Play the plan on the sandbox clock: `for moment in plan.play(sandbox): app.tick()`.

        The clock moves to each moment, outages are left and entered with their assertions, then the moment is given;
        the last one comes after the last recovery. Where the body let more time pass, the clock is not moved back.
        every: for programs that poll, further moments at 0 and every so many sandbox seconds. A break, or an exception
        of the body, heals everything; what goes wrong in that is raised by `sandbox.check()`. Raises what `check`
        raises.
        """
        if every is not None and not (_is_number(every) and every > 0):
            raise SandboxError(f"every is {every!r}; it takes a number of seconds > 0, or None.")
        resolved = self._resolved(sandbox)
        begin = sandbox.backend.unfinished.waits(
            f"the play of {self!r}", "nothing was lost", "Loop over it: for moment in plan.play(sandbox): ..."
        )
        return _played(sandbox, resolved, self._times(every), begin)

    def run(self, sandbox: Sandbox, tick: Callable[[Moment], object] | None = None, every: float | None = None) -> None:
        """Play the plan to its end. tick: called at each moment. every: as `play` takes it."""
        with closing(self.play(sandbox, every)) as moments:
            for moment in moments:
                if tick is not None:
                    tick(moment)

    def _times(self, every: float | None) -> list[float]:
        times = {time for outage in self.outages for time in (outage.start, outage.end)}
        if every is not None and times:
            times |= {number * every for number in range(int(max(times) / every) + 1)}
        return sorted(times)

    def _resolved(self, sandbox: Sandbox) -> list[tuple[PlannedOutage, OutageSpec]]:
        """Each outage with its value by id, since labels change when phones go; raises what `check` raises."""
        found = [(outage, *_found(sandbox, outage.spec)) for outage in self.outages]
        for (first, _, its), (second, _, other) in combinations(found, 2):
            if its == other:
                _refuse_clash(first, second)
        for spec in dict.fromkeys(spec for _, spec, _ in found):
            spec.on(sandbox).check()
        return [(outage, spec) for outage, spec, _ in found]


def _found(sandbox: Sandbox, spec: OutageSpec) -> tuple[OutageSpec, str]:
    """The outage by the id of its target, and the id of what it concerns: of the account for that of an account."""
    target, concerned = spec.outage_type.lost_id(sandbox.backend, spec.target)
    return spec.same_of(target), concerned


def _refuse_clash(first: PlannedOutage, second: PlannedOutage) -> None:
    """Raise OutageNotPossible when two outages of one thing do not go together. first: the one that begins first."""
    earlier, later = first.spec.outage_type, second.spec.outage_type
    if first.kind == second.kind and earlier.is_for_good:
        raise OutageNotPossible(
            f"{second!r} is not possible after {first!r}: a phone is deactivated only once, for good."
        )
    if first.kind == second.kind and second.start < first.end:
        raise OutageNotPossible(
            f"{second!r} is not possible: {first!r} lasts until {first.end:g} s. Let it begin at its end or later."
        )
    if earlier.takes_device_away and later.needs_device and second.start < first.end:
        raise OutageNotPossible(
            f"{second!r} is not possible: the device is gone from its account until {first.end:g} s, by {first!r}. "
            "Let it begin before the removal, or at its end."
        )
    if later.takes_device_away and earlier.needs_device and second.start < first.end < second.end:
        raise OutageNotPossible(
            f"{first!r} cannot end at {first.end:g} s: the device is gone from its account then, by {second!r}. "
            "Let the removal end before it, or begin after it."
        )


def _played(
    sandbox: Sandbox,
    outages: Sequence[tuple[PlannedOutage, OutageSpec]],
    times: Sequence[float],
    begin: Callable[[], None],
) -> Generator[Moment, None, None]:
    begin()
    started = sandbox.clock.now()
    active: dict[PlannedOutage, Outage] = {}
    try:
        for at in times:
            _go_to(sandbox, started + timedelta(seconds=at))
            ended = [outage for outage in reversed(active) if outage.end == at]
            for outage in ended:
                active.pop(outage).__exit__(None, None, None)
            due = [(outage, spec) for outage, spec in outages if outage.start == at]
            begun = [outage for outage, spec in due if _is_there(sandbox, spec)]
            for outage, spec in due:
                if outage in begun:
                    active[outage] = spec.on(sandbox).__enter__()
            yield Moment(
                at,
                begun=tuple(outage.spec for outage in begun),
                ended=tuple(outage.spec for outage in ended),
                active=tuple(outage.spec for outage in active),
            )
    except GeneratorExit:
        _heal(sandbox, reversed(active.values()))
        raise
    except BaseException as error:
        for entered in reversed(active.values()):
            entered.__exit__(type(error), error, error.__traceback__)
        raise


def _is_there(sandbox: Sandbox, spec: OutageSpec) -> bool:
    """False, and a line of the timeline, for a phone that the app has deactivated since the play began."""
    if not spec.outage_type.is_for_good or sandbox.backend.find_phone(spec.target) is not None:
        return True
    sandbox.backend.note("outage", f"{spec} is left out: the phone has been deactivated already")
    return False


def _go_to(sandbox: Sandbox, time: datetime) -> None:
    seconds = (time - sandbox.clock.now()).total_seconds()
    if seconds > 0:
        sandbox.clock.advance(seconds)


def _heal(sandbox: Sandbox, outages: Iterable[Outage]) -> None:
    """End what lasts after a break. Nobody could catch an error that a closed generator raises, so it is kept."""
    for outage in outages:
        try:
            outage.__exit__(None, None, None)
        except (ExpectationFailed, SandboxError) as problem:
            sandbox.backend.unfinished.problems.append(problem)


@dataclass(frozen=True)
class FaultPlan:
    """Faults that an app may meet, all set at the same time; `repr` is code, `str` has a sentence for each."""

    faults: tuple[FaultSpec, ...]

    def __init__(self, faults: Iterable[FaultSpec]) -> None:
        given = tuple(faults)
        for fault in given:
            if not isinstance(fault, FaultSpec):
                raise SandboxError(f"a FaultPlan has {quoted(fault)}; it takes a list of FaultSpec(kind, target).")
        _set(self, faults=given)

    def __str__(self) -> str:
        return "\n".join(fault.sentence for fault in self.faults) or "no request meets a fault"

    def __repr__(self) -> str:
        return f"FaultPlan([{', '.join(map(repr, self.faults))}])"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        _print_call(printer, "FaultPlan", self.faults)

    def on(self, sandbox: Sandbox) -> Block[tuple[Fault, ...]]:
        """Set all faults inside the block; gives them in order. Raises SandboxError when two would meet one request."""
        waits = sandbox.backend.unfinished.waits(
            repr(self), "no request met a fault", "Write it as a block: with plan.on(sandbox): ..."
        )
        return Block(lambda: self._set_on(sandbox), waits)

    @contextmanager
    def _set_on(self, sandbox: Sandbox) -> Iterator[tuple[Fault, ...]]:
        with ExitStack() as stack:
            yield tuple([stack.enter_context(fault.on(sandbox)) for fault in self.faults])


def _set(value: object, **fields: object) -> None:
    """Fill a frozen dataclass that has a constructor of its own."""
    for name, given in fields.items():
        object.__setattr__(value, name, given)


def _print_call(printer: Any, name: str, values: Sequence[object]) -> None:
    """Print a plan as Hypothesis and IPython do it: like its repr, with line breaks where it is long."""
    with printer.group(4, f"{name}(", ")"):
        printer.pretty(list(values))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
