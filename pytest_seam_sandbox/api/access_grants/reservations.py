"""The rules of reservation_key. Source: docs; the error types are assumed."""

from __future__ import annotations

from collections.abc import Iterable

from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from ..acs.model import AcsEntranceRow
from .doors import doors_of
from .model import AccessGrantRow, Mode


def check_reservation(
    workspace: Workspace, grant: AccessGrantRow, modes: Iterable[Mode], entrances: Iterable[AcsEntranceRow]
) -> None:
    """Raise ApiError for a new grant that breaks a rule; only the doors of guest rooms count.

    400: a card or a mobile key for a guest room without a key, or a key and entrances that belong to no reservation.
    409: the time does not overlap that of the other grants with the key, or the doors are others than those of the
    first of them, of which a later one may have fewer.
    """
    doors = {row.id for row in entrances if row.can_belong_to_reservation}
    if grant.reservation_key is None:
        if doors and not {"card", "mobile_key"}.isdisjoint(modes):
            raise ApiError(400, "reservation_key_required", "A guest credential of this system needs a reservation_key")
        return
    if entrances and not doors:
        raise ApiError(400, "reservation_key_not_supported", "reservation_key not supported.")
    others = [row for row in workspace[AccessGrantRow] if row.reservation_key == grant.reservation_key]
    if any(not _overlap(grant, other) for other in others):
        raise ApiError(409, "reservation_time_frames_must_overlap", "Reservation time frames must overlap.")
    first = doors_of(workspace, others[0]).entrances if others else ()
    known = {row.id for row in first if row.can_belong_to_reservation}
    if not known or doors <= known:
        return
    if doors > known:
        raise ApiError(409, "reservation_joiner_entrance_set_conflict", "Reservation joiner entrance set conflict.")
    message = "Reservation entrance change requires cleanup."
    raise ApiError(409, "reservation_entrance_change_requires_cleanup", message)


def _overlap(one: AccessGrantRow, other: AccessGrantRow) -> bool:
    """Whether two grants have a moment in common; that one ends when the other starts is none."""
    first_is_early = one.ends_at is not None and one.ends_at <= other.starts_at
    second_is_early = other.ends_at is not None and other.ends_at <= one.starts_at
    return not (first_is_early or second_is_early)
