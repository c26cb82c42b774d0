"""Which texts name a world in a file. Imports the standard library only, since settings are read by it."""

from __future__ import annotations

import os
from typing import TypeAlias

AnyWorld: TypeAlias = "str | os.PathLike[str]"
"""The name of a world, or the path of a file; type checkers offer the names where it says World."""


def is_file(name: str | os.PathLike[str]) -> bool:
    """Whether it names a file: it is a path, or a text that ends in .json or has a path separator.

    No world with a name of its own looks like that.
    """
    if not isinstance(name, str):
        return True
    separators = {os.sep, os.altsep or os.sep}
    return name.lower().endswith(".json") or not separators.isdisjoint(name)
