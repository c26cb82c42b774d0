"""Disturbances of deliveries: counted or for a block, seeded, told when nothing meets them."""

import pytest
from seam import SeamWebhook, SeamWebhookVerificationError

from pytest_seam_sandbox import ExpectationFailed, Sandbox, SandboxError, UnknownId

TYPES = ["lock.locked", "lock.unlocked"]


class Guard:
    """An app that refuses what it cannot verify."""

    def __init__(self):
        self.secret, self.types, self.ids, self.bodies = "", [], [], []

    def __call__(self, request):
        try:
            event = SeamWebhook(self.secret).verify(request.body, request.headers)
        except SeamWebhookVerificationError:
            return 401
        self.types.append(event.event_type)
        self.ids.append(request.headers["svix-id"])
        return None


@pytest.fixture
def guard(seam_sandbox, seam_webhooks, sandbox_device):
    seam_sandbox.clock.freeze()
    guard = Guard()
    guard.secret = seam_webhooks.deliver_to(guard, TYPES).secret
    return guard


@pytest.fixture
def lock(seam_sandbox, sandbox_device):
    client = seam_sandbox.client()
    return lambda: client.locks.lock_door(device_id=sandbox_device.device_id)


@pytest.fixture
def unlock(seam_sandbox, sandbox_device):
    client = seam_sandbox.client()
    return lambda: client.locks.unlock_door(device_id=sandbox_device.device_id)


def test_duplicate_is_the_same_message_again(guard, seam_webhooks, lock):
    """The next one only; with the same id, so that an app can tell."""
    seam_webhooks.duplicate()

    lock()
    lock()

    assert guard.types == ["lock.locked"] * 3
    assert guard.ids[0] == guard.ids[1] != guard.ids[2]
    assert [delivery.disturbed_by for delivery in seam_webhooks.inbox] == [(), ("duplicate",), ()]


def test_refused_duplicate_is_not_tried_again(guard, seam_sandbox, seam_webhooks, lock):
    """The message itself is."""
    seam_webhooks.wrong_secret(times=2)
    seam_webhooks.duplicate()

    lock()
    seam_sandbox.clock.run_until_idle()

    assert [delivery.status for delivery in seam_webhooks.inbox] == [401, 401, 200]


def test_reorder_mixes_the_next_ones(guard, seam_webhooks, lock, unlock):
    """They are held until there are two, and come in the other order."""
    seam_webhooks.reorder()

    lock()
    held = guard.types.copy()
    unlock()

    assert (held, guard.types) == ([], ["lock.unlocked", "lock.locked"])


def test_reorder_of_a_block_follows_from_the_seed():
    """All of the block comes at its end, in an order that is the same each time and not that of the events."""

    def order(seed):
        with Sandbox(seed=seed) as sandbox:
            device, client, guard = sandbox.create_device(), sandbox.client(), Guard()
            guard.secret = sandbox.webhooks.deliver_to(guard, TYPES).secret
            with sandbox.webhooks.reorder():
                for _ in range(5):
                    client.locks.lock_door(device_id=device.device_id)
                assert guard.ids == []
        return [event.event_id for event in sandbox.events if event.event_type in TYPES], [
            delivery.event.event_id for delivery in sandbox.webhooks.inbox
        ]

    events, first = order(1)
    assert order(1) == (events, first)
    assert first != events
    assert sorted(first) == sorted(events)


def test_single_message_of_a_block_is_delivered_at_its_end(guard, seam_webhooks, lock):
    """There is nothing to mix."""
    with seam_webhooks.reorder():
        lock()

    assert guard.types == ["lock.locked"]


def test_flush_lets_go_what_reorder_holds(guard, seam_webhooks, lock):
    """In the middle of a block."""
    with seam_webhooks.reorder():
        lock()
        seam_webhooks.flush()
        assert guard.types == ["lock.locked"]


