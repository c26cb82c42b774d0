"""The httpx door: a transport that answers in process, for sync and async clients alike."""

from __future__ import annotations

import httpx

from ..engine.app import App
from ..engine.http import Request

INTERNAL = "seam_sandbox_internal"
"""The request extension by which the sandbox marks its own calls."""


class SandboxTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers every request from the sandbox, whatever its host. Closing it does nothing: the sandbox lives on."""

    def __init__(self, app: App) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of a sync client."""
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an async client; nothing is awaited but the request's own body."""
        return self._answer(request, await request.aread())

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        response = self._app.handle(
            Request(
                method=request.method,
                path=path,
                query=query,
                headers={
                    name.decode("latin-1").lower(): value.decode("latin-1") for name, value in request.headers.raw
                },
                body=body,
                origin="sandbox" if INTERNAL in request.extensions else "app",
                scheme=request.url.scheme,
            )
        )
        return httpx.Response(response.status, headers=response.headers, content=response.body)
