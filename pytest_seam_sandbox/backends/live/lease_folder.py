"""The folder that tells the processes of one machine apart: a lock for each device, and the machine's own name."""

from __future__ import annotations

import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout

from ...engine.errors import SandboxError, is_for_the_test
from ...engine.real_time import wall_time

__tracebackhide__ = is_for_the_test

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class LeaseFolder:
    """The locks in a folder, which all processes of one machine share. Makes the folder.

    A lock belongs to a process and ends with it, however it ends.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "leases"
        with self._in_words():
            self.folder.mkdir(parents=True, exist_ok=True)

    def lock(self, workspace_id: str, device_id: str) -> FileLock | None:
        """The lock of a device, taken; None while another process or thread of this machine has it."""
        lock = FileLock(self._file(workspace_id, device_id), thread_local=False)
        with self._in_words():
            try:
                lock.acquire(blocking=False)
            except Timeout:
                return None
        return lock

    def is_locked(self, workspace_id: str, device_id: str) -> bool:
        """Whether some process of this machine has the lock of a device now."""
        if not self._file(workspace_id, device_id).exists():
            return False
        lock = self.lock(workspace_id, device_id)
        if lock is None:
            return True
        lock.release()
        return False

    def now(self) -> float:
        """Seconds since 1970, whatever libraries do with Python's clocks."""
        with self._in_words():
            return wall_time(self.folder / "now")

    def machine(self) -> str:
        """A name for the processes that share this folder's locks.

        A folder may be copied, by a cache of a CI server or in the image of a container: then its locks are others. So
        the name follows from the host, the start of its system and the very file too, of which a copy has another time
        of change. When one of these is new, other machines' rules hold for what this one has leased before.
        """
        file = self.folder / "machine"
        with self._in_words(), FileLock(self.folder / "machine.lock", thread_local=False):
            text = file.read_text("utf-8") if file.exists() else ""
            if not text:
                text = secrets.token_hex(8)
                file.write_text(text, "utf-8")
            found = file.stat()
        facts = (text, platform.node(), _boot(), found.st_dev, found.st_ino, found.st_ctime_ns)
        return blake2b(repr(facts).encode(), digest_size=8).hexdigest()

    def _file(self, workspace_id: str, device_id: str) -> Path:
        return self.folder / f"{quote(workspace_id, safe='')} {quote(device_id, safe='')}.lock"

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (OSError, NotImplementedError) as error:
            raise SandboxError(
                f"the folder for leases {self.folder} cannot be used: {error}. Set live_folder to a folder on a disk "
                "of this machine in which you may write."
            ) from error


def _boot() -> str:
    """What tells this start of the system from others; "" where the system has no such thing."""
    with suppress(OSError):
        return _BOOT.read_text("ascii")
    return ""
