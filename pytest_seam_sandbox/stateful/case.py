"""How pytest runs a state machine: Hypothesis's test case, without what it would explain and tell a second time."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase
from functools import wraps
from itertools import dropwhile
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hypothesis import Phase, Verbosity, settings
from hypothesis.stateful import RuleBasedStateMachine

from ..engine.errors import SandboxError, SandboxWarning, is_for_the_test

if TYPE_CHECKING:
    from ..sweep.injection_points import Called
    from .machine import Machine

__tracebackhide__ = is_for_the_test

_LISTINGS = ("Falsifying example:", "Failing test case:")
"""How Hypothesis's own list of the steps begins, by older and by newer versions; each step is a note or a line."""
_AFTERWARDS = ("Explanation:", "You can reproduce", "You can add")
"""How the notes begin that may follow it."""
_FILL = MappingProxyType(
    {
        "devices": 'Set device_types = ("august_lock",) or world = "house".',
        "phones": "Set phone_count = 1, or a world that has phones.",
        "codes": "Set access_codes = True.",
    }
)
_CALLS: ContextVar[Counter[Called] | None] = ContextVar("calls of the app in all runs of a machine", default=None)


def adapt(machine: type[Machine]) -> None:
    """Let the test case of a machine leave out Hypothesis's explanations, unless its settings choose the phases.

    They name the lines that only failing runs reach, which are ours, and take most of the time of a failing run.
    """
    # Hypothesis makes a test case when it is asked for one, and keeps the last 128; ours has to stay.
    case: Any = vars(RuleBasedStateMachine)["TestCase"].__get__(None, machine)
    run = case.runTest

    @wraps(run)
    def run_test(self: Any) -> None:
        __tracebackhide__ = True
        self.settings = unexplained(self.settings)
        with _watched() as calls:
            try:
                run(self)
            except BaseException as error:
                if self.settings.verbosity <= Verbosity.normal:
                    _drop_listings(error)
                raise
        _tell_unmet(machine, calls)

    case.runTest = run_test
    setattr(machine, "TestCase", case)  # noqa: B010 - the type says that it cannot be set, which is for instances


def unexplained(chosen: settings) -> settings:
    """The settings without the phase that explains, if nobody has chosen the phases."""
    phases = chosen.phases
    if tuple(phases) != tuple(settings.get_profile("default").phases):
        return chosen
    return settings(chosen, phases=[phase for phase in phases if phase is not Phase.explain])


def note_calls(calls: Iterable[Called]) -> None:
    """Remember what the app called in one run, if somebody wants to know."""
    counted = _CALLS.get()
    if counted is not None:
        counted.update(calls)


@contextmanager
def _watched() -> Iterator[Counter[Called]]:
    """Count the calls of the app in all runs inside the block."""
    counted: Counter[Called] = Counter()
    token = _CALLS.set(counted)
    try:
        yield counted
    finally:
        _CALLS.reset(token)


def _drop_listings(error: BaseException) -> None:
    """Take away Hypothesis's list of the steps: the transcript tells them."""
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            _drop_listings(one)
    notes = getattr(error, "__notes__", [])
    first = next((index for index, note in enumerate(notes) if note.startswith(_LISTINGS)), len(notes))
    notes[first:] = dropwhile(lambda note: not note.startswith(_AFTERWARDS), notes[first:])


def _tell_unmet(machine: type[Machine], calls: Counter[Called]) -> None:
    """Warn of targets of faults that no call of the app could meet in any run."""
    for target in machine.faults:
        method, _, path = target.rpartition(" ")
        to_path = Counter({call: count for call, count in calls.items() if fnmatchcase(call[1], path)})
        if any(method in ("", called) for called, _ in to_path):
            continue
        instead = ", ".join(f"{called} {found} {count} time(s)" for (called, found), count in to_path.items())
        hint = f" It called {instead}: leave the method off to meet all." if instead else ""
        warnings.warn(
            f"{machine.__name__}: no call of the app matched the fault target {target!r} in any run.{hint}",
            SandboxWarning,
            stacklevel=2,
        )


def check_bundles(machine: type[Machine], filled: Collection[str], ours: str) -> None:
    """Raise SandboxError for a rule that can never run, since nothing fills a bundle that it draws from.

    filled: the bundles of SandboxMachine that get values. ours: the module whose rules do not count otherwise.
    """
    state = machine.setup_state()
    rules = [rule for rule in (*state.rules, *state.initializers) if rule.function.__module__ != ours]
    targets = {target for rule in rules for target in rule.targets}
    for rule in rules:
        for bundle in rule.bundles:
            if bundle.name not in targets and bundle.name not in filled:
                raise SandboxError(
                    f"{machine.__name__}.{rule.function.__name__} can never run: nothing fills its bundle "
                    f"{bundle.name!r}. {_FILL.get(bundle.name, 'Let a rule have it as its target.')}"
                )
