"""How far the runs of a state machine are, for whoever looks."""

from contextlib import contextmanager

import pytest
from hypothesis import assume, settings
from hypothesis import strategies as st

from pytest_seam_sandbox.stateful import SandboxMachine, rule
from pytest_seam_sandbox.watch import Watch
from stateful.running import QUICK


@pytest.fixture
def told():
    """What is said of how far the work is."""
    texts = []

    @contextmanager
    def work():
        yield lambda text: texts.append(text("test_it", 2.04))

    watch = Watch()
    watch.progress = work
    watch.begin()
    yield texts
    watch.end()


def run(machine, most):
    machine.TestCase.settings = settings(QUICK, max_examples=most)
    machine.TestCase("runTest").debug()


def test_runs_that_are_given_up_are_no_examples(told):
    """Hypothesis makes others in their place, so the last example is the last of those that it announced."""

    class Choosy(SandboxMachine):
        @rule(number=st.integers(0, 4))
        def choose(self, number):
            assume(number != 0)

    run(Choosy, 20)

    assert len(told) > 20
    assert told[-1] == "machine Choosy: example 20 of 20, 2.0 s"


def test_nobody_knows_how_many_runs_a_failure_takes(told):
    """While Hypothesis reduces it, their number is not known before."""

    class Broken(SandboxMachine):
        @rule(number=st.integers(0, 4))
        def choose(self, number):
            assert number == 0

    with pytest.raises(AssertionError):
        run(Broken, 200)

    assert told[-1].startswith("machine Broken: example ")
    assert told[-1].endswith(", has failed, 2.0 s")
    assert "of 200" not in told[-1]
