"""The timeline: requests, events, webhooks, outages, faults and clock moves in one ordered list, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..engine.history import Entry
from .failures import Failure
from .lines import BROKE, Line, date_time, lines_of
from .polls import with_polls_folded
from .texts import NameOf, nameless

_DAY = 86_400
_FIRST = 5
"""How many lines of the beginning are kept when others are folded."""
_BEHIND = 10
"""How many lines are kept behind the one where the test broke."""


def render_timeline(
    history: Iterable[Entry], *, most: int = 200, name_of: NameOf = nameless, failure: Failure | None = None
) -> str:
    """`most` entries as lines, oldest first: sandbox time, what it was, what it was about, what caused it.

    Times have their date when the lines are of more than one day. `!` marks what was refused, and has Seam's message;
    `>` is where the test broke, if `failure` says what broke it. When there are more, lines are folded: those far
    before the break and far behind it, or the earlier ones where there is none. Equal requests one after the other are
    one line. name_of: what to write for an id.
    """
    lines = with_polls_folded(lines_of(list(history), name_of, failure))
    shown = _folded(lines, most)
    times = [at for line in shown if isinstance(line, Line) for at in (line.at, line.visible_at or line.at)]
    start = 0 if len({int(at // _DAY) for at in times}) > 1 else 11
    return "\n".join(line if isinstance(line, str) else _text(line, start) for line in shown)


def _folded(lines: Sequence[Line], most: int) -> list[Line | str]:
    """The lines around the break, and what is left out in one line for each gap."""
    if len(lines) <= most:
        return list(lines)
    broke = next((place for place, line in reversed(list(enumerate(lines))) if line.mark == BROKE), None)
    if broke is None:
        return [_gap(lines[:-most], "earlier "), *lines[-most:]]
    end = min(len(lines), max(most, broke + 1 + min(_BEHIND, most // 4)))
    first = min(_FIRST, most // 4)
    start = max(first, end - (most - first))
    gap = [] if start == first else [_gap(lines[first:start], "")]
    rest = [] if end == len(lines) else [_gap(lines[end:], "later ")]
    return [*lines[:first], *gap, *lines[start:end], *rest]


def _gap(lines: Sequence[Line], what: str) -> str:
    count: Counter[str] = Counter()
    for line in lines:
        count.update(line.folded or [line.kind])
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in count.most_common())
    return f"… {count.total():,} {what}entries ({kinds})"


def _text(line: Line, start: int) -> str:
    late = "" if line.visible_at is None else f" (shows at {date_time(line.visible_at)[start:]})"
    cause = f" ← {line.cause}" if line.cause else ""
    return f"{date_time(line.at)[start:]} {line.mark} {line.kind:<8} {line.text}{late}{cause}"