def test_restore_forgets_what_reorder_holds(guard, seam_sandbox, seam_webhooks, lock):
    """An event that is no longer there is not sent."""
    before = seam_sandbox.snapshot()
    with seam_webhooks.reorder():
        lock()
        seam_sandbox.restore(before)

    assert guard.types == []


def test_delay_is_of_sandbox_seconds(guard, seam_sandbox, seam_webhooks, lock, unlock):
    """A later event overtakes the message."""
    seam_webhooks.delay(60, "lock.locked")

    lock()
    unlock()
    seam_sandbox.clock.advance(59)
    early = guard.types.copy()
    seam_sandbox.clock.advance(1)

    assert (early, guard.types) == (["lock.unlocked"], ["lock.unlocked", "lock.locked"])


def test_dropped_attempt_is_repeated(guard, seam_sandbox, seam_webhooks, lock):
    """The app sees the second one only."""
    seam_webhooks.drop(times=2)

    lock()
    seam_sandbox.clock.run_until_idle()

    assert guard.types == ["lock.locked"]
    told = [(delivery.status, delivery.error) for delivery in seam_webhooks.inbox]
    assert told == [(None, "lost on its way")] * 2 + [(200, None)]


def test_lost_message_never_comes(guard, seam_sandbox, seam_webhooks, lock, unlock):
    """An app that has to find out otherwise is put to the test; the test may end."""
    with seam_webhooks.lose():
        lock()
    unlock()
    seam_sandbox.clock.run_until_idle()

    assert guard.types == ["lock.unlocked"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [("lose", "never sent (lose)"), ("delay", "held back (delay)"), ("reorder", "held back (reorder)")],
)
def test_timeline_says_what_was_not_sent(guard, seam_sandbox, seam_webhooks, lock, kind, said):
    """Else a reader sees an event that no webhook follows, and not why."""
    with getattr(seam_webhooks, kind)(*([60] if kind == "delay" else [])):
        lock()
        [line] = [line for line in seam_sandbox.timeline.splitlines() if "webhook" in line]
    seam_sandbox.clock.run_until_idle()

    assert line.endswith(f"! webhook  lock.locked device_id=GARAGE → http://app.localhost/ → {said}")
    assert len(guard.types) == (kind != "lose")


@pytest.mark.parametrize("is_webhook_there", [True, False])
def test_timeline_says_what_was_discarded(guard, seam_sandbox, seam_webhooks, lock, is_webhook_there):
    """As long as there is a webhook that would have got it."""
    seam_webhooks.pause()
    lock()
    if not is_webhook_there:
        client = seam_sandbox.client()
        client.webhooks.delete(webhook_id=client.webhooks.list()[0].webhook_id)
    seam_webhooks.discard()

    assert ("→ never sent (discard)" in seam_sandbox.timeline) == is_webhook_there


def test_timeline_says_of_which_copy_nothing_was_sent(guard, seam_sandbox, seam_webhooks, lock):
    """The message comes; one line for each copy that does not."""
    seam_webhooks.duplicate()
    seam_webhooks.lose()

    lock()

    assert guard.types == ["lock.locked"]
    assert seam_sandbox.timeline.count("never sent (lose)") == 1


@pytest.mark.parametrize("kind", ["stale_timestamp", "wrong_secret", "partial_body"])
@pytest.mark.parametrize("in_block", [False, True])
def test_spoilt_delivery_is_refused_by_the_sdk(guard, seam_sandbox, seam_webhooks, lock, kind, in_block):
    """A replay, a forgery, half a body; then the same message as it should be. The timeline says what was done."""
    disturbance = getattr(seam_webhooks, kind)()
    if in_block:
        with disturbance:
            lock()
    else:
        lock()
    refused = guard.types.copy()
    assert f"→ 401 ({kind})" in seam_sandbox.timeline

    seam_sandbox.clock.run_until_idle()

    assert (refused, guard.types) == ([], ["lock.locked"])


def test_refusal_of_a_spoilt_delivery_is_no_error_of_the_test(guard, seam_webhooks, lock):
    """The test may end here."""
    seam_webhooks.wrong_secret()
    lock()


