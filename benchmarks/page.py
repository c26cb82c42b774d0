"""The page docs/figures.md and its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .picture import draw_budgets, draw_growth
from .table import HEAD, Row

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "figures.md"
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"


def write_page(about: str, rows: Sequence[Row], docs: Path = DOCS) -> None:
    """Write the table between the marks of the page, and beside it the pictures for which there are rows."""
    page = docs / PAGE.name
    before, rest = page.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    lines = [HEAD, *(row.line() for row in rows if row.point is None)]
    table = "\n".join(lines)
    page.write_text(f"{before}{BEGIN}{about}.\n\n{table}\n{END}{after}", "utf-8")
    promised = [row for row in rows if row.budget is not None and row.spread is not None]
    if promised:
        (docs / "figures.svg").write_text(draw_budgets(promised), "utf-8")
    grown = [row for row in rows if row.point is not None]
    if grown:
        (docs / "growth.svg").write_text(draw_growth(grown), "utf-8")
