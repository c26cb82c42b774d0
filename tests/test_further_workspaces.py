"""Several workspaces with keys of their own in one sandbox."""

import httpx
import pytest

from pytest_seam_sandbox import Sandbox, SandboxError, SandboxWorkspace

ID = "7c9f5a0e-3f2b-4c1d-8e6a-0b1c2d3e4f50"


def test_workspace_has_a_key_and_things_of_its_own(seam_sandbox, sandbox_device):
    """Each key reaches the devices of its workspace, and no other."""
    other = seam_sandbox.create_workspace(name="Second")
    lock = other.create_device(name="Shed")

    assert isinstance(other, SandboxWorkspace)
    assert other.api_key.startswith("seam_test")
    assert [device.device_id for device in other.client().devices.list()] == [lock.device_id]
    assert [device.device_id for device in seam_sandbox.client().devices.list()] == [sandbox_device.device_id]
    assert other.client().workspaces.get().name == "Second"
    assert lock.workspace_id == other.workspace_id != seam_sandbox.workspace_id


def test_outage_and_expectations_are_about_the_workspace(seam_sandbox):
    """A lock is lost and found in the second workspace; the first one sees no event of it."""
    other = seam_sandbox.create_workspace()
    lock = other.create_device()

    with other.disconnected(lock):
        other.expect_device_error(lock, "device_disconnected")

    other.expect_event("device.connected", device_id=lock.device_id)
    seam_sandbox.expect_no_event("device.disconnected")
    assert repr(other) == "SandboxWorkspace(world='empty', devices=1)"


def test_id_key_and_world_can_be_chosen(seam_sandbox):
    """As those of the sandbox itself."""
    other = seam_sandbox.create_workspace(workspace_id=ID, api_key="seam_test9_mine", world="house")

    assert (other.workspace_id, other.api_key, len(other.devices)) == (ID, "seam_test9_mine", 3)
    assert not other.is_live
    assert other.embedded.api_key == "seam_test9_mine"


def test_one_server_serves_all_workspaces(seam_sandbox):
    """The loopback server tells them apart by their keys, and `requests` has the calls of all."""
    other = seam_sandbox.create_workspace(world="house")
    with seam_sandbox.serve() as url:
        headers = {"authorization": f"Bearer {other.api_key}"}
        devices = httpx.get(f"{url}/devices/list", headers=headers).json()["devices"]

    assert len(devices) == 3
    assert [call.path for call in seam_sandbox.requests] == ["/devices/list"]


def test_access_token_reaches_the_workspaces_that_it_is_made_for(seam_sandbox):
    """One personal access token for two of three workspaces."""
    second, third = seam_sandbox.create_workspace(world="house"), seam_sandbox.create_workspace()
    token = seam_sandbox.create_access_token(second)

    def status(workspace):
        headers = {"authorization": f"Bearer {token}", "seam-workspace": workspace.workspace_id}
        return httpx.Client(transport=seam_sandbox.transport).get("https://seam/devices/list", headers=headers)

    assert [status(each).status_code for each in (seam_sandbox, second, third)] == [200, 200, 401]
    assert len(status(second).json()["devices"]) == 3


def test_snapshot_restores_every_workspace(seam_sandbox):
    """What was made in a further workspace after the snapshot is gone."""
    other = seam_sandbox.create_workspace()
    snapshot = seam_sandbox.snapshot()
    other.create_device()

    seam_sandbox.restore(snapshot)

    assert other.devices == []


def test_outage_that_stays_open_is_told_at_the_end():
    """The check of the sandbox is about all of its workspaces."""
    sandbox = Sandbox()
    other = sandbox.create_workspace()
    lock = other.create_device()
    other.disconnected(lock).__enter__()

    with pytest.raises(SandboxError, match="the test ended inside disconnected"):
        sandbox.check()

    assert other.get_device(lock).properties.online


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"workspace_id": ID}, f"there is a workspace with the id '{ID}' already"),
        ({"api_key": "seam_test9_mine"}, "there is a workspace with this api_key already"),
        ({"api_key": "mine"}, "api_key is 'mine'; it takes"),
        ({"workspace_id": "mine"}, 'Invalid uuid for "workspace_id"'),
        ({"world": "huose"}, "Did you mean 'house'"),
        ({"name": ""}, "at least 1 character"),
    ],
)
def test_mistakes_make_nothing(seam_sandbox, given, said):
    """What is taken or has another form is refused before a workspace is made."""
    seam_sandbox.create_workspace(workspace_id=ID, api_key="seam_test9_mine")
    app = seam_sandbox.embedded.app
    before = list(app.workspaces), dict(app.gate.api_keys), app.ids.count

    with pytest.raises(SandboxError, match=said):
        seam_sandbox.create_workspace(**given)

    assert (list(app.workspaces), app.gate.api_keys, app.ids.count) == before
