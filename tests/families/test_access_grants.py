"""Access grants: made with their methods, found, refused, changed and deleted, and the events of it."""

import pytest

from pytest_seam_sandbox import AccessGrant, Sandbox, seam_raises
from pytest_seam_sandbox.api.access_grants.model import AccessGrantRow

pytestmark = pytest.mark.every_transport

NOBODY = "00000000-0000-4000-8000-000000000000"
CODE = [{"mode": "code"}]
ALL = [{"mode": mode} for mode in ("code", "card", "mobile_key", "cloud_key")]


@pytest.fixture
def ada(seam_sandbox):
    return seam_sandbox.create_user_identity(full_name="Ada", email_address="ada@example.com").user_identity_id


@pytest.fixture
def lock(seam_sandbox):
    return seam_sandbox.create_device("august_lock")


@pytest.fixture
def lobby(seam, seam_sandbox):
    """An entrance that all modes open."""
    seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby"])
    return seam.acs.entrances.list()[0]


def types(events):
    return [event.event_type for event in events]


def since(sandbox, count):
    return types(sandbox.events[count:])


def test_grant_over_a_lock_programs_a_pin(seam, seam_sandbox, ada, lock):
    """The method is there at once, not issued yet; a moment later its PIN is on the lock, and each step has its event."""
    before = len(seam_sandbox.events)

    grant = seam.access_grants.create(
        user_identity_id=ada, device_ids=[lock.device_id], requested_access_methods=CODE, name="Stay"
    )
    method = seam.access_methods.list(access_grant_id=grant.access_grant_id)[0]
    code = seam.access_codes.list(access_grant_id=grant.access_grant_id)[0]

    request = grant.requested_access_methods[0]
    assert grant.access_method_ids == request.created_access_method_ids == [method.access_method_id]
    assert (request.mode, request.display_name, request.code) == ("code", "PIN Code", None)
    assert (grant.display_name, grant.name, grant.display_status) == ("Stay", "Stay", "Awaiting issuance")
    assert (grant.ends_at, grant.space_ids, grant.location_ids, grant.access_grant_key) == (None, [], [], None)
    assert (method.mode, method.display_name, method.is_issued, method.code) == ("code", "PIN Code", True, code.code)
    assert (code.name, code.device_id, code.type, code.status) == ("Stay", lock.device_id, "ongoing", "set")
    assert since(seam_sandbox, before) == [
        "access_grant.created",
        "access_method.created",
        "access_code.created",
        "access_code.set_on_device",
        "access_method.issued",
        "access_grant.access_granted_to_all_doors",
    ]
    seam_sandbox.expect_event(
        "access_method.issued",
        access_method_id=method.access_method_id,
        access_grant_ids=[grant.access_grant_id],
        code=code.code,
    )
    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).display_status == "Active"


def test_grant_over_an_entrance_makes_a_credential_for_each_mode(seam, seam_sandbox, ada, lobby):
    """Each with the grant's times and door; a card waits to be assigned, and one event tells that the door works."""
    before = len(seam_sandbox.events)

    grant = seam.access_grants.create(
        user_identity_id=ada, acs_entrance_ids=[lobby.acs_entrance_id], requested_access_methods=ALL
    )
    code, card, mobile, cloud = seam.access_methods.list(access_grant_id=grant.access_grant_id)
    credentials = seam.acs.credentials.list(user_identity_id=ada)

    assert [one.mode for one in (code, card, mobile, cloud)] == ["code", "card", "mobile_key", "cloud_key"]
    assert [one.is_issued for one in (code, card, mobile, cloud)] == [True, False, True, True]
    assert (card.is_assignment_required, card.is_ready_for_assignment, card.is_encoding_required) == (True, True, False)
    assert card.display_status == "Awaiting assignment"
    assert [one.access_method for one in credentials] == [one.mode for one in (code, card, mobile, cloud)]
    assert credentials[0].code == code.code
    assert {one.starts_at for one in credentials} == {grant.starts_at}
    assert [row.acs_entrance_id for row in seam.acs.entrances.list(access_method_id=cloud.access_method_id)] == [
        lobby.acs_entrance_id
    ]
    assert seam.acs.entrances.list(access_method_id=NOBODY) == []
    assert since(seam_sandbox, before)[:3] == ["access_grant.created", "acs_user.created", "access_method.created"]
    seam_sandbox.expect_event("access_grant.access_granted_to_door", count=1, acs_entrance_id=lobby.acs_entrance_id)
    seam_sandbox.expect_no_event("access_grant.access_granted_to_all_doors")
    seam_sandbox.expect_no_event("access_method.card_encoding_required")


