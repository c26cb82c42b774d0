"""Users of access systems: made once per person and system, found, changed, suspended, deleted."""

from datetime import timedelta

import pytest
from seam.null import NULL

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOBODY = "00000000-0000-4000-8000-000000000000"
CALLS = [
    "get",
    "delete",
    "list_accessible_entrances",
    "revoke_access_to_all_entrances",
    "suspend",
    "unsuspend",
    "update",
]


@pytest.fixture
def office(seam_sandbox):
    """An access system of which all kinds of credentials can be had."""
    return seam_sandbox.create_acs_system("salto_ks_site", name="Office", entrances=["Lobby", "Gym"])


@pytest.fixture
def ada(seam, office):
    """A user of the office."""
    return seam.acs.users.create(
        acs_system_id=office.acs_system_id,
        full_name="Ada Lovelace",
        email_address="ada@example.com",
        phone_number="+15551234567",
    )


def names(resources):
    return [one.display_name for one in resources]


def test_create_keeps_what_is_given(seam, seam_sandbox, office, ada):
    """Name, email address and phone number come back; acs_user.created is logged."""
    found = seam.acs.users.get(acs_user_id=ada.acs_user_id)

    assert found == ada
    assert (found.full_name, found.email, found.phone_number) == ("Ada Lovelace", "ada@example.com", "+15551234567")
    assert (found.external_type, found.external_type_display_name) == ("salto_site_user", "Salto Site User")
    assert seam.acs.systems.get(acs_system_id=office.acs_system_id).acs_user_count == 1
    seam_sandbox.expect_event("acs_user.created", count=1, acs_user_id=ada.acs_user_id)


def test_older_name_of_the_email_address_is_taken(seam, office):
    """`email` is what `email_address` was called."""
    made = seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Ada", email="ada@example.com")

    assert made.email_address == "ada@example.com"


@pytest.mark.parametrize(
    ("given", "error_type", "status"),
    [
        ({"acs_system_id": NOBODY}, "acs_system_not_found", 404),
        ({"full_name": " "}, "full_name_required", 400),
        ({"acs_access_group_ids": [NOBODY]}, "acs_access_group_not_found", 404),
        ({"user_identity_id": NOBODY}, "user_identity_not_found", 400),
        ({"access_schedule": {"ends_at": "2001-01-01T00:00:00Z"}}, "invalid_input", 400),
        (
            {"access_schedule": {"starts_at": "2990-01-02T00:00:00Z", "ends_at": "2990-01-01T00:00:00Z"}},
            "invalid_input",
            400,
        ),
    ],
)
def test_bad_user_is_refused(seam, seam_sandbox, office, given, error_type, status):
    """What does not exist or fit is refused, and nothing is made."""
    with seam_raises(error_type, status_code=status):
        seam.acs.users.create(**{"acs_system_id": office.acs_system_id, "full_name": "Ada", **given})

    assert seam.acs.users.list() == []
    seam_sandbox.expect_no_event("acs_user.created")


def test_one_user_per_person_and_system(seam, seam_sandbox, office):
    """A person has one user in a system; in another system they may have another."""
    person = seam_sandbox.create_user_identity(full_name="Ada").user_identity_id
    gym = seam_sandbox.create_acs_system("kisi_organization")
    seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Ada", user_identity_id=person)

    with seam_raises("duplicate_acs_user", status_code=409):
        seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Ada", user_identity_id=person)
    seam.acs.users.create(acs_system_id=gym.acs_system_id, full_name="Ada", user_identity_id=person)

    users = [user.acs_user_id for user in seam.acs.users.list()]
    assert len(users) == 2
    assert seam.user_identities.get(user_identity_id=person).acs_user_ids == users


def test_person_and_system_name_a_user(seam, seam_sandbox, office):
    """Instead of its id, a user is found by its person and its system."""
    person = seam_sandbox.create_user_identity(email_address="ada@example.com", phone_number="+1555").user_identity_id
    user = seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Ada", user_identity_id=person)

    found = seam.acs.users.get(user_identity_id=person, acs_system_id=office.acs_system_id)

    assert found.acs_user_id == user.acs_user_id
    assert (found.user_identity_email_address, found.user_identity_phone_number) == ("ada@example.com", "+1555")


@pytest.mark.parametrize("call", CALLS)
def test_unknown_user_is_not_found(seam, seam_sandbox, office, call):
    """Neither an unknown id nor a person without a user in the system is found."""
    person = seam_sandbox.create_user_identity().user_identity_id
    seam.acs.users.create(
        acs_system_id=seam_sandbox.create_acs_system("kisi_organization").acs_system_id,
        full_name="Ada",
        user_identity_id=person,
    )

    with seam_raises("acs_user_not_found", status_code=404):
        getattr(seam.acs.users, call)(acs_user_id=NOBODY)
    with seam_raises("acs_user_not_found", status_code=404):
        getattr(seam.acs.users, call)(user_identity_id=person, acs_system_id=office.acs_system_id)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"acs_user_id": NOBODY, "user_identity_id": NOBODY}, "one of acs_user_id or user_identity_id"),
        ({"user_identity_id": NOBODY}, "must also provide acs_system_id"),
        ({"acs_user_id": NOBODY, "acs_system_id": NOBODY}, "only provide acs_system_id with user_identity_id"),
        ({"acs_system_id": NOBODY}, "either acs_user_id or user_identity_id"),
    ],
)
def test_ambiguous_user_is_refused(seam_http, call, given, message):
    """A user is named by its id, or by person and system; any other combination is refused."""
    answer = seam_http.post(f"/acs/users/{call}", json=given)

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_input"
    assert message in answer.json()["error"]["message"]


