"""The desk must never call a door open that it could not reach, and must see it come back."""

import pytest

from door_service.app import DoorService


@pytest.fixture
def service(seam_client):
    """The app under test, with the official SDK as in production."""
    return DoorService(seam_client)


def test_disconnected_door_is_offline_and_comes_back(service, seam_sandbox, sandbox_device):
    """A door that loses its connection is "offline" until it is connected again."""
    with seam_sandbox.disconnected(sandbox_device) as outage:
        during = service.unlock(sandbox_device.device_id)

    after = service.unlock(sandbox_device.device_id)

    assert (during, after) == ("offline", "open")
    assert [event.event_type for event in outage.events] == [
        "device.disconnected",
        "action_attempt.unlock_door.failed",
        "device.connected",
    ]


def test_door_behind_a_lost_hub_is_offline(service, seam_sandbox, sandbox_device):
    """A door whose hub is gone cannot be opened either."""
    with seam_sandbox.hub_disconnected(sandbox_device) as outage:
        during = service.unlock(sandbox_device.device_id)

    assert during == "offline"
    assert service.unlock(sandbox_device.device_id) == "open"
    outage.expect_event("device.disconnected", count=1, error_code="hub_disconnected")


@pytest.mark.seam(world="house")
def test_lost_account_takes_the_whole_board_offline(service, seam_sandbox):
    """When the login of the account is lost, every door of it shows as offline, and all of them come back."""
    before = service.board()
    account_id = seam_sandbox.client().connected_accounts.list()[0].connected_account_id

    with seam_sandbox.account_disconnected(account_id):
        during = service.board()

    assert before == {"FRONT DOOR": "ready", "BACK DOOR": "ready", "GARAGE": "ready"}
    assert during == {"FRONT DOOR": "offline", "BACK DOOR": "offline", "GARAGE": "offline"}
    assert service.board() == before


def test_removed_door_is_gone_and_not_merely_offline(service, seam_sandbox, sandbox_device):
    """A door that was taken out of its account is "gone": nobody should wait for it to come back by itself."""
    with seam_sandbox.removed(sandbox_device):
        during = service.unlock(sandbox_device.device_id)

    assert during == "gone"
    assert service.unlock(sandbox_device.device_id) == "open"


def test_door_that_never_was_is_gone(service):
    """An id that Seam does not know is "gone" too, and no crash."""
    answer = service.unlock("8d7e0b3a-4e43-4a2c-9f61-5b1d3c0a7e55")

    assert answer == "gone"


def test_offline_door_is_not_opened_behind_our_back(service, seam_sandbox, sandbox_device):
    """An attempt that failed stays failed: the lock does not turn when the connection is back."""
    with seam_sandbox.disconnected(sandbox_device):
        service.unlock(sandbox_device.device_id)

    seam_sandbox.expect_no_event("lock.unlocked", device_id=sandbox_device.device_id)
    assert seam_sandbox.get_device(sandbox_device).properties.locked is True
