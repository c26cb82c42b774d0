"""Live sandboxes on Seam's official fake: the behaviours that it has, by the same tests as on the emulator."""

from contextlib import suppress

import httpx
import pytest
from seam.exceptions import SeamHttpApiError

from docs_pages import PAGES, table
from live.fake_seam_connect import API_KEY, WORKSPACE, fake_seam_connect
from pytest_seam_sandbox import OutageNotPossible, Sandbox, SandboxError
from pytest_seam_sandbox.backends.live.connection import Unreachable

WITHOUT = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:asyncio", "--assert=plain")
KEPT = ("webhooks", "access_codes", "acs_users", "noise_thresholds", "connect_webviews", "client_sessions")

SUITE = """
import asyncio
import pytest
from pytest_seam_sandbox import seam_raises

@pytest.fixture
def door(seam_client):
    return next(each for each in seam_client.devices.list() if each.device_type == "august_lock")

def test_devices(seam_client, door):
    assert seam_client.devices.get(device_id=door.device_id).device_type == "august_lock"
    assert door.device_id in [lock.device_id for lock in seam_client.locks.list()]

def test_sandbox_and_client_see_the_same(seam_sandbox, seam_client, door):
    assert seam_sandbox.get_device(door.device_id).properties.online
    assert seam_client.workspaces.get().workspace_id == seam_sandbox.workspace_id

def test_unknown_device(seam_client):
    with seam_raises("device_not_found", status_code=404):
        seam_client.devices.get(device_id="00000000-0000-4000-8000-00000000dead")

def test_unlocking(seam_sandbox, seam_client, door):
    with seam_sandbox.expecting("lock.unlocked"):
        assert seam_client.locks.unlock_door(device_id=door.device_id).status == "success"
    assert seam_sandbox.expect_event("lock.unlocked", count=1).device_id == door.device_id
    seam_sandbox.expect_no_event("lock.locked")
    seam_client.locks.lock_door(device_id=door.device_id)

def test_unlocking_by_the_async_client(seam_sandbox, async_seam_client, door):
    attempt = asyncio.run(async_seam_client.locks.unlock_door(device_id=door.device_id))
    assert attempt.status == "success"
    seam_sandbox.expect_event("lock.unlocked", device_id=door.device_id)

def test_access_code(seam_sandbox, seam_client, seam_http, door):
    code = seam_client.access_codes.create(device_id=door.device_id, name="Ada")
    assert seam_client.access_codes.get(access_code_id=code.access_code_id).name == "Ada"
    seam_sandbox.expect_event("access_code.created")
    seam_client.access_codes.create(device_id=door.device_id)
    assert seam_http.post("/access_codes/delete", json={"access_code_id": code.access_code_id}).is_success
    assert code.access_code_id not in [each.access_code_id for each in seam_client.access_codes.list(device_id=door.device_id)]

def test_plain_http(seam_http, door):
    answer = seam_http.get("/devices/get", params={"device_id": door.device_id})
    assert answer.json()["device"]["device_id"] == door.device_id

def test_webhook(seam_client):
    webhook = seam_client.webhooks.create(url="https://example.com/hook")
    assert webhook.webhook_id in [each.webhook_id for each in seam_client.webhooks.list()]

def test_user_of_an_access_system(seam_sandbox, seam_client):
    if not seam_sandbox.is_live:
        seam_sandbox.create_acs_system()
    system = seam_client.acs.systems.list()[0]
    user = seam_client.acs.users.create(acs_system_id=system.acs_system_id, full_name="Ada")
    assert seam_client.acs.users.get(acs_user_id=user.acs_user_id).full_name == "Ada"

def test_requests(seam_sandbox, seam_client, door):
    assert {call.path for call in seam_sandbox.requests} == {"/devices/list"}

@pytest.mark.seam(backend="embedded")
def test_embedded_only(seam_sandbox):
    assert not seam_sandbox.is_live

def test_clock(seam_sandbox):
    seam_sandbox.clock.advance(60)
"""


@pytest.fixture(scope="module")
def fake():
    with fake_seam_connect() as url:
        yield url


def kept(url):
    """What a test could leave in the fake."""
    database = httpx.get(f"{url}/_fake/database").json()
    return {name: database.get(name, []) for name in KEPT}


def test_behaviours_on_the_emulator(pytester):
    pytester.makepyfile(SUITE)

    result = pytester.runpytest_inprocess(*WITHOUT, "--seam-world=house")

    result.assert_outcomes(passed=12)


