"""The loop over the trials: a scenario once undisturbed, then once for each of its calls and each disruption."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic

from .. import watch
from ..engine.errors import ExpectationFailed, SandboxError, is_for_the_test
from ..engine.limits import Limits
from .injection_points import Called, Disruption, InjectionPoint, all_injection_points, trial_name
from .report import Findings, failure_text, picture, table_text
from .trial import App, Result, Trial

if TYPE_CHECKING:
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test


class SweepFailed(ExpectationFailed):
    """The program broke in at least one trial of a sweep; the cause is what the first of them raised."""


class _Start:
    """The state and the time in which each trial begins."""

    def __init__(self, sandbox: Sandbox) -> None:
        app = sandbox.embedded.app
        self._sandbox = sandbox
        self._snapshot = sandbox.snapshot()
        self._place = app.history.place
        self._time, self._is_held = app.clock.timestamp(), app.clock.is_held
        self._latest = self._time

    def go_back(self, *, is_over: bool = False) -> None:
        """The state in which the loop began, and its time; once the loop is over, the latest time of any trial."""
        app = self._sandbox.embedded.app
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
        app = self._sandbox.embedded.app
        with app.lock:
            app.clock.move_to(self._latest)


class Sweep(Generic[App]):
    """The trials of one scenario, to be looped over once.

    disruptions: what is done to the program. calls: method and path of each call of the undisturbed scenario. results:
    what came of each trial so far, the undisturbed one left out. left_out: how many trials there was no room for, by
    the number of their injection points.
    depth: how many injection points a trial has at most. max_trials: how many trials there may be.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        disruptions: Sequence[Disruption],
        *,
        depth: int,
        max_trials: int,
        lasting: int | None,
        only: str | None,
        app: Callable[[Sandbox], Any] | None,
        subtests: Any,
    ) -> None:
        self.disruptions = disruptions
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
        sandbox.backend.unfinished.unused.append(self._idle)

    @property
    def table(self) -> str:
        """What came of the trials, call by call, for people."""
        return table_text(self._findings)

    @property
    def _findings(self) -> Findings:
        return Findings(
            self.disruptions, self.calls, self.results, self.left_out, depth=self.depth, max_trials=self.max_trials
        )

    @property
    def failures(self) -> list[Result]:
        """The trials that failed, the smallest first."""
        return [result for result in self.results if result.outcome == "failed"]

    def __iter__(self) -> Iterator[Trial[App]]:
        __tracebackhide__ = True
        self._claim()
        start = _Start(self._sandbox)
        try:
            with watch.work() as tell:
                for trial in self._trials():
                    start.go_back()
                    tell(self._progress)
                    yield trial
                    if trial.result is None:
                        raise SandboxError(
                            f"the trial {trial.name!r} did not run: the body of the loop has not entered it. "
                            "Write: for trial in seam_sweep(...): with trial as sandbox: ..."
                        )
        except BaseException:  # the loop was left early, or cannot go on
            start.leave()
            self._show()
            if failure := self._failure():
                self._sandbox.backend.unfinished.problems.append(failure)
            raise
        start.go_back(is_over=True)
        self._show()
        if failure := self._failure():
            self._sandbox.embedded.app.history.extend(self.failures[0].history)  # for the timeline below a failed test
            raise failure

    def _claim(self) -> None:
        """Be looped over now, for the first time."""
        if self._has_begun:
            raise SandboxError("this sweep has run already. Make a new one for each loop.")
        self._has_begun = True
        if self._idle in self._sandbox.backend.unfinished.unused:
            self._sandbox.backend.unfinished.unused.remove(self._idle)
        if self._sandbox.faults.active:
            names = ", ".join(map(str, self._sandbox.faults.active))
            raise SandboxError(
                f"a sweep cannot begin while faults are set ({names}): each trial needs them anew. Set them inside "
                "the block of the trial, or give them to the sweep as faults=[...]."
            )

    def _trials(self) -> Iterator[Trial[App]]:
        """The undisturbed trial, one for each injection point, one for each pair: all as far as there is room."""
        whole: Trial[App] = Trial(self._sandbox, (), (), build=self._build)
        yield whole
        self.calls = whole.calls
        if not self.calls:
            raise SandboxError(
                "the scenario made no API call before trial.heal() or the end of its block, so there is no "
                "injection point. Let the program under test talk to this sandbox inside the block: trial.app, "
                "sandbox.client()."
            )
        seen = []
        for points, expected in self._plan():
            if self._only is not None:
                seen.append(trial_name(points))
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
                report=self.results.append,
            )
        if self._only is not None and self._only not in seen and not self.failures:
            near = ", ".join(map(repr, get_close_matches(self._only, seen, n=3, cutoff=0.3))) or repr(seen[0])
            raise SandboxError(f"this sweep has no trial {self._only!r}. Nearest: {near}.")

    def _plan(self) -> Iterator[tuple[tuple[InjectionPoint, ...], Sequence[Called]]]:
        """The injection points of each trial, and the calls up to there. Pairs go on where the first did no harm."""
        for point in all_injection_points(self.calls, self.disruptions):
            yield (point,), self.calls
        if self.depth == 1 or self.left_out:
            return
        for result in [result for result in self.results if result.outcome == "passed"]:
            for second in all_injection_points(result.calls, self.disruptions):
                if second.can_follow(result.injection_points[0], self._lasting):
                    yield (*result.injection_points, second), result.calls

    def _progress(self, test: str, _seconds: float) -> str:
        """How far the sweep is; of how many trials, where that is known before."""
        text = f"sweep {test}: trial {len(self.results) + 1}"
        if self.calls and self.depth == 1 and self._only is None:
            text += f" of {sum(1 for _ in islice(self._plan(), self.max_trials))}"
        return f"{text}, {len(self.failures)} failed" if self.failures else text

    def _show(self) -> None:
        """Have the table on the report page."""
        if self.failures:
            watch.show(lambda: picture(self._findings))

    def _failure(self) -> SweepFailed | None:
        """What to raise for the trials that failed; None when there are none, or when subtests have reported them."""
        if not self.failures or self._subtests is not None:
            return None
        failure = SweepFailed(failure_text(self._findings, self._sandbox.backend.names()))
        failure.__cause__ = self.failures[0].error
        return failure
