"""The decorators of a state machine: those of Hypothesis, whose steps a story can tell."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from hypothesis import stateful
from hypothesis.control import current_build_context
from hypothesis.errors import InvalidArgument

F = TypeVar("F", bound=Callable[..., Any])
_rule: Any = stateful.rule
_initialize: Any = stateful.initialize
EVENTUALLY = "_seam_eventually"
TOLD = "_seam_told"


def rule(**options: Any) -> Callable[[F], F]:
    """Hypothesis's `rule`, for methods of a SandboxMachine; `async def` in an AsyncSandboxMachine."""

    def decorate(function: F) -> F:
        return cast(F, _rule(**options)(told(function)))

    return decorate


def initialize(**options: Any) -> Callable[[F], F]:
    """Hypothesis's `initialize`, for methods of a SandboxMachine."""

    def decorate(function: F) -> F:
        return cast(F, _initialize(**options)(told(function)))

    return decorate


def invariant(**options: Any) -> Callable[[F], F]:
    """Hypothesis's `invariant`, for methods of a SandboxMachine; leaves methods marked `eventually` alone."""

    def decorate(function: F) -> F:
        if getattr(function, EVENTUALLY, False):
            return function

        @wraps(function)
        def checked(machine: Any) -> None:
            machine._call(function)

        return cast(F, stateful.invariant(**options)(checked))

    return decorate


def eventually(function: F) -> F:
    """Mark a method that has to hold in the end: when all is healed, and time and pending work have passed."""
    marker = getattr(function, stateful.INVARIANT_MARKER, None)
    if marker is not None:
        function = marker.function.__wrapped__
    setattr(function, EVENTUALLY, True)
    return function


def told(function: F) -> F:
    """A method whose calls are steps of the story."""

    @wraps(function)
    def step(machine: Any, **arguments: Any) -> Any:
        return machine._perform(function, arguments)

    setattr(step, TOLD, True)
    return cast(F, step)


def is_final() -> bool:
    """Whether Hypothesis repeats the simplest failing run, whose exception it raises."""
    try:
        return bool(current_build_context().is_final)
    except InvalidArgument:  # outside of any test of Hypothesis
        return False


def untold(member: Any) -> bool:
    """Whether a member of a class is a rule of Hypothesis's own decorators, which no story can tell."""
    marker = getattr(member, stateful.RULE_MARKER, None) or getattr(member, stateful.INITIALIZE_RULE_MARKER, None)
    return marker is not None and not getattr(marker.function, TOLD, False)
