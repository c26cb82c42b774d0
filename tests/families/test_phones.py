"""Phones: made for a user identity, listed, deactivated for good."""

from uuid import UUID

import pytest
from seam.null import NULL

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOBODY = "00000000-0000-4000-8000-000000000000"
COMMON = ("event_id", "event_type", "event_description", "workspace_id", "created_at", "occurred_at")


@pytest.fixture
def owner(seam_sandbox):
    return seam_sandbox.create_user_identity(full_name="Ada Lovelace")


def make_phone(seam, owner, **params):
    return seam.phones.simulate.create_sandbox_phone(user_identity_id=owner.user_identity_id, **params)


def test_sandbox_phone_is_an_android_phone_with_one_active_endpoint(seam, owner):
    """Without metadata a sandbox phone has the defaults of the specification."""
    phone = make_phone(seam, owner)

    assert phone.device_type == "android_phone"
    assert phone.display_name == "Samsung Galaxy S10"
    assert phone.errors == []
    assert phone.warnings == []
    assert phone.custom_metadata == {}
    credential_service = phone.properties.assa_abloy_credential_service_metadata
    assert credential_service.has_active_endpoint is True
    assert [endpoint.is_active for endpoint in credential_service.endpoints] == [True]


def test_endpoint_ids_are_uuids_of_their_own(seam, owner):
    """Each phone has an endpoint of its own; its id is a UUID, as in the sample of the docs."""
    phones = [make_phone(seam, owner), make_phone(seam, owner, assa_abloy_metadata={"seos_tsm_endpoint_id": 7})]
    services = [phone.properties.assa_abloy_credential_service_metadata for phone in phones]
    ids = {service.endpoints[0].endpoint_id for service in services}

    assert len(ids) == 2
    assert all(str(UUID(endpoint_id)) == endpoint_id for endpoint_id in ids)


def test_phone_does_not_tell_whose_it_is(seam_http, owner):
    """A phone carries neither its owner nor an account nor any capability flag."""
    made = seam_http.post(
        "/phones/simulate/create_sandbox_phone", json={"user_identity_id": owner.user_identity_id}
    ).json()

    assert set(made["phone"]) == {
        "device_id",
        "workspace_id",
        "device_type",
        "display_name",
        "created_at",
        "custom_metadata",
        "errors",
        "warnings",
        "properties",
    }


def test_phone_follows_its_metadata(seam, owner):
    """Operating system and model come from the request."""
    phone = make_phone(
        seam,
        owner,
        phone_metadata={"operating_system": "ios", "device_model": "iPhone 17", "device_manufacturer": "Apple"},
    )

    assert phone.device_type == "ios_phone"
    assert phone.display_name == "iPhone 17"


def test_phone_of_an_unknown_user_identity_is_refused(seam, seam_sandbox):
    """A phone needs a user identity that exists; nothing is made otherwise."""
    with seam_raises("user_identity_not_found", status_code=404):
        seam.phones.simulate.create_sandbox_phone(user_identity_id=NOBODY)

    assert seam.phones.list() == []


def test_same_installation_of_the_same_user_is_the_same_phone(seam, owner):
    """A second call for an installation updates the phone that is there."""
    first = make_phone(seam, owner, custom_sdk_installation_id="install-1")

    again = make_phone(seam, owner, custom_sdk_installation_id="install-1", phone_metadata={"device_model": "Pixel 9"})

    assert again.device_id == first.device_id
    assert again.created_at == first.created_at
    assert [phone.display_name for phone in seam.phones.list()] == ["Pixel 9"]


def test_same_installation_of_another_user_is_another_phone(seam, seam_sandbox, owner):
    """An installation id identifies a phone within one user identity only."""
    other = seam_sandbox.create_user_identity()
    first = make_phone(seam, owner, custom_sdk_installation_id="install-1")

    second = make_phone(seam, other, custom_sdk_installation_id="install-1")

    assert second.device_id != first.device_id
    assert len(seam.phones.list()) == 2


def test_every_call_without_an_installation_makes_a_phone(seam, owner):
    """A user identity may hold several phones."""
    first, second = make_phone(seam, owner), make_phone(seam, owner)

    assert [phone.device_id for phone in seam.phones.list()] == [first.device_id, second.device_id]


def test_new_phone_logs_no_event(seam, seam_sandbox, owner):
    """Seam has no event for a new phone."""
    make_phone(seam, owner)

    assert seam_sandbox.events == []


def test_get_gives_the_phone(seam, owner):
    """A phone is found by its device id."""
    made = make_phone(seam, owner)

    assert seam.phones.get(device_id=made.device_id) == made


@pytest.mark.parametrize("call", ["get", "deactivate"])
def test_unknown_phone_is_not_found(seam, call):
    """An id that names no phone answers 404 device_not_found."""
    with seam_raises("device_not_found", status_code=404):
        getattr(seam.phones, call)(device_id=NOBODY)


