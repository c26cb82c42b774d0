"""The figures as a Markdown table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from .budgets import BUDGETS, Budget
from .method import Spread, ratios


@dataclass(frozen=True)
class Point:
    """Where a figure stands in the picture of how cost grows: a panel, a line in it, and how many there were."""

    panel: str
    line: str
    count: int


@dataclass(frozen=True)
class Row:
    """One line. spread: None for what was not measured, and detail says why. budget: None when nothing was promised.

    scale: what the unit is in seconds, bytes or whatever the spread counts.
    """

    what: str
    spread: Spread | None
    unit: str = "x"
    scale: float = 1.0
    digits: int = 2
    detail: str = ""
    budget: Budget | None = None
    point: Point | None = None

    @classmethod
    def of(cls, key: str, spread: Spread | None, *, digits: int = 2, detail: str = "") -> Self:
        """The row of a budget."""
        budget = BUDGETS[key]
        return cls(budget.what, spread, budget.unit, budget.scale, digits, detail, budget)

    @property
    def value(self) -> float:
        """The median, in the unit."""
        return self.spread.median / self.scale if self.spread is not None else 0.0

    @property
    def verdict(self) -> str:
        """Whether the median is within the budget; nothing for a row without one."""
        if self.budget is None:
            return ""
        if self.spread is None:
            return "skipped"
        return "met" if self.budget.is_met(self.value) else "missed"

    def line(self) -> str:
        """The row as Markdown."""
        verdict = "**missed**" if self.verdict == "missed" else self.verdict
        budget = "" if self.budget is None else self.budget.text()
        figure = "" if self.spread is None else f"{self.spread.text(self.scale, self.digits)} {self.unit}"
        return f"| {self.what} | {budget} | {figure} | {verdict} | {self.detail} |"


HEAD = "| what | budget | measured: median (quartiles) | verdict | absolute |\n|---|---|---|---|---|"


def ratio_row(
    what: str, times: Mapping[str, Sequence[float]], case: str, floor: str, *, budget: Budget | None = None
) -> Row:
    """A row for a ratio, with both absolute medians beside it."""
    mine, base = (Spread.of(times[name]).median * 1e6 for name in (case, floor))
    return Row(what, ratios(times, case, floor), detail=f"{mine:,.1f} µs ÷ {base:,.1f} µs", budget=budget)


def budget_ratio(key: str, times: Mapping[str, Sequence[float]], case: str, floor: str) -> Row:
    """The row of a budget that is a ratio."""
    return ratio_row(BUDGETS[key].what, times, case, floor, budget=BUDGETS[key])
