"""What a world in a file must not say of thermostats and noise sensors."""

from __future__ import annotations

from collections.abc import Iterator

from ..api.noise_sensors.model import read_daily_moment
from ..api.thermostats.model import DAYS
from ..api.thermostats.timetable import ACTIVE
from ..catalog.devices import device_model
from ..engine.errors import quoted
from ..engine.frozen import FrozenDict
from ..report.texts import nearest
from .climate import PROGRAMS, WEEK
from .format import Device
from .references import Fault, Place, ids_of, missing, period

_SCHEDULES = "thermostat_schedules"
_WORDS = FrozenDict({"thermostat": "thermostat", "noise_detection": "noise sensor"})


def faults_of_climate(place: Place, device: Device) -> Iterator[Fault]:
    """What is wrong with the programs, the schedules and the noise thresholds of a device of a known type."""
    capabilities = device_model(device.device_type).capabilities_supported
    for name, capability in (
        (_SCHEDULES, "thermostat"),
        (PROGRAMS, "thermostat"),
        (WEEK, "thermostat"),
        ("noise_thresholds", "noise_detection"),
    ):
        if getattr(device, name) and capability not in capabilities:
            yield Fault((*place, name), f"{quoted(device.device_type)} has none, since it is no {_WORDS[capability]}")
    for name in (PROGRAMS, WEEK):
        if name in device.properties:
            yield Fault((*place, "properties", name), f"give {name} beside properties")
    if "thermostat" in capabilities:
        yield from _of_thermostat(place, device)
    yield from _of_thresholds(place, device)


def _of_thermostat(place: Place, device: Device) -> Iterator[Fault]:
    own = ids_of(device)
    active = device.properties.get(ACTIVE)
    yield from missing((*place, "properties"), "thermostat_schedule_id", active, own, field=ACTIVE, of="the device")
    keys = _preset_keys(device)
    starts: set[str] = set()
    for number, schedule in enumerate(device.thermostat_schedules):
        here = (*place, _SCHEDULES, number)
        yield from period(here, schedule.starts_at, schedule.ends_at)
        yield from _unknown_preset(here, schedule.climate_preset_key, keys)
        if schedule.starts_at in starts:
            yield Fault((*here, "starts_at"), "another schedule of the thermostat starts at the same time")
        starts.add(schedule.starts_at)
    for number, program in enumerate(device.thermostat_daily_programs):
        for index, part in enumerate(program.periods):
            here = (*place, PROGRAMS, number, "periods", index)
            yield from _unknown_preset(here, part.climate_preset_key, keys)
    week = device.thermostat_weekly_program
    for name in (f"{day}_program_id" for day in DAYS if week is not None):
        program_id = getattr(week, name)
        here = (*place, WEEK)
        yield from missing(here, "thermostat_daily_program_id", program_id, own, field=name, of="the device")


def _preset_keys(device: Device) -> list[str]:
    name = "available_climate_presets"
    presets = device.properties.get(name, device_model(device.device_type).properties.get(name)) or ()
    return [str(preset.get("climate_preset_key")) for preset in presets]


def _unknown_preset(place: Place, key: str, known: list[str]) -> Iterator[Fault]:
    if key not in known:
        hint = nearest(key, known) or "Add it to available_climate_presets of the properties"
        yield Fault((*place, "climate_preset_key"), f"the device has no climate preset {quoted(key)}. {hint}")


def _of_thresholds(place: Place, device: Device) -> Iterator[Fault]:
    for number, threshold in enumerate(device.noise_thresholds or ()):
        here = (*place, "noise_thresholds", number)
        for name in ("starts_daily_at", "ends_daily_at"):
            try:
                read_daily_moment(getattr(threshold, name))
            except ValueError as error:
                yield Fault((*here, name), f"it is no time of day such as 22:00:00[Europe/Berlin]: {error}")
        if threshold.noise_threshold_decibels is None and threshold.noise_threshold_nrs is None:
            yield Fault(here, "it has no level. Give noise_threshold_decibels or noise_threshold_nrs")
