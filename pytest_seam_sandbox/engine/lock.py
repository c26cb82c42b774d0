"""The lock of an app: who holds it last lets something happen afterwards, when nobody holds it any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


class Lock:
    """A reentrant lock. afterwards: called whenever a thread has let it go altogether; by that thread."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._depth = 0
        self.afterwards: Afterwards | None = None

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth = depth = self._depth - 1
        self._lock.release()
        if not depth and self.afterwards is not None:
            self.afterwards()

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Hold it without what happens afterwards."""
        with self._lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
