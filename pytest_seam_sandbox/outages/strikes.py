"""Outages without assertions: broken and healed by single calls, while somebody watches Seam's laws instead."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..api.connected_accounts.model import ConnectedAccountRow
from ..api.devices.model import DeviceRow
from ..api.phones.model import Phone
from ..engine.errors import is_for_the_test
from . import Disconnected, HubDisconnected, Removed, SubscriptionExpired
from .accounts import log_in_again
from .devices import DeviceOutage
from .names import find_device, find_phone
from .phones import replacement_of
from .specs import OutageSpec

if TYPE_CHECKING:
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test

_OUTAGES: Mapping[str, type[DeviceOutage]] = MappingProxyType(
    {
        "disconnected": Disconnected,
        "hub_disconnected": HubDisconnected,
        "removed": Removed,
        "subscription_expired": SubscriptionExpired,
    }
)


class Strike:
    """A loss that has begun. It is broken by Seam's own simulate endpoints, like the outage of the same name.

    The caller has made sure that it is possible. Raises UnknownId for a target that is not there.
    """

    def __init__(self, sandbox: Sandbox, loss: OutageSpec) -> None:
        self.loss = loss
        self._sandbox = sandbox
        sandbox._note("outage", f"{loss} begins")
        call = sandbox._api.call
        if loss.kind == "deactivated":
            self._phone = find_phone(sandbox, loss.target)
            call("/phones/deactivate", device_id=self._phone.device_id)
            return
        self._device = find_device(sandbox, loss.target)
        if loss.kind == "account_disconnected":
            account_id = self._device.connected_account_id
            call("/connected_accounts/simulate/disconnect", connected_account_id=account_id)
        else:
            call(_OUTAGES[loss.kind].break_path, device_id=self._device.device_id, is_expired=self._plan(True))

    def _plan(self, is_expired: bool) -> bool | None:
        """What simulate/paid_subscription is told; the other endpoints have no such parameter."""
        return is_expired if self.loss.kind == "subscription_expired" else None

    def mend(self) -> Phone | None:
        """Heal it, if what was lost is still there to be healed; the new phone in place of a lost one."""
        replacement = None
        if self.loss.kind == "deactivated":
            replacement = replacement_of(self._sandbox, self._phone.device_type, self._phone.user_identity_id)
        elif self.loss.kind == "account_disconnected":
            self._mend_account()
        else:
            self._mend_device()
        self._sandbox._note("outage", f"{self.loss} is over")
        return replacement

    def _mend_account(self) -> None:
        """Nothing to do for an account that is gone, or that the program saw to."""
        account = self._sandbox._backend.workspace[ConnectedAccountRow].get(self._device.connected_account_id)
        if account is not None and account.is_disconnected:
            log_in_again(self._sandbox, account.email, account.account_type)

    def _mend_device(self) -> None:
        """Nothing to do for a device that is gone; what else a removed one suffers from stays."""
        device_id, kind = self._device.device_id, self.loss.kind
        device = self._sandbox._backend.workspace[DeviceRow].get(device_id)
        if device is None:
            return
        if kind == "removed":
            self._sandbox._backend.readd_device(device_id)
        elif not device.is_removed:
            self._sandbox._api.call(_OUTAGES[kind].heal_path, device_id=device_id, is_expired=self._plan(False))
