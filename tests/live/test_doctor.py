"""seam-sandbox doctor: what it finds, what it says to do, its exit status; and that it writes nothing."""

import argparse
import json
import re
from pathlib import Path

import pytest

from live.strict_server import StrictServer
from pytest_seam_sandbox.backends.live.connection import Connection
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.live.journal import Journal
from pytest_seam_sandbox.backends.live.lease_records import KEY, LeaseRecord
from pytest_seam_sandbox.backends.live.leases import Leases
from pytest_seam_sandbox.backends.seam_api import SeamApi
from pytest_seam_sandbox.cli import doctor as command
from pytest_seam_sandbox.cli import main


@pytest.fixture(scope="module")
def shared():
    with StrictServer(state_latency=0) as server:
        yield server


@pytest.fixture
def server(shared):
    app = shared.backend(shared.first).app
    state = app.snapshot()
    shared.restart()
    yield shared
    app.restore(state)


@pytest.fixture
def doctor(server, tmp_path, monkeypatch, capsys):
    """Runs the command; gives the exit status and the findings, or what it printed as text."""

    def run(*arguments, workspace=server.first, key=None, as_text=False):
        monkeypatch.setenv("SEAM_API_KEY", workspace.api_key if key is None else key)
        monkeypatch.setenv("PYTEST_SEAM_LIVE_WORKSPACES", server.first.workspace_id)
        monkeypatch.setenv("PYTEST_SEAM_LIVE_FOLDER", str(tmp_path))
        given = ["doctor", "--live-endpoint", server.url, *([] if as_text else ["--json"]), *arguments]
        status = main(given)
        out, err = capsys.readouterr()
        assert server.writes() == []
        assert workspace.api_key not in out + err
        if as_text or not out:
            return status, out or err
        told = json.loads(out)
        assert told["status"] == status
        assert all(finding["advice"] for finding in told["findings"])
        return status, told["findings"]

    return run


def of(findings, part, level=None):
    return [
        f"{each['text']} {each['advice']}"
        for each in findings
        if each["part"] == part and level in (None, each["level"])
    ]


def change(server, name, path="/devices/update", **params):
    server.backend(server.first).api.call(path, device_id=server.first.device_ids[name], **params)


def test_all_is_fine(server, doctor, tmp_path):
    status, text = doctor(as_text=True)
    assert status == 0
    assert text.splitlines() == [
        "fine     credentials  SEAM_API_KEY holds a sandbox API key. Nothing to do.",
        (
            f"fine     guard        {server.url} shows Sandbox ({server.first.workspace_id}), a sandbox workspace that is in "
            "live_workspaces and is not suspended. Nothing to do."
        ),
        (
            "fine     devices      9 online with can_simulate_disconnection, 9 of them free: 4 august_lock, 1 ecobee_thermostat, "
            "2 schlage_lock, 2 yale_lock. Nothing to do."
        ),
        "fine     devices      4 online with can_simulate_hub_disconnection, 4 of them free: 4 august_lock. Nothing to do.",
        (
            "fine     devices      8 online with can_simulate_removal, 8 of them free: 4 august_lock, 2 schlage_lock, "
            "2 yale_lock. Nothing to do."
        ),
        "fine     devices      1 online with can_simulate_paid_subscription, 1 of them free: 1 nuki_lock. Nothing to do.",
        "fine     leases       nobody holds a device. Nothing to do.",
        f"fine     leftovers    no process that is gone has left anything to undo, says {tmp_path}. Nothing to do.",
        "All is fine.",
    ]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("", "SEAM_API_KEY holds nothing. Make an API key of a sandbox workspace"),
        ("seam_at1abcdefgh_token", "SEAM_API_KEY holds a personal access token"),
    ],
)
def test_no_key_that_could_be_one_of_a_sandbox(server, doctor, key, told):
    status, findings = doctor(key=key)
    assert status == 2
    assert of(findings, "credentials", "refused")[0].startswith(told)
    assert of(findings, "guard", "refused")[0].endswith("See to that first: no test writes before.")
    assert (of(findings, "devices"), server.seen) == ([], [])


def test_production_key_reaches_nobody(server, doctor):
    status, findings = doctor(workspace=server.production)
    assert (status, server.seen) == (2, [])
    assert "production" in of(findings, "credentials", "refused")[0]


def test_workspace_that_was_not_named(server, doctor):
    status, findings = doctor(workspace=server.second)
    assert status == 2
    assert "is not in live_workspaces" in of(findings, "guard", "refused")[0]
    assert [path for _, path, _ in server.seen] == ["/workspaces/get"]


