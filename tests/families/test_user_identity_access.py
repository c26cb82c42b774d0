"""What user identities may reach: access systems, devices, instant keys; merging; unmanaged ones."""

import pytest

from pytest_seam_sandbox import seam_raises
from pytest_seam_sandbox.api.user_identities.model import UserIdentityRow

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def hotel(seam_sandbox):
    """A Visionline hotel."""
    return seam_sandbox.create_acs_system("visionline_system", name="Hotel", entrances=["Lobby", "Room 101"])


@pytest.fixture
def ada(seam_sandbox):
    """A person without anything."""
    return seam_sandbox.create_user_identity(full_name="Ada", user_identity_key="ada").user_identity_id


@pytest.fixture
def unmanaged(seam_sandbox):
    """A person whom a provider brought."""
    backend = seam_sandbox.embedded
    row = UserIdentityRow(
        user_identity_id=backend.app.ids.uuid(),
        workspace_id=seam_sandbox.workspace_id,
        created_at=backend.app.clock.text(),
        full_name="Grace",
        user_identity_key="grace",
        is_managed=False,
    )
    return backend.workspace[UserIdentityRow].put(row).id


def new_user(seam, system, **details):
    return seam.acs.users.create(acs_system_id=system.acs_system_id, **{"full_name": "Guest", **details}).acs_user_id


def session_of(seam, seam_sandbox, user_identity_id):
    token = seam.client_sessions.create(user_identity_id=user_identity_id).token
    return seam_sandbox.http(headers={"authorization": f"Bearer {token}"})


def test_create_makes_users_in_the_systems(seam, seam_sandbox, hotel):
    """In each system the person gets a user, or the one with the same phone number."""
    office = seam_sandbox.create_acs_system("brivo_account")
    known = new_user(seam, hotel, phone_number="+1555")

    made = seam.user_identities.create(
        full_name="Ada", phone_number="+1555", acs_system_ids=[hotel.acs_system_id, office.acs_system_id]
    )

    users = seam.user_identities.list_acs_users(user_identity_id=made.user_identity_id)
    assert made.acs_user_ids == [user.acs_user_id for user in users]
    assert [(user.acs_user_id == known, user.full_name) for user in users] == [(True, "Guest"), (False, "Ada")]
    systems = seam.user_identities.list_acs_systems(user_identity_id=made.user_identity_id)
    assert [system.acs_system_id for system in systems] == [hotel.acs_system_id, office.acs_system_id]


def test_added_user_brings_the_keys_to_the_phones(seam, seam_sandbox, hotel, ada):
    """A mobile key that waited is issued when its user becomes a person's; adding again changes nothing."""
    seam_sandbox.create_phone(user_identity_id=ada)
    user = new_user(seam, hotel)
    key = seam.acs.credentials.create(access_method="mobile_key", acs_user_id=user, is_multi_phone_sync_credential=True)

    for _ in range(2):
        seam.user_identities.add_acs_user(acs_user_id=user, user_identity_id=ada)

    assert key.is_issued is False
    assert len(seam.phones.list(acs_credential_id=key.acs_credential_id)) == 1
    assert seam.user_identities.get(user_identity_id=ada).acs_user_ids == [user]


def test_unknown_key_makes_the_person(seam, hotel):
    """The new person has the user's details and the key."""
    user = new_user(seam, hotel, full_name="Grace", email_address="grace@example.com")

    seam.user_identities.add_acs_user(acs_user_id=user, user_identity_key="grace")

    made = seam.user_identities.get(user_identity_key="grace")
    assert (made.full_name, made.email_address, made.acs_user_ids) == ("Grace", "grace@example.com", [user])


def test_known_key_names_the_person(seam, hotel, ada):
    """A user is added to the person of the key."""
    user = new_user(seam, hotel)

    seam.user_identities.add_acs_user(acs_user_id=user, user_identity_key="ada")

    assert seam.user_identities.get(user_identity_id=ada).acs_user_ids == [user]


