"""What of Seam the tests of a run have tried: kept while they run, and shown at the end.

Loaded with the option --seam-coverage only.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from weakref import ref

import pytest

from .backends.base import Backend
from .outages import OUTAGES
from .report.coverage import Tried, as_json, as_summary, known

_AT_MOST = 50
"""So many sandboxes are kept before those are looked through that nobody holds any more."""
_OF_A_WORKER = "seam_coverage"


class CoverageOfRun:
    """Looks at the history of each sandbox when nobody holds it any more.

    target: "text", or a file for JSON too. tried: what was found so far.
    """

    def __init__(self, config: pytest.Config, target: str) -> None:
        self._config = config
        self._path = None if target == "text" else config.invocation_params.dir / Path(target).expanduser()
        self.tried = Tried()
        self._open: list[tuple[ref[Any], Backend]] = []
        self._rows: list[dict[str, Any]] = []

    def see(self, sandbox: Any) -> None:
        """Remember a new sandbox; what it forgets meanwhile counts at once."""
        if not sandbox.is_live:
            sandbox.embedded.app.history.leaving = self.tried.add
        self._open.append((ref(sandbox), sandbox.backend))
        if len(self._open) > _AT_MOST:
            self._look_through()

    def _look_through(self, *, is_over: bool = False) -> None:
        """Count what sandboxes have seen that are gone, or all."""
        for sandbox, backend in self._open:
            if is_over or sandbox() is None:
                self.tried.add(backend.history())
        self._open = [] if is_over else [kept for kept in self._open if kept[0]() is not None]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended, and has sent what its tests have tried."""
        self.tried.merge(getattr(node, "workeroutput", {}).get(_OF_A_WORKER, {}))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Send it from a worker; else write the file, and let the report page have it."""
        self._look_through(is_over=True)
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_OF_A_WORKER] = self.tried.plain()
            return
        self._rows = as_json(self.tried, known(OUTAGES))
        page = self._config.pluginmanager.get_plugin("seam-report-page")
        if page is not None:
            page.coverage = self._rows
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            kinds = {row["kind"]: {"tried": row["tried"], "never": row["never"]} for row in self._rows}
            self._path.write_text(json.dumps(kinds, indent=2) + "\n", "utf-8")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say it in short, and where the whole is."""
        terminalreporter.write_sep("=", "Seam coverage")
        for line in as_summary(self._rows):
            terminalreporter.write_line(line)
        terminalreporter.write_line(self._where())

    def _where(self) -> str:
        """Where the whole is, or how to get it."""
        places = [] if self._path is None else [self._path.as_uri()]
        if self._config.pluginmanager.has_plugin("seam-report-page"):
            places.append("the Seam report")
        if places:
            return f"All names are in {' and '.join(places)}."
        return "All names: --seam-coverage=seam.json writes them as JSON, --seam-report=seam.html as a page."
