"""Opens the doors of a building, and is honest about those that it cannot reach."""

from __future__ import annotations

from typing import Literal

from seam import Seam, SeamActionAttemptFailedError, SeamHttpApiError

Answer = Literal["open", "offline", "gone", "refused"]
State = Literal["ready", "offline", "gone"]

OFFLINE = {"device_disconnected", "hub_disconnected", "account_disconnected"}


class DoorService:
    """What the reception desk talks to."""

    def __init__(self, seam: Seam) -> None:
        self._seam = seam

    def unlock(self, door_id: str) -> Answer:
        """Open a door; "open" is said only when Seam confirms it."""
        try:
            self._seam.locks.unlock_door(device_id=door_id)
        except SeamActionAttemptFailedError as failure:
            return self._reason(failure.code)
        except SeamHttpApiError as error:
            if error.code != "device_not_found":
                raise
            return "gone"
        return "open"

    def board(self) -> dict[str, State]:
        """The state of each door by name, for the screen at the desk."""
        return {door.display_name: self._state(door.errors) for door in self._seam.locks.list()}

    def _state(self, errors: list) -> State:
        reasons = {self._reason(error.error_code) for error in errors}
        return "gone" if "gone" in reasons else "offline" if "offline" in reasons else "ready"

    def _reason(self, code: str) -> Answer:
        return "offline" if code in OFFLINE else "gone" if code == "device_removed" else "refused"
