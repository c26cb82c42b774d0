"""Control of a running server over HTTP: every route below /_sandbox/, bad input, and off by default."""

from http import HTTPStatus

import httpx
import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.engine.errors import ExpectationFailed
from pytest_seam_sandbox.transports.control import ROUTES
from pytest_seam_sandbox.webhooks.control import ACTS

MORE_ROUTES = [f"webhooks/{name}" for name in ACTS]

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def http(seam_sandbox):
    """An HTTP client of a server that was started with control."""
    with (
        seam_sandbox.serve(control=True) as url,
        httpx.Client(base_url=url, headers={"authorization": f"Bearer {seam_sandbox.api_key}"}) as client,
    ):
        yield client


@pytest.fixture
def control(http):
    """Calls a control route and gives its answer, which has to be a success."""

    def call(route, **values):
        answer = http.post(f"/_sandbox/{route}", json=values)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return call


@pytest.fixture
def refusal(http):
    """Calls a control route and gives the text of its refusal."""

    def call(route, **values):
        answer = http.post(f"/_sandbox/{route}", json=values)
        assert answer.status_code == 400, answer.text
        return answer.json()["error"]

    return call


@pytest.fixture
def nothing_emulated(seam_sandbox, monkeypatch):
    """A sandbox without a single endpoint."""
    monkeypatch.setattr(seam_sandbox.embedded.app, "_route", lambda _path: None)


# making


def test_device_is_made(control, http):
    """create_device takes the parameters of Sandbox.create_device and gives the device."""
    made = control("create_device", device_type="yale_lock", name="FRONT DOOR", online=False)

    device = http.get("/devices/get", params={"device_id": made["device_id"]}).json()["device"]
    assert (device["device_type"], device["display_name"]) == ("yale_lock", "FRONT DOOR")
    assert device["properties"]["online"] is False
    assert made == device


def test_phone_is_made(control, http):
    """create_phone needs no parameters: it makes the phone's owner, too."""
    made = control("create_phone", operating_system="ios")

    assert made["device_type"] == "ios_phone"
    assert [phone["device_id"] for phone in http.get("/phones/list").json()["phones"]] == [made["device_id"]]


@pytest.fixture
def webview(http):
    """The id of a Connect Webview that the program under test has made."""
    answer = http.post("/connect_webviews/create", json={"accepted_providers": ["august"]}).json()
    return answer["connect_webview"]["connect_webview_id"]


def test_account_is_made(control, http):
    """create_connected_account takes the parameters of Sandbox.create_connected_account."""
    made = control("create_connected_account", provider="august", email="ada@example.com")

    [account] = http.get("/connected_accounts/list").json()["connected_accounts"]
    assert account["connected_account_id"] == made["connected_account_id"]
    assert account["user_identifier"]["email"] == "ada@example.com"


def test_login_is_completed(control, http, webview):
    """complete_login is what a person does in a Connect Webview; the answer is the account."""
    account = control("complete_login", connect_webview=webview, email="ada@example.com")

    seen = http.get("/connect_webviews/get", params={"connect_webview_id": webview}).json()["connect_webview"]
    assert (seen["status"], seen["connected_account_id"]) == ("authorized", account["connected_account_id"])


def test_login_fails(control, http, webview):
    """fail_login is a person with a wrong password."""
    assert control("fail_login", connect_webview=webview) == {"ok": True}

    seen = http.get("/connect_webviews/get", params={"connect_webview_id": webview}).json()["connect_webview"]
    assert seen["status"] == "failed"


# marks


@pytest.fixture
def marked(sandbox_device, http, control):
    """Sets or clears a mark on sandbox_device and gives its errors or warnings afterwards, as a client sees them."""

    def mark(route, **values):
        assert control(route, resource=sandbox_device.device_id, **values) == {"ok": True}
        device = http.get("/devices/get", params={"device_id": sandbox_device.device_id}).json()["device"]
        return device["errors" if route.endswith("error") else "warnings"]

    return mark


def test_error_is_set_with_its_consequences(marked, http, seam_sandbox):
    """set_error with a code of Seam's does what Seam would do, and clear_error takes it back."""
    assert [error["error_code"] for error in marked("set_error", code="hub_disconnected")] == ["hub_disconnected"]
    assert http.get("/devices/list").json()["devices"][0]["properties"]["online"] is False

    assert marked("clear_error", code="hub_disconnected") == []

    assert http.get("/devices/list").json()["devices"][0]["properties"]["online"] is True
    assert [event.event_type for event in seam_sandbox.events][-2:] == ["device.disconnected", "device.connected"]