def test_users_that_do_not_fit_are_not_added(seam, seam_sandbox, hotel, ada):
    """One user per system and person; a user belongs to one person."""
    first, second = new_user(seam, hotel), new_user(seam, hotel)
    seam.user_identities.add_acs_user(acs_user_id=first, user_identity_id=ada, user_identity_key="ada")

    with seam_raises("duplicate_acs_user", status_code=409):
        seam.user_identities.add_acs_user(acs_user_id=second, user_identity_id=ada)
    with seam_raises("acs_user_has_user_identity", status_code=409):
        seam.user_identities.add_acs_user(acs_user_id=first, user_identity_key="somebody")
    with seam_raises("acs_user_not_found", status_code=404):
        seam.user_identities.add_acs_user(acs_user_id=NOBODY, user_identity_id=ada)
    with seam_raises("user_identity_not_found", status_code=404):
        seam.user_identities.add_acs_user(acs_user_id=second, user_identity_id=NOBODY)
    with seam_raises("user_identity_not_found", status_code=404):
        seam.user_identities.add_acs_user(acs_user_id=second, user_identity_id=ada, user_identity_key="grace")

    assert len(seam.user_identities.list()) == 1


def test_add_needs_a_person(seam_http):
    """Neither id nor key is refused."""
    answer = seam_http.post("/user_identities/add_acs_user", json={"acs_user_id": NOBODY})

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")


def test_removed_user_loses_the_keys_on_the_phones(seam, seam_sandbox, hotel, ada):
    """The copies on the person's phones are revoked; user and credential stay."""
    seam_sandbox.create_phone(user_identity_id=ada)
    key = seam_sandbox.create_acs_credential(user_identity_id=ada)

    seam.user_identities.remove_acs_user(user_identity_id=ada, acs_user_id=key.acs_user_id)

    assert seam.user_identities.get(user_identity_id=ada).acs_user_ids == []
    assert seam.phones.list(acs_credential_id=key.acs_credential_id) == []
    assert seam.acs.users.get(acs_user_id=key.acs_user_id).user_identity_id is None
    seam_sandbox.expect_event("acs_credential.deleted", count=1)
    with seam_raises("acs_user_not_found", status_code=404):
        seam.user_identities.remove_acs_user(user_identity_id=ada, acs_user_id=key.acs_user_id)


def test_users_repeat_the_present_details_of_their_person(seam, hotel, ada):
    """An update of the person shows on its users."""
    user = new_user(seam, hotel, user_identity_id=ada)

    seam.user_identities.update(user_identity_id=ada, full_name="Ada King")

    assert seam.acs.users.get(acs_user_id=user).user_identity_full_name == "Ada King"


def test_people_of_a_credential_manager(seam, seam_sandbox, hotel, ada):
    """The filter finds those with a user in a system whose keys the manager hands out."""
    seam_sandbox.create_user_identity()
    new_user(seam, hotel, user_identity_id=ada)
    manager = hotel.default_credential_manager_acs_system_id

    found = seam.user_identities.list(credential_manager_acs_system_id=manager)

    assert [one.user_identity_id for one in found] == [ada]
    assert seam.user_identities.list(credential_manager_acs_system_id=NOBODY) == []
    assert [one.user_identity_id for one in seam.user_identities.list(user_identity_ids=[ada])] == [ada]


def test_granted_device_is_accessible_until_it_is_revoked(seam, seam_sandbox, sandbox_device, ada):
    """Granting and revoking may be repeated."""
    other = seam_sandbox.create_device()
    both = {"user_identity_id": ada, "device_id": sandbox_device.device_id}
    for _ in range(2):
        seam.user_identities.grant_access_to_device(**both)
    seam.user_identities.grant_access_to_device(user_identity_id=ada, device_id=other.device_id)

    granted = seam.user_identities.list_accessible_devices(user_identity_id=ada)
    for _ in range(2):
        seam.user_identities.revoke_access_to_device(**both)

    left = seam.user_identities.list_accessible_devices(user_identity_id=ada)
    assert [device.device_id for device in granted] == [sandbox_device.device_id, other.device_id]
    assert [device.device_id for device in left] == [other.device_id]


def test_unmanaged_device_is_not_granted(seam, sandbox_device, ada):
    """A device that was given up is neither granted nor accessible."""
    both = {"user_identity_id": ada, "device_id": sandbox_device.device_id}
    seam.user_identities.grant_access_to_device(**both)
    seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)

    with seam_raises("device_unmanaged", status_code=400):
        seam.user_identities.grant_access_to_device(**both)

    assert seam.user_identities.list_accessible_devices(user_identity_id=ada) == []


