"""After a live run nothing is left in the workspace: neither by tests that fail, nor by workers, nor by runs that are
killed, once `seam-sandbox heal` has run.

What stays is what Seam never deletes, the logs of events and action attempts, and what `live.state` names.
"""

import multiprocessing
import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest

from live.arrival import arrives_at_once
from live.killed_program import is_webhook_that_nobody_knows
from live.state import differences, state_of
from live.strict_server import StrictServer
from pytest_seam_sandbox.cli import main

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

POINTS = int(os.environ.get("KILL_POINTS", "5"))
SEED = os.environ.get("KILL_SEED", "a run that is killed")
"""50 points take minutes: KILL_POINTS=50 python -m pytest tests/live/test_nothing_left.py."""

PRELOADED = [
    "pytest",
    "seam",
    "pytest_seam_sandbox.sandbox",
    "pytest_seam_sandbox.clients",
    "pytest_seam_sandbox.plugin",
    "pytest_seam_sandbox.backends.live.start",
]
"""What a run would import."""

QUICK = {"action_attempts": 0.01, "event_latency": 0.02, "state_latency": 0.01, "deactivation_latency": 0.01}
SUITE = """
import pytest


def test_outage(seam_sandbox, sandbox_device):
    with seam_sandbox.disconnected(sandbox_device):
        seam_sandbox.expect_device_error(sandbox_device, "device_disconnected")


def test_hub(seam_sandbox, sandbox_device):
    with seam_sandbox.hub_disconnected(sandbox_device):
        pass


def test_phone(seam_sandbox, sandbox_phone):
    with seam_sandbox.deactivated(sandbox_phone):
        pass


def test_codes(seam_client, sandbox_device):
    code = seam_client.access_codes.create(device_id=sandbox_device.device_id, name="Guest", code="2468")
    seam_client.access_codes.update(access_code_id=code.access_code_id, name="Other guest")
    seam_client.locks.unlock_door(device_id=sandbox_device.device_id)


def test_people(seam_client):
    person = seam_client.user_identities.create(full_name="Guest", email_address="guest@example.com")
    seam_client.user_identities.update(user_identity_id=person.user_identity_id, full_name="Other guest")
    seam_client.webhooks.create(url="https://example.com/webhooks")


def test_metadata(seam_sandbox, seam_client, sandbox_device):
    seam_client.devices.update(device_id=sandbox_device.device_id, name="SUITE", custom_metadata={"room": "12"})
    thermostat = seam_sandbox.create_device("ecobee_thermostat")
    seam_client.thermostats.off(device_id=thermostat.device_id)


def test_fails_inside_an_outage(seam_sandbox, sandbox_device, seam_client):
    seam_client.user_identities.create(full_name="Guest of a failing test")
    with seam_sandbox.disconnected(sandbox_device):
        pytest.fail("on purpose")
"""

ONE_DEVICE = """
import time
from pathlib import Path

import pytest


def tell(word):
    with Path("told.txt").open("a") as file:
        file.write(word + " ")


@pytest.mark.parametrize("number", range(4))
def test_it_is_alone(seam_sandbox, number):
    seam_sandbox.create_device("nuki_lock")
    tell("begin")
    time.sleep(0.1)
    tell("end")
"""


@pytest.fixture(scope="module")
def server():
    """With locks enough for each test to get one that has rested; a live sandbox waits for that otherwise."""
    with StrictServer(**QUICK) as server:
        for number in range(8):
            server.backend(server.first).provision.create_device("august_lock", name=f"Lock {number}")
        yield server


@pytest.fixture
def folder(server, tmp_path, monkeypatch):
    """Where live runs keep journals and leases; the settings of these runs are in the environment."""
    folder = tmp_path / "live"
    monkeypatch.setenv("SEAM_API_KEY", server.first.api_key)
    settings = {
        "BACKEND": "live",
        "LIVE_WORKSPACES": server.first.workspace_id,
        "LIVE_ENDPOINT": server.url,
        "LIVE_FOLDER": str(folder),
        "LIVE_TIMEOUT": "20",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"PYTEST_SEAM_{name}", value)
    arrives_at_once(monkeypatch, 0.0)  # none is on its way when this heals: the test has waited for all of them
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    server.restart()
    return folder


def settled(server, before):
    """What differs from a state when all that is pending is done."""
    backend = server.backend(server.first)
    while backend.workspace.agenda.tasks:
        time.sleep(0.01)
        backend.app.settle()
    return differences(before, state_of(backend))


def delete_webhooks(server):
    """What people do who are told of one that may be of another run."""
    call = server.backend(server.first).api.call
    for webhook in call("/webhooks/list")["webhooks"]:
        call("/webhooks/delete", webhook_id=webhook["webhook_id"])


def run_pytest(place, environment, arguments):
    """What a child process does: one run of pytest, as from a command line."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(place)
    with Path("out.txt").open("w", encoding="utf-8") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    without = ("-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:schemathesis", "-p", "no:randomly")
    sys.exit(pytest.main([*without, "--assert=plain", "-q", "test_suite.py", *arguments]))


@pytest.fixture
def start(tmp_path):
    """Starts a run of the suite as a process of its own, which costs no new import of everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    processes = []

    def start(*arguments):
        process = context.Process(target=run_pytest, args=(tmp_path, dict(os.environ), arguments))
        process.start()
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.join()
        process.close()


def out_of(tmp_path):
    return (tmp_path / "out.txt").read_text("utf-8")


def check_run(server, folder, before, passed=6):
    """A run in which one test fails has left nothing."""
    out = (folder.parent / "out.txt").read_text("utf-8")
    assert f"1 failed, {passed} passed" in out, out
    assert settled(server, before) == []
    assert list(folder.rglob("*.jsonl")) == []


def test_state_is_the_same_after_a_run_with_workers_that_share_a_device(server, folder, start):
    """There is one Nuki lock for the tests that want one: they wait for each other."""
    (folder.parent / "test_one_device.py").write_text(ONE_DEVICE)
    before = state_of(server.backend(server.first))
    start("test_one_device.py", "-n", "2").join()
    check_run(server, folder, before, passed=10)
    told = (folder.parent / "told.txt").read_text("utf-8").split()
    assert told == ["begin", "end"] * 4


def test_state_is_the_same_after_a_run_and_after_runs_that_were_killed_and_heal(server, folder, start, capsys):
    before = state_of(server.backend(server.first))
    start().join()
    check_run(server, folder, before)
    requests = len(server.seen)
    draw, undone = random.Random(SEED), 0
    for _ in range(POINTS):
        at, takes_effect = draw.randint(1, requests), draw.random() < 0.5
        server.restart()
        process = start()

        def kill(number, at=at, takes_effect=takes_effect, pid=process.pid):
            if number >= at:
                os.kill(pid, signal.SIGKILL)
                return not takes_effect or number > at
            return False

        server.before = kill
        process.join()
        server.wait()
        assert process.exitcode == -signal.SIGKILL, at
        server.restart()
        status, out = main(["heal"]), capsys.readouterr().out
        left = [line.removeprefix("left: ") for line in out.splitlines() if line.startswith("left: ")]
        if is_webhook_that_nobody_knows(left):
            delete_webhooks(server)
        else:
            assert (status, left) == (0, []), (at, takes_effect, out)
        undone += out.count("undone: ")
        assert settled(server, before) == [], (at, takes_effect)
        assert list(folder.rglob("*.jsonl")) == [], (at, takes_effect)
    assert undone > 0
