"""The settings of tests that draw from our strategies: without Hypothesis's deadline, and without its explanations."""

from __future__ import annotations

from typing import Any, TypeVar

from hypothesis import Phase, settings
from hypothesis.strategies import SearchStrategy

from .hypothesis_internals import given_strategies, settings_of, use_settings

S = TypeVar("S", bound=SearchStrategy[Any])
_OURS = "_seam_sandbox_is_ours"


def adapt_settings(test: Any) -> None:
    """Take the deadline and the explanations from a test that draws from strategies of ours, unless it chooses them.

    An example takes an app through minutes of sandbox time, and its first run imports what the others have: a deadline
    of 200 ms ends the search for the simplest example with "Flaky". Explanations list lines that only failing examples
    have run: most are lines of the sandbox, which say nothing about the app. State machines have neither.
    """
    function = getattr(test, "__func__", test)
    chosen = settings_of(function)
    if chosen is None or not any(_OURS in vars(drawn) for drawn in given_strategies(function).values()):
        return
    if chosen.deadline == settings().deadline:
        chosen = settings(chosen, deadline=None)
    use_settings(function, unexplained(chosen))


def unexplained(chosen: settings) -> settings:
    """The settings without the phase that explains, if nobody has chosen the phases."""
    phases = chosen.phases
    if tuple(phases) != tuple(settings.get_profile("default").phases):
        return chosen
    return settings(chosen, phases=[phase for phase in phases if phase is not Phase.explain])


def ours(strategy: S) -> S:
    """Mark a strategy whose tests get such settings."""
    vars(strategy)[_OURS] = True
    return strategy
