"""Lines for the standard streams: where nobody reads them, no program waits or fails because of it."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import select
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Self, TextIO
from unicodedata import east_asian_width

_MOST = 1_000_000  # characters that may wait to be written
_STANDSTILL = 1.0  # seconds without progress after which `close` gives up; a busy machine is not asleep
_SLICE = 4096  # bytes that a pipe takes at once or not at all
_WIDTH = 80  # columns of a terminal that does not say how many it has


class Output:
    """Writes lines to a stream in a thread of its own, each whole and in order. Close it at the end.

    stream: None where there is none. alert: a stream for what goes wrong with it. describe: the line that says how many
    lines were not written; it is written as soon as the stream works again, or to `alert` at the end.

    Lines that cannot be written, because the disk is full or the reader has gone, and lines for which there is no room,
    because the reader sleeps, are lost and counted.
    """

    def __init__(self, stream: TextIO | None, alert: TextIO | None, describe: Callable[[int], str]) -> None:
        self._stream = stream
        self._alert = alert
        self._describe = describe
        self._lines: deque[tuple[str, bool]] = deque()
        self._waiting = 0
        self._lost = 0
        self._progress = 0
        self._has_failed = False
        self._is_closing = False
        self._news = Condition()
        self._thread = Thread(target=self._run, daemon=True, name="seam-sandbox output")
        self._thread.start()

    def put(self, line: str, *, vital: bool = False) -> None:
        """Have a line written; it has no end yet. vital: a line that goes to `alert` when it cannot be written."""
        with self._news:
            if self._waiting + len(line) > _MOST:
                self._lost += 1
                return
            self._lines.append((line, vital))
            self._waiting += len(line)
            self._news.notify()

    def close(self) -> None:
        """Wait until all lines have been written, as long as there is progress; then tell how many were not."""
        with self._news:
            self._is_closing = True
            self._news.notify()
        before = -1
        while self._thread.is_alive() and self._progress != before:
            before = self._progress
            self._thread.join(_STANDSTILL)
        with self._news:
            lost = self._lost + len(self._lines) + self._thread.is_alive()
            self._lines.clear()
        if lost:
            self.tell(f"seam-sandbox: {lost} lines of output were not written.")

    def _run(self) -> None:
        while (taken := self._next()) is not None:
            line, vital, lost = taken
            try:
                if lost:
                    write(self._stream, self._describe(lost))
                    lost = 0
                write(self._stream, line)
            except (OSError, ValueError) as error:
                with self._news:
                    self._lost += lost + 1
                self._complain(error, line if vital else None)
            else:
                self._has_failed = False
            self._progress += 1

    def _next(self) -> tuple[str, bool, int] | None:
        """The next line, whether it is vital, and how many were lost before it; None at the end."""
        with self._news:
            while not self._lines and not self._is_closing:
                self._news.wait()
            if not self._lines:
                return None
            line, vital = self._lines.popleft()
            self._waiting -= len(line)
            lost, self._lost = self._lost, 0
            return line, vital, lost

    def _complain(self, error: Exception, line: str | None) -> None:
        if not self._has_failed:
            reason = (error.strerror if isinstance(error, OSError) else None) or error
            self.tell(f"seam-sandbox: the output cannot be written: {reason}. Requests are answered all the same.")
        self._has_failed = True
        if line is not None:
            self.tell(line)

    def tell(self, text: str) -> None:
        """Write a line to the stream for what goes wrong, unless that would take time or fail, too."""
        with contextlib.suppress(OSError, ValueError):
            if _takes_more(self._alert):
                write(self._alert, text)


class StatusLine:
    """One line on a terminal that says how far something is, shown over and over. Clear it at the end.

    Where the stream is no terminal, nothing is written. A terminal that takes no text is no error.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None
        self._is_shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, text: str) -> None:
        """Show a text in place of the one before, as far as there is room."""
        if self._stream is not None:
            self._is_shown = self._draw(text, self._stream)

    def clear(self) -> None:
        """Take the line away, if it is there."""
        if self._is_shown and self._stream is not None:
            self._draw("", self._stream)
            self._is_shown = False

    def codes(self, text: str, width: int) -> str:
        """What the terminal gets for a text. width: how many columns it has; "" where it can show none now."""
        return f"\r\x1b[K{_cut(text, width - 1)}"

    def _draw(self, text: str, stream: TextIO) -> bool:
        """Whether something was written."""
        codes = self.codes(text, _width(stream))
        with contextlib.suppress(OSError, ValueError):
            stream.write(codes)
            stream.flush()
        return bool(codes)


def write(stream: TextIO | None, line: str) -> None:
    """Write a line, with its end, past the buffer of the stream. Raises OSError or ValueError where it cannot be.

    Characters that the stream cannot encode are escaped. A buffer would keep what could not be written, and fail once
    more at the end of the program.
    """
    if stream is None:
        raise OSError(errno.EBADF, "it is closed")
    encoding = getattr(stream, "encoding", None) or "utf-8"
    data = f"{line}\n".encode(encoding, "backslashreplace")
    number = _file_number(stream)
    if number is None:
        stream.write(data.decode(encoding))
        stream.flush()
        return
    while data:
        try:
            data = data[os.write(number, data[:_SLICE]) :]
        except BlockingIOError:  # whoever shares the stream has set it so
            select.select([], [number], [])


def _file_number(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except io.UnsupportedOperation:
        return None


def _takes_more(stream: TextIO | None) -> bool:
    number = None if stream is None else _file_number(stream)
    return number is None or bool(select.select([], [number], [], 0)[1])


def _width(terminal: TextIO) -> int:
    try:
        return os.get_terminal_size(terminal.fileno()).columns or _WIDTH
    except OSError:
        return _WIDTH


def _cut(text: str, width: int) -> str:
    """As much of a text as has room; what would move the cursor is escaped."""
    kept = []
    for character in text:
        shown = character if character.isprintable() else ascii(character)[1:-1]
        width -= sum(2 if east_asian_width(one) in "WF" else 1 for one in shown)
        if width < 0:
            break
        kept.append(shown)
    return "".join(kept)
