"""Endpoints and answers held against Seam's OpenAPI document, where a copy of it lies beside this file."""

import pytest

from contract.openapi import (
    DOCUMENT,
    PATHS_NEWER_THAN_THE_DOCUMENT,
    SPEC,
    TYPES_NEWER_THAN_THE_DOCUMENT,
    answer_of,
    event_schemas,
    operation,
    problems,
)
from each import each
from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.api import all_endpoints, all_events
from pytest_seam_sandbox.catalog.known import never_null_event_fields

pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason=f"needs Seam's OpenAPI document as {DOCUMENT.name}")

ENDPOINTS = {endpoint.path: endpoint for endpoint in all_endpoints()}

DOCUMENTED = sorted(ENDPOINTS.keys() - PATHS_NEWER_THAN_THE_DOCUMENT)
PARAMETERS_BEYOND_THE_DOCUMENT = {
    "/access_grants/list": ({"search"}, "only the SDK has it"),
    "/access_methods/list": ({"limit", "page_cursor"}, "newer than the document"),
    "/acs/entrances/list": ({"access_method_id"}, "newer than the document"),
    "/customers/push_data": (
        {"customization_profile_id", "low_battery_alert_threshold"},
        "only the SDK has them",
    ),
    "/user_identities/create": ({"customer_key"}, "only the SDK has it"),
}
LIMITS_WITHOUT_PAGES = {
    "/access_methods/list": "has pages that are newer than the document",
    "/events/list": "has an offset in place of a cursor",
    "/locks/list": "takes a limit, but its answer has no pagination",
    "/noise_sensors/list": "takes a limit, but its answer has no pagination",
    "/thermostats/list": "takes a limit, but its answer has no pagination",
}


# endpoints


def body_of(path):
    content = operation(path).get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("schema", {})


def properties_of(schema):
    parts = [part for word in ("oneOf", "anyOf", "allOf") for part in schema.get(word, [])]
    return set(schema.get("properties", {})).union(*map(properties_of, parts))


def required_by(schema):
    """What a body has to have: what all its parts require, and of a union what every branch requires."""
    branches = [required_by(branch) for branch in schema.get("oneOf", [])]
    parts = [required_by(part) for part in schema.get("allOf", [])]
    own = set(schema.get("required", [])).union(*parts)
    return own | (set.intersection(*branches) if branches else set())


@each("path", DOCUMENTED)
def test_methods_are_those_of_the_document(path):
    """An endpoint takes the methods that the document lists."""
    assert {method.lower() for method in ENDPOINTS[path].methods} == SPEC["paths"][path].keys()


@each("path", DOCUMENTED)
def test_parameters_are_those_of_the_document(path):
    """An endpoint takes the parameters of the document, and beyond them only what is named with a reason."""
    beyond, _ = PARAMETERS_BEYOND_THE_DOCUMENT.get(path, (set(), ""))

    assert ENDPOINTS[path].params.fields.keys() == properties_of(body_of(path)) | beyond


@each("path", DOCUMENTED)
def test_required_parameters_are_those_of_the_document(path):
    """An endpoint requires what the document requires."""
    assert ENDPOINTS[path].params.required == required_by(body_of(path))


@each("path", DOCUMENTED)
def test_payload_has_the_name_of_the_document(path):
    """The answer's payload stands under the document's key; without a payload there is no key."""
    payloads = properties_of(answer_of(path)) - {"ok", "pagination"}
    endpoint = ENDPOINTS[path]

    assert operation(path)["x-response-key"] in (endpoint.key, None)
    assert {endpoint.key, endpoint.twin} - {None} <= payloads
    assert (endpoint.key is None) is (not payloads)


@each("path", DOCUMENTED)
def test_callers_are_those_of_the_document(path):
    """An endpoint lets in the kinds of callers that the document lists; of two credentials the same one decides."""
    listed = ["+".join(scheme) for scheme in operation(path)["security"]]
    allowed = [str(method) for method in ENDPOINTS[path].allow]

    assert set(allowed) == set(listed)
    assert sessions_before_bearers(allowed) == sessions_before_bearers(listed)