@pytest.mark.parametrize("call", ["grant_access_to_device", "revoke_access_to_device"])
def test_unknown_device_is_not_found(seam, ada, call):
    """A device that is not there cannot be granted or revoked."""
    with seam_raises("device_not_found", status_code=404):
        getattr(seam.user_identities, call)(user_identity_id=ada, device_id=NOBODY)


@pytest.mark.parametrize(
    "call",
    [
        "list_acs_users",
        "list_acs_systems",
        "list_accessible_entrances",
        "list_accessible_devices",
        "generate_instant_key",
    ],
)
def test_unknown_person_is_not_found(seam, call):
    """Every call about nobody answers 404."""
    with seam_raises("user_identity_not_found", status_code=404):
        getattr(seam.user_identities, call)(user_identity_id=NOBODY)


@pytest.mark.parametrize("path", ["list_acs_systems", "list_accessible_entrances"])
def test_client_session_reaches_its_own_person_only(seam, seam_sandbox, ada, path):
    """Another person is not found."""
    other = seam_sandbox.create_user_identity().user_identity_id

    with session_of(seam, seam_sandbox, ada) as http:
        own = http.post(f"/user_identities/{path}", json={"user_identity_id": ada})
        others = http.post(f"/user_identities/{path}", json={"user_identity_id": other})

    assert (own.status_code, others.status_code) == (200, 404)


def test_instant_key_opens_a_session(seam, seam_sandbox, ada):
    """The key names a client session of the person, and ends with the person."""
    key = seam.user_identities.generate_instant_key(user_identity_id=ada, max_use_count=2)
    seam.user_identities.generate_instant_key(user_identity_id=seam_sandbox.create_user_identity().user_identity_id)

    session = seam.client_sessions.get(client_session_id=key.client_session_id)
    seam.user_identities.delete(user_identity_id=ada)

    assert session.user_identity_ids == [ada]
    assert key.instant_key_url.startswith("https://")
    assert key.created_at < key.expires_at
    seam_sandbox.expect_event("client_session.deleted", count=1, client_session_id=key.client_session_id)
    assert len(seam_sandbox.embedded.dump()["InstantKey"]) == 1


def test_unknown_customization_profile_is_refused(seam, ada):
    """The sandbox has no customization profiles."""
    with seam_raises("customization_profile_not_found", status_code=404):
        seam.user_identities.generate_instant_key(user_identity_id=ada, customization_profile_id=NOBODY)

    assert seam.client_sessions.list() == []


def test_deletion_goes_from_the_keys_to_the_phone(seam, seam_sandbox, hotel, ada):
    """Credentials, users, client sessions, phones: each logs its event, in this order."""
    seam_sandbox.create_phone(user_identity_id=ada)
    seam_sandbox.create_acs_credential(user_identity_id=ada)
    seam.client_sessions.create(user_identity_id=ada)

    with seam_sandbox.expecting(
        "acs_credential.deleted",
        "acs_credential.deleted",
        "acs_user.deleted",
        "client_session.deleted",
        "phone.deactivated",
    ):
        seam.user_identities.delete(user_identity_id=ada)

    assert (seam.acs.users.list(), seam.acs.credentials.list(), seam.phones.list()) == ([], [], [])


def test_unmanaged_person_is_apart(seam, unmanaged, ada):
    """Unmanaged people are read below /unmanaged, managed ones are not."""
    found = seam.user_identities.unmanaged.get(user_identity_id=unmanaged)

    assert found.full_name == "Grace"
    assert [one.user_identity_id for one in seam.user_identities.unmanaged.list()] == [unmanaged]
    assert [one.user_identity_id for one in seam.user_identities.list()] == [ada]
    with seam_raises("user_identity_not_found", status_code=404):
        seam.user_identities.get(user_identity_id=unmanaged)
    with seam_raises("user_identity_not_found", status_code=404):
        seam.user_identities.unmanaged.get(user_identity_id=ada)


