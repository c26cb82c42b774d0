"""Sandbox time: it runs, stands, jumps ahead, and never goes back."""

import re
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox.engine.clock import Clock, format_time, parse_time
from pytest_seam_sandbox.engine.errors import SandboxError

LATER = datetime(2049, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
AWARE = st.builds(
    lambda at, milliseconds: at.replace(microsecond=1000 * milliseconds),
    st.datetimes(datetime(2040, 1, 1), datetime(2049, 12, 31), timezones=st.timezones()),  # noqa: DTZ001
    st.integers(0, 999),
)


def test_clock_runs_with_the_wall_clock(monkeypatch):
    """By default sandbox time is real time, as `time.time` tells it."""
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.5)

    assert Clock().timestamp() == 1_700_000_000.5


def test_clock_does_not_follow_a_wall_clock_that_goes_back(monkeypatch):
    """When the wall clock is set back, sandbox time runs on from what it showed."""
    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.0)
    clock.timestamp()
    monkeypatch.setattr(time, "time", lambda: 1_600_000_000.0)

    at_the_step = clock.timestamp()
    monkeypatch.setattr(time, "time", lambda: 1_600_000_005.0)

    assert (at_the_step, clock.timestamp()) == (1_700_000_000.0, 1_700_000_005.0)


def test_held_clock_stands():
    """A held clock shows the same time however often it is read."""
    clock = Clock()
    clock.hold(LATER)

    assert {clock.now(), clock.now()} == {LATER}


def test_clock_can_be_held_at_the_present_moment(monkeypatch):
    """Without a time the clock stands where it is."""
    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.0)
    clock.hold()
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)

    assert clock.timestamp() == 1_700_000_000.0


@given(AWARE)
def test_held_clock_shows_exactly_its_time(at):
    """The time at which a clock is held is the time it shows, to the millisecond, whatever the zone."""
    clock = Clock()
    clock.hold(at)

    assert clock.now() == at.astimezone(UTC)


@given(AWARE)
def test_text_and_timestamp_tell_the_same_time(at):
    """The written time, read back, is the time of the clock."""
    clock = Clock()
    clock.hold(at)

    assert parse_time(clock.text()) == clock.now()
    assert clock.now().timestamp() == pytest.approx(clock.timestamp(), abs=1e-6)


def test_text_has_the_form_of_seam():
    """UTC, three fractional digits and a Z."""
    clock = Clock()
    clock.hold(LATER)

    assert clock.text() == "2049-01-02T03:04:05.678Z"


@pytest.mark.parametrize("amount", [90, 90.0, timedelta(minutes=1, seconds=30)])
def test_held_clock_moves_by_seconds(amount):
    """A held clock moves when it is told to, by seconds or by a timedelta."""
    clock = Clock()
    clock.hold(LATER)

    clock.move(amount)

    assert clock.now() == LATER + timedelta(seconds=90)


def test_running_clock_moves_by_seconds(monkeypatch):
    """A running clock goes on from the moment to which it was moved."""
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.0)
    clock = Clock()

    clock.move(60)

    assert clock.timestamp() == 1_700_000_060.0


@given(st.lists(st.integers(0, 10_000), max_size=20))
def test_small_steps_add_up_to_the_millisecond(steps):
    """Many moves by milliseconds come to their sum."""
    clock = Clock()
    clock.hold(LATER)

    for step in steps:
        clock.move(step / 1000)

    assert clock.now() == LATER + timedelta(milliseconds=sum(steps))


@pytest.mark.parametrize("amount", [-1, -0.001, timedelta(seconds=-1), float("nan")])
def test_clock_cannot_be_moved_back(amount):
    """A negative amount is refused with the reason."""
    clock = Clock()

    with pytest.raises(SandboxError, match="never goes backwards"):
        clock.move(amount)


def test_clock_cannot_be_held_in_its_past():
    """A time before the present sandbox time is refused, and the clock goes on as before."""
    clock = Clock()
    clock.hold(LATER)

    with pytest.raises(SandboxError, match=re.escape("2049-01-02T03:04:05.678Z and never goes backwards")):
        clock.hold(LATER - timedelta(milliseconds=1))

    assert clock.now() == LATER


def test_clock_needs_a_zone():
    """A naive time is refused, since nobody could tell which moment it is."""
    with pytest.raises(SandboxError, match="aware datetime"):
        Clock().hold(datetime(2049, 1, 1))  # noqa: DTZ001


def test_released_clock_runs_from_where_it_stood(monkeypatch):
    """After a hold the clock runs again from the held time, not from the wall clock's."""
    wall = [1_700_000_000.0]
    monkeypatch.setattr(time, "time", lambda: wall[0])
    clock = Clock()
    clock.hold(LATER)
    wall[0] += 500

    clock.release()
    wall[0] += 10

    assert clock.now() == LATER + timedelta(seconds=10)


def test_release_of_a_running_clock_changes_nothing(monkeypatch):
    """Releasing what is not held is harmless."""
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.0)
    clock = Clock()

    clock.release()

    assert clock.timestamp() == 1_700_000_000.0


def test_pinned_clock_shows_the_moment_at_which_work_was_due():
    """Inside a pin the clock shows an earlier moment, afterwards the present again."""
    clock = Clock()
    clock.hold(LATER)
    due = LATER.timestamp() - 60

    with clock.pinned(due):
        inside = clock.timestamp()

    assert (inside, clock.now()) == (due, LATER)


def test_pin_is_never_before_what_is_written_already():
    """Late work is not dated before the last time on a row, so events stay in order."""
    clock = Clock()
    clock.hold(LATER)
    clock.text()

    with clock.pinned(LATER.timestamp() - 60):
        assert clock.now() == LATER


def test_pin_ends_with_an_exception():
    """Work that fails leaves the clock as it was."""
    clock = Clock()
    clock.hold(LATER)

    with pytest.raises(LookupError), clock.pinned(LATER.timestamp() + 60):
        raise LookupError

    assert clock.now() == LATER


def test_pins_nest():
    """A pin inside a pin gives the outer moment back."""
    clock = Clock()
    clock.hold(LATER)
    with clock.pinned(10.0):
        with clock.pinned(20.0):
            inside = clock.timestamp()
        between = clock.timestamp()

    assert (inside, between, clock.now()) == (20.0, 10.0, LATER)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00.5+02:00", datetime(2026, 1, 31, 10, 0, 0, 500000, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        (" 2026-01-31T12:00 ", datetime(2026, 1, 31, 12, tzinfo=UTC)),
    ],
)
def test_text_of_a_time_is_read_in_utc(text, at):
    """A time is read with its zone, or as UTC without one."""
    found = parse_time(text)

    assert found == at
    assert found.tzinfo is UTC


@pytest.mark.parametrize("text", ["", "x", "2026-02-30", "12:00", "9999-12-31T23:59:59-01:00"])
def test_text_of_no_time_is_none(text):
    """What names no moment between the years 1 and 9999 is none."""
    assert parse_time(text) is None


@given(AWARE)
def test_format_turns_every_zone_into_utc(at):
    """A written time is the same moment in UTC."""
    written = format_time(at)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", written)
    assert parse_time(written) == at.astimezone(UTC)


def test_format_of_a_fixed_zone():
    """An offset is worked in, not cut off."""
    at = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))

    assert format_time(at) == "2025-12-31T23:00:00.000Z"
