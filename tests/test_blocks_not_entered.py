"""Blocks and loops of the sandbox that were made and never begun: nothing happened, and the end of the test says so."""

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.strategies import FaultPlan, FaultSpec, OutagePlan, PlannedOutage
from pytest_seam_sandbox.webhooks.plans import DeliveryPlan, PlannedDelivery

LOSS = OutagePlan([PlannedOutage("disconnected", "GARAGE", start=0, duration=60)])
FAULTS = FaultPlan([FaultSpec("fail", "/devices/list")])
TWICE = DeliveryPlan((PlannedDelivery("duplicate"),))

MADE = {
    "expecting": (
        lambda sandbox: sandbox.expecting("lock.unlocked"),
        r"expecting\('lock.unlocked'\) was made.*expected",
    ),
    "interception": (lambda sandbox: sandbox.intercepted(), r"intercepted\(\) was made and never entered"),
    "server": (lambda sandbox: sandbox.serve(), r"with sandbox.serve\(\): "),
    "outages": (LOSS.play, "the play of OutagePlan.*for moment in plan.play"),
    "faults": (FAULTS.on, "FaultPlan.*with plan.on"),
    "deliveries": (TWICE.play, "the play of DeliveryPlan.*with plan.play"),
}


@pytest.mark.parametrize(("make", "text"), MADE.values(), ids=MADE)
def test_what_was_made_and_not_entered(make, text):
    """It is told, with the line, at the end of the test; once."""
    sandbox = Sandbox()
    sandbox.create_device()
    make(sandbox)

    with pytest.raises(SandboxError, match=rf"{text}.* It was asked for at .*test_blocks_not_entered.py:\d+"):
        sandbox.check()
    sandbox.check()


def test_what_was_entered():
    """Once is enough, and again is fine; what has nothing to do counts as done."""
    sandbox = Sandbox()
    block = sandbox.intercepted()
    for _ in range(2):
        with block:
            pass
    with sandbox.serve(), sandbox.expecting(), FaultPlan([]).on(sandbox), DeliveryPlan().play(sandbox):
        pass
    assert list(OutagePlan([]).play(sandbox)) == []

    sandbox.check()
