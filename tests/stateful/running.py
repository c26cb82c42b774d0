"""How tests run a state machine, what they take from its failure, and what a strategy shrinks to."""

from types import ModuleType

import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.stateful import run_state_machine_as_test

QUICK = settings(
    max_examples=60,
    stateful_step_count=8,
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


def simplest(strategy, condition=lambda _: True):
    """The value to which a strategy shrinks, of those that fit."""
    return find(strategy, condition, settings=settings(QUICK, max_examples=3000))


def failure_of(machine, limits=QUICK):
    """The exception with which a machine fails."""
    with pytest.raises(Exception) as found:  # noqa: PT011 - whatever it is, the note is looked at
        run_state_machine_as_test(machine, settings=limits)
    return found.value


def transcript_of(error):
    """What a failing machine says."""
    return next(note for note in error.__notes__ if note.startswith("What happened"))


def printed_test(error):
    """The test that a failing machine printed, as it stands."""
    code = transcript_of(error).partition("A test that repeats it:\n\n")[2].partition("\n\nSeam timeline")[0]
    return "\n".join(line[4:] for line in code.splitlines())


def run_printed(code):
    """Run a printed test."""
    module = ModuleType("printed")
    exec(code, vars(module))
    (test,) = [value for name, value in vars(module).items() if name.startswith("test_")]
    test()


def repeat(error):
    """Run the test that a failing machine printed, as it stands."""
    run_printed(printed_test(error))


def steps_of(error):
    """The steps that a failing machine shows, a line each."""
    steps = transcript_of(error).partition("\n\nA test that repeats it")[0].splitlines()[1:]
    return [] if steps == ["  nothing yet"] else steps
