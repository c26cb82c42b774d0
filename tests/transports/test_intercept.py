"""Interception: clients that the app builds itself reach the sandbox; nothing else does, and nothing leaks."""

import asyncio

import httpx
import pytest
from seam.seam import AsyncSeam, Seam

from pytest_seam_sandbox import Sandbox, SandboxError


def test_a_client_of_the_app_reaches_the_sandbox(seam_intercept, sandbox_device):
    """`Seam(api_key)` without a word about transports talks to the sandbox."""
    with Seam(api_key=seam_intercept.api_key) as client:
        assert client.devices.get(device_id=sandbox_device.device_id).device_id == sandbox_device.device_id


def test_an_async_client_of_the_app_reaches_the_sandbox(seam_intercept, sandbox_device):
    """AsyncSeam is intercepted like Seam."""

    async def look():
        async with AsyncSeam(api_key=seam_intercept.api_key) as client:
            return await client.devices.get(device_id=sandbox_device.device_id)

    assert asyncio.run(look()).device_id == sandbox_device.device_id


def test_a_client_that_was_built_before_is_intercepted_too(seam_sandbox, sandbox_device):
    """A client at module level of an app is as good as a new one."""
    client = Seam(api_key=seam_sandbox.api_key)

    with seam_sandbox.intercepted():
        assert client.devices.get(device_id=sandbox_device.device_id)
    client.close()


def test_the_sdk_waits_in_sandbox_time(seam_intercept, sandbox_device):
    """Retries are the SDK's own, but its waits between them cost no real time."""
    before = seam_intercept.clock.now()

    with (
        seam_intercept.faults.rate_limit("/devices/get", retry_after=30),
        Seam(api_key=seam_intercept.api_key) as client,
    ):
        client.devices.get(device_id=sandbox_device.device_id)

    assert (seam_intercept.clock.now() - before).total_seconds() >= 30


def test_async_retries_wait_in_sandbox_time(seam_intercept, sandbox_device):
    """The async client's waits cost no real time either."""
    before = seam_intercept.clock.now()

    async def look():
        async with AsyncSeam(api_key=seam_intercept.api_key) as client:
            await client.devices.get(device_id=sandbox_device.device_id)

    with seam_intercept.faults.rate_limit("/devices/get", retry_after=30):
        asyncio.run(look())

    assert (seam_intercept.clock.now() - before).total_seconds() >= 30


def test_other_hosts_are_refused_by_name(seam_intercept):
    """A request to a host that is not Seam's never leaves; the message names host and setting."""
    with httpx.Client() as client, pytest.raises(SandboxError, match=r"host 'example\.com'.*intercept_allow"):
        client.get("https://example.com/")

    assert seam_intercept.requests == []


def test_other_hosts_are_refused_for_async_clients(seam_intercept):
    """The same holds for async clients."""

    async def look():
        async with httpx.AsyncClient() as client:
            await client.get("https://example.com/")

    with pytest.raises(SandboxError, match="'example.com'"):
        asyncio.run(look())
    assert seam_intercept.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_passes(seam_intercept, seam_server, host):
    """Servers on this machine are reached for real, by sync and async clients."""
    url = seam_server.replace("127.0.0.1", host)

    async def look():
        async with httpx.AsyncClient() as client:
            return await client.get(f"{url}/health")

    assert httpx.get(f"{url}/health").json()["ok"] is True
    assert asyncio.run(look()).json()["ok"] is True
    assert seam_intercept.requests == []


def test_allowed_hosts_pass(seam_sandbox, seam_server):
    """A host on the list is reached for real; here it does not exist, so the connection fails."""
    with (
        seam_sandbox.intercepted(allow=["allowed.invalid"]),
        httpx.Client() as client,
        pytest.raises(httpx.ConnectError),
    ):
        client.get("http://allowed.invalid/")
    assert seam_server


@pytest.mark.seam(intercept_allow=["allowed.invalid"])
def test_the_marker_allows_hosts(seam_intercept):
    """The setting intercept_allow reaches the fixture."""
    with httpx.Client() as client, pytest.raises(httpx.ConnectError):
        client.get("http://allowed.invalid/")

    assert seam_intercept.requests == []


def test_transports_of_the_app_are_left_alone(seam_intercept):
    """An app's own transport answers itself."""
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, text="mine"))

    with httpx.Client(transport=transport) as client:
        assert client.get("https://connect.getseam.com/devices/list").text == "mine"
    assert seam_intercept.requests == []


def test_nothing_is_left_behind():
    """After the block httpx is as it was, also when the body raised."""
    before = (httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request)

    with pytest.raises(KeyError), Sandbox() as sandbox, sandbox.intercepted():
        raise KeyError

    assert (httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request) == before


def test_it_works_without_the_library_that_the_sdk_retries_with(monkeypatch, seam_sandbox):
    """An app on plain httpx needs no SDK."""
    monkeypatch.setitem(__import__("sys").modules, "httpx_retries", None)

    with seam_sandbox.intercepted(), httpx.Client() as client:
        answer = client.get(
            "https://connect.getseam.com/devices/list", headers={"authorization": f"Bearer {seam_sandbox.api_key}"}
        )

    assert answer.json()["devices"] == []
