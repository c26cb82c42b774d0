"""The official SDK with the stand-in for the fake, as its own test suite uses it."""

import threading

import pytest
from seam import Seam, SeamHttpApiError
from seam.exceptions import SeamActionAttemptFailedError, SeamActionAttemptTimeoutError


@pytest.fixture
def seam(fake):
    seam = Seam(api_key="seam_apikey1_token", endpoint=fake.url)
    yield seam
    seam.client.close()


def test_waits_for_an_attempt_by_default(seam):
    """unlock_door gives the attempt when it has succeeded."""
    assert seam.locks.unlock_door(device_id="august_device_1").status == "success"


def test_waits_until_somebody_ends_the_attempt(seam, fake):
    """An attempt that is held pending is waited for."""
    attempt = seam.locks.unlock_door(device_id="august_device_1", wait_for_action_attempt=False)
    about = {"action_attempt_id": attempt.action_attempt_id}
    fake.update(about, status="pending")
    timer = threading.Timer(0.2, fake.update, [about], {"status": "success"})
    timer.start()

    found = seam.action_attempts.get(action_attempt_id=attempt.action_attempt_id, wait_for_action_attempt=True)

    timer.join()
    assert found.status == "success"


def test_raises_when_the_attempt_fails(seam, fake):
    """The error that was set reaches the program as SeamActionAttemptFailedError."""
    attempt = seam.locks.unlock_door(device_id="august_device_1", wait_for_action_attempt=False)
    about = {"action_attempt_id": attempt.action_attempt_id}
    fake.update(about, status="error", error={"type": "foo", "message": "Failed"})

    with pytest.raises(SeamActionAttemptFailedError, match="Failed") as caught:
        seam.action_attempts.get(**about, wait_for_action_attempt=True)

    assert caught.value.code == "foo"


def test_times_out_while_the_attempt_is_pending(seam, fake):
    """The attempt that is held pending is that of the error."""
    attempt = seam.locks.unlock_door(device_id="august_device_1", wait_for_action_attempt=False)
    about = {"action_attempt_id": attempt.action_attempt_id}
    fake.update(about, status="pending")

    with pytest.raises(SeamActionAttemptTimeoutError) as caught:
        seam.action_attempts.get(**about, wait_for_action_attempt={"timeout": 0.1, "polling_interval": 0.05})

    assert caught.value.action_attempt == attempt


def test_unknown_device(seam):
    """404 with the request id of the fake."""
    with pytest.raises(SeamHttpApiError) as caught:
        seam.devices.get(device_id="unknown-device")

    assert (caught.value.status_code, caught.value.code) == (404, "device_not_found")
    assert caught.value.request_id.startswith("request")


def test_access_token(fake):
    """A personal access token with a workspace."""
    seam = Seam(personal_access_token="seam_at1_longtoken", workspace_id="seed_workspace_1", endpoint=fake.url)

    count = len(seam.devices.list())
    seam.client.close()
    assert count == 5
