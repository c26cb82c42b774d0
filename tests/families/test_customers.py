"""Customers: their data becomes people and spaces, is deleted again, and opens portals."""

import httpx
import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOBODY = "00000000-0000-4000-8000-000000000000"


def names(resources):
    return [one.display_name for one in resources]


def test_people_become_user_identities(seam):
    """Each by its key; told again it gets the new details, and an address of somebody else is skipped."""
    seam.customers.push_data(
        customer_key="acme",
        guests=[{"guest_key": "g1", "name": "Ada", "email_address": "ada@example.com"}],
        tenants=[{"tenant_key": "t1", "name": "Bob", "phone_number": "+15555550100"}],
        residents=[{"resident_key": "r1", "name": "Cy"}],
        users=[{"user_key": "u1", "name": "Di"}],
        user_identities=[{"user_identity_key": "i1", "name": "Ed"}],
    )
    seam.customers.push_data(
        customer_key="acme",
        guests=[
            {"guest_key": "g1", "name": "Ada L."},
            {"guest_key": "g2", "name": "Twin", "email_address": "ada@example.com"},
        ],
    )

    assert names(seam.user_identities.list()) == ["Ada L.", "Bob", "Cy", "Di", "Ed"]
    assert seam.user_identities.get(user_identity_key="g1").email_address == "ada@example.com"
    assert seam.user_identities.get(user_identity_key="t1").phone_number == "+15555550100"


def test_places_become_spaces_without_doors(seam, seam_sandbox):
    """Those of all kinds but sites and listings of properties; /spaces/create gives a space its doors."""
    place = {"name": "Suite", "geolocation": {"latitude": 1.5, "longitude": 2}, "customer_data": {"address": "1 Road"}}
    seam.customers.push_data(
        customer_key="acme",
        spaces=[{"space_key": "s1", **place}],
        **{
            kind: [{key: f"{key}-1", "name": kind}]
            for kind, key in (
                ("properties", "property_key"),
                ("rooms", "room_key"),
                ("common_areas", "common_area_key"),
                ("units", "unit_key"),
                ("facilities", "facility_key"),
                ("buildings", "building_key"),
                ("listings", "listing_key"),
            )
        },
        sites=[{"site_key": "x", "name": "Site"}],
    )
    suite = seam.spaces.get(space_key="s1")
    assert (suite.name, suite.device_count, suite.customer_key) == ("Suite", 0, "acme")
    assert (suite.geolocation.latitude, suite.customer_data.address) == (1.5, "1 Road")
    assert len(seam.spaces.list(customer_key="acme")) == 8
    seam_sandbox.expect_event("space.created", count=8)

    lock = seam_sandbox.create_device("august_lock").device_id
    made = seam.spaces.create(
        name="Penthouse", space_key="s1", device_ids=[lock], customer_data={"time_zone": "Europe/Rome"}
    )

    assert (made.space_id, made.name, made.device_count, made.customer_key) == (suite.space_id, "Penthouse", 1, "acme")
    assert (made.customer_data.address, made.customer_data.time_zone) == ("1 Road", "Europe/Rome")
    with seam_raises("duplicate_space_key", status_code=409):
        seam.spaces.create(name="Other", space_key="s1")
    seam.customers.push_data(customer_key="acme", spaces=[{"space_key": "s1", "name": "Attic"}])
    assert (seam.spaces.get(space_key="s1").name, seam.spaces.get(space_key="s1").device_count) == ("Attic", 1)


