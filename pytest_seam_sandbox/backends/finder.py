"""Names by which people find things: the display name, "NAME #2" for the second of a name, an account's e-mail too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice, repeat
from operator import attrgetter
from typing import Literal, TypeVar, get_args

from ..engine.errors import UnknownId, is_for_the_test, shortened
from ..engine.store import Table
from ..report.texts import MOST, HasShelves, Named, Shelf, joined

__tracebackhide__ = is_for_the_test

R = TypeVar("R", bound=Named)
T = TypeVar("T")
What = Literal["device", "phone", "connected account"]
_KINDS: tuple[What, ...] = get_args(What)
ShelfOf = Callable[[What], Shelf]


def labelled(rows: Iterable[T], label_of: Callable[[T], str] = attrgetter("label")) -> dict[str, T]:
    """Rows by label: the name; the second of a name is "NAME #2"."""
    labels: dict[str, T] = {}
    seen: dict[str, int] = {}
    for row in rows:
        name = label_of(row)
        count = seen[name] = seen.get(name, 0) + 1
        labels[name if count == 1 else f"{name} #{count}"] = row
    return labels


def called(rows: Iterable[R], name: str) -> list[R]:
    """All rows of this name; connected accounts also have their e-mail address as a name."""
    if isinstance(rows, Table):  # it looks at all of them only once
        return list(rows.called(name))
    return [row for row in rows if name and name in (row.label, getattr(row, "email", None))]


def named(rows: Shelf) -> str:
    """The first of the rows with their ids, for a message."""
    first = [f"{shortened(row.label, 60)} ({row.id})" for row in islice(rows, MOST)]
    return joined([*first, *repeat("", len(rows) - len(first))]) or "none"


class Finder:
    """Finds the devices, phones and accounts of a workspace by id or name. An emulator's app is locked meanwhile."""

    def __init__(self, workspace: HasShelves, shelf_of: ShelfOf) -> None:
        self._workspace = workspace
        self._table = shelf_of

    def ids(self, what: What, text: str) -> list[str]:
        """The id, if there is such a thing; else the ids of all of this name. "NAME #2" is the second of them."""
        table = self._table(what)
        if table.get(text) is not None:
            return [text]
        rows = called(table, text)
        name, _, number = text.rpartition(" #")
        if not rows and number.isdecimal():
            rows = called(table, name)[int(number) - 1 :][:1]
        return [row.id for row in rows]

    def other(self, what: What, text: str) -> tuple[What, str] | None:
        """Of what other kind a thing of this id or name is, and what to call it."""
        for kind in _KINDS:
            ids = self.ids(kind, text) if kind != what else []
            row = self._table(kind).get(ids[0]) if ids else None
            if row is not None:
                return kind, f"{shortened(row.label, 60)} ({row.id})"
        return None

    def gone(self, what: What, text: str) -> str | None:
        """What to call a thing of this id or name that was there before."""
        removed = self._table(what).removed
        row = removed.get(text) or next(iter(called(removed.values(), text)), None)
        return None if row is None else f"{shortened(row.label, 60)} ({row.id})"

    def some(self, what: What) -> str:
        """The first of all that there is of a kind, with their ids, for a message."""
        return named(self._table(what))

    def ids_called(self, text: str) -> str:
        """Of what a text is the name, for a message: "device_id '…'"; empty when it is none."""
        rows = [row for table in self._workspace.tables() for row in called(table, text)]
        return joined(f"{row.key} {row.id!r}" for row in rows)

    def account_of(self, device_id: str) -> str:
        """The id of the account of a device that is there."""
        account_id: str = getattr(self._table("device").get(device_id), "connected_account_id", "")
        return account_id


def ambiguous(what: What, name: str, ids: Iterable[str]) -> UnknownId:
    """What to raise for a name that several things have."""
    listed = joined(f"{one!r} ({name} #{number})" for number, one in enumerate(ids, start=1))
    return UnknownId(f"the name {name!r} of a {what} is not unique here: {listed}. Give an id, or a name with #.")
