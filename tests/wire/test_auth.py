"""Who may call what: API keys, personal access tokens, client sessions, publishable keys, and how each is refused."""

import pytest

from each import each
from pytest_seam_sandbox import Sandbox, seam_raises
from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.api.workspaces import open_workspace
from pytest_seam_sandbox.engine.auth import Method

NOTHING_APPLIES = ("unauthorized", "No authentication methods succeeded")
NO_KEY = ("unauthorized", "API Key not found")
NO_TOKEN = ("unauthorized", "Access token not found")
NO_SESSION = ("client_session_not_found", "Unauthorized (client session not found)")
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PATHS = {endpoint.path: endpoint for endpoint in all_endpoints()}


def allowing(*methods):
    return [path for path, endpoint in PATHS.items() if any(method in endpoint.allow for method in methods)]


def refusing(*methods):
    return sorted(PATHS.keys() - set(allowing(*methods)))


def refusal(answer, status=401):
    assert answer.status_code == status
    error = answer.json()["error"]
    return error["type"], error["message"]


def call(http, path, **headers):
    """A POST without parameters and with these headers in place of the API key."""
    return http.post(path, json={}, headers={"authorization": "", **headers})


def bearer(token, **headers):
    return {"authorization": f"Bearer {token}", **headers}


@pytest.fixture
def backend(seam_sandbox):
    return seam_sandbox.embedded


@pytest.fixture
def token(backend):
    """A personal access token of a user of the sandbox workspace."""
    return backend.add_access_token(backend.workspace)


@pytest.fixture
def publishable_key(seam_http):
    return seam_http.get("/workspaces/get").json()["workspace"]["publishable_key"]


@pytest.fixture
def make_session(seam_http):
    """Makes a client session; gives it as the API shows it."""
    return lambda **params: seam_http.post("/client_sessions/create", json=params).json()["client_session"]


@pytest.fixture
def production(backend):
    """A workspace that is no sandbox, on the same server."""
    return open_workspace(backend.app, name="Production", is_sandbox=False)


# API keys


@pytest.mark.parametrize(
    "authorization", ["", "Basic x", "seam_test1_x", "bearer seam_test1_x", "Bearer", "Bearer ", "Bearer    "]
)
def test_header_that_holds_no_bearer_is_passed_over(seam_http, authorization):
    """No Authorization, another scheme, another spelling of Bearer, nothing behind it: no method succeeds."""
    assert refusal(call(seam_http, "/devices/list", authorization=authorization)) == NOTHING_APPLIES


@pytest.mark.parametrize("key", ["garbage", "seam_test1_unknown", "seam_unknown", "seam_pk1_x"])
def test_unknown_api_key_is_refused(seam_http, key):
    """Whatever is neither a token nor a session counts as an API key, and is not found."""
    assert refusal(call(seam_http, "/devices/list", **bearer(key))) == NO_KEY


def test_own_publishable_key_as_bearer_is_no_api_key(seam_http, publishable_key):
    """A publishable key in the Authorization header is an unknown API key."""
    assert refusal(call(seam_http, "/devices/list", **bearer(publishable_key))) == NO_KEY


def test_sdk_raises_unauthorized_for_an_unknown_key(seam_sandbox):
    """The SDK turns every 401 into its own error."""
    with seam_raises("unauthorized", status_code=401):
        seam_sandbox.client(api_key="seam_test1_unknown").devices.list()


@each("path", allowing(Method.API_KEY))
def test_api_key_is_admitted_where_it_is_listed(path):
    """A path that lists API keys lets one through to its parameters."""
    with Sandbox() as sandbox, sandbox.http() as http:
        assert http.post(path, json={}).status_code != 401


def test_api_key_is_refused_where_it_is_not_listed(seam_http):
    """The one path that takes no API key says that no method succeeded."""
    assert refusing(Method.API_KEY) == ["/workspaces/create"]
    assert refusal(seam_http.post("/workspaces/create", json={"name": "x"})) == NOTHING_APPLIES


def test_api_key_ignores_the_workspace_header(seam_http, seam_sandbox, production):
    """An API key leads to its own workspace, whatever seam-workspace says."""
    answer = seam_http.get("/workspaces/get", headers={"seam-workspace": production.workspace_id}).json()

    assert answer["workspace"]["workspace_id"] == seam_sandbox.workspace_id


def test_api_keys_tell_sandbox_and_production_by_their_form(backend, production):
    """The key of a sandbox has the test form, the key of a production workspace has not."""
    assert backend.api_key.startswith("seam_test")
    assert not backend.add_api_key(production).startswith("seam_test")


