"""Process (1), on which the tests of live sandboxes stand, is as strict as it says."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from live.strict_server import StrictServer


@pytest.fixture
def server():
    with StrictServer() as server:
        yield server


def call(server, workspace, path, **params):
    headers = {"authorization": f"Bearer {workspace.api_key}"}
    return httpx.post(server.url + path, json=params, headers=headers, trust_env=False)


def test_three_workspaces_one_of_them_production(server):
    found = [call(server, each, "/workspaces/get").json()["workspace"] for each in server.workspaces]
    assert [each["workspace_id"] for each in found] == [each.workspace_id for each in server.workspaces]
    assert [each["is_sandbox"] for each in found] == [True, True, False]
    assert ["seam_test" in each.api_key for each in server.workspaces] == [True, True, False]


def test_every_workspace_has_devices_and_only_sandboxes_simulate(server):
    flags = {}
    for workspace in server.workspaces:
        devices = call(server, workspace, "/devices/list").json()["devices"]
        assert {device["display_name"]: device["device_id"] for device in devices} == workspace.device_ids
        flags[workspace.name] = [device for device in devices if device.get("can_simulate_disconnection")]
    assert (len(flags["first"]), len(flags["second"]), flags["production"]) == (9, 9, [])


def test_it_is_as_slow_as_a_server_far_away(server):
    door = server.first.device_ids["Front Door"]
    attempt = call(server, server.first, "/locks/unlock_door", device_id=door).json()["action_attempt"]
    assert attempt["status"] == "pending"
    assert call(server, server.first, "/devices/simulate/disconnect", device_id=door).status_code == 200
    device = call(server, server.first, "/devices/get", device_id=door).json()["device"]
    events = call(server, server.first, "/events/list", since="2000-01-01T00:00:00Z", device_id=door).json()["events"]
    assert (device["errors"], "device.disconnected" in [event["event_type"] for event in events]) == ([], False)


def test_it_has_no_control_routes_and_limits_rates(server):
    assert call(server, server.first, "/_sandbox/state").status_code == 404
    door = server.first.device_ids["Front Door"]
    statuses = [call(server, server.first, "/locks/unlock_door", device_id=door).status_code for _ in range(16)]
    assert statuses == [200] * 15 + [429]
    server.restart()
    assert call(server, server.first, "/locks/unlock_door", device_id=door).status_code == 200


def test_it_tells_of_requests_and_shows_what_it_holds(server):
    told = []
    server.before, server.after = told.append, told.append
    call(server, server.first, "/devices/list")
    call(server, server.second, "/user_identities/create", full_name="Jane Doe")
    assert told == [1, 1, 2, 2]
    assert server.seen == [
        ("POST", "/devices/list", server.first.api_key),
        ("POST", "/user_identities/create", server.second.api_key),
    ]
    assert server.writes() == ["/user_identities/create"]
    assert [row["full_name"] for row in server.dump(server.second)["UserIdentity"]] == ["Jane Doe"]
    assert "UserIdentity" not in server.dump(server.first)
    assert server.backend(server.production).workspace_id == server.production.workspace_id


def test_it_is_a_process_of_its_own_too():
    script = Path(__file__).with_name("strict_server.py")
    process = subprocess.Popen([sys.executable, script, '{"event_latency": 0}'], stdout=subprocess.PIPE, text=True)
    with process:
        try:
            told = json.loads(process.stdout.readline())
            headers = {"authorization": f"Bearer {told['production']['api_key']}"}
            answer = httpx.get(f"{told['url']}/workspaces/get", headers=headers, trust_env=False)
            assert answer.json()["workspace"]["workspace_id"] == told["production"]["workspace_id"]
        finally:
            process.terminate()
    assert process.returncode == 0
