"""Credentials: issued as far as they can be, one copy for each phone, changed, passed on, deleted."""

from datetime import timedelta

import pytest

from pytest_seam_sandbox import SandboxError, seam_raises

NOBODY = "00000000-0000-4000-8000-000000000000"
FUTURE = "2990-01-01T00:00:00Z"


@pytest.fixture
def ada(seam_sandbox):
    """A person with an Android phone."""
    person = seam_sandbox.create_user_identity(full_name="Ada", email_address="ada@example.com").user_identity_id
    seam_sandbox.create_phone(user_identity_id=person)
    return person


@pytest.fixture
def hotel(seam_sandbox):
    """A Visionline hotel."""
    return seam_sandbox.create_acs_system("visionline_system", entrances=["Lobby", "Room 101"])


@pytest.fixture
def office(seam_sandbox):
    """An access system of which all kinds of credentials can be had."""
    return seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby"])


def ids(credentials):
    return [one.acs_credential_id for one in credentials]


def copies(seam, credential):
    listed = seam.acs.credentials.list(is_multi_phone_sync_credential=False)
    return [one for one in listed if one.parent_acs_credential_id == credential.acs_credential_id]


def phones(seam, credential_id):
    return [phone.device_id for phone in seam.phones.list(acs_credential_id=credential_id)]


@pytest.mark.parametrize(("access_method", "is_issued"), [("code", True), ("cloud_key", True), ("card", False)])
def test_codes_and_cloud_keys_are_issued_at_once(seam, seam_sandbox, office, access_method, is_issued):
    """A card waits for an encoder, with the warning that says so."""
    made = seam_sandbox.create_acs_credential(access_method)

    assert made.is_issued is is_issued
    assert [warning.warning_code for warning in made.warnings] == ([] if is_issued else ["waiting_to_be_issued"])
    assert len([e for e in seam_sandbox.events if e.event_type == "acs_credential.issued"]) == int(is_issued)


def test_code_is_the_given_one_or_a_new_one(seam_sandbox, office):
    """A code that nobody chose has four digits."""
    assert seam_sandbox.create_acs_credential("code", code="2468").code == "2468"
    assert len(seam_sandbox.create_acs_credential("code").code) == 4


def test_mobile_key_has_a_copy_on_every_phone(seam, seam_sandbox, hotel, ada):
    """A multi-phone credential is issued with a child for each phone of its person."""
    seam_sandbox.create_phone(user_identity_id=ada, operating_system="ios")

    with seam_sandbox.expecting("acs_credential.issued", "acs_credential.issued", "acs_credential.issued"):
        key = seam_sandbox.create_acs_credential(user_identity_id=ada)

    own = [phone.device_id for phone in seam.phones.list(owner_user_identity_id=ada)]
    assert key.is_issued is True
    assert [phones(seam, copy.acs_credential_id) for copy in copies(seam, key)] == [[own[0]], [own[1]]]
    assert phones(seam, key.acs_credential_id) == own
    assert phones(seam, NOBODY) == []


def test_mobile_key_waits_for_the_first_phone(seam, seam_sandbox, hotel):
    """Without a phone there is nothing to issue to; the first phone changes that, further ones get copies."""
    person = seam_sandbox.create_user_identity().user_identity_id
    key = seam_sandbox.create_acs_credential(user_identity_id=person)

    first = seam_sandbox.create_phone(user_identity_id=person)
    second = seam_sandbox.create_phone(user_identity_id=person)

    assert key.is_issued is False
    assert seam.acs.credentials.get(acs_credential_id=key.acs_credential_id).is_issued is True
    assert phones(seam, key.acs_credential_id) == [first.device_id, second.device_id]
    seam_sandbox.expect_event("acs_credential.issued", count=3)


def test_same_installation_again_changes_nothing(seam, seam_sandbox, hotel):
    """A phone that registers once more keeps its keys and gets no second copy."""
    person = seam_sandbox.create_user_identity().user_identity_id
    seam_sandbox.create_phone(user_identity_id=person, custom_sdk_installation_id="one")
    key = seam_sandbox.create_acs_credential(user_identity_id=person)

    again = seam_sandbox.create_phone(user_identity_id=person, custom_sdk_installation_id="one")

    assert phones(seam, key.acs_credential_id) == [again.device_id]
    assert len(copies(seam, key)) == 1


