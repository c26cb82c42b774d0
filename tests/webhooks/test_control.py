"""Webhooks of a served sandbox, for tests in other languages."""

import httpx
import pytest

from pytest_seam_sandbox.webhooks.control import ACTS


@pytest.fixture
def control(seam_sandbox):
    """Sends control requests; gives the status and the answer."""
    with seam_sandbox.serve(control=True) as url, httpx.Client(base_url=f"{url}/_sandbox/webhooks/") as client:

        def send(route, **values):
            answer = client.post(route, json=values)
            return answer.status_code, answer.json()

        yield send


@pytest.fixture
def lock(seam_sandbox, sandbox_device):
    client = seam_sandbox.client()
    return lambda: client.locks.lock_door(device_id=sandbox_device.device_id)


def test_app_at_a_url_gets_events(keeper, local_server, control, lock):
    """The answer is the webhook with its secret; the deliveries tell what became of each event."""
    url = local_server(keeper.take)
    status, webhook = control("deliver_to", url=url, event_types=["lock.locked"])
    keeper.secret = webhook["secret"]

    lock()

    _, told = control("deliveries")
    (delivery,) = told["deliveries"]
    assert (status, keeper.types) == (200, ["lock.locked"])
    assert (delivery["url"], delivery["status"], delivery["attempt"], delivery["error"]) == (url, 200, 1, None)
    assert delivery["event"]["event_id"] == keeper.events[0].event_id
    assert delivery["headers"]["svix-id"] == keeper.ids[0]


def test_inbox_takes_what_no_app_takes(control, lock):
    """Without a URL."""
    control("deliver_to", event_types=["lock.locked"])
    lock()

    assert [each["status"] for each in control("deliveries")[1]["deliveries"]] == [200]


def test_address_elsewhere_is_answered_here(keeper, local_server, seam_sandbox, control, lock):
    """As the app has it at Seam."""
    control("route", url="https://app.example/hooks", target=local_server(keeper.take))
    keeper.secret = seam_sandbox.client().webhooks.create(url="https://app.example/hooks").secret

    lock()

    assert keeper.types == ["lock.locked", "action_attempt.lock_door.succeeded"]


def test_delivery_is_paused_flushed_and_resumed(control, lock):
    """Each answers when it is done."""

    def count():
        return len(control("deliveries")[1]["deliveries"])

    control("deliver_to", event_types=["lock.locked"])
    control("pause")
    lock()
    counts = [count()]
    control("flush")
    counts.append(count())
    lock()
    control("resume")

    assert [*counts, count()] == [0, 1, 2]


@pytest.mark.parametrize("kind", ["duplicate", "drop", "stale_timestamp", "wrong_secret", "partial_body"])
def test_next_delivery_is_disturbed(control, lock, kind):
    """And says by what."""
    control("deliver_to", event_types=["lock.locked"])
    status, said = control(kind, event_type="lock.locked", times=1)

    lock()

    assert (status, said) == (200, {"disturbance": f"{kind}(lock.locked)"})
    assert control("deliveries")[1]["deliveries"][-1]["disturbed_by"] == [kind]


def test_messages_are_lost_held_back_and_late(seam_sandbox, control, lock):
    """Nothing of them comes at once."""
    control("deliver_to", event_types=["lock.locked"])
    for kind, values in [("lose", {}), ("delay", {"seconds": 60.0}), ("reorder", {})]:
        assert control(kind, **values)[0] == 200
        lock()

    assert control("deliveries")[1]["deliveries"] == []
    control("flush")
    seam_sandbox.clock.advance(60)
    assert len(control("deliveries")[1]["deliveries"]) == 2
    lock()


def test_secret_is_rotated(seam_sandbox, control):
    """Of the only webhook, or of one by its id."""
    _, webhook = control("deliver_to")
    _, rotation = control("rotate_secret")
    _, again = control("rotate_secret", webhook_id=webhook["webhook_id"])

    assert (rotation["old_secret"], again["old_secret"]) == (webhook["secret"], rotation["secret"])
    assert seam_sandbox.client().webhooks.list()[0].secret == again["secret"]


@pytest.mark.parametrize(
    ("route", "values", "said"),
    [
        ("deliver_to", {"url": "https://app.example/"}, "nothing leaves this machine"),
        ("deliver_to", {"event_types": ["lock.loked"]}, "lock.locked"),
        ("delay", {}, "'seconds' is missing"),
        ("drop", {"time": 2}, "no parameter 'time'; there are event_type, times"),
        ("pause", {"until": 1}, "there are none"),
    ],
)
def test_mistakes_are_400(control, route, values, said):
    """With what was found and what is taken."""
    status, answer = control(route, **values)

    assert status == 400
    assert said in answer["error"]


def test_unknown_route_is_answered_with_those_that_there_are(control):
    """Those for webhooks among them."""
    status, answer = control("nope")

    assert status == 404
    assert all(f"webhooks/{name}" in answer["error"] for name in ACTS)


def test_check_tells_and_reset_forgets_what_is_undelivered(seam_sandbox, control, lock):
    """As for faults."""
    control("deliver_to", url="http://127.0.0.1:1/", event_types=["lock.locked"])
    told = []
    with seam_sandbox.serve(control=True) as url:
        for route in ("check", "check"):
            lock()
            told.append(httpx.post(f"{url}/_sandbox/{route}").json()["ok"])
        lock()
        httpx.post(f"{url}/_sandbox/reset")
        told.append(httpx.post(f"{url}/_sandbox/check").json()["ok"])

    assert told == [False, False, True]
