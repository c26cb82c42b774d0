"""Seam itself: one module or folder for each family of its API, imported when a request first needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from ..catalog.known import is_known as is_known
from ..engine.events import EventFields
from ..engine.router import Endpoint, Router
from ._ranks import FAMILIES as FAMILIES

if TYPE_CHECKING:
    from ..engine.app import App
    from ..engine.auth import Session
    from ..engine.workspace import Workspace

K = TypeVar("K")


@cache
def router_of(family: str) -> Router:
    """The endpoints of one family: `router` of its module or, where it is a folder, of `endpoints` in it."""
    module = import_module(f"{__name__}.{family}")
    if hasattr(module, "__path__"):
        module = import_module(f"{module.__name__}.endpoints")
    router: Router = module.router
    return router


def find_endpoint(path: str) -> Endpoint | None:
    """The endpoint of a path, or None when no family declares it."""
    family = path[1:].partition("/")[0]
    return router_of(family).find(path) if family in FAMILIES else None


def find_session(app: App, token: str) -> tuple[Workspace, Session]:
    """The workspace and the client session of a token; raises ApiError 401."""
    found: tuple[Workspace, Session] = import_module(f"{__name__}.client_sessions.model").find_session(app, token)
    return found


def all_endpoints() -> tuple[Endpoint, ...]:
    """Every declared endpoint; imports every family."""
    return tuple(endpoint for family in FAMILIES for endpoint in router_of(family))


@cache
def all_paths() -> tuple[str, ...]:
    """Every declared path; imports every family."""
    return tuple(endpoint.path for endpoint in all_endpoints())


@cache
def all_routes() -> Mapping[str, tuple[str, ...]]:
    """Every declared path with the methods that it takes; imports every family."""
    return MappingProxyType({endpoint.path: endpoint.methods for endpoint in all_endpoints()})


@cache
def all_events() -> Mapping[str, type[EventFields]]:
    """Every declared type of event by its name; imports every family."""
    return MappingProxyType({kind.event_type: kind for kind in declared(EventFields) if kind.event_type})


def declared(kind: type[K]) -> Iterator[type[K]]:
    """The classes of this package below a class; imports every family."""
    all_paths()
    for child in kind.__subclasses__():
        if child.__module__.startswith(f"{__name__.partition('.')[0]}."):
            yield child
        yield from declared(child)
