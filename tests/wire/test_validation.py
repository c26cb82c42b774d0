"""What a request with wrong parameters is told: zod 3's words, at the place in the tree where the value stands."""

import pytest

from pytest_seam_sandbox import Sandbox

ID = "00000000-0000-4000-8000-000000000000"
PHONE = "/phones/get"
LIST = "/devices/list"
MAKE_PHONE = "/phones/simulate/create_sandbox_phone"
MAKE_USER = "/user_identities/create"
UPDATE = "/devices/update"
SESSION = "/client_sessions/create"
AUTO_LOCK = "/locks/configure_auto_lock"
LIST_EVENTS = "/events/list"

OF_ONE_FIELD = {
    "missing": (PHONE, {}, "device_id", "Required"),
    "number for text": (PHONE, {"device_id": 5}, "device_id", "Expected string, received number"),
    "float for text": (PHONE, {"device_id": 5.5}, "device_id", "Expected string, received number"),
    "null for text": (PHONE, {"device_id": None}, "device_id", "Expected string, received null"),
    "boolean for text": (PHONE, {"device_id": True}, "device_id", "Expected string, received boolean"),
    "array for text": (PHONE, {"device_id": []}, "device_id", "Expected string, received array"),
    "object for text": (PHONE, {"device_id": {}}, "device_id", "Expected string, received object"),
    "no uuid": (PHONE, {"device_id": "nope"}, "device_id", "Invalid uuid"),
    "braces around uuid": (PHONE, {"device_id": f"{{{ID}}}"}, "device_id", "Invalid uuid"),
    "blank behind uuid": (PHONE, {"device_id": f"{ID}\n"}, "device_id", "Invalid uuid"),
    "number for array": (LIST, {"device_ids": 4242}, "device_ids", "Expected array, received number"),
    "text for array": (LIST, {"device_ids": "x"}, "device_ids", "Expected array, received string"),
    "null for array": (LIST, {"device_ids": None}, "device_ids", "Expected array, received null"),
    "bad item": (LIST, {"device_ids": [ID, 1]}, "device_ids.1", "Expected string, received number"),
    "bad uuid item": (LIST, {"device_ids": ["x", ID]}, "device_ids.0", "Invalid uuid"),
    "array too short": (
        SESSION,
        {"user_identity_ids": []},
        "user_identity_ids",
        "Array must contain at least 1 element(s)",
    ),
    "array too long": (
        SESSION,
        {"user_identity_ids": [ID, ID]},
        "user_identity_ids",
        "Array must contain at most 1 element(s)",
    ),
    "enum": (
        MAKE_PHONE,
        {"user_identity_id": ID, "phone_metadata": {"operating_system": "z"}},
        "phone_metadata.operating_system",
        "Invalid enum value. Expected 'android' | 'ios', received 'z'",
    ),
    "number for enum": (
        MAKE_PHONE,
        {"user_identity_id": ID, "phone_metadata": {"operating_system": 5}},
        "phone_metadata.operating_system",
        "Expected 'android' | 'ios', received number",
    ),
    "literal": (
        "/devices/unmanaged/update",
        {"device_id": ID, "is_managed": False},
        "is_managed",
        "Invalid literal value, expected true",
    ),
    "text for literal": (
        "/devices/unmanaged/update",
        {"device_id": ID, "is_managed": "x"},
        "is_managed",
        "Invalid literal value, expected true",
    ),
    "text for number": (LIST, {"limit": "5"}, "limit", "Expected number, received string"),
    "null for number": (LIST, {"limit": None}, "limit", "Expected number, received null"),
    "boolean for number": (LIST, {"limit": True}, "limit", "Expected number, received boolean"),
    "float for integer": (LIST, {"limit": 1.5}, "limit", "Expected integer, received float"),
    "zero": (LIST, {"limit": 0}, "limit", "Number must be greater than 0"),
    "negative": (LIST, {"limit": -1}, "limit", "Number must be greater than 0"),
    "negative offset": (
        LIST_EVENTS,
        {"since": "2026-01-01", "unstable_offset": -1},
        "unstable_offset",
        "Number must be greater than or equal to 0",
    ),
    "below minimum": (
        AUTO_LOCK,
        {"device_id": ID, "auto_lock_enabled": True, "auto_lock_delay_seconds": 0},
        "auto_lock_delay_seconds",
        "Number must be greater than or equal to 1",
    ),
    "above maximum": (
        AUTO_LOCK,
        {"device_id": ID, "auto_lock_enabled": True, "auto_lock_delay_seconds": 61},
        "auto_lock_delay_seconds",
        "Number must be less than or equal to 60",
    ),
    "text for boolean": (
        AUTO_LOCK,
        {"device_id": ID, "auto_lock_enabled": "yes"},
        "auto_lock_enabled",
        "Expected boolean, received string",
    ),
    "number for boolean": (
        AUTO_LOCK,
        {"device_id": ID, "auto_lock_enabled": 1},
        "auto_lock_enabled",
        "Expected boolean, received number",
    ),
    "text too short": (MAKE_USER, {"full_name": ""}, "full_name", "String must contain at least 1 character(s)"),
    "text too long": (
        "/connected_accounts/update",
        {"connected_account_id": ID, "display_name": "x" * 256},
        "display_name",
        "String must contain at most 255 character(s)",
    ),
    "email": (MAKE_USER, {"email_address": "ada"}, "email_address", "Invalid email"),
    "datetime": (LIST, {"created_before": "2026-01-01"}, "created_before", "Invalid datetime"),
    "date": (LIST_EVENTS, {"since": "foo"}, "since", "Must be parsable date string if defined"),
    "text for object": (
        MAKE_PHONE,
        {"user_identity_id": ID, "phone_metadata": "x"},
        "phone_metadata",
        "Expected object, received string",
    ),
    "null for object": (
        MAKE_PHONE,
        {"user_identity_id": ID, "phone_metadata": None},
        "phone_metadata",
        "Expected object, received null",
    ),
    "text for record": (
        UPDATE,
        {"device_id": ID, "custom_metadata": "x"},
        "custom_metadata",
        "Expected object, received string",
    ),
    "array for record": (
        UPDATE,
        {"device_id": ID, "custom_metadata": []},
        "custom_metadata",
        "Expected object, received array",
    ),
    "metadata key too long": (
        UPDATE,
        {"device_id": ID, "custom_metadata": {"k" * 41: "v"}},
        f"custom_metadata.{'k' * 41}",
        "String must contain at most 40 character(s)",
    ),
    "metadata value too long": (
        UPDATE,
        {"device_id": ID, "custom_metadata": {"k": "v" * 501}},
        "custom_metadata.k",
        "String must contain at most 500 character(s)",
    ),
    "too many metadata keys": (
        UPDATE,
        {"device_id": ID, "custom_metadata": {f"k{number}": "v" for number in range(51)}},
        "custom_metadata",
        "Custom metadata is limited to a maximum of 50 keys",
    ),
    "reversed between": (
        LIST_EVENTS,
        {"between": ["2026-01-02", "2026-01-01"]},
        "between",
        "second value must be greater than first value",
    ),
    "equal times": (
        LIST_EVENTS,
        {"between": ["2026-01-01", "2026-01-01"]},
        "between",
        "second value must be greater than first value",
    ),
}
OF_THE_REQUEST = {
    "device": ("/devices/get", {}, "Either 'device_id' or 'name' is required"),
    "lock": ("/locks/get", {}, "Either 'device_id' or 'name' is required"),
    "unmanaged device": ("/devices/unmanaged/get", {}, "Either 'device_id' or 'name' is required"),
    "event": ("/events/get", {}, "An argument for event_id, event_type, or device_id is required"),
    "events": (LIST_EVENTS, {}, "Must specify either since or between"),
    "client session": ("/client_sessions/grant_access", {}, "Must specify client_session_id or user_identifier_key"),
}


