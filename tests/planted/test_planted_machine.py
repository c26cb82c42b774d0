"""The state machine finds every planted bug, and no fault with a correct app."""

import pytest

from chaos.running import repeat, story_of
from planted.harness import ENOUGH, EXAMPLES, NAMES, planted, run_machine, searching


@pytest.mark.parametrize("name", NAMES)
def test_machine_finds_the_bug(name):
    """Some run makes the buggy app fail by an assertion, and the test that it prints fails by the same."""
    pair = planted(name)

    with pytest.raises(AssertionError) as found:
        run_machine(pair, pair.module.Buggy, searching(ENOUGH))
    with pytest.raises(AssertionError) as again:
        repeat(found.value)

    assert f"from planted.harness import Buggy_{name}\n" in story_of(found.value)
    assert str(again.value).splitlines()[:1] == str(found.value).splitlines()[:1]


@pytest.mark.parametrize("name", NAMES)
def test_machine_passes_with_the_correct_app(name):
    """The correct twin is right in every run."""
    pair = planted(name)
    begun = []

    run_machine(pair, pair.module.Correct, searching(EXAMPLES), lambda *_: begun.append(None))

    assert len(begun) >= EXAMPLES
