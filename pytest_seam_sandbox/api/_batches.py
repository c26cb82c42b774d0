"""What /…/get_related answers: lists of resources that belong together, by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from ..engine.store import Row

R = TypeVar("R", bound=Row)
Part = Callable[[], Iterable[Row | Mapping[str, Any]]]
"""Gives the resources of one kind."""


def batch(
    parts: Mapping[str, Part], include: Sequence[str] | None, exclude: Sequence[str] | None
) -> dict[str, list[Mapping[str, Any]]]:
    """The resources of each kind that is asked for, each kind with a list, an empty one too.

    Neither include nor exclude: all kinds; both: those included but for those excluded (all assumed).
    """
    return {
        name: [found.view() if isinstance(found, Row) else found for found in part()]
        for name, part in parts.items()
        if (include is None or name in include) and name not in (exclude or ())
    }


def those(rows: Iterable[R], ids: Iterable[str | None]) -> list[R]:
    """The rows of these ids, in the order of their creation."""
    wanted = {*ids}
    return [row for row in rows if row.id in wanted]
