"""The sandbox clock while the wall clock steps forward and back: it never goes back, and its moves are exact."""

import time
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pytest_seam_sandbox.engine.agenda import Agenda
from pytest_seam_sandbox.engine.clock import Clock, cut
from pytest_seam_sandbox.engine.errors import SandboxError

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp()
YEAR = 365 * 86400.0
STEPS = st.one_of(
    st.sampled_from([0.001, 0.5, 1, 31, 3600, YEAR, -0.001, -0.5, -1, -31, -3600, -YEAR, -50 * YEAR]),
    st.floats(-10 * YEAR, 10 * YEAR),
)
AMOUNTS = st.one_of(st.integers(0, 10**9).map(lambda number: number / 1000), st.floats(0, 10 * YEAR))


class Wall:
    """A wall clock that goes where a test wants it."""

    def __init__(self, monkeypatch):
        self.at = NOON
        monkeypatch.setattr(time, "time", lambda: self.at)


@pytest.fixture
def wall(monkeypatch):
    return Wall(monkeypatch)


def exact(seconds):
    """Seconds as whole milliseconds, without the errors of floats."""
    return round(Fraction(seconds) * 1000)


class ClockMachine(RuleBasedStateMachine):
    """A clock and an agenda; the wall clock steps in between, forward and back."""

    def __init__(self):
        super().__init__()
        self.monkeypatch = pytest.MonkeyPatch()
        self.wall = Wall(self.monkeypatch)
        self.clock = Clock()
        self.agenda = Agenda()
        self.seen = self.clock.timestamp()
        self.pending = {}
        self.planned = 0
        self.is_held = False

    def teardown(self):
        self.monkeypatch.undo()

    @rule(seconds=STEPS)
    def wall_clock_steps(self, seconds):
        before, highest = self.clock.timestamp(), self.clock._highest
        self.wall.at = max(0.0, self.wall.at + seconds)
        after = self.clock.timestamp()
        if seconds < 0 or self.is_held:
            assert after == before
        elif round(self.wall.at * 1_000_000) < highest:  # else it goes with the wall clock again
            assert after - before == pytest.approx(seconds, abs=0.002)

    @rule(seconds=AMOUNTS)
    def moves(self, seconds):
        before = self.clock.timestamp()
        self.clock.move(seconds)
        assert 0 <= exact(self.clock.timestamp()) - exact(before) - int(seconds * 1000) <= 1
        if exact(seconds) == Fraction(str(seconds)) * 1000:
            assert exact(self.clock.timestamp()) - exact(before) == exact(seconds)

    @rule(seconds=AMOUNTS)
    def holds_at(self, seconds):
        at = datetime.fromtimestamp(self.clock.timestamp(), UTC) + timedelta(milliseconds=exact(seconds))
        self.clock.hold(at)
        self.is_held = True
        assert self.clock.now() == at

    @rule()
    def holds(self):
        before = self.clock.timestamp()
        self.clock.hold()
        self.is_held = True
        assert self.clock.timestamp() == before

    @precondition(lambda self: self.is_held)
    @rule()
    def releases(self):
        before = self.clock.timestamp()
        self.clock.release()
        self.is_held = False
        assert self.clock.timestamp() == before

    @rule(seconds=AMOUNTS)
    def work_is_planned(self, seconds):
        due = self.clock.timestamp() + seconds
        self.planned += 1
        self.agenda.plan(due, ClockMachine.work_is_done, self.planned, due)
        self.pending[self.planned] = due

    def work_is_done(self, number, due):
        assert self.clock.timestamp() >= cut(due)
        del self.pending[number]

    @rule()
    def what_is_due_is_done(self):
        now = self.clock.timestamp()
        self.agenda.settle(self, self.clock, now)
        assert all(cut(due) > now for due in self.pending.values())

    @rule()
    def runs_until_idle(self):
        for _ in range(len(self.agenda)):
            due = self.agenda.next_due()
            if due is not None:
                self.clock.move_to(due)
                self.agenda.settle(self, self.clock, self.clock.timestamp())
        assert not self.pending

    @invariant()
    def never_goes_back(self):
        now = self.clock.timestamp()
        assert now >= self.seen
        self.seen = now


TestClockMachine = ClockMachine.TestCase