def test_single_phone_key_is_on_the_oldest_phone(seam, seam_sandbox, office, ada):
    """A mobile key that is not synchronised has no copies and goes to no further phone."""
    key = seam_sandbox.create_acs_credential(user_identity_id=ada, is_multi_phone_sync_credential=False)
    seam_sandbox.create_phone(user_identity_id=ada)

    assert phones(seam, key.acs_credential_id) == [seam.phones.list()[0].device_id]
    assert ids(seam.acs.credentials.list()) == [key.acs_credential_id]


def test_deactivation_revokes_just_the_keys_of_that_phone(seam, seam_sandbox, hotel, ada):
    """The copy on the lost phone goes before it; the parent and the copy on the other phone stay."""
    lost, kept = seam.phones.list()[0], seam_sandbox.create_phone(user_identity_id=ada)
    key = seam_sandbox.create_acs_credential(user_identity_id=ada)

    with seam_sandbox.expecting("acs_credential.deleted", "phone.deactivated"):
        seam.phones.deactivate(device_id=lost.device_id)

    assert phones(seam, key.acs_credential_id) == [kept.device_id]
    assert len(copies(seam, key)) == 1
    seam_sandbox.expect_event("acs_credential.deleted", count=1)


def test_key_whose_last_phone_was_lost_waits_for_the_next(seam, seam_sandbox, hotel, ada):
    """It is as one that was made for somebody without a phone, and is issued again to the next phone."""
    lost = seam.phones.list()[0]
    key = seam_sandbox.create_acs_credential(user_identity_id=ada)

    seam.phones.deactivate(device_id=lost.device_id)

    waiting = seam.acs.credentials.get(acs_credential_id=key.acs_credential_id)
    assert (waiting.is_issued, waiting.issued_at) == (False, None)
    assert [warning.warning_code for warning in waiting.warnings] == ["waiting_to_be_issued"]
    assert waiting.visionline_metadata.is_valid is False
    with seam_sandbox.expecting("acs_credential.issued", "acs_credential.issued"):
        new = seam_sandbox.create_phone(user_identity_id=ada)
    again = seam.acs.credentials.get(acs_credential_id=key.acs_credential_id)
    assert (again.is_issued, again.warnings, phones(seam, key.acs_credential_id)) == (True, [], [new.device_id])


def test_invalid_key_is_issued_to_no_further_phone(seam, seam_sandbox, hotel, ada):
    """What was taken away does not come back with the next phone."""
    user = seam_sandbox.create_acs_credential(user_identity_id=ada).acs_user_id
    seam.acs.users.revoke_access_to_all_entrances(acs_user_id=user)
    seam.phones.deactivate(device_id=seam.phones.list()[0].device_id)

    phone = seam_sandbox.create_phone(user_identity_id=ada)

    assert [one.is_issued for one in seam.acs.credentials.list()] == [False]
    assert phones(seam, seam.acs.credentials.list()[0].acs_credential_id) == []
    assert phone.device_id in [one.device_id for one in seam.phones.list()]


def test_phone_that_came_while_the_system_was_away_gets_its_key_later(seam, seam_sandbox, hotel, ada):
    """Nothing is issued through a lost account; when it is back, every phone has its copy."""
    key = seam_sandbox.create_acs_credential(user_identity_id=ada)

    with seam_sandbox.account_disconnected(hotel.connected_account_id):
        late = seam_sandbox.create_phone(user_identity_id=ada)
        assert late.device_id not in phones(seam, key.acs_credential_id)

    assert late.device_id in phones(seam, key.acs_credential_id)
    assert len(copies(seam, key)) == 2


def test_credential_of_another_kind_may_have_a_code(seam, seam_sandbox, office):
    """No source forbids it, so it is kept and shown; nobody makes one up."""
    assert seam_sandbox.create_acs_credential("card", code="1234").code == "1234"
    assert seam_sandbox.create_acs_credential("card").code is None
    assert seam_sandbox.create_acs_credential("card", is_multi_phone_sync_credential=True).is_issued is False


