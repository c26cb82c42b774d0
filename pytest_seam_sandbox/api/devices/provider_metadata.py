"""/devices/report_provider_metadata: the time zone of a device whose provider does not report it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, NotRequired

from annotated_types import MinLen
from pydantic import PlainValidator
from typing_extensions import TypedDict

from ...catalog.known import time_zones
from ...engine.errors import ApiError
from ...engine.query import QueryType
from ...engine.router import Router
from ...engine.types import Uuid, enum_text, mistyped
from ...engine.workspace import Workspace
from .._shared import WORKSPACE
from .model import DeviceRow, find_device
from .state import clear_warning

router = Router("/devices")

_BLOCKS = MappingProxyType(
    {
        "omnitec_metadata": "omnitec_lock",
        "schlage_metadata": "schlage_lock",
        "ultraloq_metadata": "ultraloq_lock",
    }
)
"""The block of each type of device."""
_CURED = ("time_zone_unknown", "ultraloq_time_zone_unknown")
"""The warnings that a reported time zone takes away (spec)."""


def _time_zone(value: object) -> str:
    if isinstance(value, str) and value in time_zones():
        return value
    raise mistyped(enum_text(time_zones(), value))


TimeZone = Annotated[str, PlainValidator(_time_zone), QueryType("string")]


class Reported(TypedDict):
    """What a provider does not tell of a device."""

    time_zone: TimeZone


class ReportedDevice(TypedDict):
    """A device, and what its provider does not tell, in a block of the provider."""

    device_id: Uuid
    omnitec_metadata: NotRequired[Reported]
    schlage_metadata: NotRequired[Reported]
    ultraloq_metadata: NotRequired[Reported]


@router.post(
    "report_provider_metadata",
    allow=WORKSPACE,
    source="spec",
    conflict="No source says what the time zone changes. It becomes that of the device's location and of the "
    "provider's block, and the warnings of an unknown zone go. Access codes keep their times.",
)
def report_provider_metadata(workspace: Workspace, *, devices: Annotated[list[ReportedDevice], MinLen(1)]) -> None:
    """Tell the time zones of devices; no event. All or none of them are changed (assumed).

    A block of another provider: 400 `device_type_not_supported`; a device without a block stays as it is (assumed).
    """
    zones = [(reported["device_id"], _reported_zone(workspace, reported)) for reported in devices]
    for device_id, zone in zones:
        if zone is not None:
            _set_time_zone(workspace, device_id, zone)
            workspace.agenda.plan(workspace.clock.timestamp(), _notice, device_id)


def _reported_zone(workspace: Workspace, reported: Mapping[str, Any]) -> str | None:
    """The time zone of a report, if it has one; ApiError for a device that is not there or of another provider."""
    device = find_device(workspace, reported["device_id"])
    zone: str | None = None
    for name in _BLOCKS.keys() & reported.keys():
        if device.device_type != _BLOCKS[name]:
            raise ApiError(400, "device_type_not_supported", f"A device of type {device.device_type} has no {name}")
        zone = reported[name]["time_zone"]
    return zone


def _set_time_zone(workspace: Workspace, device_id: str, zone: str) -> None:
    device = workspace[DeviceRow][device_id]
    own = dict(device.properties)
    for name in _BLOCKS:
        block = device.property(name) or {}
        if "time_zone" in block:
            own[name] = {**block, "time_zone": zone}
    workspace[DeviceRow].put(device.but(time_zone=zone, properties=own))


def _notice(workspace: Workspace, device_id: str) -> None:
    """What Seam finds at its next look at the device."""
    device = workspace[DeviceRow].get(device_id)
    for code in _CURED if device is not None else ():
        current = workspace[DeviceRow][device_id]
        if any(warning.code == code for warning in current.warnings):
            clear_warning(workspace, current, code)
