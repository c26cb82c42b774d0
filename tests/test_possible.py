"""Expectations of what cannot be: they are refused, since one that something is not there would always be met."""

from datetime import UTC, datetime
from unittest.mock import ANY
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox import ExpectationFailed, Sandbox, SandboxError
from pytest_seam_sandbox.api import all_events
from pytest_seam_sandbox.catalog.known import event_fields, event_types
from pytest_seam_sandbox.strategies import events

DOOR = "00000000-0000-4000-8000-000000000001"
LOST = "device.disconnected"


@pytest.fixture
def sandbox():
    """A sandbox with one lock that was lost once."""
    sandbox = Sandbox()
    sandbox.create_device(name="GARAGE", device_id=DOOR)
    with sandbox.disconnected("GARAGE"):
        pass
    return sandbox


class Anything:
    """A matcher, as dirty-equals has them."""

    def __eq__(self, other):
        return other is not None

    def __hash__(self):
        return 0

    def __repr__(self):
        return "Anything()"


WRONG = {
    "misspelt field": ({"devcie_id": DOOR}, "'devcie_id'. Did you mean 'device_id'"),
    "field of another event": ({"access_code_id": DOOR}, "no field 'access_code_id'"),
    "nothing near": ({"zzz": 1}, "It has .*error_code"),
    "misspelt value": ({"error_code": "hub_disconected"}, "Did you mean 'hub_disconnected'"),
    "a value that is nothing": ({"error_code": "§"}, "one of 'account_disconnected', 'hub_disconnected', 'device_dis"),
    "a name": ({"device_id": "GARAGE"}, f"device_id is an id.*got 'GARAGE'. That is the name of device_id '{DOOR}'"),
    "no id": ({"device_id": "front-door"}, "device_id is an id, a UUID in lower case; got 'front-door'.$"),
    "upper case": ({"connected_account_id": DOOR.replace("0", "A")}, "lower case"),
    "a UUID": ({"device_id": UUID(DOOR)}, "type string; got UUID"),
    "a number": ({"device_id": 5}, "type string; got 5, which is number"),
    "a truth value": ({"device_id": True}, "which is boolean"),
    "a list": ({"device_id": [DOOR]}, "which is array"),
    "a dict": ({"device_id": {}}, "which is object"),
    "a tuple": ({"device_errors": ()}, "no field|type array; got .., which is a tuple"),
    "a time": ({"created_at": datetime(2026, 1, 31, tzinfo=UTC)}, "Give '2026-01-31T00:00:00.000Z'"),
    "a time without zone": ({"created_at": datetime(2026, 1, 31)}, "Give an aware time"),  # noqa: DTZ001 - refused
    "text of a time": ({"occurred_at": "2026-01-31T00:00:00Z"}, "such as '2026-01-31T00:00:00.000Z'"),
    "no id at all": ({"device_id": None}, "every 'device.disconnected' has a value for device_id; got None"),
    "no code": ({"error_code": None}, "error_code; got None. Leave it out"),
    "no time at all": ({"created_at": None}, "created_at; got None"),
    "text of no time": ({"occurred_at": "yesterday"}, "a time as Seam writes it, such as '2026"),
}


@pytest.mark.parametrize(("fields", "text"), WRONG.values(), ids=WRONG)
def test_impossible_fields(sandbox, fields, text):
    """A field that the event does not have, and a value that the field cannot have; in every expectation."""
    with sandbox.removed("GARAGE") as outage:
        calls = [
            lambda: sandbox.expect_event(LOST, **fields),
            lambda: sandbox.expect_event(LOST, count=0, **fields),
            lambda: sandbox.expect_no_event(LOST, **fields),
            lambda: sandbox.expecting("device.connected", LOST, **fields).__enter__(),
            lambda: outage.expect_event(LOST, **fields),
            lambda: outage.expect_no_event(LOST, **fields),
        ]
        for call in calls[:3] + calls[4:]:
            with pytest.raises(SandboxError, match=text):
                call()
        with pytest.raises(SandboxError):
            calls[3]()


def test_models_are_no_values(sandbox):
    """The device itself in place of its id: ours, the SDK's."""
    for device in (sandbox.get_device("GARAGE"), sandbox.client().devices.list()[0]):
        with pytest.raises(SandboxError, match="Give the value itself, such as device.device_id"):
            sandbox.expect_no_event(LOST, device_id=device)


@pytest.mark.parametrize(
    "fields",
    [
        {"device_id": DOOR},
        {"device_id": ANY, "error_code": Anything(), "created_at": Anything()},
        {"error_code": "device_disconnected"},
        {"customer_key": None},
    ],
    ids=str,
)
def test_possible_fields(sandbox, fields):
    """Right values, matchers, None for what is not carried."""
    sandbox.expect_event(LOST, **fields)
    with pytest.raises(ExpectationFailed):
        sandbox.expect_no_event(LOST, **fields)


