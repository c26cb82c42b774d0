"""The decorators of a state machine: those of Hypothesis, whose methods are steps of its transcript."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from hypothesis import stateful

from ..strategies.hypothesis_internals import rule_of, without_invariant

F = TypeVar("F", bound=Callable[..., Any])
_rule: Any = stateful.rule
_initialize: Any = stateful.initialize
_EVENTUALLY = "_seam_eventually"
_STEP = "_seam_step"
_SENTENCE = "_seam_sentence"


class StepMaker(Protocol):
    """What the decorators need of a machine."""

    def call_function(self, function: Callable[..., Any], **arguments: Any) -> Any:
        """Call a function of the class, async or not."""
        ...

    def perform_step(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """Call a function of the class as a step of the transcript."""
        ...


def rule(**options: Any) -> Callable[[F], F]:
    """Hypothesis's `rule`, for methods of a SandboxMachine; `async def` in an AsyncSandboxMachine."""

    def decorate(function: F) -> F:
        return cast(F, _rule(**options)(as_step(function)))

    return decorate


def initialize(**options: Any) -> Callable[[F], F]:
    """Hypothesis's `initialize`, for methods of a SandboxMachine."""

    def decorate(function: F) -> F:
        return cast(F, _initialize(**options)(as_step(function)))

    return decorate


def invariant(**options: Any) -> Callable[[F], F]:
    """Hypothesis's `invariant`, for methods of a SandboxMachine; leaves methods marked `eventually` alone."""

    def decorate(function: F) -> F:
        if is_eventual(function):
            return function

        @wraps(function)
        def checked(machine: StepMaker) -> None:
            machine.call_function(function)

        return cast(F, stateful.invariant(**options)(checked))

    return decorate


def eventually(function: F) -> F:
    """Mark a method that has to hold in the end: when all is healed, and time and pending work have passed."""
    marked = without_invariant(function)
    if marked is not function:
        function = marked.__wrapped__
    setattr(function, _EVENTUALLY, True)
    return function


def as_step(function: F) -> F:
    """A method whose calls are steps of the transcript."""

    @wraps(function)
    def step(machine: StepMaker, **arguments: Any) -> Any:
        return machine.perform_step(function, arguments)

    setattr(step, _STEP, True)
    return cast(F, step)


def own(sentence: str | None) -> Callable[[F], F]:
    """Mark a method that SandboxMachine has by itself.

    sentence: what a step of it means, with its arguments in braces; None where the transcript leaves it out, since it
    happens by itself when the steps are repeated.
    """

    def decorate(function: F) -> F:
        setattr(function, _SENTENCE, sentence)
        return function

    return decorate


def is_own(function: Any) -> bool:
    """Whether SandboxMachine has this method by itself."""
    return hasattr(function, _SENTENCE)


def sentence_of(function: Any) -> str | None:
    """What a step of this method means; None for one of the user, and for one that the transcript leaves out."""
    sentence: str | None = getattr(function, _SENTENCE, None)
    return sentence


def is_eventual(member: Any) -> bool:
    """Whether a member of a class has to hold in the end."""
    return bool(getattr(member, _EVENTUALLY, False))


def is_no_step(member: Any) -> bool:
    """Whether a member of a class is a rule of Hypothesis's own decorators, which no transcript could have."""
    found = rule_of(member)
    return found is not None and not hasattr(found.function, _STEP)
