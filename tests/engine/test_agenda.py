"""Late work: done in order, at its time, and dated when it was due."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox.engine.agenda import Agenda
from pytest_seam_sandbox.engine.clock import Clock


class Bench:
    """An agenda, a clock that stands, and a list of the work that was done, each with its time."""

    def __init__(self):
        self.agenda = Agenda()
        self.clock = Clock()
        self.clock.hold()
        self.now = self.clock.timestamp()
        self.done = []

    def plan(self, delay, word):
        self.agenda.plan(self.now + delay, Bench.note, word)

    def schedule(self, delay, word):
        self.agenda.schedule(self.now + delay, Bench.note, word)

    def note(self, word):
        self.done.append((round(self.clock.timestamp() - self.now, 3), word))

    def settle(self, delay=0.0):
        self.clock.move(delay)
        self.agenda.settle(self, self.clock, self.clock.timestamp())


@pytest.fixture
def bench():
    return Bench()


def test_work_waits_until_it_is_due(bench):
    """What is due later is not done now."""
    bench.plan(5, "late")

    bench.settle(4)

    assert (bench.done, len(bench.agenda)) == ([], 1)


def test_work_is_dated_when_it_was_due(bench):
    """Work that is done late carries the time at which it was due."""
    bench.plan(5, "late")

    bench.settle(60)

    assert (bench.done, len(bench.agenda)) == ([(5, "late")], 0)


@given(st.floats(0, 100_000))
def test_work_is_done_when_the_clock_moved_by_its_delay(delay):
    """A delay and a move by the same amount meet exactly, whatever floats make of their sums."""
    bench = Bench()
    bench.plan(delay, "due")

    bench.settle(delay)

    assert [word for _, word in bench.done] == ["due"]


@given(st.lists(st.integers(0, 5), max_size=12))
def test_work_is_done_by_due_time_and_then_as_planned(delays):
    """Order is the due time; of two at one time the first planned is first."""
    bench = Bench()
    for number, delay in enumerate(delays):
        bench.plan(delay, number)

    bench.settle(10)

    assert bench.done == sorted(((delay, number) for number, delay in enumerate(delays)))


def test_work_may_plan_work(bench):
    """What a piece of work plans is done in the same go when it is due, in its place."""
    bench.agenda.plan(bench.now + 1, lambda workspace: (workspace.note("first"), workspace.plan(2, "planned by it")))
    bench.plan(3, "last")

    bench.settle(10)

    assert bench.done == [(1, "first"), (2, "planned by it"), (3, "last")]


def test_work_that_fails_is_not_tried_again(bench):
    """An error comes out to the caller; the failed work is gone and the rest stays."""
    bench.agenda.plan(bench.now, lambda _workspace: 1 / 0)
    bench.plan(0, "next")

    with pytest.raises(ZeroDivisionError):
        bench.settle()
    bench.settle()

    assert bench.done == [(0, "next")]


def test_next_due_is_the_earliest(bench):
    """The agenda tells when it has to be looked at again."""
    bench.plan(9, "b")
    bench.plan(4, "a")

    assert bench.agenda.next_due() == bench.now + 4


def test_what_is_set_for_later_is_done_but_not_waited_for(bench):
    """Scheduled work comes in its turn; only what is under way counts as the next that is due."""
    bench.schedule(2, "later")
    bench.plan(4, "soon")
    waited_for = bench.agenda.next_due()

    bench.settle(4)

    assert waited_for == bench.now + 4
    assert bench.done == [(2, "later"), (4, "soon")]
    assert bench.agenda.next_due() is None


def test_nothing_is_due_on_an_empty_agenda(bench):
    """An empty agenda has no next time."""
    bench.plan(1, "x")

    bench.agenda.clear()

    assert bench.agenda.next_due() is None


def test_restored_agenda_has_the_work_of_the_snapshot(bench):
    """A snapshot keeps what was pending, whatever is done or planned afterwards."""
    bench.plan(1, "kept")
    kept = bench.agenda.snapshot()
    bench.settle(2)
    bench.plan(3, "dropped")

    bench.agenda.restore(kept)
    bench.settle(10)

    assert bench.done == [(1, "kept"), (1, "kept")]


def test_restored_work_comes_before_what_is_planned_for_the_same_time(bench):
    """What a snapshot kept was planned before what is planned after the restore, whatever was planned in between."""
    bench.plan(1, "kept")
    kept = bench.agenda.snapshot()
    bench.plan(1, "dropped")

    bench.agenda.restore(kept)
    bench.plan(1, "new")
    bench.settle(1)

    assert bench.done == [(1, "kept"), (1, "new")]
