"""The event log of a workspace, and how a family declares the events it emits."""

from __future__ import annotations

import inspect
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from .clock import cut, written_at
from .store import Row, row_type

if TYPE_CHECKING:
    from .store import Workspace


@dataclass_transform(kw_only_default=True, frozen_default=True)
class EventFields:
    """What one type of event carries beyond the fields that all events have.

    Subclass it once per event type, with the type as class argument: `class PhoneDeactivated(EventFields,
    event_type="phone.deactivated")`, and annotate the fields; one with a default may be left out, and stays off the
    wire then. Names that are not declared are refused with a TypeError, as missing ones are; types are the type
    checker's business, since every unlock logs two events.
    """

    event_type: ClassVar[str] = ""
    declared: ClassVar[Mapping[str, bool]] = {}
    """The fields by name, and whether an event needs them."""
    wire_names: ClassVar[Mapping[str, str]] = {}
    """The names on the wire of fields whose names are no Python names."""
    _required: ClassVar[frozenset[str]] = frozenset()
    _fitting: ClassVar[set[tuple[str, ...]]] = set()
    """Sets of names that were found to fit."""

    def __init__(self, **fields: Any) -> None:
        if tuple(fields) not in self._fitting:
            self._check(fields)
        self._fields = fields

    def payload(self) -> dict[str, Any]:
        """The fields that were given, under their names on the wire."""
        if not self.wire_names:
            return self._fields
        return {self.wire_names.get(name, name): value for name, value in self._fields.items()}

    def __init_subclass__(cls, *, event_type: str = "") -> None:
        super().__init_subclass__()
        if event_type:
            cls.event_type = event_type
        own = {name: name not in cls.__dict__ for name in inspect.get_annotations(cls) if name != "wire_names"}
        inherited = {name: needed for base in reversed(cls.__mro__[1:]) for name, needed in _declared(base).items()}
        cls.declared = inherited | own
        cls._required = frozenset(name for name, needed in cls.declared.items() if needed)
        cls._fitting = set()

    @classmethod
    def _check(cls, fields: Mapping[str, Any]) -> None:
        unknown, missing = sorted(fields.keys() - cls.declared.keys()), sorted(cls._required - fields.keys())
        if unknown or missing:
            found = f"was given the unknown fields {unknown} and lacks {missing}"
            raise TypeError(f"{cls.__name__} {found}; it has {list(cls.declared)}")
        cls._fitting.add(tuple(fields))


def _declared(base: type) -> Mapping[str, bool]:
    return base.declared if issubclass(base, EventFields) else {}


_NO_OWNERS: Mapping[str, str] = MappingProxyType({})


@row_type
class EventRow(Row):
    """One event of the log.

    number: its place among all events that the workspace ever logged. place: that of its id among all ids of the
    workspace's server. at: when it happened, in seconds since 1970. fields: what it carries, or a function that says so
    when somebody reads the event. owners: ids by which the server finds it although they are no field of it, such as
    the user identity that owned a phone.
    """

    key: ClassVar[str] = "event_id"
    not_found: ClassVar[str] = "event_not_found"
    number: int
    place: int
    workspace: Workspace
    at: float
    fields: EventFields | Callable[[], EventFields]
    owners: Mapping[str, str]

    @property
    def event_id(self) -> str:
        """The id, made when somebody asks for it."""
        return self.workspace.ids.uuid(self.place)

    @property
    def workspace_id(self) -> str:
        """The id of the workspace."""
        return self.workspace.workspace_id

    @property
    def visible_at(self) -> float:
        """When it shows in /events/list, in seconds since 1970."""
        latency = self.workspace.settings.event_latency
        return cut(self.at + latency) if latency else self.at

    @property
    def created_at(self) -> str:
        """When it happened, as Seam writes times."""
        return written_at(self.at)

    @property
    def event_type(self) -> str:
        """The type, such as `device.disconnected`."""
        return self._read().event_type

    @property
    def payload(self) -> Mapping[str, Any]:
        """The fields beyond those that all events have, by their names on the wire."""
        return self._read().payload()

    def _read(self) -> EventFields:
        fields = self.fields
        if not isinstance(fields, EventFields):
            fields = self.fields = fields()  # type: ignore[misc]  # worked out, not changed
        return fields

    def view(self) -> dict[str, Any]:
        """The event as /events/get and webhooks show it: flat, common fields first."""
        created_at = self.created_at
        return {
            "event_id": self.event_id,
            "event_type": self.event_type,
            "workspace_id": self.workspace_id,
            "created_at": created_at,
            "occurred_at": created_at,
            **self.payload,
        }

    def value(self, name: str) -> object:
        """The value of a field that can be filtered by, or of a hidden owner; None when the event has neither."""
        if name in ("event_id", "event_type"):
            return getattr(self, name)
        found = self.payload.get(name)
        return found if found is not None else self.owners.get(name)

    def listed(self, name: str) -> tuple[object, ...]:
        """The members of a field that is a list; none when the event has no such field."""
        return tuple(self.payload.get(name) or ())


class EventLog:
    """All events of one workspace, oldest first. Entries are only ever added, or removed with their account.

    listener: told of each event when it is logged. emitted: how many there ever were.
    """

    def __init__(self, listener: Callable[[EventRow], None]) -> None:
        self.emitted = 0
        self._events: list[EventRow] = []
        self._shared = False
        self._listener = listener

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[EventRow]:
        return iter(self._events)

    def emit(self, workspace: Workspace, fields: EventFields | Callable[[], EventFields], **owners: str) -> EventRow:
        """Log an event that happens now. Fields that take time to gather can be a function of what does not change."""
        ids = workspace.ids
        ids.count += 1
        self.emitted += 1
        event = EventRow(self.emitted, ids.count, workspace, workspace.clock.mark(), fields, owners or _NO_OWNERS)
        if self._shared:
            self._events, self._shared = self._events.copy(), False
        self._events.append(event)
        self._listener(event)
        return event

    def after(self, number: int) -> list[EventRow]:
        """The events with a higher number, oldest first; costs no more than there are of them."""
        found: list[EventRow] = []
        for event in reversed(self._events):
            if event.number <= number:
                break
            found.append(event)
        return found[::-1]

    def newest_first(self, *, after: float = -inf, before: float = inf, seen_at: float) -> Iterator[EventRow]:
        """The events that show at `seen_at` and happened strictly between two times, in seconds since 1970."""
        events = self._events
        first = bisect_right(events, after, key=lambda event: event.at)
        for index in range(len(events) - 1, first - 1, -1):
            event = events[index]
            if event.at < before and event.visible_at <= seen_at:
                yield event

    def forget(self, name: str, value: str) -> None:
        """Remove all events whose field `name` has this value."""
        self._events = [event for event in self._events if event.value(name) != value]
        self._shared = False

    def clear(self) -> None:
        """Remove all events."""
        self._events = []
        self._shared = False

    def snapshot(self) -> list[EventRow]:
        """The present events; shared until the next write."""
        self._shared = True
        return self._events

    def restore(self, events: list[EventRow]) -> None:
        """Go back to what `snapshot` gave."""
        self._events = events
        self._shared = True
