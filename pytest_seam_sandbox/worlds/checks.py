"""What a world in a file must not say: ids that are there twice or not at all, and what is wrong with its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..catalog.devices import check_provider
from ..engine.errors import quoted
from .access_checks import faults_of_grants, faults_of_spaces, faults_of_webhooks
from .device_checks import faults_of_device
from .format import Person, World
from .properties import own_phone_properties
from .references import Fault, Owners, all_missing, ids_in, ids_of, said, taken, twice
from .system_checks import faults_of_system

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def faults(world: World) -> Iterator[Fault]:
    """All that is wrong with a world at any time."""
    owners = ids_of(world)
    yield from twice(world)
    for number, account in enumerate(world.connected_accounts):
        yield from said(("connected_accounts", number, "account_type"), check_provider, account.account_type)
    for number, device in enumerate(world.devices):
        yield from faults_of_device(("devices", number), device, owners)
    yield from _of_people(world.user_identities, owners)
    for number, system in enumerate(world.acs_systems):
        yield from faults_of_system(("acs_systems", number), system, owners)
    yield from faults_of_spaces(world.spaces, owners)
    yield from faults_of_grants(world.access_grants, owners)
    yield from faults_of_webhooks(world.webhooks)


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


def _of_people(people: Iterable[Person], owners: Owners) -> Iterator[Fault]:
    for name in ("user_identity_key", "email_address", "phone_number"):
        yield from taken("user_identities", name, [getattr(person, name) for person in people])
    keys = [key for person in people for key in (person.user_identity_key, *person.merged_user_identity_keys)]
    for number, person in enumerate(people):
        place = ("user_identities", number)
        devices, name = person.accessible_device_ids, "accessible_device_ids"
        yield from all_missing(place, "device_id", devices, owners, field=name)
        for at, one in enumerate(person.merged_user_identity_ids):
            if one in owners["user_identity_id"]:
                text = "it is the id of a user identity in the file, so that was not merged"
                yield Fault((*place, "merged_user_identity_ids", at), text)
        for at, key in enumerate(person.merged_user_identity_keys):
            if keys.count(key) > 1:
                yield Fault((*place, "merged_user_identity_keys", at), "another one has it; it is unique at Seam")
        for index, phone in enumerate(person.phones):
            here = ("user_identities", number, "phones", index)
            yield from all_missing(here, "acs_credential_id", phone.acs_credential_ids, owners)
            if phone.properties is not None:
                system = phone.device_type.removesuffix("_phone")
                yield from said((*here, "properties"), own_phone_properties, phone.properties, system)
