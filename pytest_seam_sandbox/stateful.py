"""State machines that take an app through outages, faults and time: see SandboxMachine."""

from hypothesis.stateful import Bundle, consumes, multiple, precondition

from .chaos.faults import PlannedFault
from .chaos.laws import LawBroken
from .chaos.losses import Loss
from .chaos.machine import codes, devices, phones
from .chaos.machines import AsyncSandboxMachine, SandboxMachine
from .chaos.story import Drawn
from .chaos.telling import eventually, initialize, invariant, rule

__all__ = [
    "AsyncSandboxMachine",
    "Bundle",
    "Drawn",
    "LawBroken",
    "Loss",
    "PlannedFault",
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
