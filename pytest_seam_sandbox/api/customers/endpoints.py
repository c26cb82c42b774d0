"""/customers: what an app tells of its customers, and the portals of these."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Literal

from ...engine.params import Complaint, invalid_input
from ...engine.router import Router
from ...engine.types import Nullable, Number, Text, Uuid
from ...engine.workspace import Workspace
from .._shared import WORKSPACE
from ..instant_keys.state import refuse_profile
from .params import (
    AccessGrantData,
    BookingData,
    BuildingData,
    CommonAreaData,
    CustomerData,
    DeepLink,
    FacilityData,
    Features,
    GuestData,
    LandingPage,
    ListingData,
    Locale,
    OwnKey,
    PropertyData,
    PropertyListingData,
    ReservationData,
    ResidentData,
    ResourceFilter,
    RoomData,
    SiteData,
    SpaceData,
    StaffMemberData,
    TenantData,
    UnitData,
    UserData,
    UserIdentityData,
)
from .state import delete_customers, delete_people, delete_places, delete_stays, open_portal, push

router = Router("/customers")

_AUTOMATIONS = (
    "The switch of Seam's automations, which make access grants of reservations, bookings and access grants, is in its "
    "Console: here it is the setting automations, and off by default. No source says in which order the ways in are "
    "tried (here code, card, mobile key, cloud key, the first that a door has), or what becomes of a stay whose person "
    "or place nobody has told of (nothing)."
)
_UNSEEN = "Seam's Console and portals show it; no answer does"
_ONE_MARK = "in the sandbox device.low_battery comes at one mark, a charge of 0.3, for every customer"
_PAGES = "it shapes the pages of the portal, which the sandbox does not have"
DATA = MappingProxyType(
    {
        "reservations.custom_metadata": _UNSEEN,
        "property_listings": _UNSEEN,
        "sites": _UNSEEN,
        "staff_members": _UNSEEN,
        "spaces.duration_minutes": _UNSEEN,
        **{f"{name}.parent_site_key": _UNSEEN for name in ("spaces", "rooms", "common_areas", "units")},
    }
)
_PORTAL = MappingProxyType(
    dict.fromkeys(
        (
            "_dev",
            "customer_resources_filters",
            "deep_link",
            "exclude_locale_picker",
            "features",
            "is_embedded",
            "landing_page",
            "locale",
            "navigation_mode",
        ),
        _PAGES,
    )
)


@router.post(
    "create_portal",
    key="customer_portal",
    twin="magic_link",
    allow=WORKSPACE,
    source="docs",
    no_effect={**_PORTAL, **{f"customer_data.{name}": reason for name, reason in DATA.items()}},
    conflict=_AUTOMATIONS,
)
def create_portal(
    workspace: Workspace,
    *,
    _dev: bool | None = None,
    customer_data: CustomerData | None = None,
    customer_resources_filters: list[ResourceFilter] | None = None,
    customization_profile_id: Uuid | None = None,
    deep_link: DeepLink | None = None,
    exclude_locale_picker: bool = False,
    features: Features | None = None,
    is_embedded: bool = False,
    landing_page: LandingPage | None = None,
    locale: Locale | None = None,
    navigation_mode: Literal["full", "restricted"] = "full",
    read_only: bool = False,
) -> dict[str, str]:
    """A link to a customer's portal, for 7 days, under two keys; the customer's data is taken over first.

    Its token is that of a client session of the customer; one of a portal that is read_only may change nothing (spec).
    Without customer_data: 400 `invalid_input` (assumed, since the answer names the customer). The sandbox has no
    customization profiles: 404 `customization_profile_not_found`.
    """
    if customer_data is None:
        raise invalid_input([Complaint(("customer_data",), "Required")])
    refuse_profile(customization_profile_id)
    customer_key = customer_data["customer_key"]
    told: dict[str, Any] = {**customer_data}
    push(workspace, customer_key, told)
    return open_portal(workspace, customer_key, is_read_only=read_only)


@router.post(
    "push_data",
    allow=WORKSPACE,
    source="docs",
    no_effect={**DATA, "low_battery_alert_threshold": _ONE_MARK},
    conflict=_AUTOMATIONS,
)
def push_data(
    workspace: Workspace,
    *,
    access_grants: list[AccessGrantData] | None = None,
    bookings: list[BookingData] | None = None,
    buildings: list[BuildingData] | None = None,
    common_areas: list[CommonAreaData] | None = None,
    customer_key: OwnKey,
    customization_profile_id: Nullable[Uuid] = None,
    facilities: list[FacilityData] | None = None,
    guests: list[GuestData] | None = None,
    listings: list[ListingData] | None = None,
    low_battery_alert_threshold: Nullable[Number] = None,
    properties: list[PropertyData] | None = None,
    property_listings: list[PropertyListingData] | None = None,
    reservations: list[ReservationData] | None = None,
    residents: list[ResidentData] | None = None,
    rooms: list[RoomData] | None = None,
    sites: list[SiteData] | None = None,
    spaces: list[SpaceData] | None = None,
    staff_members: list[StaffMemberData] | None = None,
    tenants: list[TenantData] | None = None,
    units: list[UnitData] | None = None,
    user_identities: list[UserIdentityData] | None = None,
    users: list[UserData] | None = None,
) -> None:
    """Tell of a customer's people and places: user identities and spaces by their keys, new or with new details.

    A space comes without doors: space.created; /spaces/create with its key gives it some. Who has another's email
    address or phone number is skipped silently (docs). With the setting `automations` a stay becomes an access grant,
    and told again the grant has its new times. The sandbox has no customization profiles: 404.
    """
    refuse_profile(customization_profile_id)
    data = {
        "guests": guests,
        "tenants": tenants,
        "residents": residents,
        "users": users,
        "user_identities": user_identities,
        "spaces": spaces,
        "properties": properties,
        "rooms": rooms,
        "common_areas": common_areas,
        "units": units,
        "facilities": facilities,
        "buildings": buildings,
        "listings": listings,
        "reservations": reservations,
        "bookings": bookings,
        "access_grants": access_grants,
    }
    push(workspace, customer_key, data)


@router.delete(
    "delete_data",
    allow=WORKSPACE,
    source="docs",
    no_effect={"property_listing_keys": _UNSEEN, "staff_member_keys": _UNSEEN},
)
def delete_data(
    workspace: Workspace,
    *,
    access_grant_keys: list[Text] | None = None,
    booking_keys: list[Text] | None = None,
    building_keys: list[Text] | None = None,
    common_area_keys: list[Text] | None = None,
    customer_keys: list[Text] | None = None,
    facility_keys: list[Text] | None = None,
    guest_keys: list[Text] | None = None,
    listing_keys: list[Text] | None = None,
    property_keys: list[Text] | None = None,
    property_listing_keys: list[Text] | None = None,
    reservation_keys: list[Text] | None = None,
    resident_keys: list[Text] | None = None,
    room_keys: list[Text] | None = None,
    space_keys: list[Text] | None = None,
    staff_member_keys: list[Text] | None = None,
    tenant_keys: list[Text] | None = None,
    unit_keys: list[Text] | None = None,
    user_identity_keys: list[Text] | None = None,
    user_keys: list[Text] | None = None,
) -> None:
    """Delete people, places and stays by their keys, with all that is theirs and its events; a customer with all of it.

    A booking's key is the reservation_key of its access grants. Unknown keys and no keys: nothing happens (assumed).
    """
    for people in (guest_keys, tenant_keys, resident_keys, user_keys, user_identity_keys):
        delete_people(workspace, people or ())
    delete_stays(workspace, "access_grant_key", access_grant_keys or ())
    delete_stays(workspace, "reservation_key", (*(reservation_keys or ()), *(booking_keys or ())))
    for places in (
        *(space_keys, property_keys, room_keys, common_area_keys),
        *(unit_keys, facility_keys, building_keys, listing_keys),
    ):
        delete_places(workspace, places or ())
    delete_customers(workspace, customer_keys or ())
