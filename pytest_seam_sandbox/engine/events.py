"""The event log of a workspace, and how a family declares the events it emits."""

from __future__ import annotations

import inspect
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from .clock import cut
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

    def __init__(self, **fields: Any) -> None:
        names = fields.keys()
        if not (self._required <= names <= self.declared.keys()):
            raise TypeError(self._complaint(names))
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

    @classmethod
    def _complaint(cls, names: AbstractSet[str]) -> str:
        unknown = sorted(names - cls.declared.keys())
        missing = sorted(cls._required - names)
        return f"{cls.__name__} was given the unknown fields {unknown} and lacks {missing}; it has {list(cls.declared)}"


def _declared(base: type) -> Mapping[str, bool]:
    return base.declared if issubclass(base, EventFields) else {}


@row_type
class EventRow(Row):
    """One event of the log.

    number: its place among all events that the workspace ever logged. visible_at: when it shows in /events/list, in
    seconds since 1970. owners: ids by which the server finds it although they are no field of it, such as the user
    identity that owned a phone.
    """

    key: ClassVar[str] = "event_id"
    not_found: ClassVar[str] = "event_not_found"
    number: int
    event_id: str
    event_type: str
    workspace_id: str
    created_at: str
    visible_at: float
    payload: Mapping[str, Any]
    owners: tuple[tuple[str, str], ...] = ()

    def view(self) -> dict[str, Any]:
        """The event as /events/get and webhooks show it: flat, common fields first."""
        return {
            "event_id": self.event_id,
            "event_type": self.event_type,
            "workspace_id": self.workspace_id,
            "created_at": self.created_at,
            "occurred_at": self.created_at,
            **self.payload,
        }

    def value(self, name: str) -> object:
        """The value of one field, or of one hidden owner; None when the event has neither."""
        if name in EventRow.names:
            return getattr(self, name)
        found = self.payload.get(name)
        return found if found is not None else next((value for owner, value in self.owners if owner == name), None)

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

    def emit(self, workspace: Workspace, fields: EventFields, **owners: str) -> EventRow:
        """Log an event that happens now."""
        clock, latency = workspace.clock, workspace.settings.event_latency
        self.emitted += 1
        event = EventRow(
            number=self.emitted,
            event_id=workspace.ids.uuid(),
            event_type=fields.event_type,
            workspace_id=workspace.workspace_id,
            created_at=clock.text(),
            visible_at=cut(clock.timestamp() + latency) if latency else clock.timestamp(),
            payload=fields.payload(),
            owners=tuple(owners.items()),
        )
        self._own().append(event)
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

    def newest_first(self, *, after: str = "", before: str = "~", seen_at: float) -> Iterator[EventRow]:
        """The events that show at `seen_at` and were created strictly between two times, as Seam writes times."""
        events = self._events
        first = bisect_right(events, after, key=lambda event: event.created_at) if after else 0
        for index in range(len(events) - 1, first - 1, -1):
            event = events[index]
            if event.created_at < before and event.visible_at <= seen_at:
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

    def _own(self) -> list[EventRow]:
        if self._shared:
            self._events = self._events.copy()
            self._shared = False
        return self._events
