"""What Seam has, emulated or not: paths, event types, error and warning codes, fields of events. Kept as data, JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from ..engine.frozen import freeze


@cache
def _facts(name: str = "known.json") -> Mapping[str, Any]:
    facts: Mapping[str, Any] = freeze(json.loads(files(__package__).joinpath(name).read_text("utf-8")))
    return facts


def public_paths() -> dict[str, list[str]]:
    """The paths that the newest specification documents or the SDK calls, and their methods."""
    return {**_facts()["public_paths"], **_facts()["sdk_paths"]}


def sdk_paths() -> dict[str, list[str]]:
    """Those of the public paths that the SDK calls and no specification has."""
    return dict(_facts()["sdk_paths"])


def event_types() -> tuple[str, ...]:
    """All event types of the newest specification."""
    return tuple(_facts()["event_types"])


def undocumented_event_types() -> tuple[str, ...]:
    """Those of the event types that the specification marks as undocumented."""
    return tuple(_facts()["undocumented_event_types"])


def accepted_event_types() -> tuple[str, ...]:
    """The event types that a request may name: those of the specification, and those of the SDK."""
    return (*event_types(), *_facts()["sdk_event_types"])


@cache
def event_fields(event_type: str) -> Mapping[str, str | tuple[str, ...]]:
    """The fields of an event by the newest specification, and what each is; `event_type` aside.

    What it is: a type of JSON, "uuid", "time", or all values that it can have.
    """
    facts = _facts("event_fields.json")
    fields: Mapping[str, str | tuple[str, ...]] = freeze({**facts["types"][event_type], **facts["common"]})
    return fields


@cache
def common_event_fields() -> Mapping[str, str]:
    """The fields that all events have, and what each is, as in `event_fields`."""
    fields: Mapping[str, str] = freeze(_facts("event_fields.json")["common"])
    return fields


@cache
def required_event_fields(event_type: str) -> tuple[str, ...]:
    """The fields that every event of this type has, beyond those that all events have."""
    return tuple(_facts("event_fields.json")["required"][event_type])


@cache
def never_null_event_fields(event_type: str) -> frozenset[str]:
    """The fields in which every event of this type has a value that is not null."""
    facts = _facts("event_fields.json")
    common = facts["common"].keys() - {"event_description"}
    return frozenset(common | set(facts["required"][event_type]) - set(facts["nullable"].get(event_type, ())))


def codes() -> dict[str, dict[str, list[str]]]:
    """The error and warning codes that each resource can carry: {"device": {"errors": [...], "warnings": [...]}}."""
    return dict(_facts()["codes"])


@cache
def optional_fields(model: str) -> frozenset[str]:
    """The fields that Seam's objects of this kind can have and our model, by its name, does not declare."""
    return frozenset(_undeclared().get(model, ()))


@cache
def _undeclared() -> Mapping[str, Any]:
    fields: Mapping[str, Any] = freeze(json.loads(files(__package__).joinpath("seam_fields.json").read_text("utf-8")))
    return fields


@cache
def all_paths() -> frozenset[str]:
    """All paths: the public ones, and those that the specification hides."""
    return frozenset(public_paths()) | frozenset(_facts()["other_paths"])


@cache
def time_zones() -> tuple[str, ...]:
    """The time zones that Seam takes for a device whose provider does not report one. Source: spec."""
    return tuple(_facts("time_zones.json"))


def is_known(path: str) -> bool:
    """Whether Seam has this path."""
    return path in all_paths()


def nearest_path(path: str) -> str:
    """The public path that is spelt most like this one; empty where none is like it."""
    return next(iter(get_close_matches(path.casefold(), sorted(public_paths()), n=1)), "")
