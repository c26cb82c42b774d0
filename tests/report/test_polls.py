"""Equal requests one after the other are one line; what differs, and the step that broke, has its own."""

from datetime import UTC, datetime
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seam import SeamActionAttemptTimeoutError

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.backends.raised import note_raised
from pytest_seam_sandbox.report.failures import Failure
from pytest_seam_sandbox.report.lines import lines_of
from pytest_seam_sandbox.report.picture import picture_of
from pytest_seam_sandbox.report.polls import with_polls_folded
from pytest_seam_sandbox.report.texts import nameless
from pytest_seam_sandbox.report.timeline import render_timeline

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def sandbox():
    """Nothing in it, at noon."""
    sandbox = Sandbox(action_attempts=30)
    sandbox.clock.freeze(NOON)
    return sandbox


def told(sandbox, failure=None):
    """The lines behind the one that says that the clock stands."""
    lines = render_timeline(sandbox.backend.history(), failure=failure).splitlines()[1:]
    return [line.partition(" ")[2].strip() for line in lines]


def ask(sandbox, times=1, path="/devices/list", **params):
    with sandbox.http() as client:
        for _ in range(times):
            client.get(path, params=params)


def test_equal_requests_are_one_line(sandbox):
    """With how many there are, and when the last was."""
    ask(sandbox, 40)

    assert told(sandbox) == ["request  GET /devices/list () → 200 (40 times until 12:00:00.000)"]


def test_two_keep_their_lines(sandbox):
    """One line with a count is no shorter."""
    ask(sandbox, 2)

    assert told(sandbox) == ["request  GET /devices/list () → 200"] * 2


def test_polls_of_the_sdk_and_the_waits_between_them(sandbox):
    """The wait is told once; what the last look saw stands by itself."""
    door = sandbox.create_device(name="GARAGE")
    sandbox.client().locks.unlock_door(
        device_id=door.device_id, wait_for_action_attempt={"timeout": 60, "polling_interval": 0.5}
    )

    polls = [line for line in told(sandbox) if "action_attempts/get" in line]

    wait = "0.500 s passed until the client looked at the action attempt again"
    assert len(polls) == 2
    assert polls[0].endswith(f"→ 200 pending (59 times until 12:00:29.500, between them: {wait})")
    assert polls[1].endswith("→ 200")


def test_step_that_broke_is_never_folded(sandbox):
    """The request that broke the test keeps its line, and those around it have one each side."""
    sandbox.create_device(name="GARAGE")
    ask(sandbox, 9, "/devices/get", name="none")
    broke = sandbox.requests[4].request_id

    lines = [line for line in told(sandbox, Failure("none", broke)) if "devices/get" in line]

    assert [line.partition("404")[2].partition("(")[2] for line in lines] == [
        "4 times until 12:00:00.000)",
        "",
        "4 times until 12:00:00.000)",
    ]
    assert [line[0] for line in lines] == ["!", ">", "!"]


def test_sdk_that_gives_up(sandbox):
    """The exception has its line, behind that of the polls."""
    door = sandbox.create_device(name="GARAGE")
    with pytest.raises(SeamActionAttemptTimeoutError) as caught:
        sandbox.client().locks.unlock_door(
            device_id=door.device_id, wait_for_action_attempt={"timeout": 5, "polling_interval": 0.5}
        )

    lines = told(sandbox, note_raised(sandbox.backend, caught.value))

    assert "→ 200 pending (10 times until 12:00:05.000, " in lines[-2]
    assert lines[-1].startswith("> raised   SeamActionAttemptTimeoutError")


@pytest.mark.parametrize(
    "between",
    [
        lambda sandbox: sandbox.create_device(name="GARAGE"),
        lambda sandbox: ask(sandbox, limit=3),
        lambda sandbox: ask(sandbox, path="/phones/list"),
        lambda sandbox: sandbox.clock.advance(1),
    ],
    ids=["event", "other parameters", "other path", "wait"],
)
def test_what_differs_ends_a_run(sandbox, between):
    """Each side has its own."""
    ask(sandbox, 3)
    between(sandbox)
    ask(sandbox, 3)

    equal = "request  GET /devices/list () → 200 (3 times until 12:00:0"
    lines = told(sandbox)
    assert [lines[0][:-6], lines[-1][:-6]] == [equal, equal]
    assert len(lines) >= 3


def test_answer_that_changes_ends_a_run(sandbox):
    """Three are refused, the fourth is not."""
    sandbox.faults.fail("/devices/list", times=3)
    ask(sandbox, 4)

    assert told(sandbox)[1:] == [
        "! request  GET /devices/list () → 503 fault: fail (3 times until 12:00:00.000)",
        "request  GET /devices/list () → 200",
    ]


def test_waits_that_differ_end_a_run(sandbox):
    """A program that waits longer each time is told of with each wait."""
    for seconds in (1, 1, 1, 2, 2):
        ask(sandbox)
        sandbox.clock.advance(seconds)

    assert told(sandbox) == [
        "request  GET /devices/list () → 200 (4 times until 12:00:03.000, between them: advanced by 1 s)",
        "clock    advanced by 2 s",
        "request  GET /devices/list () → 200",
        "clock    advanced by 2 s",
    ]


def test_polls_past_midnight(sandbox):
    """The last one has its date then."""
    for _ in range(3):
        ask(sandbox)
        sandbox.clock.advance(8 * 3600)

    assert "(3 times until 2030-02-01T04:00:00.000, between them: advanced by 28800 s)" in told(sandbox)[0]


def test_folded_entries_that_are_left_out_are_counted(sandbox):
    """As entries, by their kinds."""
    for _ in range(10):
        ask(sandbox)
        sandbox.clock.advance(1)
    for number in range(20):
        sandbox.backend.note("other", str(number))

    text = render_timeline(sandbox.backend.history(), most=20)

    assert text.startswith("… 21 earlier entries (11 clock, 10 request)\n")


def test_picture_has_one_mark_with_the_count_among_its_details(sandbox):
    """A lane is as long as there are lines."""
    ask(sandbox, 40)

    drawn = picture_of(sandbox.backend, "it")

    assert len(drawn["entries"]) == 2
    details = drawn["entries"][1][7]
    assert (details["times"], details["until"]) == ("40", "12:00:00.000")


@settings(deadline=None)
@given(st.lists(st.sampled_from(["list", "refused", "wait", "long wait", "event"]), max_size=30))
def test_nothing_is_lost(steps):
    """Unfolded again, the lines are those that there were."""
    sandbox = Sandbox()
    sandbox.clock.freeze(NOON)
    ways = {
        "list": lambda: ask(sandbox),
        "refused": lambda: ask(sandbox, path="/devices/get"),
        "wait": lambda: sandbox.clock.advance(1),
        "long wait": lambda: sandbox.clock.advance(5),
        "event": lambda: sandbox.create_device(name="GARAGE"),
    }
    for step in steps:
        ways[step]()
    lines = lines_of(sandbox.backend.history(), nameless)

    folded = with_polls_folded(lines)

    again = []
    for line in folded:
        asked = [line.text.rpartition(" (")[0]] if line.folded else [line.text]
        wait = line.text.rpartition("between them: ")[2].removesuffix(")")
        times = int(line.details["times"]) if line.folded else 1
        again += (asked + ([wait] if line.folded and "clock" in line.folded else [])) * (times - 1) + asked
    assert again == [line.text for line in lines]
    assert sum(line.folded.total() if line.folded else 1 for line in folded) == len(lines)
    kept = [line.text for line in folded]
    assert all(len(list(equal)) < 3 for text, equal in groupby(kept) if text.startswith("GET"))
