"""Access groups of access systems: who is in them, and what that opens."""

import pytest

from pytest_seam_sandbox import seam_raises

NOTHING = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def office(seam_sandbox):
    return seam_sandbox.create_acs_system("salto_ks_site", name="Office", entrances=["Lobby", "Gym"])


@pytest.fixture
def group(seam, office):
    (found,) = seam.acs.access_groups.list(acs_system_id=office.acs_system_id)
    return found


@pytest.fixture
def ada(seam, office):
    return seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Ada", email_address="ada@example.com")


def names(resources):
    return [one.display_name for one in resources]


def members(seam, group):
    return [
        user.acs_user_id for user in seam.acs.access_groups.list_users(acs_access_group_id=group.acs_access_group_id)
    ]


def join(seam, group, **who):
    seam.acs.access_groups.add_user(acs_access_group_id=group.acs_access_group_id, **who)


def leave(seam, group, **who):
    seam.acs.access_groups.remove_user(acs_access_group_id=group.acs_access_group_id, **who)


def opened_by(seam, user):
    return names(seam.acs.users.list_accessible_entrances(acs_user_id=user.acs_user_id))


def test_system_with_a_group(seam, office, group):
    """Salto KS calls it "Main Group"; it opens the entrances of its system, and nobody is in it."""
    assert group == seam.acs.access_groups.get(acs_access_group_id=group.acs_access_group_id)
    assert (group.name, group.display_name) == ("Main Group", "Main Group")
    assert (group.external_type, group.external_type_display_name) == (
        "salto_ks_access_group",
        "Salto Ks Access Group",
    )
    assert (group.is_managed, group.pending_mutations, group.errors, group.warnings) == (True, [], [], [])
    assert members(seam, group) == []
    opened = seam.acs.access_groups.list_accessible_entrances(acs_access_group_id=group.acs_access_group_id)
    assert names(opened) == ["Lobby", "Gym"]
    assert seam.acs.systems.get(acs_system_id=office.acs_system_id).acs_access_group_count == 1


@pytest.mark.parametrize(
    ("system_type", "kinds"),
    [
        ("pti_site", ["pti_access_level", "pti_unit"]),
        ("brivo_account", ["brivo_group"]),
        ("visionline_system", []),
        ("latch_building", []),
    ],
)
def test_kinds_of_groups(seam, seam_sandbox, system_type, kinds):
    """Systems whose access belongs to credentials have none; a unit of PTI opens nothing."""
    system = seam_sandbox.create_acs_system(system_type, entrances=["Gate"])

    groups = seam.acs.access_groups.list(acs_system_id=system.acs_system_id)

    assert [group.external_type for group in groups] == kinds
    for group in groups:
        opened = seam.acs.access_groups.list_accessible_entrances(acs_access_group_id=group.acs_access_group_id)
        assert names(opened) == ([] if group.external_type == "pti_unit" else ["Gate"])


def test_groups_are_listed(seam, seam_sandbox, office, group, ada):
    """By system, member, person and text."""
    other = seam_sandbox.create_acs_system("brivo_account")
    person = seam.user_identities.create(full_name="Grace")
    join(seam, group, acs_user_id=ada.acs_user_id)
    join(seam, group, user_identity_id=person.user_identity_id)
    found = [
        [one.acs_system_id for one in seam.acs.access_groups.list(**filters)]
        for filters in (
            {},
            {"acs_system_id": other.acs_system_id},
            {"acs_user_id": ada.acs_user_id},
            {"user_identity_id": person.user_identity_id},
            {"user_identity_id": NOTHING},
            {"search": "main g"},
            {"search": group.acs_access_group_id[:8]},
            {"search": "nothing"},
        )
    ]

    first, second = office.acs_system_id, other.acs_system_id
    assert found == [[first, second], [second], [first], [first], [], [first, second], [first], []]


@pytest.mark.parametrize("way", ["access_groups", "users"])
def test_user_joins_and_leaves(seam, seam_sandbox, group, ada, way):
    """The user opens what the group opens, as long as it is in it; once more changes nothing, and no event tells."""
    about = {"acs_access_group_id": group.acs_access_group_id, "acs_user_id": ada.acs_user_id}
    if way == "access_groups":
        add, remove = seam.acs.access_groups.add_user, seam.acs.access_groups.remove_user
    else:
        add, remove = seam.acs.users.add_to_access_group, seam.acs.users.remove_from_access_group
    before = len(seam_sandbox.events)
    add(**about)
    add(**about)
    inside = (members(seam, group), opened_by(seam, ada))
    remove(**about)
    remove(**about)

    assert inside == ([ada.acs_user_id], ["Lobby", "Gym"])
    assert (members(seam, group), opened_by(seam, ada)) == ([], [])
    assert len(seam_sandbox.events) == before


