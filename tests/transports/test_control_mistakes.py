"""Control routes under wrong values: always 400 with a reason, never a failure inside, and nothing is changed."""

import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.engine.http import Request
from pytest_seam_sandbox.transports.control import MARKS, ROUTES, control

UNKNOWN = "00000000-0000-4000-8000-000000000000"
NEEDED = {
    "complete_login": {"connect_webview": UNKNOWN},
    "fail_login": {"connect_webview": UNKNOWN},
    "open_instant_key": {"instant_key": UNKNOWN},
    "restore": {"snapshot": "snapshot-9"},
    "clock/advance": {"seconds": -1},
    **{
        name: {"resource": "THE DOOR", "code": "hub_disconnected" if name.endswith("error") else "privacy_mode"}
        for name in MARKS
    },
}
WRONG = {
    "a list": [],
    "a nested list": [[["x"]]],
    "an object": {"a": {"b": 1}},
    "a big number": 10**400,
    "a big fraction": 1.5e308,
    "minus one": -1,
    "a fraction": 0.5,
    "an empty text": "",
    "a text": "no such thing",
    "NUL": "\0",
    "half a pair": "\ud800",
    "a long text": "x" * 100_000,
    "true": True,
}


def post(sandbox, route, body):
    headers = {"host": "127.0.0.1", "content-type": "application/json"}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = control(sandbox.embedded, Request("POST", f"/_sandbox/{route}", headers=headers, body=raw))
    return answer.status, json.loads(answer.body)


def everything(sandbox):
    """All that a control route could change. The clock should stand."""
    backend = sandbox.embedded
    return (
        json.dumps(backend.dump(), sort_keys=True),
        [str(fault) for fault in sandbox.faults.active],
        backend.app.history.place,
        backend.app.ids.count,
        sandbox.clock.now(),
    )


def parameters(route):
    """The names of the parameters of a route, from what it says about one that it does not have.

    A route that takes fields of any name says nothing of the kind.
    """
    if route == "emit":
        return ["event_type", "resource", "any_field", "self"]
    if route in ("set_error", "set_warning"):
        return ["resource", "code", "message", "any_field", "created_at", "self"]
    with Sandbox() as sandbox:
        _, answer = post(sandbox, route, {"no_such_parameter": 1})
    return answer["error"].partition("there are ")[2].rstrip(".").split(", ") if "there are" in answer["error"] else []


TABLE = [(route, name) for route in sorted(ROUTES) for name in parameters(route)]


def test_table_has_the_parameters():
    """The names come from the routes themselves."""
    assert {("create_device", "properties"), ("faults/slow", "seconds"), ("faults/fail", "caller")} <= set(TABLE)


@pytest.mark.parametrize(("route", "name"), TABLE)
def test_wrong_values_are_refused_or_fit_and_never_break_anything(route, name):
    """A value of a wrong type is 400 and changes nothing; what the method takes may pass."""
    needed = {"target": "/devices/list"} if route.startswith("faults/") else NEEDED.get(route, {})
    for kind, value in WRONG.items():
        with Sandbox() as sandbox:
            if route in MARKS:
                sandbox.create_device(name="THE DOOR")
            if route.startswith("clear_"):
                assert post(sandbox, route.replace("clear", "set"), needed)[0] == 200
            sandbox.clock.freeze()
            before = everything(sandbox)

            status, answer = post(sandbox, route, {**needed, name: value})

            assert status in (200, 400), (kind, answer)
            if status == 400:
                assert len(answer["error"]) < 2100, kind
                assert everything(sandbox) == before, kind
            sandbox.faults.clear()
            assert sandbox.client().devices.list() is not None
            json.dumps(sandbox.embedded.dump())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    route=st.sampled_from(sorted(ROUTES)),
    values=st.dictionaries(st.sampled_from(sorted({name for _, name in TABLE})) | st.text(max_size=8), json_values),
)
def test_no_object_breaks_a_route(route, values):
    """Whatever the object holds, the answer is 200, or 400 without a change."""
    sandbox = Sandbox()
    sandbox.clock.freeze()
    before = everything(sandbox)

    status, answer = post(sandbox, route, json.dumps(values).encode())

    assert status in (200, 400), answer
    assert status == 200 or everything(sandbox) == before
    assert sandbox.client().devices.list() is not None


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"seconds": NaN}', b'{"seconds": Infinity}', b"\xff", b"{}{}", b" "]
)
@pytest.mark.parametrize("route", ["clock/advance", "reset"])
def test_body_that_is_no_json_is_refused(route, body):
    """Too deep, no number, no text, two values, nothing: 400 each."""
    with Sandbox() as sandbox:
        assert post(sandbox, route, body)[0] == 400


