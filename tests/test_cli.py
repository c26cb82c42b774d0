"""The command line: what it prints, how it ends, and what it says about mistakes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import httpx
import pytest

from pytest_seam_sandbox import Sandbox, cli
from pytest_seam_sandbox.report import ledger
from pytest_seam_sandbox.settings import SETTINGS

MODULE = [sys.executable, "-m", "pytest_seam_sandbox"]
SCRIPT = [str(Path(sys.executable).with_name("seam-sandbox"))]


class Command:
    """A running `serve`, read line by line."""

    def __init__(self, command, *options):
        self.process = subprocess.Popen(
            [*command, "serve", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def lines(self, count):
        return [self.process.stdout.readline().rstrip("\n") for _ in range(count)]

    def end(self, number):
        """Send a signal; the exit status and what was printed last."""
        self.process.send_signal(number)
        out, errors = self.process.communicate(timeout=30)
        return self.process.returncode, out, errors


@pytest.fixture
def serve():
    """Starts the command `serve` with options."""
    started = []

    def start(*options, command=MODULE):
        started.append(Command(command, *options))
        return started[-1]

    yield start
    for command in started:
        command.process.kill()
        command.process.communicate()


@pytest.fixture
def ready(serve):
    """Starts `serve --json` with options and waits until it is ready; the command and its ready line."""

    def start(*options):
        command = serve("--json", *options)
        return command, json.loads(command.lines(1)[0])

    return start


# what it prints


@pytest.mark.parametrize("command", [MODULE, SCRIPT], ids=["module", "script"])
def test_serve_prints_how_to_reach_it_and_then_works(serve, command):
    """URL and key come in the form that a shell takes, then the workspace and a ready line."""
    running = serve("--world", "house", "--api-key", "seam_test1_mine", command=command)
    url_line, key_line, workspace_line, ready_line = running.lines(4)
    url = url_line.removeprefix("SEAM_ENDPOINT=")

    answer = httpx.get(f"{url}/devices/list", headers={"authorization": "Bearer seam_test1_mine"}).json()

    assert urlsplit(url).hostname == "127.0.0.1"
    assert key_line == "SEAM_API_KEY=seam_test1_mine"
    assert workspace_line == f"workspace_id={answer['devices'][0]['workspace_id']}"
    assert ready_line == f"ready: world house, control below {url}/_sandbox/, stop with Ctrl-C"
    assert [device["display_name"] for device in answer["devices"]] == ["FRONT DOOR", "BACK DOOR", "GARAGE"]


def test_serve_logs_a_line_for_each_request(serve):
    """Each request is one line: method, path, outcome, milliseconds."""
    running = serve()
    url = running.lines(4)[0].removeprefix("SEAM_ENDPOINT=")

    httpx.get(f"{url}/health")
    httpx.get(f"{url}/devices/list")
    httpx.post(f"{url}/_sandbox/faults/lose_answer", json={"target": "/devices/list"})

    health, devices, control = running.lines(3)
    assert re.fullmatch(r"GET /health -> 200 \(\d+\.\d ms\)", health)
    assert re.fullmatch(r"GET /devices/list -> 401 \(\d+\.\d ms\)", devices)
    assert re.fullmatch(r"POST /_sandbox/faults/lose_answer -> 200 \(\d+\.\d ms\)", control)


def test_log_names_a_fault_that_is_no_status(serve):
    """A request whose answer is lost is logged as such, and not as the 200 that nobody has seen."""
    running = serve("--api-key", "seam_test1_mine")
    url = running.lines(4)[0].removeprefix("SEAM_ENDPOINT=")
    httpx.post(f"{url}/_sandbox/faults/lose_answer", json={"target": "/devices/list"})

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{url}/devices/list", headers={"authorization": "Bearer seam_test1_mine"})

    assert running.lines(2)[1].startswith("GET /devices/list -> drop (")


def test_json_lines_for_scripts(ready):
    """With --json each line is an object: first `ready`, then one for each request."""
    running, first = ready()

    httpx.get(f"{first['url']}/devices/list", headers={"authorization": f"Bearer {first['api_key']}"})

    second = json.loads(running.lines(1)[0])
    assert sorted(first) == ["api_key", "event", "url", "workspace_id"]
    assert first["event"] == "ready"
    assert second.pop("seconds") > 0
    assert second == {"event": "request", "method": "GET", "path": "/devices/list", "status": 200, "wire": "answer"}


def test_lines_of_requests_at_once_do_not_mix(ready):
    """Requests of eight clients at once are whole lines."""
    running, first = ready()

    with httpx.Client(base_url=first["url"]) as client, ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: client.get("/health").status_code, range(100)))

    logged = [json.loads(line) for line in running.lines(100)]
    assert [entry["status"] for entry in logged] == statuses == [200] * 100


# what the options do


def test_seed_decides_about_ids_and_keys(ready):
    """The same seed gives the same key and workspace, another seed others."""
    _, one = ready("--seed", "seven")
    _, same = ready("--seed", "seven")
    _, other = ready("--seed", "eight")

    assert (one["api_key"], one["workspace_id"]) == (same["api_key"], same["workspace_id"])
    assert {one["api_key"], one["workspace_id"]}.isdisjoint({other["api_key"], other["workspace_id"]})
    assert one["api_key"] == Sandbox(seed="seven").api_key


def test_settings_reach_the_sandbox(ready):
    """--action-attempts and --event-latency are those of Sandbox."""
    _, first = ready("--world", "house", "--action-attempts", "poll", "--event-latency", "3600")

    with httpx.Client(base_url=first["url"], headers={"authorization": f"Bearer {first['api_key']}"}) as client:
        device_id = client.get("/devices/list").json()["devices"][0]["device_id"]
        attempt = client.post("/locks/unlock_door", json={"device_id": device_id}).json()["action_attempt"]
        client.post("/devices/simulate/disconnect", json={"device_id": device_id})
        events = client.get("/events/list", params={"event_type": "device.disconnected", "since": "2020-01-01"}).json()

    assert attempt["status"] == "pending"
    assert events["events"] == []


# how it ends


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_signal_ends_it_cleanly(ready, number):
    """Ctrl-C and a plain kill end the server with status 0, without a word, and free its port."""
    running, first = ready()

    assert running.end(number) == (0, "", "")

    with pytest.raises(httpx.ConnectError):
        httpx.get(first["url"])


def has_ended(connection):
    """The server has closed or reset the connection, without another word."""
    with suppress(ConnectionResetError):
        return connection.recv(1) == b""
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_signal_ends_it_while_clients_are_connected(ready, number):
    """Connections that are idle, half through a request or waiting for an answer do not hold the end up; all close."""
    running, first = ready("--api-key", "seam_test1_mine")
    address = (urlsplit(first["url"]).hostname, urlsplit(first["url"]).port)
    headers = {"authorization": "Bearer seam_test1_mine"}

    with ExitStack() as stack:
        idle, half, waiting = (stack.enter_context(socket.create_connection(address, timeout=30)) for _ in range(3))
        client = stack.enter_context(httpx.Client(base_url=first["url"], headers=headers))
        client.post("/_sandbox/faults/time_out", json={"target": "/phones/list"})
        half.sendall(b"GET /devices/list HTTP/1.1\r\n")
        waiting.sendall(b"GET /phones/list HTTP/1.1\r\nauthorization: Bearer seam_test1_mine\r\n\r\n")
        while not client.post("/_sandbox/requests").json()["requests"]:
            pass  # until the request that gets no answer has arrived

        status, _, errors = running.end(number)

        assert (status, errors) == (0, "")
        assert [has_ended(connection) for connection in (idle, half, waiting)] == [True, True, True]
        with pytest.raises(httpx.ConnectError):
            client.get("/devices/list")


# mistakes


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--world", "hous"], "there is no world 'hous'. Did you mean 'house'?"),
        (["--api-key", "seam_live_key"], "api_key is 'seam_live_…'; it takes the API key of a sandbox workspace"),
        (["--api-key", ""], "api_key is ''; it takes the API key of a sandbox workspace"),
        (["--event-latency", "-1"], "event_latency is '-1'; it takes a number of seconds from 0 to"),
        (["--event-latency", "soon"], "event_latency is 'soon'; it takes a number of seconds from 0 to"),
        (["--event-latency", "inf"], "event_latency is 'inf'; it takes a number of seconds from 0 to"),
        (["--action-attempts", "soon"], "action_attempts is 'soon'; it takes 'instant', 'poll' or"),
        (["--action-attempts", "nan"], "action_attempts is 'nan'; it takes 'instant', 'poll' or"),
        (["--strict-ids", "maybe"], "strict_ids is 'maybe'; it takes true or false."),
        (["--rate-limits=maybe"], "rate_limits is 'maybe'; it takes true or false."),
        (["--port", "70000"], "cannot listen on 127.0.0.1:70000: "),
        (["--host", "192.0.2.1"], "cannot listen on 192.0.2.1:0: "),
    ],
)
def test_mistake_is_one_line_and_status_2(capsys, monkeypatch, options, said):
    """A bad value ends the command with status 2 and a sentence."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    status = cli.main(["serve", *options])

    errors = capsys.readouterr().err
    assert status == 2
    assert errors.startswith(f"seam-sandbox: {said}")
    assert len(errors.splitlines()) == 1


