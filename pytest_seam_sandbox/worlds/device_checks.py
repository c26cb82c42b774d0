"""What a world in a file must not say of devices: unknown names, properties of other types, PINs that do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from ..api.access_codes.constraints import broken_constraint, wrong_length
from ..api.devices.model import DeviceRow
from ..catalog.devices import DeviceModel, device_model, device_models
from ..catalog.known import time_zones
from ..engine.errors import quoted
from ..engine.frozen import FrozenDict
from ..report.texts import nearest
from .climate_checks import faults_of_climate
from .format import AccessCode, Device
from .properties import own_properties
from .references import Fault, Owners, Place, ids_of, missing, period, said

NEEDED = frozenset(
    {
        *("temperature_celsius", "temperature_fahrenheit", "current_climate_setting", "available_climate_presets"),
        *("available_fan_mode_settings", "available_hvac_mode_settings"),
        *("min_heating_set_point_celsius", "max_heating_set_point_celsius"),
        *("min_cooling_set_point_celsius", "max_cooling_set_point_celsius"),
    }
)
"""The properties of thermostats without which the emulator could not heat and cool."""


def model_of(device: Device) -> DeviceModel:
    """The model of a device, less what this one lacks."""
    model = device_model(device.device_type)
    if not device.lacks and device.flags is None:
        return model
    left = {name: value for name, value in model.properties.items() if name not in device.lacks}
    flags = model.flags if device.flags is None else device.flags
    return replace(model, properties=FrozenDict(left), flags=flags)


@cache
def known_flags() -> frozenset[str]:
    """The can_* flags that devices can have beyond those of simulations."""
    return frozenset(flag for model in device_models().values() for flag in model.flags)


def faults_of_device(place: Place, device: Device, owners: Owners) -> Iterator[Fault]:
    """What is wrong with a device and with its access codes."""
    yield from missing(place, "connected_account_id", device.connected_account_id, owners)
    if device.device_type not in device_models() or device_model(device.device_type).provider is None:
        known = [name for name, model in device_models().items() if model.provider is not None]
        hint = nearest(device.device_type, known) or "Device types look like 'august_lock'"
        yield Fault((*place, "device_type"), f"Seam has no device type {quoted(device.device_type)}. {hint}")
        return
    sample = device_model(device.device_type)
    for number, name in enumerate(device.lacks):
        if name not in sample.properties or name in ("name", "appearance"):
            hint = nearest(name, list(sample.properties)) or "It lacks it anyway"
            yield Fault((*place, "lacks", number), f"the sample of {device.device_type} has no {quoted(name)}. {hint}")
        elif name in NEEDED and name not in device.properties:
            yield Fault((*place, "lacks", number), f"a thermostat in a sandbox needs {name}; give it among properties")
    for number, name in enumerate(device.flags or ()):
        if name not in known_flags():
            hint = nearest(name, sorted(known_flags())) or f"There are {', '.join(sorted(known_flags()))}"
            yield Fault((*place, "flags", number), f"no device has the flag {quoted(name)}. {hint}")
    if device.time_zone is not None and device.time_zone not in time_zones():
        hint = nearest(device.time_zone, time_zones()) or "Time zones look like 'America/Los_Angeles'"
        yield Fault((*place, "time_zone"), f"there is no time zone {quoted(device.time_zone)}. {hint}")
    model = model_of(device)
    wrong = list(said((*place, "properties"), own_properties, device.properties, model))
    yield from wrong
    if not wrong:
        yield from _of_codes(place, device, owners)
        yield from faults_of_climate(place, device)


def device_row(device: Device) -> DeviceRow:
    """The device as far as its hardware goes, to be asked which PINs it takes."""
    model = model_of(device)
    return DeviceRow(
        device_id="",
        workspace_id="",
        connected_account_id="",
        model=model,
        provider=None,
        created_at="",
        name="",
        properties=own_properties(device.properties, model),
    )


def _of_codes(place: Place, device: Device, owners: Owners) -> Iterator[Fault]:
    row, own = device_row(device), ids_of(device)
    for number, code in enumerate(device.access_codes):
        here = (*place, "access_codes", number)
        yield from _times(here, code)
        yield from missing(here, "access_method_id", code.access_method_id, owners)
        yield from _of_backup(here, code, device, own)
        others = [other for other in device.access_codes if other is not code]
        for text in _wrong_pin(row, code, others):
            yield Fault((*here, "code"), text, quoted(code.code))
        if not code.is_managed and code.code is None:
            yield Fault((*here, "code"), "an unmanaged code needs its PIN, since Seam does not choose it")


def _of_backup(place: Place, code: AccessCode, device: Device, own: Owners) -> Iterator[Fault]:
    backup = code.pulled_backup_access_code_id
    yield from missing(place, "access_code_id", backup, own, field="pulled_backup_access_code_id", of="the device")
    codes = [other for other in device.access_codes if backup is not None and other.access_code_id == backup]
    if any(not other.is_backup for other in codes):
        yield Fault((*place, "pulled_backup_access_code_id"), "that code is no backup. Give it is_backup")
    if code.is_backup and all(
        other.pulled_backup_access_code_id != code.access_code_id for other in device.access_codes
    ):
        text = (
            "no code of the device names it in pulled_backup_access_code_id. Leave it out; Seam fills the pool itself"
        )
        yield Fault((*place, "is_backup"), text)


def _wrong_pin(device: DeviceRow, code: AccessCode, others: Sequence[AccessCode]) -> Iterator[str]:
    """What is wrong with the PIN of a managed code; those of other software, and those that locks compute, are free."""
    pin = code.code
    if pin is None or not code.is_managed or code.is_offline_access_code:
        return
    text = wrong_length(device, pin)
    if text is not None:
        yield f"the device refuses this PIN: {text[0].lower()}{text[1:]}"
    broken = broken_constraint(device, pin, [other.code or "" for other in others])
    if broken is not None:
        yield f"the device refuses this PIN: it violates the constraint {broken}"
    if any(other.code == pin and other.is_managed for other in others):
        yield "another code of the device has this PIN"


def _times(place: Place, code: AccessCode) -> Iterator[Fault]:
    yield from period(place, code.starts_at, code.ends_at)
    if (code.starts_at is None) != (code.ends_at is None) and not code.is_offline_access_code:
        yield Fault((*place, "ends_at"), "starts_at and ends_at come together")
