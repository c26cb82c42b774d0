"""The methods of Webhooks that disturb deliveries."""

from __future__ import annotations

from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ..api.webhooks.model import Webhook, WebhookRow
from ..backends.embedded import Embedded
from ..engine.errors import SandboxError, UnknownId, is_for_the_test, quoted
from ..expectations.possible import check_event_type
from . import disturbances as kinds
from .delivery import Courier

if TYPE_CHECKING:
    from ..catalog.literals import EventType

__tracebackhide__ = is_for_the_test

OVERLAP = 86_400.0
"""Sandbox seconds in which the signature of the old secret is sent too. Source: Svix's docs."""
_MOST_SECONDS = 1e9


class Chaos:
    """Disturbances of the next deliveries: counted, or for all of a `with` block; seeded like the sandbox.

    event_type: of events of this type only. times: of so many deliveries. What the program answers to a delivery that
    was spoilt, and that it is not delivered in the end, is no error of the test.
    """

    def __init__(self, backend: Embedded, courier: Courier) -> None:
        self._backend = backend
        self.courier = courier
        self._random = Random(f"{backend.app.ids.seed}/webhooks")  # noqa: S311 - it has to repeat itself

    def duplicate(self, event_type: EventType | None = None, *, times: int = 1) -> kinds.Duplicate:
        """Send the next message twice, with the same id, as happens when an answer is lost."""
        return self._add(kinds.Duplicate(self.courier.active, *_checked(event_type, times)))

    def reorder(self, event_type: EventType | None = None, *, times: int = 2) -> kinds.Reorder:
        """Hold the next messages back until there are `times` of them, and send them in another order."""
        return self._add(kinds.Reorder(self.courier.active, *_checked(event_type, times, least=2), self._random))

    def delay(self, seconds: float, event_type: EventType | None = None, *, times: int = 1) -> kinds.Delay:
        """Send the next message so many sandbox seconds later."""
        is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        if not is_number or not 0 < seconds <= _MOST_SECONDS:
            raise SandboxError(f"seconds is {quoted(seconds)}; it takes sandbox seconds > 0, at most 1e9.")
        return self._add(kinds.Delay(self.courier.active, *_checked(event_type, times), seconds))

    def drop(self, event_type: EventType | None = None, *, times: int = 1) -> kinds.Drop:
        """Lose the next attempt on its way: the program gets nothing, and the next attempt comes by the schedule."""
        return self._add(kinds.Drop(self.courier.active, *_checked(event_type, times)))

    def lose(self, event_type: EventType | None = None, *, times: int = 1) -> kinds.Lose:
        """Lose the next message for good: there is no attempt at all."""
        return self._add(kinds.Lose(self.courier.active, *_checked(event_type, times)))

    def stale_timestamp(self, event_type: EventType | None = None, *, times: int = 1) -> kinds.StaleTimestamp:
        """Give the next attempt a timestamp of ten minutes ago, rightly signed: a replay."""
        return self._add(kinds.StaleTimestamp(self.courier.active, *_checked(event_type, times)))

    def wrong_secret(self, event_type: EventType | None = None, *, times: int = 1) -> kinds.WrongSecret:
        """Sign the next attempt with a secret that is not the webhook's: a forgery."""
        return self._add(kinds.WrongSecret(self.courier.active, *_checked(event_type, times)))

    def partial_body(self, event_type: EventType | None = None, *, times: int = 1) -> kinds.PartialBody:
        """Send half of the body of the next attempt, with the signature of the whole."""
        return self._add(kinds.PartialBody(self.courier.active, *_checked(event_type, times)))

    def rotate_secret(self, webhook: Any = None) -> Rotation:
        """Give a webhook a new secret; for 24 sandbox hours deliveries are signed with both.

        webhook: a Webhook, the SDK's object or an id; by default the only one there is. As a context manager it puts
        the old secret back at the end.
        """
        return Rotation(self._backend, self._webhook_id(webhook))

    def _add(self, disturbance: kinds.AnyDisturbance) -> kinds.AnyDisturbance:
        self.courier.active.add(disturbance)
        return disturbance

    def _webhook_id(self, webhook: Any) -> str:
        known = [row.webhook_id for row in self._backend.workspace[WebhookRow]]
        if webhook is None and len(known) == 1:
            return known[0]
        found = getattr(webhook, "webhook_id", webhook)
        if found not in known:
            raise UnknownId(
                f"there is no webhook {quoted(found)}; there are {', '.join(known) or 'none'}. Give one of them."
            )
        return str(found)


class Rotation:
    """A change of a webhook's secret. secret: the new one. old_secret: the one before."""

    def __init__(self, backend: Embedded, webhook_id: str) -> None:
        self._backend = backend
        self._webhook_id = webhook_id
        with backend.app.lock:
            table = backend.workspace[WebhookRow]
            before = table[webhook_id]
            self.old_secret = before.secret
            self.secret = kinds.new_secret(backend.app.ids.next_bytes())
            until = backend.app.clock.timestamp() + OVERLAP
            table.put(before.but(secret=self.secret, old_secret=before.secret, old_secret_until=until))
            backend.note("webhook", f"{before.url} has a new secret")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._backend.app.lock:
            table = self._backend.workspace[WebhookRow]
            now = table.get(self._webhook_id)
            if now is not None:
                table.put(now.but(secret=self.old_secret, old_secret=None))

    @property
    def webhook(self) -> Webhook:
        """The webhook as /webhooks/get shows it now."""
        answer = self._backend.api.call("/webhooks/get", webhook_id=self._webhook_id)
        return Webhook.model_validate(answer["webhook"])


def _checked(event_type: str | None, times: int, least: int = 1) -> tuple[int, str | None]:
    if event_type is not None:
        check_event_type(event_type)
    if isinstance(times, bool) or not isinstance(times, int) or times < least:
        raise SandboxError(f"times is {quoted(times)}; it takes how many deliveries, as an integer >= {least}.")
    return times, event_type
