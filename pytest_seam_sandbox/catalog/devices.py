"""The device models that a sandbox can have: one for each device type that Seam's specification or SDK names.

The facts stand in `devices.json` and `providers.json`, since they are data and pytest would rewrite a module.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ..engine.errors import SandboxError, UnknownDeviceType, is_for_the_test, quoted
from ..engine.frozen import FrozenDict, freeze

__tracebackhide__ = is_for_the_test


@dataclass(frozen=True)
class DeviceModel:
    """What all devices of one type have in common.

    flags: the can_* flags that its hardware has. simulate: names of the simulate endpoints that apply.
    properties: `device.properties` of an online device, without `online`.
    """

    device_type: str
    provider: str | None
    manufacturer: Mapping[str, str]
    name: str
    capabilities_supported: tuple[str, ...]
    flags: tuple[str, ...]
    simulate: frozenset[str]
    properties: Mapping[str, Any]
    location: Mapping[str, str] | None = None
    confirms_actions: bool = False
    native_scheduling: bool = False


_NONE: Mapping[str, DeviceModel] = MappingProxyType({})


@cache
def device_models() -> Mapping[str, DeviceModel]:
    """All models by device type; read once, and nobody can change them."""
    return MappingProxyType(
        {device_type: _model(device_type, facts) for device_type, facts in _read("devices").items()}
    )


@cache
def providers() -> tuple[Mapping[str, Any], ...]:
    """All device providers, without capability flags."""
    return tuple(_read("providers"))


@cache
def property_types() -> Mapping[str, str]:
    """The type of each of `device.properties` in JSON's words, without the blocks named *_metadata. Source: spec."""
    return MappingProxyType(_read("properties"))


@cache
def property_fields() -> Mapping[str, Any]:
    """What those `device.properties` hold that are objects or lists, by name: fields by name, and theirs in turn.

    All blocks named *_metadata are there. A list of one stands for a list of such; a text is a type in JSON's words;
    None stands for a value of which only the SDK speaks, without its type. Source: spec and SDK.
    """
    return MappingProxyType(_read("property_fields"))


@cache
def device_provider(name: str | None) -> Mapping[str, Any] | None:
    """The `device_provider` of the devices of an account of this provider, as Seam shows it; None without one.

    A login at Yale leads to August, as both pages of the docs show; google_nest is the other name of nest.
    """
    name = {"yale": "august", "yale_access": "august", "google_nest": "nest"}.get(name or "", name)
    known = next((row for row in providers() if row["device_provider_name"] == name), None)
    if known is None:
        return None
    return FrozenDict(
        device_provider_name=name,
        display_name=known["display_name"],
        image_url=known["image_url"],
        provider_category=next(iter(known["provider_categories"]), "stable"),
    )


def check_provider(name: str) -> None:
    """Raise SandboxError, with the nearest names, when Seam has no provider of this name."""
    names = [row["device_provider_name"] for row in providers()]
    if name not in names:
        near = get_close_matches(name, names, n=3)
        hint = f"Did you mean {', '.join(map(repr, near))}?" if near else f"Providers: {', '.join(sorted(names))}."
        raise SandboxError(f"Seam has no provider {quoted(name)}. {hint}")


def device_model(device_type: str, added: Mapping[str, DeviceModel] = _NONE) -> DeviceModel:
    """The model of this type. Raises UnknownDeviceType with the nearest names. added: models beyond Seam's."""
    model = device_models().get(device_type) or added.get(device_type)
    if model is None:
        near = get_close_matches(device_type, (*device_models(), *added), n=3, cutoff=0.4)
        hint = f"Did you mean {', '.join(map(repr, near))}?" if near else "Device types look like 'august_lock'."
        raise UnknownDeviceType(
            f"Seam has no device type {quoted(device_type)}. {hint} All {len(device_models()) + len(added)} types: "
            f"{', '.join(sorted((*device_models(), *added)))}."
        )
    return model


def _model(device_type: str, facts: dict[str, Any]) -> DeviceModel:
    listed: Any = {name: tuple(facts[name]) for name in ("capabilities_supported", "flags")}
    return DeviceModel(device_type=device_type, **facts | listed | {"simulate": frozenset(facts["simulate"])})


def _read(name: str) -> Any:
    return freeze(json.loads(files(__package__).joinpath(f"{name}.json").read_text("utf-8")))
