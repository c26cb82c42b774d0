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
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
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
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(;.*)?\r?\n")
_LINE = 8192
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
        with self._lock:
            apps = list(self._apps)
        for app in apps:
            gate = app.gate
            if token in gate.api_keys or token in gate.access_tokens or key in gate.publishable_keys:
                return app
            if any(app.has_session(session) for session in sessions if session is not None):
                return app
        return apps[0] if apps else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_port = False  # a port that is taken has to be an error

    def __init__(self, address: tuple[str, int], listener: Listener) -> None:
        self.listener = listener
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without the look-up of the host's name that the base class makes, which may take seconds."""
        TCPServer.server_bind(self)

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


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "seam-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True  # head and body leave at once; else each answer waits for a delayed ACK
    wbufsize = -1  # one write per answer
    timeout = 60
    _has_refused = False
    server: _Server

    def parse_request(self) -> bool:
        """Parse one request head; what is malformed is answered here."""
        words = self.raw_requestline.split()
        if not words:  # an empty line between requests is passed over
            self.close_connection = False
            return False
        if len(words) == 2:  # refused before the base class waits for headers that HTTP/0.9 does not have
            self.command = ""
            self.send_error(400, "Bad request syntax: no HTTP version")
            return False
        if not super().parse_request():
            return False
        if self.command not in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
            self.send_error(405, f"Method {self.command} is not supported")
            return False
        if any("\n" in value for value in self.headers.values()):
            self.send_error(400, "Folded headers are not supported")
            return False
        self.path = _origin_form(words[1].decode("latin-1"))  # the base class would make one slash of two
        return True

    def handle_expect_100(self) -> bool:
        """Tell a client that asks first to send its body, unless it would be too long."""
        if self._declared_length() > MAX_BODY:
            self._refuse_body()
            return False
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._respond
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Nothing is written to standard error."""

    def finish(self) -> None:
        """End the connection; after a refusal read on for a moment, else a reset could overtake the answer."""
        super().finish()
        if self._has_refused:
            with contextlib.suppress(OSError):
                self._drain()

    def _drain(self) -> None:
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(_LINGER_SECONDS / 4)
        until = _real_seconds() + _LINGER_SECONDS
        while _real_seconds() < until and not self.server.listener.stopping.is_set():
            if not self.connection.recv(65536):
                return

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Malformed HTTP: a short text and the end of the connection; the server lives on."""
        self.close_connection = self._has_refused = True
        self.request_version = "HTTP/1.1"  # a garbled request line leaves 0.9, which has no headers
        text = f"{code}: {message or HTTPStatus(code).phrase}".encode("utf-8", "replace")
        self._send(Response(int(code), (("content-type", "text/plain; charset=utf-8"),), text))

    def _respond(self) -> None:
        listener = self.server.listener
        started = _real_seconds()
        body = self._read_body()
        if body is None:
            return
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, path, query, headers, body, "app", "http", started)
        app = listener.app_of(request)
        if app is None:
            self.send_error(503, "no sandbox is served here now")
            return
        response = self._answer(listener, app, request)
        self._deliver(response, listener)
        if listener.log is not None:
            listener.log(request, response, _real_seconds() - started)

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

    def _read_body(self) -> bytes | None:
        """The body; None when the connection has to end, because it was too long, malformed or cut off."""
        coding = self.headers.get("transfer-encoding")
        if coding is not None:
            if coding.strip().lower() == "chunked":
                return self._read_chunks()
            self.send_error(501, f"Transfer-Encoding {coding} is not supported")
            return None
        length = self._declared_length()
        if length < 0:
            self.send_error(400, "Content-Length is no number")
            return None
        if length > MAX_BODY:
            self._refuse_body()
            return None
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            return None
        return body

    def _declared_length(self) -> int:
        """What Content-Length says: 0 without one, -1 for what is no number; huge numbers are cut."""
        text = (self.headers.get("content-length") or "0").strip()
        return int(text[:15]) if text.isascii() and text.isdigit() else -1

    def _read_chunks(self) -> bytes | None:
        body = bytearray()
        while True:
            head = _CHUNK_SIZE.fullmatch(self.rfile.readline(_LINE))
            if head is None:
                break
            size = int(head[1], 16)
            if len(body) + size > MAX_BODY:
                self._refuse_body()
                return None
            if size == 0:
                self._skip_trailers()
                return bytes(body)
            body += self.rfile.read(size)
            if self.rfile.readline(3) not in (b"\r\n", b"\n"):
                break
        self.send_error(400, "malformed chunk")
        return None

    def _skip_trailers(self) -> None:
        while self.rfile.readline(_LINE).strip():
            pass

    def _refuse_body(self) -> None:
        """Too long: said at once, without reading it."""
        self.close_connection = self._has_refused = True
        self._send(Response(413, body=b"Body exceeded 1mb limit"))

    def _deliver(self, response: Response, listener: Listener) -> None:
        """Send the answer, or do on the wire what the fault says."""
        if response.delay:
            listener.stopping.wait(response.delay)
        if response.wire == "answer":
            self._send(response)
            return
        self.close_connection = True
        if response.wire == "time_out":
            self._wait_for_client_to_leave(listener)
        elif response.wire == "reset":
            self._send(response, cut=True)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.close()

    def _wait_for_client_to_leave(self, listener: Listener) -> None:
        self.connection.settimeout(0.05)
        while not listener.stopping.is_set():
            try:
                if not self.connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def _send(self, response: Response, *, cut: bool = False) -> None:
        """One write: head and body; `cut` stops in the middle of the body."""
        self.send_response_only(response.status)
        self.send_header("Server", self.server_version)
        for name, value in response.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body[: len(response.body) // 2] if cut else response.body)
        with contextlib.suppress(OSError):
            self.wfile.flush()


def _origin_form(target: str) -> str:
    """The target of a request without scheme and host, as every server has to take it too."""
    scheme, mark, rest = target.partition("://")
    if not mark or scheme.lower() not in ("http", "https"):
        return target
    cut = min((rest.find(sign) for sign in "/?" if sign in rest), default=len(rest))
    return rest[cut:] if rest[cut : cut + 1] == "/" else f"/{rest[cut:]}"


def _json(status: int, content: dict[str, Any]) -> Response:
    return Response(status, (("content-type", JSON_TYPE),), json.dumps(content).encode())
