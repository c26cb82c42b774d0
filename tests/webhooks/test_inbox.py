"""Expectations of what was delivered."""

import pytest

from pytest_seam_sandbox import Event, ExpectationFailed, SandboxError

from .conftest import refusing


@pytest.fixture
def inbox(seam_webhooks):
    seam_webhooks.deliver_to(seam_webhooks.inbox, ["lock.locked", "lock.unlocked"])
    return seam_webhooks.inbox


def test_inbox_is_a_target_that_verifies(inbox, seam, sandbox_device):
    """A test without an app looks at what would have come."""
    seam.locks.lock_door(device_id=sandbox_device.device_id)

    delivery = inbox.expect("lock.locked", device_id=sandbox_device.device_id, count=1)

    assert isinstance(delivery.event, Event)
    assert (delivery.event.method, delivery.attempt, delivery.status, delivery.error) == ("remote", 1, 200, None)
    assert delivery.seconds >= 0
    assert inbox[0] is inbox[:1][0] is delivery
    inbox.expect_no("lock.unlocked")
    assert inbox.expect("lock.unlocked", count=0) is None


def test_missing_delivery_shows_the_near_misses(inbox, seam_sandbox, seam, sandbox_device):
    """As for events."""
    other = seam_sandbox.create_device()
    seam.locks.lock_door(device_id=sandbox_device.device_id)

    with pytest.raises(
        ExpectationFailed, match=r"but it was not delivered\.\nNear misses:\n.*device_id is .*expected"
    ) as failed:
        inbox.expect("lock.locked", device_id=other.device_id)

    assert sandbox_device.display_name in str(failed.value)


def test_unwanted_delivery_is_shown(inbox, seam, sandbox_device):
    """With the line of the event."""
    seam.locks.lock_door(device_id=sandbox_device.device_id)

    with pytest.raises(ExpectationFailed, match=r"expected no event 'lock\.locked', but it was delivered 1 time"):
        inbox.expect_no("lock.locked")


def test_refused_attempts_do_not_count(keeper, seam_sandbox, seam_webhooks, sandbox_device):
    """Only what the app has answered with 2xx was delivered; `within` waits for the next attempt."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked"]).secret
    with refusing(keeper):
        seam_sandbox.client().locks.lock_door(device_id=sandbox_device.device_id)
    seam_webhooks.inbox.expect_no("lock.locked")

    delivery = seam_webhooks.inbox.expect("lock.locked", within=10)

    assert delivery.attempt == 2


@pytest.mark.parametrize(
    ("expectation", "said"),
    [
        (lambda inbox: inbox.expect("lock.loked"), "no event type"),
        (lambda inbox: inbox.expect("lock.locked", devic_id="x"), "no field"),
        (lambda inbox: inbox.expect("lock.locked", count=-1), "count is -1"),
        (lambda inbox: inbox.expect_no("lock.loked"), "no event type"),
    ],
    ids=["type", "field", "count", "no type"],
)
def test_impossible_expectation_is_a_mistake(inbox, expectation, said):
    """An event that Seam does not have would never be missed."""
    with pytest.raises(SandboxError, match=said):
        expectation(inbox)


def test_inbox_can_answer_otherwise_and_be_emptied(inbox, seam_sandbox, seam_webhooks, seam, sandbox_device):
    """`status` is what it answers."""
    inbox.status = 503
    seam.locks.lock_door(device_id=sandbox_device.device_id)
    inbox.status = 200
    seam_sandbox.clock.advance(5)
    told = [delivery.status for delivery in inbox]
    inbox.clear()

    assert (told, list(inbox)) == ([503, 200], [])
