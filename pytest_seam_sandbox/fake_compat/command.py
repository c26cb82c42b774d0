"""`seam-sandbox serve --fake-compat`: the settings that it takes, and how requests are answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..engine.app import App
from ..engine.errors import SandboxError, is_for_the_test
from ..engine.http import Request, Response
from ..engine.settings import Settings
from ..settings import read_settings
from .server import FakeServer

__tracebackhide__ = is_for_the_test
_FIXED = ("world", "api_key")
PATHS = ("/_sandbox/", "/_fake/")


def fake_server(given: Mapping[str, Any]) -> FakeServer:
    """The fake with these settings, as texts. As the fake does, action attempts are pending first, and ids of any form
    are looked up, unless the settings say otherwise. Raises SandboxError for what the seed fixes.
    """
    for name in _FIXED:
        if name in given:
            raise SandboxError(
                f"--fake-compat has a starting state and keys of its own, so --{name.replace('_', '-')} has no "
                "effect. Leave one of them out."
            )
    values = read_settings({name: value for name, value in given.items() if (name, value) != ("seed", "")})
    seed = values.pop("seed", 0)
    return FakeServer(settings=Settings(**{"action_attempts": "poll", "strict_ids": False, **values}), seed=seed)


def ways_of(server: FakeServer) -> dict[str, Any]:
    """How a Listener answers requests in the guise of the fake: arguments of it."""
    return {"control": _control(server), "control_paths": PATHS, "handle": server.handle}


def _control(server: FakeServer) -> Callable[[App, Request], Response]:
    def control(app: App, request: Request) -> Response:
        if request.path.startswith("/_fake/"):
            from .routes import answer

            return answer(server, app, request)
        from ..transports.control import control as steer

        return steer(server.backend, request)

    return control
