"""The rules of a state machine for webhooks: the next one arrives, or any other, or one twice, or one never."""

from __future__ import annotations

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from .decorators import own, rule
from .steps import StepMachine

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
    @rule(number=_NUMBERS)
    @own("of the webhooks that wait, number {number} arrives")
    def deliver_webhook(self, number: int) -> None:
        """A webhook arrives: the next one, or a later one before it."""
        self.sandbox.webhooks.deliver(number)

    @precondition(lambda self: self.webhooks and self.sandbox.webhooks.waiting)
    @rule(number=_NUMBERS)
    @own("of the webhooks that wait, number {number} arrives, and will arrive again")
    def deliver_webhook_twice(self, number: int) -> None:
        """A webhook arrives, and a copy of it waits on."""
        self.sandbox.webhooks.deliver(number, again=True)

    @precondition(lambda self: self.lost_webhooks and self.webhooks and self.sandbox.webhooks.waiting)
    @rule(number=_NUMBERS)
    @own("of the webhooks that wait, number {number} is lost")
    def lose_webhook(self, number: int) -> None:
        """A webhook never arrives."""
        self.sandbox.webhooks.discard(number)
