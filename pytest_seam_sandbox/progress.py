"""How far the long work of a test is: a line on the terminal, below the one that pytest is writing.

Loaded when pytest writes to a terminal.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import TextIO

import pytest

from .engine.real_time import real_seconds
from .output import StatusLine
from .watch import Tell, Watch

_AFTER = 1.0
_EVERY = 0.25
_IN_CI = ("CI", "BUILD_NUMBER")
"""The variables by which pytest knows that nobody looks at the terminal."""


class Progress:
    """Shows it once a work has lasted for some seconds (`after`), and not more often than `every` so many seconds.

    terminal: the stream that pytest writes to. It is written to past pytest's capture, which notices nothing of it: to
    suspend the capture would lose what threads print meanwhile, and undo what a test has put in place of sys.stdout.
    """

    def __init__(self, terminal: TextIO, watch: Watch) -> None:
        self.after, self.every = _AFTER, _EVERY
        self._terminal = os.fdopen(os.dup(terminal.fileno()), "w", encoding=terminal.encoding)
        self._watch = watch
        self._line = StatusLine(None)
        self._test = ""

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Let long work be shown, unless something else may write to the terminal while a test runs."""
        if has_room(session.config):
            writer = session.config.get_terminal_writer()
            self._line = _Below(self._terminal, lambda: writer.width_of_current_line)
            self._watch.progress = self.work

    def pytest_runtest_logstart(self, location: tuple[str, int | None, str]) -> None:
        """Remember the name of the test."""
        self._test = location[2]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self) -> None:
        """Take the line away before pytest writes, such as for a subtest in the middle of the work."""
        self._line.clear()

    def pytest_enter_pdb(self) -> None:
        """Leave the terminal to the debugger, and do not come back."""
        self._line = StatusLine(None)

    def pytest_unconfigure(self) -> None:
        """Let go of the terminal."""
        with suppress(OSError):  # it has gone, with what it has not got
            self._terminal.close()

    @contextmanager
    def work(self) -> Generator[Tell, None, None]:
        """The line belongs to a work until the end of the block; see `watch.work`."""
        begun = real_seconds()
        due = begun + self.after

        def tell(text: Callable[[str, float], str]) -> None:
            nonlocal due
            now = real_seconds()
            if now >= due:
                due = now + self.every
                self._line.show(text(self._test, now - begun))

        try:
            yield tell
        finally:
            self._line.clear()


def has_room(config: pytest.Config) -> bool:
    """Whether nothing but pytest's own dots stands on the terminal while a test runs, and somebody may look at it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return (
        type(reporter).__module__ == "_pytest.terminal"  # others draw lines of their own
        and config.get_verbosity() > -2
        and config.getoption("capture", "no") in {"fd", "sys"}
        and not _has_live_log(config)
        and not any(map(os.environ.get, _IN_CI))
        and os.environ.get("TERM", "dumb") != "dumb"
        and os.name == "posix"
    )


def _has_live_log(config: pytest.Config) -> bool:
    return config.pluginmanager.has_plugin("logging-plugin") and (
        config.getoption("log_cli_level") is not None or bool(config.getini("log_cli"))
    )


class _Below(StatusLine):
    """A line below the one where the cursor is, which stays as it is, with the cursor in its place.

    column: how many columns pytest has written in its line.
    """

    def __init__(self, terminal: TextIO, column: Callable[[], int]) -> None:
        super().__init__(terminal)
        self._column = column

    def codes(self, text: str, width: int) -> str:
        """Down, the text, and back."""
        column = self._column()
        if column < 0 or (column and column % width == 0):
            return ""  # unknown, or at the edge, where terminals differ
        right = f"\x1b[{column % width}C" if column else ""
        return f"\r\n{super().codes(text, width)}\r\x1b[A{right}"
