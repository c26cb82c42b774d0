"""Prints what CHANGELOG.md says of a version, for its release: `python docs/release_notes.py v0.2.0`.

Fails where the tag, the package and the changelog do not name the same version.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def notes(tag: str, changelog: str, project: str, package: str) -> str:
    """The section of the version of a tag. Raises SystemExit with what does not fit. project: pyproject.toml."""
    version = tag.removeprefix("v")
    stated = {
        "pyproject.toml": re.search(r'^version = "(.+)"$', project, flags=re.MULTILINE),
        "__version__": re.search(r'^__version__ = "(.+)"$', package, flags=re.MULTILINE),
    }
    for place, found in stated.items():
        if found is None or found[1] != version:
            raise SystemExit(f"the tag is {tag}, and {place} has {found and found[1]}. Let both name the same version.")
    heading = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d\n"
    section = re.search(heading + r"(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if section is None:
        raise SystemExit(f"CHANGELOG.md has no section '## [{version}] - <date>'. Let Unreleased have that name.")
    return section[1].strip() + "\n"


if __name__ == "__main__":
    files = (ROOT / name for name in ("CHANGELOG.md", "pyproject.toml", "pytest_seam_sandbox/__init__.py"))
    sys.stdout.write(notes(sys.argv[1], *(path.read_text("utf-8") for path in files)))