def test_new_user_in_groups(seam, office, group):
    """A user can be made as a member."""
    made = seam.acs.users.create(
        acs_system_id=office.acs_system_id, full_name="Grace", acs_access_group_ids=[group.acs_access_group_id]
    )

    assert members(seam, group) == [made.acs_user_id]


def test_person_joins(seam, seam_sandbox, group, ada):
    """The user with the same email address becomes the person's; somebody new gets a user."""
    known = seam.user_identities.create(email_address="ada@example.com")
    new = seam.user_identities.create(full_name="Grace")
    join(seam, group, user_identity_id=known.user_identity_id)
    join(seam, group, user_identity_id=new.user_identity_id)

    users = seam.acs.users.list(acs_system_id=group.acs_system_id)
    assert members(seam, group) == [user.acs_user_id for user in users]
    assert users[0].acs_user_id == ada.acs_user_id
    assert [user.user_identity_id for user in users] == [known.user_identity_id, new.user_identity_id]
    opened = seam.user_identities.list_accessible_entrances(user_identity_id=new.user_identity_id)
    assert names(opened) == ["Lobby", "Gym"]
    leave(seam, group, user_identity_id=new.user_identity_id)
    assert members(seam, group) == [ada.acs_user_id]


def test_person_without_a_user_cannot_leave(seam, seam_sandbox, group):
    """There is nobody to be removed; a user in another system is somebody else."""
    person = seam.user_identities.create(full_name="Grace")
    other = seam_sandbox.create_acs_system("brivo_account")
    seam.acs.users.create(
        acs_system_id=other.acs_system_id, full_name="Grace", user_identity_id=person.user_identity_id
    )

    with seam_raises("acs_user_not_found", status_code=404):
        leave(seam, group, user_identity_id=person.user_identity_id)


def test_user_of_another_system(seam, seam_sandbox, group):
    """Groups and users of different systems do not go together."""
    other = seam_sandbox.create_acs_system("brivo_account")
    stranger = seam.acs.users.create(acs_system_id=other.acs_system_id, full_name="Eve")

    with seam_raises("acs_system_mismatch", status_code=400):
        join(seam, group, acs_user_id=stranger.acs_user_id)
    with seam_raises("acs_system_mismatch", status_code=400):
        seam.acs.users.create(
            acs_system_id=other.acs_system_id, full_name="Eve", acs_access_group_ids=[group.acs_access_group_id]
        )


@pytest.mark.parametrize("who", [{}, {"acs_user_id": NOTHING, "user_identity_id": NOTHING}], ids=["none", "both"])
def test_one_user_is_named(seam, group, who):
    """A user or a person, and not both."""
    for call in (join, leave):
        with seam_raises("invalid_input", status_code=400):
            call(seam, group, **who)


def test_what_is_not_there(seam, group):
    """Unknown groups, users and people are 404."""
    for name in ("get", "delete", "list_users", "list_accessible_entrances"):
        with seam_raises("acs_access_group_not_found", status_code=404):
            getattr(seam.acs.access_groups, name)(acs_access_group_id=NOTHING)
    with seam_raises("acs_user_not_found", status_code=404):
        join(seam, group, acs_user_id=NOTHING)
    with seam_raises("user_identity_not_found", status_code=404):
        join(seam, group, user_identity_id=NOTHING)


def test_suspended_member_stays_and_opens_nothing(seam, group, ada):
    """Suspension and membership are two things."""
    join(seam, group, acs_user_id=ada.acs_user_id)
    seam.acs.users.suspend(acs_user_id=ada.acs_user_id)

    assert members(seam, group) == [ada.acs_user_id]
    assert opened_by(seam, ada) == []


def test_all_access_is_revoked(seam, group, ada):
    """The user leaves the group, which would give the access back."""
    join(seam, group, acs_user_id=ada.acs_user_id)
    seam.acs.users.revoke_access_to_all_entrances(acs_user_id=ada.acs_user_id)

    assert (members(seam, group), opened_by(seam, ada)) == ([], [])


