"""Measures what finds each planted bug, how fast, and how long its transcript is; writes the table of README.md.

    PYTHONPATH=tests python -m planted.measure [module ...]

Per bug: the example test of its author; the strategy and the machine with SEEDS seeds each and at most LIMIT examples;
the sweep once, since nothing in it is random. Seconds are processor time. Modules: by default all; the rows of the
others stay.
"""

import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import hypothesis
from hypothesis import Phase, settings

from planted.harness import (
    FOLDER,
    NAMES,
    Planted,
    planted,
    run_example,
    run_machine,
    run_strategy,
    run_sweep,
    searching,
    sweep_of,
)
from pytest_seam_sandbox.sweep import SweepFailed
from stateful.running import steps_of

SEEDS = 20
LIMIT = 500
START, END = "<!-- measured -->\n", "<!-- /measured -->\n"
HEAD = (
    "| module | bug | what goes wrong | example test | strategy | machine | transcript | sweep |\n"
    "|---|---|---|---|---|---|---|---|\n"
)


@dataclass(frozen=True)
class Watched(Planted):
    """A pair that notes how many examples had begun, and after how many seconds, when the bug was found."""

    started: float = field(default_factory=time.process_time)
    begun: list[None] = field(default_factory=list)
    found: list[tuple[int, float]] = field(default_factory=list)

    def begins(self, *_: object) -> None:
        self.begun.append(None)

    def turn(self, *app_and_sandbox: object) -> None:
        with self._noting():
            super().turn(*app_and_sandbox)

    def end(self, *app_and_sandbox: object) -> None:
        with self._noting():
            super().end(*app_and_sandbox)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except AssertionError:
            self.found.append((len(self.begun), time.process_time() - self.started))
            raise


def by_example(pair: Planted) -> str:
    try:
        run_example(pair, pair.module.Buggy)
    except AssertionError:
        return "found"
    return "missed"


def by_strategy(pair: Planted) -> str:
    return summary_of([search(pair, run_strategy, seed)[0] for seed in range(SEEDS)])


def by_machine(pair: Planted) -> tuple[str, str]:
    """How the machine finds the bug, and the steps of its transcript: median and most, over the seeds."""
    searches = [search(pair, run_machine, seed, Phase.shrink) for seed in range(SEEDS)]
    steps = sorted(len(steps_of(error)) for _, error in searches if error is not None)
    transcript = f"{statistics.median_high(steps)} (≤ {steps[-1]})" if steps else ""
    return summary_of([watched for watched, _ in searches]), transcript


def search(
    pair: Planted, run: Callable[..., None], seed: int, *more: Phase
) -> tuple[tuple[int, float] | None, AssertionError | None]:
    """After how many examples and seconds the bug was found, and the failure; the search ends with its phases."""
    watched = Watched(pair.name, pair.module)
    chosen = settings(searching(LIMIT, seed=seed), phases=(Phase.generate, *more))
    try:
        run(watched, pair.module.Buggy, chosen, watched.begins, hypothesis.seed(seed))
    except AssertionError as error:
        return watched.found[0], error
    return None, None


def summary_of(searches: Sequence[tuple[int, float] | None]) -> str:
    """For how many seeds the bug was found, and the median over these of examples and seconds."""
    found = [one for one in searches if one is not None]
    if not found:
        return f"not in {LIMIT}"
    examples, seconds = (statistics.median_high(values) for values in zip(*found, strict=True))
    return f"{len(found)} of {len(searches)}: {examples:.0f}, {seconds:.1f} s"


def by_sweep(pair: Planted) -> str:
    """The first trial that found the bug, by an assertion of its own module, of how many."""
    with pair.sandbox() as sandbox:
        trials = sweep_of(pair, pair.module.Buggy, sandbox)
        try:
            run_sweep(pair, trials)
        except SweepFailed as failure:
            if not isinstance(failure.__cause__, AssertionError):
                raise
            first = next(number for number, result in enumerate(trials.results, 1) if result.outcome == "failed")
            return f"{first} of {len(trials.results)}"
    return f"not in {len(trials.results)}"


def row(pair: Planted) -> str:
    example, strategy = by_example(pair), by_strategy(pair)
    machine, transcript = by_machine(pair)
    started = time.process_time()
    sweep = f"{by_sweep(pair)}, {time.process_time() - started:.1f} s"
    cells = (f"`{pair.name}`", pair.module.BUG, pair.module.WRONG, example, strategy, machine, transcript, sweep)
    return "| " + " | ".join(cells) + " |\n"


def main() -> None:
    path = FOLDER / "README.md"
    before, rest = path.read_text("utf-8").split(START)
    old, after = rest.split(END)
    rows = {line.split("`")[1]: line for line in re.findall(r"^\| `.*\n", old, flags=re.MULTILINE)}
    for name in sys.argv[1:] or NAMES:
        rows[name] = row(planted(name))
        sys.stdout.write(rows[name])
        sys.stdout.flush()
        table = HEAD + "".join(rows[name] for name in sorted(rows))
        path.write_text(before + START + table + END + after, "utf-8")


if __name__ == "__main__":
    main()
