"""Client sessions: tokens for an app's own users."""

from datetime import timedelta

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"


def ids(sessions):
    return [session.client_session_id for session in sessions]


def ask(seam_sandbox, token, path="/client_sessions/get", **params):
    with seam_sandbox.http(headers={"authorization": f"Bearer {token}"}) as app:
        return app.post(path, json=params)


def test_create_needs_nothing(seam, seam_sandbox):
    """An empty session holds nothing and lasts a year."""
    seam_sandbox.clock.freeze()

    session = seam.client_sessions.create()

    assert session.token.startswith("seam_cst")
    assert (session.connected_account_ids, session.connect_webview_ids, session.user_identity_ids) == ([], [], [])
    assert (session.device_count, session.user_identifier_key) == (0, None)
    assert int(session.expires_at[:4]) == seam_sandbox.clock.now().year + 1


def test_create_keeps_what_is_given(seam, seam_sandbox):
    """Accounts, webviews, identity, keys and expiry come back; devices are counted."""
    device = seam_sandbox.create_device()
    person = seam_sandbox.create_user_identity()

    session = seam.client_sessions.create(
        connected_account_ids=[device.connected_account_id],
        connect_webview_ids=["webview"],
        user_identity_id=person.user_identity_id,
        user_identifier_key="jane",
        customer_key="acme",
        expires_at="2099-01-01T00:00:00Z",
    )

    assert session.connected_account_ids == [device.connected_account_id]
    assert session.connect_webview_ids == ["webview"]
    assert session.user_identity_id == person.user_identity_id
    assert (session.user_identifier_key, session.customer_key) == ("jane", "acme")
    assert session.expires_at == "2099-01-01T00:00:00.000Z"
    assert session.device_count == 1


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"connected_account_ids": [NOTHING]}, "connected_account_not_found"),
        ({"user_identity_id": NOTHING}, "user_identity_not_found"),
        ({"user_identity_ids": [NOTHING]}, "user_identity_not_found"),
    ],
    ids=str,
)
def test_create_for_what_does_not_exist_is_refused(seam, params, error):
    """A session can be given nothing but what exists."""
    with seam_raises(error, status_code=404):
        seam.client_sessions.create(**params)

    assert seam.client_sessions.list() == []


def test_put_for_a_known_user_gives_the_session_that_is_there(seam):
    """The SDK's create is a PUT: a user_identifier_key that has a session gets that one."""
    first = seam.client_sessions.create(user_identifier_key="jane")

    assert seam.client_sessions.create(user_identifier_key="jane") == first


def test_post_for_a_known_user_is_refused(seam_http):
    """A POST would make a second session, which Seam refuses."""
    seam_http.post("/client_sessions/create", json={"user_identifier_key": "jane"})

    answer = seam_http.post("/client_sessions/create", json={"user_identifier_key": "jane"})

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "client_session_token_already_exists")


def test_get_or_create_makes_a_session_once(seam):
    """The same key gives the same session; another key, another."""
    first = seam.client_sessions.get_or_create(user_identifier_key="jane")

    again = seam.client_sessions.get_or_create(user_identifier_key="jane")
    other = seam.client_sessions.get_or_create(user_identifier_key="john")

    assert again == first
    assert other.client_session_id != first.client_session_id


@pytest.mark.parametrize("header", ["user-identifier-key", "seam-user-identifier-key"])
def test_get_or_create_takes_the_key_from_a_header(seam_http, header):
    """The key of the user may also stand in a header."""
    answer = seam_http.post("/client_sessions/get_or_create", json={}, headers={header: "jane"})

    assert answer.json()["client_session"]["user_identifier_key"] == "jane"


def test_get_by_id_and_by_key(seam):
    """A session is found by either of its names."""
    session = seam.client_sessions.create(user_identifier_key="jane")

    assert seam.client_sessions.get(client_session_id=session.client_session_id) == session
    assert seam.client_sessions.get(user_identifier_key="jane") == session


