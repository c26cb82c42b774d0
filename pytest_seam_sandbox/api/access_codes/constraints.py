"""What PINs a lock accepts, and PINs that it accepts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from ...engine.errors import ApiError
from ...engine.store import Workspace
from ..devices.model import DeviceRow
from .model import AccessCodeRow

_TRIES = 1000


def _ascends_or_descends(pin: str) -> bool:
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps in ({1}, {-1})


def _has_triple(pin: str) -> bool:
    return any(
        int(pin[at + 1]) - int(pin[at]) == int(pin[at + 2]) - int(pin[at + 1]) == step
        for at in range(len(pin) - 2)
        for step in (1, -1)
    )


BREAKS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "no_zeros": lambda pin: "0" in pin,
        "cannot_start_with_12": lambda pin: pin.startswith("12"),
        "no_triple_consecutive_ints": _has_triple,
        "no_ascending_or_descending_sequence": _ascends_or_descends,
        "at_least_three_unique_digits": lambda pin: len(set(pin)) < 3,
        "cannot_contain_089": lambda pin: not set(pin).isdisjoint("089"),
        "cannot_contain_0789": lambda pin: not set(pin).isdisjoint("0789"),
        "no_all_same_digits": lambda pin: len(set(pin)) == 1,
    }
)
"""When a PIN breaks a `code_constraints` entry. Source: the names in the spec; their exact meaning is assumed.

`unique_first_four_digits`, `name_length`, `name_must_be_unique` and `cannot_specify_pin_code` concern more than a PIN.
"""


def codes_on(workspace: Workspace, device_id: str) -> list[AccessCodeRow]:
    """All codes of a lock, managed and unmanaged, those of the backup pool included."""
    return [row for row in workspace[AccessCodeRow] if row.device_id == device_id]


def refusal(workspace: Workspace, device: DeviceRow, pin: str, *, own_id: str | None = None) -> str | None:
    """Why the lock does not take this PIN; None when it does. Duplicates are another matter."""
    lengths = device.property("supported_code_lengths")
    if lengths and len(pin) not in lengths:
        return f"Access code must have {_listed(lengths)} digits on this device, got {len(pin)}"
    for constraint in device.property("code_constraints") or ():
        kind = constraint["constraint_type"]
        if kind == "cannot_specify_pin_code":
            return "Access codes cannot be specified on this device; leave out the code"
        if kind in BREAKS and BREAKS[kind](pin):
            return f"Access code {pin} violates the constraint {kind} of this device"
        if kind == "unique_first_four_digits" and any(
            (row.code or "")[:4] == pin[:4] for row in codes_on(workspace, device.device_id) if row.id != own_id
        ):
            return f"Access code {pin} violates the constraint {kind} of this device"
    return None


def refuse_pin(workspace: Workspace, device: DeviceRow, pin: str, *, own_id: str | None = None) -> None:
    """Raise 400 `invalid_input` for a PIN that breaks the lock's constraints. Source: docs for the shape."""
    reason = refusal(workspace, device, pin, own_id=own_id)
    if reason is not None:
        raise ApiError(400, "invalid_input", reason)


def refuse_name(workspace: Workspace, device: DeviceRow, name: str | None, *, own_id: str | None = None) -> None:
    """Raise 400 `invalid_input` for a name that the lock cannot store."""
    for constraint in device.property("code_constraints") or ():
        kind = constraint["constraint_type"]
        if kind == "name_length" and name is not None:
            shortest, longest = constraint.get("min_length", 0), constraint.get("max_length", len(name))
            if not shortest <= len(name) <= longest:
                raise ApiError(
                    400,
                    "invalid_input",
                    f"Access code name must have {shortest} to {longest} characters on this device",
                )
        if kind == "name_must_be_unique" and any(
            row.name == name for row in codes_on(workspace, device.device_id) if row.id != own_id
        ):
            raise ApiError(400, "invalid_input", f"Access code name {name!r} is in use on this device")


def refuse_duplicate(
    workspace: Workspace, device_id: str, pin: str, name: str | None, period: str, *, own_id: str | None = None
) -> None:
    """Raise 409 `duplicate_access_code` when a managed code of the lock has this PIN. Source: official fake."""
    if any(row.code == pin and row.is_managed and row.id != own_id for row in codes_on(workspace, device_id)):
        raise ApiError(409, "duplicate_access_code", f"Cannot set duplicate access code {pin} named {name}{period}")


def new_pin(workspace: Workspace, device: DeviceRow, preferred_length: float | None = None) -> str:
    """A PIN that the lock takes and that no code of it has.

    Its length is the preferred one where the lock has that, else the first that the lock supports, else 4.
    Raises ApiError 400 when there is none left.
    """
    lengths = list(device.property("supported_code_lengths") or [4])
    length = int(preferred_length if preferred_length in lengths and preferred_length is not None else lengths[0])
    taken = {row.code for row in codes_on(workspace, device.device_id)}
    checkable = [entry for entry in device.property("code_constraints") or () if entry["constraint_type"] in BREAKS]
    for _ in range(_TRIES):
        pin = workspace.ids.pin(length)
        if pin not in taken and not any(BREAKS[entry["constraint_type"]](pin) for entry in checkable):
            return pin
    raise ApiError(400, "invalid_input", "No access code is left that this device accepts")


def _listed(lengths: list[Any]) -> str:
    words = [str(length) for length in lengths]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
