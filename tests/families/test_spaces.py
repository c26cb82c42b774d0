"""Spaces: made, found, changed and deleted, their members, and the events of it."""

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def lock(seam_sandbox):
    return seam_sandbox.create_device("august_lock")


@pytest.fixture
def room(seam, seam_sandbox):
    """The entrance of a hotel room."""
    seam_sandbox.create_acs_system("visionline_system", entrances=["Room 101"])
    return seam.acs.entrances.list()[0]


def names(spaces):
    return [space.name for space in spaces]


def test_space_shows_what_it_was_given(seam, seam_sandbox, lock, room):
    """Its members are counted, and name it; space.created names all of them."""
    account = seam_sandbox.create_connected_account("guesty").connected_account_id

    space = seam.spaces.create(
        name="Suite",
        space_key="suite",
        customer_key="acme",
        device_ids=[lock.device_id, lock.device_id],
        acs_entrance_ids=[room.acs_entrance_id],
        connected_account_ids=[account],
        customer_data={"time_zone": "Europe/Rome", "default_checkin_time": "15:00", "address": None},
    )

    assert (space.name, space.display_name, space.space_key, space.customer_key) == ("Suite", "Suite", "suite", "acme")
    assert (space.device_count, space.acs_entrance_count) == (1, 1)
    assert (space.customer_data.time_zone, space.customer_data.default_checkin_time) == ("Europe/Rome", "15:00")
    assert seam.devices.get(device_id=lock.device_id).space_ids == [space.space_id]
    assert seam.acs.entrances.get(acs_entrance_id=room.acs_entrance_id).space_ids == [space.space_id]
    seam_sandbox.expect_event(
        "space.created",
        count=1,
        space_id=space.space_id,
        space_key="suite",
        device_ids=[lock.device_id],
        acs_entrance_ids=[room.acs_entrance_id],
    )


def test_space_is_found_by_id_and_key(seam):
    """Both give the same space, what was left out is absent, and an unknown one is 404."""
    space = seam.spaces.create(name="Suite", space_key="suite")

    assert seam.spaces.get(space_id=space.space_id) == seam.spaces.get(space_key="suite") == space
    assert (space.customer_key, space.customer_data) == (None, None)
    with seam_raises("space_not_found", status_code=404):
        seam.spaces.get(space_key="attic")
    with seam_raises("invalid_input", status_code=400, match="exactly one"):
        seam.spaces.get(space_id=space.space_id, space_key="suite")


def test_id_and_key_of_a_space_have_to_fit_together(seam, seam_http):
    """A space has its key for good: an update finds it by both, and so its parent."""
    one, other = (seam.spaces.create(name=key, space_key=key) for key in ("one", "other"))

    with seam_raises("space_not_found", status_code=404):
        seam.spaces.update(space_id=one.space_id, space_key="other", name="New")
    parent = {"parent_space_id": other.space_id, "parent_space_key": "one"}
    assert seam_http.post("/spaces/update", json={"space_id": one.space_id, **parent}).status_code == 404
    seam.spaces.update(space_id=one.space_id, space_key="one", name="New")
    assert names(seam.spaces.list()) == ["New", "other"]


def test_space_key_is_unique(seam):
    """A second space with a key is refused; spaces without one are as many as you like."""
    seam.spaces.create(name="Suite", space_key="suite")
    seam.spaces.create(name="Suite")
    seam.spaces.create(name="Suite")

    with seam_raises("duplicate_space_key", status_code=409):
        seam.spaces.create(name="Other", space_key="suite")
    assert len(seam.spaces.list()) == 3


@pytest.mark.parametrize(
    ("given", "error_type", "status"),
    [
        ({"device_ids": [NOBODY]}, "device_not_found", 404),
        ({"acs_entrance_ids": [NOBODY]}, "acs_entrance_not_found", 404),
        ({"connected_account_ids": [NOBODY]}, "connected_account_not_found", 404),
        ({"customer_data": {"default_checkin_time": "25:00"}}, "invalid_input", 400),
        ({"space_key": ""}, "invalid_input", 400),
    ],
)
def test_space_that_cannot_be_is_not_made(seam, given, error_type, status):
    """A refusal stores nothing."""
    with seam_raises(error_type, status_code=status):
        seam.spaces.create(name="Suite", **given)

    assert seam.spaces.list() == []


def test_unmanaged_device_cannot_be_a_member(seam, lock):
    """It has to be converted first."""
    seam.devices.update(device_id=lock.device_id, is_managed=False)

    with seam_raises("device_unmanaged", status_code=400):
        seam.spaces.create(name="Suite", device_ids=[lock.device_id])


