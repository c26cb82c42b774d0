"""Requests as they arrive on a socket. h11 parses them; what Node's HTTP server, behind which Seam runs, refuses and
h11 accepts is refused here.

Stricter than h11, as Node's parser llhttp is: a header that continues on the next line or has a control character, more
than one Content-Length or a list of them, a Content-Length beside a Transfer-Encoding. More lenient than h11, as llhttp
is: empty lines before a request, and bytes beyond ASCII in its target.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

import h11

from ..engine.http import Response

_METHODS = frozenset((b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS"))
_MAX_HEAD = 65536  # bytes
_MAX_HEADERS = 100
_AT_ONCE = 65536  # bytes
_END_OF_HEAD = re.compile(rb"\n\r?\n")
_REFUSED_BY_NODE = re.compile(rb"\n[ \t]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LENGTH = re.compile(rb"^content-length:[ \t]*(.*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_LINE_ENDS = b"\r\n"


class Refusal(Exception):
    """A request that is not answered: the response that says so, and the end of the connection."""

    def __init__(self, status: int, complaint: str, body: bytes = b"") -> None:
        super().__init__(complaint)
        headers = () if body else (("content-type", "text/plain; charset=utf-8"),)
        self.response = Response(status, headers, body or f"{status}: {complaint}".encode())


class ConnectionOver(Exception):
    """The connection has been closed, by the client, between two requests or in the middle of one, or by its owner."""


class Head(NamedTuple):
    """Request line and headers. target: as it was sent, percent-encoded. headers: by name in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    length: int
    """Bytes of the body, as announced; 0 for one in chunks."""
    closes: bool
    """Whether the connection ends with the answer."""
    awaits_continue: bool
    """Whether the client sends the body only after it was told to go on."""


class RequestReader:
    """Reads the requests of one connection: in turn the head, then the body.

    receive: gives at most this many of the bytes that have arrived, at least one; none at the end of the connection.
    """

    def __init__(self, receive: Callable[[int], bytes]) -> None:
        self._receive = receive
        self._unread = b""
        self._parser = h11.Connection(h11.SERVER)
        self._last: tuple[bytes, Head | None] = (b"", None)
        """A client that asks the same again, as one that polls does, sends the same head again."""

    def read_head(self) -> Head:
        """The head of the next request. Raises Refusal for one that is malformed, ConnectionOver at the end."""
        size = self._receive_head()
        head, self._unread = self._unread[:size], self._unread[size:]
        last, read = self._last
        if read is None or head != last or "transfer-encoding" in read.headers:
            read = self._parse(head)
            self._last = (head, read)
        return read

    def read_body(self, head: Head, limit: int) -> bytes:
        """The body that follows the head. Raises Refusal when it is malformed or has more bytes than the limit."""
        if "transfer-encoding" in head.headers:
            return self._read_chunks(limit)
        if head.length > limit:
            raise _too_long()
        received = bytearray(self._unread)
        while len(received) < head.length:
            received += self._more()
        self._unread = bytes(received[head.length :])
        return bytes(received[: head.length])

    def _parse(self, head: bytes) -> Head:
        self._parser = h11.Connection(h11.SERVER)
        self._parser.receive_data(head if head.isascii() else _encode_request_line(head))
        try:
            request = cast("h11.Request", self._parser.next_event())
        except h11.RemoteProtocolError as error:
            raise _malformed(head, error) from None
        return self._checked(request, head)

    def _read_chunks(self, limit: int) -> bytes:
        body = bytearray()
        parser, data = self._parser, self._unread
        while True:
            if data:
                parser.receive_data(data)
            try:
                while isinstance(event := parser.next_event(), h11.Data):
                    body += event.data
            except h11.RemoteProtocolError:
                raise Refusal(400, "malformed chunk") from None
            if len(body) > limit:
                raise _too_long()
            if isinstance(event, h11.EndOfMessage):
                self._unread = parser.trailing_data[0]
                return bytes(body)
            data = self._more()

    def _receive_head(self) -> int:
        """Wait until a whole head has arrived; gives its size."""
        self._unread = self._unread.lstrip(_LINE_ENDS)
        while (end := _END_OF_HEAD.search(self._unread)) is None:
            line, mark, _ = self._unread.partition(b"\n")
            if mark and _is_malformed_request_line(line):
                raise _no_request_line(line)
            _check_size(len(self._unread), has_line=bool(mark))
            self._unread = (self._unread + self._more()).lstrip(_LINE_ENDS)
        _check_size(end.end(), has_line=self._unread.index(b"\n") < _MAX_HEAD)
        return end.end()

    def _more(self) -> bytes:
        data = self._receive(_AT_ONCE)
        if not data:
            raise ConnectionOver
        return data

    def _checked(self, request: h11.Request, head: bytes) -> Head:
        """What h11 accepts, unless it cannot be answered here."""
        version = request.http_version.decode()
        if not version.startswith("1."):
            raise Refusal(505, f"HTTP/{version} is not supported; use HTTP/1.1")
        method = request.method.decode()
        if request.method not in _METHODS:
            raise Refusal(405, f"the method {method} is not supported")
        headers: dict[str, str] = {}
        for name, value in request.headers.raw_items():
            key, text = name.decode().lower(), value.decode("latin-1")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
        if len(request.headers) > _MAX_HEADERS:
            raise Refusal(431, f"more than {_MAX_HEADERS} headers")
        refused = _REFUSED_BY_NODE.search(head)
        if refused is not None:
            raise _no_header(_line_at(head, refused.end() - 1), 400)
        if "content-length" in headers:
            _check_length(head, headers)
        length = int(headers.get("content-length", "0"))
        closes = version == "1.0" or "close" in headers.get("connection", "").lower()
        awaits_continue = self._parser.they_are_waiting_for_100_continue
        return Head(method, request.target.decode(), headers, length, closes, awaits_continue)


