"""The page of the console with its script and style, and its control routes below /_sandbox/console.

They are answered where control routes are, and to the same requests: see transports/control_access.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from types import MappingProxyType

from ..backends.embedded import Embedded
from ..engine.app import App
from ..engine.http import Request, Response
from ..transports.control import PREFIX, carry_out, control
from ..transports.control_arguments import arguments
from .state import ConsoleState

PAGE = f"{PREFIX}console"
CONSOLE_ROUTES = ("console/changes", "console/simulate")
_FILES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        PAGE: ("console.html", "text/html; charset=utf-8"),
        f"{PAGE}/console.css": ("console.css", "text/css; charset=utf-8"),
        f"{PAGE}/console.js": ("console.js", "text/javascript; charset=utf-8"),
        f"{PAGE}/cards.js": ("cards.js", "text/javascript; charset=utf-8"),
    }
)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = (
    ("content-security-policy", _POLICY),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
)


def console_of(backend: Embedded) -> Callable[[App, Request], Response]:
    """What answers control requests, and those of the console, for the sandbox on this backend; for a Listener."""
    state = ConsoleState(backend)
    others = backend.more_controls
    backend.more_controls = lambda: {**others(), "console/simulate": state.simulate}

    def answer(_app: App, request: Request) -> Response:
        if request.path in _FILES and request.method in ("GET", "HEAD"):
            return _file(request.path)
        if request.path == f"{PAGE}/changes":  # it only looks, often: no snapshot is taken for it
            return carry_out(request, lambda values: state.changes(**arguments(state.changes, values)))
        return control(backend, request)

    return answer


def _file(path: str) -> Response:
    name, content_type = _FILES[path]
    content = files(__package__).joinpath("page", name).read_bytes()
    return Response(200, (("content-type", content_type), *_HEADERS), content)
