"""The deactivation of a phone, which is for good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Self

from ..api.phones.model import Phone
from ..backends.base import Backend
from ..backends.lookup import Lookup, resource_id
from ..engine.errors import OutageNotPossible, is_for_the_test
from ..provisioning.resources import Provisioning
from .base import Outage, require
from .names import find_phone, name_of, name_with_number

__tracebackhide__ = is_for_the_test

_END_OF_A_PHONE = ("acs_credential.deleted", "phone.deactivated")


class Deactivation(Outage):
    """A phone is lost for good. `phone` is the dead one; `replacement` is there after leaving with `replace=True`."""

    name = "deactivated"
    sentence = "the phone {} is lost for good"
    switch = "phone_losses"
    option = "deactivate"
    word = "phone"
    is_for_good = True

    def __init__(self, backend: Backend, device_id: str, label: str = "", *, replace: bool = True) -> None:
        super().__init__(backend, label)
        self.phone: Phone = Lookup(backend).get_phone(device_id)
        self._label = label or self.phone.display_name
        self._replace = replace
        self._owner: str | None = None
        self._others: set[str] = set()
        self._keys: dict[str, set[str]] = {}

    @property
    def target_id(self) -> str:
        """The id of the phone."""
        return self.phone.device_id

    @classmethod
    def of(cls, backend: Backend, target: str) -> Self:
        """The deactivation of the phone of this name or id, whose owner gets a new one in the end."""
        phone = find_phone(backend, target)
        return cls(backend, phone.device_id, name_of(phone, target))

    @classmethod
    def lost_id(cls, backend: Backend, target: str) -> tuple[str, str]:
        """Twice the id of the phone."""
        phone = find_phone(backend, target)
        return phone.device_id, phone.device_id

    @classmethod
    def target(cls, backend: Backend, given: Any) -> tuple[str, str]:
        """Name and id of a phone."""
        found = find_phone(backend, resource_id(backend, "phone", given)).device_id
        return name_with_number(backend.phones(), found), found

    @classmethod
    def possible(cls, backend: Backend) -> Iterable[str]:
        """All phones."""
        return backend.phones()

    def _prepare(self) -> None:
        phones = self._backend.api.phone_ids()
        if self.phone.device_id not in phones:
            raise OutageNotPossible(f"{self} is not possible: the phone is deactivated already. Make a new one.")
        self._others = {one for one in phones if one != self.phone.device_id and self._backend.owns(one)}
        self._keys = self._backend.api.mobile_keys()

    def _break(self) -> None:
        facts = self._backend.find_phone(self.phone.device_id)
        self._owner = None if facts is None else facts.user_identity_id
        self._backend.api.call("/phones/deactivate", device_id=self.phone.device_id)

    def _assert_broken(self) -> None:
        self._expect("phone.deactivated", device_id=self.phone.device_id)
        self._assert_dead()
        missing = self._others - self._backend.api.phone_ids()
        require(not missing, f"{self}: other phones went with it: {sorted(missing)}")
        self._assert_keys_revoked()

    def _assert_keys_revoked(self) -> None:
        """The mobile keys of the dead phone were deleted before it; those of other phones are still there."""
        for key in (key for key, phones in self._keys.items() if self.phone.device_id in phones):
            self._expect("acs_credential.deleted", acs_credential_id=key)
        told = [event.event_type for event in self.events if event.event_type in _END_OF_A_PHONE]
        require(told[-1:] == ["phone.deactivated"], f"{self}: a mobile key was revoked after phone.deactivated")
        lost = self._keys.keys() - self._backend.api.mobile_keys().keys()
        others = sorted(key for key in lost if self._others & self._keys[key])
        require(not others, f"{self}: mobile keys of other phones went with it: {others}")

    def _heal(self) -> None:
        """A dead phone stays dead; a replacement is a phone of its own."""
        if self._replace:
            system: Literal["ios", "android"] = "ios" if self.phone.device_type == "ios_phone" else "android"
            self.replacement = Provisioning(self._backend).create_phone(
                user_identity_id=self._owner, operating_system=system
            )

    def _assert_healed(self) -> None:
        self._expect("phone.deactivated", device_id=self.phone.device_id)
        self._assert_dead()
        about = [event for event in self.events if event.device_id == self.phone.device_id]
        later = [event.event_type for event in about if event.event_type != "phone.deactivated"]
        require(not later, f"{self}: events of a dead phone: {', '.join(later)}")

    def _assert_dead(self) -> None:
        found = self._backend.api.phone(self.phone.device_id)
        require(found is None, f"{self}: /phones/get still finds the phone")
        alive = self._backend.api.phone_ids()
        require(self.phone.device_id not in alive, f"{self}: /phones/list still has the phone")
