"""What is shown of action attempts: where they stand, and what went wrong, beside the 200 of the answer."""

import json
import re

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.backends.live.recording import tell_answer
from pytest_seam_sandbox.engine.history import Call
from pytest_seam_sandbox.engine.work import WorkStatus

MESSAGE = "Device Disconnected: the device is offline. Check its power and its connection."
REFUSED = """
import pytest

@pytest.mark.seam(world="house")
def test_it(seam_sandbox, seam_client):
    door = seam_sandbox.devices[0]
    with seam_sandbox.disconnected(door):
        seam_client.locks.unlock_door(device_id=door.device_id)
"""


@pytest.fixture
def make_sandbox():
    """A sandbox with one lock, whose attempts end as the setting says."""

    def make(**settings):
        sandbox = Sandbox(**settings)
        return sandbox, sandbox.create_device(name="GARAGE")

    return make


def unlock(sandbox, door):
    sandbox.client().locks.unlock_door(device_id=door.device_id, wait_for_action_attempt=False)


def lines_of(sandbox, part):
    return [line[13:].strip() for line in sandbox.timeline.splitlines() if part in line]


def test_attempt_that_fails_at_once(make_sandbox):
    """The answer has the type of the error and its message, the event the type."""
    sandbox, door = make_sandbox()
    with sandbox.disconnected(door):
        unlock(sandbox, door)

    assert lines_of(sandbox, "unlock_door") == [
        f"! request  POST /locks/unlock_door (device_id=GARAGE) → 200 error device_disconnected: {MESSAGE}",
        "event    action_attempt.unlock_door.failed device_id=GARAGE: device_disconnected ← POST /locks/unlock_door",
    ]


def test_attempt_that_fails_later_although_nobody_looks(make_sandbox):
    """The first answer says that it is pending; the event says what became of it."""
    sandbox, door = make_sandbox(action_attempts=30)
    with sandbox.disconnected(door):
        unlock(sandbox, door)
        sandbox.clock.advance(30)

    asked, ended = lines_of(sandbox, "unlock_door")
    assert asked == "request  POST /locks/unlock_door (device_id=GARAGE) → 200 pending"
    assert "action_attempt.unlock_door.failed device_id=GARAGE: device_disconnected ← " in ended


def test_attempt_that_succeeds_says_no_more(make_sandbox):
    """As before."""
    sandbox, door = make_sandbox()
    unlock(sandbox, door)

    assert lines_of(sandbox, "request ") == ["request  POST /locks/unlock_door (device_id=GARAGE) → 200"]


def test_attempt_beside_another_resource(make_sandbox):
    """An answer that has an access code and its attempt."""
    sandbox, door = make_sandbox(action_attempts=30)
    sandbox.client().access_codes.create(device_id=door.device_id, name="Guest")

    assert sandbox.requests[-1].work.status == "pending"
    assert lines_of(sandbox, "request ")[0].endswith("→ 200 pending")


def test_long_message_is_among_the_details_only(make_sandbox):
    """The line of the answer has the type of the error; a short message stands behind that of the event too."""
    sandbox, door = make_sandbox(action_attempts=30)
    for message in ("x" * 101, "The bolt is jammed."):
        unlock(sandbox, door)
        attempt = sandbox.fail_action_attempt(sandbox.action_attempts[-1], "jammed", message)
        sandbox.client().action_attempts.get(action_attempt_id=attempt.action_attempt_id, wait_for_action_attempt=False)

    assert [line.partition(" → ")[2] for line in lines_of(sandbox, "attempts/get")] == [
        "200 error jammed",
        "200 error jammed: The bolt is jammed.",
    ]
    assert [line.partition("GARAGE: ")[2].partition(" ←")[0] for line in lines_of(sandbox, ".failed")] == [
        "jammed",
        "jammed: The bolt is jammed.",
    ]


def test_all_reports_have_it(pytester):
    """Section, file of JUnit and page, with the message among the details of both entries."""
    pytester.makepyfile(REFUSED)

    result = pytester.runpytest_inprocess(
        "-p", "no:asyncio", "-p", "no:cacheprovider", "--junit-xml=junit.xml", "--seam-report=seam.html"
    )

    said = f"(device_id=FRONT DOOR) → 200 error device_disconnected: {MESSAGE}"
    assert said in result.stdout.str()
    assert said in (pytester.path / "junit.xml").read_text("utf-8")
    page = (pytester.path / "seam.html").read_text("utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, flags=re.DOTALL)[1])
    entries = [entry for entry in data["tests"][0]["pictures"][0]["entries"] if "unlock_door" in entry[3]]
    assert [(entry[7]["error"], entry[7]["message"]) for entry in entries] == [("device_disconnected", MESSAGE)] * 2
    assert [said in entry[3] for entry in entries] == [True, False]


@pytest.mark.parametrize(
    ("answer", "work"),
    [
        ({"action_attempt": {"action_attempt_id": "a", "status": "pending", "error": None}}, ("a", "pending")),
        (
            {"action_attempt": {"action_attempt_id": "a", "status": "error", "error": {"type": "t", "message": "m"}}},
            ("a", "error", "t", "m"),
        ),
        ({"action_attempt": "odd"}, None),
        ({}, None),
    ],
)
def test_answers_of_a_live_workspace(answer, work):
    """They are JSON of whatever shape."""
    call = Call(0.0, "POST", "/locks/unlock_door", "app", {}, status=200)

    tell_answer(call, answer)

    assert call.work == (work and WorkStatus(*work))
