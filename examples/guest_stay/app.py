"""Lets the guests of a hotel flat in: one access grant for each stay, and an honest answer to "can they get in?"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from seam import Seam

Way = Literal["works", "no phone", "not yet", "late", "failed", "changing", "ending", "none"]

WORDS: dict[str, Way] = {
    "being_deleted": "ending",
    "failed_to_issue": "failed",
    "delay_in_issuing": "late",
    "updating_access_times": "changing",
}
"""What the errors and warnings of an access method mean for a guest; the first that applies counts."""


@dataclass
class Stay:
    """What was agreed with a guest. `booking` is the app's own number, by which Seam finds the grant of the stay.

    `link` opens the mobile key on the guest's phone; None before Seam made one.
    """

    booking: str
    guest_id: str
    lock_id: str
    room_id: str
    starts_at: datetime
    ends_at: datetime
    link: str | None = None
    is_over: bool = False


@dataclass(frozen=True)
class Report:
    """Whether a guest can get in now: by the PIN at the lock, by the mobile key at the hotel's door."""

    by_pin: Way
    by_key: Way

    @property
    def can_get_in(self) -> bool:
        """Said only when the PIN as well as the key is known to open its door."""
        return self.by_pin == self.by_key == "works"


class GuestStays:
    """The stays of all guests. What could not be done at once is tried again by `catch_up`."""

    def __init__(self, seam: Seam) -> None:
        self._seam = seam
        self._stays: list[Stay] = []

    def book(self, stay: Stay) -> Stay:
        """Give the guest access; what is offline gets it later."""
        self._stays.append(stay)
        self._bring_up_to_date(stay)
        return stay

    def prolong(self, stay: Stay, ends_at: datetime) -> None:
        """Let the guest stay until `ends_at`."""
        stay.ends_at = ends_at
        self._bring_up_to_date(stay)

    def check_out(self, stay: Stay) -> bool:
        """Take all access back; True when it is gone, False while something may still open."""
        stay.is_over = True
        self._bring_up_to_date(stay)
        return self.is_locked_out(stay)

    def is_locked_out(self, stay: Stay) -> bool:
        """Whether all access is gone for certain: Seam keeps the grant as long as one door has not forgotten it."""
        return self._grant(stay) is None

    def phone_lost(self, stay: Stay) -> None:
        """Lock the guest's phones out, for good, and the old link with them; `link` is a new one for the next phone."""
        for phone in self._seam.phones.list(owner_user_identity_id=stay.guest_id):
            self._seam.phones.deactivate(device_id=phone.device_id)
        self._delete_link(stay)
        stay.link = self._seam.user_identities.generate_instant_key(user_identity_id=stay.guest_id).instant_key_url

    def report(self, stay: Stay) -> Report:
        """Whether the guest can get in now."""
        by_key = self._way(stay, "mobile_key")
        if by_key == "works" and not self._has_key_on_phone(stay):
            by_key = "no phone"
        return Report(self._way(stay, "code"), by_key)

    def catch_up(self, now: datetime) -> None:
        """Check out whose time is over, and try again what failed; call it from time to time."""
        for stay in self._stays:
            stay.is_over = stay.is_over or stay.ends_at <= now
            self._bring_up_to_date(stay)

    def _bring_up_to_date(self, stay: Stay) -> None:
        """Make Seam want what the stay wants. A lock that is gone gets no PIN: `catch_up` asks for it again."""
        grant = self._grant(stay)
        if stay.is_over:
            self._delete_link(stay)
            if grant is not None:
                self._seam.access_grants.delete(access_grant_id=grant.access_grant_id)
            return
        if grant is None:
            grant = self._make_grant(stay)
        elif datetime.fromisoformat(grant.ends_at) != stay.ends_at:
            self._seam.access_grants.update(access_grant_key=stay.booking, ends_at=stay.ends_at.isoformat())
        stay.link = stay.link or grant.instant_key_url
        if not self._methods(stay, "code") and not self._is_lock_gone(stay):
            self._seam.access_grants.request_access_methods(
                access_grant_id=grant.access_grant_id, requested_access_methods=[{"mode": "code"}]
            )

    def _make_grant(self, stay: Stay):  # noqa: ANN202 - the SDK's object
        return self._seam.access_grants.create(
            access_grant_key=stay.booking,
            reservation_key=stay.booking,
            user_identity_id=stay.guest_id,
            device_ids=[stay.lock_id],
            acs_entrance_ids=[stay.room_id],
            requested_access_methods=[{"mode": "code"}, {"mode": "mobile_key"}],
            starts_at=stay.starts_at.isoformat(),
            ends_at=stay.ends_at.isoformat(),
        )

    def _grant(self, stay: Stay):  # noqa: ANN202 - the SDK's object
        return next(iter(self._seam.access_grants.list(access_grant_key=stay.booking)), None)

    def _methods(self, stay: Stay, mode: str) -> list:
        grant = self._grant(stay)
        found = [] if grant is None else self._seam.access_methods.list(access_grant_id=grant.access_grant_id)
        return [method for method in found if method.mode == mode]

    def _way(self, stay: Stay, mode: str) -> Way:
        ways: list[Way] = []
        for method in self._methods(stay, mode):
            codes = {error.error_code for error in method.errors} | {one.warning_code for one in method.warnings}
            usual: Way = "works" if method.is_issued else "not yet"
            ways.append(next((word for code, word in WORDS.items() if code in codes), usual))
        return "works" if "works" in ways else next(iter(ways), "none")

    def _has_key_on_phone(self, stay: Stay) -> bool:
        ids = [method.access_method_id for method in self._methods(stay, "mobile_key")]
        related = self._seam.access_methods.get_related(access_method_ids=ids, include=["acs_credentials"])
        return any(credential["is_issued"] for credential in related.acs_credentials)

    def _delete_link(self, stay: Stay) -> None:
        for key in self._seam.instant_keys.list(user_identity_id=stay.guest_id):
            if key.instant_key_url == stay.link:
                self._seam.instant_keys.delete(instant_key_id=key.instant_key_id)

    def _is_lock_gone(self, stay: Stay) -> bool:
        errors = self._seam.devices.get(device_id=stay.lock_id).errors
        return any(error.error_code == "device_removed" for error in errors)
