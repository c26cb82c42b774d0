"""Webhooks as other families need them: the row, and the model."""

from __future__ import annotations

from typing import Any, ClassVar

from ...engine.store import Row, row_type
from .._shared import Resource

ALL = ("*",)
"""What stands for every event type, alone."""


@row_type
class WebhookRow(Row):
    """A webhook: where events go, and which.

    since: the number of the last event before it was made. failures: when attempts failed since the last success, as
    far as it matters. is_disabled: nothing is sent any more, since attempts failed for days.
    old_secret: signs beside the new one until a time, in seconds since 1970.
    """

    key: ClassVar[str] = "webhook_id"
    not_found: ClassVar[str] = "webhook_not_found"
    webhook_id: str
    url: str
    event_types: tuple[str, ...]
    secret: str
    since: int
    failures: tuple[float, ...] = ()
    failing_since: float | None = None
    is_disabled: bool = False
    old_secret: str | None = None
    old_secret_until: float = 0.0

    def view(self) -> dict[str, Any]:
        """The webhook as a client sees it. Its secret always shows: the spec leaves open when it does (fake)."""
        return {
            "webhook_id": self.webhook_id,
            "url": self.url,
            "event_types": self.event_types,
            "secret": self.secret,
        }

    def wants(self, event_type: str, number: int) -> bool:
        """Whether it is sent the event of this type and number."""
        is_wanted = self.event_types == ALL or event_type in self.event_types
        return is_wanted and number > self.since and not self.is_disabled


class Webhook(Resource):
    """A webhook as /webhooks/get shows it."""

    webhook_id: str
    url: str
    event_types: list[str]
    secret: str
