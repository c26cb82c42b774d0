"""No write leaves before it is proved that the workspace is a sandbox: each way to be wrong, with what it says."""

import json

import httpx
import pytest

import pytest_seam_sandbox
from live.recording_server import KEY, WORKSPACE, json_answer, recording
from pytest_seam_sandbox import ProductionRefused, SandboxError
from pytest_seam_sandbox.backends.live.connection import Connection, Proof, Unreachable
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.live.guarded import GuardedTransport
from pytest_seam_sandbox.backends.live.keys import form_of
from pytest_seam_sandbox.backends.live.undo import Undo

WRITE = "/devices/simulate/disconnect"
NOBODY = b'{"device_id": "d"}'


@pytest.fixture
def server():
    with recording() as server:
        yield server


@pytest.fixture
def other():
    with recording() as server:
        yield server


class Nowhere(httpx.BaseTransport):
    """Carries nothing."""

    def handle_request(self, request):
        raise AssertionError(f"{request.method} {request.url} left the process")


def refused(connection, server, **options):
    """The refusal of a proof, after which nothing that writes has left, and nothing will."""
    with pytest.raises(ProductionRefused) as caught:
        prove(connection, **{"workspaces": ["w1"], "endpoint": connection.endpoint} | options)
    with pytest.raises(ProductionRefused, match="It was not sent"):
        connection.send(WRITE, NOBODY)
    assert server is None or server.writes == []
    assert KEY not in str(caught.value)
    connection.close()
    return str(caught.value)


def test_proof_opens_for_writes(server):
    connection = Connection(server.url, KEY)

    proof = prove(connection, workspaces=["w0", "w1"], endpoint=server.url)
    connection.send(WRITE, NOBODY)

    assert proof == Proof("w1", "Nightly", None)
    assert server.seen == [("POST", "/workspaces/get"), ("POST", WRITE)]
    assert set(server.keys) == {f"Bearer {KEY}"}
    connection.close()


def test_refusal_is_a_sandbox_error_and_public():
    assert issubclass(ProductionRefused, SandboxError)
    assert "ProductionRefused" in pytest_seam_sandbox.__all__


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("", "nothing"),
        ("seam_at1AbCd_94SrGUXuNR2JmJkjtvBQDg5c", "a personal access token"),
        ("seam_cst1AbCd_94SrGUXuNR2JmJkjtvBQDg5c", "a client session token"),
        ("seam_pk1AbCd_94SrGUXuNR2JmJkjtvBQDg5c", "a publishable key"),
        ("eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl", "a JSON Web Token"),
        ("seam_1AbCdEfG_94SrGUXuNR2JmJkjtvBQDg5c", "an API key of a production workspace"),
        ("seam_apikey1_token", "an API key of Seam's official fake"),
        (f"{KEY}\n", "an API key with blanks or line ends around it"),
        (f" {KEY}", "an API key with blanks or line ends around it"),
        (f"{KEY}-é", "a sandbox API key with characters that no key has"),
        ("sk_live_123", "a text that is no credential of Seam"),
        ("SEAM_TEST1AbCd_94SrGUXuNR2JmJkjtvBQDg5c", "a text that is no credential of Seam"),
    ],
)
def test_other_keys_are_refused_by_their_form_without_a_request(key, told):
    connection = Connection("https://seam.example.com", key, transport=Nowhere)

    text = refused(connection, None)

    assert text.startswith(f"SEAM_API_KEY holds {told}")
    assert "live takes the API key of a sandbox workspace. " in text
    assert not key.strip() or key.strip() not in text
    assert not key.strip() or key.strip() not in repr(connection)


def test_key_of_the_official_fake_is_taken_on_loopback_only(server):
    key = "seam_apikey1_token"
    assert form_of(key).is_of_the_fake
    connection = Connection(server.url, key)
    assert prove(connection, workspaces=["w1"], endpoint=server.url).workspace_id == "w1"
    connection.close()
    local = Connection("http://localhost:1", key, transport=Nowhere)
    with pytest.raises(AssertionError, match="left the process"):  # so it got as far as reading
        prove(local, workspaces=["w1"], endpoint="http://localhost:1")


@pytest.mark.parametrize(
    ("endpoint", "named", "fact"),
    [
        ("http://connect.getseam.com", "http://connect.getseam.com", "Seam's own is https://connect.getseam.com"),
        ("https://connect.getseam.com:8443", "https://connect.getseam.com:8443", "Seam's own is"),
        ("https://connect.getseam.com./", "https://connect.getseam.com.", "Seam's own is"),
        ("https://connect.getseam.com/v1", "https://connect.getseam.com/v1", "Seam's own is"),
        ("https://connect.getseam.com.example.com", "", "not Seam's, and live_endpoint is empty"),
        ("https://seam.example.com", "https://other.example.com", "not Seam's, and live_endpoint is 'https://other"),
        ("http://127.0.0.1:1", "http://127.0.0.1:2", "not Seam's, and live_endpoint is 'http://127.0.0.1:2'"),
        ("http://127.0.0.1:1", "https://127.0.0.1:1", "not Seam's, and live_endpoint is 'https://127.0.0.1:1'"),
    ],
)
def test_other_servers_are_refused_without_a_request(endpoint, named, fact):
    assert fact in refused(Connection(endpoint, KEY, transport=Nowhere), None, endpoint=named)


