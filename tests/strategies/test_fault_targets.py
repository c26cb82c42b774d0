"""Kinds of faults where targets are taken, targets where kinds are, and faults where neither is."""

import pytest

from pytest_seam_sandbox import SandboxError
from pytest_seam_sandbox.stateful import SandboxMachine
from pytest_seam_sandbox.strategies import fault_plans, faults
from pytest_seam_sandbox.strategies.fault_specs import FaultSpec

UNLOCK = "POST /locks/unlock_door"


def machine(**attributes):
    return type("Hotel", (SandboxMachine,), attributes)


FAULTS = {
    "a kind": (("lose_answer",), r"'lose_answer' is a kind of fault. Say Hotel.fault_kinds = \('lose_answer',\)"),
    "a kind beside a target": ((UNLOCK, "fail"), "'fail' is a kind of fault"),
    "a kind by itself": ("fail", "'fail' is a kind of fault"),
    "a fault": (
        (FaultSpec("fail", UNLOCK),),
        r"Say Hotel.faults = \('POST /locks/unlock_door',\) and Hotel.fault_kinds = \('fail',\)",
    ),
    "a number": ((503,), "Hotel.faults has 503; it takes paths"),
}
KINDS = {
    "a target": ((UNLOCK,), r"That is a target: say Hotel.faults = \('POST /locks/unlock_door',\)"),
    "all requests": (("*",), "That is a target"),
    "a fault": ((FaultSpec("fail", UNLOCK),), r"Say Hotel.faults = \('POST /locks/unlock_door',\)"),
    "nothing known": (("explode",), "there is no fault 'explode'. There are fail, "),
    "nothing": ((), "no fault is given; there are fail, "),
    "a number": ((503,), "Hotel.fault_kinds has 503. The kinds"),
}


@pytest.mark.parametrize(("given", "text"), FAULTS.values(), ids=FAULTS)
def test_targets_of_a_machine(given, text):
    """The class is refused where it is written, with what to write."""
    with pytest.raises(SandboxError, match=text):
        machine(faults=given)


@pytest.mark.parametrize(("given", "text"), KINDS.values(), ids=KINDS)
def test_kinds_of_a_machine(given, text):
    """The same for the kinds."""
    with pytest.raises(SandboxError, match=text):
        machine(faults=("*",), fault_kinds=given)


def test_single_texts_of_a_machine():
    """One target or kind need not be in a tuple."""
    hotel = machine(faults=UNLOCK, fault_kinds="fail")

    assert (hotel.faults, hotel.fault_kinds) == ((UNLOCK,), ("fail",))


@pytest.mark.parametrize("strategy", [faults, fault_plans])
def test_targets_and_kinds_of_a_strategy(strategy):
    """Strategies say it of their own arguments."""
    with pytest.raises(SandboxError, match=r"'fail' is a kind of fault. Say kinds = \('fail',\), and targets"):
        strategy(["fail"])
    with pytest.raises(SandboxError, match=r"kinds has '\*'. That is a target: say targets = \('\*',\)"):
        strategy(kinds=["*"])
    with pytest.raises(SandboxError, match=r"Say targets = \('\*',\) and kinds = \('slow',\)"):
        strategy([FaultSpec("slow")])
