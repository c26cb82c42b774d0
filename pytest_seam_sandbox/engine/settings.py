"""What a test author can choose where Seam's documents leave two good answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ActionAttempts = Literal["instant", "poll"] | float


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of one sandbox; whoever makes it has checked them.

    action_attempts: "instant" (finished in the first answer), "poll" (pending, finished at the next look) or a number
        of seconds on the sandbox clock.
    event_latency: seconds on the sandbox clock until an event shows in /events/list.
    state_latency: seconds on the sandbox clock until Seam notices what has happened at a provider.
    deactivation_latency: seconds on the sandbox clock from the deactivation of a phone to its end.
    rate_limits: answer 429 beyond Seam's documented limits per device, in sandbox time.
    automations: make access grants of the stays that customers tell of, as Seam's automations do.
    strict_ids: an id that is no UUID is refused with 400 "Invalid uuid"; otherwise it is looked up (404).
    """

    action_attempts: ActionAttempts = "instant"
    event_latency: float = 0.0
    state_latency: float = 0.0
    deactivation_latency: float = 0.0
    strict_ids: bool = True
    rate_limits: bool = False
    automations: bool = False
