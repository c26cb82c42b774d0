"""What it costs to look at a sandbox in which much is or has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.engine.errors import UnknownId

from .fill import add_devices
from .method import Case, Effort, Spread, rounds
from .table import Row, budget_ratio

MANY_EVENTS = 10_000
FEW_EVENTS = 10
OF_ONE_ACCOUNT = 1_000
MANY_DEVICES = 100_000
NOTHING = "00000000-0000-4000-8000-000000000000"

Look = Callable[[Sandbox], object]


def look_rows(effort: Effort) -> Iterator[Row]:
    """Events of a long log against those of a short one, the loss of a big account, ids of nothing."""
    yield from _event_rows(effort)
    lost = [_seconds_of_a_loss(effort) for _ in range(min(effort.rounds, 10))]
    yield Row.of("account_lost", Spread.of(lost))
    yield from _unknown_rows(effort)


def _event_rows(effort: Effort) -> Iterator[Row]:
    few, many = (with_events(count) for count in (FEW_EVENTS, effort.many(MANY_EVENTS)))
    looks: dict[str, Look] = {
        "newest_event": lambda sandbox: sandbox.events[-1],
        "expect_newest": lambda sandbox: sandbox.expect_event("lock.unlocked"),
        "expect_oldest": lambda sandbox: sandbox.expect_event("device.added", count=1),
        "expect_none": lambda sandbox: sandbox.expect_no_event("device.removed"),
    }
    for key, look in looks.items():
        cases = [Case("few", lambda look=look: partial(look, few)), Case("many", lambda look=look: partial(look, many))]
        times = rounds(cases, effort)
        yield budget_ratio(key, times, "many", "few")


def with_events(count: int) -> Sandbox:
    """A sandbox with one device and so many events."""
    sandbox = Sandbox()
    [device_id] = add_devices(sandbox, 1)
    with sandbox.client() as seam:
        for _ in range((count - len(sandbox.events)) // 2):  # each logs two
            seam.locks.unlock_door(device_id=device_id)
    return sandbox


def _seconds_of_a_loss(effort: Effort) -> float:
    sandbox, clock = Sandbox(), effort.clock
    add_devices(sandbox, effort.many(OF_ONE_ACCOUNT))
    [account_id] = {event.connected_account_id for event in sandbox.events}
    started = clock()
    with sandbox.account_disconnected(account_id):
        pass
    return clock() - started


def _unknown_rows(effort: Effort) -> Iterator[Row]:
    sandbox = Sandbox()
    add_devices(sandbox, effort.many(MANY_DEVICES))
    looks: dict[str, Look] = {
        "unknown_device": lambda sandbox: sandbox.get_device(NOTHING),
        "unknown_phone": lambda sandbox: sandbox.get_phone(NOTHING),
        "unknown_account": lambda sandbox: sandbox.get_connected_account(NOTHING),
    }
    for key, look in looks.items():
        times = rounds([Case("it", lambda look=look: partial(_refused, sandbox, look))], effort)
        yield Row.of(key, Spread.of(times["it"]))


def _refused(sandbox: Sandbox, look: Look) -> None:
    try:
        look(sandbox)
    except UnknownId:
        return
    raise SystemExit(f"{NOTHING} was found")
