"""The sandbox clock beside other tools for time, and the order in which it does what is due."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine
from freezegun import freeze_time

from pytest_seam_sandbox import ExpectationFailed, Sandbox
from pytest_seam_sandbox.stateful import SandboxMachine
from pytest_seam_sandbox.strategies import OutagePlan, PlannedOutage

NEW_YEAR = datetime(2031, 1, 1, tzinfo=UTC)


def test_clock_runs_with_a_frozen_wall_clock():
    """Under freezegun the sandbox shows freezegun's time, and moves on its own as well."""
    with freeze_time(NEW_YEAR) as wall:
        sandbox = Sandbox()
        first = sandbox.clock.now()
        wall.tick(timedelta(seconds=5))
        sandbox.clock.advance(60)
        second = sandbox.clock.now()

    assert (first, second) == (NEW_YEAR, NEW_YEAR + timedelta(seconds=65))


def test_clock_travels_with_time_machine():
    """Under time-machine the sandbox goes where the process goes; events carry that time."""
    with time_machine.travel(NEW_YEAR, tick=False) as traveller:
        sandbox = Sandbox()
        traveller.shift(timedelta(days=1))
        sandbox.create_device()

    assert {event.created_at for event in sandbox.events} == {"2031-01-02T00:00:00.000Z"}


@pytest.mark.parametrize("travel", [freeze_time, lambda at: time_machine.travel(at, tick=False)])
def test_clock_stays_when_the_wall_clock_goes_back(travel):
    """A tool that takes the process into the past does not take the sandbox with it."""
    sandbox = Sandbox()
    before = sandbox.clock.now()

    with travel(datetime(2001, 1, 1, tzinfo=UTC)):
        during = sandbox.clock.now()

    assert before <= during <= before + timedelta(seconds=5)


def test_frozen_sandbox_ignores_the_wall_clock():
    """A sandbox clock that stands does not move with the process."""
    sandbox = Sandbox()
    sandbox.clock.freeze(NEW_YEAR)

    with time_machine.travel(NEW_YEAR + timedelta(days=365), tick=False):
        assert sandbox.clock.now() == NEW_YEAR


def test_due_work_happens_in_order_and_carries_its_time():
    """Attempts, codes and plans that become due in one move do so at their own times, one after the other."""
    sandbox = Sandbox(action_attempts=90)
    lock, nuki = sandbox.create_device(), sandbox.create_device("nuki_lock")
    sandbox.clock.freeze(NEW_YEAR)
    client = sandbox.client()
    client.locks.unlock_door(device_id=lock.device_id, wait_for_action_attempt=False)
    sandbox.create_access_code(
        lock, code="4711", starts_at=NEW_YEAR + timedelta(minutes=2), ends_at=NEW_YEAR + timedelta(minutes=3)
    )
    mark = len(sandbox.events)

    sandbox.clock.advance(timedelta(hours=1))

    due = [(event.event_type, event.created_at[11:19]) for event in sandbox.events[mark:]]
    assert due[:2] == [
        ("lock.unlocked", "00:01:30"),
        ("action_attempt.unlock_door.succeeded", "00:01:30"),
    ]
    assert [at for _, at in due] == sorted(at for _, at in due)
    assert {("access_code.removed_from_device", "00:03:00")} <= set(due)
    assert nuki.properties.online


def test_run_until_idle_stops_at_the_last_due_time():
    """Nothing is left to do, and the clock stands where the last work was due."""
    sandbox = Sandbox(action_attempts=30)
    lock = sandbox.create_device()
    sandbox.clock.freeze(NEW_YEAR)
    sandbox.client().locks.unlock_door(device_id=lock.device_id, wait_for_action_attempt=False)

    sandbox.clock.run_until_idle()

    assert sandbox.clock.now() == NEW_YEAR + timedelta(seconds=30)
    sandbox.expect_event("action_attempt.unlock_door.succeeded", count=1)


