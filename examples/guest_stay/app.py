"""Lets the guests of a holiday flat in: a code for each stay, and an honest answer to "can they get in?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from seam import Seam, SeamHttpApiError

ByCode = Literal["works", "not yet", "unknown", "none"]
Door = Literal["online", "offline", "gone"]

OFFLINE = {"device_disconnected", "hub_disconnected", "account_disconnected"}


@dataclass
class Stay:
    """What was agreed with a guest. `code_id` is None while Seam has no code for the stay."""

    guest: str
    door_id: str
    starts_at: datetime
    ends_at: datetime
    phone_id: str | None = None
    code_id: str | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class Report:
    """Whether a guest can get in now: by the code at the keypad, by the key on the phone."""

    by_code: ByCode
    by_phone: bool
    door: Door

    @property
    def can_get_in(self) -> bool:
        """Said only when something is known to open the door."""
        return self.by_code == "works" or self.by_phone


class GuestStays:
    """The stays of all guests. What Seam could not take yet is tried again by `catch_up`."""

    def __init__(self, seam: Seam) -> None:
        self._seam = seam
        self._stays: list[Stay] = []

    def book(self, stay: Stay) -> Stay:
        """Make a code for a stay; the lock may be offline, then the code waits for it at Seam."""
        self._stays.append(stay)
        self._bring_up_to_date(stay)
        return stay

    def prolong(self, stay: Stay, ends_at: datetime) -> None:
        """Let the guest stay until `ends_at`."""
        stay.ends_at = ends_at
        self._bring_up_to_date(stay)

    def cancel(self, stay: Stay) -> bool:
        """Take the code back; True when it is off the lock, False while it may still open."""
        stay.is_cancelled = True
        self._bring_up_to_date(stay)
        return self.is_locked_out(stay)

    def is_locked_out(self, stay: Stay) -> bool:
        """Whether the code of the stay is gone for certain."""
        return self._code(stay) is None

    def phone_lost(self, stay: Stay) -> None:
        """Lock the guest's lost phone out, for good; one that is out already is fine."""
        if stay.phone_id is not None and self._has_phone(stay):
            self._seam.phones.deactivate(device_id=stay.phone_id)

    def report(self, stay: Stay) -> Report:
        """Whether the guest can get in now."""
        code = self._code(stay)
        by_code: ByCode = "none"
        if code is not None:
            by_code = {"set": "works", "unknown": "unknown"}.get(code.status, "not yet")
        return Report(by_code, self._has_phone(stay), self._door(stay))

    def catch_up(self) -> None:
        """Try again what Seam could not take; call it from time to time, or when a door came back."""
        for stay in self._stays:
            self._bring_up_to_date(stay)

    def _bring_up_to_date(self, stay: Stay) -> None:
        """Make Seam want what the stay wants. A door that is gone takes nothing: `catch_up` tries again."""
        code = self._code(stay)
        try:
            if stay.is_cancelled:
                if code is not None:
                    self._seam.access_codes.delete(access_code_id=code.access_code_id)
            elif code is None:
                stay.code_id = self._make_code(stay)
            elif datetime.fromisoformat(code.ends_at) != stay.ends_at:
                self._seam.access_codes.update(access_code_id=code.access_code_id, ends_at=stay.ends_at.isoformat())
        except SeamHttpApiError as error:
            if error.code != "device_removed":
                raise

    def _make_code(self, stay: Stay) -> str:
        code = self._seam.access_codes.create(
            device_id=stay.door_id,
            name=stay.guest,
            starts_at=stay.starts_at.isoformat(),
            ends_at=stay.ends_at.isoformat(),
        )
        return code.access_code_id

    def _code(self, stay: Stay):  # noqa: ANN202 - the SDK's object
        if stay.code_id is None:
            return None
        try:
            return self._seam.access_codes.get(access_code_id=stay.code_id)
        except SeamHttpApiError as error:
            if error.code != "not_found":
                raise
            return None

    def _has_phone(self, stay: Stay) -> bool:
        phones = {phone.device_id for phone in self._seam.phones.list()}
        return not stay.is_cancelled and stay.phone_id in phones

    def _door(self, stay: Stay) -> Door:
        errors = {error.error_code for error in self._seam.devices.get(device_id=stay.door_id).errors}
        return "gone" if "device_removed" in errors else "offline" if errors & OFFLINE else "online"
