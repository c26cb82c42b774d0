"""From a workspace to a world in a file: read, made to fit, compared with the original, freed of personal details."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..backends.embedded import Embedded
from ..engine.settings import Settings
from ..worlds.checks import Fault, faults
from ..worlds.file import faults_of
from ..worlds.format import World
from ..worlds.load import load_world, moved
from .personal import without_people
from .reading import Found, Get, Reader, Row
from .shape import world_of

_NOT_COMPARED = frozenset({"workspace_id", "pending_mutations", "image_url", "image_alt_text"})
"""What follows from the time and the place at which something is looked at, and pictures."""


class Captured(NamedTuple):
    """A captured world as JSON, what it holds in words, and what it does not hold."""

    world: Row
    counts: str
    left_out: list[str]


def capture(get: Get, *, captured_at: str, keep_personal: bool = False, seed: int | str = 0) -> Captured:
    """The workspace that `get` reads, as a world that can be loaded. seed: the replacements follow from it.

    What the emulator cannot hold is left out, and listed: resources with the reason, and fields by their names.
    """
    found = Reader(get).read()
    world, left_out = _fitting(world_of(found, captured_at))
    left_out += [*found.left, *_differences(found, world)]
    counts = _counts(world)
    if not keep_personal:
        world = without_people(world, seed)
    return Captured(world, counts, left_out)


def as_text(world: Row) -> str:
    """The world as the text of a file."""
    return json.dumps(world, indent=2, ensure_ascii=False) + "\n"


def _fitting(world: Row) -> tuple[Row, list[str]]:
    """The world without what cannot be loaded, and why not."""
    left_out: list[str] = []
    while found := list(_faults(world)):
        entries = {_entry(fault): fault for fault in reversed(found)}
        for place in sorted(entries, reverse=True):  # the last and the innermost first, so that places stay true
            part = _at(world, place[:-1]).pop(place[-1])
            left_out.append(f"{_called(place, part)}: {_field(entries[place], place)}{entries[place].text}")
    return world, left_out


def _faults(world: Row) -> Iterator[Fault]:
    try:
        made = World.model_validate(world)
    except ValidationError as error:
        yield from faults_of(error)
        return
    yield from faults(made)


def _entry(fault: Fault) -> tuple[Any, ...]:
    """The place of the innermost entry of a list of resources in which a fault is."""
    lists = ("connected_accounts", "devices", "access_codes", "user_identities", "phones", "acs_systems")
    nested = (*lists, "entrances", "users", "credentials")
    end = max(at + 2 for at, name in enumerate(fault.place[:-1]) if name in nested)
    return fault.place[:end]


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for part in place:
        value = value[part]
    return value


def _field(fault: Fault, place: tuple[Any, ...]) -> str:
    field = ".".join(map(str, fault.place[len(place) :]))
    return f"{field}: " if field else ""


def _called(place: tuple[Any, ...], part: Row) -> str:
    """The kind and the id of what was left out; no name, which may be personal."""
    ids = [value for name, value in part.items() if name.endswith("_id") and isinstance(value, str)]
    return f"{place[-2]} {ids[0] if ids else place[-1]}"


def _counts(world: Row) -> str:
    people, systems = world["user_identities"], world["acs_systems"]
    numbers = {
        "devices": len(world["devices"]),
        "connected accounts": len(world["connected_accounts"]),
        "access codes": sum(len(part.get("access_codes", ())) for part in world["devices"]),
        "user identities": len(people),
        "phones": sum(len(part.get("phones", ())) for part in people),
        "access systems": len(systems),
        "entrances": sum(len(part.get("entrances", ())) for part in systems),
        "users": sum(len(part.get("users", ())) for part in systems),
        "credentials": sum(len(part.get("credentials", ())) for part in systems),
    }
    return ", ".join(f"{number} {name}" for name, number in numbers.items() if number) or "nothing"


def _differences(found: Found, world: Row) -> Iterator[str]:
    """Where a sandbox with the world does not show what the workspace shows; each field once, with a number."""
    backend = Embedded(world="empty", seed="capture", settings=Settings(strict_ids=False))
    workspace = backend.workspace
    with workspace.clock.pinned(workspace.clock.timestamp()):
        load_world(workspace, moved(World.model_validate(world), workspace.clock.text()))
    rebuilt = Reader(lambda path, **parameters: backend.api.call(path, **_typed(parameters))).read()
    for kind, ours, theirs in _kinds(rebuilt, found):
        different = Counter(name for own_id in ours for name in _fields_apart(theirs[own_id], ours[own_id]))
        yield from (f"{kind}: {name} differs in {count}" for name, count in sorted(different.items()))


def _typed(parameters: Mapping[str, str]) -> dict[str, Any]:
    return {name: int(value) if name == "limit" else value for name, value in parameters.items()}


def _kinds(rebuilt: Found, found: Found) -> Iterator[tuple[str, dict[str, Row], dict[str, Row]]]:
    """The resources that both have, by kind and id."""
    for kind, key in (
        ("accounts", "connected_account_id"),
        ("devices", "device_id"),
        ("people", "user_identity_id"),
        ("systems", "acs_system_id"),
        ("entrances", "acs_entrance_id"),
        ("users", "acs_user_id"),
        ("credentials", "acs_credential_id"),
    ):
        yield _pair(kind, key, getattr(rebuilt, kind), getattr(found, kind))
    codes = [[row for rows in each.codes.values() for row in rows] for each in (rebuilt, found)]
    yield _pair("access codes", "access_code_id", *codes)
    phones = [[row for rows in each.phones.values() for row in rows] for each in (rebuilt, found)]
    yield _pair("phones", "device_id", *phones)


def _pair(kind: str, key: str, ours: list[Row], theirs: list[Row]) -> tuple[str, dict[str, Row], dict[str, Row]]:
    by_id = {row[key]: row for row in theirs}
    return kind, {row[key]: row for row in ours if row[key] in by_id}, by_id


def _fields_apart(theirs: Row, ours: Row) -> Iterator[str]:
    """The fields of a resource at Seam that the rebuilt one lacks or has otherwise."""
    for name, value in theirs.items():
        if name in _NOT_COMPARED or name.startswith("can_simulate_") or name.endswith("_at"):
            continue
        if name == "properties":
            mine = ours.get(name, {})
            yield from (f"properties.{inner}" for inner in _fields_apart({**dict.fromkeys(mine), **value}, mine))
        elif _timeless(value) != _timeless(ours.get(name)):
            yield name


def _timeless(value: Any) -> Any:
    """A value without the times in it, which move, and without what is empty."""
    if isinstance(value, dict):
        found = {name: _timeless(inner) for name, inner in value.items() if not name.endswith("_at")}
        return {name: inner for name, inner in found.items() if inner is not None} or None
    if isinstance(value, list):
        return [_timeless(inner) for inner in value] or None
    return value
