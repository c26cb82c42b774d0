"""Where work stands that a request has begun: what an answer or an event says of it."""

from __future__ import annotations

from typing import NamedTuple


class WorkStatus(NamedTuple):
    """id: of the resource that stands for the work. status: its own word for it.

    error, message: the type of the error and what is said to it, if the work ended in error.
    """

    id: str
    status: str
    error: str | None = None
    message: str | None = None
