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
from typing import TYPE_CHECKING, Any

from ..engine.errors import ApiError, SandboxError, is_for_the_test
from ..engine.history import Call
from ..engine.http import JSON_TYPE, Request, Response
from ..engine.params import parse_json
from .control_arguments import arguments, shorten

if TYPE_CHECKING:
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test

_LONGEST_REASON = 2000  # characters
PREFIX = "/_sandbox/"
MARKS = ("set_error", "set_warning", "clear_error", "clear_warning")
FAULTS = ("fail", "time_out", "reset", "garbage", "slow", "rate_limit", "lose_answer")


def control(sandbox: Sandbox, request: Request) -> Response:
    """Carry out one control request."""
    name = request.path.removeprefix(PREFIX)
    route = ROUTES.get(name)
    if route is None:
        return _answer(404, {"error": f"no control route {request.path}; routes: {', '.join(sorted(ROUTES))}"})
    if request.method != "POST":
        return _answer(405, {"error": f"control routes are POST only; got {request.method}."})
    try:
        values = parse_json(request.body) if request.body else {}
        if not isinstance(values, dict):
            raise SandboxError(f"expected a JSON object as the body, got {shorten(repr(values))}.")
        with sandbox._backend.whole_or_not_at_all():
            return _answer(200, route(sandbox, values))
    except (SandboxError, ApiError, ValueError, TypeError, OverflowError) as mistake:
        return _answer(400, {"error": shorten(str(mistake), _LONGEST_REASON)})


def _answer(status: int, content: Any) -> Response:
    return Response(status, (("content-type", JSON_TYPE),), json.dumps(content, default=str).encode())


def _reset(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    """The starting state again, with no faults and an empty list of requests; the clock only ever goes forward."""
    _take_none(values)
    sandbox.faults.clear()
    sandbox._api.call("/workspaces/reset_sandbox")
    sandbox._backend.forget()
    sandbox.clock.resume()
    return {"ok": True}


def _create_device(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    return sandbox.create_device(**arguments(sandbox.create_device, values)).model_dump(mode="json", exclude_unset=True)


def _create_phone(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    return sandbox.create_phone(**arguments(sandbox.create_phone, values)).model_dump(mode="json", exclude_unset=True)


def _create_connected_account(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    return sandbox.create_connected_account(**arguments(sandbox.create_connected_account, values)).model_dump(
        mode="json", exclude_unset=True
    )


def _complete_login(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    return sandbox.complete_login(**arguments(sandbox.complete_login, values)).model_dump(
        mode="json", exclude_unset=True
    )


def _fail_login(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    sandbox.fail_login(**arguments(sandbox.fail_login, values))
    return {"ok": True}


def _mark(name: str) -> Callable[[Sandbox, dict[str, Any]], dict[str, Any]]:
    def mark(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
        method = getattr(sandbox, name)
        method(**arguments(method, values))
        return {"ok": True}

    return mark


def _state(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    _take_none(values)
    return sandbox._backend.dump()


def _snapshot(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    return {"snapshot": sandbox._backend.keep_snapshot(**arguments(sandbox._backend.keep_snapshot, values))}


def _restore(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    sandbox._backend.restore_kept(**arguments(sandbox._backend.restore_kept, values))
    return {"ok": True}


def _advance(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    sandbox.clock.advance(**arguments(sandbox.clock.advance, values))
    return {"now": sandbox.clock.now().isoformat()}


def _freeze(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    def freeze(at: str | None = None) -> None:
        sandbox.clock.freeze(None if at is None else datetime.fromisoformat(at))

    freeze(**arguments(freeze, values))
    return {"now": sandbox.clock.now().isoformat()}


def _resume(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    _take_none(values)
    sandbox.clock.resume()
    return {"now": sandbox.clock.now().isoformat()}


def _requests(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    _take_none(values)
    names = [field.name for field in fields(Call)]
    calls = [{name: getattr(call, name) for name in names} for call in sandbox.requests]
    return {"requests": [call | {"params": dict(call["params"])} for call in calls]}


def _check(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    """What a test in Python is told at its end: faults that nobody met, paths that are not emulated."""
    _take_none(values)
    try:
        sandbox.check()
    except Exception as trouble:  # noqa: BLE001 - whatever it is, the test should know
        return {"ok": False, "trouble": str(trouble) or repr(trouble)}
    return {"ok": True}


def _fault(kind: str) -> Callable[[Sandbox, dict[str, Any]], dict[str, Any]]:
    def add(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
        fault = getattr(sandbox.faults, kind)
        return {"fault": str(fault(**arguments(fault, values)))}

    return add


def _refuse(_sandbox: Sandbox, _values: dict[str, Any]) -> dict[str, Any]:
    raise SandboxError(
        "a server that refuses connections could not be told to stop doing so. Use faults/reset or faults/lose_answer, "
        "or end the server for a while."
    )


def _clear_faults(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    _take_none(values)
    sandbox.faults.clear()
    return {"ok": True}


def _take_none(values: dict[str, Any]) -> None:
    if values:
        raise SandboxError(f"this route takes no parameters; got {shorten(', '.join(sorted(values)))}.")


ROUTES: Mapping[str, Callable[[Sandbox, dict[str, Any]], dict[str, Any]]] = MappingProxyType(
    {
        "reset": _reset,
        "create_device": _create_device,
        "create_phone": _create_phone,
        "create_connected_account": _create_connected_account,
        "complete_login": _complete_login,
        "fail_login": _fail_login,
        **{name: _mark(name) for name in MARKS},
        "state": _state,
        "snapshot": _snapshot,
        "restore": _restore,
        "clock/advance": _advance,
        "clock/freeze": _freeze,
        "clock/resume": _resume,
        "requests": _requests,
        "check": _check,
        "faults/clear": _clear_faults,
        "faults/refuse": _refuse,
        **{f"faults/{kind}": _fault(kind) for kind in FAULTS},
    }
)
