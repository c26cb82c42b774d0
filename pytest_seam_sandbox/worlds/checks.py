"""What a world in a file must not say: unknown names, ids that are there twice or not at all, PINs that do not fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from ..api.access_codes.constraints import broken_constraint, wrong_length
from ..api.acs.kinds import SYSTEM_KINDS
from ..api.devices.model import DeviceRow
from ..catalog.devices import DeviceModel, check_provider, device_model, device_models
from ..catalog.known import time_zones
from ..engine.errors import SandboxError, quoted
from ..engine.frozen import FrozenDict
from ..report.texts import nearest
from .format import AccessCode, Credential, Device, Person, System, World
from .properties import own_phone_properties, own_properties

Place = tuple[str | int, ...]
NEEDED = frozenset(
    {
        *("temperature_celsius", "temperature_fahrenheit", "current_climate_setting", "available_climate_presets"),
        *("available_fan_mode_settings", "available_hvac_mode_settings"),
        *("min_heating_set_point_celsius", "max_heating_set_point_celsius"),
        *("min_cooling_set_point_celsius", "max_cooling_set_point_celsius"),
    }
)
"""The properties of thermostats without which the emulator could not heat and cool."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Fault(NamedTuple):
    """What is wrong with a world, and where: names of fields, and numbers of entries from 0 on.

    found: the value, as it is shown; it may be personal, which the text is not.
    """

    place: Place
    text: str
    found: str = ""

    def __str__(self) -> str:
        text = f"{self.text}; found {self.found}" if self.found else self.text
        where = f"{'.'.join(map(str, self.place))}: " if self.place else ""
        return f"{where}{text}" if text.endswith(("?", ".")) else f"{where}{text}."


def faults(world: World) -> Iterator[Fault]:
    """All that is wrong with a world at any time."""
    owners = ids_of(world)
    yield from _twice(world)
    for number, account in enumerate(world.connected_accounts):
        yield from _said(("connected_accounts", number, "account_type"), check_provider, account.account_type)
    for number, device in enumerate(world.devices):
        yield from _of_device(("devices", number), device, owners)
    yield from _of_people(world.user_identities, owners)
    for number, system in enumerate(world.acs_systems):
        yield from _of_system(("acs_systems", number), system, owners)


def faults_now(world: World, now: str, *, strict_ids: bool) -> Iterator[Fault]:
    """What is wrong with a world whose times have been moved, at a time as rows hold it."""
    if strict_ids:
        for place, _, own_id in ids_in(world):
            if _UUID.fullmatch(own_id) is None:
                yield Fault(place, f"{quoted(own_id)} is no UUID. Give a UUID, or the sandbox strict_ids=False")
    if world.captured_at is not None:
        return
    for number, device in enumerate(world.devices):
        for index, code in enumerate(device.access_codes):
            if code.ends_at is not None and code.ends_at <= now and code.status != "removing":
                place = ("devices", number, "access_codes", index, "ends_at")
                yield Fault(place, f"{code.ends_at} has passed. With captured_at, the times of the file move along")


def ids_in(world: World) -> Iterator[tuple[Place, str, str]]:
    """The ids that a world gives to its resources: the place, the name of the field, the id."""
    for name in ("connected_accounts", "devices", "user_identities", "acs_systems"):
        for number, part in enumerate(getattr(world, name)):
            yield from _ids_of_part((name, number), part)


def _ids_of_part(place: Place, part: object) -> Iterator[tuple[Place, str, str]]:
    name = _ID_NAMES.get(type(part).__name__)
    own_id = getattr(part, name) if name else None
    if name and own_id is not None:
        yield (*place, name), name, own_id
    for nested in ("access_codes", "phones", "entrances", "users", "credentials"):
        for number, inner in enumerate(getattr(part, nested, ())):
            yield from _ids_of_part((*place, nested, number), inner)


_ID_NAMES = FrozenDict(
    {
        "Account": "connected_account_id",
        "Device": "device_id",
        "AccessCode": "access_code_id",
        "Person": "user_identity_id",
        "Phone": "device_id",
        "System": "acs_system_id",
        "Entrance": "acs_entrance_id",
        "User": "acs_user_id",
        "Credential": "acs_credential_id",
    }
)

Owners = dict[str, set[str]]


def ids_of(world: World) -> Owners:
    """The ids of a world by the names of their fields."""
    found: Owners = {name: set() for name in _ID_NAMES.values()}
    for _, name, own_id in ids_in(world):
        found[name].add(own_id)
    return found


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


def _said(place: Place, check: object, *arguments: object) -> Iterator[Fault]:
    try:
        check(*arguments)  # type: ignore[operator]
    except SandboxError as mistake:
        yield Fault(place, str(mistake))


def _twice(world: World) -> Iterator[Fault]:
    first: dict[str, Place] = {}
    for place, _, own_id in ids_in(world):
        if own_id in first:
            other = ".".join(map(str, first[own_id]))
            yield Fault(place, f"{quoted(own_id)} is the id at {other}, too. Give each resource an id of its own")
        first.setdefault(own_id, place)


