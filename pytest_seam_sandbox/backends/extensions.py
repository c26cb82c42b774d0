"""What other packages have added to a sandbox, as a value that nobody changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .. import api
from ..catalog.devices import DeviceModel
from ..engine.errors import UnknownWorld, is_for_the_test
from ..engine.events import EventFields
from ..engine.router import Endpoint, Router
from ..settings import read_setting

if TYPE_CHECKING:
    from ..engine.app import Api, App
    from ..engine.auth import Session
    from ..engine.workspace import Workspace

__tracebackhide__ = is_for_the_test

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Family:
    """A family of endpoints, and the types of events that they log."""

    router: Router
    events: tuple[type[EventFields], ...] = ()


@dataclass(frozen=True, eq=False)
class Extensions:
    """Families, device models, worlds and outage kinds; those of the sandbox itself are not among them.

    Made by `extensions_of`, which checks them. device_models, worlds, outages: by name. A world is a function that
    fills a workspace; an outage kind is a class below `Outage`.
    """

    families: tuple[Family, ...] = ()
    device_models: Mapping[str, DeviceModel] = field(default_factory=lambda: _NOTHING)
    worlds: Mapping[str, Callable[[Any], object]] = field(default_factory=lambda: _NOTHING)
    outages: Mapping[str, type[Any]] = field(default_factory=lambda: _NOTHING)

    def endpoints(self) -> Iterator[Endpoint]:
        """Every added endpoint."""
        return (endpoint for family in self.families for endpoint in family.router)

    def event_types(self) -> tuple[str, ...]:
        """Every added type of event."""
        return tuple(kind.event_type for family in self.families for kind in family.events)

    def event_fields(self, event_type: str) -> tuple[str, ...] | None:
        """The names of the fields of an added event; None for any other."""
        kinds = [kind for family in self.families for kind in family.events if kind.event_type == event_type]
        return tuple(kinds[0].wire_names.get(name, name) for name in kinds[0].declared) if kinds else None

    def read_world(self, value: object) -> str:
        """The world that a setting names, an added one too. Raises what the setting raises."""
        if isinstance(value, str) and value in self.worlds:
            return value
        try:
            world: str = read_setting("world", value)
        except UnknownWorld as unknown:
            if not self.worlds:
                raise
            raise UnknownWorld(f"{unknown} Added worlds: {', '.join(self.worlds)}.") from None
        return world

    def api(self) -> Api:
        """Seam's API with the added endpoints."""
        return _ExtendedApi(tuple(self.endpoints())) if self.families else api


NO_EXTENSIONS = Extensions()
"""What a sandbox has that was given none."""


class _ExtendedApi:
    """Seam's API with further endpoints."""

    def __init__(self, added: tuple[Endpoint, ...]) -> None:
        self._added: Mapping[str, Endpoint] = MappingProxyType({endpoint.path: endpoint for endpoint in added})

    def find_endpoint(self, path: str) -> Endpoint | None:
        return self._added.get(path) or api.find_endpoint(path)

    def find_session(self, app: App, token: str) -> tuple[Workspace, Session]:
        return api.find_session(app, token)

    def is_known(self, path: str) -> bool:
        return path in self._added or api.is_known(path)

    def all_routes(self) -> Mapping[str, tuple[str, ...]]:
        return self._all_routes

    @cached_property
    def _all_routes(self) -> Mapping[str, tuple[str, ...]]:
        added = {path: endpoint.methods for path, endpoint in self._added.items()}
        return MappingProxyType({**api.all_routes(), **added})
