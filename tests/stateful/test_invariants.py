"""Seam's own invariants hold in every sandbox, and a workspace that breaks one is reported."""

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.api.action_attempts import UnlockDoorSucceeded
from pytest_seam_sandbox.api.devices.events import DeviceConnected
from pytest_seam_sandbox.api.devices.model import DeviceRow, device_fields
from pytest_seam_sandbox.api.locks import LockUnlocked
from pytest_seam_sandbox.api.phones.model import PhoneRow
from pytest_seam_sandbox.stateful.invariants import InvariantBroken, Invariants


@pytest.fixture
def sandbox():
    """A sandbox with a lock and a phone."""
    sandbox = Sandbox()
    sandbox.create_device()
    sandbox.create_phone()
    return sandbox


@pytest.fixture
def workspace(sandbox):
    """Its workspace, to be broken from inside."""
    return sandbox.embedded.workspace


@pytest.fixture
def lock(workspace):
    """The row of the lock."""
    return next(iter(workspace[DeviceRow]))


def test_every_outage_keeps_the_invariants(sandbox):
    """Breaking and healing everything that can be broken breaks no invariant."""
    invariants = Invariants(sandbox)
    device, phone = sandbox.backend.api.devices()[0], sandbox.backend.api.phones()[0]

    with sandbox.disconnected(device), sandbox.hub_disconnected(device), sandbox.account_disconnected(device):
        invariants.check()
    with sandbox.removed(device):
        invariants.check()
    with sandbox.deactivated(phone, replace=True):
        invariants.check()

    invariants.check()


def test_offline_device_without_an_error(sandbox, workspace, lock, monkeypatch):
    """A device that shows as offline although no error says why breaks an invariant."""
    view = DeviceRow.view
    monkeypatch.setattr(
        DeviceRow, "view", lambda row: view(row) | {"properties": view(row)["properties"] | {"online": False}}
    )

    with pytest.raises(
        InvariantBroken, match=r"GARAGE is offline with the errors \[\]: a device is offline exactly as long"
    ):
        Invariants(sandbox).check()


def test_connected_twice(sandbox, workspace, lock):
    """Two device.connected in a row break an invariant."""
    workspace.events.emit(workspace, DeviceConnected(**device_fields(workspace, lock)))

    with pytest.raises(InvariantBroken, match=r"device\.connected of the device .* twice in a row"):
        Invariants(sandbox).check()


def test_removed_device_that_speaks(sandbox, workspace, lock):
    """A lock event after device.removed breaks an invariant."""
    invariants = Invariants(sandbox)
    sandbox.backend.api.call("/devices/simulate/remove", device_id=lock.device_id)
    invariants.check()

    workspace.events.emit(workspace, LockUnlocked(method="manual", **device_fields(workspace, lock)))

    with pytest.raises(InvariantBroken, match="a removed device is silent"):
        invariants.check()


def test_phone_that_rises_from_the_dead(sandbox, workspace):
    """A phone that is listed after phone.deactivated breaks an invariant."""
    phone = next(iter(workspace[PhoneRow]))
    sandbox.backend.api.call("/phones/deactivate", device_id=phone.device_id)

    workspace[PhoneRow].put(phone)

    with pytest.raises(InvariantBroken, match="a dead phone stays dead"):
        Invariants(sandbox).check()


def test_attempt_that_ends_twice(sandbox, workspace, lock):
    """A second end of an action attempt breaks an invariant."""
    attempt = sandbox.backend.api.call("/locks/unlock_door", device_id=lock.device_id)["action_attempt"]
    again = {name: attempt[name] for name in ("action_attempt_id", "action_type", "status")}

    workspace.events.emit(workspace, UnlockDoorSucceeded(**again))

    with pytest.raises(InvariantBroken, match="it ends once"):
        Invariants(sandbox).check()


def test_id_that_repeats(sandbox, workspace, lock):
    """Two events of one id break an invariant."""
    ids = workspace.ids
    workspace.events.emit(workspace, LockUnlocked(method="manual", **device_fields(workspace, lock)))
    ids.count -= 1

    workspace.events.emit(workspace, LockUnlocked(method="manual", **device_fields(workspace, lock)))

    with pytest.raises(InvariantBroken, match="ids never repeat"):
        Invariants(sandbox).check()