@pytest.fixture(scope="module")
def http():
    """A client of a sandbox that these requests leave as it is."""
    with Sandbox() as sandbox, sandbox.http() as client:
        yield client


def refusal(http, path, body):
    answer = http.post(path, json=body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "invalid_input"
    return error


def tree_of(where, *texts):
    """The tree that has these texts at one place."""
    tree = {"_errors": list(texts)}
    for name in reversed(where.split(".")):
        tree = {"_errors": [], name: tree}
    return tree


@pytest.mark.parametrize("case", OF_ONE_FIELD)
def test_wrong_field_is_named_in_message_and_tree(http, case):
    """One wrong field: a sentence that names it, and its text at its place in the tree."""
    path, body, where, text = OF_ONE_FIELD[case]

    error = refusal(http, path, body)

    assert error["message"] == (f"{where} is required" if text == "Required" else f'{text} for "{where}"')
    assert error["validation_errors"] == tree_of(where, text)


@pytest.mark.parametrize("case", OF_THE_REQUEST)
def test_rule_of_the_whole_request_stands_at_the_root(http, case):
    """A rule between parameters has its text as message and at the root of the tree."""
    path, body, text = OF_THE_REQUEST[case]

    error = refusal(http, path, body)

    assert error["message"] == text
    assert error["validation_errors"] == {"_errors": [text]}


def test_metadata_value_lists_what_each_type_says(http):
    """A value that fits no type of a union: each branch's text at the node, "Invalid input" in the message."""
    error = refusal(http, UPDATE, {"device_id": ID, "custom_metadata": {"k": 5}})

    assert error["message"] == 'Invalid input for "custom_metadata.k"'
    assert error["validation_errors"] == tree_of(
        "custom_metadata.k",
        "Expected string, received number",
        "Expected boolean, received number",
        "Expected null, received number",
    )


def test_metadata_key_with_a_period_is_refused(http):
    """A metadata key may not contain a period."""
    error = refusal(http, UPDATE, {"device_id": ID, "custom_metadata": {"a.b": "v"}})

    assert error["message"].startswith("Custom metadata key names cannot contain a period (.)")


def test_wrong_device_type_lists_one_text_for_each_group_of_types(http):
    """A wrong type is refused once by each list: six of Seam's schema, and the speakers, which only the SDK names."""
    error = refusal(http, LIST, {"device_type": "nope"})

    texts = error["validation_errors"]["device_type"]["_errors"]
    assert error["message"] == 'Invalid input for "device_type"'
    assert len(texts) == 7
    assert texts[1] == "Invalid enum value. Expected 'keynest_key', received 'nope'"
    assert all(text.startswith("Invalid enum value. Expected '") for text in texts)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/connected_accounts/get", ["connected_account_id", "email"]),
        ("/user_identities/get", ["user_identity_id", "user_identity_key"]),
    ],
)
def test_choice_between_two_forms_lists_what_each_lacks(http, path, names):
    """Neither form given: "Invalid input", and each form's missing key in the tree."""
    error = refusal(http, path, {})

    assert error["message"] == "Invalid input"
    assert error["validation_errors"] == {
        "_errors": [],
        names[0]: {"_errors": ["Required"]},
        names[1]: {"_errors": ["Required"]},
    }


