"""Entrances: reading them, granting access, and unlocking them with a cloud key."""

import pytest
from seam.exceptions import SeamActionAttemptFailedError

from pytest_seam_sandbox import Sandbox, seam_raises

NOBODY = "00000000-0000-4000-8000-000000000000"


def names(resources):
    return [one.display_name for one in resources]


@pytest.fixture
def office(seam_sandbox):
    """An access system of which all kinds of credentials can be had."""
    return seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby", "Gym"])


@pytest.fixture
def lobby(seam, office):
    """An entrance of the office."""
    return seam.acs.entrances.list(acs_system_id=office.acs_system_id)[0]


def test_entrance_says_what_opens_it(seam, seam_sandbox, lobby):
    """The flags follow from the kind of the system."""
    seam_sandbox.create_acs_system("visionline_system", entrances=["Room 101"])

    room = seam.acs.entrances.list(search="room")[0]

    assert (lobby.can_unlock_with_cloud_key, lobby.can_unlock_with_code) == (True, True)
    assert (room.can_unlock_with_cloud_key, room.can_unlock_with_mobile_key) == (False, True)
    assert room.visionline_metadata.door_category == "guest"
    assert seam.acs.entrances.get(acs_entrance_id=lobby.acs_entrance_id) == lobby


@pytest.mark.parametrize("call", ["get", "list_credentials_with_access"])
def test_unknown_entrance_is_not_found(seam, call):
    """An id that names nothing answers 404."""
    with seam_raises("acs_entrance_not_found", status_code=404):
        getattr(seam.acs.entrances, call)(acs_entrance_id=NOBODY)


def test_list_filters_have_to_match(seam, seam_sandbox, office, lobby):
    """Entrances are found by id, system, account, customer, credential and name."""
    account = seam_sandbox.create_connected_account("kisi", customer_key="acme").connected_account_id
    seam_sandbox.create_acs_system("kisi_organization", entrances=["Roof"], connected_account_id=account)
    key = seam_sandbox.create_acs_credential("cloud_key", acs_entrance_ids=[lobby.acs_entrance_id])

    def found(**filters):
        return names(seam.acs.entrances.list(**filters))

    assert found() == ["Lobby", "Gym", "Roof"]
    assert found(acs_entrance_ids=[lobby.acs_entrance_id]) == ["Lobby"]
    assert found(acs_system_id=office.acs_system_id) == ["Lobby", "Gym"]
    assert found(connected_account_id=account) == found(customer_key="acme") == found(search="ROOF") == ["Roof"]
    assert found(acs_credential_id=key.acs_credential_id) == ["Lobby"]
    assert found(limit=1) == ["Lobby"]
    for absent in ("acs_credential_id", "access_method_id", "location_id", "space_id"):
        assert found(**{absent: NOBODY}) == []


def test_client_session_sees_what_its_person_may_open(seam, seam_sandbox, lobby):
    """A client session sees the doors of its accounts or of its person; of others it is not told."""
    key = seam_sandbox.create_acs_credential("cloud_key", acs_entrance_ids=[lobby.acs_entrance_id])
    token = seam.client_sessions.create(user_identity_id=key.user_identity_id).token
    gym = seam.acs.entrances.list(search="gym")[0]

    with seam_sandbox.http(headers={"authorization": f"Bearer {token}"}) as http:
        listed = http.get("/acs/entrances/list").json()["acs_entrances"]
        keys = http.get(
            "/acs/entrances/list_credentials_with_access", params={"acs_entrance_id": lobby.acs_entrance_id}
        )
        other = http.get("/acs/entrances/get", params={"acs_entrance_id": gym.acs_entrance_id})

    assert [one["display_name"] for one in listed] == ["Lobby"]
    assert [one["acs_credential_id"] for one in keys.json()["acs_credentials"]] == [key.acs_credential_id]
    assert (other.status_code, other.json()["error"]["type"]) == (401, "unauthorized")


