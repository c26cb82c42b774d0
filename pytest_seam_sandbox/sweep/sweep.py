"""The sweep: a scenario once undisturbed, then once for each of its calls and each outage or fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Generic, Protocol, overload

from typing_extensions import TypedDict, Unpack

from ..engine.errors import ExpectationFailed, SandboxError, is_for_the_test
from ..engine.limits import Limits
from ..outages.specs import OutageKind, OutageSpec
from ..strategies.fault_specs import FaultKind, FaultSpec
from .injection_points import WHENS, Called, Disruption, InjectionPoint, When, hits_of, listed, name_of, points_in
from .report import failure_text, table_text
from .trial import App, Result, Trial

if TYPE_CHECKING:
    from ..report.texts import Names
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test


class SweepFailed(ExpectationFailed):
    """The program broke in at least one trial of a sweep; the cause is what the first of them raised."""


class SweepOptions(TypedDict, total=False):
    """What `sweep` takes beside the sandbox and the app."""

    disconnect: Any
    disconnect_hub: Any
    remove: Any
    expire: Any
    disconnect_account: Any
    deactivate: Any
    losses: Iterable[OutageSpec]
    faults: FaultKind | FaultSpec | Iterable[FaultKind | FaultSpec]
    when: When | Sequence[When]
    depth: int
    max_trials: int
    lasting: int | None
    only: str | None
    subtests: Any


@overload
def sweep(
    sandbox: Sandbox, *, app: Callable[[Sandbox], Awaitable[App]], **options: Unpack[SweepOptions]
) -> Sweep[App]: ...
@overload
def sweep(sandbox: Sandbox, *, app: Callable[[Sandbox], App], **options: Unpack[SweepOptions]) -> Sweep[App]: ...
@overload
def sweep(sandbox: Sandbox, *, app: None = None, **options: Unpack[SweepOptions]) -> Sweep[None]: ...
def sweep(
    sandbox: Sandbox,
    *,
    disconnect: Any = None,
    disconnect_hub: Any = None,
    remove: Any = None,
    expire: Any = None,
    disconnect_account: Any = None,
    deactivate: Any = None,
    losses: Iterable[OutageSpec] = (),
    faults: Any = (),
    when: When | Sequence[When] = WHENS,
    depth: int = 1,
    max_trials: int = 1000,
    lasting: int | None = None,
    only: str | None = None,
    app: Callable[[Sandbox], Any] | None = None,
    subtests: Any = None,
) -> Sweep[Any]:
    """Run a scenario with an outage or a fault at each of its calls in turn.

        for trial in sweep(sandbox, disconnect="FRONT DOOR", app=DoorService):
            with trial as sandbox:
                assert trial.app.unlock(door) in ("open", "offline")

    The first trial is undisturbed, and counts the calls of the program. Then there is one trial for each call, each
    outage or fault, and before and after the call, all from the state and the time in which the loop begins. After the
    loop the clock shows the latest time of any trial.

    disconnect, disconnect_hub, remove, expire, disconnect_account, deactivate: the devices (accounts, phones) that
        suffer it: label, id or model, or a list of them. losses: the same as values.
    faults: names of faults, or FaultSpec values, whose target does not matter. A fault "before" a call keeps it from
        taking effect, one "after" it loses the answer to what took effect. What the client repeats by itself meets the
        fault again, until the program sees the failure; FaultSpec(..., until_seen=False) strikes once, and a trial
        in which the client got through then is "absorbed" in the table.
    when: "before", "after" or both. depth: 2 for pairs of points too. max_trials: how many trials at most, the
        undisturbed one not counted. only: the name of a trial, to run just that one.
    lasting: the number of calls of the program that an outage or a fault strikes; else a fault strikes `times` calls,
        one by default, and an outage lasts to `trial.heal()` or to the end of the block.
    app: builds the program anew for each trial, as `trial.app`. subtests: pytest's fixture; each trial is a subtest.

    A trial keeps the failure of its block; when all have run, the loop raises SweepFailed with a table of them.
    Raises UnknownId or OutageNotPossible for what cannot suffer this, SandboxError for a sweep that makes no sense.
    """
    whens: tuple[When, ...] = tuple(listed(when))
    _check(bool(whens) and set(whens) <= set(WHENS), "when", when, "'before', 'after' or both")
    _check(depth in (1, 2), "depth", depth, "1 (single points) or 2 (pairs too)")
    _check(max_trials >= 1, "max_trials", max_trials, "a number of at least 1")
    _check(lasting is None or lasting >= 1, "lasting", lasting, "a number of calls of at least 1")
    by_kind: dict[OutageKind, Any] = {
        "disconnected": disconnect,
        "hub_disconnected": disconnect_hub,
        "removed": remove,
        "subscription_expired": expire,
        "account_disconnected": disconnect_account,
        "deactivated": deactivate,
    }
    hits = hits_of(sandbox, by_kind, losses, faults, whens)
    return Sweep(
        sandbox, hits, depth=depth, max_trials=max_trials, lasting=lasting, only=only, app=app, subtests=subtests
    )


def _check(condition: bool, name: str, found: object, wanted: str) -> None:
    if not condition:
        raise SandboxError(f"{name} is {found!r}; it takes {wanted}.")


class _Start:
    """The state and the time in which each trial begins."""

    def __init__(self, sandbox: Sandbox) -> None:
        app = sandbox._backend.app
        self._sandbox = sandbox
        self._snapshot = sandbox.snapshot()
        self._place = app.history.place
        self._time, self._is_held = app.clock.timestamp(), app.clock.is_held
        self._latest = self._time

    def go_back(self, *, is_over: bool = False) -> None:
        """The state in which the loop began, and its time; once the loop is over, the latest time of any trial."""
        app = self._sandbox._backend.app
        with app.lock:
            self._latest = max(self._latest, app.clock.timestamp())
            app.clock.go_back(self._time, is_held=self._is_held)
            self._sandbox.restore(self._snapshot)
            app.limits = Limits()
            app.history.cut(self._place)
            if is_over:
                app.clock.move_to(self._latest)

    def leave(self) -> None:
        """Stay in the state of this trial, at the latest time of any trial."""
        app = self._sandbox._backend.app
        with app.lock:
            app.clock.move_to(self._latest)


class SeamSweep(Protocol):
    """What the fixture seam_sweep is: `sweep` of seam_sandbox."""

    @overload
    def __call__(self, *, app: Callable[[Sandbox], Awaitable[App]], **options: Unpack[SweepOptions]) -> Sweep[App]: ...
    @overload
    def __call__(self, *, app: Callable[[Sandbox], App], **options: Unpack[SweepOptions]) -> Sweep[App]: ...
    @overload
    def __call__(self, *, app: None = None, **options: Unpack[SweepOptions]) -> Sweep[None]: ...


class Sweep(Generic[App]):
    """The trials of one scenario, to be looped over once.

    hits: what is done to the program. calls: method and path of each call of the undisturbed scenario. results: what
    came of each trial so far, the undisturbed one left out. left_out: how many trials, by the number of their points,
    there was no room for.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        hits: Sequence[Disruption],
        *,
        depth: int,
        max_trials: int,
        lasting: int | None,
        only: str | None,
        app: Callable[[Sandbox], Any] | None,
        subtests: Any,
    ) -> None:
        self.hits = hits
        self.calls: Sequence[Called] = ()
        self.results: list[Result] = []
        self.left_out: Counter[int] = Counter()
        self.max_trials = max_trials
        self._sandbox = sandbox
        self.depth = depth
        self._lasting = lasting
        self._only = only
        self._build = app
        self._subtests = subtests
        self._has_begun = False
        self._idle = SandboxError("this sweep has not run. Loop over it: for trial in seam_sweep(...): with trial: ...")
        sandbox._unused.append(self._idle)

    @property
    def table(self) -> str:
        """What came of the trials, call by call, for people."""
        return table_text(self)

    @property
    def names(self) -> Names:
        """The names for ids in texts about the trials."""
        return self._sandbox._backend.names()

    @property
    def failures(self) -> list[Result]:
        """The trials that failed, the smallest first."""
        return [result for result in self.results if result.outcome == "failed"]

    def __iter__(self) -> Iterator[Trial[App]]:
        __tracebackhide__ = True
        self._claim()
        start = _Start(self._sandbox)
        try:
            for trial in self._trials():
                start.go_back()
                yield trial
                if trial.result is None:
                    raise SandboxError(
                        f"the trial {trial.name!r} did not run: the body of the loop has not entered it. "
                        "Write: for trial in seam_sweep(...): with trial as sandbox: ..."
                    )
        except BaseException:  # the loop was left early, or cannot go on
            start.leave()
            if failure := self._failure():
                self._sandbox._keep(failure)
            raise
        start.go_back(is_over=True)
        if failure := self._failure():
            self._sandbox._backend.app.history.extend(self.failures[0].history)  # for the timeline below a failed test
            raise failure

    def _claim(self) -> None:
        """Be looped over now, for the first time."""
        if self._has_begun:
            raise SandboxError("this sweep has run already. Make a new one for each loop.")
        self._has_begun = True
        if self._idle in self._sandbox._unused:
            self._sandbox._unused.remove(self._idle)
        if self._sandbox.faults.active:
            names = ", ".join(map(str, self._sandbox.faults.active))
            raise SandboxError(
                f"a sweep cannot begin while faults are set ({names}): each trial needs them anew. Set them inside "
                "the block of the trial, or give them to the sweep as faults=[...]."
            )

    def _trials(self) -> Iterator[Trial[App]]:
        """The undisturbed trial, then one for each point, then those for pairs: all as far as there is room."""
        whole: Trial[App] = Trial(self._sandbox, (), (), build=self._build)
        yield whole
        self.calls = whole.calls
        if not self.calls:
            raise SandboxError(
                "the scenario made no API call before trial.heal() or the end of its block, so there is nothing to "
                "hit. Let the program under test talk to this sandbox inside the block: trial.app, sandbox.client()."
            )
        seen = []
        for points, expected in self._plan():
            if self._only is not None:
                seen.append(name_of(points))
                if not f"{self._only}, ".startswith(f"{seen[-1]}, "):
                    continue
            if len(self.results) == self.max_trials:
                self.left_out[len(points)] += 1
                continue
            yield Trial(
                self._sandbox,
                points,
                expected,
                build=self._build,
                lasting=self._lasting,
                subtests=self._subtests,
                tell=self.results.append,
            )
        if self._only is not None and self._only not in seen and not self.failures:
            near = ", ".join(map(repr, get_close_matches(self._only, seen, n=3, cutoff=0.3))) or repr(seen[0])
            raise SandboxError(f"this sweep has no trial {self._only!r}. Nearest: {near}.")

    def _plan(self) -> Iterator[tuple[tuple[InjectionPoint, ...], Sequence[Called]]]:
        """The points of each trial with the calls up to there. Pairs go on where the first point alone did no harm."""
        for point in points_in(self.calls, self.hits):
            yield (point,), self.calls
        if self.depth == 1 or self.left_out:
            return
        for result in [result for result in self.results if result.outcome == "passed"]:
            for second in points_in(result.calls, self.hits):
                if second.can_follow(result.points[0], self._lasting):
                    yield (*result.points, second), result.calls

    def _failure(self) -> SweepFailed | None:
        """What to raise for the trials that failed; None when there are none, or when subtests have told of them."""
        if not self.failures or self._subtests is not None:
            return None
        failure = SweepFailed(failure_text(self))
        failure.__cause__ = self.failures[0].error
        return failure