def test_key_of_another_workspace_finds_nothing_here(seam_sandbox, backend, production, sandbox_device):
    """A device of one workspace is not found with the key of another."""
    client = seam_sandbox.client(api_key=backend.add_api_key(production))

    with seam_raises("device_not_found", status_code=404):
        client.devices.get(device_id=sandbox_device.device_id)


def test_production_workspace_says_that_it_is_no_sandbox(seam_sandbox, backend, production):
    """The key of a production workspace leads to it."""
    found = seam_sandbox.client(api_key=backend.add_api_key(production)).workspaces.get()

    assert (found.workspace_id, found.is_sandbox) == (production.workspace_id, False)


# personal access tokens


def test_token_with_its_workspace_is_admitted(seam_sandbox, token):
    """A personal access token works through the SDK in the workspace that it names."""
    client = seam_sandbox.client(personal_access_token=token, workspace_id=seam_sandbox.workspace_id)

    assert client.workspaces.get().workspace_id == seam_sandbox.workspace_id


def test_token_reaches_each_workspace_of_its_user(seam_sandbox, backend, production):
    """One token, two workspaces: the header decides."""
    token = backend.add_access_token(backend.workspace, production)

    client = seam_sandbox.client(personal_access_token=token, workspace_id=production.workspace_id)

    assert client.workspaces.get().is_sandbox is False


def test_token_without_workspace_is_passed_over(seam_http, token):
    """On a path of a workspace a token without seam-workspace is no method at all."""
    assert refusal(call(seam_http, "/devices/list", **bearer(token))) == NOTHING_APPLIES


@pytest.mark.parametrize("known", [True, False])
def test_unknown_token_or_workspace_is_refused(seam_http, seam_sandbox, token, known):
    """An unknown token, and a known one with an unknown workspace, are both "not found"."""
    pair = {True: (token, UNKNOWN), False: ("seam_at1_unknown", seam_sandbox.workspace_id)}[known]

    assert refusal(call(seam_http, "/devices/list", **bearer(pair[0], **{"seam-workspace": pair[1]}))) == NO_TOKEN


def test_token_cannot_enter_a_workspace_of_others(seam_http, token, production):
    """A workspace that exists but is not the user's is as good as unknown."""
    headers = bearer(token, **{"seam-workspace": production.workspace_id})

    assert refusal(call(seam_http, "/devices/list", **headers)) == NO_TOKEN


def test_token_alone_lists_its_workspaces(seam_http, backend, production):
    """Without a workspace header a token lists what its user may enter."""
    token = backend.add_access_token(backend.workspace, production)

    answer = call(seam_http, "/workspaces/list", **bearer(token)).json()

    listed = [workspace["workspace_id"] for workspace in answer["workspaces"]]
    assert listed == [backend.workspace.workspace_id, production.workspace_id]


def test_unknown_token_alone_is_refused(seam_http):
    """An unknown token lists nothing."""
    assert refusal(call(seam_http, "/workspaces/list", **bearer("seam_at1_unknown"))) == NO_TOKEN


def test_token_makes_a_workspace_and_may_enter_it(seam_http, token):
    """A workspace that a token made belongs to its user from then on."""
    answer = seam_http.post("/workspaces/create", json={"name": "New"}, headers=bearer(token)).json()
    new_id = answer["workspace"]["workspace_id"]

    inside = call(seam_http, "/workspaces/get", **bearer(token, **{"seam-workspace": new_id})).json()

    assert inside["workspace"]["name"] == "New"


# client sessions


@pytest.mark.parametrize("header", ["client-session-token", "seam-client-session-token", "authorization"])
def test_client_session_may_stand_in_three_headers(seam_http, make_session, header):
    """The token of a client session is read from either header of its own, or as Bearer."""
    session = make_session()
    value = {"authorization": f"Bearer {session['token']}"}.get(header, session["token"])

    answer = call(seam_http, "/client_sessions/get", **{header: value}).json()

    assert answer["client_session"]["client_session_id"] == session["client_session_id"]


def test_header_of_a_client_session_beats_bearer(seam_http, make_session):
    """With two different sessions, the one in its own header counts."""
    first, second = make_session(), make_session()
    headers = bearer(first["token"], **{"client-session-token": second["token"]})

    answer = call(seam_http, "/client_sessions/get", **headers).json()

    assert answer["client_session"]["client_session_id"] == second["client_session_id"]


