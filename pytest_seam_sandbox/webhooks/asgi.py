"""An ASGI app as the target of a webhook, with its lifespan."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from ..engine.errors import SandboxError, is_for_the_test
from .messages import Answer, AsyncTarget, WebhookRequest

__tracebackhide__ = is_for_the_test

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Callable[[], Awaitable[Scope]], Callable[[Scope], Awaitable[None]]], Awaitable[None]]
_VERSION = MappingProxyType({"version": "3.0", "spec_version": "2.3"})


class AsgiTarget(AsyncTarget):
    """Calls an ASGI app. Its lifespan begins with the first request on a loop, and ends with the sandbox or the loop.

    timeout: real seconds that it has for an answer.
    """

    def __init__(self, app: App, timeout: float) -> None:
        self._app = app
        self._timeout = timeout
        self._lifespan: _Lifespan | None = None

    async def send(self, request: WebhookRequest) -> Answer:
        """Send one request."""
        exchange, limit = _Exchange(request.body), asyncio.timeout(self._timeout)
        try:
            async with limit:
                lifespan = await self._started()
                if lifespan.failure is not None:
                    return Answer(None, "its lifespan did not start", lifespan.failure)
                await self._app(_scope(request, lifespan.state), exchange.receive, exchange.send)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the app's
            if not limit.expired():
                return Answer(exchange.status or 500, error=error)
            if not exchange.is_complete:
                return Answer(None, f"no answer within {self._timeout:g} s")
        if not exchange.is_complete:
            return Answer(None, "no answer", SandboxError("the ASGI app ended without having sent an answer."))
        return Answer(exchange.status)

    async def _started(self) -> _Lifespan:
        loop = asyncio.get_running_loop()
        if self._lifespan is None or self._lifespan.loop is not loop:
            self._lifespan = _Lifespan(self._app, loop)
            await self._lifespan.start()
        return self._lifespan

    async def close(self) -> None:
        """End its lifespan, if that began on this loop."""
        lifespan, self._lifespan = self._lifespan, None
        if lifespan is not None and lifespan.loop is asyncio.get_running_loop():
            async with asyncio.timeout(self._timeout):
                await lifespan.stop()


def _scope(request: WebhookRequest, state: dict[str, Any]) -> Scope:
    parts = urlsplit(request.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or "localhost"
    headers = {"host": parts.netloc, "content-length": str(len(request.body)), **request.headers}
    return {
        "type": "http",
        "asgi": dict(_VERSION),
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path) or "/",
        "raw_path": (parts.path or "/").encode("ascii"),
        "query_string": parts.query.encode("ascii"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": (host, port),
        "state": state.copy(),
    }


class _Exchange:
    """The two channels of one request."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._over = asyncio.Event()
        self.status: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the whole answer is there."""
        return self._over.is_set()

    async def receive(self) -> Scope:
        """What the app reads: the body, and when the answer is there, that the client has left."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Scope) -> None:
        """What the app answers."""
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
        elif message["type"] == "http.response.body" and not message.get("more_body"):
            self._over.set()


class _Lifespan:
    """The lifespan of an app on one loop. failure: why it did not start."""

    def __init__(self, app: App, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.state: dict[str, Any] = {}
        self.failure: Exception | None = None
        self._app = app
        self._asked: asyncio.Queue[Scope] = asyncio.Queue()
        self._told: asyncio.Queue[Scope] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; an app that knows no lifespan goes without."""
        self._task = self.loop.create_task(self._run())
        self._asked.put_nowait({"type": "lifespan.startup"})
        told = await self._told.get()
        if told["type"] == "lifespan.startup.failed":
            self.failure = SandboxError(f"the lifespan of the app did not start: {told.get('message') or 'no reason'}")
            await asyncio.wait([self._task])

    async def stop(self) -> None:
        """End, and wait until it has ended. Raises what the app raises."""
        if self._task is None or self._task.done():
            return
        self._asked.put_nowait({"type": "lifespan.shutdown"})
        told = await self._told.get()
        if told["type"] == "lifespan.shutdown.failed":
            raise SandboxError(f"the lifespan of the app did not end: {told.get('message') or 'no reason'}")
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": dict(_VERSION), "state": self.state}
        with contextlib.suppress(Exception):  # from an app that knows no lifespan, as servers take it
            await self._app(scope, self._asked.get, self._told.put)
        self._told.put_nowait({"type": "over"})
