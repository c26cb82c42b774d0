"""The API key is in no report, log, traceback or file, whatever fails and however much is shown of it."""

from live.recording_server import KEY, json_answer, recording

PROGRAM = """
import os

import httpx
import pytest

from pytest_seam_sandbox.backends.live.connection import Connection
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.live.guarded import GuardedTransport
from pytest_seam_sandbox.backends.live.undo import Undo


def connected(**options):
    return Connection(options.pop("url", os.environ["URL"]), os.environ["SEAM_API_KEY"], **options)


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
    client.post("/devices/simulate/disconnect", headers={"authorization": "Bearer seam_test2XyZw_of_another_workspace"})


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
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda *_: 1 / 0)
    live[0].send("/devices/list", b"{}")


def test_journal(live, tmp_path):
    (tmp_path / "journals").write_text("")
    live[1].send("/user_identities/create", b"{}")
"""


def test_key_shows_nowhere(pytester, monkeypatch):
    with recording() as server:
        server.answers["/locks/list"] = (502, {}, f"<html>{KEY}</html>".encode())
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
            "-p",
            "no:cacheprovider",
            "-p",
            "no:asyncio",
            "--full-trace",  # also the frames that a user does not see
        )

    assert result.ret == 1
    assert result.parseoutcomes() == {"failed": 12}
    files = [path for path in pytester.path.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}]
    assert {"report.xml"} < {path.name for path in files}
    assert any(path.suffix == ".jsonl" for path in files)
    shown = {"output": str(result.stdout) + str(result.stderr)} | {str(path): path.read_text() for path in files}
    assert [name for name, text in shown.items() if KEY in text] == []