def test_bad_usage_is_refused(doctor):
    status, text = doctor("--live-timeout", "soon")
    assert (status, text.startswith("seam-sandbox: --live-timeout: live_timeout is 'soon'")) == (2, True)


def test_devices_that_cannot_be_read(doctor, monkeypatch):
    send = Connection.send

    def failing(self, path, body):
        return (500, b'{"error": {"type": "x", "message": "down"}}') if "devices" in path else send(self, path, body)

    monkeypatch.setattr(Connection, "send", failing)
    status, findings = doctor()
    assert status == 2
    assert of(findings, "devices", "refused") == [
        "the devices could not be read: Seam refused /devices/list with {}: 500 x: down Try again later."
    ]


def test_device_that_is_offline_and_held_by_nobody(server, doctor):
    change(server, "Garage", "/devices/simulate/disconnect")
    status, findings = doctor()
    assert status == 1
    (told,) = of(findings, "devices", "mend")
    assert told == (
        f"Garage ({server.first.device_ids['Garage']}) is offline (device_disconnected), and nobody holds it: it is never "
        "leased. If a test has left it so, seam-sandbox heal on the machine of that test connects it again. Else call "
        "/devices/simulate/connect."
    )
    assert "8 online with can_simulate_disconnection" in of(findings, "devices", "fine")[0]


def test_workspace_without_any_device_that_can_be_broken(server, doctor):
    for name in server.first.device_ids:
        change(server, name, is_managed=False)
    status, findings = doctor()
    assert status == 1
    assert of(findings, "devices", "mend") == [
        (
            "none online with can_simulate_disconnection: sandbox_device cannot be leased. Connect an account that has such "
            "devices in Seam's console: an August account of the sandbox does."
        )
    ]
    assert len(of(findings, "devices", "fine")) == 3


def test_leases(server, doctor, tmp_path):
    connection = Connection(server.url, server.first.api_key)
    proof = prove(connection, workspaces=[server.first.workspace_id], endpoint=server.url)
    journal = Journal(tmp_path, workspace_id=proof.workspace_id, endpoint=server.url)
    leases = Leases(SeamApi(connection.send), proof.workspace_id, tmp_path, "tests/test_a.py::test_a", notes=journal)
    leases.lease(device_type="nuki_lock")
    over = LeaseRecord(f"{KEY}over", "test_b", host="ci-7", pid=4, machine="x", since=1.0, until=2.0)
    change(server, "Shed", custom_metadata={over.key: over.to_text()})
    change(server, "Gate", custom_metadata={f"{KEY}new": "from the future"})
    server.restart()

    status, findings = doctor()

    assert status == 1
    (held,) = of(findings, "leases", "fine")
    assert held.startswith(f"Attic ({server.first.device_ids['Attic']}) is held by tests/test_a.py::test_a on ")
    shed, gate = of(findings, "leases", "mend")
    assert shed == (
        f"Shed ({server.first.device_ids['Shed']}) is held by test_b on ci-7 (process 4) since 1970-01-01 00:00:01 UTC, "
        "until 1970-01-01 00:00:02 UTC; that lease is over, so its process was stopped. Run seam-sandbox heal on ci-7, or "
        "let the next lease of this device take its record away."
    )
    assert "held by a lease record that cannot be read: 'from the future'; take the key seam_sandbox_lease_new" in gate
    running, nothing = of(findings, "leftovers", "fine")
    assert "has been changing the workspace" in running
    assert nothing.startswith("no process that is gone")
    leases.release()
    connection.close()


def test_what_a_process_has_left(server, doctor, tmp_path):
    journal = Journal(tmp_path, workspace_id=server.first.workspace_id, endpoint=server.url)
    journal.intend("/devices/simulate/disconnect", 0.0, {"device_id": server.first.device_ids["Shed"]})
    path = journal.path
    journal.close()
    with path.open("a") as file:
        file.write('{"n": 2, "pa')

    status, findings = doctor()

    assert status == 1
    left, cut = of(findings, "leftovers", "mend")
    assert left == (
        f"{path}: 1 changes of the workspace {server.first.workspace_id} at {server.url} that are not undone; their "
        "process is gone. Run seam-sandbox heal with the API key of that workspace."
    )
    assert "ends in the middle" in cut
    path.write_text("no journal\nat all\n")
    assert any("does not say of which workspace" in text for text in of(doctor()[1], "leftovers", "mend"))


def test_page_names_every_option():
    parser = argparse.ArgumentParser(add_help=False)
    command.add_options(parser)
    there = {option for action in parser._actions for option in action.option_strings}
    page = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(--[a-z-]+)` \|", page, re.MULTILINE)) == there