def test_app_that_accepts_a_forgery_has_accepted_it(seam_webhooks, lock):
    """The sandbox says nothing: that is for the test to assert."""
    seam_webhooks.deliver_to(lambda _request: 200, TYPES)
    with seam_webhooks.wrong_secret():
        lock()

    assert seam_webhooks.inbox[-1].is_accepted


@pytest.mark.parametrize(
    "kind", ["duplicate", "reorder", "drop", "lose", "stale_timestamp", "wrong_secret", "partial_body"]
)
@pytest.mark.parametrize("in_block", [False, True])
def test_disturbance_that_nothing_meets_fails_the_test(kind, in_block):
    """With the line that asked for it."""
    sandbox = Sandbox()
    disturbance = getattr(sandbox.webhooks, kind)("lock.locked")
    if in_block:
        with disturbance:
            pass

    with pytest.raises(
        ExpectationFailed,
        match=rf"webhooks\.{kind}\(lock\.locked\) did not meet any delivery\. It was asked for at .*test_chaos",
    ):
        sandbox.check()
    sandbox.check()


def test_disturbance_that_meets_too_few_fails_the_test():
    """With how many there were."""
    sandbox = Sandbox()
    device = sandbox.create_device()
    sandbox.webhooks.deliver_to(lambda _request: 200, TYPES)
    sandbox.webhooks.duplicate(times=3)
    sandbox.client().locks.lock_door(device_id=device.device_id)

    with pytest.raises(ExpectationFailed, match=r"webhooks\.duplicate\(\) was to meet 3 deliveries, and met 1\."):
        sandbox.check()


@pytest.mark.parametrize("form", ["object", "id", "the only one"])
def test_rotated_secret_and_the_old_one_both_verify_for_a_day(guard, form, seam_sandbox, seam_webhooks, lock):
    """`/webhooks/get` shows the new one at once; after 24 hours only that is good."""
    known = seam_sandbox.client().webhooks.list()[0]
    rotation = seam_webhooks.rotate_secret({"object": known, "id": known.webhook_id}.get(form))
    lock()
    assert (rotation.old_secret, guard.types) == (guard.secret, ["lock.locked"])
    assert seam_sandbox.client().webhooks.list()[0].secret == rotation.secret == rotation.webhook.secret

    guard.secret = rotation.secret
    lock()
    seam_sandbox.clock.advance(24 * 3600)
    lock()
    guard.secret = rotation.old_secret
    lock()
    seam_webhooks.allow_undelivered()

    assert [delivery.status for delivery in seam_webhooks.inbox] == [200, 200, 200, 401]


def test_rotation_ends_with_its_block(guard, seam_sandbox, seam_webhooks, lock):
    """The old secret is back, also where the webhook is gone."""
    with seam_webhooks.rotate_secret() as rotation:
        guard.secret = rotation.secret
        lock()
    guard.secret = rotation.old_secret
    lock()
    with seam_webhooks.rotate_secret():
        seam_sandbox.client().webhooks.delete(webhook_id=seam_sandbox.client().webhooks.list()[0].webhook_id)

    assert guard.types == ["lock.locked"] * 2


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda webhooks: webhooks.duplicate("lock.loked"), SandboxError, "no event type"),
        (lambda webhooks: webhooks.duplicate(times=0), SandboxError, "times is 0"),
        (lambda webhooks: webhooks.drop(times=True), SandboxError, "times is True"),
        (lambda webhooks: webhooks.reorder(times=1), SandboxError, "integer >= 2"),
        (lambda webhooks: webhooks.delay(0), SandboxError, "seconds is 0"),
        (lambda webhooks: webhooks.rotate_secret(), UnknownId, "no webhook None; there are none"),
        (lambda webhooks: webhooks.rotate_secret("x"), UnknownId, "no webhook 'x'"),
    ],
)
def test_impossible_disturbance_is_refused(seam_webhooks, call, error, said):
    """And does not come into force."""
    with pytest.raises(error, match=said):
        call(seam_webhooks)
