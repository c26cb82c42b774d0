"""Texts for people: names in place of ids, and nothing that is longer than a person reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Protocol

from ..engine.errors import quoted, shortened

MOST = 10
"""How many of anything are listed; the others are counted."""
_SECRET = ("token", "secret", "password", "api_key")

_KEY = re.compile(r"(seam_test|seam_[a-z]+\d*(?=\w{2,}_\w{16})|whsec_)[\w+/=]+")
"""API keys, tokens of any kind, and secrets of webhooks."""

NameOf = Callable[[str], str | None]
"""The name for an id; None when there is none."""


class Named(Protocol):
    """A resource, as far as texts are concerned. key: the name of its id. label: what people call it, if anything."""

    @property
    def key(self) -> str:
        """The name of its id."""
        ...

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def label(self) -> str:
        """What people call it; empty for what has no name."""
        ...


class Shelf(Protocol):
    """Resources of one kind. removed: the last of those that are gone, by id."""

    @property
    def removed(self) -> Mapping[str, Named]:
        """The last of those that are gone, by id."""
        ...

    def get(self, row_id: str | None, /) -> Named | None:
        """The one of this id."""
        ...

    def __iter__(self) -> Iterator[Named]: ...

    def __len__(self) -> int: ...


class HasShelves(Protocol):
    """A workspace, as far as texts are concerned."""

    def tables(self) -> Sequence[Shelf]:
        """Its resources, by kind."""
        ...


def nameless(_: str) -> None:
    """No id has a name."""


def masked(text: str) -> str:
    """The text without keys, tokens and secrets."""
    return _KEY.sub(r"\1***", text) if "seam_" in text or "whsec_" in text else text


def joined(texts: Iterable[str], most: int = MOST) -> str:
    """The first `most` texts with commas between them; the others are counted."""
    found = list(texts)
    return ", ".join(found[:most]) + (f" and {len(found) - most:,} more" if len(found) > most else "")


def nearest(name: str, known: Sequence[str]) -> str:
    """The question whether one of the names that are near was meant; empty when none is."""
    near = get_close_matches(name, list(dict.fromkeys(known)), n=3)
    return f"Did you mean {', '.join(map(repr, near))}?" if near else ""


def first_of(texts: Sequence[str], what: str) -> list[str]:
    """The first of the texts, and a line that says how many there are beyond them."""
    left = len(texts) - MOST
    return [*texts[:MOST], f"… and {left:,} more {what}"] if left > 0 else list(texts)


def lines_of(texts: Sequence[str], count: int, what: str) -> Iterator[str]:
    """Indented lines, and how many of the `count` there are beyond them."""
    yield from (f"  {text}" for text in texts)
    if count > len(texts):
        yield f"  … and {count - len(texts):,} {what}"


def said(name: str, value: Any, name_of: NameOf) -> str:
    """The value of a field as a test would write it, or the name of what an id stands for."""
    found = name_of(value) if name.endswith("_id") and isinstance(value, str) else None
    return found or quoted(value)


def pair(name: str, value: Any, name_of: NameOf) -> str:
    """A field of a request or event: `device_id=GARAGE`. What opens a door to an account is not shown."""
    if any(part in name for part in _SECRET) and value is not None:
        return f"{name}=***"
    if isinstance(value, list | tuple) and name.endswith("_ids"):
        return f"{name}=[{shortened(joined(str(_named(one, name_of)) for one in value), 200)}]"
    text = str(_named(value, name_of) if name.endswith("_id") else value)
    return f"{name}={shortened(text)}"


def pairs(fields: Mapping[str, Any], name_of: NameOf) -> str:
    """The fields of a request."""
    return shortened(joined((pair(name, value, name_of) for name, value in fields.items()), 20), 400)


def _named(value: Any, name_of: NameOf) -> Any:
    return (name_of(value) if isinstance(value, str) else None) or value


class Names:
    """The names of what there is, and of what was removed. A name that several have is given with the id beside it."""

    def __init__(self, workspaces: Iterable[HasShelves], remembered: Mapping[str, str]) -> None:
        self._workspaces = workspaces
        self._remembered = remembered

    def __call__(self, resource_id: str) -> str | None:
        """The name for an id; None for an id that names nothing, or nothing that has a name."""
        for table in self._tables:
            row = table.get(resource_id) or table.removed.get(resource_id)
            if row is not None and row.label:
                name = shortened(row.label, 60)
                return name if self._bearers[row.label] == 1 else f"{name} ({resource_id})"
        return self._remembered.get(resource_id)

    def all(self) -> dict[str, str]:
        """The names for all ids."""
        return {row.id: name for row in self._rows() if (name := self(row.id)) is not None}

    @cached_property
    def _tables(self) -> list[Shelf]:
        return [table for workspace in self._workspaces for table in workspace.tables()]

    @cached_property
    def _bearers(self) -> Counter[str]:
        return Counter(row.label for row in self._rows())

    def _rows(self) -> Iterator[Named]:
        return (row for table in self._tables for row in (*table, *table.removed.values()))
