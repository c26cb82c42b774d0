"""How a webhook is made."""

from __future__ import annotations

from base64 import b64encode

from ...engine.workspace import Workspace
from .model import WebhookRow


def add_webhook(workspace: Workspace, url: str, event_types: tuple[str, ...]) -> WebhookRow:
    """A new webhook, which is sent the events from now on."""
    webhook_id = workspace.ids.uuid()
    secret = "whsec_" + b64encode(workspace.ids.next_bytes()[:24]).decode("ascii")
    since = workspace.events.emitted
    return workspace[WebhookRow].put(WebhookRow(webhook_id, url, event_types, secret, since))
