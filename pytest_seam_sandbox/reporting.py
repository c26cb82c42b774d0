"""What a run of pytest shows of its tests: sections below failures, and the report page.

Loaded when a test has failed, and when an option asks for more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from .backends.base import Backend
from .backends.raised import note_raised
from .engine.errors import shortened
from .layers import Wanted
from .report.failures import Failure
from .report.page import as_json, page_of
from .report.picture import picture_of
from .report.texts import masked
from .report.timeline import render_timeline
from .run_hooks import SECTION

_LINES = 100
"""How many entries a section has."""
_TEXT = 20_000
"""How many characters of a failure stand on the page."""
_ON_REPORTS = "seam_page"
"""The attribute of a report that has what the page shows of a test; pytest-xdist sends it along."""


class HasBackend(Protocol):
    """A sandbox, as far as it is shown."""

    @property
    def backend(self) -> Backend:
        """What it stands on."""
        ...


def tell(
    wanted: Wanted,
    report: pytest.TestReport,
    error: BaseException | None,
    sandboxes: Sequence[HasBackend],
    pictures: Iterable[Any] = (),
) -> None:
    """Put the timelines of these sandboxes into a report, and what the page shows of the test; one at least.

    error: what broke the test. pictures: what else is drawn, such as the run of a state machine. A sandbox that cannot
    be looked at any more is said to be so.
    """
    has_section = wanted.timeline == "all" or (report.failed and wanted.timeline == "failed")
    has_picture = bool(wanted.page) and (wanted.page_of == "all" or report.failed)
    drawn = list(pictures)
    for sandbox in sandboxes:
        try:
            failure = None if error is None else note_raised(sandbox.backend, error)
            report.sections += [(SECTION, _text(sandbox, failure))] if has_section else []
            drawn += [picture_of(sandbox.backend, repr(sandbox), failure)] if has_picture else []
        except Exception as problem:  # noqa: BLE001 - such as a workspace out of reach; it must not end the run
            said = masked(shortened(str(problem), 300))
            report.sections.append((SECTION, f"cannot be shown: {type(problem).__name__}: {said}"))
    if has_picture:
        setattr(report, _ON_REPORTS, as_json(_test(report, drawn)))


def _text(sandbox: HasBackend, failure: Failure | None) -> str:
    backend = sandbox.backend
    seed = getattr(backend, "seed", None)
    head = "" if seed is None else f"seed {shortened(str(seed), 200)}\n"
    return head + render_timeline(backend.history(), most=_LINES, name_of=backend.names(), failure=failure)


def _test(report: pytest.TestReport, drawn: list[Any]) -> dict[str, Any]:
    crash = getattr(report.longrepr, "reprcrash", None)
    return {
        "id": masked(report.nodeid),
        "when": report.when,
        "outcome": report.outcome,
        "error": masked(crash.message.partition("\n")[0]) if crash else "",
        "text": masked(report.longreprtext[-_TEXT:]),
        "pictures": drawn,
    }


class PageWriter:
    """Writes the report page at the end of a run. path: where; made: the line about the run.

    coverage: what of Seam was tried, if that is to be shown.
    """

    def __init__(self, path: Path, made: str) -> None:
        self._path = path
        self._made = made
        self._tests: list[str] = []
        self.coverage: list[dict[str, Any]] = []

    @pytest.hookimpl(tryfirst=True)  # so that no other plugin keeps what is for the page
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what the page shows, also from workers of pytest-xdist."""
        found = vars(report).pop(_ON_REPORTS, None)
        if found is not None:
            self._tests.append(found)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the file, even when there is nothing to show: an old one would say something wrong."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(page_of(self._tests, self._made, self.coverage), encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say where the page is."""
        terminalreporter.write_sep("-", f"Seam report: {self._path.as_uri()}")
