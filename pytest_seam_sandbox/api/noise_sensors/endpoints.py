"""Noise sensors: reading them, their noise thresholds, and simulated noise.

A threshold is Seam's record, and changes at once. The action attempt in the answer tells whether the sensor heard of
it: while the sensor is unreachable, the attempt ends in error with the code of what blocks it, and the sensor catches
up when it is back (assumed). Noise at an unreachable sensor is not reported, so it causes no event (assumed).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Annotated, Any, Literal, Unpack

from pydantic import AfterValidator, BeforeValidator

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Pager
from ...engine.params import Complaint
from ...engine.query import QueryType
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import Limit, Nullable, Text, Uuid, number, refused
from ...engine.workspace import Workspace
from .._filters import all_of
from .._shared import (
    WITH_SESSION_READ,
    WORKSPACE,
    WORKSPACE_READ,
    find,
    given,
    not_found,
    require_sandbox,
    when_noticed,
)
from ..action_attempts import ActionAttemptRow, Work, start
from ..devices import filters
from ..devices.filters import NOISE_SENSORS, DeviceFilters
from ..devices.lookup import reachable
from ..devices.model import DeviceRow, device_fields
from .levels import levels, listen, louder, programmed, thresholds_of
from .model import MINUT, MINUT_THRESHOLDS, NoiseThresholdRow, read_daily_moment
from .state import NoiseThresholdTriggered, erase, program

router = Router("/noise_sensors")


def _daily_time(value: str) -> str:
    try:
        read_daily_moment(value)
    except ValueError:
        raise refused(
            'Invalid time format. Must be in the format of "HH:mm:ss[time_zone]", where time_zone is in the format of '
            '"Region/City"'
        ) from None
    return value


def _finite(value: float) -> float:
    if not isfinite(value):
        raise refused("Number must be finite")
    return value


DailyTime = Annotated[str, AfterValidator(_daily_time), QueryType("string")]
NoiseLevel = Annotated[float, BeforeValidator(number), AfterValidator(_finite), QueryType("number")]
SensorType = Literal["noiseaware_activity_zone", "minut_sensor"]
SensorMaker = Literal["minut", "noiseaware"]


def _sensor(workspace: Workspace, caller: Caller, device_id: str) -> DeviceRow:
    """The noise sensor of this id. Raises ApiError 404, or 400 for an unmanaged one and for other devices (assumed)."""
    device = reachable(workspace, caller, device_id)
    if device.device_type not in NOISE_SENSORS:
        raise ApiError(400, "device_type_not_supported", f"A device of type {device.device_type} is no noise sensor")
    if not device.is_managed:
        raise ApiError(400, "device_unmanaged", "Device is unmanaged. Convert it with /devices/unmanaged/update")
    return device


def _threshold(workspace: Workspace, device: DeviceRow, noise_threshold_id: str) -> NoiseThresholdRow:
    threshold = workspace[NoiseThresholdRow].get(noise_threshold_id)
    if threshold is None or threshold.device_id != device.id:
        raise not_found("noise_threshold_not_found", "Noise threshold not found")
    return threshold


def _start(
    workspace: Workspace, action_type: str, work: Work, device: DeviceRow, *about: str, at_once: bool
) -> ActionAttemptRow:
    subject = device.device_id, device.connected_account_id
    return start(workspace, action_type, work, device.device_id, *about, subject=subject, at_once=at_once)


def _new_name(workspace: Workspace, device: DeviceRow, name: str | None, decibels: float | None) -> str:
    """The name that a new threshold gets when a client gives none: that of the Minut threshold that is missing (docs).

    Raises ApiError 400 for a third threshold of a Minut sensor, which has those two (docs), and for one that is no
    level in decibels, since only NoiseAware knows a risk score (spec); the error type is assumed.
    """
    if device.device_type != MINUT:
        return "Noise threshold" if name is None else name
    present = thresholds_of(workspace, device.id)
    if len(present) >= len(MINUT_THRESHOLDS):
        raise ApiError(
            400, "invalid_input", "A Minut sensor has two noise thresholds, for quiet hours and for the rest of the day"
        )
    _refuse_risk_score(device, decibels)
    missing = next(each for each in MINUT_THRESHOLDS if each not in {row.name for row in present})
    return missing if name is None else name


def _refuse_risk_score(device: DeviceRow, decibels: float | None) -> None:
    if device.device_type == MINUT and decibels is None:
        raise ApiError(400, "invalid_input", "A Minut sensor knows noise_threshold_decibels only")


@router.get(
    "list",
    key="devices",
    twin="noise_sensors",
    allow=WITH_SESSION_READ,
    source="spec",
    no_effect={"page_cursor": "Seam gives no further pages of this list"},
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    limit: Limit = 500,
    page_cursor: Nullable[Text] = None,
    **asked: Unpack[DeviceFilters[SensorType, SensorMaker]],
) -> Sequence[Row]:
    """Managed noise sensors, oldest first, under two keys. `limit` cuts the list; there are no further pages (spec)."""
    matches = all_of(
        filters.of_types(None, list(NOISE_SENSORS)),
        filters.matching(workspace, caller, asked, is_managed=True),
    )
    return Pager(limit).page(workspace[DeviceRow], matches, ids=asked.get("device_ids")).rows


def _one_level(values: Mapping[str, Any]) -> Complaint | None:
    """Exactly one of the two units. Source: spec; the words for both at once are assumed."""
    units = ("noise_threshold_decibels", "noise_threshold_nrs")
    if sum(values.get(unit) is not None for unit in units) == 1:
        return None
    return Complaint((), f"Must provide either {' or '.join(units)}")


def _at_most_one_level(values: Mapping[str, Any]) -> Complaint | None:
    nothing = values.get("noise_threshold_decibels") is None and values.get("noise_threshold_nrs") is None
    return None if nothing else _one_level(values)


def _both_times(values: Mapping[str, Any]) -> Complaint | None:
    if (values.get("starts_daily_at") is None) == (values.get("ends_daily_at") is None):
        return None
    return Complaint((), "Both starts_daily_at and ends_daily_at must be provided if one is")


@router.post(
    "noise_thresholds/create",
    key="noise_threshold",
    also=("action_attempt",),
    allow=WORKSPACE,
    source="spec",
    checks=[_one_level],
)
def create_threshold(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    ends_daily_at: DailyTime,
    name: Text | None = None,
    noise_threshold_decibels: NoiseLevel | None = None,
    noise_threshold_nrs: NoiseLevel | None = None,
    starts_daily_at: DailyTime,
    sync: bool = False,
) -> tuple[NoiseThresholdRow, ActionAttemptRow]:
    """A new threshold with exactly one level (spec): CREATE_NOISE_THRESHOLD attempt.

    A Minut sensor has two, and comes with both; for another one, one of them has to be deleted first (docs).
    name: on a Minut sensor that of the missing one (docs), else "Noise threshold" (assumed).
    """
    device = _sensor(workspace, caller, device_id)
    name = _new_name(workspace, device, name, noise_threshold_decibels)
    threshold = workspace[NoiseThresholdRow].put(
        NoiseThresholdRow(
            noise_threshold_id=workspace.ids.uuid(),
            device_id=device.id,
            name=name,
            starts_daily_at=starts_daily_at,
            ends_daily_at=ends_daily_at,
            noise_threshold_decibels=noise_threshold_decibels,
            noise_threshold_nrs=noise_threshold_nrs,
        )
    )
    return threshold, _start(workspace, "CREATE_NOISE_THRESHOLD", program, device, threshold.id, at_once=sync)


@router.get("noise_thresholds/get", key="noise_threshold", allow=WORKSPACE_READ, source="spec")
def get_threshold(workspace: Workspace, *, noise_threshold_id: Uuid) -> NoiseThresholdRow:
    """The noise threshold of this id; 404 `noise_threshold_not_found`."""
    return find(workspace, NoiseThresholdRow, noise_threshold_id, words="Noise threshold")


@router.get(
    "noise_thresholds/list",
    key="noise_thresholds",
    allow=WITH_SESSION_READ,
    source="spec",
)
def list_thresholds(
    workspace: Workspace, *, caller: Caller, device_id: Uuid, is_programmed: bool | None = None
) -> list[NoiseThresholdRow]:
    """The thresholds of a sensor, oldest first; no pages (spec). is_programmed: whether the sensor knows of them."""
    device = _sensor(workspace, caller, device_id)
    return [row for row in thresholds_of(workspace, device.id) if is_programmed in (None, row.is_programmed)]


@router.patch_or_put(
    "noise_thresholds/update",
    key="action_attempt",
    allow=WORKSPACE,
    source="spec",
    checks=[_both_times, _at_most_one_level],
)
def update_threshold(
    workspace: Workspace,
    *,
    caller: Caller,
    device_id: Uuid,
    ends_daily_at: DailyTime | None = None,
    name: Text | None = None,
    noise_threshold_decibels: NoiseLevel | None = None,
    noise_threshold_id: Uuid,
    noise_threshold_nrs: NoiseLevel | None = None,
    starts_daily_at: DailyTime | None = None,
    sync: bool = False,
) -> ActionAttemptRow:
    """Change what is given: UPDATE_NOISE_THRESHOLD attempt. Both times or none (official fake).

    A level in one unit takes the place of one in the other (assumed).
    """
    device = _sensor(workspace, caller, device_id)
    threshold = _threshold(workspace, device, noise_threshold_id)
    changes = given(name=name, starts_daily_at=starts_daily_at, ends_daily_at=ends_daily_at)
    if noise_threshold_decibels is not None or noise_threshold_nrs is not None:
        _refuse_risk_score(device, noise_threshold_decibels)
        changes |= {"noise_threshold_decibels": noise_threshold_decibels, "noise_threshold_nrs": noise_threshold_nrs}
    workspace[NoiseThresholdRow].put(threshold.but(is_programmed=False, **changes))
    listen(workspace, device.id)
    return _start(workspace, "UPDATE_NOISE_THRESHOLD", program, device, threshold.id, at_once=sync)


@router.delete("noise_thresholds/delete", key="action_attempt", allow=WORKSPACE, source="spec")
def delete_threshold(
    workspace: Workspace, *, caller: Caller, device_id: Uuid, noise_threshold_id: Uuid, sync: bool = False
) -> ActionAttemptRow:
    """Delete a threshold: DELETE_NOISE_THRESHOLD attempt."""
    device = _sensor(workspace, caller, device_id)
    workspace[NoiseThresholdRow].remove(_threshold(workspace, device, noise_threshold_id).id)
    listen(workspace, device.id)
    return _start(workspace, "DELETE_NOISE_THRESHOLD", erase, device, at_once=sync)


@router.post("simulate/trigger_noise_threshold", allow=WORKSPACE, source="spec")
def trigger_noise_threshold(workspace: Workspace, *, caller: Caller, device_id: Uuid) -> None:
    """Make noise at a sensor: noise_sensor.noise_threshold_triggered, and the level rises to that of the threshold.

    Named is the first threshold whose daily window is open, else the first; none for a sensor without (assumed). Seam
    hears of it after `state_latency` (assumed).
    """
    require_sandbox(workspace)
    when_noticed(workspace, _hear, _sensor(workspace, caller, device_id).id)


def _hear(workspace: Workspace, device_id: str) -> None:
    device = workspace[DeviceRow].get(device_id)
    if device is None or not device.is_online:
        return
    thresholds = programmed(workspace, device.id)
    now = workspace.clock.now()
    named = next((row for row in thresholds if row.covers(now)), thresholds[0] if thresholds else None)
    if named is not None:
        device = workspace[DeviceRow].put(louder(device, named))
        listen(workspace, device.id)
    decibels, score = levels(device)
    about = given(
        noise_level_decibels=decibels,
        noise_level_nrs=score,
        noise_threshold_id=named.id if named else None,
        noise_threshold_name=named.name if named else None,
    )
    workspace.events.emit(workspace, NoiseThresholdTriggered(**device_fields(workspace, device), **about))
