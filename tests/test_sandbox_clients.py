"""Clients of a sandbox: plain and with the SDK, sync and async, and the SDK's own retries."""

import asyncio
from inspect import signature

import httpx
import pytest
from seam import Retry, Seam, SeamHttpApiError
from seam.options import SeamInvalidOptionsError

from pytest_seam_sandbox.transports.in_process import SandboxTransport


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


@pytest.mark.seam(backend="embedded")
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
    token = seam_sandbox.embedded.add_access_token(seam_sandbox.embedded.workspace)

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


@pytest.mark.seam(backend="embedded")
def test_third_failure_comes_through(seam_sandbox, monkeypatch, awake):
    """The SDK tries three times and no more."""
    client = seam_sandbox.client()
    flaky(monkeypatch, statuses := [503] * 4)

    with pytest.raises(httpx.HTTPStatusError):
        client.devices.list()

    assert statuses == [503]


def test_retries_of_ones_own(seam_sandbox, awake):
    """The option of the SDK decides how often the client tries, and its waits pass in sandbox time."""
    seam_sandbox.clock.freeze()
    began = seam_sandbox.clock.now()
    client = seam_sandbox.client(retries=Retry(total=4, backoff_factor=1, backoff_jitter=0))
    seam_sandbox.faults.fail("/devices/list", times=4)

    assert client.devices.list() == []
    assert [call.status for call in seam_sandbox.requests] == [503] * 4 + [200]
    assert (seam_sandbox.clock.now() - began).total_seconds() == 2 + 4 + 8 + 16


def test_no_retries(seam_sandbox, awake):
    """Without retries the first failure comes through."""
    seam_sandbox.faults.fail("/devices/list")

    with pytest.raises(SeamHttpApiError):
        seam_sandbox.client(retries=Retry(total=0)).devices.list()

    assert [call.status for call in seam_sandbox.requests] == [503]


def test_async_retries_of_ones_own(seam_sandbox, awake):
    """The same for AsyncSeam, with a class of the app's own that decides what it waits."""

    class Patient(Retry):
        def backoff_strategy(self):
            return 100.0

    seam_sandbox.clock.freeze()
    began = seam_sandbox.clock.now()
    seam_sandbox.faults.fail("/devices/list", times=3)

    async def test():
        async with seam_sandbox.async_client(retries=Patient(total=3)) as client:
            return await client.devices.list()

    assert asyncio.run(test()) == []
    assert (seam_sandbox.clock.now() - began).total_seconds() == 300


def test_policy_that_is_given_stays_as_it_is(seam_sandbox, awake):
    """A policy that the app shares between clients is not changed."""
    policy = Retry(total=2)
    before = dict(vars(policy))
    seam_sandbox.faults.fail("/devices/list", times=2)
    seam_sandbox.client(retries=policy).devices.list()

    assert vars(policy) == before


@pytest.mark.parametrize("make", ["client", "async_client"])
def test_unknown_option(seam_sandbox, make):
    """The SDK itself refuses what it does not know."""
    with pytest.raises(TypeError, match="retrys"):
        getattr(seam_sandbox, make)(retrys=Retry(total=0))


@pytest.mark.parametrize("make", ["client", "async_client"])
@pytest.mark.parametrize("own", ["transport", "mounts"])
def test_retries_beside_a_transport(seam_sandbox, make, own):
    """The SDK refuses retries beside a transport of one's own, and does so here."""
    options = {"transport": seam_sandbox.transport, "mounts": {"all://": seam_sandbox.transport}}

    with pytest.raises(SeamInvalidOptionsError):
        getattr(seam_sandbox, make)(retries=Retry(total=0), httpx_options={own: options[own]})


def test_retries_with_an_sdk_that_has_none(seam_sandbox, monkeypatch):
    """An SDK without the option refuses it in its own words."""

    def older(*, endpoint=None, api_key=None, httpx_options=None):
        pytest.fail("took what it does not know")

    monkeypatch.setattr("seam.Seam", older)

    with pytest.raises(TypeError, match="retries"):
        seam_sandbox.client(retries=Retry(total=0))


@pytest.mark.seam(backend="embedded")
def test_every_option_of_the_sdk(seam_sandbox, sandbox_device):
    """What the SDK takes, a client of the sandbox takes."""
    options = {
        "api_key": seam_sandbox.api_key,
        "personal_access_token": None,
        "workspace_id": None,
        "endpoint": "https://seam.example.com",
        "wait_for_action_attempt": {"timeout": 3.0, "polling_interval": 1.0},
        "retries": Retry(total=1),
        "timeout": 5,
        "httpx_options": {"headers": {"x-app": "1"}},
    }
    assert set(options) == set(signature(Seam).parameters)

    client = seam_sandbox.client(**options)

    assert client.devices.list()[0].device_id == sandbox_device.device_id
    assert client.client.headers["x-app"] == "1"
    assert client.client.timeout == httpx.Timeout(5)
    assert str(client.client.base_url) == "https://seam.example.com"
    assert client.defaults["wait_for_action_attempt"] == options["wait_for_action_attempt"]


@pytest.mark.seam(backend="embedded")
def test_commands_are_not_retried(seam_sandbox, monkeypatch, awake):
    """A POST is sent once, as the SDK does it."""
    device = seam_sandbox.create_device()
    client = seam_sandbox.client()
    flaky(monkeypatch, statuses := [503, 503])

    with pytest.raises(httpx.HTTPStatusError):
        client.locks.unlock_door(device_id=device.device_id)

    assert statuses == [503]


@pytest.mark.seam(backend="embedded")
def test_plain_client_is_not_retried(seam_sandbox, monkeypatch):
    """A client without SDK sees each failure."""
    flaky(monkeypatch, [503])

    with seam_sandbox.http() as client:
        assert [client.get("/devices/list").status_code for _ in range(2)] == [503, 200]


@pytest.mark.seam(backend="embedded")
def test_block_can_be_entered_again(seam_sandbox, sandbox_device):
    """What serve() and intercepted() give begins anew each time, also as a decorator."""
    served, intercepted = seam_sandbox.serve(), seam_sandbox.intercepted()

    @intercepted
    def listed(key):
        headers = {"authorization": f"Bearer {key}"}
        return httpx.post("https://connect.getseam.com/devices/list", headers=headers).json()["devices"]

    for _ in range(2):
        with served as url, httpx.Client() as client:
            headers = {"authorization": f"Bearer {seam_sandbox.api_key}"}
            found = client.post(f"{url}/devices/list", headers=headers).json()["devices"]
        assert found == listed(seam_sandbox.api_key)
        assert found[0]["device_id"] == sandbox_device.device_id