def test_mark_has_a_message_and_fields(marked):
    """Keys beyond the parameters are fields of the entry, of any type of JSON."""
    [warning] = marked("set_warning", code="of_next_year", message="Look!", rooms=[{"floor": 3}], is_grave=None)

    assert (warning["warning_code"], warning["message"]) == ("of_next_year", "Look!")
    assert (warning["rooms"], warning["is_grave"]) == ([{"floor": 3}], None)
    assert marked("clear_warning", code="of_next_year") == []


def test_resource_of_a_mark_may_be_a_name(control, http):
    """As in Python; other resources than devices can carry marks too."""
    account = control("create_connected_account", provider="august")["connected_account_id"]
    device = control("create_device", name="FRONT DOOR", connected_account_id=account)["device_id"]

    control("set_error", resource="FRONT DOOR", code="of_next_year")
    control("set_warning", resource=account, code="scheduled_maintenance_window")

    door = http.get("/devices/get", params={"device_id": device}).json()["device"]
    [seen] = http.get("/connected_accounts/list").json()["connected_accounts"]
    assert [error["error_code"] for error in door["errors"]] == ["of_next_year"]
    assert [warning["warning_code"] for warning in seen["warnings"]] == ["scheduled_maintenance_window"]


# state


def test_state_shows_every_row_and_event(control, sandbox_device):
    """state gives the rows by kind and the events, as clients see them."""
    state = control("state")

    assert [device["device_id"] for device in state["Device"]] == [sandbox_device.device_id]
    assert [event["event_type"] for event in state["Event"]][-2:] == ["device.added", "device.connected"]


def test_restore_goes_back_to_a_snapshot(control, http):
    """A snapshot has a name, and restoring it brings back what was there, as often as wanted."""
    first = control("create_device")["device_id"]
    name = control("snapshot")["snapshot"]

    control("create_device")
    control("restore", snapshot=name)
    control("create_device")
    control("restore", snapshot=name)

    assert [device["device_id"] for device in http.get("/devices/list").json()["devices"]] == [first]


def test_reset_starts_over(control, http, seam_sandbox):
    """reset brings back the starting state: no devices, no faults, no requests seen, no problem, a running clock."""
    control("create_device")
    control("faults/fail", target="/devices/list")
    control("clock/freeze")
    assert http.get("/not/there").status_code == 404

    assert control("reset") == {"ok": True}

    assert control("requests") == {"requests": []}
    assert control("check") == {"ok": True}
    assert http.get("/devices/list").json()["devices"] == []
    assert not seam_sandbox.embedded.app.clock.is_held


def test_requests_tell_what_the_program_did(control, http):
    """requests has each call of the program under test, and none of the sandbox's own."""
    control("create_device")
    http.get("/devices/get", params={"device_id": UNKNOWN})

    [call] = control("requests")["requests"]

    assert (call["method"], call["path"], call["status"]) == ("GET", "/devices/get", 404)
    assert (call["params"], call["error"]) == ({"device_id": UNKNOWN}, "device_not_found")


def test_request_tells_of_its_action_attempt(control, http, seam_sandbox):
    """An object, and null where an answer has none."""
    device = control("create_device")
    http.post("/locks/unlock_door", json={"device_id": device["device_id"]})
    http.get("/devices/list")

    unlocked, listed = control("requests")["requests"]

    attempt_id = seam_sandbox.action_attempts[0].action_attempt_id
    assert unlocked["work"] == {"id": attempt_id, "status": "success", "error": None, "message": None}
    assert listed["work"] is None


def test_routes_act_in_the_workspace_that_the_query_names(control, http, seam_sandbox):
    """Whichever has opened it; the routes of webhooks are those of the first."""
    other = seam_sandbox.create_workspace(name="Annex")
    here = f"?workspace={other.workspace_id}"

    control(f"create_device{here}", name="LOFT")

    assert [device.display_name for device in other.devices] == ["LOFT"]
    assert seam_sandbox.devices == []
    assert control(f"state{here}")["workspace_id"] == other.workspace_id
    assert control(f"state?workspace={seam_sandbox.workspace_id}")["workspace_id"] == seam_sandbox.workspace_id
    refused = http.post(f"/_sandbox/webhooks/deliver_to{here}", json={})
    assert refused.status_code == 400
    assert f"are those of the workspace {seam_sandbox.workspace_id}" in refused.json()["error"]


