"""What a test author can choose where Seam's documents leave two good answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .errors import SandboxError, is_for_the_test

__tracebackhide__ = is_for_the_test

ActionAttempts = Literal["instant", "poll"] | float


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of one sandbox.

    action_attempts: "instant" (finished in the first answer), "poll" (pending, finished at the next look) or a number
        of seconds on the sandbox clock.
    event_latency: seconds on the sandbox clock until an event shows in /events/list.
    rate_limits: answer 429 beyond Seam's documented limits per device, in sandbox time.
    strict_ids: an id that is no UUID is refused with 400 "Invalid uuid"; otherwise it is looked up (404).
    """

    action_attempts: ActionAttempts = "instant"
    event_latency: float = 0.0
    strict_ids: bool = True
    rate_limits: bool = False

    def __post_init__(self) -> None:
        attempts = self.action_attempts
        if attempts not in ("instant", "poll") and not (_is_number(attempts) and float(attempts) >= 0):
            raise SandboxError(
                f"action_attempts is {attempts!r}; it takes 'instant', 'poll' or a number of seconds >= 0."
            )
        if not (_is_number(self.event_latency) and self.event_latency >= 0):
            raise SandboxError(f"event_latency is {self.event_latency!r}; it takes a number of seconds >= 0.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
