"""The loss of a connected account, and with it of its devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from ..api.connected_accounts.model import ConnectedAccount
from ..api.devices.issues import UNREACHABLE
from ..engine.errors import OutageNotPossible, is_for_the_test
from ..expectations.checks import check_error, check_no_error

if TYPE_CHECKING:
    from ..catalog.literals import Provider
    from ..sandbox import Sandbox


from .base import Outage, require

__tracebackhide__ = is_for_the_test


class AccountDisconnected(Outage):
    """A connected account lost its login, and with it all of its devices. Heals by a new login of its user."""

    name = "account_disconnected"

    def __init__(self, sandbox: Sandbox, connected_account_id: str) -> None:
        super().__init__(sandbox)
        self.connected_account_id = connected_account_id
        self.account: ConnectedAccount = sandbox.get_connected_account(connected_account_id)
        self._online: list[dict[str, Any]] = []

    def __str__(self) -> str:
        return f"{self.name}({self.account.account_type_display_name} {self.account.display_name})"

    def _prepare(self) -> None:
        self.account = self._sandbox.get_connected_account(self.connected_account_id)
        if self._is_lost():
            raise OutageNotPossible(
                f"{self} is not possible: the account is disconnected already. Wait until that loss is over."
            )
        self._online = [device for device in self._devices() if device["properties"]["online"]]

    def _devices(self) -> list[dict[str, Any]]:
        return self._sandbox._api.device_rows(connected_account_id=self.connected_account_id)

    def _is_lost(self) -> bool:
        return any(error.error_code == "account_disconnected" for error in self.account.errors)

    def _break(self) -> None:
        self._sandbox._api.call(
            "/connected_accounts/simulate/disconnect", connected_account_id=self.connected_account_id
        )

    def _assert_broken(self) -> None:
        self._expect("connected_account.disconnected", connected_account_id=self.connected_account_id)
        self.account = self._sandbox.get_connected_account(self.connected_account_id)
        require(self._is_lost(), f"{self}: the account has no error 'account_disconnected'")
        for device in self._online:
            kind = "device.disconnected" if device["is_managed"] else "device.unmanaged.disconnected"
            self._expect(kind, device_id=device["device_id"], error_code="account_disconnected")
        for device in self._devices():
            name, codes = device["display_name"], _codes(device)
            self._sandbox._fail(check_error(lambda: name, "account_disconnected", codes))  # noqa: B023 - called now
            require(not device["properties"]["online"], f"{self}: {name} is still online")

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
        user = self.account.user_identifier
        log_in_again(self._sandbox, user.email if user else None, self.account.account_type)

    def _assert_healed(self) -> None:
        account_id = self.connected_account_id
        self._expect_some("connected_account.completed_first_sync_after_reconnection", connected_account_id=account_id)
        self.account = self._sandbox.get_connected_account(account_id)
        require(not self._is_lost(), f"{self}: the account still has the error 'account_disconnected'")
        for device in self._devices():
            name, codes = device["display_name"], _codes(device)
            self._sandbox._fail(check_no_error(lambda: name, "account_disconnected", codes))  # noqa: B023 - called now
            blocked = any(code in UNREACHABLE for code in codes)
            require(device["properties"]["online"] is not blocked, f"{self}: {name} did not come back")


def _codes(device: Mapping[str, Any]) -> list[str]:
    return [error["error_code"] for error in device["errors"]]


def log_in_again(sandbox: Sandbox, email: str | None, provider: str | None) -> None:
    """The user of an account logs in again, with a new Connect Webview."""
    webview = sandbox._api.call("/connect_webviews/create")["connect_webview"]
    sandbox.complete_login(webview, email=email or "", provider=cast("Provider | None", provider))
