"""The contract scenarios: small stories over Seam's API, each of which takes back what it makes."""

from __future__ import annotations

from ..steps import Scenario
from . import access, climate, codes, connections, devices, errors, people

SCENARIOS: tuple[Scenario, ...] = (
    *connections.SCENARIOS,
    *devices.SCENARIOS,
    *codes.SCENARIOS,
    *climate.SCENARIOS,
    *people.SCENARIOS,
    *access.SCENARIOS,
    *errors.SCENARIOS,
)
"""All scenarios, in the order in which they run."""
