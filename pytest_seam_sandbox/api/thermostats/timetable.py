"""What decides the settings of a thermostat as time passes: its schedules, overrides of them, the fallback preset.

Source: docs, and spec for the fields. Assumed: of several schedules the one that started last counts; one that ends
gives way to another that still runs, else to the fallback preset, once, else to the weekly program. What comes due
while the thermostat is unreachable is applied when it is back. What is not allowed to be overridden is put back when
Seam looks next, which is before it answers the next request.
"""

from __future__ import annotations

from typing import Any, Literal

from ...engine.workspace import Workspace
from .._shared import Condition
from ..devices.issues import UNREACHABLE
from ..devices.model import DeviceRow
from . import climate, weekly
from .model import (
    ThermostatDailyProgramRow,
    ThermostatRow,
    ThermostatScheduleRow,
    programs_of,
    schedules_of,
)
from .set_points import Setting
from .temperature import change, near, report

ACTIVE = "active_thermostat_schedule_id"


def know(workspace: Workspace, device: DeviceRow) -> None:
    """Keep what Seam knows of a new thermostat."""
    celsius = device.property("temperature_celsius")
    workspace[ThermostatRow].put(ThermostatRow(device.id, noticed_celsius=celsius, reached=near(device)))


def forget(workspace: Workspace, device: DeviceRow) -> None:
    """Let go of all that belongs to a thermostat."""
    workspace[ThermostatRow].remove(device.id)
    for schedule in schedules_of(workspace, device.id):
        workspace[ThermostatScheduleRow].remove(schedule.id)
    for program in programs_of(workspace, device.id):
        workspace[ThermostatDailyProgramRow].remove(program.id)


def _remember(workspace: Workspace, device_id: str, **changes: Any) -> ThermostatRow:
    return workspace[ThermostatRow].put(workspace[ThermostatRow][device_id].but(**changes))


def active_schedule(workspace: Workspace, device: DeviceRow) -> ThermostatScheduleRow | None:
    """The schedule that a thermostat follows now."""
    return workspace[ThermostatScheduleRow].get(device.property(ACTIVE))


def plan(workspace: Workspace, schedule: ThermostatScheduleRow) -> None:
    """Follow a schedule at its start and its end, and now if it has started."""
    for due in (schedule.starts, schedule.ends):
        if due > workspace.clock.timestamp():
            workspace.agenda.schedule(due, follow, schedule.device_id)
    follow(workspace, schedule.device_id)


def resume(workspace: Workspace, device_id: str) -> None:
    """Go on with the schedules of a thermostat that shows which of them it follows: none begins anew."""
    device = workspace[DeviceRow][device_id]
    current, now = active_schedule(workspace, device), workspace.clock.timestamp()
    for schedule in schedules_of(workspace, device_id):
        if schedule.starts <= now:
            is_over = current is None or schedule.id != current.id
            workspace[ThermostatScheduleRow].put(schedule.but(started_at=schedule.starts, is_over=is_over))
        for due in (schedule.starts, schedule.ends):
            if due > now:
                workspace.agenda.schedule(due, follow, device_id)
    if current is not None:
        preset = climate.find_preset(device, current.climate_preset_key)
        _remember(workspace, device_id, automatic=climate.setting_of(device, preset))


def follow(workspace: Workspace, device_id: str) -> None:
    """Let the schedule that started last decide; when the last one has ended, the fallback preset."""
    device = workspace[DeviceRow].get(device_id)
    if device is None or not device.is_managed:
        return
    running = [
        schedule
        for schedule in [_at_this_time(workspace, schedule) for schedule in schedules_of(workspace, device_id)]
        if schedule.started_at is not None and not schedule.is_over
    ]
    latest = max(running, key=lambda schedule: (schedule.started_at, schedule.starts), default=None)
    if latest is None and device.property(ACTIVE) is not None:
        _end(workspace, device)
    elif latest is not None and latest.id != device.property(ACTIVE):
        begin(workspace, device, latest)


def _at_this_time(workspace: Workspace, schedule: ThermostatScheduleRow) -> ThermostatScheduleRow:
    now, changed = workspace.clock.timestamp(), schedule
    if schedule.ends <= now and not schedule.is_over:
        changed = schedule.but(is_over=True, errors=())
    elif schedule.starts <= now and schedule.started_at is None:
        changed = schedule.but(started_at=now)
    return schedule if changed is schedule else workspace[ThermostatScheduleRow].put(changed)


def begin(workspace: Workspace, device: DeviceRow, schedule: ThermostatScheduleRow) -> None:
    """Put the preset of a schedule into force: now, or when the thermostat is back, with an error meanwhile."""
    device = change(workspace, device, **{ACTIVE: schedule.id})
    _remember(workspace, device.id, is_held=False)
    _apply_schedule(workspace, device, schedule)


def _apply_schedule(workspace: Workspace, device: DeviceRow, schedule: ThermostatScheduleRow) -> None:
    _forget_override(workspace, device)
    obstacle = next((error for error in device.errors if error.code in UNREACHABLE), None)
    if obstacle is None:
        if schedule.errors:
            schedule = workspace[ThermostatScheduleRow].put(schedule.but(errors=()))
        preset = climate.find_preset(device, schedule.climate_preset_key)
        climate.activate(workspace, device, preset, schedule_id=schedule.id, is_automatic=True)
        return
    _remember(workspace, device.id, due="schedule")
    error = Condition(obstacle.code, obstacle.message, workspace.clock.text())
    workspace[ThermostatScheduleRow].put(schedule.but(errors=(error,)))


