"""Requests for paths that Seam does not have, such as those that are misspelt, in words."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from ..catalog.known import is_known, nearest_path
from ..engine.errors import shortened
from ..engine.history import Call


def is_of_no_path(call: Call) -> bool:
    """Whether the request got 404 because Seam has no such path: then the answer has no error of Seam's."""
    return call.status == HTTPStatus.NOT_FOUND and not call.error and not is_known(call.path)


def no_path(path: str) -> str:
    """That there is no such path, and which is nearest."""
    near = nearest_path(path)
    return f"no such path{f'; nearest: {near}' if near else ''}"


def misspelt(calls: Iterable[Call]) -> list[str]:
    """The paths that Seam does not have, each once, with the nearest."""
    paths = dict.fromkeys(call.path for call in calls if is_of_no_path(call))
    return [f"{shortened(path)} ({no_path(path)})" for path in paths]