def test_mobile_key_brings_an_instant_key(seam, ada, lobby):
    """Link and token are in the first answer; the key has the person and ends with the grant."""
    grant = seam.access_grants.create(
        user_identity_id=ada,
        acs_entrance_ids=[lobby.acs_entrance_id],
        requested_access_methods=[{"mode": "mobile_key", "instant_key_max_use_count": 3}],
        ends_at="2990-01-01T00:00:00Z",
    )

    key = seam.instant_keys.get(instant_key_url=grant.instant_key_url)
    session = seam.client_sessions.get(client_session_id=key.client_session_id)

    assert (key.user_identity_id, key.expires_at) == (ada, "2990-01-01T00:00:00.000Z")
    assert (grant.client_session_token, session.user_identity_ids) == (session.token, [ada])
    assert grant.requested_access_methods[0].instant_key_max_use_count == 3
    method = seam.access_methods.get(access_method_id=grant.access_method_ids[0])
    assert (method.instant_key_url, method.client_session_token) == (grant.instant_key_url, session.token)
    seam.instant_keys.delete(instant_key_id=key.instant_key_id)
    left = seam.access_grants.get(access_grant_id=grant.access_grant_id)
    assert (left.instant_key_url, left.client_session_token) == (None, None)
    assert seam.access_methods.get(access_method_id=grant.access_method_ids[0]).is_issued


def test_two_mobile_keys_have_links_of_their_own(seam, ada, lobby):
    """The grant itself shows a link only when there is just one."""
    grant = seam.access_grants.create(
        user_identity_id=ada,
        acs_entrance_ids=[lobby.acs_entrance_id],
        requested_access_methods=[{"mode": "mobile_key"}, {"mode": "mobile_key"}],
    )

    methods = seam.access_methods.list(access_grant_id=grant.access_grant_id)
    assert len({method.instant_key_url for method in methods}) == 2
    assert (grant.instant_key_url, grant.client_session_token) == (None, methods[0].client_session_token)


def test_person_can_be_made_with_the_grant(seam, lock):
    """The inline person is a user identity like any other; the grant is called after it."""
    grant = seam.access_grants.create(
        user_identity={"full_name": "Bob", "email_address": "bob@example.com", "user_identity_key": "bob"},
        device_ids=[lock.device_id],
        requested_access_methods=CODE,
    )

    person = seam.user_identities.get(user_identity_key="bob")
    assert (grant.user_identity_id, grant.display_name, grant.name) == (person.user_identity_id, "Bob", None)


@pytest.mark.parametrize(
    ("given", "error_type", "status"),
    [
        ({"device_ids": [NOBODY]}, "device_not_found", 404),
        ({"acs_entrance_ids": [NOBODY]}, "acs_entrance_not_found", 404),
        ({"space_ids": [NOBODY]}, "space_not_found", 404),
        ({"space_keys": ["attic"]}, "space_not_found", 404),
        ({"location_ids": [NOBODY]}, "space_not_found", 404),
        ({"location": {"device_ids": [NOBODY]}}, "device_not_found", 404),
        ({"user_identity_id": NOBODY}, "user_identity_not_found", 404),
        ({"user_identity": {"full_name": "Ada"}}, "invalid_input", 400),
        ({"user_identity_id": None}, "invalid_input", 400),
        ({"customization_profile_id": NOBODY}, "customization_profile_not_found", 404),
        ({"device_ids": []}, "invalid_input", 400),
        ({"ends_at": "2001-01-01T00:00:00Z"}, "invalid_input", 400),
        ({"ends_at": "2001-01-01T00:00:00Z", "starts_at": "2000-01-01T00:00:00Z"}, "invalid_input", 400),
        ({"ends_at": "tomorrow"}, "invalid_input", 400),
        ({"requested_access_methods": [{"mode": "face"}]}, "invalid_input", 400),
        ({"requested_access_methods": [{"mode": "code", "code": "123"}]}, "invalid_input", 400),
        ({"requested_access_methods": [{"mode": "code", "code": "12a4"}]}, "invalid_input", 400),
        ({"requested_access_methods": [{"mode": "mobile_key", "instant_key_max_use_count": 0}]}, "invalid_input", 400),
    ],
)
def test_grant_that_cannot_be_is_not_made(seam, seam_sandbox, ada, lock, given, error_type, status):
    """A refusal stores nothing."""
    asked = {"user_identity_id": ada, "device_ids": [lock.device_id], "requested_access_methods": CODE, **given}

    with seam_raises(error_type, status_code=status):
        seam.access_grants.create(**{name: value for name, value in asked.items() if value is not None})

    assert seam.access_grants.list() == []
    assert (len(seam.user_identities.list()), seam.spaces.list()) == (1, [])
    seam_sandbox.expect_no_event("access_grant.created")


