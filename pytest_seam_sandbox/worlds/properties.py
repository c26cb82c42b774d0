"""Checks of the properties that somebody gives to devices and phones, in a test or in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..api._shared import plain
from ..api.devices.model import BATTERY_STATUSES, battery_status
from ..api.phones.model import ASSA_ABLOY_SERVICE
from ..catalog.devices import DeviceModel, device_model, property_fields, property_types
from ..engine.errors import SandboxError, is_for_the_test, quoted, shortened
from ..engine.json_values import why_no_json
from ..engine.types import type_name
from ..report.texts import nearest

__tracebackhide__ = is_for_the_test

_SHOWN = 200
_ROUNDING = 1.5
"""Degrees Fahrenheit that two whole numbers for one temperature can lie apart."""
_UNITS: Mapping[str, str] = MappingProxyType({"_celsius": "_fahrenheit", "_fahrenheit": "_celsius"})


def one_name(names: Mapping[str, str | None]) -> str | None:
    """The name that several arguments give, by what each is called. Raises SandboxError for an empty one, and two."""
    given = {place: name for place, name in names.items() if name is not None}
    for place, name in given.items():
        if not name:
            raise SandboxError(f"{place} is empty. Give a text, or leave it out.")
    if len(set(given.values())) > 1:
        listed = ", ".join(f"{place}={name!r}" for place, name in given.items())
        raise SandboxError(f"there are different names: {listed}. Give one of them.")
    return next(iter(given.values()), None)


def own_properties(properties: Mapping[str, Any], model: DeviceModel) -> dict[str, Any]:
    """The properties of a new device that differ from those of its model.

    Objects are completed by the model's, but for the blocks named *_metadata, which a test gives whole.
    Raises SandboxError for a name that Seam does not have, a value of another type, and what contradicts itself.
    """
    own: dict[str, Any] = plain(properties)
    for name, value in own.items():
        check_property(name, value)
    for name, value in own.items():
        template = model.properties.get(name)
        if isinstance(value, dict) and isinstance(template, Mapping) and not name.endswith("_metadata"):
            own[name] = {**template, **value}
    _complete_battery(own, properties)
    complete_temperatures(own, properties, "properties")
    for name in ("offline_time_frame_options", "online_time_frame_options"):
        _check_time_frames(f"properties.{name}", own.get(name, ()))
    refuse_no_json("properties", own)
    return own


def own_phone_properties(properties: Mapping[str, Any], operating_system: str) -> dict[str, Any]:
    """The properties of a new phone that differ from those of every phone.

    A service that has an active endpoint and its endpoints have to agree; the one that is given decides the other.
    Raises SandboxError as `own_properties` does.
    """
    own = own_properties(properties, device_model(f"{operating_system}_phone"))
    appearance = own.pop("appearance", {})
    names = {"properties.name": own.pop("name", None), "properties.appearance.name": appearance.get("name")}
    name = one_name(names)
    if name is not None:
        own["appearance"] = {"name": name}
    service = own.get(ASSA_ABLOY_SERVICE)
    if service is not None and "endpoints" in service:
        is_active = any(endpoint.get("is_active") for endpoint in service["endpoints"])
        if service.setdefault("has_active_endpoint", is_active) is not is_active:
            raise SandboxError(f"the properties contradict each other: {quoted(service, _SHOWN)}.")
    return own


def check_property(name: str, value: Any) -> None:
    """Raise SandboxError for a property that no device has, and for a value of another type."""
    types = property_types()
    if name == "online":
        raise SandboxError("there is no property 'online': a device is offline because of an error. Give online=False.")
    if name in property_fields() and name.endswith("_metadata"):
        wanted = "object"
    elif name in types:
        wanted = types[name]
    else:
        hint = nearest(name, (*types, *property_fields())) or "See `device.properties` in Seam's documentation."
        raise SandboxError(f"a device has no property {quoted(name, _SHOWN)}. {hint}")
    _check_type(name, value, wanted)
    if value is not None:
        _check_fields(name, value, property_fields().get(name))


def _check_fields(place: str, value: Any, known: Any) -> None:
    """Raise SandboxError for a field that there is not at this place, and for a value of another type.

    known: what `property_fields` says of the place.
    """
    if isinstance(known, str):
        _check_type(place, value, known)
    elif isinstance(known, list):
        _check_type(place, value, "array")
        for index, part in enumerate(value):
            _check_fields(f"{place}.{index}", part, known[0])
    elif known is not None:
        _check_type(place, value, "object")
        for name, inner in value.items():
            if name not in known:
                hint = nearest(name, tuple(known)) or f"It has {', '.join(known)}."
                raise SandboxError(f"the property {place!r} has no field {name!r}. {hint}")
            _check_fields(f"{place}.{name}", inner, known[name])


def _check_type(place: str, value: Any, wanted: str) -> None:
    """Raise SandboxError for a value of another type than the wanted ones, in JSON's words or `integer`."""
    found = type_name(value)
    is_whole = wanted == "integer" and found == "number" and value == int(value)
    if not is_whole and found not in wanted.split(" or "):
        raise SandboxError(
            f"the property {place!r} is a value of type {wanted}; got {quoted(value, _SHOWN)}, which is {found}."
        )


