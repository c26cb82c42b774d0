"""`seam-sandbox compare`: its exit status, its texts, the guard, and what it leaves behind."""

import contextlib
import io
import json
import subprocess
import sys

import httpx
import pytest

from live.arrival import arrives_at_once
from live.strict_server import StrictServer
from pytest_seam_sandbox import cli
from pytest_seam_sandbox.backends.live.connection import Connection, Unreachable
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.live.leases import Leases
from pytest_seam_sandbox.backends.live.undo import Undo
from pytest_seam_sandbox.backends.seam_api import SeamApi

SOME = ("--scenario", "webhooks", "--scenario", "pages")


QUICK = {"action_attempts": "poll", "event_latency": 0.01, "state_latency": 0.01, "deactivation_latency": 0.01}


@pytest.fixture(scope="module")
def strict_server():
    with StrictServer(**QUICK) as server:
        yield server


@pytest.fixture
def server(strict_server, monkeypatch):
    """A strict server, whose keys are in the environment."""
    strict_server.restart()
    monkeypatch.setenv("FIRST_KEY", strict_server.first.api_key)
    monkeypatch.setenv("PRODUCTION_KEY", strict_server.production.api_key)
    monkeypatch.delenv("SEAM_API_KEY", raising=False)
    yield strict_server
    strict_server.restart()


@pytest.fixture
def compare(server, capsys):
    """Runs the command on the server's first workspace; the status, the output and the errors."""

    def run(*options, key="FIRST_KEY", workspace=server.first.workspace_id):
        given = [
            "--endpoint",
            server.url,
            "--api-key-variable",
            key,
            "--live-workspaces",
            workspace,
            "--live-timeout",
            "5",
            *options,
        ]
        status = cli.main(["compare", *given])
        return status, *capsys.readouterr()

    return run


def test_all_scenarios_on_a_strict_server(server, compare):
    """Nothing but the times differs, and the workspace is left as it was."""

    ignored = {"Event", "ActionAttempt", "Device", "Thermostat"}

    def state():
        return {kind: rows for kind, rows in server.dump(server.first).items() if rows and kind not in ignored}

    before = state()

    status, out, errors = compare("--json")

    content = json.loads(out)
    assert (status, errors) == (int(bool(content["news"])), "")
    assert {one["kind"] for one in content["news"]} <= {"timing"}
    assert content["left"] == []
    assert state() == before
    assert all(device["errors"] == [] for device in server.dump(server.first)["Device"])


def test_expectation(compare, tmp_path, monkeypatch):
    """No news: 0. News: 1. They are kept with --write-expectation."""
    real = Connection.answer

    def answer(self, path, body):
        found = real(self, path, body)
        if path == "/webhooks/list":
            found = httpx.Response(found.status_code, json=found.json() | {"odd": True})
        return found

    path = str(tmp_path / "expected.json")
    assert compare(*SOME)[:1] == (0,)
    monkeypatch.setattr(Connection, "answer", answer)

    assert compare(*SOME)[:1] == (1,)
    assert compare(*SOME, "--write-expectation", path)[:1] == (0,)
    status, out, _ = compare(*SOME, "--expect", path)

    assert (status, out.splitlines()[0].split("; ")[1]) == (0, "differences: 0 new, 1 expected, 0 gone")


def test_production_is_refused(server, compare):
    """A key of a production workspace, a workspace that was not named: no write leaves, and the status is 2."""
    status, out, errors = compare(key="PRODUCTION_KEY", workspace=server.production.workspace_id)
    assert (status, out) == (2, "")
    assert errors.startswith("seam-sandbox: PRODUCTION_KEY holds an API key of a production workspace")
    assert server.production.api_key not in errors

    status, _, errors = compare(workspace=server.second.workspace_id)

    assert (status, server.first.api_key in errors) == (2, False)
    assert "live_workspaces" in errors
    assert server.writes() == []