def test_unmanaged_person_becomes_managed(seam, seam_sandbox, unmanaged):
    """The key is kept unless another one is given; afterwards there is nothing to convert."""
    seam.user_identities.unmanaged.update(user_identity_id=unmanaged, is_managed=True)

    assert seam.user_identities.get(user_identity_id=unmanaged).user_identity_key == "grace"
    with seam_raises("user_identity_not_found", status_code=404):
        seam.user_identities.unmanaged.update(user_identity_id=unmanaged, is_managed=True)


@pytest.fixture
def bob(seam, seam_sandbox, hotel):
    """A person with a phone, a session, an instant key and a mobile key."""
    person = seam_sandbox.create_user_identity(full_name="Bob", user_identity_key="bob").user_identity_id
    seam_sandbox.create_phone(user_identity_id=person)
    seam_sandbox.create_acs_credential(user_identity_id=person)
    seam.user_identities.generate_instant_key(user_identity_id=person)
    return person


@pytest.mark.parametrize("by_key", [True, False])
def test_merged_person_moves_into_the_primary(seam, seam_sandbox, ada, bob, by_key):
    """Sessions, phones, users and keys move; the old id and key lead to the primary; merging again does nothing."""
    phone = seam_sandbox.create_phone(user_identity_id=ada)
    pair = (
        {"user_identity_key": "ada", "merged_user_identity_keys": ["bob"]}
        if by_key
        else {"user_identity_id": ada, "merged_user_identity_ids": [bob]}
    )

    for _ in range(2):
        seam.user_identities.merge(**pair)

    primary = seam.user_identities.get(user_identity_id=bob)
    assert primary == seam.user_identities.get(user_identity_key="bob")
    assert (primary.user_identity_id, len(primary.acs_user_ids)) == (ada, 1)
    assert [session.user_identity_ids for session in seam.client_sessions.list()] == [[ada]]
    assert len(seam.phones.list(owner_user_identity_id=ada)) == 2
    key = seam.acs.credentials.list(is_multi_phone_sync_credential=True)[0]
    assert key.user_identity_id == ada
    assert phone.device_id in [one.device_id for one in seam.phones.list(acs_credential_id=key.acs_credential_id)]
    seam_sandbox.expect_no_event("client_session.deleted")


def test_person_without_a_key_can_be_merged(seam, seam_sandbox, ada):
    """Only the id leads to the primary then."""
    nameless = seam_sandbox.create_user_identity().user_identity_id

    seam.user_identities.merge(user_identity_id=ada, merged_user_identity_ids=[nameless])

    assert seam.user_identities.get(user_identity_id=nameless).user_identity_id == ada


def test_merges_that_do_not_fit_are_refused(seam, hotel, ada, bob):
    """Two users in one system, a person with itself, unknown people, half a pair: nothing moves."""
    new_user(seam, hotel, user_identity_id=ada)

    with seam_raises("duplicate_acs_user", status_code=409):
        seam.user_identities.merge(user_identity_id=ada, merged_user_identity_ids=[bob])
    with seam_raises("invalid_input", status_code=400, match="into itself"):
        seam.user_identities.merge(user_identity_id=ada, merged_user_identity_ids=[ada])
    with seam_raises("user_identity_not_found", status_code=404):
        seam.user_identities.merge(user_identity_key="ada", merged_user_identity_keys=["nobody"])
    with seam_raises("invalid_input", status_code=400, match="Must specify"):
        seam.user_identities.merge(user_identity_id=ada, merged_user_identity_keys=["bob"])

    assert len(seam.user_identities.list()) == 2


def test_primary_takes_on_the_email_and_phone_that_it_lacked(seam, seam_sandbox, hotel, ada):
    """Of the first that has them; what it has itself, its name and its key stay. Its users repeat the new details."""
    guest = seam.acs.users.create(acs_system_id=hotel.acs_system_id, full_name="Ada", user_identity_id=ada)
    first = seam.user_identities.create(full_name="B", user_identity_key="b", email_address="b@example.com")
    second = seam.user_identities.create(full_name="C", email_address="c@example.com", phone_number="+15555550100")

    seam.user_identities.merge(
        user_identity_id=ada, merged_user_identity_ids=[first.user_identity_id, second.user_identity_id]
    )

    primary = seam.user_identities.get(user_identity_id=ada)
    assert (primary.full_name, primary.user_identity_key) == ("Ada", "ada")
    assert (primary.email_address, primary.phone_number) == ("b@example.com", "+15555550100")
    assert primary.merged_user_identity_ids == [first.user_identity_id, second.user_identity_id]
    assert primary.merged_user_identity_keys == ["b"]
    user = seam.acs.users.get(acs_user_id=guest.acs_user_id)
    assert (user.user_identity_email_address, user.user_identity_phone_number) == ("b@example.com", "+15555550100")


