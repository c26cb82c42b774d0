"""Draws the floors of the package, and writes the ranks of the families: `python docs/architecture.py`.

The picture is docs/architecture.svg, the ranks stand in ARCHITECTURE.md. A test reads the same imports. It fails when
one of them runs upward, and when picture or ranks are no longer true.
"""

from __future__ import annotations

import ast
import sys
import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

from pytest_seam_sandbox.api._ranks import RANKS

ROOT = Path(__file__).parents[1] / "pytest_seam_sandbox"
PICTURE = Path(__file__).with_suffix(".svg")
TEXT = Path(__file__).parents[1] / "ARCHITECTURE.md"
BEGIN, END = "<!-- ranks -->\n", "<!-- /ranks -->\n"

FLOORS: tuple[Mapping[str, int], ...] = (
    {"cli": 0, "plugin": 2},
    {"fake_compat": 0, "compare": 1, "console": 2, "capture": 3},
    {"coverage_of_runs": 1, "reporting": 2, "progress": 3},
    {"run_hooks": 1, "judging": 2, "live_runs": 3},
    {"extensions": 0, "layers": 1, "output": 2, "sweep": 3, "stateful": 4},
    {"hookspecs": 0, "strategies": 3},
    {"sandbox": 2},
    {"webhooks": 0, "clients": 1, "watch": 3},
    {"transports": 1},
    {"outages": 2},
    {"provisioning": 2},
    {"verdict": 0, "expectations": 2},
    {"backends": 2},
    {"settings": 1},
    {"setting_values": 1},
    {"worlds": 3},
    {"report": 2},
    {"api": 2},
    {"catalog": 2},
    {"engine": 2},
)
"""The parts of the package from the top down: a part imports those of lower floors only. The column is for the picture.

A new part: add its name here, then run this script.
"""

OUTSIDE = {"__init__", "__main__"}
"""The public names, imported late, and the door of `python -m`: they stand on no floor."""

Imports = Mapping[str, set[str]]


def modules(root: Path = ROOT) -> dict[str, Path]:
    """The modules of the package by their names within it; a folder is called like its __init__.py."""
    names = {path: path.relative_to(root).with_suffix("").parts for path in sorted(root.rglob("*.py"))}
    return {".".join(parts).removesuffix(".__init__"): path for path, parts in names.items()}


def imports(root: Path = ROOT) -> dict[str, set[str]]:
    """What each module imports of the package: anywhere in it, in functions and for type checkers too."""
    paths = modules(root)
    return {name: set(_imported(name, path, root.name, paths)) - {name} for name, path in paths.items()}


