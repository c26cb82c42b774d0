"""`emit`: events that only a provider or a person at the door can cause."""

import re

import pytest

from pytest_seam_sandbox import SandboxError
from pytest_seam_sandbox.catalog.known import event_fields, event_types, required_event_fields

VALUES = {"string": "x", "number": 0.5, "integer": 1, "boolean": True, "object": {}, "array": []}
VALUES |= {"uuid": "11111111-1111-4111-8111-111111111111", "time": "2026-01-31T12:00:00.000Z"}


CHANGES = {
    "access_code.code_changed": {"code": "1234"},
    "access_code.name_changed": {"name": "Jane"},
    "access_code.time_frame_changed": {"starts_at": None, "ends_at": None},
}
REASON = {"reason_code": "unknown_code", "message": "x"}


def value_of(event_type, name, kind):
    if name.endswith("_url"):
        return "https://example.com/x"
    if name in ("from", "to"):
        return CHANGES[event_type]
    if name == "reason":
        return REASON
    return VALUES[kind] if isinstance(kind, str) else kind[0]


def test_event_of_a_provider_reaches_the_app(seam, seam_sandbox, sandbox_device):
    """The app lists it like any other; ids and metadata of what it is about are filled in."""
    seam.devices.update(device_id=sandbox_device.device_id, custom_metadata={"floor": "3"})

    event = seam_sandbox.emit("device.low_battery", sandbox_device, battery_level=0.05)

    [listed] = seam.events.list(event_type="device.low_battery", device_id=sandbox_device.device_id, since="2000-01-01")
    assert listed.event_id == event.event_id
    assert listed.battery_level == 0.05
    assert event.device_custom_metadata == {"floor": "3"}
    assert event.connected_account_id == sandbox_device.connected_account_id
    seam_sandbox.expect_event("device.low_battery", count=1, battery_level=0.05)


def test_name_stands_for_the_resource(seam_sandbox):
    """What a test calls by its name is found by it."""
    device = seam_sandbox.create_device(name="GARAGE")

    assert seam_sandbox.emit("device.tampered", "GARAGE").device_id == device.device_id


@pytest.mark.parametrize("event_type", event_types())
def test_every_type_can_be_emitted(seam_sandbox, event_type):
    """With all fields that Seam says, each type is taken, and shows what was given."""
    fields = {name: value_of(event_type, name, kind) for name, kind in event_fields(event_type).items()}
    common = ("event_id", "created_at", "occurred_at", "workspace_id", "event_description")
    given = {name: value for name, value in fields.items() if name not in common}

    event = seam_sandbox.emit(event_type, **given).model_dump(mode="json", exclude_unset=True)

    assert event["event_type"] == event_type
    assert {name: event[name] for name in given} == given
    assert set(required_event_fields(event_type)) <= given.keys()


@pytest.mark.parametrize(
    ("event_type", "fields", "told"),
    [
        ("device.low_batery", {}, "Seam has no event type 'device.low_batery'. Did you mean 'device.low_battery'"),
        ("device.low_battery", {"batery_level": 1}, "has no field 'batery_level'. Did you mean 'battery_level'"),
        ("device.low_battery", {"battery_level": "low"}, "battery_level is a value of type number; got 'low'"),
        ("device.low_battery", {"battery_level": None}, "battery_level is None, which is no value of an event"),
        ("device.low_battery", {"battery_level": float("nan")}, "battery_level is nan, which is no value of an event"),
        ("device.low_battery", {"battery_level": 0.1}, "has connected_account_id, device_id, which was not given"),
        ("device.low_battery", {"device_id": "GARAGE"}, "device_id is an id, a UUID in lower case; got 'GARAGE'"),
    ],
)
def test_mistake_is_told_and_logs_nothing(seam_sandbox, event_type, fields, told):
    """A type, field or value that Seam does not have, and one that is missing."""
    with pytest.raises(SandboxError, match=re.escape(told)):
        seam_sandbox.emit(event_type, **fields)

    assert not seam_sandbox.events


def test_resource_that_is_not_there_is_told(seam_sandbox):
    """An id of nothing is a mistake of the test."""
    with pytest.raises(SandboxError, match="no resource 'nobody' in this sandbox"):
        seam_sandbox.emit("device.tampered", "nobody")


def test_emitted_event_waits_for_the_latency(seam_sandbox):
    """It shows when Seam would show it."""
    with type(seam_sandbox)(event_latency=5) as sandbox:
        sandbox.clock.freeze()
        sandbox.emit("device.tampered", sandbox.create_device(name="GARAGE"))

        sandbox.expect_no_event("device.tampered")
        sandbox.expect_event("device.tampered", within=6)


def test_event_of_what_has_neither_device_nor_account(seam_sandbox):
    """Nothing is filled in that the resource does not have."""
    person = seam_sandbox.create_user_identity()

    with pytest.raises(SandboxError, match="every event 'device.tampered' has connected_account_id, device_id"):
        seam_sandbox.emit("device.tampered", person)
