"""The hooks for what a run shows beside its failures: colours, comparisons, the file of --junit-xml.

Imports pytest and the standard library only: every run of pytest loads this module.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import pytest

SECTION = "Seam timeline"
AT_TEARDOWN = "Seam sandbox at teardown"  # pytest shows a section under a failed call if its name has "teardown"
_OURS = __name__.partition(".")[0]


class RunHooks:
    """The hooks of every run. They do nothing where no test has a sandbox."""

    def __init__(self) -> None:
        self._failed_setups: dict[str, pytest.TestReport] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Show what a teardown noticed under the failed setup of its test; pytest does so for failed calls only.

        A failed setup is remembered until its teardown, also when the two come from a worker of pytest-xdist.
        """
        if report.when == "setup" and report.failed:
            self._failed_setups[report.nodeid] = report
        elif report.when == "teardown" and (failed := self._failed_setups.pop(report.nodeid, None)):
            failed.sections += [section for section in report.sections if section[0] == AT_TEARDOWN]

    @pytest.hookimpl(wrapper=True, tryfirst=True)  # before pytest's own, which prints the failures
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None, None, None]:
        """Let timelines have colours where the terminal has them, and nowhere else."""
        reports = [report for kept in ("failed", "error", "passed") for report in terminalreporter.stats.get(kept, ())]
        if not (terminalreporter.hasmarkup and any(getattr(report, "sections", ()) for report in reports)):
            return (yield)
        from .report.colours import in_colours

        back = in_colours(reports, SECTION, terminalreporter.config.get_terminal_writer().markup)
        try:
            return (yield)
        finally:
            back()

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> list[str] | None:
        """Say what differs between resources, and between events and what was expected."""
        if op != "==" or not any(type(one).__module__.startswith(_OURS) for one in _looked_at(left, right)):
            return None
        from .report.compare import explanation

        return explanation(left, right)


class InJUnit:
    """Lets the file of `--junit-xml` have the timelines; of its own accord it has captured output only."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, None, None]:
        """Add them to the text of the failure while the file takes it, and to no other report."""
        longrepr: Any = report.longrepr
        found = [section for section in report.sections if section[0] == SECTION]
        if not (report.failed and found and hasattr(longrepr, "addsection")):
            return (yield)
        before = list(longrepr.sections)
        for name, content in found:
            longrepr.addsection(name, content)
        try:
            return (yield)
        finally:
            longrepr.sections[:] = before


def _looked_at(*compared: object) -> Iterator[object]:
    """What was compared, and the first member of each list."""
    for one in compared:
        yield one
        yield from one[:1] if isinstance(one, list) else ()
