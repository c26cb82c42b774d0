"""The event log of a workspace, and how a family declares the events it emits."""

from __future__ import annotations

import inspect
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import inf
from operator import attrgetter
from types import MappingProxyType
from typing import Any, ClassVar, NoReturn, Protocol, dataclass_transform

from .clock import Clock, cut, written_at
from .ids import Ids
from .settings import Settings
from .store import Row, row_type
from .work import WorkStatus


@dataclass_transform(kw_only_default=True, frozen_default=True)
class EventFields:
    """What one type of event carries beyond the fields that all events have.

    Subclass it once per event type, with the type as class argument: `class PhoneDeactivated(EventFields,
    event_type="phone.deactivated")`, and annotate the fields; one with a default may be left out, and stays off the
    wire then. Names that are not declared are refused with a TypeError, as missing ones are; types are the type
    checker's business, since every unlock logs two events.

    work: what the event tells the end of, if that is work; no field of the event.
    """

    event_type: ClassVar[str] = ""
    declared: ClassVar[Mapping[str, bool]] = MappingProxyType({})
    """The fields by name, and whether an event needs them."""
    wire_names: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """The names on the wire of fields whose names are no Python names."""
    _required: ClassVar[frozenset[str]] = frozenset()
    work: WorkStatus | None

    def __init__(self, **fields: Any) -> None:
        self.work = None
        if not self._required <= fields.keys() <= self.declared.keys():
            self._complain(fields)
        self.given: Mapping[str, Any] = fields

    @property
    def about_device(self) -> str | None:
        """The id of the device that the event is about, if it is about one."""
        return self.given.get("device_id")

    def payload(self) -> Mapping[str, Any]:
        """The fields that were given, under their names on the wire."""
        if not self.wire_names:
            return self.given
        return {self.wire_names.get(name, name): value for name, value in self.given.items()}

    def __init_subclass__(cls, *, event_type: str = "") -> None:
        super().__init_subclass__()
        if event_type:
            cls.event_type = event_type
        own = {name: name not in cls.__dict__ for name in inspect.get_annotations(cls) if name != "wire_names"}
        if "device_id" in cls.__dict__:
            delattr(cls, "device_id")  # its default would hide the property
        inherited = {name: needed for base in reversed(cls.__mro__[1:]) for name, needed in _declared(base).items()}
        cls.declared = MappingProxyType(inherited | own)
        cls._required = frozenset(name for name, needed in cls.declared.items() if needed)

    def _complain(self, fields: Mapping[str, Any]) -> NoReturn:
        unknown, missing = sorted(fields.keys() - self.declared.keys()), sorted(self._required - fields.keys())
        found = f"was given the unknown fields {unknown} and lacks {missing}"
        raise TypeError(f"{type(self).__name__} {found}; it has {list(self.declared)}")


def _declared(base: type) -> Mapping[str, bool]:
    return base.declared if issubclass(base, EventFields) else {}


@dataclass(slots=True)
class Unread:
    """The fields of an event that take time to gather, gathered when somebody reads the event.

    about_device: the id of the device that the event is about, if it is about one. read: a function of what does not
    change.
    """

    event_type: str
    about_device: str | None
    read: Callable[[], EventFields]


@dataclass(slots=True)
class Provided:
    """An event whose fields were given as they are on the wire.

    about_device: the id of the device that the event is about, if it is about one.
    """

    event_type: str
    about_device: str | None
    given: Mapping[str, Any]

    def payload(self) -> Mapping[str, Any]:
        """The fields that were given."""
        return self.given


class Origin(Protocol):
    """What events take from the workspace that logs them."""

    @property
    def workspace_id(self) -> str:
        """Its id."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells when an event happens."""
        ...

    @property
    def ids(self) -> Ids:
        """Gives an event its id."""
        ...

    @property
    def settings(self) -> Settings:
        """Has the time after which an event shows."""
        ...


_NO_OWNERS: Mapping[str, str] = MappingProxyType({})
_COMMON = frozenset({"event_id", "event_type", "workspace_id", "created_at", "occurred_at", "event_description"})


@cache
def description_of(event_type: str) -> str:
    """The sentence in `event_description`: the words of the type. Source: spec for the field, assumed for the words."""
    return f"{event_type.replace('.', ' ').replace('_', ' ').capitalize()}."


