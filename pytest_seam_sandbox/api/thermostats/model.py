"""Thermostats: what Seam knows of one beside its device, its schedules, and its daily programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from ...engine.clock import parse_time, seconds_of
from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._shared import Condition, given

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Due = Literal["schedule", "fallback", "program"]


@row_type
class ThermostatRow(Row):
    """What Seam keeps of a thermostat and shows no client.

    noticed_celsius: the temperature at the last thermostat.temperature_changed. reached: the set points near which the
    temperature already is. automatic: the setting that a schedule or program in force asks for. is_held: whether a
    command through Seam keeps the weekly program from being applied. due: what has to be applied when the thermostat is
    back. unseen_setting, unseen_temperature: what changed at it while Seam could not see it. overrides, programs: how
    often the settings were overridden and the program was planned, so that a timer knows whether it still counts.
    """

    key: ClassVar[str] = "device_id"
    device_id: str
    noticed_celsius: float
    reached: frozenset[tuple[str, float]] = frozenset()
    automatic: Mapping[str, Any] | None = None
    is_held: bool = False
    due: Due | None = None
    unseen_setting: Mapping[str, Any] | None = None
    unseen_temperature: Mapping[str, float] | None = None
    overrides: int = 0
    programs: int = 0

    def view(self) -> dict[str, Any]:
        """For dumps only; no endpoint shows it."""
        return {"device_id": self.device_id, "is_held": self.is_held, "due": self.due}


@row_type
class ThermostatScheduleRow(Row):
    """A schedule: a climate preset from one time to another. started_at: when it did, in seconds since 1970."""

    key: ClassVar[str] = "thermostat_schedule_id"
    not_found: ClassVar[str] = "thermostat_schedule_not_found"
    thermostat_schedule_id: str
    device_id: str
    workspace_id: str
    created_at: str
    name: str | None
    climate_preset_key: str
    starts_at: str
    ends_at: str
    is_override_allowed: bool | None = None
    max_override_period_minutes: int | None = None
    errors: tuple[Condition, ...] = ()
    started_at: float | None = None
    is_over: bool = False

    @property
    def starts(self) -> float:
        """When it starts, in seconds since 1970."""
        return _seconds(self.starts_at)

    @property
    def ends(self) -> float:
        """When it ends, in seconds since 1970."""
        return _seconds(self.ends_at)

    def view(self) -> dict[str, Any]:
        """The schedule as a client sees it."""
        return {
            "thermostat_schedule_id": self.thermostat_schedule_id,
            "device_id": self.device_id,
            "name": self.name,
            "climate_preset_key": self.climate_preset_key,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "workspace_id": self.workspace_id,
            "created_at": self.created_at,
            "errors": [error.as_error() for error in self.errors],
            **given(
                is_override_allowed=self.is_override_allowed,
                max_override_period_minutes=self.max_override_period_minutes,
            ),
        }


@row_type
class ThermostatDailyProgramRow(Row):
    """A daily program: climate presets by the time of day at which each begins."""

    key: ClassVar[str] = "thermostat_daily_program_id"
    not_found: ClassVar[str] = "thermostat_daily_program_not_found"
    thermostat_daily_program_id: str
    device_id: str
    workspace_id: str
    created_at: str
    name: str
    periods: tuple[Mapping[str, str], ...]

    def view(self) -> dict[str, Any]:
        """The program as a client sees it."""
        return {
            "thermostat_daily_program_id": self.thermostat_daily_program_id,
            "device_id": self.device_id,
            "name": self.name,
            "periods": self.periods,
            "workspace_id": self.workspace_id,
            "created_at": self.created_at,
        }


def schedules_of(workspace: Workspace, device_id: str) -> list[ThermostatScheduleRow]:
    """The schedules of a thermostat, by the time at which they start."""
    rows = workspace[ThermostatScheduleRow].where("device_id", device_id)
    return sorted(rows, key=lambda row: row.starts)


def programs_of(workspace: Workspace, device_id: str) -> list[ThermostatDailyProgramRow]:
    """The daily programs of a thermostat, oldest first."""
    return workspace[ThermostatDailyProgramRow].where("device_id", device_id)


def _seconds(text: str) -> float:
    time = parse_time(text)
    assert time is not None, text  # noqa: S101 - schedules keep times that were read
    return seconds_of(time)
