"""The climate setting in force: climate presets, and settings that were made directly.

What a setting made directly looks like: a sample of the docs. That a preset without a mode changes only what it names,
and that set points of a mode not in use go, are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ...engine.workspace import Workspace
from .._shared import given, not_found
from ..devices.model import DeviceRow, device_fields
from .events import ThermostatClimatePresetActivated, ThermostatManuallyAdjusted
from .model import ThermostatRow
from .set_points import Setting, relevant
from .temperature import change, notice_set_points, work

_MODES = ("hvac_mode_setting", "fan_mode_setting")
_POINTS = tuple(f"{kind}_set_point_{unit}" for kind in ("heating", "cooling") for unit in ("celsius", "fahrenheit"))
WHAT_IT_SETS = (*_MODES, *_POINTS)


def presets_of(device: DeviceRow) -> list[Mapping[str, Any]]:
    """The climate presets of a thermostat."""
    return list(device.property("available_climate_presets"))


def preset_of(device: DeviceRow, key: str | None) -> Mapping[str, Any] | None:
    """The climate preset of this key, if the thermostat has it."""
    return next((preset for preset in presets_of(device) if preset.get("climate_preset_key") == key), None)


def find_preset(device: DeviceRow, key: str) -> Mapping[str, Any]:
    """The climate preset of this key, or 404 `climate_preset_not_found` (assumed name)."""
    preset = preset_of(device, key)
    if preset is None:
        raise not_found("climate_preset_not_found", "Climate preset not found", {"climate_preset_key": key})
    return preset


def _set(workspace: Workspace, device: DeviceRow, setting: Setting) -> DeviceRow:
    """Put a setting into force, and say whether it overrides what a schedule or program has asked for (spec)."""
    automatic = workspace[ThermostatRow][device.id].automatic
    overrides = automatic is not None and _settings(automatic) != _settings(setting)
    is_override = overrides and setting.get("manual_override_allowed", True)
    shown = given(fan_mode_setting=setting.get("fan_mode_setting"))
    device = change(
        workspace,
        device,
        current_climate_setting=setting,
        is_temporary_manual_override_active=is_override,
        **shown,
    )
    return work(workspace, device)


def _settings(setting: Setting) -> dict[str, Any]:
    return {name: setting[name] for name in WHAT_IT_SETS if name in setting}


def setting_of(device: DeviceRow, preset: Setting) -> dict[str, Any]:
    """The setting that a preset makes of the one in force."""
    return relevant({**_settings(device.property("current_climate_setting")), **preset})


def activate(
    workspace: Workspace,
    device: DeviceRow,
    preset: Setting,
    *,
    schedule_id: str | None = None,
    is_fallback: bool = False,
    is_automatic: bool = False,
) -> None:
    """Put a preset into force: thermostat.climate_preset_activated. is_automatic: a schedule or program asks for it."""
    setting = setting_of(device, preset)
    if is_automatic:
        workspace[ThermostatRow].put(workspace[ThermostatRow][device.id].but(automatic=setting))
    device = _set(workspace, device, setting)
    workspace.events.emit(
        workspace,
        ThermostatClimatePresetActivated(
            **device_fields(workspace, device),
            climate_preset_key=preset["climate_preset_key"],
            is_fallback_climate_preset=is_fallback,
            thermostat_schedule_id=schedule_id,
        ),
    )
    notice_set_points(workspace, device)


def adjust(
    workspace: Workspace, device: DeviceRow, changes: Setting, *, method: Literal["seam", "external"]
) -> DeviceRow:
    """Change the settings directly: a "Manual Setting" without a key, and thermostat.manually_adjusted."""
    kept = _settings(device.property("current_climate_setting"))
    setting = {"display_name": "Manual Setting", "manual_override_allowed": True, **relevant({**kept, **changes})}
    device = _set(workspace, device, setting)
    about = device_fields(workspace, device) | _settings(setting)
    workspace.events.emit(workspace, ThermostatManuallyAdjusted(**about, method=method))
    notice_set_points(workspace, device)
    return workspace[DeviceRow][device.id]
