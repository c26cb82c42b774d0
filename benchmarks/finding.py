"""How long a state machine takes to a finished failure: the bug found, shrunk and told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, settings

from .method import Effort, Spread
from .table import Row

BUGS = ("double_unlock", "forgets_hub", "lost_cursor")
LIMITS = settings(max_examples=1000, database=None, deadline=None, suppress_health_check=list(HealthCheck))
"""As the package runs them by default, with examples enough to find each bug."""


def finding_rows(effort: Effort) -> Iterator[Row]:
    """Each of three planted bugs, with a few seeds."""
    sys.path.append(str(Path(__file__).parents[1] / "tests"))
    harness: Any = import_module("planted.harness")
    for name in BUGS:
        pair = harness.planted(name)
        seconds = [_finish(harness.machine_of(pair, pair.module.Buggy), seed, effort) for seed in _seeds(effort)]
        what = f"`SandboxMachine`: a failure found, shrunk and told ({pair.module.BUG})"
        yield Row(what, Spread.of(seconds), unit="s", digits=1, detail=f"{len(seconds)} seeds")


def _seeds(effort: Effort) -> range:
    return range(max(4, effort.rounds // 5))


def _finish(machine: Any, seed: int, effort: Effort) -> float:
    """Seconds until the machine has failed, by the test case that pytest runs."""
    case = hypothesis.seed(seed)(machine).TestCase("runTest")
    case.settings = LIMITS
    started = effort.clock()
    try:
        case.runTest()
    except AssertionError:
        return effort.clock() - started
    raise LookupError(f"{machine.__name__} found nothing with seed {seed}")
