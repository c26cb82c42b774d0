"""Seam's own rate limits: so many calls of one operation on one device within a minute."""

from __future__ import annotations

from collections import deque
from math import ceil

from .errors import ApiError

WINDOW = 60.0


class Limits:
    """Counts calls in a sliding window of 60 seconds of sandbox time.

    Source: docs for the numbers; the window, the error type and `retry-after` are assumed.
    """

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = {}

    def check(self, key: str, per_minute: int, now: float) -> None:
        """Count a call. Raises ApiError 429 `too_many_requests`, with the seconds to wait, when there were enough."""
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        if len(calls) >= per_minute:
            wait = max(1, ceil(calls[0] + WINDOW - now))
            raise ApiError(
                429,
                "too_many_requests",
                f"Too many requests: this operation is limited to {per_minute} per minute and device",
                headers=(("retry-after", str(wait)),),
            )
        calls.append(now)
