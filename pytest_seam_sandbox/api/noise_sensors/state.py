"""How noise thresholds get to a sensor and follow it."""

from __future__ import annotations

from typing import Any

from ...engine.workspace import Workspace
from .._shared import (
    DeviceFields,
)
from ..action_attempts import ActionFailed
from ..devices.model import DeviceRow
from ..devices.state import deleting_device, device_added, device_changed, reach
from .levels import listen, thresholds_of
from .model import MINUT, MINUT_THRESHOLDS, NoiseThresholdRow


class NoiseThresholdTriggered(DeviceFields, event_type="noise_sensor.noise_threshold_triggered"):
    """It was louder than a noise threshold allows."""

    noise_level_decibels: float | None = None
    noise_level_nrs: float | None = None
    noise_threshold_id: str | None = None
    noise_threshold_name: str | None = None


def program(workspace: Workspace, action_attempt_id: str, device_id: str, threshold_id: str) -> dict[str, Any]:
    """Let the sensor know of a threshold."""
    reach(workspace, device_id)
    threshold = workspace[NoiseThresholdRow].get(threshold_id)
    if threshold is None:
        raise ActionFailed("noise_threshold_not_found", "The noise threshold was deleted meanwhile.")
    threshold = workspace[NoiseThresholdRow].put(threshold.but(is_programmed=True))
    listen(workspace, device_id)
    return {"noise_threshold": threshold.view()}


def erase(workspace: Workspace, action_attempt_id: str, device_id: str) -> dict[str, Any]:
    """Let the sensor know that a threshold is gone."""
    reach(workspace, device_id)
    return {}


@device_added.reaction
def _bring_thresholds(workspace: Workspace, device: DeviceRow) -> None:
    """A Minut sensor comes with a threshold for quiet hours and one for the rest of the day (docs); others have none.

    Source for the first: docs. That NoiseAware's have none is assumed.
    """
    if device.device_type == MINUT:
        zone = (device.location or {}).get("time_zone", "Etc/UTC")
        for name in MINUT_THRESHOLDS:
            workspace[NoiseThresholdRow].put(
                NoiseThresholdRow.builtin(workspace.ids.uuid(), device.device_id, name, zone)
            )


@device_changed.reaction
def _catch_up(workspace: Workspace, device: DeviceRow) -> None:
    """A sensor that is back learns what was changed meanwhile."""
    pending = [row for row in thresholds_of(workspace, device.id) if not row.is_programmed]
    if device.is_online and pending:
        for threshold in pending:
            workspace[NoiseThresholdRow].put(threshold.but(is_programmed=True))
        listen(workspace, device.id)


@deleting_device.reaction
def _delete_with_device(workspace: Workspace, device: DeviceRow) -> None:
    for threshold in thresholds_of(workspace, device.id):
        workspace[NoiseThresholdRow].remove(threshold.id)
