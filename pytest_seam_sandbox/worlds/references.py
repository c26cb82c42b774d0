"""The ids in a world in a file, what refers to them, and how what is wrong with a world is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from ..engine.errors import SandboxError, quoted
from ..report.texts import nearest
from .fields import Part
from .format import Phone, World

Place = tuple[str | int, ...]
Owners = dict[str, set[str]]
"""The ids of a world by the names of their fields."""


class Fault(NamedTuple):
    """What is wrong with a world, and where: names of fields, and numbers of entries from 0 on.

    found: the value, as it is shown; it may be personal, which the text is not. unknown: the id that nothing has, where
    that is what is wrong.
    """

    place: Place
    text: str
    found: str = ""
    unknown: str = ""

    def __str__(self) -> str:
        text = f"{self.text}; found {self.found}" if self.found else self.text
        where = f"{'.'.join(map(str, self.place))}: " if self.place else ""
        return f"{where}{text}" if text.endswith(("?", ".")) else f"{where}{text}."


class Refused(SandboxError):
    """A part of a world in which nothing is wrong by itself cannot be made. fault: where, and why not."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def parts_in(part: Part, place: Place = ()) -> Iterator[tuple[Place, Part]]:
    """The parts below a part of a world, at any depth, each after the one that it belongs to."""
    for name in type(part).model_fields:
        values = getattr(part, name)
        for number, inner in enumerate(values if isinstance(values, tuple) else ()):
            if isinstance(inner, Part):
                yield (*place, name, number), inner
                yield from parts_in(inner, (*place, name, number))


def part_at(place: Place) -> type[BaseModel]:
    """What stands at a place of a world."""
    found: type[BaseModel] = World
    for name in place:
        if isinstance(name, str):
            found = next(_models_in(found.model_fields[name].annotation))
    return found


def resource_lists(part: type[BaseModel] = World) -> Iterator[str]:
    """The names of the lists whose entries have ids, at any depth of a world."""
    for name, field in part.model_fields.items():
        for inner in _models_in(field.annotation):
            if issubclass(inner, Part):
                yield from [name] if inner.key else []
                yield from resource_lists(inner)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def ids_in(part: Part) -> Iterator[tuple[Place, str, str]]:
    """The ids that a part gives to what is below it: the place, the name of the field, the id."""
    for place, inner in parts_in(part):
        own_id = getattr(inner, inner.key) if inner.key else None
        if own_id is not None:
            yield (*place, inner.key), inner.key, own_id


def ids_of(part: Part) -> Owners:
    """The ids of what is below a part, but for those of phones, which nothing refers to."""
    found: Owners = {}
    for _, inner in parts_in(part):
        own_id = getattr(inner, inner.key) if inner.key and not isinstance(inner, Phone) else None
        if own_id is not None:
            found.setdefault(inner.key, set()).add(own_id)
    return found


def said(place: Place, check: object, *arguments: object) -> Iterator[Fault]:
    """What a check says by raising SandboxError."""
    try:
        check(*arguments)  # type: ignore[operator]
    except SandboxError as mistake:
        yield Fault(place, str(mistake))


def twice(world: World) -> Iterator[Fault]:
    """The ids that are given to two resources."""
    first: dict[str, Place] = {}
    for place, _, own_id in ids_in(world):
        if own_id in first:
            other = ".".join(map(str, first[own_id]))
            yield Fault(place, f"{quoted(own_id)} is the id at {other}, too. Give each resource an id of its own")
        first.setdefault(own_id, place)


def missing(
    place: Place, name: str, wanted: str | None, owners: Owners, *, field: str | None = None, of: str = "the file"
) -> Iterator[Fault]:
    """An id that nothing has. field: the one that refers to it, by default called like it. of: in what to find it."""
    known = owners.get(name, set())
    if wanted is not None and wanted not in known:
        hint = nearest(wanted, sorted(known)) or "Add it, or leave the field out"
        yield Fault((*place, field or name), f"{of} has no {name} {quoted(wanted)}. {hint}", unknown=wanted)


def all_missing(
    place: Place,
    name: str,
    wanted: Iterable[str] | None,
    owners: Owners,
    *,
    field: str | None = None,
    of: str = "the file",
) -> Iterator[Fault]:
    """The ids of a list that nothing has; like `missing`."""
    for number, one in enumerate(wanted or ()):
        for fault in missing(place, name, one, owners, of=of):
            yield fault._replace(place=(*place, field or f"{name}s", number))


def taken(kind: str, name: str, values: Iterable[str | None]) -> Iterator[Fault]:
    """The values of a field that has to be another one in each resource of a kind."""
    first: dict[str, int] = {}
    for number, value in enumerate(values):
        if value is not None and first.setdefault(value, number) != number:
            yield Fault((kind, number, name), f"{kind}.{first[value]} has the same; it is unique at Seam")


def period(place: Place, starts_at: str | None, ends_at: str | None) -> Iterator[Fault]:
    """An end that is not after the start."""
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        yield Fault((*place, "ends_at"), "it has to be after starts_at")


def is_below_itself(own_id: str | None, above: Mapping[str | None, str | None]) -> bool:
    """Whether one comes back to a resource by way of those above it."""
    seen: set[str | None] = set()
    one = above.get(own_id)
    while one is not None and one not in seen:
        seen.add(one)
        one = above.get(one)
    return own_id is not None and own_id in seen
