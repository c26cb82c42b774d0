"""Plans of deliveries, as values and played; the strategy that draws them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.strategies import DeliveryPlan, PlannedDelivery, delivery_plans, sandboxes
from pytest_seam_sandbox.webhooks.plans import KINDS

LATE = PlannedDelivery("delay", 60.0)


def one(kind):
    return LATE if kind == "delay" else PlannedDelivery(kind)


def played(plan, locks):
    """What becomes of so many events under a plan: the inbox, and the ids of the events."""
    with Sandbox() as sandbox:
        device, client = sandbox.create_device(), sandbox.client()
        sandbox.clock.freeze()
        sandbox.webhooks.deliver_to(sandbox.webhooks.inbox, ["lock.locked"])
        with plan.play(sandbox):
            for _ in range(locks):
                client.locks.lock_door(device_id=device.device_id)
        ids = [event.event_id for event in sandbox.events if event.event_type == "lock.locked"]
        return list(sandbox.webhooks.inbox), ids


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        ("on_time", [200]),
        ("duplicate", [200, 200]),
        ("delay", [200]),
        ("drop", [None, 200]),
        ("lose", []),
        ("stale_timestamp", [400, 200]),
        ("wrong_secret", [400, 200]),
        ("partial_body", [400, 200]),
    ],
)
def test_message_meets_what_the_plan_says(kind, statuses):
    """The first one does; the second, of which the plan says nothing, comes at once."""
    deliveries, (first, second) = played(DeliveryPlan((one(kind),)), 2)

    assert [each.status for each in deliveries if each.event.event_id == first] == statuses
    assert [each.status for each in deliveries if each.event.event_id == second] == [200]
    assert set(KINDS) >= {kind}


def test_late_message_is_overtaken():
    """By the one that follows it."""
    deliveries, (first, second) = played(DeliveryPlan((LATE,)), 2)

    assert [each.event.event_id for each in deliveries] == [second, first]


@pytest.mark.parametrize(("kind", "said"), [("lose", "never sent (lose)"), ("delay", "held back (delay)")])
def test_timeline_says_what_the_plan_keeps_back(kind, said):
    """In the words of the kind."""
    with Sandbox() as sandbox:
        lock = sandbox.create_device()
        sandbox.webhooks.deliver_to(sandbox.webhooks.inbox, ["lock.locked"])
        with DeliveryPlan((one(kind),)).play(sandbox):
            sandbox.client().locks.lock_door(device_id=lock.device_id)
            assert sandbox.timeline.count(f"→ {said}") == 1
        sandbox.clock.run_until_idle()


def test_plan_longer_than_what_happens_is_no_mistake():
    """Nothing at all may happen."""
    assert played(DeliveryPlan((LATE, LATE)), 0) == ([], [])
    assert played(DeliveryPlan(), 0) == ([], [])


@given(plan=delivery_plans(), locks=st.integers(0, 6))
def test_every_message_comes_at_least_once(plan, locks):
    """That is what the kinds by default leave of Seam's promise."""
    deliveries, ids = played(plan, locks)

    assert {each.event.event_id for each in deliveries if each.is_accepted} == set(ids)
    assert not plan.loses


@given(plan=delivery_plans(kinds=["lose", "on_time"], max_size=3))
def test_lost_messages_are_those_of_the_plan(plan):
    """The others come."""
    deliveries, ids = played(plan, 3)
    lost = [number for number, each in enumerate(plan.deliveries) if each.kind == "lose"]

    assert [each.event.event_id for each in deliveries] == [key for number, key in enumerate(ids) if number not in lost]
    assert plan.loses == bool(lost)


@given(plan=delivery_plans(kinds=list(KINDS)))
def test_plans_are_values(plan):
    """Their repr makes them again, and their text has a part for each disturbed message."""
    again = eval(repr(plan))

    assert again == plan
    assert hash(again) == hash(plan)
    disturbed = [each for each in plan.deliveries if each.kind != "on_time"]
    assert str(plan).count("message ") == max(1, len(disturbed)) if disturbed else str(plan).startswith("every message")


def test_plan_reads_as_a_sentence():
    """With the number of the message."""
    plan = DeliveryPlan((PlannedDelivery("on_time"), LATE, PlannedDelivery("drop")))

    assert str(plan) == "message 2 comes late by 60 s; message 3 does not come at the first attempt"


@given(sandbox=sandboxes(), data=st.data())
def test_plan_is_shown_by_hypothesis(sandbox, data):
    """By its repr."""
    plan = data.draw(delivery_plans(max_size=1))

    assert repr(plan).startswith("DeliveryPlan(deliveries=(")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: PlannedDelivery("late"), "'late' happens to no delivery; there are on_time"),
        (lambda: PlannedDelivery("delay"), "seconds is 0.0"),
        (lambda: PlannedDelivery("drop", 5), "seconds is 5"),
        (lambda: PlannedDelivery("delay", "5"), "seconds is '5'"),
        (lambda: delivery_plans(kinds=["late"]), "kinds has .*late"),
        (lambda: delivery_plans(kinds=[]), "takes one or more of"),
    ],
)
def test_impossible_plan_is_refused(make, said):
    """Before anything is drawn or played."""
    with pytest.raises(SandboxError, match=said):
        make()
