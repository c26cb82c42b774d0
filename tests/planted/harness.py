"""Takes a planted app through an example, a strategy, a machine and a sweep, all made from its module.

A module says what is wrong (BUG, WRONG), in which sandbox (WORLD, DEVICES, SETTINGS), which call is best broken
(TARGET) and how its sweep differs from the usual one (SWEEP). It has the classes Correct and Buggy,
`make(kind, sandbox)` for either, `example(app, sandbox)`, the test that its author would write, and of these:
`work(app, sandbox)`, what people do with it; `scenario(app, sandbox)`, its work for the sweep;
`right_now(app, sandbox)`, what holds after each turn of its loop in which Seam answered;
`in_the_end(app, sandbox)`, what holds when all is healed and it had time.
"""

import os
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.engine.fault_kinds import FAULT_KINDS
from pytest_seam_sandbox.outages import DEFAULT_KINDS, possible_outages
from pytest_seam_sandbox.stateful import SandboxMachine, eventually, rule
from pytest_seam_sandbox.strategies import fault_plans, outage_plans, sandboxes
from pytest_seam_sandbox.sweep import sweep

EXAMPLES = int(os.environ.get("PLANTED_EXAMPLES", "10"))
ENOUGH = 1000
FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if "\nclass Buggy(" in path.read_text("utf-8"))


def nothing(app, sandbox):
    """For what a module does not have."""


@dataclass(frozen=True)
class Planted:
    """One pair of apps."""

    name: str
    module: ModuleType

    def get(self, name, default=nothing):
        return getattr(self.module, name, default)

    @property
    def place(self):
        """Where the app lives, as `sandboxes` takes it."""
        return {"world": self.get("WORLD", "empty"), "devices": self.get("DEVICES", ())}

    @property
    def settings(self):
        return self.get("SETTINGS", {})

    @property
    def targets(self):
        """What may meet faults: any call, and the one that matters most to the app."""
        return tuple(dict.fromkeys(("*", self.get("TARGET", "*"))))

    @contextmanager
    def sandbox(self):
        with Sandbox(world=self.place["world"], **self.settings) as sandbox:
            for device_type in self.place["devices"]:
                sandbox.create_device(device_type)
            sandbox.clock.freeze()
            yield sandbox

    def turn(self, app, sandbox):
        """Somebody uses the app, then its loop turns once."""
        self.get("work")(app, sandbox)
        if app.tick():
            self.get("right_now")(app, sandbox)

    def end(self, app, sandbox):
        """All is healed: the app gets time, then everything has to be right."""
        for _ in range(3):
            sandbox.clock.advance(61)
            got_through = app.tick()
        assert got_through
        self.get("right_now")(app, sandbox)
        self.get("in_the_end")(app, sandbox)


def planted(name):
    return Planted(name, import_module(f"planted.{name}"))


def run_example(pair, kind):
    """The test that the author of the app would write."""
    with pair.sandbox() as sandbox:
        pair.module.example(pair.module.make(kind, sandbox), sandbox)


def searching(examples, *, seed=None):
    """Settings for a search that ends with the first failure, which it neither shrinks nor explains."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=seed is None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )


def strategy_of(pair, kind, begins=nothing):
    """A property: the app works while a plan is played and calls go wrong."""

    @given(
        sandbox=sandboxes(**pair.place, **pair.settings),
        plan=outage_plans(**pair.place),
        faults=st.none() | fault_plans(pair.targets),
    )
    def test(sandbox, plan, faults):
        begins(plan, sandbox)
        app = pair.module.make(kind, sandbox)
        with faults.on(sandbox) if faults else nullcontext():
            plan.run(sandbox, lambda _: pair.turn(app, sandbox), every=1800)
        pair.end(app, sandbox)

    return test


def machine_of(pair, kind, begins=nothing):
    """A state machine: people use the app and its loop turns, between everything that a SandboxMachine does."""

    class Machine(SandboxMachine):
        world = pair.place["world"]
        device_types = pair.place["devices"]
        sandbox_settings = pair.settings
        faults = pair.targets

        def start(self):
            begins(self, self.sandbox)
            self.app = pair.module.make(kind, self.sandbox)

        @rule()
        def turn(self):
            pair.turn(self.app, self.sandbox)

        @eventually
        def all_is_well(self):
            pair.end(self.app, self.sandbox)

    Machine.__name__ = Machine.__qualname__ = f"{kind.__name__}_{pair.name}"
    return Machine


def run_strategy(pair, kind, chosen, begins=nothing, seeded=lambda test: test):
    chosen(seeded(strategy_of(pair, kind, begins)))()


def run_machine(pair, kind, chosen, begins=nothing, seeded=lambda test: test):
    run_state_machine_as_test(seeded(machine_of(pair, kind, begins)), settings=chosen)


def sweep_of(pair, kind, sandbox):
    """The sweep over the app's work: all outages that its devices can suffer, and all faults."""
    ways = {"kinds": DEFAULT_KINDS, "faults": FAULT_KINDS, **pair.get("SWEEP", {})}
    outages = possible_outages(sandbox, ways.pop("kinds"))
    return sweep(sandbox, outages=outages, **ways, app=lambda sandbox: pair.module.make(kind, sandbox))


def run_sweep(pair, trials):
    for trial in trials:
        with trial as sandbox:
            pair.get("scenario", two_turns(pair))(trial.app, sandbox)
            settle(pair, trial.app, sandbox)
            trial.heal()
            pair.end(trial.app, sandbox)


def two_turns(pair):
    def scenario(app, sandbox):
        for _ in range(2):
            pair.get("work")(app, sandbox)
            app.tick()

    return scenario


def settle(pair, app, sandbox):
    """What began after the last look of the app is not its fault: it gets one more look for each injection point."""
    for _ in range(2):
        try:
            return pair.get("right_now")(app, sandbox)
        except AssertionError:
            sandbox.clock.advance(61)
            app.tick()
    return pair.get("right_now")(app, sandbox)


def __getattr__(name):
    """The machine of a pair by its name, as a printed test imports it: `from planted.harness import Buggy_busy`."""
    kind, _, module = name.partition("_")
    if kind not in ("Buggy", "Correct") or module not in NAMES:
        raise AttributeError(name)
    pair = planted(module)
    return machine_of(pair, getattr(pair.module, kind))
