"""The official SDK's own waits for action attempts, on the sandbox clock instead of in real time.

The SDK looks at a pending attempt, sleeps and looks again, in one module of its own, and has no option for the clock.
That module uses `time.monotonic`, `time.sleep` and `asyncio.sleep`; here it gets replacements for `time` and `asyncio`.
So the rules of waiting stay the SDK's own. The session `sdk` of nox tests it with seam 3.0 to 3.18.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, wraps
from importlib import import_module
from importlib.util import module_from_spec
from inspect import iscoroutinefunction
from types import FunctionType, ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from ..engine.errors import is_for_the_test
from .in_process import checkpoint

if TYPE_CHECKING:
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

    from seam.seam import AsyncSeam, Seam

__tracebackhide__ = is_for_the_test

_MODULE = "seam.modules.action_attempts"
_OPTION = "wait_for_action_attempt"
_LEAST = 0.001
"""The sandbox clock shows milliseconds; what waits until it shows more has to move it by one."""


def wait_in_sandbox_time(
    client: Seam | AsyncSeam, now: Callable[[], float], pass_time: Callable[[float], None]
) -> None:
    """Let all methods of this client that wait for an action attempt do so on the sandbox clock.

    Options of the client and of a call mean what they always mean, in sandbox seconds. Other clients are not touched:
    the client gets a copy of the SDK's module for itself. now: what the sandbox clock shows, in seconds. With an SDK
    that has no such module, nothing changes.
    """
    module = _own_module()
    if module is None:
        return
    vars(module).update(_replacements(now, pass_time))
    for route in _routes(client):
        kind: Any = type(route)
        for name in _waiting_methods(kind):
            method = getattr(route, name)
            wrap = _awaiting if iscoroutinefunction(method) else _waiting
            setattr(route, name, wrap(client, method, module))


def sandbox_time_in_sdk(
    now: Callable[[], float], pass_time: Callable[[float], None]
) -> list[tuple[ModuleType, str, object]]:
    """What to replace in the SDK, as module, name and value, so that all its clients wait on the sandbox clock."""
    try:
        module = import_module(_MODULE)
    except ImportError:
        return []
    replacements = _replacements(now, pass_time)
    return [(module, name, replacements[name]) for name in replacements if hasattr(module, name)]


def _replacements(now: Callable[[], float], pass_time: Callable[[float], None]) -> dict[str, object]:
    """What the SDK's module needs of the modules `time` and `asyncio`."""

    def sleep(seconds: float) -> None:
        pass_time(max(seconds, _LEAST))

    async def asleep(seconds: float) -> None:
        await checkpoint()  # cancelled, it has not waited
        sleep(seconds)

    return {"time": SimpleNamespace(monotonic=now, sleep=sleep), "asyncio": SimpleNamespace(sleep=asleep)}


def _own_module() -> ModuleType | None:
    """A second import of the SDK's module, which nobody else has; None for an SDK without it."""
    try:
        spec = cast("ModuleSpec", import_module(_MODULE).__spec__)
    except ImportError:
        return None
    module = module_from_spec(spec)
    cast("Loader", spec.loader).exec_module(module)
    return module


def _routes(parent: object) -> Iterator[object]:
    """All route objects of a client, such as `locks` and `locks.simulate`."""
    for member in vars(parent).values():
        if type(member).__module__.startswith("seam.routes."):
            yield member
            yield from _routes(member)


@cache
def _waiting_methods(route: type) -> tuple[str, ...]:
    """The names of those methods of a class of routes that may wait for an action attempt."""
    codes = {name: method.__code__ for name, method in vars(route).items() if isinstance(method, FunctionType)}
    return tuple(
        name for name, code in codes.items() if _OPTION in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    )


def _waiting(client: Any, method: Callable[..., Any], module: Any) -> Callable[..., Any]:
    """The method with the wait of this module."""

    @wraps(method)
    def call(*args: Any, wait_for_action_attempt: Any = None, **given: Any) -> Any:
        attempt = method(*args, wait_for_action_attempt=False, **given)
        chosen = client.defaults.get(_OPTION) if wait_for_action_attempt is None else wait_for_action_attempt
        if chosen is True and getattr(attempt, "status", None) == "success":
            return attempt  # as the SDK would without a look at the clock, for nearly every call of a test
        return module.resolve_action_attempt(client.client, action_attempt=attempt, wait_for_action_attempt=chosen)

    return call


def _awaiting(client: Any, method: Callable[..., Any], module: Any) -> Callable[..., Any]:
    """The same for a method of an async client."""

    @wraps(method)
    async def call(*args: Any, wait_for_action_attempt: Any = None, **given: Any) -> Any:
        attempt = await method(*args, wait_for_action_attempt=False, **given)
        chosen = client.defaults.get(_OPTION) if wait_for_action_attempt is None else wait_for_action_attempt
        return await module.resolve_action_attempt_async(
            client.client, action_attempt=attempt, wait_for_action_attempt=chosen
        )

    return call