def test_the_first_moment_is_a_moment_like_any_other():
    """At the beginning of 1970, where many programs stop their clock, rows have times and events are found."""
    with freeze_time("1970-01-01"), Sandbox() as sandbox, sandbox.http() as http:
        device = sandbox.create_device()
        event = http.get("/events/get", params={"device_id": device.device_id}).json()["event"]

    assert device.created_at == event["created_at"] == "1970-01-01T00:00:00.000Z"


PAST = datetime(2001, 1, 1, tzinfo=UTC)


def frozen(at):
    return freeze_time(at)


def frozen_and_ticking(at):
    return freeze_time(at, tick=True)


def travelled(at):
    return time_machine.travel(at, tick=False)


@pytest.fixture(params=[frozen, frozen_and_ticking, travelled], ids=lambda tool: tool.__name__)
def in_the_past(request):
    """The wall clock is taken into the past after the sandbox was made, as a decorator of a test does."""
    sandbox = Sandbox(world="house", action_attempts=30, event_latency=5, rate_limits=True)
    sandbox.clock.now()
    with request.param(PAST):
        yield sandbox


@pytest.fixture
def began(in_the_past):
    """The sandbox time at the start of the test."""
    return in_the_past.clock.now()


@pytest.fixture
def passes(in_the_past, began, request):
    """Whether so many sandbox seconds have passed since the start; more are fine where the wall clock ticks."""

    def check(seconds):
        passed = (in_the_past.clock.now() - began).total_seconds()
        return passed == seconds or (passed > seconds and "ticking" in request.node.callspec.id)

    return check


def unlock(sandbox):
    client = sandbox.client()
    door = client.devices.list()[0].device_id
    return client.locks.unlock_door(device_id=door, wait_for_action_attempt=False)


def test_advance_in_the_past(in_the_past, passes):
    """A move is seen in full, and what becomes due is done."""
    unlock(in_the_past)

    in_the_past.clock.advance(36)

    assert passes(36)
    in_the_past.expect_event("lock.unlocked", count=1)


def test_run_until_idle_in_the_past(in_the_past, passes):
    """It ends, at the time at which the last event shows."""
    unlock(in_the_past)

    in_the_past.clock.run_until_idle()

    assert passes(35)
    in_the_past.expect_event("lock.unlocked", count=1)


def test_expectation_waits_in_the_past(in_the_past, passes):
    """Waiting for a late event moves the clock."""
    unlock(in_the_past)

    in_the_past.expect_event("lock.unlocked", within=40)

    assert passes(36)


def test_expectation_waits_no_longer_than_it_is_told(in_the_past, passes):
    """What does not come is waited for to the limit."""
    with pytest.raises(ExpectationFailed, match=r"waited 0\.02 s"):
        in_the_past.expect_event("lock.unlocked", within=0.02)

    assert passes(0.02)


def test_freeze_and_resume_in_the_past(in_the_past, began, passes):
    """The clock stands at a later time, moves from there, and runs on from there."""
    in_the_past.clock.freeze(began + timedelta(days=1))
    in_the_past.clock.advance(31)
    standing = in_the_past.clock.now()
    in_the_past.clock.resume()

    assert standing == began + timedelta(days=1, seconds=31)
    assert passes(86431)


def test_slow_answer_in_the_past(in_the_past, passes):
    """What takes time takes it on the sandbox clock."""
    with in_the_past.http(timeout=20) as http, in_the_past.faults.slow("/devices/list", 7):
        http.post("/devices/list")

    assert passes(7)


def test_timeout_in_the_past(in_the_past, passes):
    """A client waits for its own limit, on the sandbox clock."""
    with (
        in_the_past.http(timeout=20) as http,
        in_the_past.faults.time_out("/devices/list"),
        pytest.raises(httpx.ReadTimeout),
    ):
        http.post("/devices/list")

    assert passes(20)


def test_retries_wait_in_the_past(in_the_past, passes):
    """The SDK waits as long as the answer says, and is not told that it came early."""
    client = in_the_past.client()

    with in_the_past.faults.rate_limit("/devices/list", retry_after=9):
        client.devices.list()

    assert passes(9)
    in_the_past.check()


