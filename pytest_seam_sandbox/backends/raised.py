"""Which exception came up, and when: a line of the timeline, for whoever looks for the step that broke."""

from __future__ import annotations

from ..report.failures import RAISED, Failure, failure_of
from .base import Backend

_SEEN = "seen_by_seam_sandboxes"
"""An attribute of exceptions: the sandboxes whose timelines have them."""


def note_raised(backend: Backend, error: BaseException) -> Failure:
    """Say in the timeline that this exception came up, when it is first seen; what the line says.

    Where it has a cause that the timeline has already, the line about the cause stands for it.
    An exception that ends no test, such as a skip or the end of a generator, is left out.
    """
    cause: BaseException | None = error
    while cause is not None:
        if id(backend) in vars(cause).get(_SEEN, ()):
            return failure_of(cause)
        cause = cause.__cause__
    failure = failure_of(error)
    seen = vars(error).setdefault(_SEEN, set())
    if isinstance(error, Exception) or type(error).__name__ == "Failed":
        seen.add(id(backend))
        backend.note(RAISED, failure.text)
    return failure
