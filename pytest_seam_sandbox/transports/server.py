"""The loopback server: HTTP/1.1, for every client that is not httpx in this process.

One listener can serve many sandboxes; the credentials of a request tell whose it is.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address
from socket import socket
from threading import Event, RLock
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakMethod

from ..engine.errors import SandboxError, is_for_the_test
from ..engine.http import JSON_TYPE, Request, Response, cors
from ..engine.real_time import real_seconds
from .connection import Connection, Log
from .port import Port
from .request_reader import ConnectionOver, Refusal

if TYPE_CHECKING:
    from ..engine.app import App

__tracebackhide__ = is_for_the_test

CONTROL = "/_sandbox/"
Control = Callable[["App", Request], Response]
Early = Callable[[Request], "Response | None"]
_PATIENCE = 2.0  # real seconds that threads of ended connections get to end


class Listener:
    """A loopback server. Start it with `start` or as a context manager; apps join and leave while it runs.

    port: 0 for a free one. control: answers requests below /_sandbox/, or those that begin with one of `control_paths`;
    None leaves them unknown. control_hosts: names of hosts, besides loopback, under which these may be sent. handle:
    answers all other requests in place of the app. early: answers requests that come before the first app has joined;
    those for which it gives None wait for that app, and get no answer if the listener ends first. log: called after
    each request with its answer and its seconds.

    A child process that is forked meanwhile holds nothing of it: there the listener starts anew, on a port of its own,
    when an app joins.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        control: Control | None = None,
        control_hosts: Sequence[str] = (),
        control_paths: Sequence[str] = (CONTROL,),
        handle: Control | None = None,
        early: Early | None = None,
        log: Log | None = None,
    ) -> None:
        self.host = host
        self._control = control
        self._control_hosts = [name.lower() for name in control_hosts]
        self._control_paths = tuple(control_paths)
        self._handle = handle
        self._early = early
        self._has_begun = Event()  # when an app has joined, or none will
        self._log = log
        self._asked_port = port
        self._apps: list[App] = []
        self._refusing: list[App] = []
        self._lock = RLock()
        self._port: Port | None = None
        self._connections: set[Connection] = set()
        if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows has no fork
            forget = WeakMethod(self._forget)
            os.register_at_fork(after_in_child=lambda: (method := forget()) and method())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._open_port.number

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end; on loopback when it listens on every address."""
        address = ip_address(self._open_port.address)
        host = self.host
        if address.is_unspecified:
            host = "127.0.0.1" if address.version == 4 else "::1"
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only programs on this machine can reach it."""
        return ip_address(self._open_port.address).is_loopback

    @property
    def _open_port(self) -> Port:
        if self._port is None:
            raise SandboxError("the loopback server is not running. Use it inside its with block.")
        return self._port

    def start(self) -> None:
        """Listen. Raises SandboxError when the port is taken."""
        with self._lock:
            if self._port is None:
                self._port = self._bind()
                if not self._refusing:
                    self._listen(self._port)

    def stop(self) -> None:
        """Stop listening, close every connection and wait until their threads have ended."""
        with self._lock:
            if self._port is not None:
                self._port.close()
                self._port = None
        self._has_begun.set()
        self._end(list(self._connections))

    @contextlib.contextmanager
    def serving(self, app: App) -> Iterator[str]:
        """Like `joined`, for a listener that ends with the block, and before the app leaves: nobody hears 503."""
        with contextlib.ExitStack() as block:
            block.callback(self.stop)
            url = block.enter_context(self.joined(app))
            block.callback(self.stop)
            yield url

    @contextlib.contextmanager
    def joined(self, app: App) -> Iterator[str]:
        """Serve this app inside the block; gives the base URL. Its connections end with the block; the server goes on.

        While a `refuse` fault of one app is set, nobody listens: one port cannot refuse some and admit others. Raises
        SandboxError when its keys are taken, or when it has a refusal set that is to be counted.
        """
        with self._lock:
            for other in self._apps:
                if other.gate.api_keys.keys() & app.gate.api_keys.keys():
                    raise SandboxError(
                        "two sandboxes with the same API key cannot share one server. Give them different seeds, "
                        "and not one api_key."
                    )
            self._apps.append(app)

        def follow(refused: bool) -> None:
            self._refuse(app, refused=refused)

        try:
            with app.faults.followed(follow):
                self.start()
                self._has_begun.set()
                yield self.url
        finally:
            for connection in list(self._connections):
                if connection.app is app:  # what is asked there from now on is no request to another app
                    connection.end()
            with self._lock:
                self._apps.remove(app)
                port = self._port
            if port is not None:  # who has connected and not been accepted yet would be left behind
                port.catch_up()
            self._refuse(app, refused=False)
            self._end([each for each in list(self._connections) if each.app is app or not self._apps])

    def _refuse(self, app: App, *, refused: bool) -> None:
        """Keep the port without listening while an app refuses; listen again on the same one when none does."""
        with self._lock:
            before = bool(self._refusing)
            self._refusing = [each for each in self._refusing if each is not app] + ([app] if refused else [])
            if self._port is None or bool(self._refusing) == before:
                return
            if before:
                self._listen(self._port)
                return
            self._shut(self._port)
        for connection in list(self._connections):
            connection.end()

    def _bind(self) -> Port:
        if not isinstance(self.host, str):
            raise SandboxError(f"the host to listen on is a name or an address as text; got {self.host!r}.")
        if not self.host.strip():
            raise SandboxError(
                "the host to listen on is empty, which would open the port to the whole network. Give 127.0.0.1, or "
                "0.0.0.0 if every address of this machine is meant."
            )
        try:
            port = Port(self.host, self._asked_port)
        except (OSError, OverflowError, TypeError, ValueError) as error:
            raise self._no_port(error) from error
        self._asked_port = port.number
        return port

    def _listen(self, port: Port) -> None:
        try:
            port.listen(self._accept)
        except OSError as error:
            self._port = None
            port.close()
            raise self._no_port(error) from error

    def _shut(self, port: Port) -> None:
        try:
            port.refuse()
        except OSError as error:
            self._port = None
            raise self._no_port(error) from error

    def _no_port(self, error: Exception) -> SandboxError:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        return SandboxError(
            f"cannot listen on {self.host}:{self._asked_port}: {str(reason).rstrip('.')}. Choose another "
            "port, or 0 for a free one."
        )

    def _accept(self, accepted: socket) -> None:
        connection = Connection(accepted, self._answer, self._log, self._connections.discard)
        self._connections.add(connection)
        connection.start()

    @staticmethod
    def _end(connections: list[Connection]) -> None:
        """End these connections and wait for their threads; one that hangs is left behind in the end."""
        until = real_seconds() + _PATIENCE
        for connection in connections:
            connection.end()
        for connection in connections:
            connection.wait(max(0.0, until - real_seconds()))

    def _forget(self) -> None:  # pragma: no cover - in a forked child, of which no coverage is written
        """In a forked child: close the copies of what belongs to the parent, where the threads are."""
        self._lock = RLock()
        if self._port is not None:
            self._port.abandon()
            self._port, self._asked_port = None, 0
        for connection in self._connections:
            connection.abandon()
        self._connections = set()

    def _answer(self, connection: Connection, request: Request) -> Response:
        if self._early is not None and not self._has_begun.is_set():
            answer = self._early(request)
            if answer is not None:
                return answer
            self._has_begun.wait()
            if not self._apps:
                raise ConnectionOver
        app = connection.app = self.app_of(request)
        if app is None:
            raise Refusal(503, "no sandbox is served here now")
        try:
            if request.path.startswith(self._control_paths) and self._control is not None:
                return self._controlled(self._control, app, request)
            response = app.handle(request) if self._handle is None else self._handle(app, request)
        except Exception as error:  # noqa: BLE001 - it is raised in the test that caused it
            app.note_error(error)
            said = {"type": "internal_server_error", "message": f"{type(error).__name__}: {error}"}
            return _json(500, {"error": said, "ok": False})
        if "origin" not in request.headers and any(name == "seam-request-id" for name, _ in response.headers):
            response = response._replace(headers=(*response.headers, *cors(None)))
        return response

    def _controlled(self, control: Control, app: App, request: Request) -> Response:
        """The answer of a control route; pages on this machine may read it."""
        from .control_access import check_access

        hosts = {self.host.lower(), *self._control_hosts}
        answer = check_access(request, hosts=hosts, is_open=not self.is_loopback)
        origin = request.headers.get("origin")
        if answer is not None:
            return answer
        if origin is None:
            return control(app, request)
        answer = Response(200) if request.method == "OPTIONS" else control(app, request)
        return answer._replace(headers=(*answer.headers, *cors(origin)))

    def app_of(self, request: Request) -> App | None:
        """The app whose credential the request carries; the first one for a request with an unknown credential."""
        authorization = request.headers.get("authorization") or ""
        token = authorization.removeprefix("Bearer ").strip()
        headers = request.headers
        sessions = {headers.get("client-session-token"), headers.get("seam-client-session-token"), token} - {None, ""}
        key = headers.get("seam-publishable-key")
        apps = tuple(self._apps)
        for app in apps if len(apps) > 1 else ():
            with app.lock:
                gate = app.gate
                if token in gate.api_keys or token in gate.access_tokens or key in gate.publishable_keys:
                    return app
                if any(app.has_session(session) for session in sessions if session is not None):
                    return app
        return apps[0] if apps else None


def _json(status: int, content: dict[str, Any]) -> Response:
    return Response(status, (("content-type", JSON_TYPE),), json.dumps(content).encode())