def _imported(module: str, path: Path, package: str, paths: Mapping[str, Path]) -> Iterator[str]:
    folder = [] if module == "__init__" else module.split(".")[: None if path.name == "__init__.py" else -1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = folder[: len(folder) - node.level + 1] if node.level else []
            dotted = [*base, *filter(None, (node.module or "").split("."))]
            if not node.level:
                if dotted[0] != package:
                    continue
                dotted = dotted[1:]
            for alias in node.names:
                inner, outer = ".".join([*dotted, alias.name]), ".".join(dotted) or "__init__"
                yield from (name for name in (inner, outer) if name in paths and (name == inner or inner not in paths))
        elif isinstance(node, ast.Import):
            for alias in node.names:
                first, _, rest = alias.name.partition(".")
                if first == package:
                    yield rest or "__init__"


def part_of(module: str) -> str:
    """The part that a module belongs to: a folder of the package, or a file beside the folders."""
    return module.partition(".")[0]


def parts(imported: Imports) -> dict[str, set[str]]:
    """Which part imports which, by the imports of their modules."""
    found: dict[str, set[str]] = {}
    for module, others in imported.items():
        found.setdefault(part_of(module), set()).update(part_of(other) for other in others)
    return {part: others - {part} - OUTSIDE for part, others in found.items() if part not in OUTSIDE}


def below(part: str, graph: Imports) -> set[str]:
    """All that a part imports, itself or through others."""
    seen: set[str] = set()
    todo = [part]
    while todo:
        new = graph.get(todo.pop(), set()) - seen
        seen |= new
        todo += new
    return seen


def arrows(graph: Imports) -> list[tuple[str, str]]:
    """The imports between parts, without those that follow from others."""
    return [
        (part, other)
        for part in sorted(graph)
        for other in sorted(graph[part])
        if not any(other in below(third, graph) for third in graph[part] - {other})
    ]


WIDTH, HEIGHT, ACROSS, DOWN, EDGE = 132, 30, 156, 56, 20
Point = tuple[float, float]


def _places() -> dict[str, Point]:
    """The centre of each box."""
    return {
        part: (EDGE + WIDTH / 2 + column * ACROSS, EDGE + HEIGHT / 2 + row * DOWN)
        for row, floor in enumerate(FLOORS)
        for part, column in floor.items()
    }


def _route(start: str, end: str, places: Mapping[str, Point]) -> list[Point]:
    """The points of a line between two boxes that crosses no third one: straight if it can be, else with one corner."""
    (x1, y1), (x2, y2) = places[start], places[end]
    side = WIDTH / 2 if x2 > x1 else -WIDTH / 2
    ways: list[list[Point]] = [
        [(x1, y1 + HEIGHT / 2), (x2, y2 - HEIGHT / 2)],
        [(x1, y1 + HEIGHT / 2), (x1, y2), (x2 - side, y2)],
        [(x1 + side, y1), (x2, y1), (x2, y2 - HEIGHT / 2)],
    ]
    others = [place for part, place in places.items() if part not in {start, end}]
    clear = [way for way in ways if not any(_crosses(line, box) for line in pairwise(way) for box in others)]
    return (clear or ways)[0]


def _crosses(line: tuple[Point, Point], box: Point) -> bool:
    """Whether one of the points of a line is in a box, or close to it."""
    (x1, y1), (x2, y2) = line
    margin = 6
    return any(
        abs(x1 + (x2 - x1) * step / 100 - box[0]) < WIDTH / 2 + margin
        and abs(y1 + (y2 - y1) * step / 100 - box[1]) < HEIGHT / 2 + margin
        for step in range(101)
    )


def drawn(imported: Imports) -> str:
    """The picture as SVG: a row for each floor, a box for each part, an arrow from who imports to what is imported."""
    graph, places = parts(imported), _places()
    width = EDGE * 2 + WIDTH + ACROSS * max(max(floor.values()) for floor in FLOORS)
    height = EDGE * 2 + HEIGHT + DOWN * (len(FLOORS) - 1)
    told = "; ".join(", ".join(floor) for floor in FLOORS)
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            'role="img" aria-labelledby="title description" '
            'font-family="\'DejaVu Sans\', Verdana, Helvetica, Arial, sans-serif" font-size="14">'
        ),
        ' <title id="title">The floors of pytest_seam_sandbox</title>',
        f' <desc id="description">From the top down: {escape(told)}. Imports run from higher to lower floors.</desc>',
        (
            ' <defs><marker id="tip" markerWidth="9" markerHeight="8" refX="8" refY="4" orient="auto">'
            '<path d="M0 0L9 4L0 8z" fill="#5b6675"/></marker></defs>'
        ),
        f' <rect x="1" y="1" width="{width - 2}" height="{height - 2}" rx="12" fill="#ffffff" stroke="#d5dae1"/>',
    ]
    for start, end in arrows(graph):
        points = " ".join(f"{x:g},{y:g}" for x, y in _route(start, end, places))
        lines.append(f' <polyline points="{points}" fill="none" stroke="#5b6675" marker-end="url(#tip)"/>')
    for part, (x, y) in places.items():
        lines += [
            (
                f' <rect x="{x - WIDTH / 2:g}" y="{y - HEIGHT / 2:g}" width="{WIDTH}" height="{HEIGHT}" rx="6" '
                f'fill="#e8effa" stroke="#1c4fa1"/>'
            ),
            f' <text x="{x:g}" y="{y + 5:g}" text-anchor="middle" fill="#1f2733">{escape(part)}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


def updated(text: str) -> str:
    """ARCHITECTURE.md with the ranks of today, from the lowest to the highest."""
    before, _, rest = text.partition(BEGIN)
    ranks = textwrap.fill(", ".join(f"`{name}`" for name in RANKS), width=120)
    return f"{before}{BEGIN}{ranks}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PICTURE.write_text(drawn(imports()), "utf-8")
    TEXT.write_text(updated(TEXT.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"{PICTURE.name}, {TEXT.name}: done\n")