def test_granted_entrance_opens_for_credentials_without_a_list(seam, seam_sandbox, lobby):
    """A credential that names no entrances opens those that its user was granted."""
    code = seam_sandbox.create_acs_credential("code", acs_entrance_ids=[])

    for _ in range(2):
        seam.acs.entrances.grant_access(acs_entrance_id=lobby.acs_entrance_id, acs_user_id=code.acs_user_id)

    with_access = seam.acs.entrances.list_credentials_with_access(acs_entrance_id=lobby.acs_entrance_id)
    assert [one.acs_credential_id for one in with_access] == [code.acs_credential_id]
    assert names(seam.acs.users.list_accessible_entrances(acs_user_id=code.acs_user_id)) == ["Lobby"]


def test_person_gets_a_user_with_the_grant(seam, seam_sandbox, lobby):
    """Granting access to a person makes the user that it needs."""
    ada = seam_sandbox.create_user_identity(full_name="Ada").user_identity_id

    seam.acs.entrances.grant_access(acs_entrance_id=lobby.acs_entrance_id, user_identity_id=ada)

    assert names(seam.acs.users.list(user_identity_id=ada)) == ["Ada"]
    assert names(seam.user_identities.list_accessible_entrances(user_identity_id=ada)) == ["Lobby"]


def test_user_of_another_system_cannot_be_granted(seam, seam_sandbox, lobby):
    """A user opens the doors of its own system only."""
    other = seam_sandbox.create_acs_system("kisi_organization").acs_system_id
    user = seam.acs.users.create(acs_system_id=other, full_name="Ada")

    with seam_raises("invalid_input", status_code=400, match="another ACS system"):
        seam.acs.entrances.grant_access(acs_entrance_id=lobby.acs_entrance_id, acs_user_id=user.acs_user_id)


@pytest.mark.parametrize(
    ("given", "error_type"),
    [
        ({"acs_user_id": NOBODY}, "acs_user_not_found"),
        ({"user_identity_id": NOBODY}, "user_identity_not_found"),
    ],
)
def test_nobody_cannot_be_granted(seam, lobby, given, error_type):
    """Unknown users and people answer 404."""
    with seam_raises(error_type, status_code=404):
        seam.acs.entrances.grant_access(acs_entrance_id=lobby.acs_entrance_id, **given)


def test_valid_visionline_credentials_can_be_picked(seam, seam_sandbox, office, lobby):
    """include_if leaves those of other systems and those that are not issued out."""
    hotel = seam_sandbox.create_acs_system("visionline_system", entrances=["Room 101"])
    person = seam_sandbox.create_user_identity().user_identity_id
    seam_sandbox.create_phone(user_identity_id=person)
    key = seam_sandbox.create_acs_credential(acs_system_id=hotel.acs_system_id, user_identity_id=person)
    seam_sandbox.create_acs_credential("card", acs_system_id=hotel.acs_system_id)
    seam_sandbox.create_acs_credential("code", acs_system_id=office.acs_system_id)

    def valid(entrance):
        return seam.acs.entrances.list_credentials_with_access(
            acs_entrance_id=entrance.acs_entrance_id, include_if=["visionline_metadata.is_valid"]
        )

    assert key.acs_credential_id in [one.acs_credential_id for one in valid(seam.acs.entrances.list(search="101")[0])]
    assert {one.access_method for one in valid(seam.acs.entrances.list(search="101")[0])} == {"mobile_key"}
    assert valid(lobby) == []


def test_cloud_key_unlocks(seam, seam_sandbox, lobby):
    """An UNLOCK_DOOR attempt succeeds, and its event names the account."""
    key = seam_sandbox.create_acs_credential("cloud_key")

    attempt = seam.acs.entrances.unlock(acs_entrance_id=lobby.acs_entrance_id, acs_credential_id=key.acs_credential_id)

    assert (attempt.action_type, attempt.status) == ("UNLOCK_DOOR", "success")
    seam_sandbox.expect_event("action_attempt.unlock_door.succeeded", connected_account_id=lobby.connected_account_id)


