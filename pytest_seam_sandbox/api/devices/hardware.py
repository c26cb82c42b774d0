"""What happens to the hardware of a device, which only its provider can tell Seam: the battery and the keypad.

Events: spec. Order of the two events about a battery, and that they come from an offline device too: assumed.
"""

from __future__ import annotations

from ...engine.workspace import Workspace
from .events import (
    DeviceAccessoryKeypadConnected,
    DeviceAccessoryKeypadDisconnected,
    DeviceBatteryStatusChanged,
    DeviceLowBattery,
)
from .model import DeviceRow, battery_status, device_fields, issue_fields
from .state import device_changed

LOW = ("critical", "low")
"""The words of a charge for which Seam logs device.low_battery (assumed)."""


def set_battery(workspace: Workspace, device_id: str, level: float) -> None:
    """Give the battery another charge: device.battery_status_changed if the word for it changes.

    device.low_battery follows when the charge was not low before. level: from 0 to 1.
    """
    device = workspace[DeviceRow].get(device_id)
    if device is None:
        return
    before, status = battery_status(float(device.property("battery_level"))), battery_status(level)
    battery = {"level": level, "status": status}
    properties = {**device.properties, "battery_level": level, "battery": battery}
    device = workspace[DeviceRow].put(device.but(properties=properties))
    fields = device_fields(workspace, device)
    if status == before:
        return
    workspace.events.emit(workspace, DeviceBatteryStatusChanged(battery_level=level, battery_status=status, **fields))
    if status in LOW and before not in LOW:
        if "lock" in device.model.capabilities_supported:
            fields["battery_source"] = "lock"
        workspace.events.emit(workspace, DeviceLowBattery(battery_level=level, **fields))


def set_keypad(workspace: Workspace, device_id: str, is_connected: bool) -> None:
    """Attach the keypad or take it off; without it no code can be programmed or typed (docs)."""
    device = workspace[DeviceRow].get(device_id)
    if device is None:
        return
    keypad = {**device.property("accessory_keypad"), "is_connected": is_connected}
    properties = {**device.properties, "accessory_keypad": keypad}
    device = workspace[DeviceRow].put(device.but(properties=properties))
    fields = device_fields(workspace, device)
    if is_connected:
        workspace.events.emit(workspace, DeviceAccessoryKeypadConnected(**fields))
    else:
        issues = issue_fields(workspace, device)
        workspace.events.emit(workspace, DeviceAccessoryKeypadDisconnected(**fields, **issues))
    device_changed.send(workspace, device)
