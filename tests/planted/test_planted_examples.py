"""The test that the author of each planted app would write, with an outage or two."""

import pytest

from planted.harness import NAMES, planted, run_example

FOUND = {"counts_twice", "dead_phone", "failed_attempt", "no_retry"}


def test_there_are_enough_pairs():
    """There are at least two dozen planted bugs."""
    assert len(NAMES) >= 24


@pytest.mark.parametrize("name", NAMES)
def test_example_passes_with_the_correct_app(name):
    """The author's own test passes with the correct twin."""
    pair = planted(name)

    run_example(pair, pair.module.Correct)


@pytest.mark.parametrize("name", sorted(FOUND))
def test_example_finds_the_bug(name):
    """A few bugs show as soon as anything is disconnected at all."""
    pair = planted(name)

    with pytest.raises(AssertionError):
        run_example(pair, pair.module.Buggy)


@pytest.mark.parametrize("name", sorted(set(NAMES) - FOUND))
def test_example_misses_the_bug(name):
    """Most bugs need a moment, an order or an outage of which their author did not think."""
    pair = planted(name)

    run_example(pair, pair.module.Buggy)
