"""What is drawn of a sandbox: plain data, as JSON has it. How it is drawn is the page's business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from ..engine.history import Entry
from .failures import Failure
from .lanes import Device, Lane, Phone, lanes_of
from .lines import BROKE, Line, lines_of
from .polls import with_polls_folded
from .texts import NameOf, masked

MOST = 20_000
"""How many entries a picture has at most; others are left out, far from where the test broke."""
_LANES = MappingProxyType({"request": "program", "webhook": "webhooks", "event": "workspace"})
_OF_ALL = ("test", "program", "webhooks", "workspace")
"""The lanes for what is about no device and no phone. The last: other events."""


class Drawn(Protocol):
    """A backend, as far as a picture shows it."""

    def history(self) -> list[Entry]:
        """All that has happened, in order."""
        ...

    def devices(self) -> Mapping[str, Device]:
        """All devices by name."""
        ...

    def phones(self) -> Mapping[str, Phone]:
        """All phones by name."""
        ...

    def names(self) -> NameOf:
        """The names of what there is."""
        ...


def picture_of(
    drawn: Drawn, title: str, failure: Failure | None = None, history: Sequence[Entry] | None = None
) -> dict[str, Any]:
    """The picture of a sandbox: lanes, and entries that stand in them.

    title: what stands above it. failure: what broke the test. history: a part of the history, in place of all.

    An entry is [time, kind, mark, text, cause, lane, when it shows, details], a span of a lane [from, to, state, why],
    both in numbers of entries.
    """
    name_of = drawn.names()
    found = drawn.history() if history is None else list(history)
    all_lines = with_polls_folded(lines_of(found, name_of, failure))
    lines, left_out = _cut(all_lines)
    lanes = lanes_of(lines, drawn.devices().values(), drawn.phones().values(), name_of)
    counting = _worth_showing(lanes, lines)
    places = {lane.id: len(_OF_ALL) + number for number, lane in enumerate(counting)}
    return {
        "kind": "timeline",
        "title": masked(title),
        "left_out": left_out,
        "quiet": [masked(lane.name) for lane in lanes if lane.id not in places],
        "lanes": [
            *({"name": name, "kind": "all", "spans": []} for name in _OF_ALL),
            *({"name": masked(lane.name), "kind": lane.kind, "spans": [*map(list, lane.spans)]} for lane in counting),
        ],
        "entries": [_entry(line, places) for line in lines],
    }


def _cut(lines: Sequence[Line]) -> tuple[Sequence[Line], int]:
    """The lines that are drawn, and how many are not."""
    if len(lines) <= MOST:
        return lines, 0
    broke = next((place for place in reversed(range(len(lines))) if lines[place].mark == BROKE), len(lines))
    end = min(len(lines), broke + MOST // 4)
    return lines[max(0, end - MOST) : end], len(lines) - MOST


def _worth_showing(lanes: Iterable[Lane], lines: Iterable[Line]) -> list[Lane]:
    """The lanes of that to which something happened, or that is not as it should be. Devices come before phones."""
    touched = {found for line in lines for found in line.about}
    shown = [
        lane
        for lane in lanes
        if lane.id in touched or any(span.state not in ("online", "active") for span in lane.spans)
    ]
    return sorted(shown, key=lambda lane: lane.kind)


def _entry(line: Line, places: Mapping[str, int]) -> list[Any]:
    lane = next((places[found] for found in line.about if found in places), None)
    if lane is None:
        lane = _OF_ALL.index(_LANES.get(line.kind, "test"))
    return [line.at, line.kind, line.mark, line.text, line.cause, lane, line.visible_at, dict(line.details)]
