"""The state machine for async apps: rules, checks and life cycle may be coroutines."""

import asyncio

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from seam import SeamActionAttemptFailedError

from pytest_seam_sandbox.stateful import AsyncSandboxMachine, devices, eventually, invariant, rule
from stateful.running import QUICK, failure_of, repeat, transcript_of


class AsyncDesk(AsyncSandboxMachine):
    """Unlocks in the background, and takes every answer for success."""

    removals = pending_attempts = False

    async def start(self):
        self.loop = asyncio.get_running_loop()
        self.seam = self.sandbox.async_client()
        self.opened = 0

    async def stop(self):
        await self.seam.close()

    async def unlock_one(self, device_id):
        await self.seam.locks.unlock_door(device_id=device_id, wait_for_action_attempt=False)
        return True

    @rule(device=devices)
    async def unlock(self, device):
        self.opened += await self.unlock_one(device.device_id)

    @invariant()
    async def says_the_truth(self):
        assert asyncio.get_running_loop() is self.loop
        assert self.opened == len([event for event in self.sandbox.events if event.event_type == "lock.unlocked"])


class CarefulAsyncDesk(AsyncDesk):
    """Unlocks in the background, and believes only what Seam confirms."""

    pending_attempts = True

    async def unlock_one(self, device_id):
        try:
            await self.seam.locks.unlock_door(device_id=device_id)
        except SeamActionAttemptFailedError:
            return False
        return True

    @eventually
    async def can_open_again(self):
        self.opened += await self.unlock_one(self.device("GARAGE").device_id)
        assert self.opened


def test_correct_async_app_survives():
    """Async rules, invariants and final checks run in one loop."""
    run_state_machine_as_test(CarefulAsyncDesk, settings=settings(QUICK, max_examples=25))


def test_wrong_async_app_is_found_and_repeated():
    """The printed test of an async machine is an ordinary test."""
    error = failure_of(AsyncDesk)

    assert "1. GARAGE loses its connection\n  2. unlock(device=GARAGE)\n" in transcript_of(error)
    with pytest.raises(AssertionError):
        repeat(error)


def test_start_that_fails_leaves_no_loop_open():
    """A failure in start closes what the machine opened; a forgotten loop would be a warning, and so an error."""

    class Stillborn(AsyncSandboxMachine):
        async def start(self):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Stillborn()
