"""The sandbox's time: it runs with the wall clock or stands, and goes back only together with the whole state."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import inf, nan

from .errors import SandboxError, is_for_the_test

__tracebackhide__ = is_for_the_test

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def parse_time(text: str) -> datetime | None:
    """The aware time that an ISO 8601 text names, read as JavaScript's Date does; None when it names none.

    A text without a zone is UTC. A time outside the years 1 to 9999 is none.
    """
    try:
        parsed = datetime.fromisoformat(text.strip())
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def format_time(at: datetime) -> str:
    """The form in which Seam's server writes times: UTC, three fractional digits, `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


@lru_cache(maxsize=1024)  # an event is shown again and again
def written_at(seconds: float) -> str:
    """The time so many seconds after 1970, as Seam's server writes it."""
    return format_time(_EPOCH + round(seconds * 1000) * _MILLISECOND)


def seconds_of(time: datetime) -> float:
    """Seconds between 1970 and a time, cut to the milliseconds that Seam's server writes."""
    return (time - _EPOCH) // _MILLISECOND / 1000


def cut(seconds: float) -> float:
    """Seconds cut to milliseconds; what lacks less than 0.05 ms of one is a sum of floats and counts as full.

    In the year 9999 two floats are 0.03 ms apart.
    """
    return _cut(_micros(seconds))


def _micros(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _cut(micros: int) -> float:
    return (micros + 50) // 1000 / 1000


_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_BEGINNING = _micros(datetime(1, 1, 1, tzinfo=UTC).timestamp())


class Clock:
    """The time that every row and event of one sandbox carries.

    Runs with the wall clock by default, so it obeys tools that patch `time.time`. Where the wall clock steps back, it
    runs on from what it shows; as soon as the wall clock has caught up, it goes with it again. All seconds are sandbox
    seconds: moving the clock costs no real time, and every move starts from what the clock shows. pinned_at: the time
    that is shown instead, for one whole request. is_held: whether it stands. To be used under the lock of its app.
    """

    # In whole microseconds, so that moves add up exactly: what was shown last, uncut; the last and the highest reading
    # of the wall clock; what is added to a reading, and what is added beside that to readings below the highest.
    def __init__(self) -> None:
        self._shown = _BEGINNING
        self._wall = self._highest = _BEGINNING
        self._offset = 0
        self._behind = 0
        self.is_held = False
        self._text = (nan, "")
        self._marked = -inf
        self.pinned_at: float | None = None

    def timestamp(self) -> float:
        """Now, in seconds since 1970, cut to milliseconds."""
        return _cut(self._read()) if self.pinned_at is None else self.pinned_at

    def _read(self) -> int:
        if self.is_held:
            return self._shown
        lacking = self._lacking()
        if lacking > 0:
            self._add(lacking)
        else:
            self._shown -= lacking
        return self._shown

    def _lacking(self) -> int:
        """Read the wall clock: by how much what it means now is before what was shown last."""
        self._wall = _micros(time.time())
        if self._wall >= self._highest:
            self._highest, self._behind = self._wall, 0
        return self._shown - (self._wall + self._offset + self._behind)

    def _add(self, micros: int) -> None:
        """Let the last reading of the wall clock, and those that follow it, mean a time so much later."""
        if self._wall < self._highest:
            self._behind += micros
        else:
            self._offset += micros

    def now(self) -> datetime:
        """Now, as an aware datetime in UTC with milliseconds."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def text(self) -> str:
        """Now, as Seam writes it on a row: `2026-01-31T12:00:00.000Z`."""
        now = self.mark()
        if now != self._text[0]:
            self._text = (now, written_at(now))
        return self._text[1]

    def mark(self) -> float:
        """Now, like `timestamp`, for a row to carry: what is done late is never dated before it."""
        self._marked = now = self.timestamp() if self.pinned_at is None else self.pinned_at
        return now

    @contextmanager
    def pinned(self, at: float) -> Iterator[None]:
        """Show the time `at` inside the block: the moment at which late work was due.

        Never a time before the last one that was written on a row, so that events stay in order.
        """
        before, self.pinned_at = self.pinned_at, max(at, self._marked)
        try:
            yield
        finally:
            self.pinned_at = before

    def follow(self, other: Clock) -> None:
        """Never show a time before one that the other clock has shown."""
        self._shown = max(self._shown, other._shown)
        self._highest = max(self._highest, other._highest)

    def move(self, seconds: float | timedelta) -> None:
        """Go forward by `seconds` (>= 0) from what is shown. Raises SandboxError for anything else."""
        amount = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
        if isinstance(amount, bool) or not isinstance(amount, int | float):
            raise SandboxError(
                f"the sandbox clock moves by a number of seconds or a timedelta; got {amount!r}. "
                "Give 31 for 31 seconds."
            )
        if not amount >= 0:
            raise SandboxError(
                f"the sandbox clock cannot move by {amount} seconds: it never goes backwards, because events that are "
                "logged already would come to lie in the future. Give a number of seconds >= 0."
            )
        shown = self._read()
        if amount >= _LATEST - _cut(shown):
            raise SandboxError(f"the sandbox clock cannot move by {amount} seconds: that is beyond the year 9999.")
        micros = _micros(float(amount))
        self._shown += micros
        if not self.is_held:
            self._offset += micros

    def move_to(self, at: float) -> None:
        """Go forward until it shows `at`, in seconds since 1970 and whole milliseconds; nothing if it is past that."""
        self.move(max(0, round(at * 1000) * 1000 - self._read()) / 1_000_000)

    def go_back(self, at: float, *, is_held: bool) -> None:
        """Show an earlier time again, together with the state of that time, and stand or run as it did then."""
        self.is_held, self._shown, self._marked = is_held, round(at * 1000) * 1000, at
        self._add(self._lacking())

    def hold(self, at: datetime | None = None) -> None:
        """Stand still from now on, at `at` (aware, not in the sandbox's past) or at the present moment."""
        if at is not None and not isinstance(at, datetime):
            raise SandboxError(f"the sandbox clock is frozen at an aware datetime; got {at!r}.")
        if at is not None and at.tzinfo is None:
            raise SandboxError(f"the sandbox clock needs an aware datetime, got {at!r}. Add a tzinfo, for example UTC.")
        now = _cut(self._read())
        target = now if at is None else cut(at.timestamp())
        if target < now:
            raise SandboxError(
                f"the sandbox clock stands at {written_at(now)} and never goes backwards, so it cannot be "
                f"frozen at {written_at(target)}. Give a later time."
            )
        if target >= _LATEST:
            raise SandboxError(f"the sandbox clock cannot be frozen at {written_at(target)}: that is too late.")
        self._shown, self.is_held = max(self._shown, _micros(target)), True

    def release(self) -> None:
        """Run again, from the moment at which the clock stood."""
        if self.is_held:
            self.is_held = False
            self._add(self._lacking())
