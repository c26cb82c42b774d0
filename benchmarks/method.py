"""How to measure: cases in turn, round after round; a ratio is taken between samples of the same round."""

from __future__ import annotations

import gc
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import quantiles
from time import perf_counter, process_time

SAMPLE_SECONDS = 0.02
"""The shortest sample; cases are repeated until one sample takes this long."""
QUICK_COUNT = 50


@dataclass(frozen=True)
class Spread:
    """A median with its quartiles."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """The quartiles of at least two values."""
        return cls(*quantiles(values, n=4, method="inclusive"))

    def text(self, unit: float = 1.0, digits: int = 2) -> str:
        """The median, then the quartiles, in units of `unit`."""
        low, median, high = (f"{value / unit:.{digits}f}" for value in (self.low, self.median, self.high))
        return f"{median} ({low} to {high})"


@dataclass(frozen=True)
class Case:
    """Something to measure. make: called before each sample, unmeasured; gives what is called again and again."""

    name: str
    make: Callable[[], Callable[[], object]]


@dataclass(frozen=True)
class Effort:
    """How long to measure, and by which clock: `process_time` is for a machine that others use at the same time.

    is_quick: measure little, to see that everything runs.
    """

    rounds: int
    on_processor: bool = False
    is_quick: bool = False

    def many(self, count: int) -> int:
        """So many things; few in a quick run, whose figures mean nothing."""
        return min(count, QUICK_COUNT) if self.is_quick else count

    @property
    def sample_seconds(self) -> float:
        """How long a sample is at least."""
        return SAMPLE_SECONDS / 100 if self.is_quick else SAMPLE_SECONDS

    @property
    def clock(self) -> Callable[[], float]:
        """The clock for calls."""
        return process_time if self.on_processor else perf_counter


def rounds(cases: Sequence[Case], effort: Effort) -> dict[str, list[float]]:
    """Seconds per call of each case, one value for each round. The first samples warm up and choose the repeats."""
    repeats = {case.name: _repeats(case, effort) for case in cases}
    times: dict[str, list[float]] = {case.name: [] for case in cases}
    for _ in range(effort.rounds):
        for case in cases:
            times[case.name].append(_sample(case, repeats[case.name], effort) / repeats[case.name])
    return times


def ratios(times: Mapping[str, Sequence[float]], case: str, floor: str) -> Spread:
    """How many times as long as the floor a case takes, round by round."""
    return Spread.of(mine / base for mine, base in zip(times[case], times[floor], strict=True))


def _repeats(case: Case, effort: Effort) -> int:
    repeats, least = 1, effort.sample_seconds
    while (seconds := _sample(case, repeats, effort)) < least:
        repeats = max(repeats + 1, int(repeats * min(10, 1.2 * least / max(seconds, 1e-9))))
    return repeats


def _sample(case: Case, repeats: int, effort: Effort) -> float:
    call, clock = case.make(), effort.clock
    if not effort.is_quick:
        gc.collect()
    gc.disable()
    try:
        for _ in range(1 + repeats // 5):  # what was just made, and a collection has passed over, is in no cache
            call()
        started = clock()
        for _ in range(repeats):
            call()
        return clock() - started
    finally:
        gc.enable()


@dataclass(frozen=True)
class Run:
    """Seconds of one process: on the processor, and by the clock."""

    cpu: float
    wall: float


def run_process(command: Sequence[str], folder: str) -> Run:
    """Run a command in a folder to its successful end. Bytecode is kept below the folder, whatever the environment."""
    environ = os.environ | {"PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode"))}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    before, started = getrusage(RUSAGE_CHILDREN), perf_counter()
    subprocess.run(command, cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL)
    after, ended = getrusage(RUSAGE_CHILDREN), perf_counter()
    return Run(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ended - started)
