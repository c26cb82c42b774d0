"""What an access grant reaches: its own doors and those of its spaces, and which of them a mode can open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from ...engine.clock import parse_time
from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from .._batches import those
from ..access_codes.constraints import refuse_start
from ..access_codes.model import codes_on
from ..access_codes.time_frames import fit, read_duration
from ..acs.model import AcsEntranceRow, AcsSystemRow
from ..devices.filters import KEYS, LOCKS
from ..devices.model import DeviceRow
from ..spaces.model import SpaceRow
from .model import AccessGrantRow, Mode

_WITH_CODES = frozenset({"can_program_online_access_codes", "can_program_offline_access_codes"})


@dataclass(frozen=True, slots=True)
class Doors:
    """The managed devices and the entrances that a grant reaches, oldest first."""

    devices: tuple[DeviceRow, ...]
    entrances: tuple[AcsEntranceRow, ...]


def doors_of(workspace: Workspace, grant: AccessGrantRow) -> Doors:
    """The doors that a grant names, together with all members of its spaces (docs)."""
    return doors_at(workspace, grant.space_ids, device_ids=grant.device_ids, acs_entrance_ids=grant.acs_entrance_ids)


def doors_at(
    workspace: Workspace, space_ids: Iterable[str], device_ids: Iterable[str] = (), acs_entrance_ids: Iterable[str] = ()
) -> Doors:
    """The members of these spaces, together with these doors."""
    spaces = those(workspace[SpaceRow], space_ids)
    device_ids = {*device_ids, *(one for space in spaces for one in space.device_ids)}
    entrance_ids = {*acs_entrance_ids, *(one for space in spaces for one in space.acs_entrance_ids)}
    devices = [device for device in those(workspace[DeviceRow], device_ids) if device.is_managed]
    return Doors(tuple(devices), tuple(those(workspace[AcsEntranceRow], entrance_ids)))


def is_lock(device: DeviceRow) -> bool:
    """Whether a device is something that one gets in by; thermostats and sensors just sit in a space."""
    return device.device_type in LOCKS or device.device_type in KEYS


def takes_codes(device: DeviceRow) -> bool:
    """Whether a device can have access codes at all."""
    return not _WITH_CODES.isdisjoint(device.model.flags)


def takes_offline_codes_only(device: DeviceRow) -> bool:
    """Whether the codes of a device are computed by its lock (assumed: only where it takes no others)."""
    return "can_program_online_access_codes" not in device.model.flags


def opened_by(workspace: Workspace, mode: Mode, entrances: Iterable[AcsEntranceRow]) -> list[AcsEntranceRow]:
    """The entrances that credentials of a mode open. A mobile key needs a credential manager where its system does."""
    found = []
    for entrance in entrances:
        system = workspace[AcsSystemRow][entrance.acs_system_id]
        lacks_manager = mode == "mobile_key" and bool(system.kind.managers) and system.manager_id is None
        if mode in system.kind.methods and not lacks_manager:
            found.append(entrance)
    return found


def violated_time(workspace: Workspace, device: DeviceRow, grant: AccessGrantRow) -> str | None:
    """Why a device cannot have a code for the time of a grant, in the spec's words; None when it can.

    The rule is the device's `online_time_frame_options` or `offline_time_frame_options` (docs).
    """
    is_offline = takes_offline_codes_only(device)
    if grant.ends_at is None:
        return "ongoing_not_supported" if is_offline else None
    try:
        fit(device, grant.starts_at, grant.ends_at, offline=is_offline, one_time=False, rounding=None)
        if not _has_begun_there(workspace, device, grant):
            refuse_start(workspace, device, grant.starts_at)
    except ApiError:
        return "duration_exceeds_max" if _is_too_long(device, grant, is_offline) else "times_do_not_match_slots"
    return None


def _has_begun_there(workspace: Workspace, device: DeviceRow, grant: AccessGrantRow) -> bool:
    """Whether a code of the grant with this start is on the device already."""
    return any(
        code.granted_by is not None
        and code.granted_by.access_grant_id == grant.id
        and code.starts_at == grant.starts_at
        for code in codes_on(workspace, device.device_id)
    )


def _is_too_long(device: DeviceRow, grant: AccessGrantRow, is_offline: bool) -> bool:
    options = device.property("offline_time_frame_options" if is_offline else "online_time_frame_options") or ()
    start, end = parse_time(grant.starts_at), parse_time(grant.ends_at or "")
    lasts = end - start if start is not None and end is not None else timedelta(0)
    longest = [option.get("max_duration") for option in options]
    return bool(longest) and all(most is not None and lasts > read_duration(most) for most in longest)