def test_update_changes_what_is_given(seam, office, ada):
    """The rest stays; a null access_schedule clears it."""
    seam.acs.users.update(
        acs_user_id=ada.acs_user_id,
        full_name="Ada King",
        hid_acs_system_id=office.acs_system_id,
        access_schedule={"starts_at": "2990-01-01T00:00:00Z", "ends_at": "2990-01-02T00:00:00Z"},
    )
    changed = seam.acs.users.get(acs_user_id=ada.acs_user_id)
    seam.acs.users.update(acs_user_id=ada.acs_user_id, access_schedule=NULL)
    seam.acs.users.update(acs_user_id=ada.acs_user_id, phone_number="+1555")

    assert (changed.full_name, changed.email_address) == ("Ada King", "ada@example.com")
    assert changed.hid_acs_system_id == office.acs_system_id
    assert changed.access_schedule.ends_at == "2990-01-02T00:00:00.000Z"
    last = seam.acs.users.get(acs_user_id=ada.acs_user_id)
    assert (last.access_schedule, last.phone_number) == (None, "+1555")


def test_schedule_starts_now_unless_it_says(seam, office, seam_sandbox):
    """A schedule without a start begins at the present sandbox time."""
    seam_sandbox.clock.freeze()

    made = seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Ada", access_schedule={"ends_at": NULL})

    assert made.access_schedule.starts_at == made.created_at


def test_update_with_an_unknown_hid_system_is_refused(seam, ada):
    """A user cannot belong to an HID system that does not exist."""
    with seam_raises("acs_system_not_found", status_code=404):
        seam.acs.users.update(acs_user_id=ada.acs_user_id, hid_acs_system_id=NOBODY)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["Ada Lovelace", "Grace"]),
        ({"search": "LOVE"}, ["Ada Lovelace"]),
        ({"search": "+15551234567"}, ["Ada Lovelace"]),
        ({"acs_system_id": NOBODY}, []),
        ({"user_identity_id": NOBODY}, []),
        ({"user_identity_email_address": "grace@example.com"}, ["Grace"]),
        ({"user_identity_phone_number": "+1555"}, ["Grace"]),
        ({"created_before": "2001-01-01T00:00:00Z"}, []),
        ({"limit": 1}, ["Ada Lovelace"]),
    ],
)
def test_list_filters_have_to_match(seam, seam_sandbox, office, ada, filters, found):
    """Users are found by system, person and text."""
    grace = seam_sandbox.create_user_identity(email_address="grace@example.com", phone_number="+1555")
    seam.acs.users.create(
        acs_system_id=office.acs_system_id, full_name="Grace", user_identity_id=grace.user_identity_id
    )

    assert names(seam.acs.users.list(**filters)) == found


def test_client_session_sees_its_own_user_only(seam, seam_sandbox, office, ada):
    """A client session lists its person's users, and reads their doors; others are not found."""
    grace = seam_sandbox.create_user_identity().user_identity_id
    own = seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Grace", user_identity_id=grace)
    token = seam.client_sessions.create(user_identity_id=grace).token

    with seam_sandbox.http(headers={"authorization": f"Bearer {token}"}) as http:
        listed = http.get("/acs/users/list").json()["acs_users"]
        doors = http.post("/acs/users/list_accessible_entrances", json={"acs_user_id": own.acs_user_id})
        others = http.post("/acs/users/list_accessible_entrances", json={"acs_user_id": ada.acs_user_id})

    assert [user["full_name"] for user in listed] == ["Grace"]
    assert (doors.status_code, others.status_code) == (200, 404)


def test_suspended_user_opens_nothing(seam, office, ada):
    """Suspending takes the access for a time, as often as it is asked for; unsuspending gives it back."""
    lobby = seam.acs.entrances.list()[0]
    seam.acs.entrances.grant_access(acs_entrance_id=lobby.acs_entrance_id, acs_user_id=ada.acs_user_id)

    seam.acs.users.suspend(acs_user_id=ada.acs_user_id)
    seam.acs.users.suspend(acs_user_id=ada.acs_user_id)
    suspended = seam.acs.users.get(acs_user_id=ada.acs_user_id).is_suspended
    doors = seam.acs.users.list_accessible_entrances(acs_user_id=ada.acs_user_id)
    seam.acs.users.unsuspend(acs_user_id=ada.acs_user_id)

    assert (suspended, doors) == (True, [])
    assert names(seam.acs.users.list_accessible_entrances(acs_user_id=ada.acs_user_id)) == ["Lobby"]


