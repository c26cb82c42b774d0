"""How long the project's own suite takes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from .method import Effort, Spread
from .table import Row

ROOT = Path(__file__).parents[1]
QUICK = "tests/engine/test_lock.py"


def suite_rows(effort: Effort) -> Iterator[Row]:
    """One run through one transport with two workers, as README's second command does it through four."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
    command += [QUICK] if effort.is_quick else []
    started = perf_counter()
    environ = os.environ | {"TEST_TRANSPORTS": "transport"}
    run = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    seconds = perf_counter() - started
    last = run.stdout.strip().splitlines()[-1]
    yield Row.of("suite", Spread(seconds, seconds, seconds), digits=0, detail=last)
