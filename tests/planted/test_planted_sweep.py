"""The sweep finds every planted bug, and no fault with a correct app."""

import pytest

from planted.harness import NAMES, planted, run_sweep, sweep_of
from pytest_seam_sandbox.sweep import SweepFailed


@pytest.mark.parametrize("name", NAMES)
def test_sweep_finds_the_bug(name):
    """Struck at each call in turn, the buggy app fails in some trial, by an assertion of its own module."""
    pair = planted(name)

    with pair.sandbox() as sandbox, pytest.raises(SweepFailed) as raised:
        run_sweep(pair, sweep_of(pair, pair.module.Buggy, sandbox))

    assert isinstance(raised.value.__cause__, AssertionError)


@pytest.mark.parametrize("name", NAMES)
def test_sweep_passes_with_the_correct_app(name):
    """The correct twin is right in every trial."""
    pair = planted(name)

    with pair.sandbox() as sandbox:
        trials = sweep_of(pair, pair.module.Correct, sandbox)
        run_sweep(pair, trials)

    outcomes = {result.outcome for result in trials.results}
    assert "passed" in outcomes
    assert outcomes <= {"passed", "not possible"}
