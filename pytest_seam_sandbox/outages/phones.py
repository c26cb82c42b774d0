"""The loss of a phone, which is for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..api.phones.model import Phone
from ..engine.errors import OutageNotPossible, is_for_the_test

if TYPE_CHECKING:
    from ..sandbox import Sandbox


from .base import Outage, require

__tracebackhide__ = is_for_the_test

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
        phones = self._sandbox._api.phone_ids()
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
        missing = self._others - self._sandbox._api.phone_ids()
        require(not missing, f"{self}: other phones went with it: {sorted(missing)}")
        self._assert_keys_revoked()

    def _assert_keys_revoked(self) -> None:
        """The mobile keys of the dead phone were deleted before it; those of other phones are still there."""
        for key in (key for key, phones in self._keys.items() if self.phone.device_id in phones):
            self._expect("acs_credential.deleted", acs_credential_id=key)
        told = [event.event_type for event in self.events if event.event_type in _END_OF_A_PHONE]
        require(told[-1:] == ["phone.deactivated"], f"{self}: a mobile key was revoked after phone.deactivated")
        lost = self._keys.keys() - self._sandbox._api.mobile_keys().keys()
        others = sorted(key for key in lost if self._others & self._keys[key])
        require(not others, f"{self}: mobile keys of other phones went with it: {others}")

    def _heal(self) -> None:
        """A dead phone stays dead; a replacement is a phone of its own."""
        if self._replace:
            self.replacement = replacement_of(self._sandbox, self.phone.device_type, self._owner)

    def _assert_healed(self) -> None:
        self._expect("phone.deactivated", device_id=self.phone.device_id)
        self._assert_dead()
        about = [event for event in self.events if event.device_id == self.phone.device_id]
        later = [event.event_type for event in about if event.event_type != "phone.deactivated"]
        require(not later, f"{self}: events of a dead phone: {', '.join(later)}")

    def _assert_dead(self) -> None:
        found = self._sandbox._api.phone(self.phone.device_id)
        require(found is None, f"{self}: /phones/get still finds the phone")
        alive = self._sandbox._api.phone_ids()
        require(self.phone.device_id not in alive, f"{self}: /phones/list still has the phone")


def replacement_of(sandbox: Sandbox, device_type: str, owner: str | None) -> Phone:
    """A new phone of the same operating system for the owner of a lost one."""
    system: Literal["ios", "android"] = "ios" if device_type == "ios_phone" else "android"
    return sandbox.create_phone(user_identity_id=owner, operating_system=system)
