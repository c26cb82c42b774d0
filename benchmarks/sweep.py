"""How many trials of a sweep a second has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from seam import Seam, SeamActionAttemptFailedError

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.sweep import sweep

from .method import Case, Effort, Spread, rounds
from .table import Row

CALLS = 3


def sweep_rows(effort: Effort) -> Iterator[Row]:
    """A scenario of three SDK calls, hit by an outage before and after each of them."""
    sandbox = Sandbox()
    sandbox.create_device(name="DOOR")
    trials = 1 + 2 * CALLS
    times = rounds([Case("sweep", lambda: partial(_sweep, sandbox)), Case("scenario", _undisturbed)], effort)
    rates = Spread.of(trials / seconds for seconds in times["sweep"])
    trial, alone = Spread.of(times["sweep"]).median / trials * 1e6, Spread.of(times["scenario"]).median * 1e6
    detail = f"{trial:,.0f} µs per trial of {CALLS} SDK calls, which take {alone:,.0f} µs alone"
    yield Row("sweep trials per second", rates, unit="trials/s", digits=0, detail=detail)


def _sweep(sandbox: Sandbox) -> None:
    for trial in sweep(sandbox, disconnect="DOOR", app=Sandbox.client):
        with trial:
            _scenario(trial.app)


def _undisturbed() -> Callable[[], object]:
    sandbox = Sandbox()
    sandbox.create_device(name="DOOR")
    return lambda: _scenario(sandbox.client())


def _scenario(seam: Seam) -> None:
    device_id = seam.devices.list()[0].device_id
    with suppress(SeamActionAttemptFailedError):
        seam.locks.unlock_door(device_id=device_id)
    seam.devices.get(device_id=device_id)
