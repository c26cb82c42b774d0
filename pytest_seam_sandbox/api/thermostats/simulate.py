"""/thermostats/simulate/*: what a sandbox can let happen at a thermostat."""

from __future__ import annotations

from typing import Annotated, Unpack

from ...engine.auth import Caller
from ...engine.query import QueryType
from ...engine.router import Router
from ...engine.types import Uuid, discriminator
from ...engine.workspace import Workspace
from .._shared import WORKSPACE, require_sandbox, when_noticed
from .commands import find_thermostat
from .set_points import (
    ONE_UNIT,
    SetPoints,
    Temperature,
    both_units,
    check_setting,
    needs,
    one_unit,
    relevant,
    set_points,
)
from .timetable import adjusted_by_hand
from .timetable import temperature_reached as reached

router = Router("/thermostats")

HandMode = Annotated[str, discriminator("off", "cool", "heat", "heat_cool"), QueryType("string")]


@router.post("simulate/hvac_mode_adjusted", allow=WORKSPACE, source="spec", checks=ONE_UNIT)
def hvac_mode_adjusted(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    hvac_mode: HandMode,
    **asked: Unpack[SetPoints],
) -> None:
    """Change the mode at the thermostat: thermostat.manually_adjusted with method external (assumed).

    Seam sees it after `state_latency`, and when the thermostat is back, if it is unreachable (assumed).
    """
    require_sandbox(workspace)
    device = find_thermostat(workspace, caller, device_id)
    setting = relevant({"hvac_mode_setting": hvac_mode, **set_points(asked)})
    check_setting(device, setting)
    when_noticed(workspace, adjusted_by_hand, device.id, setting)


@router.post(
    "simulate/temperature_reached",
    allow=WORKSPACE,
    source="spec",
    checks=[needs("temperature"), one_unit("temperature")],
)
def temperature_reached(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    temperature_celsius: Temperature | None = None,
    temperature_fahrenheit: Temperature | None = None,
) -> None:
    """Let the thermostat measure a temperature: the events of a change, a set point and the threshold that follow.

    Seam sees it after `state_latency`, and when the thermostat is back, if it is unreachable (assumed).
    """
    require_sandbox(workspace)
    device = find_thermostat(workspace, caller, device_id)
    measured = both_units("temperature", temperature_celsius, temperature_fahrenheit)
    when_noticed(workspace, reached, device.id, measured)
