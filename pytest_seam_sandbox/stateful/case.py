"""How pytest runs a state machine: Hypothesis's test case, without what it would explain and show a second time."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import wraps
from types import MappingProxyType
from typing import Any

from hypothesis import Verbosity
from hypothesis.stateful import RuleBasedStateMachine

from .. import watch
from ..engine.errors import SandboxError, SandboxWarning, is_for_the_test
from ..strategies.given_settings import unexplained
from ..strategies.hypothesis_internals import case_of, drop_listings, rules_of
from .decorators import is_own

__tracebackhide__ = is_for_the_test

Call = tuple[str, str]
"""Method and path of a call."""
_FILL = MappingProxyType(
    {
        "devices": 'Set device_types = ("august_lock",) or world = "house".',
        "phones": "Set phone_count = 1, or a world that has phones.",
        "codes": "Set access_codes = True.",
    }
)


@dataclass
class _Runs:
    """All runs of a machine so far. most: how many whole ones Hypothesis makes, if none fails.

    calls: what the app called in them. count: of those that were not given up. tell: takes how far they are.
    """

    machine: str
    most: int
    tell: watch.Tell
    calls: Counter[Call] = field(default_factory=Counter)
    count: int = 0
    has_failed: bool = False

    def progress(self, _test: str, seconds: float) -> str:
        """How far they are."""
        total = f" of {self.most}" if self.count <= self.most and not self.has_failed else ""
        failed = ", has failed" if self.has_failed else ""
        return f"machine {self.machine}: example {self.count}{total}{failed}, {seconds:.1f} s"


_RUNS: ContextVar[_Runs | None] = ContextVar("all runs of a machine", default=None)


def adapt(machine: type[RuleBasedStateMachine], targets: Callable[[], Sequence[str]]) -> None:
    """Let the test case of a machine leave out Hypothesis's explanations, unless its settings choose the phases.

    They name the lines that only failing runs reach, which are ours, and take most of the time of a failing run.
    targets: gives the targets of the faults of the machine.
    """
    case = case_of(machine)
    run = case.runTest

    @wraps(run)
    def run_test(self: Any) -> None:
        __tracebackhide__ = True
        self.settings = unexplained(self.settings)
        with _watched(machine.__name__, self.settings.max_examples) as calls:
            try:
                run(self)
            except BaseException as error:
                if self.settings.verbosity <= Verbosity.normal:
                    drop_listings(error)
                raise
        _warn_of_unmet(machine.__name__, targets(), calls)

    case.runTest = run_test
    setattr(machine, "TestCase", case)  # noqa: B010 - the type says that it cannot be set, which is for instances


def note_run(calls: Iterable[Call], *, has_failed: bool, is_whole: bool) -> None:
    """Remember what the app called in one run, and how it ended, if somebody wants to know.

    is_whole: whether Hypothesis counts it as an example, since it was not given up.
    """
    runs = _RUNS.get()
    if runs is not None:
        runs.calls.update(calls)
        runs.count += is_whole
        runs.has_failed |= has_failed
        runs.tell(runs.progress)


@contextmanager
def _watched(machine: str, most: int) -> Iterator[Counter[Call]]:
    """Count the calls of the app in all runs inside the block, and show how far they are."""
    with watch.work() as tell:
        runs = _Runs(machine, most, tell)
        token = _RUNS.set(runs)
        try:
            yield runs.calls
        finally:
            _RUNS.reset(token)


def _warn_of_unmet(machine: str, targets: Sequence[str], calls: Counter[Call]) -> None:
    """Warn of targets of faults that no call of the app could meet in any run."""
    for target in targets:
        method, _, path = target.rpartition(" ")
        to_path = Counter({call: count for call, count in calls.items() if fnmatchcase(call[1], path)})
        if any(method in ("", called) for called, _ in to_path):
            continue
        instead = ", ".join(f"{called} {found} {count} time(s)" for (called, found), count in to_path.items())
        hint = f" It called {instead}: leave the method off to meet all." if instead else ""
        warnings.warn(
            f"{machine}: no call of the app matched the fault target {target!r} in any run.{hint}",
            SandboxWarning,
            stacklevel=2,
        )


def check_bundles(machine: type[RuleBasedStateMachine], filled: Collection[str]) -> None:
    """Raise SandboxError for a rule that can never run, since nothing fills a bundle that it draws from.

    filled: the bundles of SandboxMachine that get values. The rules that it has by itself do not count otherwise.
    """
    rules = [rule for rule in rules_of(machine) if not is_own(rule.function)]
    targets = {target for rule in rules for target in rule.targets}
    for rule in rules:
        for bundle in rule.bundles:
            if bundle.name not in targets and bundle.name not in filled:
                raise SandboxError(
                    f"{machine.__name__}.{rule.function.__name__} can never run: nothing fills its bundle "
                    f"{bundle.name!r}. {_FILL.get(bundle.name, 'Let a rule have it as its target.')}"
                )
