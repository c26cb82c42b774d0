"""What a live backend needs of its parts: the connection, the journal, the leases."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from .recording import WayOut


class Line(Protocol):
    """The connection to the workspace, which lets writes through once it is proved to be a sandbox."""

    @property
    def endpoint(self) -> str:
        """The base URL."""
        ...

    @property
    def stand_in_key(self) -> str:
        """The key that clients get in place of the true one."""
        ...

    @property
    def refused(self) -> list[Exception]:
        """What was refused to the program under test, to be told in the test."""
        ...

    @property
    def is_forked(self) -> bool:
        """Whether this process was forked from the one to which it belongs."""
        ...

    def now(self) -> float:
        """Seconds since 1970 on Seam's clock."""
        ...

    def tell_time(self, at: float) -> None:
        """What Seam says of the time, in seconds since 1970: it is not earlier now."""
        ...

    def close(self) -> None:
        """Give back the sockets."""
        ...


class Undoing(Protocol):
    """Sends what the sandbox changes itself, and undoes all that was changed through it."""

    def send(self, path: str, body: bytes) -> tuple[int, bytes]:
        """POST JSON to a path; status and body of the answer."""
        ...

    def undo(self) -> list[str]:
        """Undo all changes, the latest first; what could not be undone."""
        ...

    def close(self) -> None:
        """Let go of the journal."""
        ...


class Leasing(Protocol):
    """Devices that are this sandbox's alone for a while."""

    def lease(self, *, device_type: str | None = None, flags: Collection[str] = (), deadline: float = 30.0) -> str:
        """Take a device; its id."""
        ...

    def release(self, device_id: str | None = None) -> None:
        """Give back a device, or all."""
        ...


__all__ = ["Leasing", "Line", "Undoing", "WayOut"]