def test_inline_person_with_a_taken_address_is_refused(seam, ada, lock):
    """Email address, phone number and key are unique."""
    with seam_raises("duplicate_user_identity", status_code=409):
        seam.access_grants.create(
            user_identity={"email_address": "ada@example.com"},
            device_ids=[lock.device_id],
            requested_access_methods=CODE,
        )


def test_unmanaged_device_cannot_be_granted(seam, ada, lock):
    """It has to be converted first."""
    seam.devices.update(device_id=lock.device_id, is_managed=False)

    with seam_raises("device_unmanaged", status_code=400):
        seam.access_grants.create(user_identity_id=ada, device_ids=[lock.device_id], requested_access_methods=CODE)


def test_id_and_key_of_a_grant_have_to_fit_together(seam, ada, lock):
    """A grant has its key for good: an update finds it by both."""
    asked = {"user_identity_id": ada, "device_ids": [lock.device_id], "requested_access_methods": []}
    one, other = (seam.access_grants.create(**asked, access_grant_key=key) for key in ("one", "other"))

    with seam_raises("access_grant_not_found", status_code=404):
        seam.access_grants.update(access_grant_id=one.access_grant_id, access_grant_key="other", name="New")
    seam.access_grants.update(access_grant_id=other.access_grant_id, access_grant_key="other", name="New")
    assert [grant.name for grant in seam.access_grants.list()] == [None, "New"]


def test_key_of_a_grant_is_unique(seam, seam_sandbox, ada, lock):
    """A client that got no answer finds the grant by its key; events name it."""
    asked = {"user_identity_id": ada, "device_ids": [lock.device_id], "requested_access_methods": CODE}
    grant = seam.access_grants.create(access_grant_key="stay", **asked)

    assert seam.access_grants.get(access_grant_key="stay").access_grant_id == grant.access_grant_id
    seam_sandbox.expect_event("access_method.created", access_grant_keys=["stay"])
    assert len(seam.access_codes.list(access_grant_key="stay")) == 1
    with seam_raises("duplicate_access_grant_key", status_code=409):
        seam.access_grants.create(access_grant_key="stay", **asked)
    with seam_raises("invalid_input", status_code=400, match="exactly one"):
        seam.access_grants.get(access_grant_id=grant.access_grant_id, access_grant_key="stay")
    with seam_raises("access_grant_not_found", status_code=404):
        seam.access_grants.get(access_grant_key="other")


def test_mode_that_no_door_supports_is_an_error_of_the_grant(seam, seam_sandbox, ada, lock):
    """The grant is there, its request has no method, and an event says so."""
    grant = seam.access_grants.create(
        user_identity_id=ada, device_ids=[lock.device_id], requested_access_methods=[{"mode": "card"}, {"mode": "code"}]
    )

    card, code = grant.requested_access_methods
    assert (card.created_access_method_ids, len(code.created_access_method_ids)) == ([], 1)
    assert [error.error_code for error in grant.errors] == ["cannot_create_requested_access_methods"]
    seam_sandbox.expect_event(
        "access_grant.could_not_create_requested_access_methods",
        count=1,
        access_grant_id=grant.access_grant_id,
        error_message=grant.errors[0].message,
    )
    seam_sandbox.expect_no_event("access_grant.access_granted_to_all_doors")


def test_grant_for_an_empty_space_waits_for_members(seam, ada, lock):
    """No method and no error; both come with the first member."""
    space = seam.spaces.create(name="Suite", space_key="suite")
    grant = seam.access_grants.create(user_identity_id=ada, space_keys=["suite"], requested_access_methods=CODE)
    assert (grant.access_method_ids, grant.errors, grant.space_ids) == ([], [], [space.space_id])

    seam.spaces.add_devices(space_id=space.space_id, device_ids=[lock.device_id])

    assert len(seam.access_grants.get(access_grant_id=grant.access_grant_id).access_method_ids) == 1


