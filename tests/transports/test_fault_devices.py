"""The device that a fault is limited to: our model, the SDK's object, a JSON object, an id or a name."""

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError

UNLOCK = "/locks/unlock_door"
TWIN = "00000000-0000-4000-8000-000000000001"
LATER = "00000000-0000-4000-8000-000000000002"


@pytest.fixture
def sandbox():
    """The house, whose three doors have names, and a phone."""
    sandbox = Sandbox(world="house")
    sandbox.create_phone(nickname="Jo's phone")
    return sandbox


def statuses(sandbox, path, body):
    """What two requests get, the second about something else."""
    garage, front = sandbox.get_device("GARAGE"), sandbox.get_device("FRONT DOOR")
    with sandbox.http() as http:
        return [http.post(path, json=body(device)).status_code for device in (garage, front)]


def by_id(device):
    return {"device_id": device.device_id}


@pytest.mark.parametrize(
    "given",
    [
        lambda sandbox: sandbox.get_device("GARAGE"),
        lambda sandbox: sandbox.get_device("GARAGE").device_id,
        lambda sandbox: sandbox.client().devices.get(name="GARAGE"),
        lambda sandbox: by_id(sandbox.get_device("GARAGE")),
        lambda _sandbox: "GARAGE",
    ],
    ids=["model", "id", "SDK", "JSON", "name"],
)
def test_device_is_met_however_it_is_given(sandbox, given):
    """Requests about this device meet the fault, and no others."""
    with sandbox.faults.fail(UNLOCK, device=given(sandbox)):
        assert statuses(sandbox, UNLOCK, by_id) == [503, 200]


def test_phone_of_a_name(sandbox):
    """A phone is a device too."""
    phone = sandbox.get_phone("Jo's phone")
    with sandbox.faults.fail("/phones/get", device="Jo's phone"), sandbox.http() as http:
        assert http.post("/phones/get", json=by_id(phone)).status_code == 503


def test_second_of_a_name_and_a_further_workspace(sandbox):
    """Names are those of all workspaces of the server; of several that have it, one has to be chosen."""
    sandbox.create_device(name="GARAGE", device_id=TWIN)
    with pytest.raises(SandboxError, match=f"'GARAGE' of a device is not unique here: .*'{TWIN}'"):
        sandbox.faults.fail(UNLOCK, device="GARAGE")
    other = sandbox.create_workspace()
    cellar = other.create_device(name="CELLAR")

    with sandbox.faults.fail(UNLOCK, device="GARAGE #2"), sandbox.http() as http:
        assert http.post(UNLOCK, json={"device_id": TWIN}).status_code == 503
    with sandbox.faults.fail(UNLOCK, device="CELLAR"), other.http() as http:
        assert http.post(UNLOCK, json=by_id(cellar)).status_code == 503


def test_device_that_is_made_later(sandbox):
    """An id is taken that nothing has yet."""
    with sandbox.faults.fail(UNLOCK, device=LATER), sandbox.http() as http:
        sandbox.create_device(device_id=LATER)
        assert http.post(UNLOCK, json={"device_id": LATER}).status_code == 503
    lenient = Sandbox(strict_ids=False)
    lenient.faults.fail(UNLOCK, device="front-door", optional=True)


def test_unknown_name(sandbox):
    """A name that nothing has could never be met; nothing is set."""
    with pytest.raises(SandboxError, match="no device or phone 'GRAGE'.*GARAGE .*phones: Jo's phone"):
        sandbox.faults.fail(UNLOCK, device="GRAGE", times=None)

    assert sandbox.faults.all == []
