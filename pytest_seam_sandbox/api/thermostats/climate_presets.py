"""Climate presets: creating, changing, deleting and activating them, and the fallback preset.

A preset is Seam's record and changes at once, also while the thermostat is unreachable (assumed). The names of the
refusals are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Unpack

from typing_extensions import TypedDict

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import UNSET, NonEmptyText, Nullable, Text, Unset, Uuid
from ...engine.workspace import Workspace
from .._shared import CLIENT_SESSION, CONSOLE, EVERYONE, PAT, WITH_SESSION, WORKSPACE, first, given
from ..action_attempts import ActionFailed
from ..devices.model import DeviceRow
from ..devices.state import reach
from .climate import WHAT_IT_SETS, activate, find_preset, preset_of, presets_of
from .commands import find_thermostat, start
from .events import FanMode, HvacMode
from .model import programs_of, schedules_of
from .set_points import ONE_UNIT, SetPoints, check_setting, set_points
from .temperature import change
from .timetable import active_schedule, fall_back, overridden

router = Router("/thermostats")

PresetMode = Literal["home", "away", "wake", "sleep", "occupied", "unoccupied"]


class EcobeeMetadata(TypedDict, total=False):
    """What ecobee calls a preset, and to whom it belongs."""

    climate_ref: Text
    is_optimized: bool
    owner: Literal["user", "system"]


class PresetFields(SetPoints, total=False):
    """What a preset sets, and what it is for."""

    climate_preset_mode: PresetMode | None
    ecobee_metadata: EcobeeMetadata | None
    fan_mode_setting: FanMode | None
    hvac_mode_setting: HvacMode | None


def _fields(device: DeviceRow, asked: PresetFields) -> dict[str, Any]:
    """The fields of a preset that a request gives; the block of ecobee for a thermostat of ecobee only."""
    names = ["climate_preset_mode", "fan_mode_setting", "hvac_mode_setting"]
    if device.device_type == "ecobee_thermostat":
        names.append("ecobee_metadata")
    return given(**{name: asked.get(name) for name in names}) | set_points(asked)


def _named(name: str | None, key: str) -> dict[str, str]:
    """The name of a preset, and what it is shown as: its name, else its key (assumed)."""
    return {**given(name=name), "display_name": name or key}


def _keep(workspace: Workspace, device: DeviceRow, preset: Mapping[str, Any]) -> None:
    """Add a preset, or replace the one of its key."""
    check_setting(device, {name: value for name, value in preset.items() if name in WHAT_IT_SETS})
    key, presets = preset["climate_preset_key"], presets_of(device)
    kept = [preset if old["climate_preset_key"] == key else old for old in presets]
    change(workspace, device, available_climate_presets=kept if preset_of(device, key) else [*presets, preset])


@router.post(
    "create_climate_preset", allow=first(CLIENT_SESSION, PAT, CONSOLE, of=EVERYONE), source="spec", checks=ONE_UNIT
)
def create_climate_preset(
    workspace: Workspace,
    *,
    caller: Caller,
    climate_preset_key: NonEmptyText,
    device_id: Uuid,
    manual_override_allowed: bool = True,
    name: Nullable[Text] = None,
    **asked: Unpack[PresetFields],
) -> None:
    """A new preset under a key of one's own; a key that is taken: 409 `climate_preset_already_exists` (assumed).

    Without a mode it changes only what it names (assumed).
    """
    device = find_thermostat(workspace, caller, device_id)
    if preset_of(device, climate_preset_key) is not None:
        raise ApiError(409, "climate_preset_already_exists", f"The climate preset {climate_preset_key} exists already")
    preset = {
        "climate_preset_key": climate_preset_key,
        "can_edit": True,
        "can_delete": True,
        "can_use_with_thermostat_daily_programs": "can_run_thermostat_programs" in device.model.flags,
        "manual_override_allowed": manual_override_allowed,
        **_named(name, climate_preset_key),
        **_fields(device, asked),
    }
    _keep(workspace, device, preset)


@router.patch("update_climate_preset", allow=first(*WORKSPACE, of=WITH_SESSION), source="spec", checks=ONE_UNIT)
def update_climate_preset(
    workspace: Workspace,
    *,
    caller: Caller,
    climate_preset_key: NonEmptyText,
    device_id: Uuid,
    manual_override_allowed: bool | None = None,
    name: Nullable[Text] | Unset = UNSET,
    **asked: Unpack[PresetFields],
) -> None:
    """Change what is given; null as the name clears it. A preset in force takes effect when activated next (assumed).

    Not editable: 400 `climate_preset_cannot_be_edited`.
    """
    device = find_thermostat(workspace, caller, device_id)
    preset = find_preset(device, climate_preset_key)
    if not preset.get("can_edit", True):
        raise ApiError(400, "climate_preset_cannot_be_edited", "The climate preset belongs to the thermostat")
    changed = {**preset, **given(manual_override_allowed=manual_override_allowed), **_fields(device, asked)}
    if name is not UNSET:
        changed.pop("name", None)
        changed |= _named(name, climate_preset_key)
    _keep(workspace, device, changed)


@router.delete("delete_climate_preset", allow=WITH_SESSION, source="spec")
def delete_climate_preset(
    workspace: Workspace, *, caller: Caller, climate_preset_key: NonEmptyText, device_id: Uuid
) -> None:
    """Delete a preset. One that the fallback, a schedule or a daily program names: 400 `climate_preset_in_use`.

    Not deletable: 400 `climate_preset_cannot_be_deleted`. Both are assumed.
    """
    device = find_thermostat(workspace, caller, device_id)
    preset = find_preset(device, climate_preset_key)
    if not preset.get("can_delete", True):
        raise ApiError(400, "climate_preset_cannot_be_deleted", "The climate preset belongs to the thermostat")
    if climate_preset_key in _used(workspace, device):
        raise ApiError(
            400, "climate_preset_in_use", "The fallback, a schedule or a daily program uses the climate preset"
        )
    rest = [other for other in presets_of(device) if other is not preset]
    change(workspace, device, available_climate_presets=rest)


def _used(workspace: Workspace, device: DeviceRow) -> set[str | None]:
    """The keys of the presets that something will put into force."""
    keys = {row.climate_preset_key for row in schedules_of(workspace, device.id) if not row.is_over}
    keys |= {period["climate_preset_key"] for row in programs_of(workspace, device.id) for period in row.periods}
    return {*keys, device.property("fallback_climate_preset_key")}


def _activate(workspace: Workspace, action_attempt_id: str, device_id: str, key: str) -> dict[str, Any]:
    device = reach(workspace, device_id)
    preset = preset_of(device, key)
    if preset is None:
        raise ActionFailed("climate_preset_not_found", "The climate preset was deleted meanwhile.")
    activate(workspace, device, preset)
    overridden(workspace, workspace[DeviceRow][device_id], by_seam=True)
    return {}


@router.post("activate_climate_preset", key="action_attempt", allow=WORKSPACE, source="spec")
def activate_climate_preset(
    workspace: Workspace, *, caller: Caller, climate_preset_key: NonEmptyText, device_id: Uuid
) -> Row:
    """Put a preset into force: ACTIVATE_CLIMATE_PRESET attempt, then thermostat.climate_preset_activated.

    While a schedule runs it overrides that one's preset (docs), for as long as the schedule allows (assumed).
    """
    device = find_thermostat(workspace, caller, device_id)
    find_preset(device, climate_preset_key)
    return start(workspace, "ACTIVATE_CLIMATE_PRESET", _activate, device, climate_preset_key)


@router.post("set_fallback_climate_preset", allow=WORKSPACE, source="spec")
def set_fallback_climate_preset(
    workspace: Workspace, *, caller: Caller, climate_preset_key: NonEmptyText, device_id: Uuid
) -> None:
    """Choose the preset for when a schedule ends; without a running schedule it comes into force now (docs)."""
    device = find_thermostat(workspace, caller, device_id)
    find_preset(device, climate_preset_key)
    device = change(workspace, device, fallback_climate_preset_key=climate_preset_key)
    if active_schedule(workspace, device) is None:
        fall_back(workspace, device)