@row_type
class EventRow(Row):
    """One event of the log.

    number: its place among all events that the workspace ever logged. place: that of its id among all ids of the
    workspace's server. at: when it happened, in seconds since 1970. fields: what it carries. owners: ids by which the
    server finds it although they are no field of it, such as the user identity that owned a phone.
    """

    key: ClassVar[str] = "event_id"
    not_found: ClassVar[str] = "event_not_found"
    number: int
    place: int
    origin: Origin
    at: float
    fields: EventFields | Unread | Provided
    owners: Mapping[str, str]

    @property
    def event_type(self) -> str:
        """What happened, such as `lock.unlocked`."""
        return self.fields.event_type

    @property
    def event_id(self) -> str:
        """The id, made when somebody asks for it."""
        return self.origin.ids.uuid(self.place)

    @property
    def workspace_id(self) -> str:
        """The id of the workspace."""
        return self.origin.workspace_id

    @property
    def visible_at(self) -> float:
        """When Seam creates it, so that it shows in /events/list, in seconds since 1970."""
        latency = self.origin.settings.event_latency
        return cut(self.at + latency) if latency else self.at

    @property
    def created_at(self) -> str:
        """When Seam created it: `event_latency` after it happened. Source: docs, whose samples differ in the two."""
        return written_at(self.visible_at)

    @property
    def occurred_at(self) -> str:
        """When it happened."""
        return written_at(self.at)

    @property
    def event_description(self) -> str:
        """What happened, as a sentence."""
        return description_of(self.event_type)

    @property
    def payload(self) -> Mapping[str, Any]:
        """The fields beyond those that all events have, by their names on the wire."""
        return self._read().payload()

    @property
    def work(self) -> WorkStatus | None:
        """The work whose end the event tells; None where that is unknown, as of an event from Seam."""
        fields = self._read()
        return None if isinstance(fields, Provided) else fields.work

    def _read(self) -> EventFields | Provided:
        fields = self.fields
        if isinstance(fields, Unread):
            fields = fields.read()
            object.__setattr__(self, "fields", fields)  # worked out, not changed
        return fields

    def view(self) -> dict[str, Any]:
        """The event as /events/get and webhooks show it: flat, common fields first."""
        return {
            "event_id": self.event_id,
            "event_type": self.event_type,
            "workspace_id": self.workspace_id,
            "created_at": self.created_at,
            "occurred_at": self.occurred_at,
            "event_description": self.event_description,
            **self.payload,
        }

    def shown(self, name: str) -> object:
        """The value of a field of `view`; None when the event does not carry it."""
        return getattr(self, name) if name in _COMMON else self.payload.get(name)

    def value(self, name: str) -> object:
        """The value of a field that can be filtered by, or of a hidden owner; None when the event has neither."""
        found = self.shown(name)
        return found if found is not None else self.owners.get(name)

    def listed(self, name: str) -> tuple[object, ...]:
        """The members of a field that is a list; none when the event has no such field."""
        return tuple(self.payload.get(name) or ())


@dataclass(slots=True)
class EventsKept:
    """Events, oldest first: all, those of each type, and those about each device. Lists only ever grow.

    borrowed: the devices whose lists others have too; such a list is copied when it has to grow.
    """

    rows: list[EventRow] = field(default_factory=list)
    by_type: defaultdict[str, list[EventRow]] = field(default_factory=lambda: defaultdict(list))
    by_device: defaultdict[str, list[EventRow]] = field(default_factory=lambda: defaultdict(list))
    borrowed: set[str] = field(default_factory=set)

    def copy(self) -> EventsKept:
        """The same events in lists that can grow by themselves."""
        by_type = defaultdict(list, {key: rows.copy() for key, rows in self.by_type.items()})
        return EventsKept(self.rows.copy(), by_type, self.by_device.copy(), set(self.by_device))

    def add(self, event: EventRow, device_id: str | None) -> None:
        """Add the newest event."""
        self.rows.append(event)
        self.by_type[event.event_type].append(event)
        if device_id is not None:
            self.about(device_id).append(event)

    def about(self, device_id: str) -> list[EventRow]:
        """The list of the events about a device, to be added to."""
        if device_id in self.borrowed:
            self.borrowed.remove(device_id)
            self.by_device[device_id] = self.by_device[device_id].copy()
        return self.by_device[device_id]

    def fewest(self, event_type: str | None = None, device_id: str | None = None) -> Sequence[EventRow]:
        """The shortest list that has all events of the type and about the device; oldest first."""
        lists = [self.rows]
        if event_type is not None:
            lists.append(self.by_type.get(event_type, []))
        if device_id is not None:
            lists.append(self.by_device.get(device_id, []))
        return min(lists, key=len)


