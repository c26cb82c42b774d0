"""What a machine prints for a planted bug is a test that finds it again, without Hypothesis choosing anything."""

import pytest

from chaos.running import repeat, story_of
from planted.harness import ENOUGH, NAMES, planted, run_machine, searching


@pytest.mark.parametrize("name", NAMES)
def test_printed_test_finds_the_bug_again(name):
    """The printed test fails with the same assertion, however long the story is."""
    pair = planted(name)
    with pytest.raises(AssertionError) as found:
        run_machine(pair, pair.module.Buggy, searching(ENOUGH))

    with pytest.raises(AssertionError) as again:
        repeat(found.value)

    assert f"from planted.harness import Buggy_{name}\n" in story_of(found.value)
    assert str(again.value).splitlines()[:1] == str(found.value).splitlines()[:1]
