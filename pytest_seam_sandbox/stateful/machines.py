"""The state machines that a test derives its own from: one for apps that wait for answers, one for async apps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any

from .machine import Machine


class SandboxMachine(Machine):
    """A Hypothesis state machine with rules for every outage, its recovery, time and faults.

    Subclass it, build the app in `start`, add rules and invariants with the decorators of
    `pytest_seam_sandbox.stateful`, and give pytest the `TestCase`. `self.sandbox` is fresh in each run, its clock
    stands and moves by rules, faults and waits of the SDK only. In some runs action attempts are pending at first
    (switch `pending_attempts`), unless sandbox_settings say how they end. Invariants of Seam are checked after each
    step. At the end of each run, and wherever a rule of yours calls it, everything heals (`quiesce`), `catch_up` lets
    the app notice, and what is marked `eventually` has to hold.

    world, device_types, phone_count: what is there at the start; sandbox_settings: further arguments of Sandbox. The
    switches turn rules off; faults: the requests that may meet faults, such as ("POST /locks/unlock_door",), none by
    default; fault_kinds: which faults. access_codes: make access codes as well.
    webhooks: events reach the webhooks that `start` makes when a rule delivers them, in any order and also twice, and
    at the latest when everything heals; lost_webhooks: some never arrive.
    A fault lasts until the program has seen it. After "rate_limit", a program that comes back too early fails the run.
    A failing run says what happened, and has a plain test that repeats it, as a note of its exception.
    """

    def start(self) -> None:
        """Build the app under test; `self.sandbox` is there, with all devices and phones."""

    def catch_up(self) -> None:
        """Let the app notice that everything is healed, before what is marked `eventually` is checked."""

    def stop(self) -> None:
        """Let go of what `start` opened."""


class AsyncSandboxMachine(Machine):
    """A SandboxMachine whose `start`, `catch_up`, `stop`, rules and checks may be `async def`.

    All of them run in one event loop of the machine's own, one after the other.
    """

    def start(self) -> Awaitable[None] | None:
        """Build the app under test; `self.sandbox` is there, with all devices and phones."""

    def catch_up(self) -> Awaitable[None] | None:
        """Let the app notice that everything is healed, before what is marked `eventually` is checked."""

    def stop(self) -> Awaitable[None] | None:
        """Let go of what `start` opened."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        try:
            super().__init__()
        except BaseException:
            self._runner.close()
            raise

    def call_function(self, function: Callable[..., Any], **arguments: Any) -> Any:
        """Call a function of the class, async or not."""
        if iscoroutinefunction(function):
            return self._runner.run(function(self, **arguments))
        return super().call_function(function, **arguments)

    def _end(self) -> None:
        super()._end()
        self._runner.close()
