"""User identities: unique details, null that clears, and what goes with a deleted person."""

import pytest
from seam.null import NULL

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOBODY = "00000000-0000-4000-8000-000000000000"
ADA = {
    "full_name": "Ada Lovelace",
    "email_address": "ada@example.com",
    "phone_number": "+15551234567",
    "user_identity_key": "ada",
}


def names(identities):
    return [identity.full_name for identity in identities]


def test_create_needs_nothing(seam):
    """Every detail of a user identity is optional."""
    made = seam.user_identities.create()

    assert made.full_name is None
    assert made.display_name.startswith("User Identity")
    assert (made.errors, made.warnings, made.acs_user_ids) == ([], [], [])


def test_create_keeps_what_is_given(seam):
    """Name, email address, phone number and key come back as sent."""
    made = seam.user_identities.create(**ADA)

    assert {name: getattr(made, name) for name in ADA} == ADA


@pytest.mark.parametrize(
    ("given", "display_name"),
    [
        (ADA, "Ada Lovelace"),
        ({"email_address": "ada@example.com", "user_identity_key": "ada"}, "ada@example.com"),
        ({"user_identity_key": "ada"}, "ada"),
    ],
)
def test_display_name_is_the_first_detail_there_is(seam, given, display_name):
    """The display name is the full name, else the email address, else the key."""
    assert seam.user_identities.create(**given).display_name == display_name


@pytest.mark.parametrize("detail", ["email_address", "phone_number", "user_identity_key"])
def test_create_refuses_a_detail_that_another_has(seam, detail):
    """Key, email address and phone number are each unique in a workspace."""
    seam.user_identities.create(**ADA)

    with seam_raises("duplicate_user_identity", status_code=409, match=detail):
        seam.user_identities.create(**{detail: ADA[detail]})

    assert len(seam.user_identities.list()) == 1


def test_create_with_an_unknown_acs_system_is_refused(seam):
    """A user identity cannot be made for an access system that does not exist."""
    with seam_raises("acs_system_not_found", status_code=404):
        seam.user_identities.create(acs_system_ids=[NOBODY])

    assert seam.user_identities.list() == []


def test_get_by_id_and_by_key(seam):
    """A user identity is found by either of its names."""
    made = seam.user_identities.create(**ADA)

    assert seam.user_identities.get(user_identity_id=made.user_identity_id) == made
    assert seam.user_identities.get(user_identity_key="ada") == made


@pytest.mark.parametrize("asked", [{"user_identity_id": NOBODY}, {"user_identity_key": "bob"}])
def test_unknown_user_identity_is_not_found(seam, asked):
    """Neither an unknown id nor an unknown key is found."""
    seam.user_identities.create(**ADA)

    with seam_raises("user_identity_not_found", status_code=404):
        seam.user_identities.get(**asked)


@pytest.mark.parametrize("search", ["lovelace", "ADA@", "1234567"])
def test_list_searches_name_email_and_phone(seam, search):
    """search looks at the name, the email address and the phone number, whatever the case."""
    seam.user_identities.create(**ADA)
    seam.user_identities.create(full_name="Grace Hopper")

    assert names(seam.user_identities.list(search=search)) == ["Ada Lovelace"]


def test_list_searches_ids(seam):
    """search looks at the id too."""
    ada = seam.user_identities.create(**ADA)
    seam.user_identities.create(full_name="Grace Hopper")

    assert names(seam.user_identities.list(search=ada.user_identity_id)) == ["Ada Lovelace"]


def test_list_by_ids(seam):
    """user_identity_ids narrows the list; an empty list asks for nobody."""
    ada = seam.user_identities.create(**ADA)
    seam.user_identities.create(full_name="Grace Hopper")

    assert names(seam.user_identities.list(user_identity_ids=[ada.user_identity_id])) == ["Ada Lovelace"]
    assert seam.user_identities.list(user_identity_ids=[]) == []


def test_list_created_before(seam, seam_sandbox):
    """created_before leaves out whoever came at that time or later."""
    seam_sandbox.clock.freeze()
    seam.user_identities.create(**ADA)
    seam_sandbox.clock.advance(60)
    second = seam.user_identities.create(full_name="Grace Hopper")

    assert names(seam.user_identities.list(created_before=second.created_at)) == ["Ada Lovelace"]


def test_list_by_credential_manager_is_empty(seam):
    """No user identity belongs to a credential manager that does not exist."""
    seam.user_identities.create(**ADA)

    assert seam.user_identities.list(credential_manager_acs_system_id=NOBODY) == []