@pytest.mark.parametrize("endpoint", ["", "https://connect.getseam.com/", "HTTPS://Connect.GetSeam.com:443"])
def test_seam_itself_needs_no_name(endpoint):
    connection = Connection(endpoint, KEY, transport=Nowhere)
    assert connection.endpoint == "https://connect.getseam.com"
    with pytest.raises(AssertionError, match=r"POST https://connect\.getseam\.com/workspaces/get left"):
        prove(connection, workspaces=["w1"], endpoint="")


@pytest.mark.parametrize(
    "endpoint",
    [
        "ftp://127.0.0.1",
        "127.0.0.1:80",
        "http://",
        "http://host:99999",
        "http://u:secret@127.0.0.1",
        "http://a?b=c",
        "http://a:x",
    ],
)
def test_what_is_no_endpoint_is_refused(endpoint):
    with pytest.raises(SandboxError, match="it takes the URL of a server without a name and a password") as caught:
        Connection(endpoint, KEY)
    assert "secret" not in str(caught.value)


def test_no_workspace_named_is_refused_without_a_request():
    connection = Connection("http://127.0.0.1:1", KEY, transport=Nowhere)
    assert "live_workspaces names no workspace" in refused(connection, None, workspaces=[])


def test_workspaces_that_are_one_text_are_one_workspace(server):
    connection = Connection(server.url, KEY)
    assert "is not in live_workspaces, which has xw1x" in refused(connection, server, workspaces="xw1x")
    connection = Connection(server.url, KEY)
    assert prove(connection, workspaces="w1", endpoint=server.url).workspace_id == "w1"
    connection.close()


def changed(**changes):
    workspace = {name: value for name, value in (WORKSPACE | changes).items() if value is not ...}
    return json_answer({"workspace": workspace, "ok": True})


ERROR = {"error": {"type": "unauthorized", "message": "API Key not found"}, "ok": False}
HTML = (200, {"content-type": "text/html"}, b"<html>Please log in to the network</html>")


@pytest.mark.parametrize(
    ("answer", "fact"),
    [
        (changed(is_sandbox=False), "has is_sandbox False; that of a sandbox is True"),
        (changed(is_sandbox=...), "has no is_sandbox; that of a sandbox is True"),
        (changed(is_sandbox="true"), "has is_sandbox 'true'; that of a sandbox is True"),
        (changed(is_sandbox=1), "has is_sandbox 1; that of a sandbox is True"),
        (changed(is_sandbox=None), "has is_sandbox None; that of a sandbox is True"),
        (changed(is_suspended=True), "is suspended (is_suspended True)"),
        (changed(is_suspended="no"), "is suspended (is_suspended 'no')"),
        (changed(workspace_id="w2"), "the workspace 'Nightly' (w2) is not in live_workspaces, which has w1"),
        (changed(workspace_id=...), "workspace.workspace_id is not there; Seam's is a text"),
        (changed(workspace_id=""), "workspace.workspace_id is ''; Seam's is a text"),
        (changed(workspace_id=["w1"]), "workspace.workspace_id is ['w1']; Seam's is a text"),
        (json_answer(ERROR, 401), "does not know the API key in SEAM_API_KEY, or no longer"),
        (json_answer(ERROR, 403), "does not show the workspace"),
        (json_answer(ERROR | {"error": {"message": KEY}}, 404), "does not show the workspace"),
        (json_answer({"ok": True}), "the answer to /workspaces/get has no 'workspace', as Seam's have; it has ok"),
        (json_answer({"workspace": [WORKSPACE]}), "Seam's is a JSON object"),
        (json_answer([WORKSPACE]), "which is not an answer of Seam"),
        (json_answer(ERROR | {"error": "no"}, 500), "500 with"),
        (HTML, "200 with '<html>Please log in to the network</html>', which is not an answer of Seam"),
        ((407, {}, b""), "407 with '', which is not an answer of Seam"),
        ((502, {}, KEY.encode()), "502 with '<a sandbox API key>'"),
        ((200, {"content-type": "application/json"}, b'{"workspace": '), "which is not an answer of Seam"),
        ((200, {"content-encoding": "gzip"}, b"no gzip"), "gave no answer to /workspaces/get: DecodingError"),
    ],
)
def test_other_workspaces_and_other_answers_are_refused(server, answer, fact):
    server.answers["/workspaces/get"] = answer

    text = refused(Connection(server.url, KEY), server)

    assert fact in text
    assert text.endswith("No write was sent.")