def test_list_of_an_owner(seam, seam_sandbox, owner):
    """owner_user_identity_id narrows the list to one person's phones."""
    own = make_phone(seam, owner)
    make_phone(seam, seam_sandbox.create_user_identity())

    found = seam.phones.list(owner_user_identity_id=owner.user_identity_id)

    assert [phone.device_id for phone in found] == [own.device_id]


@pytest.mark.parametrize("filter_name", ["owner_user_identity_id", "acs_credential_id"])
def test_list_by_an_unknown_id_is_empty(seam, owner, filter_name):
    """A filter that matches nothing gives an empty list, no error."""
    make_phone(seam, owner)

    assert seam.phones.list(**{filter_name: NOBODY}) == []


def test_deactivated_phone_is_gone(seam, seam_sandbox, owner):
    """After deactivation a phone is neither listed nor found, and exactly one event says so."""
    phone, other = make_phone(seam, owner), make_phone(seam, owner)

    seam.phones.deactivate(device_id=phone.device_id)

    assert [left.device_id for left in seam.phones.list()] == [other.device_id]
    with seam_raises("device_not_found", status_code=404):
        seam.phones.get(device_id=phone.device_id)
    seam_sandbox.expect_event("phone.deactivated", device_id=phone.device_id, count=1)


def test_deactivation_event_has_the_device_id_and_nothing_of_an_account(seam_http, seam_sandbox, owner):
    """phone.deactivated carries the common fields, the device id and its metadata only."""
    phone = seam_sandbox.create_phone(user_identity_id=owner.user_identity_id)

    seam_http.post("/phones/deactivate", json={"device_id": phone.device_id})

    event = seam_http.post("/events/get", json={"event_type": "phone.deactivated"}).json()["event"]
    own = {name: value for name, value in event.items() if name not in COMMON}
    assert own == {"device_id": phone.device_id, "device_custom_metadata": {}}


def test_deactivated_twice_is_not_found(seam, seam_sandbox, owner):
    """A dead phone cannot be deactivated again, and no second event appears."""
    phone = make_phone(seam, owner)
    seam.phones.deactivate(device_id=phone.device_id)

    with seam_raises("device_not_found", status_code=404):
        seam.phones.deactivate(device_id=phone.device_id)

    seam_sandbox.expect_event("phone.deactivated", count=1)


@pytest.mark.parametrize("filter_name", ["device_id", "device_ids", "event_type", "user_identity_id"])
def test_deactivation_is_found_in_the_event_list(seam, owner, filter_name):
    """phone.deactivated is found by device, by type and by the owner that the server knows."""
    phone = make_phone(seam, owner)
    seam.phones.deactivate(device_id=phone.device_id)
    wanted = {
        "device_id": phone.device_id,
        "device_ids": [phone.device_id],
        "event_type": "phone.deactivated",
        "user_identity_id": owner.user_identity_id,
    }[filter_name]

    found = seam.events.list(since="2020-01-01T00:00:00Z", **{filter_name: wanted})

    assert [event.event_type for event in found] == ["phone.deactivated"]


def test_client_session_deactivates_its_own_phone_only(seam, seam_sandbox, owner):
    """A client session may deactivate the phone of its user identity; another's phone is not found."""
    own = make_phone(seam, owner)
    other = make_phone(seam, seam_sandbox.create_user_identity())
    session = seam.client_sessions.create(user_identity_id=owner.user_identity_id)

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as app:
        refused = app.post("/phones/deactivate", json={"device_id": other.device_id})
        allowed = app.post("/phones/deactivate", json={"device_id": own.device_id})

    assert refused.status_code == 404
    assert allowed.status_code == 200
    assert [phone.device_id for phone in seam.phones.list()] == [other.device_id]


@pytest.mark.parametrize("path", ["/phones/get", "/phones/list"])
def test_client_session_may_not_read_phones(seam, seam_sandbox, owner, path):
    """Reading phones takes a key of the workspace."""
    phone = make_phone(seam, owner)
    session = seam.client_sessions.create(user_identity_id=owner.user_identity_id)

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as app:
        answer = app.post(path, json={"device_id": phone.device_id})

    assert answer.status_code == 401


def test_phones_are_no_devices_unless_asked_for(seam, owner):
    """/devices/list shows phones only when its type filter names a phone type."""
    phone = make_phone(seam, owner)

    assert seam.devices.list() == []
    found = seam.devices.list(device_type="android_phone")
    assert [device.device_id for device in found] == [phone.device_id]
    assert seam.devices.list(device_types=["ios_phone"]) == []


def test_phones_are_listed_behind_devices(seam, seam_sandbox, owner):
    """A list that asks for phones and for devices has both, the devices first."""
    phone, device = make_phone(seam, owner), seam_sandbox.create_device()

    found = seam.devices.list(device_types=["android_phone", "august_lock"])

    assert [one.device_id for one in found] == [device.device_id, phone.device_id]


