"""Plans of what cannot be played: refused when they are made."""

import pytest

from pytest_seam_sandbox import SandboxError
from pytest_seam_sandbox.strategies import FaultPlan, FaultSpec, OutagePlan, OutageSpec, delivery_plans
from pytest_seam_sandbox.webhooks.plans import DeliveryPlan


@pytest.mark.parametrize("given", ["GARAGE", [OutageSpec("disconnected", "GARAGE")], [None]], ids=repr)
def test_plan_of_no_planned_outages(given):
    """What has no times is no part of a plan."""
    with pytest.raises(SandboxError, match="an OutagePlan has .*; it takes a list of PlannedOutage"):
        OutagePlan(given)


@pytest.mark.parametrize("given", ["fail", [OutageSpec("disconnected", "GARAGE")], [FaultSpec("fail"), 5]], ids=repr)
def test_plan_of_no_faults(given):
    """A plan of faults has faults."""
    with pytest.raises(SandboxError, match="a FaultPlan has .*; it takes a list of FaultSpec"):
        FaultPlan(given)


def test_one_kind_of_delivery():
    """As elsewhere, one name may stand alone; it is no list of letters."""
    assert repr(delivery_plans(kinds="duplicate", max_size=2)) == repr(delivery_plans(kinds=["duplicate"], max_size=2))
    with pytest.raises(SandboxError, match="kinds has .*'twice'"):
        delivery_plans(kinds="twice")
    assert not DeliveryPlan().loses
