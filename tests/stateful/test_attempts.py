"""Strategies and machines vary how action attempts end, so that what works with instant ones alone is found."""

import pytest
from hypothesis import given, settings
from seam import SeamActionAttemptFailedError

from pytest_seam_sandbox import SandboxError
from pytest_seam_sandbox.stateful import SandboxMachine, devices, invariant, rule
from pytest_seam_sandbox.strategies import sandboxes
from pytest_seam_sandbox.strategies.plans import OutagePlan, PlannedOutage
from stateful.running import QUICK, failure_of, printed_test, repeat, run_state_machine_as_test, simplest, steps_of

POLL = "the sandbox has action_attempts='poll'"


class Hasty(SandboxMachine):
    """Takes the first answer for the end of an attempt, and what is no success for a failure."""

    disconnections = hub_disconnections = removals = subscription_expirations = account_losses = clock_moves = False

    def start(self):
        self.seam = self.sandbox.client()
        self.opened = 0

    @rule(device=devices)
    def unlock(self, device):
        attempt = self.seam.locks.unlock_door(device_id=device.device_id, wait_for_action_attempt=False)
        self.opened += attempt.status == "success"

    @invariant()
    def counts_what_opened(self):
        assert self.opened == len([event for event in self.sandbox.events if event.event_type == "lock.unlocked"])


class Patient(Hasty):
    """Lets the SDK wait."""

    disconnections = True

    @rule(device=devices)
    def unlock(self, device):
        try:
            self.seam.locks.unlock_door(device_id=device.device_id)
        except SeamActionAttemptFailedError:
            return
        self.opened += 1


class Breaks(Patient):
    """Has a bug that does not depend on how attempts end."""

    @rule(device=devices)
    def unlock(self, device):
        self.seam.locks.unlock_door(device_id=device.device_id)
        self.opened += 1


def test_app_that_needs_instant_attempts_is_found():
    """The transcript says how attempts end, and the test that repeats it says so."""
    error = failure_of(Hasty)

    assert steps_of(error) == [f"  1. {POLL}", "  2. unlock(device=GARAGE)"]
    assert "machine.set_action_attempts(when='poll')\n" in printed_test(error)
    with pytest.raises(AssertionError):
        repeat(error)


def test_app_that_waits_is_right():
    """Waiting for an attempt costs sandbox time alone, and finds it ended."""
    run_state_machine_as_test(Patient, settings=QUICK)


def test_transcript_of_another_bug_does_not_tell_it():
    """What the failure does not need is left out: attempts are instant then."""
    assert steps_of(failure_of(Breaks)) == ["  1. GARAGE loses its connection", "  2. unlock(device=GARAGE)"]


@pytest.mark.parametrize("name", ["pending_attempts", "sandbox_settings"])
def test_switch_of_the_machine(name):
    """With the switch off, or the setting given, attempts are instant in every run."""
    value = {"pending_attempts": False, "sandbox_settings": {"action_attempts": "instant"}}[name]

    run_state_machine_as_test(type("Off", (Hasty,), {name: value, "__module__": __name__}), settings=QUICK)


def test_setting_of_the_machine_needs_no_step():
    """What sandbox_settings say holds from the start."""

    class Polling(Hasty):
        sandbox_settings = {"action_attempts": "poll"}  # noqa: RUF012 - as a user writes it

    assert steps_of(failure_of(Polling)) == ["  1. unlock(device=GARAGE)"]


def test_machine_takes_each_way():
    """Instant, at the next look and after a delay that the SDK waits for; the run's own steps come after it."""
    seen = set()

    class Looks(Hasty):
        @rule()
        def look(self):
            seen.add(self.sandbox.embedded.app.settings.action_attempts)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Looks, settings=settings(QUICK, max_examples=100))

    class Calm(Looks):
        unlock = None

    run_state_machine_as_test(Calm, settings=QUICK)

    assert seen == {"instant", "poll", 3}


def test_step_refuses_what_is_no_setting():
    """The step takes what the setting takes."""
    with pytest.raises(SandboxError, match="action_attempts"), Hasty.again() as machine:
        machine.set_action_attempts(when="pol")


def test_sandboxes_vary():
    """Each way is drawn, the simplest is instant, and what is printed says any other."""
    seen = set()

    @settings(QUICK)
    @given(sandbox=sandboxes())
    def prop(sandbox):
        door = sandbox.devices[0]
        with sandbox.http() as http:
            answer = http.post("/locks/unlock_door", json={"device_id": door.device_id}).json()
        seen.add((repr(sandbox), answer["action_attempt"]["status"]))

    prop()

    assert seen == {
        ("Sandbox(world='empty', devices=1)", "success"),
        ("Sandbox(world='empty', devices=1, action_attempts='poll')", "pending"),
        ("Sandbox(world='empty', devices=1, action_attempts=3)", "pending"),
    }
    assert repr(simplest(sandboxes())) == "Sandbox(world='empty', devices=1)"


@pytest.mark.parametrize("given_", ["instant", "poll", "5"])
def test_sandboxes_take_the_setting(given_):
    """What is given does not vary."""
    seen = set()

    @settings(QUICK)
    @given(sandbox=sandboxes(action_attempts=given_))
    def prop(sandbox):
        seen.add(sandbox.embedded.app.settings.action_attempts)

    prop()

    assert seen == {{"5": 5.0}.get(given_, given_)}


def test_clock_of_sandboxes_stands():
    """A plan moves it, and each moment is at its time, in each example alike."""
    seen = set()
    plan = OutagePlan([PlannedOutage("disconnected", "GARAGE", start=7, duration=20)])

    @settings(QUICK)
    @given(sandbox=sandboxes())
    def prop(sandbox):
        began = sandbox.clock.now()
        times = []
        plan.run(sandbox, lambda _: times.append((sandbox.clock.now() - began).total_seconds()), every=10)
        seen.add(tuple(times))
        assert sandbox.events[-1].occurred_at == sandbox.clock.now().isoformat(timespec="milliseconds")[:-6] + "Z"

    prop()

    assert seen == {(0, 7, 10, 20, 27)}