def test_stays_make_no_grants(seam):
    """Seam's automations do that, and they are off; nothing is refused."""
    seam.customers.push_data(
        customer_key="acme",
        guests=[{"guest_key": "g1", "name": "Ada"}],
        reservations=[
            {
                "reservation_key": "r1",
                "guest_key": "g1",
                "space_keys": ["s1"],
                "starts_at": "2990-01-01T00:00:00Z",
                "ends_at": "2990-01-02T00:00:00Z",
                "custom_metadata": {"floor": "1"},
            }
        ],
        bookings=[{"booking_key": "b1"}],
        access_grants=[{"access_grant_key": "a1"}],
        staff_members=[{"staff_member_key": "m1", "name": "Staff", "space_keys": ["s1"]}],
        property_listings=[{"property_listing_key": "p1", "name": "Listing", "custom_metadata": {"a": True}}],
    )

    assert seam.access_grants.list() == []


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"customer_key": " acme"}, "whitespace"),
        ({"customer_key": ""}, "at least 1"),
        ({"customer_key": "acme", "guests": [{"guest_key": "g1 ", "name": "Ada"}]}, "whitespace"),
        ({"customer_key": "acme", "guests": [{"guest_key": "g1"}]}, "required"),
        ({"customer_key": "acme", "spaces": [{"space_key": "s1", "name": "S", "duration_minutes": 0}]}, "greater"),
    ],
)
def test_data_that_breaks_the_form_is_refused(seam, given, match):
    """All or nothing."""
    with seam_raises("invalid_input", status_code=400, match=match):
        seam.customers.push_data(**given)

    assert (seam.user_identities.list(), seam.spaces.list()) == ([], [])


def test_profiles_are_not_there(seam):
    """No public path makes one."""
    with seam_raises("customization_profile_not_found", status_code=404):
        seam.customers.push_data(customer_key="acme", customization_profile_id=NOBODY)
    with seam_raises("customization_profile_not_found", status_code=404):
        seam.customers.create_portal(customer_data={"customer_key": "acme"}, customization_profile_id=NOBODY)


def test_data_is_deleted_by_its_keys(seam, seam_sandbox):
    """People with their grants, spaces, and the grants of a stay; what is unknown is no mistake."""
    lock = seam_sandbox.create_device("august_lock").device_id
    seam.customers.push_data(
        customer_key="acme",
        guests=[{"guest_key": "g1", "name": "Ada"}, {"guest_key": "g2", "name": "Bob"}],
        rooms=[{"room_key": "s1", "name": "Suite"}],
    )
    people = [one.user_identity_id for one in seam.user_identities.list()]
    asked = {"device_ids": [lock], "requested_access_methods": [{"mode": "code"}]}
    seam.access_grants.create(user_identity_id=people[0], **asked)
    for keys in ({"reservation_key": "r1"}, {"reservation_key": "b1"}, {"access_grant_key": "a1"}, {"name": "Stays"}):
        seam.access_grants.create(user_identity_id=people[1], **keys, **asked)

    seam.customers.delete_data(
        guest_keys=["g1", "nobody"],
        reservation_keys=["r1"],
        booking_keys=["b1"],
        access_grant_keys=["a1"],
        room_keys=["s1", "nowhere"],
        staff_member_keys=["m1"],
    )
    seam.customers.delete_data()

    assert names(seam.user_identities.list()) == ["Bob"]
    assert (names(seam.access_grants.list()), seam.spaces.list()) == (["Stays"], [])
    seam_sandbox.expect_event("access_grant.deleted", count=4)
    seam_sandbox.expect_event("space.deleted", count=1)


def test_customer_goes_with_everything(seam, seam_sandbox):
    """People, spaces, grants and sessions; its accounts stay, and so do other customers."""
    lock = seam_sandbox.create_device("august_lock")
    seam.connected_accounts.update(connected_account_id=lock.connected_account_id, customer_key="acme")
    for customer in ("acme", "other"):
        seam.customers.create_portal(
            customer_data={
                "customer_key": customer,
                "guests": [{"guest_key": f"g-{customer}", "name": customer}],
                "spaces": [{"space_key": f"s-{customer}", "name": customer}],
            }
        )
    person = seam.user_identities.create(full_name="Ed").user_identity_id
    token = seam.client_sessions.list()[0].token
    http = seam_sandbox.http(headers={"authorization": f"Bearer {token}"})
    body = {
        "user_identity_id": person,
        "device_ids": [lock.device_id],
        "requested_access_methods": [{"mode": "code"}],
    }
    http.post("/access_grants/create", json=body).raise_for_status()

    seam.customers.delete_data(customer_keys=["acme"])

    assert names(seam.user_identities.list()) == ["other", "Ed"]
    assert (names(seam.spaces.list()), seam.access_grants.list()) == (["other"], [])
    assert [one.customer_key for one in seam.client_sessions.list()] == ["other"]
    assert len(seam.connected_accounts.list()) == 1


