"""Hypothesis strategies: sandboxes, outages in them and when, faults, and what an app gets from Seam.

`@given(sandbox=sandboxes(), plan=outage_plans())` gives each example a fresh sandbox and a plan that is possible in it.
"""

from ..engine.fault_kinds import FaultKind
from ..outages import OutageKind, OutageSpec
from .disruptions import fault_plans, faults, outage_plans, outages, sandboxes, worlds
from .events import event_payloads, events
from .fault_specs import FaultSpec
from .plans import FaultPlan, Moment, OutagePlan, PlannedOutage
from .resources import devices, phones

__all__ = [
    "FaultKind",
    "FaultPlan",
    "FaultSpec",
    "Moment",
    "OutageKind",
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
