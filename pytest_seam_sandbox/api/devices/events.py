"""The events that devices emit."""

from __future__ import annotations

from typing import Literal

from .._shared import DeviceFields, IssueFields
from .issues import Cause
from .model import BatteryStatus


class DeviceConnected(DeviceFields, event_type="device.connected"):
    """properties.online of a managed device went from false to true."""


class DeviceUnmanagedConnected(DeviceFields, event_type="device.unmanaged.connected"):
    """properties.online of an unmanaged device went from false to true."""


class DeviceDisconnected(DeviceFields, IssueFields, event_type="device.disconnected"):
    """properties.online of a managed device went from true to false."""

    error_code: Cause


class DeviceUnmanagedDisconnected(DeviceFields, IssueFields, event_type="device.unmanaged.disconnected"):
    """properties.online of an unmanaged device went from true to false."""

    error_code: Cause


class DeviceAdded(DeviceFields, event_type="device.added"):
    """A device appeared, or came back after a removal."""


class DeviceRemoved(DeviceFields, event_type="device.removed"):
    """A device was taken out of its account at the provider."""


class DeviceDeleted(DeviceFields, event_type="device.deleted"):
    """The record of a device was deleted."""

    device_name: str | None = None


class DeviceConvertedToUnmanaged(DeviceFields, event_type="device.converted_to_unmanaged"):
    """A managed device became unmanaged."""


class DeviceUnmanagedConvertedToManaged(DeviceFields, event_type="device.unmanaged.converted_to_managed"):
    """An unmanaged device became managed."""


class DeviceNameChanged(DeviceFields, event_type="device.name_changed"):
    """The display name of a device changed."""

    device_name: str


class DeviceErrorSubscriptionRequired(DeviceFields, IssueFields, event_type="device.error.subscription_required"):
    """A paid plan at the provider is needed."""


class DeviceErrorSubscriptionRequiredResolved(DeviceFields, event_type="device.error.subscription_required.resolved"):
    """The paid plan is active again."""


class DeviceConnectionBecameFlaky(DeviceFields, IssueFields, event_type="device.connection_became_flaky"):
    """The connection of a device is judged unstable."""


class DeviceConnectionStabilized(DeviceFields, event_type="device.connection_stabilized"):
    """An unstable connection settled."""


class DeviceThirdPartyIntegrationDetected(DeviceFields, event_type="device.third_party_integration_detected"):
    """Other software that interferes was found on a device."""


class DeviceThirdPartyIntegrationNoLongerDetected(
    DeviceFields, event_type="device.third_party_integration_no_longer_detected"
):
    """The software that interfered is gone."""


class DeviceSaltoPrivacyModeActivated(DeviceFields, event_type="device.salto.privacy_mode_activated"):
    """A Salto lock entered privacy mode."""


class DeviceSaltoPrivacyModeDeactivated(DeviceFields, event_type="device.salto.privacy_mode_deactivated"):
    """A Salto lock left privacy mode."""


class DeviceLowBattery(DeviceFields, event_type="device.low_battery"):
    """The charge of a battery fell below the mark of Seam."""

    battery_level: float
    battery_source: Literal["lock", "accessory_keypad"] | None = None


class DeviceBatteryStatusChanged(DeviceFields, event_type="device.battery_status_changed"):
    """The word for the charge of a battery is another one than in the last such event."""

    battery_level: float
    battery_status: BatteryStatus


class DeviceAccessoryKeypadConnected(DeviceFields, event_type="device.accessory_keypad_connected"):
    """A keypad was attached to a device."""


class DeviceAccessoryKeypadDisconnected(DeviceFields, IssueFields, event_type="device.accessory_keypad_disconnected"):
    """A keypad was taken off a device."""
