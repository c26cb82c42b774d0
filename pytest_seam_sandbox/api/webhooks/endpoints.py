"""Webhooks: which events an app wants to be sent, and where to."""

from __future__ import annotations

from collections.abc import Sequence

from ...catalog.known import accepted_event_types
from ...engine.errors import ApiError
from ...engine.router import Router
from ...engine.types import Text, Url
from ...engine.workspace import Workspace
from .._shared import WORKSPACE, WORKSPACE_READ, find
from .model import ALL, WebhookRow
from .state import add_webhook

router = Router("/webhooks")


def _check_event_types(event_types: Sequence[str]) -> tuple[str, ...]:
    """The names of event types, or "*" alone; anything else: 400 `invalid_event_types` (official fake)."""
    if tuple(event_types) != ALL and not set(event_types) <= set(accepted_event_types()):
        raise ApiError(400, "invalid_event_types", "Invalid event types")
    return tuple(event_types)


def _find(workspace: Workspace, webhook_id: str) -> WebhookRow:
    return find(workspace, WebhookRow, webhook_id, words="webhook")


@router.post("create", key="webhook", allow=WORKSPACE, source="spec")
def create(workspace: Workspace, *, event_types: list[Text] | None = None, url: Url) -> WebhookRow:
    """A new webhook, of all events unless it names types; its secret has the form of Svix's (assumed)."""
    return add_webhook(workspace, url, ALL if event_types is None else _check_event_types(event_types))


@router.get("get", key="webhook", allow=WORKSPACE, source="spec")
def get(workspace: Workspace, *, webhook_id: Text) -> WebhookRow:
    """The webhook of this id; 404 `webhook_not_found`."""
    return _find(workspace, webhook_id)


@router.get("list", key="webhooks", allow=WORKSPACE_READ, source="spec")
def list_(workspace: Workspace) -> list[WebhookRow]:
    """All webhooks, oldest first; no pages (spec)."""
    return list(workspace[WebhookRow])


@router.put("update", allow=WORKSPACE, source="spec")
def update(workspace: Workspace, *, event_types: list[Text], webhook_id: Text) -> None:
    """Change which events the webhook is sent; its url stays (spec)."""
    webhook = _find(workspace, webhook_id)
    workspace[WebhookRow].put(webhook.but(event_types=_check_event_types(event_types)))


@router.delete("delete", allow=WORKSPACE, source="spec")
def delete(workspace: Workspace, *, webhook_id: Text) -> None:
    """Delete a webhook; no event says so (spec)."""
    workspace[WebhookRow].remove(_find(workspace, webhook_id).id)
