"""The paths that the official fake has beside Seam's own."""

import pytest


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_device_is_deleted_with_its_access_codes(fake, method):
    """/devices/delete deletes the device and what is on it, and logs that."""
    code = fake.call("/access_codes/create", {"device_id": "august_device_1", "code": "1234"})["access_code"]

    assert fake.send("/devices/delete", {"device_id": "august_device_1"}, method=method).json() == {"ok": True}

    gone = fake.send("/devices/get", {"device_id": "august_device_1"})
    assert (gone.status_code, gone.json()["error"]["type"]) == (404, "device_not_found")
    assert fake.send("/access_codes/get", {"access_code_id": code["access_code_id"]}).status_code == 404
    events = fake.call("/events/list", {"since": "2020-01-01", "event_type": "device.deleted"})["events"]
    assert [event["device_id"] for event in events] == ["august_device_1"]


def test_unknown_device_cannot_be_deleted(fake):
    """An id that is not there is 404, and one that is missing 400."""
    unknown, missing = fake.send("/devices/delete", {"device_id": "unknown-device"}), fake.send("/devices/delete", {})

    assert (unknown.status_code, unknown.json()["error"]["type"]) == (404, "device_not_found")
    assert (missing.status_code, missing.json()["error"]["type"]) == (400, "invalid_input")


def test_outage_concerns_these_paths_too(fake):
    """They answer 503 like any other, and nothing is deleted."""
    fake.call("/_fake/simulate_workspace_outage", {"workspace_id": "seed_workspace_1", "routes": ["/devices/delete"]})

    assert fake.send("/devices/delete", {"device_id": "august_device_1"}).status_code == 503
    assert len(fake.call("/devices/list")["devices"]) == 5