def test_person_without_a_user_is_linked_or_made(seam, office, ada):
    """The user with the same email address is taken, else one is made; later credentials use it again."""
    known = seam.acs.users.create(
        acs_system_id=office.acs_system_id, full_name="A. L.", email_address="ada@example.com"
    )

    made = [
        seam.acs.credentials.create(access_method="code", acs_system_id=office.acs_system_id, user_identity_id=ada)
        for _ in range(2)
    ]

    assert [one.acs_user_id for one in made] == [known.acs_user_id] * 2
    assert seam.acs.users.get(acs_user_id=known.acs_user_id).user_identity_id == ada


def test_credential_of_a_user(seam, office):
    """A user without a person may have a code, in its own system."""
    user = seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Ada")

    made = seam.acs.credentials.create(access_method="code", acs_user_id=user.acs_user_id)

    assert (made.acs_user_id, made.user_identity_id) == (user.acs_user_id, None)
    assert made.acs_system_id == office.acs_system_id


@pytest.mark.parametrize(
    ("given", "error_type", "status"),
    [
        ({"acs_user_id": NOBODY, "user_identity_id": None, "acs_system_id": None}, "acs_user_not_found", 404),
        ({"user_identity_id": NOBODY}, "user_identity_not_found", 404),
        ({"acs_system_id": NOBODY}, "acs_system_not_found", 404),
        ({"acs_system_id": None}, "invalid_input", 400),
        ({"user_identity_id": None}, "invalid_input", 400),
        ({"access_method": "code"}, "not_supported", 400),
        ({"is_multi_phone_sync_credential": None}, "invalid_input", 400),
        ({"is_multi_phone_sync_credential": False}, "invalid_input", 400),
        ({"code": "abc"}, "invalid_input", 400),
        ({"allowed_acs_entrance_ids": [NOBODY]}, "acs_entrance_not_found", 404),
        ({"credential_manager_acs_system_id": NOBODY}, "acs_system_not_found", 404),
        ({"visionline_metadata": {"joiner_acs_credential_ids": [NOBODY]}}, "acs_credential_not_found", 404),
        ({"starts_at": "2991-01-01T00:00:00Z", "ends_at": FUTURE}, "invalid_input", 400),
        ({"ends_at": "2001-01-01T00:00:00Z"}, "invalid_input", 400),
    ],
)
def test_bad_credential_is_refused(seam, seam_sandbox, hotel, ada, given, error_type, status):
    """What does not exist or fit is refused, and neither a credential nor a user is made."""
    asked = {
        "access_method": "mobile_key",
        "acs_system_id": hotel.acs_system_id,
        "user_identity_id": ada,
        "is_multi_phone_sync_credential": True,
        **given,
    }

    with seam_raises(error_type, status_code=status):
        seam.acs.credentials.create(**{name: value for name, value in asked.items() if value is not None})

    assert (seam.acs.credentials.list(), seam.acs.users.list()) == ([], [])


def test_parts_of_other_systems_are_refused(seam, hotel, office, ada):
    """User, entrances and credential manager have to belong to the system."""
    user = seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Ada")
    door = seam.acs.entrances.list(acs_system_id=office.acs_system_id)[0].acs_entrance_id
    key = {"access_method": "mobile_key", "is_multi_phone_sync_credential": True}
    own = {**key, "acs_system_id": hotel.acs_system_id, "user_identity_id": ada}

    with seam_raises("invalid_input", status_code=400, match="user belongs to another"):
        seam.acs.credentials.create(**key, acs_user_id=user.acs_user_id, acs_system_id=hotel.acs_system_id)
    with seam_raises("invalid_input", status_code=400, match="entrances belong to another"):
        seam.acs.credentials.create(**own, allowed_acs_entrance_ids=[door])
    with seam_raises("invalid_input", status_code=400, match="no credential manager for"):
        seam.acs.credentials.create(**own, credential_manager_acs_system_id=office.acs_system_id)


def test_named_manager_and_doors_of_vostio(seam, seam_sandbox, ada):
    """Vostio repeats what it was asked for; its own credential manager may be named."""
    system = seam_sandbox.create_acs_system("assa_abloy_vostio", entrances=["Lobby"])

    key = seam_sandbox.create_acs_credential(
        user_identity_id=ada,
        credential_manager_acs_system_id=system.default_credential_manager_acs_system_id,
        assa_abloy_vostio_metadata={"auto_join": True},
    )

    assert (key.assa_abloy_vostio_metadata.auto_join, key.assa_abloy_vostio_metadata.door_names) == (True, ["Lobby"])


