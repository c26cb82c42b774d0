"""One emulated Seam server: from a request to a response, under one lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from urllib.parse import parse_qsl

from pydantic_core import to_json

from .agenda import Agenda
from .auth import Gate, Method, Session
from .clock import Clock, written_at
from .errors import ApiError, is_for_the_test
from .events import EventLog
from .fault import Fault
from .faults import Faults
from .frozen import FrozenDict, freeze
from .health import PATHS as HEALTH_PATHS
from .health import health
from .history import Call, History, Note
from .http import JSON_TYPE, MAX_BODY, Headers, Request, Response, cors
from .ids import Ids
from .limits import Limits
from .lock import Lock
from .params import parse_json
from .places import place_of_caller
from .repeats import Meaning, Repeats, RequestKey
from .router import Endpoint
from .settings import Settings
from .stubs import Stubs
from .workspace import Workspace

__tracebackhide__ = is_for_the_test

NOTHING = FrozenDict()
NO_EFFECT = Response(200, (("content-type", JSON_TYPE),), b'{"ok":true}')
_ERRORS = 10
Probe = Callable[[Request], Callable[[], None] | None]
"""Is told of a request before it is answered; what it returns is called when it has been answered."""


class Api(Protocol):
    """What a server has to know of the API that it serves; the package `api` is one."""

    def find_endpoint(self, path: str) -> Endpoint | None:
        """The endpoint of a path; None where it has none."""
        ...

    def find_session(self, app: App, token: str) -> tuple[Workspace, Session]:
        """See Gate."""
        ...

    def is_known(self, path: str) -> bool:
        """Whether Seam has a path, emulated or not."""
        ...

    def all_routes(self) -> Mapping[str, tuple[str, ...]]:
        """All paths that have an endpoint, with their methods."""
        ...


@dataclass(slots=True)
class _Exchange:
    """A request while it is answered: the call in the history, the endpoint, the key of its meaning, that meaning,
    if an earlier request had the same, and else its body.
    """

    request: Request
    call: Call
    endpoint: Endpoint | None
    key: RequestKey
    meaning: Meaning | None
    body: object = ""


class App:
    """An emulated Seam server with its workspaces, credentials, clock and ids.

    api: what it serves. `not_emulated` collects paths of Seam that the API lacks, `internal_errors` what a server could
    not raise; `history` has calls, events and notes in order. `probe` is told of every request, if it is set.
    `new_request_id` gives the id of each request, `new_health_id` those of requests for `/health`.
    """

    def __init__(self, api: Api, *, settings: Settings, seed: int | str) -> None:
        self._api = api
        self.settings = settings
        self.clock = Clock()
        self.ids = Ids(seed)
        self.new_request_id: Callable[[], str] = Ids(f"{seed}/requests").uuid
        # of its own, so that the ids of requests do not depend on how often it was asked
        self.new_health_id: Callable[[], str] = Ids(f"{seed}/health").uuid
        self.lock = Lock()
        self.workspaces: dict[str, Workspace] = {}
        self.gate = Gate(self.workspaces, partial(api.find_session, self))
        self.history = History()
        self.not_emulated: dict[str, str] = {}
        self.internal_errors: list[Exception] = []
        self.other_keys: list[str] = []
        self.faults = Faults(api.all_routes, self.note)
        self.limits = Limits()
        self.probe: Probe | None = None
        self._routes: dict[str, Endpoint] = {}
        self._repeats = Repeats()
        self.stubs = Stubs(api.is_known, lambda path: api.find_endpoint(path) is not None)

    def add_workspace(self, *, is_sandbox: bool) -> Workspace:
        """A new, empty workspace."""
        workspace = Workspace(
            self.ids.uuid(),
            is_sandbox=is_sandbox,
            clock=self.clock,
            ids=self.ids,
            settings=self.settings,
            events=EventLog(self.history.append),
            agenda=Agenda(self.history),
        )
        self.workspaces[workspace.workspace_id] = workspace
        return workspace

    def change(self, settings: Settings) -> None:
        """Go on with other settings; what is planned already stays as it is."""
        with self.lock:
            self.settings = settings
            for workspace in self.workspaces.values():
                workspace.settings = settings

    def has_session(self, token: str) -> bool:
        """Whether a client session of this app has the token, valid or not."""
        with self.lock:
            try:
                self._api.find_session(self, token)
            except ApiError as error:
                return error.type != "client_session_not_found"
            return True

    def note(self, kind: str, text: str, workspace_id: str = "") -> None:
        """Write a line into the history. workspace_id: where it is about one workspace."""
        with self.lock:
            self.history.append(Note(self.clock.timestamp(), kind, text, workspace_id))
        self.history.trim()

    def pass_time(self, seconds: float, why: str = "") -> None:
        """Let sandbox time pass, as a client waits; what becomes due is done. Costs no real time.

        why: for the line in the history; without it, the caller writes one.
        """
        with self.lock:
            self.clock.move(seconds)
            self._settle()
            if seconds and why:
                self.note("clock", f"{seconds:.3f} s passed {why}")

    @contextmanager
    def changing(self) -> Iterator[None]:
        """For changes that no request makes: what is due comes first, and all in the block happens at one time."""
        with self.lock:
            self._settle()
            with self.clock.pinned(self.clock.timestamp()):
                yield

    def note_error(self, error: Exception) -> None:
        """Keep a fault of the sandbox itself that could not be raised; the first few, since each holds its frames."""
        if len(self.internal_errors) < _ERRORS:
            self.internal_errors.append(error)

    def settle(self) -> None:
        """Do all work that is due by now, in every workspace."""
        with self.lock:
            self._settle()

    def _settle(self) -> None:
        for workspace in self.workspaces.values():
            if workspace.agenda.tasks:
                workspace.agenda.settle(workspace, self.clock, self.clock.timestamp())

    def handle(self, request: Request) -> Response:
        """Answer one request. An exception that comes out of here is a fault of the sandbox itself."""
        started = time.perf_counter()
        with self.lock:
            if request.path in HEALTH_PATHS:
                return health(request, now=written_at(self.clock.timestamp()), request_id=self.new_health_id())
            answered = None if self.probe is None else self.probe(request)
            clock = self.clock
            now = clock.timestamp()
            call = Call(now, request.method, request.path, request.origin, NOTHING)
            history = self.history
            history.append(call)  # so that it stands before the events that it causes
            place, outer, history.answering = history.place, history.answering, call
            before, clock.pinned_at = clock.pinned_at, now  # all that one request changes happens at one time
            try:
                response = self._respond(request, call)
            finally:
                clock.pinned_at = before
                history.answering, call.caused = outer, history.place - place
            call.status = response.status
            call.seconds = time.perf_counter() - started
            history.trim()
            if answered is not None:
                answered()
            return response

    def _respond(self, request: Request, call: Call) -> Response:
        """The steps in Seam's order: body, route, OPTIONS, request id, reply. A request met before needs no reading."""
        endpoint = self._routes.get(request.path) or self._route(request.path)
        content_type = request.headers.get("content-type")
        key = (request.path, request.method, request.query, request.body, content_type)
        meaning = self._repeats.get(key)
        exchange = _Exchange(request, call, endpoint, key, meaning)
        if meaning is None:
            early = self._open(exchange)
            if early is not None:
                return early
        call.request_id = self.new_request_id()
        fault = self._fault(exchange) if self.faults.all else None
        if fault is not None:
            return self._spoil(fault, exchange)
        return self._reply(exchange)

    def _open(self, exchange: _Exchange) -> Response | None:
        """Read the body; the answers that Seam gives before a request gets an id."""
        request = exchange.request
        if len(request.body) > MAX_BODY:
            return Response(413, body=b"Body exceeded 1mb limit")
        if request.is_json:
            try:
                exchange.body = parse_json(request.body) if request.body else {}
            except ValueError:
                return Response(400, body=b"Invalid JSON")
        if exchange.endpoint is None and not self._api.is_known(request.path):
            return _unknown_path(request.path)
        if request.method == "OPTIONS":
            return Response(200, cors(request.headers.get("origin")))
        return None

    def _route(self, path: str) -> Endpoint | None:
        """The endpoint of a path that was not asked for before; its family is imported now."""
        endpoint = self._api.find_endpoint(path)
        if endpoint is not None:
            self._routes[path] = endpoint
        return endpoint

    def _reply(self, exchange: _Exchange) -> Response:
        """The answer to a request that no fault stops: auth, method, content type, parameters, the function."""
        request, call, endpoint = exchange.request, exchange.call, exchange.endpoint
        headers: Headers = (("content-type", JSON_TYPE), ("seam-request-id", call.request_id))
        origin = request.headers.get("origin")
        if origin is not None:
            headers = (*headers, *cors(origin))
        try:
            if endpoint is None:
                return self._stubbed(exchange, headers)
            self._settle()
            workspace, caller = self.gate.admit(request, endpoint.allow)
            if workspace is not None:
                call.workspace_id = workspace.workspace_id
            call.params, arguments = exchange.meaning or self._understand(exchange, endpoint)
            if self.settings.rate_limits and endpoint.per_minute is not None and workspace is not None:
                self._count(endpoint, endpoint.per_minute, workspace, arguments)
            content, call.work = endpoint.call(workspace, caller, self, arguments.copy(), request)
            status = 200
        except ApiError as error:
            call.error, call.message = error.type, error.message
            if error.status == 401:
                self._look_for_stranger(request)
            status, headers = error.status, (*headers, *error.headers)
            content = to_json({"error": {**error.body(), "request_id": call.request_id}, "ok": False})
        return Response(status, headers, b"" if request.method == "HEAD" else content)

    def _look_for_stranger(self, request: Request) -> None:
        """Say in the history when a request that is refused has the credential of another server."""
        owner = self.gate.owner_of_other_key(request)
        if owner is not None:
            self.other_keys.append(owner)
            self.note("key", f"{request.method} {request.path} has the key of another sandbox, made for {owner}")

    def _fault(self, exchange: _Exchange) -> Fault | None:
        """The fault that this request runs into. The sandbox's own requests run into none."""
        request, endpoint = exchange.request, exchange.endpoint
        if endpoint is None or request.origin != "app":
            return None
        try:
            exchange.call.params = (
                exchange.meaning[0] if exchange.meaning else freeze(endpoint.read(request, exchange.body))
            )
        except ApiError:
            exchange.call.params = NOTHING
        caller = (request.headers.get("authorization") or "").removeprefix("Bearer ")
        now = self.clock.timestamp() if request.arrived_at is None else request.arrived_at
        return self.faults.meet(request, exchange.call.params.get("device_id"), caller, now)

    def _spoil(self, fault: Fault, exchange: _Exchange) -> Response:
        """The answer that a fault makes; with `after` the request has taken effect."""
        answer = self._reply(exchange) if fault.after else NO_EFFECT
        exchange.call.error = f"fault: {fault.kind}"
        exchange.call.is_lost = not fault.after and fault.row.wire != "answer"
        return fault.spoil(answer, exchange.call.request_id)

    def _understand(self, exchange: _Exchange, endpoint: Endpoint) -> Meaning:
        """The parameters and the arguments for the endpoint's function; ApiError 400 or 405 for what does not fit."""
        request = exchange.request
        if request.method not in endpoint.methods:
            raise ApiError(405, "method_not_allowed", f"only {','.join(endpoint.methods)} accepted")
        if request.body and not request.is_json and request.method in ("POST", "PATCH"):
            raise ApiError(
                400,
                "invalid_content_type",
                f'{request.method} requests must have Content-Type header with "application/json"',
            )
        sent = endpoint.read(request, exchange.body)
        params = exchange.call.params = freeze(sent)
        arguments = endpoint.params.validate(sent, strict_ids=self.settings.strict_ids)
        self._repeats.keep(exchange.key, (params, arguments))
        return params, arguments

    def _count(self, endpoint: Endpoint, per_minute: int, workspace: Workspace, arguments: Mapping[str, Any]) -> None:
        """Hold a valid call against Seam's rate limit; raises ApiError 429. What is about no device is free."""
        device_id = endpoint.device(workspace, arguments)
        if device_id is not None:
            self.limits.check(f"{endpoint.path} {device_id}", per_minute, self.clock.timestamp())

    def _stubbed(self, exchange: _Exchange, headers: Headers) -> Response:
        """The answer of a stub; raises ApiError 501 where there is none, and 401 as everywhere."""
        request, call = exchange.request, exchange.call
        stub = self.stubs.find(request.path)
        if stub is None:
            raise self._not_emulated(request.path)
        self.gate.admit(request, tuple(Method))
        body = exchange.body if isinstance(exchange.body, dict) else {}
        call.params = freeze({**dict(parse_qsl(request.query)), **body})
        call.error = "stub"
        return Response(stub.status, headers, stub.render(call.params))

    def _not_emulated(self, path: str) -> ApiError:
        if path not in self.not_emulated:
            self.not_emulated[path] = place_of_caller()
        return ApiError(501, "not_implemented", f"Not implemented: this sandbox does not emulate {path}")

    def snapshot(self) -> tuple[Any, ...]:
        """The state of all workspaces and of the ids, to be given to `restore`. The clock is no part of it."""
        with self.lock:
            states = {key: workspace.snapshot() for key, workspace in self.workspaces.items()}
            gate = self.gate
            keys = (dict(gate.api_keys), dict(gate.access_tokens), dict(gate.publishable_keys))
            return states, dict(self.workspaces), keys, self.ids.count

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to a state that `snapshot` gave."""
        states, workspaces, (api_keys, access_tokens, publishable_keys), count = state
        with self.lock:
            self.workspaces.clear()
            self.workspaces.update(workspaces)
            for key, workspace in workspaces.items():
                workspace.restore(states[key])
            self.gate.api_keys = dict(api_keys)
            self.gate.access_tokens = dict(access_tokens)
            self.gate.publishable_keys = dict(publishable_keys)
            self.ids.count = count


def _unknown_path(path: str) -> Response:
    text = f"404: Seam has no path {path!r}. Paths look like /devices/list, without a trailing slash."
    return Response(404, (("content-type", "text/plain; charset=utf-8"),), text.encode())
