"""The attributes by which a state machine is told what to do, and those that are misspelt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from ..engine.errors import SandboxError, is_for_the_test

__tracebackhide__ = is_for_the_test

_NEAR = 0.85
_KINDS = (bool, int, str | Sequence, Mapping)
"""Types of values; a misspelt attribute has one of the same type as the attribute that was meant."""


def check_attributes(machine: type, base: type) -> None:
    """Raise SandboxError for an attribute that looks like one of the base class, misspelt: it would do nothing."""
    known = {
        name: kind
        for parent in base.__mro__
        for name, value in vars(parent).items()
        if not name.startswith("_") and (kind := _kind_of(value)) is not None
    }
    for name, value in vars(machine).items():
        if name in known or name.startswith("_"):
            continue
        meant = [other for other, kind in known.items() if kind == _kind_of(value)]
        near = get_close_matches(name, meant, n=1, cutoff=_NEAR)
        if near:
            raise SandboxError(
                f"{machine.__name__}.{name} is no attribute of a SandboxMachine. Did you mean {near[0]!r}? Give one of "
                "your own another name."
            )


def _kind_of(value: Any) -> int | None:
    return next((number for number, kind in enumerate(_KINDS) if isinstance(value, kind)), None)
