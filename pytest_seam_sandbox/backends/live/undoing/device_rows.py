"""How writes about devices are undone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .device_rules import Climate, DailyProgram, DailyProgramChanged, DeviceChanged, DeviceSetting, Preset, Turned, Week
from .rules import AS_IT_WAS, NOTHING, Broken, Changed, Lost, Made, Refuse, Rule, deleted, same

_DEVICE = (("device_id", "device_id"),)
_SHARED = "Only a new login, or a reset of the workspace, brings it back, and others use it."

DEVICES: Mapping[str, Rule] = MappingProxyType(
    {
        "/cameras/live_views/create": NOTHING,
        "/cameras/live_views/offer": NOTHING,
        "/cameras/live_views/stop": NOTHING,
        "/devices/report_provider_metadata": Lost(advice=AS_IT_WAS),
        "/devices/simulate/connect": NOTHING,
        "/devices/simulate/connect_to_hub": NOTHING,
        "/devices/simulate/disconnect": Broken(back="/devices/simulate/connect", subject="device_id"),
        "/devices/simulate/disconnect_from_hub": Broken(back="/devices/simulate/connect_to_hub", subject="device_id"),
        "/devices/simulate/paid_subscription": Broken(
            back="/devices/simulate/paid_subscription", subject="device_id", fixed=(("is_expired", False),)
        ),
        "/devices/simulate/remove": Refuse(why=f"/devices/simulate/remove takes a device away. {_SHARED}"),
        "/devices/unmanaged/update": DeviceChanged(),
        "/devices/update": DeviceChanged(),
        "/locks/configure_auto_lock": DeviceSetting(
            places=(
                ("auto_lock_enabled", "auto_lock_enabled"),
                ("auto_lock_delay_seconds", "auto_lock_delay_seconds"),
            )
        ),
        "/locks/lock_door": Turned(),
        "/locks/simulate/keypad_code_entry": Turned(),
        "/locks/simulate/manual_lock_via_keypad": Turned(),
        "/locks/unlock_door": Turned(),
        "/noise_sensors/noise_thresholds/create": Made(
            key="noise_threshold",
            id="noise_threshold_id",
            delete="/noise_sensors/noise_thresholds/delete",
            also=("device_id",),
            listed="/noise_sensors/noise_thresholds/list",
            rows="noise_thresholds",
            within=_DEVICE,
            shows=("name", "starts_daily_at", "ends_daily_at"),
        ),
        "/noise_sensors/noise_thresholds/delete": deleted("noise_threshold_id"),
        "/noise_sensors/noise_thresholds/update": Changed(
            read="/noise_sensors/noise_thresholds/get",
            key="noise_threshold",
            subject=("noise_threshold_id",),
            places=same(
                "device_id",
                "name",
                "starts_daily_at",
                "ends_daily_at",
                "noise_threshold_decibels",
                "noise_threshold_nrs",
            ),
            always=("device_id",),
        ),
        "/noise_sensors/simulate/trigger_noise_threshold": NOTHING,
        "/thermostats/activate_climate_preset": Climate(),
        "/thermostats/activate_weekly_program": Climate(),
        "/thermostats/cool": Climate(),
        "/thermostats/create_climate_preset": Preset(),
        "/thermostats/daily_programs/create": DailyProgram(
            key="thermostat_daily_program",
            id="thermostat_daily_program_id",
            delete="/thermostats/daily_programs/delete",
            listed="/devices/get",
            rows="",
            within=_DEVICE,
            shows=("name",),
        ),
        "/thermostats/daily_programs/delete": deleted("thermostat_daily_program_id"),
        "/thermostats/daily_programs/update": DailyProgramChanged(),
        "/thermostats/delete_climate_preset": Preset(),
        "/thermostats/heat": Climate(),
        "/thermostats/heat_cool": Climate(),
        "/thermostats/off": Climate(),
        "/thermostats/schedules/create": Made(
            key="thermostat_schedule",
            id="thermostat_schedule_id",
            delete="/thermostats/schedules/delete",
            listed="/thermostats/schedules/list",
            rows="thermostat_schedules",
            within=_DEVICE,
            shows=("name", "climate_preset_key"),
        ),
        "/thermostats/schedules/delete": deleted("thermostat_schedule_id"),
        "/thermostats/schedules/update": Changed(
            read="/thermostats/schedules/get",
            key="thermostat_schedule",
            subject=("thermostat_schedule_id",),
            places=same(
                "climate_preset_key",
                "ends_at",
                "is_override_allowed",
                "max_override_period_minutes",
                "name",
                "starts_at",
            ),
        ),
        "/thermostats/set_fallback_climate_preset": Climate(),
        "/thermostats/set_fan_mode": Climate(),
        "/thermostats/set_hvac_mode": Climate(),
        "/thermostats/set_temperature_threshold": DeviceSetting(
            places=(
                ("lower_limit_celsius", "temperature_threshold.lower_limit_celsius"),
                ("upper_limit_celsius", "temperature_threshold.upper_limit_celsius"),
            )
        ),
        "/thermostats/simulate/hvac_mode_adjusted": Climate(),
        "/thermostats/simulate/temperature_reached": DeviceSetting(
            places=(("temperature_celsius", "temperature_celsius"),)
        ),
        "/thermostats/update_climate_preset": Preset(),
        "/thermostats/update_weekly_program": Week(),
    }
)
