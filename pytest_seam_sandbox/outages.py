"""Simulated losses as context managers: each breaks, asserts what must appear, heals, and asserts again."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from .api.connected_accounts import ConnectedAccount
from .api.devices.model import UNREACHABLE, Device
from .api.events import Event
from .api.phones import Phone
from .engine.errors import ExpectationFailed, OutageNotPossible, SandboxError
from .expectations import check_event, check_event_type, check_no_event

if TYPE_CHECKING:
    from .sandbox import Sandbox


class Outage:
    """A simulated loss, from entry to recovery; `with` and `async with` alike.

    Entering checks that the outage is possible, breaks, and asserts the event, the error and the flags. Leaving heals,
    also when the body raised, and asserts the recovery. An exception of the body wins; what else went wrong is
    added to it as a note. `started_at` and `ended_at` are sandbox times.
    """

    name = "outage"

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._mark = 0
        self._events: list[Event] | None = None
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None

    @property
    def events(self) -> list[Event]:
        """The workspace's events from entry to recovery (so far, inside the block), oldest first."""
        return self._sandbox._backend.events_after(self._mark) if self._events is None else list(self._events)

    @property
    def duration(self) -> timedelta:
        """Sandbox time from entry to recovery, or to now."""
        if self.started_at is None:
            return timedelta(0)
        return (self.ended_at or self._sandbox._now()) - self.started_at

    def expect_event(self, event_type: str, *, count: int | None = None, **fields: Any) -> Event:
        """Expect an event of this outage, at least once or exactly `count` times; gives the newest that fits."""
        return self._sandbox._expect_event(lambda: self.events, event_type, count, None, fields)

    def expect_no_event(self, event_type: str, **fields: Any) -> None:
        """Expect that this outage has no such event."""
        check_event_type(event_type)
        complaint = check_no_event(self.events, event_type, fields)
        if complaint is not None:
            raise ExpectationFailed(complaint)

    def __enter__(self) -> Self:
        self._prepare()
        self._mark, self._events = self._sandbox._backend.mark(), None
        self.started_at, self.ended_at = self._sandbox._now(), None
        self._note("begins")
        self._break()
        self._sandbox._open_outages.append(self)
        try:
            self._assert_broken()
        except BaseException as error:
            self._leave(error)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leave(error)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leave(error)

    def _leave(self, error: BaseException | None) -> None:
        self._sandbox._open_outages.remove(self)
        try:
            self._heal_and_assert()
        except (ExpectationFailed, SandboxError) as trouble:
            if error is None:
                raise
            error.add_note(f"and {self} did not end well: {trouble}")
        finally:
            self._events = self.events
            self.ended_at = self._sandbox._now()
            self._note("is over")

    def _heal_and_assert(self) -> None:
        if self._can_heal():
            self._heal()
            self._assert_healed()

    def _note(self, what: str) -> None:
        self._sandbox._note("outage", f"{self} {what}")

    def _expect(self, event_type: str, **fields: Any) -> None:
        """Assert exactly one event of this outage, within the sandbox's latency."""
        self._sandbox._eventually(lambda: check_event(self.events, event_type, 1, fields))

    def _expect_some(self, event_type: str, **fields: Any) -> None:
        """Assert at least one event of this outage, within the sandbox's latency."""
        self._sandbox._eventually(lambda: check_event(self.events, event_type, None, fields))

    def _expect_none(self, event_type: str, **fields: Any) -> None:
        complaint = check_no_event(self.events, event_type, fields)
        if complaint is not None:
            raise ExpectationFailed(complaint)

    def _prepare(self) -> None:
        """Find the resource and raise OutageNotPossible if it cannot suffer this."""
        raise NotImplementedError

    def _break(self) -> None:
        """Call the simulate endpoint."""
        raise NotImplementedError

    def _assert_broken(self) -> None:
        """Assert what must appear."""
        raise NotImplementedError

    def _can_heal(self) -> bool:
        """Whether there is still something to heal."""
        return True

    def _heal(self) -> None:
        """Undo the loss through the API."""
        raise NotImplementedError

    def _assert_healed(self) -> None:
        """Assert that it is over."""
        raise NotImplementedError


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
        _require(not self.device.properties.online, f"{self}: properties.online is still true")
        for flag in ("can_remotely_lock", "can_remotely_unlock", self.flag):
            _require(getattr(self.device, flag) is not True, f"{self}: {flag} is still true")

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
            _require(not device.properties.online, f"{self}: online although it has the errors {others}")
            return
        _require(device.properties.online, f"{self}: properties.online is still false, without an error that says why")
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
        _require(not self.device.properties.online, f"{self}: properties.online is still true")

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