@pytest.mark.parametrize("header", ["client-session-token", "authorization"])
def test_unknown_client_session_is_refused(seam_http, header):
    """A token that no session has."""
    value = {"authorization": "Bearer seam_cst1_unknown"}.get(header, "seam_cst1_unknown")

    assert refusal(call(seam_http, "/devices/list", **{header: value})) == NO_SESSION


def test_header_that_is_no_client_session_is_400(seam_http):
    """A client session header with something else in it is a bad request, not merely unauthorized."""
    answer = call(seam_http, "/devices/list", **{"client-session-token": "seam_test1_x"})

    assert refusal(answer, 400) == ("invalid_client_session_token", "Invalid client session token")


def test_expired_client_session_is_refused(seam_sandbox, seam_http, make_session):
    """After expires_at a token is refused by that name."""
    session = make_session(expires_at="2999-01-01T00:00:00Z")
    seam_sandbox.clock.advance(1000 * 365.25 * 86400)

    answer = call(seam_http, "/devices/list", **bearer(session["token"]))

    assert refusal(answer) == ("client_session_expired", "Unauthorized (client session expired)")


def test_session_made_with_a_past_end_is_expired(seam_http, make_session):
    """A past expires_at is accepted, and gives a session that is over."""
    session = make_session(expires_at="2020-01-01T00:00:00Z")

    assert refusal(call(seam_http, "/devices/list", **bearer(session["token"])))[0] == "client_session_expired"


def test_revoked_client_session_is_refused(seam_http, make_session):
    """A revoked token is refused by that name."""
    session = make_session()
    seam_http.post("/client_sessions/revoke", json={"client_session_id": session["client_session_id"]})

    answer = call(seam_http, "/devices/list", **bearer(session["token"]))

    assert refusal(answer) == ("client_session_revoked", "Unauthorized (client session revoked)")


def test_deleted_client_session_is_unknown(seam_http, make_session):
    """A deleted token is as if it had never been."""
    session = make_session()
    seam_http.post("/client_sessions/delete", json={"client_session_id": session["client_session_id"]})

    assert refusal(call(seam_http, "/devices/list", **bearer(session["token"]))) == NO_SESSION


def test_server_knows_its_own_sessions_whatever_became_of_them(backend, seam_http, make_session):
    """A server of many workspaces finds the one of a token by it, also when the token is revoked."""
    session = make_session()
    seam_http.post("/client_sessions/revoke", json={"client_session_id": session["client_session_id"]})

    known = [backend.app.has_session(token) for token in (session["token"], make_session()["token"], "seam_cst1_x")]

    assert known == [True, True, False]


@each("path", refusing(Method.CLIENT_SESSION))
def test_client_session_is_refused_where_it_is_not_listed(path):
    """A path without client sessions says that no method succeeded."""
    with Sandbox() as sandbox, sandbox.http() as http:
        session = http.post("/client_sessions/create", json={}).json()["client_session"]

        assert refusal(call(http, path, **bearer(session["token"]))) == NOTHING_APPLIES


@each("path", allowing(Method.CLIENT_SESSION))
def test_client_session_is_admitted_where_it_is_listed(path):
    """A path that lists client sessions lets a plain one through to its parameters."""
    with Sandbox() as sandbox, sandbox.http() as http:
        session = http.post("/client_sessions/create", json={}).json()["client_session"]

        assert call(http, path, **bearer(session["token"])).status_code != 401


@each("path", refusing(Method.PORTAL, Method.PORTAL_READ_ONLY))
def test_portal_session_is_refused_where_it_is_not_listed(path):
    """The session of a customer's portal is no plain one: paths that list only those refuse it."""
    with Sandbox() as sandbox, sandbox.http() as http:
        session = http.post("/client_sessions/create", json={"customer_key": "guest-1"}).json()["client_session"]

        assert refusal(call(http, path, **bearer(session["token"]))) == NOTHING_APPLIES


@each("path", allowing(Method.PORTAL, Method.PORTAL_READ_ONLY))
def test_portal_session_is_admitted_where_it_is_listed(path):
    """A path that lists portals lets the session of one through to its parameters."""
    with Sandbox() as sandbox, sandbox.http() as http:
        session = http.post("/client_sessions/create", json={"customer_key": "guest-1"}).json()["client_session"]

        assert call(http, path, **bearer(session["token"])).status_code != 401


