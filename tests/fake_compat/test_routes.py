"""The routes below /_fake/."""

import pytest


def test_attempt_fails_with_an_error_of_ones_own(fake):
    """status error: the attempt has failed with this error, its event says so, and the door is still locked."""
    attempt = fake.unlock()
    fake.update(attempt, status="error", error={"type": "foo", "message": "Failed"})

    found = fake.attempt(attempt["action_attempt_id"])
    assert (found["status"], found["error"]) == ("error", {"type": "foo", "message": "Failed"})
    events = fake.call("/events/list", {"since": "2020-01-01", "event_type": "action_attempt.unlock_door.failed"})
    assert len(events["events"]) == 1
    assert fake.call("/devices/get", {"device_id": "august_device_1"})["device"]["properties"]["locked"]


def test_attempt_that_has_ended_can_still_be_set_to_an_error(fake):
    """As in the fake, the status is simply set."""
    attempt = fake.unlock()
    fake.attempt(attempt["action_attempt_id"])
    fake.update(attempt, status="error", error={"type": "foo", "message": "Failed"})

    assert fake.attempt(attempt["action_attempt_id"])["error"]["type"] == "foo"


def test_attempt_stays_pending_until_it_is_let_go(fake):
    """status pending: it stays so at every look; success: what it was to do is done."""
    attempt = fake.unlock()
    fake.update(attempt, status="pending")
    fake.update(attempt, status="pending")

    assert [fake.attempt(attempt["action_attempt_id"])["status"] for _ in range(2)] == ["pending", "pending"]

    fake.update(attempt, status="success")

    assert fake.attempt(attempt["action_attempt_id"])["status"] == "success"
    assert not fake.call("/devices/get", {"device_id": "august_device_1"})["device"]["properties"]["locked"]


def test_attempt_that_has_ended_goes_back_to_pending(fake):
    """Result and error are gone then; success takes the result that is given."""
    attempt = fake.unlock()
    fake.attempt(attempt["action_attempt_id"])
    fake.update(attempt, status="pending")
    assert fake.attempt(attempt["action_attempt_id"]) == attempt

    fake.update(attempt, status="success", result={"was_confirmed_by_device": True})

    assert fake.attempt(attempt["action_attempt_id"])["result"] == {"was_confirmed_by_device": True}


def test_attempt_of_an_offline_lock_can_succeed_all_the_same(fake):
    """success means success, even where the sandbox would have let the attempt fail."""
    fake.call("/devices/simulate/disconnect", {"device_id": "august_device_1"})
    attempt = fake.unlock()
    fake.update(attempt, status="success")

    found = fake.attempt(attempt["action_attempt_id"])
    assert (found["status"], found["error"]) == ("success", None)


def test_outage_concerns_one_workspace_and_its_routes(fake):
    """503 without a body on the routes of that workspace; other routes, workspaces and strangers get the usual answer."""
    body = {"workspace_id": "seed_workspace_1", "routes": ["/devices/list", "/no/such/path"]}
    fake.call("/_fake/simulate_workspace_outage", body)

    out = fake.send("/devices/list", {})
    assert (out.status_code, out.content) == (503, b"")
    assert out.headers["seam-request-id"].startswith("request")
    assert fake.send("/devices/list", key="seam_cst1_token").status_code == 503
    assert fake.send("/devices/list", key="seam_apikey2_token").status_code == 200
    assert fake.send("/devices/list", key="seam_invalid_api_key").status_code == 401
    assert fake.send("/connected_accounts/list").status_code == 200
    assert fake.send("/no/such/path").status_code == 404

    fake.call("/_fake/simulate_workspace_outage", {"workspace_id": "seed_workspace_1", "routes": []})

    assert fake.send("/devices/list", {}).status_code == 200


