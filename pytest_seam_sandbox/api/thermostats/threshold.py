"""/thermostats/set_temperature_threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.auth import Caller
from ...engine.params import Complaint
from ...engine.router import Router
from ...engine.types import Nullable, Uuid
from ...engine.workspace import Workspace
from .._shared import WORKSPACE
from .commands import find_thermostat
from .set_points import Temperature, both_units, one_unit
from .temperature import set_threshold

router = Router("/thermostats")


def _limits(values: Mapping[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for end in ("lower", "upper"):
        found |= both_units(f"{end}_limit", values.get(f"{end}_limit_celsius"), values.get(f"{end}_limit_fahrenheit"))
    return found


def _in_order(values: Mapping[str, Any]) -> Complaint | None:
    limits = _limits(values)
    lower, upper = limits.get("lower_limit_celsius"), limits.get("upper_limit_celsius")
    if lower is None or upper is None or lower < upper:
        return None
    return Complaint((), "The lower limit must be below the upper limit")


@router.patch(
    "set_temperature_threshold",
    allow=WORKSPACE,
    source="spec",
    checks=[one_unit("lower_limit"), one_unit("upper_limit"), _in_order],
)
def set_temperature_threshold(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    lower_limit_celsius: Nullable[Temperature] = None,
    lower_limit_fahrenheit: Nullable[Temperature] = None,
    upper_limit_celsius: Nullable[Temperature] = None,
    upper_limit_fahrenheit: Nullable[Temperature] = None,
) -> None:
    """Replace the threshold: a limit that is not given is none; no limit deletes it (docs).

    A temperature that is outside already: the warning and thermostat.temperature_threshold_exceeded at once (assumed).
    """
    set_threshold(workspace, find_thermostat(workspace, caller, device_id), _limits(locals()))