def test_location_is_a_space_that_is_made_with_the_grant(seam, ada, lock, lobby):
    """The deprecated parameter, with and without a name."""
    for name in ("Old Town", None):
        location = {"device_ids": [lock.device_id], "acs_entrance_ids": [lobby.acs_entrance_id]}
        location |= {} if name is None else {"name": name}
        grant = seam.access_grants.create(user_identity_id=ada, location=location, requested_access_methods=CODE)

        space = seam.spaces.get(space_id=grant.location_ids[0])
        assert (space.name, space.device_count, space.acs_entrance_count) == (name or "Location", 1, 1)
        assert grant.location_ids == grant.space_ids


def test_list_filters_have_to_match(seam, seam_sandbox, ada, lock, lobby):
    """Grants are found by everything that they are for, through a space too."""
    other = seam_sandbox.create_device("nuki_lock")
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id], customer_key="acme")
    asked = {"user_identity_id": ada, "requested_access_methods": CODE}
    suite = seam.access_grants.create(space_ids=[space.space_id], access_grant_key="suite", **asked)
    door = seam.access_grants.create(
        acs_entrance_ids=[lobby.acs_entrance_id],
        device_ids=[other.device_id],
        reservation_key=None,
        name="Door",
        **asked,
    )
    code = seam.access_codes.list(device_id=lock.device_id)[0].access_code_id

    def found(**filters):
        return [one.access_grant_key or one.name for one in seam.access_grants.list(**filters)]

    assert found() == ["suite", "Door"]
    assert found(access_grant_ids=[suite.access_grant_id]) == found(access_grant_key="suite") == ["suite"]
    assert found(space_id=space.space_id) == found(location_id=space.space_id) == ["suite"]
    assert found(device_id=lock.device_id) == found(access_code_id=code) == found(customer_key="acme") == ["suite"]
    assert found(acs_entrance_id=lobby.acs_entrance_id) == found(acs_system_id=lobby.acs_system_id) == ["Door"]
    assert found(user_identity_id=ada) == found(search="ADA@") == ["suite", "Door"]
    assert found(search="doo") == found(device_id=other.device_id) == ["Door"]
    assert found(user_identity_id=NOBODY) == found(access_code_id=NOBODY) == found(reservation_key="r") == []
    assert found(limit=1) == ["suite"]
    events = seam.events.list(since="2000-01-01", access_grant_id=door.access_grant_id)
    assert {"access_grant.created", "access_method.issued"} <= set(types(events))


def test_null_finds_the_grants_without_a_key(seam, seam_sandbox, ada, lock):
    """null asks for those that have none."""
    asked = {"user_identity_id": ada, "device_ids": [lock.device_id], "requested_access_methods": []}
    seam.access_grants.create(access_grant_key="stay", **asked)
    plain = seam.access_grants.create(**asked)

    answer = seam_sandbox.http().post("/access_grants/list", json={"access_grant_key": None})

    assert [one["access_grant_id"] for one in answer.json()["access_grants"]] == [plain.access_grant_id]


def test_methods_can_be_added(seam, seam_sandbox, ada, lobby):
    """They have the grant's doors, and no event of the grant tells of them."""
    grant = seam.access_grants.create(
        user_identity_id=ada, acs_entrance_ids=[lobby.acs_entrance_id], requested_access_methods=[]
    )
    assert grant.access_method_ids == []

    added = seam.access_grants.request_access_methods(
        access_grant_id=grant.access_grant_id, requested_access_methods=[{"mode": "cloud_key"}]
    )

    assert len(added.access_method_ids) == 1
    assert seam.access_methods.list(acs_entrance_id=lobby.acs_entrance_id)[0].mode == "cloud_key"
    seam_sandbox.expect_event("access_grant.access_granted_to_all_doors", count=1)
    with seam_raises("invalid_input", status_code=400, match="at least 1"):
        seam.access_grants.request_access_methods(access_grant_id=grant.access_grant_id, requested_access_methods=[])