def _check_time_frames(place: str, options: Sequence[Mapping[str, Any]]) -> None:
    """Raise SandboxError for an option whose durations, times of day or time zone cannot be read."""
    from ..api.access_codes.time_frames import check_option

    for index, option in enumerate(options):
        try:
            check_option(option)
        except ValueError as error:
            raise SandboxError(f"{place}.{index}: {error}.") from None


def _complete_battery(own: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Let `battery` and `battery_level` say the same, and `battery.status` what the level means."""
    battery = given.get("battery", {})
    levels = {"battery_level": given.get("battery_level"), "battery.level": battery.get("level")}
    for place, level in levels.items():
        if level is not None and not (type_name(level) == "number" and 0 <= level <= 1):
            raise SandboxError(f"{place} is a number from 0 to 1, got {quoted(level, _SHOWN)}.")
    found = {level for level in levels.values() if level is not None}
    if len(found) > 1:
        raise SandboxError(f"there are two charges: {levels}. Give one of them.")
    status = battery.get("status")
    if status not in (None, *BATTERY_STATUSES):
        raise SandboxError(f"battery.status is one of {', '.join(BATTERY_STATUSES)}; got {quoted(status, _SHOWN)}.")
    for level in found:
        status = battery.get("status", battery_status(level))
        own["battery_level"], own["battery"] = level, {**own.get("battery", {}), "level": level, "status": status}
    if not found and battery:
        raise SandboxError(f"battery needs a level, got {quoted(dict(battery), _SHOWN)}.")


def twin_of(name: str) -> str | None:
    """The name of the same temperature in the other unit; None for what is no temperature."""
    for unit, other in _UNITS.items():
        if name.endswith(unit):
            return name.removesuffix(unit) + other
    return None


def complete_temperatures(own: dict[str, Any], given: Mapping[str, Any], place: str) -> None:
    """Let each temperature say the same in both units, also inside objects and lists.

    own: what is completed. given: what somebody has given of it. Raises SandboxError for two temperatures at one place.
    """
    for name, value in given.items():
        here = f"{place}.{name}"
        if isinstance(value, Mapping) and isinstance(own[name], dict) and not name.endswith("_metadata"):
            complete_temperatures(own[name], value, here)
        elif isinstance(value, list | tuple):
            for index, (part, inner) in enumerate(zip(own[name], value, strict=True)):
                if isinstance(inner, Mapping):
                    complete_temperatures(part, inner, f"{here}.{index}")
        twin = twin_of(name)
        if twin is not None and twin in given:
            _check_twins(place, {name: value, twin: given[twin]})
        elif twin is not None and not isinstance(value, Mapping):
            own[twin] = None if value is None else _in_other_unit(name, value)


def _in_other_unit(name: str, value: float) -> float:
    from ..api.thermostats.set_points import to_celsius, to_fahrenheit

    convert = to_fahrenheit if name.endswith("_celsius") else to_celsius
    return convert(value) - (convert(0) if name.startswith("min_heating_cooling_delta") else 0)


def _check_twins(place: str, twins: Mapping[str, Any]) -> None:
    """Raise SandboxError for a temperature that is another one in the other unit, by more than rounding."""
    name = next(name for name in twins if name.endswith("_celsius"))
    celsius, fahrenheit = twins[name], twins[twin_of(name) or ""]
    if celsius is None or fahrenheit is None:
        differ = celsius is not fahrenheit
    else:
        differ = abs(_in_other_unit(name, celsius) - fahrenheit) > _ROUNDING
    if differ:
        raise SandboxError(f"there are two temperatures in {place}: {dict(twins)}. Give one of them.")


def refuse_no_json(name: str, value: Any) -> None:
    """Raise SandboxError for a value that no JSON body could hold."""
    fault = why_no_json(value, name)
    if fault is not None:
        raise SandboxError(f"{name} is no JSON: {shortened(fault, _SHOWN)}.")
