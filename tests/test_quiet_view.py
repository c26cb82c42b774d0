"""Looking without being seen: what there is, as models, by no request of the program under test."""

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError

VIEWS = {
    "devices": "device_id",
    "phones": "device_id",
    "connected_accounts": "connected_account_id",
    "user_identities": "user_identity_id",
    "access_codes": "access_code_id",
    "action_attempts": "action_attempt_id",
    "connect_webviews": "connect_webview_id",
    "acs_systems": "acs_system_id",
    "acs_users": "acs_user_id",
    "acs_entrances": "acs_entrance_id",
    "acs_credentials": "acs_credential_id",
}

KINDS = {
    "devices": "Device",
    "phones": "Phone",
    "connected_accounts": "ConnectedAccount",
    "user_identities": "UserIdentity",
    "access_codes": "AccessCode",
    "action_attempts": "ActionAttempt",
    "connect_webviews": "ConnectWebview",
    "acs_systems": "AcsSystem",
    "acs_users": "AcsUser",
    "acs_entrances": "AcsEntrance",
    "acs_credentials": "AcsCredential",
}
"""What the sandbox's own dump calls them."""


@pytest.fixture(scope="module")
def full():
    """A sandbox that has one of everything, at least."""
    sandbox = Sandbox(world="everything")
    sandbox.create_acs_credential()
    sandbox.create_access_code("GARAGE", name="Guest")
    seam = sandbox.client()
    seam.access_codes.simulate.create_unmanaged_access_code(
        device_id=sandbox.get_device("GARAGE").device_id, code="9876", name="Old"
    )
    seam.locks.unlock_door(device_id=sandbox.get_device("GARAGE").device_id)
    seam.connect_webviews.create(accepted_providers=["august"])
    return sandbox


@pytest.mark.parametrize("view", VIEWS)
def test_all_there_is(full, view):
    """Every one of the kind, managed or not, as models."""
    kind = KINDS[view]
    ids = {row[VIEWS[view]] for row in full.embedded.dump()[kind]}

    assert ids
    assert {getattr(one, VIEWS[view]) for one in getattr(full, view)} == ids


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_in_an_empty_sandbox(view):
    """An empty list, equal to one."""
    assert getattr(Sandbox(), view) == []


@pytest.mark.parametrize("view", VIEWS)
def test_nobody_sees_it(full, view):
    """No request of the program, no line, no event; no fault is met, and none is used up."""
    with full.faults.fail("*", times=None, optional=True) as fault:
        before = full.timeline, len(full.requests), full.events
        getattr(full, view)

    assert (full.timeline, len(full.requests), full.events) == before
    assert fault.times_met == 0


def test_views_see_what_has_changed(seam_sandbox, sandbox_device, seam_client):
    """Each look is a fresh one, and what it gave before stays as it was."""
    before = seam_sandbox.devices
    with seam_sandbox.disconnected(sandbox_device):
        assert [device.properties.online for device in seam_sandbox.devices] == [False]

    assert [device.properties.online for device in before] == [True]


def test_dead_phones_are_not_there(seam_sandbox, sandbox_phone):
    """A deactivated phone is gone."""
    with seam_sandbox.deactivated(sandbox_phone):
        assert seam_sandbox.phones == []


def test_pages_are_followed(seam_sandbox):
    """More than a page of them: all."""
    system = seam_sandbox.create_acs_system(entrances=[f"Room {number}" for number in range(1_000)])

    assert len(seam_sandbox.acs_entrances) == 1_000
    assert {entrance.acs_system_id for entrance in seam_sandbox.acs_entrances} == {system.acs_system_id}


def test_codes_of_a_removed_device(seam_sandbox, sandbox_device):
    """A device that was taken out of its account does not spoil the view."""
    code = seam_sandbox.create_access_code(sandbox_device)
    other = seam_sandbox.create_access_code(seam_sandbox.create_device())

    with seam_sandbox.removed(sandbox_device):
        assert other.access_code_id in [one.access_code_id for one in seam_sandbox.access_codes]

    assert code.access_code_id in [one.access_code_id for one in seam_sandbox.access_codes]


def test_sweep_does_not_count_views(seam_sweep, sandbox_device, seam_sandbox):
    """A look is no call at which a trial could be hit."""
    sweep = seam_sweep(disconnect=sandbox_device, app=lambda sandbox: sandbox.client())
    for trial in sweep:
        with trial as sandbox:
            assert sandbox.devices
            trial.app.devices.list()
            assert sandbox.access_codes == []

    assert sweep.calls == [("GET", "/devices/list")]


def test_refusal_of_the_sandbox_itself(seam_sandbox, sandbox_device):
    """Where Seam refuses the sandbox's own look, that is said; it is not taken for a device that is not there."""
    seam_sandbox.embedded.app.gate.api_keys.clear()

    with pytest.raises(SandboxError, match="Seam refused /devices/get"):
        seam_sandbox.get_device(sandbox_device.device_id)
