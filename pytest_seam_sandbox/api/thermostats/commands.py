"""/thermostats/list, and the commands: heat, cool, heat_cool, off, set_hvac_mode, set_fan_mode.

A thermostat that cannot be reached lets the attempt fail with the code of what blocks it, as a lock does (assumed).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Unpack

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Pager
from ...engine.params import at_least_one
from ...engine.query import QueryType
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import Limit, Nullable, Text, Uuid, discriminator, one_of
from ...engine.workspace import Workspace
from .. import action_attempts
from .._filters import all_of
from .._shared import WITH_SESSION, WITH_SESSION_READ, WORKSPACE, first, not_found
from ..devices import filters
from ..devices.filters import DeviceFilters
from ..devices.lookup import reachable
from ..devices.model import DeviceRow
from ..devices.state import reach
from .events import FanMode
from .set_points import (
    FLAGS,
    ONE_UNIT,
    CoolingSetPoint,
    HeatingSetPoint,
    SetPoints,
    Setting,
    check_setting,
    needs,
    relevant,
    set_points,
)
from .timetable import adjust

router = Router("/thermostats")

Mode = Annotated[str, discriminator("off", "cool", "heat", "heat_cool", "eco"), QueryType("string")]
ThermostatType = Annotated[str, one_of(*filters.THERMOSTATS), QueryType("string")]
ThermostatMaker = Literal["ecobee", "honeywell_resideo", "nest", "sensi", "smartthings", "tado"]


def find_thermostat(workspace: Workspace, caller: Caller, device_id: str) -> DeviceRow:
    """The managed thermostat of this id. Raises ApiError 404 for any other device, 400 for an unmanaged one (fake)."""
    device = reachable(workspace, caller, device_id)
    if device.device_type not in filters.THERMOSTATS:
        raise not_found("device_not_found", "Device not found", {"device_id": device_id})
    if not device.is_managed:
        raise ApiError(400, "device_unmanaged", "Device is unmanaged. Convert it with /devices/unmanaged/update")
    return device


def start(
    workspace: Workspace,
    action_type: str,
    work: action_attempts.Work,
    device: DeviceRow,
    *about: Any,
    at_once: bool = False,
) -> action_attempts.ActionAttemptRow:
    """An action attempt about a thermostat."""
    subject = device.device_id, device.connected_account_id
    return action_attempts.start(workspace, action_type, work, device.id, *about, subject=subject, at_once=at_once)


def _set(workspace: Workspace, action_attempt_id: str, device_id: str, setting: Setting) -> dict[str, Any]:
    device = reach(workspace, device_id, FLAGS.get(setting.get("hvac_mode_setting", "")))
    adjust(workspace, device, setting, method="seam")
    return {}


def _command(
    workspace: Workspace, caller: Caller, device_id: str, mode: str, asked: Mapping[str, Any], *, sync: bool = False
) -> action_attempts.ActionAttemptRow:
    """SET_HVAC_MODE with those of the set points that the mode uses."""
    device = find_thermostat(workspace, caller, device_id)
    setting = relevant({"hvac_mode_setting": mode, **set_points(asked)})
    check_setting(device, setting)
    return start(workspace, "SET_HVAC_MODE", _set, device, setting, at_once=sync)


@router.get(
    "list",
    key="devices",
    twin="thermostats",
    allow=first(*WORKSPACE, of=WITH_SESSION_READ),
    source="spec",
    no_effect={"page_cursor": "Seam gives no further pages of this list"},
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    limit: Limit = 500,
    page_cursor: Nullable[Text] = None,
    **asked: Unpack[DeviceFilters[ThermostatType, ThermostatMaker]],
) -> Sequence[Row]:
    """Managed thermostats, oldest first, under two keys. `limit` cuts the list; there are no further pages (spec)."""
    matches = all_of(
        filters.of_types(None, list(filters.THERMOSTATS)),
        filters.matching(workspace, caller, asked, is_managed=True),
    )
    return Pager(limit).page(workspace[DeviceRow], matches, ids=asked.get("device_ids")).rows


@router.post(
    "heat", key="action_attempt", allow=WITH_SESSION, source="spec", checks=[needs("heating_set_point"), ONE_UNIT[0]]
)
def heat(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    sync: bool = False,
    **asked: Unpack[HeatingSetPoint],
) -> Row:
    """Heat to a set point, given in one unit: SET_HVAC_MODE attempt, then thermostat.manually_adjusted."""
    return _command(workspace, caller, device_id, "heat", asked, sync=sync)


@router.post(
    "cool", key="action_attempt", allow=WITH_SESSION, source="spec", checks=[needs("cooling_set_point"), ONE_UNIT[1]]
)
def cool(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    sync: bool = False,
    **asked: Unpack[CoolingSetPoint],
) -> Row:
    """Cool to a set point, given in one unit: SET_HVAC_MODE attempt, then thermostat.manually_adjusted."""
    return _command(workspace, caller, device_id, "cool", asked, sync=sync)


@router.post(
    "heat_cool",
    key="action_attempt",
    allow=WITH_SESSION,
    source="spec",
    checks=[needs("heating_set_point"), needs("cooling_set_point"), *ONE_UNIT],
)
def heat_cool(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    sync: bool = False,
    **asked: Unpack[SetPoints],
) -> Row:
    """Heat and cool to two set points: SET_HVAC_MODE attempt, then thermostat.manually_adjusted.

    Too near to each other: 400 `invalid_heating_cooling_delta`, also when the cooling one is the lower (docs).
    """
    return _command(workspace, caller, device_id, "heat_cool", asked, sync=sync)


@router.post("off", key="action_attempt", allow=WITH_SESSION, source="spec")
def off(workspace: Workspace, *, caller: Caller, device_id: Uuid, sync: bool = False) -> Row:
    """Turn heating and cooling off: SET_HVAC_MODE attempt, then thermostat.manually_adjusted."""
    return _command(workspace, caller, device_id, "off", {}, sync=sync)


@router.post("set_hvac_mode", key="action_attempt", allow=WITH_SESSION, source="spec", checks=ONE_UNIT)
def set_hvac_mode(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    hvac_mode_setting: Mode,
    **asked: Unpack[SetPoints],
) -> Row:
    """Set a mode with the set points that it uses; others are ignored (assumed): SET_HVAC_MODE attempt."""
    return _command(workspace, caller, device_id, hvac_mode_setting, asked)


@router.post(
    "set_fan_mode",
    key="action_attempt",
    allow=WITH_SESSION,
    source="spec",
    checks=[at_least_one("fan_mode_setting", "fan_mode", text="fan_mode_setting is required")],
)
def set_fan_mode(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    fan_mode: FanMode | None = None,
    fan_mode_setting: FanMode | None = None,
    sync: bool = False,
) -> Row:
    """Set the fan mode: SET_FAN_MODE attempt, then thermostat.manually_adjusted. fan_mode is the old name (spec)."""
    device = find_thermostat(workspace, caller, device_id)
    setting = {"fan_mode_setting": fan_mode_setting or fan_mode}
    check_setting(device, setting)
    return start(workspace, "SET_FAN_MODE", _set, device, setting, at_once=sync)
