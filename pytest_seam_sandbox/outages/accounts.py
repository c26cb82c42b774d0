"""The outage of a connected account, and with it of its devices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from ..api.connected_accounts.model import ConnectedAccount
from ..api.devices.issues import UNREACHABLE
from ..backends.base import AccountFacts, Backend
from ..backends.lookup import Lookup, account_id
from ..engine.errors import OutageNotPossible, is_for_the_test
from ..expectations.checks import check_error, check_no_error
from ..expectations.expecting import fail, wait_until
from .base import Outage, require
from .names import find_device, name_of, name_with_number

__tracebackhide__ = is_for_the_test

_TOLD = ("account_disconnected", "bridge_disconnected")
"""The errors of an account of which connected_account.disconnected tells; the second of them is not told."""


class AccountOutage(Outage):
    """An outage of a connected account, and with it of all of its devices. error_code: what all of them show."""

    word = "device"
    error_code: ClassVar[str] = ""

    def __init__(self, backend: Backend, connected_account_id: str, label: str = "") -> None:
        super().__init__(backend, label)
        self.connected_account_id = connected_account_id
        self._account: ConnectedAccount | None = None
        self._was_told = False
        self._online: list[dict[str, Any]] = []
        self._label = label or f"{self.account.account_type_display_name} {self.account.display_name}"

    @property
    def target_id(self) -> str:
        """The id of the account."""
        return self.connected_account_id

    @property
    def account(self) -> ConnectedAccount:
        """The account as it was when the outage looked at it last."""
        return self._look() if self._account is None else self._account

    def _look(self) -> ConnectedAccount:
        """The account as it is now. Raises UnknownId when it is gone."""
        self._account = Lookup(self._backend).get_connected_account(self.connected_account_id)
        return self._account

    @classmethod
    def of(cls, backend: Backend, target: str) -> Self:
        """The outage of the account of the device of this name or id."""
        device = find_device(backend, target)
        return cls(backend, device.connected_account_id, name_of(device, target))

    @classmethod
    def lost_id(cls, backend: Backend, target: str) -> tuple[str, str]:
        """The id of the device, and that of its account."""
        device = find_device(backend, target)
        return device.device_id, device.connected_account_id

    @classmethod
    def target(cls, backend: Backend, given: Any) -> tuple[str, str]:
        """Name and id of the first device of an account; given: the account or one of its devices."""
        account, devices = account_id(backend, given), backend.devices()
        first = next((device for device in devices.values() if device.connected_account_id == account), None)
        found = (first or find_device(backend, account)).device_id
        return name_with_number(devices, found), found

    @classmethod
    def possible(cls, backend: Backend) -> Iterable[str]:
        """The first device of each account that is connected."""
        first: dict[str, str] = {}
        for label, device in backend.devices().items():
            if device.is_managed and not device.has_error(cls.error_code):
                first.setdefault(device.connected_account_id, label)
        return first.values()

    def _prepare(self) -> None:
        codes = [error.error_code for error in self._look().errors]
        if self.error_code in codes:
            raise OutageNotPossible(
                f"{self} is not possible: the account is disconnected already. Wait until that outage is over."
            )
        self._was_told = any(code in _TOLD for code in codes)
        self._online = [device for device in self._devices() if device["properties"]["online"]]

    def _devices(self) -> list[dict[str, Any]]:
        return self._backend.api.device_rows(connected_account_id=self.connected_account_id)

    def _assert_broken(self) -> None:
        if self._was_told:
            complaint = f"{self}: the account has no error {self.error_code!r}"
            wait_until(self._backend, lambda: None if self._is_lost(self._look()) else lambda: complaint)
            self._expect_none("connected_account.disconnected", connected_account_id=self.connected_account_id)
        else:
            self._expect("connected_account.disconnected", connected_account_id=self.connected_account_id)
        require(self._is_lost(self._look()), f"{self}: the account has no error {self.error_code!r}")
        for device in self._online:
            kind = "device.disconnected" if device["is_managed"] else "device.unmanaged.disconnected"
            self._expect(kind, device_id=device["device_id"], error_code="account_disconnected")
        for device in self._devices():
            name, codes = device["display_name"], _codes(device)
            fail(check_error(lambda: name, self.error_code, codes))  # noqa: B023 - called now
            require(not device["properties"]["online"], f"{self}: {name} is still online")

    def _can_heal(self) -> bool:
        if self._backend.find_account(self.connected_account_id) is None:
            self._note("cannot be healed: the account was deleted")
            return False
        return True

    def _assert_healed(self) -> None:
        require(not self._is_lost(self._look()), f"{self}: the account still has the error {self.error_code!r}")
        for device in self._devices():
            name, codes = device["display_name"], _codes(device)
            fail(check_no_error(lambda: name, self.error_code, codes))  # noqa: B023 - called now
            blocked = any(code in UNREACHABLE for code in codes)
            require(device["properties"]["online"] is not blocked, f"{self}: {name} did not come back")

    @classmethod
    def _is_lost(cls, account: ConnectedAccount) -> bool:
        return any(error.error_code == cls.error_code for error in account.errors)


class AccountDisconnected(AccountOutage):
    """A connected account lost its login, and with it all of its devices. Heals by a new login of its user."""

    name = "account_disconnected"
    sentence = "the account of {} loses its login"
    switch = "account_losses"
    option = "disconnect_account"
    not_live = "no endpoint of Seam logs in again, a person does in a Connect Webview, and others use the account"
    error_code = "account_disconnected"

    def _break(self) -> None:
        self._backend.api.call(
            "/connected_accounts/simulate/disconnect", connected_account_id=self.connected_account_id
        )

    def _heal(self) -> None:
        """The user of the account logs in again with a new Connect Webview, unless the program saw to that."""
        account = self._backend.find_account(self.connected_account_id)
        if account is not None and account.needs_login:
            self._note("ends: a new login of the account")
            _log_in_again(self._backend, account)

    def _assert_healed(self) -> None:
        account_id = self.connected_account_id
        self._expect_some("connected_account.completed_first_sync_after_reconnection", connected_account_id=account_id)
        super()._assert_healed()


def _codes(device: Mapping[str, Any]) -> list[str]:
    return [error["error_code"] for error in device["errors"]]


def _log_in_again(backend: Backend, account: AccountFacts) -> None:
    """The user of an account logs in again, with a new Connect Webview."""
    webview = backend.api.call("/connect_webviews/create")["connect_webview"]
    backend.provision.complete_login(
        webview["connect_webview_id"], email=account.email or "", provider=account.account_type
    )
