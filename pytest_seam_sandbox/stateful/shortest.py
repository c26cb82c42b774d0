"""The shortest transcript of a failure: without each step that it does not need."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from traceback import extract_tb
from typing import Any, Protocol, TypeVar

import pytest

from ..strategies.hypothesis_internals import can_run
from .transcript import Drawn, Step, Transcript, results_of

_SECONDS = 20.0
"""How long the search may take, in seconds of processor time, so that a busy computer makes no transcript longer."""
_REAL_SECONDS = 120.0
"""How long it may take for an app that waits."""
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")


class Repeated(Protocol):
    """What is needed of a machine that repeats steps: its methods, and what they are called by now."""

    @property
    def transcript(self) -> Transcript:
        """The steps of this run."""
        ...


M = TypeVar("M", bound=Repeated)
Again = Callable[[], AbstractContextManager[M]]
"""Makes a machine that repeats steps, checks after each of them, and ends them as a run ends."""


class _NotRepeatable(Exception):
    """A step needs the result of one that is left out, or its precondition does not hold."""


def shortest(again: Again[M], transcript: Transcript, error: BaseException) -> M | None:
    """The machine that failed alike with the fewest steps; None when no repetition fails alike.

    Hypothesis shrinks what it chose, and a choice that changes nothing can stay. So steps are left out, together with
    those that use their results: each fault, then halves, quarters and so on of the transcript, pairs of neighbours,
    outages with their recoveries, and in the end each single step. What the failure needs stays.
    """
    wanted, is_late = _signature(error), _limit()
    steps = transcript.shown()
    best = _failed_alike(again, transcript, steps, wanted)
    if best is None:
        return None
    attempts = _with_fewer(transcript, steps)
    while not is_late():
        fewer = next(attempts, None)
        if fewer is None:
            break
        found = _failed_alike(again, transcript, fewer, wanted)
        if found is not None:
            best, attempts = found, _with_fewer(transcript, fewer)
    return best


def _limit() -> Callable[[], bool]:
    """Whether the time is over that the search may take from now on."""
    computed, real = time.process_time() + _SECONDS, time.perf_counter() + _REAL_SECONDS
    return lambda: time.process_time() > computed or time.perf_counter() > real


def _with_fewer(transcript: Transcript, steps: Sequence[Step]) -> Iterator[list[Step]]:
    """The steps without some of them, and without those that use what these gave."""
    for left_out in _candidates(steps):
        gone = set(map(id, left_out))
        for step in steps:
            givers = map(transcript.step_of, _parts(list(step.arguments.values())))
            if any(id(giver) in gone for giver in givers if giver is not None):
                gone.add(id(step))
        yield [step for step in steps if id(step) not in gone]


def _candidates(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """What may be left out at once: faults first, then long parts before short ones, late ones before early ones."""
    faults = [[step] for step in steps if step.name == "set_fault"]
    yield from faults
    size = len(steps) // 2
    while size > 2:
        yield from (steps[start : start + size] for start in reversed(range(0, len(steps), size)))
        size //= 2
    yield from (steps[start : start + 2] for start in reversed(range(len(steps) - 1)))
    yield from _outages(steps)
    yield from ([step] for step in reversed(steps) if [step] not in faults)


def _outages(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Each beginning of an outage with its end."""
    for index, step in enumerate(steps):
        if step.name == "begin_outage":
            later = (end for end in steps[index:] if end.name == "end_outage" and end.arguments == step.arguments)
            yield from ([step, end] for end in islice(later, 1))


def _parts(value: object) -> Iterator[object]:
    """A value and all that its containers hold."""
    yield value
    if isinstance(value, Drawn):
        value = value.values
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for member in value:
            yield from _parts(member)


def _failed_alike(
    again: Again[M], transcript: Transcript, steps: Sequence[Step], wanted: tuple[object, ...]
) -> M | None:
    """The machine that has done these steps, if it failed alike."""
    running: M | None = None
    try:
        with again() as running:
            _repeat(running, transcript, steps)
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - whatever it is, it is compared
        return running if _signature(error) == wanted else None
    return None


def _repeat(machine: Repeated, transcript: Transcript, steps: Sequence[Step]) -> None:
    """Do the steps with what earlier steps give now."""
    given = machine.transcript.instead_of(transcript)
    for step in steps:
        arguments = {name: _now(value, given) for name, value in step.arguments.items()}
        method = getattr(machine, step.name)
        if not can_run(machine, method):
            raise _NotRepeatable
        values, _ = results_of(method(**arguments))
        given |= {id(before): now for before, now in zip(step.results, values, strict=False)}


def _now(value: Any, given: dict[int, object]) -> Any:
    """An argument with the results of this run in place of those of the failed one."""
    if id(value) in given:
        return given[id(value)]
    if isinstance(value, Drawn):
        return Drawn(_now(value.values, given))
    if type(value) in (list, tuple):
        return type(value)(_now(member, given) for member in value)
    if type(value) is dict:
        return {key: _now(member, given) for key, member in value.items()}
    return value


def _signature(error: BaseException) -> tuple[object, ...]:
    """What two failures that are the same have in common: the type, the line that raised, the words without ids."""
    frames = extract_tb(error.__traceback__)
    place = (frames[-1].filename, frames[-1].lineno) if frames else None
    said = _IDS.sub("", str(error).partition("\n")[0]) if not isinstance(error, AssertionError) else ""
    return type(error), place, said
