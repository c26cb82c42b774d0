"""Instant keys: read, listed and deleted; each with a client session of its person."""

import pytest

from pytest_seam_sandbox import InstantKey, SandboxError, UnknownId, seam_raises

pytestmark = pytest.mark.every_transport

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def ada(seam_sandbox):
    return seam_sandbox.create_user_identity(full_name="Ada").user_identity_id


@pytest.fixture
def key(seam, ada):
    return seam.user_identities.generate_instant_key(user_identity_id=ada)


@pytest.fixture
def lobby(seam, seam_sandbox):
    seam_sandbox.create_acs_system("salto_ks_site", entrances=["Lobby"])
    return seam.acs.entrances.list()[0]


def test_instant_key_is_found_by_id_and_link(seam, key):
    """Both together have to fit, and one of them has to be there."""
    assert seam.instant_keys.get(instant_key_id=key.instant_key_id) == key
    assert seam.instant_keys.get(instant_key_url=key.instant_key_url) == key
    with seam_raises("instant_key_not_found", status_code=404):
        seam.instant_keys.get(instant_key_id=NOBODY, instant_key_url=key.instant_key_url)
    with seam_raises("instant_key_not_found", status_code=404):
        seam.instant_keys.get(instant_key_url="https://ik.seam.co/nothing")


def test_instant_keys_are_listed_by_person(seam, seam_sandbox, ada, key):
    """A second key of the same person is another one, and both are valid."""
    second = seam.user_identities.generate_instant_key(user_identity_id=ada)
    bob = seam_sandbox.create_user_identity(full_name="Bob").user_identity_id
    seam.user_identities.generate_instant_key(user_identity_id=bob)

    assert seam.instant_keys.list(user_identity_id=ada) == [key, second]
    assert len(seam.instant_keys.list()) == 3
    seam.user_identities.merge(user_identity_id=ada, merged_user_identity_ids=[bob])
    assert len(seam.instant_keys.list(user_identity_id=bob)) == 3


def test_deleted_key_takes_its_session_along(seam, seam_sandbox, key):
    """client_session.deleted tells of it; the session's token is unknown then."""
    seam.instant_keys.delete(instant_key_id=key.instant_key_id)

    seam_sandbox.expect_event("client_session.deleted", count=1, client_session_id=key.client_session_id)
    assert (seam.instant_keys.list(), seam.client_sessions.list()) == ([], [])
    with seam_raises("instant_key_not_found", status_code=404):
        seam.instant_keys.delete(instant_key_id=key.instant_key_id)


def test_key_outlives_a_session_that_was_deleted(seam, key):
    """Deleting the session first leaves the key to be deleted by itself."""
    seam.client_sessions.delete(client_session_id=key.client_session_id)
    assert len(seam.instant_keys.list()) == 1

    seam.instant_keys.delete(instant_key_id=key.instant_key_id)
    assert seam.instant_keys.list() == []


def test_expired_key_is_still_there(seam, seam_sandbox, key):
    """Nothing removes it by itself."""
    seam_sandbox.clock.advance(3 * 86400)

    assert seam.instant_keys.get(instant_key_id=key.instant_key_id).expires_at < seam_sandbox.clock.now().isoformat()


def test_keys_go_with_their_person(seam, ada, key):
    """A deleted user identity leaves none."""
    seam.user_identities.delete(user_identity_id=ada)

    assert seam.instant_keys.list() == []


def test_model_reads_the_answer(seam_sandbox, key):
    """The exported model has the fields by attribute."""
    answer = seam_sandbox.http().post("/instant_keys/get", json={"instant_key_id": key.instant_key_id}).json()

    assert InstantKey.model_validate(answer["instant_key"]).instant_key_url == key.instant_key_url


# people open the link