def test_list_filters_have_to_match(seam):
    """Spaces are found by key, customer and text, in pages."""
    seam.spaces.create(name="Suite", space_key="suite", customer_key="acme")
    seam.spaces.create(name="Attic", space_key="attic", customer_key="acme")
    seam.spaces.create(name="Cellar")

    assert names(seam.spaces.list()) == ["Suite", "Attic", "Cellar"]
    assert names(seam.spaces.list(space_key="attic")) == ["Attic"]
    assert names(seam.spaces.list(customer_key="acme")) == ["Suite", "Attic"]
    assert names(seam.spaces.list(search="CEL")) == ["Cellar"]
    assert names(seam.spaces.list(search="acm", space_key="suite")) == ["Suite"]
    assert names(seam.spaces.list(limit=1)) == ["Suite"]


def test_members_are_filtered_by_space(seam, seam_sandbox, lock, room):
    """Devices, entrances and accounts are listed by the space that they belong to."""
    other = seam_sandbox.create_device("nuki_lock")
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id], acs_entrance_ids=[room.acs_entrance_id])
    seam.spaces.add_connected_account(space_id=space.space_id, connected_account_id=other.connected_account_id)

    def ids(listed, name):
        return [getattr(one, name) for one in listed]

    assert ids(seam.devices.list(space_id=space.space_id), "device_id") == [lock.device_id]
    assert ids(seam.acs.entrances.list(space_id=space.space_id), "acs_entrance_id") == [room.acs_entrance_id]
    accounts = seam.connected_accounts.list(space_id=space.space_id)
    assert ids(accounts, "connected_account_id") == [other.connected_account_id]
    seam.spaces.remove_connected_account(space_id=space.space_id, connected_account_id=other.connected_account_id)
    assert seam.connected_accounts.list(space_id=space.space_id) == []
    seam_sandbox.expect_no_event("space.device_membership_changed")


def test_members_come_and_go(seam, seam_sandbox, lock, room):
    """Each call that changes something has one event, with all members that there are then."""
    second = seam_sandbox.create_device("nuki_lock")
    space = seam.spaces.create(name="Suite", space_key="suite")
    about = {"space_id": space.space_id}
    doors = [room.acs_entrance_id]

    seam.spaces.add_devices(device_ids=[lock.device_id, second.device_id], **about)
    seam.spaces.add_devices(device_ids=[lock.device_id], **about)
    seam.spaces.add_acs_entrances(acs_entrance_ids=doors, **about)
    seam.spaces.remove_devices(device_ids=[lock.device_id, NOBODY], **about)
    seam.spaces.remove_devices(device_ids=[lock.device_id], **about)
    seam.spaces.remove_acs_entrances(acs_entrance_ids=doors, **about)

    told = [
        (event.device_ids, event.acs_entrance_ids)
        for event in seam_sandbox.events
        if event.event_type == "space.device_membership_changed"
    ]
    assert told == [
        ([lock.device_id, second.device_id], []),
        ([lock.device_id, second.device_id], doors),
        ([second.device_id], doors),
        ([second.device_id], []),
    ]
    assert seam.devices.get(device_id=lock.device_id).space_ids == []
    assert seam.spaces.get(**about).device_count == 1


def test_adding_nothing_is_refused(seam):
    """A list of members to add has at least one; one to remove may be empty."""
    space = seam.spaces.create(name="Suite")

    with seam_raises("invalid_input", status_code=400, match="at least 1"):
        seam.spaces.add_devices(space_id=space.space_id, device_ids=[])
    seam.spaces.remove_devices(space_id=space.space_id, device_ids=[])


def test_adding_an_unknown_member_changes_nothing(seam, lock):
    """One unknown id refuses the whole call."""
    space = seam.spaces.create(name="Suite")

    with seam_raises("device_not_found", status_code=404):
        seam.spaces.add_devices(space_id=space.space_id, device_ids=[lock.device_id, NOBODY])
    assert seam.spaces.get(space_id=space.space_id).device_count == 0


def test_update_replaces_members_and_merges_customer_data(seam, seam_sandbox, lock, room):
    """Both kinds of members at once are one event; name and customer data have none."""
    space = seam.spaces.create(
        name="Suite", space_key="suite", device_ids=[lock.device_id], customer_data={"address": "1 Road"}
    )
    second = seam_sandbox.create_device("nuki_lock")

    seam.spaces.update(space_key="suite", name="Penthouse", customer_data={"time_zone": "Europe/Rome"})
    seam_sandbox.expect_no_event("space.device_membership_changed")
    seam.spaces.update(space_id=space.space_id, device_ids=[second.device_id], acs_entrance_ids=[room.acs_entrance_id])

    changed = seam.spaces.get(space_key="suite")
    assert (changed.name, changed.customer_data.address, changed.customer_data.time_zone) == (
        "Penthouse",
        "1 Road",
        "Europe/Rome",
    )
    seam_sandbox.expect_event("space.device_membership_changed", count=1, device_ids=[second.device_id])
    with seam_raises("invalid_input", status_code=400):
        seam.spaces.update()


