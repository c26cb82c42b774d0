"""Live tests in a run of pytest: the API key is taken out of the environment, and given to workers of pytest-xdist.

Imports pytest and the standard library only; what changes the environment is loaded where a test is live.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .sandbox import Sandbox
    from .transports.live_environ import LiveEnviron
    from .watch import Watch

_KEY = "seam_live_key"
"""Under this name a worker finds the API key. Its environment is that of the run, without the key."""


class LiveRuns:
    """What the environment holds while tests are live: for the whole run, or for single tests."""

    def __init__(self, config: pytest.Config, watch: Watch) -> None:
        self._watch = watch
        self._handed: str | None = getattr(config, "workerinput", {}).pop(_KEY, None)
        self._environ: LiveEnviron | None = None
        self._put_back: Callable[[], None] = lambda: None

    def begin(self) -> LiveEnviron:
        """Take the key out of the environment. A run does so before the program under test is imported."""
        from .transports.live_environ import LiveEnviron
        from .watch import key_of_the_run

        environ = self._environ = LiveEnviron(os.environ, self._handed, key_of_the_run())
        self._handed = None
        environ.begin()
        self._put_back = environ.end
        self._watch.key = environ.key
        return environ

    def end(self) -> None:
        """Put the environment back."""
        self._watch.key = self._environ = None
        self._put_back()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the key to a worker of pytest-xdist, past its environment."""
        if self._environ is not None:
            node.workerinput[_KEY] = self._environ.key.for_a_worker()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: Any) -> None:
        """Forget what the worker has by now."""
        node.workerinput.pop(_KEY, None)

    @contextmanager
    def test(self, *, is_live: bool) -> Iterator[Callable[[Sandbox], AbstractContextManager[None]]]:
        """Inside the block, a live test runs, or one that is not; gives what leads the environment to its sandbox."""
        if not is_live:
            with self.set_aside():
                yield lambda _: nullcontext()
            return
        if self._environ is not None:
            yield self._environ.leading_to
            return
        try:
            yield self.begin().leading_to
        finally:
            self.end()

    def set_aside(self) -> AbstractContextManager[None]:
        """Inside the block, the environment leads to no live sandbox."""
        return nullcontext() if self._environ is None else self._environ.set_aside()
