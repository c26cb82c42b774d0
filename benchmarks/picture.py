"""The figures as SVG, readable by day and by night: what the budgets take, and how cost grows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10
from xml.sax.saxutils import escape

from .table import Row

WIDTH = 960
STYLE = """
 <style>
  .card { fill: #ffffff; stroke: #d5dae1 } .text { fill: #1f2733 } .faint { fill: #5b6675 } .grid { stroke: #e3e7ec }
  .limit { stroke: #5b6675 } .met { fill: #2f7d4f } .missed { fill: #b3261e }
  .line { fill: none; stroke-width: 2 } .s0 { stroke: #1f5fbf } .s1 { stroke: #b3561e } .s2 { stroke: #2f7d4f }
  .s3 { stroke: #7a3fa0 } .f0 { fill: #1f5fbf } .f1 { fill: #b3561e } .f2 { fill: #2f7d4f } .f3 { fill: #7a3fa0 }
  @media (prefers-color-scheme: dark) {
   .card { fill: #171b21; stroke: #39424e } .text { fill: #e6eaf0 } .faint { fill: #a3adba } .grid { stroke: #2b323c }
   .limit { stroke: #a3adba } .met { fill: #4fb37c } .missed { fill: #f2786f }
   .s0 { stroke: #7fb0ff } .s1 { stroke: #f0a06a } .s2 { stroke: #6fcf97 } .s3 { stroke: #c69be8 }
   .f0 { fill: #7fb0ff } .f1 { fill: #f0a06a } .f2 { fill: #6fcf97 } .f3 { fill: #c69be8 }
  }
 </style>
"""
NAME_END, BAR, ROW = 560, 240, 24
"""Where the names end, how long the bar of a whole budget is, how high a row is."""
PANEL_WIDTH, PANEL_HEIGHT, PLOT_LEFT, PLOT_TOP, PLOT_WIDTH, PLOT_HEIGHT = 465, 330, 66, 46, 370, 180


def draw_budgets(rows: Sequence[Row]) -> str:
    """A bar for each budget: the part of it that is taken; the line is the whole."""
    height = 74 + ROW * len(rows)
    limit = NAME_END + 14 + BAR
    parts = [f'<line class="limit" x1="{limit}" y1="48" x2="{limit}" y2="{height - 18}" stroke-dasharray="4 3"/>']
    parts.append(f'<text class="faint" x="{limit}" y="40" text-anchor="middle">the budget</text>')
    for number, row in enumerate(rows):
        parts += _bar(row, 54 + ROW * number)
    met = sum(row.verdict == "met" for row in rows)
    title = f"What the budgets take: {met} of {len(rows)} are met"
    what = "; ".join(f"{_plain(row.what)}: {row.value:.3g} {row.unit}, {row.verdict}" for row in rows)
    return _picture(title, what, height, parts)


def _bar(row: Row, top: float) -> Iterator[str]:
    used = row.budget.used(row.value) if row.budget is not None and row.value > 0 else 0.0
    length = BAR * min(used, 1.2)
    figure = f"{row.value:.{row.digits}f} {row.unit}"
    name = _plain(row.what)
    yield f'<text class="text" x="{NAME_END}" y="{top + 15}" text-anchor="end"{_squeezed(name)}>{escape(name)}</text>'
    yield (
        f'<rect class="{row.verdict}" x="{NAME_END + 14}" y="{top + 3}" '
        f'width="{max(length, 2):.1f}" height="15" rx="2"/>'
    )
    yield f'<text class="faint" x="{WIDTH - 20}" y="{top + 15}" text-anchor="end">{escape(figure)}</text>'


def _squeezed(name: str) -> str:
    """Names that are too long for their column are set closer."""
    room = NAME_END - 20
    return f' textLength="{room}" lengthAdjust="spacingAndGlyphs"' if len(name) * 6.6 > room else ""


def _plain(text: str) -> str:
    return text.replace("`", "")


def draw_growth(rows: Sequence[Row]) -> str:
    """A panel for each kind of growth; both axes are logarithmic."""
    panels = list(dict.fromkeys(row.point.panel for row in rows if row.point is not None))
    parts: list[str] = []
    for number, panel in enumerate(panels):
        own = [row for row in rows if row.point is not None and row.point.panel == panel]
        left, top = 10 + (number % 2) * (PANEL_WIDTH + 10), 40 + (number // 2) * PANEL_HEIGHT
        parts.append(f'<g transform="translate({left} {top})">')
        parts += _panel(panel, own)
        parts.append("</g>")
    height = 60 + PANEL_HEIGHT * ceil(len(panels) / 2)
    what = "; ".join(f"{_plain(row.what)}: {row.value:.3g} {row.unit}" for row in rows)
    return _picture("How cost grows", what, height, parts)


def _panel(panel: str, rows: Sequence[Row]) -> Iterator[str]:
    lines = list(dict.fromkeys(row.point.line for row in rows if row.point is not None))
    counts = sorted({row.point.count for row in rows if row.point is not None})
    values = [row.value for row in rows]
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    high = max(high, low + 1)
    first, last = log10(counts[0]), max(log10(counts[-1]), log10(counts[0]) + 1e-9)

    def x(count: float) -> float:
        return PLOT_LEFT + PLOT_WIDTH * (log10(count) - first) / (last - first)

    def y(value: float) -> float:
        return PLOT_TOP + PLOT_HEIGHT * (high - log10(value)) / (high - low)

    of = "devices" if panel == "memory" else panel
    yield f'<text class="text" x="{PLOT_LEFT}" y="24" font-weight="bold">{panel}, {rows[0].unit}</text>'
    for power in range(low, high + 1):
        place = y(10.0**power)
        yield f'<line class="grid" x1="{PLOT_LEFT}" y1="{place:.1f}" x2="{PLOT_LEFT + PLOT_WIDTH}" y2="{place:.1f}"/>'
        yield f'<text class="faint" x="{PLOT_LEFT - 8}" y="{place + 4:.1f}" text-anchor="end">{10.0**power:,g}</text>'
    for count in counts:
        yield (
            f'<text class="faint" x="{x(count):.1f}" y="{PLOT_TOP + PLOT_HEIGHT + 20}" text-anchor="middle">'
            f"{count:,}</text>"
        )
    yield (
        f'<text class="faint" x="{PLOT_LEFT + PLOT_WIDTH / 2}" y="{PLOT_TOP + PLOT_HEIGHT + 38}" '
        f'text-anchor="middle">{of}</text>'
    )
    for number, line in enumerate(lines):
        points = [(row.point.count, row.value) for row in rows if row.point is not None and row.point.line == line]
        path = " ".join(f"{x(count):.1f},{y(value):.1f}" for count, value in points)
        yield f'<polyline class="line s{number % 4}" points="{path}"/>'
        yield from (
            f'<circle class="f{number % 4}" cx="{x(count):.1f}" cy="{y(value):.1f}" r="3"/>' for count, value in points
        )
        row_left, row_top = PLOT_LEFT + (number % 2) * 190, PLOT_TOP + PLOT_HEIGHT + 58 + (number // 2) * 18
        yield f'<rect class="f{number % 4}" x="{row_left}" y="{row_top - 9}" width="12" height="4"/>'
        yield f'<text class="text" x="{row_left + 18}" y="{row_top}">{escape(line)}</text>'


def _picture(title: str, description: str, height: float, parts: Sequence[str]) -> str:
    body = "\n ".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title description" '
        'font-family="\'DejaVu Sans\', Verdana, Helvetica, Arial, sans-serif" font-size="12">\n'
        f' <title id="title">{escape(title)}</title>\n <desc id="description">{escape(description)}</desc>{STYLE}'
        f' <rect class="card" x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="12"/>\n'
        f' <text class="text" x="20" y="28" font-size="15" font-weight="bold">{escape(title)}</text>\n {body}\n</svg>\n'
    )