def test_workspace_that_is_not_there(http, seam_sandbox):
    """The answer has those that are."""
    answer = http.post("/_sandbox/state?workspace=annex")

    assert (answer.status_code, answer.json()["error"]) == (
        400,
        f"there is no workspace 'annex'; there are {seam_sandbox.workspace_id}.",
    )


def test_request_without_parameters_has_none(control, http):
    """Parameters are an object, also where there are none."""
    http.get("/not/there")

    [call] = control("requests")["requests"]

    assert (call["params"], call["status"]) == ({}, 404)


def test_reset_ends_what_is_open(control, http):
    """An outage is gone with the state that it is in: the next test may have the same, and is not told of this one."""
    control("create_device", name="FRONT DOOR")
    snapshot = control("snapshot")
    control("outages/begin", kind="disconnected", target="FRONT DOOR")

    control("reset")

    assert control("check") == {"ok": True}
    control("restore", **snapshot)
    begun = control("outages/begin", kind="disconnected", target="FRONT DOOR")
    assert begun["outage"] == "disconnected(FRONT DOOR)"
    assert control("outages/end", outage="disconnected(FRONT DOOR)")["events"]


def test_open_outages_are_listed(control):
    """Each as it was when it began, until it ends; `outages/end` takes it as it is."""
    control("create_device", name="FRONT DOOR")
    control("create_device", name="BACK DOOR")
    begun = [control("outages/begin", kind="disconnected", target=name) for name in ("FRONT DOOR", "BACK DOOR")]

    assert control("outages") == {"outages": begun}
    control("outages/end", **begun[0])
    assert control("outages") == {"outages": begun[1:]}
    control("outages/end", id=begun[1]["id"])
    assert control("outages") == {"outages": []}


def test_outage_whose_name_another_has_ends_by_its_id(control, http):
    """The name stands for the newest of them, the id for one."""
    first = control("create_device", name="DOOR")["device_id"]
    begun = [control("outages/begin", kind="disconnected", target="DOOR")]
    http.post("/devices/update", json={"device_id": first, "name": "OLD DOOR"})
    control("create_device", name="DOOR")
    begun.append(control("outages/begin", kind="disconnected", target="DOOR"))

    assert begun[0]["outage"] == begun[1]["outage"]
    control("outages/end", id=begun[0]["id"])
    assert control("outages") == {"outages": begun[1:]}
    control("outages/end", outage="disconnected(DOOR)")
    assert control("outages") == {"outages": []}


def test_reset_forgets_trouble(control, http, seam_sandbox, monkeypatch):
    """After a reset, check has no complaint about what was before."""
    with monkeypatch.context() as patch:
        patch.setattr(seam_sandbox.embedded.app, "_route", lambda _path: None)
        assert http.get("/phones/list").status_code == 501

    control("reset")

    assert control("check") == {"ok": True}


# time


def test_clock_is_moved(control):
    """advance moves the clock and gives its time."""
    frozen = control("clock/freeze", at="2040-01-02T03:04:05Z")
    advanced = control("clock/advance", seconds=60)
    control("clock/resume")

    assert frozen == {"now": "2040-01-02T03:04:05+00:00"}
    assert advanced == {"now": "2040-01-02T03:05:05+00:00"}


def test_clock_is_frozen_where_it_stands(control):
    """freeze without a time stops the clock at the present moment, and resume lets it run from there."""
    now = control("clock/freeze")["now"]

    assert control("clock/advance", seconds=0)["now"] == now
    assert control("clock/resume")["now"] >= now


