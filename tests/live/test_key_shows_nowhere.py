"""The API key is in no report, log, traceback or file, whatever fails and however much is shown of it."""

from live.leaks import names_of_what_shows
from live.recording_server import KEY, json_answer, recording
from live.strict_server import StrictServer

PROGRAM = """
import os

import httpx
import pytest

from pytest_seam_sandbox.backends.live.connection import Connection
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.live.guarded import GuardedTransport
from pytest_seam_sandbox.backends.live.undo import Undo


OPEN = []


def connected(**options):
    OPEN.append(Connection(options.pop("url", os.environ["URL"]), os.environ["SEAM_API_KEY"], **options))
    return OPEN[-1]


@pytest.fixture(autouse=True)
def _closed():
    yield
    while OPEN:
        OPEN.pop().close()


@pytest.fixture
def live(tmp_path):
    connection = connected()
    prove(connection, workspaces=["w1"], endpoint=os.environ["URL"])
    undo = Undo(connection, tmp_path)
    headers = {"authorization": f"Bearer {connection.stand_in_key}"}
    with httpx.Client(base_url=connection.endpoint, transport=GuardedTransport(connection, undo), headers=headers) as client:
        yield connection, undo, client
    connection.close()


def test_assertion(live):
    connection, undo, client = live
    answer = client.post("/user_identities/create", json={"full_name": "Jane"})
    undo.send("/devices/update", b'{"device_id": "d", "name": "x"}')
    assert (connection, undo, client, answer, answer.request.headers) is None


def test_refused_write(live):
    _, _, client = live
    client.post("/devices/simulate/disconnect", headers={"authorization": "Bearer seam_2XyZw_of_another_workspace"})


def test_wrong_key(live):
    headers = {"authorization": "Bearer seam_test2XyZw_wrong"}
    live[2].post("/devices/simulate/disconnect", headers=headers).raise_for_status()


def test_network(live):
    live[0].close()
    live[0].endpoint = "http://127.0.0.1:1"
    live[2].get("http://127.0.0.1:1/devices/list")


def test_network_of_the_sandbox_itself(live):
    live[0].endpoint = "http://127.0.0.1:1"
    live[0].send("/devices/list", b"{}")


def test_answer_of_a_proxy(live):
    live[0].send("/locks/list", b"{}")


def test_no_header(live):
    live[2].get("/devices/list", headers={"x": "line\\nend"})


def test_no_endpoint():
    connected(url="http://u:p@h")


def test_no_option():
    connected(nonsense=1)


def test_other_workspace():
    prove(connected(), workspaces=["w2"], endpoint=os.environ["URL"])


def test_other_server():
    prove(connected(), workspaces=["w1"], endpoint="")


def test_bug_below(live, monkeypatch):
    monkeypatch.setattr("pytest_seam_sandbox.backends.live.connection._Network.handle_request", lambda *_: 1 / 0)
    live[0].close()
    live[0].send("/devices/list", b"{}")


def test_journal(live, tmp_path):
    (tmp_path / "journals").write_text("")
    live[1].send("/user_identities/create", b"{}")
"""


WITHOUT = ("-p", "no:cacheprovider", "-p", "no:asyncio")


def test_key_shows_nowhere(pytester, monkeypatch):
    with recording() as server:
        server.answers["/locks/list"] = (502, {}, f"<html>{KEY}</html>".encode())
        server.answers["/user_identities/list"] = json_answer({"user_identities": []})
        server.answers["/user_identities/create"] = json_answer({"user_identity": {"user_identity_id": "u"}})
        server.answers["/devices/get"] = json_answer({"device": {"device_id": "d", "nickname": KEY}})
        monkeypatch.setenv("SEAM_API_KEY", KEY)
        monkeypatch.setenv("URL", server.url)
        pytester.makepyfile(PROGRAM)

        result = pytester.runpytest(
            "-vv",
            "--showlocals",
            "--tb=long",
            "--log-level=DEBUG",
            "--junitxml=report.xml",
            "--basetemp=files",
            *WITHOUT,
            "--full-trace",  # also the frames that a user does not see
        )

    assert result.ret == 1
    assert result.parseoutcomes() == {"failed": 13}
    names = {path.name for path in pytester.path.rglob("*")}
    assert "report.xml" in names
    assert any(name.endswith(".jsonl") for name in names)
    assert names_of_what_shows(pytester, result, KEY) == []


SUITE = """
import os

import pytest

from pytest_seam_sandbox import Sandbox


def test_client(seam_sandbox, seam_client, seam_http, sandbox_phone):
    seam_client.user_identities.create(full_name="Jane")
    key = seam_sandbox.api_key
    assert seam_sandbox.transport is seam_client is seam_http


def test_error_of_seam(seam_client):
    seam_client.devices.get(device_id="00000000-0000-4000-8000-000000000000")


def test_http_error(seam_http):
    seam_http.post("/locks/unlock_door", json={}).raise_for_status()


@pytest.mark.seam(live_workspaces="w9")
def test_refused(seam_sandbox):
    pass


@pytest.mark.seam(live_endpoint="http://127.0.0.1:1")
def test_no_network(seam_sandbox):
    pass


def test_without_pytest():
    Sandbox.live(workspaces="w9", api_key=os.environ["SEAM_API_KEY"], endpoint=os.environ["PYTEST_SEAM_LIVE_ENDPOINT"])


def test_option():
    Sandbox.live(workspaces=3, api_key=os.environ["SEAM_API_KEY"])


def test_bug(seam_sandbox, monkeypatch):
    monkeypatch.setattr("pytest_seam_sandbox.backends.live.start.prove", lambda *_, **__: 1 / 0)
    Sandbox.live(workspaces="w9")
    Sandbox.live(workspaces="w9", api_key=os.environ["SEAM_API_KEY"])
"""


def test_key_shows_nowhere_in_a_run_of_live_tests(pytester, monkeypatch):
    with StrictServer() as server:
        monkeypatch.setenv("SEAM_API_KEY", server.first.api_key)
        monkeypatch.setenv("PYTEST_SEAM_LIVE_ENDPOINT", server.url)
        monkeypatch.setenv("PYTEST_SEAM_LIVE_WORKSPACES", server.first.workspace_id)
        monkeypatch.setenv("PYTEST_SEAM_LIVE_FOLDER", str(pytester.path / "live"))
        monkeypatch.setenv("PYTEST_SEAM_LIVE_TIMEOUT", "3")
        pytester.makepyfile(SUITE)

        result = pytester.runpytest(
            "--seam-backend=live",
            "--seam-timeline=all",
            "--seam-report=seam.html",
            "-vv",
            "--showlocals",
            "--tb=long",
            "--log-level=DEBUG",
            "--junitxml=report.xml",
            "--full-trace",
            *WITHOUT,
        )

    assert {"failed", "errors"} <= set(result.parseoutcomes())
    assert "passed" not in result.parseoutcomes()
    assert names_of_what_shows(pytester, result, server.first.api_key) == []
