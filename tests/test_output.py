"""Lines for standard streams: pipes that are full, readers that have gone, disks without room, narrow encodings."""

import errno
import io
import os
import threading

import pytest

from pytest_seam_sandbox import output as output_module
from pytest_seam_sandbox.output import Output, StatusLine, write


class Pipe:
    """A pipe whose reader sleeps until it is woken."""

    def __init__(self):
        self._reading, writing = os.pipe()
        self.stream = os.fdopen(writing, "w", encoding="utf-8")
        self._got = []
        self._reader = threading.Thread(target=self._read)

    def _read(self):
        with os.fdopen(self._reading) as end:
            self._got.append(end.read())

    def wake(self):
        self._reader.start()

    def content(self):
        """All that was written; the writer has finished."""
        self.stream.close()
        self._reader.join(30)
        return self._got[0]


@pytest.fixture
def pipe():
    return Pipe()


@pytest.fixture
def output(pipe):
    """An output into the pipe, whose alerts are text."""
    alerts = io.StringIO()
    made = Output(pipe.stream, alerts, "{} lines lost".format)
    made.alerts = alerts
    yield made
    made.close()


class Moody(io.StringIO):
    """A stream without a file number that fails as long as it is told to."""

    error = None

    def write(self, text):
        if self.error is not None:
            raise self.error
        return super().write(text)


class Gate(io.StringIO):
    """A stream whose first line takes until somebody opens it."""

    def __init__(self):
        super().__init__()
        self.entered, self.opened = threading.Event(), threading.Event()

    def write(self, text):
        self.entered.set()
        assert self.opened.wait(30)
        return super().write(text)


def test_lines_come_whole_and_in_order(output, pipe):
    """Five thousand lines through a pipe that holds a part of them."""
    lines = [f"{number} {'x' * (number % 100)}" for number in range(5000)]
    pipe.wake()

    for line in lines:
        output.put(line)
    output.close()

    assert pipe.content().splitlines() == lines


def test_sleeping_reader_holds_nobody_up(monkeypatch):
    """Lines for which there is no room are lost at once, and told of when the reader wakes up."""
    monkeypatch.setattr(output_module, "_MOST", 100)
    gate, alerts = Gate(), io.StringIO()
    output = Output(gate, alerts, "{} lines lost".format)
    output.put("first")
    assert gate.entered.wait(30)

    for _ in range(1000):
        output.put("x" * 50)
    gate.opened.set()
    output.close()
    assert gate.getvalue().splitlines() == ["first", "998 lines lost", "x" * 50, "x" * 50]
    assert alerts.getvalue() == ""


def test_end_does_not_wait_for_a_reader_that_sleeps(pipe, output):
    """close() gives up when nothing moves, and says how many lines there were."""
    for _ in range(3000):
        output.put("x" * 100)

    output.close()

    told = output.alerts.getvalue()
    assert told.startswith("seam-sandbox: ")
    assert told.endswith(" lines of output were not written.\n")
    pipe.wake()
    output._thread.join(30)
    written = pipe.content().count("\n")
    assert written + int(told.split()[1]) == 3001  # the one that was being written got through after all


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "Broken pipe"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (ValueError("I/O operation on closed file."), "I/O operation on closed file."),
    ],
)
def test_stream_that_works_again_is_told_what_it_missed(error, reason):
    """While it fails one alert is enough; when it works again a line says how many are missing."""
    stream, alerts = Moody(), io.StringIO()
    output = Output(stream, alerts, "{} lines lost".format)

    def put(*lines):
        for line in lines:
            output.put(line)
        while output._lines or output._progress < put.expected + len(lines):
            pass
        put.expected += len(lines)

    put.expected = 0
    put("one")
    stream.error = error
    put("two", "three")
    stream.error = None
    put("four")
    stream.error = error
    put("five")
    output.close()

    assert stream.getvalue().splitlines() == ["one", "2 lines lost", "four"]
    alert = f"seam-sandbox: the output cannot be written: {reason}. Requests are answered all the same."
    assert alerts.getvalue().splitlines() == [alert, alert, "seam-sandbox: 1 lines of output were not written."]