def test_taken_port_is_status_2_without_a_traceback(serve):
    """The command for a port that is taken says so and what to do."""
    with Sandbox().serve() as url:
        port = urlsplit(url).port
        running = serve("--port", str(port))
        out, errors = running.process.communicate(timeout=30)

    assert (running.process.returncode, out) == (2, "")
    assert errors.startswith(f"seam-sandbox: cannot listen on 127.0.0.1:{port}: Address already in use.")
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: command"),
        (["serv"], "invalid choice: 'serv'"),
        (["serve", "--port", "http"], "argument --port: invalid int value: 'http'"),
        (["serve", "--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_wrong_usage_is_status_2(capsys, arguments, said):
    """What the command line does not take is named, with the usage."""
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)

    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_help_names_every_option(capsys):
    """`serve --help` tells about each option."""
    with pytest.raises(SystemExit) as caught:
        cli.main(["serve", "--help"])

    told = capsys.readouterr().out
    settings = {name.replace("_", "-") for name in SETTINGS} - {"intercept-allow"}
    options = {"host", "port", "json", *settings}
    assert caught.value.code == 0
    assert options <= set(re.findall(r"--([a-z-]+)", told))


# in this process


@pytest.fixture
def serve_here(monkeypatch, capsys):
    """Runs `serve` in this process; what `meanwhile(url)` does happens while it waits for its end."""

    def run(meanwhile, *options):
        handlers = {}
        monkeypatch.setattr(signal, "signal", handlers.__setitem__)

        class Interrupted(Event):
            def wait(self):
                meanwhile(re.search(r"http://127\.0\.0\.1:\d+", capsys.readouterr().out)[0])
                handlers[signal.SIGTERM](signal.SIGTERM, None)
                assert self.is_set()

        monkeypatch.setattr(cli, "Event", Interrupted)
        return cli.main(["serve", *options]), capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("options", "logged"),
    [
        ([], "POST /_sandbox/requests -> 200 ("),
        (["--json", "--rate-limits", "--strict-ids=off", "--action-attempts", "2.5"], '{"event": "request"'),
    ],
)
def test_serve_waits_for_a_signal(serve_here, options, logged):
    """The command serves until a signal comes and then gives status 0."""
    seen = []

    def ask_twice(url):
        with httpx.Client() as client:  # one connection: its second request is read after the first has been logged
            seen.extend(client.post(f"{url}/_sandbox/requests").json() for _ in range(2))

    status, out = serve_here(ask_twice, *options)

    assert (status, seen) == (0, [{"requests": []}] * 2)
    assert out.startswith(logged)


@pytest.mark.parametrize(
    ("options", "written"), [([], ledger.as_text), (["--json"], lambda: json.dumps(ledger.as_json(), indent=1))]
)
def test_ledger_is_printed(capsys, options, written):
    """`ledger` prints what is emulated, for people or as JSON."""
    status = cli.main(["ledger", *options])

    assert (status, capsys.readouterr().out) == (0, written() + "\n")


def test_package_runs_as_a_module():
    """`python -m pytest_seam_sandbox` without a command shows the usage."""
    ended = subprocess.run(MODULE, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "80"})

    assert ended.returncode == 2
    assert ended.stderr.startswith("usage: seam-sandbox [-h] command")
