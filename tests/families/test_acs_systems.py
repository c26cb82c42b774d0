"""Access systems: reading them, their credential managers, reports of a site, and the loss of their account."""

import pytest

from pytest_seam_sandbox import SandboxError, seam_raises
from pytest_seam_sandbox.api.acs.kinds import SYSTEM_KINDS
from pytest_seam_sandbox.engine.errors import UnknownId

NOBODY = "00000000-0000-4000-8000-000000000000"


def names(resources):
    return [getattr(one, "name", None) or one.display_name for one in resources]


def types(events):
    return [event.event_type for event in events]


@pytest.mark.parametrize("system_type", sorted(SYSTEM_KINDS))
def test_every_kind_of_system_can_be_made(seam, seam_sandbox, system_type):
    """A system of each kind has an account of its provider, and a credential manager where it needs one."""
    made = seam_sandbox.create_acs_system(system_type)

    found = seam.acs.systems.get(acs_system_id=made.acs_system_id)
    account = seam.connected_accounts.get(connected_account_id=found.connected_account_id)
    managers = seam.acs.systems.list_compatible_credential_manager_acs_systems(acs_system_id=made.acs_system_id)
    assert (found.external_type, account.account_type) == (system_type, SYSTEM_KINDS[system_type].provider)
    assert [one.external_type for one in managers] == list(SYSTEM_KINDS[system_type].managers)
    assert [found.default_credential_manager_acs_system_id] == [one.acs_system_id for one in managers] or [None]


def test_new_system_logs_its_events(seam_sandbox):
    """acs_system.added, acs_system.connected, and acs_entrance.added for each door."""
    with seam_sandbox.expecting("acs_system.added", "acs_system.connected", "acs_entrance.added", "acs_entrance.added"):
        system = seam_sandbox.create_acs_system("brivo_account", entrances=["Lobby", "Gym"])

    seam_sandbox.expect_event("acs_entrance.added", count=2, acs_system_id=system.acs_system_id)


def test_second_system_shares_the_manager(seam, seam_sandbox):
    """Two hotels hand out mobile keys through one credential manager."""
    first = seam_sandbox.create_acs_system(name="First")
    second = seam_sandbox.create_acs_system(name="Second", connected_account_id=first.connected_account_id)

    assert first.default_credential_manager_acs_system_id == second.default_credential_manager_acs_system_id
    assert names(seam.acs.systems.list(connected_account_id=first.connected_account_id)) == ["First", "Second"]


def test_unknown_kind_of_system_is_refused(seam_sandbox):
    """The refusal names the kinds there are."""
    with pytest.raises(SandboxError, match=r"'grand_hotel'; there are .*visionline_system"):
        seam_sandbox.create_acs_system("grand_hotel")


def test_system_of_an_unknown_account_is_refused(seam_sandbox):
    """A system needs an account that exists."""
    with pytest.raises(UnknownId, match="no connected account 'nobody'"):
        seam_sandbox.create_acs_system(connected_account_id="nobody")


@pytest.mark.parametrize("call", ["get", "list_compatible_credential_manager_acs_systems", "report_devices"])
def test_unknown_system_is_not_found(seam, call):
    """Every call about a system that is not there answers 404."""
    with seam_raises("acs_system_not_found", status_code=404):
        getattr(seam.acs.systems, call)(acs_system_id=NOBODY)


def test_system_of_another_workspace_is_not_found(seam, seam_sandbox, production):
    """A key reaches the systems of its own workspace only."""
    system = seam_sandbox.create_acs_system()

    with seam_raises("acs_system_not_found", status_code=404):
        production.client.acs.systems.get(acs_system_id=system.acs_system_id)


def test_list_filters_have_to_match(seam, seam_sandbox):
    """Systems are found by name, id, account and the customer of the account."""
    account = seam_sandbox.create_connected_account("brivo", customer_key="acme")
    office = seam_sandbox.create_acs_system(
        "brivo_account", name="Office", connected_account_id=account.connected_account_id
    )
    seam_sandbox.create_acs_system("kisi_organization", name="Gym")

    assert names(seam.acs.systems.list()) == ["Office", "Gym"]
    assert names(seam.acs.systems.list(search="oFF")) == ["Office"]
    assert names(seam.acs.systems.list(search=office.acs_system_id)) == ["Office"]
    assert names(seam.acs.systems.list(customer_key="acme")) == ["Office"]
    assert names(seam.acs.systems.list(connected_account_id=NOBODY)) == []


def test_client_session_sees_the_systems_of_its_accounts(seam, seam_sandbox):
    """A client session lists what hangs on its own accounts."""
    office = seam_sandbox.create_acs_system("brivo_account", name="Office")
    seam_sandbox.create_acs_system("kisi_organization", name="Gym")
    session = seam.client_sessions.create(connected_account_ids=[office.connected_account_id])

    with seam_sandbox.http(headers={"authorization": f"Bearer {session.token}"}) as http:
        listed = http.get("/acs/systems/list").json()["acs_systems"]

    assert [one["name"] for one in listed] == ["Office"]


def report(**about):
    return {"hotek_metadata": about}


