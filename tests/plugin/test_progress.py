"""How far long work is, on the terminal of a run of pytest: shown while it lasts, and gone without a trace."""

import math
import os
import pty
import re
import subprocess
import sys
import termios
from contextlib import suppress
from types import SimpleNamespace

import pytest

from pytest_seam_sandbox.progress import Progress, has_room
from pytest_seam_sandbox.watch import Watch

WIDTH = 80
LEFT_OUT = {"CI", "BUILD_NUMBER", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "PY_COLORS", "PYTEST_ADDOPTS"}
"""Variables that say how a run looks, or that nobody looks."""
AT_A_DESK = {"TERM": "xterm", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""A terminal, and plugins that are named only: others take long to load."""
PLUGIN = ("-p", "pytest_seam_sandbox.plugin")
CONFTEST = """
    import sys

    def pytest_sessionstart(session):
        assert not {{"pydantic", "httpx", "hypothesis"}} & set(sys.modules), "an unused plugin is free at a terminal too"
        progress = session.config.pluginmanager.get_plugin("seam-progress")
        if progress is not None:
            progress.after, progress.every = {after}, 0.0
"""
PROJECT = """
    import pytest
    from hypothesis import settings
    from pytest_seam_sandbox.stateful import SandboxMachine, devices, rule
    from pytest_seam_sandbox.sweep import SweepFailed

    def test_short():
        pass

    def sweep_through(sweep):
        for trial in sweep:
            print("trial")
            with trial as sandbox, sandbox.http() as http:
                http.get("/devices/list")
                assert trial.name != "disconnected(GARAGE) before call 1"

    def test_sweep(seam_sweep, sandbox_device, capsys):
        with pytest.raises(SweepFailed):
            sweep_through(seam_sweep(disconnect="GARAGE"))
        assert capsys.readouterr().out == "trial\\n" * 3

    @pytest.mark.skipif(pytest.version_tuple < (9,), reason="subtests came with pytest 9")
    def test_subtests(request, seam_sweep, sandbox_device):
        sweep_through(seam_sweep(disconnect="GARAGE", depth=2, subtests=request.getfixturevalue("subtests")))

    class Desk(SandboxMachine):
        @rule(device=devices)
        def look(self, device):
            print("looking")

    TestDesk = Desk.TestCase
    TestDesk.settings = settings(max_examples=3, stateful_step_count=6, database=None, derandomize=True)

    class Broken(SandboxMachine):
        @rule(device=devices)
        def look(self, device):
            raise AssertionError("broken")

    TestBroken = Broken.TestCase
    TestBroken.settings = settings(TestDesk.settings, max_examples=200)

    def test_last():
        pass
"""


class Screen:
    """What stands on a terminal after all that was written to it; lines that have moved out at the top count too.

    It knows the codes of pytest and of this plugin, and refuses others.
    """

    CODES = re.compile(r"\x1b\[(\d*)([ACKm])|\x1b\[[\d;]*m|(\x1b)|(\r)|(\n)|([^\x1b\r\n])")

    def __init__(self, written):
        self.rows = [[" "] * WIDTH]
        self.row = self.column = 0
        for number, code, escape, back, down, character in self.CODES.findall(written):
            assert not escape
            if back:
                self.column = 0
            elif down:
                self._down()
            elif code == "A":
                self.row -= int(number or 1)
            elif code == "C":
                self.column += int(number or 1)
            elif code == "K":
                self.rows[self.row][self.column :] = [" "] * (WIDTH - self.column)
            elif character:
                if self.column == WIDTH:
                    self.column = 0
                    self._down()
                self.rows[self.row][self.column] = character
                self.column += 1

    def _down(self):
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append([" "] * WIDTH)

    @property
    def text(self):
        """Line for line, but for what differs from run to run."""
        text = "\n".join("".join(row).rstrip() for row in self.rows).rstrip()
        return re.sub(r"=+ (.*) in [\d.]+s.* =+", r"\1", text)


def on_terminal(pytester, *arguments):
    """What a run of the project of `pytester` writes to a terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, WIDTH))
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *PLUGIN, "--tb=no", "-rN", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        cwd=pytester.path,
        env=kept | AT_A_DESK,
    )
    os.close(theirs)
    written = b""
    with process, suppress(OSError):  # the end of it, on Linux
        while part := os.read(ours, 65536):
            written += part
    os.close(ours)
    return written.decode()


@pytest.fixture
def project(pytester):
    """Writes the tests; long work is shown after so many seconds."""
    pytester.makepyfile(test_it=PROJECT)
    return lambda after=0.0: pytester.makeconftest(CONFTEST.format(after=f"float('{after}')"))


def test_progress_is_gone_without_a_trace(pytester, project):
    """The dots and what was captured are as they are without it, and the cursor where it was."""
    project()
    shown = on_terminal(pytester)
    project(math.inf)
    plain = on_terminal(pytester)

    assert Screen(shown).text == Screen(plain).text
    assert plain.count("sweep") == plain.count("machine") == 0
    for line in [
        r"sweep test_sweep: trial 1",
        r"sweep test_sweep: trial 2 of 2, 1 failed",
        r"machine Desk: example 3 of 3, \d+\.\d s",
        r"machine Broken: example \d+, has failed, \d+\.\d s",
    ]:
        assert re.search(rf"\x1b\[K{line}\r", shown)


def test_workers_of_xdist_are_silent(pytester, project):
    """Several of them would write to one terminal; their stream for errors may be one."""
    project()

    written = on_terminal(pytester, "-p", "xdist", "-n1", "-k", "short or sweep")

    assert "2 passed" in written
    assert "sweep" not in written