def test_phone_is_readable_as_a_device(seam, owner):
    """/devices/get by id shows a phone in the form of a device."""
    phone = make_phone(seam, owner)

    device = seam.devices.get(device_id=phone.device_id)

    assert device.device_type == "android_phone"
    assert device.display_name == phone.display_name
    assert device.can_simulate_disconnection is None


def test_update_names_a_phone(seam, seam_sandbox, owner):
    """/devices/update sets the nickname, which is the display name until it is cleared; no event tells of it."""
    phone = make_phone(seam, owner)

    seam.devices.update(device_id=phone.device_id, name="My Phone")
    named = seam.phones.get(device_id=phone.device_id)
    seam.devices.update(device_id=phone.device_id, name=NULL)

    assert (named.nickname, named.display_name) == ("My Phone", "My Phone")
    assert seam.phones.list() == [phone]
    assert seam_sandbox.events == []


def test_update_of_a_phone_by_the_older_name(seam_http, seam_sandbox, owner):
    """properties.name names a phone as it names a device."""
    phone = seam_sandbox.create_phone(user_identity_id=owner.user_identity_id)

    seam_http.post("/devices/update", json={"device_id": phone.device_id, "properties": {"name": "Old way"}})

    assert seam_sandbox.get_phone(phone).nickname == "Old way"


def test_update_merges_the_metadata_of_a_phone(seam, seam_sandbox, owner):
    """The metadata shows in phones/get and phones/list, and in the event of the deactivation."""
    phone = make_phone(seam, owner)

    seam.devices.update(device_id=phone.device_id, custom_metadata={"id": "internalId1", "floor": "2"})
    seam.devices.update(device_id=phone.device_id, custom_metadata={"floor": None, "is_guest": True})
    seam.phones.deactivate(device_id=make_phone(seam, owner).device_id)

    metadata = {"id": "internalId1", "is_guest": True}
    assert seam.phones.get(device_id=phone.device_id).custom_metadata == metadata
    assert seam.phones.list()[0].custom_metadata == metadata
    seam.phones.deactivate(device_id=phone.device_id)
    assert [event.device_custom_metadata for event in seam_sandbox.events] == [{}, metadata]


def test_update_cannot_give_a_phone_up(seam, owner):
    """A phone is always managed."""
    phone = make_phone(seam, owner)

    with seam_raises("device_type_not_supported", status_code=400):
        seam.devices.update(device_id=phone.device_id, is_managed=False, name="Given up")

    assert seam.phones.list() == [phone]


def test_client_session_may_not_change_a_phone(seam, seam_sandbox, owner):
    """A client session changes the devices of its accounts; a phone has none."""
    phone = make_phone(seam, owner)
    session = seam.client_sessions.create(user_identity_id=owner.user_identity_id)

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as app:
        answer = app.post("/devices/update", json={"device_id": phone.device_id, "name": "Mine"})

    assert answer.status_code == 401
    assert seam.phones.list() == [phone]


def test_installation_keeps_what_was_set_for_it(seam, owner):
    """A second call for an installation changes what it describes; nickname, metadata and endpoint stay."""
    phone = make_phone(seam, owner, custom_sdk_installation_id="install-1")
    seam.devices.update(device_id=phone.device_id, name="My Phone", custom_metadata={"floor": "3"})

    again = make_phone(seam, owner, custom_sdk_installation_id="install-1", phone_metadata={"device_model": "Pixel 9"})

    assert (again.nickname, again.custom_metadata) == ("My Phone", {"floor": "3"})
    assert again.properties == phone.properties


@pytest.mark.parametrize(
    ("metadata", "maker", "manufacturer"),
    [
        ({"device_manufacturer": "Google", "device_model": "Pixel 9"}, "Google", "google"),
        ({"device_manufacturer": "Nothing Technology"}, "Nothing Technology", "nothing_technology"),
        ({}, "Samsung", "samsung"),
    ],
    ids=["Google", "two words", "default"],
)
def test_phone_as_a_device_names_its_maker(seam, owner, metadata, maker, manufacturer):
    """/devices/get shows a phone with the manufacturer that its metadata gave."""
    phone = make_phone(seam, owner, phone_metadata=metadata)

    device = seam.devices.get(device_id=phone.device_id)

    assert (device.device_manufacturer.display_name, device.device_manufacturer.manufacturer) == (maker, manufacturer)
    assert device.properties.manufacturer == manufacturer
    assert device.properties.model.manufacturer_display_name == maker


def test_phone_as_a_device_has_its_nickname_and_metadata(seam, owner):
    """The device form says what the phone says."""
    made = make_phone(seam, owner)
    seam.devices.update(device_id=made.device_id, name="My Phone", custom_metadata={"floor": "3"})

    device = seam.devices.list(device_type="android_phone")[0]

    assert (device.nickname, device.display_name) == ("My Phone", "My Phone")
    assert device.properties.appearance.name == "Samsung Galaxy S10"
    assert device.custom_metadata == {"floor": "3"}
