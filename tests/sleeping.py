"""Other functions in place of those that sleep in real time, for a while."""

import asyncio
import inspect
import sys
import time
from contextlib import contextmanager
from importlib import import_module

import pytest

_KEEPERS = ("anyio._backends._asyncio", "anyio._backends._trio", "httpx_retries.retry")
"""Modules that take a sleep by its name when they are imported, and that libraries import late."""


@contextmanager
def sleeping(instead):
    """Inside the block, time.sleep, asyncio.sleep and trio.sleep call `instead` with the seconds.

    A module that is imported inside the block and keeps one of the replaced functions would have it for good, and break
    tests that come later; so that fails here, and says which one.
    """

    async def awaited(seconds, *_):
        instead(seconds)

    for name in _KEEPERS:
        import_module(name)
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", instead)
        patch.setattr(asyncio, "sleep", awaited)
        patch.setattr("trio.sleep", awaited)
        yield
    kept = [
        name
        for name in sorted(set(sys.modules) - before)
        for value in vars(sys.modules[name]).values()
        if inspect.isroutine(value) and value in (instead, awaited)
    ]
    assert not kept, f"{kept} keep a sleep that is for one test: add them to _KEEPERS in {__file__}"
