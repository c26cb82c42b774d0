"""Access codes with a time frame: when they go to the lock, when they open it, and that they end."""

from datetime import timedelta

import pytest

from families.codes import DAY, HOUR, log, pending, status, stay
from pytest_seam_sandbox import seam_raises


@pytest.fixture(autouse=True)
def frozen(seam_sandbox):
    """The clock moves when a test moves it, so that every time is exact."""
    seam_sandbox.clock.freeze()


def test_distant_code_is_deferred(seam, seam_sandbox, sandbox_device):
    """A code that starts in a week is unset and says when it will be programmed: 72 hours ahead."""
    code = stay(seam_sandbox, sandbox_device, starts_in=7 * DAY)

    found = seam.access_codes.get(access_code_id=code.access_code_id)

    assert (found.type, found.status, found.is_scheduled_on_device) == ("time_bound", "unset", False)
    assert pending(found) == ["deferring_creation"]
    due = (seam_sandbox.clock.now() + 4 * DAY).strftime("%Y-%m-%dT%H:%M")
    assert found.pending_mutations[0].scheduled_at.startswith(due)
    assert log(seam_sandbox) == ["access_code.created"]


def test_native_code_is_preloaded_three_days_ahead(seam, seam_sandbox, sandbox_device):
    """72 hours before the start the lock knows the code: scheduled, still unset, with its own event."""
    code = stay(seam_sandbox, sandbox_device, starts_in=4 * DAY)
    seam_sandbox.clock.advance(DAY)

    found = seam.access_codes.get(access_code_id=code.access_code_id)

    assert (found.status, found.is_scheduled_on_device, found.pending_mutations) == ("unset", True, [])
    event = seam_sandbox.expect_event("access_code.scheduled_on_device", count=1)
    assert event.code == found.code
    seam_sandbox.expect_no_event("access_code.set_on_device")


def test_native_code_is_set_at_its_start(seam, seam_sandbox, sandbox_device):
    """At the start the preloaded code is set, not a second earlier."""
    code = stay(seam_sandbox, sandbox_device, starts_in=DAY)
    seam_sandbox.clock.advance(DAY - timedelta(seconds=1))
    before = status(seam, code)

    seam_sandbox.clock.advance(1)

    assert (before, status(seam, code)) == ("unset", "set")
    seam_sandbox.expect_event("access_code.set_on_device", count=1, created_at=code.starts_at)


def test_preloaded_code_starts_while_the_lock_is_offline(seam, seam_sandbox, sandbox_device):
    """The lock has the code and the time: the outage does not matter."""
    code = stay(seam_sandbox, sandbox_device, starts_in=DAY)
    with seam_sandbox.disconnected(sandbox_device):
        seam_sandbox.clock.advance(DAY)

        assert status(seam, code) == "set"
        seam_sandbox.expect_event("access_code.set_on_device", count=1)


def test_native_code_that_missed_its_preload_is_late_at_its_start(seam, seam_sandbox, sandbox_device):
    """An offline lock did not get the code: unset until the start, with a failure, then setting."""
    with seam_sandbox.disconnected(sandbox_device):
        code = stay(seam_sandbox, sandbox_device, starts_in=4 * DAY)
        seam_sandbox.clock.advance(2 * DAY)
        before = status(seam, code)
        seam_sandbox.clock.advance(2 * DAY)

        assert (before, status(seam, code)) == ("unset", "setting")
        seam_sandbox.expect_event("access_code.failed_to_set_on_device", count=1)

    assert status(seam, code) == "set"


@pytest.mark.parametrize(
    ("device_type", "details"), [("august_lock", {"prefer_native_scheduling": False}), ("smartthings_lock", {})]
)
def test_other_codes_are_programmed_an_hour_ahead(seam, seam_sandbox, device_type, details):
    """A lock that keeps no schedule, or need not, gets the code 60 minutes before the start."""
    device = seam_sandbox.create_device(device_type)
    code = stay(seam_sandbox, device, starts_in=DAY, **details)
    seam_sandbox.clock.advance(DAY - HOUR - timedelta(seconds=1))
    before = seam.access_codes.get(access_code_id=code.access_code_id)

    seam_sandbox.clock.advance(1)

    assert (before.status, pending(before)) == ("unset", ["deferring_creation"])
    assert status(seam, code) == "set"
    seam_sandbox.expect_no_event("access_code.scheduled_on_device")


def test_just_in_time_code_of_an_offline_lock_is_creating_then(seam, seam_sandbox, sandbox_device):
    """When its time has come and the lock is gone, nothing is deferred any more: the code waits for the lock."""
    code = stay(seam_sandbox, sandbox_device, starts_in=DAY, prefer_native_scheduling=False)
    with seam_sandbox.disconnected(sandbox_device):
        seam_sandbox.clock.advance(DAY - HOUR)

        found = seam.access_codes.get(access_code_id=code.access_code_id)

    assert (found.status, pending(found)) == ("setting", ["creating"])


