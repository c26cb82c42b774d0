"""The lock of an app: who holds it last lets something happen afterwards, when nobody holds it any more."""

from __future__ import annotations

from threading import RLock
from typing import Protocol


class Afterwards(Protocol):
    """What happens when the lock has been let go."""

    def __call__(self) -> None:
        """Do it; raises nothing."""
        ...

    def next_time(self, now: float) -> float | None:
        """When there will be something to do, in seconds since 1970; None when that is not known."""
        ...

    async def settled(self) -> None:
        """Wait for what it could only begin, because the event loop of the caller has to do it."""
        ...


class QuietLock:
    """A reentrant lock. depth: how often the thread that holds it has taken it."""

    def __init__(self) -> None:
        self.inner = RLock()
        self.depth = 0

    def __enter__(self) -> None:
        self.inner.acquire()
        self.depth += 1

    def __exit__(self, *_: object) -> None:
        self.depth -= 1
        self.inner.release()


class Lock:
    """A reentrant lock. afterwards: called whenever a thread has let it go altogether; by that thread.

    quietly: the same lock, without what happens afterwards.
    """

    def __init__(self) -> None:
        self.quietly = QuietLock()
        self._inner = self.quietly.inner
        self.afterwards: Afterwards | None = None

    def __enter__(self) -> None:
        self._inner.acquire()
        self.quietly.depth += 1

    def __exit__(self, *_: object) -> None:
        self.quietly.depth = depth = self.quietly.depth - 1
        self._inner.release()
        if not depth and self.afterwards is not None:
            self.afterwards()

    async def settled(self) -> None:
        """Wait for what happens afterwards on the running event loop."""
        if self.afterwards is not None:
            await self.afterwards.settled()