def test_grants_of_a_customers_people_are_found(seam, seam_sandbox):
    """Also those of a person that was made for the customer."""
    lock = seam_sandbox.create_device("august_lock").device_id
    ada = seam.user_identities.create(full_name="Ada", customer_key="acme").user_identity_id
    seam.access_grants.create(user_identity_id=ada, device_ids=[lock], requested_access_methods=[{"mode": "code"}])

    assert names(seam.access_grants.list(customer_key="acme")) == ["Ada"]


def test_portal_has_a_session_of_its_customer(seam, seam_sandbox):
    """For seven days; it sees the customer's devices and spaces."""
    lock = seam_sandbox.create_device("august_lock")
    seam_sandbox.create_device("nuki_lock")
    seam.connected_accounts.update(connected_account_id=lock.connected_account_id, customer_key="acme")

    portal = seam.customers.create_portal(
        customer_data={"customer_key": "acme", "spaces": [{"space_key": "s1", "name": "Suite"}]},
        features={"connect": {"exclude": True}, "manage": {"events": {"allowed_events": []}}},
        landing_page={"manage": {"space_key": "s1"}},
        customer_resources_filters=[{"field": "floor", "operation": "=", "value": "1"}],
        deep_link={"resource_type": "space", "resource_key": "s1"},
        locale="it-IT",
    )

    url = httpx.URL(portal.url)
    assert (url.path.split("/")[1], portal.customer_key) == ("portals", "acme")
    http = seam_sandbox.http(headers={"authorization": f"Bearer {url.params['token']}"})
    assert [one["name"] for one in http.post("/spaces/list", json={}).json()["spaces"]] == ["Suite"]
    devices = http.post("/devices/list", json={}).json()["devices"]
    assert [one["device_id"] for one in devices] == [lock.device_id]
    assert http.post("/spaces/create", json={"name": "Attic"}).status_code == 200
    seam_sandbox.clock.advance(7 * 86400)
    assert http.post("/spaces/list", json={}).json()["error"]["type"] == "client_session_expired"


def test_portal_that_is_read_only_changes_nothing(seam, seam_sandbox):
    """It reads what such a session may read, and gets in nowhere else."""
    portal = seam.customers.create_portal(customer_data={"customer_key": "acme"}, read_only=True)

    token = httpx.URL(portal.url).params["token"]
    http = seam_sandbox.http(headers={"authorization": f"Bearer {token}"})

    assert http.post("/spaces/list", json={}).status_code == 200
    refused = http.post("/spaces/create", json={"name": "Attic"})
    assert (refused.status_code, refused.json()["error"]["type"]) == (401, "unauthorized")


def test_portal_needs_a_customer(seam, seam_sandbox):
    """The answer names it; both names of the answer are the same link."""
    http = seam_sandbox.http()

    refused = http.post("/customers/create_portal", json={})
    wrong = http.post(
        "/customers/create_portal",
        json={
            "customer_data": {"customer_key": "acme"},
            "customer_resources_filters": [{"field": "1st", "operation": "=", "value": "1"}],
        },
    )
    answer = http.post("/customers/create_portal", json={"customer_data": {"customer_key": "acme"}}).json()

    assert (refused.status_code, refused.json()["error"]["message"]) == (400, "customer_data is required")
    assert wrong.status_code == 400
    assert answer["customer_portal"] == answer["magic_link"]
