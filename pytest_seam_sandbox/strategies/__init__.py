"""Hypothesis strategies: sandboxes, outages in them and when, faults, what an app gets from Seam, and how.

`@given(sandbox=sandboxes(), plan=outage_plans())` gives each example a fresh sandbox and a plan that is possible in it.
"""

from ..engine.fault_kinds import FaultKind
from ..outages import OutageKind, OutageSpec
from ..webhooks.plans import DeliveryKind, DeliveryPlan, PlannedDelivery
from .deliveries import delivery_plans
from .disruptions import fault_plans, faults, outage_plans, outages, sandboxes, worlds
from .events import event_payloads, events
from .fault_specs import FaultSpec
from .plans import FaultPlan, Moment, OutagePlan, PlannedOutage
from .resources import devices, phones

__all__ = [
    "DeliveryKind",
    "DeliveryPlan",
    "FaultKind",
    "FaultPlan",
    "FaultSpec",
    "Moment",
    "OutageKind",
    "OutagePlan",
    "OutageSpec",
    "PlannedDelivery",
    "PlannedOutage",
    "delivery_plans",
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
