"""Frozen rows, and tables of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar, cast, dataclass_transform

from pydantic_core import to_json

from .work import WorkStatus

RowClass = TypeVar("RowClass", bound=type)
_LABELS = ("display_name", "name", "full_name")
_REMOVED = 1_000
"""How many of the rows that were removed a table keeps for their names."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def row_type(row_class: RowClass) -> RowClass:
    """Make a class a kind of row: a frozen dataclass with slots."""
    return cast(RowClass, dataclass(frozen=True, slots=True)(row_class))


@row_type
class Row:
    """One frozen record of a workspace. A change is a new row: `row.but(...)`.

    A row keeps its JSON once rendered. `key` names the field that identifies it.
    error_codes, warning_codes: those that the sandbox can put on such a `resource`, for the ledger.
    """

    key: ClassVar[str]
    not_found: ClassVar[str] = ""
    resource: ClassVar[str] = ""
    error_codes: ClassVar[tuple[str, ...]] = ()
    warning_codes: ClassVar[tuple[str, ...]] = ()
    _json: bytes | None = field(default=None, init=False, repr=False, compare=False)

    def but(self, **changes: Any) -> Self:
        """The same row with other values in these fields."""
        fields: tuple[str, ...] = self.__match_args__
        return type(self)(**{name: getattr(self, name) for name in fields} | changes)

    @property
    def id(self) -> str:
        """The row's id: the value of its key field."""
        return cast(str, getattr(self, self.key))

    @property
    def label(self) -> str:
        """What people call it; empty for what has no name."""
        return next((found for name in _LABELS if (found := getattr(self, name, None))), "")

    @property
    def names(self) -> Iterable[str]:
        """By what people find it: what they call it, and its e-mail address if it has one."""
        return dict.fromkeys(filter(None, (self.label, getattr(self, "email", None))))

    @property
    def work(self) -> WorkStatus | None:
        """Where the work stands that the row stands for, if it stands for work."""
        return None

    def view(self) -> dict[str, Any]:
        """What a client of the API sees of this row."""
        raise NotImplementedError

    def to_json(self) -> bytes:
        """The view as JSON text."""
        text = self._json
        if text is None:
            text = to_json(self.view())
            object.__setattr__(self, "_json", text)
        return text


R = TypeVar("R", bound=Row)


@dataclass(slots=True)
class _Contents(Generic[R]):
    """What a table holds. `numbers` and `ids` run in parallel, in the order of creation.

    groups: for each field that was asked for, the ids of the rows of each value, in the same order; see `Table.where`.
    by_name: the rows by their names, from the first question until the next write; None when it has to be made.
    """

    rows: dict[str, R] = field(default_factory=dict)
    number_of: dict[str, int] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    last_number: int = 0
    groups: dict[str, dict[object, dict[str, None]]] = field(default_factory=dict)
    by_name: dict[str, list[R]] | None = None

    def named(self) -> dict[str, list[R]]:
        if self.by_name is None:
            found: dict[str, list[R]] = {}
            for row in self.rows.values():
                for name in row.names:
                    found.setdefault(name, []).append(row)
            self.by_name = found
        return self.by_name

    def group(self, name: str) -> dict[object, dict[str, None]]:
        if name not in self.groups:
            found: dict[object, dict[str, None]] = {}
            self.groups[name] = found
            for row_id, row in self.rows.items():
                found.setdefault(getattr(row, name), {})[row_id] = None
        return self.groups[name]

    def copy(self) -> _Contents[R]:
        return _Contents(
            self.rows.copy(), self.number_of.copy(), self.numbers.copy(), self.ids.copy(), self.last_number
        )


class Table(Generic[R]):
    """The rows of one kind in one workspace, in the order of their creation, which is the order of lists.

    Each row has a number that no other row of the table ever gets, so a page can start "after number 7" although
    rows were removed meanwhile. A snapshot shares the contents until the next write copies them. removed: the rows that
    were removed last, by id, so that texts can name them; they are no part of the state.
    """

    def __init__(self) -> None:
        self._contents: _Contents[R] = _Contents()
        self.removed: dict[str, R] = {}
        self._shared = False

    def __len__(self) -> int:
        return len(self._contents.rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self._contents.rows.values())

    def __getitem__(self, id: str) -> R:  # noqa: A002 - the word of the domain
        """The row of an id that another row names, so that it must be there."""
        return self._contents.rows[id]

    def get(self, id: str | None) -> R | None:  # noqa: A002
        """The row of this id, or None."""
        return self._contents.rows.get(id) if id is not None else None

    def put(self, row: R) -> R:
        """Add a row, or replace the row of the same id in its place; gives the row back."""
        if self._shared:
            self._unshare()
        contents = self._contents
        row_id = getattr(row, row.key)
        if row_id not in contents.rows:
            contents.last_number += 1
            contents.number_of[row_id] = number = contents.last_number
            contents.numbers.append(number)
            contents.ids.append(row_id)
            for name, group in contents.groups.items():
                group.setdefault(getattr(row, name), {})[row_id] = None
        contents.rows[row_id] = row
        contents.by_name = None
        return row

    def remove(self, id: str) -> None:  # noqa: A002
        """Take the row of this id out of the table."""
        if self._shared:
            self._unshare()
        contents = self._contents
        self.removed[id] = row = contents.rows.pop(id)
        contents.by_name = None
        for name, group in contents.groups.items():
            del group[getattr(row, name)][id]
        if len(self.removed) > _REMOVED:
            del self.removed[next(iter(self.removed))]
        index = bisect_left(contents.numbers, contents.number_of.pop(id))
        del contents.numbers[index]
        del contents.ids[index]

    def where(self, name: str, value: object) -> list[R]:
        """The rows that have this value in a field that never changes; the others are not looked at."""
        contents = self._contents
        return [contents.rows[one] for one in contents.group(name).get(value, ())]

    def called(self, name: str) -> list[R]:
        """All rows of this name; once looked up, they are found by it until something is written."""
        return self._contents.named().get(name, [])

    def numbered(self, first: int = 0, ids: Collection[str] | None = None) -> Iterator[tuple[int, R]]:
        """Each row with its number, in order, from number `first` on: all, or those of some ids."""
        contents = self._contents
        if ids is not None:
            found = sorted((contents.number_of[one], one) for one in contents.rows.keys() & ids)
            yield from ((number, contents.rows[one]) for number, one in found if number >= first)
            return
        for index in range(bisect_left(contents.numbers, first), len(contents.ids)):
            yield contents.numbers[index], contents.rows[contents.ids[index]]

    def snapshot(self) -> _Contents[R]:
        """The present contents; cheap, since they are shared until the next write."""
        self._shared = True
        return self._contents

    def restore(self, contents: _Contents[R]) -> None:
        """Go back to the contents of a snapshot."""
        self._contents = contents
        self._shared = True
        if self.removed:
            self.removed = {key: row for key, row in self.removed.items() if key not in contents.rows}

    def _unshare(self) -> None:
        self._contents = self._contents.copy()
        self._shared = False
