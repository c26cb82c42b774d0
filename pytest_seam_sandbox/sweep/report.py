"""What a sweep found, as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..report.timeline import render_timeline
from .injection_points import WHENS

if TYPE_CHECKING:
    from .injection_points import Disruption
    from .sweep import Sweep
    from .trial import Result

_WIDTH = 110
_LISTED = 20
_CELL = 6
_ABSORBED = "absorbed"
_MARKS = MappingProxyType({"passed": "ok", "failed": "FAILED", "not possible": "n/a"})


def failure_text(sweep: Sweep[Any]) -> str:
    """The smallest failing trial with its timeline, how to run it alone, and the table."""
    first = sweep.failures[0]
    return "\n".join(
        [
            f"{first.title} broke the program: {first_line(first.error)}",
            f"{len(sweep.failures)} of {len(sweep.results)} trials failed, and this is the smallest of them.",
            f"Run it alone with: seam_sweep(..., only={first.name!r})",
            "",
            table_text(sweep),
            "",
            f"Timeline of {first.name}:",
            render_timeline(first.history, name_of=sweep.names),
        ]
    )


def table_text(sweep: Sweep[Any]) -> str:
    """A line for each call and a column for each kind of trouble, then the trials that need words."""
    lines = [*_grid(sweep), "", _summary(sweep)]
    for outcome in ("failed", "not possible"):
        found = [result for result in sweep.results if result.outcome == outcome]
        lines += [f"{_MARKS[outcome]:<6} {result.title}: {first_line(result.error)}" for result in found[:_LISTED]]
        lines += [f"... and {len(found) - _LISTED} more {outcome}"] if len(found) > _LISTED else []
    return "\n".join(lines)


def first_line(error: BaseException | None) -> str:
    """The type of an exception and the first line of what it says."""
    said = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _summary(sweep: Sweep[Any]) -> str:
    words = []
    for size, what in ((1, "trials with one point"), (2, "trials with two points")):
        found = [result.outcome for result in sweep.results if len(result.points) == size]
        if found:
            counts = [f"{found.count(outcome)} {outcome}" for outcome in _MARKS if outcome in found]
            absorbed = sum(_mark(result) == _ABSORBED for result in sweep.results if len(result.points) == size)
            if absorbed:
                counts[0] += f" ({absorbed} absorbed by the client)"
            words.append(f"{len(found)} {what}: {', '.join(counts)}.")
        if sweep.left_out[size]:
            more = " and all with two" if size == 1 and sweep.depth == 2 else ""
            words.append(f"Left out for max_trials={sweep.max_trials}: {sweep.left_out[size]} {what}{more}.")
    return " ".join(words) or "No trial has run."


def _grid(sweep: Sweep[Any]) -> list[str]:
    """The trials with one point. Columns that do not fit beside each other go below each other."""
    digits = len(str(len(sweep.calls)))
    calls = ["", "call", *(f"{i:>{digits}} {method} {path}" for i, (method, path) in enumerate(sweep.calls, start=1))]
    lines: list[str] = []
    for columns in _blocks([_column(sweep, hit) for hit in sweep.hits], _WIDTH - _width(calls)):
        lines += [""] if lines else []
        lines += ["   ".join(cells).rstrip() for cells in zip(*map(_padded, [calls, *columns]), strict=True)]
    return lines


def _column(sweep: Sweep[Any], hit: Disruption) -> list[str]:
    """What one kind of trouble did, before and after each call; "-" for a trial that did not run."""
    single = [result for result in sweep.results if len(result.points) == 1 and result.points[0].hit == hit]
    marks = {result.points[0].place: _mark(result) for result in single}
    rows = [
        [marks.get((number + 1, WHENS.index(when)), "-") for when in hit.whens] for number in range(len(sweep.calls))
    ]
    return [hit.name, *("  ".join(cell.ljust(_CELL) for cell in row) for row in [hit.whens, *rows])]


def _mark(result: Result) -> str:
    """The word for a trial in its cell."""
    return _ABSORBED if result.was_absorbed and result.outcome == "passed" else _MARKS[result.outcome]


def _blocks(columns: Sequence[list[str]], width: int) -> Iterator[list[list[str]]]:
    """The columns in groups that fit into the width; a column that is too wide stands alone."""
    block: list[list[str]] = []
    for column in columns:
        if block and sum(3 + _width(other) for other in [*block, column]) > width:
            yield block
            block = []
        block.append(column)
    yield block


def _padded(column: Sequence[str]) -> list[str]:
    return [cell.ljust(_width(column)) for cell in column]


def _width(column: Sequence[str]) -> int:
    return max(map(len, column))
