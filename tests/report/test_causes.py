"""What a timeline says of causes: the request that was answered, what was due, or the test."""

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.report.lines import lines_of


@pytest.fixture
def sandbox():
    sandbox = Sandbox(action_attempts=30)
    sandbox.clock.freeze()
    sandbox.create_device(name="GARAGE", device_id="00000000-0000-4000-8000-000000000001")
    return sandbox


def causes(sandbox, event_type):
    """The causes of the events of a type."""
    lines = lines_of(sandbox.backend.history(), sandbox.backend.names())
    return [line.cause for line in lines if line.kind == "event" and line.text.split()[0] == event_type]


def test_event_of_a_request(sandbox):
    """An event was caused by the request that was being answered."""
    sandbox.http().post("/devices/simulate/disconnect", json={"device_id": sandbox.get_device("GARAGE").device_id})

    assert causes(sandbox, "device.disconnected") == ["POST /devices/simulate/disconnect"]


def test_event_of_what_was_due_later(sandbox):
    """The end of an action attempt was caused by the request that began it, at that time; by no later request."""
    began = sandbox.clock.now()
    with sandbox.http() as client:
        client.post("/locks/unlock_door", json={"device_id": sandbox.get_device("GARAGE").device_id})
        sandbox.clock.advance(60)
        client.post("/devices/list")

    assert causes(sandbox, "lock.unlocked") == [f"POST /locks/unlock_door at {began:%H:%M:%S.%f}"[:-3]]


def test_event_of_what_is_due_when_a_request_comes(monkeypatch):
    """On a running clock, the next request finds what was due; it did not cause it."""
    wall = 1e9
    monkeypatch.setattr("time.time", lambda: wall)
    sandbox = Sandbox(action_attempts=30)
    door = sandbox.create_device()
    with sandbox.http() as client:
        client.post("/locks/unlock_door", json={"device_id": door.device_id})
        wall += 60
        client.post("/locks/lock_door", json={"device_id": door.device_id})

    assert causes(sandbox, "lock.unlocked") == ["POST /locks/unlock_door at 01:46:40.000"]


def test_event_of_the_test(sandbox):
    """What a test makes or does through the sandbox was caused by the test."""
    sandbox.create_access_code("GARAGE", name="Guest")

    assert causes(sandbox, "device.added") == ["the test"]
    assert causes(sandbox, "access_code.created") == ["the test"]


def test_event_of_what_the_test_has_planned(sandbox):
    """What comes later of something that a test did through the sandbox."""
    sandbox.create_access_code("GARAGE", name="Guest")
    sandbox.clock.advance(3600)

    assert causes(sandbox, "access_code.set_on_device") == ["the test, earlier"]


def test_event_of_work_without_a_request(sandbox):
    """Work that no request had planned was planned by the test."""
    due = sandbox.clock.now().timestamp() + 5
    sandbox.embedded.workspace.agenda.plan(
        due, lambda _: sandbox.emit("device.low_battery", sandbox.get_device("GARAGE"), battery_level=0.1)
    )
    sandbox.clock.advance(10)

    assert causes(sandbox, "device.low_battery") == ["the test, earlier"]


def test_faults_are_lines(sandbox):
    """When and how often each is set."""
    sandbox.faults.fail("POST /locks/unlock_door", times=3)
    sandbox.faults.slow("/devices/list", 1)
    sandbox.faults.refuse("/devices/get", times=None)

    lines = [line.partition("fault")[2].strip() for line in sandbox.timeline.splitlines() if "   fault " in line]
    assert lines == [
        "fail on POST /locks/unlock_door is set 3 times",
        "slow on any method /devices/list is set once",
        "refuse on any method /devices/get is set for as long as it stays",
    ]
    sandbox.faults.clear()


def test_notes_have_names_in_place_of_ids(sandbox):
    """A fault of one device names it."""
    sandbox.faults.slow("/devices/get", 1, device=sandbox.get_device("GARAGE"), optional=True)

    assert "slow on any method /devices/get device GARAGE is set once" in sandbox.timeline


def test_keys_are_in_no_timeline():
    """Neither in a request nor in what an exception says."""
    sandbox = Sandbox()
    with pytest.raises(ValueError, match="seam_test"), sandbox:
        raise ValueError(f"the key is {sandbox.api_key}")

    assert sandbox.api_key not in sandbox.timeline
    assert "raised   ValueError: the key is seam_test***" in sandbox.timeline


def test_causes_that_nobody_knows(sandbox):
    """A workspace at Seam does not say what it did because of which request, so no line claims it."""
    sandbox.http().post("/devices/simulate/disconnect", json={"device_id": sandbox.get_device("GARAGE").device_id})
    history = sandbox.backend.history()
    (request,) = sandbox.requests
    request.caused = None

    assert {line.cause for line in lines_of(history, sandbox.backend.names())} == {""}
