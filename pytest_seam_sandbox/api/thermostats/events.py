"""The events that thermostats emit."""

from __future__ import annotations

from typing import Literal

from ...engine.events import EventFields
from .._shared import DeviceFields

HvacMode = Literal["off", "heat", "cool", "heat_cool", "eco"]
FanMode = Literal["auto", "on", "circulate"]


class TemperatureFields(EventFields):
    """The temperature that a thermostat reports, in both units."""

    temperature_celsius: float
    temperature_fahrenheit: float


class ThresholdFields(EventFields):
    """The limits of a temperature threshold, in both units; None for a limit that is not set."""

    lower_limit_celsius: float | None
    lower_limit_fahrenheit: float | None
    upper_limit_celsius: float | None
    upper_limit_fahrenheit: float | None


class ThermostatClimatePresetActivated(DeviceFields, event_type="thermostat.climate_preset_activated"):
    """A climate preset came into force: by a call, a schedule, a program, or as the fallback."""

    climate_preset_key: str
    is_fallback_climate_preset: bool
    thermostat_schedule_id: str | None


class ThermostatManuallyAdjusted(DeviceFields, event_type="thermostat.manually_adjusted"):
    """The settings were changed directly: through Seam (`seam`) or at the thermostat (`external`)."""

    method: Literal["seam", "external"]
    hvac_mode_setting: HvacMode | None = None
    fan_mode_setting: FanMode | None = None
    heating_set_point_celsius: float | None = None
    heating_set_point_fahrenheit: float | None = None
    cooling_set_point_celsius: float | None = None
    cooling_set_point_fahrenheit: float | None = None


class ThermostatTemperatureChanged(DeviceFields, TemperatureFields, event_type="thermostat.temperature_changed"):
    """The reported temperature moved by 1 °C or more."""


class ThermostatTemperatureReachedSetPoint(
    DeviceFields, TemperatureFields, event_type="thermostat.temperature_reached_set_point"
):
    """The reported temperature is within 1 °C of the set point in force."""

    desired_temperature_celsius: float
    desired_temperature_fahrenheit: float


class ThermostatTemperatureThresholdExceeded(
    DeviceFields, TemperatureFields, ThresholdFields, event_type="thermostat.temperature_threshold_exceeded"
):
    """The reported temperature left the limits of the threshold."""


class ThermostatTemperatureThresholdNoLongerExceeded(
    DeviceFields, TemperatureFields, ThresholdFields, event_type="thermostat.temperature_threshold_no_longer_exceeded"
):
    """The reported temperature is within the limits of the threshold again."""
