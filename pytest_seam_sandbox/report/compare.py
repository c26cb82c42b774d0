"""What differs between two resources, or between events and what was expected of them, for a failed assertion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from ..api._shared import Resource
from ..engine.errors import quoted
from .texts import masked

_MOST = 40
"""How many lines are shown of each comparison."""
_ABSENT = object()


def explanation(left: object, right: object) -> list[str] | None:
    """Lines for `left == right` that is false; None where pytest itself says it as well."""
    if isinstance(left, Resource) and isinstance(right, Resource):
        return _of_resources(left, right)
    if _are_events(left) and isinstance(right, Sequence) and not isinstance(right, str):
        return _of_events(left, right)
    if _are_events(right) and isinstance(left, Sequence) and not isinstance(left, str):
        return _of_events(left, right)
    return None


def _are_events(value: object) -> bool:
    """Whether this is a list of events: of our own kind, or of ours and nothing else."""
    if type(value).__name__ == "EventList":
        return True
    return isinstance(value, list) and bool(value) and all(_type_of(one) is not None for one in value)


def _type_of(value: object) -> str | None:
    """The type of an event."""
    found = getattr(value, "event_type", None)
    return found if isinstance(found, str) else None


def _of_resources(left: Resource, right: Resource) -> list[str]:
    kinds = type(left).__name__, type(right).__name__
    if type(left) is not type(right):
        return [f"{_title(left)} == {_title(right)}", f"A {kinds[0]} equals no {kinds[1]}. Compare their ids."]
    mine, its = dict(_flat(_plain(left))), dict(_flat(_plain(right)))
    differing = [name for name in {**mine, **its} if mine.get(name, _ABSENT) != its.get(name, _ABSENT)]
    lines = [f"{name}: {_value(mine, name)} != {_value(its, name)}" for name in differing]
    counted = f"{len(differing)} of {len({**mine, **its})} fields differ:"
    return [f"{_title(left)} == {_title(right)}", counted, *_first(lines)]


def _title(one: Resource) -> str:
    name = getattr(one, "display_name", None) or getattr(one, "name", None) or getattr(one, "event_type", None)
    return f"{type(one).__name__}({masked(quoted(name))})" if name else type(one).__name__


def _plain(one: Resource) -> Mapping[str, Any]:
    return one.model_dump()


def _flat(fields: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """All values with the paths to them."""
    for name, value in fields.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _value(fields: Mapping[str, Any], name: str) -> str:
    return masked(quoted(fields[name])) if name in fields else "(absent)"


def _of_events(left: Any, right: Any) -> list[str]:
    """Both lists beside each other, as a diff: what both have, what only one of them has, and what differs."""
    mine, its = [_word(one) for one in left], [_word(one) for one in right]
    head = (
        f"{len(mine)} events == {len(its)} expected"
        if _are_events(left)
        else f"{len(mine)} expected == {len(its)} events"
    )
    lines = []
    for what, first, end, start, stop in SequenceMatcher(None, mine, its, autojunk=False).get_opcodes():
        if what == "equal":
            for one, other in zip(left[first:end], right[start:stop], strict=True):
                lines += [f"  {_word(one)}", *(f"?   {said}" for said in _differences(one, other))]
        lines += [f"- {word}" for word in mine[first:end] if what != "equal"]
        lines += [f"+ {word}" for word in its[start:stop] if what != "equal"]
    hint = []
    if any(isinstance(one, str) for one in (*left, *right)):
        hint = ["An event equals no text. Compare the types: [event.event_type for event in ...] == [...]"]
    return [head, "- only on the left, + only on the right", *_first(lines), *hint]


def _word(one: object) -> str:
    """What is compared of an event: its type, or the text that stands for one."""
    return _type_of(one) or (one if isinstance(one, str) else quoted(one))


def _differences(one: object, other: object) -> list[str]:
    """The fields in which two events of one type differ."""
    if not isinstance(one, Resource) or not isinstance(other, Resource) or one == other:
        return []
    return _of_resources(one, other)[2:]


def _first(lines: Sequence[str]) -> list[str]:
    return [*lines[:_MOST], *([f"… and {len(lines) - _MOST} more"] if len(lines) > _MOST else [])]
