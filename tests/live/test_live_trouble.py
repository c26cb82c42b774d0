"""What goes wrong between a live sandbox and its workspace is said, and nothing stays broken."""

import time

import pytest

from pytest_seam_sandbox import SandboxError, SandboxWarning
from pytest_seam_sandbox.backends.live.connection import TooManyRequests, Unreachable


@pytest.fixture
def faults(server):
    """Between the sandbox and the workspace."""
    faults = server.backend(server.first).app.faults
    yield faults
    faults.clear()


def are_online(server, within=0.0):
    """Whether all devices are online, at the latest so many seconds from now: the server shows it a little later."""
    until = time.monotonic() + within
    while True:
        if all(row["properties"]["online"] for row in server.dump(server.first)["Device"]):
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(0.02)


def test_network_that_is_down_when_an_outage_ends(server, go_live, faults):
    """The outage says so, the end of the sandbox too; the journal keeps it, and the next start heals it."""
    live = go_live()
    device = live.create_device()

    with pytest.raises(Unreachable, match="gave no answer to /devices/"), live.disconnected(device) as outage:
        faults.refuse("*", times=None)

    assert outage.ended_at is not None
    assert f"disconnected({device.display_name}) is over" in live.timeline
    with pytest.raises(SandboxError, match="^/devices/simulate/disconnect .* not undone: .* gave no answer to"):
        live.close()
    faults.clear()
    assert not are_online(server)

    go_live()

    assert are_online(server, within=30)


def test_network_that_comes_back_before_the_end_of_the_test(server, go_live, faults):
    """Healing is tried again when the sandbox ends."""
    live = go_live()
    device = live.create_device()
    with pytest.raises(Unreachable), live.disconnected(device):
        faults.refuse("*", times=None)
    faults.clear()

    live.close()

    assert are_online(server, within=30)


def test_exception_of_the_body_wins(server, go_live, faults):
    live = go_live()
    device = live.create_device()

    with pytest.raises(ZeroDivisionError) as raised, live.disconnected(device):
        faults.refuse("*", times=None)
        raise ZeroDivisionError
    faults.clear()

    (note,) = raised.value.__notes__
    assert note.startswith(f"and disconnected({device.display_name}) did not end well: {server.url} gave no answer to ")


def test_answer_that_is_lost_on_entry(server, go_live, faults):
    """The device is offline although nobody knows it; the journal does."""
    live = go_live()
    device = live.create_device()
    faults.lose_answer("POST /devices/simulate/disconnect")

    with pytest.raises(Unreachable, match="gave no answer to /devices/simulate/disconnect"):
        live.disconnected(device).__enter__()
    live.close()

    assert are_online(server, within=30)


def test_too_many_requests_are_told_when_they_last(server, go_live, faults):
    live = go_live()
    faults.rate_limit("POST /events/list", retry_after=60, times=None)

    with pytest.raises(TooManyRequests, match=r"answers 429 to /events/list and asks to wait 60 s more"):
        live.expect_event("lock.unlocked")

    faults.clear()


def test_names_are_no_reason_to_fail(server, go_live, faults):
    """Texts do without names where these cannot be looked up."""
    live = go_live()
    device = server.first.device_ids["Gate"]
    live.http().get("/devices/get", params={"device_id": device})
    faults.refuse("*", times=None)

    assert f"GET /devices/get (device_id={device}) → 200" in live.timeline
    faults.clear()


def test_leftovers_that_cannot_be_undone_are_warned_of(server, go_live, live_folder):
    (live_folder / "journals").mkdir(exist_ok=True)
    cut = live_folder / "journals" / "2026-01-01T000000-1-1.jsonl"
    cut.write_text(
        '{"journal": 1, "workspace_id": "another", "endpoint": "https://example.com", "pid": 1, '
        '"host": "h", "begun": "2026-01-01T00:00:00"}\n{"n": 1, "path": "/phones/simulate/create'
    )

    with pytest.warns(SandboxWarning, match="an earlier run has left what could not be undone: line 2 of the journal"):
        go_live()

    cut.unlink()


def test_lock_that_was_turned_before_it_went_offline_is_turned_back(server, go_live):
    """Undone in reverse order, the door would be turned while its lock is offline; so that is tried again."""
    live = go_live()
    device = live.create_device()
    was_locked = device.properties.locked
    turn = "unlock_door" if was_locked else "lock_door"
    with live.http() as client:
        client.post("/devices/simulate/disconnect", json={"device_id": device.device_id})
        client.post(f"/locks/{turn}", json={"device_id": device.device_id})  # while the server has not noticed

    live.close()

    assert are_online(server, within=30)
    (row,) = [row for row in server.dump(server.first)["Device"] if row["device_id"] == device.device_id]
    assert row["properties"]["locked"] is was_locked


def test_journal_that_fails_keeps_no_device(server, go_live, monkeypatch):
    live = go_live()
    device = live.create_device("nuki_lock")

    def fail(*_):
        raise SandboxError("the journal cannot be written")

    with monkeypatch.context() as patch:
        patch.setattr("pytest_seam_sandbox.backends.live.undo.Undo.undo", fail)
        with pytest.raises(SandboxError, match="^the journal cannot be written$"):
            live.close()

    assert go_live().create_device("nuki_lock").device_id == device.device_id
