"""`seam-sandbox serve`: a sandbox on loopback, for apps and tests in other languages."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from ..engine.errors import SandboxError
from ..engine.http import Request, Response
from ..output import Output
from ..settings import SETTINGS, Setting
from ..transports.proxies import around_proxies
from . import EXTENSION

if TYPE_CHECKING:
    from ..api.webhooks.model import Webhook
    from ..backends.embedded import Embedded
    from ..backends.extensions import Extensions
    from ..engine.app import App

NewId = Callable[[], str]
_ENDS = (signal.SIGINT, signal.SIGTERM)
_LOOK = 0.5  # seconds between two looks for a signal whose byte went elsewhere
_CONSOLE = "/_sandbox/console"
"""The page asks again and again; nobody wants to read of that."""
_HOST = "127.0.0.1"
_FAKE_HOST = "localhost"  # as the official fake says; its clients use what this name stands for
_MOST_PORT = 65535
_MOST_BYTES = 4096  # signals that are read at once


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "--host",
        help=f"address or name to listen on (default: {_HOST}; with --fake-compat {_FAKE_HOST}, in IPv4 and IPv6)",
    )
    parser.add_argument("--port", type=int, help="port to listen on; 0 takes a free one (default: 0)")
    parser.add_argument(
        "--control-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a host name, besides loopback, under which /_sandbox/ may be used; may be given several times",
    )
    parser.add_argument(
        "--webhook-url",
        action="append",
        default=[],
        metavar="URL",
        help="the address on this machine to which your app wants the events; may be given several times",
    )
    parser.add_argument(
        "--console",
        action="store_true",
        help="serve a page that shows the sandbox and lets things happen in it, at /_sandbox/console",
    )
    parser.add_argument("--extension", action="append", default=[], metavar="MODULE", help=EXTENSION)
    parser.add_argument(
        "--no-control", action="store_true", help="leave out the routes below /_sandbox/, which Seam does not have"
    )
    for name, setting in _settings():
        switch: dict[str, Any] = {"nargs": "?", "const": "true"} if setting.default in ("true", "false") else {}
        if name == "seed":  # a flag of the official fake
            switch = {"nargs": "?", "const": ""}
        default = f" (default: {setting.default})" if setting.default else ""
        parser.add_argument(f"--{name.replace('_', '-')}", help=setting.help + default, **switch)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line, for scripts")
    parser.add_argument(
        "--fake-compat",
        action="store_true",
        help="stand in for Seam's official fake, fake-seam-connect --seed: its seed, ids, keys and routes below "
        "/_fake/, and the port in the environment variable PORT",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    from ..transports.server import Listener

    if options.no_control and (options.console or options.control_host):
        raise SandboxError(
            f"--{'console' if options.console else 'control-host'} is about the routes that --no-control leaves out. "
            "Leave out one of the two."
        )
    given = {name: value for name, _ in _settings() if (value := getattr(options, name)) is not None}
    load = (_load_fake if options.fake_compat else _load_sandbox)(given, options)
    output = Output(sys.stdout, sys.stderr, _lost_json if options.json else _lost_line)
    form = _log_json if options.json else _log_line
    new_id = _request_ids(options)
    served: _Served

    def control(app: App, request: Request) -> Response:
        return served.control(app, request)

    def handle(app: App, request: Request) -> Response:
        return served.handle(app, request)

    def log(request: Request, *entry: Any) -> None:
        if not (options.console and request.path.startswith(_CONSOLE)):
            output.put(form(request, *entry))

    host = options.host
    if host is None:
        host = _FAKE_HOST if options.fake_compat else _HOST
    listener = Listener(
        host=host,
        port=_port(options),
        control=None if options.no_control else control,
        control_hosts=options.control_host,
        control_paths=("/_sandbox/", "/_fake/") if options.fake_compat else ("/_sandbox/",),
        handle=handle,
        early=lambda request: _early(request, new_id),
        log=log,
    )
    with closing(output), _signals() as wait_for_signal, listener:
        served = load(new_id)  # the slow part: requests wait for it, but those for /health
        with listener.joined(served.backend.app) as url:
            if not listener.is_loopback:
                output.tell(
                    f"seam-sandbox: {host} is open to other machines. Whoever reaches it can "
                    f"{'use' if options.no_control else 'use and control'} this sandbox."
                )
            output.put("\n".join(_announcement(options, url, served)), vital=True)
            wait_for_signal(served.backend.app.settle)
    return 0


def _early(request: Request, new_id: NewId) -> Response | None:
    """The answer to a request that came before the sandbox was there; None for one that waits for it."""
    from ..engine.clock import written_at
    from ..engine.health import PATHS, health

    return health(request, now=written_at(time.time()), request_id=new_id()) if request.path in PATHS else None


def _request_ids(options: argparse.Namespace) -> NewId:
    """The ids of requests for /health; those of the official fake are counted with all others."""
    if options.fake_compat:
        numbers = count(1)
        return lambda: f"request{next(numbers)}"
    from ..engine.ids import Ids

    return Ids(f"{options.seed or 0}/health").uuid


class _Served(NamedTuple):
    """What is served. control, handle: answer requests. webhooks: those of --webhook-url."""

    backend: Embedded
    control: Callable[[App, Request], Response]
    handle: Callable[[App, Request], Response]
    webhooks: Sequence[Webhook] = ()


def _load_sandbox(given: dict[str, Any], options: argparse.Namespace) -> Callable[[NewId], _Served]:
    if given.get("seed") == "":
        raise SandboxError("--seed needs a value. Without one it is a flag of Seam's official fake: add --fake-compat.")

    def load(new_id: NewId) -> _Served:
        from ..engine.app import App
        from ..sandbox import Sandbox
        from ..transports.control import controls_of

        sandbox = Sandbox(extensions=_extensions_of(options.extension), **given)
        sandbox.embedded.app.new_health_id = new_id
        webhooks = [sandbox.webhooks.deliver_to(url) for url in options.webhook_url]
        control = _console_of(sandbox.embedded) if options.console else controls_of(sandbox.embedded)
        return _Served(sandbox.embedded, control, App.handle, webhooks)

    return load


def _extensions_of(modules: Sequence[str]) -> Extensions:
    """What these modules add; the checks of extensions are loaded where there is a module."""
    from ..backends.extensions import NO_EXTENSIONS

    if not modules:
        return NO_EXTENSIONS
    from ..extensions import extensions_named

    return extensions_named(modules)


def _console_of(backend: Embedded) -> Callable[[App, Request], Response]:
    from ..console.routes import console_of

    return console_of(backend)


def _load_fake(given: dict[str, Any], options: argparse.Namespace) -> Callable[[NewId], _Served]:
    ours = {"--console": options.console, "--extension": options.extension}
    for name, is_given in ours.items():
        if is_given:
            raise SandboxError(f"{name} is no option of Seam's official fake. Leave out --fake-compat to use it.")

    from ..fake_compat.options import fake_options

    found = fake_options(given)

    def load(new_id: NewId) -> _Served:
        from ..fake_compat.routes import control
        from ..fake_compat.server import FakeServer

        server = FakeServer(**found, new_id=new_id)
        webhooks = [server.deliveries.webhooks().deliver_to(url) for url in options.webhook_url]
        return _Served(server.backend, partial(control, server), server.handle, webhooks)

    return load


def _port(options: argparse.Namespace) -> int:
    """The port that is asked for; in place of the official fake the environment has a say, too."""
    if options.port is not None or not options.fake_compat:
        return options.port or 0
    given = os.environ.get("PORT", "")
    text = given.strip() or "0"  # a batch file of Windows leaves a space after it
    if not text.isdecimal() or int(text) > _MOST_PORT:
        raise SandboxError(f"the environment variable PORT is {given!r}; it takes a number from 0 to {_MOST_PORT}.")
    return int(text)


@contextmanager
def _signals() -> Iterator[Callable[[Callable[[], None]], None]]:
    """Hold off SIGINT and SIGTERM from now on; gives a function that waits for the first of them, and calls another
    one in intervals meanwhile.

    A handler in Python alone may come too late: a signal that comes just before the program starts to wait would not
    wake it. So the program waits for the byte that the interpreter itself writes when a signal comes. Event loops of
    other libraries take that byte for themselves, so the handler notes the signal too, and the program looks for its
    note in intervals.
    """
    came: list[int] = []
    alarm, wake = socket.socketpair()
    wake.setblocking(False)
    alarm.settimeout(_LOOK)
    before = signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    for number in _ENDS:
        signal.signal(number, lambda number, _frame: came.append(number))

    def wait(meanwhile: Callable[[], None]) -> None:
        while not came:
            meanwhile()
            with suppress(TimeoutError):
                came.extend(number for number in alarm.recv(_MOST_BYTES) if number in _ENDS)

    try:
        yield wait
    finally:
        signal.set_wakeup_fd(before)
        alarm.close()
        wake.close()


def _settings() -> list[tuple[str, Setting]]:
    """The settings that are about a server: all but those of interception and of live sandboxes."""
    return [(name, setting) for name, setting in SETTINGS.items() if setting.of_server]


def _announcement(options: argparse.Namespace, url: str, served: _Served) -> list[str]:
    backend, webhooks = served.backend, served.webhooks
    api_key, workspace_id = backend.api_key, backend.workspace_id
    no_proxy = around_proxies(os.environ, url)["NO_PROXY"]
    if options.json:
        ready = {"event": "ready", "url": url, "api_key": api_key, "workspace_id": workspace_id, "no_proxy": no_proxy}
        told: dict[str, Any] = (
            {"webhooks": [webhook.model_dump(mode="json") for webhook in webhooks]} if webhooks else {}
        )
        told |= {"console": f"{url}{_CONSOLE}"} if options.console else {}
        return [json.dumps(ready | told)]
    control = "no control routes" if options.no_control else f"control below {url}/_sandbox/"
    return [
        f"SEAM_ENDPOINT={url}",
        f"SEAM_API_KEY={api_key}",
        f"NO_PROXY={no_proxy}",
        f"workspace_id={workspace_id}",
        *(f"SEAM_WEBHOOK_SECRET={webhook.secret}" for webhook in webhooks),
        *([f"console={url}{_CONSOLE}"] if options.console else []),
        f"ready: world {backend.world}, {control}, stop with Ctrl-C",
    ]


def _log_line(request: Request, response: Response, seconds: float) -> str:
    outcome = response.status if response.wire == "answer" else response.wire
    return f"{request.method} {request.path} -> {outcome} ({seconds * 1000:.1f} ms)"


def _log_json(request: Request, response: Response, seconds: float) -> str:
    entry = {
        "event": "request",
        "method": request.method,
        "path": request.path,
        "status": response.status,
        "wire": response.wire,
        "seconds": round(seconds, 6),
    }
    return json.dumps(entry)


def _lost_line(number: int) -> str:
    return f"… {number} lines were not written"


def _lost_json(number: int) -> str:
    return json.dumps({"event": "lost", "lines": number})
