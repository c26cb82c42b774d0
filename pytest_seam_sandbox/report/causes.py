"""What caused the entries of a history: the request that was being answered, work that was due, or the test itself."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.history import Call, Due, Entry


def causes_of(history: Sequence[Entry]) -> list[Call | Due | None]:
    """For each entry, the innermost request or due work in which it came up; None where it was neither.

    Where no cause is known at all, each is None too: see `are_known`.
    """
    open_ones: list[tuple[int, Call | Due]] = []
    causes: list[Call | Due | None] = []
    for place, entry in enumerate(history):
        while open_ones and open_ones[-1][0] < place:
            open_ones.pop()
        causes.append(open_ones[-1][1] if open_ones else None)
        if isinstance(entry, Call | Due) and entry.caused:
            open_ones.append((place + entry.caused, entry))
    return causes


def are_known(history: Sequence[Entry]) -> bool:
    """Whether requests say what they have caused: those to the emulator do, those to Seam do not."""
    return all(entry.caused is not None for entry in history if isinstance(entry, Call))
