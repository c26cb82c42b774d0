"""How many there are of something, in words."""

from __future__ import annotations


def numbered(number: int, name: str) -> str:
    """So many of the rows of a list of this name: `1 access system`, `2 access systems`."""
    words = name.replace("acs_", "access_").replace("_", " ")
    one = f"{words[:-3]}y" if words.endswith("ies") else words.removesuffix("s")
    return f"{number} {one if number == 1 else words}"
