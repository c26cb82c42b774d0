"""What a customer's data looks like in a request. Source: spec."""

from __future__ import annotations

import re
from typing import Annotated, Literal, NotRequired

from annotated_types import Gt, MinLen
from pydantic import AfterValidator, BeforeValidator
from typing_extensions import TypedDict

from ...engine.query import QueryType
from ...engine.types import DateTime, Metadata, NonEmptyText, Number, Text, integer, refused
from ..spaces.params import CustomerDataParam


def _trimmed(value: str) -> str:
    if value != value.strip():
        raise refused("Must not have leading or trailing whitespace")
    return value


def _field_name(value: str) -> str:
    if re.fullmatch(r"[a-zA-Z_]\w*", value, re.ASCII) is None:
        raise refused("Invalid")
    return value


OwnKey = Annotated[str, MinLen(1), AfterValidator(_trimmed), QueryType("string")]
Minutes = Annotated[int, BeforeValidator(integer), Gt(0), QueryType("number")]
FieldName = Annotated[str, AfterValidator(_field_name), QueryType("string")]


class Geolocation(TypedDict):
    """Where a place is."""

    latitude: Number
    longitude: Number


class SpaceData(TypedDict):
    """A space; its doors come by /spaces/create with the same key (docs)."""

    customer_data: NotRequired[CustomerDataParam]
    duration_minutes: NotRequired[Minutes]
    geolocation: NotRequired[Geolocation]
    name: Text
    parent_site_key: NotRequired[NonEmptyText]
    space_key: OwnKey


class SiteData(TypedDict):
    """A site."""

    name: Text
    site_key: OwnKey


class PropertyData(TypedDict):
    """A property."""

    name: Text
    property_key: OwnKey


class FacilityData(TypedDict):
    """A facility."""

    facility_key: OwnKey
    name: Text


class BuildingData(TypedDict):
    """A building."""

    building_key: OwnKey
    name: Text


class ListingData(TypedDict):
    """A listing."""

    listing_key: OwnKey
    name: Text


class RoomData(TypedDict):
    """A room."""

    name: Text
    parent_site_key: NotRequired[NonEmptyText]
    room_key: OwnKey


class CommonAreaData(TypedDict):
    """A common area."""

    common_area_key: OwnKey
    name: Text
    parent_site_key: NotRequired[NonEmptyText]


class UnitData(TypedDict):
    """A unit."""

    name: Text
    parent_site_key: NotRequired[NonEmptyText]
    unit_key: OwnKey


class PropertyListingData(TypedDict):
    """A property listing."""

    custom_metadata: NotRequired[Metadata]
    name: Text
    property_listing_key: OwnKey


class _Contact(TypedDict):
    email_address: NotRequired[Text]
    name: Text
    phone_number: NotRequired[Text]


class GuestData(_Contact):
    """A guest."""

    guest_key: OwnKey


class TenantData(_Contact):
    """A tenant."""

    tenant_key: OwnKey


class ResidentData(_Contact):
    """A resident."""

    resident_key: OwnKey


class UserData(_Contact):
    """A user."""

    user_key: OwnKey


class UserIdentityData(_Contact):
    """A user identity."""

    user_identity_key: OwnKey


class _Places(TypedDict, total=False):
    building_keys: list[Text]
    common_area_keys: list[Text]
    facility_keys: list[Text]
    listing_keys: list[Text]
    property_keys: list[Text]
    room_keys: list[Text]
    space_keys: list[Text]
    unit_keys: list[Text]


class StaffMemberData(_Contact, _Places):
    """Somebody who works at some places."""

    property_listing_keys: NotRequired[list[Text]]
    site_keys: NotRequired[list[Text]]
    staff_member_key: OwnKey


class _Stay(_Places, total=False):
    ends_at: DateTime
    guest_key: Text
    name: Text
    preferred_code: Text
    resident_key: Text
    starts_at: DateTime
    tenant_key: Text
    user_identity_key: Text
    user_key: Text