def test_list_pages_in_order_of_creation(seam):
    """Pages continue where the last one ended, oldest first."""
    seam.user_identities.create(full_name="A")
    seam.user_identities.create(full_name="B")
    seam.user_identities.create(full_name="C")

    first = seam.user_identities.list(limit=2)

    assert names(first) == ["A", "B"]
    assert first.pagination["has_next_page"] is True
    second = seam.user_identities.list(limit=2, page_cursor=first.pagination["next_page_cursor"])
    assert names(second) == ["C"]
    assert second.pagination["has_next_page"] is False


def test_client_session_sees_itself_only(seam, seam_sandbox):
    """A client session lists the user identity that it acts for, and no other."""
    ada = seam.user_identities.create(**ADA)
    seam.user_identities.create(full_name="Grace Hopper")
    session = seam.client_sessions.create(user_identity_id=ada.user_identity_id)

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as app:
        listed = app.post("/user_identities/list", json={}).json()["user_identities"]

    assert [identity["full_name"] for identity in listed] == ["Ada Lovelace"]


def test_update_changes_what_is_given(seam):
    """Details that are not named stay as they are."""
    ada = seam.user_identities.create(**ADA)

    seam.user_identities.update(user_identity_id=ada.user_identity_id, full_name="Ada King")

    changed = seam.user_identities.get(user_identity_id=ada.user_identity_id)
    assert changed.full_name == "Ada King"
    assert changed.email_address == "ada@example.com"


@pytest.mark.parametrize("detail", sorted(ADA))
def test_update_to_null_clears(seam, detail):
    """An explicit null takes a detail away."""
    ada = seam.user_identities.create(**ADA)

    seam.user_identities.update(user_identity_id=ada.user_identity_id, **{detail: NULL})

    assert getattr(seam.user_identities.get(user_identity_id=ada.user_identity_id), detail) is None


def test_update_refuses_a_detail_that_another_has(seam):
    """An update cannot take the email address of another; its own may be sent again."""
    ada = seam.user_identities.create(**ADA)
    grace = seam.user_identities.create(full_name="Grace Hopper")

    seam.user_identities.update(user_identity_id=ada.user_identity_id, email_address="ada@example.com")
    with seam_raises("duplicate_user_identity", status_code=409):
        seam.user_identities.update(user_identity_id=grace.user_identity_id, email_address="ada@example.com")

    assert seam.user_identities.get(user_identity_id=grace.user_identity_id).email_address is None


def test_deleted_user_identity_is_gone(seam):
    """After the deletion the user identity is neither found nor listed."""
    ada = seam.user_identities.create(**ADA)

    seam.user_identities.delete(user_identity_id=ada.user_identity_id)

    assert seam.user_identities.list() == []
    with seam_raises("user_identity_not_found", status_code=404):
        seam.user_identities.get(user_identity_id=ada.user_identity_id)


@pytest.mark.parametrize("call", ["update", "delete"])
def test_unknown_user_identity_cannot_be_changed(seam, call):
    """Changing nobody answers 404."""
    with seam_raises("user_identity_not_found", status_code=404):
        getattr(seam.user_identities, call)(user_identity_id=NOBODY)


def test_deletion_takes_phones_and_sessions_along(seam, seam_sandbox):
    """The phones of a deleted person are deactivated and the client sessions end; each logs its event."""
    ada, grace = seam.user_identities.create(**ADA), seam.user_identities.create(full_name="Grace Hopper")
    lost = seam_sandbox.create_phone(user_identity_id=ada.user_identity_id)
    kept = seam_sandbox.create_phone(user_identity_id=grace.user_identity_id)
    seam.client_sessions.create(user_identity_id=ada.user_identity_id)
    session_of_grace = seam.client_sessions.create(user_identity_id=grace.user_identity_id)

    seam.user_identities.delete(user_identity_id=ada.user_identity_id)

    assert [phone.device_id for phone in seam.phones.list()] == [kept.device_id]
    sessions = [session.client_session_id for session in seam.client_sessions.list()]
    assert sessions == [session_of_grace.client_session_id]
    assert [(event.event_type, event.device_id) for event in seam_sandbox.events] == [
        ("client_session.deleted", None),
        ("phone.deactivated", lost.device_id),
    ]


def test_user_identities_log_no_events(seam, seam_sandbox):
    """Making, changing and deleting a user identity that holds nothing logs no event."""
    ada = seam.user_identities.create(**ADA)
    seam.user_identities.update(user_identity_id=ada.user_identity_id, full_name="Ada King")
    seam.user_identities.delete(user_identity_id=ada.user_identity_id)

    assert seam_sandbox.events == []
