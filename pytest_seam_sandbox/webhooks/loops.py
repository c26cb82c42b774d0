"""The event loop on which the asynchronous code of the program under test runs."""

from __future__ import annotations

import asyncio
import sys
import weakref
from collections.abc import Callable, Coroutine
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class Home:
    """One loop for all: that of the test, as soon as one is running there, else one of our own."""

    def __init__(self) -> None:
        self._met: asyncio.AbstractEventLoop | None = None
        self._own: asyncio.AbstractEventLoop | None = None

    def running(self) -> asyncio.AbstractEventLoop | None:
        """The loop of the test, if it runs, in this thread or in another one; None when ours has to do."""
        try:
            current = asyncio.get_running_loop()
        except RuntimeError:
            current = None
        if current is not None and current is not self._own and (self._met is None or not self._met.is_running()):
            self._met = current
        return self._met if self._met is not None and self._met.is_running() else None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work on our own loop."""
        if self._own is None or self._own.is_closed():
            self._own = asyncio.new_event_loop()
            weakref.finalize(self, self._own.close)
        return self._own.run_until_complete(work)

    @property
    def has_own(self) -> bool:
        """Whether our own loop is open."""
        return self._own is not None and not self._own.is_closed()

    def close(self) -> None:
        """End our own loop, if there is one."""
        if self._own is None or self._own.is_closed():
            return
        left = asyncio.all_tasks(self._own)
        for task in left:
            task.cancel()
        if left:
            self._own.run_until_complete(asyncio.wait(left))
        self._own.run_until_complete(self._own.shutdown_asyncgens())
        self._own.close()


def outside_of_trio(work: Callable[[], object]) -> None:
    """Do the work: in another thread where trio runs in this one, since code of asyncio cannot run inside of it."""
    trio = sys.modules.get("trio")
    if trio is None or not trio.lowlevel.in_trio_run():
        work()
        return
    thread = Thread(target=work, name="seam-sandbox webhooks")
    thread.start()
    thread.join()
