"""What the loopback server costs: beside a server of the same kind that always gives the same answer."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from pytest_seam_sandbox import Sandbox

from .fill import add_devices
from .method import Case, Effort, Spread, rounds
from .table import Row, budget_ratio


def server_rows(effort: Effort) -> Iterator[Row]:
    """Start, stop, and a call over a connection that is kept alive."""
    lives = [_start_and_stop() for _ in range(effort.rounds + 1)][1:]
    yield Row.of("server_start", Spread.of(start for start, _ in lives))
    yield Row.of("server_stop", Spread.of(stop for _, stop in lives))
    sandbox = Sandbox()
    [device_id] = add_devices(sandbox, 1)
    path = f"/devices/get?device_id={device_id}"
    with sandbox.serve() as url, _constant_server(_answer(sandbox, path)) as floor_url:
        cases = [
            Case("floor", partial(_caller, floor_url, path, sandbox.api_key)),
            Case("server", partial(_caller, url, path, sandbox.api_key)),
        ]
        times = rounds(cases, effort)
    yield budget_ratio("server_call", times, "server", "floor")


def _start_and_stop() -> tuple[float, float]:
    """Seconds from the wish for a server to its first answer, and from the wish to end it to its end."""
    sandbox = Sandbox()
    started = perf_counter()
    with sandbox.serve() as url:
        _caller(url, "/devices/list", sandbox.api_key)()
        answered = perf_counter()
        wants_end = perf_counter()
    return answered - started, perf_counter() - wants_end


def _caller(url: str, path: str, key: str) -> Callable[[], object]:
    """Sends the same GET again and again over one connection."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    headers = {"authorization": f"Bearer {key}"}

    def call() -> bytes:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}: {content!r}")
        return content

    return call


def _answer(sandbox: Sandbox, path: str) -> tuple[list[tuple[str, str]], bytes]:
    """Headers and body that the server gives to a request; what a server of the same kind adds is left out."""
    with sandbox.serve() as url:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.request("GET", path, headers={"authorization": f"Bearer {sandbox.api_key}"})
        answer = connection.getresponse()
        return [pair for pair in answer.getheaders() if pair[0].lower() != "connection"], answer.read()


@contextmanager
def _constant_server(answer: tuple[list[tuple[str, str]], bytes]) -> Iterator[str]:
    """A threading server of the standard library, tuned alike: keep-alive, no Nagle, one write per answer."""
    headers, content = answer

    class Constant(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            self.send_response_only(200)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Constant) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            with suppress(OSError):
                server.shutdown()
