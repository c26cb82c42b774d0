"""/thermostats/schedules/*: a climate preset from one time to another."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt
from pydantic import BeforeValidator

from ...engine.auth import Caller
from ...engine.params import Complaint, invalid_input
from ...engine.query import QueryType
from ...engine.router import Router
from ...engine.types import UNSET, Date, NonEmptyText, Nullable, Text, Unset, Uuid, integer
from ...engine.workspace import Workspace
from .._shared import (
    API_KEY,
    CLIENT_SESSION,
    CONSOLE,
    EVERYONE,
    EVERYONE_READ,
    PAT,
    WITH_SESSION,
    WITH_SESSION_READ,
    find,
    first,
    given,
    written,
)
from ..client_sessions.model import accounts_of_user
from ..devices.model import DeviceRow
from .climate import find_preset
from .commands import find_thermostat
from .model import ThermostatScheduleRow, schedules_of
from .timetable import active_schedule, begin, follow, plan

router = Router("/thermostats/schedules")

Minutes = Annotated[int, BeforeValidator(integer), Gt(0), QueryType("number")]


def _find(workspace: Workspace, caller: Caller, schedule_id: str) -> ThermostatScheduleRow:
    schedule = find(workspace, ThermostatScheduleRow, schedule_id, words="Thermostat schedule")
    find_thermostat(workspace, caller, schedule.device_id)
    return schedule


def _times(starts_at: str, ends_at: str) -> tuple[str, str]:
    """The two times as rows keep them."""
    starts, ends = written(starts_at), written(ends_at)
    assert starts is not None and ends is not None  # noqa: S101, PT018 - the types of the parameters see to it
    return starts, ends


def _check_times(workspace: Workspace, schedule: ThermostatScheduleRow) -> None:
    """Raise ApiError 400 for a schedule that ends before it starts, or starts together with another one (docs)."""
    if schedule.ends <= schedule.starts:
        raise invalid_input([Complaint(("ends_at",), "Must be after starts_at")])
    others = [row for row in schedules_of(workspace, schedule.device_id) if row.id != schedule.id]
    if any(row.starts == schedule.starts for row in others):
        raise invalid_input([Complaint(("starts_at",), "Another schedule of the thermostat starts at the same time")])


@router.post("create", key="thermostat_schedule", allow=first(CLIENT_SESSION, PAT, CONSOLE, of=EVERYONE), source="spec")
def create(
    workspace: Workspace,
    *,
    caller: Caller,
    climate_preset_key: NonEmptyText,
    device_id: Text,
    ends_at: Date,
    is_override_allowed: bool | None = None,
    max_override_period_minutes: Nullable[Minutes] = None,
    name: Text | None = None,
    starts_at: Date,
) -> ThermostatScheduleRow:
    """A new schedule; one that should have started does so at once (docs). Its end must be to come (assumed)."""
    device = find_thermostat(workspace, caller, device_id)
    find_preset(device, climate_preset_key)
    starts, ends = _times(starts_at, ends_at)
    schedule = ThermostatScheduleRow(
        thermostat_schedule_id=workspace.ids.uuid(),
        device_id=device.id,
        workspace_id=workspace.workspace_id,
        created_at=workspace.clock.text(),
        name=name,
        climate_preset_key=climate_preset_key,
        starts_at=starts,
        ends_at=ends,
        is_override_allowed=is_override_allowed,
        max_override_period_minutes=max_override_period_minutes,
    )
    _check_times(workspace, schedule)
    if schedule.ends <= workspace.clock.timestamp():
        raise invalid_input([Complaint(("ends_at",), "Must be in the future")])
    plan(workspace, workspace[ThermostatScheduleRow].put(schedule))
    return workspace[ThermostatScheduleRow][schedule.id]


@router.get("get", key="thermostat_schedule", allow=WITH_SESSION_READ, source="spec")
def get(workspace: Workspace, *, caller: Caller, thermostat_schedule_id: Uuid) -> ThermostatScheduleRow:
    """The schedule of this id, ended or not; 404 `thermostat_schedule_not_found`."""
    return _find(workspace, caller, thermostat_schedule_id)


@router.get(
    "list",
    key="thermostat_schedules",
    allow=first(API_KEY, CLIENT_SESSION, PAT, CONSOLE, of=EVERYONE_READ),
    source="spec",
)
def list_(
    workspace: Workspace, *, caller: Caller, device_id: Uuid, user_identifier_key: NonEmptyText | None = None
) -> list[ThermostatScheduleRow]:
    """The schedules of a thermostat, by their start; ended ones stay until they are deleted (assumed).

    user_identifier_key: only if the thermostat is in reach of that user (assumed).
    """
    device = find_thermostat(workspace, caller, device_id)
    accounts = accounts_of_user(workspace, user_identifier_key)
    return schedules_of(workspace, device.id) if accounts is None or device.connected_account_id in accounts else []


@router.patch("update", allow=WITH_SESSION, source="spec")
def update(
    workspace: Workspace,
    *,
    caller: Caller,
    climate_preset_key: NonEmptyText | None = None,
    ends_at: Date | None = None,
    is_override_allowed: bool | None = None,
    max_override_period_minutes: Nullable[Minutes] | Unset = UNSET,
    name: Text | None = None,
    starts_at: Date | None = None,
    thermostat_schedule_id: Uuid,
) -> None:
    """Change what is given, at once: a running one takes its new preset, ends, or waits for its new start (assumed)."""
    schedule = _find(workspace, caller, thermostat_schedule_id)
    device = workspace[DeviceRow][schedule.device_id]
    if climate_preset_key is not None:
        find_preset(device, climate_preset_key)
    starts, ends = _times(starts_at or schedule.starts_at, ends_at or schedule.ends_at)
    changes = given(name=name, climate_preset_key=climate_preset_key, is_override_allowed=is_override_allowed)
    if max_override_period_minutes is not UNSET:
        changes["max_override_period_minutes"] = max_override_period_minutes
    changed = schedule.but(starts_at=starts, ends_at=ends, is_over=False, **changes)
    _check_times(workspace, changed)
    if changed.starts > workspace.clock.timestamp():
        changed = changed.but(started_at=None)
    workspace[ThermostatScheduleRow].put(changed)
    plan(workspace, changed)
    device = workspace[DeviceRow][schedule.device_id]
    active, was_active = active_schedule(workspace, device), schedule.started_at is not None
    is_new = climate_preset_key not in (None, schedule.climate_preset_key)
    if is_new and was_active and active is not None and active.id == schedule.id:
        begin(workspace, device, active)


@router.delete("delete", allow=WITH_SESSION, source="spec")
def delete(workspace: Workspace, *, caller: Caller, thermostat_schedule_id: Uuid) -> None:
    """Delete a schedule; a running one ends (assumed)."""
    schedule = _find(workspace, caller, thermostat_schedule_id)
    workspace[ThermostatScheduleRow].remove(schedule.id)
    follow(workspace, schedule.device_id)
