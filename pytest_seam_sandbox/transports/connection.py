"""One connection of the loopback server: HTTP/1.1, and what faults do to it on the wire."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Callable
from http import HTTPStatus
from threading import Event, Thread, current_thread
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..engine.http import MAX_BODY, Request, Response
from ..engine.real_time import real_seconds
from .request_reader import ConnectionOver, Refusal, RequestReader

if TYPE_CHECKING:
    from ..engine.app import App

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends a reset
_PHRASES = MappingProxyType({status.value: status.phrase for status in HTTPStatus})
_LINGER_SECONDS = 2.0
_IDLE_SECONDS = 60.0
Answer = Callable[["Connection", Request], Response]
Log = Callable[[Request, Response, float], None]


class Connection:
    """One connection, answered in a thread of its own.

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
        self._reader = RequestReader(accepted.recv)
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
        with contextlib.suppress(ConnectionOver, OSError):
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
        head = self._reader.read_head()
        started = real_seconds()
        self._closes = head.closes
        if head.awaits_continue and head.length <= MAX_BODY:
            self._socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._reader.read_body(head, MAX_BODY)
        path, _, query = _origin_form(head.target).partition("?")
        request = Request(head.method, path, query, head.headers, body, "app", "http", started)
        response = self._answer(self, request)
        self._deliver(request, response)
        if self._log is not None:
            self._log(request, response, real_seconds() - started)

    def _deliver(self, request: Request, response: Response) -> None:
        """Send the answer, or do on the wire what the fault says."""
        if response.delay and self._ending.wait(response.delay):
            raise ConnectionOver
        if response.wire == "answer":
            self._send(response, has_body=request.method != "HEAD")
            return
        self._closes = True
        if response.wire == "time_out":
            self._wait_for_client_to_leave()
        elif response.wire == "reset":
            self._send(response, cut=True)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
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


def _origin_form(target: str) -> str:
    """The target of a request without scheme and host, as every server has to take it too."""
    scheme, mark, rest = target.partition("://")
    if not mark or scheme.lower() not in ("http", "https"):
        return target
    cut = min((rest.find(sign) for sign in "/?" if sign in rest), default=len(rest))
    return rest[cut:] if rest[cut : cut + 1] == "/" else f"/{rest[cut:]}"
