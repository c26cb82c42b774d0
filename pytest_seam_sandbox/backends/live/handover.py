"""When a device was given back last on this machine, so that the next sandbox knows which late events are not its own.

Seam's clock is known by the dates of its answers, which have whole seconds. A device that was given back within the
last second is waited for, and those come first that have rested for long.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

RESOLUTION = 1.0
"""Seconds by which the true time may be later than what the date of an answer says."""


class Handover:
    """The times in a folder, in seconds since 1970 on Seam's clock."""

    def __init__(self, folder: Path, workspace_id: str) -> None:
        self._folder = folder / "handover"
        self._workspace = quote(workspace_id, safe="")

    def given_back(self, device_id: str, at: float) -> None:
        """A device is given back now; at: by the date of an answer."""
        with suppress(OSError):  # then late events may be taken for those of the next sandbox
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file(device_id).write_text(repr(at + RESOLUTION), "ascii")

    def last(self, device_id: str) -> float:
        """The time before which all is over that its last holder has done; 0 when nobody had it."""
        with suppress(OSError, ValueError):
            return float(self._file(device_id).read_text("ascii"))
        return 0.0

    def _file(self, device_id: str) -> Path:
        return self._folder / f"{self._workspace} {quote(device_id, safe='')}"