def test_value_of_another_type_than_text():
    """Numbers, truth values and objects are held against their types."""
    sandbox = Sandbox()
    sandbox.expect_no_event("device.low_battery", battery_level=0.1)
    sandbox.expect_no_event("device.low_battery", battery_level=0)
    sandbox.expect_no_event("lock.unlocked", is_via_nfc=True, device_custom_metadata={"floor": "3"})

    for event_type, fields in [
        ("device.low_battery", {"battery_level": "0.1"}),
        ("device.low_battery", {"battery_level": True}),
        ("lock.unlocked", {"is_via_nfc": "true"}),
        ("lock.unlocked", {"device_custom_metadata": "floor"}),
    ]:
        with pytest.raises(SandboxError, match="is a value of type"):
            sandbox.expect_no_event(event_type, **fields)


def test_none_where_a_value_may_be_missing():
    """An event that may lack a field, or have null there, can be expected without it."""
    sandbox = Sandbox()
    for event_type, field in [
        ("lock.unlocked", "access_code_id"),
        ("access_code.deleted", "code"),
        ("thermostat.temperature_threshold_exceeded", "lower_limit_celsius"),
        ("device.added", "event_description"),
    ]:
        sandbox.expect_no_event(event_type, **{field: None})


def test_ids_that_are_no_uuids():
    """Where a sandbox takes any id, an expectation does so too."""
    sandbox = Sandbox(strict_ids=False)

    sandbox.expect_no_event(LOST, device_id="front-door")


def test_what_an_event_carries_can_be_expected(sandbox):
    """What is there is right, whatever Seam's documents say."""
    carried = sandbox.expect_event("device.added")
    row = next(sandbox.events.newest_first("device.added"))
    row.fields.given = {**row.fields.given, "brand_new": 1, "customer_key": 7}

    sandbox.expect_event("device.added", brand_new=1)
    sandbox.expect_event("device.added", device_id=carried.device_id, customer_key=7)
    with pytest.raises(SandboxError, match="customer_key"):
        sandbox.expect_event("device.added", customer_key=8)
    with pytest.raises(ExpectationFailed):
        sandbox.expect_event("device.added", brand_new=2)


def test_all_declared_fields_are_known():
    """What the emulator's events can carry is in Seam's documents."""
    for event_type, declared in all_events().items():
        names = {declared.wire_names.get(name, name) for name in declared.declared}
        assert names <= event_fields(event_type).keys()


@pytest.mark.parametrize("event_type", event_types())
def test_every_type_has_fields(event_type):
    """The data has each type that Seam has."""
    assert {"event_id", "created_at", "workspace_id"} < event_fields(event_type).keys()


@given(event=events())
def test_any_event_can_be_expected(event):
    """No expectation of what an event says is refused."""
    sandbox = Sandbox()
    fields = {name: value for name, value in event.model_dump(exclude_unset=True).items() if name != "event_type"}

    sandbox.expect_no_event(event.event_type, **fields)


# codes


@pytest.mark.parametrize("method", ["expect_device_error", "expect_no_device_error"])
@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("device_disconected", "no error 'device_disconected', and nobody.* Did you mean 'device_disconnected'"),
        ("§", "It has account_disconnected, "),
        ("low_battery", "that is a warning"),
        (5, "no error 5"),
    ],
)
def test_impossible_codes(sandbox, method, code, text):
    """A code that Seam has not for devices, with the nearest."""
    known = "third_party_integration_detected" if code == "low_battery" else code
    with pytest.raises(SandboxError, match=text):
        getattr(sandbox, method)("GARAGE", known)


def test_codes_that_somebody_has_set(sandbox):
    """A code of the test's own, while it is there and afterwards."""
    sandbox.set_error("GARAGE", "eaten_by_the_dog")
    sandbox.expect_device_error("GARAGE", "eaten_by_the_dog")
    sandbox.clear_error("GARAGE", "eaten_by_the_dog")
    sandbox.expect_no_device_error("GARAGE", "eaten_by_the_dog")

    with pytest.raises(SandboxError):
        Sandbox(world="house").expect_no_device_error("GARAGE", "eaten_by_the_dog")


@given(code=st.sampled_from(["hub_disconnected", "device_offline", "subscription_required"]))
def test_codes_of_seam(code):
    """Each code of a device can be expected not to be there."""
    Sandbox(world="house").expect_no_device_error("GARAGE", code)
