"""The command line: what it prints, how it ends, and what it says about mistakes."""

import contextlib
import errno
import fcntl
import gc
import io
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from seam import SeamWebhook

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
    """URL, key and exceptions from proxies come in the form that a shell takes, then the workspace and a ready line."""
    running = serve("--world", "house", "--api-key", "seam_test1_mine", command=command)
    url_line, key_line, proxy_line, workspace_line, ready_line = running.lines(5)
    url = url_line.removeprefix("SEAM_ENDPOINT=")

    answer = httpx.get(f"{url}/devices/list", headers={"authorization": "Bearer seam_test1_mine"}).json()

    assert urlsplit(url).hostname == "127.0.0.1"
    assert key_line == "SEAM_API_KEY=seam_test1_mine"
    assert proxy_line.endswith("127.0.0.1,localhost,::1")
    assert workspace_line == f"workspace_id={answer['devices'][0]['workspace_id']}"
    assert ready_line == f"ready: world house, control below {url}/_sandbox/, stop with Ctrl-C"
    assert [device["display_name"] for device in answer["devices"]] == ["FRONT DOOR", "BACK DOOR", "GARAGE"]


def test_events_go_to_the_webhook_url(serve, ready):
    """Its secret is printed; the app is tried again without a request of anybody."""
    came = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            came.append(SeamWebhook(secret).verify(self.rfile.read(int(self.headers["content-length"])), self.headers))
            self.send_response(200 if len(came) > 1 else 503)
            self.end_headers()
            if len(came) > 1:
                over.set()

        def log_message(self, *_):
            pass

    over = threading.Event()
    with HTTPServer(("127.0.0.1", 0), Handler) as app:
        thread = threading.Thread(target=app.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        address = f"http://127.0.0.1:{app.server_port}/hooks"
        lines = serve("--webhook-url", address).lines(6)
        _, told = ready("--world", "house", "--webhook-url", address)
        secret = told["webhooks"][0]["secret"]
        headers = {"authorization": f"Bearer {told['api_key']}"}
        device = httpx.get(f"{told['url']}/devices/list", headers=headers).json()["devices"][0]
        httpx.post(
            f"{told['url']}/devices/simulate/disconnect", headers=headers, json={"device_id": device["device_id"]}
        )
        httpx.post(f"{told['url']}/_sandbox/clock/advance", json={"seconds": 4.9})
        was_repeated = over.wait(20)
        app.shutdown()
        thread.join()

    assert lines[4].startswith("SEAM_WEBHOOK_SECRET=whsec_")
    assert [event.event_type for event in came] == ["device.disconnected"] * 2
    assert was_repeated


@pytest.mark.parametrize(
    "option",
    [["--console"], ["--extension", "spa"]],
    ids=lambda option: option[0],
)
def test_official_fake_takes_none_of_our_options(capsys, option):
    """What the official fake does not have is not taken in its place."""
    assert cli.main(["serve", "--fake-compat", *option]) == 2
    assert f"{option[0]} is no option of Seam's official fake" in capsys.readouterr().err


def test_console_is_announced_and_its_looks_are_not(serve, ready):
    """Its address is printed; the page asks again and again, and nobody reads of that."""
    running = serve("--world", "house", "--console")
    console_line = running.lines(6)[4]
    address = console_line.removeprefix("console=")

    page = httpx.get(address)
    changes = httpx.post(f"{address}/changes").json()
    httpx.post(address.replace("console", "clock/freeze"))

    assert page.status_code == 200
    assert [device["name"] for device in changes["state"]["devices"]["shown"]] == ["FRONT DOOR", "BACK DOOR", "GARAGE"]
    assert running.lines(1)[0].startswith("POST /_sandbox/clock/freeze -> 200")
    assert running.end(signal.SIGTERM)[0] == 0
    command, told = ready("--console")
    assert command.end(signal.SIGTERM)[0] == 0
    assert told["console"] == f"{told['url']}/_sandbox/console"


def test_console_is_not_there_without_its_option(ready):
    """Nobody is served a page without asking for it."""
    _, told = ready()

    assert "console" not in told
    assert httpx.get(f"{told['url']}/_sandbox/console").status_code == 404


def test_serve_logs_a_line_for_each_request(serve):
    """Each request is one line: method, path, outcome, milliseconds."""
    running = serve()
    url = running.lines(5)[0].removeprefix("SEAM_ENDPOINT=")

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
    url = running.lines(5)[0].removeprefix("SEAM_ENDPOINT=")
    httpx.post(f"{url}/_sandbox/faults/lose_answer", json={"target": "/devices/list"})

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{url}/devices/list", headers={"authorization": "Bearer seam_test1_mine"})

    lines = running.lines(2)  # in the order in which two connections ended
    assert [line for line in lines if line.startswith("GET /devices/list -> drop (")]


def test_json_lines_for_scripts(ready):
    """With --json each line is an object: first `ready`, then one for each request."""
    running, first = ready()

    httpx.get(f"{first['url']}/devices/list", headers={"authorization": f"Bearer {first['api_key']}"})

    second = json.loads(running.lines(1)[0])
    assert sorted(first) == ["api_key", "event", "no_proxy", "url", "workspace_id"]
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
        waiting.sendall(b"GET /phones/list HTTP/1.1\r\nHost: x\r\nauthorization: Bearer seam_test1_mine\r\n\r\n")
        while not client.post("/_sandbox/requests").json()["requests"]:
            pass  # until the request that gets no answer has arrived

        status, _, errors = running.end(number)

        assert (status, errors) == (0, "")
        assert [has_ended(connection) for connection in (idle, half, waiting)] == [True, True, True]
        with pytest.raises(httpx.ConnectError):
            client.get("/devices/list")


# output that nobody takes


@pytest.fixture
def serve_into():
    """Starts `serve` with options in the shell, with what follows on its command line; the process."""
    started = []

    def start(rest, **environ):
        command = ["sh", "-c", f"exec {shlex.join([*MODULE, 'serve', '--api-key', 'seam_test1_mine'])} {rest}"]
        started.append(
            subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env={**os.environ, **environ},
                start_new_session=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def ask(url, count=1, path="/devices/list"):
    """The statuses of so many requests."""
    headers = {"authorization": "Bearer seam_test1_mine"}
    with httpx.Client(base_url=url, headers=headers, timeout=10) as client:
        return {client.get(path).status_code for _ in range(count)}


def endpoint(stream):
    """The URL in what a server says."""
    return next(match[1] for line in stream if (match := re.search(r"(http://127\.0\.0\.1:\d+)", line)))


def ended(process):
    """Ends a server; its status and what else it said on stderr."""
    process.terminate()
    _, errors = process.communicate(timeout=30)
    return process.returncode, errors


@pytest.mark.parametrize("form", ["", "--json"])
def test_server_lives_on_when_nobody_reads(serve_into, form):
    """Requests are answered although the pipe is full, and the end tells how many lines nobody has got."""
    process = serve_into(form)
    url = endpoint(process.stdout)
    if sys.platform == "linux":
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)

    assert ask(url, 300) == {200}

    process.terminate()
    assert re.fullmatch(r"seam-sandbox: \d+ lines of output were not written\.\n", process.stderr.read())
    assert process.wait(30) == 0


@pytest.mark.parametrize("form", ["", "--json"])
def test_server_lives_on_when_its_reader_has_gone(serve_into, form):
    """`serve | head -1`: what is said about it is one line, and one at the end."""
    process = serve_into(form)
    url = endpoint(process.stdout)
    process.stdout.close()

    assert ask(url, 20) == {200}

    status, errors = ended(process)
    assert status == 0
    assert errors.splitlines()[0] == (
        "seam-sandbox: the output cannot be written: Broken pipe. Requests are answered all the same."
    )
    assert re.fullmatch(r"seam-sandbox: \d+ lines of output were not written\.", errors.splitlines()[1])


@pytest.mark.parametrize("rest", [">&-", "--json >&-", "< /dev/null >&-", "> /dev/full", "--json > /dev/full"])
def test_url_is_told_where_it_can_be_read(serve_into, rest):
    """Without a usable stdout, the URL and the key come on stderr."""
    if "full" in rest and not Path("/dev/full").exists():
        pytest.skip("there is no full device here")
    process = serve_into(rest)
    url = endpoint(process.stderr)

    assert ask(url, 20) == {200}
    assert ended(process)[0] == 0


def test_server_lives_without_any_stream(serve_into, unused_port):
    """A server whose three streams are closed can be reached at the port that it was given."""
    process = serve_into(f"--port {unused_port} <&- >&- 2>&-")
    url = f"http://127.0.0.1:{unused_port}"
    while process.poll() is None:
        with contextlib.suppress(httpx.ConnectError):
            assert ask(url, 20) == {200}
            break

    assert ended(process)[0] == 0


@pytest.fixture
def unused_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.mark.parametrize("environ", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "cp1252"}])
def test_any_path_is_logged(serve_into, environ):
    """Bytes beyond ASCII are percent-encoded, whatever the stream can encode; control characters are refused."""
    process = serve_into("", **environ)
    url = endpoint(process.stdout)
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port)) as raw:
        raw.sendall(b"GET /[31mred\xc3\xa9\xff HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 404")
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port)) as raw:
        raw.sendall(b"GET /\x1b[31mred\x07 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400")

    logged = next(line for line in process.stdout if line.startswith("GET"))
    assert logged.startswith("GET /[31mred%C3%A9%FF -> 404 (")
    assert ended(process) == (0, "")