def test_reported_entrances_appear_once(seam, seam_sandbox):
    """A Hotek site reports its rooms and common areas; a second report of the same changes nothing."""
    site = seam_sandbox.create_acs_system("hotek_site", entrances=[])
    entrances = [report(room_number="7"), report(common_area_name="Pool"), report(common_area_number="3"), report()]

    for _ in range(2):
        seam.acs.systems.report_devices(
            acs_system_id=site.acs_system_id,
            acs_entrances=entrances,
            acs_encoders=[report(encoder_number="1")],
        )

    assert names(seam.acs.entrances.list()) == ["Room 7", "Pool", "Common Area 3", "Common Area"]
    seam_sandbox.expect_event("acs_entrance.added", count=4, acs_system_id=site.acs_system_id)


def test_removed_entrance_is_gone_from_what_opens_it(seam, seam_sandbox):
    """An entrance that is reported as removed opens for nobody any more: acs_entrance.removed."""
    site = seam_sandbox.create_acs_system("hotek_site", entrances=[])
    both = [report(room_number="7"), report(room_number="8")]
    seam.acs.systems.report_devices(acs_system_id=site.acs_system_id, acs_entrances=both)
    room, other = seam.acs.entrances.list()
    card = seam_sandbox.create_acs_credential("card")
    elsewhere = seam_sandbox.create_acs_credential("card", acs_entrance_ids=[other.acs_entrance_id])
    seam.acs.entrances.grant_access(acs_entrance_id=room.acs_entrance_id, acs_user_id=card.acs_user_id)

    seam.acs.systems.report_devices(acs_system_id=site.acs_system_id, acs_entrances=[{**both[0], "is_removed": True}])

    opened = seam.acs.credentials.list_accessible_entrances(acs_credential_id=card.acs_credential_id)
    assert names(opened) == names(seam.acs.users.list_accessible_entrances(acs_user_id=card.acs_user_id)) == ["Room 8"]
    assert elsewhere.acs_system_id == site.acs_system_id
    seam_sandbox.expect_event("acs_entrance.removed", count=1, acs_entrance_id=room.acs_entrance_id)


def test_removing_an_unknown_entrance_changes_nothing(seam, seam_sandbox):
    """What was never there cannot go."""
    site = seam_sandbox.create_acs_system("hotek_site", entrances=[])

    seam.acs.systems.report_devices(
        acs_system_id=site.acs_system_id, acs_entrances=[{**report(room_number="7"), "is_removed": True}]
    )

    seam_sandbox.expect_no_event("acs_entrance.removed")


def test_other_systems_take_no_reports(seam, seam_sandbox):
    """Only a Hotek site is told what it has."""
    system = seam_sandbox.create_acs_system()

    with seam_raises("not_supported", status_code=400, match="visionline_system"):
        seam.acs.systems.report_devices(acs_system_id=system.acs_system_id)


def test_lost_account_takes_its_systems_offline(seam, seam_sandbox):
    """A system is disconnected with its account, holds what is made meanwhile, and issues it when it is back."""
    system = seam_sandbox.create_acs_system("brivo_account")

    with seam_sandbox.account_disconnected(system.connected_account_id) as outage:
        inside = seam.acs.systems.get(acs_system_id=system.acs_system_id)
        code = seam_sandbox.create_acs_credential("code")

    assert [error.error_code for error in inside.errors] == ["account_disconnected"]
    assert code.is_issued is False
    assert seam.acs.credentials.get(acs_credential_id=code.acs_credential_id).is_issued is True
    assert seam.acs.systems.get(acs_system_id=system.acs_system_id).errors == []
    assert types(outage.events) == [
        "connected_account.disconnected",
        "acs_system.disconnected",
        "acs_user.created",
        "connect_webview.login_succeeded",
        "connected_account.connected",
        "acs_system.connected",
        "acs_credential.issued",
        "connected_account.completed_first_sync_after_reconnection",
    ]


def test_deleted_account_takes_everything_along(seam, seam_sandbox):
    """Systems, entrances, users and credentials go with their account; each part logs its event."""
    system = seam_sandbox.create_acs_system("brivo_account", entrances=["Lobby"])
    seam_sandbox.create_acs_credential("code")

    with seam_sandbox.expecting(
        "acs_credential.deleted", "acs_user.deleted", "acs_entrance.removed", "connected_account.deleted"
    ):
        seam.connected_accounts.delete(connected_account_id=system.connected_account_id)

    left = (seam.acs.systems.list(), seam.acs.users.list(), seam.acs.entrances.list(), seam.acs.credentials.list())
    assert left == ([], [], [], [])


def test_deleted_credential_manager_leaves_its_systems(seam, seam_sandbox):
    """A hotel whose credential manager is gone stays, and can issue no mobile keys."""
    system = seam_sandbox.create_acs_system()
    manager = seam.acs.systems.get(acs_system_id=system.default_credential_manager_acs_system_id)

    seam.connected_accounts.delete(connected_account_id=manager.connected_account_id)

    left = seam.acs.systems.get(acs_system_id=system.acs_system_id)
    assert left.default_credential_manager_acs_system_id is None
    with pytest.raises(SandboxError, match="needs a credential manager"):
        seam_sandbox.create_acs_credential()