@pytest.mark.parametrize(
    ("entrance_id", "credential_id", "error_type", "status"),
    [
        (NOBODY, None, "acs_entrance_not_found", 404),
        (None, NOBODY, "acs_credential_not_found", 404),
        (None, None, "not_supported", 400),
    ],
)
def test_unlock_needs_an_entrance_and_a_cloud_key(
    seam, seam_sandbox, lobby, entrance_id, credential_id, error_type, status
):
    """Unknown ids answer 404; a code cannot unlock remotely."""
    code = seam_sandbox.create_acs_credential("code")

    with seam_raises(error_type, status_code=status):
        seam.acs.entrances.unlock(
            acs_entrance_id=entrance_id or lobby.acs_entrance_id,
            acs_credential_id=credential_id or code.acs_credential_id,
        )


def suspend(seam, sandbox, key):
    seam.acs.users.suspend(acs_user_id=key.acs_user_id)


def unassign(seam, sandbox, key):
    seam.acs.credentials.unassign(acs_credential_id=key.acs_credential_id, acs_user_id=key.acs_user_id)


def invalidate(seam, sandbox, key):
    seam.acs.users.revoke_access_to_all_entrances(acs_user_id=key.acs_user_id)


def expire(seam, sandbox, key):
    seam.acs.credentials.update(acs_credential_id=key.acs_credential_id, ends_at="2990-01-01T00:00:00Z")
    sandbox.clock.freeze(sandbox.clock.now().replace(year=2991))


def lose_account(seam, sandbox, key):
    seam.connected_accounts.simulate.disconnect(connected_account_id=key.connected_account_id)


@pytest.mark.parametrize("mishap", [suspend, unassign, invalidate, expire, lose_account])
def test_unlock_fails_without_access(seam, seam_sandbox, lobby, mishap):
    """The attempt ends in error when user, key, time or system do not allow it."""
    key = seam_sandbox.create_acs_credential("cloud_key")
    mishap(seam, seam_sandbox, key)

    with pytest.raises(SeamActionAttemptFailedError) as failure:
        seam.acs.entrances.unlock(acs_entrance_id=lobby.acs_entrance_id, acs_credential_id=key.acs_credential_id)

    assert failure.value.code == "uncategorized_error"
    seam_sandbox.expect_event("action_attempt.unlock_door.failed", count=1)


def test_unlock_fails_before_the_start_and_at_another_door(seam, seam_sandbox, lobby):
    """A key opens its own doors, and not before its time."""
    early = seam_sandbox.create_acs_credential("cloud_key", starts_at="2990-01-01T00:00:00Z")
    elsewhere = seam_sandbox.create_acs_credential(
        "cloud_key", acs_entrance_ids=[seam.acs.entrances.list(search="gym")[0].acs_entrance_id]
    )

    for key in (early, elsewhere):
        with pytest.raises(SeamActionAttemptFailedError):
            seam.acs.entrances.unlock(acs_entrance_id=lobby.acs_entrance_id, acs_credential_id=key.acs_credential_id)


def test_unlock_fails_when_the_key_is_deleted_meanwhile():
    """A pending attempt ends in error when its credential is gone."""
    with Sandbox(action_attempts=10.0) as sandbox:
        key = sandbox.create_acs_credential("cloud_key")
        seam = sandbox.client(wait_for_action_attempt=False)
        lobby = seam.acs.entrances.list()[0]
        attempt = seam.acs.entrances.unlock(
            acs_entrance_id=lobby.acs_entrance_id, acs_credential_id=key.acs_credential_id
        )
        seam.acs.credentials.delete(acs_credential_id=key.acs_credential_id)
        sandbox.clock.advance(10)

        ended = seam.action_attempts.get(action_attempt_id=attempt.action_attempt_id)

        assert (attempt.status, ended.status) == ("pending", "error")
        assert "deleted meanwhile" in ended.error.message
