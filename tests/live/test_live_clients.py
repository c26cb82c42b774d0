"""The ways of a program under test into a live sandbox: all of them lead through the guard, and are recorded."""

import asyncio
import contextlib
import socket
import urllib.request

import httpx
import pytest
import requests
import seam
from seam.exceptions import SeamHttpApiError, SeamHttpUnauthorizedError

from pytest_seam_sandbox import EmbeddedOnly, ProductionRefused, Sandbox, SandboxError
from pytest_seam_sandbox.backends.live.connection import Connection

PRODUCTION_KEY = "seam_6rPuXdEr_of_a_production_workspace"


def paths(live):
    return [call.path for call in live.requests]


def test_clients_of_the_sdk_retry_in_real_time(server, live):
    asked = []

    def fail_once(number):
        asked.append(number)
        if len(asked) == 1:
            server.backend(server.first).app.faults.fail("GET /devices/list", status=503)

    server.before = fail_once

    found = live.client().devices.list()

    assert {device.device_id for device in found} >= set(server.first.device_ids.values())
    assert [call.status for call in live.requests] == [503, 200]


def test_async_clients(server, live):
    async def look():
        async with live.async_client() as client, live.async_http() as http:
            found = await client.devices.list()
            refused = await http.get("/devices/get", params={"device_id": live.workspace_id})
            with pytest.raises(SeamHttpApiError):
                await client.devices.get(device_id=live.workspace_id)
            return len(found), refused.json()["error"]["type"]

    count, error = asyncio.run(look())

    assert count == len(server.first.device_ids) + 1
    assert error == "device_not_found"
    assert paths(live) == ["/devices/list", "/devices/get", "/devices/get"]
    assert [call.error for call in live.requests] == [None, "device_not_found", "device_not_found"]


def test_failures_on_the_way_are_recorded(server, live):
    async def look():
        async with live.async_http() as http:
            await http.get("/devices/list")

    server.backend(server.first).app.faults.reset("GET /devices/list")
    with pytest.raises(httpx.ReadError):
        asyncio.run(look())

    (call,) = live.requests
    assert (call.path, call.error) == ("/devices/list", "ReadError")


def test_key_of_ones_own_leads_there_too(server, live_folder, monkeypatch):
    """An app with a key of its own, which the setting api_key names, needs no other for live tests."""
    monkeypatch.setenv("SEAM_API_KEY", server.first.api_key)
    settings = {"live_workspaces": server.first.workspace_id, "live_endpoint": server.url, "live_folder": live_folder}

    with Sandbox(backend="live", api_key="seam_test1_of_the_app", **settings) as live:
        headers = {"authorization": "Bearer seam_test1_of_the_app"}
        with httpx.Client(transport=live.transport, base_url=live.endpoint) as client:
            assert client.get("/devices/list", headers=headers).status_code == 200
        assert live.api_key == "seam_test1_of_the_app"

    assert {key for _, _, key in server.seen} == {server.first.api_key}


def test_keys_of_other_sandboxes_are_wrong_keys(server, live):
    with live.http(headers={"authorization": f"Bearer {server.second.api_key}"}) as client:
        answer = client.get("/devices/list")
    program = seam.Seam(api_key="seam_test1_wrong", httpx_options={"transport": live.transport})
    with program, pytest.raises(SeamHttpUnauthorizedError):
        program.devices.list()

    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "unauthorized")
    assert [(call.path, call.status, call.error) for call in live.requests] == [
        ("/devices/list", 401, "unauthorized"),
        ("/devices/list", 401, "unauthorized"),
    ]
    assert "nothing was sent" in live.timeline
    assert server.second.api_key not in live.timeline
    live.check()


def test_failure_of_a_program_with_a_wrong_key_has_a_hint(live):
    with pytest.raises(KeyError) as raised, live, live.http(headers={"authorization": "Bearer nonsense"}) as client:
        raise KeyError(client.get("/devices/list").json()["devices"])

    assert (
        "every request of the program under test got 401: it has no key of this sandbox." in raised.value.__notes__[0]
    )


def test_production_keys_and_other_hosts_are_refused(server, live):
    with httpx.Client(transport=live.transport) as client:
        with pytest.raises(ProductionRefused, match="has a credential in the header authorization that is not of the"):
            client.get(f"{server.url}/devices/list", headers={"authorization": f"Bearer {PRODUCTION_KEY}"})
        with pytest.raises(ProductionRefused, match=r"^GET 'http://example\.com/devices/list' goes to another server"):
            client.get("http://example.com/devices/list")

    with pytest.raises(ProductionRefused, match="has a credential") as told:
        live.check()
    assert told.value.__notes__ == [str(each) for each in told.value.__notes__ if "another server" in each]
    live.check()


