"""The only way out to a live workspace: what it waits for, what it says when nothing comes, and that the key shows nowhere."""

import pickle
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from live.recording_server import KEY, json_answer, recording
from pytest_seam_sandbox import ProductionRefused, Sandbox, SandboxError
from pytest_seam_sandbox.backends.live.connection import Connection, TooManyRequests, Unreachable
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.live.guarded import GuardedTransport
from pytest_seam_sandbox.backends.live.undo import Undo
from pytest_seam_sandbox.backends.seam_api import SeamApi

LIST = "/devices/list"


@pytest.fixture
def server():
    with recording() as server:
        yield server


def connected(server, **options):
    connection = Connection(server.url, KEY, **options)
    prove(connection, workspaces=["w1"], endpoint=server.url)
    return connection


def too_many(**headers):
    error = {"type": "too_many_requests", "message": "slow down"}
    return json_answer({"error": error, "ok": False}, 429, **headers)


def test_writes_leave_after_the_proof_and_reads_before():
    with Sandbox(world="house") as sandbox, sandbox.serve() as url:
        connection = Connection(url, sandbox.api_key)
        api = SeamApi(connection.send)
        door = api.devices()[0]
        with pytest.raises(ProductionRefused, match="/devices/simulate/disconnect is a write"):
            api.call("/devices/simulate/disconnect", device_id=door.device_id)
        assert api.device(door.device_id).properties.online

        proof = prove(connection, workspaces=[sandbox.workspace_id], endpoint=url)
        api.call("/devices/simulate/disconnect", device_id=door.device_id)

        assert proof.workspace_id == sandbox.workspace_id
        assert not api.device(door.device_id).properties.online
        connection.close()


def test_retry_after_is_obeyed(server):
    waits = []
    connection = connected(server, sleep=waits.append)
    server.answers[LIST] = [
        too_many(**{"retry-after": "3"}),
        too_many(),
        too_many(**{"retry-after": "soon"}),
        too_many(**{"retry-after": format_datetime(datetime.now(UTC) + timedelta(seconds=10))}),
        too_many(**{"retry-after": format_datetime(datetime.now(UTC) - timedelta(seconds=10))}),
        json_answer({"devices": []}),
    ]

    assert connection.send(LIST, b"{}") == (200, b'{"devices": []}')

    assert waits[:3] == [3.0, 1.0, 1.0]
    assert 8 < waits[3] <= 10
    assert waits[4:] == [1.0]
    connection.close()


def test_storm_of_429_ends_at_the_deadline(server):
    waits = []
    connection = connected(server, sleep=waits.append, timeout=10)
    server.answers[LIST] = [too_many(**{"retry-after": "4"})]

    with pytest.raises(TooManyRequests, match=r"429 to /devices/list and asks to wait 4 s more, after 8 s of waiting"):
        connection.send(LIST, b"{}")

    assert waits == [4.0, 4.0]
    connection.close()


def test_program_sees_429_itself(server, tmp_path):
    connection = connected(server, sleep=lambda _: pytest.fail("it waits by itself"))
    server.answers[LIST] = too_many()
    transport = GuardedTransport(connection, Undo(connection, tmp_path))
    with httpx.Client(base_url=server.url, transport=transport, headers={"authorization": f"Bearer {KEY}"}) as client:
        assert client.get(LIST).status_code == 429
    connection.close()


def test_network_that_is_down_is_said(server, tmp_path):
    connection = connected(server)
    server_down = Connection("http://127.0.0.1:1", KEY)
    told = r"http://127.0.0.1:1 gave no answer to /devices/list: ConnectError: .*Check the network and the endpoint"
    with pytest.raises(Unreachable, match=rf"{told}\.$"):  # nothing was changed before the proof
        server_down.send(LIST, b"{}")
    server_down.open(connection.proof)
    with pytest.raises(Unreachable, match=f"{told}; what was changed until now is in the journal, .*heal"):
        server_down.send(LIST, b"{}")
    transport = GuardedTransport(server_down, Undo(connection, tmp_path))
    options = {"base_url": "http://127.0.0.1:1", "headers": {"authorization": f"Bearer {KEY}"}}
    with httpx.Client(transport=transport, **options) as client, pytest.raises(httpx.ConnectError) as caught:
        client.get(LIST)
    assert caught.value.request.url.path == LIST
    assert caught.value.__cause__ is caught.value.__context__ is None
    for each in (connection, server_down):
        each.close()


def test_answer_that_breaks_off_or_is_late_is_said():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        connection = Connection(url, KEY, timeout=0.05)
        with pytest.raises(Unreachable, match="gave no answer to /devices/list: ReadTimeout"):
            connection.send(LIST, b"{}")
        connection.close()


def test_key_is_in_no_text_about_a_connection(server):
    connection = connected(server)
    texts = [repr(connection), repr(vars(connection)), str(connection.key_form), connection.without_key(f"a {KEY} b")]
    assert KEY not in "".join(texts)
    assert texts[3] == "a <a sandbox API key> b"
    with pytest.raises(SandboxError, match="cannot be pickled"):
        pickle.dumps(vars(connection)["_key"])
    assert Connection("http://127.0.0.1:1", "").without_key("a b") == "a b"
    connection.close()


def test_connection_can_be_closed_and_used_again(server):
    connection = connected(server)
    connection.close()
    connection.close()
    assert connection.send(LIST, b"{}")[0] == 200
    assert repr(connection) == f"<Connection to {server.url}, open for writes>"
    assert repr(Connection(server.url, KEY)) == f"<Connection to {server.url}, not open for writes>"
    connection.close()


def test_time_is_seams_once_an_answer_had_a_date(server):
    connection = Connection(server.url, KEY)
    assert not connection.has_clock
    assert abs(connection.now() - datetime.now(UTC).timestamp()) < 60
    server.answers[LIST] = json_answer({}, date="Thu, 01 Jan 2032 00:00:00 GMT")
    connection.send(LIST, b"{}")
    assert connection.has_clock
    assert 0 <= connection.now() - datetime(2032, 1, 1, tzinfo=UTC).timestamp() < 60
    connection.close()


def test_time_does_not_go_back_with_dates_that_have_no_fractions(server, monkeypatch):
    """But it does when the clock of the server was set anew."""
    connection, running = connected(server), [0.0]
    monkeypatch.setattr("pytest_seam_sandbox.backends.live.connection._running", lambda: running[0])
    noon = datetime(2032, 1, 1, 12, tzinfo=UTC)
    told = []
    for passed, date in ((0.0, noon), (0.9, noon), (0.9, noon - timedelta(minutes=2))):
        running[0] = passed
        server.answers["/devices/list"] = json_answer({"devices": []}, date=format_datetime(date, usegmt=True))
        connection.send("/devices/list", b"{}")
        told.append(connection.now() - noon.timestamp())
    for seconds in (-119.5, -119.9, 0.0):  # of events: the second is earlier, the third says nothing of now
        connection.tell_time(noon.timestamp() + seconds)
        told.append(connection.now() - noon.timestamp())
    connection.close()
    assert [round(seconds, 3) for seconds in told] == [0.0, 0.9, -120.0, -119.5, -119.5, -119.5]
