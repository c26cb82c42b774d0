"""What a sweep found, as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..report.failures import failure_of
from ..report.texts import masked
from ..report.timeline import render_timeline
from .injection_points import WHENS

if TYPE_CHECKING:
    from ..report.texts import Names
    from .injection_points import Called, Disruption
    from .trial import Outcome, Result

_WIDTH = 110
_LISTED = 20
_CELL = 6
_ABSORBED = "absorbed"
_MARKS: Mapping[Outcome, str] = MappingProxyType({"passed": "ok", "failed": "FAILED", "not possible": "n/a"})
_EXPLAINED: tuple[Outcome, ...] = ("failed", "not possible")
"""The outcomes whose trials are listed below the table."""


@dataclass(frozen=True)
class Findings:
    """What came of a sweep, as far as it has run: the attributes of Sweep of these names."""

    disruptions: Sequence[Disruption]
    calls: Sequence[Called]
    results: Sequence[Result]
    left_out: Mapping[int, int]
    depth: int
    max_trials: int

    def of_outcome(self, outcome: Outcome) -> list[Result]:
        """The trials that ended like this, the smallest first."""
        return [result for result in self.results if result.outcome == outcome]


def failure_text(found: Findings, names: Names) -> str:
    """The smallest failing trial with its timeline, how to run it alone, and the table."""
    failures = found.of_outcome("failed")
    first = failures[0]
    return "\n".join(
        [
            f"{first.title} broke the program: {first_line(first.error)}",
            f"{len(failures)} of {len(found.results)} trials failed, and this is the smallest of them.",
            f"Run it alone with: seam_sweep(..., only={first.name!r})",
            "",
            table_text(found),
            "",
            f"Timeline of {first.name}:",
            render_timeline(
                first.history, name_of=names, failure=None if first.error is None else failure_of(first.error)
            ),
        ]
    )


def picture(found: Findings) -> dict[str, Any]:
    """The table for the report page: plain data, as JSON has it. A cell is None where no trial has run."""
    columns = [(one, when) for one in found.disruptions for when in one.whens]
    single = {
        (result.injection_points[0].disruption, result.injection_points[0].place): result
        for result in found.results
        if len(result.injection_points) == 1
    }
    rows = []
    for number, (method, path) in enumerate(found.calls, start=1):
        trials = [single.get((one, (number, WHENS.index(when)))) for one, when in columns]
        rows.append([f"{number} {method} {path}", [None if trial is None else _cell(trial) for trial in trials]])
    return {
        "kind": "sweep",
        "title": "Sweep: what came of a disruption at each call",
        "summary": _summary(found),
        "columns": [f"{one.name} {when}" for one, when in columns],
        "rows": rows,
    }


def _cell(result: Result) -> dict[str, Any]:
    outcome = _ABSORBED if _mark(result) == _ABSORBED else result.outcome
    error = "" if result.error is None else masked(first_line(result.error))
    return {"name": result.name, "title": result.title, "outcome": outcome, "error": error}


def table_text(found: Findings) -> str:
    """A line for each call and a column for each disruption, then the trials that need words."""
    lines = [*_grid(found), "", _summary(found)]
    for outcome in _EXPLAINED:
        such = found.of_outcome(outcome)
        lines += [f"{_MARKS[outcome]:<6} {result.title}: {first_line(result.error)}" for result in such[:_LISTED]]
        lines += [f"... and {len(such) - _LISTED} more {outcome}"] if len(such) > _LISTED else []
    return "\n".join(lines)


def first_line(error: BaseException | None) -> str:
    """The type of an exception and the first line of what it says."""
    said = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _summary(found: Findings) -> str:
    words = []
    for size, what in ((1, "trials with one injection point"), (2, "trials with two injection points")):
        such = [result for result in found.results if len(result.injection_points) == size]
        outcomes = [result.outcome for result in such]
        if such:
            counts = [f"{outcomes.count(outcome)} {outcome}" for outcome in _MARKS if outcome in outcomes]
            absorbed = sum(_mark(result) == _ABSORBED for result in such)
            if absorbed:
                counts[0] += f" ({absorbed} absorbed by the client)"
            words.append(f"{len(such)} {what}: {', '.join(counts)}.")
        if found.left_out[size]:
            more = " and all with two" if size == 1 and found.depth == 2 else ""
            words.append(f"Left out for max_trials={found.max_trials}: {found.left_out[size]} {what}{more}.")
    return " ".join(words) or "No trial has run."


def _grid(found: Findings) -> list[str]:
    """The trials with one injection point. Columns that do not fit beside each other go below each other."""
    digits = len(str(len(found.calls)))
    calls = ["", "call", *(f"{i:>{digits}} {method} {path}" for i, (method, path) in enumerate(found.calls, start=1))]
    lines: list[str] = []
    for columns in _blocks([_column(found, one) for one in found.disruptions], _WIDTH - _width(calls)):
        lines += [""] if lines else []
        lines += ["   ".join(cells).rstrip() for cells in zip(*map(_padded, [calls, *columns]), strict=True)]
    return lines


def _column(found: Findings, disruption: Disruption) -> list[str]:
    """What one disruption did, before and after each call; "-" for a trial that did not run."""
    single = [
        result
        for result in found.results
        if len(result.injection_points) == 1 and result.injection_points[0].disruption == disruption
    ]
    marks = {result.injection_points[0].place: _mark(result) for result in single}
    rows = [
        [marks.get((number + 1, WHENS.index(when)), "-") for when in disruption.whens]
        for number in range(len(found.calls))
    ]
    return [disruption.name, *("  ".join(cell.ljust(_CELL) for cell in row) for row in [disruption.whens, *rows])]


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