class ReservationData(_Stay):
    """A reservation."""

    custom_metadata: NotRequired[Metadata]
    reservation_key: OwnKey


class BookingData(_Stay):
    """A booking."""

    booking_key: OwnKey


class AccessGrantData(_Stay):
    """An access grant."""

    access_grant_key: OwnKey


class CustomerData(TypedDict):
    """All that a customer can tell of itself at once."""

    access_grants: NotRequired[list[AccessGrantData]]
    bookings: NotRequired[list[BookingData]]
    buildings: NotRequired[list[BuildingData]]
    common_areas: NotRequired[list[CommonAreaData]]
    customer_key: OwnKey
    facilities: NotRequired[list[FacilityData]]
    guests: NotRequired[list[GuestData]]
    listings: NotRequired[list[ListingData]]
    properties: NotRequired[list[PropertyData]]
    property_listings: NotRequired[list[PropertyListingData]]
    reservations: NotRequired[list[ReservationData]]
    residents: NotRequired[list[ResidentData]]
    rooms: NotRequired[list[RoomData]]
    sites: NotRequired[list[SiteData]]
    spaces: NotRequired[list[SpaceData]]
    staff_members: NotRequired[list[StaffMemberData]]
    tenants: NotRequired[list[TenantData]]
    units: NotRequired[list[UnitData]]
    user_identities: NotRequired[list[UserIdentityData]]
    users: NotRequired[list[UserData]]


class ResourceFilter(TypedDict):
    """Which of a customer's resources its portal shows."""

    field: FieldName
    operation: Literal["="]
    value: bool | str


class DeepLink(TypedDict):
    """The page on which a portal opens."""

    resource_id: NotRequired[Text]
    resource_key: NotRequired[Text]
    resource_type: Literal["reservation", "space", "device"]


class ConnectFeature(TypedDict, total=False):
    """Connecting accounts."""

    accepted_providers: list[Text]
    exclude: bool
    excluded_providers: list[Text]


class Confirmation(TypedDict, total=False):
    """The words that ask whether devices are to be managed."""

    body: Text
    cancel_button_label: Text
    confirm_button_label: Text
    title: Text


class ShownEvents(TypedDict, total=False):
    """Which events a portal shows."""

    allowed_events: list[Text]
    default_events: list[Text]


class ManageFeature(TypedDict, total=False):
    """Managing devices, reservations and staff."""

    device_management_confirmation: Confirmation
    events: ShownEvents
    exclude: bool
    exclude_reservation_management: bool
    exclude_reservation_technical_details: bool
    exclude_staff_management: bool


class PlainFeature(TypedDict, total=False):
    """A feature that is there or not."""

    exclude: bool


class ConfigureFeature(TypedDict, total=False):
    """Configuring what happens by itself."""

    allow_access_automation_rule_customization: bool
    allow_climate_automation_rule_customization: bool
    allow_instant_key_customization: bool
    exclude: bool


class Features(TypedDict, total=False):
    """What a portal offers."""

    configure: ConfigureFeature
    connect: ConnectFeature
    manage: ManageFeature
    manage_devices: PlainFeature
    organize: PlainFeature


class LandingResource(TypedDict, total=False):
    """The place or the stay with which a portal begins."""

    access_grant_key: Text
    booking_key: Text
    building_key: Text
    common_area_key: Text
    facility_key: Text
    listing_key: Text
    property_key: Text
    property_listing_key: Text
    reservation_key: Text
    room_key: Text
    site_key: Text
    space_key: Text
    unit_key: Text


class LandingPage(TypedDict, total=False):
    """How a portal begins."""

    manage: LandingResource


Locale = Literal["en-US", "pt-PT", "fr-FR", "it-IT", "es-ES", "de-DE", "nl-NL", "el-GR", "pl-PL", "ru-RU"]
