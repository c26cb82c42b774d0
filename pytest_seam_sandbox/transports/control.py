"""Control of a running server over HTTP, for tests in other languages: routes below /_sandbox/.

Each route is a POST with a JSON object; its keys are the parameters of the method of `Sandbox` that it stands for.
The answer is JSON: what the method gave, or 400 with `error` for a mistake, which changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from .. import verdict
from ..backends.embedded import Embedded
from ..backends.unfinished import Begun
from ..engine.app import App
from ..engine.errors import ApiError, SandboxError, is_for_the_test
from ..engine.fault_kinds import FAULTS, FaultKind
from ..engine.history import Call
from ..engine.http import JSON_TYPE, Request, Response
from ..engine.params import parse_json
from ..outages import Outage
from ..outages.kinds import kind_of
from ..provisioning.attempts import Attempts
from ..provisioning.emission import Emission
from ..provisioning.marks import Marks
from ..provisioning.resources import Provisioning
from .control_arguments import arguments, shorten

__tracebackhide__ = is_for_the_test

_LONGEST_REASON = 2000  # characters
PREFIX = "/_sandbox/"
PROVISION = (
    *("create_device", "create_phone", "create_connected_account"),
    *("complete_login", "fail_login", "open_instant_key"),
)
MARKS = ("set_error", "set_warning", "clear_error", "clear_warning")


def control(backend: Embedded, request: Request) -> Response:
    """Carry out one control request, in the workspace whose id the query has, or else in that of the backend."""
    name = request.path.removeprefix(PREFIX)
    wanted = dict(parse_qsl(request.query)).get("workspace")
    try:
        backend = backend if wanted is None else backend.of_workspace(wanted)
    except SandboxError as mistake:
        return _answer(400, {"error": shorten(str(mistake), _LONGEST_REASON)})
    routes = ROUTES if name in ROUTES else {**ROUTES, **backend.more_controls()}
    route = routes.get(name)
    if route is None:
        return _answer(404, {"error": f"no control route {request.path}; routes: {', '.join(sorted(routes))}"})

    def act(values: dict[str, Any]) -> dict[str, Any]:
        with backend.whole_or_not_at_all():
            return route(backend, values)

    return carry_out(request, act)


def carry_out(request: Request, act: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
    """Answer a POST with a JSON object by what an act makes of it; 400 for a mistake."""
    if request.method != "POST":
        return _answer(405, {"error": f"control routes are POST only; got {request.method}."})
    try:
        values = parse_json(request.body) if request.body else {}
        if not isinstance(values, dict):
            raise SandboxError(f"expected a JSON object as the body, got {shorten(repr(values))}.")
        return _answer(200, act(values))
    except (SandboxError, ApiError, ValueError, TypeError, OverflowError) as mistake:
        return _answer(400, {"error": shorten(str(mistake), _LONGEST_REASON)})


def controls_of(backend: Embedded) -> Callable[[App, Request], Response]:
    """What answers control requests for the sandbox on this backend; for a Listener."""
    return lambda _app, request: control(backend, request)


def _answer(status: int, content: Any) -> Response:
    return Response(status, (("content-type", JSON_TYPE),), json.dumps(content, default=str).encode())


def _reset(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    """The starting state again, with no faults and an empty list of requests; the clock only ever goes forward.

    What is gone with the state needs no end: outages that are open.
    """
    _take_none(values)
    backend.app.faults.clear()
    opened = backend.unfinished.open
    opened[:] = [outage for outage in opened if outage.workspace_id != backend.workspace_id]
    backend.api.call("/workspaces/reset_sandbox")
    backend.forget()
    for ending in backend.unfinished.endings:
        list(ending())
    backend.clock.resume()
    return {"ok": True}


def _provision(name: str) -> Callable[[Embedded, dict[str, Any]], dict[str, Any]]:
    def make(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
        method = getattr(Provisioning(backend), name)
        made = method(**arguments(method, values))
        return {"ok": True} if made is None else made.model_dump(mode="json", exclude_unset=True)

    return make


def _mark(name: str) -> Callable[[Embedded, dict[str, Any]], dict[str, Any]]:
    def mark(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
        method = getattr(Marks(backend), name)
        method(**arguments(method, values))
        return {"ok": True}

    return mark


def _emit(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    emit = Emission(backend).emit
    return emit(**arguments(emit, values)).model_dump(mode="json", exclude_unset=True)


def _fail_action_attempt(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    fail = Attempts(backend).fail_action_attempt
    return fail(**arguments(fail, values)).model_dump(mode="json", exclude_unset=True)


def _begin_outage(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    """Begin an outage, with its assertions; its name and its id, by either of which it ends."""

    def begin(kind: str, target: str) -> Outage:
        return kind_of(backend, kind).of(backend, target).__enter__()

    return _listed(backend, begin(**arguments(begin, values)))


def _outages(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    """The open outages, the oldest first; `outages/end` takes each as it is."""
    _take_none(values)
    return {"outages": [_listed(backend, begun) for begun in backend.unfinished.open]}


def _listed(backend: Embedded, begun: Begun) -> dict[str, Any]:
    return {"outage": str(begun), "id": backend.unfinished.id_of(begun)}


def _end_outage(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    """End an outage, with its assertions; the types of its events."""

    def end(outage: str | None = None, id: str | None = None) -> Begun:  # noqa: A002 - the word of the answers
        if outage is None and id is None:
            raise SandboxError("give the name of the outage as 'outage', or its 'id': such as outages/begin gives.")
        opened = {backend.unfinished.id_of(one): one for one in backend.unfinished.open}
        for number, one in reversed(opened.items()):
            if outage in (None, str(one)) and id in (None, number):
                return one
        wanted = " ".join(shorten(repr(given)) for given in (outage, id) if given is not None)
        inside = ", ".join(f"{one} ({number})" for number, one in opened.items()) or "none"
        raise SandboxError(f"no outage {wanted} is open; open: {inside}.")

    found = end(**arguments(end, values))
    found.__exit__(None, None, None)
    return {"events": [event.event_type for event in found.events]}


def _state(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    _take_none(values)
    return backend.dump()


def _snapshot(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    return {"snapshot": backend.keep_snapshot(**arguments(backend.keep_snapshot, values))}


def _restore(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    backend.restore_kept(**arguments(backend.restore_kept, values))
    return {"ok": True}


def _advance(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    backend.clock.advance(**arguments(backend.clock.advance, values))
    return {"now": backend.clock.now().isoformat()}


def _freeze(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    def freeze(at: str | None = None) -> None:
        backend.clock.freeze(None if at is None else datetime.fromisoformat(at))

    freeze(**arguments(freeze, values))
    return {"now": backend.clock.now().isoformat()}


def _resume(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    _take_none(values)
    backend.clock.resume()
    return {"now": backend.clock.now().isoformat()}


def _requests(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    _take_none(values)
    names = [field.name for field in fields(Call)]
    calls = [({name: getattr(call, name) for name in names}, call.work) for call in backend.calls()]
    return {
        "requests": [call | {"params": dict(call["params"]), "work": work and work._asdict()} for call, work in calls]
    }


def _check(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    """What a test in Python is told at its end: faults that nobody met, paths that are not emulated."""
    _take_none(values)
    try:
        verdict.check(backend)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the test should know
        return {"ok": False, "problem": str(problem) or repr(problem)}
    return {"ok": True}


def _fault(kind: FaultKind) -> Callable[[Embedded, dict[str, Any]], dict[str, Any]]:
    def add(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
        if FAULTS[kind].no_route:
            raise SandboxError(FAULTS[kind].no_route)
        fault = getattr(backend.app.faults, kind)
        return {"fault": str(fault(**arguments(fault, values)))}

    return add


def _clear_faults(backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
    _take_none(values)
    backend.app.faults.clear()
    return {"ok": True}


def _take_none(values: dict[str, Any]) -> None:
    if values:
        raise SandboxError(f"this route takes no parameters; got {shorten(', '.join(sorted(values)))}.")


ROUTES: Mapping[str, Callable[[Embedded, dict[str, Any]], dict[str, Any]]] = MappingProxyType(
    {
        "reset": _reset,
        **{name: _provision(name) for name in PROVISION},
        **{name: _mark(name) for name in MARKS},
        "emit": _emit,
        "fail_action_attempt": _fail_action_attempt,
        "outages": _outages,
        "outages/begin": _begin_outage,
        "outages/end": _end_outage,
        "state": _state,
        "snapshot": _snapshot,
        "restore": _restore,
        "clock/advance": _advance,
        "clock/freeze": _freeze,
        "clock/resume": _resume,
        "requests": _requests,
        "check": _check,
        "faults/clear": _clear_faults,
        **{f"faults/{kind}": _fault(kind) for kind in FAULTS},
    }
)
