"""What it costs to look at a sandbox in which much is or has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.engine.errors import UnknownId

from .fill import add_devices
from .method import Case, Effort, Spread, rounds
from .table import Row, ratio_row

MANY_EVENTS = 10_000
FEW_EVENTS = 10
OF_ONE_ACCOUNT = 1_000
MANY_DEVICES = 100_000
NOTHING = "00000000-0000-4000-8000-000000000000"

Look = Callable[[Sandbox], object]


def look_rows(effort: Effort) -> Iterator[Row]:
    """Events of a long log against those of a short one, the loss of a big account, ids of nothing."""
    yield from _event_rows(effort)
    lost = [_seconds_of_a_loss(effort.clock) for _ in range(min(effort.rounds, 10))]
    yield Row(f"`account_disconnected`, {OF_ONE_ACCOUNT:,} devices, in and out", Spread.of(lost), 0.5, "s", 1.0)
    yield from _unknown_rows(effort)


def _event_rows(effort: Effort) -> Iterator[Row]:
    few, many = (_with_events(count) for count in (FEW_EVENTS, MANY_EVENTS))
    looks: dict[str, Look] = {
        "`sandbox.events[-1]`": lambda sandbox: sandbox.events[-1],
        "`expect_event` of the newest type": lambda sandbox: sandbox.expect_event("lock.unlocked"),
        "`expect_event` of the oldest event": lambda sandbox: sandbox.expect_event("device.added", count=1),
        "`expect_no_event`": lambda sandbox: sandbox.expect_no_event("device.removed"),
    }
    for name, look in looks.items():
        cases = [Case("few", lambda look=look: partial(look, few)), Case("many", lambda look=look: partial(look, many))]
        times = rounds(cases, effort)
        yield ratio_row(f"{name}, {MANY_EVENTS:,} events ÷ {FEW_EVENTS}", times, "many", "few", 2)


def _with_events(count: int) -> Sandbox:
    sandbox = Sandbox()
    [device_id] = add_devices(sandbox, 1)
    with sandbox.client() as seam:
        while len(sandbox.events) < count:
            seam.locks.unlock_door(device_id=device_id)
    return sandbox


def _seconds_of_a_loss(clock: Callable[[], float]) -> float:
    sandbox = Sandbox()
    add_devices(sandbox, OF_ONE_ACCOUNT)
    [account_id] = {event.connected_account_id for event in sandbox.events}
    started = clock()
    with sandbox.account_disconnected(account_id):
        pass
    return clock() - started


def _unknown_rows(effort: Effort) -> Iterator[Row]:
    sandbox = Sandbox()
    add_devices(sandbox, MANY_DEVICES)
    looks: dict[str, Look] = {
        "`get_device`": lambda sandbox: sandbox.get_device(NOTHING),
        "`get_phone`": lambda sandbox: sandbox.get_phone(NOTHING),
        "`get_connected_account`": lambda sandbox: sandbox.get_connected_account(NOTHING),
    }
    for name, look in looks.items():
        times = rounds([Case("it", lambda look=look: partial(_refused, sandbox, look))], effort)
        what = f"{name} of an unknown id among {MANY_DEVICES:,} devices"
        yield Row(what, Spread.of(times["it"]), 5, "ms", 1e-3)


def _refused(sandbox: Sandbox, look: Look) -> None:
    try:
        look(sandbox)
    except UnknownId:
        return
    raise SystemExit(f"{NOTHING} was found")
