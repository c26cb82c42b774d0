"""Unmanaged devices: cut down, listed apart, converted to managed ones."""

import pytest

from pytest_seam_sandbox import seam_raises

NOTHING = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def unmanaged(seam_sandbox, seam_client):
    """An August lock that was given up."""
    device = seam_sandbox.create_device(name="Cellar", custom_metadata={"room": "101"})
    seam_client.devices.update(device_id=device.device_id, is_managed=False)
    return seam_sandbox.get_device(device.device_id)


def ids(devices):
    return [device.device_id for device in devices]


def test_get_by_id_and_by_name(seam, unmanaged):
    """An unmanaged device is found below /devices/unmanaged only."""
    assert seam.devices.unmanaged.get(device_id=unmanaged.device_id).is_managed is False
    assert seam.devices.unmanaged.get(name="Cellar").device_id == unmanaged.device_id


def test_unmanaged_device_shows_less(seam_http, unmanaged):
    """Nickname, spaces, provider and the state of the lock are left out."""
    shown = seam_http.post("/devices/unmanaged/get", json={"device_id": unmanaged.device_id}).json()["device"]

    assert not {"nickname", "space_ids", "device_provider", "device_manufacturer"} & set(shown)
    assert not {"locked", "serial_number", "appearance", "august_metadata"} & set(shown["properties"])
    assert {"name", "online", "model"} <= set(shown["properties"])


def test_managed_device_is_not_found_here(seam, sandbox_device):
    """A managed device answers 404 with a hint."""
    with seam_raises("device_not_found", status_code=404, match="managed"):
        seam.devices.unmanaged.get(device_id=sandbox_device.device_id)


@pytest.mark.parametrize("asked", [{"device_id": NOTHING}, {"name": "Attic"}])
def test_unknown_device_is_not_found(seam, unmanaged, asked):
    """Neither an unknown id nor an unknown name is found."""
    with seam_raises("device_not_found", status_code=404):
        seam.devices.unmanaged.get(**asked)


def test_list_has_the_unmanaged_ones_only(seam, seam_sandbox, unmanaged):
    """Managed and unmanaged devices are listed apart."""
    managed = seam_sandbox.create_device()

    assert ids(seam.devices.unmanaged.list()) == [unmanaged.device_id]
    assert ids(seam.devices.list()) == [managed.device_id]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"device_type": "august_lock"}, True),
        ({"device_type": "nuki_lock"}, False),
        ({"device_types": ["nuki_lock"]}, False),
        ({"manufacturer": "august"}, True),
        ({"manufacturer": "nuki"}, False),
        ({"customer_key": "acme"}, False),
        ({"search": "cell"}, True),
        ({"search": "attic"}, False),
        ({"connected_account_id": NOTHING}, False),
        ({"connected_account_ids": []}, False),
        ({"device_ids": [NOTHING]}, False),
        ({"created_before": "2020-01-01T00:00:00Z"}, False),
        ({"connect_webview_id": NOTHING}, False),
        ({"custom_metadata_has": {"room": "101"}}, True),
        ({"custom_metadata_has": {"room": "102"}}, False),
        ({"space_id": NOTHING}, False),
        ({"unstable_location_id": NOTHING}, False),
        ({"user_identifier_key": "jane"}, False),
        ({"include_if": ["can_simulate_removal"]}, True),
        ({"exclude_if": ["can_simulate_removal"]}, False),
    ],
    ids=str,
)
def test_filter(seam_http, unmanaged, filters, found):
    """The filters of /devices/list work here too."""
    devices = seam_http.post("/devices/unmanaged/list", json=filters).json()["devices"]

    assert [device["device_id"] for device in devices] == [unmanaged.device_id] * found


def test_update_metadata(seam, unmanaged):
    """The metadata of an unmanaged device is merged key by key."""
    seam.devices.unmanaged.update(device_id=unmanaged.device_id, custom_metadata={"floor": "1"})

    found = seam.devices.unmanaged.get(device_id=unmanaged.device_id)
    assert found.custom_metadata == {"room": "101", "floor": "1"}


def test_update_to_managed(seam, seam_sandbox, unmanaged):
    """is_managed true converts the device, and an event says so."""
    seam.devices.unmanaged.update(device_id=unmanaged.device_id, is_managed=True)

    assert seam.devices.get(device_id=unmanaged.device_id).is_managed is True
    assert seam.devices.unmanaged.list() == []
    seam_sandbox.expect_event("device.unmanaged.converted_to_managed", device_id=unmanaged.device_id, count=1)


def test_update_of_a_managed_device_is_refused(seam, sandbox_device):
    """A managed device has an update of its own."""
    with seam_raises("device_managed", status_code=400):
        seam.devices.unmanaged.update(device_id=sandbox_device.device_id, custom_metadata={"a": "b"})


def test_update_of_an_unknown_device_is_not_found(seam):
    """Changing nothing answers 404."""
    with seam_raises("device_not_found", status_code=404):
        seam.devices.unmanaged.update(device_id=NOTHING, is_managed=True)


def test_is_managed_false_is_refused(seam_http, unmanaged):
    """The only value that is_managed takes is true."""
    answer = seam_http.patch("/devices/unmanaged/update", json={"device_id": unmanaged.device_id, "is_managed": False})

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")


@pytest.mark.parametrize("command", ["lock_door", "unlock_door"])
def test_unmanaged_lock_cannot_be_turned(seam, unmanaged, command):
    """Seam does not control an unmanaged device."""
    with seam_raises("device_unmanaged", status_code=400):
        getattr(seam.locks, command)(device_id=unmanaged.device_id)


def test_disconnection_has_events_of_its_own(seam, seam_sandbox, unmanaged):
    """An unmanaged device that is lost and comes back logs device.unmanaged.*."""
    with seam_sandbox.expecting("device.unmanaged.disconnected", "device.unmanaged.connected"):
        seam.devices.simulate.disconnect(device_id=unmanaged.device_id)
        seam.devices.simulate.connect(device_id=unmanaged.device_id)

    seam_sandbox.expect_no_event("device.disconnected")


def test_new_devices_of_an_account_that_does_not_manage_them(seam, seam_sandbox):
    """automatically_manage_new_devices false lets new devices arrive unmanaged."""
    account = seam_sandbox.create_connected_account()
    seam.connected_accounts.update(
        connected_account_id=account.connected_account_id, automatically_manage_new_devices=False
    )

    device = seam_sandbox.create_device(connected_account_id=account.connected_account_id)

    assert device.is_managed is False