def test_rate_limit_window_ends_in_the_past(in_the_past):
    """A minute that the clock is moved by is a minute for the limits."""
    with in_the_past.http() as http:
        code = {"device_id": in_the_past.create_device().device_id}
        statuses = [http.post("/access_codes/create", json=code).status_code for _ in range(200)]
        in_the_past.clock.advance(60)
        statuses.append(http.post("/access_codes/create", json=code).status_code)

    assert (statuses[0], statuses[-2], statuses[-1]) == (200, 429, 200)


def test_tokens_expire_in_the_past(in_the_past, began):
    """A client session ends after its lifetime in sandbox time."""
    with in_the_past.http() as http:
        until = (began + timedelta(hours=1)).isoformat()
        session = http.post("/client_sessions/create", json={"expires_at": until}).json()["client_session"]
    headers = {"client-session-token": session["token"], "authorization": ""}
    with in_the_past.http(headers=headers) as http:
        statuses = [http.post("/devices/list").status_code]
        in_the_past.clock.advance(3600)
        statuses.append(http.post("/devices/list").status_code)

    assert statuses == [200, 401]


def test_plan_is_played_in_the_past(in_the_past, passes):
    """Outages begin and end at their times; each waits for its event, which is 5 s late."""
    plan = OutagePlan([PlannedOutage("disconnected", "FRONT DOOR", start=60, duration=600)])

    moments = [
        (moment.at, passes(moment.at + (5 if moment.begun or moment.ended else 0)))
        for moment in plan.play(in_the_past, every=300)
    ]

    assert moments == [(0, True), (60, True), (300, True), (600, True), (660, True)]


def test_machine_runs_in_the_past():
    """A machine that was first used in the present goes on in the past, and its rules move the clock."""

    class Machine(SandboxMachine):
        world = "house"

    with Machine.again():
        pass
    with freeze_time(PAST), Machine.again() as machine:
        before = machine.sandbox.clock.now()
        machine.pass_time(seconds=60)
        passed = machine.sandbox.clock.now() - before

    assert passed == timedelta(seconds=60)


def test_wall_clock_that_comes_back_makes_no_jump():
    """After an excursion into the past, sandbox time is what the wall clock says, plus the moves."""
    with time_machine.travel(NEW_YEAR, tick=False) as traveller:
        sandbox = Sandbox()
        sandbox.clock.now()
        with freeze_time(PAST):
            sandbox.clock.advance(31)
        traveller.shift(60)

        assert sandbox.clock.now() == NEW_YEAR + timedelta(seconds=91)


@pytest.mark.parametrize(
    "make",
    [
        lambda sandbox, _: sandbox.create_device(),
        lambda sandbox, _: sandbox.create_connected_account(),
        lambda sandbox, _: sandbox.create_acs_system(),
        lambda sandbox, _: sandbox.create_phone(device_id="11111111-1111-4111-8111-111111111111"),
        lambda sandbox, webview: sandbox.complete_login(webview),
        lambda sandbox, webview: sandbox.fail_login(webview),
    ],
    ids=["device", "account", "access system", "phone", "login", "failed login"],
)
def test_what_a_test_makes_comes_after_what_was_due(make):
    """Where the wall clock has gone past the end of an attempt, that end still carries its own time, and comes first."""
    with time_machine.travel(NEW_YEAR, tick=False) as traveller:
        sandbox = Sandbox(action_attempts=30)
        lock, client = sandbox.create_device(), sandbox.client()
        webview = client.connect_webviews.create(accepted_providers=["august"]).connect_webview_id
        client.locks.unlock_door(device_id=lock.device_id, wait_for_action_attempt=False)
        mark = len(sandbox.events)
        traveller.shift(60)
        make(sandbox, webview)
        events = sandbox.events[mark:]

    assert events[0].event_type == "lock.unlocked"
    assert [event.created_at[14:19] for event in events] == ["00:30"] * 2 + ["01:00"] * (len(events) - 2)
