"""Requests that repeat each other, as one line: a program that polls asks the same and is told the same, often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..engine.history import Call, Note
from .lines import BROKE, Line, date_time

_LEAST = 3
"""So many equal requests become one line."""


def with_polls_folded(lines: Sequence[Line]) -> list[Line]:
    """The lines, with one in place of several equal requests that have nothing between them, or the same wait.

    What differs in any way, has caused something, or broke the test keeps its line.
    """
    return list(_folded(lines))


def _folded(lines: Sequence[Line]) -> Iterator[Line]:
    place = 0
    while place < len(lines):
        found = _run(lines, place)
        if len(found) < _LEAST:
            yield lines[place]
            place += 1
        else:
            yield _as_one([lines[one] for one in found], lines[place : found[-1] + 1])
            place = found[-1] + 1


def _run(lines: Sequence[Line], first: int) -> list[int]:
    """The places of the requests that equal the one at `first`, itself included; none if it is to stay by itself."""
    if not _is_poll(lines[first]):
        return []
    found = [first]
    wait: str | None = None
    while True:
        place = found[-1] + 1
        text = lines[place].text if place < len(lines) and _is_wait(lines[place]) else ""
        place += bool(text)
        if place >= len(lines) or not _are_equal(lines[first], lines[place]) or wait not in (None, text):
            return found
        wait = text
        found.append(place)


def _is_wait(line: Line) -> bool:
    return isinstance(line.entry, Note) and line.kind == "clock" and line.mark != BROKE


def _is_poll(line: Line) -> bool:
    return isinstance(line.entry, Call) and line.mark != BROKE and not line.entry.caused


def _are_equal(one: Line, other: Line) -> bool:
    mine, its = one.entry, other.entry
    return (
        isinstance(mine, Call)
        and isinstance(its, Call)
        and _is_poll(other)
        and one.text == other.text
        and (mine.origin, mine.params, mine.message, mine.work) == (its.origin, its.params, its.message, its.work)
    )


def _as_one(polls: Sequence[Line], all_lines: Sequence[Line]) -> Line:
    """The first of the polls, with how many there are and when the last was."""
    first, last = polls[0], polls[-1]
    until = date_time(last.at)
    until = until[11:] if until[:10] == date_time(first.at)[:10] else until
    wait = "" if len(all_lines) == len(polls) else f", between them: {all_lines[1].text}"
    return replace(
        first,
        text=f"{first.text} ({len(polls)} times until {until}{wait})",
        details={"times": str(len(polls)), "until": until, **first.details},
        folded=Counter(line.kind for line in all_lines),
    )
