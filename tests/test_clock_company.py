"""The sandbox clock beside other tools for time, and the order in which it does what is due."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from freezegun import freeze_time

from pytest_seam_sandbox import Sandbox

NEW_YEAR = datetime(2031, 1, 1, tzinfo=UTC)


def test_clock_runs_with_a_frozen_wall_clock():
    """Under freezegun the sandbox shows freezegun's time, and moves on its own as well."""
    with freeze_time(NEW_YEAR) as wall:
        sandbox = Sandbox()
        first = sandbox.clock.now()
        wall.tick(timedelta(seconds=5))
        sandbox.clock.advance(60)
        second = sandbox.clock.now()

    assert (first, second) == (NEW_YEAR, NEW_YEAR + timedelta(seconds=65))


def test_clock_travels_with_time_machine():
    """Under time-machine the sandbox goes where the process goes; events carry that time."""
    with time_machine.travel(NEW_YEAR, tick=False) as traveller:
        sandbox = Sandbox()
        traveller.shift(timedelta(days=1))
        sandbox.create_device()

    assert {event.created_at for event in sandbox.events} == {"2031-01-02T00:00:00.000Z"}


@pytest.mark.parametrize("travel", [freeze_time, lambda at: time_machine.travel(at, tick=False)])
def test_clock_stays_when_the_wall_clock_goes_back(travel):
    """A tool that takes the process into the past does not take the sandbox with it."""
    sandbox = Sandbox()
    before = sandbox.clock.now()

    with travel(datetime(2001, 1, 1, tzinfo=UTC)):
        during = sandbox.clock.now()

    assert before <= during <= before + timedelta(seconds=5)


def test_frozen_sandbox_ignores_the_wall_clock():
    """A sandbox clock that stands does not move with the process."""
    sandbox = Sandbox()
    sandbox.clock.freeze(NEW_YEAR)

    with time_machine.travel(NEW_YEAR + timedelta(days=365), tick=False):
        assert sandbox.clock.now() == NEW_YEAR


def test_due_work_happens_in_order_and_carries_its_time():
    """Attempts, codes and plans that become due in one move do so at their own times, one after the other."""
    sandbox = Sandbox(action_attempts=90)
    lock, nuki = sandbox.create_device(), sandbox.create_device("nuki_lock")
    sandbox.clock.freeze(NEW_YEAR)
    client = sandbox.client()
    client.locks.unlock_door(device_id=lock.device_id, wait_for_action_attempt=False)
    sandbox.create_access_code(
        lock, code="4711", starts_at=NEW_YEAR + timedelta(minutes=2), ends_at=NEW_YEAR + timedelta(minutes=3)
    )
    mark = len(sandbox.events)

    sandbox.clock.advance(timedelta(hours=1))

    due = [(event.event_type, event.created_at[11:19]) for event in sandbox.events[mark:]]
    assert due[:2] == [
        ("lock.unlocked", "00:01:30"),
        ("action_attempt.unlock_door.succeeded", "00:01:30"),
    ]
    assert [at for _, at in due] == sorted(at for _, at in due)
    assert {("access_code.removed_from_device", "00:03:00")} <= set(due)
    assert nuki.properties.online


def test_run_until_idle_stops_at_the_last_due_time():
    """Nothing is left to do, and the clock stands where the last work was due."""
    sandbox = Sandbox(action_attempts=30)
    lock = sandbox.create_device()
    sandbox.clock.freeze(NEW_YEAR)
    sandbox.client().locks.unlock_door(device_id=lock.device_id, wait_for_action_attempt=False)

    sandbox.clock.run_until_idle()

    assert sandbox.clock.now() == NEW_YEAR + timedelta(seconds=30)
    sandbox.expect_event("action_attempt.unlock_door.succeeded", count=1)


def test_the_first_moment_is_a_moment_like_any_other():
    """At the beginning of 1970, where many programs stop their clock, rows have times and events are found."""
    with freeze_time("1970-01-01"), Sandbox() as sandbox, sandbox.http() as http:
        device = sandbox.create_device()
        event = http.get("/events/get", params={"device_id": device.device_id}).json()["event"]

    assert device.created_at == event["created_at"] == "1970-01-01T00:00:00.000Z"