def test_nobody_is_merged_at_first(seam, ada):
    """Both lists are there, empty."""
    person = seam.user_identities.get(user_identity_id=ada)

    assert (person.merged_user_identity_ids, person.merged_user_identity_keys) == ([], [])


@pytest.mark.parametrize("name", ["id", "key"])
@pytest.mark.parametrize("count", [0, 21])
def test_merge_takes_1_to_20_people(seam, seam_sandbox, ada, name, count):
    """Fewer or more are refused; nobody moves."""
    ids = [seam_sandbox.create_user_identity(user_identity_key=f"{n}").user_identity_id for n in range(count)]
    merged = {f"merged_user_identity_{name}s": ids if name == "id" else [str(n) for n in range(count)]}

    with seam_raises("invalid_input", status_code=400, match="Array must contain at"):
        seam.user_identities.merge(**{f"user_identity_{name}": ada if name == "id" else "ada"}, **merged)

    assert len(seam.user_identities.list()) == count + 1


def test_twenty_people_can_be_merged_at_once(seam, seam_sandbox, ada):
    """The limit itself is fine."""
    ids = [seam_sandbox.create_user_identity().user_identity_id for _ in range(20)]

    seam.user_identities.merge(user_identity_id=ada, merged_user_identity_ids=ids)

    assert [one.user_identity_id for one in seam.user_identities.list()] == [ada]
    assert seam.user_identities.get(user_identity_id=ada).merged_user_identity_ids == ids


def test_chain_of_merges_leads_to_the_last_primary(seam, seam_sandbox, ada, bob):
    """Whom the merged one stood for moves along; every older id and key leads to the new primary."""
    first = seam.user_identities.create(user_identity_key="first").user_identity_id
    seam.user_identities.merge(user_identity_id=first, merged_user_identity_ids=[bob])

    seam.user_identities.merge(user_identity_id=ada, merged_user_identity_ids=[bob])

    primary = seam.user_identities.get(user_identity_key="bob")
    assert primary.user_identity_id == ada
    assert (primary.merged_user_identity_ids, primary.merged_user_identity_keys) == ([first, bob], ["first", "bob"])


def test_lists_take_a_merged_id_for_the_primary(seam, seam_sandbox, hotel, ada, bob):
    """Each filter by a person finds what belongs to the primary, and events from before the merge too."""
    before = seam.events.list(since="2000-01-01", user_identity_id=bob)

    seam.user_identities.merge(user_identity_id=ada, merged_user_identity_ids=[bob])

    assert [one.user_identity_id for one in seam.user_identities.list(user_identity_ids=[bob])] == [ada]
    user = seam.acs.users.get(user_identity_id=bob, acs_system_id=hotel.acs_system_id)
    assert [one.acs_user_id for one in seam.acs.users.list(user_identity_id=bob)] == [user.acs_user_id]
    assert len(seam.phones.list(owner_user_identity_id=bob)) == 1
    assert {one.user_identity_id for one in seam.acs.credentials.list(user_identity_id=bob)} == {ada}
    assert len(seam.client_sessions.list(user_identity_id=bob)) == 1
    assert before
    for one in (ada, bob):
        assert seam.events.list(since="2000-01-01", user_identity_id=one) == before


def test_merged_key_stays_taken(seam, ada):
    """A key that leads to the primary cannot be somebody else's; the primary may take it back."""
    other = seam.user_identities.create(user_identity_key="other").user_identity_id
    seam.user_identities.merge(user_identity_id=ada, merged_user_identity_ids=[other])

    with seam_raises("duplicate_user_identity", status_code=409):
        seam.user_identities.create(user_identity_key="other")

    seam.user_identities.update(user_identity_id=ada, user_identity_key="other")
    assert seam.user_identities.get(user_identity_key="other").user_identity_id == ada
