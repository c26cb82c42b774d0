"""Measures what finds each planted bug, and after how many examples; writes the table of README.md.

    PYTHONPATH=tests python -m planted.measure

Per bug: the example test of its author; the strategy and the machine with SEEDS seeds each and at most LIMIT examples;
the sweep once, since nothing in it is random.
"""

import statistics
import sys
from collections.abc import Callable

import hypothesis

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
from pytest_seam_sandbox.chaos.sweep import SweepFailed

SEEDS = 9
LIMIT = 500
START, END = "<!-- measured -->\n", "<!-- /measured -->\n"
HEAD = "| module | bug | what goes wrong | example test | strategy | machine | sweep |\n|---|---|---|---|---|---|---|\n"


def by_example(pair: Planted) -> str:
    try:
        run_example(pair, pair.module.Buggy)
    except AssertionError:
        return "found"
    return "missed"


def by_chance(pair: Planted, search: Callable[..., None]) -> str:
    """How many examples until the bug was found: median and most, over the seeds."""
    counts = sorted(examples_until_found(pair, search, seed) for seed in range(SEEDS))
    found = [count for count in counts if count <= LIMIT]
    if not found:
        return f"not in {LIMIT}"
    median = statistics.median_high(counts)
    told = f"{median}" if median <= LIMIT else f"> {LIMIT}"
    most = f"≤ {counts[-1]}" if len(found) == SEEDS else f"{len(found)} of {SEEDS} seeds"
    return f"{told} ({most})"


def examples_until_found(pair: Planted, search: Callable[..., None], seed: int) -> int:
    begun = []
    seeded = hypothesis.seed(seed)
    try:
        search(pair, pair.module.Buggy, searching(LIMIT, seed=seed), lambda *_: begun.append(None), seeded)
    except AssertionError:
        return len(begun) - 1  # the last one repeats the failure for its report
    return LIMIT + 1


def by_sweep(pair: Planted) -> str:
    with pair.sandbox() as sandbox:
        trials = sweep_of(pair, pair.module.Buggy, sandbox)
        try:
            run_sweep(pair, trials)
        except SweepFailed:
            first = next(number for number, result in enumerate(trials.results, 1) if result.outcome == "failed")
            return f"{first} of {len(trials.results)}"
    return f"not in {len(trials.results)}"


def row(pair: Planted) -> str:
    ways = (by_example(pair), by_chance(pair, run_strategy), by_chance(pair, run_machine), by_sweep(pair))
    return "| " + " | ".join((f"`{pair.name}`", pair.module.BUG, pair.module.WRONG, *ways)) + " |\n"


def main() -> None:
    path = FOLDER / "README.md"
    before, rest = path.read_text("utf-8").split(START)
    rows = []
    for name in NAMES:
        rows.append(row(planted(name)))
        sys.stdout.write(rows[-1])
    path.write_text(before + START + HEAD + "".join(rows) + END + rest.split(END)[1], "utf-8")


if __name__ == "__main__":
    main()