@pytest.fixture
def live(server, capsys, monkeypatch, tmp_path):
    """Runs the command with --live, for which the strict server stands in; its settings are in the environment."""
    monkeypatch.setenv("SEAM_API_KEY", server.first.api_key)
    monkeypatch.setenv("PYTEST_SEAM_LIVE_ENDPOINT", server.url)
    monkeypatch.setenv("PYTEST_SEAM_LIVE_WORKSPACES", server.first.workspace_id)
    monkeypatch.setenv("PYTEST_SEAM_LIVE_TIMEOUT", "5")
    monkeypatch.setenv("PYTEST_SEAM_LIVE_FOLDER", str(tmp_path))

    def run(*options):
        return cli.main(["compare", "--live", *options]), *capsys.readouterr()

    return run


def test_live_takes_the_settings_of_live_tests(server, live, tmp_path):
    """Each change is noted before it is made; at the end nothing is left in the workspace and in the notes."""
    noted = []
    server.before = lambda _number: noted.extend(tmp_path.glob("journals/*.jsonl"))
    webhooks = server.dump(server.first).get("Webhook", [])

    status, out, errors = live(*SOME)

    assert (status, errors) == (0, "")
    assert out == (
        f"embedded and {server.url} (workspace {server.first.workspace_id}): 2 scenarios; differences: 0 new, "
        "0 expected, 0 gone\n"
    )
    assert noted
    assert list(tmp_path.glob("journals/*.jsonl")) == []
    assert server.dump(server.first).get("Webhook", []) == webhooks


def test_live_undoes_what_a_scenario_could_not_take_back(server, live, monkeypatch):
    """The notes have what was made; what cannot be undone is told."""
    real, failures = Connection.answer, ["/webhooks/delete"] * 2

    def answer(self, path, body):
        if path in failures:
            failures.remove(path)
            raise Unreachable("the network was gone.")
        return real(self, path, body)

    monkeypatch.setattr(Connection, "answer", answer)

    status, _, errors = live("--scenario", "webhooks")

    assert status == 2
    assert errors == (
        "seam-sandbox: the network was gone.\nand could not be taken back: /webhooks/delete: the network was gone.\n"
    )
    assert server.dump(server.first)["Webhook"] == []


def test_live_comparison_that_is_killed_is_undone(server, live, tmp_path, monkeypatch):
    """`seam-sandbox heal` finds in the notes what it has made."""
    arrives_at_once(monkeypatch)
    command = [sys.executable, "-m", "pytest_seam_sandbox", "compare", "--live", "--scenario", "spaces"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:

        def kill(_number):
            if server.dump(server.first).get("Space"):
                process.kill()

        server.after = kill
    server.restart()
    assert server.dump(server.first).get("Space")

    assert cli.main(["heal"]) == 0

    assert not server.dump(server.first).get("Space")
    assert all(row["custom_metadata"] == {} for row in server.dump(server.first)["Device"])


@contextlib.contextmanager
def leased(server, folder, device_types):
    """Another test has leased all devices of these types."""
    with contextlib.closing(Connection(server.url, server.first.api_key)) as connection:
        prove(connection, workspaces=[server.first.workspace_id], endpoint=server.url)
        undo, api = Undo(connection, folder), SeamApi(connection.send)
        leases = Leases(api, server.first.workspace_id, folder, "another test", notes=undo.journal)
        for row in api.device_rows():
            if row["device_type"] in device_types:
                leases.lease(device_type=row["device_type"], deadline=0)
        yield
        leases.release()
        undo.close()


def test_live_leases_its_devices(server, live, tmp_path):
    """A device that a test holds is left alone; a scenario for which none is free is not run."""
    locks = {row["device_type"] for row in server.dump(server.first)["Device"] if row["device_type"].endswith("_lock")}

    with leased(server, tmp_path, {"minut_sensor", *locks} - {"nuki_lock"}):
        status, out, _ = live("--scenario", "devices", "--scenario", "noise thresholds", "--live-timeout", "0.2")

    assert status == 1
    assert "noise thresholds: embedded can run, other no online noise sensor is free; seam-sandbox doctor tells" in out
    assert "another test" not in out
    assert "/locks/lock_door" in server.writes()
    assert all(row["custom_metadata"] == {} for row in server.dump(server.first)["Device"])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--scenario", "webhoks"), "there is no scenario 'webhoks'. Did you mean 'webhooks'"),
        (("--scenario", "zzz"), "there is no scenario 'zzz'. There are: workspace, connected accounts"),
        (("--live-timeout", "never"), "--live-timeout: live_timeout is 'never'"),
        (("--expect", "/no/such/file"), "the expectation /no/such/file cannot be read"),
        (("--api-key-variable", "NO_KEY"), "the environment variable NO_KEY is not set"),
        (("--endpoint", "nowhere"), "--endpoint: live_endpoint is 'nowhere'"),
    ],
)
def test_wrong_usage(server, compare, options, told):
    """The status is 2, and nothing is written."""
    status, out, errors = compare(*options)

    assert (status, out) == (2, "")
    assert told in errors
    assert server.writes() == []


