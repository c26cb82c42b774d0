"""The loopback door: an HTTP/1.1 server for everything that is not httpx in this process.

One listener can serve many sandboxes; the credentials of a request tell whose it is.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from socketserver import StreamRequestHandler, TCPServer, ThreadingMixIn
from threading import Event, Lock, Thread
from typing import Any, Self

from ..engine.app import MAX_BODY, App
from ..engine.errors import SandboxError
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
Control = Callable[[App, Request], Response]
Log = Callable[[Request, Response, float], None]


class Listener:
    """A loopback server. Start it with `start` or as a context manager; apps join and leave while it runs.

    port: 0 for a free one. control: answers requests below /_sandbox/; None leaves them unknown. log: called after
    each request with its answer and the seconds it took.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, control: Control | None = None, log: Log | None = None
    ) -> None:
        self.host = host
        self.control = control
        self.log = log
        self.stopping = Event()
        self._asked_port = port
        self._apps: list[App] = []
        self._lock = Lock()
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._running.server_address[1])

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    @property
    def _running(self) -> _Server:
        if self._server is None:
            raise SandboxError("the loopback server is not running. Use it inside its with block.")
        return self._server

    def start(self) -> None:
        """Listen. Raises SandboxError when the port is taken."""
        if self._server is not None:
            return
        self.stopping.clear()
        try:
            server = _Server((self.host, self._asked_port), self)
        except (OSError, OverflowError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or error
            raise SandboxError(
                f"cannot listen on {self.host}:{self._asked_port}: {reason}. Choose another port, or 0 for a free one."
            ) from error
        self._asked_port = int(server.server_address[1])
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True, name="seam-sandbox").start()
        self._server = server

    def stop(self) -> None:
        """Stop listening and close every connection."""
        if self._server is not None:
            self.stopping.set()
            self._server.shutdown()
            self._server.server_close()
            self._server.close_connections()
            self._server = None

    @contextlib.contextmanager
    def joined(self, app: App) -> Iterator[str]:
        """Serve this app inside the block; gives the base URL. Raises SandboxError when its keys are taken."""
        with self._lock:
            for other in self._apps:
                if other.gate.api_keys.keys() & app.gate.api_keys.keys():
                    raise SandboxError(
                        "two sandboxes with the same API key cannot share one server. Give them different seeds."
                    )
            self._apps.append(app)
        app.faults.on_refusal = self._follow_refusals
        try:
            yield self.url
        finally:
            app.faults.on_refusal = None
            with self._lock:
                self._apps.remove(app)
            self._follow_refusals(False)

    def _follow_refusals(self, refused: bool) -> None:
        """While a `refuse` fault is set, nobody listens: the connection is refused for real."""
        if refused:
            self.stop()
        else:
            self.start()

    def app_of(self, request: Request) -> App | None:
        """The app whose credential the request carries; the first one for a request with an unknown credential."""
        authorization = request.headers.get("authorization") or ""
        token = authorization.removeprefix("Bearer ").strip()
        headers = request.headers
        sessions = {headers.get("client-session-token"), headers.get("seam-client-session-token"), token} - {None, ""}
        key = headers.get("seam-publishable-key")
        apps = tuple(self._apps)
        for app in apps if len(apps) > 1 else ():
            gate = app.gate
            if token in gate.api_keys or token in gate.access_tokens or key in gate.publishable_keys:
                return app
            if any(app.has_session(session) for session in sessions if session is not None):
                return app
        return apps[0] if apps else None


class _Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True  # a listener comes back on its port although old connections linger
    allow_reuse_port = False  # a port that is taken has to be an error

    def __init__(self, address: tuple[str, int], listener: Listener) -> None:
        self.listener = listener
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error; what the sandbox itself did wrong is kept by its app."""


class _Refusal(Exception):
    """What came over the wire is no request to Seam: the answer that says so, and the end of the connection."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class _ClientLeft(Exception):
    """The client closed the connection, between two requests or in the middle of one."""


class _Handler(StreamRequestHandler):
    """One connection. The head of a request is parsed here: the standard library's way takes as long as the rest."""

    disable_nagle_algorithm = True  # an answer leaves at once, also while the last one is not acknowledged
    timeout = 60
    server: _Server
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

    def _answer(self, listener: Listener, app: App, request: Request) -> Response:
        if request.path in ("/health", "/health/get_health"):
            return _json(200, {"ok": True, "msg": "I'm a sandbox and I'm fine", "service_health_statuses": []})
        try:
            if request.path.startswith(CONTROL) and listener.control is not None:
                return listener.control(app, request)
            response = app.handle(request)
        except Exception as error:  # noqa: BLE001 - it is raised in the test that caused it
            app.internal_errors.append(error)
            said = {"type": "internal_server_error", "message": f"{type(error).__name__}: {error}"}
            return _json(500, {"error": said, "ok": False})
        if "origin" not in request.headers and any(name == "seam-request-id" for name, _ in response.headers):
            response = response._replace(headers=(*response.headers, *cors(None)))
        return response

    def _deliver(self, request: Request, response: Response, listener: Listener) -> None:
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