def _end(workspace: Workspace, device: DeviceRow) -> None:
    device = change(workspace, device, **{ACTIVE: None}, is_temporary_manual_override_active=False)
    _forget_override(workspace, device, automatic=None, is_held=False)
    if device.property("fallback_climate_preset_key") is not None:
        fall_back(workspace, device)
    else:
        weekly.apply(workspace, device)


def fall_back(workspace: Workspace, device: DeviceRow) -> None:
    """Put the fallback preset into force, now or when the thermostat is back."""
    preset = climate.find_preset(device, device.property("fallback_climate_preset_key"))
    if device.is_online:
        climate.activate(workspace, device, preset, is_fallback=True)
    else:
        _remember(workspace, device.id, due="fallback")


def release(workspace: Workspace, device: DeviceRow) -> None:
    """Give control back to the weekly program: no schedule that runs now counts any more, and no hold."""
    for schedule in schedules_of(workspace, device.id):
        if schedule.started_at is not None:
            workspace[ThermostatScheduleRow].put(schedule.but(is_over=True, errors=()))
    device = change(workspace, device, **{ACTIVE: None})
    _forget_override(workspace, device, automatic=None, is_held=False)
    weekly.apply(workspace, device)


# overrides


def adjust(workspace: Workspace, device: DeviceRow, changes: Setting, *, method: Literal["seam", "external"]) -> None:
    """Change the settings directly; a schedule in force says for how long that may stay."""
    device = climate.adjust(workspace, device, changes, method=method)
    overridden(workspace, device, by_seam=method == "seam")


def overridden(workspace: Workspace, device: DeviceRow, *, by_seam: bool) -> None:
    """The settings were changed past what decides them. by_seam: by a call, which the weekly program respects."""
    schedule = active_schedule(workspace, device)
    if schedule is None:
        if by_seam:
            _remember(workspace, device.id, is_held=True)
        return
    number = _remember(workspace, device.id, overrides=workspace[ThermostatRow][device.id].overrides + 1).overrides
    minutes = schedule.max_override_period_minutes
    now = workspace.clock.timestamp()
    if not _allows_override(device, schedule):
        workspace.agenda.plan(now, _put_back, device.id, number)
    elif minutes is not None:
        workspace.agenda.schedule(now + 60 * minutes, _put_back, device.id, number)


def _forget_override(workspace: Workspace, device: DeviceRow, **changes: Any) -> None:
    """What was going to be put back or applied later is decided anew."""
    overrides = workspace[ThermostatRow][device.id].overrides + 1
    _remember(workspace, device.id, overrides=overrides, due=None, **changes)


def _allows_override(device: DeviceRow, schedule: ThermostatScheduleRow) -> bool:
    """What the schedule says, else yes if it says for how long, else what its preset says (assumed)."""
    if schedule.is_override_allowed is not None:
        return schedule.is_override_allowed
    preset = climate.preset_of(device, schedule.climate_preset_key) or {}
    return schedule.max_override_period_minutes is not None or bool(preset.get("manual_override_allowed", True))


def _put_back(workspace: Workspace, device_id: str, number: int) -> None:
    device = workspace[DeviceRow].get(device_id)
    if device is None or not device.is_managed or workspace[ThermostatRow][device_id].overrides != number:
        return
    _apply_schedule(workspace, device, workspace[ThermostatScheduleRow][device.property(ACTIVE)])


# a thermostat that was unreachable


def catch_up(workspace: Workspace, device: DeviceRow) -> None:
    """See what changed at a thermostat meanwhile, then apply what has come due."""
    thermostat = workspace[ThermostatRow][device.id]
    pending = (thermostat.unseen_setting, thermostat.unseen_temperature, thermostat.due)
    if pending == (None, None, None) or not (device.is_online and device.is_managed):
        return
    _remember(workspace, device.id, unseen_setting=None, unseen_temperature=None, due=None)
    if thermostat.unseen_setting is not None:
        adjust(workspace, device, thermostat.unseen_setting, method="external")
    if thermostat.unseen_temperature is not None:
        report(workspace, workspace[DeviceRow][device.id], thermostat.unseen_temperature)
    device = workspace[DeviceRow][device.id]
    schedule = active_schedule(workspace, device)
    if thermostat.due == "schedule" and schedule is not None:
        _apply_schedule(workspace, device, schedule)
    elif thermostat.due == "fallback":
        fall_back(workspace, device)
    elif thermostat.due == "program":
        weekly.apply(workspace, device)


def adjusted_by_hand(workspace: Workspace, device_id: str, changes: Setting) -> None:
    """Somebody changes the settings at the thermostat; Seam sees it when it reaches the thermostat."""
    device = workspace[DeviceRow].get(device_id)
    if device is None:
        return
    if device.is_online:
        adjust(workspace, device, changes, method="external")
    else:
        before = workspace[ThermostatRow][device.id].unseen_setting or {}
        _remember(workspace, device.id, unseen_setting={**before, **changes})


def temperature_reached(workspace: Workspace, device_id: str, temperature: dict[str, float]) -> None:
    """It is so warm at the thermostat; Seam hears of it when it reaches the thermostat."""
    device = workspace[DeviceRow].get(device_id)
    if device is None:
        return
    if device.is_online:
        report(workspace, device, temperature)
    else:
        _remember(workspace, device.id, unseen_temperature=temperature)
