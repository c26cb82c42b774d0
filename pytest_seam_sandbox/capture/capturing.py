"""From a workspace to a world in a file: read, made to fit, compared with the original, freed of personal details."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..backends.embedded import Embedded
from ..engine.clock import format_time, parse_time
from ..engine.errors import SandboxError, is_for_the_test
from ..engine.settings import Settings
from ..worlds.checks import faults
from ..worlds.file import faults_of
from ..worlds.format import World
from ..worlds.load import load_world, moved
from ..worlds.references import Fault, part_at, parts_in, resource_lists
from .found import Found, Row
from .kinds import KINDS
from .numbers import numbered
from .personal import without_people
from .reader import Get, as_json
from .reading import read_workspace
from .shape import world_of

__tracebackhide__ = is_for_the_test

_NOT_COMPARED = frozenset(
    {
        *("workspace_id", "pending_mutations", "image_url", "image_alt_text"),
        *("instant_key_url", "client_session_token", "secret"),
    }
)
"""What follows from the time and the place at which something is looked at, pictures, and secrets."""
_OPTIONAL = frozenset({"access_method_id", "parent_space_id", "pulled_backup_access_code_id"})
"""References without which a resource is still what it was; single entries of lists of ids are such, too."""
_RESOURCES = frozenset(resource_lists())
_TELLING = ("device_type", "account_type", "system_type", "access_group_type", "access_method", "mode", "time_zone")
"""Fields whose values tell nothing of people."""
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_COUNTED = (
    *("devices", "connected_accounts", "access_codes", "thermostat_schedules", "thermostat_daily_programs"),
    *("noise_thresholds", "user_identities", "phones", "acs_systems", "entrances", "users", "access_groups"),
    *("encoders", "credentials", "spaces", "access_grants", "access_methods", "webhooks"),
)
"""The lists of a world, in the order in which they are counted."""


class Captured(NamedTuple):
    """A captured world as JSON, what it holds in words, and what it does not hold."""

    world: Row
    counts: str
    left_out: list[str]


def capture(get: Get, *, captured_at: str, keep_personal: bool = False, seed: int | str = 0) -> Captured:
    """The workspace that `get` reads, as a world that can be loaded. seed: the replacements follow from it.

    What the emulator cannot hold is left out, and listed: resources with the reason, and fields by their names.
    """
    found = read_workspace(get)
    world = world_of(found, captured_at)
    times = [time for time in (parse_time(text) for text in (captured_at, *_past(world))) if time is not None]
    world["captured_at"] = format_time(max(times))
    world, left_out = _fitting(world)
    left_out += [*found.left, *_differences(found, world)]
    counts = _counts(world)
    if not keep_personal:
        world = without_people(world, seed)
        wrong = next(_faults(world), None)
        if wrong is not None:
            raise SandboxError(
                "after the replacement of personal details the world cannot be loaded. Give another --seed. It says: "
                f"{wrong._replace(found='')}"
            )
    return Captured(world, counts, left_out)


def _past(value: Any, name: str = "") -> Iterator[str]:
    """The times in a world at which something has happened: none of them is after it was captured.

    The time of an answer is told in whole seconds, and the clocks of two machines differ.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _past(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _past(inner)
    elif name in ("created_at", "issued_at") and isinstance(value, str):
        yield value


def as_text(world: Row) -> str:
    """The world as the text of a file."""
    return json.dumps(world, indent=2, ensure_ascii=False) + "\n"


def _fitting(world: Row) -> tuple[Row, list[str]]:
    """The world without what cannot be loaded, and why not."""
    left_out: list[str] = []
    while found := list(_faults(world)):
        places = {_to_leave_out(fault): fault for fault in reversed(found)}
        for place in sorted(places, reverse=True):  # the last and the innermost first, so that places stay true
            left_out.append(_why(world, place, places[place]))
            _at(world, place[:-1]).pop(place[-1])
    return world, left_out


def _to_leave_out(fault: Fault) -> tuple[Any, ...]:
    """What to leave out because of a fault: a reference to nothing that can be spared, else the resource."""
    is_spare = fault.place[-1] in _OPTIONAL or isinstance(fault.place[-1], int)
    return fault.place if fault.unknown and is_spare else _resource(fault.place)


def _resource(place: tuple[Any, ...]) -> tuple[Any, ...]:
    """The place of the innermost resource in which a place is."""
    return place[: max(at + 2 for at, name in enumerate(place[:-1]) if name in _RESOURCES)]


def _faults(world: Row) -> Iterator[Fault]:
    try:
        made = World.model_validate(world)
    except ValidationError as error:
        yield from faults_of(error)
        return
    yield from faults(made)


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for part in place:
        value = value[part]
    return value


def _why(world: Row, place: tuple[Any, ...], fault: Fault) -> str:
    """The kind and the id of what is left out, and the reason; no name, which may be personal."""
    own = _resource(place)
    below = fault.place[len(own) :]
    field = ".".join(map(str, below[:1] if below[:1] == ("custom_metadata",) else below))
    part = _at(world, own)
    called = f"{own[-2]} {part.get(part_at(own).key, own[-1])}"  # type: ignore[attr-defined]  # a resource has a key
    if fault.unknown:
        return f"{called}: {field}: {fault.unknown} is not in the world"
    return f"{called}: {field}: {_told(fault)}" if field else f"{called}: {_told(fault)}"


def _told(fault: Fault) -> str:
    """What is wrong, without values that may be personal."""
    if "properties" in fault.place:
        return "the sandbox does not take them"
    return fault.text if fault.place[-1] in _TELLING else _QUOTED.sub("…", fault.text).partition(". Did you mean")[0]


def _counts(world: Row) -> str:
    parts = parts_in(World.model_validate(world))
    numbers = Counter(str(place[-2]) for place, part in parts if part.key)
    return ", ".join(numbered(numbers[name], name) for name in _COUNTED if numbers[name]) or "nothing"


def _differences(found: Found, world: Row) -> Iterator[str]:
    """Where a sandbox with the world does not show what the workspace shows; each field once, with a number."""
    backend = Embedded(world="empty", seed="capture", settings=Settings(strict_ids=False))
    workspace = backend.workspace
    with workspace.clock.pinned(workspace.clock.timestamp()):
        load_world(workspace, moved(World.model_validate(world), workspace.clock.text()))
    rebuilt = read_workspace(lambda path, **parameters: backend.api.call(path, **as_json(parameters)))
    for kind, key, rows_of in KINDS:
        theirs = {row[key]: row for row in rows_of(found)}
        ours = {row[key]: row for row in rows_of(rebuilt) if row[key] in theirs}
        different = Counter(name for own_id in ours for name in _fields_apart(theirs[own_id], ours[own_id]))
        yield from (f"{kind}: {name} differs in {count}" for name, count in sorted(different.items()))


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
        found = {
            name: _timeless(inner)
            for name, inner in value.items()
            if not name.endswith("_at") and name not in _NOT_COMPARED
        }
        return {name: inner for name, inner in found.items() if inner is not None} or None
    if isinstance(value, list):
        return [_timeless(inner) for inner in value] or None
    return value
