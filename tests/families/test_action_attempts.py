"""Action attempts: how they end in each mode, and reading them."""

from datetime import datetime

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"


def unlock(seam, device):
    return seam.locks.unlock_door(device_id=device.device_id, wait_for_action_attempt=False)


def get(seam, attempt):
    return seam.action_attempts.get(action_attempt_id=attempt.action_attempt_id, wait_for_action_attempt=False)


def test_instant_attempt_is_finished_in_the_first_answer(seam, sandbox_device):
    """By default an attempt needs no second look."""
    attempt = unlock(seam, sandbox_device)

    assert attempt.status == "success"
    assert get(seam, attempt) == attempt


@pytest.mark.seam(action_attempts="poll")
def test_polled_attempt_is_finished_at_the_next_look(seam, seam_sandbox, sandbox_device):
    """First pending, without result and error; then finished, and only then the door is open."""
    first = unlock(seam, sandbox_device)
    early = [event.event_type for event in seam_sandbox.embedded.workspace.events]
    second = get(seam, first)

    assert (first.status, first.result, first.error) == ("pending", None, None)
    assert "lock.unlocked" not in early
    assert (second.status, second.error) == ("success", None)
    seam_sandbox.expect_event("lock.unlocked", count=1)


@pytest.mark.seam(action_attempts="poll")
def test_polled_attempt_fails_at_the_next_look(seam, seam_sandbox, sandbox_device):
    """A command to an offline lock is accepted, and ends in error."""
    seam.devices.simulate.disconnect(device_id=sandbox_device.device_id)

    first = unlock(seam, sandbox_device)
    second = get(seam, first)

    assert first.status == "pending"
    assert (second.status, second.result, second.error.type) == ("error", None, "device_disconnected")
    seam_sandbox.expect_event("action_attempt.unlock_door.failed", count=1)


@pytest.mark.seam(action_attempts=30)
def test_delayed_attempt_ends_when_it_is_due(seam, seam_sandbox, sandbox_device):
    """A number of seconds is a delay on the sandbox clock."""
    seam_sandbox.clock.freeze()
    attempt = unlock(seam, sandbox_device)
    seam_sandbox.clock.advance(29.9)
    early = get(seam, attempt)
    seam_sandbox.clock.advance(0.1)

    assert early.status == "pending"
    assert get(seam, attempt).status == "success"


@pytest.mark.seam(action_attempts=30)
def test_events_of_a_delayed_attempt_carry_the_time_at_which_it_was_due(seam, seam_sandbox, sandbox_device):
    """However late anybody looks, the event tells when it happened."""
    seam_sandbox.clock.freeze()
    started = seam_sandbox.clock.now()
    unlock(seam, sandbox_device)

    seam_sandbox.clock.advance(3600)

    event = seam_sandbox.expect_event("lock.unlocked", count=1)
    happened = datetime.fromisoformat(event.created_at)
    assert (happened - started).total_seconds() == pytest.approx(30, abs=0.002)


@pytest.mark.seam(action_attempts=30)
def test_delayed_attempt_meets_the_device_as_it_is_then(seam, seam_sandbox, sandbox_device):
    """A lock that is lost before the command reaches it fails the attempt."""
    seam_sandbox.clock.freeze()
    attempt = unlock(seam, sandbox_device)
    seam.devices.simulate.disconnect(device_id=sandbox_device.device_id)

    seam_sandbox.clock.advance(30)

    assert get(seam, attempt).error.type == "device_disconnected"


@pytest.mark.seam(action_attempts=30)
def test_delayed_attempt_whose_device_was_deleted_fails(seam, seam_sandbox, sandbox_device):
    """A lock that is gone when the command arrives fails the attempt."""
    seam_sandbox.clock.freeze()
    attempt = unlock(seam, sandbox_device)
    seam.connected_accounts.delete(connected_account_id=sandbox_device.connected_account_id)

    seam_sandbox.clock.run_until_idle()

    assert get(seam, attempt).error.type == "device_not_found"


@pytest.mark.seam(action_attempts=30)
def test_delayed_attempts_end_in_the_order_of_their_start(seam, seam_sandbox, sandbox_device):
    """Two commands to one lock take effect one after the other."""
    seam_sandbox.clock.freeze()
    unlock(seam, sandbox_device)
    seam.locks.lock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)

    with seam_sandbox.expecting("lock.unlocked", "lock.locked"):
        seam_sandbox.clock.run_until_idle()

    assert seam.devices.get(device_id=sandbox_device.device_id).properties.locked is True


def test_unknown_attempt_is_not_found(seam):
    """An id that names no attempt answers 404."""
    with seam_raises("action_attempt_not_found", status_code=404):
        seam.action_attempts.get(action_attempt_id=NOTHING)


def test_list_all_oldest_first(seam, sandbox_device):
    """Attempts are listed in the order of their start."""
    first, second = unlock(seam, sandbox_device), unlock(seam, sandbox_device)

    found = seam.action_attempts.list()

    assert [one.action_attempt_id for one in found] == [first.action_attempt_id, second.action_attempt_id]


def test_list_by_ids(seam, sandbox_device):
    """Ids pick single attempts; unknown ones among them are passed over."""
    unlock(seam, sandbox_device)
    second = unlock(seam, sandbox_device)

    found = seam.action_attempts.list(action_attempt_ids=[second.action_attempt_id, NOTHING])

    assert [one.action_attempt_id for one in found] == [second.action_attempt_id]


def test_list_by_unknown_ids_is_not_found(seam, sandbox_device):
    """Ids of which none exists answer 404."""
    unlock(seam, sandbox_device)

    with seam_raises("action_attempts_not_found", status_code=404):
        seam.action_attempts.list(action_attempt_ids=[NOTHING])


def test_list_by_device(seam, seam_sandbox, sandbox_device):
    """device_id narrows the list to one device."""
    unlock(seam, sandbox_device)
    other = seam_sandbox.create_device("nuki_lock")
    wanted = unlock(seam, other)

    found = seam.action_attempts.list(device_id=other.device_id)

    assert [one.action_attempt_id for one in found] == [wanted.action_attempt_id]


def test_pages(seam, sandbox_device):
    """Pages continue where the last one ended."""
    first, second = unlock(seam, sandbox_device), unlock(seam, sandbox_device)

    page = seam.action_attempts.list(limit=1)
    rest = seam.action_attempts.list(limit=1, page_cursor=page.pagination["next_page_cursor"])

    assert [one.action_attempt_id for one in [*page, *rest]] == [first.action_attempt_id, second.action_attempt_id]
