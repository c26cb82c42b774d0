"""Workspaces: reading, making, changing and resetting them."""

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport


@pytest.fixture
def token_client(seam_sandbox):
    """A client with a personal access token, and no workspace."""
    token = seam_sandbox.embedded.add_access_token(seam_sandbox.embedded.workspace)
    with seam_sandbox.http(headers={"authorization": f"Bearer {token}"}) as client:
        yield client


def test_get_gives_the_sandbox(seam, seam_sandbox):
    """The workspace of a sandbox is a sandbox."""
    workspace = seam.workspaces.get()

    assert workspace.workspace_id == seam_sandbox.workspace_id
    assert workspace.is_sandbox is True
    assert workspace.is_suspended is False
    assert workspace.publishable_key.startswith("seam_pk")


def test_api_key_lists_its_own_workspace(seam, seam_sandbox, production):
    """An API key belongs to one workspace."""
    assert [one.workspace_id for one in seam.workspaces.list()] == [seam_sandbox.workspace_id]
    assert [one.is_sandbox for one in production.client.workspaces.list()] == [False]


def test_access_token_lists_its_users_workspaces(token_client, seam_sandbox):
    """A token without a workspace lists all that its user has."""
    listed = token_client.post("/workspaces/list", json={}).json()["workspaces"]

    assert [one["workspace_id"] for one in listed] == [seam_sandbox.workspace_id]


def test_created_workspace_is_no_sandbox_unless_it_says_so(token_client):
    """is_sandbox is false by default; the new workspace belongs to the token's user."""
    plain = token_client.post("/workspaces/create", json={"name": "Plain"}).json()["workspace"]
    sandbox = token_client.post("/workspaces/create", json={"name": "Test", "is_sandbox": True}).json()["workspace"]

    assert (plain["is_sandbox"], sandbox["is_sandbox"]) == (False, True)
    listed = token_client.post("/workspaces/list", json={}).json()["workspaces"]
    assert [one["name"] for one in listed] == ["Sandbox", "Plain", "Test"]


def test_created_workspace_can_be_used_with_the_token(token_client):
    """A token reaches the new workspace when it names it."""
    made = token_client.post("/workspaces/create", json={"name": "Plain"}).json()["workspace"]

    answer = token_client.post("/devices/list", json={}, headers={"seam-workspace": made["workspace_id"]})

    assert answer.json()["devices"] == []


def test_created_workspace_keeps_what_is_given(token_client):
    """The partner's name and the look of the webview come back, older names included."""
    made = token_client.post(
        "/workspaces/create",
        json={
            "name": "Plain",
            "company_name": "Acme",
            "webview_logo_shape": "circle",
            "webview_success_message": "Hello",
            "connect_webview_customization": {"success_message": "Welcome"},
        },
    ).json()["workspace"]

    assert (made["company_name"], made["connect_partner_name"]) == ("Acme", "Acme")
    assert made["connect_webview_customization"] == {"logo_shape": "circle", "success_message": "Welcome"}


def test_api_key_may_not_create_a_workspace(seam_http):
    """Making a workspace takes a personal access token."""
    assert seam_http.post("/workspaces/create", json={"name": "Plain"}).status_code == 401


def test_update_changes_what_is_given(seam):
    """Name, partner and look change; what is not named stays."""
    seam.workspaces.update(name="Renamed", connect_webview_customization={"logo_shape": "square"})
    seam.workspaces.update(
        connect_partner_name="Acme", is_suspended=True, connect_webview_customization={"success_message": "Hello"}
    )

    workspace = seam.workspaces.get()
    assert (workspace.name, workspace.connect_partner_name, workspace.is_suspended) == ("Renamed", "Acme", True)
    look = workspace.connect_webview_customization
    assert (look.logo_shape, look.success_message) == ("square", "Hello")


