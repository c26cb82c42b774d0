"""What a test does with webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..api.webhooks.model import ALL, Webhook
from ..backends.embedded import Embedded
from ..backends.event_list import event_of
from ..engine.errors import SandboxError, is_for_the_test, quoted
from ..expectations.possible import check_event_type
from .chaos import Chaos
from .delivery import Courier
from .inbox import Inbox
from .jobs import Route
from .targets import APP_HOST, TIMEOUT, target_of

if TYPE_CHECKING:
    from ..api.events import Event
    from ..engine.workspace import Workspace
    from .messages import Message

__tracebackhide__ = is_for_the_test
_LONGEST = 3_600.0


class Webhooks(Chaos):
    """Signed delivery of events to the program under test, and what came of it; embedded only.

    Each event of the log is sent to each webhook that wants it, also to those that the program has made itself: by
    default synchronously, right after the call that caused it, in order. Failed attempts are repeated on the sandbox
    clock, after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h, with the same message id; timestamps and signatures are
    of real time. inbox: all attempts.
    """

    def __init__(self, backend: Embedded) -> None:
        self.inbox = Inbox(backend)
        super().__init__(backend, Courier(backend, self.inbox.add))

    def __repr__(self) -> str:
        return f"Webhooks({len(self.inbox)} deliveries)"

    def deliver_to(
        self,
        target: Any,
        event_types: Sequence[str] | None = None,
        *,
        path: str = "/",
        timeout: float = TIMEOUT,
        raise_app_exceptions: bool = True,
    ) -> Webhook:
        """Make a webhook whose events go to a target; gives it, with its `secret` for the app.

        target: an ASGI app, a WSGI app, a callable that takes a WebhookRequest and returns a status (None for 200), the
        inbox, or the URL of a server on this machine. event_types: names, all by default. path: the path of the request
        for an app in this process. timeout: real seconds for an answer. raise_app_exceptions: what the app raises fails
        the test; else it counts as an answer 500.
        Raises SandboxError for what cannot be a target, a path or an event type.
        """
        route = self._to(target, timeout, raise_app_exceptions=raise_app_exceptions)
        for event_type in event_types or ():
            if tuple(event_types or ()) != ALL:
                check_event_type(event_type)
        if not isinstance(path, str) or not path.startswith("/"):
            raise SandboxError(f"path is {quoted(path)}; it takes the path of a request, such as '/hooks'.")
        if isinstance(target, str) and path != "/":
            raise SandboxError(f"a URL has its path already: write it as {target.rstrip('/') + path!r}.")
        url = target if isinstance(target, str) else APP_HOST + path
        types = None if event_types is None else list(event_types)
        answer = self._backend.api.call("/webhooks/create", url=url, event_types=types)
        webhook = Webhook.model_validate(answer["webhook"])
        self._answer(self.courier.by_webhook, webhook.webhook_id, route)
        return webhook

    def route(self, url: str, target: Any, *, timeout: float = TIMEOUT, raise_app_exceptions: bool = True) -> None:
        """Let a target answer for a URL, for webhooks that the program under test makes itself; as `deliver_to`."""
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise SandboxError(
                f"url is {quoted(url)}; it takes the URL of a webhook, such as 'https://a.example/hooks'."
            )
        self._answer(self.courier.by_url, url, self._to(target, timeout, raise_app_exceptions=raise_app_exceptions))

    def flush(self) -> None:
        """Deliver what is ready now, also when delivery is paused, and what `reorder` holds back.

        In async code, `aflush` waits for the app.
        """
        self.courier.active.release()
        self.courier.deliver_now(inf)

    async def aflush(self) -> None:
        """As `flush`, and wait for it."""
        self.flush()
        await self.courier.settled()

    def pause(self) -> None:
        """Hold messages back until `resume` or `flush`."""
        self.courier.is_paused = True

    def resume(self) -> None:
        """Deliver again, beginning with what was held back."""
        self.courier.is_paused = False
        self.courier.deliver_now()

    @property
    def waiting(self) -> list[Event]:
        """The events of the messages that wait to be delivered while delivery is paused, oldest first."""
        return [event_of(message.row) for _, message in self.courier.waiting()]

    def deliver(self, number: int = 1, *, again: bool = False) -> None:
        """Deliver one of the messages that wait while delivery is paused.

        number: which of `waiting`, from 1 on. again: let a copy of it wait on. Raises SandboxError for a number that
        none has.
        """
        with self._backend.app.lock:
            workspace, message = self._numbered(number)
            workspace.outbox.take(message)
            workspace.outbox.ready = (message, *workspace.outbox.ready)
            if again:
                workspace.outbox.add(message.copied())
            self.courier.deliver_now(1)

    def discard(self, number: int = 1) -> None:
        """Lose one of the messages that wait while delivery is paused; as `deliver`."""
        with self._backend.app.lock:
            self.courier.lose(*self._numbered(number))

    def _numbered(self, number: int) -> tuple[Workspace, Message]:
        waiting = self.courier.waiting()
        if isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= len(waiting):
            raise SandboxError(
                f"number is {quoted(number)}; it takes the number of a message that waits, and {len(waiting)} do. Call "
                "pause() before what causes the event."
            )
        return waiting[number - 1]

    def allow_undelivered(self) -> None:
        """Let the test end with messages that were not delivered; else it fails."""
        self.courier.may_leave_undelivered = True

    def _answer(self, routes: dict[str, Route], key: str, route: Route) -> None:
        """Let a route take the place of another one, whose app ends with the sandbox all the same."""
        if key in routes:
            self.courier.replaced.append(routes[key])
        routes[key] = route

    def _to(self, target: Any, timeout: float, *, raise_app_exceptions: bool) -> Route:
        is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
        if not is_number or not 0 < timeout <= _LONGEST:
            raise SandboxError(f"timeout is {quoted(timeout)}; it takes real seconds > 0, at most 3600.")
        return Route(target_of(target, timeout), raise_app_exceptions)