def sessions_before_bearers(methods):
    """For each kind of session and each kind of token that a request can have together: whether the session decides."""
    places = {method.removesuffix("_ro"): place for place, method in reversed(list(enumerate(methods)))}
    sessions = places.keys() & {"client_session", "client_session_with_customer", "publishable_key"}
    bearers = places.keys() & {"api_key", "pat_with_workspace", "pat_without_workspace"}
    return {(session, bearer): places[session] < places[bearer] for session in sessions for bearer in bearers}


@each("path", sorted(set(DOCUMENTED) - LIMITS_WITHOUT_PAGES.keys()))
def test_default_limit_is_that_of_the_document(path):
    """A list has pages where the document's answer has pagination, with the document's limit if it names one."""
    has_pages = "pagination" in properties_of(answer_of(path))
    limit = body_of(path).get("properties", {}).get("limit", {}).get("default")

    assert (ENDPOINTS[path].page_limit is not None) is has_pages
    assert limit in (ENDPOINTS[path].page_limit, None)


# events


EVENT_CLASSES = all_events()
COMMON = {"event_id", "event_type", "workspace_id", "created_at", "occurred_at"}
NEWER = {"device.low_battery": {"battery_source"}}
"""Fields that later versions of Seam's types have, and the document does not."""


@each("event_type", sorted(EVENT_CLASSES))
def test_event_carries_fields_of_the_document_only(event_type):
    """A declared event has no field that the document does not give its type."""
    kind = EVENT_CLASSES[event_type]
    names = {kind.wire_names.get(name, name) for name in kind.declared}

    assert names <= event_schemas()[event_type]["properties"].keys() | NEWER.get(event_type, set())


@each("event_type", sorted(EVENT_CLASSES))
def test_event_cannot_lack_what_the_document_requires(event_type):
    """Each field that the document requires of a type has to be given when such an event is logged."""
    kind = EVENT_CLASSES[event_type]
    demanded = {kind.wire_names.get(name, name) for name, needed in kind.declared.items() if needed}

    assert set(event_schemas()[event_type]["required"]) - COMMON <= demanded


@pytest.mark.parametrize("event_type", sorted(event_schemas()))
def test_fields_that_may_be_null(event_type):
    """What counts as never null is required of the type, and the document allows no null there."""
    schema = event_schemas()[event_type]
    may_be_null = {name for name, field in schema["properties"].items() if field.get("nullable")}

    known = never_null_event_fields(event_type)
    assert known - COMMON <= set(schema["required"]) - may_be_null
    assert known >= COMMON - {"event_type"}


# answers


