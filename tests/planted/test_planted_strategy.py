"""A drawn plan of outages, with drawn faults, finds every planted bug, and no fault with a correct app."""

import pytest

from planted.harness import ENOUGH, EXAMPLES, NAMES, planted, run_strategy, searching


@pytest.mark.parametrize("name", NAMES)
def test_strategy_finds_the_bug(name):
    """Some plan makes the buggy app fail, by an assertion of its own module."""
    pair = planted(name)

    with pytest.raises(AssertionError):
        run_strategy(pair, pair.module.Buggy, searching(ENOUGH))


@pytest.mark.parametrize("name", NAMES)
def test_strategy_passes_with_the_correct_app(name):
    """The correct twin is right in every example."""
    pair = planted(name)
    begun = []

    run_strategy(pair, pair.module.Correct, searching(EXAMPLES), lambda *_: begun.append(None))

    assert len(begun) >= EXAMPLES
