"""What is written down of a scenario that was run on one server: what can be compared, and nothing personal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .shapes import Shape

Latency = Literal["at once", "later", "never"]


@dataclass(frozen=True)
class Answer:
    """An answer. error_type: "" for none, "no JSON" for an answer that is not in Seam's form.

    fields: those that a refusal names. ending: how soon an action attempt was finished; None for any other answer.
    """

    path: str
    status: int
    error_type: str
    body: dict[str, Shape]
    fields: tuple[str, ...] = ()
    ending: Latency | None = None

    @property
    def outcome(self) -> str:
        """The status, with the error type where there is one."""
        return f"{self.status} {self.error_type}".rstrip()


@dataclass(frozen=True)
class Logged:
    """The events that a step has found, in the order of their times, and how soon the last of them was there."""

    types: tuple[str, ...]
    shapes: Mapping[str, Shape]
    latency: Latency


@dataclass(frozen=True)
class Skipped:
    """A step that could not be made: a value that it needs was never there."""

    missing: str


Outcome = Answer | Logged | Skipped


@dataclass(frozen=True)
class Record:
    """What one scenario has shown on one server.

    problem: why it was not run; "" when it was. left: what could not be taken back at its end. logged: how many events
    there were then.
    """

    scenario: str
    steps: Mapping[str, Outcome] = field(default_factory=dict)
    forms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    problem: str = ""
    left: tuple[str, ...] = ()
    logged: int = 0