def test_override_key_shuts_out_the_keys_before_it(seam, seam_sandbox, hotel, ada):
    """A new guest's override key invalidates the issued keys of the same room, and not those of the lobby."""
    lobby, room = (entrance.acs_entrance_id for entrance in seam.acs.entrances.list())
    old = seam_sandbox.create_acs_credential(user_identity_id=ada, acs_entrance_ids=[room])
    public = seam_sandbox.create_acs_credential(user_identity_id=ada, acs_entrance_ids=[lobby])

    new = seam_sandbox.create_acs_credential(
        user_identity_id=ada, acs_entrance_ids=[room, lobby], visionline_metadata={"override": True}
    )
    seam_sandbox.create_phone(user_identity_id=ada)

    def is_valid(key):
        return seam.acs.credentials.get(acs_credential_id=key.acs_credential_id).visionline_metadata.is_valid

    assert [is_valid(key) for key in (old, public, new)] == [False, True, True]
    seam_sandbox.expect_event("acs_credential.invalidated", count=2)
    assert len(copies(seam, old)) == 1


@pytest.mark.parametrize("named", [True, False])
def test_override_key_of_vostio(seam, seam_sandbox, ada, named):
    """It shuts out the keys of the doors that it names as overridden, or of all its doors."""
    seam_sandbox.create_acs_system("assa_abloy_vostio", entrances=["Room 1", "Room 2"])
    first, second = (entrance.acs_entrance_id for entrance in seam.acs.entrances.list())
    old = [
        seam_sandbox.create_acs_credential(user_identity_id=ada, acs_entrance_ids=[door]) for door in (first, second)
    ]

    ask = {"override_guest_acs_entrance_ids": [second]} if named else {"override_all_guest_acs_entrances": True}
    seam_sandbox.create_acs_credential(user_identity_id=ada, assa_abloy_vostio_metadata=ask)

    dead = [e.acs_credential_id for e in seam_sandbox.events if e.event_type == "acs_credential.invalidated"]
    assert [key.acs_credential_id in dead for key in old] == [not named, True]


def test_credential_opens_doors_in_its_time_only(seam, seam_sandbox, office, ada):
    """What a user may open counts the credentials that are valid now."""
    seam_sandbox.clock.freeze()
    start = seam_sandbox.clock.now() + timedelta(hours=1)
    end = start + timedelta(hours=1)
    code = seam_sandbox.create_acs_credential(
        "code", user_identity_id=ada, starts_at=start.isoformat(), ends_at=end.isoformat()
    )

    opens = []
    for _ in range(3):
        opens.append(len(seam.acs.users.list_accessible_entrances(acs_user_id=code.acs_user_id)))
        seam_sandbox.clock.advance(timedelta(hours=1))

    assert opens == [0, 1, 0]


@pytest.mark.parametrize("call", ["get", "delete", "list_accessible_entrances", "update"])
def test_unknown_credential_is_not_found(seam, call):
    """An id that names nothing answers 404."""
    with seam_raises("acs_credential_not_found", status_code=404):
        getattr(seam.acs.credentials, call)(acs_credential_id=NOBODY)


def test_list_filters_have_to_match(seam, seam_sandbox, office, hotel, ada):
    """Credentials are found by system, user, person, kind, time and text."""
    code = seam_sandbox.create_acs_credential("code", code="24683579", acs_system_id=office.acs_system_id)
    key = seam_sandbox.create_acs_credential(user_identity_id=ada, acs_system_id=hotel.acs_system_id)

    def found(**filters):
        return ids(seam.acs.credentials.list(**filters))

    assert found(acs_system_id=office.acs_system_id) == found(acs_user_id=code.acs_user_id) == found(search="2468357")
    assert found(search=code.acs_credential_id) == [code.acs_credential_id]
    assert found(is_multi_phone_sync_credential=True) == [key.acs_credential_id]
    assert found(user_identity_id=ada) == [key.acs_credential_id, *ids(copies(seam, key))]
    assert found(created_before="2001-01-01T00:00:00Z") == []
    assert found(limit=1) == [code.acs_credential_id]