def _missing(place: Place, name: str, wanted: str | None, owners: Owners, field: str | None = None) -> Iterator[Fault]:
    if wanted is not None and wanted not in owners[name]:
        hint = nearest(wanted, sorted(owners[name])) or "Add it, or leave the field out"
        yield Fault((*place, field or name), f"the file has no {name} {quoted(wanted)}. {hint}")


def _of_device(place: Place, device: Device, owners: Owners) -> Iterator[Fault]:
    yield from _missing(place, "connected_account_id", device.connected_account_id, owners)
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
    wrong = list(_said((*place, "properties"), own_properties, device.properties, model))
    yield from wrong
    if not wrong:
        yield from _of_codes(place, device)


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


def _of_codes(place: Place, device: Device) -> Iterator[Fault]:
    row = device_row(device)
    for number, code in enumerate(device.access_codes):
        here = (*place, "access_codes", number)
        yield from _period(here, code)
        others = [other for other in device.access_codes if other is not code]
        for text in _wrong_pin(row, code, others):
            yield Fault((*here, "code"), text, quoted(code.code))
        if not code.is_managed and code.code is None:
            yield Fault((*here, "code"), "an unmanaged code needs its PIN, since Seam does not choose it")


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


def _period(place: Place, part: AccessCode | Credential) -> Iterator[Fault]:
    if part.starts_at is not None and part.ends_at is not None and part.ends_at <= part.starts_at:
        yield Fault((*place, "ends_at"), "it has to be after starts_at")
    is_half = (part.starts_at is None) != (part.ends_at is None)
    if is_half and isinstance(part, AccessCode) and not part.is_offline_access_code:
        yield Fault((*place, "ends_at"), "starts_at and ends_at come together")


def _of_people(people: Iterable[Person], owners: Owners) -> Iterator[Fault]:
    first: dict[tuple[str, str], int] = {}
    for number, person in enumerate(people):
        place = ("user_identities", number)
        for name in ("user_identity_key", "email_address", "phone_number"):
            value = getattr(person, name)
            if value is not None and first.setdefault((name, value), number) != number:
                yield Fault((*place, name), f"user_identities.{first[name, value]} has the same; it is unique at Seam")
        for index, phone in enumerate(person.phones):
            here = (*place, "phones", index)
            for at, held in enumerate(phone.acs_credential_ids):
                yield from _missing(here, "acs_credential_id", held, owners, f"acs_credential_ids.{at}")
            if phone.properties is not None:
                system = phone.device_type.removesuffix("_phone")
                yield from _said((*here, "properties"), own_phone_properties, phone.properties, system)


def _of_system(place: Place, system: System, owners: Owners) -> Iterator[Fault]:
    yield from _missing(place, "connected_account_id", system.connected_account_id, owners)
    manager = system.default_credential_manager_acs_system_id
    yield from _missing(place, "acs_system_id", manager, owners, "default_credential_manager_acs_system_id")
    kind = SYSTEM_KINDS.get(system.system_type)
    if kind is None:
        hint = nearest(system.system_type, list(SYSTEM_KINDS)) or f"There are {', '.join(SYSTEM_KINDS)}"
        yield Fault((*place, "system_type"), f"Seam has no access system {quoted(system.system_type)}. {hint}")
        return
    seen: set[str] = set()
    for number, user in enumerate(system.users):
        here = (*place, "users", number)
        yield from _missing(here, "user_identity_id", user.user_identity_id, owners)
        if user.user_identity_id in seen:
            yield Fault((*here, "user_identity_id"), "a person has one user in an access system; there is another one")
        seen |= {user.user_identity_id} if user.user_identity_id is not None else set()
    here_too = ids_of(World(version=1, acs_systems=(system,))) | {"user_identity_id": owners["user_identity_id"]}
    parents = {one.acs_credential_id: one.parent_acs_credential_id for one in system.credentials}
    for number, credential in enumerate(system.credentials):
        here = (*place, "credentials", number)
        if _is_below_itself(credential.acs_credential_id, parents):
            yield Fault((*here, "parent_acs_credential_id"), "the credential is below itself, by way of its parents")
        yield from _period(here, credential)
        yield from _of_credential(here, credential, here_too)
        if credential.access_method not in kind.methods:
            methods = ", ".join(kind.methods) or "none"
            text = f"{quoted(system.system_type)} has no {credential.access_method} credentials; it has {methods}"
            yield Fault((*here, "access_method"), text)


def _is_below_itself(acs_credential_id: str | None, parents: Mapping[str | None, str | None]) -> bool:
    seen: set[str | None] = set()
    above = parents.get(acs_credential_id)
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return acs_credential_id is not None and acs_credential_id in seen


def _of_credential(place: Place, credential: Credential, owners: Owners) -> Iterator[Fault]:
    yield from _missing(place, "acs_user_id", credential.acs_user_id, owners)
    yield from _missing(place, "user_identity_id", credential.user_identity_id, owners)
    parent = credential.parent_acs_credential_id
    yield from _missing(place, "acs_credential_id", parent, owners, "parent_acs_credential_id")
    for number, entrance in enumerate(credential.allowed_acs_entrance_ids or ()):
        yield from _missing(place, "acs_entrance_id", entrance, owners, f"allowed_acs_entrance_ids.{number}")
