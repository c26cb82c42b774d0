"""PINs in place of others: each of the same length, and one that every lock takes that has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ..api.access_codes.constraints import broken_constraint
from ..api.devices.model import DeviceRow
from ..engine.errors import SandboxError, is_for_the_test
from ..worlds.checks import device_row
from ..worlds.format import Device

__tracebackhide__ = is_for_the_test

_TRIES = 5_000


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
    for system in world["acs_systems"]:
        for credential in system.get("credentials", ()):
            if credential.get("code"):
                found.setdefault(credential["code"], PinContext())
    return found


def new_pins(contexts: Mapping[str, PinContext], random: Random) -> dict[str, str]:
    """A PIN for each, none of which is one of the originals. Raises SandboxError when there are too few."""
    pins: dict[str, str] = {}
    for pin, context in contexts.items():
        pins[pin] = _new_pin(pin, context, pins, contexts.keys(), random)
    return pins


def _new_pin(pin: str, context: PinContext, pins: Mapping[str, str], originals: Iterable[str], random: Random) -> str:
    taken = {*originals, *pins.values()}
    for _ in range(_TRIES):
        found = "".join(random.choice("0123456789") for _ in pin)
        others = [[pins[other] for other in beside if other in pins] for _, beside in context.locks]
        fits = all(
            broken_constraint(row, found, beside) is None
            for (row, _), beside in zip(context.locks, others, strict=True)
        )
        if found not in taken and fits:
            return found
    raise SandboxError(
        f"there are not enough PINs of {len(pin)} digits to replace those of this workspace. Give --keep-personal, and "
        "keep the file to yourself."
    )
