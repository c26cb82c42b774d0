"""How the official fake answers, where it differs from Seam: request ids, links of pages, outages, console sessions."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..engine.agenda import Task
from ..engine.app import App
from ..engine.auth import AccessToken
from ..engine.errors import ApiError
from ..engine.http import Request, Response
from ..engine.settings import Settings
from ..webhooks.start import Starter
from . import names
from .console import claims_of
from .seed import fill, open_seed

_CONSOLE_TOKEN = "seam_at1_console"  # noqa: S105 - of an emulator; what a console session stands for
_LINK = re.compile(rb'("next_page_url":"[^"]*[?&])page_cursor=')


class FakeServer:
    """The emulated Seam in the guise of the official fake.

    `outages` has the paths that answer 503, by the id of the workspace; `held` the work of action attempts that were
    put back to pending, by their id. deliveries: delivers to webhooks, which the fake only keeps.
    """

    def __init__(self, *, settings: Settings, seed: int | str, new_id: Callable[[], str]) -> None:
        self.backend = open_seed(settings, seed)
        self.outages: dict[str, frozenset[str]] = {}
        self.held: dict[str, Task] = {}
        self._find_endpoint = self.backend.extensions.api().find_endpoint
        app = self.backend.app
        app.new_request_id = app.new_health_id = new_id
        app.gate.access_tokens[_CONSOLE_TOKEN] = AccessToken(_CONSOLE_TOKEN, (names.WORKSPACE_1,))
        fill(self.backend.workspace)
        self.backend.forget()
        self.deliveries = app.lock.afterwards = Starter(self.backend)
        self.backend.more_controls = self.deliveries.controls

    def handle(self, app: App, request: Request) -> Response:
        """Answer a request to Seam."""
        request = self._with_access_token(app, request)
        if self.outages:
            with app.lock:
                if self._is_out(app, request):
                    app.note("outage", f"{request.method} {request.path} -> 503")
                    return Response(503, (("seam-request-id", app.new_request_id()),))
        response = app.handle(request)
        return response._replace(body=_LINK.sub(rb"\1next_page_cursor=", response.body))

    def _with_access_token(self, app: App, request: Request) -> Request:
        """A request of a console session, with the access token that reaches the same; any other as it is.

        Wherever Seam takes a console session, it takes a personal access token too.
        """
        bearer = (request.headers.get("authorization") or "").removeprefix("Bearer ").strip()
        claims = claims_of(bearer, app.clock.timestamp()) if bearer.startswith("ey") else None
        if claims is None or (claims.get("user_id"), claims.get("key")) != (names.USER, names.USER_KEY):
            return request
        return request._replace(headers={**request.headers, "authorization": f"Bearer {_CONSOLE_TOKEN}"})

    def _is_out(self, app: App, request: Request) -> bool:
        """Whether an outage of the caller's workspace concerns the path; who may not call gets the usual answer."""
        endpoint = self._find_endpoint(request.path)
        if endpoint is None or not any(request.path in paths for paths in self.outages.values()):
            return False
        try:
            workspace, _ = app.gate.admit(request, endpoint.allow)
        except ApiError:
            return False
        return workspace is not None and request.path in self.outages.get(workspace.workspace_id, ())
