"""Reads what a workspace holds, by any client that can list: a live one by GET, or that of an emulated sandbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from ..backends.answers import all_rows, read
from ..backends.live.connection import Connection, NoSuchPath
from ..backends.seam_api import Refused
from ..engine.errors import SandboxError, is_for_the_test, quoted
from .found import Row
from .lists import IDS, PAGE, PAGED

__tracebackhide__ = is_for_the_test

T = TypeVar("T")
_SHOWN = 60
_UNAUTHORIZED, _FORBIDDEN, _FAULT_OF_THE_SERVER = 401, 403, 500
_JSON: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "limit": int,
        "include": lambda text: text.split(","),
        "access_grant_ids": lambda text: [text],
        "access_method_ids": lambda text: [text],
    }
)


class Get(Protocol):
    """Sends a request that changes nothing; gives the answer, or raises Refused."""

    def __call__(self, path: str, **parameters: str) -> Mapping[str, Any]:
        """The answer to a GET of this path."""


def getting(connection: Connection, seen: Callable[[str], None]) -> Get:
    """Reads by GET over a connection. seen: is told each path."""

    def get(path: str, **parameters: str) -> Mapping[str, Any]:
        seen(path)
        status, content = connection.get(path, **parameters)
        answer = read(path, content)
        if status >= 400:
            raise Refused(path, dict(parameters), status, answer["error"])
        return answer

    return get


def as_json(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Parameters of a query as they stand in a body, for a client that sends those."""
    return {name: _JSON.get(name, str)(value) for name, value in parameters.items()}


class Reader:
    """Reads lists. get: sends the requests. unread: the paths that could not be read, each with the reason.

    refused: how often a path was refused for a single resource, such as one that was deleted meanwhile; by the text.
    """

    def __init__(self, get: Get) -> None:
        self._get = get
        self.unread: dict[str, str] = {}
        self.refused: Counter[str] = Counter()

    def one(self, path: str, key: str) -> Row:
        """The resource that a path shows without parameters."""
        found = self._get(path).get(key)
        if not isinstance(found, dict):
            raise SandboxError(f"the answer to {path} has no object {key!r}. Look at the server's answer.")
        return found

    def present(self, path: str, key: str, **parameters: str) -> list[Row]:
        """Like `all`; nothing where the server lacks the path, as Seam's official fake does, or refuses it."""
        return self._unless_unread(path, lambda: self.all(path, key, **parameters), is_whole=not parameters) or []

    def all(self, path: str, key: str, **parameters: str) -> list[Row]:
        """The rows of a list, whatever pages it comes in."""
        given = {"limit": str(PAGE), **parameters} if path in PAGED else parameters

        def page(cursor: str | None) -> Mapping[str, Any]:
            answer = self._get(path, **given, **({} if cursor is None else {"page_cursor": cursor}))
            return {**answer, key: _rows(path, key, answer.get(key))}

        return all_rows(path, key, page)

    def related(self, path: str, *keys: str, **parameters: str) -> dict[str, list[Row]]:
        """What belongs to a resource, of these kinds; nothing where `present` gives nothing."""

        def rows() -> dict[str, list[Row]]:
            batch = self._get(path, include=",".join(keys), **parameters).get("batch")
            found = batch if isinstance(batch, dict) else {}
            return {key: _rows(path, key, found.get(key, [])) for key in keys}

        return self._unless_unread(path, rows, is_whole=False) or {key: [] for key in keys}

    def _unless_unread(self, path: str, read: Callable[[], T], *, is_whole: bool) -> T | None:
        """What `read` gives. is_whole: whether the whole list is asked for, and not that of a resource."""
        if path in self.unread:
            return None
        try:
            return read()
        except NoSuchPath:
            self.unread[path] = f"the server has no path {path}"
        except Refused as refused:
            if refused.status == _UNAUTHORIZED or refused.status >= _FAULT_OF_THE_SERVER:
                raise
            text = f"{path} could not be read ({refused.status} {refused.error_type})"
            if is_whole or refused.status == _FORBIDDEN:
                self.unread[path] = text
            else:
                self.refused[text] += 1
        return None

    def ids(self, path: str, key: str, **parameters: str) -> list[str]:
        """The ids of the rows of a list that the server may lack."""
        return [row[IDS[key]] for row in self.present(path, key, **parameters)]


def _rows(path: str, key: str, rows: object) -> list[Row]:
    """The rows of an answer. Raises SandboxError for what is no list of resources with an id."""
    if not isinstance(rows, list):
        raise SandboxError(
            f"the answer to {path} has {quoted(rows, _SHOWN)} as {key!r}; it takes a list. Look at the server's answer."
        )
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get(IDS[key]), str):
            raise SandboxError(
                f"the answer to {path} has an entry without {IDS[key]} in {key!r}. Look at the server's answer."
            )
    return rows