def test_signal_at_once_ends_it(ready):
    """A signal that comes as soon as the server is ready, and again, ends it."""
    for _ in range(5):
        running, _ = ready()
        running.process.send_signal(signal.SIGTERM)
        assert running.end(signal.SIGTERM) == (0, "", "")


def test_no_control_leaves_out_what_seam_does_not_have(serve):
    running = serve("--no-control")
    url = running.lines(5)[0].removeprefix("SEAM_ENDPOINT=")

    assert httpx.post(f"{url}/_sandbox/check").status_code == 404
    assert httpx.get(f"{url}/health").status_code == 200


def test_no_control_is_announced(serve_here, capsys):
    status, told = serve_here(lambda _: None, "--no-control", "--host", "0.0.0.0")
    assert status == 0
    assert "ready: world empty, no control routes, stop with Ctrl-C" in told
    assert "Whoever reaches it can use this sandbox." in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--console"], ["--control-host", "sandbox"]], ids=lambda option: option[0])
def test_no_control_takes_no_option_of_control(option, capsys):
    assert cli.main(["serve", "--no-control", *option]) == 2
    assert capsys.readouterr().err == (
        f"seam-sandbox: {option[0]} is about the routes that --no-control leaves out. Leave out one of the two.\n"
    )


def test_open_host_is_told(serve_into):
    """A server on every address says on stderr what that means, and prints a URL of this machine."""
    process = serve_into("--host 0.0.0.0 --control-host sandbox")
    url = endpoint(process.stdout)

    named = httpx.post(f"{url}/_sandbox/check", headers={"host": "sandbox:8080"})

    assert named.json() == {"ok": True}
    status, errors = ended(process)
    assert (status, errors) == (
        0,
        "seam-sandbox: 0.0.0.0 is open to other machines. Whoever reaches it can use and control this sandbox.\n",
    )


