"""What a live sandbox is about to change, on disk before it changes it, so that the next start can undo it.

One file for each process, in JSON lines, readable by its owner alone. Whoever writes a journal holds its lock; the
system releases it when the process ends, however it ends. The key is never in it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from filelock import FileLock, Timeout
from pydantic_core import from_json, to_json

from ...engine.errors import SandboxError, is_for_the_test, quoted, shortened

__tracebackhide__ = is_for_the_test

VERSION = 1
_FOLDER = "journals"
_OWNER_ONLY, _OWNER_ONLY_FOLDER = 0o600, 0o700


@dataclass
class Change:
    """One write.

    at: when it left, in seconds since 1970 on Seam's clock, or for a lease on this machine's; 0 if Seam's was not known
    yet. known: what was found before it and is needed to undo it.
    made: what the answer told; None until then. over: why nothing is left to be undone; None while something is.
    """

    number: int
    path: str
    at: float
    known: dict[str, Any]
    made: dict[str, Any] | None = None
    over: str | None = None


class Header(NamedTuple):
    """Whose journal it is."""

    workspace_id: str
    endpoint: str
    pid: int
    host: str
    begun: str


@dataclass
class Content:
    """What stands in a journal. problems: what cannot be read in it, and what to do."""

    header: Header | None = None
    changes: list[Change] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class JournalFailed(SandboxError):
    """The journal cannot be written or read."""


class Journal:
    """The journal of a process for one workspace; a file from the first change until all of them are undone."""

    def __init__(self, folder: Path, *, workspace_id: str, endpoint: str) -> None:
        self.changes: list[Change] = []
        self._folder = folder / _FOLDER
        self._header = Header(workspace_id, endpoint, os.getpid(), socket.gethostname(), _now())
        self._file: _File | None = None
        self._numbers = count(1)

    @property
    def path(self) -> Path | None:
        """Where it is; None while nothing was written."""
        return None if self._file is None else self._file.path

    def intend(self, path: str, at: float, known: dict[str, Any]) -> Change:
        """Note a write that is about to leave. Raises JournalFailed when it cannot be noted: then it must not leave."""
        if self._file is None:
            self._file = _new_file(self._folder, self._header)
        change = Change(next(self._numbers), path, at, known)
        self._file.write({"n": change.number, "path": path, "at": at, "known": known})
        self.changes.append(change)
        return change

    def answered(self, change: Change, made: dict[str, Any]) -> None:
        """Note what the answer told."""
        change.made = made
        self._write({"n": change.number, "made": made})

    def over(self, change: Change, why: str) -> None:
        """Note that nothing is left to be undone of a change. When that is so of all, the file goes."""
        change.over = why
        if any(each.over is None for each in self.changes):
            self._write({"n": change.number, "over": why})
        else:
            self.close()

    def close(self) -> None:
        """Let go of the file. It is deleted if all that it tells is over."""
        if self._file is not None:
            self._file.close(is_over=all(change.over is not None for change in self.changes))
            self._file = None
        self.changes = [change for change in self.changes if change.over is None]

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(line)


class Leftover(NamedTuple):
    """The journal of a process that is gone. It is locked by this process until `done` or `keep`."""

    path: Path
    content: Content
    file: _File

    @property
    def changes(self) -> list[Change]:
        """What is left to be undone, oldest first."""
        return [change for change in self.content.changes if change.over is None]

    def over(self, change: Change, why: str) -> None:
        """Note that nothing is left to be undone of a change."""
        change.over = why
        self.file.write({"n": change.number, "over": why})

    def answered(self, change: Change, made: dict[str, Any]) -> None:
        """Note what was found out about a change."""
        change.made = made
        self.file.write({"n": change.number, "made": made})

    def let_go(self) -> None:
        """Unlock it; delete it if nothing is left to be undone and all of it could be read."""
        self.file.close(is_over=not self.changes and not self.content.problems)


def leftovers(folder: Path) -> Iterator[Leftover]:
    """The journals of processes that are gone, oldest first. Each has to be let go.

    Raises JournalFailed for a folder that cannot be read.
    """
    for path in _journals(folder):
        lock = _held(path)
        if lock is None:
            continue
        if path.exists():
            yield Leftover(path, read(path), _File(path, lock))
        else:  # its process, or another start, has just done with it
            lock.release()


def in_use(folder: Path) -> list[Content]:
    """What the journals tell whose processes live."""
    found = []
    for path in _journals(folder):
        lock = _lock_of(path)
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            found.append(read(path))
        else:
            lock.release()
    return found


def read(path: Path) -> Content:
    """What stands in a journal, as far as it can be read."""
    content = Content()
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        content.problems.append(f"the journal {path} cannot be read: {error.strerror}. Give its owner the right to.")
        return content
    changes: dict[int, Change] = {}
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            _read_line(from_json(line), content, changes)
        except (ValueError, KeyError, TypeError) as error:
            is_last = number == len(lines)
            content.problems.append(_problem(path, number, line, error, is_last=is_last))
    content.changes = list(changes.values())
    if len([line for line in lines if line]) <= 1 and content.header is None:
        content.problems = []  # its process stopped before the first change
    elif content.header is None:
        content.problems.append(
            f"the journal {path} does not say of which workspace it is. Look in it, undo by hand what it tells, and "
            "delete it."
        )
    return content


class _OtherVersion(ValueError):
    """A line that another release wrote."""


def _read_line(line: dict[str, Any], content: Content, changes: dict[int, Change]) -> None:
    if "journal" in line:
        if line["journal"] != VERSION:
            raise _OtherVersion(str(line["journal"]))
        content.header = Header(**{name: value for name, value in line.items() if name != "journal"})
    elif "path" in line:
        changes[line["n"]] = Change(line["n"], str(line["path"]), float(line["at"]), dict(line["known"]))
    elif "made" in line:
        changes[line["n"]].made = _made(dict(line["made"]))
    else:
        changes[line["n"]].over = str(line["over"])


def _made(told: dict[str, Any]) -> dict[str, Any]:
    """What is known of what was made. Raises TypeError where its ids are none."""
    for name in ("ids", "keys"):
        found = told.get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise TypeError(name)
    return told


def _problem(path: Path, number: int, line: bytes, error: Exception, *, is_last: bool) -> str:
    where = f"line {number} of the journal {path}"
    if isinstance(error, _OtherVersion):
        return (
            f"{where} is of version {quoted(str(error))}, and this release reads {VERSION}. Run seam-sandbox heal of "
            "the release that wrote it."
        )
    if is_last:
        return (
            f"{where} ends in the middle: the process or the machine stopped there, or something cut the file. What "
            "the lines before it tell is undone; look in the workspace for what came later, and delete the file."
        )
    return (
        f"{where} cannot be read: {quoted(shortened(line.decode('utf-8', 'replace'), 80))}. Undo by hand what it "
        "tells, and delete the file."
    )


class _File:
    """A journal that is open for writing, and locked."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self.path = path
        self._lock = lock
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        try:
            self._descriptor = os.open(path, flags, _OWNER_ONLY)
            self._size = os.fstat(self._descriptor).st_size
            self._is_cut = self._size > 0 and not path.read_bytes().endswith(b"\n")
        except OSError as error:
            lock.release()
            _fail(f"the journal {path} cannot be written", error)

    def write(self, line: dict[str, Any]) -> None:
        """Append a line; when this returns, it is on the disk. A line that does not fit leaves nothing behind."""
        data = (b"\n" if self._is_cut else b"") + to_json(line) + b"\n"
        try:
            if os.write(self._descriptor, data) < len(data):
                raise OSError(28, "No space left on device")
            os.fsync(self._descriptor)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            _fail(f"the journal {self.path} cannot be written", error)
        self._size += len(data)
        self._is_cut = False

    def close(self, *, is_over: bool) -> None:
        """Unlock it, and delete it if it is over."""
        os.close(self._descriptor)
        if is_over:
            self.path.unlink(missing_ok=True)
        self._lock.release()
        if is_over:
            with suppress(OSError):
                Path(self._lock.lock_file).unlink()


