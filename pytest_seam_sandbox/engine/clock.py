"""The sandbox's time: the wall clock plus an offset, or frozen; it never goes backwards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import nan

from .errors import SandboxError

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


def written_at(seconds: float) -> str:
    """The time so many seconds after 1970, as Seam's server writes it."""
    return format_time(_EPOCH + round(seconds * 1000) * _MILLISECOND)


def seconds_of(time: datetime) -> float:
    """Seconds between 1970 and a time, cut to the milliseconds that Seam's server writes."""
    return (time - _EPOCH) // _MILLISECOND / 1000


def cut(seconds: float) -> float:
    """Seconds cut to milliseconds; what lacks less than 0.01 ms of one is a sum of floats and counts as full."""
    return int(seconds * 1000 + 0.01) / 1000


_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


class Clock:
    """The time that every row and event of one sandbox carries.

    Runs with the wall clock by default, so it obeys tools that patch `time.time`. All seconds are sandbox seconds:
    moving the clock costs no real time. pinned_at: the time that is shown instead, for one whole request.
    """

    def __init__(self) -> None:
        self._offset = 0.0
        self._frozen: float | None = None
        self._latest = 0.0
        self._text = (nan, "")
        self._marked = 0.0
        self.pinned_at: float | None = None

    def timestamp(self) -> float:
        """Now, in seconds since 1970, cut to milliseconds."""
        if self.pinned_at is not None:
            return self.pinned_at
        now = cut(time.time() + self._offset if self._frozen is None else self._frozen)
        self._latest = max(self._latest, now)
        return self._latest

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
        self._latest = max(self._latest, other._latest)

    def move(self, seconds: float | timedelta) -> None:
        """Go forward by `seconds` (>= 0). Raises SandboxError for a negative amount."""
        amount = seconds.total_seconds() if isinstance(seconds, timedelta) else float(seconds)
        if not amount >= 0:
            raise SandboxError(
                f"the sandbox clock cannot move by {amount} seconds: it never goes backwards, because events that are "
                "logged already would come to lie in the future. Give a number of seconds >= 0."
            )
        if self.timestamp() + amount >= _LATEST:
            raise SandboxError(f"the sandbox clock cannot move by {amount:g} seconds: that is beyond the year 9999.")
        if self._frozen is not None:
            self._frozen += amount
        else:
            self._offset += amount

    def hold(self, at: datetime | None = None) -> None:
        """Stand still from now on, at `at` (aware, not in the sandbox's past) or at the present moment."""
        now = self.timestamp()
        target = now if at is None else at.timestamp()
        if at is not None and at.tzinfo is None:
            raise SandboxError(f"the sandbox clock needs an aware datetime, got {at!r}. Add a tzinfo, for example UTC.")
        if target < now:
            raise SandboxError(
                f"the sandbox clock stands at {format_time(self.now())} and never goes backwards, so it cannot be "
                f"frozen at {format_time(at or self.now())}. Give a later time."
            )
        self._frozen = target

    def release(self) -> None:
        """Run again, from the moment at which the clock stood."""
        if self._frozen is not None:
            self._offset = self._frozen - time.time()
            self._frozen = None
