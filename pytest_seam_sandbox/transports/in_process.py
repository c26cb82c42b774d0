"""The httpx door: a transport that answers in process, for sync and async clients alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import NoReturn

import httpx

from ..engine.app import App
from ..engine.errors import SandboxError, is_for_the_test
from ..engine.http import Request, Response

__tracebackhide__ = is_for_the_test

_RESET = "[Errno 104] Connection reset by peer"
RawHeaders = tuple[tuple[bytes, bytes], ...]
MANY_CLIENTS = 64
_ATTEMPTS = "seam_sandbox_attempts"
"""How often a request was sent: a client that repeats it by itself sends the same object again."""
_PHRASES = MappingProxyType({status.value: status.phrase.encode("ascii") for status in HTTPStatus})


def _on_the_wire(response: Response) -> list[tuple[bytes, bytes]]:
    """The headers as bytes. Text of headers is Latin-1, here as in Node, so that what came in goes out the same."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]


class _CutStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The first half of an answer, then a reset: as on the wire, the headers are there before it strikes.

    So it strikes behind the back of a retrying transport, which has handed the answer on already.
    """

    def __init__(self, start: bytes) -> None:
        self._start = start

    def __iter__(self) -> Iterator[bytes]:
        yield self._start
        raise httpx.ReadError(_RESET)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._start
        raise httpx.ReadError(_RESET)


class _WholeResponse(httpx.Response):
    """A response whose body came in one piece: to read it takes no decoder and no chunks, a tenth of an SDK call.

    It has no content-length, since nothing here has to find the end of a body. A stream that somebody put in place of
    its own is read in httpx's way.
    """

    def __init__(self, response: Response) -> None:
        body, phrase = response.body, _PHRASES.get(response.status, b"Unknown")
        self._own_stream = httpx.ByteStream(body)
        headers = _on_the_wire(response)
        super().__init__(
            response.status,
            headers=headers,
            stream=self._own_stream,
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": phrase},
        )
        if all(value.isascii() for _, value in headers):
            self.headers.encoding = "ascii"  # httpx would find out, in more time
        self._body = body

    def read(self) -> bytes:
        """The body. As with any response, the stream is read and closed afterwards."""
        stream = self.stream
        if isinstance(stream, httpx.SyncByteStream) and self._take(stream):
            stream.close()
            return self._body
        return super().read()

    async def aread(self) -> bytes:
        """The body, for async clients."""
        stream = self.stream
        if isinstance(stream, httpx.AsyncByteStream) and self._take(stream):
            await stream.aclose()
            return self._body
        return await super().aread()

    def _take(self, stream: object) -> bool:
        """Leave behind what reading leaves behind, if nothing was read yet and the stream is ours.

        A client binds it to the response, which puts another one around it.
        """
        if self.is_stream_consumed or self.is_closed or getattr(stream, "_stream", stream) is not self._own_stream:
            return False
        self._content, self._num_bytes_downloaded = self._body, len(self._body)
        self.is_stream_consumed = self.is_closed = True
        return True


async def checkpoint() -> None:
    """Let the other tasks of the event loop run, of asyncio or trio; timeouts and cancellation strike here."""
    from anyio.lowlevel import checkpoint as turn  # late: only async programs need it

    await turn()


class SandboxTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers every request from the sandbox, whatever its host. Closing it does nothing: the sandbox lives on.

    Faults raise the exception that the wire would cause; what takes time takes it on the sandbox clock.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._headers: dict[RawHeaders, Mapping[str, str]] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of a sync client."""
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an async client, after a turn for the other tasks of its event loop.

        A timeout or a cancellation strikes before the request reaches the sandbox, so that nothing has happened, or
        not at all: from there on nothing is awaited. Answers that are lost after they took effect are faults.
        """
        body = await request.aread()
        await checkpoint()
        return self._answer(request, body)

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        raw = tuple(request.headers.raw)
        headers = self._headers.get(raw) or self._read(raw)
        scheme = request.url.scheme
        attempt = request.extensions[_ATTEMPTS] = request.extensions.get(_ATTEMPTS, 0) + 1
        response = self._app.handle(Request(request.method, path, query, headers, body, "app", scheme, None, attempt))
        if response.wire != "answer" or response.delay:
            self._misbehave(request, response)
            if response.wire == "reset":
                stream = _CutStream(response.body[: len(response.body) // 2])
                return httpx.Response(response.status, headers=_on_the_wire(response), stream=stream)
        return _WholeResponse(response)

    def _read(self, raw: RawHeaders) -> Mapping[str, str]:
        """Headers as a mapping, kept: a client sends the same ones again and again."""
        if len(self._headers) >= MANY_CLIENTS:
            self._headers.clear()
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}
        self._headers[raw] = headers
        return headers

    def _misbehave(self, request: httpx.Request, response: Response) -> None:
        """What a client sees of a fault. The exceptions are those that the loopback server causes."""
        if response.wire == "refuse":
            raise httpx.ConnectError("[Errno 111] Connection refused", request=request)
        if response.wire == "drop":
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        limit = request.extensions.get("timeout", {}).get("read")
        if response.wire == "time_out" or (limit is not None and response.delay > limit):
            self._time_out(request, limit)
        self._app.pass_time(response.delay, "until the answer came")

    def _time_out(self, request: httpx.Request, limit: float | None) -> NoReturn:
        if limit is None:
            raise SandboxError(
                f"{request.method} {request.url.path} would hang for ever: the fault gives no answer, and the client "
                "has no read timeout. Give the client a timeout."
            )
        self._app.pass_time(limit, "until the client gave up")
        raise httpx.ReadTimeout("timed out", request=request)
