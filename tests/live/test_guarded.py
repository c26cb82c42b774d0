"""Clients of the program under test reach the workspace that was proved, and nothing else."""

import asyncio
import codecs
import gzip

import httpx
import pytest
from seam.seam import AsyncSeam, Seam

from live.strict_server import StrictServer
from pytest_seam_sandbox import ProductionRefused, SandboxError
from pytest_seam_sandbox.backends.live.connection import Connection
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.live.guarded import GuardedTransport, params_of
from pytest_seam_sandbox.backends.live.undo import Undo


@pytest.fixture(scope="module")
def server():
    with StrictServer() as server:
        yield server


class Live:
    """A connection that was proved, and the transport on it."""

    def __init__(self, server, folder):
        self.connection = Connection(server.url, server.first.api_key, sleep=lambda _: None)
        prove(self.connection, workspaces=[server.first.workspace_id], endpoint=server.url)
        self.undo = Undo(self.connection, folder)
        self.transport = GuardedTransport(self.connection, self.undo)

    def client(self, **options):
        key = f"Bearer {self.connection.stand_in_key}"
        headers = {"authorization": key} | options.pop("headers", {})
        return httpx.Client(base_url=self.connection.endpoint, transport=self.transport, headers=headers, **options)


@pytest.fixture
def live(server, tmp_path):
    server.restart()
    live = Live(server, tmp_path)
    server.restart()
    yield live
    assert live.undo.undo() == []
    live.connection.close()


def test_sdk_and_httpx_work_sync_and_async_and_never_have_the_key(server, live):
    options = {"api_key": live.connection.stand_in_key, "httpx_options": {"transport": live.transport}}
    with Seam(**options) as seam:  # with Seam's own URL
        identity = seam.user_identities.create(full_name="Jane Doe")
        seam.user_identities.delete(user_identity_id=identity.user_identity_id)  # by DELETE, with a query

    async def in_async():
        async with AsyncSeam(endpoint=server.url, **options) as seam:
            return await seam.devices.list()

    assert len(asyncio.run(in_async())) == 12
    with live.client() as client:
        answer = client.get("/devices/list", params={"limit": 2})
    assert len(answer.json()["devices"]) == 2
    assert answer.request.headers["authorization"] == f"Bearer {live.connection.stand_in_key}"
    assert {key for _, _, key in server.seen} == {server.first.api_key}


def test_what_the_program_makes_and_breaks_is_noted(server, live):
    with live.client() as client:
        door = server.first.device_ids["Front Door"]
        client.post("/devices/simulate/disconnect", json={"device_id": door})
        client.post("/webhooks/create", json={"url": "nowhere"})  # 400
        client.get("/devices/get", params={"device_id": door})

    left = [change.path for change in live.undo.journal.changes if change.over is None]
    assert left == ["/devices/simulate/disconnect"]


def test_body_that_is_no_json_is_for_seam_to_refuse(live):
    with live.client(headers={"content-type": "application/json"}) as client:
        assert client.post("/user_identities/create", content=b"{").status_code == 400
        assert client.post("/user_identities/create", content=b"[]").status_code == 400


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (codecs.BOM_UTF8 + b"{", b"}"),
        (b"{", b', "x": "\\ud800"}'),
        (b"{", b', "x": "\xfc"}'),
        (b"{", b', "x": ' + b"[" * 300 + b"]" * 300 + b"}"),
        (b'{"device_id": "another", ', b"}"),
    ],
    ids=["mark at the start", "half a character", "no UTF-8", "deep", "twice"],
)
def test_body_is_read_as_the_server_reads_it(server, live, start, end):
    door = server.first.device_ids["Front Door"]
    with live.client(headers=JSON) as client:
        answer = client.post("/devices/simulate/disconnect", content=start + f'"device_id": "{door}"'.encode() + end)

    assert answer.status_code == 200
    assert [change.known for change in live.undo.journal.changes] == [{"device_id": door}]
    assert live.undo.undo() == []
    assert server.writes() == ["/devices/simulate/disconnect", "/devices/simulate/connect"]


def test_half_a_character_in_what_is_noted_does_no_harm(server, live):
    body = b'{"device_id": "%s", "name": "\\ud800"}' % server.first.device_ids["Front Door"].encode()
    with live.client(headers=JSON) as client:
        client.post("/devices/update", content=body)
        client.post("/user_identities/create", content=b'{"full_name": "\\ud800"}')


@pytest.mark.parametrize(
    ("headers", "body", "fact"),
    [
        ({"content-encoding": "gzip"}, gzip.compress(b"{}", mtime=0), "has a body in the encoding 'gzip'"),
        ({"content-type": "application/json; Charset=UTF-16"}, b"{}", "has a body in the character set 'utf-16'"),
        ({}, b"[" * 100_000, "too deep"),
        ({}, b'{"x": ' + b"1" * 5_000 + b"}", "numbers of too many digits"),
    ],
)
def test_write_with_a_body_that_nobody_here_can_read_does_not_leave(server, live, headers, body, fact):
    with live.client(headers=JSON | headers) as client, pytest.raises(SandboxError, match=fact) as caught:
        client.post("/devices/simulate/disconnect", content=body)

    assert "It was not sent. Send JSON in UTF-8" in str(caught.value)
    assert server.seen == []
    assert live.connection.refused == [caught.value]
    with live.client(headers=JSON | headers) as client:
        client.post("/devices/list", content=body)
    assert [path for _, path, _ in server.seen] == ["/devices/list"]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/workspaces/reset_sandbox/",
        "//workspaces/reset_sandbox",
        "//x/workspaces/reset_sandbox",
        "/Workspaces/reset_sandbox",
        "/workspaces/%72eset_sandbox",
        "/devices/%2e%2e/workspaces/reset_sandbox",
        "/workspaces%2Freset_sandbox",
        "/workspaces/reset_sandbox;x",
        "/workspaces/reset_sandbox%20",
        "/workspaces/reset_sandbox%3F/devices/get",
        "/devices/list/",
    ],
)
def test_write_to_a_path_that_a_server_may_take_for_another_does_not_leave(server, live, method, path):
    with live.client() as client, pytest.raises(SandboxError, match="not in the form of Seam's.*It was not sent"):
        client.request(method, f"{server.url}{path}")

    assert server.seen == []


