"""The lanes of a picture: what state each device and phone was in, from one entry of the timeline to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from ..engine.events import EventRow
from ..engine.history import Note
from .lines import Line
from .texts import NameOf

State = Literal["online", "offline", "removed", "deleted", "active", "dead", "absent"]
"""Of devices: online, offline, removed from the account, deleted. Of phones: active, dead. absent: not there yet."""


class Device(Protocol):
    """A device, as far as a picture shows it."""

    @property
    def device_id(self) -> str:
        """Its id."""
        ...

    @property
    def is_online(self) -> bool:
        """Whether it is online."""
        ...

    @property
    def is_removed(self) -> bool:
        """Whether it was taken out of its account."""
        ...


class Phone(Protocol):
    """A phone, as far as a picture shows it."""

    @property
    def device_id(self) -> str:
        """Its id."""
        ...


class Span(NamedTuple):
    """A state, from the line of one number up to that of another, which is not part of it. why: the error code."""

    start: int
    end: int
    state: State
    why: str = ""


class Lane(NamedTuple):
    """A device or a phone over time."""

    id: str
    name: str
    kind: Literal["device", "phone"]
    spans: Sequence[Span]


class _Change(NamedTuple):
    """At this line, a state began; None where it has to be told from what comes next, as after a snapshot."""

    place: int
    at: float
    state: State | None
    why: str = ""
    is_restored: bool = False


def lanes_of(lines: Sequence[Line], devices: Iterable[Device], phones: Iterable[Phone], name_of: NameOf) -> list[Lane]:
    """The lanes of all devices and phones that there are, or that events are about."""
    now: dict[str, State] = {device.device_id: _state_of(device) for device in devices}
    now |= {phone.device_id: "active" for phone in phones}
    changes: dict[str, list[_Change]] = {found: [] for found in now}
    for place, line in enumerate(lines):
        if isinstance(line.entry, EventRow):
            for found, change in _changes(place, line.entry):
                changes.setdefault(found, []).append(change)
        elif isinstance(line.entry, Note) and line.kind == "snapshot":
            for of_it in changes.values():
                of_it.append(_Change(place, line.at, None, is_restored=True))
    return [
        Lane(found, name_of(found) or found, kind, _spans(of_it, kind, now.get(found), len(lines)))
        for found, of_it in changes.items()
        for kind in (_kind_of(of_it, now.get(found)),)
    ]


def _state_of(device: Device) -> State:
    if device.is_removed:
        return "removed"
    return "online" if device.is_online else "offline"


def _kind_of(changes: Sequence[_Change], now: State | None) -> Literal["device", "phone"]:
    return "phone" if now == "active" or any(change.state == "dead" for change in changes) else "device"


_STATES: Mapping[str, State | None] = MappingProxyType(
    {
        "device.connected": "online",
        "device.unmanaged.connected": "online",
        "device.disconnected": "offline",
        "device.unmanaged.disconnected": "offline",
        "device.removed": "removed",
        "device.deleted": "deleted",
        "device.added": None,
        "phone.deactivated": "dead",
    }
)


def _changes(place: int, event: EventRow) -> Iterator[tuple[str, _Change]]:
    """What an event says of the state of what it is about."""
    found = event.value("device_id")
    if event.event_type in _STATES and isinstance(found, str):
        why = event.value("error_code")
        yield found, _Change(place, event.at, _STATES[event.event_type], why if isinstance(why, str) else "")


_BEFORE: Mapping[State, State] = MappingProxyType({"online": "offline", "dead": "active"})
"""What a state has ended; else the thing was online."""


def _spans(changes: Sequence[_Change], kind: str, now: State | None, end: int) -> list[Span]:
    """The states one after the other. What nothing is said of is told from the next change, or from what is now."""
    is_new = kind == "device" and bool(changes) and changes[0].state is None and not changes[0].is_restored
    known = [_Change(0, 0.0, "absent" if is_new else None), *changes]
    spans: list[Span] = []
    for number, change in enumerate(known):
        later = [one for one in known[number + 1 :] if one.state is not None]
        state = change.state or _told_from(change, later, now)
        until = known[number + 1].place if number + 1 < len(known) else end
        if spans and (spans[-1].state, spans[-1].why) == (state, change.why):
            spans[-1] = spans[-1]._replace(end=until)
        elif until > change.place:
            spans.append(Span(change.place, until, state, change.why))
    return spans


def _told_from(change: _Change, later: Sequence[_Change], now: State | None) -> State:
    """The state up to the next change; a device that appears and is connected at the same time is online at once."""
    if not later:
        return now or "online"
    following = later[0].state or "online"
    if following == "online" and later[0].at == change.at and not change.is_restored:
        return "online"
    return _BEFORE.get(following, "online")
