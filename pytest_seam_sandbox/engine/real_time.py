"""Real time, for what waits for other processes: it runs on while freezegun or time-machine hold clocks."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

# Windows has no such function.
real_seconds: Callable[[], float] = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime") else time.monotonic
)
"""Seconds since some moment in the past."""


def wall_time(path: Path) -> float:
    """Seconds since 1970, as the system writes them on a file that is touched: libraries hold Python's clocks only."""
    path.touch()
    os.utime(path)
    return path.stat().st_mtime