def test_deleted_space_leaves_its_members(seam, seam_sandbox, lock):
    """space.deleted names the last members, which stay and name it no more."""
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id])

    seam.spaces.delete(space_id=space.space_id)

    seam_sandbox.expect_event("space.deleted", count=1, space_id=space.space_id, device_ids=[lock.device_id])
    assert seam.devices.get(device_id=lock.device_id).space_ids == []
    with seam_raises("space_not_found", status_code=404):
        seam.spaces.delete(space_id=space.space_id)


def test_members_that_vanish_leave_their_space(seam, seam_sandbox, lock, room):
    """With its account a device or an entrance goes from the space too, with the event."""
    members = {"device_ids": [lock.device_id], "acs_entrance_ids": [room.acs_entrance_id]}
    space = seam.spaces.create(name="Suite", connected_account_ids=[lock.connected_account_id], **members)

    seam.connected_accounts.delete(connected_account_id=lock.connected_account_id)
    seam_sandbox.expect_event("space.device_membership_changed", count=1, device_ids=[])
    seam.connected_accounts.delete(connected_account_id=room.connected_account_id)

    found = seam.spaces.get(space_id=space.space_id)
    assert (found.device_count, found.acs_entrance_count) == (0, 0)
    seam_sandbox.expect_event("space.device_membership_changed", count=1, acs_entrance_ids=[])


def test_related_resources_come_in_one_batch(seam, lock, room):
    """Devices, entrances, accounts and systems of the spaces that are asked for."""
    space = seam.spaces.create(
        name="Suite", space_key="suite", device_ids=[lock.device_id], acs_entrance_ids=[room.acs_entrance_id]
    )

    batch = seam.spaces.get_related(space_ids=[space.space_id], space_keys=["suite"])

    assert [one["space_id"] for one in batch.spaces] == [space.space_id]
    assert [one["device_id"] for one in batch.devices] == [lock.device_id]
    assert [one["acs_entrance_id"] for one in batch.acs_entrances] == [room.acs_entrance_id]
    accounts = {one["connected_account_id"] for one in batch.connected_accounts}
    assert accounts == {lock.connected_account_id, room.connected_account_id}
    assert [one["acs_system_id"] for one in batch.acs_systems] == [room.acs_system_id]
    assert batch.access_methods == []


def test_batch_has_what_was_asked_for(seam_sandbox, seam):
    """include names the kinds, exclude takes some away, and neither stands for ids."""
    seam.spaces.create(name="Suite", space_key="suite")
    http = seam_sandbox.http()

    def kinds(**params):
        answer = http.post("/spaces/get_related", json={"space_keys": ["suite"], **params})
        return sorted(answer.json()["batch"])

    assert kinds(include=["devices", "spaces"]) == ["devices", "spaces"]
    assert kinds(include=["devices", "spaces"], exclude=["spaces"]) == ["devices"]
    assert kinds(exclude=["spaces", "devices", "acs_systems"]) == [
        "access_methods",
        "acs_entrances",
        "connected_accounts",
    ]
    with seam_raises("invalid_input", status_code=400):
        seam.spaces.get_related(include=["devices"])


def test_space_inside_another(seam, seam_sandbox):
    """The parameters that the SDK lacks: a parent, by which spaces are found, until it is deleted."""
    house = seam.spaces.create(name="House", space_key="house")
    room = seam.spaces.create(name="Room")
    http = seam_sandbox.http()

    def children():
        found = http.post("/spaces/list", json={"parent_space_id": house.space_id, "parent_space_key": "house"})
        return [one["name"] for one in found.json()["spaces"]]

    http.post("/spaces/update", json={"space_id": room.space_id, "parent_space_key": "house"}).raise_for_status()

    assert children() == ["Room"]
    seam.spaces.delete(space_id=house.space_id)
    assert children() == []


def test_portal_sees_its_customers_spaces(seam, seam_sandbox, lock, room):
    """A customer's session makes spaces of its own, of its own devices, and finds no others."""
    seam.spaces.create(name="Foreign", customer_key="other")
    own = seam_sandbox.create_device("nuki_lock")
    seam.connected_accounts.update(connected_account_id=own.connected_account_id, customer_key="acme")
    token = seam.client_sessions.create(customer_key="acme").token
    http = seam_sandbox.http(headers={"authorization": f"Bearer {token}"})

    made = http.post("/spaces/create", json={"name": "Ours", "customer_key": "x", "device_ids": [own.device_id]})

    assert made.json()["space"]["customer_key"] == "acme"
    assert [one["name"] for one in http.post("/spaces/list", json={}).json()["spaces"]] == ["Ours"]
    foreign = {"device_ids": [lock.device_id]}, {"acs_entrance_ids": [room.acs_entrance_id]}
    assert [http.post("/spaces/create", json={"name": "B", **one}).status_code for one in foreign] == [404, 404]
