"""Losses of one device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..api.devices.issues import UNREACHABLE
from ..api.devices.model import Device
from ..engine.errors import OutageNotPossible, is_for_the_test

if TYPE_CHECKING:
    from ..sandbox import Sandbox


from .base import Outage, require

__tracebackhide__ = is_for_the_test


class DeviceOutage(Outage):
    """A loss of one device. `device` is the device as it was right after the loss.

    flag: what has to be true to enter. back: the flag that shows that the loss can be undone. unreachable: whether the
    device goes offline.
    """

    flag = ""
    back = ""
    break_path = ""
    heal_path = ""
    error_code = ""

    def __init__(self, sandbox: Sandbox, device_id: str) -> None:
        super().__init__(sandbox)
        self.device_id = device_id
        self.device: Device = sandbox.get_device(device_id)
        self._was_online = True

    def __str__(self) -> str:
        return f"{self.name}({self.device.display_name})"

    def _prepare(self) -> None:
        self.device = self._sandbox.get_device(self.device_id)
        self._was_online = self.device.properties.online
        if getattr(self.device, self.flag) is not True:
            raise OutageNotPossible(
                f"{self} is not possible: {self.flag} is {self._flag_text(self.flag)}. {self._state()}"
            )
        if self.back and getattr(self.device, self.back) is None:
            raise OutageNotPossible(
                f"{self} could not be healed: {self.back} is {self._flag_text(self.back)}, so Seam offers no way back "
                f"for this device type. {self._state()}"
            )

    def _flag_text(self, flag: str) -> str:
        return "absent" if getattr(self.device, flag) is None else "false"

    def _state(self) -> str:
        """The provider and the state, as every refusal says them."""
        device = self.device
        provider = getattr(device, "device_provider", None)
        errors = ", ".join(error.error_code or "" for error in device.errors) or "none"
        return (
            f"The device is {'online' if device.properties.online else 'offline'} (errors: {errors}), a "
            f"{device.device_type} of the provider {provider.device_provider_name if provider else 'unknown'!r}. "
            "Use a device whose flag is true, or wait until the loss that it has is over."
        )

    def _break(self) -> None:
        self._sandbox._api.call(self.break_path, device_id=self.device_id)

    def _heal(self) -> None:
        self._sandbox._api.call(self.heal_path, device_id=self.device_id)

    def _disconnected_event(self) -> str:
        return "device.disconnected" if self.device.is_managed else "device.unmanaged.disconnected"

    def _assert_broken(self) -> None:
        if self._was_online:
            self._expect(self._disconnected_event(), device_id=self.device_id, error_code=self.error_code)
        else:
            self._expect_none(self._disconnected_event(), device_id=self.device_id)
        self.device = self._sandbox.expect_device_error(self.device_id, self.error_code)
        require(not self.device.properties.online, f"{self}: properties.online is still true")
        for flag in ("can_remotely_lock", "can_remotely_unlock", self.flag):
            require(getattr(self.device, flag) is not True, f"{self}: {flag} is still true")

    def _can_heal(self) -> bool:
        device = self._sandbox._api.device(self.device_id)
        if device is None:
            self._note("cannot be healed: the device was deleted")
            return False
        if any(error.error_code == "device_removed" for error in device.errors):
            self._note("cannot be healed: the device was removed")
            return False
        return True

    def _assert_healed(self) -> None:
        self._sandbox.expect_no_device_error(self.device_id, self.error_code)
        device = self._sandbox.get_device(self.device_id)
        others = [error.error_code for error in device.errors if error.error_code in UNREACHABLE]
        if others:
            require(not device.properties.online, f"{self}: online although it has the errors {others}")
            return
        require(device.properties.online, f"{self}: properties.online is still false, without an error that says why")
        kind = "device.connected" if device.is_managed else "device.unmanaged.connected"
        self._expect_some(kind, device_id=self.device_id)


class Disconnected(DeviceOutage):
    """The device is offline. Heals by simulate/connect."""

    name = "disconnected"
    flag = "can_simulate_disconnection"
    back = "can_simulate_connection"
    break_path = "/devices/simulate/disconnect"
    heal_path = "/devices/simulate/connect"
    error_code = "device_disconnected"


class HubDisconnected(DeviceOutage):
    """The hub of the device is offline. Heals by simulate/connect_to_hub."""

    name = "hub_disconnected"
    flag = "can_simulate_hub_disconnection"
    back = "can_simulate_hub_connection"
    break_path = "/devices/simulate/disconnect_from_hub"
    heal_path = "/devices/simulate/connect_to_hub"
    error_code = "hub_disconnected"


class SubscriptionExpired(DeviceOutage):
    """The paid plan of the device has expired; it stays online. Heals by renewing the plan."""

    name = "subscription_expired"
    flag = "can_simulate_paid_subscription"
    break_path = heal_path = "/devices/simulate/paid_subscription"
    error_code = "subscription_required"

    def _prepare(self) -> None:
        super()._prepare()
        if any(error.error_code == self.error_code for error in self.device.errors):
            raise OutageNotPossible(f"{self} is not possible: the plan has expired already. {self._state()}")

    def _break(self) -> None:
        self._sandbox._api.call(self.break_path, device_id=self.device_id, is_expired=True)

    def _heal(self) -> None:
        self._sandbox._api.call(self.heal_path, device_id=self.device_id, is_expired=False)

    def _assert_broken(self) -> None:
        self._expect("device.error.subscription_required", device_id=self.device_id)
        self.device = self._sandbox.expect_device_error(self.device_id, self.error_code)

    def _assert_healed(self) -> None:
        self._expect_some("device.error.subscription_required.resolved", device_id=self.device_id)
        self._sandbox.expect_no_device_error(self.device_id, self.error_code)


class Removed(DeviceOutage):
    """The device was taken out of its account. Seam has no way back; the embedded sandbox re-adds it on leaving.

    restore: False leaves it removed.
    """

    name = "removed"
    flag = "can_simulate_removal"
    break_path = "/devices/simulate/remove"
    error_code = "device_removed"

    def __init__(self, sandbox: Sandbox, device_id: str, *, restore: bool) -> None:
        super().__init__(sandbox, device_id)
        self._restore = restore

    def _assert_broken(self) -> None:
        self._expect("device.removed", device_id=self.device_id)
        self._expect_none(self._disconnected_event(), device_id=self.device_id)
        self.device = self._sandbox.expect_device_error(self.device_id, self.error_code)
        require(not self.device.properties.online, f"{self}: properties.online is still true")

    def _can_heal(self) -> bool:
        if self._sandbox._api.device(self.device_id) is None:
            self._note("cannot be healed: the device was deleted")
            return False
        return self._restore

    def _heal(self) -> None:
        self._note("ends: the device is put back into its account")
        self._sandbox._backend.readd_device(self.device_id)

    def _assert_healed(self) -> None:
        self._expect_some("device.added", device_id=self.device_id)
        super()._assert_healed()
