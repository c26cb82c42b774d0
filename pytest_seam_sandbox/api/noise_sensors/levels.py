"""How loud it is at a noise sensor, and which of its thresholds that triggers."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.workspace import Workspace
from ..devices.model import DeviceRow, find_device
from .model import NoiseThresholdRow

TRIGGERING = "currently_triggering_noise_threshold_ids"
"""The property of a sensor that lists the thresholds that its noise level reaches now."""


def thresholds_of(workspace: Workspace, device_id: str) -> list[NoiseThresholdRow]:
    """The thresholds of a sensor, oldest first."""
    return [row for row in workspace[NoiseThresholdRow] if row.device_id == device_id]


def programmed(workspace: Workspace, device_id: str) -> list[NoiseThresholdRow]:
    """Those that the sensor knows of."""
    return [row for row in thresholds_of(workspace, device_id) if row.is_programmed]


def listen(workspace: Workspace, device_id: str) -> None:
    """Compare the sensor's last noise level with its thresholds: those that it reaches in their daily window trigger.

    Source: official fake. Done when the level or a threshold changes; a window that opens later shows with the next
    change (assumed).
    """
    now = workspace.clock.now()
    device = find_device(workspace, device_id)
    reached = [row for row in programmed(workspace, device_id) if _level(device, row) >= row.limit and row.covers(now)]
    _show_triggering(workspace, device, reached)


def _fall_silent(workspace: Workspace, device_id: str) -> None:
    """Drop the thresholds whose daily window has closed from those that trigger."""
    now = workspace.clock.now()
    device = workspace[DeviceRow].get(device_id)
    if device is not None:
        before = device.property(TRIGGERING)
        still = [row for row in programmed(workspace, device_id) if row.id in before and row.covers(now)]
        _show_triggering(workspace, device, still)


def _show_triggering(workspace: Workspace, device: DeviceRow, thresholds: Sequence[NoiseThresholdRow]) -> None:
    ids = [row.id for row in thresholds]
    if ids == device.property(TRIGGERING):
        return
    workspace[DeviceRow].put(device.but(properties={**device.properties, TRIGGERING: ids}))
    now = workspace.clock.now()
    closing = [closes.timestamp() for row in thresholds if (closes := row.closes_at(now))]
    if closing:
        workspace.agenda.schedule(min(closing), _fall_silent, device.id)


def levels(device: DeviceRow) -> tuple[float | None, float | None]:
    """The sensor's last noise level in decibels and as a risk score."""
    return device.property("noise_level_decibels"), (device.property("noiseaware_metadata") or {}).get(
        "noise_level_nrs"
    )


def _level(device: DeviceRow, threshold: NoiseThresholdRow) -> float:
    """The sensor's last noise level, in the unit of the threshold."""
    decibels, score = levels(device)
    return (decibels if threshold.noise_threshold_nrs is None else score) or 0


def louder(device: DeviceRow, threshold: NoiseThresholdRow) -> DeviceRow:
    """The sensor with a noise level that reaches the threshold, wherever it shows that level."""
    level = max(_level(device, threshold), threshold.limit)
    own, ours = dict(device.properties), {**(device.property("noiseaware_metadata") or {})}
    if threshold.noise_threshold_nrs is not None:
        return device.but(properties={**own, "noiseaware_metadata": {**ours, "noise_level_nrs": level}})
    own["noise_level_decibels"] = level
    if ours:
        own["noiseaware_metadata"] = {**ours, "noise_level_decibel": level}
    minut = device.property("minut_metadata") or {}
    if "latest_sensor_values" in minut:
        values = minut["latest_sensor_values"]
        sound = {**values.get("sound", {}), "value": level}
        own["minut_metadata"] = {**minut, "latest_sensor_values": {**values, "sound": sound}}
    return device.but(properties=own)
