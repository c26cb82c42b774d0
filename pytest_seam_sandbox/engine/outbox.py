"""What is ready to leave a workspace."""

from __future__ import annotations

from typing import Any


class Outbox:
    """Messages that are ready to leave a workspace, oldest first. Part of its state, as its events are.

    seen: the number of the last event for which there are messages, if there had to be any.
    """

    def __init__(self) -> None:
        self.seen = 0
        self.ready: tuple[Any, ...] = ()

    def add(self, message: object) -> None:
        """Add the newest message."""
        self.ready = (*self.ready, message)

    def take(self, message: object) -> None:
        """Take one message out."""
        self.ready = tuple(one for one in self.ready if one is not message)

    def clear(self) -> None:
        """Forget all messages."""
        self.ready = ()

    def snapshot(self) -> tuple[int, tuple[Any, ...]]:
        """The present state, to be given to `restore`."""
        return self.seen, self.ready

    def restore(self, state: tuple[int, tuple[Any, ...]]) -> None:
        """Go back to what `snapshot` gave."""
        self.seen, self.ready = state
