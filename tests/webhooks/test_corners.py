"""What apps do in the middle of a delivery, and beside it."""

import asyncio

import pytest

from pytest_seam_sandbox import ExpectationFailed, Sandbox

from .conftest import refusing


async def answer(send, status=200):
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.fixture
def lock(seam_sandbox, sandbox_device):
    client = seam_sandbox.client()
    return lambda: client.locks.lock_door(device_id=sandbox_device.device_id)


def test_app_that_goes_on_after_its_answer_has_answered(seam_webhooks, lock):
    """What it does too long afterwards is cut off."""

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await answer(send)
        await asyncio.Event().wait()

    seam_webhooks.deliver_to(app, ["lock.locked"], timeout=1)
    lock()

    assert seam_webhooks.inbox[0].status == 200


def test_app_sees_that_the_client_has_left_after_the_answer(seam_webhooks, lock):
    """Not before it: then it waits."""
    seen = []

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        seen.append((await receive())["type"])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(receive(), 0.01)
        await answer(send)
        seen.append((await receive())["type"])

    seam_webhooks.deliver_to(app, ["lock.locked"])
    lock()

    assert seen == ["http.request", "http.disconnect"]


def test_apps_of_several_loops_and_none_are_ended(keeper, lock, seam_sandbox, seam_webhooks, sandbox_device):
    """Each lifespan on the loop on which it began; one that has ended with its loop is left alone."""

    async def first(scope, receive, send):
        assert scope["type"] == "http"
        await answer(send)

    async def second(scope, receive, send):
        await first(scope, receive, send)
        background.append(asyncio.create_task(asyncio.Event().wait()))

    background = []
    seam_webhooks.deliver_to(first, ["lock.locked"])
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked"]).secret
    asyncio.run(seam_sandbox.async_client().locks.lock_door(device_id=sandbox_device.device_id))
    seam_webhooks.deliver_to(second, ["lock.unlocked"])
    seam_sandbox.client().locks.unlock_door(device_id=sandbox_device.device_id)
    seam_sandbox.close()

    assert [task.cancelled() for task in background] == [True]
    assert keeper.types == ["lock.locked"]


def test_handler_may_end_the_test(seam_webhooks, lock):
    """What pytest itself raises comes through at once; delivery goes on afterwards."""
    told = []

    def app(request):
        told.append(request)
        if len(told) == 1:
            pytest.fail("no such door")

    seam_webhooks.deliver_to(app, ["lock.locked"])
    with pytest.raises(pytest.fail.Exception, match="no such door"):
        lock()
    lock()

    assert len(told) == 2


def test_handler_may_pause_what_follows(seam, seam_webhooks, sandbox_device):
    """The rest waits."""
    told = []

    def app(request):
        told.append(request.json()["event_type"])
        seam_webhooks.pause()

    seam_webhooks.deliver_to(app)
    seam.locks.lock_door(device_id=sandbox_device.device_id)
    before = told.copy()
    seam_webhooks.resume()

    assert (before, len(told)) == (["lock.locked"], 2)


def test_webhook_that_its_own_handler_deletes_is_not_tried_again(seam_sandbox, seam_webhooks, lock):
    """Although the handler fails."""

    def app(request):
        seam_sandbox.client().webhooks.delete(webhook_id=webhook.webhook_id)
        return 500

    webhook = seam_webhooks.deliver_to(app, ["lock.locked"])
    lock()
    seam_sandbox.clock.run_until_idle()

    assert len(seam_webhooks.inbox) == 1


def test_disturbance_of_one_type_leaves_the_others(keeper, seam, seam_webhooks, lock, sandbox_device):
    """It waits for its own."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked", "lock.unlocked"]).secret
    seam_webhooks.duplicate("lock.unlocked")
    lock()
    seam.locks.unlock_door(device_id=sandbox_device.device_id)

    assert keeper.types == ["lock.locked", "lock.unlocked", "lock.unlocked"]


def test_check_inside_of_a_block_says_nothing_of_what_was_met():
    """A plan may be unmet at all."""
    from pytest_seam_sandbox.strategies import DeliveryPlan

    sandbox = Sandbox()
    device = sandbox.create_device()
    sandbox.webhooks.deliver_to(sandbox.webhooks.inbox, ["lock.locked"])
    with DeliveryPlan().play(sandbox):
        sandbox.check()
    with sandbox.webhooks.duplicate():
        sandbox.client().locks.lock_door(device_id=device.device_id)
        sandbox.check()

    assert len(sandbox.webhooks.inbox) == 2


def test_callable_without_a_signature_takes_the_request():
    """Some of those that are written in C have none; what they raise is theirs."""
    sandbox = Sandbox()
    device = sandbox.create_device()
    sandbox.webhooks.deliver_to(dict, ["lock.locked"])
    sandbox.webhooks.allow_undelivered()
    sandbox.client().locks.lock_door(device_id=device.device_id)

    with pytest.raises(TypeError, match="WebhookRequest"):
        sandbox.check()


def test_nobody_listens_beside_a_loop(seam_sandbox, seam_webhooks, sandbox_device):
    """A failed attempt, as without one."""
    seam_webhooks.deliver_to("http://127.0.0.1:1/hooks", ["lock.locked"])
    seam_webhooks.allow_undelivered()

    asyncio.run(seam_sandbox.async_client().locks.lock_door(device_id=sandbox_device.device_id))

    assert seam_webhooks.inbox[0].error.startswith("ConnectError")


def test_all_types_may_be_asked_for_by_the_asterisk(keeper, seam_webhooks, lock):
    """As in Seam's API."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["*"]).secret
    lock()

    assert keeper.types == ["lock.locked", "action_attempt.lock_door.succeeded"]


def test_webhooks_of_a_restored_sandbox_are_delivered_without_being_asked_for(keeper, local_server):
    """A template or snapshot may hold the first webhook."""
    sandbox = Sandbox()
    device = sandbox.create_device()
    url = local_server(keeper.take)
    keeper.secret = sandbox.client().webhooks.create(url=url, event_types=["lock.locked"]).secret
    with refusing(keeper):
        sandbox.client().locks.lock_door(device_id=device.device_id)

    with pytest.raises(ExpectationFailed, match="lock.locked to .*503"):
        sandbox.check()