def test_choice_between_two_forms_keeps_what_is_wrong_with_each(http):
    """A form with a wrong value says so, the other one that it is missing."""
    tree = refusal(http, "/connected_accounts/get", {"connected_account_id": 5})["validation_errors"]

    assert tree["connected_account_id"]["_errors"] == ["Expected string, received number"]
    assert tree["email"]["_errors"] == ["Required"]


def test_wrong_event_type_lists_all_that_there_are(http):
    """A value out of a long list is refused with the whole list, like any other enum."""
    error = refusal(http, LIST_EVENTS, {"since": "2026-01-01", "event_type": "nope"})

    (text,) = error["validation_errors"]["event_type"]["_errors"]
    assert text.startswith("Invalid enum value. Expected 'access_code.")
    assert text.endswith(", received 'nope'")


def test_choice_between_two_forms_takes_the_one_that_fits(http):
    """With one form right, what is wrong in the other does not matter."""
    answer = http.post("/connected_accounts/get", json={"connected_account_id": 5, "email": "a@example.com"})

    assert answer.json()["error"]["type"] == "connected_account_not_found"


def test_several_failures_are_counted_in_schema_order(http):
    """All failures are reported together, in the order of the schema and not of the body."""
    error = refusal(http, SESSION, {"user_identifier_key": "", "expires_at": "x", "connected_account_ids": 5})

    assert error["message"] == (
        '3 Input Errors: Expected array, received number for "connected_account_ids", '
        'Invalid datetime for "expires_at", '
        'String must contain at least 1 character(s) for "user_identifier_key"'
    )
    assert set(error["validation_errors"]) == {"_errors", "connected_account_ids", "expires_at", "user_identifier_key"}


