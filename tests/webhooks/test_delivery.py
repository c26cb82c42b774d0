"""Events reach the webhooks that want them: at once, in order, signed, once."""

import json

import pytest
from seam.seam import Seam

from pytest_seam_sandbox import Sandbox, SandboxError, seam_raises


def test_every_target_gets_verified_events_of_its_types(keeper, target, seam_sandbox, seam_webhooks, sandbox_device):
    """The SDK verifies them; they are there when the call that caused them has returned."""
    keeper.secret = seam_webhooks.deliver_to(target, ["device.disconnected", "device.connected"]).secret

    with seam_sandbox.disconnected(sandbox_device):
        during = keeper.types.copy()

    assert (during, keeper.types) == (["device.disconnected"], ["device.disconnected", "device.connected"])
    assert {event.device_id for event in keeper.events} == {sandbox_device.device_id}
    assert [delivery.status for delivery in seam_webhooks.inbox] == [200, 200]


def test_body_is_the_event_as_events_get_shows_it(keeper, seam, seam_http, seam_webhooks, sandbox_device):
    """Flat, with the same fields and texts."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.unlocked"]).secret

    seam.locks.unlock_door(device_id=sandbox_device.device_id)

    (delivery,) = seam_webhooks.inbox
    shown = seam_http.post("/events/get", json={"event_id": delivery.event.event_id}).json()["event"]
    assert json.loads(delivery.body) == shown
    assert delivery.headers["content-type"] == "application/json"


@pytest.mark.every_transport
def test_events_come_right_after_the_call_and_in_order(keeper, seam, seam_webhooks, sandbox_device):
    """Through every transport; the webhook has no earlier event."""
    keeper.secret = seam_webhooks.deliver_to(keeper).secret

    seam.locks.unlock_door(device_id=sandbox_device.device_id)
    first = keeper.types.copy()
    seam.locks.lock_door(device_id=sandbox_device.device_id)

    assert first == ["lock.unlocked", "action_attempt.unlock_door.succeeded"]
    assert keeper.types[2:] == ["lock.locked", "action_attempt.lock_door.succeeded"]


@pytest.mark.parametrize("way", ["in process", "server"])
def test_handler_may_call_seam(request, keeper, way, target, seam_sandbox, seam_webhooks, sandbox_device):
    """What it causes is delivered after the event that it is handling, not inside of it."""
    depth, seen = [], []
    served = way == "server" and Seam(api_key=seam_sandbox.api_key, endpoint=request.getfixturevalue("seam_server"))
    client = served or seam_sandbox.client()
    request.addfinalizer(client.client.close)

    def also(event):
        depth.append(event.event_type)
        if event.event_type == "lock.unlocked":
            client.locks.lock_door(device_id=event.device_id)
        seen.append((event.event_type, len(depth)))
        depth.pop()

    keeper.also = also
    keeper.secret = seam_webhooks.deliver_to(target, ["lock.unlocked", "lock.locked"]).secret

    client.locks.unlock_door(device_id=sandbox_device.device_id)

    assert seen == [("lock.unlocked", 1), ("lock.locked", 1)]


def test_update_and_delete_take_effect_at_once(keeper, seam, seam_webhooks, sandbox_device):
    """The next event is sent by the new types, and to a deleted webhook nothing is sent."""
    webhook = seam_webhooks.deliver_to(keeper, ["lock.locked"])
    keeper.secret = webhook.secret

    seam.locks.unlock_door(device_id=sandbox_device.device_id)
    seam.webhooks.update(webhook_id=webhook.webhook_id, event_types=["lock.unlocked"])
    seam.locks.unlock_door(device_id=sandbox_device.device_id)
    seam.webhooks.delete(webhook_id=webhook.webhook_id)
    seam.locks.unlock_door(device_id=sandbox_device.device_id)

    assert keeper.types == ["lock.unlocked"]


def test_webhooks_of_the_app_reach_the_app_at_its_address(keeper, seam, seam_webhooks, sandbox_device):
    """An app that registers its own public URL gets its webhooks under it."""
    seam_webhooks.route("https://app.example/hooks", keeper)
    keeper.secret = seam.webhooks.create(url="https://app.example/hooks", event_types=["lock.unlocked"]).secret

    seam.locks.unlock_door(device_id=sandbox_device.device_id)

    assert keeper.types == ["lock.unlocked"]
    assert seam_webhooks.inbox[0].url == "https://app.example/hooks"


def test_webhook_of_the_app_on_loopback_needs_no_route(keeper, local_server, seam, sandbox_device):
    """What listens on this machine is reached, also when the test has not asked for webhooks."""
    keeper.secret = seam.webhooks.create(url=local_server(keeper.take)).secret

    seam.locks.lock_door(device_id=sandbox_device.device_id)

    assert keeper.types == ["lock.locked", "action_attempt.lock_door.succeeded"]


def test_unmapped_address_fails_the_test_with_advice():
    """Nothing leaves the machine; the webhook alone is no mistake, an event for it is."""
    sandbox = Sandbox()
    device = sandbox.create_device()
    sandbox.client().webhooks.create(url="https://app.example/hooks", event_types=["lock.unlocked"])
    sandbox.check()

    sandbox.client().locks.unlock_door(device_id=device.device_id)

    with pytest.raises(SandboxError, match=r"app\.example/hooks.*sandbox\.webhooks\.route\(url, app\)"):
        sandbox.check()


def test_workspaces_do_not_get_each_others_events(keeper, seam_sandbox, seam_webhooks, sandbox_device):
    """A webhook belongs to its workspace."""
    other = Sandbox(seed="other")
    keeper.secret = seam_webhooks.deliver_to(keeper).secret

    other.create_device()

    assert keeper.events == []


def test_latency_moves_the_delivery(keeper):
    """A webhook comes when the event shows, and not before."""
    with Sandbox(event_latency=30) as sandbox:
        device = sandbox.create_device()
        sandbox.clock.run_until_idle()
        sandbox.clock.freeze()
        keeper.secret = sandbox.webhooks.deliver_to(keeper, ["lock.locked"]).secret
        sandbox.client().locks.lock_door(device_id=device.device_id)
        sandbox.clock.advance(29)
        early = keeper.types.copy()
        sandbox.clock.advance(1)

    assert (early, keeper.types) == ([], ["lock.locked"])


def test_restored_sandbox_delivers_what_happens_after_it(keeper, seam_sandbox, seam_webhooks, sandbox_device):
    """Nothing from before the restore comes again, nothing that follows is lost."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked", "lock.unlocked"]).secret
    client = seam_sandbox.client()
    before = seam_sandbox.snapshot()
    client.locks.unlock_door(device_id=sandbox_device.device_id)

    seam_sandbox.restore(before)
    client.locks.lock_door(device_id=sandbox_device.device_id)

    assert keeper.types == ["lock.unlocked", "lock.locked"]


