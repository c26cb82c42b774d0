"""The transport for httpx, sync and async: it answers in process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from types import MappingProxyType
from typing import NoReturn, cast

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
    """The first half of an answer, then a reset. As on the wire, the headers have arrived before.

    So a transport that retries does not see the reset: it has returned the response already.
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
    """A response that is read without a decoder and without chunks, which would take a tenth of an SDK call.

    It has no content-length, since nothing here has to find the end of a body. A stream that somebody put in place of
    its own is read likewise; one with a content-encoding, or in chunks of a given size, in httpx's way.
    """

    def __init__(self, response: Response) -> None:
        headers = _on_the_wire(response)
        phrase = _PHRASES.get(response.status, b"Unknown")
        super().__init__(
            response.status,
            headers=headers,
            stream=httpx.ByteStream(response.body),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": phrase},
        )
        if b"".join([value for _, value in headers]).isascii():
            self.headers.encoding = "ascii"  # httpx would find out, in more time
        self._received = 0

    @property
    def num_bytes_downloaded(self) -> int:
        """Bytes that were read from the stream."""
        return self._received or super().num_bytes_downloaded

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The body, by default as it comes. httpx's `read` puts it together."""
        if chunk_size is None and self._comes_plain(httpx.SyncByteStream):
            return self._pieces()
        return super().iter_bytes(chunk_size)

    def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """The same for async clients."""
        if chunk_size is None and self._comes_plain(httpx.AsyncByteStream):
            return self._async_pieces()
        return super().aiter_bytes(chunk_size)

    def _comes_plain(self, kind: type) -> bool:
        """Whether nothing was read yet, and the stream is of this kind and gives the body itself."""
        is_new = not self.is_stream_consumed and not self.is_closed
        return is_new and isinstance(self.stream, kind) and "content-encoding" not in self.headers

    def _pieces(self) -> Iterator[bytes]:
        """What httpx's own iteration does and leaves behind."""
        stream = cast("httpx.SyncByteStream", self.stream)
        self.is_stream_consumed = True
        try:
            for piece in stream:
                self._received += len(piece)
                yield piece
        except httpx.RequestError as error:
            self._name_request(error)
            raise
        self.is_closed = True
        stream.close()

    async def _async_pieces(self) -> AsyncIterator[bytes]:
        stream = cast("httpx.AsyncByteStream", self.stream)
        self.is_stream_consumed = True
        try:
            async for piece in stream:
                self._received += len(piece)
                yield piece
        except httpx.RequestError as error:
            self._name_request(error)
            raise
        self.is_closed = True
        await stream.aclose()

    def _name_request(self, error: httpx.RequestError) -> None:
        with suppress(RuntimeError):  # outside of a client the response has none
            error.request = self.request


async def checkpoint() -> None:
    """Let the other tasks of the event loop run, of asyncio or trio; timeouts and cancellation take effect here."""
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

        A timeout or a cancellation takes effect before the request reaches the sandbox, so that nothing has happened,
        or not at all: from there on nothing is awaited but webhooks that the request has caused. Answers that are lost
        after they took effect are faults.
        """
        body = await request.aread()
        await checkpoint()
        response = self._answer(request, body)
        await self._app.lock.settled()
        return response

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
