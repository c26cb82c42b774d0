"""Runs the scenarios on both sides, and finds where they differ."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from .differences import Difference, between
from .records import Record
from .run import run
from .servers import Emulator, NotThere, Remote
from .steps import Scenario


@dataclass(frozen=True)
class Comparison:
    """What came out: the names of the scenarios, the differences, and what could not be taken back."""

    scenarios: tuple[str, ...]
    differences: tuple[Difference, ...]
    left: tuple[str, ...]


def compare(
    scenarios: Sequence[Scenario], remote: Remote, tell: Callable[[str], None] = lambda _line: None
) -> Comparison:
    """Compare a server with the emulator. tell: takes a line about the progress."""
    word = secrets.token_hex(4)
    pairs: list[tuple[Record, Record]] = []
    for number, scenario in enumerate(scenarios, 1):
        tell(f"{number} of {len(scenarios)}: {scenario.name}")
        pairs.append(_pair(scenario, remote, word))
    left = tuple(f"{other.scenario}: {each}" for _, other in pairs for each in other.left)
    return Comparison(tuple(scenario.name for scenario in scenarios), tuple(between(pairs)), left)


def _pair(scenario: Scenario, remote: Remote, word: str) -> tuple[Record, Record]:
    """The records of a scenario: the emulator's, which gets what the other side has, and that of the other side."""
    emulator, there = Emulator(), Record(scenario.name)
    with ExitStack() as held:
        try:
            found = [held.enter_context(remote.holding(need)) for need in scenario.needs]
        except NotThere as reason:
            return there, Record(scenario.name, problem=str(reason))
        try:
            made = [emulator.make(need, like) for need, like in zip(scenario.needs, found, strict=True)]
        except NotThere as reason:
            return Record(scenario.name, problem=str(reason)), there
        ours = run(scenario, emulator, made, word=word)
        return ours, run(scenario, remote, found, word=word, like=ours)
