"""Bodies: content types, JSON that is none, sizes, and where parameters may stand."""

import json

import pytest

LOCK = "/locks/lock_door"
JSON = {"content-type": "application/json"}


def error_of(answer):
    return answer.json()["error"]


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"]
)
def test_json_content_types_are_accepted(seam_http, content_type):
    """A content type that contains application/json lets the body be read."""
    answer = seam_http.post(
        "/user_identities/create", content=b'{"full_name":"A"}', headers={"content-type": content_type}
    )

    assert answer.json()["user_identity"]["full_name"] == "A"


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/ld+json"},
        {"content-type": "application/vnd.api+json"},
        {},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/phones/list"), ("POST", LOCK), ("PATCH", "/devices/update")])
def test_other_content_types_are_refused_for_post_and_patch(seam_http, method, path, headers):
    """POST and PATCH with a body of another or no content type get 400 `invalid_content_type`."""
    answer = seam_http.request(method, path, content=b"{}", headers=headers)

    assert answer.status_code == 400
    assert error_of(answer)["type"] == "invalid_content_type"
    assert error_of(answer)["message"] == f'{method} requests must have Content-Type header with "application/json"'


def test_put_with_another_content_type_is_a_string(seam_http):
    """PUT does not check the content type, so a text body is a string where an object is expected."""
    answer = seam_http.put("/client_sessions/create", content=b"{}", headers={"content-type": "text/plain"})

    assert error_of(answer)["type"] == "invalid_input"
    assert error_of(answer)["message"] == "Expected object, received string"


def test_delete_ignores_a_body_of_another_content_type(seam_http, sandbox_phone):
    """DELETE reads the query and lets a text body be."""
    answer = seam_http.request(
        "DELETE",
        "/phones/deactivate",
        params={"device_id": sandbox_phone.device_id},
        content=b"hello",
        headers={"content-type": "text/plain"},
    )

    assert answer.json() == {"ok": True}


def test_delete_accepts_a_json_body(seam_http, sandbox_phone):
    """DELETE with its parameters in a JSON body works as well as with a query."""
    answer = seam_http.request("DELETE", "/phones/deactivate", json={"device_id": sandbox_phone.device_id})

    assert answer.json() == {"ok": True}


def test_empty_json_body_is_an_empty_object(seam_http):
    """An empty body that claims to be JSON stands for no parameters."""
    answer = seam_http.post(LOCK, headers=JSON)

    assert error_of(answer)["message"] == "device_id is required"


def test_no_body_is_no_parameters_where_queries_are_read(seam_http):
    """A POST without body and content type to a list is a list without filters."""
    assert seam_http.post("/phones/list").json() == {"phones": [], "ok": True}


def test_no_body_is_a_string_where_only_bodies_are_read(seam_http):
    """A POST without body and content type to an action is refused as a string."""
    assert error_of(seam_http.post(LOCK))["message"] == "Expected object, received string"


@pytest.mark.parametrize(("body", "name"), [("null", "null"), ("[]", "array"), ('"x"', "string"), ("5", "number")])
def test_json_that_is_no_object_is_refused_where_only_bodies_are_read(seam_http, body, name):
    """The complaint stands at the root of the tree."""
    error = error_of(seam_http.post(LOCK, content=body, headers=JSON))

    assert error["message"] == f"Expected object, received {name}"
    assert error["validation_errors"] == {"_errors": [f"Expected object, received {name}"]}


@pytest.mark.parametrize("body", ["null", "[]", '"x"', "5"])
def test_json_that_is_no_object_is_ignored_where_queries_are_read(seam_http, body):
    """On a path with GET or DELETE such a body counts as no parameters."""
    assert seam_http.post("/phones/list", content=body, headers=JSON).status_code == 200


@pytest.mark.parametrize("body", [b"{", b"   ", b"{'a': 1}", b'{"limit": NaN}', b'{"limit": Infinity}', b"{}x"])
@pytest.mark.parametrize("path", ["/devices/list", "/nope"])
def test_malformed_json_is_refused_before_everything_else(seam_http, body, path):
    """Text 400 without content type, request id or CORS, before credentials and even before the path."""
    answer = seam_http.post(path, content=body, headers={**JSON, "authorization": "", "origin": "https://a.example"})

    assert answer.status_code == 400
    assert answer.text == "Invalid JSON"
    assert not {"content-type", "seam-request-id", "access-control-allow-origin"} & set(answer.headers)