def test_run_that_is_read_by_a_program_is_silent(pytester, project, on_a_desk):
    """No terminal, no progress: not a code is written."""
    project()

    result = pytester.run(sys.executable, "-m", "pytest", *PLUGIN, "-k", "short or sweep")

    result.assert_outcomes(passed=2)
    assert "sweep" not in result.stdout.str() + result.stderr.str()
    assert "\x1b" not in result.stdout.str()


@pytest.fixture
def on_a_desk(monkeypatch):
    """The environment of a person at a terminal, also where these tests run elsewhere."""
    for name in LEFT_OUT:
        monkeypatch.delenv(name, raising=False)
    for name, value in AT_A_DESK.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("option", ["-q", "-v", "--capture=sys"])
def test_options_that_leave_the_terminal_to_the_dots(pytester, on_a_desk, option):
    assert has_room(pytester.parseconfigure(option))


@pytest.mark.parametrize("option", ["-qq", "-s", "--capture=tee-sys", "--log-cli-level=INFO", "-o log_cli=true"])
def test_options_that_leave_no_room(pytester, on_a_desk, option):
    """Almost nothing is wanted, or tests and their log write to the terminal themselves."""
    assert not has_room(pytester.parseconfigure(*option.split()))


def test_run_without_room_shows_no_work(pytester, on_a_desk):
    """Whoever does long work is not told to say how far it is."""
    terminal = Terminal(pytester.parseconfigure("-s"))
    terminal.progress.pytest_unconfigure()

    assert terminal.watch.progress is None
    assert terminal.told() == ""
    terminal.go_away()


@pytest.mark.parametrize("plugin", ["terminal", "capture"])
def test_run_without_a_plugin_of_pytest_is_silent(pytester, on_a_desk, plugin):
    assert not has_room(pytester.parseconfigure("-p", f"no:{plugin}"))


def test_run_without_logging_has_progress(pytester, on_a_desk):
    assert has_room(pytester.parseconfigure("-p", "no:logging"))


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("BUILD_NUMBER", "7"), ("TERM", "dumb")])
def test_environments_in_which_nobody_looks(pytester, on_a_desk, monkeypatch, name, value):
    """pytest itself takes the first two for a service that runs tests."""
    monkeypatch.setenv(name, value)

    assert not has_room(pytester.parseconfigure())


def test_other_reporters_have_the_terminal_for_themselves(pytester, on_a_desk):
    """Plugins that draw bars of their own replace pytest's."""
    config = pytester.parseconfigure()
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(object(), "terminalreporter")

    assert not has_room(config)


class Terminal:
    """A run of pytest at a terminal, in this process."""

    END = "#"

    def __init__(self, config):
        self._ours, theirs = pty.openpty()
        self._stream = os.fdopen(theirs, "w")
        self.watch = Watch()
        self.progress = Progress(self._stream, self.watch)
        self.progress.after = 0.0
        self.writer = config.get_terminal_writer()
        self.progress.pytest_sessionstart(SimpleNamespace(config=config))
        self.progress.pytest_runtest_logstart(location=("test_it.py", 1, "test_it"))

    def told(self):
        """What was written so far."""
        self._stream.write(self.END)
        self._stream.flush()
        told = ""
        while not told.endswith(self.END):
            told += os.read(self._ours, 65536).decode()
        return told.removesuffix(self.END)

    def go_away(self):
        self._stream.close()
        if self._ours is not None:
            os.close(self._ours)
            self._ours = None


@pytest.fixture
def terminal(pytester, on_a_desk):
    terminal = Terminal(pytester.parseconfigure())
    yield terminal
    terminal.progress.pytest_unconfigure()
    terminal.go_away()


def saying(text):
    return lambda *_: text


def test_line_comes_late_and_seldom(terminal):
    """Short work shows nothing, and fast work does not fill the terminal."""
    terminal.progress.after = 3600.0
    with terminal.progress.work() as tell:
        tell(saying("too early"))
    terminal.progress.after, terminal.progress.every = 0.0, 3600.0
    with terminal.progress.work() as tell:
        tell(saying("the first"))
        tell(saying("too soon"))
    told = terminal.told()

    assert ("too early" in told, "the first" in told, "too soon" in told) == (False, True, False)


def test_line_at_the_edge_of_the_terminal_is_left_out(terminal):
    """Terminals differ in where the cursor is when a line is full."""
    terminal.writer.write("x" * WIDTH)
    with terminal.progress.work() as tell:
        tell(saying("here"))

    assert terminal.told() == ""


def test_line_below_one_that_is_wrapped(terminal):
    """The cursor comes back to the row and the column where it was."""
    terminal.writer.write("x" * (2 * WIDTH + 3))
    with terminal.progress.work() as tell:
        tell("{}, {:.0f} s".format)

    assert "\x1b[Ktest_it, 0 s\r\x1b[A\x1b[3C" in terminal.told()


def test_line_below_an_empty_one(terminal):
    with terminal.progress.work() as tell:
        tell(saying("here"))

    assert "\x1b[Khere\r\x1b[A\r" in terminal.told()


def test_line_is_gone_before_pytest_writes(terminal):
    """A subtest is reported in the middle of the work, with lines of its own under -v."""
    with terminal.progress.work() as tell:
        tell(saying("here"))
        terminal.progress.pytest_runtest_logreport()
        told = terminal.told()

    assert told.endswith("\x1b[K\r\x1b[A")
    assert terminal.told() == ""


def test_debugger_has_the_terminal_for_itself(terminal):
    with terminal.progress.work() as tell:
        terminal.progress.pytest_enter_pdb()
        tell(saying("here"))

    assert terminal.told() == ""


def test_terminal_that_goes_away_breaks_no_test(terminal):
    """Its window was closed, and the run goes on."""
    terminal.go_away()
    with terminal.progress.work() as tell:
        tell(saying("here"))
