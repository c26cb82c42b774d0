"""Hypothesis strategies: sandboxes, what is lost in them and when, faults, and what an app gets from Seam.

`@given(sandbox=sandboxes(), plan=outage_plans())` gives each example a fresh sandbox and a plan that is possible in it.
"""

from .chaos.event_strategies import event_payloads, events
from .chaos.faults import PlannedFault
from .chaos.losses import Loss
from .chaos.plans import FaultPlan, OutagePlan, PlannedOutage
from .chaos.resource_strategies import devices, phones
from .chaos.strategies import fault_plans, faults, outage_plans, outages, sandboxes, worlds

__all__ = [
    "FaultPlan",
    "Loss",
    "OutagePlan",
    "PlannedFault",
    "PlannedOutage",
    "devices",
    "event_payloads",
    "events",
    "fault_plans",
    "faults",
    "outage_plans",
    "outages",
    "phones",
    "sandboxes",
    "worlds",
]
