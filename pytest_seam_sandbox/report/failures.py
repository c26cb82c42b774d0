"""The exception that broke a test, as a timeline knows it again."""

from __future__ import annotations

from typing import NamedTuple

from ..engine.errors import shortened
from ..engine.places import place_of_error
from .texts import masked

RAISED = "raised"
"""The kind of a note that says which exception came up."""


class Failure(NamedTuple):
    """text: the exception in one line, as the note about it has it. request_id: of the request whose answer it is."""

    text: str
    request_id: str | None = None


def failure_of(error: BaseException) -> Failure:
    """What a timeline says of an exception: its type, its first line, and where the test or the program raised it."""
    said = str(error).strip().partition("\n")[0]
    place = place_of_error(error)
    text = f"{type(error).__name__}{f': {said}' if said else ''}"
    return Failure(masked(shortened(text, 300)) + (f" ({place})" if place else ""), _request_id(error))


def _request_id(error: BaseException) -> str | None:
    """The exceptions of the SDK have it, and httpx.HTTPStatusError in the headers of the answer."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    found = getattr(error, "request_id", None) or headers.get("seam-request-id")
    return found if isinstance(found, str) else None
