"""What a delivery costs: from an event to its verified delivery in process, beside a direct call of the same app."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Any

from seam import SeamWebhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.webhooks.messages import WebhookRequest
from pytest_seam_sandbox.webhooks.signature import headers, message_id, wall_seconds
from pytest_seam_sandbox.webhooks.targets import target_of

from .method import Case, Effort, rounds
from .table import Row, budget_ratio

PATH = "/hooks"


def webhook_rows(effort: Effort) -> Iterator[Row]:
    """A Starlette app that verifies with the SDK; the event is one of the sandbox's own."""
    cases = [Case("event", _delivered), Case("emitted", _undelivered), Case("call", _called)]
    times = rounds(cases, effort)
    added = [with_it - without for with_it, without in zip(times["event"], times["emitted"], strict=True)]
    yield budget_ratio("webhook", {"event": added, "call": times["call"]}, "event", "call")


def _app(hook: Any) -> Callable[..., Awaitable[None]]:
    async def answer(request: Request) -> Response:
        SeamWebhook(hook.secret).verify((await request.body()).decode(), dict(request.headers))
        return Response(status_code=204)

    site = Starlette(routes=[Route(PATH, answer, methods=["POST"])])

    async def without_lifespan(scope: Any, receive: Any, send: Any) -> None:
        """Nobody closes the sandboxes of a benchmark."""
        if scope["type"] == "lifespan":
            raise NotImplementedError
        await site(scope, receive, send)

    return without_lifespan


def _emitting(sandbox: Sandbox) -> Callable[[], object]:
    """An event, as cheap as one can be: a lock that locks."""
    device_id = sandbox.create_device().device_id
    backend = sandbox.backend
    return lambda: backend.api.call("/locks/lock_door", device_id=device_id)


def _delivered() -> Callable[[], object]:
    sandbox, hook = Sandbox(), SimpleNamespace(secret="")
    emit = _emitting(sandbox)
    hook.secret = sandbox.webhooks.deliver_to(_app(hook), ["lock.locked"], path=PATH).secret
    return emit


def _undelivered() -> Callable[[], object]:
    return _emitting(Sandbox())


def _called() -> Callable[[], object]:
    """The same request to the same app, on a loop that is there, signed before."""
    sandbox = Sandbox()
    webhook = sandbox.webhooks.deliver_to(sandbox.webhooks.inbox, ["lock.locked"])
    _emitting(sandbox)()
    (delivery,) = sandbox.webhooks.inbox
    sent = headers(webhook.secret, svix_id=message_id("x"), timestamp=wall_seconds(), body=delivery.body)
    target: Any = target_of(_app(webhook), 15.0)
    loop = asyncio.new_event_loop()
    request = WebhookRequest(f"http://app.localhost{PATH}", sent, delivery.body)

    def call() -> None:
        answer = loop.run_until_complete(target.send(request))
        if answer.status != 204:
            raise AssertionError(answer)

    return call
