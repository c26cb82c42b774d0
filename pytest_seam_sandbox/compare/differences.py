"""Where the records of one scenario on two servers differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from .records import Answer, Logged, Outcome, Record, Skipped
from .shapes import Shape

Kind = Literal["not run", "path", "status", "refused field", "field", "row", "order", "event", "timing", "form"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ABSENT = "absent"
_DISCRIMINATORS = ("event_type", "action_type", "device_type")
_CODES = ("error_code", "warning_code")
_DEVICES = frozenset({"lock", "thermostat", "noise_sensor"})
"""The further keys under which answers show devices."""


@dataclass(frozen=True)
class Difference:
    """One difference.

    about: the resource with the field, or the step in which it shows. place: the field, or what of the step. scenarios:
    where it was seen; the same field of the same resource is one difference, in however many answers it shows.
    """

    kind: Kind
    about: str
    place: str
    embedded: str
    other: str
    scenarios: tuple[str, ...] = field(default=(), compare=False)

    @property
    def key(self) -> tuple[str, ...]:
        """What it is known by. When something shows differs from run to run, so timing is known by its place."""
        ends = () if self.kind == "timing" else (self.embedded, self.other)
        return (self.kind, self.about, self.place, *ends)

    def __str__(self) -> str:
        place = f", {self.place}" if self.place else ""
        return f"{self.kind}: {self.about}{place}: embedded {self.embedded}, other {self.other}"


def between(pairs: Sequence[tuple[Record, Record]]) -> list[Difference]:
    """The differences of some scenarios, those of the emulator first in each pair; each difference once."""
    found: dict[Difference, list[str]] = {}
    for embedded, other in pairs:
        for difference in _of_records(embedded, other):
            found.setdefault(difference, []).append(embedded.scenario)
    found |= dict(_of_forms(pairs))
    merged = (
        Difference(one.kind, one.about, one.place, one.embedded, one.other, tuple(dict.fromkeys(scenarios)))
        for one, scenarios in found.items()
    )
    return ordered(merged)


def ordered(differences: Iterable[Difference]) -> list[Difference]:
    """By kind, then by what they are about."""
    return sorted(differences, key=lambda one: (KINDS.index(one.kind), one.about, one.place, one.embedded, one.other))


def _difference(kind: Kind, about: str, place: str, told: Iterable[str]) -> Difference:
    """told: what the emulator says, and what the other side says."""
    embedded, other = told
    return Difference(kind, about, place, embedded, other)


def _of_records(embedded: Record, other: Record) -> Iterator[Difference]:
    if other.problem or embedded.problem:
        yield Difference("not run", embedded.scenario, "", embedded.problem or "can run", other.problem or "can run")
        return
    for name, step in embedded.steps.items():
        yield from _of_steps(embedded.scenario, f"{embedded.scenario}, {name}", step, other.steps[name])


def _of_forms(pairs: Sequence[tuple[Record, Record]]) -> Iterator[tuple[Difference, list[str]]]:
    """How ids and times are written, by the names of their fields: of all scenarios together."""
    forms: tuple[dict[str, set[str]], ...] = ({}, {})
    scenarios: dict[str, list[str]] = {}
    for pair in pairs:
        for side, record in zip(forms, pair, strict=True):
            for key, found in record.forms.items():
                side.setdefault(key, set()).update(found)
                scenarios.setdefault(key, []).append(record.scenario)
    for key in sorted(forms[0].keys() & forms[1].keys()):
        if forms[0][key] != forms[1][key]:
            told = (" or ".join(sorted(side[key])) for side in forms)
            yield _difference("form", key, "", told), scenarios[key]


def _of_steps(scenario: str, about: str, embedded: Outcome, other: Outcome) -> Iterator[Difference]:
    if isinstance(embedded, Answer) and isinstance(other, Answer):
        yield from _of_answers(about, embedded, other)
    elif isinstance(embedded, Logged) and isinstance(other, Logged):
        yield from _of_events(about, embedded, other)
    else:  # one of them lacks a value, or each another one; said once for all steps that need it
        for missing in {one.missing for one in (embedded, other) if isinstance(one, Skipped)}:
            told = (("none" if one == Skipped(missing) else "there") for one in (embedded, other))
            if embedded != other:
                yield _difference("not run", scenario, f"steps with {missing}", told)


def _of_answers(about: str, embedded: Answer, other: Answer) -> Iterator[Difference]:
    if embedded.outcome != other.outcome:
        if "404 no JSON" in {embedded.outcome, other.outcome}:  # the path is not there at all
            told = (("not there" if one.outcome == "404 no JSON" else "there") for one in (embedded, other))
            yield _difference("path", embedded.path, "", told)
        else:
            yield Difference("status", about, "", embedded.outcome, other.outcome)
        return
    if embedded.fields != other.fields:
        told = (", ".join(each or "the request" for each in one.fields) or "none" for one in (embedded, other))
        yield _difference("refused field", about, "", told)
    if embedded.ending is not None and other.ending is not None and embedded.ending != other.ending:
        yield Difference("timing", about, "action attempt finished", embedded.ending, other.ending)
    if embedded.error_type:
        yield from _Walk(about).fields(f"refusal of {embedded.path}", "", embedded.body, other.body)
    else:
        yield from _Walk(about, embedded.path).answers(embedded.body, other.body)


def _of_events(about: str, embedded: Logged, other: Logged) -> Iterator[Difference]:
    ours, theirs = Counter(embedded.types), Counter(other.types)
    for event_type in sorted(ours | theirs):
        if ours[event_type] != theirs[event_type]:
            told = (_times(count[event_type]) for count in (ours, theirs))
            yield _difference("event", about, event_type, told)
    common = ours & theirs
    orders = [_first(common, record.types) for record in (embedded, other)]
    if orders[0] != orders[1]:
        yield _difference("order", about, "events", (", ".join(order) for order in orders))
    if ours == theirs and embedded.latency != other.latency:
        yield Difference("timing", about, "events there", embedded.latency, other.latency)
    for event_type in sorted(embedded.shapes.keys() & other.shapes.keys()):
        walk = _Walk(about)
        yield from walk.fields(f"event {event_type}", "", embedded.shapes[event_type], other.shapes[event_type])


def _times(count: int) -> str:
    return {0: "none", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _first(common: Counter[str], types: Sequence[str]) -> list[str]:
    """Of a sequence, as many of each as both have."""
    left, found = Counter(common), []
    for each in types:
        if left[each]:
            left[each] -= 1
            found.append(each)
    return found


@dataclass(frozen=True)
class _Walk:
    """Goes through two shapes side by side. about: the step; path: that of the call."""

    about: str
    path: str = ""

    def answers(self, embedded: Mapping[str, Shape], other: Mapping[str, Shape]) -> Iterator[Difference]:
        """What differs in two answers: each of their keys is a resource, a list of such, or a block of its own."""
        for key in sorted(embedded.keys() | other.keys()):
            ours, theirs = embedded.get(key, ABSENT), other.get(key, ABSENT)
            if isinstance(ours, list) and isinstance(theirs, list):
                yield from self._rows(_singular(key), ours, theirs)
            elif isinstance(ours, dict) and isinstance(theirs, dict):
                yield from self.fields(_called(key, ours), "", ours, theirs)
            elif ours != theirs:
                yield Difference("field", f"answer of {self.path}", key, _told(ours), _told(theirs))

    def _rows(self, resource: str, embedded: Sequence[Shape], other: Sequence[Shape]) -> Iterator[Difference]:
        """What differs in two lists of resources: of those that the scenario knows, since others differ anyway."""
        ours, theirs = _by_name(resource, embedded), _by_name(resource, other)
        for name in sorted(ours.keys() ^ theirs.keys()):
            told = ("there" if name in rows else ABSENT for rows in (ours, theirs))
            yield _difference("row", self.about, f"{resource} {name}", told)
        orders = [[name for name in rows if name in ours and name in theirs] for rows in (ours, theirs)]
        if orders[0] != orders[1]:
            yield _difference("order", self.about, resource, (", ".join(order) for order in orders))
        for name in orders[0]:
            yield from self.fields(_called(resource, ours[name]), "", ours[name], theirs[name])

    def fields(self, resource: str, place: str, embedded: Shape, other: Shape) -> Iterator[Difference]:
        """What differs below a place of a resource."""
        if isinstance(embedded, dict) and isinstance(other, dict):
            for key in sorted(embedded.keys() | other.keys()):
                inner = f"{place}.{key}" if place else key
                yield from self.fields(resource, inner, embedded.get(key, ABSENT), other.get(key, ABSENT))
        elif isinstance(embedded, list) and isinstance(other, list):
            yield from self._values(resource, f"{place}[]", embedded, other)
        elif embedded != other:
            yield Difference("field", resource, place, _told(embedded), _told(other))

    def _values(self, resource: str, place: str, embedded: list[Any], other: list[Any]) -> Iterator[Difference]:
        """What differs in two lists in a resource: codes in their order, else which values there are."""
        ours, theirs = (_codes(some) for some in (embedded, other))
        if ours is not None and theirs is not None:
            if ours != theirs:
                yield Difference("field", resource, place, ours, theirs)
        elif embedded and other:
            yield from self.fields(resource, place, _merged(embedded), _merged(other))
        else:
            yield _difference("field", resource, place, ("some" if some else "none" for some in (embedded, other)))


def _codes(values: list[Any]) -> str | None:
    """A list of texts in the order of the alphabet, or of errors by their codes, as one text; None for any other."""
    if all(isinstance(value, str) for value in values):
        return ", ".join(sorted(set(values))) or "none"
    codes = [next((value[key] for key in _CODES if key in value), None) for value in values if isinstance(value, dict)]
    if None in codes or len(codes) != len(values):
        return None
    return ", ".join(map(str, codes))


def _merged(values: list[Any]) -> Shape:
    """One for all objects of a list: the fields that one of them has."""
    merged: dict[str, Any] = {}
    for value in values:
        if not isinstance(value, dict):
            return "list"
        merged = {**value, **merged}
    return merged


def _by_name(resource: str, rows: Sequence[Shape]) -> dict[str, dict[str, Any]]:
    """The resources whose ids the scenario knows, by their names, in the order of the list."""
    named = {}
    for row in rows:
        if isinstance(row, dict):
            own = row.get(f"{resource}_id", row.get("device_id"))
            if isinstance(own, str) and own.startswith("="):
                named[own] = row
    return named


def _called(resource: str, shape: Mapping[str, Any]) -> str:
    """A resource with its type, where its fields depend on it."""
    resource = "device" if resource in _DEVICES else resource
    found = next((shape[key].strip("'") for key in _DISCRIMINATORS if isinstance(shape.get(key), str)), "")
    return f"{resource} {found}".rstrip()


def _singular(key: str) -> str:
    return f"{key[:-3]}y" if key.endswith("ies") else key.removesuffix("s")


def _told(shape: Shape) -> str:
    if isinstance(shape, dict):
        return "object"
    return "list" if isinstance(shape, list) else shape
