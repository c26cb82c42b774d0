"""The filters that lists have in common. Each is None when a request does not ask for it, so that it costs no calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from ._shared import contains, has_metadata, written

Filter = Callable[[Any], bool]


def all_of(*filters: Filter | None) -> Filter | None:
    """One filter out of several that all have to match; None when there is none."""
    active = [each for each in filters if each is not None]
    if len(active) < 2:
        return active[0] if active else None
    return lambda row: all(each(row) for each in active)


def having(field: str, wanted: object) -> Filter | None:
    """The rows of which a field has this value."""
    return None if wanted is None else lambda row: getattr(row, field) == wanted


def among(field: str, wanted: Collection[object] | None) -> Filter | None:
    """The rows of which a field has one of these values; no value is a filter that nothing passes (fake)."""
    return None if wanted is None else lambda row: getattr(row, field) in wanted


def holding(field: str, wanted: object) -> Filter | None:
    """The rows of which a field, a list, has this value in it."""
    return None if wanted is None else lambda row: wanted in getattr(row, field)


def made_before(time: str | None) -> Filter | None:
    """The rows that are older than a time."""
    limit = written(time)
    return None if limit is None else lambda row: row.created_at < limit


def with_metadata(wanted: Mapping[str, str | bool | None] | None) -> Filter | None:
    """The rows whose custom metadata has these pairs."""
    return None if wanted is None else lambda row: has_metadata(row.custom_metadata, wanted)


def searched(search: str | None, texts: Callable[[Any], Iterable[str | None]]) -> Filter | None:
    """The rows in which a text occurs. texts: where it is looked for."""
    return None if search is None else lambda row: contains(search, *texts(row))
