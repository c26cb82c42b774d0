"""Outages of one device."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self, cast

from ..api.devices.issues import UNREACHABLE
from ..api.devices.model import Device
from ..backends.base import Backend, DeviceFacts
from ..backends.lookup import Lookup, resource_id
from ..engine.errors import OutageNotPossible, is_for_the_test
from ..expectations.expecting import expect_device_error, expect_no_device_error
from .base import Outage, require
from .names import find_device, name_of, name_with_number

__tracebackhide__ = is_for_the_test


class DeviceOutage(Outage):
    """An outage of one device. `device` is the device as it was right after the beginning.

    flag: what has to be true to enter. back: the flag that shows that it can be undone. unreachable: whether the
    device goes offline.
    """

    word = "device"
    flag: ClassVar[str] = ""
    back: ClassVar[str] = ""
    break_path: ClassVar[str] = ""
    heal_path: ClassVar[str] = ""
    error_code: ClassVar[str] = ""

    def __init__(self, backend: Backend, device_id: str, label: str = "") -> None:
        super().__init__(backend, label)
        self.device_id = device_id
        self._device: Device | None = None
        self._label = label or self.device.display_name
        self._was_online = True

    @property
    def target_id(self) -> str:
        """The id of the device."""
        return self.device_id

    @property
    def device(self) -> Device:
        """The device as it was right after the beginning; before, as it was when it was looked at last."""
        if self._device is None:
            self._look()
        return cast(Device, self._device)

    def _look(self) -> Device:
        """The device as it is now. Raises UnknownId when it is gone."""
        self._device = Lookup(self._backend).get_device(self.device_id)
        return self._device

    @classmethod
    def of(cls, backend: Backend, target: str) -> Self:
        """The outage of the device of this name or id."""
        device = find_device(backend, target)
        return cls(backend, device.device_id, name_of(device, target))

    @classmethod
    def lost_id(cls, backend: Backend, target: str) -> tuple[str, str]:
        """Twice the id of the device."""
        device = find_device(backend, target)
        return device.device_id, device.device_id

    @classmethod
    def target(cls, backend: Backend, given: Any) -> tuple[str, str]:
        """Name and id of a device."""
        found = find_device(backend, resource_id(backend, "device", given)).device_id
        return name_with_number(backend.devices(), found), found

    @classmethod
    def possible(cls, backend: Backend) -> Iterable[str]:
        """All managed devices that have the flags."""
        return [label for label, device in backend.devices().items() if device.is_managed and cls._can(device)]

    @classmethod
    def _can(cls, device: DeviceFacts) -> bool:
        flags = device.flags()
        return flags.get(cls.flag) is True and (not cls.back or cls.back in flags)

    def _prepare(self) -> None:
        self._was_online = self._look().properties.online
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
            "Use a device whose flag is true, or wait until the outage that it has is over."
        )

    def _break(self) -> None:
        self._backend.api.call(self.break_path, device_id=self.device_id)

    def _heal(self) -> None:
        self._backend.api.call(self.heal_path, device_id=self.device_id)

    def _disconnected_event(self) -> str:
        return "device.disconnected" if self.device.is_managed else "device.unmanaged.disconnected"

    def _assert_broken(self) -> None:
        if self._was_online:
            self._expect(self._disconnected_event(), device_id=self.device_id, error_code=self.error_code)
        else:
            self._expect_none(self._disconnected_event(), device_id=self.device_id)
        self._device = expect_device_error(self._backend, self.device_id, self.error_code)
        require(not self.device.properties.online, f"{self}: properties.online is still true")
        for flag in ("can_remotely_lock", "can_remotely_unlock", self.flag):
            require(getattr(self.device, flag) is not True, f"{self}: {flag} is still true")

    def _can_heal(self) -> bool:
        device = self._backend.find_device(self.device_id)
        if device is None or device.is_removed:
            self._note(f"cannot be healed: the device was {'deleted' if device is None else 'removed'}")
            return False
        return True

    def _assert_healed(self) -> None:
        expect_no_device_error(self._backend, self.device_id, self.error_code)
        device = Lookup(self._backend).get_device(self.device_id)
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
    sentence = "{} loses its connection"
    switch = "disconnections"
    option = "disconnect"
    needs_device = True
    flag = "can_simulate_disconnection"
    back = "can_simulate_connection"
    break_path = "/devices/simulate/disconnect"
    heal_path = "/devices/simulate/connect"
    error_code = "device_disconnected"


class HubDisconnected(DeviceOutage):
    """The hub of the device is offline. Heals by simulate/connect_to_hub."""

    name = "hub_disconnected"
    sentence = "the hub of {} goes offline"
    switch = "hub_disconnections"
    option = "disconnect_hub"
    needs_device = True
    flag = "can_simulate_hub_disconnection"
    back = "can_simulate_hub_connection"
    break_path = "/devices/simulate/disconnect_from_hub"
    heal_path = "/devices/simulate/connect_to_hub"
    error_code = "hub_disconnected"


class SubscriptionExpired(DeviceOutage):
    """The paid plan of the device has expired; it stays online. Heals by renewing the plan."""

    name = "subscription_expired"
    sentence = "the paid plan of {} expires"
    switch = "subscription_expirations"
    option = "expire"
    needs_device = True
    flag = "can_simulate_paid_subscription"
    break_path = heal_path = "/devices/simulate/paid_subscription"
    error_code = "subscription_required"

    @classmethod
    def _can(cls, device: DeviceFacts) -> bool:
        return super()._can(device) and not device.has_error(cls.error_code)

    def _prepare(self) -> None:
        super()._prepare()
        if any(error.error_code == self.error_code for error in self.device.errors):
            raise OutageNotPossible(f"{self} is not possible: the plan has expired already. {self._state()}")

    def _break(self) -> None:
        self._backend.api.call(self.break_path, device_id=self.device_id, is_expired=True)

    def _heal(self) -> None:
        self._backend.api.call(self.heal_path, device_id=self.device_id, is_expired=False)

    def _assert_broken(self) -> None:
        self._expect("device.error.subscription_required", device_id=self.device_id)
        self._device = expect_device_error(self._backend, self.device_id, self.error_code)

    def _assert_healed(self) -> None:
        self._expect_some("device.error.subscription_required.resolved", device_id=self.device_id)
        expect_no_device_error(self._backend, self.device_id, self.error_code)


class Removed(DeviceOutage):
    """The device was taken out of its account. Seam has no way back; the embedded sandbox re-adds it on leaving.

    restore: False leaves it removed.
    """

    name = "removed"
    sentence = "{} is taken out of its account"
    switch = "removals"
    option = "remove"
    takes_device_away = True
    not_live = "no endpoint of Seam puts a removed device back but the reset of the workspace, which others use"
    flag = "can_simulate_removal"
    break_path = "/devices/simulate/remove"
    error_code = "device_removed"

    def __init__(self, backend: Backend, device_id: str, label: str = "", *, restore: bool = True) -> None:
        super().__init__(backend, device_id, label)
        self._restore = restore

    def _assert_broken(self) -> None:
        self._expect("device.removed", device_id=self.device_id)
        self._expect_none(self._disconnected_event(), device_id=self.device_id)
        self._device = expect_device_error(self._backend, self.device_id, self.error_code)
        require(not self.device.properties.online, f"{self}: properties.online is still true")

    def _can_heal(self) -> bool:
        if self._backend.find_device(self.device_id) is None:
            self._note("cannot be healed: the device was deleted")
            return False
        return self._restore

    def _heal(self) -> None:
        self._note("ends: the device is put back into its account")
        self._backend.provision.readd_device(self.device_id)

    def _assert_healed(self) -> None:
        self._expect_some("device.added", device_id=self.device_id)
        super()._assert_healed()