@pytest.mark.parametrize("asked", [{"client_session_id": NOTHING}, {"user_identifier_key": "nobody"}], ids=str)
def test_unknown_session_is_not_found(seam, asked):
    """Neither an unknown id nor an unknown key is found."""
    seam.client_sessions.create(user_identifier_key="jane")

    with seam_raises("client_session_not_found", status_code=404):
        seam.client_sessions.get(**asked)


def test_get_without_parameters_finds_nothing(seam_http, seam_client):
    """With an API key, no parameters name no session."""
    seam_client.client_sessions.create()

    assert seam_http.post("/client_sessions/get", json={}).status_code == 404


def test_session_gets_itself(seam, seam_sandbox):
    """A session that asks without parameters gets itself; one that asks for another finds nothing."""
    session = seam.client_sessions.create(user_identifier_key="jane")
    other = seam.client_sessions.create(user_identifier_key="john")

    own = ask(seam_sandbox, session.token)
    named = ask(seam_sandbox, session.token, client_session_id=session.client_session_id)
    foreign = ask(seam_sandbox, session.token, client_session_id=other.client_session_id)

    assert own.json()["client_session"]["client_session_id"] == session.client_session_id
    assert named.status_code == 200
    assert foreign.status_code == 404


def test_session_may_not_ask_by_id_and_key(seam, seam_sandbox):
    """A session that gives both names of a session is refused."""
    session = seam.client_sessions.create(user_identifier_key="jane")

    answer = ask(seam_sandbox, session.token, client_session_id=session.client_session_id, user_identifier_key="jane")

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_options")


def test_list_filters(seam, seam_sandbox):
    """Id, webview, key, identity and the lack of a key narrow the list."""
    person = seam_sandbox.create_user_identity()
    jane = seam.client_sessions.create(user_identifier_key="jane", connect_webview_ids=["webview"])
    bare = seam.client_sessions.create(user_identity_id=person.user_identity_id)

    assert ids(seam.client_sessions.list()) == ids([jane, bare])
    assert ids(seam.client_sessions.list(client_session_id=bare.client_session_id)) == ids([bare])
    assert ids(seam.client_sessions.list(connect_webview_id="webview")) == ids([jane])
    assert ids(seam.client_sessions.list(user_identifier_key="jane")) == ids([jane])
    assert ids(seam.client_sessions.list(user_identity_id=person.user_identity_id)) == ids([bare])
    assert ids(seam.client_sessions.list(without_user_identifier_key=True)) == ids([bare])


def test_grant_access_adds(seam, seam_sandbox):
    """What is granted comes on top of what the session holds, each thing once."""
    first, second = seam_sandbox.create_connected_account(), seam_sandbox.create_connected_account()
    person = seam_sandbox.create_user_identity()
    session = seam.client_sessions.create(
        user_identifier_key="jane", connected_account_ids=[first.connected_account_id]
    )

    seam.client_sessions.grant_access(
        client_session_id=session.client_session_id,
        connected_account_ids=[first.connected_account_id, second.connected_account_id],
    )
    seam.client_sessions.grant_access(
        user_identifier_key="jane", connect_webview_ids=["webview"], user_identity_id=person.user_identity_id
    )

    granted = seam.client_sessions.get(client_session_id=session.client_session_id)
    assert granted.connected_account_ids == [first.connected_account_id, second.connected_account_id]
    assert granted.connect_webview_ids == ["webview"]
    assert granted.user_identity_ids == [person.user_identity_id]


def test_id_and_key_have_to_fit_together(seam):
    """Two addresses that lead to two sessions lead to none."""
    one, other = (seam.client_sessions.create(user_identifier_key=key) for key in ("one", "other"))

    with seam_raises("client_session_not_found", status_code=404):
        seam.client_sessions.grant_access(client_session_id=one.client_session_id, user_identifier_key="other")
    seam.client_sessions.grant_access(client_session_id=other.client_session_id, user_identifier_key="other")