class AccountDisconnected(Outage):
    """A connected account lost its login, and with it all of its devices. Heals by a new login of its user."""

    name = "account_disconnected"

    def __init__(self, sandbox: Sandbox, connected_account_id: str) -> None:
        super().__init__(sandbox)
        self.connected_account_id = connected_account_id
        self.account: ConnectedAccount = sandbox.get_connected_account(connected_account_id)
        self._online: list[Device] = []

    def __str__(self) -> str:
        return f"{self.name}({self.account.account_type_display_name} {self.account.display_name})"

    def _prepare(self) -> None:
        self.account = self._sandbox.get_connected_account(self.connected_account_id)
        if self._is_lost():
            raise OutageNotPossible(
                f"{self} is not possible: the account is disconnected already. Wait until that loss is over."
            )
        self._online = [device for device in self._devices() if device.properties.online]

    def _devices(self) -> list[Device]:
        return self._sandbox._api.devices(connected_account_id=self.connected_account_id)

    def _is_lost(self) -> bool:
        return any(error.error_code == "account_disconnected" for error in self.account.errors)

    def _break(self) -> None:
        self._sandbox._api.call(
            "/connected_accounts/simulate/disconnect", connected_account_id=self.connected_account_id
        )

    def _assert_broken(self) -> None:
        self._expect("connected_account.disconnected", connected_account_id=self.connected_account_id)
        self.account = self._sandbox.get_connected_account(self.connected_account_id)
        _require(self._is_lost(), f"{self}: the account has no error 'account_disconnected'")
        for device in self._online:
            kind = "device.disconnected" if device.is_managed else "device.unmanaged.disconnected"
            self._expect(kind, device_id=device.device_id, error_code="account_disconnected")
        for device in self._devices():
            self._sandbox.expect_device_error(device, "account_disconnected")
            _require(not device.properties.online, f"{self}: {device.display_name} is still online")

    def _can_heal(self) -> bool:
        if self._sandbox._api.connected_account(self.connected_account_id) is None:
            self._note("cannot be healed: the account was deleted")
            return False
        return True

    def _heal(self) -> None:
        """The user of the account logs in again with a new Connect Webview, unless the program saw to that."""
        self.account = self._sandbox.get_connected_account(self.connected_account_id)
        if not self._is_lost():
            return
        self._note("ends: a new login of the account")
        webview = self._sandbox._api.call("/connect_webviews/create")["connect_webview"]
        login = {"email": self.account.user_identifier.email, "provider": self.account.account_type}
        self._sandbox.complete_login(webview, **login)

    def _assert_healed(self) -> None:
        account_id = self.connected_account_id
        self._expect_some("connected_account.completed_first_sync_after_reconnection", connected_account_id=account_id)
        self.account = self._sandbox.get_connected_account(account_id)
        _require(not self._is_lost(), f"{self}: the account still has the error 'account_disconnected'")
        for device in self._devices():
            self._sandbox.expect_no_device_error(device, "account_disconnected")
            blocked = any(error.error_code in UNREACHABLE for error in device.errors)
            _require(device.properties.online is not blocked, f"{self}: {device.display_name} did not come back")


_END_OF_A_PHONE = ("acs_credential.deleted", "phone.deactivated")


class Deactivation(Outage):
    """A phone is lost for good. `phone` is the dead one; `replacement` is there after leaving with `replace=True`."""

    name = "deactivated"

    def __init__(self, sandbox: Sandbox, device_id: str, *, replace: bool) -> None:
        super().__init__(sandbox)
        self.phone: Phone = sandbox.get_phone(device_id)
        self.replacement: Phone | None = None
        self._replace = replace
        self._owner: str | None = None
        self._others: set[str] = set()
        self._keys: dict[str, set[str]] = {}

    def __str__(self) -> str:
        return f"{self.name}({self.phone.display_name})"

    def _prepare(self) -> None:
        phones = {phone.device_id for phone in self._sandbox._api.phones()}
        if self.phone.device_id not in phones:
            raise OutageNotPossible(f"{self} is not possible: the phone is deactivated already. Make a new one.")
        self._others = phones - {self.phone.device_id}
        self._keys = self._sandbox._api.mobile_keys()
        if self._replace:
            self._owner = self._sandbox._api.owner_of(self.phone.device_id)

    def _break(self) -> None:
        self._sandbox._api.call("/phones/deactivate", device_id=self.phone.device_id)

    def _assert_broken(self) -> None:
        self._expect("phone.deactivated", device_id=self.phone.device_id)
        self._assert_dead()
        missing = self._others - {phone.device_id for phone in self._sandbox._api.phones()}
        _require(not missing, f"{self}: other phones went with it: {sorted(missing)}")
        self._assert_keys_revoked()

    def _assert_keys_revoked(self) -> None:
        """The mobile keys of the dead phone were deleted before it; those of other phones are still there."""
        for key in (key for key, phones in self._keys.items() if self.phone.device_id in phones):
            self._expect("acs_credential.deleted", acs_credential_id=key)
        told = [event.event_type for event in self.events if event.event_type in _END_OF_A_PHONE]
        _require(told[-1:] == ["phone.deactivated"], f"{self}: a mobile key was revoked after phone.deactivated")
        lost = self._keys.keys() - self._sandbox._api.mobile_keys().keys()
        others = sorted(key for key in lost if self._others & self._keys[key])
        _require(not others, f"{self}: mobile keys of other phones went with it: {others}")

    def _heal(self) -> None:
        """A dead phone stays dead; a replacement is a phone of its own."""
        if self._replace:
            system: Literal["ios", "android"] = "ios" if self.phone.device_type == "ios_phone" else "android"
            self.replacement = self._sandbox.create_phone(user_identity_id=self._owner, operating_system=system)

    def _assert_healed(self) -> None:
        self._expect("phone.deactivated", device_id=self.phone.device_id)
        self._assert_dead()
        about = [event for event in self.events if event.device_id == self.phone.device_id]
        later = [event.event_type for event in about if event.event_type != "phone.deactivated"]
        _require(not later, f"{self}: events of a dead phone: {', '.join(later)}")

    def _assert_dead(self) -> None:
        found = self._sandbox._api.phone(self.phone.device_id)
        _require(found is None, f"{self}: /phones/get still finds the phone")
        alive = [phone for phone in self._sandbox._api.phones() if phone.device_id == self.phone.device_id]
        _require(not alive, f"{self}: /phones/list still has the phone")


def _require(condition: bool, complaint: str) -> None:
    if not condition:
        raise ExpectationFailed(complaint)
