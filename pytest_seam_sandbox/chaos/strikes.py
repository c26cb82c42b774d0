"""Outages without assertions: broken and healed by single calls, while somebody watches Seam's laws instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..api.connected_accounts import ConnectedAccountRow
from ..api.devices.model import DeviceRow
from ..api.phones import Phone
from ..outages import Disconnected, HubDisconnected
from .labels import find_device, find_phone
from .losses import Loss

if TYPE_CHECKING:
    from ..sandbox import Sandbox

_PATHS = {"disconnected": Disconnected, "hub_disconnected": HubDisconnected}


class Strike:
    """A loss that has begun. It is broken by Seam's own simulate endpoints, like the outage of the same name.

    The caller has made sure that it is possible. Raises UnknownId for a target that is not there.
    """

    def __init__(self, sandbox: Sandbox, loss: Loss) -> None:
        self.loss = loss
        self._sandbox = sandbox
        sandbox._note("outage", f"{loss} begins")
        if loss.kind == "deactivated":
            self._phone = find_phone(sandbox, loss.target)
            sandbox._api.call("/phones/deactivate", device_id=self._phone.device_id)
        else:
            self._device = find_device(sandbox, loss.target)
            self._break()

    def _break(self) -> None:
        call, device_id = self._sandbox._api.call, self._device.device_id
        kind = self.loss.kind
        if kind == "account_disconnected":
            account_id = self._device.connected_account_id
            call("/connected_accounts/simulate/disconnect", connected_account_id=account_id)
        elif kind == "removed":
            call("/devices/simulate/remove", device_id=device_id)
        elif kind == "subscription_expired":
            call("/devices/simulate/paid_subscription", device_id=device_id, is_expired=True)
        else:
            call(_PATHS[kind].break_path, device_id=device_id)

    def mend(self) -> Phone | None:
        """Heal it, if what was lost is still there to be healed; the new phone in place of a lost one."""
        replacement = self._replace() if self.loss.kind == "deactivated" else None
        if self.loss.kind == "account_disconnected":
            self._log_in()
        elif self.loss.kind != "deactivated":
            self._mend_device()
        self._sandbox._note("outage", f"{self.loss} is over")
        return replacement

    def _mend_device(self) -> None:
        call, device_id = self._sandbox._api.call, self._device.device_id
        device = self._sandbox._backend.workspace[DeviceRow].get(device_id)
        if device is None:
            return
        if self.loss.kind == "removed":
            self._sandbox._backend.readd_device(device_id)
        elif device.is_removed:
            return
        elif self.loss.kind == "subscription_expired":
            call("/devices/simulate/paid_subscription", device_id=device_id, is_expired=False)
        else:
            call(_PATHS[self.loss.kind].heal_path, device_id=device_id)

    def _log_in(self) -> None:
        """The user of the account logs in again, unless the account is gone or the program saw to that."""
        account = self._sandbox._backend.workspace[ConnectedAccountRow].get(self._device.connected_account_id)
        if account is None or not account.is_disconnected:
            return
        webview = self._sandbox._api.call("/connect_webviews/create")["connect_webview"]
        webview_id = webview["connect_webview_id"]
        self._sandbox._backend.complete_login(webview_id, email=account.email or "", provider=account.account_type)

    def _replace(self) -> Phone:
        """A new phone of the same kind for the owner of the lost one."""
        owner = self._phone.user_identity_id
        system: Literal["android", "ios"] = "ios" if self._phone.device_type == "ios_phone" else "android"
        return self._sandbox.create_phone(user_identity_id=owner, operating_system=system)