def test_credential_opens_what_the_group_opens(seam, group, ada):
    """A code without entrances of its own opens those of its user's groups."""
    code = seam.acs.credentials.create(access_method="code", acs_user_id=ada.acs_user_id)
    join(seam, group, acs_user_id=ada.acs_user_id)

    opened = seam.acs.credentials.list_accessible_entrances(acs_credential_id=code.acs_credential_id)
    assert names(opened) == ["Lobby", "Gym"]
    assert seam.acs.credentials.get(acs_credential_id=code.acs_credential_id).warnings == []


def test_card_has_to_be_written_again(seam, seam_sandbox):
    """A card that was written holds the old doors, whenever its user joins or leaves; one that was not waits anyway."""
    hotel = seam_sandbox.create_acs_system("salto_space_system", entrances=["Spa"])
    (encoder,) = seam.acs.encoders.list(acs_system_id=hotel.acs_system_id)
    (group,) = seam.acs.access_groups.list(acs_system_id=hotel.acs_system_id)
    guest = seam.acs.users.create(acs_system_id=hotel.acs_system_id, full_name="Ada")
    written, waiting = (
        seam.acs.credentials.create(access_method="card", acs_user_id=guest.acs_user_id).acs_credential_id
        for _ in range(2)
    )

    def warned(number):
        card = seam.acs.credentials.get(acs_credential_id=number)
        return [warning.warning_code for warning in card.warnings]

    def encode():
        seam.acs.encoders.encode_credential(acs_encoder_id=encoder.acs_encoder_id, acs_credential_id=written)

    encode()
    found = []
    for change in (
        lambda: join(seam, group, acs_user_id=guest.acs_user_id),
        lambda: leave(seam, group, acs_user_id=guest.acs_user_id),
        lambda: join(seam, group, acs_user_id=guest.acs_user_id),
        lambda: seam.acs.access_groups.delete(acs_access_group_id=group.acs_access_group_id),
    ):
        change()
        found.append(warned(written))
        encode()
        found.append(warned(written))

    assert found == [["needs_to_be_reissued"], []] * 4
    assert warned(waiting) == ["waiting_to_be_issued"]
    seam_sandbox.expect_event("acs_credential.reissued", count=4, acs_credential_id=written)


def test_group_is_deleted(seam, seam_sandbox, group, ada):
    """Its users stay and lose its entrances; the event names it, and it can be deleted once."""
    join(seam, group, acs_user_id=ada.acs_user_id)
    seam.acs.access_groups.delete(acs_access_group_id=group.acs_access_group_id)

    assert opened_by(seam, ada) == []
    assert seam.acs.users.get(acs_user_id=ada.acs_user_id).errors == []
    seam_sandbox.expect_event(
        "acs_access_group.deleted",
        count=1,
        acs_access_group_id=group.acs_access_group_id,
        acs_system_id=group.acs_system_id,
    )
    with seam_raises("acs_access_group_not_found", status_code=404):
        seam.acs.access_groups.delete(acs_access_group_id=group.acs_access_group_id)


def test_user_and_system_are_deleted(seam, seam_sandbox, group, ada):
    """A deleted user is in no group; the groups go with the account."""
    join(seam, group, acs_user_id=ada.acs_user_id)
    seam.acs.users.delete(acs_user_id=ada.acs_user_id)
    assert members(seam, group) == []
    seam.connected_accounts.delete(connected_account_id=group.connected_account_id)

    assert seam.acs.access_groups.list() == []


def test_client_session_deletes_groups_of_its_accounts_only(seam_sandbox, group):
    """A session of somebody else may not."""
    other = seam_sandbox.create_acs_system("brivo_account")
    client = seam_sandbox.client()
    statuses = []
    for account in (other.connected_account_id, group.connected_account_id):
        session = client.client_sessions.create(connected_account_ids=[account])
        with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as http:
            body = {"acs_access_group_id": group.acs_access_group_id}
            statuses.append(http.post("/acs/access_groups/delete", json=body).status_code)

    assert statuses == [401, 200]


def test_errors_and_warnings_of_a_group(seam, seam_sandbox, group):
    """A test can put them there."""
    seam_sandbox.set_error(group.acs_access_group_id, "failed_to_create_on_acs_system")
    seam_sandbox.set_warning(group.acs_access_group_id, "being_deleted")

    shown = seam.acs.access_groups.get(acs_access_group_id=group.acs_access_group_id)
    assert [error.error_code for error in shown.errors] == ["failed_to_create_on_acs_system"]
    assert [warning.warning_code for warning in shown.warnings] == ["being_deleted"]
