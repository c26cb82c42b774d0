"""What a fresh sandbox, a snapshot and a device cost."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator

from pytest_seam_sandbox import Sandbox

from .fill import add_devices
from .method import Case, Effort, Spread, rounds
from .table import Row

DEVICES = 100_000


def state_rows(effort: Effort) -> Iterator[Row]:
    """A fresh sandbox; there and back again with 1,000 devices."""
    full = Sandbox()
    add_devices(full, effort.many(1_000))
    cases = [Case("fresh", lambda: Sandbox), Case("snapshot", lambda: _there_and_back(full))]
    times = rounds(cases, effort)
    yield Row.of("fresh", Spread.of(times["fresh"]), digits=1)
    yield Row.of("snapshot", Spread.of(times["snapshot"]), digits=1)


def _there_and_back(sandbox: Sandbox) -> Callable[[], object]:
    return lambda: sandbox.restore(sandbox.snapshot())


def memory_rows(effort: Effort) -> Iterator[Row]:
    """Memory per device, with its JSON; then with the two events that each new device logs."""
    sandbox, devices = Sandbox(), effort.many(DEVICES)
    add_devices(sandbox, 1)  # imports and caches are no part of a device
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    add_devices(sandbox, devices)
    gc.collect()
    with_events = tracemalloc.get_traced_memory()[0] - before
    sandbox.embedded.workspace.events.clear()
    sandbox.embedded.app.history.clear()
    gc.collect()
    alone = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    yield Row.of("memory", _exactly(alone / devices))
    yield Row("the same with its two events in log and timeline", _exactly(with_events / devices), "KiB", 1024)


def _exactly(value: float) -> Spread:
    return Spread(value, value, value)