def test_late_code_that_is_postponed_is_late_no_more(seam, seam_sandbox, sandbox_device):
    """Moving the stay away takes warning and error back; the polls that were due change nothing."""
    with seam_sandbox.disconnected(sandbox_device):
        code = stay(seam_sandbox, sandbox_device, starts_in=HOUR)
        seam_sandbox.clock.advance(700)
        start = seam_sandbox.clock.now() + 9 * DAY
        seam.access_codes.update(
            access_code_id=code.access_code_id, starts_at=start.isoformat(), ends_at=(start + DAY).isoformat()
        )
        seam_sandbox.clock.advance(1300)

        found = seam.access_codes.get(access_code_id=code.access_code_id)

        assert (found.status, pending(found), found.warnings) == ("unset", ["deferring_creation"], [])
        seam_sandbox.expect_no_event("access_code.failed_to_set_on_device")


def test_code_ends(seam, seam_sandbox, sandbox_device):
    """At its end the code is erased and its record is gone."""
    code = stay(seam_sandbox, sandbox_device, starts_in=HOUR)
    seam_sandbox.clock.advance(HOUR + DAY)

    with seam_raises("not_found", status_code=404):
        seam.access_codes.get(access_code_id=code.access_code_id)

    assert log(seam_sandbox)[-2:] == ["access_code.removed_from_device", "access_code.deleted"]
    seam_sandbox.expect_event("access_code.deleted", count=1, created_at=code.ends_at)


def test_code_that_ends_offline_is_removing_until_the_lock_is_back(seam, seam_sandbox, sandbox_device):
    """Seam cannot confirm that the code is off the lock: removing, then failed, and gone on reconnection."""
    code = stay(seam_sandbox, sandbox_device, starts_in=HOUR)
    with seam_sandbox.disconnected(sandbox_device):
        seam_sandbox.clock.advance(HOUR + DAY)
        during = seam.access_codes.get(access_code_id=code.access_code_id)
        seam_sandbox.clock.advance(600)
        seam_sandbox.expect_event("access_code.failed_to_remove_from_device", count=1)

    assert during.status == "removing"
    assert seam.access_codes.list(device_id=sandbox_device.device_id) == []
    seam_sandbox.expect_event("access_code.removed_from_device", count=1)


def test_extended_stay_is_not_removed_after_all(seam, seam_sandbox, sandbox_device):
    """A stay that ended while the lock was offline and is prolonged then keeps its code, free of problem."""
    code = stay(seam_sandbox, sandbox_device, starts_in=HOUR)
    with seam_sandbox.disconnected(sandbox_device):
        seam_sandbox.clock.advance(HOUR + DAY)
        later = (seam_sandbox.clock.now() + DAY).isoformat()
        seam.access_codes.update(access_code_id=code.access_code_id, ends_at=later)
        seam_sandbox.clock.advance(600)

    found = seam.access_codes.get(access_code_id=code.access_code_id)

    assert (found.status, found.errors, found.warnings) == ("set", [], [])
    seam_sandbox.expect_no_event("access_code.failed_to_remove_from_device")


def test_moved_start_of_a_native_code_schedules_it_again(seam, seam_sandbox, sandbox_device):
    """A code that works and is moved into the future stays on the lock and waits there for its new start."""
    code = stay(seam_sandbox, sandbox_device, starts_in=-HOUR, lasts=9 * DAY)
    start = seam_sandbox.clock.now() + DAY
    seam.access_codes.update(access_code_id=code.access_code_id, starts_at=start.isoformat())

    moved = seam.access_codes.get(access_code_id=code.access_code_id)
    seam_sandbox.clock.advance(DAY)

    assert (moved.status, moved.is_scheduled_on_device) == ("unset", True)
    assert status(seam, code) == "set"
    seam_sandbox.expect_event("access_code.set_on_device", count=2)


def test_moved_start_of_another_code_takes_it_off_the_lock(seam, seam_sandbox):
    """A lock without a schedule must not know the code before its time."""
    device = seam_sandbox.create_device("smartthings_lock")
    code = stay(seam_sandbox, device, starts_in=-HOUR, lasts=9 * DAY)
    start = seam_sandbox.clock.now() + DAY
    seam.access_codes.update(access_code_id=code.access_code_id, starts_at=start.isoformat())

    moved = seam.access_codes.get(access_code_id=code.access_code_id)

    assert (moved.status, pending(moved)) == ("unset", ["deferring_creation"])
    seam_sandbox.expect_event("access_code.time_frame_changed", count=1)
    seam_sandbox.expect_event("access_code.removed_from_device", count=1)


def test_early_arrival(seam, seam_sandbox, sandbox_device):
    """A preloaded code whose start is moved to now is set at once, with its event."""
    code = stay(seam_sandbox, sandbox_device, starts_in=DAY)
    now = seam_sandbox.clock.now()

    seam.access_codes.update(access_code_id=code.access_code_id, starts_at=now.isoformat())

    assert status(seam, code) == "set"
    assert log(seam_sandbox)[-3:] == [
        "access_code.changed",
        "access_code.time_frame_changed",
        "access_code.set_on_device",
    ]