@pytest.mark.parametrize(
    ("rest", "status", "said"),
    [
        ("| :", 0, ""),
        ("> /dev/full", 2, "seam-sandbox: the ledger could not be written: "),
        (">&-", 2, "seam-sandbox: the ledger could not be written: "),
    ],
)
def test_ledger_that_nobody_takes(rest, status, said):
    """A reader that has seen enough is no mistake; a disk without room is one."""
    command = f"set -o pipefail; {shlex.join([*MODULE, 'ledger'])} {rest}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert done.returncode == status
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == (1 if said else 0)


def test_mistake_without_stderr_is_status_2():
    """The status tells of a mistake also where nothing can be said about it."""
    command = f"{shlex.join([*MODULE, 'serve', '--world', 'hous'])} 2> /dev/full"

    assert subprocess.run(["sh", "-c", command], check=False).returncode == 2


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
        (["--host", ""], "the host to listen on is empty, which would open the port to the whole network."),
    ],
)
def test_mistake_is_one_line_and_status_2(capsys, handlers, options, said):
    """A bad value ends the command with status 2 and a sentence."""
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


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_help(capsys, command):
    """Each row of the table has its module."""
    with pytest.raises(SystemExit) as caught:
        cli.main([command, "--help"])

    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: seam-sandbox {command} ")


def test_every_command_has_a_row():
    """A module of the folder that is not in the table would never run."""
    modules = {path.stem for path in Path(cli.__file__).parent.glob("[!_]*.py")}

    assert {name for name in modules if hasattr(import_module(f"{cli.__name__}.{name}"), "add_options")} == set(
        cli.COMMANDS
    )


def test_command_loads_no_other():
    """What one command needs costs the others nothing."""
    code = "import sys; from pytest_seam_sandbox.cli import main; main(['ledger']); print([name for name in sys.modules if name.startswith('pytest_seam_sandbox.cli.')])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "['pytest_seam_sandbox.cli.ledger']"


def test_help_names_every_option(capsys):
    """`serve --help` tells about each option."""
    with pytest.raises(SystemExit) as caught:
        cli.main(["serve", "--help"])

    told = capsys.readouterr().out
    settings = {name.replace("_", "-") for name, setting in SETTINGS.items() if setting.of_server}
    options = {"host", "port", "json", "control-host", "no-control", *settings}
    assert caught.value.code == 0
    assert options <= set(re.findall(r"--([a-z-]+)", told))