def test_restored_inbox_is_that_of_the_snapshot(seam, seam_sandbox, seam_webhooks, sandbox_device):
    """So that an expectation means what has happened since."""
    seam_webhooks.deliver_to(seam_webhooks.inbox, ["lock.locked", "lock.unlocked"])
    seam.locks.unlock_door(device_id=sandbox_device.device_id)
    before = seam_sandbox.snapshot()
    seam.locks.lock_door(device_id=sandbox_device.device_id)

    seam_sandbox.restore(before)

    seam_webhooks.inbox.expect("lock.unlocked", count=1)
    seam_webhooks.inbox.expect_no("lock.locked")


def test_trials_of_a_sweep_have_deliveries_of_their_own(seam_sandbox, seam_webhooks, seam_sweep, sandbox_device):
    """A webhook that was made before the sweep is that of each trial."""
    seam_webhooks.deliver_to(seam_webhooks.inbox, ["device.disconnected"])
    counts = []
    for trial in seam_sweep(disconnect=sandbox_device):
        with trial as sandbox:
            sandbox.client().devices.list()
            counts.append(len(seam_webhooks.inbox))

    assert counts == [0, 1, 1]


def test_reset_keeps_delivering(keeper, seam_sandbox, seam_webhooks):
    """Webhooks outlive a reset, and so does their delivery."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["device.added"]).secret
    seam_sandbox.create_device()
    seam_sandbox.client().workspaces.reset_sandbox()
    seam_sandbox.create_device()

    assert keeper.types == ["device.added", "device.added"]


def test_paused_messages_wait(keeper, seam, seam_webhooks, sandbox_device):
    """Until they are flushed, or delivery is resumed."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked"]).secret

    seam_webhooks.pause()
    seam.locks.lock_door(device_id=sandbox_device.device_id)
    paused = len(keeper.events)
    seam_webhooks.flush()
    flushed = len(keeper.events)
    seam.locks.lock_door(device_id=sandbox_device.device_id)
    seam_webhooks.resume()

    assert (paused, flushed, len(keeper.events)) == (0, 1, 2)