class Tour:
    """A sandbox with everything in it, whose answers are checked against the schema of their path."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.http = sandbox.http()

    def ask(self, path, **params):
        answer = self.http.post(path, json=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def problems(self, path, **params):
        return problems("answers", path, value=self.ask(path, **params))

    def devices(self, **filters):
        return self.ask("/devices/list", **filters)["devices"]

    def documented_devices(self, path="/devices/list"):
        """The answer of a list, without the devices that are newer than the document."""
        answer = self.ask(path)
        known = [device for device in answer["devices"] if device["device_type"] not in TYPES_NEWER_THAN_THE_DOCUMENT]
        return {**answer, "devices": known}

    def simulate(self, name, flag, **params):
        """Simulate something for every device that has the flag."""
        for device in self.devices(include_if=[flag]):
            self.ask(f"/devices/simulate/{name}", device_id=device["device_id"], **params)

    def disconnect_accounts(self):
        for account in self.ask("/connected_accounts/list")["connected_accounts"]:
            self.ask("/connected_accounts/simulate/disconnect", connected_account_id=account["connected_account_id"])

    def give_up_devices(self):
        for device in self.devices():
            self.ask("/devices/update", device_id=device["device_id"], is_managed=False)


STATES = {
    "online": lambda _tour: None,
    "disconnected": lambda tour: tour.simulate("disconnect", "can_simulate_disconnection"),
    "hub_disconnected": lambda tour: tour.simulate("disconnect_from_hub", "can_simulate_hub_disconnection"),
    "removed": lambda tour: tour.simulate("remove", "can_simulate_removal"),
    "subscription_expired": lambda tour: tour.simulate(
        "paid_subscription", "can_simulate_paid_subscription", is_expired=True
    ),
    "account_disconnected": Tour.disconnect_accounts,
}


@pytest.fixture
def tour():
    with Sandbox(world="everything") as sandbox:
        yield Tour(sandbox)


@pytest.mark.parametrize("state", STATES)
def test_every_device_fits_its_schema(tour, state):
    """Devices of all types, as they are and under each outage."""
    STATES[state](tour)

    assert problems("answers", "/devices/list", value=tour.documented_devices()) == []


@pytest.mark.parametrize("state", STATES)
def test_every_unmanaged_device_fits_its_schema(tour, state):
    """The same devices when they are given up."""
    STATES[state](tour)
    tour.give_up_devices()

    assert (
        problems("answers", "/devices/unmanaged/list", value=tour.documented_devices("/devices/unmanaged/list")) == []
    )


@pytest.mark.parametrize("state", STATES)
def test_every_account_fits_its_schema(tour, state):
    """Connected accounts, also when they are lost."""
    STATES[state](tour)

    assert tour.problems("/connected_accounts/list") == []


@pytest.mark.parametrize("state", STATES)
def test_every_event_fits_its_schema(tour, state):
    """The events of each outage, with the four lists of what is wrong."""
    STATES[state](tour)

    assert tour.problems("/events/list", since="2020-01-01") == []


def test_single_device_fits_its_schema(tour):
    """/devices/get and /locks/get, which repeats its payload."""
    lock = tour.devices(device_type="august_lock")[0]["device_id"]

    assert tour.problems("/devices/get", device_id=lock) == []
    assert tour.problems("/locks/get", device_id=lock) == []


def test_phone_as_a_device_fits_its_schema(tour):
    """A phone that /devices/list is asked for looks like a device."""
    assert tour.problems("/devices/list", device_types=["ios_phone", "android_phone"]) == []


@pytest.mark.parametrize(
    "path",
    ["/phones/list", "/user_identities/list", "/workspaces/get", "/workspaces/list", "/devices/list_device_providers"],
)
def test_other_resources_fit_their_schemas(tour, path):
    """Phones, people, the workspace and the providers."""
    assert tour.problems(path) == []


def test_client_sessions_fit_their_schema(tour):
    """A client session with everything that it may name, made, read and listed."""
    account = tour.devices()[0]["connected_account_id"]
    person = tour.ask("/user_identities/list")["user_identities"][0]["user_identity_id"]
    given = {
        "connected_account_ids": [account],
        "user_identity_id": person,
        "customer_key": "c",
        "user_identifier_key": "u",
    }

    made = tour.ask("/client_sessions/create", **given)

    assert problems("answers", "/client_sessions/create", value=made) == []
    assert tour.problems("/client_sessions/get", user_identifier_key="u") == []
    assert tour.problems("/client_sessions/list") == []


ACTIONS = {
    "/locks/lock_door": {},
    "/locks/unlock_door": {},
    "/locks/configure_auto_lock": {"auto_lock_enabled": True, "auto_lock_delay_seconds": 10},
    "/locks/simulate/keypad_code_entry": {"code": "1234"},
    "/locks/simulate/manual_lock_via_keypad": {},
}
ENDINGS = {"pending": ("poll", True), "success": ("instant", True), "error": ("instant", False)}


@pytest.mark.parametrize("status", ENDINGS)
@pytest.mark.parametrize("path", ACTIONS)
def test_action_attempt_fits_its_schema(path, status):
    """Each action of a lock, pending, done and failed."""
    mode, online = ENDINGS[status]
    with Sandbox(action_attempts=mode) as sandbox:
        device = sandbox.create_device("august_lock", online=online)
        tour = Tour(sandbox)

        answer = tour.ask(path, device_id=device.device_id, **ACTIONS[path])

        assert answer["action_attempt"]["status"] == status
        assert problems("answers", path, value=answer) == []
        assert tour.problems("/action_attempts/list") == []


def test_reset_fits_its_schema(tour):
    """The attempt of a reset."""
    assert tour.problems("/workspaces/reset_sandbox") == []


def test_events_of_a_busy_day_fit_their_schemas(tour):
    """One event of every sort that this suite can cause by its actions, checked against the document."""
    lock = next(device for device in tour.devices(device_type="august_lock"))
    about = {"device_id": lock["device_id"]}
    tour.ask("/devices/update", name="Hall", custom_metadata={"floor": "1", "guest": True}, **about)
    tour.ask(
        "/connected_accounts/update",
        connected_account_id=lock["connected_account_id"],
        customer_key="c",
        custom_metadata={"a": "b"},
    )
    for path, params in ACTIONS.items():
        tour.ask(path, **about, **params)
    tour.ask("/devices/simulate/disconnect", **about)
    for path, params in ACTIONS.items():
        tour.ask(path, **about, **params)
    tour.ask("/devices/simulate/connect", **about)
    tour.ask("/devices/update", is_managed=False, **about)
    tour.ask("/devices/simulate/disconnect", **about)
    tour.ask("/devices/simulate/connect", **about)
    tour.ask("/devices/unmanaged/update", is_managed=True, **about)
    nuki = tour.devices(device_type="nuki_lock")[0]
    tour.ask("/devices/simulate/paid_subscription", device_id=nuki["device_id"], is_expired=True)
    tour.ask("/devices/simulate/paid_subscription", device_id=nuki["device_id"], is_expired=False)
    with (
        tour.sandbox.account_disconnected(lock["connected_account_id"]),
        tour.sandbox.removed(tour.devices(device_type="schlage_lock")[0]),
    ):
        pass
    person = tour.ask("/user_identities/list")["user_identities"][0]["user_identity_id"]
    tour.ask("/client_sessions/create", user_identity_id=person)
    tour.ask("/user_identities/delete", user_identity_id=person)
    events = tour.ask("/events/list", since="2020-01-01")["events"]
    tour.ask("/connected_accounts/delete", connected_account_id=lock["connected_account_id"])
    events += tour.ask("/events/list", since="2020-01-01")["events"]

    assert [problems("components", "schemas", "event", value=event) for event in events] == [[]] * len(events)
    assert {event["event_type"] for event in events} >= {
        "action_attempt.lock_door.failed",
        "action_attempt.lock_door.succeeded",
        "action_attempt.simulate_keypad_code_entry.succeeded",
        "action_attempt.simulate_manual_lock_via_keypad.succeeded",
        "action_attempt.unlock_door.failed",
        "action_attempt.unlock_door.succeeded",
        "client_session.deleted",
        "connected_account.completed_first_sync_after_reconnection",
        "connected_account.connected",
        "connected_account.deleted",
        "connected_account.disconnected",
        "device.added",
        "device.connected",
        "device.converted_to_unmanaged",
        "device.deleted",
        "device.disconnected",
        "device.error.subscription_required",
        "device.error.subscription_required.resolved",
        "device.name_changed",
        "device.removed",
        "device.unmanaged.connected",
        "device.unmanaged.converted_to_managed",
        "device.unmanaged.disconnected",
        "lock.access_denied",
        "lock.locked",
        "lock.unlocked",
        "phone.deactivated",
    }


def test_schemas_notice_a_wrong_answer(tour):
    """The checks above can fail: a wrong type, a missing field and a broken id are each noticed."""
    phone, *others = tour.ask("/phones/list")["phones"]
    wrong = {**phone, "display_name": 5, "device_id": "x"}
    del wrong["created_at"]

    found = problems("answers", "/phones/list", value={"phones": [wrong, *others], "ok": True})

    assert len(found) == 3
