"""A sweep runs a scenario undisturbed, then once for each call, disruption and side of the call."""

from datetime import timedelta
from threading import Thread

import httpx
import pytest

from pytest_seam_sandbox.engine.limits import Limits
from pytest_seam_sandbox.outages import Disconnected
from pytest_seam_sandbox.sweep import SweepFailed, sweep
from sweep.desk import desk, run


def look_and_open(door):
    return lambda trial: (trial.app.look(door), trial.app.open(door))


def test_sweep_disturbs_every_call_before_and_after(seam_sweep, sandbox_device):
    """The outage begins before or after each call in turn, and what the program sees follows from that."""
    found = run(seam_sweep(disconnect=sandbox_device, app=desk), look_and_open(sandbox_device))

    assert found == {
        "undisturbed": (True, "open"),
        "disconnected(GARAGE) before call 1": (False, "closed"),
        "disconnected(GARAGE) after call 1": (True, "closed"),
        "disconnected(GARAGE) before call 2": (True, "closed"),
        "disconnected(GARAGE) after call 2": (True, "open"),
    }


async def scenario_of_async_program(trials, door):
    found = {}
    for trial in trials:
        async with trial:
            device = await trial.app.devices.get(device_id=door.device_id)
            found[trial.name] = device.properties.online
    return found


async def async_client(sandbox):
    return sandbox.async_client()


@pytest.mark.asyncio
@pytest.mark.parametrize("app", [async_client, lambda sandbox: sandbox.async_client()], ids=["coroutine", "function"])
async def test_async_program_is_swept_alike(seam_sweep, sandbox_device, app):
    """`async with trial`, and a factory that may be async, do the same for an AsyncSeam."""
    found = await scenario_of_async_program(seam_sweep(disconnect=sandbox_device, app=app), sandbox_device)

    assert found == {
        "undisturbed": True,
        "disconnected(GARAGE) before call 1": False,
        "disconnected(GARAGE) after call 1": True,
    }


@pytest.mark.asyncio
async def test_async_program_that_breaks_is_reported(seam_sweep, sandbox_device):
    """A failure inside `async with trial` is kept until the loop ends, then raised."""
    with pytest.raises(SweepFailed, match="disconnected\\(GARAGE\\) before call 1 \\(GET /devices/get\\)"):
        for trial in seam_sweep(disconnect=sandbox_device, app=async_client):
            async with trial:
                assert (await trial.app.devices.get(device_id=sandbox_device.device_id)).properties.online


@pytest.mark.parametrize("when", ["before", "after"])
def test_when_chooses_the_side(seam_sweep, sandbox_device, when):
    """`when="before"` leaves out the injection points after calls, and the other way round."""
    found = run(seam_sweep(disconnect=sandbox_device, app=desk, when=when), look_and_open(sandbox_device))

    assert list(found)[1:] == [f"disconnected(GARAGE) {when} call 1", f"disconnected(GARAGE) {when} call 2"]


def test_outage_lasts_to_the_end_of_the_block(seam_sweep, seam_sandbox, sandbox_device):
    """Inside the block the device stays offline; the trial that follows finds it online."""
    states = []
    for trial in seam_sweep(disconnect=sandbox_device, app=desk, when="before"):
        states.append(seam_sandbox.get_device(sandbox_device).properties.online)
        with trial as sandbox:
            trial.app.look(sandbox_device)
            states.append(sandbox.get_device(sandbox_device).properties.online)

    assert states == [True, True, True, False]


def test_heal_ends_the_outage(seam_sweep, sandbox_device):
    """After `trial.heal()` everything is well again, so that the end can be asserted; its events are there."""
    seen = []
    for trial in seam_sweep(disconnect=sandbox_device, app=desk):
        with trial as sandbox:
            trial.app.open(sandbox_device)
            trial.heal()
            assert trial.app.open(sandbox_device) == "open"
            seen.append([event.event_type for event in sandbox.events if "connected" in event.event_type][-2:])

    assert seen[1:] == [["device.disconnected", "device.connected"]] * 2


def test_calls_after_heal_are_no_injection_points(seam_sweep, sandbox_device):
    """What is asserted in the end is not disturbed."""
    trials = seam_sweep(disconnect=sandbox_device, app=desk)
    for trial in trials:
        with trial:
            trial.app.open(sandbox_device)
            trial.heal()
            trial.app.look(sandbox_device)

    assert trials.calls == [("POST", "/locks/unlock_door")]


