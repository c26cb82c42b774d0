"""Writes the table of what is emulated into docs/reference/emulated.md: `python docs/emulated.py`.

A test holds the two together.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.catalog.known import public_paths

BEGIN, END = "<!-- emulated -->\n", "<!-- /emulated -->\n"
BESIDE_PATHS: dict[str, str] = {}
"""What is missing of a family although its paths are there."""


def emulated() -> str:
    """One row for each of Seam's families, with the documented paths that are missing."""
    ours = {endpoint.path for endpoint in all_endpoints()}
    families: dict[str, list[str]] = defaultdict(list)
    for path in sorted(public_paths()):
        families[path.split("/")[1]].append(path)
    lines = ["| family | paths emulated | not emulated |", "|---|---|---|"]
    for family, paths in families.items():
        missing = [path.removeprefix(f"/{family}/") for path in paths if path not in ours]
        there = len(paths) - len(missing)
        listed = ", ".join(f"`{name}`" for name in missing) if there else "the whole family"
        told = "; ".join(filter(None, (listed, BESIDE_PATHS.get(family))))
        lines.append(f"| `{family}` | {there or 'none'} of {len(paths)} | {told} |")
    return "\n".join(lines) + "\n"


def updated(text: str) -> str:
    """The page with the table of today."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + emulated() + END + rest.partition(END)[2]


if __name__ == "__main__":
    page = Path(__file__).parent / "reference" / "emulated.md"
    page.write_text(updated(page.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"{page.name}: done\n")
