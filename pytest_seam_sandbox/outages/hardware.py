"""Outages of a device that stays online: a flaky connection, a low battery, a lost keypad; embedded only.

Seam has no endpoint that simulates them, so the sandbox does what the provider would tell Seam.
"""

from __future__ import annotations

from typing import ClassVar, cast

from ..api.devices.model import LOW_CHARGE, Device, battery_status
from ..backends.base import Backend, DeviceFacts
from ..backends.lookup import Lookup
from ..engine.errors import OutageNotPossible, SandboxError, is_for_the_test
from .base import require
from .devices import DeviceOutage

__tracebackhide__ = is_for_the_test


class HardwareOutage(DeviceOutage):
    """An outage of a managed device that is online, and stays so. lack: why it is not possible when `_can` is false."""

    embedded_only = True
    needs_device = True
    lack: ClassVar[str] = ""

    def _facts(self) -> DeviceFacts:
        """The device as it is now; `_look` has raised UnknownId for one that is gone."""
        return cast(DeviceFacts, self._backend.find_device(self.device_id))

    def _prepare(self) -> None:
        self._look()
        facts = self._facts()
        if not facts.is_managed or not facts.is_online:
            state = "not managed" if not facts.is_managed else "offline"
            raise OutageNotPossible(f"{self} is not possible: the device is {state}, so Seam would not tell of it.")
        if not self._can(facts):
            raise OutageNotPossible(f"{self} is not possible: {self.lack}. {self._state()}")

    def _now(self) -> Device:
        return Lookup(self._backend).get_device(self.device_id)


class FlakyConnection(HardwareOutage):
    """The device loses its connection often: the warning `device_has_flaky_connection`. Heals when it is stable."""

    name = "flaky_connection"
    sentence = "the connection of {} becomes flaky"
    switch = "flaky_connections"
    option = "make_flaky"
    lack = "its connection is flaky already"
    warning_code = "device_has_flaky_connection"

    @classmethod
    def _can(cls, device: DeviceFacts) -> bool:
        return device.is_online and not device.has_warning(cls.warning_code)

    def _break(self) -> None:
        self._backend.provision.set_mark(self.device_id, "warnings", self.warning_code, None, {})

    def _assert_broken(self) -> None:
        self._expect("device.connection_became_flaky", device_id=self.device_id)
        self._device = self._now()
        require(self._warns(self._device), f"{self}: the device has no warning {self.warning_code!r}")
        require(self._device.properties.online, f"{self}: properties.online is false")

    def _heal(self) -> None:
        if self._facts().has_warning(self.warning_code):
            self._backend.provision.clear_mark(self.device_id, "warnings", self.warning_code)

    def _assert_healed(self) -> None:
        self._expect_some("device.connection_stabilized", device_id=self.device_id)
        require(not self._warns(self._now()), f"{self}: the device still has the warning {self.warning_code!r}")

    def _warns(self, device: Device) -> bool:
        return any(warning.warning_code == self.warning_code for warning in device.warnings)


class LowBattery(HardwareOutage):
    """The battery of the device is nearly empty. Heals by a new one, with the charge of before.

    level: the charge inside the block, from 0 to 0.3, which is low for Seam (assumed).
    """

    name = "low_battery"
    sentence = "the battery of {} runs down"
    switch = "low_batteries"
    option = "drain_battery"
    lack = "it has no battery whose charge could become low"

    def __init__(self, backend: Backend, device_id: str, label: str = "", *, level: float = 0.1) -> None:
        super().__init__(backend, device_id, label)
        if isinstance(level, bool) or not isinstance(level, int | float) or not 0 <= level <= LOW_CHARGE:
            raise SandboxError(
                f"level is {level!r}; it takes the charge of a low battery, a number from 0 to {LOW_CHARGE}."
            )
        self._level = float(level)
        self._before = 1.0

    @classmethod
    def _can(cls, device: DeviceFacts) -> bool:
        return device.is_online and (_charge(device) or 0) > LOW_CHARGE

    def _break(self) -> None:
        self._before = _charge(self._facts()) or self._before
        self._backend.provision.set_battery(self.device_id, self._level)

    def _assert_broken(self) -> None:
        status = battery_status(self._level)
        self._expect("device.battery_status_changed", device_id=self.device_id, battery_status=status)
        self._expect("device.low_battery", device_id=self.device_id, battery_level=self._level)
        self._device = self._now()
        self._require_level(self._level, self._device)

    def _heal(self) -> None:
        self._backend.provision.set_battery(self.device_id, self._before)

    def _assert_healed(self) -> None:
        status = battery_status(self._before)
        self._expect_some("device.battery_status_changed", device_id=self.device_id, battery_status=status)
        device = self._now()
        if device.properties.online:  # Seam shows no charge of a device that is offline
            self._require_level(self._before, device)

    def _require_level(self, level: float, device: Device) -> None:
        found = device.properties.battery_level
        require(found == level, f"{self}: properties.battery_level is {found}, not {level}")


class AccessoryKeypadDisconnected(HardwareOutage):
    """The keypad is off the device, so that no code can be programmed or typed. Heals when it is attached again."""

    name = "accessory_keypad_disconnected"
    sentence = "the keypad of {} comes off"
    switch = "keypad_disconnections"
    option = "disconnect_keypad"
    lack = "it has no keypad that could come off"
    flags = ("can_program_online_access_codes", "can_unlock_with_code")

    @classmethod
    def _can(cls, device: DeviceFacts) -> bool:
        return device.is_online and bool((device.property("accessory_keypad") or {}).get("is_connected"))

    def _break(self) -> None:
        self._backend.provision.set_keypad(self.device_id, is_connected=False)

    def _assert_broken(self) -> None:
        self._expect("device.accessory_keypad_disconnected", device_id=self.device_id)
        self._device = self._now()
        for flag in self.flags:
            require(getattr(self._device, flag, None) is not True, f"{self}: {flag} is still true")

    def _heal(self) -> None:
        self._backend.provision.set_keypad(self.device_id, is_connected=True)

    def _assert_healed(self) -> None:
        self._expect_some("device.accessory_keypad_connected", device_id=self.device_id)
        keypad = getattr(self._now().properties, "accessory_keypad", None)
        require(bool(keypad and keypad.is_connected), f"{self}: the device still has no keypad")


def _charge(device: DeviceFacts) -> float | None:
    level = device.property("battery_level")
    return level if isinstance(level, int | float) else None