@pytest.mark.parametrize(
    ("route", "values", "said"),
    [
        ("create_device", {"name": 5}, "name is 5. Input should be a valid string."),
        ("create_device", {"online": "yes"}, "online is 'yes'. Input should be a valid boolean."),
        ("create_device", {"custom_metadata": {"floor": 3}}, "'floor'"),
        ("create_phone", {"operating_system": "windows"}, "Input should be 'android' or 'ios'."),
        ("restore", {"snapshot": ["snapshot-1"]}, "snapshot is ['snapshot-1']. Input should be a valid string."),
        ("clock/advance", {"seconds": True}, "seconds is True. "),
        ("clock/freeze", {"at": "9999-12-31T23:59:59-23:59"}, "out of range"),
        ("faults/fail", {"target": "*", "status": "503"}, "status is '503'. Input should be a valid integer."),
        ("faults/fail", {"target": "*", "device": ["x"]}, "device is ['x']. Input should be a valid string."),
        ("faults/slow", {"target": "*", "seconds": 1e300}, "a number of seconds from 0 to 1000000000."),
        ("faults/rate_limit", {"target": "*", "retry_after": 10**20}, "a number of seconds from 0 to 1000000000."),
        ("fail_login", {"connect_webview": None}, "an id as text"),
        ("set_error", {"resource": ["x"], "code": "y"}, "resource is ['x']. Input should be a valid string."),
        ("set_error", {"resource": None, "code": "y"}, "or an id as text; got None."),
        ("set_warning", {"resource": "x", "code": 5}, "code is 5. Input should be a valid string."),
        ("set_error", {"resource": "x", "code": "y", "message": 5}, "message is 5. Input should be a valid string."),
        ("reset", {"x" * 1000: 1}, "got xxx"),
    ],
)
def test_mistake_names_what_was_found_and_expected(route, values, said):
    """The reason has the parameter, its value and what should stand there."""
    with Sandbox() as sandbox:
        status, answer = post(sandbox, route, values)

    assert status == 400
    assert said in answer["error"]
    assert len(answer["error"]) < 1000


def test_mistake_that_shows_late_is_undone():
    """A phone whose id is taken: neither the phone nor its owner is there afterwards, nor an event of them."""
    with Sandbox() as sandbox:
        phone = sandbox.create_phone().device_id
        sandbox.clock.freeze()
        before = everything(sandbox)

        status, answer = post(sandbox, "create_phone", {"device_id": phone})

        assert (status, everything(sandbox)) == (400, before)
        assert "already" in answer["error"]


# who may send


@pytest.fixture
def url(seam_sandbox):
    with seam_sandbox.serve(control=True) as served:
        yield served


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", "", "[", "a, b", "x y", "::1"]
)
def test_other_hosts_are_misdirected(url, seam_sandbox, method, host):
    """A page that reaches loopback under a name of its own gets 421 with the way out, and nothing happens."""
    answer = httpx.request(method, f"{url}/_sandbox/create_device", headers={"host": host})

    assert answer.status_code == 421
    assert f"not to the host {host!r}. Address 127.0.0.1 or localhost" in answer.json()["error"]
    assert "access-control-allow-origin" not in answer.headers
    assert seam_sandbox.events == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://[::1", "file://", "", "é"]
)
def test_pages_of_other_sites_are_forbidden(url, seam_sandbox, method, origin):
    """A cross-origin request gets 403, whatever the method, and nothing happens."""
    answer = httpx.request(method, f"{url}/_sandbox/create_device", headers={"origin": origin.encode()})

    assert answer.status_code == 403
    assert "take no cross-origin requests" in answer.json()["error"]
    assert "access-control-allow-origin" not in answer.headers
    assert seam_sandbox.events == []


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "text/plain; application/json", None]
)
def test_body_that_is_not_said_to_be_json_is_refused(url, content_type):
    """A cross-origin form is not taken for JSON; the answer says what to send."""
    headers = {} if content_type is None else {"content-type": content_type}

    answer = httpx.post(f"{url}/_sandbox/clock/advance", content=b'{"seconds": 1}', headers=headers)

    assert answer.status_code == 415
    assert "control routes take application/json. With curl, use --json." in answer.json()["error"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:8080", "LOCALHOST", "[::1]:8080", "app.localhost", "127.8.8.8"]
)
def test_names_of_this_machine_are_fine(url, host):
    """Loopback has several names."""
    assert httpx.post(f"{url}/_sandbox/check", headers={"host": host}).json() == {"ok": True}


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:5173"])
def test_page_on_this_machine_may_use_the_routes(url, origin):
    """A test that runs in a browser asks first, then sends JSON, and reads the answer."""
    asked = httpx.options(f"{url}/_sandbox/clock/advance", headers={"origin": origin})
    answer = httpx.post(f"{url}/_sandbox/clock/advance", headers={"origin": origin}, json={"seconds": 1})

    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, origin)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, origin)


def test_routes_of_seam_take_any_host_and_origin(url, seam_sandbox):
    """An app's own front end talks to Seam from its own site."""
    headers = {"authorization": f"Bearer {seam_sandbox.api_key}", "origin": "https://app.example", "host": "seam.test"}

    assert httpx.get(f"{url}/devices/list", headers=headers).status_code == 200


def test_server_on_every_address_is_controlled_by_address(seam_sandbox):
    """Where the port is open to other machines they may use an IP address, since DNS rebinding needs a name."""
    with seam_sandbox.serve(host="0.0.0.0", control=True) as url:
        by_address = httpx.post(f"{url}/_sandbox/check", headers={"host": "192.0.2.7:8080"})
        by_name = httpx.post(f"{url}/_sandbox/check", headers={"host": "evil.example"})

    assert (by_address.status_code, by_name.status_code) == (200, 421)
