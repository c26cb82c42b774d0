"""What an app does most, by any version of the SDK that `pytest-seam-sandbox[sdk]` allows: see the session `sdk` of nox.

The rest of the suite is written for the newest version.
"""

import asyncio

import pytest
import seam
from seam import SeamActionAttemptFailedError, SeamHttpApiError
from seam.exceptions import SeamHttpInvalidInputError, SeamHttpUnauthorizedError

from pytest_seam_sandbox import seam_raises

needs_async = pytest.mark.skipif(not hasattr(seam, "AsyncSeam"), reason="the SDK is async since 3.5")


WAYS = {"in process": None, "intercepted": "seam_intercept", "served": "seam_environ"}


@pytest.fixture(params=WAYS)
def make(request, seam_sandbox):
    """Makes a client of a class of the SDK, which reaches the sandbox by each way in turn."""
    fixture = WAYS[request.param]
    if fixture is None:
        return lambda kind: seam_sandbox.client() if kind is seam.Seam else seam_sandbox.async_client()
    request.getfixturevalue(fixture)
    key = {"api_key": seam_sandbox.api_key} if fixture == "seam_intercept" else {}
    return lambda kind: kind(**key)


@pytest.fixture
def client(make):
    """The SDK of the app."""
    client = make(seam.Seam)
    yield client
    client.client.close()


def test_devices_are_read(client, sandbox_device):
    """One device and the list of them, as objects of the SDK."""
    one = client.devices.get(device_id=sandbox_device.device_id)
    listed = client.devices.list(limit=5)

    assert [device.device_id for device in listed] == [one.device_id] == [sandbox_device.device_id]
    assert one.properties.online is True


def test_action_attempts_end(client, sandbox_device):
    """A lock turns, and the attempt at an offline one fails with its error."""
    device_id = sandbox_device.device_id

    locked = client.locks.lock_door(device_id=device_id)
    client.devices.simulate.disconnect(device_id=device_id)

    assert locked.status == "success"
    with pytest.raises(SeamActionAttemptFailedError) as caught:
        client.locks.unlock_door(device_id=device_id)
    assert caught.value.code == "device_disconnected"


@pytest.mark.seam(action_attempts="poll")
def test_action_attempts_are_polled(seam_client, sandbox_device):
    """The SDK asks for the attempt again until it has ended; an app that does not wait has it pending."""
    pending = seam_client.locks.unlock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)
    ended = seam_client.locks.lock_door(device_id=sandbox_device.device_id)

    assert (pending.status, ended.status) == ("pending", "success")


def test_errors_are_those_of_the_sdk(client, seam_sandbox):
    """An unknown id, a wrong parameter and an unknown key are the exceptions of the SDK, with code and request id."""
    unknown = "00000000-0000-4000-8000-000000000000"

    with seam_raises("device_not_found", status_code=404) as caught:
        client.devices.get(device_id=unknown)
    with pytest.raises(SeamHttpInvalidInputError) as refused:
        client.devices.get(device_id="front-door")

    assert isinstance(caught.value, SeamHttpApiError)
    assert caught.value.request_id == seam_sandbox.requests[-2].request_id
    assert refused.value.code == "invalid_input"


def test_unknown_key_is_unauthorized(seam_sandbox):
    """A key of nobody is the SDK's own exception."""
    with pytest.raises(SeamHttpUnauthorizedError):
        seam_sandbox.client(api_key="seam_test1_of_nobody").devices.list()


def test_outage_comes_and_goes(client, seam_sandbox, sandbox_device):
    """Flags, errors and events of an outage, as the app sees them."""
    with seam_sandbox.disconnected(sandbox_device):
        offline = client.devices.get(device_id=sandbox_device.device_id)
    online = client.devices.get(device_id=sandbox_device.device_id)
    events = client.events.list(device_id=sandbox_device.device_id, since="2020-01-01T00:00:00.000Z")

    assert (offline.properties.online, online.properties.online) == (False, True)
    assert [error.error_code for error in offline.errors] == ["device_disconnected"]
    assert online.errors == []
    assert {"device.disconnected", "device.connected"} <= {event.event_type for event in events}


def test_phone_is_deactivated(client, seam_sandbox, sandbox_phone):
    """A phone that the app deactivates is gone, and its event is there."""
    assert [phone.device_id for phone in client.phones.list()] == [sandbox_phone.device_id]

    client.phones.deactivate(device_id=sandbox_phone.device_id)

    assert client.phones.list() == []
    seam_sandbox.expect_event("phone.deactivated", device_id=sandbox_phone.device_id, count=1)


def test_access_code_is_made(client, sandbox_device):
    """A code that is set on the device, by its name in the list."""
    made = client.access_codes.create(device_id=sandbox_device.device_id, name="Guest", code="1234")

    assert [code.access_code_id for code in client.access_codes.list(device_id=sandbox_device.device_id)] == [
        made.access_code_id
    ]
    assert (made.name, made.code) == ("Guest", "1234")


def test_fault_reaches_the_app(client, seam_sandbox, sandbox_device):
    """An answer with status 503 to a request that no version of the SDK repeats, and the next one is answered."""
    with (
        seam_sandbox.faults.fail("POST /locks/unlock_door", status=503),
        pytest.raises(SeamHttpApiError, match="told to answer 503"),
    ):
        client.locks.unlock_door(device_id=sandbox_device.device_id)

    assert client.locks.unlock_door(device_id=sandbox_device.device_id).status == "success"


@needs_async
def test_async_client(make, seam_sandbox, sandbox_device):
    """The async SDK reads, acts and fails as the other."""
    device_id = sandbox_device.device_id

    async def story():
        async with make(seam.AsyncSeam) as client:
            device = await client.devices.get(device_id=device_id)
            async with seam_sandbox.disconnected(sandbox_device):
                with pytest.raises(SeamActionAttemptFailedError):
                    await client.locks.unlock_door(device_id=device_id)
            return device.properties.online, (await client.locks.unlock_door(device_id=device_id)).status

    assert asyncio.run(story()) == (True, "success")
