"""A scenario with an outage or a fault at each of its calls in turn: see `sweep`."""

from ..outages import OutageSpec
from ..strategies.fault_specs import FaultSpec
from .deliveries import DeliveryDisruption, DeliverySpec
from .injection_points import Disruption, InjectionPoint, When
from .loop import Sweep, SweepFailed
from .options import SeamSweep, SweepOptions, sweep
from .trial import Result, Trial

__all__ = [
    "DeliveryDisruption",
    "DeliverySpec",
    "Disruption",
    "FaultSpec",
    "InjectionPoint",
    "OutageSpec",
    "Result",
    "SeamSweep",
    "Sweep",
    "SweepFailed",
    "SweepOptions",
    "Trial",
    "When",
    "sweep",
]
