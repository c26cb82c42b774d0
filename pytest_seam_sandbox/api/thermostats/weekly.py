"""How the weekly program of a thermostat runs: each period begins at its time of day in the zone of the thermostat.

Source for what it is: docs. How it runs is assumed: before the first period of a day the last one of the day before
goes on; a day without a program changes nothing. A command through Seam, or a preset activated by one, holds the
settings until the program is given back control, or another one is set.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ...engine.workspace import Workspace
from ..devices.model import DeviceRow
from .climate import activate, find_preset
from .model import DAYS, ThermostatDailyProgramRow, ThermostatRow

_ONE_DAY = timedelta(days=1)


def _zone(device: DeviceRow) -> ZoneInfo:
    return ZoneInfo((device.location or {}).get("time_zone", "UTC"))


def _periods(workspace: Workspace, device: DeviceRow, day: date) -> Iterator[tuple[datetime, str]]:
    """The periods of one day, in order: when each begins, and its preset."""
    weekly = device.property("thermostat_weekly_program") or {}
    program = workspace[ThermostatDailyProgramRow].get(weekly.get(f"{DAYS[day.weekday()]}_program_id"))
    if program is not None:
        zone = _zone(device)
        for period in sorted(program.periods, key=lambda period: period["starts_at_time"]):
            local = datetime.combine(day, time.fromisoformat(period["starts_at_time"]), zone)
            yield local.astimezone(UTC), period["climate_preset_key"]


def _period_now(workspace: Workspace, device: DeviceRow) -> str | None:
    """The preset of the period that is running; None when there is none."""
    now = workspace.clock.now()
    today = now.astimezone(_zone(device)).date()
    periods = list(_periods(workspace, device, today))
    begun = [key for begins, key in periods if begins <= now]
    if begun or not periods:
        return begun[-1] if begun else None
    return next((key for _, key in reversed(list(_periods(workspace, device, today - _ONE_DAY)))), None)


def plan(workspace: Workspace, device: DeviceRow) -> ThermostatRow:
    """Have the next period of the weekly program applied when it begins; what was planned before counts no more."""
    thermostat = workspace[ThermostatRow][device.id]
    thermostat = workspace[ThermostatRow].put(thermostat.but(programs=thermostat.programs + 1))
    now = workspace.clock.now()
    today = now.astimezone(_zone(device)).date()
    coming = (
        begins
        for number in range(len(DAYS) + 1)
        for begins, _ in _periods(workspace, device, today + number * _ONE_DAY)
        if begins > now
    )
    begins = next(coming, None)
    if begins is not None:
        workspace.agenda.schedule(begins.timestamp(), _begin_period, device.id, thermostat.programs)
    return thermostat


def _begin_period(workspace: Workspace, device_id: str, number: int) -> None:
    device = workspace[DeviceRow].get(device_id)
    if device is None or workspace[ThermostatRow][device_id].programs != number:
        return
    thermostat = plan(workspace, device)
    if device.is_managed and device.property("active_thermostat_schedule_id") is None and not thermostat.is_held:
        apply(workspace, device)


def apply(workspace: Workspace, device: DeviceRow) -> None:
    """Put the period that is running into force, now or when the thermostat is back."""
    key = _period_now(workspace, device)
    if key is None:
        return
    if device.is_online:
        activate(workspace, device, find_preset(device, key), is_automatic=True)
    else:
        workspace[ThermostatRow].put(workspace[ThermostatRow][device.id].but(due="program"))
