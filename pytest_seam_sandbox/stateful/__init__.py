"""State machines that take an app through outages, faults and time: see SandboxMachine."""

from hypothesis.stateful import Bundle, consumes, multiple, precondition

from ..outages import OutageSpec
from ..strategies.fault_specs import FaultSpec
from .decorators import eventually, initialize, invariant, rule
from .invariants import InvariantBroken
from .machine import codes, devices, phones
from .machines import AsyncSandboxMachine, SandboxMachine
from .transcript import Drawn

__all__ = [
    "AsyncSandboxMachine",
    "Bundle",
    "Drawn",
    "FaultSpec",
    "InvariantBroken",
    "OutageSpec",
    "SandboxMachine",
    "codes",
    "consumes",
    "devices",
    "eventually",
    "initialize",
    "invariant",
    "multiple",
    "phones",
    "precondition",
    "rule",
]
