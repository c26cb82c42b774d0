"""What Seam's automations make of a customer's stays: an access grant for each reservation, booking and access grant.

Their switch is in Seam's Console, here the setting `automations`. Source: docs for what a grant is made of and when it
is skipped. Assumed: in which order the ways in are tried, that a grant is found again by customer and key, and that
what was told before and is left out now stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from .._shared import written
from ..access_grants.doors import doors_at, is_lock, opened_by, takes_codes
from ..access_grants.model import AccessGrantRow, Mode, RequestedMethod
from ..access_grants.state import add_grant, checked_end, plan_grant
from ..access_grants.times import change_times
from ..spaces.model import SpaceRow
from ..user_identities.model import find_by_key

STAYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "reservations": ("reservation_key", "reservation_key"),
        "bookings": ("booking_key", "reservation_key"),
        "access_grants": ("access_grant_key", "access_grant_key"),
    }
)
"""The lists of stays; for each the name of its key, and that of the key of the access grant."""
PEOPLE: Mapping[str, str] = MappingProxyType(
    {
        "guests": "guest_key",
        "tenants": "tenant_key",
        "residents": "resident_key",
        "users": "user_key",
        "user_identities": "user_identity_key",
    }
)
"""The lists of people, and the name of the key of each."""
PLACES: Mapping[str, str] = MappingProxyType(
    {
        "spaces": "space_key",
        "properties": "property_key",
        "rooms": "room_key",
        "common_areas": "common_area_key",
        "units": "unit_key",
        "facilities": "facility_key",
        "buildings": "building_key",
        "listings": "listing_key",
    }
)
"""The lists of places that are spaces to Seam (docs), and the name of the key of each."""
_OF_PLACES = (
    *("space_keys", "property_keys", "room_keys", "common_area_keys"),
    *("unit_keys", "facility_keys", "building_keys", "listing_keys"),
)
"""Where a stay names its places."""
_MODES: tuple[Mode, ...] = ("code", "card", "mobile_key", "cloud_key")
_PIN = range(4, 10)  # how many digits the code of a grant may have


def push_stay(workspace: Workspace, customer_key: str, told: Mapping[str, Any], own_key: Mapping[str, str]) -> None:
    """Make the access grant of a stay, or give the one that there is its new times and name.

    own_key: the name of the grant's key, and the key. Without a person or a place that is known, or where a grant would
    be refused, nothing happens (docs: the push is answered all the same).
    """
    [(field, key)] = own_key.items()
    grants = [
        row
        for row in workspace[AccessGrantRow]
        if row.customer_key == customer_key and getattr(row, field) == key and not row.is_leaving
    ]
    try:
        for grant in grants:
            _change(workspace, grant, told)
        if not grants:
            _make(workspace, customer_key, told, own_key)
    except ApiError:
        return


def _change(workspace: Workspace, grant: AccessGrantRow, told: Mapping[str, Any]) -> None:
    start = written(told.get("starts_at")) or grant.starts_at
    end = checked_end(workspace, start, told["ends_at"]) if "ends_at" in told else grant.ends_at
    if "name" in told:
        grant = workspace[AccessGrantRow].put(grant.but(name=told["name"]))
    change_times(workspace, grant, start, end)


def _make(workspace: Workspace, customer_key: str, told: Mapping[str, Any], own_key: Mapping[str, str]) -> None:
    person_key = next((told[key] for key in PEOPLE.values() if key in told), "")
    place_keys = {one for name in _OF_PLACES for one in told.get(name, ())}
    owner = find_by_key(workspace, person_key)
    spaces = tuple(space.id for space in workspace[SpaceRow] if space.space_key in place_keys)
    if owner is None or not spaces:
        return
    pin = told.get("preferred_code", "")
    is_pin = pin.isascii() and pin.isdigit() and len(pin) in _PIN
    grant = plan_grant(
        workspace,
        owner=owner,
        requests=[
            RequestedMethod(mode, workspace.clock.text(), code=pin if mode == "code" and is_pin else None)
            for mode in _ways_in(workspace, spaces)
        ],
        starts_at=told.get("starts_at"),
        ends_at=told.get("ends_at"),
        name=told.get("name"),
        space_ids=spaces,
        customer_key=customer_key,
        **own_key,
    )
    add_grant(workspace, grant)


def _ways_in(workspace: Workspace, space_ids: tuple[str, ...]) -> list[Mode]:
    """The first mode that each door has; codes for spaces that have no doors yet (assumed)."""
    doors = doors_at(workspace, space_ids=space_ids)
    has_codes = any(is_lock(device) and takes_codes(device) for device in doors.devices)
    found: set[Mode | None] = {"code"} if has_codes else set()
    for entrance in doors.entrances:
        found.add(next((mode for mode in _MODES if opened_by(workspace, mode, [entrance])), None))
    return [mode for mode in _MODES if mode in found] or ["code"]
