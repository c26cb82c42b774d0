"""Strategies for events: every declared type, as Seam's schema has it."""

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings

from contract.openapi import DOCUMENT, problems
from pytest_seam_sandbox import Event, Sandbox, SandboxError
from pytest_seam_sandbox.api import all_events
from pytest_seam_sandbox.strategies import devices, event_payloads, events
from stateful.running import simplest

SOME = settings(max_examples=60, deadline=None, derandomize=True, database=None, report_multiple_bugs=False)
COMMON = {"event_id", "event_type", "workspace_id", "created_at", "occurred_at", "event_description"}

KINDS = all_events()


@pytest.mark.parametrize("event_type", sorted(KINDS))
def test_payloads_fit_the_schema_and_have_every_field(event_type):
    """A payload is one that Seam could have sent, by its document where that is there.

    The simplest one carries what its type needs; the fields that may be left out are drawn too.
    """
    kind = KINDS[event_type]
    names = {kind.wire_names.get(name, name): needed for name, needed in kind.declared.items()}
    seen = set()

    @settings(SOME, max_examples=100)
    @given(event_payloads(event_type))
    def prop(payload):
        assert not DOCUMENT.exists() or problems("events", event_type, value=payload) == []
        seen.update(payload)

    prop()

    assert seen == COMMON | names.keys()
    assert simplest(event_payloads(event_type)).keys() - COMMON == {name for name, needed in names.items() if needed}


def test_simplest_event_is_a_device_that_is_back():
    """An event shrinks to device.connected, about the simplest drawn device."""
    event = simplest(events())

    assert event.event_type == "device.connected"
    assert event.device_id == simplest(devices()).device_id
    assert event.created_at == event.occurred_at == "2025-01-01T00:00:00.000Z"


def test_payload_shrinks_like_the_event():
    """event_payloads gives what events gives, as JSON."""
    payload = simplest(event_payloads())

    assert Event.model_validate(payload) == simplest(events())


@SOME
@given(event_payloads())
def test_ids_of_different_things_differ(payload):
    """An app that takes the id of an account for that of a device is found out."""
    ids = [value for name, value in payload.items() if name.endswith("_id")]

    assert len(set(ids)) == len(ids)


@SOME
@given(event_payloads(["device.disconnected", "device.unmanaged.disconnected"]))
def test_outage_of_a_device_names_its_cause_in_its_errors(payload):
    """The error_code of an outage stands in the list in which Seam has it."""
    lost_account = payload["error_code"] == "account_disconnected"
    errors = payload["connected_account_errors" if lost_account else "device_errors"]

    assert payload["error_code"] in {error["error_code"] for error in errors}


@SOME
@given(event_payloads(["connected_account.disconnected", "device.error.subscription_required"]))
def test_outage_without_a_code_has_its_error(payload):
    """Other outages are among the errors as well."""
    errors = payload.get("device_errors", payload["connected_account_errors"])

    assert {error["error_code"] for error in errors} & {"account_disconnected", "subscription_required"}


@SOME
@given(event_payloads("action_attempt.unlock_door.failed"))
def test_action_attempts_say_what_their_type_says(payload):
    """Type, action and status agree."""
    assert (payload["action_type"], payload["status"]) == ("UNLOCK_DOOR", "error")


def test_changes_carry_what_has_changed():
    """The changes of an access code are those of their type."""
    frame = simplest(event_payloads("access_code.time_frame_changed"))

    assert frame["from"].keys() == frame["to"].keys() == {"starts_at", "ends_at"}
    assert simplest(event_payloads("access_code.code_changed"))["to"] == {"code": "0000"}


def milliseconds_between(first, second):
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)) // timedelta(milliseconds=1)


def frame_of(event):
    return {"first": event["to"]["starts_at"], "second": event["to"]["ends_at"]}


HOUR, YEAR = 60 * 60 * 1000, 365 * 24 * 60 * 60 * 1000
FIRST_MOMENT = "2025-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("event_type", "read", "least", "most"),
    [
        ("device.connected", lambda event: milliseconds_between(FIRST_MOMENT, event["occurred_at"]), 0, YEAR),
        ("device.connected", lambda event: milliseconds_between(event["occurred_at"], event["created_at"]), 0, HOUR),
        ("access_code.code_changed", lambda event: int(event["to"]["code"]), 0, 99_999_999),
        ("access_code.set_on_device", lambda event: int(event["code"]), 0, 99_999_999),
        ("access_code.time_frame_changed", lambda event: milliseconds_between(**frame_of(event)), 1, YEAR),
        ("noise_sensor.noise_threshold_triggered", lambda event: round(event.get("noise_level_decibels", 0)), 0, 120),
    ],
    ids=["occurred_at", "created_at", "code_changed", "set_on_device", "time_frame", "noise"],
)
def test_values_reach_their_bounds_and_stay_within(event_type, read, least, most):
    """Times, codes and levels: the least and the most that they may be, or their neighbours, and nothing beyond."""
    seen = set()
    near = (most - least) // 1000

    @settings(SOME, max_examples=1000)
    @given(event_payloads(event_type))
    def prop(payload):
        seen.add(read(payload))

    prop()

    assert least <= min(seen) <= least + near
    assert most - near <= max(seen) <= most


@SOME
@given(event_payloads(["access_code.code_changed", "access_code.set_on_device"]))
def test_codes_have_4_to_8_digits(payload):
    """A code is one that a lock takes."""
    assert re.fullmatch("[0-9]{4,8}", payload["code"] if "code" in payload else payload["to"]["code"])


def test_events_are_of_the_workspace_that_sandboxes_have():
    """An event and a sandbox of one example belong together."""
    assert simplest(events()).workspace_id == Sandbox().workspace_id


def test_types_can_be_chosen():
    """Only the given types are drawn, the first one first."""
    strategy = event_payloads(["phone.deactivated", "device.removed"])

    assert simplest(strategy)["event_type"] == "phone.deactivated"
    assert (
        simplest(strategy, lambda found: found["event_type"] != "phone.deactivated")["event_type"] == "device.removed"
    )


@pytest.mark.parametrize("strategy", [events, event_payloads])
@pytest.mark.parametrize(
    ("types", "text"),
    [
        (["device.disconected"], r"Seam has no event type 'device.disconected'\. Did you mean 'device.disconnected'"),
        (
            ["enrollment_automation.deleted"],
            r"Seam has events 'enrollment_automation.deleted', but they are not emulated",
        ),
        ([], r"no event type is given"),
    ],
)
def test_wrong_event_types_are_refused(strategy, types, text):
    """A mistake is said where the strategy is made."""
    with pytest.raises(SandboxError, match=text):
        strategy(types)
