"""Clients of a sandbox: plain and with the SDK, sync and async, and the SDK's own retries."""

import asyncio
import time

import httpx
import pytest

from pytest_seam_sandbox.doors.transport import SandboxTransport


def test_http_client_has_address_and_key(seam_sandbox):
    """A plain httpx client needs nothing more."""
    with seam_sandbox.http() as client:
        answer = client.get("/workspaces/get")

    assert answer.json()["workspace"]["workspace_id"] == seam_sandbox.workspace_id


def test_http_client_takes_options(seam_sandbox):
    """Options of httpx pass through; headers come on top of the key."""
    with seam_sandbox.http(headers={"x-app": "1"}, timeout=3) as client:
        assert client.headers["x-app"] == "1"
        assert client.headers["authorization"] == f"Bearer {seam_sandbox.api_key}"
        assert client.timeout == httpx.Timeout(3)


def test_async_http_client(seam_sandbox):
    """The same for async programs."""

    async def test():
        async with seam_sandbox.async_http() as client:
            return await client.get("/workspaces/get")

    assert asyncio.run(test()).json()["workspace"]["workspace_id"] == seam_sandbox.workspace_id


def test_any_host_leads_to_the_sandbox(seam_sandbox):
    """The transport answers whatever the address."""
    with httpx.Client(transport=seam_sandbox.transport) as client:
        answer = client.get(
            "http://example.com/workspaces/get", headers={"authorization": f"Bearer {seam_sandbox.api_key}"}
        )

    assert answer.status_code == 200


def test_client_takes_the_options_of_the_sdk(seam_sandbox):
    """Options of seam.Seam pass through."""
    client = seam_sandbox.client(wait_for_action_attempt=False)

    assert client.defaults["wait_for_action_attempt"] is False


def test_client_with_an_access_token(seam_sandbox):
    """A personal access token takes the place of the key."""
    token = seam_sandbox._backend.add_access_token(seam_sandbox._backend.workspace)

    client = seam_sandbox.client(personal_access_token=token, workspace_id=seam_sandbox.workspace_id)

    assert client.workspaces.get().workspace_id == seam_sandbox.workspace_id


def flaky(monkeypatch, statuses):
    """Let the transport answer with these statuses before it reaches the sandbox; gives the list of what is left."""
    sync, coroutine = SandboxTransport.handle_request, SandboxTransport.handle_async_request

    def handle_request(transport, request):
        return httpx.Response(statuses.pop(0)) if statuses else sync(transport, request)

    async def handle_async_request(transport, request):
        return httpx.Response(statuses.pop(0)) if statuses else await coroutine(transport, request)

    monkeypatch.setattr(SandboxTransport, "handle_request", handle_request)
    monkeypatch.setattr(SandboxTransport, "handle_async_request", handle_async_request)


@pytest.fixture
def awake(monkeypatch):
    """Nobody may sleep in real time."""

    def slept(*_):
        pytest.fail("slept in real time")

    monkeypatch.setattr(time, "sleep", slept)
    monkeypatch.setattr(asyncio, "sleep", slept)


def test_client_keeps_the_retries_of_the_sdk(seam_sandbox, monkeypatch, awake):
    """Two failures of a read are retried, and the waits pass in sandbox time."""
    seam_sandbox.clock.freeze()
    client = seam_sandbox.client()
    began = seam_sandbox.clock.now()
    statuses = [503, 503]
    flaky(monkeypatch, statuses)

    found = client.devices.list()

    assert (found, statuses) == ([], [])
    assert 0.55 < (seam_sandbox.clock.now() - began).total_seconds() < 0.8


def test_async_client_keeps_the_retries_of_the_sdk(seam_sandbox, monkeypatch, awake):
    """The same for AsyncSeam."""
    seam_sandbox.clock.freeze()
    began = seam_sandbox.clock.now()
    statuses = [503, 503]
    flaky(monkeypatch, statuses)

    async def test():
        async with seam_sandbox.async_client() as client:
            return await client.devices.list()

    assert (asyncio.run(test()), statuses) == ([], [])
    assert 0.55 < (seam_sandbox.clock.now() - began).total_seconds() < 0.8


def test_third_failure_comes_through(seam_sandbox, monkeypatch, awake):
    """The SDK tries three times and no more."""
    client = seam_sandbox.client()
    flaky(monkeypatch, statuses := [503] * 4)

    with pytest.raises(httpx.HTTPStatusError):
        client.devices.list()

    assert statuses == [503]


def test_commands_are_not_retried(seam_sandbox, monkeypatch, awake):
    """A POST is sent once, as the SDK does it."""
    device = seam_sandbox.create_device()
    client = seam_sandbox.client()
    flaky(monkeypatch, statuses := [503, 503])

    with pytest.raises(httpx.HTTPStatusError):
        client.locks.unlock_door(device_id=device.device_id)

    assert statuses == [503]


def test_plain_client_is_not_retried(seam_sandbox, monkeypatch):
    """A client without SDK sees each failure."""
    flaky(monkeypatch, [503])

    with seam_sandbox.http() as client:
        assert [client.get("/devices/list").status_code for _ in range(2)] == [503, 200]