def test_lock_that_is_offline_keeps_to_the_start_it_knows(seam, seam_sandbox, sandbox_device):
    """An earlier start is pending while the lock is offline, so the code is not set before the lock knows it."""
    code = stay(seam_sandbox, sandbox_device, starts_in=DAY)
    seam.access_codes.get(access_code_id=code.access_code_id)
    with seam_sandbox.disconnected(sandbox_device):
        now = seam_sandbox.clock.now()
        seam.access_codes.update(access_code_id=code.access_code_id, starts_at=now.isoformat())
        during = status(seam, code)

    assert (during, status(seam, code)) == ("unset", "set")


def test_preloaded_code_that_changed_starts_on_time(seam, seam_sandbox, sandbox_device):
    """A name that is changed while the lock is offline does not keep the code from its start."""
    code = stay(seam_sandbox, sandbox_device, starts_in=HOUR)
    seam.access_codes.get(access_code_id=code.access_code_id)
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.update(access_code_id=code.access_code_id, name="Jane")
        seam_sandbox.clock.advance(HOUR)
        during = seam.access_codes.get(access_code_id=code.access_code_id)

    assert (during.status, pending(during)) == ("set", ["updating_name"])
    assert seam.access_codes.get(access_code_id=code.access_code_id).pending_mutations == []


def enter(seam, device, code):
    seam.locks.simulate.keypad_code_entry(device_id=device.device_id, code=code.code)


def test_keypad_opens_to_a_code_that_is_set(seam, seam_sandbox, sandbox_device):
    """A guest with a valid code gets in, and the event says which code it was."""
    code = seam_sandbox.create_access_code(sandbox_device)

    enter(seam, sandbox_device, code)

    event = seam_sandbox.expect_event("lock.unlocked", count=1, method="keycode")
    assert (event.access_code_id, event.code, event.access_code_is_managed) == (
        code.access_code_id,
        code.code,
        True,
    )
    assert seam.devices.get(device_id=sandbox_device.device_id).properties.locked is False


def test_keypad_denies_a_code_before_its_start(seam, seam_sandbox, sandbox_device):
    """The lock knows a preloaded code and its time: the guest is early."""
    code = stay(seam_sandbox, sandbox_device, starts_in=HOUR)

    enter(seam, sandbox_device, code)

    event = seam_sandbox.expect_event("lock.access_denied", count=1, access_code_id=code.access_code_id)
    assert event.reason.reason_code == "expired_code"


def test_keypad_does_not_know_a_code_that_has_ended(seam, seam_sandbox, sandbox_device):
    """After its end the code was erased: unknown to the lock."""
    code = stay(seam_sandbox, sandbox_device, starts_in=-HOUR, lasts=2 * HOUR)
    seam_sandbox.clock.advance(HOUR)

    enter(seam, sandbox_device, code)

    event = seam_sandbox.expect_event("lock.access_denied", count=1)
    assert event.reason.reason_code == "unknown_code"


def test_keypad_does_not_know_a_code_that_is_deferred(seam, seam_sandbox, sandbox_device):
    """A code that is not on the lock yet is unknown to it."""
    code = stay(seam_sandbox, sandbox_device, starts_in=9 * DAY)

    enter(seam, sandbox_device, code)

    assert seam_sandbox.expect_event("lock.access_denied", count=1).reason.reason_code == "unknown_code"


def test_keypad_opens_to_a_code_without_schedule_as_soon_as_it_is_set(seam, seam_sandbox, sandbox_device):
    """A code that is programmed an hour ahead without a schedule opens the lock from then on."""
    code = stay(seam_sandbox, sandbox_device, starts_in=HOUR, prefer_native_scheduling=False)

    enter(seam, sandbox_device, code)

    seam_sandbox.expect_event("lock.unlocked", count=1, access_code_id=code.access_code_id)


def test_one_time_code_opens_once(seam, seam_sandbox, sandbox_device):
    """After the door has opened to it, a one-time code is gone."""
    code = seam_sandbox.create_access_code(sandbox_device, is_one_time_use=True)

    enter(seam, sandbox_device, code)
    enter(seam, sandbox_device, code)

    seam_sandbox.expect_event("lock.unlocked", count=1)
    seam_sandbox.expect_event("access_code.deleted", count=1, access_code_id=code.access_code_id)
    assert seam_sandbox.expect_event("lock.access_denied", count=1).reason.reason_code == "unknown_code"


@pytest.mark.seam(action_attempts=5.0)
def test_one_time_code_that_two_people_type_at_once(seam, seam_sandbox, sandbox_device):
    """The first one opens the door, the second one stays outside."""
    code = seam_sandbox.create_access_code(sandbox_device, is_one_time_use=True)
    seam_sandbox.clock.advance(5)
    entry = {"device_id": sandbox_device.device_id, "code": code.code, "wait_for_action_attempt": False}
    seam.locks.simulate.keypad_code_entry(**entry)
    seam.locks.simulate.keypad_code_entry(**entry)

    seam_sandbox.clock.advance(5)

    seam_sandbox.expect_event("lock.unlocked", count=1)
    seam_sandbox.expect_event("lock.access_denied", count=1)
    seam_sandbox.expect_event("access_code.deleted", count=1)
