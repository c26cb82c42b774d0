"""The monitor must report each loss once, and each recovery once. The tests are plain pytest-asyncio tests."""

import pytest

from async_monitor.app import Monitor

pytestmark = [pytest.mark.asyncio, pytest.mark.seam(world="house")]


async def test_loss_and_recovery_are_each_reported_once(seam_sandbox, async_seam_client):
    """A door that goes offline is reported at the next look and not again; so is its return."""
    monitor = Monitor(async_seam_client)
    front_door = await async_seam_client.devices.get(name="FRONT DOOR")

    quiet = await monitor.look()
    async with seam_sandbox.disconnected(front_door):
        during = [await monitor.look(), await monitor.look()]
    after = [await monitor.look(), await monitor.look()]

    assert quiet == {}
    assert during == [{"FRONT DOOR": "offline"}, {}]
    assert after == [{"FRONT DOOR": "back"}, {}]


async def test_only_doors_that_can_be_reached_are_locked(seam_sandbox, async_seam_client):
    """With one of three doors offline, the two others are locked, at once, and none fails."""
    garage = await async_seam_client.devices.get(name="GARAGE")

    async with seam_sandbox.disconnected(garage) as outage:
        locked = await Monitor(async_seam_client).lock_all()

    assert locked == 2
    outage.expect_event("lock.locked", count=2)
    outage.expect_no_event("action_attempt.lock_door.failed")
