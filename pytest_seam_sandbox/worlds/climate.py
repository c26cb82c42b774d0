"""The programs and schedules of a thermostat in a world in a file, and the thresholds of a noise sensor."""

from __future__ import annotations

from ..api.devices.model import DeviceRow
from ..api.noise_sensors.levels import thresholds_of
from ..api.noise_sensors.model import NoiseThresholdRow
from ..api.thermostats import weekly
from ..api.thermostats.model import DAYS, ThermostatDailyProgramRow, ThermostatScheduleRow
from ..api.thermostats.temperature import change
from ..api.thermostats.timetable import ACTIVE, plan, resume
from ..engine.workspace import Workspace
from .conditions import conditions
from .format import Device, NoiseThreshold, Schedule

PROGRAMS, WEEK = "thermostat_daily_programs", "thermostat_weekly_program"
"""The properties that show the programs of a thermostat."""


def add_climate(workspace: Workspace, row: DeviceRow, device: Device) -> None:
    """What a device in the file has beside its properties: programs, schedules, noise thresholds."""
    if device.noise_thresholds is not None:
        for builtin in thresholds_of(workspace, row.id):
            workspace[NoiseThresholdRow].remove(builtin.id)
        for threshold in device.noise_thresholds:
            _add_threshold(workspace, row, threshold)
    if device.thermostat_daily_programs or device.thermostat_weekly_program is not None:
        _add_programs(workspace, row, device)
    if device.thermostat_schedules:
        _add_schedules(workspace, row, device)


def _add_threshold(workspace: Workspace, row: DeviceRow, threshold: NoiseThreshold) -> None:
    with workspace.ids.naming(threshold.noise_threshold_id):
        workspace[NoiseThresholdRow].put(
            NoiseThresholdRow(
                noise_threshold_id=workspace.ids.uuid(),
                device_id=row.id,
                name=threshold.name,
                starts_daily_at=threshold.starts_daily_at,
                ends_daily_at=threshold.ends_daily_at,
                noise_threshold_decibels=None if threshold.noise_threshold_nrs else threshold.noise_threshold_decibels,
                noise_threshold_nrs=threshold.noise_threshold_nrs,
                is_programmed=True,
            )
        )


def _add_programs(workspace: Workspace, row: DeviceRow, device: Device) -> None:
    programs = []
    for program in device.thermostat_daily_programs:
        with workspace.ids.naming(program.thermostat_daily_program_id):
            made = ThermostatDailyProgramRow(
                thermostat_daily_program_id=workspace.ids.uuid(),
                device_id=row.id,
                workspace_id=workspace.workspace_id,
                created_at=program.created_at or workspace.clock.text(),
                name=program.name,
                periods=tuple(period.model_dump() for period in program.periods),
            )
        programs.append(workspace[ThermostatDailyProgramRow].put(made).view())
    week = device.thermostat_weekly_program
    shown = None
    if week is not None:
        days = {f"{day}_program_id": getattr(week, f"{day}_program_id") for day in DAYS}
        shown = {**days, "created_at": week.created_at or workspace.clock.text()}
    weekly.plan(workspace, change(workspace, row, **{PROGRAMS: programs, WEEK: shown}))


def _add_schedules(workspace: Workspace, row: DeviceRow, device: Device) -> None:
    """Schedules that the file says to be in force, by a property of the device, are; else as if made now."""
    made = [_schedule(workspace, row, schedule) for schedule in device.thermostat_schedules]
    if ACTIVE in device.properties:
        resume(workspace, row.id)
        return
    for schedule in made:
        plan(workspace, schedule)


def _schedule(workspace: Workspace, row: DeviceRow, schedule: Schedule) -> ThermostatScheduleRow:
    with workspace.ids.naming(schedule.thermostat_schedule_id):
        return workspace[ThermostatScheduleRow].put(
            ThermostatScheduleRow(
                thermostat_schedule_id=workspace.ids.uuid(),
                device_id=row.id,
                workspace_id=workspace.workspace_id,
                created_at=schedule.created_at or workspace.clock.text(),
                name=schedule.name,
                climate_preset_key=schedule.climate_preset_key,
                starts_at=schedule.starts_at,
                ends_at=schedule.ends_at,
                is_override_allowed=schedule.is_override_allowed,
                max_override_period_minutes=schedule.max_override_period_minutes,
                errors=conditions(workspace, schedule.errors),
            )
        )
