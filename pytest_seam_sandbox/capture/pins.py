"""PINs in place of others: each of the same length, and one that every lock takes that has it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ..api.access_codes.constraints import broken_constraint
from ..api.devices.model import DeviceRow
from ..engine.errors import SandboxError, is_for_the_test
from ..worlds.device_checks import device_row
from ..worlds.format import Device

__tracebackhide__ = is_for_the_test

_TRIES = 2_000


@dataclass
class PinContext:
    """Where a PIN is used. locks: those whose managed codes have it, each with the PINs beside it."""

    locks: list[tuple[DeviceRow, list[str]]] = field(default_factory=list)


def contexts_of(world: Mapping[str, Any]) -> dict[str, PinContext]:
    """The PINs of a world, in the order in which they appear."""
    found: dict[str, PinContext] = {}
    for part in world["devices"]:
        row = device_row(Device.model_validate(part))
        codes = [code for code in part.get("access_codes", ()) if code.get("code")]
        for code in codes:
            context = found.setdefault(code["code"], PinContext())
            if code["is_managed"] and not code.get("is_offline_access_code"):
                context.locks.append((row, [other["code"] for other in codes if other is not code]))
    for code in _beside_locks(world):
        found.setdefault(code, PinContext())
    return found


def _beside_locks(world: Mapping[str, Any]) -> Iterator[str]:
    """The PINs of credentials and of access methods; those of the latter are on locks, too."""
    requests = [request for grant in world["access_grants"] for request in grant["requested_access_methods"]]
    methods = [method for request in requests for method in request["access_methods"]]
    credentials = [key for system in world["acs_systems"] for key in system.get("credentials", ())]
    for part in (*credentials, *requests, *methods):
        if part.get("code"):
            yield part["code"]


def new_pins(contexts: Mapping[str, PinContext], random: Random) -> dict[str, str]:
    """Another PIN for each. Raises SandboxError when a lock takes too few.

    None is one of the originals, and no two are the same, as long as there are enough of their length.
    """
    pins: dict[str, str] = {}
    taken = set(contexts)
    for pin, context in contexts.items():
        pins[pin] = _new_pin(pin, context, pins, taken, random)
        taken.add(pins[pin])
    return pins


def _new_pin(pin: str, context: PinContext, pins: Mapping[str, str], taken: Collection[str], random: Random) -> str:
    locks = [(row, [pins[other] for other in beside if other in pins]) for row, beside in context.locks]
    for avoided in (taken, {pin}):
        for _ in range(_TRIES):
            found = "".join(random.choice("0123456789") for _ in pin)
            if found not in avoided and all(_fits(row, found, beside) for row, beside in locks):
                return found
    raise SandboxError(
        f"a lock takes too few PINs of {len(pin)} digits to replace those that it has. Give --keep-personal, and keep "
        "the file to yourself."
    )


def _fits(row: DeviceRow, pin: str, beside: Sequence[str]) -> bool:
    return pin not in beside and broken_constraint(row, pin, beside) is None
