"""What share of a state machine's run is the sandbox's, and not Hypothesis's own."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import wraps
from time import perf_counter
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from pytest_seam_sandbox.stateful import SandboxMachine

from .method import Effort, Spread
from .table import Row

RUNS = 50
STEPS = 10
LIMITS = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


def watched(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, its time added to what the sandbox takes; once where such functions call each other."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if Lock.inside:
            return function(*args, **kwargs)
        Lock.inside = True
        started = perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            Lock.seconds += perf_counter() - started
            Lock.inside = False

    return call


class Lock(SandboxMachine):
    """One lock, and all that can happen to it; no app. Everything that the sandbox adds to Hypothesis is watched."""

    inside: ClassVar[bool] = False
    seconds: ClassVar[float] = 0.0

    def start(self) -> None:  # noqa: D102 - as SandboxMachine has it
        for watched_part, names in ((self._seam_invariants, ["check"]), (self._outages, ["possible", "recoverable"])):
            for name in names:
                setattr(watched_part, name, watched(getattr(watched_part, name)))

    _begin = watched(SandboxMachine._begin)
    perform_step = watched(SandboxMachine.perform_step)
    teardown = watched(SandboxMachine.teardown)


def machine_rows(effort: Effort) -> Iterator[Row]:
    """The share of the sandbox in runs of ten steps, and how long such a run takes."""
    shares, wholes = [], []
    limits, runs = (settings(LIMITS, max_examples=5), 5) if effort.is_quick else (LIMITS, RUNS)
    gc.collect()
    gc.freeze()  # a full collection looks at all modules, wherever it happens to begin
    for _ in range(3 if effort.is_quick else max(4, effort.rounds // 3)):
        Lock.seconds = 0.0
        started = perf_counter()
        run_state_machine_as_test(Lock, settings=limits)
        wholes.append(perf_counter() - started)
        shares.append(100 * Lock.seconds / wholes[-1])
    gc.unfreeze()
    detail = f"{Spread.of(wholes[1:]).median / runs * 1e3:.2f} ms a run, {STEPS} steps"
    yield Row.of("machine", Spread.of(shares[1:]), digits=1, detail=detail)