def test_client_session_sees_its_own_credentials_only(seam, seam_sandbox, office, ada):
    """A client session lists the credentials of its person."""
    own = seam_sandbox.create_acs_credential("code", user_identity_id=ada)
    seam_sandbox.create_acs_credential("code")
    token = seam.client_sessions.create(user_identity_id=ada).token

    with seam_sandbox.http(headers={"authorization": f"Bearer {token}"}) as http:
        listed = http.get("/acs/credentials/list").json()["acs_credentials"]

    assert [one["acs_credential_id"] for one in listed] == [own.acs_credential_id]


def test_changed_credential_is_issued_again(seam, seam_sandbox, office):
    """A new code or end logs acs_credential.reissued; the same values again log nothing."""
    code = seam_sandbox.create_acs_credential("code")

    for _ in range(2):
        seam.acs.credentials.update(acs_credential_id=code.acs_credential_id, code="1357", ends_at=FUTURE)

    changed = seam.acs.credentials.get(acs_credential_id=code.acs_credential_id)
    assert (changed.code, changed.ends_at) == ("1357", "2990-01-01T00:00:00.000Z")
    seam_sandbox.expect_event("acs_credential.reissued", count=1, acs_credential_id=code.acs_credential_id)


def test_changed_mobile_key_changes_on_its_phones(seam, seam_sandbox, hotel, ada):
    """The copies get the new end too, each with its event."""
    key = seam_sandbox.create_acs_credential(user_identity_id=ada)

    seam.acs.credentials.update(acs_credential_id=key.acs_credential_id, ends_at=FUTURE)

    assert [copy.ends_at for copy in copies(seam, key)] == ["2990-01-01T00:00:00.000Z"]
    seam_sandbox.expect_event("acs_credential.reissued", count=2)


def test_change_of_a_waiting_credential_is_silent(seam, seam_sandbox, hotel):
    """What was never issued is not issued again."""
    card = seam_sandbox.create_acs_credential("card")

    seam.acs.credentials.update(acs_credential_id=card.acs_credential_id, ends_at=FUTURE)

    seam_sandbox.expect_no_event("acs_credential.reissued")


@pytest.mark.parametrize("call", ["update", "assign", "unassign"])
def test_copy_on_a_phone_cannot_be_changed(seam, seam_sandbox, hotel, ada, call):
    """A copy follows its parent."""
    copy = copies(seam, seam_sandbox.create_acs_credential(user_identity_id=ada))[0]
    whom = {} if call == "update" else {"user_identity_id": ada}

    with seam_raises("not_supported", status_code=400, match="parent"):
        getattr(seam.acs.credentials, call)(acs_credential_id=copy.acs_credential_id, **whom)


@pytest.mark.parametrize("by_person", [True, False])
def test_assigned_key_moves_to_the_phones_of_its_new_holder(seam, seam_sandbox, hotel, ada, by_person):
    """The copies leave the old phones before the new ones get theirs."""
    key = seam_sandbox.create_acs_credential(user_identity_id=ada)
    grace = seam_sandbox.create_user_identity().user_identity_id
    phone = seam_sandbox.create_phone(user_identity_id=grace)
    user = seam.acs.users.create(
        acs_system_id=hotel.acs_system_id, full_name="Grace", user_identity_id=grace
    ).acs_user_id

    with seam_sandbox.expecting("acs_credential.deleted", "acs_credential.issued", "acs_credential.issued"):
        for _ in range(2):
            seam.acs.credentials.assign(
                acs_credential_id=key.acs_credential_id,
                **({"user_identity_id": grace} if by_person else {"acs_user_id": user}),
            )

    assert phones(seam, key.acs_credential_id) == [phone.device_id]
    moved = seam.acs.credentials.get(acs_credential_id=key.acs_credential_id)
    assert (moved.acs_user_id, moved.user_identity_id) == (user, grace)


