"""Outages of access systems, and of the Seam Bridge through which Seam reaches them; embedded only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from ..backends.base import Backend
from ..backends.lookup import account_id
from ..engine.errors import OutageNotPossible, is_for_the_test
from .accounts import AccountOutage
from .base import require
from .listed import ListedOutage

if TYPE_CHECKING:
    from ..api.acs.resources import AcsSystem

__tracebackhide__ = is_for_the_test

_ERROR = "acs_system_disconnected"


def _account_of(backend: Backend, target: str) -> str:
    """The id of an account, by a name or id of its own or of a device; the first of a name is called by it."""
    device = backend.devices().get(target)
    return account_id(backend, target) if device is None else device.connected_account_id


class BridgeDisconnected(AccountOutage):
    """The Seam Bridge of an account does not run: its devices and access systems are unreachable. Heals when it runs.

    Which providers need a bridge is not asked: every account can have the error at Seam.
    """

    name = "bridge_disconnected"
    sentence = "the Seam Bridge of the account of {} stops"
    switch = "bridge_disconnections"
    option = "disconnect_bridge"
    embedded_only = True
    error_code = "bridge_disconnected"

    @classmethod
    def lost_id(cls, backend: Backend, target: str) -> tuple[str, str]:
        """Twice the id of the account; it may have no devices."""
        account = _account_of(backend, target)
        return account, account

    @classmethod
    def target(cls, backend: Backend, given: Any) -> tuple[str, str]:
        """Name and id of the account."""
        outage = cls(backend, account_id(backend, given))
        return outage.account.display_name, outage.connected_account_id

    @classmethod
    def of(cls, backend: Backend, target: str) -> Self:
        """The outage of an account, or of that of the device of this name or id."""
        return cls(backend, _account_of(backend, target), target)

    def _break(self) -> None:
        self._systems = [one for one in self._all_systems() if not one.errors]
        self._backend.provision.set_mark(self.connected_account_id, "errors", self.error_code, None, {})

    def _all_systems(self) -> list[AcsSystem]:
        account = self.connected_account_id
        return [one for one in self._backend.api.acs_systems() if one.connected_account_id == account]

    def _assert_broken(self) -> None:
        super()._assert_broken()
        for system in self._systems:
            self._expect("acs_system.disconnected", acs_system_id=system.acs_system_id)

    def _heal(self) -> None:
        if self._is_lost(self._look()):
            self._note("ends: the bridge runs again")
            self._backend.provision.clear_mark(self.connected_account_id, "errors", self.error_code)

    def _assert_healed(self) -> None:
        super()._assert_healed()
        if not self.account.errors:
            self._expect_some("connected_account.connected", connected_account_id=self.connected_account_id)
        for system in self._all_systems():
            require(
                self.error_code not in _codes(system), f"{self}: {system.name} still has the error {self.error_code!r}"
            )
            if not system.errors:
                self._expect_some("acs_system.connected", acs_system_id=system.acs_system_id)


class AcsSystemDisconnected(ListedOutage["AcsSystem"]):
    """An access system does not answer Seam. Heals when it does; what waited for it is issued then.

    `acs_system` is the system as it was right after the beginning.
    """

    name = "acs_system_disconnected"
    sentence = "Seam loses the access system {}"
    switch = "acs_system_disconnections"
    option = "disconnect_acs_system"
    word = "access system"
    id_name = "acs_system_id"
    embedded_only = True
    acs_system_id: str

    def __init__(self, backend: Backend, acs_system_id: str, label: str = "") -> None:
        super().__init__(backend, acs_system_id, label)
        self.acs_system = self._look()
        self._label = label or self.acs_system.name
        self._was_connected = True

    def _look(self) -> AcsSystem:
        return self._backend.api.acs_system(self.acs_system_id)

    @classmethod
    def _listed(cls, backend: Backend) -> Iterable[AcsSystem]:
        return backend.api.acs_systems()

    @classmethod
    def possible(cls, backend: Backend) -> Iterable[str]:
        """The access systems without this error."""
        return [name for name, system in cls.by_name(backend).items() if _ERROR not in _codes(system)]

    def _prepare(self) -> None:
        system = self._look()
        if _ERROR in _codes(system):
            raise OutageNotPossible(
                f"{self} is not possible: the system is disconnected already. Wait until that outage is over."
            )
        self._was_connected = not system.errors

    def _break(self) -> None:
        self._backend.provision.set_mark(self.acs_system_id, "errors", _ERROR, None, {})

    def _assert_broken(self) -> None:
        if self._was_connected:
            self._expect("acs_system.disconnected", acs_system_id=self.acs_system_id)
        self.acs_system = self._look()
        require(_ERROR in _codes(self.acs_system), f"{self}: the system has no error {_ERROR!r}")

    def _can_heal(self) -> bool:
        answer = self._backend.api.find("/acs/systems/get", acs_system_id=self.acs_system_id)
        if answer is None:
            self._note("cannot be healed: the access system is gone")
        return answer is not None

    def _heal(self) -> None:
        if _ERROR in _codes(self._look()):
            self._backend.provision.clear_mark(self.acs_system_id, "errors", _ERROR)

    def _assert_healed(self) -> None:
        system = self._look()
        require(_ERROR not in _codes(system), f"{self}: the system still has the error {_ERROR!r}")
        if not system.errors:
            self._expect_some("acs_system.connected", acs_system_id=self.acs_system_id)


def _codes(system: AcsSystem) -> set[str]:
    """The codes of its errors."""
    return {error.error_code or "" for error in system.errors}
