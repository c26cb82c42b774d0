"""The README and the pages of docs/, as text."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = {
    "README.md": README,
    **{path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in sorted((ROOT / "docs").rglob("*.md"))},
}
WRITTEN_BY_HOOKS = ("docs/reference/api.md", "docs/reference/ledger.md")
"""Pages that docs/hooks.py writes when the site is built."""
TEXT = "\n".join(PAGES.values())


def page(name):
    """The text of a page of docs/guide."""
    return PAGES[f"docs/guide/{name}.md"]


def table(text, *columns):
    """The rows of the first table with these columns first, as lists of cells."""
    head = r"^\| " + r" \| ".join(columns)
    lines = re.search(rf"{head}\b.*\n(?:^\|.*\n)+", text, flags=re.MULTILINE)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
