"""Hypothesis strategies: sandboxes, what is lost in them and when, faults, and what an app gets from Seam.

`@given(sandbox=sandboxes(), plan=outage_plans())` gives each example a fresh sandbox and a plan that is possible in it.
"""

from ..outages.specs import OutageSpec
from .disruptions import fault_plans, faults, outage_plans, outages, sandboxes, worlds
from .events import event_payloads, events
from .fault_specs import FaultSpec
from .plans import FaultPlan, OutagePlan, PlannedOutage
from .resources import devices, phones

__all__ = [
    "FaultPlan",
    "FaultSpec",
    "OutagePlan",
    "OutageSpec",
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
