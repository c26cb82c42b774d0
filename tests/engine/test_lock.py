"""The lock of an app: what happens afterwards happens once, when nobody holds it any more."""

import asyncio
from threading import Thread

from pytest_seam_sandbox.engine.lock import Lock


class Afterwards:
    """Counts, and notes whether another thread can take the lock meanwhile."""

    def __init__(self, lock):
        self.lock, self.free, self.waits = lock, [], 0

    def __call__(self):
        got = []

        def take():
            with self.lock.quietly:
                got.append(True)

        thread = Thread(target=take, daemon=True)
        thread.start()
        thread.join(5)
        self.free.append(bool(got))

    async def settled(self):
        self.waits += 1


def test_it_happens_when_the_lock_is_let_go_altogether():
    """Not where an inner block ends; also where the block raises."""
    lock = Lock()
    with lock:
        pass  # nothing happens as long as there is nothing
    lock.afterwards = Afterwards(lock)

    with lock:
        with lock:
            pass
        assert lock.afterwards.free == []
    assert lock.afterwards.free == [True]
    try:
        with lock:
            raise LookupError
    except LookupError:
        assert lock.afterwards.free == [True, True]


def test_it_can_be_held_quietly():
    """Then nothing happens; an ordinary block inside is no last one."""
    lock = Lock()
    lock.afterwards = Afterwards(lock)

    with lock.quietly, lock:
        pass

    assert lock.afterwards.free == []


def test_it_is_waited_for():
    """By code of an event loop."""
    lock = Lock()
    asyncio.run(lock.settled())
    lock.afterwards = Afterwards(lock)

    asyncio.run(lock.settled())

    assert lock.afterwards.waits == 1