def test_server_passes_everything_on(server, live):
    headers = {"authorization": f"Bearer {live.api_key}", "accept-encoding": "gzip"}
    with live.serve() as url, httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
        found = client.get("/devices/list", params={"limit": 2})
        made = client.post("/user_identities/create", json={"full_name": "Jane Doe"})
        missing = client.get("/nowhere")

    assert len(found.json()["devices"]) == 2
    assert found.headers["seam-request-id"]
    assert made.json()["user_identity"]["full_name"] == "Jane Doe"
    assert missing.status_code == 404
    assert [(call.path, call.params) for call in live.requests] == [
        ("/devices/list", {"limit": "2"}),
        ("/user_identities/create", {"full_name": "Jane Doe"}),
        ("/nowhere", {}),
    ]


def test_what_is_refused_over_the_server_is_told(server, live):
    headers = {"authorization": f"Bearer {live.api_key}"}
    with live.serve() as url, httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
        answer = client.post("/workspaces/reset_sandbox")

    assert answer.status_code == 502
    assert "It was not sent." in answer.text
    assert server.writes() == []
    with pytest.raises(EmbeddedOnly, match="/workspaces/reset_sandbox takes away what others use"):
        live.check()


def test_server_without_an_answer_of_seam_says_so(server, go_live):
    live = go_live()
    headers = {"authorization": f"Bearer {live.api_key}"}
    server.backend(server.first).app.faults.reset("GET /devices/list")
    with live.serve() as url, httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
        answer = client.get("/devices/list")

    assert answer.status_code == 502
    assert answer.text.startswith("ReadError: ")
    (call,) = live.requests
    assert (call.error, call.status) == ("ReadError", 500)


@pytest.mark.parametrize("target", [".example.com/devices/list", "@example.com/devices/list", ":80/devices/list", "*"])
def test_server_passes_on_to_no_other_host(server, live, target):
    with live.serve() as url, socket.create_connection(("127.0.0.1", httpx.URL(url).port), timeout=10) as connection:
        head = f"POST {target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {live.api_key}\r\nconnection: close\r\n\r\n"
        connection.sendall(head.encode())
        answer = connection.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 502 ")
    assert {path for _, path, _ in server.seen} <= {"/workspaces/get", "/events/list"}  # the sandbox's own
    with contextlib.suppress(ProductionRefused):
        live.check()


def test_control_routes_are_the_emulators(live):
    with pytest.raises(EmbeddedOnly, match=r"^serve\(control=True\) is embedded only"):
        live.serve(control=True)


def test_interception_takes_seams_host_and_the_endpoint(server, live):
    headers = {"authorization": f"Bearer {live.api_key}"}

    async def look_async():
        async with httpx.AsyncClient(headers=headers) as client:
            with pytest.raises(SandboxError, match=r"sent GET http://example\.com/ to the host 'example\.com'"):
                await client.get("http://example.com/")
            return (await client.get(f"{server.url}/phones/list")).status_code

    async def look_elsewhere():
        with Sandbox().serve() as url:
            async with httpx.AsyncClient(trust_env=False) as client:
                return (await client.get(f"{url}/health")).status_code

    with live.intercepted(), seam.Seam(api_key=live.api_key) as client:
        assert len(client.devices.list()) > 10
        assert asyncio.run(look_async()) == 200
        assert asyncio.run(look_elsewhere()) == 200
        with pytest.raises(SandboxError, match=r"the host 'example\.com', which is not Seam's"):
            httpx.get("http://example.com/")

    assert paths(live) == ["/devices/list", "/phones/list"]


def test_other_servers_on_loopback_are_reached_under_interception(server, live):
    with Sandbox().serve() as url, live.intercepted():
        assert httpx.get(f"{url}/health", trust_env=False).status_code == 200

    assert live.requests == []


@pytest.mark.parametrize(
    "send", [requests.post, lambda url, **_: urllib.request.urlopen(url)], ids=["requests", "urllib"]
)
@pytest.mark.parametrize("host", ["connect.getseam.com", "example.com"])
def test_other_libraries_are_refused_under_interception(server, live, send, host):
    with live.intercepted(), pytest.raises(SandboxError, match=rf"the program under test .* {host}|the host '{host}'"):
        send(f"https://{host}/user_identities/create", json={})

    with pytest.raises(SandboxError, match=host.replace(".", r"\.")):
        live.check()
    live.check()


def test_names_are_looked_up_for_the_sandbox_alone_under_interception(server, live, monkeypatch):
    """Seam's host is looked up by the sandbox's own requests, and by nothing else."""
    looked_up = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: looked_up.append(host))
    connection = Connection("", server.first.api_key)
    with live.intercepted():
        with pytest.raises(SandboxError, match="with another library than httpx"):
            socket.getaddrinfo("connect.getseam.com", 443)
        assert looked_up == []
        with pytest.raises(TypeError):
            connection.send("/devices/list", b"{}")
    assert looked_up == ["connect.getseam.com"]
    with pytest.raises(SandboxError, match="with another library"):
        live.check()


def test_refusal_that_the_program_catches_fails_the_test(server, live):
    with live.intercepted(), contextlib.suppress(SandboxError):
        httpx.get("https://name:secret@example.com/")

    with pytest.raises(SandboxError, match=r"sent GET https://example\.com/"):
        live.check()
