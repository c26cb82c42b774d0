"""The state machine finds every planted bug, shows no more than it needs, and finds no fault with a correct app."""

import os
import re
from traceback import extract_tb

import hypothesis
import pytest

from planted.harness import ENOUGH, EXAMPLES, NAMES, planted, run_machine, searching
from stateful.running import printed_test, run_printed

SEEDS = (None, *range(int(os.environ.get("PLANTED_SEEDS", "0"))))
"""None: the search that Hypothesis makes of the machine's own code."""
OF_ITSELF = "machine.quiesce()"
"""What a repetition does in its end, whether the printed test says so or not."""


def failure(code):
    """The type and the place of the exception that a printed test ends with; None when it passes."""
    try:
        run_printed(code)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        frame = extract_tb(error.__traceback__)[-1]
        return type(error), frame.filename, frame.lineno
    return None


def without(steps, left_out):
    """The steps without those of some places, and without those that use what these gave; at least `pass`."""
    kept, gone = [], set()
    for place, step in enumerate(steps):
        if place in left_out or gone & set(re.findall(r"step_\d+", step)):
            gone.update(re.findall(r"^ *(step_\d+) =", step))
        else:
            kept.append(step)
    return kept or ["        pass"]


def shorter(steps):
    """The steps without each of them, each two neighbours, and each outage that is shown with its end."""
    for place, step in enumerate(steps):
        if step.strip() == OF_ITSELF:
            continue
        yield without(steps, {place})
        yield without(steps, {place, place + 1})
        end = step.replace("machine.begin_outage(", "machine.end_outage(")
        if end != step and end in steps[place:]:
            yield without(steps, {place, steps.index(end, place)})


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", NAMES)
def test_machine_finds_the_bug(name, seed):
    """Some run makes the buggy app fail; the test that it prints fails alike, and by no fewer steps.

    That holds although the search ends with the first failure, which Hypothesis has not shrunk.
    """
    pair = planted(name)
    seeded = hypothesis.seed(seed) if seed is not None else lambda machine: machine
    with pytest.raises(AssertionError) as found:
        run_machine(pair, pair.module.Buggy, searching(ENOUGH, seed=seed), seeded=seeded)
    frame = extract_tb(found.value.__traceback__)[-1]
    head, with_, body = printed_test(found.value).partition(".again() as machine:\n")

    assert f"from planted.harness import Buggy_{name}\n" in head
    assert failure(head + with_ + body) == (AssertionError, frame.filename, frame.lineno)
    for fewer in shorter(body.splitlines()):
        assert failure(head + with_ + "\n".join(fewer)) != (AssertionError, frame.filename, frame.lineno)


@pytest.mark.parametrize("name", NAMES)
def test_machine_passes_with_the_correct_app(name):
    """The correct twin is right in every run."""
    pair = planted(name)
    begun = []

    run_machine(pair, pair.module.Correct, searching(EXAMPLES), lambda *_: begun.append(None))

    assert len(begun) >= EXAMPLES