@pytest.mark.parametrize("amount", [31, 0.001, 3600.5, timedelta(days=2)], ids=str)
@pytest.mark.parametrize("step", [-1, -0.0004, -YEAR, -50 * YEAR, 0, YEAR], ids=str)
def test_move_starts_from_what_is_shown(wall, step, amount):
    """A move is seen in full, however far the wall clock is behind."""
    clock = Clock()
    clock.timestamp()
    wall.at += step
    before = clock.now()

    clock.move(amount)

    assert clock.now() - before == (amount if isinstance(amount, timedelta) else timedelta(seconds=amount))


def test_clock_goes_with_the_wall_clock_again_when_that_has_come_back(wall):
    """An excursion of the wall clock into the past leaves no jump behind."""
    clock = Clock()
    clock.timestamp()
    wall.at -= 2 * YEAR
    clock.timestamp()
    wall.at += 5
    in_the_past = clock.timestamp()
    wall.at = NOON + 60

    assert (in_the_past, clock.timestamp()) == (NOON + 5, NOON + 60)


def test_moves_during_an_excursion_stay(wall):
    """What was moved while the wall clock was behind counts afterwards as well."""
    clock = Clock()
    clock.timestamp()
    wall.at -= 2 * YEAR
    clock.move(31)
    wall.at = NOON + 60

    assert clock.timestamp() == NOON + 91


def test_clock_runs_on_after_an_excursion_into_the_future(wall):
    """It does not go back with the wall clock, and does not stand still either."""
    clock = Clock()
    clock.timestamp()
    wall.at += YEAR
    clock.timestamp()
    wall.at -= YEAR
    clock.timestamp()
    wall.at += 7

    assert clock.timestamp() == NOON + YEAR + 7


def test_clock_that_has_run_ahead_goes_on_from_there(wall):
    """A wall clock that comes back to less than the clock shows lets it run on, without a stop and without a jump."""
    clock = Clock()
    clock.timestamp()
    wall.at -= 2 * YEAR
    clock.timestamp()
    wall.at += YEAR
    clock.timestamp()
    wall.at = NOON + 1
    first = clock.timestamp()
    wall.at += 9

    assert (first, clock.timestamp()) == (NOON + YEAR, NOON + YEAR + 9)


def test_release_while_the_wall_clock_is_behind(wall):
    """A held clock runs on from where it stood, also in somebody's past."""
    clock = Clock()
    clock.timestamp()
    wall.at -= YEAR
    clock.hold()
    clock.move(10)
    wall.at += 500

    clock.release()
    wall.at += 3

    assert clock.timestamp() == NOON + 13


def test_follower_is_ahead_of_a_wall_clock_in_the_past(wall):
    """A clock that follows another one shows its time where the wall clock is behind, and moves from there."""
    first, second = Clock(), Clock()
    first.timestamp()
    wall.at -= YEAR
    second.follow(first)
    second.move(31)
    in_the_past = second.timestamp()
    wall.at = NOON + 60

    assert (in_the_past, second.timestamp()) == (NOON + 31, NOON + 91)


@given(st.integers(0, 253_370_764_800_000 - 1), st.floats(0, 10 * YEAR))
def test_clock_gets_to_every_due_time_at_once(now, delay):
    """Up to the year 9999 one move leads exactly to a time at which work is due."""
    clock, due = Clock(), cut(now / 1000 + delay)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(time, "time", lambda: now / 1000)
        if due >= 253_370_764_800:
            with pytest.raises(SandboxError, match="beyond the year 9999"):
                clock.move_to(due)
        else:
            clock.move_to(due)
            assert clock.timestamp() == max(due, cut(now / 1000))


@given(st.integers(0, 253_402_300_799_999))
def test_whole_milliseconds_are_not_cut(milliseconds):
    """Up to the year 9999 a time in whole milliseconds stays what it is."""
    assert cut(milliseconds / 1000) == milliseconds / 1000


@pytest.mark.parametrize("amount", ["31", None, True, b"1"], ids=repr)
def test_clock_moves_by_numbers_only(amount):
    """Anything else is refused with what was found."""
    with pytest.raises(SandboxError, match="number of seconds or a timedelta; got"):
        Clock().move(amount)


def test_clock_is_not_held_beyond_what_can_be_written():
    """Some time has to be left for what follows."""
    with pytest.raises(SandboxError, match="9999-12-31T00:00:00.000Z: that is too late"):
        Clock().hold(datetime(9999, 12, 31, tzinfo=UTC))
