"""The command line: `seam-sandbox serve`, for apps and tests in other languages, and `seam-sandbox ledger`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from threading import Event
from typing import Any

from .engine.errors import SandboxError
from .engine.http import Request, Response
from .settings import SETTINGS, Setting


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except SandboxError as mistake:
        print(f"seam-sandbox: {mistake}", file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="seam-sandbox", description="An emulated Seam sandbox workspace.")
    commands = parser.add_subparsers(required=True, metavar="command")
    serve = commands.add_parser("serve", help="serve a sandbox on loopback until it is interrupted")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one (default: 0)")
    for name, setting in _settings():
        switch: dict[str, Any] = {"nargs": "?", "const": "true"} if setting.default in ("true", "false") else {}
        default = f" (default: {setting.default})" if setting.default else ""
        serve.add_argument(f"--{name.replace('_', '-')}", help=setting.help + default, **switch)
    serve.add_argument("--json", action="store_true", help="print one JSON object a line, for scripts")
    serve.set_defaults(run=_serve)
    ledger = commands.add_parser("ledger", help="print what of Seam is emulated, and on whose word")
    ledger.add_argument("--json", action="store_true", help="print JSON in place of Markdown")
    ledger.set_defaults(run=_ledger)
    return parser


def _ledger(options: argparse.Namespace) -> int:
    from .report.ledger import as_json, as_text

    print(json.dumps(as_json(), indent=1) if options.json else as_text())
    return 0


def _serve(options: argparse.Namespace) -> int:
    from .doors.server import Listener
    from .sandbox import Sandbox

    given = {name: value for name, _ in _settings() if (value := getattr(options, name)) is not None}
    sandbox = Sandbox(**given)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    log = _log_json if options.json else _log_line
    listener = Listener(host=options.host, port=options.port, control=sandbox._control, log=log)
    with listener, listener.joined(sandbox._backend.app) as url:
        _announce(options, url, sandbox.api_key, sandbox.workspace_id)
        stop.wait()
    return 0


def _settings() -> list[tuple[str, Setting]]:
    """The settings that are about a server: all but those of interception."""
    return [(name, setting) for name, setting in SETTINGS.items() if name != "intercept_allow"]


def _announce(options: argparse.Namespace, url: str, api_key: str, workspace_id: str) -> None:
    if options.json:
        ready = {"event": "ready", "url": url, "api_key": api_key, "workspace_id": workspace_id}
        print(json.dumps(ready), flush=True)
        return
    print(f"SEAM_ENDPOINT={url}\nSEAM_API_KEY={api_key}\nworkspace_id={workspace_id}", flush=True)
    print(f"ready: world {options.world or 'empty'}, control below {url}/_sandbox/, stop with Ctrl-C", flush=True)


def _log_line(request: Request, response: Response, seconds: float) -> None:
    outcome = response.status if response.wire == "answer" else response.wire
    _print_line(f"{request.method} {request.path} -> {outcome} ({seconds * 1000:.1f} ms)")


def _log_json(request: Request, response: Response, seconds: float) -> None:
    entry = {
        "event": "request",
        "method": request.method,
        "path": request.path,
        "status": response.status,
        "wire": response.wire,
        "seconds": round(seconds, 6),
    }
    _print_line(json.dumps(entry))


def _print_line(line: str) -> None:
    """One write, so that the lines of requests that end together do not mix."""
    print(f"{line}\n", end="", flush=True)
