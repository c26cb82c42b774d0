"""Many sandboxes behind one port: whose request it is, and who is told what went wrong inside."""

import httpx
import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.engine.errors import SandboxError
from pytest_seam_sandbox.transports.server import Listener


def api_key(sandbox):
    return {"authorization": f"Bearer {sandbox.api_key}"}


def access_token(sandbox):
    token = sandbox.embedded.add_access_token(sandbox.embedded.workspace)
    return {"authorization": f"Bearer {token}", "seam-workspace": sandbox.workspace_id}


def session_header(sandbox):
    return {"seam-client-session-token": sandbox.client().client_sessions.create(user_identifier_key="ada").token}


def session_bearer(sandbox):
    return {"authorization": f"Bearer {session_header(sandbox)['seam-client-session-token']}"}


@pytest.fixture
def neighbours():
    """Two sandboxes on one listener: the listener, the first and the second."""
    one, two = Sandbox(seed="one"), Sandbox(seed="two")
    with Listener() as listener, listener.joined(one.embedded.app), listener.joined(two.embedded.app):
        yield listener, one, two


@pytest.mark.parametrize("credentials", [api_key, access_token, session_header, session_bearer])
def test_credentials_tell_whose_request_it_is(neighbours, credentials):
    """Behind one port, each kind of credential reaches the sandbox that issued it."""
    listener, *sandboxes = neighbours

    found = [httpx.get(f"{listener.url}/devices/list", headers=credentials(sandbox)) for sandbox in sandboxes]

    assert [answer.status_code for answer in found] == [200, 200]
    assert [sandbox.requests[-1].path for sandbox in sandboxes] == ["/devices/list", "/devices/list"]


def test_publishable_key_tells_whose_request_it_is(neighbours):
    """A browser's publishable key opens a session in the workspace that it belongs to."""
    listener, _, second = neighbours
    key = second.client().workspaces.get().publishable_key

    answer = httpx.post(
        f"{listener.url}/client_sessions/create",
        headers={"seam-publishable-key": key},
        json={"user_identifier_key": "ada"},
    )

    assert answer.json()["client_session"]["workspace_id"] == second.workspace_id


def test_unknown_key_is_refused(neighbours):
    """A key of none of the sandboxes gets 401, as at Seam."""
    listener, _, _ = neighbours

    answer = httpx.get(f"{listener.url}/devices/list", headers={"authorization": "Bearer seam_test1_nobody"})

    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "unauthorized"


def test_one_key_cannot_lead_to_two_sandboxes():
    """Two sandboxes of one seed have one key, so they cannot share a server."""
    one, two = Sandbox(seed="same"), Sandbox(seed="same")

    with (
        Listener() as listener,
        listener.joined(one.embedded.app),
        pytest.raises(SandboxError, match="Give them different seeds"),
        listener.joined(two.embedded.app),
    ):
        pass  # pragma: no cover


def test_sandbox_that_has_left_is_not_reached_any_more(neighbours):
    """After its block a sandbox's key is unknown to the listener, which serves the others on."""
    listener, first, _ = neighbours
    guest = Sandbox(seed="guest")
    with listener.joined(guest.embedded.app):
        pass

    after = httpx.get(f"{listener.url}/devices/list", headers=api_key(guest))

    assert after.status_code == 401
    assert httpx.get(f"{listener.url}/devices/list", headers=api_key(first)).status_code == 200


# what goes wrong inside


def break_inside(sandbox, monkeypatch):
    def explode(_path):
        raise RuntimeError("the sandbox is broken")

    monkeypatch.setattr(sandbox.embedded.app, "_route", explode)


def test_exception_inside_is_500_for_the_client(seam_server, seam_sandbox, monkeypatch):
    """The client sees a 500 of Seam's form that names the exception."""
    break_inside(seam_sandbox, monkeypatch)

    answer = httpx.get(f"{seam_server}/devices/list", headers=api_key(seam_sandbox))

    assert answer.status_code == 500
    assert answer.json() == {
        "error": {"type": "internal_server_error", "message": "RuntimeError: the sandbox is broken"},
        "ok": False,
    }
    with pytest.raises(RuntimeError, match="the sandbox is broken"):
        seam_sandbox.check()


def test_exception_inside_is_raised_in_the_test_that_caused_it(neighbours, monkeypatch):
    """check() raises what the server kept, once, although the client tried again; the neighbour has no part in it."""
    listener, culprit, neighbour = neighbours
    break_inside(culprit, monkeypatch)

    answers = [httpx.get(f"{listener.url}/devices/list", headers=api_key(culprit)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [500, 500]
    neighbour.check()
    with pytest.raises(RuntimeError, match="the sandbox is broken"):
        culprit.check()
    culprit.check()


def test_exception_inside_fails_the_test_of_the_plugin(pytester):
    """A test whose app runs into an error of the sandbox fails with that error, although the app swallowed it."""
    pytester.makepyfile(
        """
        import httpx

        def test_app(seam_server, seam_sandbox, monkeypatch):
            monkeypatch.setattr(seam_sandbox.embedded.app, "_route", lambda path: 1 / 0)
            httpx.get(f"{seam_server}/devices/list")
        """
    )

    result = pytester.runpytest_subprocess()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*ZeroDivisionError*"])