# faults


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("fail", {"status": 502}, "fail on GET /phones/list"),
        ("garbage", {"kind": "truncated"}, "garbage on GET /phones/list"),
        ("rate_limit", {"retry_after": 3}, "rate_limit on GET /phones/list"),
        ("slow", {"seconds": 0}, "slow on GET /phones/list"),
        ("lose_answer", {}, "lose_answer on GET /phones/list"),
        ("reset", {"after": True}, "reset on GET /phones/list"),
        ("time_out", {"times": None}, "time_out on GET /phones/list"),
    ],
)
def test_fault_is_set(control, seam_sandbox, kind, values, said):
    """Each kind of fault takes the parameters of its method; the answer names it, and clear takes it away."""
    assert control(f"faults/{kind}", target="GET /phones/list", **values) == {"fault": said}
    assert [str(fault) for fault in seam_sandbox.faults.active] == [said]

    assert control("faults/clear") == {"ok": True}

    assert seam_sandbox.faults.active == []


def test_fault_takes_effect(control, http):
    """A fault that was set meets the next request of the program, and only that."""
    control("faults/fail", target="GET /phones/list", status=502)

    assert [http.get("/phones/list").status_code for _ in range(2)] == [502, 200]


def test_refusal_of_connections_is_not_offered(refusal):
    """A server that nobody can connect to could not be told to stop that; the text names what to use instead."""
    assert "Use faults/reset or faults/lose_answer" in refusal("faults/refuse", times=None)


# check


def test_check_tells_of_a_fault_that_nobody_met(control):
    """check says what a test in Python is told at its end, once."""
    control("faults/fail", target="GET /phones/list")

    told = control("check")

    assert told["ok"] is False
    assert "the fault fail on GET /phones/list was met 0 of 1 time(s)" in told["problem"]
    assert control("check") == {"ok": True}


def test_check_tells_of_paths_that_are_not_emulated(control, http, nothing_emulated):
    """A path of Seam that answered 501 is problem."""
    assert http.get("/phones/list").status_code == 501

    assert "called /phones/list, which Seam has" in control("check")["problem"]


def test_check_tells_of_an_exception_inside(control, http, seam_sandbox, monkeypatch):
    """An error of the sandbox itself is told, whatever its type."""
    with monkeypatch.context() as patch:
        patch.setattr(seam_sandbox.embedded.app, "_route", lambda path: {}[path])
        assert http.get("/phones/list").status_code == 500

    assert control("check") == {"ok": False, "problem": "'/phones/list'"}
    assert control("check") == {"ok": True}


# bad input