def test_revoking_all_access_invalidates_credentials(seam, seam_sandbox, office):
    """Grants are gone; each issued credential is invalidated once, a card that was never issued is not."""
    person = seam_sandbox.create_user_identity().user_identity_id
    code = seam_sandbox.create_acs_credential("code", user_identity_id=person)
    seam_sandbox.create_acs_credential("card", user_identity_id=person, acs_entrance_ids=[])

    for _ in range(2):
        seam.acs.users.revoke_access_to_all_entrances(acs_user_id=code.acs_user_id)

    assert seam.acs.users.list_accessible_entrances(acs_user_id=code.acs_user_id) == []
    seam_sandbox.expect_event("acs_credential.invalidated", count=1, acs_credential_id=code.acs_credential_id)
    seam_sandbox.expect_event("acs_credential.invalidated", count=1)


def test_deleted_user_takes_credentials_along(seam, seam_sandbox, office):
    """The credentials of a deleted user are deleted before it; the person stays."""
    person = seam_sandbox.create_user_identity().user_identity_id
    code = seam_sandbox.create_acs_credential("code", user_identity_id=person)

    with seam_sandbox.expecting("acs_credential.deleted", "acs_user.deleted"):
        seam.acs.users.delete(acs_user_id=code.acs_user_id)

    assert (seam.acs.users.list(), seam.acs.credentials.list()) == ([], [])
    assert seam.user_identities.get(user_identity_id=person).acs_user_ids == []


def test_deleted_user_without_a_person_is_gone(seam, ada):
    """A second deletion finds nothing."""
    seam.acs.users.delete(acs_user_id=ada.acs_user_id)

    with seam_raises("acs_user_not_found", status_code=404):
        seam.acs.users.delete(acs_user_id=ada.acs_user_id)


def test_unknown_access_group(seam, ada):
    """Nobody can join or leave a group that is not there."""
    with seam_raises("acs_access_group_not_found", status_code=404):
        seam.acs.users.add_to_access_group(acs_access_group_id=NOBODY, acs_user_id=ada.acs_user_id)
    with seam_raises("acs_access_group_not_found", status_code=404):
        seam.acs.users.remove_from_access_group(acs_access_group_id=NOBODY, acs_user_id=ada.acs_user_id)


def codes(user):
    return [warning.warning_code for warning in user.warnings]


def test_user_opens_doors_inside_of_the_schedule_only(seam, seam_sandbox, office):
    """Before it begins and when it is over the user is inactive, which a warning says; it is no suspension."""
    seam_sandbox.clock.freeze()
    start = seam_sandbox.clock.now() + timedelta(hours=1)
    period = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    user = seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Ada", access_schedule=period)
    door = seam.acs.entrances.list()[0].acs_entrance_id
    seam.acs.entrances.grant_access(acs_entrance_id=door, acs_user_id=user.acs_user_id)
    key = seam.acs.credentials.create(acs_user_id=user.acs_user_id, access_method="cloud_key").acs_credential_id

    def look():
        found = seam.acs.users.get(acs_user_id=user.acs_user_id)
        opens = seam.acs.users.list_accessible_entrances(acs_user_id=user.acs_user_id)
        attempt = seam.acs.entrances.unlock(acs_credential_id=key, acs_entrance_id=door, wait_for_action_attempt=False)
        return codes(found), found.is_suspended, len(opens), attempt.status

    closed, open_ = (["acs_user_inactive"], False, 0, "error"), ([], False, 1, "success")
    assert codes(user) == ["acs_user_inactive"]
    seen = [look()]
    for _ in range(3):
        seam_sandbox.clock.advance(timedelta(minutes=40))
        seen.append(look())
    assert seen == [closed, closed, open_, closed]


def test_new_schedule_counts_at_once(seam, seam_sandbox, office):
    """A user becomes active or inactive with the schedule; without one there is nothing to wait for."""
    user = seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Ada").acs_user_id
    later = {"starts_at": "2990-01-01T00:00:00Z", "ends_at": "2990-01-02T00:00:00Z"}

    found = []
    for schedule in (later, NULL):
        seam.acs.users.update(acs_user_id=user, access_schedule=schedule)
        found.append(codes(seam.acs.users.get(acs_user_id=user)))

    assert found == [["acs_user_inactive"], []]


def test_schedule_of_a_deleted_user_ends_silently(seam, seam_sandbox, office):
    """Work that is due later does not bring anybody back."""
    period = {"starts_at": "2990-01-01T00:00:00Z"}
    user = seam.acs.users.create(acs_system_id=office.acs_system_id, full_name="Ada", access_schedule=period)
    seam.acs.users.delete(acs_user_id=user.acs_user_id)

    seam_sandbox.clock.advance(timedelta(days=365 * 1000))

    assert seam.acs.users.list() == []


@pytest.mark.parametrize("whom", ["acs_user_id", "user_identity_id"])
def test_nobody_can_be_removed_from_a_group(seam, whom):
    """Who does not exist is not found, before the group is looked for."""
    with seam_raises(f"{whom.removesuffix('_id')}_not_found", status_code=404):
        seam.acs.users.remove_from_access_group(acs_access_group_id=NOBODY, **{whom: NOBODY})
