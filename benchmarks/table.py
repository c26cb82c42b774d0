"""The figures as a Markdown table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .method import Spread, ratios


@dataclass(frozen=True)
class Row:
    """One line. budget: what the median may be at most, in the unit shown; None when nothing was promised."""

    what: str
    spread: Spread
    budget: float | None = None
    unit: str = "x"
    scale: float = 1.0
    digits: int = 2
    detail: str = ""

    @property
    def passes(self) -> bool:
        """Whether the median is within the budget."""
        return self.budget is None or self.spread.median / self.scale <= self.budget

    def line(self) -> str:
        """The row as Markdown."""
        mark = "" if self.budget is None else "pass" if self.passes else "**FAIL**"
        budget = "" if self.budget is None else f"≤ {self.budget:g} {self.unit}"
        figure = f"{self.spread.text(self.scale, self.digits)} {self.unit}"
        return f"| {self.what} | {figure} | {budget} | {mark} | {self.detail} |"


HEAD = "| what | median (quartiles) | budget | | absolute |\n|---|---|---|---|---|"


def ratio_row(
    what: str, times: Mapping[str, Sequence[float]], case: str, floor: str, budget: float | None = None
) -> Row:
    """A row for a ratio, with both absolute medians beside it."""
    mine, base = (Spread.of(times[name]).median * 1e6 for name in (case, floor))
    return Row(what, ratios(times, case, floor), budget, detail=f"{mine:,.1f} µs ÷ {base:,.1f} µs")