def test_deliveries_stand_in_the_timeline(keeper, seam, seam_sandbox, seam_webhooks, sandbox_device):
    """After the event, with the name of what it is about and the answer."""
    keeper.secret = seam_webhooks.deliver_to(keeper, ["lock.locked"], path="/hooks").secret
    seam.locks.lock_door(device_id=sandbox_device.device_id)

    (line,) = [line for line in seam_sandbox.timeline.splitlines() if "  webhook  " in line]
    assert line.endswith(f"lock.locked device_id={sandbox_device.display_name} → http://app.localhost/hooks → 200")


def test_app_that_answers_each_event_with_another_is_stopped():
    """Such a test would never end; it fails, and says why."""
    sandbox = Sandbox()
    device = sandbox.create_device()
    client = sandbox.client()
    calls = {"lock.locked": client.locks.unlock_door, "lock.unlocked": client.locks.lock_door}
    sandbox.webhooks.deliver_to(
        lambda request: calls[request.json()["event_type"]](device_id=device.device_id) and None, [*calls]
    )

    client.locks.lock_door(device_id=device.device_id)

    with pytest.raises(SandboxError, match="without an end"):
        sandbox.check()


def nothing(request):
    """Do nothing, which is a success."""


@pytest.mark.parametrize(
    ("target", "options", "said"),
    [
        ("https://app.example/hooks", {}, "nothing leaves this machine"),
        ("ftp://127.0.0.1/", {}, "nothing leaves this machine"),
        (7, {}, "cannot be delivered to 7"),
        (lambda: None, {}, "takes 0 positional arguments"),
        (nothing, {"path": "hooks"}, "path is 'hooks'"),
        ("http://127.0.0.1:1/a", {"path": "/b"}, "write it as 'http://127.0.0.1:1/a/b'"),
        (nothing, {"timeout": 0}, "timeout is 0"),
        (nothing, {"timeout": True}, "timeout is True"),
        (nothing, {"event_types": ["device.conected"]}, "device.connected"),
    ],
    ids=["foreign", "scheme", "number", "no arguments", "path", "two paths", "timeout", "truth", "type"],
)
def test_impossible_target_is_refused_and_makes_no_webhook(seam_sandbox, seam_webhooks, target, options, said):
    """What was found, what it takes; nothing is left of it."""
    with pytest.raises(SandboxError, match=said):
        seam_webhooks.deliver_to(target, **options)

    assert seam_sandbox.client().webhooks.list() == []


@pytest.mark.parametrize("url", ["/hooks", "app.example", 7])
def test_route_needs_a_url(seam_webhooks, keeper, url):
    """As an app gives it to Seam."""
    with pytest.raises(SandboxError, match="url is"):
        seam_webhooks.route(url, keeper)


def test_refused_webhook_reaches_nobody(keeper, seam, seam_webhooks, sandbox_device):
    """A webhook that Seam does not make has no deliveries."""
    with seam_raises("invalid_event_types", status_code=400):
        seam.webhooks.create(url="http://127.0.0.1:1/", event_types=["nope"])

    seam.locks.lock_door(device_id=sandbox_device.device_id)

    assert list(seam_webhooks.inbox) == []


def test_webhooks_describe_themselves(seam_webhooks):
    """In a debugger and in assertions."""
    assert repr(seam_webhooks) == "Webhooks(0 deliveries)"
    assert repr(seam_webhooks.inbox) == "Inbox(0 deliveries)"
