"""What Seam has, emulated or not: paths, event types, error and warning codes. Kept as data, `known.json`."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(files(__package__).joinpath("known.json").read_text("utf-8"))
    return facts


def public_paths() -> dict[str, list[str]]:
    """The documented paths and their methods."""
    return dict(_facts()["public_paths"])


def event_types() -> tuple[str, ...]:
    """All event types."""
    return tuple(_facts()["event_types"])


def codes() -> dict[str, dict[str, list[str]]]:
    """The error and warning codes that each resource can carry: {"device": {"errors": [...], "warnings": [...]}}."""
    return dict(_facts()["codes"])


@cache
def all_paths() -> frozenset[str]:
    """All paths: the documented ones, and those that only the SDK or the newest specification names."""
    return frozenset(_facts()["public_paths"]) | frozenset(_facts()["other_paths"])


def is_known(path: str) -> bool:
    """Whether Seam has this path."""
    return path in all_paths()
