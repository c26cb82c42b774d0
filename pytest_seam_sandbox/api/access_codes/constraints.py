"""What PINs a lock accepts, and PINs that it accepts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from ..devices.model import DeviceRow
from .model import codes_on

_TRIES = 1000


def _ascends_or_descends(pin: str) -> bool:
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps in ({1}, {-1})


def _has_long_run(pin: str) -> bool:
    """Whether more than three digits in a row are consecutive or the same."""
    steps = [int(after) - int(before) for before, after in pairwise(pin)]
    return any(steps[at] in (-1, 0, 1) and len(set(steps[at : at + 3])) == 1 for at in range(len(steps) - 2))


BREAKS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "no_zeros": lambda pin: "0" in pin,
        "cannot_start_with_12": lambda pin: pin.startswith("12"),
        "no_triple_consecutive_ints": _has_long_run,
        "no_ascending_or_descending_sequence": _ascends_or_descends,
        "at_least_three_unique_digits": lambda pin: len(set(pin)) < 3,
        "cannot_contain_089": lambda pin: not set(pin).isdisjoint("089"),
        "cannot_contain_0789": lambda pin: not set(pin).isdisjoint("0789"),
        "no_all_same_digits": lambda pin: len(set(pin)) == 1,
    }
)
"""When a PIN breaks a `code_constraints` entry. Source: docs, and for `no_all_same_digits` its name.

`unique_first_four_digits`, `cannot_specify_pin_code` and `start_date_in_future` concern more than a PIN. Entries on
names are no rules for the API: Seam keeps the whole name and cuts only the copy on the lock (docs).
`pin_code_matches_existing_set` asks for nothing here, since nothing tells what set is meant.
"""


def refuse_pin(workspace: Workspace, device: DeviceRow, pin: str, *, own_id: str | None = None) -> None:
    """Raise 400 `invalid_input` for a PIN that breaks the lock's constraints. Source: docs for the shape.

    own_id: the code that is to have the PIN, if it exists already. Duplicates are another matter.
    """
    fault = wrong_length(device, pin)
    if fault is not None:
        raise _refused(fault)
    if "cannot_specify_pin_code" in _kinds(device):
        raise _refused("Access codes cannot be specified on this device; leave out the code")
    broken = _broken(workspace, device, pin, own_id)
    if broken is not None:
        raise _refused(f"Access code {pin} violates the constraint {broken} of this device")


def wrong_length(device: DeviceRow, pin: str) -> str | None:
    """What is wrong with the length of a PIN on this lock; None when nothing is."""
    lengths = device.property("supported_code_lengths")
    if not lengths or len(pin) in lengths:
        return None
    return f"Access code must have {_listed(lengths)} digits on this device, got {len(pin)}"


def broken_constraint(device: DeviceRow, pin: str, others: Iterable[str]) -> str | None:
    """The constraint that a PIN breaks beside the other PINs of the lock; None when it breaks none."""
    kinds = _kinds(device)
    for kind in kinds:
        if kind in BREAKS and BREAKS[kind](pin):
            return kind
    if "unique_first_four_digits" in kinds and any(other[:4] == pin[:4] for other in others):
        return "unique_first_four_digits"
    return None


def _broken(workspace: Workspace, device: DeviceRow, pin: str, own_id: str | None = None) -> str | None:
    others = (row.code or "" for row in codes_on(workspace, device.device_id) if row.id != own_id)
    return broken_constraint(device, pin, others)


def refuse_end(workspace: Workspace, ends_at: str | None) -> None:
    """Raise 400 `invalid_input` for an end that has come. Source: spec, for a new code and for a change."""
    if ends_at is not None and ends_at <= workspace.clock.text():
        raise _refused("ends_at must be in the future")


def refuse_start(workspace: Workspace, device: DeviceRow, starts_at: str | None) -> None:
    """Raise 400 `invalid_input` for a start that has passed on a lock that takes future ones only (docs)."""
    if "start_date_in_future" in _kinds(device) and starts_at is not None and starts_at <= workspace.clock.text():
        raise _refused("starts_at must be in the future on this device")


def refuse_duplicate(
    workspace: Workspace, device_id: str, pin: str, name: str | None, period: str, *, own_id: str | None = None
) -> None:
    """Raise 409 `duplicate_access_code` when a managed code of the lock has this PIN. Source: official fake."""
    if any(row.code == pin and row.is_managed and row.id != own_id for row in codes_on(workspace, device_id)):
        raise ApiError(409, "duplicate_access_code", f"Cannot set duplicate access code {pin} named {name}{period}")


def find_pin(workspace: Workspace, device: DeviceRow, preferred_length: float | None = None) -> str | None:
    """A PIN that the lock takes and that no code of it has; None when there is none left.

    Its length is the preferred one where the lock has that, else the shortest that it supports (spec), else 4.
    """
    lengths = list(device.property("supported_code_lengths") or [4])
    length = int(preferred_length if preferred_length is not None and preferred_length in lengths else min(lengths))
    taken = {row.code for row in codes_on(workspace, device.device_id)}
    for _ in range(_TRIES):
        pin = workspace.ids.pin(length)
        if pin not in taken and _broken(workspace, device, pin) is None:
            return pin
    return None


def new_pin(workspace: Workspace, device: DeviceRow, preferred_length: float | None = None) -> str:
    """What `find_pin` finds. Raises ApiError 400 when there is none left."""
    pin = find_pin(workspace, device, preferred_length)
    if pin is None:
        raise _refused("No access code is left that this device accepts")
    return pin


def _kinds(device: DeviceRow) -> list[str]:
    return [constraint["constraint_type"] for constraint in device.property("code_constraints") or ()]


def _refused(message: str) -> ApiError:
    return ApiError(400, "invalid_input", message)


def _listed(lengths: list[Any]) -> str:
    texts = [str(length) for length in lengths]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"
