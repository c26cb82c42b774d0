"""Checks of what a test gives to the methods that make things; all of them run before anything changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any

from ..api import find_endpoint
from ..api._shared import plain
from ..api.devices.model import BATTERY_STATUSES, battery_status
from ..api.phones.model import ASSA_ABLOY_SERVICE
from ..catalog.devices import DeviceModel, device_model, property_fields, property_types
from ..engine.errors import ApiError, SandboxError, is_for_the_test, quoted, shortened
from ..engine.json_values import why_no_json
from ..engine.params import Params
from ..engine.query import QueryType
from ..engine.types import type_name

__tracebackhide__ = is_for_the_test

Properties = Annotated[dict[str, Any], QueryType("record")]

_SHOWN = 200
_LONGEST = 1_000


def checked(method: str, rules: Callable[..., None], *, strict_ids: bool = True, **values: Any) -> dict[str, Any]:
    """The values that are given (not None), once each has the type that `rules` declares for its name.

    rules: a function whose keyword-only parameters are annotated with the types of `engine.types`.
    Raises SandboxError that says what was found and what was expected.
    """
    given = {name: plain(value) for name, value in values.items() if value is not None}
    try:
        _params(rules).validate(given, strict_ids=strict_ids)
    except ApiError as error:
        wrong = [name for name in error.validation_errors or () if name in given]
        found = ", ".join(f"{name}={shown(given[name])}" for name in wrong)
        raise SandboxError(
            f"{method}() cannot use its arguments: {shortened(error.message, _LONGEST)}; got {found}."
        ) from None
    for name, value in given.items():
        check_json(method, name, value)
    refuse_empty(method, "custom_metadata", given.get("custom_metadata", {}))
    return given


@cache
def _params(rules: Callable[..., None]) -> Params:
    return Params(rules)


def refuse_empty(method: str, name: str, metadata: Mapping[str, Any]) -> None:
    """Raise SandboxError for metadata without a value: that is how Seam is told to delete a key."""
    for key, value in metadata.items():
        if value is None or value == "":
            raise SandboxError(
                f"{method}() cannot use its arguments: {name} needs a text or a boolean for {key!r}, got {value!r}."
            )


def known_names(method: str, details: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise SandboxError for a keyword that would be left out in silence."""
    for name in details:
        if name not in known:
            hint = _near(name, known) or f"It takes {', '.join(sorted(known))}."
            raise SandboxError(f"{method}() has no parameter {shown(name)}. {hint}")


def parameters_of(path: str) -> list[str]:
    """The names of the parameters of an emulated endpoint."""
    endpoint = find_endpoint(path)
    return [] if endpoint is None else list(endpoint.params.fields)


def one_name(method: str, names: Mapping[str, str | None]) -> str | None:
    """The name that several arguments give, by what each is called. Raises SandboxError for an empty one, and two."""
    given = {place: name for place, name in names.items() if name is not None}
    for place, name in given.items():
        if not name:
            raise SandboxError(f"{method}() cannot use its arguments: {place} is empty. Give a text, or leave it out.")
    if len(set(given.values())) > 1:
        listed = ", ".join(f"{place}={name!r}" for place, name in given.items())
        raise SandboxError(f"{method}() got different names: {listed}. Give one of them.")
    return next(iter(given.values()), None)


def shown(value: Any) -> str:
    """A value in a message, cut when it is long."""
    return quoted(value, _SHOWN)


def device_properties(method: str, properties: Mapping[str, Any], model: DeviceModel) -> dict[str, Any]:
    """The properties of a new device that differ from those of its model.

    Objects are completed by the model's, but for the blocks named *_metadata, which a test gives whole.
    Raises SandboxError for a name that Seam does not have, a value of another type, and what contradicts itself.
    """
    own: dict[str, Any] = plain(properties)
    for name, value in own.items():
        _check_property(method, name, value)
    for name, value in own.items():
        template = model.properties.get(name)
        if isinstance(value, dict) and isinstance(template, Mapping) and not name.endswith("_metadata"):
            own[name] = {**template, **value}
    _complete_battery(method, own, properties)
    for name in ("offline_time_frame_options", "online_time_frame_options"):
        _check_time_frames(method, f"properties.{name}", own.get(name, ()))
    check_json(method, "properties", own)
    return own


