"""What of Seam the tests of a run have tried, of what is emulated; and what they never have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any

from ..api import all_endpoints, all_events, declared
from ..engine.events import EventRow
from ..engine.fault_kinds import FAULT_KINDS
from ..engine.history import Call, Entry, Note
from ..engine.store import Row

KINDS = ("operations", "events", "refusals", "outages", "faults")
"""Paths that the program called; types of events; types of errors that it got; kinds of outages and of faults."""
_WIDTH = 100
_MOST, _MOST_OF_MANY = 13, 8
"""So many names of a kind stand in a summary; and of kinds of which there are a hundred."""
_PLURAL = re.compile(r"(ies|s)$")
_TROUBLE = re.compile("fail|error|disconnect|removed|deleted|deactivated|issue|expired|low_battery|tamper|lost")
_FAULT = "fault: "
_REFUSALS = re.compile(r'ApiError\(\s*4\d\d,\s*"(\w+)"')


@dataclass
class Tried:
    """What was tried: names by kind."""

    found: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})

    def add(self, history: Iterable[Entry]) -> None:
        """Add what a sandbox has seen."""
        for entry in history:
            if isinstance(entry, EventRow):
                self.found["events"].add(entry.event_type)
            elif isinstance(entry, Note) and entry.kind == "outage" and entry.text.endswith(" begins"):
                self.found["outages"].add(entry.text.partition("(")[0])
            elif isinstance(entry, Call) and entry.origin == "app":
                self._add_call(entry)

    def _add_call(self, call: Call) -> None:
        self.found["operations"].add(call.path)
        error = call.error or ""
        if error.startswith(_FAULT):
            self.found["faults"].add(error.removeprefix(_FAULT))
        elif call.status >= 400:
            self.found["refusals"].add(error)

    def merge(self, others: Mapping[str, Iterable[str]]) -> None:
        """Add what another process has found."""
        for kind, names in others.items():
            self.found[kind].update(names)

    def plain(self) -> dict[str, list[str]]:
        """For another process: what was found, as JSON has it."""
        return {kind: sorted(names) for kind, names in self.found.items()}


def known(outages: Iterable[str]) -> dict[str, set[str]]:
    """What is emulated, by kind. outages: the kinds of outages.

    The types of errors are read from the source of the emulator, which names each where it is raised.
    """
    api = Path(__file__).parents[1] / "api"
    raised = {name for path in api.rglob("*.py") for name in _REFUSALS.findall(path.read_text("utf-8"))}
    return {
        "operations": {endpoint.path for endpoint in all_endpoints()},
        "events": set(all_events()),
        "refusals": raised | {kind.not_found for kind in declared(Row) if kind.not_found},
        "outages": set(outages),
        "faults": set(FAULT_KINDS),
    }


def as_json(tried: Tried, emulated: Mapping[str, set[str]]) -> list[dict[str, Any]]:
    """For each kind: what was tried, what never, both sorted. What is not emulated is left out."""
    return [
        {
            "kind": kind,
            "tried": sorted(tried.found[kind] & emulated[kind]),
            "never": sorted(emulated[kind] - tried.found[kind]),
        }
        for kind in KINDS
    ]


def as_summary(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """At most 20 lines for people: how much of each kind was tried, and what near to the program never was.

    Near are all outages and faults, and the events and refusals of what the program has called.
    """
    counts = [(row["kind"], len(row["tried"]), len(row["tried"]) + len(row["never"])) for row in rows]
    lines = [f"{kind:<10} {tried:>3} of {known:>3} that are emulated" for kind, tried, known in counts]
    called = [path for row in rows if row["kind"] == "operations" for path in row["tried"]]
    near = [line for row in rows for line in _gaps(row["kind"], row["never"], called)]
    return [*lines, *(["Never tried, and near to what the program calls:"] if near else []), *near]


def _gaps(kind: str, never: Sequence[str], called: Sequence[str]) -> Iterator[str]:
    """What was never tried of a kind and is near, in a few lines; what tells of trouble comes first.

    Of operations there is none: the program calls what it needs.
    """
    families = {path.split("/")[1] for path in called} - {"action_attempts"}  # whoever waits for anything polls those
    stems = tuple({_PLURAL.sub("y" if family.endswith("ies") else "", family) for family in families})
    if kind in ("operations", "events", "refusals"):
        actions = {path.rpartition("/")[2] for path in called}
        never = [name for name in never if kind != "operations" and _is_of(name, stems, actions)]
    if not never:
        return
    most = _MOST if kind in ("outages", "faults") else _MOST_OF_MANY
    first = sorted(never, key=lambda name: _TROUBLE.search(name) is None)[:most]
    more = f" and {len(never) - most} more" if len(never) > most else ""
    yield from wrap(
        ", ".join(_together(first)) + more,
        _WIDTH,
        initial_indent=f"  {kind:<9} ",
        subsequent_indent=" " * 12,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _is_of(name: str, stems: tuple[str, ...], actions: Collection[str]) -> bool:
    """Whether an event or a refusal is of one of these families, or an event tells the end of one of these actions."""
    parts = name.split(".")
    return name.startswith(stems) or (parts[0] == "action_attempt" and parts[1] in actions)


def _together(names: Sequence[str]) -> Iterator[str]:
    """Names with their common beginnings said once: `/locks/{get, list}`, `lock.{locked, unlocked}`."""
    groups: dict[str, list[str]] = {}
    for name in names:
        beginning = re.match(r"/?\w+[/.]", name)
        groups.setdefault(beginning[0] if beginning else "", []).append(name)
    for common, members in groups.items():
        if not common or len(members) == 1:
            yield from members
        else:
            yield f"{common}{{{', '.join(name.removeprefix(common) for name in members)}}}"