def test_lasting_counts_the_calls_of_the_outage(seam_sweep, sandbox_device):
    """`lasting=1`: an outage before a call is over when that call is answered, one after it when the next is."""
    found = run(
        seam_sweep(disconnect=sandbox_device, app=desk, lasting=1),
        lambda trial: [trial.app.look(sandbox_device) for _ in range(3)],
    )

    assert found["disconnected(GARAGE) before call 2"] == [True, False, True]
    assert found["disconnected(GARAGE) after call 1"] == [True, False, True]


def test_every_trial_begins_in_the_same_state(seam_sweep, sandbox_device):
    """Rows, events, requests and ids are those of the start, whatever the trials before have done."""
    starts = []
    for trial in seam_sweep(disconnect=sandbox_device, app=desk):
        with trial as sandbox:
            events, requests, name = sandbox.events, sandbox.requests, sandbox.get_device(sandbox_device).display_name
            starts.append((events, requests, name, sandbox.create_user_identity()))
            trial.app.seam.devices.update(device_id=sandbox_device.device_id, name="CHANGED")
            trial.app.open(sandbox_device)

    assert [start[:3] for start in starts] == [starts[0][:3]] * 5
    assert {start[3].user_identity_id for start in starts} == {starts[0][3].user_identity_id}


def test_rate_limits_begin_anew(seam_sandbox, sandbox_device):
    """What a trial has used of Seam's rate limits is given back to the next one."""
    seam_sandbox.embedded.app.settings = seam_sandbox.embedded.app.settings.__class__(rate_limits=True)

    found = run(
        sweep(seam_sandbox, faults=["slow"], app=desk), lambda trial: [trial.app.open(sandbox_device) for _ in range(6)]
    )

    assert set(map(tuple, found.values())) == {("open",) * 6}


def test_state_after_the_loop_is_the_one_before_it(seam_sweep, seam_sandbox, sandbox_device):
    """A sweep leaves no trace in the sandbox."""
    before = seam_sandbox.events, seam_sandbox.requests

    run(seam_sweep(disconnect=sandbox_device, app=desk), look_and_open(sandbox_device))

    assert (seam_sandbox.events, seam_sandbox.requests) == before


def test_app_is_built_anew_for_each_trial(seam_sweep, sandbox_device):
    """Each trial has an app of its own, and the calls that it makes while it is built are no injection points."""
    apps = []
    trials = seam_sweep(disconnect=sandbox_device, app=lambda sandbox: [sandbox.client().devices.list()])
    for trial in trials:
        with trial as sandbox:
            sandbox.client().locks.list()
            apps.append(trial.app)

    assert len({id(app) for app in apps}) == 3
    assert trials.calls == [("GET", "/locks/list")]


def test_sweep_inside_an_outage_leaves_it_alone(seam_sweep, seam_sandbox, sandbox_device):
    """What was broken before the loop is broken in each trial, and heals after it."""
    other = seam_sandbox.create_device(name="CELLAR")

    with seam_sandbox.disconnected(other) as outage:
        found = run(seam_sweep(disconnect=sandbox_device, app=desk), lambda trial: trial.app.look(other))

    assert set(found.values()) == {False}
    outage.expect_event("device.connected", device_id=other.device_id, count=1)


@pytest.mark.parametrize("heals", [True, False], ids=["heal", "end of the block"])
@pytest.mark.parametrize("lasting", [None, 1])
def test_recovery_that_goes_wrong_fails_the_trial(seam_sweep, sandbox_device, monkeypatch, heals, lasting):
    """The normal outage asserts the recovery, wherever it ends."""

    def goes_wrong(self):
        raise AssertionError("it did not come back")

    monkeypatch.setattr(Disconnected, "_assert_healed", goes_wrong)

    with pytest.raises(SweepFailed, match="before call 1 .* broke the program: AssertionError: it did not come back"):
        for trial in seam_sweep(disconnect=sandbox_device, app=desk, lasting=lasting):
            with trial:
                trial.app.look(sandbox_device)
                trial.heal() if heals else None


def test_recovery_that_goes_wrong_is_a_note_of_the_failure(seam_sweep, sandbox_device, monkeypatch):
    """The failure of the program comes first."""
    monkeypatch.setattr(Disconnected, "error_code", "device_disconnected")
    monkeypatch.setattr(Disconnected, "_assert_healed", lambda self: self._expect_none("device.connected"))

    with pytest.raises(SweepFailed) as caught:
        for trial in seam_sweep(disconnect=sandbox_device, app=desk):
            with trial:
                assert trial.app.look(sandbox_device), "the program broke"

    assert str(caught.value.__cause__).startswith("the program broke")
    assert any("did not end well" in note for note in caught.value.__cause__.__notes__)