@pytest.mark.parametrize(
    ("route", "values", "said"),
    [
        ("create_device", {"device_type": "august_lok"}, "august_lok"),
        ("create_device", {"colour": "red"}, "there is no parameter 'colour'; there are device_type, device_id, "),
        ("create_device", {"connected_account_id": UNKNOWN}, f"no connected account '{UNKNOWN}'"),
        ("create_phone", {"user_identity_id": UNKNOWN}, "user_identity_not_found"),
        ("create_phone", {"phone_metadata": 5}, "phone_metadata is 5. Input should be "),
        ("fail_login", {"connect_webview": UNKNOWN}, f"no Connect Webview '{UNKNOWN}'"),
        ("complete_login", {}, "the parameter 'connect_webview' is missing."),
        ("set_error", {"code": "hub_disconnected"}, "the parameter 'resource' is missing."),
        ("set_error", {"resource": UNKNOWN, "code": "hub_disconnected"}, f"no resource '{UNKNOWN}' in this sandbox"),
        ("set_warning", {"resource": UNKNOWN}, "the parameter 'code' is missing."),
        ("clear_error", {"resource": UNKNOWN, "code": "x", "message": "y"}, "there is no parameter 'message'; there"),
        ("restore", {"snapshot": "snapshot-9"}, "there is no snapshot 'snapshot-9'; there are none."),
        ("clock/advance", {"seconds": -1}, "never goes backwards"),
        ("clock/advance", {"seconds": "soon"}, "seconds is 'soon'. Input should be a valid number."),
        ("clock/advance", {}, "the parameter 'seconds' is missing."),
        ("clock/freeze", {"at": "tomorrow"}, "Invalid isoformat string"),
        ("clock/freeze", {"at": "2040-01-02T03:04:05"}, "needs an aware datetime"),
        ("clock/freeze", {"at": "2001-01-01T00:00:00Z"}, "never goes backwards"),
        ("clock/freeze", {"at": 5}, "at is 5. Input should be a valid string."),
        ("clock/freeze", {"until": "x"}, "there is no parameter 'until'; there are at."),
        ("faults/fail", {}, "the parameter 'target' is missing."),
        ("faults/fail", {"target": "GET /phones/lists"}, "Nearest: /phones/list"),
        ("faults/fail", {"target": "/phones/list", "status": 200}, "a status from 400 to 599"),
        ("faults/fail", {"target": "/phones/list", "times": 0}, "times is 0"),
        ("reset", {"hard": True}, "this route takes no parameters; got hard."),
        ("state", {"of": "devices"}, "this route takes no parameters; got of."),
        ("requests", {"since": 1}, "this route takes no parameters; got since."),
        ("outages", {"since": 1}, "this route takes no parameters; got since."),
        ("outages/end", {}, "give the name of the outage as 'outage', or its 'id': such as outages/begin gives."),
        ("outages/end", {"outage": "a", "id": "outage-9"}, "no outage 'a' 'outage-9' is open; open: none."),
        ("check", {"a": 1, "b": 2}, "this route takes no parameters; got a, b."),
        ("clock/resume", {"at": 1}, "this route takes no parameters; got at."),
        ("faults/clear", {"kind": "fail"}, "this route takes no parameters; got kind."),
    ],
)
def test_bad_value_is_refused_with_the_reason(refusal, seam_sandbox, route, values, said):
    """A mistake in the parameters is 400 with a sentence, and no failure of the sandbox."""
    assert said in refusal(route, **values)
    seam_sandbox.check()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[1]", "expected a JSON object as the body, got [1]"),
        (b"5", "got 5"),
        (b'"x"', "got 'x'"),
        (b"{", "Expecting"),
    ],
)
def test_body_that_is_no_object_is_refused(http, body, said):
    """The body is a JSON object."""
    answer = http.post("/_sandbox/reset", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_body_may_be_left_out(http):
    """A route without parameters needs no body, and no content type."""
    assert http.post("/_sandbox/requests").json() == {"requests": []}


@pytest.mark.parametrize("route", ["", "resets", "reset/", "clock"])
def test_unknown_route_names_the_routes(http, route):
    """An unknown control route is 404 with the list of those there are."""
    answer = http.post(f"/_sandbox/{route}", json={})

    assert answer.status_code == 404
    assert (
        answer.json()["error"]
        == f"no control route /_sandbox/{route}; routes: {', '.join(sorted([*ROUTES, *MORE_ROUTES]))}"
    )


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_control_is_post_only(http, method):
    """Nothing is changed by a link that a browser follows."""
    answer = http.request(method, "/_sandbox/reset")

    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert answer.json() == {"error": f"control routes are POST only; got {method}."}


# who may


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_control_is_off_by_default(seam_server, seam_sandbox, route):
    """Without `control=True` these paths are as unknown as any that Seam does not have."""
    answer = httpx.post(f"{seam_server}/_sandbox/{route}", headers={"authorization": f"Bearer {seam_sandbox.api_key}"})

    assert answer.status_code == 404
    assert answer.text.startswith("404: Seam has no path")


def test_control_needs_no_credentials():
    """A script without the key may control a sandbox: the server is on loopback, and the sandbox is a test's own."""
    with Sandbox().serve(control=True) as url:
        assert httpx.post(f"{url}/_sandbox/check").json() == {"ok": True}


def test_control_calls_do_not_count_as_requests_of_the_program(control, seam_sandbox):
    """What a test does to the sandbox meets no fault and is no request of the program."""
    seam_sandbox.faults.fail("*")

    control("create_phone")

    assert seam_sandbox.requests == []
    with pytest.raises(ExpectationFailed):
        seam_sandbox.check()


@pytest.mark.seam(action_attempts="poll")
def test_action_attempt_fails_with_an_error_of_ones_own(control, http, sandbox_device):
    """The attempt is answered as it ended, and so it stays."""
    unlocked = http.post("/locks/unlock_door", json={"device_id": sandbox_device.device_id}).json()["action_attempt"]
    about = {"action_attempt_id": unlocked["action_attempt_id"]}

    failed = control("fail_action_attempt", action_attempt=about["action_attempt_id"], error_type="jam", message="Jam.")

    assert (failed["status"], failed["error"]) == ("error", {"type": "jam", "message": "Jam."})
    assert http.post("/action_attempts/get", json=about).json()["action_attempt"] == failed
