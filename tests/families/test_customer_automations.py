"""Seam's automations: the stays that a customer tells of become access grants, where they are switched on."""

from datetime import timedelta

import pytest

from pytest_seam_sandbox import Sandbox, seam_raises
from pytest_seam_sandbox.engine.clock import format_time

pytestmark = pytest.mark.seam(automations=True)

DAY = 86400
KINDS = [
    ("reservations", "reservation_key", "reservation_key"),
    ("bookings", "booking_key", "reservation_key"),
    ("access_grants", "access_grant_key", "access_grant_key"),
]


@pytest.fixture
def at(seam_sandbox):
    """A time so many seconds from now, as Seam writes it."""
    seam_sandbox.clock.freeze()
    now = seam_sandbox.clock.now()
    return lambda seconds: format_time(now + timedelta(seconds=seconds))


@pytest.fixture
def lock(seam_sandbox):
    return seam_sandbox.create_device("august_lock")


@pytest.fixture
def suite(seam, lock):
    """A space with a lock, that the program has made before."""
    return seam.spaces.create(name="Suite", space_key="suite", device_ids=[lock.device_id])


@pytest.fixture
def tell(seam, suite):
    """Tells of a guest and of one stay of theirs."""

    def push(kind="reservations", key="reservation_key", **stay):
        told = {key: "r1", "guest_key": "ada", "space_keys": ["suite"], **stay}
        guests = [{"guest_key": "ada", "name": "Ada"}]
        seam.customers.push_data(customer_key="acme", guests=guests, **{kind: [told]})

    return push


@pytest.mark.parametrize(("kind", "key", "field"), KINDS)
def test_stay_becomes_an_access_grant(seam, seam_sandbox, lock, suite, tell, at, kind, key, field):
    """For the person and the places that it names, for its time, with the PIN that it prefers."""
    tell(kind, key, name="Honeymoon", starts_at=at(0), ends_at=at(DAY), preferred_code="2468")

    [grant] = seam.access_grants.list(customer_key="acme")
    assert (grant.name, grant.starts_at, grant.ends_at) == ("Honeymoon", at(0), at(DAY))
    assert (getattr(grant, field), grant.space_ids) == ("r1", [suite.space_id])
    assert grant.user_identity_id == seam.user_identities.get(user_identity_key="ada").user_identity_id
    assert [request.mode for request in grant.requested_access_methods] == ["code"]
    [code] = seam.access_codes.list(device_id=lock.device_id)
    assert (code.code, code.status) == ("2468", "set")
    seam_sandbox.expect_event("access_grant.created", count=1)
    seam_sandbox.expect_event("access_method.issued", count=1)


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, key, _ in KINDS])
def test_stay_that_is_told_again_moves(seam, seam_sandbox, tell, at, kind, key):
    """The same grant has the new times; its methods are revoked and reissued, and what is left out stays."""
    tell(kind, key, starts_at=at(0), ends_at=at(DAY), name="Short")
    tell(kind, key, ends_at=at(2 * DAY))
    tell(kind, key, name="Long")
    tell(kind, key, ends_at=at(-DAY))

    [grant] = seam.access_grants.list()
    assert (grant.name, grant.starts_at, grant.ends_at) == ("Long", at(0), at(2 * DAY))
    seam_sandbox.expect_event("access_grant.created", count=1)
    seam_sandbox.expect_event("access_grant.access_times_changed", count=1)
    seam_sandbox.expect_event("access_method.reissued", count=1)


@pytest.mark.parametrize(
    ("kind", "key", "gone"),
    [
        ("reservations", "reservation_key", "reservation_keys"),
        ("bookings", "booking_key", "booking_keys"),
        ("access_grants", "access_grant_key", "access_grant_keys"),
        ("reservations", "reservation_key", "customer_keys"),
    ],
)
def test_deleted_stay_takes_its_grant_along(seam, tell, kind, key, gone):
    """By its own key, or with all that is the customer's."""
    tell(kind, key)
    seam.customers.delete_data(**{gone: ["acme" if gone == "customer_keys" else "r1"]})

    assert seam.access_grants.list() == []


def test_each_door_gets_the_first_way_in_that_it_has(seam, seam_sandbox, tell, suite):
    """A PIN for the lock, a card for a room of a hotel; those of a hotel need the key of the reservation."""
    seam_sandbox.create_acs_system("visionline_system", entrances=["Room 101"])
    door = seam.acs.entrances.list()[0].acs_entrance_id
    seam.spaces.add_acs_entrances(space_id=suite.space_id, acs_entrance_ids=[door])

    tell()
    tell("access_grants", "access_grant_key")

    [grant] = seam.access_grants.list()
    assert [request.mode for request in grant.requested_access_methods] == ["code", "card"]


def test_space_without_doors_gets_its_methods_with_them(seam, lock):
    """The grant is there, and follows its space."""
    seam.customers.push_data(
        customer_key="acme",
        rooms=[{"room_key": "attic", "name": "Attic"}],
        tenants=[{"tenant_key": "bob", "name": "Bob"}],
        reservations=[{"reservation_key": "r2", "tenant_key": "bob", "room_keys": ["attic"], "preferred_code": "12"}],
    )
    [grant] = seam.access_grants.list()
    assert grant.access_method_ids == []

    seam.spaces.add_devices(space_id=grant.space_ids[0], device_ids=[lock.device_id])

    assert len(seam.access_codes.list(device_id=lock.device_id)) == 1


@pytest.mark.parametrize(
    "stay",
    [
        {"guest_key": "nobody"},
        {"space_keys": ["nowhere"]},
        {"space_keys": []},
        {"ends_at": "2001-01-01T00:00:00.000Z"},
    ],
)
def test_stay_that_nothing_can_be_made_of_is_skipped(seam, tell, stay):
    """The call is answered all the same."""
    tell(**stay)

    assert seam.access_grants.list() == []


def test_stay_without_a_person_is_skipped(seam, suite):
    """Who has the address of somebody else is skipped, and so is their stay."""
    seam.user_identities.create(email_address="ada@example.com")
    seam.customers.push_data(
        customer_key="acme",
        guests=[{"guest_key": "ada", "name": "Ada", "email_address": "ada@example.com"}],
        reservations=[
            {"reservation_key": "r1", "guest_key": "ada", "space_keys": [suite.space_key]},
            {"reservation_key": "r2", "space_keys": [suite.space_key]},
        ],
    )

    assert seam.access_grants.list() == []


def test_portal_tells_of_stays_too(seam, suite):
    """customer_data is taken over first."""
    seam.customers.create_portal(
        customer_data={
            "customer_key": "acme",
            "users": [{"user_key": "u", "name": "Di"}],
            "bookings": [{"booking_key": "b", "user_key": "u", "space_keys": [suite.space_key]}],
        }
    )

    assert [grant.reservation_key for grant in seam.access_grants.list()] == ["b"]


@pytest.mark.seam(automations=False)
def test_automations_are_off_by_default(seam, tell):
    """The data is kept, and there is no grant."""
    tell()

    assert seam.access_grants.list() == []
    assert Sandbox().embedded.app.settings.automations is False
    with seam_raises("access_grant_not_found", status_code=404):
        seam.access_grants.get(access_grant_key="r1")