def test_first_method_that_applies_decides(seam_http, seam_sandbox):
    """A bad session header beside a valid API key is refused: /devices/list tries sessions first."""
    answer = call(
        seam_http, "/devices/list", **bearer(seam_sandbox.api_key, **{"client-session-token": "seam_cst1_unknown"})
    )

    assert refusal(answer) == NO_SESSION


def test_method_that_comes_first_spares_the_later_ones(seam_http, seam_sandbox):
    """/workspaces/get tries the API key first, so the same pair is admitted there."""
    answer = call(
        seam_http, "/workspaces/get", **bearer(seam_sandbox.api_key, **{"client-session-token": "seam_cst1_unknown"})
    )

    assert answer.status_code == 200


def test_client_session_sees_its_accounts_only(seam_sandbox, seam_http, make_session, sandbox_device):
    """Lists are cut down to the session's accounts."""
    hidden = seam_sandbox.create_device("nuki_lock")
    session = make_session(connected_account_ids=[sandbox_device.connected_account_id])

    answer = call(seam_http, "/devices/list", **bearer(session["token"])).json()

    assert hidden.connected_account_id != sandbox_device.connected_account_id
    assert [device["device_id"] for device in answer["devices"]] == [sandbox_device.device_id]


@pytest.mark.parametrize("path", ["/devices/get", "/locks/get", "/locks/lock_door", "/devices/update"])
def test_client_session_may_not_touch_another_account(seam_http, make_session, sandbox_device, path):
    """A device of an account that the session does not hold is 401, though it exists."""
    session = make_session()

    answer = seam_http.post(path, json={"device_id": sandbox_device.device_id}, headers=bearer(session["token"]))

    assert refusal(answer) == ("unauthorized", "Not authorized to view this device")


# publishable keys


@pytest.mark.parametrize("path", ["/client_sessions/create", "/client_sessions/get_or_create"])
def test_publishable_key_opens_a_session_for_a_known_user(seam_http, publishable_key, path):
    """A publishable key in its own header makes an empty session of a user_identifier_key."""
    answer = seam_http.post(
        path,
        json={"user_identifier_key": "ada"},
        headers={"authorization": "", "seam-publishable-key": publishable_key},
    ).json()

    assert answer["client_session"]["user_identifier_key"] == "ada"
    assert answer["client_session"]["connected_account_ids"] == []


@pytest.mark.parametrize("path", ["/client_sessions/create", "/client_sessions/get_or_create"])
def test_publishable_key_needs_a_user(seam_http, publishable_key, path):
    """Without a user_identifier_key a publishable key is refused."""
    answer = call(seam_http, path, **{"seam-publishable-key": publishable_key})

    assert refusal(answer) == (
        "publishable_key_requires_user_identifier_key",
        "user_identifier_key is required with publishable_key",
    )


def test_publishable_key_may_not_give_access(seam_http, publishable_key, sandbox_device):
    """A publishable key may not put accounts into a session."""
    answer = seam_http.post(
        "/client_sessions/create",
        json={"user_identifier_key": "ada", "connected_account_ids": [sandbox_device.connected_account_id]},
        headers={"authorization": "", "seam-publishable-key": publishable_key},
    )

    assert refusal(answer, 403)[0] == "publishable_keys_must_create_empty_client_sessions"


def test_unknown_publishable_key_is_refused(seam_http):
    """A key of no workspace is refused with the words of the official fake."""
    answer = call(seam_http, "/client_sessions/create", **{"seam-publishable-key": "seam_pk1_unknown"})

    assert refusal(answer) == (
        "workspace_not_found",
        "Cannot find workspace associated with this publishable_key",
    )


@each("path", refusing(Method.PUBLISHABLE_KEY))
def test_publishable_key_is_refused_on_every_other_path(path):
    """A publishable key opens sessions and nothing else."""
    with Sandbox() as sandbox, sandbox.http() as http:
        key = http.get("/workspaces/get").json()["workspace"]["publishable_key"]

        assert refusal(call(http, path, **{"seam-publishable-key": key})) == NOTHING_APPLIES


# console sessions


@pytest.mark.parametrize("workspace", [{}, {"seam-workspace": UNKNOWN}])
def test_token_of_the_web_console_is_never_admitted(seam_http, workspace):
    """The sandbox hands out no console sessions, so a JWT is no method that succeeds."""
    assert (
        refusal(call(seam_http, "/devices/list", **bearer("eyJhbGciOiJIUzI1NiJ9.e30.x", **workspace)))
        == NOTHING_APPLIES
    )