def test_database_has_all_workspaces(fake):
    """Everything by kind, whose it may be; as many devices as the list has."""
    database = fake.http.get("/_fake/database").json()

    assert len(database["devices"]) == len(fake.call("/devices/list", {})["devices"])
    assert [workspace["workspace_id"] for workspace in database["workspaces"]] == [
        "seed_workspace_1",
        "seed_workspace_2",
    ]
    counts = {name: len(database[name]) for name in ("acs_systems", "user_identities", "events", "action_attempts")}
    assert counts == {"acs_systems": 1, "user_identities": 1, "events": 1, "action_attempts": 0}
    assert {key["token"] for key in database["api_keys"]} == {"seam_apikey1_token", "seam_apikey2_token"}


def test_completed_webview_brings_an_account_to_the_client_session(fake):
    """The webview is authorized; the first client session sees the devices of the new account."""
    before = len(fake.call("/devices/list", {}, key="seam_cst1_token")["devices"])
    webview = fake.call("/connect_webviews/create", {"accepted_providers": ["august"]})["connect_webview"]
    about = {"connect_webview_id": webview["connect_webview_id"]}
    fake.call("/_fake/complete_connect_webview", about)

    assert fake.call("/connect_webviews/get", about)["connect_webview"]["status"] == "authorized"
    assert len(fake.call("/devices/list", {}, key="seam_cst1_token")["devices"]) > before


def test_webview_of_the_second_workspace_is_found_too(fake):
    """There it brings an account, and no client session has to be there."""
    webview = fake.call("/connect_webviews/create", {}, key="seam_apikey2_token")["connect_webview"]
    fake.call("/_fake/complete_connect_webview", {"connect_webview_id": webview["connect_webview_id"]})

    assert len(fake.call("/connected_accounts/list", key="seam_apikey2_token")["connected_accounts"]) == 1


def test_webview_is_completed_once(fake):
    """A second login is refused, with the reason."""
    webview = fake.call("/connect_webviews/create", {})["connect_webview"]
    about = {"connect_webview_id": webview["connect_webview_id"]}
    fake.call("/_fake/complete_connect_webview", about)

    again = fake.send("/_fake/complete_connect_webview", about)
    assert again.status_code == 400
    assert "was completed already" in again.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("update_action_attempt", {"action_attempt_id": "x", "status": "pending"}, 404, "Action attempt not found"),
        ("update_action_attempt", {"action_attempt_id": "x", "status": "done"}, 400, "status is"),
        ("update_action_attempt", {"action_attempt_id": "x", "status": "error"}, 400, "error is null"),
        ("update_action_attempt", {"status": "pending"}, 400, "action_attempt_id is null"),
        ("simulate_workspace_outage", {"workspace_id": "x", "routes": []}, 404, "Workspace not found"),
        ("simulate_workspace_outage", {"workspace_id": "x", "routes": "/devices/list"}, 400, "routes is"),
        ("complete_connect_webview", {"connect_webview_id": "x"}, 404, "Connect webview not found"),
        ("complete_connect_webview", [], 400, "the body is []; it takes a JSON object"),
        ("default_seed", {}, 405, "only GET accepted"),
        ("no_such_route", {}, 404, "/_fake/default_seed"),
    ],
)
def test_mistakes_are_told(fake, path, body, status, said):
    """What was found and what was expected, in Seam's envelope."""
    response = fake.send(f"/_fake/{path}", body)

    assert response.status_code == status
    assert said in response.json()["error"]["message"]


def test_broken_json_is_told(fake):
    """A body that is no JSON is a 400."""
    response = fake.http.post(
        "/_fake/complete_connect_webview", content=b"{", headers={"content-type": "application/json"}
    )

    assert (response.status_code, response.json()["error"]["message"]) == (400, "Invalid JSON")


def test_pages_of_other_machines_may_not_use_them(fake):
    """As for the control routes: no cross-origin requests."""
    assert fake.send("/_fake/default_seed", origin="https://example.com").status_code == 403


def test_control_routes_are_there_too(fake):
    """/_sandbox/ steers the first workspace."""
    assert fake.call("/_sandbox/state", {})["workspace_id"] == "seed_workspace_1"
