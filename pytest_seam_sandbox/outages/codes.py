"""Access codes that somebody changes or erases at the lock, outside Seam; embedded only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from ..api.access_codes.model import AccessCode
from ..backends.answers import as_model
from ..backends.base import Backend
from ..engine.errors import OutageNotPossible, UnknownId, is_for_the_test, shortened
from ..expectations.checks import Complaint
from ..expectations.expecting import wait_until
from .base import require
from .listed import ListedOutage

__tracebackhide__ = is_for_the_test

_CONFLICT = "conflicting_external_modification"
_IN_EFFECT = "external_modification_in_effect"


class CodeChangedOutside(ListedOutage[AccessCode]):
    """Somebody changes an access code at the lock. `access_code` is the code as it was right after that.

    Heals when Seam has set the code again; where `is_external_modification_allowed`, when somebody changes it back.
    event_type: what tells of it. erase: whether the code is gone from the lock.
    """

    word = "access code"
    id_name = "access_code_id"
    embedded_only = True
    access_code_id: str
    event_type: ClassVar[str] = ""
    erase: ClassVar[bool] = False

    def __init__(self, backend: Backend, access_code_id: str, label: str = "") -> None:
        super().__init__(backend, access_code_id, label)
        self.access_code = self._look()
        self._label = label or self.access_code.name or access_code_id

    def _look(self) -> AccessCode:
        """The code as it is now. Raises UnknownId when there is none that Seam manages."""
        found = self._find()
        if found is None:
            raise UnknownId(
                f"no access code {shortened(repr(self.access_code_id))} that Seam manages in this sandbox. Make one "
                "with create_access_code()."
            )
        return found

    def _find(self) -> AccessCode | None:
        answer = self._backend.api.find("/access_codes/get", access_code_id=self.access_code_id)
        return None if answer is None else as_model(AccessCode, answer["access_code"])

    @classmethod
    def _listed(cls, backend: Backend) -> Iterable[AccessCode]:
        return backend.api.access_codes()

    @classmethod
    def possible(cls, backend: Backend) -> Iterable[str]:
        """The codes that are on their locks as Seam wants them."""
        return [name for name, code in cls.by_name(backend).items() if _lack(backend, code) is None]

    def _prepare(self) -> None:
        lack = _lack(self._backend, self._look())
        if lack is not None:
            raise OutageNotPossible(f"{self} is not possible: {lack}. Use a code that is set on a lock that is online.")

    def _break(self) -> None:
        self._backend.provision.change_code_outside(self.access_code_id, erase=self.erase)

    def _assert_broken(self) -> None:
        self._expect(self.event_type, access_code_id=self.access_code_id)
        code = self.access_code = self._look()
        allowed = code.is_external_modification_allowed and not self.erase
        wanted = _IN_EFFECT if allowed else _CONFLICT
        require(wanted in _codes(code), f"{self}: the access code has no {wanted!r}")

    def _can_heal(self) -> bool:
        if self._find() is None:
            self._note("cannot be healed: the access code was deleted")
            return False
        return True

    def _heal(self) -> None:
        self._backend.provision.change_code_back(self.access_code_id)

    def _assert_healed(self) -> None:
        wait_until(self._backend, self._still_changed)
        code = self._look()
        if code.status == "set" and not (code.is_external_modification_allowed and not self.erase):
            self._expect_some("access_code.set_on_device", access_code_id=self.access_code_id)

    def _still_changed(self) -> Complaint | None:
        left = _codes(self._look()) & {_CONFLICT, _IN_EFFECT}
        return (lambda: f"{self}: the access code still has {', '.join(sorted(left))}") if left else None


class CodeModifiedExternalToSeam(CodeChangedOutside):
    """Somebody gives an access code another PIN at the lock. Heals when Seam sets it again, or it is changed back."""

    name = "code_modified_external_to_seam"
    sentence = "somebody changes the access code {} at the lock"
    switch = "external_code_modifications"
    option = "modify_code"
    event_type = "access_code.modified_external_to_seam"


class CodeDeletedExternalToSeam(CodeChangedOutside):
    """Somebody erases an access code at the lock. Heals when Seam sets it again."""

    name = "code_deleted_external_to_seam"
    sentence = "somebody erases the access code {} at the lock"
    switch = "external_code_deletions"
    option = "delete_code"
    event_type = "access_code.deleted_external_to_seam"
    erase = True


def _codes(code: AccessCode) -> set[str]:
    """The codes of its errors and warnings."""
    return {error.error_code or "" for error in code.errors} | {one.warning_code or "" for one in code.warnings}


def _lack(backend: Backend, code: AccessCode) -> str | None:
    """Why the code cannot be changed at the lock now; None when it can."""
    if not code.is_managed:
        return "Seam does not manage the access code"
    if code.is_offline_access_code:
        return "the lock computes the access code"
    if code.status != "set":
        return f"the status of the access code is {code.status}"
    if _codes(code) & {_CONFLICT, _IN_EFFECT}:
        return "the access code was changed outside Seam already"
    device = backend.find_device(code.device_id)
    if device is None or not device.is_online:
        return "the lock is offline, so Seam would not tell of it"
    return None