def test_between_of_one_reports_both_of_its_rules(http):
    """A `between` of one time breaks the length and the order, and Seam says both."""
    error = refusal(http, LIST_EVENTS, {"between": ["2026-01-01"]})

    assert error["message"] == (
        '2 Input Errors: Array must contain at least 2 element(s) for "between", '
        'second value must be greater than first value for "between"'
    )


def test_wrong_type_hides_the_rules_of_the_request(http):
    """A wrong type is reported alone: rules between parameters are not looked at."""
    error = refusal(http, "/events/get", {"event_type": 5})

    assert error["message"] == 'Expected string, received number for "event_type"'


def test_wrong_value_does_not_hide_the_rules_of_the_request(http):
    """A value of the right type that breaks its own rule leaves the rules between parameters in force."""
    error = refusal(http, LIST_EVENTS, {"device_id": "nope"})

    assert error["message"] == '2 Input Errors: Invalid uuid for "device_id", Must specify either since or between'
    assert error["validation_errors"]["_errors"] == ["Must specify either since or between"]


def test_since_and_between_exclude_each_other(http):
    """A list of events takes one way to limit time."""
    error = refusal(http, LIST_EVENTS, {"since": "2026-01-01", "between": ["2026-01-01", "2026-01-02"]})

    assert error["message"] == "Cannot specify both since and between"


def test_text_where_the_query_needs_a_number_is_a_wrong_type(http):
    """GET /devices/list?limit=abc is refused as a text, since nothing is coerced."""
    error = http.get("/devices/list?limit=abc").json()["error"]

    assert error["message"] == 'Expected number, received string for "limit"'


@pytest.mark.parametrize("value", [10**18, 10**30, 1e300])
@pytest.mark.parametrize("path", [LIST, LIST_EVENTS, "/locks/list"])
def test_there_is_no_highest_limit(http, path, value):
    """Any whole number above 0 is a limit."""
    assert http.post(path, json={"limit": value, "since": "2026-01-01"}).status_code == 200


@pytest.mark.parametrize("sign", ["", "-"])
def test_number_that_javascript_reads_as_infinity_is_no_integer(http, sign):
    """A number too large for a float is Infinity there, which is refused as not whole."""
    body = f'{{"limit": {sign}1{"0" * 400}}}'

    answer = http.post(LIST, content=body, headers={"content-type": "application/json"})

    assert answer.json()["error"]["message"].startswith("Expected integer, received float")


def test_unknown_id_of_the_right_form_is_404():
    """Only the form of an id is validated; an unknown one is not found."""
    with Sandbox() as sandbox, sandbox.http() as client:
        assert client.post(PHONE, json={"device_id": ID}).status_code == 404


def test_lenient_sandbox_looks_up_any_id():
    """With strict_ids off an id that is no UUID is looked up: 404 instead of 400."""
    with Sandbox(strict_ids=False) as sandbox, sandbox.http() as client:
        assert client.post(PHONE, json={"device_id": "nope"}).json()["error"]["type"] == "device_not_found"