def test_behaviours_on_the_fake(pytester, fake, monkeypatch, tmp_path):
    """The same tests pass; what only the emulator can do is skipped, with the reason. Nothing is left behind."""
    monkeypatch.setenv("SEAM_API_KEY", API_KEY)
    pytester.makepyfile(SUITE)
    before = kept(fake)

    result = pytester.runpytest_inprocess(
        *WITHOUT,
        "-rs",
        "--seam-backend=live",
        f"--seam-live-workspaces={WORKSPACE}",
        f"--seam-live-endpoint={fake}",
        f"--seam-live-folder={tmp_path / 'folder'}",
        "--seam-live-timeout=30",
    )

    result.assert_outcomes(passed=11, skipped=1)
    result.stdout.fnmatch_lines(["*embedded only*"])
    assert API_KEY not in result.stdout.str()
    assert kept(fake) == before


@pytest.fixture
def sandbox(fake, tmp_path):
    """A live sandbox on the fake; a test of what the fake cannot do says itself what is left."""
    made = Sandbox.live(workspaces=WORKSPACE, api_key=API_KEY, endpoint=fake, folder=tmp_path)
    made.backend.latency = 0.5
    yield made
    with suppress(SandboxError):
        made.close()


def delete_code(client):
    """Make an access code and delete it, by the SDK."""
    code = client.access_codes.create(device_id="august_device_1")
    client.access_codes.delete(access_code_id=code.access_code_id)


LOCK = "august_device_1"
CANNOT = {
    "lease a device, since it does not keep metadata, in which leases stand": (
        lambda sandbox: sandbox.create_device("august_lock"),
        (SandboxError, "no august_lock of the workspace seed_workspace_1 was free"),
    ),
    "simulate an outage": (
        lambda sandbox: sandbox.disconnected(LOCK).__enter__(),
        (OutageNotPossible, "can_simulate_disconnection is absent"),
    ),
    "make a person, and so a phone": (
        lambda sandbox: sandbox.create_phone(),
        (Unreachable, "/user_identities/create with 500"),
    ),
    "delete an access code for newer SDKs, which ask for it in the query": (
        lambda sandbox: delete_code(sandbox.client()),
        (SeamHttpApiError, "Could not find an access_code"),
    ),
    "show an access code with all fields that Seam's have": (
        lambda sandbox: sandbox.create_access_code(LOCK),
        (SandboxError, "display_status"),
    ),
}


@pytest.mark.parametrize("name", CANNOT)
def test_what_the_fake_cannot_do(sandbox, name):
    """It is told, and nothing is left behind. Whether a write that got 500 has made something, nobody can say."""
    do, (error, told) = CANNOT[name]

    with pytest.raises(error, match=told):
        do(sandbox)

    if "500" in told:
        with pytest.raises(SandboxError, match=r"^/user_identities/create got no answer, and may have changed"):
            sandbox.close()
    else:
        sandbox.close()


NOT_THERE = "could not be undone: .* with 404"
CANNOT_UNDO = {
    "end a client session": (
        "/client_sessions/create",
        {"user_identifier_key": "ada"},
        "has changed something that could not be looked at before",
    ),
    "delete a Connect Webview": ("/connect_webviews/create", {"accepted_providers": ["august"]}, NOT_THERE),
    "change a thermostat back": (
        "/thermostats/heat",
        {"device_id": "ecobee_device_1", "heating_set_point_celsius": 20},
        NOT_THERE,
    ),
}


@pytest.mark.parametrize("name", CANNOT_UNDO)
def test_what_the_fake_cannot_undo_is_told(sandbox, fake, name):
    """What it can is undone all the same."""
    path, params, told = CANNOT_UNDO[name]
    api = sandbox.http()
    before = kept(fake)["webhooks"]
    api.post("/webhooks/create", json={"url": "https://example.com/hook"})
    assert api.post(path, json=params).is_success

    with pytest.raises(SandboxError, match=f"{path} {told}"):
        sandbox.close()

    assert kept(fake)["webhooks"] == before


def test_page_tells_what_the_fake_cannot_do():
    """docs/compare.md has a row for each of them."""
    rows = table(PAGES["docs/compare.md"], "the fake cannot")

    assert [row[0] for row in rows] == [*CANNOT, *CANNOT_UNDO]