def _too_long() -> Refusal:
    """For a body over the limit, in the words of Seam's server."""
    return Refusal(413, "too long", b"Body exceeded 1mb limit")


def _check_size(size: int, *, has_line: bool) -> None:
    """has_line: whether the request line alone is within the limit."""
    if size > _MAX_HEAD:
        raise (
            Refusal(431, f"the headers are longer than {_MAX_HEAD} bytes")
            if has_line
            else Refusal(414, "the request line is too long")
        )


def _check_length(head: bytes, headers: dict[str, str]) -> None:
    """One number in one header, and no other framing."""
    found = ", ".join(value.decode("latin-1") for value in _LENGTH.findall(head))
    if found != headers["content-length"]:
        raise Refusal(400, f"the content-length {found!r} is no number")
    if "transfer-encoding" in headers:
        raise Refusal(400, "a request has a content-length or a transfer-encoding, not both")


def _encode_request_line(data: bytes) -> bytes:
    """The same with percent-encoded bytes in the first line, as a client should have sent them."""
    line, mark, rest = data.partition(b"\n")
    return _BEYOND_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line) + mark + rest


def _malformed(head: bytes, error: h11.RemoteProtocolError) -> Refusal:
    """Names the first line that h11 does not accept by itself."""
    first, *rest = head.rstrip(_LINE_ENDS).split(b"\n")
    if _is_malformed_request_line(first):
        return _no_request_line(first)
    for line in rest:
        found = _error_of(b"GET / HTTP/1.0", line)
        if found is not None:
            return _no_header(line, found.error_status_hint)
    return Refusal(error.error_status_hint, str(error))


def _is_malformed_request_line(line: bytes) -> bool:
    return _error_of(_encode_request_line(line), b"Host: x") is not None


def _error_of(*lines: bytes) -> h11.RemoteProtocolError | None:
    """What h11 has to say about a head of these lines."""
    parser = h11.Connection(h11.SERVER)
    parser.receive_data(b"\n".join((*lines, b"", b"")))
    try:
        parser.next_event()
    except h11.RemoteProtocolError as error:
        return error
    return None


def _no_request_line(line: bytes) -> Refusal:
    return Refusal(400, f"{line.decode('latin-1').strip()!r} is no request line of HTTP/1.1")


def _line_at(head: bytes, position: int) -> bytes:
    start = head.rfind(b"\n", 0, position) + 1
    return head[start : head.index(b"\n", start)]


def _no_header(line: bytes, status: int) -> Refusal:
    text = line.decode("latin-1").rstrip("\r")
    name, _, value = (part.strip() for part in text.partition(":"))
    if status == 501:
        return Refusal(501, f"the transfer encoding {value} is not supported")
    if name.lower() != "content-length":
        return Refusal(400, f"{text!r} is no header")
    wrong = "has too many digits" if value.isdecimal() else "is no number"
    return Refusal(400, f"the content-length {value[:40]!r} {wrong}")
