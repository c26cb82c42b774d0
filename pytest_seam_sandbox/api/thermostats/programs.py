"""/thermostats/daily_programs/*, update_weekly_program and activate_weekly_program.

Seam pushes a program to the thermostat when it is part of the weekly program; what could not be pushed stays as it was
(assumed). The names of the refusals are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import StringConstraints
from typing_extensions import TypedDict

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.params import Complaint, invalid_input
from ...engine.query import QueryType
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import NonEmptyText, Nullable, Text, Uuid
from ...engine.workspace import Workspace
from .._shared import WITH_SESSION, find, not_found
from ..action_attempts import ActionFailed
from ..devices.model import DeviceRow
from ..devices.state import reach
from . import weekly
from .climate import preset_of
from .commands import find_thermostat, start
from .model import DAYS, ThermostatDailyProgramRow, ThermostatRow, programs_of
from .temperature import change
from .timetable import release

router = Router("/thermostats")

_TIME = r"^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$"
_MINUTES_PER_HOUR = 60


class Period(TypedDict):
    """A period of a daily program: the time of day at which it begins, and its climate preset."""

    starts_at_time: Annotated[str, StringConstraints(pattern=_TIME), QueryType("string")]
    climate_preset_key: NonEmptyText


def _find(workspace: Workspace, caller: Caller, program_id: str) -> ThermostatDailyProgramRow:
    program = find(workspace, ThermostatDailyProgramRow, program_id, words="Thermostat daily program")
    find_thermostat(workspace, caller, program.device_id)
    return program


def _refuse_unsupported(device: DeviceRow, flag: str) -> None:
    if flag not in device.model.flags:
        raise ApiError(400, "thermostat_programs_not_supported", f"The thermostat lacks the capability {flag}")


def _check_periods(device: DeviceRow, periods: list[Period]) -> None:
    """Raise ApiError 400 for periods beyond the limits of the thermostat. Source of the limits: spec."""
    keys = {period["climate_preset_key"] for period in periods}
    starts = [period["starts_at_time"] for period in periods]
    most = device.property("max_thermostat_daily_program_periods_per_day")
    precision = device.property("thermostat_daily_program_period_precision_minutes")
    unknown = sorted(key for key in keys if preset_of(device, key) is None)
    if not periods:
        text = "Array must contain at least 1 element(s)"
    elif unknown:
        text = f"Unknown climate preset {unknown[0]}"
    elif len(set(starts)) < len(starts):
        text = "Two periods start at the same time"
    elif most is not None and len(periods) > most:
        text = f"The thermostat takes at most {most} periods a day"
    elif precision is not None and not all(_fits(start, precision) for start in starts):
        text = f"The thermostat takes periods that start at multiples of {precision} minutes"
    elif _too_many(device, keys):
        text = "The thermostat takes fewer different climate presets"
    else:
        return
    raise invalid_input([Complaint(("periods",), text)])


def _fits(starts_at_time: str, precision: float) -> bool:
    """Whether a time of day is a multiple of so many minutes, counted from the full hour (spec)."""
    hours, minutes, seconds = map(int, starts_at_time.split(":"))
    counted = minutes if precision <= _MINUTES_PER_HOUR else hours * _MINUTES_PER_HOUR + minutes
    return seconds == 0 and counted % precision == 0


def _too_many(device: DeviceRow, keys: set[str]) -> bool:
    most = device.property("max_unique_climate_presets_per_thermostat_weekly_program")
    return most is not None and len(keys) > most


def _show_programs(workspace: Workspace, device_id: str) -> DeviceRow:
    """List the daily programs on their thermostat."""
    programs = [program.view() for program in programs_of(workspace, device_id)]
    return change(workspace, workspace[DeviceRow][device_id], thermostat_daily_programs=programs)


def _is_in_weekly_program(device: DeviceRow, program_id: str) -> bool:
    program = device.property("thermostat_weekly_program") or {}
    return any(program.get(f"{day}_program_id") == program_id for day in DAYS)


@router.post("daily_programs/create", key="thermostat_daily_program", allow=WITH_SESSION, source="spec")
def create_daily_program(
    workspace: Workspace, *, caller: Caller, device_id: Uuid, name: Text, periods: list[Period]
) -> ThermostatDailyProgramRow:
    """A new daily program; nothing is pushed before it is part of the weekly program (docs, by the order of steps)."""
    device = find_thermostat(workspace, caller, device_id)
    _refuse_unsupported(device, "can_run_thermostat_programs")
    _check_periods(device, periods)
    program = workspace[ThermostatDailyProgramRow].put(
        ThermostatDailyProgramRow(
            thermostat_daily_program_id=workspace.ids.uuid(),
            device_id=device.id,
            workspace_id=workspace.workspace_id,
            created_at=workspace.clock.text(),
            name=name,
            periods=tuple(dict(period) for period in periods),  # type: ignore[arg-type]  # texts
        )
    )
    _show_programs(workspace, device.id)
    return program


def _push_daily(
    workspace: Workspace, action_attempt_id: str, device_id: str, program_id: str, changes: Mapping[str, Any]
) -> dict[str, Any]:
    device = workspace[DeviceRow].get(device_id)
    if device is None or _is_in_weekly_program(device, program_id):
        device = reach(workspace, device_id)
    program = workspace[ThermostatDailyProgramRow].get(program_id)
    if program is None:
        raise ActionFailed("thermostat_daily_program_not_found", "The daily program was deleted meanwhile.")
    if any(preset_of(device, period["climate_preset_key"]) is None for period in changes["periods"]):
        raise ActionFailed("climate_preset_not_found", "A climate preset was deleted meanwhile.")
    workspace[ThermostatDailyProgramRow].put(program.but(**changes))
    weekly.plan(workspace, _show_programs(workspace, device_id))
    return {}


@router.patch("daily_programs/update", key="action_attempt", allow=WITH_SESSION, source="spec")
def update_daily_program(
    workspace: Workspace, *, caller: Caller, name: Text, periods: list[Period], thermostat_daily_program_id: Uuid
) -> Row:
    """Replace name and periods: PUSH_THERMOSTAT_PROGRAMS attempt.

    It needs the thermostat only if the program is part of the weekly program (assumed).
    """
    program = _find(workspace, caller, thermostat_daily_program_id)
    device = workspace[DeviceRow][program.device_id]
    _check_periods(device, periods)
    changes = {"name": name, "periods": tuple(dict(period) for period in periods)}
    return start(workspace, "PUSH_THERMOSTAT_PROGRAMS", _push_daily, device, program.id, changes)


@router.delete("daily_programs/delete", allow=WITH_SESSION, source="spec")
def delete_daily_program(workspace: Workspace, *, caller: Caller, thermostat_daily_program_id: Uuid) -> None:
    """Delete a daily program; part of the weekly program (docs): 400 `thermostat_daily_program_in_use`."""
    program = _find(workspace, caller, thermostat_daily_program_id)
    if _is_in_weekly_program(workspace[DeviceRow][program.device_id], program.id):
        raise ApiError(400, "thermostat_daily_program_in_use", "The daily program is part of the weekly program")
    workspace[ThermostatDailyProgramRow].remove(program.id)
    _show_programs(workspace, program.device_id)


def _check_week(workspace: Workspace, device: DeviceRow, week: list[str | None]) -> None:
    """Raise ApiError for programs of other thermostats or too many presets.

    Every model of the catalog takes another program each day, so no day has to be like another.
    """
    programs = {program.id: program for program in programs_of(workspace, device.id)}
    for program_id in week:
        if program_id is not None and program_id not in programs:
            raise not_found("thermostat_daily_program_not_found", "Thermostat daily program not found")
    used = [programs[program_id] for program_id in set(week) if program_id is not None]
    if _too_many(device, {period["climate_preset_key"] for program in used for period in program.periods}):
        raise ApiError(400, "invalid_input", "The thermostat takes fewer different climate presets in a weekly program")


def _push_weekly(
    workspace: Workspace, action_attempt_id: str, device_id: str, week: Mapping[str, str | None]
) -> dict[str, Any]:
    device = reach(workspace, device_id)
    if not {*week.values()} <= {None, *(program.id for program in programs_of(workspace, device_id))}:
        raise ActionFailed("thermostat_daily_program_not_found", "A daily program was deleted meanwhile.")
    is_empty = all(program_id is None for program_id in week.values())
    program = None if is_empty else {**week, "created_at": workspace.clock.text()}
    device = change(workspace, device, thermostat_weekly_program=program)
    workspace[ThermostatRow].put(workspace[ThermostatRow][device_id].but(is_held=False))
    weekly.plan(workspace, device)
    return {}


@router.post("update_weekly_program", key="action_attempt", allow=WITH_SESSION, source="spec")
def update_weekly_program(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    friday_program_id: Nullable[Uuid] = None,
    monday_program_id: Nullable[Uuid] = None,
    saturday_program_id: Nullable[Uuid] = None,
    sunday_program_id: Nullable[Uuid] = None,
    thursday_program_id: Nullable[Uuid] = None,
    tuesday_program_id: Nullable[Uuid] = None,
    wednesday_program_id: Nullable[Uuid] = None,
) -> Row:
    """Replace the program of all seven days: PUSH_THERMOSTAT_PROGRAMS attempt. A day left out has none (assumed).

    Its first period is the next one that begins (assumed). Days without any program: there is no weekly program.
    """
    arguments = locals()
    device = find_thermostat(workspace, caller, device_id)
    _refuse_unsupported(device, "can_run_thermostat_programs")
    week = {f"{day}_program_id": arguments[f"{day}_program_id"] for day in DAYS}
    _check_week(workspace, device, list(week.values()))
    return start(workspace, "PUSH_THERMOSTAT_PROGRAMS", _push_weekly, device, week)


def _hand_over(workspace: Workspace, action_attempt_id: str, device_id: str) -> dict[str, Any]:
    device = reach(workspace, device_id)
    if device.property("thermostat_weekly_program") is None:
        raise ActionFailed("no_weekly_program", "The thermostat has no weekly program.")
    release(workspace, device)
    return {}


@router.post("activate_weekly_program", key="action_attempt", allow=WITH_SESSION, source="assumed")
def activate_weekly_program(workspace: Workspace, *, caller: Caller, device_id: Uuid) -> Row:
    """Give control back to the weekly program: ACTIVATE_WEEKLY_PROGRAM attempt. Only the SDK has this path.

    The period that is running comes into force. Without a weekly program: the attempt ends in `no_weekly_program`.
    """
    device = find_thermostat(workspace, caller, device_id)
    _refuse_unsupported(device, "can_activate_weekly_program")
    return start(workspace, "ACTIVATE_WEEKLY_PROGRAM", _hand_over, device)
