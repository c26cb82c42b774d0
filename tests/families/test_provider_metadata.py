"""Time zones that a client reports, of devices whose provider does not."""

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"
ROME = {"time_zone": "Europe/Rome"}


def report(seam, *devices):
    seam.devices.report_provider_metadata(devices=list(devices))


def shown(seam, device):
    return seam.devices.get(device_id=device.device_id)


@pytest.mark.parametrize("brand", ["ultraloq", "omnitec", "schlage"])
def test_time_zone_is_reported(seam, seam_sandbox, brand):
    """It shows at the location, the rest of which stays, and in the block of a brand that has it; no event tells."""
    device = seam_sandbox.create_device(f"{brand}_lock")
    before = len(seam_sandbox.events)
    report(seam, {"device_id": device.device_id, f"{brand}_metadata": ROME})

    after = shown(seam, device)
    block = getattr(after.properties, f"{brand}_metadata")
    assert (after.location.time_zone, after.location.timezone) == ("Europe/Rome", "Europe/Rome")
    assert after.location.location_name == device.location.location_name
    assert getattr(block, "time_zone", None) == (None if brand == "schlage" else "Europe/Rome")
    assert len(seam_sandbox.events) == before


@pytest.mark.parametrize("code", ["time_zone_unknown", "ultraloq_time_zone_unknown"])
def test_warning_of_an_unknown_time_zone_goes(seam, seam_sandbox, code):
    """Other warnings stay."""
    device = seam_sandbox.create_device("ultraloq_lock")
    seam_sandbox.set_warning(device, code)
    seam_sandbox.set_warning(device, "power_saving_mode")
    report(seam, {"device_id": device.device_id, "ultraloq_metadata": ROME})

    assert [warning.warning_code for warning in shown(seam, device).warnings] == ["power_saving_mode"]


def test_several_devices(seam, seam_sandbox):
    """One without a block stays as it is."""
    first, second = (seam_sandbox.create_device("ultraloq_lock") for _ in range(2))
    report(seam, {"device_id": first.device_id, "ultraloq_metadata": ROME}, {"device_id": second.device_id})

    zones = [shown(seam, device).location.time_zone for device in (first, second)]
    assert zones == ["Europe/Rome", second.location.time_zone]


@pytest.mark.parametrize(
    ("bad", "error_type", "status"),
    [
        ({"device_id": NOTHING, "ultraloq_metadata": ROME}, "device_not_found", 404),
        ({"omnitec_metadata": ROME}, "device_type_not_supported", 400),
        ({"ultraloq_metadata": {"time_zone": "Europe/Atlantis"}}, "invalid_input", 400),
        ({"ultraloq_metadata": {}}, "invalid_input", 400),
    ],
    ids=str,
)
def test_one_bad_report_changes_nothing(seam, seam_sandbox, bad, error_type, status):
    """Neither it nor the good one before it."""
    good, other = (seam_sandbox.create_device("ultraloq_lock") for _ in range(2))
    with seam_raises(error_type, status_code=status):
        report(seam, {"device_id": good.device_id, "ultraloq_metadata": ROME}, {"device_id": other.device_id} | bad)

    assert shown(seam, good).location.time_zone == good.location.time_zone


def test_empty_report(seam):
    """There has to be a device."""
    with seam_raises("invalid_input", status_code=400):
        report(seam)


def test_device_is_deleted_before_seam_looks(seam, seam_sandbox):
    """There is nothing to look at any more."""
    device = seam_sandbox.create_device("ultraloq_lock")
    report(seam, {"device_id": device.device_id, "ultraloq_metadata": ROME})
    seam.connected_accounts.delete(connected_account_id=device.connected_account_id)

    assert seam.devices.list() == []
