"""Delivery begins with the first webhook, so that tests without one pay nothing for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..api.webhooks.model import WebhookRow
from ..backends.embedded import Control, Embedded

if TYPE_CHECKING:
    from .messages import Delivery
    from .webhooks import Webhooks


class Starter:
    """Waits for the first webhook of a server, and lets its events be delivered from then on."""

    def __init__(self, backend: Embedded) -> None:
        self._backend = backend
        self._workspaces = backend.app.workspaces
        self.started: Webhooks | None = None

    def __call__(self) -> None:
        """Look for a webhook; called whenever the lock of the server has been let go."""
        for workspace in tuple(self._workspaces.values()):  # a loop, since every request comes by here
            if workspace.has(WebhookRow):
                self.webhooks().courier()
                return

    def next_time(self, _now: float) -> None:
        """There is nothing to deliver."""

    async def settled(self) -> None:
        """There is nothing to wait for."""

    def webhooks(self) -> Webhooks:
        """What delivers; made when it is first asked for."""
        if self.started is None:
            from .webhooks import Webhooks

            self.started = Webhooks(self._backend)
            self._backend.app.lock.afterwards = self.started.courier
            self._backend.unfinished.endings.append(self.started.courier.left_over)
        return self.started

    def delivered(self) -> tuple[Delivery, ...]:
        """The attempts so far, for a snapshot."""
        return () if self.started is None else tuple(self.started.inbox)

    def go_back(self, delivered: tuple[Delivery, ...]) -> None:
        """Forget the attempts since a snapshot."""
        if self.started is not None:
            self.started.inbox.go_back(delivered)
            self.started.courier.forget_given_up()

    def controls(self) -> Mapping[str, Control]:
        """The control routes for webhooks."""
        from .control import routes

        return routes(self.webhooks, self._backend.workspace_id)

    def close(self) -> None:
        """End what the apps of the program under test keep."""
        if self.started is not None:
            self.started.courier.close()
