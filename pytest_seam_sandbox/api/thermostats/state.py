"""What happens to a thermostat as to any device. Nothing else of thermostats is loaded for other devices."""

from __future__ import annotations

from ...engine.workspace import Workspace
from ..devices.model import DeviceRow
from ..devices.state import deleting_device, device_added, device_changed


def _is_thermostat(device: DeviceRow) -> bool:
    return "thermostat" in device.model.capabilities_supported


@device_added.reaction
def _know(workspace: Workspace, device: DeviceRow) -> None:
    if _is_thermostat(device):
        from .timetable import know

        know(workspace, device)


@device_changed.reaction
def _catch_up(workspace: Workspace, device: DeviceRow) -> None:
    if _is_thermostat(device):
        from .timetable import catch_up

        catch_up(workspace, device)


@deleting_device.reaction
def _forget(workspace: Workspace, device: DeviceRow) -> None:
    if _is_thermostat(device):
        from .timetable import forget

        forget(workspace, device)
