"""The loopback door: an HTTP/1.1 server for everything that is not httpx in this process.

One listener can serve many sandboxes; the credentials of a request tell whose it is.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from socketserver import TCPServer, ThreadingMixIn
from threading import Event, Lock, Thread
from typing import Any, Self

from ..engine.app import App
from ..engine.errors import SandboxError
from ..engine.http import Request, Response
from .connection import Handler

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
        super().__init__(address, Handler)

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