def test_grant_access_to_nobody(seam, seam_http):
    """An unknown session is not found, and some name has to be given."""
    with seam_raises("client_session_not_found", status_code=404):
        seam.client_sessions.grant_access(client_session_id=NOTHING)

    assert seam_http.patch("/client_sessions/grant_access", json={}).status_code == 400


def test_revoked_session_is_refused(seam, seam_sandbox):
    """After the revocation the token answers 401, and says why."""
    session = seam.client_sessions.create()

    seam.client_sessions.revoke(client_session_id=session.client_session_id)

    answer = ask(seam_sandbox, session.token)
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "client_session_revoked")


def test_deleted_session_is_unknown(seam, seam_sandbox):
    """After the deletion the token is unknown, and the one event of sessions says so."""
    session = seam.client_sessions.create()

    seam.client_sessions.delete(client_session_id=session.client_session_id)

    answer = ask(seam_sandbox, session.token)
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "client_session_not_found")
    seam_sandbox.expect_event("client_session.deleted", client_session_id=session.client_session_id, count=1)


def test_expired_session_is_refused(seam, seam_sandbox):
    """A session ends at its time, on the sandbox clock."""
    seam_sandbox.clock.freeze()
    session = seam.client_sessions.create(expires_at="2099-01-01T00:00:00Z")
    alive = ask(seam_sandbox, session.token)
    seam_sandbox.clock.advance(100 * 365 * 86400)

    answer = ask(seam_sandbox, session.token)

    assert alive.status_code == 200
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "client_session_expired")


@pytest.mark.parametrize("call", ["revoke", "delete"])
def test_unknown_session_cannot_be_ended(seam, call):
    """An id that names no session answers 404."""
    with seam_raises("client_session_not_found", status_code=404):
        getattr(seam.client_sessions, call)(client_session_id=NOTHING)


@pytest.mark.parametrize(
    ("path", "params", "status", "error"),
    [
        ("create", {"user_identifier_key": "jane"}, 200, None),
        ("get_or_create", {"user_identifier_key": "jane"}, 200, None),
        ("create", {}, 401, "publishable_key_requires_user_identifier_key"),
        ("get_or_create", {}, 401, "publishable_key_requires_user_identifier_key"),
        (
            "create",
            {"user_identifier_key": "jane", "connected_account_ids": [NOTHING]},
            403,
            "publishable_keys_must_create_empty_client_sessions",
        ),
        (
            "create",
            {"user_identifier_key": "jane", "connect_webview_ids": ["webview"]},
            403,
            "publishable_keys_must_create_empty_client_sessions",
        ),
    ],
)
def test_publishable_key(seam_client, seam_sandbox, path, params, status, error):
    """A publishable key opens an empty session for a known user, and nothing else."""
    key = seam_client.workspaces.get().publishable_key

    with seam_sandbox.http(headers={"authorization": "", "seam-publishable-key": key}) as app:
        answer = app.post(f"/client_sessions/{path}", json=params)

    assert answer.status_code == status
    assert answer.json().get("error", {}).get("type") == error


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_get_or_create_gives_a_session_that_gets_in(seam, seam_sandbox, end):
    """A session that is over is replaced by a new one; that one is found from then on."""
    over = (seam_sandbox.clock.now() + timedelta(hours=1)).isoformat()
    first = seam.client_sessions.get_or_create(user_identifier_key="jane", expires_at=over)
    if end == "revoked":
        seam.client_sessions.revoke(client_session_id=first.client_session_id)
    else:
        seam_sandbox.clock.advance(timedelta(hours=2))

    second = seam.client_sessions.get_or_create(user_identifier_key="jane")

    assert second.client_session_id != first.client_session_id
    assert seam.client_sessions.get_or_create(user_identifier_key="jane") == second
    assert ask(seam_sandbox, second.token).status_code == 200