class EventLog:
    """All events of one workspace, oldest first. Entries are only ever added, or removed with their account.

    The log is Seam's, so it is never shortened. listener: told of each event when it is logged. emitted: how many there
    ever were.
    """

    def __init__(self, listener: Callable[[EventRow], None]) -> None:
        self.emitted = 0
        self._kept = EventsKept()
        self._shared = False
        self._listener = listener

    def __len__(self) -> int:
        return len(self._kept.rows)

    def __iter__(self) -> Iterator[EventRow]:
        return iter(self._kept.rows)

    @property
    def all_shown_at(self) -> float:
        """When all events show that there are so far, in seconds since 1970."""
        return self._kept.rows[-1].visible_at if self._kept.rows else 0.0

    def emit(self, origin: Origin, fields: EventFields | Unread | Provided, **owners: str) -> EventRow:
        """Log an event that happens now. origin: the workspace."""
        ids = origin.ids
        ids.count += 1
        self.emitted += 1
        event = EventRow(self.emitted, ids.count, origin, origin.clock.mark(), fields, owners or _NO_OWNERS)
        if self._shared:
            self._kept, self._shared = self._kept.copy(), False
        kept, device_id = self._kept, fields.about_device  # what `add` does, without the call
        kept.rows.append(event)
        kept.by_type[fields.event_type].append(event)
        if device_id is not None:
            (kept.about(device_id) if kept.borrowed else kept.by_device[device_id]).append(event)
        self._listener(event)
        return event

    def after(self, number: int) -> list[EventRow]:
        """The events with a higher number, oldest first; costs no more than there are of them."""
        rows = self._kept.rows
        return rows[bisect_right(rows, number, key=_number) :]

    def seen(self, *, after: int, at: float) -> tuple[EventsKept, int, int]:
        """The events with a number higher than `after` that show at a time: what is kept, and from where to where."""
        rows = self._kept.rows
        first = bisect_right(rows, after, key=_number)
        return self._kept, first, max(first, bisect_right(rows, at, key=_visible_at))

    def find(self, event_id: str) -> EventRow | None:
        """The event of this id, whether it shows yet or not."""
        rows = self._kept.rows
        place = rows[0].origin.ids.place_of(event_id) if rows else None
        if place is None:
            return None
        index = bisect_left(rows, place, key=_place)
        return rows[index] if index < len(rows) and rows[index].place == place else None

    def newest_first(
        self,
        *,
        after: float = -inf,
        before: float = inf,
        seen_at: float,
        event_type: str | None = None,
        device_id: str | None = None,
        event_ids: Collection[str] | None = None,
    ) -> Iterator[EventRow]:
        """The events that show at `seen_at` and were created strictly between two times, in seconds since 1970.

        event_type, device_id: leave out what is kept apart from them; who asks still has to look. event_ids: of these.
        """
        rows = self._kept.fewest(event_type, device_id)
        if event_ids is not None:
            rows = sorted(filter(None, map(self.find, set(event_ids))), key=_number)
        first = bisect_right(rows, after, key=_visible_at)
        last = min(bisect_left(rows, before, key=_visible_at), bisect_right(rows, seen_at, key=_visible_at))
        return (rows[index] for index in range(last - 1, first - 1, -1))

    def forget(self, name: str, value: str) -> None:
        """Remove all events whose field `name` has this value."""
        kept = EventsKept()
        for event in self._kept.rows:
            if event.value(name) != value:
                kept.add(event, event.fields.about_device)
        self._kept, self._shared = kept, False

    def clear(self) -> None:
        """Remove all events."""
        self._kept, self._shared = EventsKept(), False

    def snapshot(self) -> EventsKept:
        """The present events; shared until the next write."""
        self._shared = True
        return self._kept

    def restore(self, kept: EventsKept) -> None:
        """Go back to what `snapshot` gave."""
        self._kept, self._shared = kept, True


_number = attrgetter("number")
_place = attrgetter("place")
_visible_at = attrgetter("visible_at")
