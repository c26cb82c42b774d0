"""Which exception came up, and when: a line of the timeline, for whoever looks for the step that broke."""

from __future__ import annotations

from ..report.failures import RAISED, Failure, failure_of
from .base import Backend

_SEEN = "seen_by_seam_sandboxes"
"""An attribute of exceptions: the sandboxes whose timelines have them."""


def note_raised(backend: Backend, error: BaseException) -> Failure:
    """Say in the timeline that this exception came up, when it is first seen; what the line says.

    An exception that ends no test, such as a skip or the end of a generator, is left out.
    """
    failure = failure_of(error)
    seen = vars(error).setdefault(_SEEN, set())
    if id(backend) not in seen and (isinstance(error, Exception) or type(error).__name__ == "Failed"):
        seen.add(id(backend))
        backend.note(RAISED, failure.text)
    return failure