def test_deleted_grant_takes_everything_along(seam, seam_sandbox, ada, lock, lobby):
    """What is at the doors goes first, then each method, the grant last; person and doors stay."""
    grant = seam.access_grants.create(
        user_identity_id=ada,
        device_ids=[lock.device_id],
        acs_entrance_ids=[lobby.acs_entrance_id],
        requested_access_methods=[{"mode": "code"}, {"mode": "mobile_key"}],
    )
    seam.access_methods.list(access_grant_id=grant.access_grant_id)
    before = len(seam_sandbox.events)

    seam.access_grants.delete(access_grant_id=grant.access_grant_id)

    assert since(seam_sandbox, before) == [
        "access_code.removed_from_device",
        "access_code.deleted",
        "acs_credential.deleted",
        "access_method.deleted",
        "acs_credential.deleted",
        "client_session.deleted",
        "access_method.deleted",
        "access_grant.deleted",
    ]
    assert (seam.access_codes.list(device_id=lock.device_id), seam.acs.credentials.list()) == ([], [])
    assert (seam.instant_keys.list(), len(seam.acs.users.list()), len(seam.user_identities.list())) == ([], 1, 1)
    with seam_raises("access_grant_not_found", status_code=404):
        seam.access_grants.get(access_grant_id=grant.access_grant_id)
    with seam_raises("access_method_not_found", status_code=404):
        seam.access_methods.get(access_method_id=grant.access_method_ids[0])


def test_grant_without_methods_is_deleted(seam, seam_sandbox, ada, lock):
    """There is nothing below it."""
    grant = seam.access_grants.create(user_identity_id=ada, device_ids=[lock.device_id], requested_access_methods=[])

    seam.access_grants.delete(access_grant_id=grant.access_grant_id)

    seam_sandbox.expect_event("access_grant.deleted", count=1)
    assert seam.access_grants.list() == []


def test_grants_go_with_their_person(seam, seam_sandbox, ada, lobby):
    """Grant and methods are deleted, with their events, before the user of the access system is."""
    seam.access_grants.create(
        user_identity_id=ada, acs_entrance_ids=[lobby.acs_entrance_id], requested_access_methods=[{"mode": "cloud_key"}]
    )
    before = len(seam_sandbox.events)

    seam.user_identities.delete(user_identity_id=ada)

    assert since(seam_sandbox, before) == [
        "acs_credential.deleted",
        "access_method.deleted",
        "access_grant.deleted",
        "acs_user.deleted",
    ]
    assert seam.access_grants.list() == []


def test_merged_person_brings_its_grants(seam, ada, lock):
    """They are the primary's then."""
    bob = seam.user_identities.create(full_name="Bob").user_identity_id
    grant = seam.access_grants.create(user_identity_id=bob, device_ids=[lock.device_id], requested_access_methods=CODE)

    seam.user_identities.merge(user_identity_id=ada, merged_user_identity_ids=[bob])

    assert seam.access_grants.get(access_grant_id=grant.access_grant_id).user_identity_id == ada
    assert len(seam.access_grants.list(user_identity_id=bob)) == 1


def test_related_resources_come_in_one_batch(seam, seam_sandbox, ada, lock, lobby):
    """Everything that the grants reach, through their spaces too."""
    space = seam.spaces.create(name="Suite", device_ids=[lock.device_id])
    grant = seam.access_grants.create(
        user_identity_id=ada,
        space_ids=[space.space_id],
        acs_entrance_ids=[lobby.acs_entrance_id],
        requested_access_methods=CODE,
        access_grant_key="stay",
    )
    batch = seam.access_grants.get_related(access_grant_ids=[grant.access_grant_id], access_grant_keys=["stay"])

    def ids(name, key):
        return [one[key] for one in getattr(batch, name)]

    assert ids("spaces", "space_id") == [space.space_id]
    assert ids("devices", "device_id") == [lock.device_id]
    assert ids("acs_entrances", "acs_entrance_id") == [lobby.acs_entrance_id]
    assert ids("acs_systems", "acs_system_id") == [lobby.acs_system_id]
    assert ids("user_identities", "user_identity_id") == [ada]
    assert ids("access_methods", "access_method_id") == grant.access_method_ids
    assert {*ids("connected_accounts", "connected_account_id")} == {
        lock.connected_account_id,
        lobby.connected_account_id,
    }
    assert batch.acs_access_groups == []
    assert seam.spaces.get_related(space_ids=[space.space_id]).access_methods[0]["mode"] == "code"
    with seam_raises("access_grant_not_found", status_code=404):
        seam.access_grants.get_related(access_grant_keys=["other"])


