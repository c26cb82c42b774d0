"""The sweep finds no fault with a correct app. That it finds every planted bug, and where, test_planted_table holds."""

import pytest

from planted.harness import NAMES, planted, run_sweep, sweep_of


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
