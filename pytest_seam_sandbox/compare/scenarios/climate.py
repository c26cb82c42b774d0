"""Thermostats and noise sensors."""

from __future__ import annotations

from ..steps import DeviceNeed, Events, Scenario, The, Unique, call

DEVICE = The("device")
THRESHOLD = The("noise_threshold")
OFF = call("/thermostats/off", device_id=DEVICE)

SCENARIOS = (
    Scenario(
        "thermostats",
        "A thermostat heats, cools, does both and is turned off.",
        (
            OFF,
            call("/thermostats/list", device_ids=[DEVICE]),
            call("/thermostats/heat", device_id=DEVICE, heating_set_point_celsius=20, undo=OFF),
            call("/devices/get", device_id=DEVICE),
            call("/thermostats/cool", device_id=DEVICE, cooling_set_point_celsius=25),
            call(
                "/thermostats/heat_cool",
                device_id=DEVICE,
                heating_set_point_celsius=19,
                cooling_set_point_celsius=25,
            ),
            call("/devices/get", device_id=DEVICE),
            call("/thermostats/set_fan_mode", device_id=DEVICE, fan_mode_setting="auto"),
            call("/thermostats/off", device_id=DEVICE),
            call("/devices/get", device_id=DEVICE),
            Events(),
        ),
        (DeviceNeed("thermostat"),),
    ),
    Scenario(
        "climate presets",
        "A climate preset is made, activated and deleted.",
        (
            call(
                "/thermostats/create_climate_preset",
                device_id=DEVICE,
                climate_preset_key=Unique("compare_{}"),
                hvac_mode_setting="heat",
                heating_set_point_celsius=20,
                manual_override_allowed=True,
                undo=call(
                    "/thermostats/delete_climate_preset", device_id=DEVICE, climate_preset_key=Unique("compare_{}")
                ),
            ),
            call(
                "/thermostats/activate_climate_preset",
                device_id=DEVICE,
                climate_preset_key=Unique("compare_{}"),
                undo=OFF,
            ),
            call("/thermostats/delete_climate_preset", device_id=DEVICE, climate_preset_key=Unique("compare_{}")),
            call("/thermostats/schedules/list", device_id=DEVICE, envelope_only=True),
        ),
        (DeviceNeed("thermostat"),),
    ),
    Scenario(
        "refused thermostat settings",
        "What is wrong with a setting is told by the fields.",
        (
            call("/thermostats/cool", device_id=DEVICE),
            call("/thermostats/heat", device_id=DEVICE),
            call("/thermostats/heat", heating_set_point_celsius=20),
            call("/thermostats/heat", device_id=DEVICE, heating_set_point_celsius="warm"),
            call("/thermostats/heat", device_id=DEVICE, heating_set_point_celsius=90),
            call("/thermostats/cool", device_id=DEVICE, cooling_set_point_celsius=-40),
            call(
                "/thermostats/heat_cool",
                device_id=DEVICE,
                heating_set_point_celsius=25,
                cooling_set_point_celsius=20,
            ),
            call("/thermostats/set_fan_mode", device_id=DEVICE, fan_mode_setting="hurricane"),
        ),
        (DeviceNeed("thermostat"),),
    ),
    Scenario(
        "noise thresholds",
        "A noise threshold is made, found, changed and deleted.",
        (
            call("/noise_sensors/list", device_ids=[DEVICE]),
            call(
                "/noise_sensors/noise_thresholds/create",
                device_id=DEVICE,
                name=Unique("compare {}"),
                starts_daily_at="10:00:00[America/Los_Angeles]",
                ends_daily_at="11:00:00[America/Los_Angeles]",
                noise_threshold_decibels=75,
                keep={"noise_threshold": "noise_threshold.noise_threshold_id"},
                undo=call("/noise_sensors/noise_thresholds/delete", device_id=DEVICE, noise_threshold_id=THRESHOLD),
            ),
            call("/noise_sensors/noise_thresholds/get", noise_threshold_id=THRESHOLD),
            call("/noise_sensors/noise_thresholds/list", device_id=DEVICE),
            call(
                "/noise_sensors/noise_thresholds/update",
                device_id=DEVICE,
                noise_threshold_id=THRESHOLD,
                noise_threshold_decibels=80,
            ),
            call("/noise_sensors/noise_thresholds/delete", device_id=DEVICE, noise_threshold_id=THRESHOLD),
            call("/noise_sensors/noise_thresholds/get", noise_threshold_id=THRESHOLD),
            call(
                "/noise_sensors/noise_thresholds/create",
                device_id=DEVICE,
                starts_daily_at="ten",
                ends_daily_at="eleven",
            ),
        ),
        (DeviceNeed("noise sensor"),),
    ),
)
