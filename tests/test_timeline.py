"""The timeline: in order, with dates where they are needed, each move of the clock, and what Seam said."""

from contextlib import suppress
from datetime import UTC, datetime

import httpx
import pytest
from seam import Retry, SeamHttpApiError

from pytest_seam_sandbox import ExpectationFailed, Sandbox

DOOR = "00000000-0000-4000-8000-000000000001"
NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def sandbox():
    """A sandbox that stands at noon."""
    sandbox = Sandbox(action_attempts=30)
    sandbox.clock.freeze(NOON)
    sandbox.create_device(name="GARAGE", device_id=DOOR)
    return sandbox


def lines_of(sandbox, kind=""):
    return [line for line in sandbox.timeline.splitlines() if f" {kind}" in line]


def times_of(sandbox):
    return [line.split()[0] for line in lines_of(sandbox)]


def test_times_of_one_day_have_no_date(sandbox):
    """On one day the time says it all."""
    assert set(times_of(sandbox)) == {"12:00:00.000"}


def test_dates_once_midnight_has_passed(sandbox):
    """From the second day on each line has its date, those before midnight too."""
    sandbox.clock.advance(12 * 3600)

    assert times_of(sandbox)[0] == "2030-01-31T12:00:00.000"
    assert times_of(sandbox)[-1] == "2030-02-01T00:00:00.000"


def test_date_of_an_event_that_shows_tomorrow():
    """An event that shows past midnight needs the dates as well."""
    sandbox = Sandbox(event_latency=12 * 3600)
    sandbox.clock.freeze(NOON)
    sandbox.create_device()

    assert "(shows at 2030-02-01T00:00:00.000)" in sandbox.timeline


def test_lines_are_in_the_order_of_their_times(sandbox):
    """What became due while the clock moved stands before the line of the move."""
    sandbox.client().locks.unlock_door(device_id=DOOR, wait_for_action_attempt=False)
    sandbox.clock.advance(60)

    assert times_of(sandbox) == sorted(times_of(sandbox))
    assert "advanced by 60 s" in lines_of(sandbox)[-1]
    assert (
        "12:00:30.000   event    lock.unlocked device_id=GARAGE ← POST /locks/unlock_door at 12:00:00.000"
        in lines_of(sandbox)
    )


def test_work_that_is_done_late_stands_where_it_was_due(sandbox, monkeypatch):
    """A running clock does what was due when the next request comes; the lines are in order all the same."""
    wall = 1e9
    monkeypatch.setattr("time.time", lambda: wall)
    sandbox.clock.resume()
    with sandbox.http() as client:
        client.post("/locks/unlock_door", json={"device_id": DOOR})
        wall += 60
        client.post("/devices/list")

    assert times_of(sandbox) == sorted(times_of(sandbox))
    assert "/devices/list" in lines_of(sandbox)[-1]


def test_message_of_a_refusal(sandbox):
    """What Seam says stands behind the type of the error."""
    with sandbox.http() as client:
        answer = client.post("/devices/get", json={"device_id": "garage"})

    said = answer.json()["error"]["message"]
    assert lines_of(sandbox, "request")[-1].endswith(f"→ 400 invalid_input: {said}")
    assert sandbox.requests[-1].message == said


def test_answer_without_an_error_has_no_message(sandbox):
    """A call that went well has none."""
    with sandbox.http() as client:
        client.post("/devices/list")

    assert sandbox.requests[-1].message is None
    assert lines_of(sandbox, "request")[-1].endswith("→ 200")


def test_waits_between_retries(sandbox):
    """Each wait of the SDK is a line, and no other line says that the clock moved."""
    sandbox.faults.fail("/devices/list", times=2)
    sandbox.client(retries=Retry(total=3, backoff_factor=1, backoff_jitter=0)).devices.list()

    waits = [line.partition("clock")[2].strip() for line in lines_of(sandbox, "clock")[1:]]
    assert waits == ["2.000 s passed until the client tried again", "4.000 s passed until the client tried again"]


def test_slow_answer_and_none(sandbox):
    """What an answer takes, and how long a client waits for one that never comes."""
    sandbox.faults.slow("/devices/list", seconds=5)
    sandbox.faults.time_out("/devices/get")
    with sandbox.http(timeout=7) as client:
        client.post("/devices/list")
        with pytest.raises(httpx.ReadTimeout):
            client.post("/devices/get")

    waits = [line.partition("clock")[2].strip() for line in lines_of(sandbox, "clock")[1:]]
    assert waits == ["5.000 s passed until the answer came", "7.000 s passed until the client gave up"]


def test_waits_of_expectations(sandbox):
    """One line for each wait, however it ends."""
    sandbox.client().locks.unlock_door(device_id=DOOR, wait_for_action_attempt=False)
    sandbox.expect_event("lock.unlocked", within=40)
    sandbox.expect_event("lock.locked", within=10, count=0)
    with pytest.raises(ExpectationFailed):
        sandbox.expect_event("lock.locked", within=20)

    waits = [line.partition("clock")[2].strip() for line in lines_of(sandbox, "clock")[1:]]
    assert waits == [
        "30 s passed until what was expected was there, or too late",
        "10.000 s passed in which an event was not to come",
        "20 s passed until what was expected was there, or too late",
    ]


def test_clock_that_runs_again(sandbox):
    """The end of a freeze is a line too."""
    sandbox.clock.resume()

    assert lines_of(sandbox, "clock")[-1].endswith("runs again")


def test_expectation_that_is_met_at_once_moves_nothing(sandbox):
    """No wait, no line."""
    before = lines_of(sandbox, "clock")

    sandbox.expect_event("device.added", within=60)

    assert lines_of(sandbox, "clock") == before


def test_codes_and_devices_have_names_or_ids(sandbox):
    """A code with a name is told by it, one without by its id; a device by its name."""
    named = sandbox.create_access_code(DOOR, name="Guest")
    nameless = sandbox.create_access_code(DOOR)
    sandbox.clock.advance(60)

    told = "\n".join(lines_of(sandbox, "event"))
    assert "access_code.set_on_device access_code_id=Guest device_id=GARAGE" in told
    assert named.access_code_id not in told
    assert f"access_code.set_on_device access_code_id={nameless.access_code_id} device_id=GARAGE" in told


def test_failed_request_in_the_last_line(sandbox):
    """Seam's message is there for the SDK as well."""
    with pytest.raises(SeamHttpApiError):
        sandbox.client().devices.get(name="No such door")

    assert "→ 404 device_not_found: " in lines_of(sandbox, "request")[-1]


@pytest.mark.parametrize(
    ("kind", "after", "told"),
    [
        ("refuse", None, "→ no answer, fault: refuse"),
        ("time_out", False, "→ no answer, fault: time_out"),
        ("time_out", True, "→ 200 fault: time_out"),
        ("reset", False, "→ no answer, fault: reset"),
        ("lose_answer", None, "→ 200 fault: lose_answer"),
        ("fail", False, "→ 503 fault: fail"),
    ],
)
def test_what_a_fault_left_of_a_request(sandbox, kind, after, told):
    """The status is that of an answer that Seam has given; a request that never took effect has none."""
    with (
        getattr(sandbox.faults, kind)("/locks/lock_door", **({} if after is None else {"after": after})),
        suppress(httpx.TransportError),
        sandbox.http() as http,
    ):
        http.post("/locks/lock_door", json={"device_id": DOOR})

    assert lines_of(sandbox, "request")[-1].endswith(told)