def test_vital_line_goes_where_it_can_be_read():
    """What a user has to know comes on the other stream, when the first one fails."""
    alerts = io.StringIO()
    output = Output(None, alerts, str)

    output.put("url", vital=True)
    output.put("more")
    output.close()

    assert alerts.getvalue().splitlines() == [
        "seam-sandbox: the output cannot be written: it is closed. Requests are answered all the same.",
        "url",
        "seam-sandbox: 2 lines of output were not written.",
    ]


@pytest.mark.parametrize("alert", [None, Moody()])
def test_no_stream_at_all_is_no_failure(alert):
    """A program without any stream goes on."""
    if alert is not None:
        alert.error = OSError(errno.EIO, "Input/output error")
    output = Output(None, alert, str)

    output.put("url", vital=True)
    output.close()


def test_full_stream_for_alerts_holds_nobody_up(pipe):
    """An alert that would take time is left out."""
    os.set_blocking(pipe.stream.fileno(), False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(pipe.stream.fileno(), b"x" * 4096)
    os.set_blocking(pipe.stream.fileno(), True)
    output = Output(None, pipe.stream, str)

    output.put("url", vital=True)
    output.close()

    pipe.wake()
    assert "url" not in pipe.content()


def test_stream_that_does_not_block_is_waited_for(pipe):
    """Somebody who shares the pipe, Node for one, may have set it so that it does not block."""
    os.set_blocking(pipe.stream.fileno(), False)
    writer = threading.Thread(target=write, args=(pipe.stream, "x" * 300_000))
    writer.start()
    pipe.wake()
    writer.join(30)

    assert pipe.content() == "x" * 300_000 + "\n"


@pytest.mark.parametrize(
    ("encoding", "line", "written"),
    [
        ("ascii", "Tür 🔑", b"T\\xfcr \\U0001f511\n"),
        ("cp1252", "Tür 🔑", b"T\xfcr \\U0001f511\n"),
        ("utf-8", "Tür \ud800", "Tür \\ud800\n".encode()),
    ],
)
def test_characters_that_do_not_fit_are_escaped(encoding, line, written):
    """A narrow encoding loses no line."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w", encoding=encoding) as stream:
        write(stream, line)
    with os.fdopen(reading, "rb") as end:
        assert end.read() == written


class Screen(Moody):
    """A terminal whose width is not known."""

    def isatty(self):
        return True


def test_status_line_takes_the_place_of_the_one_before():
    screen = Screen()
    with StatusLine(screen) as line:
        line.show("1 of 2")
        line.show("2 of 2")
        line.clear()

    assert screen.getvalue() == "\r\x1b[K1 of 2\r\x1b[K2 of 2\r\x1b[K"


def test_status_line_that_was_never_shown_writes_nothing():
    screen = Screen()
    with StatusLine(screen):
        pass

    assert screen.getvalue() == ""


def test_status_line_is_for_terminals():
    """A file gets no codes, and a program without streams does not fail."""
    for stream in (file := io.StringIO(), None):
        with StatusLine(stream) as line:
            line.show("1 of 2")

    assert file.getvalue() == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [("x" * 100, "x" * 79), ("鍵" * 50, "鍵" * 39), ("a\nb\x1b[2J", r"a\nb\x1b[2J"), ("Tür", "Tür")],
)
def test_status_line_stays_in_one_line(text, shown):
    """A line that is wrapped, or moves the cursor, could not be taken away."""
    screen = Screen()

    StatusLine(screen).show(text)

    assert screen.getvalue() == f"\r\x1b[K{shown}"


@pytest.mark.parametrize("error", [OSError(errno.EIO, "it has gone"), UnicodeEncodeError("ascii", "ü", 0, 1, "narrow")])
def test_terminal_that_takes_no_status_line_is_no_error(error):
    screen = Screen()
    screen.error = error

    with StatusLine(screen) as line:
        line.show("1 of 2")