def test_user_of_another_system_cannot_be_assigned(seam, seam_sandbox, hotel, office, ada):
    """A credential stays in its system."""
    key = seam_sandbox.create_acs_credential(user_identity_id=ada, acs_system_id=hotel.acs_system_id)
    user = seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Grace")

    with seam_raises("invalid_input", status_code=400, match="another ACS system"):
        seam.acs.credentials.assign(acs_credential_id=key.acs_credential_id, acs_user_id=user.acs_user_id)


def test_unassigned_key_leaves_the_phones(seam, seam_sandbox, hotel, ada):
    """It stays, is nobody's, and waits to be issued again."""
    key = seam_sandbox.create_acs_credential(user_identity_id=ada)

    seam.acs.credentials.unassign(acs_credential_id=key.acs_credential_id, user_identity_id=ada)

    left = seam.acs.credentials.list()
    assert [(one.acs_credential_id, one.acs_user_id, one.is_issued) for one in left] == [
        (key.acs_credential_id, None, False)
    ]
    assert phones(seam, key.acs_credential_id) == []
    assert seam.acs.credentials.list_accessible_entrances(acs_credential_id=key.acs_credential_id) != []


def test_unassigned_code_without_doors_opens_nothing(seam, seam_sandbox, office):
    """What a code without a list opens hangs on its user."""
    code = seam_sandbox.create_acs_credential("code", acs_entrance_ids=[])

    seam.acs.credentials.unassign(acs_credential_id=code.acs_credential_id, acs_user_id=code.acs_user_id)

    assert seam.acs.credentials.list_accessible_entrances(acs_credential_id=code.acs_credential_id) == []
    with seam_raises("invalid_input", status_code=400, match="not assigned"):
        seam.acs.credentials.unassign(acs_credential_id=code.acs_credential_id, acs_user_id=code.acs_user_id)


def test_deleted_key_takes_its_copies_along(seam, seam_sandbox, hotel, ada):
    """The copies go first, each with its event; a second deletion finds nothing."""
    key = seam_sandbox.create_acs_credential(user_identity_id=ada)

    seam.acs.credentials.delete(acs_credential_id=key.acs_credential_id)

    assert seam.acs.credentials.list() == []
    deleted = [e for e in seam_sandbox.events if e.event_type == "acs_credential.deleted"]
    assert len(deleted) == 2
    assert deleted[-1].acs_credential_id == key.acs_credential_id
    with seam_raises("acs_credential_not_found", status_code=404):
        seam.acs.credentials.delete(acs_credential_id=key.acs_credential_id)


def test_events_are_found_by_the_person(seam, seam_sandbox, hotel, ada):
    """The server knows whose key it was, although the event does not say it."""
    seam_sandbox.create_acs_credential(user_identity_id=ada)

    found = seam.events.list(user_identity_id=ada, since="2001-01-01T00:00:00Z")

    assert [event.event_type for event in found] == ["acs_credential.issued", "acs_credential.issued"]


def test_credential_needs_a_known_system(seam_sandbox):
    """The convenience of the sandbox says what Seam refuses."""
    with pytest.raises(SandboxError, match="acs_system_not_found"):
        seam_sandbox.create_acs_credential(acs_system_id=NOBODY)


@pytest.mark.parametrize(("access_method", "system_type"), [("code", "salto_ks_site"), ("card", "visionline_system")])
def test_credential_brings_the_system_that_it_needs(seam, seam_sandbox, access_method, system_type):
    """In an empty sandbox a fitting system is made, and used again."""
    made = [seam_sandbox.create_acs_credential(access_method) for _ in range(2)]

    assert made[0].acs_system_id == made[1].acs_system_id
    assert seam.acs.systems.get(acs_system_id=made[0].acs_system_id).external_type == system_type


def test_deleted_copy_leaves_its_phone_alone(seam, seam_sandbox, hotel, ada):
    """The key is on that phone no more; without any copy it waits as if there were no phone."""
    seam_sandbox.create_phone(user_identity_id=ada)
    key = seam_sandbox.create_acs_credential(user_identity_id=ada)

    states = []
    for copy in copies(seam, key):
        seam.acs.credentials.delete(acs_credential_id=copy.acs_credential_id)
        found = seam.acs.credentials.get(acs_credential_id=key.acs_credential_id)
        states.append((found.is_issued, len(phones(seam, key.acs_credential_id))))

    assert states == [(True, 1), (False, 0)]