def test_workspace_without_a_name_and_without_is_suspended_will_do(server):
    server.answers["/workspaces/get"] = changed(name=..., is_suspended=...)
    connection = Connection(server.url, KEY)
    assert prove(connection, workspaces=["w1"], endpoint=server.url).name == ""
    connection.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_of_the_proof_is_not_followed(server, other, status):
    server.answers["/workspaces/get"] = (status, {"location": f"{other.url}/workspaces/get"}, b"")

    assert f"a redirect ({status}) to '{other.url}/workspaces/get', which is not followed" in refused(
        Connection(server.url, KEY), server
    )
    assert other.seen == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_of_reads_and_writes_are_not_followed(server, other, tmp_path, status):
    connection = Connection(server.url, KEY)
    prove(connection, workspaces=["w1"], endpoint=server.url)
    for path in ("/devices/list", WRITE):
        server.answers[path] = (status, {"location": f"{other.url}{path}"}, b"")
        with pytest.raises(Unreachable, match="which is not followed"):
            connection.send(path, NOBODY)

    transport = GuardedTransport(connection, Undo(connection, tmp_path))
    headers = {"authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=server.url, transport=transport, headers=headers, follow_redirects=True) as client:
        for method, path in (("GET", "/devices/list"), ("POST", WRITE), ("DELETE", "/devices/list")):
            assert client.request(method, path, follow_redirects=False).status_code == status
            with pytest.raises(ProductionRefused, match="goes to another server"):
                client.request(method, path)

    assert other.seen == []
    connection.close()


def test_proxies_of_the_environment_are_not_used(server, other, monkeypatch):
    """One of them might answer in the place of Seam, and be told the key."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, other.url)
        monkeypatch.setenv(name.lower(), other.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    connection = Connection(server.url, KEY)

    prove(connection, workspaces=["w1"], endpoint=server.url)
    connection.send(WRITE, NOBODY)

    assert other.seen == []
    assert server.writes == [("POST", WRITE)]
    connection.close()


def test_answer_about_another_workspace_ends_all_writes(server, tmp_path):
    """Whoever answers has changed since the proof, or the proof was a lie."""
    connection = Connection(server.url, KEY)
    prove(connection, workspaces=["w1"], endpoint=server.url)
    undo = Undo(connection, tmp_path)
    device = {"device_id": "d", "workspace_id": "w2"}
    server.answers["/devices/list"] = json_answer({"devices": [{"workspace_id": "w1"}, device, {"workspace_id": 3}, 4]})

    with pytest.raises(
        ProductionRefused, match="an answer is about the workspace 'w2', and what was proved is that w1"
    ):
        connection.send("/devices/list", b"{}")
    for write in (connection.send, undo.send):
        with pytest.raises(ProductionRefused, match="No more writes are sent"):
            write(WRITE, NOBODY)
    with pytest.raises(ProductionRefused, match="No more writes are sent"):  # a second proof does not open it again
        prove(connection, workspaces=["w1"], endpoint=server.url)

    assert server.writes == []
    connection.close()


def test_answer_about_another_workspace_reaches_the_test_also_if_the_program_catches_it(server, tmp_path):
    connection = Connection(server.url, KEY)
    prove(connection, workspaces=["w1"], endpoint=server.url)
    transport = GuardedTransport(connection, Undo(connection, tmp_path))
    server.answers["/devices/get"] = json_answer({"device": {"workspace_id": "w2"}})

    with httpx.Client(base_url=server.url, transport=transport, headers={"authorization": f"Bearer {KEY}"}) as client:
        with pytest.raises(ProductionRefused, match="'w2'") as caught:
            client.get("/devices/get")
        with pytest.raises(ProductionRefused, match="'w2'"):
            client.post(WRITE, json={"device_id": "d"})

    assert connection.refused[0] is caught.value
    assert server.writes == []
    connection.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/devices/update"),
        ("POST", "/client_sessions/get_or_create"),
        ("DELETE", "/devices/list"),
        ("PUT", "/devices/get"),
        ("PATCH", "/devices/list"),
        ("POST", "/devices/list/../update"),
        ("POST", "/devices//get"),
        ("POST", "/devices/get/"),
        ("POST", "/devices/Get"),
        ("POST", "/devices/list%2f..%2fupdate"),
        ("POST", "/get"),
        ("POST", "/devices/list;x"),
        ("POST", "/devices/listen"),
    ],
)
def test_whatever_is_not_known_to_read_is_a_write(server, method, path):
    connection = Connection(server.url, KEY)
    with pytest.raises(ProductionRefused, match="is a write"):
        connection.check_write(method, path)


def test_reads_leave_before_the_proof(server):
    connection = Connection(server.url, KEY)
    for path in ("/devices/list", "/devices/get", "/spaces/get_related", "/acs/users/list_accessible_entrances"):
        assert json.loads(connection.send(path, b"{}")[1]) == {"ok": True}
    assert server.writes == []
    connection.close()
