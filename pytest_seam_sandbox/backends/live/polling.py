"""Waiting for what must appear in a workspace over HTTP: looks with a deadline and a back-off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_result, wait_exponential

from ...engine.errors import is_for_the_test

__tracebackhide__ = is_for_the_test

T = TypeVar("T")
_FIRST, _LONGEST = 0.05, 2.0
"""Seconds before the second look, and at most between two looks; each wait is twice as long as the one before."""


class Patience:
    """Looks again and again. now: seconds of a clock that only goes forward. sleep: waits so many seconds."""

    def __init__(self, now: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._now = now
        self._sleep = sleep

    def repeat(self, look: Callable[[], T | None], within: float) -> tuple[T | None, float]:
        """Look until there is nothing more to complain of, for so many seconds; the last complaint, and the wait.

        The last look comes when the time is over, so that what is late by less than a wait is seen.
        """
        began = self._now()
        until = began + within
        waits = wait_exponential(multiplier=_FIRST, max=_LONGEST)

        def next_wait(state: RetryCallState) -> float:
            return max(0.0, min(waits(state), until - self._now()))

        complaint = Retrying(
            retry=retry_if_result(lambda found: found is not None),
            stop=lambda _: self._now() >= until,
            wait=next_wait,
            sleep=self._sleep,
            retry_error_callback=_last,
        )(look)
        return complaint, round(self._now() - began, 1)


def _last(state: RetryCallState) -> object:
    """The result of the last look."""
    return None if state.outcome is None else state.outcome.result()