def _new_file(folder: Path, header: Header) -> _File:
    try:
        folder.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        _fail(f"the folder {folder} for journals cannot be made", error)
    path, lock = _free_place(folder, f"{header.begun.replace(':', '')}-{header.pid}")
    file = _File(path, lock)
    try:
        file.write({"journal": VERSION, **header._asdict()})
    except JournalFailed:
        file.close(is_over=True)
        raise
    return file


def _held(path: Path) -> FileLock | None:
    """The lock of a journal, held from now on; None where another process holds it."""
    lock = _lock_of(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    except OSError as error:
        _fail(f"the journal {path} cannot be locked", error)
    return lock


def _free_place(folder: Path, name: str) -> tuple[Path, FileLock]:
    """A path that no journal has, and its lock, which is held."""
    number = 0
    while True:
        number += 1
        path = folder / f"{name}-{number}.jsonl"
        lock = _held(path)
        if lock is None:
            continue
        if not path.exists():
            return path, lock
        lock.release()


def _lock_of(path: Path) -> FileLock:
    return FileLock(path.with_suffix(".lock"), mode=_OWNER_ONLY, thread_local=False)


def _journals(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in (folder / _FOLDER).iterdir() if path.suffix == ".jsonl")
    except FileNotFoundError:
        return []
    except OSError as error:
        _fail(f"the folder {folder / _FOLDER} of the journals cannot be read", error)


def _fail(what: str, error: OSError) -> NoReturn:
    raise JournalFailed(
        f"{what}: {error.strerror or error}. No change leaves that could not be undone. See to it, or name another "
        "folder in live_folder."
    ) from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").removesuffix("+00:00")
