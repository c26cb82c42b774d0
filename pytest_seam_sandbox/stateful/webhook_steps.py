"""The rules of a state machine for webhooks: the next one arrives, or any other, or one twice, or one never."""

from __future__ import annotations

from typing import ClassVar, Literal

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from .decorators import own, rule
from .steps import StepMachine

Fate = Literal["arrives", "arrives, and will arrive again", "is lost"]
ONCE: Fate = "arrives"
TWICE: Fate = "arrives, and will arrive again"
LOST: Fate = "is lost"
_FATES = st.runner().flatmap(lambda self: st.sampled_from([ONCE, TWICE, *([LOST] if self.lost_webhooks else [])]))
_NUMBERS = st.runner().flatmap(lambda self: st.integers(1, len(self.sandbox.webhooks.waiting)))


class WebhookSteps(StepMachine):
    """Rules for webhooks, which wait until a rule delivers them, or everything heals."""

    webhooks: ClassVar[bool] = False
    lost_webhooks: ClassVar[bool] = False

    def _hold_webhooks(self) -> None:
        if self.webhooks:
            self.sandbox.webhooks.pause()

    def _deliver_webhooks(self) -> None:
        """Let all of them arrive, with their next attempts and with what they cause."""
        if self.webhooks:
            self.sandbox.webhooks.resume()
            self.sandbox.clock.run_until_idle()
            self.sandbox.webhooks.pause()

    @precondition(lambda self: self.webhooks and self.sandbox.webhooks.waiting)
    @rule(number=_NUMBERS, fate=_FATES)
    @own("of the webhooks that wait, number {number} {fate}")
    def deliver_webhook(self, number: int, fate: Fate) -> None:
        """A webhook arrives, the next one or a later one before it; or arrives for the first time; or never does."""
        if fate == LOST:
            self.sandbox.webhooks.discard(number)
        else:
            self.sandbox.webhooks.deliver(number, again=fate == TWICE)
