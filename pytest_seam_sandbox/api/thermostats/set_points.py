"""Temperatures in two units, and whether a thermostat takes the settings that a request asks for.

Source of the rules: docs, on set points and modes. The words and the status of the refusals: the fake's own, which
answers some of them with 500; 400 is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from typing_extensions import TypedDict

from ...engine.errors import ApiError
from ...engine.params import Check, Complaint, at_least_one, invalid_input
from ...engine.query import QueryType
from ...engine.types import mistyped, number
from ..devices.model import DeviceRow

Setting = Mapping[str, Any]
"""The fields of a climate setting: modes, set points, and what identifies a preset."""

_TOLERANCE = 1e-6
_HUGE = 1e300
NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"heat": ("heating",), "cool": ("cooling",), "heat_cool": ("heating", "cooling"), "off": (), "eco": ()}
)
"""The set points of each HVAC mode."""
FLAGS: Mapping[str, str | None] = MappingProxyType(
    {
        "heat": "can_hvac_heat",
        "cool": "can_hvac_cool",
        "heat_cool": "can_hvac_heat_cool",
        "off": "can_turn_off_hvac",
        "eco": None,
    }
)
"""The flag of the device that each HVAC mode needs."""
_REFUSALS = MappingProxyType({"heat_cool": "heat_cool_not_available"})


def _in_numbers(value: float) -> float:
    if not isfinite(value) or abs(value) > _HUGE:
        raise mistyped("Number must be finite")
    return value


Temperature = Annotated[float, BeforeValidator(number), AfterValidator(_in_numbers), QueryType("number")]


class CoolingSetPoint(TypedDict, total=False):
    """The parameters for the temperature to cool to, in one of two units."""

    cooling_set_point_celsius: Temperature | None
    cooling_set_point_fahrenheit: Temperature | None


class HeatingSetPoint(TypedDict, total=False):
    """The parameters for the temperature to heat to, in one of two units."""

    heating_set_point_celsius: Temperature | None
    heating_set_point_fahrenheit: Temperature | None


class SetPoints(CoolingSetPoint, HeatingSetPoint, total=False):
    """The parameters for both."""


def to_fahrenheit(celsius: float) -> float:
    """Degrees Celsius as degrees Fahrenheit."""
    return celsius * 9 / 5 + 32


def to_celsius(fahrenheit: float) -> float:
    """Degrees Fahrenheit as degrees Celsius."""
    return (fahrenheit - 32) * 5 / 9


def both_units(name: str, celsius: float | None, fahrenheit: float | None) -> dict[str, float]:
    """A temperature that was given in one unit, in both, under the names that begin with `name`; {} for none."""
    if celsius is not None:
        return {f"{name}_celsius": celsius, f"{name}_fahrenheit": to_fahrenheit(celsius)}
    if fahrenheit is not None:
        return {f"{name}_celsius": to_celsius(fahrenheit), f"{name}_fahrenheit": fahrenheit}
    return {}


def set_points(values: Mapping[str, Any]) -> dict[str, float]:
    """The set points among the arguments of an endpoint, each in both units."""
    found: dict[str, float] = {}
    for kind in ("heating", "cooling"):
        name = f"{kind}_set_point"
        found |= both_units(name, values.get(f"{name}_celsius"), values.get(f"{name}_fahrenheit"))
    return found


def one_unit(name: str) -> Check:
    """A rule: a temperature is given in one unit, not in both. Source: official fake."""
    twins = f"{name}_celsius", f"{name}_fahrenheit"

    def check(values: Mapping[str, Any]) -> Complaint | None:
        if any(values.get(twin) is None for twin in twins):
            return None
        return Complaint((), f"Must provide either {' or '.join(twins)}, not both")

    return check


def needs(name: str) -> Check:
    """A rule: a temperature is given, in either unit. Source: official fake."""
    twins = f"{name}_celsius", f"{name}_fahrenheit"
    return at_least_one(*twins, text=f"Must provide either {' or '.join(twins)}")


ONE_UNIT = (one_unit("heating_set_point"), one_unit("cooling_set_point"))


def relevant(setting: Setting) -> dict[str, Any]:
    """A setting without the set points that its mode does not use (assumed)."""
    mode = setting.get("hvac_mode_setting")
    unused = {"heating", "cooling"} - set(NEEDED[mode]) if mode else set()
    return {name: value for name, value in setting.items() if name.partition("_set_point_")[0] not in unused}


def check_setting(device: DeviceRow, setting: Setting) -> None:
    """Raise ApiError 400 for a setting that the thermostat cannot take."""
    mode, fan = setting.get("hvac_mode_setting"), setting.get("fan_mode_setting")
    if mode is not None and mode not in device.property("available_hvac_mode_settings"):
        error_type = _REFUSALS.get(mode, f"{mode}_mode_not_available")
        raise ApiError(400, error_type, f"The thermostat has no HVAC mode {mode}")
    if fan is not None and fan not in device.property("available_fan_mode_settings"):
        raise ApiError(400, "fan_mode_not_available", f"The thermostat has no fan mode {fan}")
    for kind in NEEDED[mode] if mode is not None else ():
        if f"{kind}_set_point_celsius" not in setting:
            text = f"Must provide either {kind}_set_point_celsius or {kind}_set_point_fahrenheit"
            raise invalid_input([Complaint((), text)])
    _check_ranges(device, relevant(setting))


def _check_ranges(device: DeviceRow, setting: Setting) -> None:
    points = {kind: setting.get(f"{kind}_set_point_celsius") for kind in ("heating", "cooling")}
    for kind, celsius in points.items():
        if celsius is None:
            continue
        low, high = (device.property(f"{end}_{kind}_set_point_celsius") for end in ("min", "max"))
        if low is not None and not low - _TOLERANCE <= celsius <= high + _TOLERANCE:
            raise ApiError(
                400, f"{kind}_set_point_out_of_range", f"The {kind} set point must be between {low} and {high} °C"
            )
    delta = device.property("min_heating_cooling_delta_celsius") or 0
    heating, cooling = points["heating"], points["cooling"]
    if heating is not None and cooling is not None and cooling - heating < delta - _TOLERANCE:
        raise ApiError(
            400,
            "invalid_heating_cooling_delta",
            f"The cooling set point must be at least {delta} °C above the heating set point",
        )
