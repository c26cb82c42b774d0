"""Webhooks as other families need them: the row."""

from __future__ import annotations

from typing import Any, ClassVar

from ...engine.store import Row, row_type


@row_type
class WebhookRow(Row):
    """A webhook: where events go, and which."""

    key: ClassVar[str] = "webhook_id"
    not_found: ClassVar[str] = "webhook_not_found"
    webhook_id: str
    url: str
    event_types: tuple[str, ...]
    secret: str

    def view(self) -> dict[str, Any]:
        """The webhook as a client sees it. Its secret always shows: the spec leaves open when it does (fake)."""
        return {
            "webhook_id": self.webhook_id,
            "url": self.url,
            "event_types": self.event_types,
            "secret": self.secret,
        }