def test_reset_empties_an_empty_sandbox(seam, seam_sandbox, sandbox_device, sandbox_phone):
    """All that a test made is gone; the workspace and its key stay."""
    seam.client_sessions.create()

    attempt = seam.workspaces.reset_sandbox()

    assert (attempt.action_type, attempt.status) == ("RESET_SANDBOX_WORKSPACE", "success")
    assert (seam.devices.list(), seam.phones.list(), seam.client_sessions.list()) == ([], [], [])
    assert (seam.connected_accounts.list(), seam.user_identities.list()) == ([], [])
    assert seam_sandbox.events == []
    assert seam.workspaces.get().workspace_id == seam_sandbox.workspace_id


@pytest.mark.seam(world="house")
def test_reset_goes_back_to_the_starting_state(seam, seam_sandbox):
    """A world is there again as it was at the start: ids, names, states and events."""
    before = seam.devices.list()
    events = seam_sandbox.events
    seam.devices.simulate.disconnect(device_id=before[0].device_id)
    seam.devices.update(device_id=before[1].device_id, name="Renamed")
    seam_sandbox.create_device()

    seam.workspaces.reset_sandbox()

    assert seam.devices.list() == before
    assert seam_sandbox.events == events


@pytest.mark.seam(world="house")
def test_reset_can_be_repeated(seam):
    """A second reset leads to the same state as the first."""
    before = seam.devices.list()
    seam.workspaces.reset_sandbox()
    seam.devices.simulate.remove(device_id=before[0].device_id)

    seam.workspaces.reset_sandbox()

    assert seam.devices.list() == before


@pytest.mark.seam(action_attempts=30)
def test_reset_forgets_pending_work(seam, seam_sandbox, sandbox_device):
    """A command that was under way does not end in the fresh sandbox, and the reset itself is over at once."""
    seam_sandbox.clock.freeze()
    seam.locks.unlock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)

    attempt = seam.workspaces.reset_sandbox(wait_for_action_attempt=False)
    seam_sandbox.clock.advance(60)

    assert attempt.status == "success"
    assert seam_sandbox.events == []
    found = seam.action_attempts.get(action_attempt_id=attempt.action_attempt_id)
    assert found.status == "success"


def test_production_workspace_is_not_reset(production):
    """Nobody empties a production workspace."""
    with seam_raises("workspace_not_sandbox", status_code=400):
        production.client.workspaces.reset_sandbox()

    assert len(production.client.devices.list()) == 3


def test_reset_of_a_created_sandbox_keeps_other_workspaces(token_client, seam, sandbox_device):
    """A reset concerns the workspace of the caller alone."""
    made = token_client.post("/workspaces/create", json={"name": "Test", "is_sandbox": True}).json()["workspace"]
    headers = {"seam-workspace": made["workspace_id"]}
    token_client.post("/user_identities/create", json={}, headers=headers)

    reset = token_client.post("/workspaces/reset_sandbox", json={}, headers=headers)

    assert reset.status_code == 200
    assert token_client.post("/user_identities/list", json={}, headers=headers).json()["user_identities"] == []
    assert [device.device_id for device in seam.devices.list()] == [sandbox_device.device_id]


def test_workspace_has_a_company_name(seam, token_client):
    """It is the workspace's own name unless one was given, and never empty; its older name says the same."""
    own = seam.workspaces.get()
    made = token_client.post("/workspaces/create", json={"name": "Plain"}).json()["workspace"]

    assert (own.company_name, own.connect_partner_name) == (own.name, own.name)
    assert (made["company_name"], made["connect_partner_name"]) == ("Plain", "Plain")

    seam.workspaces.update(connect_partner_name="Acme")
    assert seam.workspaces.get().company_name == "Acme"


def test_publishable_key_can_be_switched_off(seam, seam_sandbox):
    """Without publishable key authentication nobody gets in with the key; switched on again it works as before."""
    key = seam.workspaces.get().publishable_key
    headers = {"authorization": "", "seam-publishable-key": key}

    def open_session():
        with seam_sandbox.http(headers=headers) as http:
            return http.post("/client_sessions/get_or_create", json={"user_identifier_key": "jane"}).status_code

    answers = [open_session()]
    for enabled in (False, True):
        seam.workspaces.update(is_publishable_key_auth_enabled=enabled)
        answers.append(open_session())

    assert answers == [200, 401, 200]
