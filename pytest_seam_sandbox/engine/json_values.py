"""Whether JSON can hold a value: what a test gives is written into answers, where it would be too late to refuse it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

_LARGEST = 10**308
_DEEPEST = 100


def why_no_json(value: Any, place: str = "") -> str | None:
    """What in a value no JSON text can hold, with the place where it stands; None when there is no such thing.

    place: where the value itself stands, such as "properties".
    """
    return next(_faults(value, place, 0), None)


def _faults(value: Any, place: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        yield "it is nested too deeply"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, str):
                yield from _faults(key, f"a key of {place}", depth)
                yield from _faults(item, f"{place}.{key}".lstrip("."), depth + 1)
            else:
                yield f"{place} has a key of the type {type(key).__qualname__}"
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _faults(item, f"{place}[{number}]", depth + 1)
    else:
        fault = _fault(value)
        if fault:
            yield f"{place} {fault}"


def _fault(value: Any) -> str:
    if isinstance(value, str):
        return "" if _is_unicode(value) else "has half a surrogate pair, which is no character"
    if isinstance(value, float):
        return "" if isfinite(value) else f"is {value}"
    if isinstance(value, int):
        return "" if abs(value) < _LARGEST else f"is an integer of {value.bit_length():,} bits"
    return "" if value is None else f"is a value of the type {type(value).__qualname__}"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
