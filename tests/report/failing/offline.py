"""An app that unlocks a door and does not look at how the attempt ended: it says "unlocked" while the lock is offline."""

import pytest


class DoorService:
    """The app."""

    def __init__(self, seam):
        self._seam = seam

    def unlock(self, device_id):
        """Unlock a door; what the guest is told."""
        self._seam.locks.unlock_door(device_id=device_id, wait_for_action_attempt=False)
        return "unlocked"


@pytest.mark.seam(world="house")
def test_guest_is_told_that_the_door_is_offline(seam_sandbox, seam_client):
    """The guest in front of the door has to know."""
    app, door = DoorService(seam_client), seam_sandbox.get_device("FRONT DOOR")
    assert app.unlock(door.device_id) == "unlocked"

    with seam_sandbox.disconnected(door):
        seam_sandbox.clock.advance(60)
        assert app.unlock(door.device_id) == "offline"
