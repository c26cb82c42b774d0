"""One connection of the loopback server: HTTP/1.1, and what faults do to it on the wire."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import struct
import time
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from threading import Event, Thread, current_thread
from types import MappingProxyType

from ..engine.app import MAX_BODY, App
from ..engine.http import Request, Response

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends a reset
# A clock that runs on while freezegun or time-machine hold the others; Windows has no such function.
real_seconds: Callable[[], float] = (
    partial(time.clock_gettime, time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime") else time.monotonic
)
_METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))
_PHRASES = MappingProxyType({status.value: status.phrase for status in HTTPStatus})
_VERSION = re.compile(r"HTTP/(\d)\.\d")
_HEADER = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^\r\n]*)\r?\n")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(;[^\r\n]*)?\r?\n")
_DIGITS = re.compile("[0-9]+")
_BLANK = (b"\r\n", b"\n")
_MAX_LINE = 65536
_MAX_HEADERS = 100
_LINGER_SECONDS = 2.0
_IDLE_SECONDS = 60.0
Answer = Callable[["Connection", Request], Response]
Log = Callable[[Request, Response, float], None]


class Refusal(Exception):
    """What came over the wire is not answered: the response that says so, and the end of the connection."""

    def __init__(self, status: int, complaint: str, body: bytes = b"") -> None:
        super().__init__(complaint)
        headers = () if body else (("content-type", "text/plain; charset=utf-8"),)
        self.response = Response(status, headers, body or f"{status}: {complaint}".encode())


class _Over(Exception):
    """The connection has been closed, by the client, between two requests or in the middle of one, or by its owner."""


class Connection:
    """One connection, answered in a thread of its own. The head of a request is parsed here: the standard library's
    way takes as long as the rest.

    answer: gives the response to a request. log: told of each request when it has been answered. app: whose requests
    came last; for the owner to set.
    """

    def __init__(
        self, accepted: socket.socket, answer: Answer, log: Log | None, ended: Callable[[Connection], None]
    ) -> None:
        self.app: App | None = None
        self._socket = accepted
        self._answer = answer
        self._log = log
        self._ended = ended
        self._rfile = accepted.makefile("rb")
        self._ending = Event()
        self._closes = False
        self._thread = Thread(target=self._run, daemon=True, name="seam-sandbox connection")

    def start(self) -> None:
        """Answer what comes, until either side has enough. Raises RuntimeError when there can be no more threads."""
        try:
            self._thread.start()
        except RuntimeError:
            self._close()
            raise

    def end(self) -> None:
        """Send and read no more; what waits for something here wakes up."""
        self._ending.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def wait(self, seconds: float) -> None:
        """Wait until the thread has ended, or these seconds have passed."""
        if self._thread is not current_thread():
            self._thread.join(seconds)

    def abandon(self) -> None:  # pragma: no cover - in a forked child, of which no coverage is written
        """Close this process's copy of the connection, after a fork; its thread is in the other process."""
        os.close(self._socket.detach())

    def _run(self) -> None:
        with contextlib.suppress(_Over, OSError):
            self._socket.settimeout(_IDLE_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)  # an answer leaves at once
            try:
                while not self._closes:
                    self._respond()
            except Refusal as refusal:
                self._closes = True
                self._send(refusal.response)
                self._drain()
        self._close()

    def _close(self) -> None:
        self.end()  # a copy of the connection may live on in another process
        self._rfile.close()
        self._socket.close()
        self._ended(self)

    def _drain(self) -> None:
        """Read on for a moment after a refusal: closing with something unread is a reset that overtakes the answer."""
        self._socket.shutdown(socket.SHUT_WR)
        self._socket.settimeout(_LINGER_SECONDS / 4)
        until = real_seconds() + _LINGER_SECONDS
        while real_seconds() < until and self._socket.recv(65536):
            pass

    def _respond(self) -> None:
        method, target, headers = self._read_head()
        started = real_seconds()
        body = self._read_body(headers)
        path, _, query = _origin_form(target).partition("?")
        request = Request(method, path, query, headers, body, "app", "http", started)
        response = self._answer(self, request)
        self._deliver(request, response)
        if self._log is not None:
            self._log(request, response, real_seconds() - started)

    def _read_head(self) -> tuple[str, str, dict[str, str]]:
        """Method, target and headers of the next request."""
        line = self._read_line(414, "the request line is too long")
        while line in _BLANK:  # some clients end a body with a line too many
            line = self._read_line(414, "the request line is too long")
        words = line.decode("latin-1").split()
        version = _VERSION.fullmatch(words[2]) if len(words) == 3 else None
        if version is None:
            raise Refusal(400, f"{line.decode('latin-1').strip()!r} is no request line of HTTP/1.1")
        if version[1] != "1":
            raise Refusal(505, f"{words[2]} is not spoken here; use HTTP/1.1")
        method, target, _ = words
        if method not in _METHODS:
            raise Refusal(405, f"the method {method} is not supported")
        headers = self._read_headers()
        self._closes = words[2] == "HTTP/1.0" or "close" in headers.get("connection", "").lower()
        return method, target, headers

    def _read_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _ in range(_MAX_HEADERS + 1):
            line = self._read_line(431, "a header is too long")
            if line in _BLANK:
                return headers
            match = _HEADER.fullmatch(line)
            if match is None:
                raise Refusal(400, f"{line.decode('latin-1').rstrip()!r} is no header")
            name, value = match[1].decode("latin-1").lower(), match[2].decode("latin-1").strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        raise Refusal(431, f"more than {_MAX_HEADERS} headers")

    def _read_line(self, status: int, complaint: str) -> bytes:
        line = self._rfile.readline(_MAX_LINE + 1)
        if len(line) > _MAX_LINE:
            raise Refusal(status, f"{complaint}")
        if not line.endswith(b"\n"):
            raise _Over
        return line

    def _read_body(self, headers: Mapping[str, str]) -> bytes:
        coding = headers.get("transfer-encoding")
        if coding is not None and coding.lower() != "chunked":
            raise Refusal(501, f"the transfer encoding {coding} is not supported")
        text = headers.get("content-length", "0")
        if _DIGITS.fullmatch(text) is None:
            raise Refusal(400, f"the content-length {text!r} is no number")
        length = int(text[:15])  # enough to see that it is too long; Python refuses to read thousands of digits
        if length > MAX_BODY:
            raise _too_long()
        if headers.get("expect", "").lower() == "100-continue":
            self._socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._read_exactly(length) if coding is None else self._read_chunks()

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while True:
            head = _CHUNK.fullmatch(self._read_line(400, "malformed chunk"))
            if head is None:
                raise Refusal(400, "malformed chunk")
            size = int(head[1], 16)
            if len(body) + size > MAX_BODY:
                raise _too_long()
            if size == 0:
                self._read_headers()  # the trailer, which nobody wants
                return bytes(body)
            body += self._read_exactly(size)
            if self._read_line(400, "malformed chunk") not in _BLANK:
                raise Refusal(400, "malformed chunk")

    def _read_exactly(self, length: int) -> bytes:
        body = self._rfile.read(length) if length else b""
        if len(body) < length:
            raise _Over
        return body

    def _deliver(self, request: Request, response: Response) -> None:
        """Send the answer, or do on the wire what the fault says."""
        if response.delay and self._ending.wait(response.delay):
            raise _Over
        if response.wire == "answer":
            self._send(response, has_body=request.method != "HEAD")
            return
        self._closes = True
        if response.wire == "time_out":
            self._wait_for_client_to_leave()
        elif response.wire == "reset":
            self._send(response, cut=True)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._rfile.close()  # the socket is open as long as this is
            self._socket.close()

    def _wait_for_client_to_leave(self) -> None:
        """Or for the end of the server, which ends every connection."""
        self._socket.settimeout(None)
        while self._socket.recv(4096):
            pass

    def _send(self, response: Response, *, has_body: bool = True, cut: bool = False) -> None:
        """Head and body in one write; `cut` stops in the middle of the body."""
        body = response.body
        lines = [f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, 'Unknown')}", "server: seam-sandbox"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        lines += [f"content-length: {len(body)}", *(("connection: close",) if self._closes else ()), "\r\n"]
        sent = b"" if not has_body else body[: len(body) // 2] if cut else body
        self._socket.sendall("\r\n".join(lines).encode("latin-1") + sent)


def _too_long() -> Refusal:
    """Said without reading the body, in the words of Seam's server."""
    return Refusal(413, "too long", b"Body exceeded 1mb limit")


def _origin_form(target: str) -> str:
    """The target of a request without scheme and host, as every server has to take it too."""
    scheme, mark, rest = target.partition("://")
    if not mark or scheme.lower() not in ("http", "https"):
        return target
    cut = min((rest.find(sign) for sign in "/?" if sign in rest), default=len(rest))
    return rest[cut:] if rest[cut : cut + 1] == "/" else f"/{rest[cut:]}"
