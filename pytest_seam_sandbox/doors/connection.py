"""One connection of the loopback server: HTTP/1.1, and what faults do to it on the wire."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
import time
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from socketserver import StreamRequestHandler
from typing import Any

from ..engine.app import MAX_BODY, App
from ..engine.http import JSON_TYPE, Request, Response, cors

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends a reset
# A clock that runs on while freezegun or time-machine hold the others; Windows has no such function.
_real_seconds: Callable[[], float] = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime") else time.monotonic
)
_METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_VERSION = re.compile(r"HTTP/(\d)\.\d")
_HEADER = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^\r\n]*)\r?\n")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(;[^\r\n]*)?\r?\n")
_DIGITS = re.compile("[0-9]+")
_BLANK = (b"\r\n", b"\n")
_MAX_LINE = 65536
_MAX_HEADERS = 100
_LINGER_SECONDS = 2.0
CONTROL = "/_sandbox/"


class _Refusal(Exception):
    """What came over the wire is no request to Seam: the answer that says so, and the end of the connection."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class _ClientLeft(Exception):
    """The client closed the connection, between two requests or in the middle of one."""


class Handler(StreamRequestHandler):
    """One connection. The head of a request is parsed here: the standard library's way takes as long as the rest."""

    disable_nagle_algorithm = True  # an answer leaves at once, also while the last one is not acknowledged
    timeout = 60
    server: Any
    closes = False

    def handle(self) -> None:
        """Answer one request after the other, until either side has enough."""
        with contextlib.suppress(_ClientLeft, OSError):
            try:
                while not self.closes:
                    self._respond()
            except _Refusal as refusal:
                self.closes = True
                self._send(refusal.response)
                self._drain()

    def _drain(self) -> None:
        """Read on for a moment after a refusal: closing with something unread is a reset that overtakes the answer."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(_LINGER_SECONDS / 4)
        until = _real_seconds() + _LINGER_SECONDS
        while _real_seconds() < until and self.connection.recv(65536):
            pass

    def _respond(self) -> None:
        listener = self.server.listener
        method, target, headers = self._read_head()
        started = _real_seconds()
        body = self._read_body(headers)
        path, _, query = _origin_form(target).partition("?")
        request = Request(method, path, query, headers, body, "app", "http", started)
        app = listener.app_of(request)
        if app is None:
            raise _refusal(503, "no sandbox is served here now")
        response = self._answer(listener, app, request)
        self._deliver(request, response, listener)
        if listener.log is not None:
            listener.log(request, response, _real_seconds() - started)

    def _read_head(self) -> tuple[str, str, dict[str, str]]:
        """Method, target and headers of the next request."""
        line = self._read_line(414, "the request line is too long")
        while line in _BLANK:  # some clients end a body with a line too many
            line = self._read_line(414, "the request line is too long")
        words = line.decode("latin-1").split()
        version = _VERSION.fullmatch(words[-1])
        if len(words) != 3 or version is None:
            raise _refusal(400, f"{line.decode('latin-1').strip()!r} is no request line of HTTP/1.1")
        if version[1] != "1":
            raise _refusal(505, f"{words[2]} is not spoken here; use HTTP/1.1")
        method, target, _ = words
        if method not in _METHODS:
            raise _refusal(405, f"the method {method} is not supported")
        headers = self._read_headers()
        self.closes = words[2] == "HTTP/1.0" or "close" in headers.get("connection", "").lower()
        return method, target, headers

    def _read_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _ in range(_MAX_HEADERS + 1):
            line = self._read_line(431, "a header is too long")
            if line in _BLANK:
                return headers
            match = _HEADER.fullmatch(line)
            if match is None:
                raise _refusal(400, f"{line.decode('latin-1').rstrip()!r} is no header")
            name, value = match[1].decode("latin-1").lower(), match[2].decode("latin-1").strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        raise _refusal(431, f"more than {_MAX_HEADERS} headers")

    def _read_line(self, status: int, complaint: str) -> bytes:
        line = self.rfile.readline(_MAX_LINE + 1)
        if len(line) > _MAX_LINE:
            raise _refusal(status, f"{complaint}")
        if not line.endswith(b"\n"):
            raise _ClientLeft
        return line

    def _read_body(self, headers: Mapping[str, str]) -> bytes:
        coding = headers.get("transfer-encoding")
        if coding is not None and coding.lower() != "chunked":
            raise _refusal(501, f"the transfer encoding {coding} is not supported")
        text = headers.get("content-length", "0")
        if _DIGITS.fullmatch(text) is None:
            raise _refusal(400, f"the content-length {text!r} is no number")
        length = int(text[:15])  # enough to see that it is too long; Python refuses to read thousands of digits
        if length > MAX_BODY:
            raise _too_long()
        if headers.get("expect", "").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._read_exactly(length) if coding is None else self._read_chunks()

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while True:
            head = _CHUNK.fullmatch(self._read_line(400, "malformed chunk"))
            if head is None:
                raise _refusal(400, "malformed chunk")
            size = int(head[1], 16)
            if len(body) + size > MAX_BODY:
                raise _too_long()
            if size == 0:
                self._read_headers()  # the trailer, which nobody wants
                return bytes(body)
            body += self._read_exactly(size)
            if self._read_line(400, "malformed chunk") not in _BLANK:
                raise _refusal(400, "malformed chunk")

    def _read_exactly(self, length: int) -> bytes:
        body = self.rfile.read(length) if length else b""
        if len(body) < length:
            raise _ClientLeft
        return body

    def _answer(self, listener: Any, app: App, request: Request) -> Response:
        if request.path in ("/health", "/health/get_health"):
            return _json(200, {"ok": True, "msg": "I'm a sandbox and I'm fine", "service_health_statuses": []})
        try:
            if request.path.startswith(CONTROL) and listener.control is not None:
                controlled: Response = listener.control(app, request)
                return controlled
            response = app.handle(request)
        except Exception as error:  # noqa: BLE001 - it is raised in the test that caused it
            app.internal_errors.append(error)
            said = {"type": "internal_server_error", "message": f"{type(error).__name__}: {error}"}
            return _json(500, {"error": said, "ok": False})
        if "origin" not in request.headers and any(name == "seam-request-id" for name, _ in response.headers):
            response = response._replace(headers=(*response.headers, *cors(None)))
        return response

    def _deliver(self, request: Request, response: Response, listener: Any) -> None:
        """Send the answer, or do on the wire what the fault says."""
        if response.delay:
            listener.stopping.wait(response.delay)
        if response.wire == "answer":
            self._send(response, has_body=request.method != "HEAD")
            return
        self.closes = True
        if response.wire == "time_out":
            self._wait_for_client_to_leave()
        elif response.wire == "reset":
            self._send(response, cut=True)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.close()

    def _wait_for_client_to_leave(self) -> None:
        """Or for the end of the server, which ends every connection."""
        self.connection.settimeout(None)
        while self.connection.recv(4096):
            pass

    def _send(self, response: Response, *, has_body: bool = True, cut: bool = False) -> None:
        """Head and body in one write; `cut` stops in the middle of the body."""
        body = response.body
        lines = [f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, 'Unknown')}", "server: seam-sandbox"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        lines += [f"content-length: {len(body)}", *(("connection: close",) if self.closes else ()), "\r\n"]
        sent = b"" if not has_body else body[: len(body) // 2] if cut else body
        self.connection.sendall("\r\n".join(lines).encode("latin-1") + sent)


def _refusal(status: int, complaint: str) -> _Refusal:
    return _Refusal(
        Response(status, (("content-type", "text/plain; charset=utf-8"),), f"{status}: {complaint}".encode())
    )


def _too_long() -> _Refusal:
    """Said without reading the body, in the words of Seam's server."""
    return _Refusal(Response(413, body=b"Body exceeded 1mb limit"))


def _origin_form(target: str) -> str:
    """The target of a request without scheme and host, as every server has to take it too."""
    scheme, mark, rest = target.partition("://")
    if not mark or scheme.lower() not in ("http", "https"):
        return target
    cut = min((rest.find(sign) for sign in "/?" if sign in rest), default=len(rest))
    return rest[cut:] if rest[cut : cut + 1] == "/" else f"/{rest[cut:]}"


def _json(status: int, content: dict[str, Any]) -> Response:
    return Response(status, (("content-type", JSON_TYPE),), json.dumps(content).encode())