def test_unmanaged_grant_becomes_managed(seam, seam_sandbox, ada, lock, lobby):
    """It is found among the unmanaged ones only, until it is converted together with its methods."""
    grant = seam.access_grants.create(
        user_identity_id=ada,
        device_ids=[lock.device_id],
        acs_entrance_ids=[lobby.acs_entrance_id],
        requested_access_methods=CODE,
        access_grant_key="old",
    )
    about = {"access_grant_id": grant.access_grant_id}
    table = seam_sandbox._backend.workspace[AccessGrantRow]
    with seam_raises("access_grant_not_found", status_code=404):
        seam.access_grants.unmanaged.get(**about)
    table.put(table[grant.access_grant_id].but(is_managed=False))

    found = seam.access_grants.unmanaged.list(
        acs_entrance_id=lobby.acs_entrance_id, acs_system_id=lobby.acs_system_id, user_identity_id=ada
    )
    assert found == [seam.access_grants.unmanaged.get(**about)]
    assert (seam.access_grants.list(), seam.access_grants.unmanaged.list(reservation_key="r")) == ([], [])
    assert seam.access_grants.unmanaged.list(acs_entrance_id=NOBODY) == []
    assert not hasattr(found[0], "access_grant_key")
    seam.access_grants.unmanaged.update(is_managed=True, access_grant_key="new", **about)

    assert seam.access_grants.get(access_grant_key="new").access_grant_id == grant.access_grant_id
    assert len(seam.access_codes.list(access_grant_key="new")) == 1
    assert seam.access_grants.unmanaged.list() == []


def test_unmanaged_grant_keeps_its_key_or_takes_a_free_one(seam, seam_sandbox, ada, lock):
    """A key that another grant has is refused; without one the old key stays."""
    asked = {"user_identity_id": ada, "device_ids": [lock.device_id], "requested_access_methods": CODE}
    seam.access_grants.create(access_grant_key="taken", **asked)
    grant = seam.access_grants.create(access_grant_key="old", **asked)
    table = seam_sandbox._backend.workspace[AccessGrantRow]
    table.put(table[grant.access_grant_id].but(is_managed=False))
    about = {"access_grant_id": grant.access_grant_id, "is_managed": True}

    with seam_raises("duplicate_access_grant_key", status_code=409):
        seam.access_grants.unmanaged.update(access_grant_key="taken", **about)
    seam.access_grants.unmanaged.update(**about)

    assert seam.access_grants.get(access_grant_key="old").access_grant_id == grant.access_grant_id


def test_portal_sees_its_customers_grants(seam, seam_sandbox, ada, lock):
    """A grant that a customer's session makes is the customer's; another's it does not find."""
    foreign = seam.access_grants.create(
        user_identity_id=ada, device_ids=[lock.device_id], requested_access_methods=CODE
    )
    seam.connected_accounts.update(connected_account_id=lock.connected_account_id, customer_key="acme")
    token = seam.client_sessions.create(customer_key="acme").token
    http = seam_sandbox.http(headers={"authorization": f"Bearer {token}"})

    asked = {"user_identity_id": ada, "device_ids": [lock.device_id], "requested_access_methods": CODE}
    made = http.post("/access_grants/create", json={**asked, "location": {"name": "Ours"}}).json()["access_grant"]

    listed = http.post("/access_grants/list", json={}).json()["access_grants"]
    assert [one["access_grant_id"] for one in listed] == [made["access_grant_id"]]
    assert http.post("/access_grants/get", json={"access_grant_id": foreign.access_grant_id}).status_code == 404
    assert [one.access_grant_id for one in seam.access_grants.list(customer_key="acme")] == [made["access_grant_id"]]


def test_model_reads_the_answer():
    """The exported model has the fields by attribute."""
    with Sandbox() as sandbox:
        lock = sandbox.create_device("august_lock")
        body = {
            "user_identity": {"full_name": "Ada"},
            "device_ids": [lock.device_id],
            "requested_access_methods": [{"mode": "code", "code": "2468"}],
        }
        answer = sandbox.http().post("/access_grants/create", json=body).json()

    grant = AccessGrant.model_validate(answer["access_grant"])
    assert grant.requested_access_methods[0].code == "2468"
