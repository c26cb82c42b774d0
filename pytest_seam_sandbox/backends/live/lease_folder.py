"""The folder that tells the processes of one machine apart: a lock for each device, and the machine's own name."""

from __future__ import annotations

import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout

from ...engine.errors import SandboxError, is_for_the_test
from ...engine.real_time import wall_time

__tracebackhide__ = is_for_the_test


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
        """A name for the processes that share this folder's locks: the folder's own id, and the name of the host.

        The host is in it since a folder may be copied to another machine, in the image of a container for example.
        """
        file = self.folder / "machine"
        with self._in_words(), FileLock(self.folder / "machine.lock", thread_local=False):
            text = file.read_text("utf-8") if file.exists() else ""
            if not text:
                text = secrets.token_hex(8)
                file.write_text(text, "utf-8")
        return blake2b(f"{text} {platform.node()}".encode(), digest_size=8).hexdigest()

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