def test_deeply_nested_json_is_refused(seam_http):
    """JSON that is nested too deeply to read is a client's mistake, not a crash."""
    assert seam_http.post("/devices/list", content=b"[" * 200_000, headers=JSON).status_code == 400


@pytest.mark.parametrize("name", [b"\xff", b"\xed\xa0\x80"])
def test_broken_utf8_becomes_replacement_characters(seam_http, name):
    """Bytes that are no UTF-8 do not fail a request."""
    answer = seam_http.post("/user_identities/create", content=b'{"full_name":"x%b"}' % name, headers=JSON)

    assert answer.json()["user_identity"]["full_name"].startswith("x�")


def test_number_of_thousands_of_digits_is_a_number(seam_http):
    """JavaScript reads a number that is too long as Infinity; no text is refused for its digits."""
    body = b'{"limit": %b}' % (b"9" * 5000)
    answer = seam_http.post("/devices/list", content=body, headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == 'Expected integer, received float for "limit"'


def test_lone_surrogates_can_be_stored_and_read(seam_http):
    r"""An escaped half of a surrogate pair (`"\ud800"`) is valid JSON and must not break an answer."""
    made = seam_http.post("/user_identities/create", content=rb'{"full_name":"x\ud800"}', headers=JSON)

    assert made.status_code == 200
    assert seam_http.get("/user_identities/list").status_code == 200


def test_byte_order_mark_is_skipped(seam_http):
    """A body may start with a UTF-8 byte order mark."""
    assert seam_http.post("/phones/list", content=b"\xef\xbb\xbf{}", headers=JSON).status_code == 200


def test_last_of_duplicate_keys_wins(seam_http):
    """As in JavaScript, the last value of a repeated key counts."""
    answer = seam_http.post("/user_identities/create", content=b'{"full_name":"A","full_name":"B"}', headers=JSON)

    assert answer.json()["user_identity"]["full_name"] == "B"


def test_body_of_one_mebibyte_is_read(seam_http):
    """The limit itself is allowed."""
    padding = 1024 * 1024 - len(json.dumps({"padding": ""}))

    assert (
        seam_http.post("/phones/list", content=json.dumps({"padding": "x" * padding}), headers=JSON).status_code == 200
    )


@pytest.mark.parametrize("path", ["/phones/list", "/nope"])
def test_larger_body_is_413_before_everything_else(seam_http, path):
    """One byte more is 413 in plain text, without a request id, before credentials and path."""
    answer = seam_http.post(path, content=b"x" * (1024 * 1024 + 1), headers={**JSON, "authorization": ""})

    assert answer.status_code == 413
    assert answer.text == "Body exceeded 1mb limit"
    assert "seam-request-id" not in answer.headers


def test_query_counts_on_a_post_where_queries_are_read(seam_sandbox, seam_http):
    """POST /devices/list?limit=1 with an empty body gives one device."""
    seam_sandbox.create_device()
    seam_sandbox.create_device()

    assert len(seam_http.post("/devices/list?limit=1", json={}).json()["devices"]) == 1


def test_body_counts_on_a_get(seam_sandbox, seam_http):
    """GET with a JSON body, as the samples of the docs do it, is honoured."""
    seam_sandbox.create_device()
    seam_sandbox.create_device()

    assert len(seam_http.request("GET", "/devices/list", json={"limit": 1}).json()["devices"]) == 1


def test_body_wins_over_the_query(seam_sandbox, seam_http):
    """A parameter in both places has the value of the body."""
    seam_sandbox.create_device()
    seam_sandbox.create_device()

    assert len(seam_http.post("/devices/list?limit=1", json={"limit": 2}).json()["devices"]) == 2


def test_query_is_ignored_where_only_bodies_are_read(seam_http, sandbox_device):
    """POST /locks/lock_door?device_id=… with an empty body lacks the device_id."""
    answer = seam_http.post(f"{LOCK}?device_id={sandbox_device.device_id}", json={})

    assert error_of(answer)["message"] == "device_id is required"


@pytest.mark.parametrize("query", ["colour=red", "colour=red&_strict=true", "limit.x=1&colour=red"])
def test_unknown_parameters_are_dropped(seam_http, query):
    """Parameters that a path does not have change nothing, strict or not."""
    assert seam_http.get(f"/phones/list?{query}").json() == {"phones": [], "ok": True}


def test_unknown_parameters_of_a_body_are_dropped(seam_http):
    """So do they in a body."""
    assert seam_http.post("/phones/list", json={"colour": "red", "_strict": 5}).json() == {"phones": [], "ok": True}