@pytest.mark.parametrize("url", ["http://example.com", "https://connect.getseam.com"])
def test_credentials_in_a_url_are_refused_and_not_shown(server, live, url):
    with live.client() as client, pytest.raises(ProductionRefused) as caught:
        client.get(f"{url}/devices/list".replace("//", "//seam_test1_secret:seam_test1_secret@", 1))

    assert "secret" not in str(caught.value)
    assert server.seen == []


def test_parameters_come_from_query_and_body():
    request = httpx.Request("DELETE", "https://a/b?ids=1&ids=2&ids=3&name=x&more[]=y&_strict=true")
    assert params_of(request, b"") == {"ids": ["1", "2", "3"], "name": "x", "more": "y"}
    assert params_of(request, b'{"name": "z"}')["name"] == "z"


@pytest.mark.parametrize(
    ("url", "headers", "fact"),
    [
        ("https://api.example.com/devices/list", {}, "goes to another server"),
        ("http://connect.getseam.com/devices/list", {}, "goes to another server"),
        ("https://connect.getseam.com.example.com/devices/list", {}, "goes to another server"),
        ("https://connect.getseam.com@example.com/devices/list", {}, "goes to another server"),
        ("/devices/list", {"authorization": "Bearer seam_key1_production"}, "in the header authorization"),
        ("/devices/list", {"authorization": "bearer seam_key1_production"}, "in the header authorization"),
        ("/devices/list", {"authorization": "Bearer  seam_at1_of_a_user"}, "in the header authorization"),
        ("/devices/list", {"authorization": "Bearer eyJh"}, "in the header authorization"),
        ("/devices/list", {"authorization": "Basic bm9uc2Vuc2U="}, "in the header authorization"),
        (
            "/devices/list",
            {"authorization": "Bearer seam_test1", "seam-workspace": "other"},
            "the header seam-workspace",
        ),
        ("/devices/list", {"seam-api-key": "seam_key1_production"}, "in the header seam-api-key"),
        ("/devices/list", {"client-session-token": "seam_cst1"}, "in the header client-session-token"),
        ("/devices/list", {"seam-publishable-key": "seam_pk1"}, "in the header seam-publishable-key"),
        ("/devices/list", {"seam-workspace": "another"}, "in the header seam-workspace"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_another_server_and_another_credential_are_refused_before_anything_leaves(
    server, live, method, url, headers, fact
):
    with live.client(headers=headers) as client, pytest.raises(ProductionRefused, match=fact) as caught:
        client.request(method, url)

    assert server.seen == []
    assert live.connection.refused == [caught.value]
    assert "production" not in str(caught.value)
    assert "seam_test1" not in str(caught.value)


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer seam_test1_wrong"},
        {"authorization": "bearer seam_test1"},
        {"authorization": "Bearer nonsense"},
        {"authorization": "nonsense"},
        {"seam-api-key": "seam_test1_wrong"},
    ],
)
def test_wrong_key_is_refused_as_by_seam_and_nothing_leaves(server, live, headers):
    with live.client(headers=headers) as client:
        answer = client.post("/locks/unlock_door", json={"device_id": server.first.device_ids["Front Door"]})

    error = answer.json()["error"]
    assert (answer.status_code, answer.json()["ok"], error["type"]) == (401, False, "unauthorized")
    assert error["message"].startswith("API Key not found (")
    assert error["request_id"] == answer.headers["seam-request-id"]
    assert (server.seen, live.connection.refused, live.undo.journal.changes) == ([], [], [])


def test_credentials_of_this_workspace_are_let_through(server, live):
    workspace = server.backend(server.first)
    with live.client() as client:
        session = client.post("/client_sessions/create", json={}).json()["client_session"]["token"]
        assert client.get("/devices/list", headers={"authorization": f"Bearer {session}"}).status_code == 200
        assert client.get("/devices/list", headers={"client-session-token": session}).status_code == 200
        assert client.get("/devices/list", headers={"seam-workspace": workspace.workspace_id}).status_code == 200
    with httpx.Client(base_url=server.url, transport=live.transport) as client:
        assert client.get("/devices/list").status_code == 401
        assert client.get("/devices/list", headers={"seam-api-key": live.connection.stand_in_key}).status_code == 200
        key = {"seam-publishable-key": live.connection.proof.publishable_key}
        made = client.post("/client_sessions/create", json={"user_identifier_key": "jane"}, headers=key)
        assert made.status_code == 200
