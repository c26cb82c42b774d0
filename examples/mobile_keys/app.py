"""Keeps the list of phones that may open doors, and stops trusting those that are lost."""

from __future__ import annotations

from seam import Seam, SeamHttpApiError


class MobileKeys:
    """Which phone of which person is trusted. Seam has the last word: a phone that it no longer has is not trusted."""

    def __init__(self, seam: Seam) -> None:
        self._seam = seam
        self._trusted: dict[str, str] = {}

    def trust(self, person_id: str, phone_id: str) -> None:
        """Let this phone open doors for its person, in place of the one that the person had."""
        self._trusted[person_id] = phone_id

    def may_open(self, person_id: str) -> bool:
        """Whether the person's phone may open doors now."""
        phone_id = self._trusted.get(person_id)
        return phone_id is not None and self._is_alive(phone_id)

    def report_lost(self, person_id: str) -> bool:
        """Lock a lost phone out, everywhere and for good; False when there was nothing to lock out any more."""
        phone_id = self._trusted.pop(person_id, None)
        if phone_id is None or not self._is_alive(phone_id):
            return False
        self._seam.phones.deactivate(device_id=phone_id)
        return True

    def _is_alive(self, phone_id: str) -> bool:
        try:
            self._seam.phones.get(device_id=phone_id)
        except SeamHttpApiError as error:
            if error.code != "device_not_found":
                raise
            return False
        return True
