"""Pages of a list: a limit, and a cursor that survives rows added or removed between two pages."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter
from typing import Any, TypeVar
from urllib.parse import urlencode

from .errors import ApiError
from .params import Complaint, invalid_input
from .store import Row, Table

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and the number of the first row of the next one (None on the last page)."""

    rows: Sequence[Row]
    next_number: int | None = None


class Pager:
    """What a paginated endpoint gets in place of `limit` and `page_cursor`."""

    def __init__(self, limit: int, first: int = 0) -> None:
        self.limit = limit
        self.first = first

    def page(
        self, table: Table[R], matches: Callable[[R], bool] | None = None, *, ids: Collection[str] | None = None
    ) -> Page:
        """One page of the rows that match, in the order of their creation; ids: of these rows only."""
        rows: list[R] = []
        for number, row in table.numbered(self.first, ids):
            if matches is not None and not matches(row):
                continue
            if len(rows) == self.limit:
                return Page(rows, number)
            rows.append(row)
        return Page(rows)


def fingerprint(parameters: Mapping[str, Any]) -> str:
    """What a cursor remembers of the request, to notice other parameters on the next page."""
    return sha256(json.dumps(parameters, sort_keys=True, default=str).encode()).hexdigest()


def read_cursor(cursor: str | None, parameters: Mapping[str, Any]) -> int:
    """The number of the row at which the page starts; 0 without a cursor.

    Raises ApiError 400 for a cursor that is none, and `mismatched_page_parameters` for one of another request.
    Source: official fake.
    """
    if not cursor:
        return 0
    try:
        text = base64.b64decode(cursor, validate=True)
    except (binascii.Error, ValueError):
        raise invalid_input([Complaint(("page_cursor",), "Invalid base64")]) from None
    try:
        seen, position = json.loads(text)
        number = position["number"]
    except (ValueError, TypeError, KeyError, RecursionError):
        number = None
    if not isinstance(number, int):
        raise ApiError(400, "invalid_input", "Error while parsing input")
    if seen != fingerprint(parameters):
        raise ApiError(
            400,
            "mismatched_page_parameters",
            "When using next_page_cursor, the request must send parameters identical to the initial request.",
        )
    return number


def describe(page: Page, parameters: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The `pagination` object of the answer to a request with these parameters, the limit included."""
    if page.next_number is None:
        return {"next_page_cursor": None, "has_next_page": False, "next_page_url": None}
    position = {"number": page.next_number}
    cursor = base64.b64encode(json.dumps([fingerprint(parameters), position]).encode()).decode()
    query = urlencode(sorted([*_pairs(parameters), ("page_cursor", cursor)], key=itemgetter(0)))
    return {"next_page_cursor": cursor, "has_next_page": True, "next_page_url": f"{url}?{query}"}


def _pairs(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            pairs += [(f"{name}.{key}", _text(item)) for key, item in value.items()]
        elif isinstance(value, list):
            pairs += [(name, _text(item)) for item in value] or [(name, "")]
        else:
            pairs.append((name, _text(value)))
    return pairs


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
