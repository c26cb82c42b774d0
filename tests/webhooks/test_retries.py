"""Failed deliveries are repeated on the sandbox clock, and given up in the end."""

from itertools import pairwise

import pytest

from pytest_seam_sandbox import ExpectationFailed, Sandbox

from .conftest import refusing

SCHEDULE = [5, 300, 1800, 7200, 18000, 36000, 36000]


@pytest.fixture
def frozen(seam_sandbox):
    seam_sandbox.clock.freeze()
    return seam_sandbox


def lock(sandbox, device):
    sandbox.client().locks.lock_door(device_id=device.device_id)


def test_failed_delivery_is_repeated_on_svix_schedule(keeper, frozen, seam_webhooks, sandbox_device):
    """Eight attempts with the same message id, each so long after the failure before it."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked"]).secret
    keeper.status = 500
    seam_webhooks.allow_undelivered()

    lock(frozen, sandbox_device)
    frozen.clock.run_until_idle()

    attempts = list(seam_webhooks.inbox)
    times = [delivery.at for delivery in attempts]
    assert [after - before for before, after in pairwise(times)] == pytest.approx(SCHEDULE)
    assert [delivery.attempt for delivery in attempts] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len({delivery.headers["svix-id"] for delivery in attempts}) == 1
    assert len({delivery.body for delivery in attempts}) == 1


@pytest.mark.parametrize("step", [5, 305, 86400])
def test_clock_stops_at_each_attempt_on_its_way(keeper, frozen, seam_webhooks, sandbox_device, step):
    """Whatever the step is, an attempt is made at its time, and the app sees that time."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked"]).secret
    began = frozen.clock.now()
    with refusing(keeper):
        lock(frozen, sandbox_device)

    frozen.clock.advance(step)

    assert [delivery.status for delivery in seam_webhooks.inbox] == [503, 200]
    assert seam_webhooks.inbox[1].at - seam_webhooks.inbox[0].at == pytest.approx(5)
    assert (frozen.clock.now() - began).total_seconds() == step


def test_failing_message_blocks_no_later_one(keeper, frozen, seam_webhooks, sandbox_device):
    """Later events come first then: no order is promised."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked", "lock.unlocked"]).secret
    with refusing(keeper):
        lock(frozen, sandbox_device)
    frozen.client().locks.unlock_door(device_id=sandbox_device.device_id)
    frozen.clock.advance(5)

    assert [(each.event_type, each.status) for each in seam_webhooks.inbox] == [
        ("lock.locked", 503),
        ("lock.unlocked", 200),
        ("lock.locked", 200),
    ]


@pytest.mark.parametrize("status", [301, 404, 500])
def test_whatever_is_not_2xx_is_a_failure(local_server, frozen, seam_webhooks, sandbox_device, status):
    """A redirect too, which is not followed."""
    seam_webhooks.deliver_to(local_server(lambda _body, _headers: status), ["lock.locked"])
    seam_webhooks.allow_undelivered()

    lock(frozen, sandbox_device)

    (delivery,) = seam_webhooks.inbox
    assert (delivery.status, delivery.error, delivery.is_accepted) == (status, str(status), False)


def test_nobody_listens(frozen, seam_webhooks, sandbox_device):
    """A connection that is refused is a failed attempt without a status."""
    seam_webhooks.deliver_to("http://127.0.0.1:1/hooks", ["lock.locked"])
    seam_webhooks.allow_undelivered()

    lock(frozen, sandbox_device)

    (delivery,) = seam_webhooks.inbox
    assert delivery.status is None
    assert delivery.error.startswith("ConnectError")


def test_deleted_webhook_is_not_tried_again(keeper, frozen, seam_webhooks, sandbox_device):
    """The attempts stop, and nothing is missed at the end of the test."""
    webhook = seam_webhooks.deliver_to(keeper, ["lock.locked"])
    keeper.secret = webhook.secret
    with refusing(keeper):
        lock(frozen, sandbox_device)
    frozen.client().webhooks.delete(webhook_id=webhook.webhook_id)

    frozen.clock.run_until_idle()

    assert len(seam_webhooks.inbox) == 1


def test_webhook_is_disabled_after_five_days_of_failures(keeper, frozen, seam_webhooks, sandbox_device):
    """Nothing is sent any more then, also when the app would answer again; the timeline says so."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked"]).secret
    with refusing(keeper):
        for _ in range(12):
            lock(frozen, sandbox_device)
            frozen.clock.advance(12 * 3600)
    before = len(seam_webhooks.inbox)

    lock(frozen, sandbox_device)

    assert len(seam_webhooks.inbox) == before
    assert "is disabled: all attempts have failed for 5 days" in frozen.timeline


def test_success_ends_a_series_of_failures(keeper, frozen, seam_webhooks, sandbox_device):
    """One answer within the five days, and they begin anew."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked"]).secret
    seam_webhooks.allow_undelivered()
    for day in range(12):
        with refusing(keeper, 200 if day == 6 else 503):
            lock(frozen, sandbox_device)
            frozen.clock.advance(12 * 3600)

    lock(frozen, sandbox_device)

    assert seam_webhooks.inbox[-1].status == 200


def test_undelivered_message_fails_the_test():
    """With the event, the address, what came of it and what to do."""
    sandbox = Sandbox()
    device = sandbox.create_device()
    sandbox.webhooks.deliver_to(lambda _request: 503, ["lock.locked"])
    lock(sandbox, device)

    with pytest.raises(
        ExpectationFailed, match=r"lock\.locked to http://app\.localhost/ \(attempt 1 → 503\).*run_until_idle"
    ):
        sandbox.check()
    sandbox.check()


def test_message_that_was_never_sent_fails_the_test_too():
    """Paused, and never resumed."""
    sandbox = Sandbox()
    device = sandbox.create_device()
    sandbox.webhooks.deliver_to(lambda _request: None, ["lock.locked"])
    sandbox.webhooks.pause()
    lock(sandbox, device)

    with pytest.raises(ExpectationFailed, match="not sent yet"):
        sandbox.check()


def test_test_may_end_with_undelivered_messages():
    """When it says so."""
    with Sandbox() as sandbox:
        device = sandbox.create_device()
        sandbox.webhooks.deliver_to(lambda _request: 503, ["lock.locked"])
        sandbox.webhooks.allow_undelivered()
        lock(sandbox, device)


def test_snapshot_keeps_the_next_attempt(keeper, frozen, seam_webhooks, sandbox_device):
    """Back at a time at which a message waited for its next attempt, it waits again."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked"]).secret
    with refusing(keeper):
        lock(frozen, sandbox_device)
    waiting = frozen.snapshot()
    frozen.clock.advance(5)
    frozen.restore(waiting)

    frozen.clock.run_until_idle()

    assert [delivery.attempt for delivery in seam_webhooks.inbox] == [1, 2]