def phone_properties(method: str, properties: Mapping[str, Any], operating_system: str) -> dict[str, Any]:
    """The properties of a new phone that differ from those of every phone.

    A service that has an active endpoint and its endpoints have to agree; the one that is given decides the other.
    Raises SandboxError as `device_properties` does.
    """
    own = device_properties(method, properties, device_model(f"{operating_system}_phone"))
    appearance = own.pop("appearance", {})
    names = {"properties.name": own.pop("name", None), "properties.appearance.name": appearance.get("name")}
    name = one_name(method, names)
    if name is not None:
        own["appearance"] = {"name": name}
    service = own.get(ASSA_ABLOY_SERVICE)
    if service is not None and "endpoints" in service:
        is_active = any(endpoint.get("is_active") for endpoint in service["endpoints"])
        if service.setdefault("has_active_endpoint", is_active) is not is_active:
            raise SandboxError(f"{method}() got properties that contradict each other: {shown(service)}.")
    return own


def check_json(method: str, name: str, value: Any) -> None:
    """Raise SandboxError for a value that no JSON body could hold."""
    fault = why_no_json(value, name)
    if fault is not None:
        raise SandboxError(f"{method}() cannot use its arguments: {name} is no JSON: {shortened(fault, _SHOWN)}.")


def _check_property(method: str, name: str, value: Any) -> None:
    types = property_types()
    if name == "online":
        raise SandboxError(
            f"{method}() has no property 'online': a device is offline because of an error. Give online=False."
        )
    if name in property_fields() and name.endswith("_metadata"):
        wanted = "object"
    elif name in types:
        wanted = types[name]
    else:
        hint = _near(name, (*types, *property_fields())) or "See `device.properties` in Seam's documentation."
        raise SandboxError(f"{method}() cannot use its arguments: a device has no property {shown(name)}. {hint}")
    _check_type(method, name, value, wanted)
    if value is not None:
        _check_fields(method, name, value, property_fields().get(name))


def _check_fields(method: str, place: str, value: Any, known: Any) -> None:
    """Raise SandboxError for a field that there is not at this place, and for a value of another type.

    known: what `property_fields` says of the place.
    """
    if isinstance(known, str):
        _check_type(method, place, value, known)
    elif isinstance(known, list):
        _check_type(method, place, value, "array")
        for index, part in enumerate(value):
            _check_fields(method, f"{place}.{index}", part, known[0])
    elif known is not None:
        _check_type(method, place, value, "object")
        for name, inner in value.items():
            if name not in known:
                hint = _near(name, tuple(known)) or f"It has {', '.join(known)}."
                raise SandboxError(
                    f"{method}() cannot use its arguments: the property {place!r} has no field {name!r}. {hint}"
                )
            _check_fields(method, f"{place}.{name}", inner, known[name])


def _check_type(method: str, place: str, value: Any, wanted: str) -> None:
    """Raise SandboxError for a value of another type than the wanted ones, in JSON's words or `integer`."""
    found = type_name(value)
    is_whole = wanted == "integer" and found == "number" and value == int(value)
    if not is_whole and found not in wanted.split(" or "):
        raise SandboxError(
            f"{method}() cannot use its arguments: the property {place!r} is a value of type {wanted}; "
            f"got {shown(value)}, which is {found}."
        )


def _check_time_frames(method: str, place: str, options: Sequence[Mapping[str, Any]]) -> None:
    """Raise SandboxError for an option whose durations, times of day or time zone cannot be read."""
    from ..api.access_codes.time_frames import check_option

    for index, option in enumerate(options):
        try:
            check_option(option)
        except ValueError as error:
            raise SandboxError(f"{method}() cannot use its arguments: {place}.{index}: {error}.") from None


def _complete_battery(method: str, own: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Let `battery` and `battery_level` say the same, and `battery.status` what the level means."""
    battery = given.get("battery", {})
    levels = {"battery_level": given.get("battery_level"), "battery.level": battery.get("level")}
    for place, level in levels.items():
        if level is not None and not (type_name(level) == "number" and 0 <= level <= 1):
            raise SandboxError(
                f"{method}() cannot use its arguments: {place} is a number from 0 to 1, got {shown(level)}."
            )
    found = {level for level in levels.values() if level is not None}
    if len(found) > 1:
        raise SandboxError(f"{method}() got two charges: {levels}. Give one of them.")
    status = battery.get("status")
    if status not in (None, *BATTERY_STATUSES):
        raise SandboxError(
            f"{method}() cannot use its arguments: battery.status is one of {', '.join(BATTERY_STATUSES)}; "
            f"got {shown(status)}."
        )
    for level in found:
        status = battery.get("status", battery_status(level))
        own["battery_level"], own["battery"] = level, {**own.get("battery", {}), "level": level, "status": status}
    if not found and battery:
        raise SandboxError(f"{method}() cannot use its arguments: battery needs a level, got {shown(dict(battery))}.")


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(str(name), known, n=3)
    return f"Did you mean {', '.join(map(repr, near))}?" if near else ""