def test_one_of_the_two_servers_has_to_be_named(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["compare"])

    assert end.value.code == 2
    assert "one of the arguments --live --endpoint is required" in capsys.readouterr().err


def test_progress_on_a_terminal(compare, monkeypatch):
    """One line that changes, on a terminal only."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    compare(*SOME)

    assert terminal.getvalue() == "\r\x1b[K1 of 2: webhooks\r\x1b[K2 of 2: pages\r\x1b[K"


def test_connection_that_is_lost(compare, server, monkeypatch):
    """What could not be taken back is told together with the reason to stop."""
    real = Connection.answer

    def answer(self, path, body):
        if path in {"/webhooks/get", "/webhooks/delete"}:
            raise Unreachable("the network is gone.")
        return real(self, path, body)

    monkeypatch.setattr(Connection, "answer", answer)

    status, _, errors = compare("--scenario", "webhooks")

    assert status == 2
    assert errors == (
        "seam-sandbox: the network is gone.\nand could not be taken back: /webhooks/delete: the network is gone.\n"
    )


@pytest.mark.parametrize(("name", "said"), [("no/file.json", "there is no directory"), (".", "is a directory")])
def test_expectation_that_cannot_be_written_is_told_first(compare, server, tmp_path, monkeypatch, name, said):
    """And not after all scenarios, in which much was made and waited for."""
    monkeypatch.chdir(tmp_path)

    status, out, err = compare("--write-expectation", name)

    assert (status, out) == (2, "")
    assert said in err
    assert server.seen == []


def test_expectation_that_is_none_is_told_first(compare, server, tmp_path):
    """One that is there, and would be written again."""
    path = tmp_path / "expected.json"
    path.write_text("{}")

    status, _, err = compare("--write-expectation", str(path))

    assert (status, server.seen) == (2, [])
    assert "is none: version" in err
    assert path.read_text() == "{}"


def webhooks(server):
    return server.dump(server.first).get("Webhook", [])


def test_interrupted_comparison_takes_back_what_it_made(compare, server, monkeypatch):
    """Ctrl-C in the middle of a scenario: no traceback, and nothing is left."""
    before, made = webhooks(server), []
    exchange = Connection.answer

    def answer(self, path, body):
        if path == "/webhooks/list" and not made:
            made.append(path)
            raise KeyboardInterrupt
        return exchange(self, path, body)

    monkeypatch.setattr(Connection, "answer", answer)
    status, out, err = compare("--scenario", "webhooks")

    assert made
    assert (status, out) == (130, "")
    assert "seam-sandbox: interrupted" in err
    assert "Traceback" not in err
    assert webhooks(server) == before
