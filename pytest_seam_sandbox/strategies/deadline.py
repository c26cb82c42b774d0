"""Hypothesis's deadline, which tests that draw sandboxes or plans do not have by default."""

from __future__ import annotations

from typing import Any, TypeVar

from hypothesis import settings
from hypothesis.strategies import SearchStrategy

from .hypothesis_internals import given_strategies, settings_of, use_settings

S = TypeVar("S", bound=SearchStrategy[Any])
_NO_DEADLINE = "_seam_sandbox_no_deadline"


def lift_deadline(test: Any) -> None:
    """Take Hypothesis's deadline from a test that draws from strategies of ours, unless its settings choose one.

    An example takes an app through minutes of sandbox time, and its first run imports what the others have: a deadline
    of 200 ms ends the search for the simplest example with "Flaky". Tests of state machines have none either.
    """
    function = getattr(test, "__func__", test)
    chosen = settings_of(function)
    if (
        chosen is not None
        and chosen.deadline == settings().deadline
        and any(_NO_DEADLINE in vars(drawn) for drawn in given_strategies(function).values())
    ):
        use_settings(function, settings(chosen, deadline=None))


def without_deadline(strategy: S) -> S:
    """Mark a strategy whose tests have no deadline by default."""
    vars(strategy)[_NO_DEADLINE] = True
    return strategy
