"""Finding what an outage is of, by the names that people read or by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ..backends.base import Backend, DeviceFacts, PhoneFacts
from ..engine.errors import UnknownId, is_for_the_test, shortened
from ..report.texts import joined

__tracebackhide__ = is_for_the_test

F = TypeVar("F", DeviceFacts, PhoneFacts)


def find_device(backend: Backend, target: str) -> DeviceFacts:
    """The device of this name or id. Raises UnknownId, which says what devices are there."""
    return backend.find_device(target) or _called(backend.devices(), target, "device")


def find_phone(backend: Backend, target: str) -> PhoneFacts:
    """The phone of this name or id. Raises UnknownId, which says what phones are there."""
    return backend.find_phone(target) or _called(backend.phones(), target, "phone")


def name_of(found: DeviceFacts | PhoneFacts, target: str) -> str:
    """What to call what was found by this name or id."""
    return found.label if target == found.device_id else target


def name_with_number(found: Mapping[str, DeviceFacts] | Mapping[str, PhoneFacts], device_id: str) -> str:
    """The name of one of these: "NAME #2" for the second of a name."""
    return next(name for name, one in found.items() if one.device_id == device_id)


def _called(found: Mapping[str, F], target: str, what: str) -> F:
    if target not in found:
        raise UnknownId(
            f"no {what} {shortened(repr(target))} in this sandbox; it has {joined(map(repr, found)) or 'none'}. "
            f"Name one of them, or make the sandbox with the {what}s that this was written for."
        )
    return found[target]