def test_entry_that_goes_wrong_fails_the_trial(seam_sweep, sandbox_device, monkeypatch):
    """It is not raised in the program, which might swallow it, but when the block ends."""

    def goes_wrong(self):
        raise AssertionError("no event came")

    monkeypatch.setattr(Disconnected, "_assert_broken", goes_wrong)

    with pytest.raises(SweepFailed, match="broke the program: AssertionError: no event came"):
        run(seam_sweep(disconnect=sandbox_device, app=desk), lambda trial: trial.app.open(sandbox_device))


@pytest.mark.parametrize("fault", ["lose_answer", "reset", "garbage"])
def test_program_behind_the_server_is_swept_alike(seam_sweep, seam_sandbox, seam_server, sandbox_device, fault):
    """Calls are counted and disturbed whatever transport they come through; on the wire faults are real."""
    found = {}
    for trial in seam_sweep(disconnect=sandbox_device, faults=fault, when="after"):
        headers = {"authorization": f"Bearer {seam_sandbox.api_key}"}
        with trial as sandbox, httpx.Client(base_url=seam_server, headers=headers) as http:
            spoilt = False
            try:
                http.post("/locks/unlock_door", json={"device_id": sandbox_device.device_id}).json()
            except (httpx.TransportError, ValueError):
                spoilt = True
            unlocked = [event for event in sandbox.events if event.event_type == "lock.unlocked"]
            found[trial.name] = (spoilt, len(unlocked), sandbox.get_device(sandbox_device).properties.online)

    assert found == {
        "undisturbed": (False, 1, True),
        "disconnected(GARAGE) after call 1": (False, 1, False),
        f"{fault} after call 1": (True, 1, True),
    }


def test_request_of_another_thread_waits_while_the_state_goes_back(
    seam_sweep, seam_sandbox, sandbox_device, monkeypatch
):
    """It is answered from the state in which the loop began, and the history keeps it."""
    client, threads = seam_sandbox.client(), []

    def limits():  # is called between the return of the rows and the cut of the history
        threads.append(Thread(target=client.devices.list, kwargs={"search": f"thread {len(threads)}"}))
        threads[-1].start()
        threads[-1].join(0.05)
        return Limits()

    monkeypatch.setattr("pytest_seam_sandbox.sweep.loop.Limits", limits)
    for trial in seam_sweep(disconnect=sandbox_device, app=desk):
        threads[-1].join()
        with trial:
            trial.app.look(sandbox_device)

    threads[-1].join()
    assert seam_sandbox.requests[-1].params == {"search": f"thread {len(threads) - 1}"}


@pytest.mark.parametrize("frozen", [False, True])
def test_trials_begin_at_the_same_time(seam_sweep, seam_sandbox, sandbox_device, frozen):
    """Each trial begins when the loop began, however long the others took; afterwards the clock shows the latest time."""
    if frozen:
        seam_sandbox.clock.freeze()
    began, times = seam_sandbox.clock.now(), []
    for trial in seam_sweep(disconnect=sandbox_device, app=desk):
        with trial as sandbox:
            times.append(sandbox.clock.now() - began)
            trial.app.look(sandbox_device)
            sandbox.clock.advance(3600 * len(times))

    assert len(times) == 3
    assert max(times) < timedelta(minutes=1)
    assert timedelta(hours=3) <= seam_sandbox.clock.now() - began < timedelta(hours=4)


class Poller:
    """Asks for the events since its last look, and for everything when that was long ago."""

    def __init__(self, seam, now, cursor):
        self.seam, self.now, self.cursor = seam, now, cursor

    def poll(self):
        if self.now() - self.cursor > timedelta(minutes=10):
            self.seam.devices.list()
        self.seam.events.list(since=self.cursor.isoformat())
        self.cursor = self.now()


def test_poller_with_a_cursor_makes_the_same_calls_each_time(seam_sweep, seam_sandbox, sandbox_device):
    """What depends on the time since the loop began is the same in every trial."""
    began = seam_sandbox.clock.now()
    trials = seam_sweep(
        disconnect=sandbox_device, app=lambda sandbox: Poller(sandbox.client(), sandbox.clock.now, began)
    )
    for trial in trials:
        with trial as sandbox:
            trial.app.poll()
            sandbox.clock.advance(400)
            trial.app.poll()

    assert [result.calls for result in trials.results] == [[("GET", "/events/list")] * 2] * 4
