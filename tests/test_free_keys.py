"""What has free keys by Seam's specification is a dictionary in the sandbox's own models."""

import pytest

from contract.openapi import DOCUMENT, SPEC
from pytest_seam_sandbox.api._shared import Resource
from pytest_seam_sandbox.api.events import Event

documented = pytest.mark.skipif(not DOCUMENT.exists(), reason=f"needs Seam's OpenAPI document as {DOCUMENT.name}")
ROOM = {"room no": "12", "vip": True}


def records(schema):
    """The names of the properties of a schema, at any depth, that are objects with free keys and nothing else."""
    parts = schema.get("properties", {})
    own = {name for name, part in parts.items() if part.get("additionalProperties") and "properties" not in part}
    below = [*parts.values(), schema.get("items"), *schema.get("oneOf", []), *schema.get("allOf", [])]
    return own.union(*(records(part) for part in below if part))


@documented
@pytest.mark.parametrize("name", ["device", "unmanaged_device", "connected_account", "phone", "connect_webview"])
def test_resource_has_the_records_of_the_document(name):
    """Whatever is a record in a resource is named among the free keys of all models."""
    assert records(SPEC["components"]["schemas"][name]) <= Resource.free_keys


@documented
def test_event_has_the_records_of_the_document():
    """An event has records of its own; the values before and after a change are objects in all other events."""
    assert records(SPEC["components"]["schemas"]["event"]) - {"from", "to"} <= Event.free_keys


def test_keys_that_are_no_names_can_be_read_in_events(seam_sandbox):
    """The metadata of device and account stands in the sandbox's events as the SDK shows it."""
    account = seam_sandbox.create_connected_account(custom_metadata=ROOM)
    door = seam_sandbox.create_device(connected_account_id=account.connected_account_id, custom_metadata=ROOM)

    with seam_sandbox.disconnected(door) as outage:
        (event,) = outage.events

    assert type(event.device_custom_metadata) is dict
    assert event.device_custom_metadata["room no"] == "12"
    assert event.connected_account_custom_metadata == ROOM
    assert seam_sandbox.expect_event("device.disconnected", device_custom_metadata=ROOM) == event


def test_change_of_a_dictionary_changes_nothing_in_the_sandbox(seam_sandbox):
    """The dictionary belongs to whoever reads the event."""
    door = seam_sandbox.create_device(custom_metadata=ROOM)

    seam_sandbox.events[-1].device_custom_metadata.clear()

    assert seam_sandbox.events[-1].device_custom_metadata == ROOM
    assert seam_sandbox.get_device(door).custom_metadata == ROOM


def test_record_at_any_depth_is_a_dictionary():
    """Objects below an object that no model declares are resources, and records among them dictionaries."""
    found = Resource.model_validate({"parts": [{"custom_metadata": {"a b": "c"}, "size": {"height": 3}}]})

    assert found.parts[0].custom_metadata == {"a b": "c"}
    assert found.parts[0].size.height == 3
