"""The temperature that a thermostat reports: what it heats or cools for, its set points, its threshold.

Source of the events: spec. What the 1 °C of thermostat.temperature_changed are counted from, how often a set point is
reached, and that a threshold is compared as soon as it is set, are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.workspace import Workspace
from .._shared import Condition, given
from ..devices.issues import DEVICE_WARNINGS
from ..devices.model import DeviceRow, device_fields
from ..devices.state import add_warning, clear_warning
from .events import (
    ThermostatTemperatureChanged,
    ThermostatTemperatureReachedSetPoint,
    ThermostatTemperatureThresholdExceeded,
    ThermostatTemperatureThresholdNoLongerExceeded,
)
from .model import ThermostatRow
from .set_points import NEEDED, Setting, to_fahrenheit

EXCEEDED = "temperature_threshold_exceeded"
_LIMITS = tuple(f"{end}_limit_{unit}" for end in ("lower", "upper") for unit in ("celsius", "fahrenheit"))


def change(workspace: Workspace, device: DeviceRow, **properties: Any) -> DeviceRow:
    """The device with other values in some of its properties."""
    return workspace[DeviceRow].put(device.but(properties={**device.properties, **properties}))


def desired(device: DeviceRow) -> dict[str, float]:
    """The set points in force, in °C."""
    setting: Setting = device.property("current_climate_setting")
    kinds = NEEDED.get(setting.get("hvac_mode_setting", ""), ())
    points = {kind: setting.get(f"{kind}_set_point_celsius") for kind in kinds}
    return {kind: celsius for kind, celsius in points.items() if celsius is not None}


def near(device: DeviceRow) -> frozenset[tuple[str, float]]:
    """The set points in force that the temperature is within 1 °C of."""
    celsius = device.property("temperature_celsius")
    return frozenset((kind, point) for kind, point in desired(device).items() if abs(celsius - point) <= 1)


def work(workspace: Workspace, device: DeviceRow) -> DeviceRow:
    """Let it heat, cool or rest, and its fan run, as temperature, set points and fan mode ask (assumed)."""
    celsius, points = device.property("temperature_celsius"), desired(device)
    is_heating = "heating" in points and celsius < points["heating"]
    is_cooling = "cooling" in points and celsius > points["cooling"]
    fan = device.property("current_climate_setting").get("fan_mode_setting")
    running = fan == "on" or (fan is not None and (is_heating or is_cooling))
    return change(workspace, device, is_heating=is_heating, is_cooling=is_cooling, is_fan_running=running)


def notice_set_points(workspace: Workspace, device: DeviceRow) -> None:
    """thermostat.temperature_reached_set_point for each set point that the temperature has come within 1 °C of.

    Once for each, until the set point changes or the temperature goes away from it.
    """
    thermostat = workspace[ThermostatRow][device.id]
    reached = near(device)
    workspace[ThermostatRow].put(thermostat.but(reached=reached))
    setting = device.property("current_climate_setting")
    for kind, celsius in sorted(reached - thermostat.reached):
        about = device_fields(workspace, device) | _temperature(device)
        about["desired_temperature_celsius"] = celsius
        about["desired_temperature_fahrenheit"] = setting.get(f"{kind}_set_point_fahrenheit", to_fahrenheit(celsius))
        workspace.events.emit(workspace, ThermostatTemperatureReachedSetPoint(**about))


def report(workspace: Workspace, device: DeviceRow, temperature: Mapping[str, float]) -> None:
    """The thermostat reports a temperature: events of the change, of a set point and of the threshold, in this order.

    temperature: `temperature_celsius` and `temperature_fahrenheit`.
    """
    device, celsius = work(workspace, change(workspace, device, **temperature)), temperature["temperature_celsius"]
    thermostat = workspace[ThermostatRow][device.id]
    if abs(celsius - thermostat.noticed_celsius) >= 1:
        workspace[ThermostatRow].put(thermostat.but(noticed_celsius=celsius))
        about = device_fields(workspace, device) | _temperature(device)
        workspace.events.emit(workspace, ThermostatTemperatureChanged(**about))
    notice_set_points(workspace, device)
    check_threshold(workspace, device)


def set_threshold(workspace: Workspace, device: DeviceRow, limits: Mapping[str, float]) -> None:
    """Replace the threshold, or delete it when there are no limits; a warning of the old one goes without an event."""
    properties = {name: value for name, value in device.properties.items() if name != "temperature_threshold"}
    if limits:
        properties["temperature_threshold"] = {name: limits.get(name) for name in _LIMITS}
    device = workspace[DeviceRow].put(device.but(properties=properties))
    if limits:
        check_threshold(workspace, device)
    elif (warning := _warning(device)) is not None and not warning.is_marked:
        clear_warning(workspace, device, EXCEEDED)


def check_threshold(workspace: Workspace, device: DeviceRow) -> None:
    """Compare the temperature with the threshold: the warning and the event, when it has crossed a limit.

    A temperature that equals a limit is inside (spec, by its words).
    """
    threshold = device.property("temperature_threshold")
    celsius = device.property("temperature_celsius")
    if threshold is None:
        return
    lower, upper = threshold["lower_limit_celsius"], threshold["upper_limit_celsius"]
    is_outside = (lower is not None and celsius < lower) or (upper is not None and celsius > upper)
    warning = _warning(device)
    if is_outside == (warning is not None) or (warning is not None and warning.is_marked):
        return
    about = device_fields(workspace, device) | _temperature(device) | dict(threshold)
    if warning is None:
        message = DEVICE_WARNINGS[EXCEEDED].message
        add_warning(workspace, device, Condition(EXCEEDED, message, workspace.clock.text()))
        workspace.events.emit(workspace, ThermostatTemperatureThresholdExceeded(**about))
    else:
        clear_warning(workspace, device, EXCEEDED)
        workspace.events.emit(workspace, ThermostatTemperatureThresholdNoLongerExceeded(**about))


def _warning(device: DeviceRow) -> Condition | None:
    return next((one for one in device.warnings if one.code == EXCEEDED), None)


def _temperature(device: DeviceRow) -> dict[str, float]:
    names = ("temperature_celsius", "temperature_fahrenheit")
    return given(**{name: device.property(name) for name in names})
