"""What is used of Hypothesis beyond its documented interface, each thing in one function.

Tested with Hypothesis 6.145 to 6.170. A test calls each of these functions on what Hypothesis itself makes, so that it
fails with the version that changes one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import dropwhile
from typing import Any

from hypothesis import settings, stateful
from hypothesis.control import cleanup, current_build_context
from hypothesis.errors import HypothesisException, InvalidArgument, StopTest
from hypothesis.stateful import RuleBasedStateMachine

GIVEN_UP = (HypothesisException, StopTest)
"""How a run ends that Hypothesis does not want any further."""
_SETTINGS = "_hypothesis_internal_use_settings"
_LISTINGS = ("Falsifying example:", "Failing test case:")
"""How Hypothesis's own list of the steps begins, by older and by newer versions; each step is a note or a line."""
_AFTERWARDS = ("Explanation:", "You can reproduce", "You can add")
"""How the notes begin that may follow it."""


# tests


def given_strategies(test: Any) -> Mapping[str, Any]:
    """The strategies of a test with `@given`, by the names of its arguments; none of any other test."""
    found: Mapping[str, Any] = getattr(getattr(test, "hypothesis", None), "_given_kwargs", {})
    return found


def settings_of(test: Any) -> settings | None:
    """The settings with which a test with `@given` will run; None for any other test."""
    found = getattr(test, _SETTINGS, None)
    return found if isinstance(found, settings) else None


def use_settings(test: Any, chosen: settings) -> None:
    """Let a test with `@given` run with these settings."""
    setattr(test, _SETTINGS, chosen)


def at_end_of_example(function: Callable[[], object]) -> None:
    """Call a function when the example ends that is drawn now."""
    cleanup(function)


def is_final() -> bool:
    """Whether Hypothesis repeats the simplest failing run, whose exception it raises."""
    try:
        return bool(current_build_context().is_final)
    except InvalidArgument:  # outside of any test of Hypothesis
        return False


# state machines


def rule_of(method: Any) -> Any:
    """The rule that `rule` or `initialize` have made of a method: `.function`, `.preconditions`; None without one."""
    return getattr(method, stateful.RULE_MARKER, None) or getattr(method, stateful.INITIALIZE_RULE_MARKER, None)


def rules_of(machine: type[RuleBasedStateMachine]) -> Iterator[Any]:
    """All rules of a machine: `.function`, names of bundles in `.targets`, `.bundles` of which it draws."""
    state: Any = machine.setup_state()
    yield from state.rules
    yield from state.initializers


def without_invariant(function: Any) -> Any:
    """The function that `invariant` has marked, as it was before; any other as it is."""
    marker = getattr(function, stateful.INVARIANT_MARKER, None)
    return function if marker is None else marker.function


def due_invariants(machine: RuleBasedStateMachine) -> Iterator[Callable[[Any], object]]:
    """The invariants of the class of a machine whose preconditions hold now."""
    for invariant in machine.invariants:
        if all(holds(machine) for holds in invariant.preconditions):
            yield invariant.function


def can_run(machine: object, method: Any) -> bool:
    """Whether the preconditions of a method hold now; those of no rule do."""
    rule = rule_of(method)
    return rule is None or all(holds(machine) for holds in rule.preconditions)


def values_of(result: object) -> tuple[object, ...] | None:
    """The values that `multiple` has put together; None for any other result of a rule."""
    return result.values if isinstance(result, stateful.MultipleResults) else None


def case_of(machine: type[RuleBasedStateMachine]) -> Any:
    """The test case of a machine, to be changed and then set as its attribute `TestCase`.

    Hypothesis makes one when it is asked for one and keeps the last 128 of them, so that a change would not stay
    otherwise.
    """
    return vars(RuleBasedStateMachine)["TestCase"].__get__(None, machine)


def drop_listings(error: BaseException) -> None:
    """Take Hypothesis's list of the steps of a machine from the notes of an exception, and of those inside it."""
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            drop_listings(one)
    notes = getattr(error, "__notes__", [])
    first = next((index for index, note in enumerate(notes) if note.startswith(_LISTINGS)), len(notes))
    notes[first:] = dropwhile(lambda note: not note.startswith(_AFTERWARDS), notes[first:])
