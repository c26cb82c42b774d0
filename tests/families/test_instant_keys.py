"""Instant keys: read, listed and deleted; each with a client session of its person."""

import pytest

from pytest_seam_sandbox import InstantKey, seam_raises

pytestmark = pytest.mark.every_transport

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def ada(seam_sandbox):
    return seam_sandbox.create_user_identity(full_name="Ada").user_identity_id


@pytest.fixture
def key(seam, ada):
    return seam.user_identities.generate_instant_key(user_identity_id=ada)


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
