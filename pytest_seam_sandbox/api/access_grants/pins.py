"""Which PIN the code of an access grant gets on which devices: one for all where they can share it (docs)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from ..access_codes.constraints import find_pin, refuse_pin
from ..access_codes.model import codes_on
from ..devices.model import DeviceRow
from .doors import takes_offline_codes_only
from .methods import AccessMethodRow
from .model import AccessGrantRow

_TRIES = 50


@dataclass(frozen=True, slots=True)
class Shared:
    """Devices with one PIN; None for a device that chooses it itself, or has none left."""

    pin: str | None
    devices: tuple[DeviceRow, ...]


def shared_pins(workspace: Workspace, devices: Iterable[DeviceRow], wanted: Iterable[str]) -> list[Shared]:
    """The PINs for some devices, as few as possible. wanted: those to try first, in this order."""
    chooses = [device for device in devices if _chooses_itself(device)]
    left = [device for device in devices if not _chooses_itself(device)]
    found = []
    for pin in wanted:
        fits = tuple(device for device in left if accepts(workspace, device, pin))
        if fits:
            found.append(Shared(pin, fits))
            left = [device for device in left if device not in fits]
    while left:
        shared = _common(workspace, left)
        found.append(shared)
        left = [device for device in left if device not in shared.devices]
    return [*found, *(Shared(None, (device,)) for device in chooses)]


def accepts(workspace: Workspace, device: DeviceRow, pin: str) -> bool:
    """Whether a device can have a code with this PIN, as far as its rules and its other codes go."""
    try:
        refuse_pin(workspace, device, pin)
    except ApiError:
        return False
    return all(code.code != pin for code in codes_on(workspace, device.device_id))


def pins_of_person(workspace: Workspace, grant: AccessGrantRow) -> list[str]:
    """The PINs that the person has by other grants, which Seam tries to use again (docs)."""
    grants = workspace[AccessGrantRow]
    return [
        method.code
        for method in workspace[AccessMethodRow]
        if method.code is not None
        and method.access_grant_id != grant.id
        and not method.is_leaving
        and grants[method.access_grant_id].user_identity_id == grant.user_identity_id
    ]


def _chooses_itself(device: DeviceRow) -> bool:
    kinds = [constraint["constraint_type"] for constraint in device.property("code_constraints") or ()]
    return "cannot_specify_pin_code" in kinds or takes_offline_codes_only(device)


def _lengths(device: DeviceRow) -> set[int]:
    return set(device.property("supported_code_lengths") or [4])


def _common(workspace: Workspace, devices: list[DeviceRow]) -> Shared:
    """A PIN that the first device takes, and as many of the others as can be, if one is found that suits them."""
    first, *others = devices
    lengths, fellows = _lengths(first), []
    for device in others:
        if lengths & _lengths(device):
            lengths &= _lengths(device)
            fellows.append(device)
    found = (find_pin(workspace, first, min(lengths)) for _ in range(_TRIES))
    suits = (pin for pin in found if pin is None or all(accepts(workspace, device, pin) for device in fellows))
    pin = next(suits, None) or find_pin(workspace, first, min(lengths))
    return Shared(pin, (first, *(device for device in fellows if pin is not None and accepts(workspace, device, pin))))
