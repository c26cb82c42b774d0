"""One attempt that is to be made now: where it goes, and what is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from ..api.webhooks.model import WebhookRow
from ..engine.workspace import Workspace
from . import signature
from .disturbances import ActiveDisturbances, Attempt
from .messages import AsyncTarget, Message, SyncTarget, WebhookRequest
from .targets import Nowhere


@dataclass(frozen=True)
class Route:
    """Where requests go. raises: what the program raises fails the test; else it is a failed attempt and no more."""

    target: AsyncTarget | SyncTarget
    raises: bool = True


@dataclass
class Job:
    """One attempt that is to be made now."""

    workspace: Workspace
    message: Message
    webhook: WebhookRow
    route: Route
    attempt: Attempt
    request: WebhookRequest

    @classmethod
    def of(
        cls,
        workspace: Workspace,
        message: Message,
        webhook: WebhookRow,
        route: Route,
        active: ActiveDisturbances,
    ) -> Self:
        """The next attempt to deliver a message, as the active disturbances alter it, signed."""
        secrets: tuple[str, ...] = (webhook.secret,)
        if webhook.old_secret is not None and workspace.clock.timestamp() < webhook.old_secret_until:
            secrets = (webhook.secret, webhook.old_secret)
        attempt = Attempt(signature.wall_seconds(), secrets, message.body, message.body)
        active.alter(message, attempt)
        if message.is_copy:
            attempt.names.append("duplicate")
        sent = signature.headers(
            *attempt.secrets, svix_id=message.svix_id, timestamp=attempt.timestamp, body=attempt.body
        )
        if attempt.is_lost:
            route = Route(Nowhere(), raises=False)
        return cls(workspace, message, webhook, route, attempt, WebhookRequest(webhook.url, sent, attempt.sent_body))