def test_opened_link_brings_a_phone_that_gets_the_keys(seam, seam_sandbox, ada, lobby):
    """The phone is the person's, with the system that was given; the key counts the use and shows nothing of it."""
    seam.acs.credentials.create(
        user_identity_id=ada,
        acs_system_id=lobby.acs_system_id,
        access_method="mobile_key",
        is_multi_phone_sync_credential=True,
        allowed_acs_entrance_ids=[lobby.acs_entrance_id],
    )
    key = seam.user_identities.generate_instant_key(user_identity_id=ada)

    phone = seam_sandbox.open_instant_key(key, operating_system="ios")

    assert phone.device_type == "ios_phone"
    assert [one.device_id for one in seam.phones.list(owner_user_identity_id=ada)] == [phone.device_id]
    held = seam.acs.credentials.list(is_multi_phone_sync_credential=False)[0]
    assert [one.device_id for one in seam.phones.list(acs_credential_id=held.acs_credential_id)] == [phone.device_id]
    assert seam.instant_keys.get(instant_key_id=key.instant_key_id) == key


@pytest.mark.parametrize(("most", "opened"), [(None, 1), (1, 1), (3, 3), (2.5, 3), (0, 0)])
def test_link_opens_as_often_as_it_may(seam, seam_sandbox, ada, most, opened):
    """Once unless the program says otherwise; then the person gets no phone, and needs another link."""
    given = {} if most is None else {"max_use_count": most}
    key = seam.user_identities.generate_instant_key(user_identity_id=ada, **given)
    for _ in range(opened):
        seam_sandbox.open_instant_key(key)

    with pytest.raises(SandboxError, match="is used up: it opens"):
        seam_sandbox.open_instant_key(key)
    assert len(seam.phones.list()) == opened
    assert seam_sandbox.open_instant_key(seam.user_identities.generate_instant_key(user_identity_id=ada))


def test_link_of_a_grant_opens_as_often_as_its_method_says(seam, seam_sandbox, ada, lobby):
    """instant_key_max_use_count is the number of uses; the link itself will do to open it."""
    grant = seam.access_grants.create(
        user_identity_id=ada,
        requested_access_methods=[{"mode": "mobile_key", "instant_key_max_use_count": 2}],
        acs_entrance_ids=[lobby.acs_entrance_id],
    )
    for _ in range(2):
        seam_sandbox.open_instant_key(grant.instant_key_url)

    with pytest.raises(SandboxError, match="is used up"):
        seam_sandbox.open_instant_key(grant.instant_key_url)
    assert len(seam.phones.list(owner_user_identity_id=ada)) == 2
    assert seam.access_methods.get(access_method_id=grant.access_method_ids[0]).is_issued


def test_expired_link_opens_nothing(seam, seam_sandbox, ada, key):
    """It worked until its end."""
    seam_sandbox.clock.advance(2 * 86400)

    with pytest.raises(SandboxError, match="expired at"):
        seam_sandbox.open_instant_key(key)
    assert seam.phones.list() == []


@pytest.mark.parametrize("ending", ["delete", "revoke"])
def test_link_without_its_session_opens_nothing(seam, seam_sandbox, key, ending):
    """The program has ended the session."""
    getattr(seam.client_sessions, ending)(client_session_id=key.client_session_id)

    with pytest.raises(SandboxError, match="its client session has ended"):
        seam_sandbox.open_instant_key(key)


@pytest.mark.parametrize("link", [NOBODY, "https://ik.seam.co/nothing"])
def test_unknown_link(seam, seam_sandbox, key, link):
    """The message names those that there are."""
    with pytest.raises(UnknownId, match=f"no instant key .*; it has {key.instant_key_id}"):
        seam_sandbox.open_instant_key(link)
    with pytest.raises(SandboxError, match="an object with a instant_key_id, or an id as text"):
        seam_sandbox.open_instant_key(5)
    with pytest.raises(SandboxError, match="operating_system"):
        seam_sandbox.open_instant_key(key, operating_system="windows")
    assert seam.phones.list() == []


def test_uses_come_back_with_a_snapshot(seam_sandbox, key):
    """They are part of the state."""
    before = seam_sandbox.snapshot()
    seam_sandbox.open_instant_key(key)
    seam_sandbox.restore(before)

    assert seam_sandbox.open_instant_key(key)


def test_merged_person_gets_the_phone(seam, seam_sandbox, ada, key):
    """The link leads to whom the person is now."""
    bob = seam_sandbox.create_user_identity(full_name="Bob").user_identity_id
    seam.user_identities.merge(user_identity_id=bob, merged_user_identity_ids=[ada])

    phone = seam_sandbox.open_instant_key(key)

    assert [one.device_id for one in seam.phones.list(owner_user_identity_id=bob)] == [phone.device_id]
