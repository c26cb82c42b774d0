"""The routes below /_fake/, which need no credentials. Source: official fake, version 1.86.0."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, TypeVar, cast

from pydantic_core import to_json

from ..api.action_attempts import ActionAttemptRow, fail
from ..api.client_sessions.model import ClientSessionRow
from ..api.connect_webviews.logins import log_in
from ..api.connect_webviews.model import ConnectWebviewRow
from ..engine.app import App
from ..engine.errors import ApiError, SandboxError
from ..engine.http import JSON_TYPE, Request, Response
from ..engine.params import parse_json
from ..engine.store import Row
from ..engine.workspace import Workspace
from .names import SEED
from .server import FakeServer

R = TypeVar("R", bound=Row)

PREFIX = "/_fake/"
_SETS = ("workspaces", "devices", "connected_accounts", "events", "access_codes", "action_attempts")


def control(server: FakeServer, _app: App, request: Request) -> Response:
    """The answer to a request below /_fake/, or below /_sandbox/, which steers the first workspace.

    Mistakes are answered in Seam's envelope, as the fake does.
    """
    if not request.path.startswith(PREFIX):
        from ..transports.control import control as steer

        return steer(server.backend, request)
    with server.backend.app.lock:
        response = _answer(server, request)
        request_id = ("seam-request-id", server.backend.app.new_request_id())
    return response._replace(headers=(*response.headers, request_id))


def _answer(server: FakeServer, request: Request) -> Response:
    methods, route = ROUTES.get(request.path.removeprefix(PREFIX), ((), None))
    try:
        if route is None:
            known = ", ".join(f"{PREFIX}{name}" for name in sorted(ROUTES))
            raise ApiError(404, "not_found", f"there is no route {request.path}; routes: {known}")
        if request.method not in methods:
            raise ApiError(405, "method_not_allowed", f"only {','.join(methods)} accepted")
        return _json(200, {**route(server, _body(request)), "ok": True})
    except ApiError as error:
        return _json(error.status, {"error": error.body(), "ok": False})


def default_seed(_server: FakeServer, _body: Mapping[str, Any]) -> dict[str, Any]:
    """The ids, keys and tokens of the seed."""
    return dict(SEED)


def database(server: FakeServer, _body: Mapping[str, Any]) -> dict[str, Any]:
    """All there is in all workspaces, by kind, each as clients see it."""
    app = server.backend.app
    found: dict[str, list[Any]] = {name: [] for name in _SETS}
    for workspace in app.workspaces.values():
        for kind, rows in workspace.rows().items():
            found.setdefault(_plural(kind), []).extend(row.view() for row in rows)
        found["events"] += [event.view() for event in workspace.events]
    found["api_keys"] = [{"token": key, "workspace_id": owner} for key, owner in app.gate.api_keys.items()]
    return dict(found)


def update_action_attempt(server: FakeServer, body: Mapping[str, Any]) -> dict[str, Any]:
    """Set the status of an action attempt.

    error: it fails with this error, and what it was to do is not done. pending: it stays so until the next update.
    success: what it was to do is done; `result` takes the place of its result.
    """
    attempt_id, status = _text(body, "action_attempt_id"), body.get("status")
    if status not in ("pending", "success", "error"):
        raise _invalid("status", status, "pending, success or error")
    error = _error(body) if status == "error" else None
    workspace, attempt = _find(server, ActionAttemptRow, attempt_id, "Action attempt")
    task = workspace.agenda.take(attempt_id) or server.held.pop(attempt_id, None)
    clock = server.backend.app.clock
    with clock.pinned(clock.timestamp()):
        if status == "pending":
            server.held |= {} if task is None else {attempt_id: task}
            changed = attempt.but(status="pending", result=None, error=None)
        elif error is not None:
            if attempt.status == "pending":
                attempt = fail(workspace, attempt_id, error_type=error["type"], message=error["message"])
            changed = attempt.but(status="error", result=None, error=error)
        else:
            if task is not None:
                task.function(workspace, *task.about)
            ended = workspace[ActionAttemptRow][attempt_id]
            changed = ended.but(status="success", result=body.get("result", ended.result or {}), error=None)
        workspace[ActionAttemptRow].put(changed)
    return {}


def simulate_workspace_outage(server: FakeServer, body: Mapping[str, Any]) -> dict[str, Any]:
    """Answer 503, without a body, on these paths for whoever calls for the workspace; no path ends it."""
    workspace_id, routes = _text(body, "workspace_id"), body.get("routes")
    if not isinstance(routes, list) or not all(isinstance(route, str) for route in routes):
        raise _invalid("routes", routes, "a list of paths")
    if workspace_id not in server.backend.app.workspaces:
        raise ApiError(404, "workspace_not_found", "Workspace not found")
    server.outages[workspace_id] = frozenset(routes)
    return {}


def complete_connect_webview(server: FakeServer, body: Mapping[str, Any]) -> dict[str, Any]:
    """Let somebody log in with a Connect Webview, by a login of its own; the workspace's first client session gets the
    account.
    """
    webview_id = _text(body, "connect_webview_id")
    workspace, webview = _find(server, ConnectWebviewRow, webview_id, "Connect webview")
    login = blake2b(webview_id.encode(), digest_size=6).hexdigest()
    with server.backend.app.changing():
        try:
            account = log_in(workspace, webview, email=f"{login}@example.com", provider=None)
        except SandboxError as mistake:
            raise ApiError(400, "invalid_input", str(mistake)) from mistake
        session = next(iter(workspace[ClientSessionRow]), None)
        if session is not None:
            reached = tuple(dict.fromkeys((*session.connected_account_ids, account.id)))
            workspace[ClientSessionRow].put(session.but(connected_account_ids=reached))
    return {}


ROUTES: Mapping[str, tuple[tuple[str, ...], Callable[[FakeServer, Mapping[str, Any]], dict[str, Any]]]] = (
    MappingProxyType(
        {
            "default_seed": (("GET",), default_seed),
            "database": (("GET",), database),
            "update_action_attempt": (("PATCH", "POST"), update_action_attempt),
            "simulate_workspace_outage": (("POST",), simulate_workspace_outage),
            "complete_connect_webview": (("POST",), complete_connect_webview),
        }
    )
)


def _find(server: FakeServer, kind: type[R], row_id: str, words: str) -> tuple[Workspace, R]:
    """The row of this id, in whatever workspace it is; else 404."""
    for workspace in server.backend.app.workspaces.values():
        row = workspace[kind].get(row_id)
        if row is not None:
            return workspace, row
    raise ApiError(404, kind.not_found, f"{words} not found")


def _plural(kind: type[Row]) -> str:
    """AcsSystemRow: acs_systems; UserIdentityRow: user_identities."""
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__)
    word = name.strip("_").removesuffix("_row")
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def _body(request: Request) -> Mapping[str, Any]:
    if not request.body:
        return {}
    try:
        body = parse_json(request.body)
    except ValueError:
        raise ApiError(400, "invalid_input", "Invalid JSON") from None
    if not isinstance(body, dict):
        raise _invalid("the body", body, "a JSON object")
    return body


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise _invalid(name, value, "a text")
    return value


def _error(body: Mapping[str, Any]) -> dict[str, str]:
    error = body.get("error")
    if not isinstance(error, dict) or not all(isinstance(error.get(name), str) for name in ("type", "message")):
        raise _invalid("error", error, "an object with type and message")
    return {"type": cast(str, error["type"]), "message": cast(str, error["message"])}


def _invalid(name: str, found: object, expected: str) -> ApiError:
    return ApiError(400, "invalid_input", f"{name} is {json.dumps(found, default=str)[:200]}; it takes {expected}.")


def _json(status: int, content: dict[str, Any]) -> Response:
    return Response(status, (("content-type", JSON_TYPE),), to_json(content))