# in this process


class Printed(io.StringIO):
    """A stdout that a thread can wait for."""

    def __init__(self):
        super().__init__()
        self._news = threading.Condition()

    def write(self, text):
        with self._news:
            written = super().write(text)
            self._news.notify_all()
        return written

    def wait_for(self, text):
        """Everything that has been printed, as soon as the text is part of it."""
        with self._news:
            assert self._news.wait_for(lambda: text in self.getvalue(), 30), self.getvalue()
            return self.getvalue()


@pytest.fixture
def handlers():
    """A signal that nobody waits for ends nothing; afterwards the handlers of this process are what they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)}
    for number in before:
        signal.signal(number, lambda *_: None)
    wakeup = signal.set_wakeup_fd(-1)
    yield
    signal.set_wakeup_fd(wakeup)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def serve_here(handlers, monkeypatch):
    """Runs `serve` in this process; `meanwhile(url)` is called while it waits for its end, which a signal brings."""

    def run(meanwhile, *options, printed=None):
        printed = printed or Printed()
        monkeypatch.setattr(sys, "stdout", printed)

        def user():
            try:
                announced = printed.wait_for("ready")
                meanwhile(re.search(r"http://127\.0\.0\.1:\d+", announced)[0])
            finally:
                os.kill(os.getpid(), signal.SIGUSR1)  # another signal, which ends nothing
                os.kill(os.getpid(), signal.SIGTERM)

        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(user)
            status = cli.main(["serve", *options])
            done.result()
        return status, printed.getvalue()

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
    assert [line for line in out.splitlines() if line.startswith(logged)]


@pytest.mark.parametrize(
    "take",
    [
        lambda: signal.set_wakeup_fd(-1),
        lambda: signal.signal(signal.SIGTERM, lambda *_: None),
    ],
    ids=["wakeup", "handler"],
)
def test_other_libraries_hide_no_signal(serve_here, take):
    """A library that takes the wakeup of signals for itself, as event loops do, or a handler, keeps no server alive."""
    has_taken = threading.Event()

    def take_it(*_):
        take()
        has_taken.set()

    def strike(_url):
        os.kill(os.getpid(), signal.SIGUSR1)
        assert has_taken.wait(30)

    signal.signal(signal.SIGUSR1, take_it)

    status, _ = serve_here(strike)

    assert status == 0


def test_server_on_every_address_waits_for_a_signal_too(serve_here):
    """The URL that it prints leads to this machine."""
    seen = []

    status, _ = serve_here(lambda url: seen.append(httpx.get(f"{url}/health").status_code), "--host", "0.0.0.0")

    assert (status, seen) == (0, [200])


@pytest.mark.parametrize(
    ("options", "line"), [([], "… 1 lines were not written"), (["--json"], '{"event": "lost", "lines": 1}')]
)
def test_lines_that_are_missing_are_told(serve_here, options, line):
    """When stdout works again, a line in the form of the others says how many are missing."""

    class Hiccup(Printed):
        def write(self, text):
            if "/health" in text:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(text)

    printed = Hiccup()

    def ask_twice(url):
        httpx.get(f"{url}/health")
        httpx.get(f"{url}/devices/list")
        printed.wait_for("/devices/list")

    status, out = serve_here(ask_twice, *options, printed=printed)

    assert status == 0
    assert line in out.splitlines()


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 0, ""),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "seam-sandbox: the ledger could not be written: "),
    ],
)
def test_ledger_into_a_stream_that_fails(monkeypatch, capsys, error, status, said):
    """A reader that has gone is no mistake, a full disk is one."""

    class Failing(io.StringIO):
        def write(self, _text):
            raise error

    monkeypatch.setattr(sys, "stdout", Failing())

    assert cli.main(["ledger"]) == status
    assert capsys.readouterr().err.startswith(said)


def test_program_that_ends_looks_for_no_garbage(monkeypatch, capsys):
    """As a program of its own, a command leaves its memory to the end of the process; called by another, it does not.

    No signal changes the status then.
    """
    frozen, handlers = [], {}
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(sys, "argv", ["seam-sandbox", "ledger"])

    cli.main(["ledger"])
    assert (frozen, handlers) == ([], {})
    cli.main()
    assert frozen == [True]
    assert handlers == {signal.SIGINT: signal.SIG_IGN, signal.SIGTERM: signal.SIG_IGN}


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
