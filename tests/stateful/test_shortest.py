"""Transcripts are short: what Hypothesis has left in, and the failure does not need, is not in them."""

import httpx
import hypothesis
import pytest
from hypothesis import Phase, settings
from seam import SeamHttpApiError

from pytest_seam_sandbox.stateful import SandboxMachine, devices, precondition, rule
from stateful.running import QUICK, failure_of, steps_of

UNSHRUNK = settings(QUICK, derandomize=False, stateful_step_count=30, phases=[Phase.generate])
SEEDS = range(6)


class Opens(SandboxMachine):
    """Fails at a door that is online, however often it was offline before."""

    hub_disconnections = removals = account_losses = clock_moves = False

    @rule(device=devices)
    def open(self, device):
        assert not self.sandbox.get_device(device).properties.online


class Greets(SandboxMachine):
    """Fails while somebody is here, who comes and goes by the same rule."""

    hub_disconnections = removals = account_losses = clock_moves = False

    def start(self):
        self.is_here = False

    @rule()
    def come_or_go(self):
        self.is_here = not self.is_here

    @rule()
    def greet(self):
        assert not self.is_here


class Tires(SandboxMachine):
    """Fails when both of its calls have gone wrong."""

    disconnections = hub_disconnections = removals = subscription_expirations = account_losses = clock_moves = False
    pending_attempts = False
    faults = ("/devices/list", "/locks/list")
    fault_kinds = ("fail",)

    def start(self):
        self.seam = self.sandbox.client()
        self.wrong = set()

    def call(self, function):
        try:
            function()
        except (httpx.HTTPError, SeamHttpApiError):
            self.wrong.add(function)
        assert len(self.wrong) < len(self.faults)

    @rule()
    def look_at_devices(self):
        self.call(self.seam.devices.list)

    @rule()
    def look_at_locks(self):
        self.call(self.seam.locks.list)


class Enters(SandboxMachine):
    """Fails at a step that is possible after another one only."""

    hub_disconnections = removals = account_losses = clock_moves = False

    def start(self):
        self.has_key = False

    @rule()
    def take_key(self):
        self.has_key = True

    @precondition(lambda self: self.has_key)
    @rule()
    def enter(self):
        raise AssertionError


def shown_by(machine, seed):
    """The steps in the transcript of a failure that Hypothesis has not shrunk."""
    seeded = hypothesis.seed(seed)(type(machine.__name__, (machine,), {"__module__": __name__}))
    return steps_of(failure_of(seeded, UNSHRUNK))


@pytest.mark.parametrize("seed", SEEDS)
def test_outage_that_begins_and_ends_without_effect_is_not_shown(seed):
    """Neither its beginning nor its end can be left out alone."""
    assert shown_by(Opens, seed) == ["  1. open(device=GARAGE)"]


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_that_undo_each_other_are_not_shown(seed):
    """Two steps of which none can be left out alone are left out together."""
    assert shown_by(Greets, seed) == ["  1. come_or_go()", "  2. greet()"]


@pytest.mark.parametrize("seed", SEEDS)
def test_call_that_only_uses_up_a_fault_is_not_shown(seed):
    """A run begins a fault when the one before is over; its transcript needs no call for that."""
    steps = shown_by(Tires, seed)

    assert len(steps) == 4
    assert sum("look_at_" in step for step in steps) == 2


def test_step_that_makes_another_one_possible_is_shown():
    """Without it the failing step could not be taken, so that nothing is told by leaving it out."""
    assert shown_by(Enters, 0) == ["  1. take_key()", "  2. enter()"]
