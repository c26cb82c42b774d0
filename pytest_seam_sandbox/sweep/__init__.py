"""A scenario with an outage or a fault at each of its calls in turn: see `sweep`."""

from ..outages import OutageSpec
from ..strategies.fault_specs import FaultSpec
from .injection_points import Disruption, InjectionPoint, When
from .loop import Sweep, SweepFailed
from .options import SeamSweep, SweepOptions, sweep
from .trial import Result, Trial

__all__ = [
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
