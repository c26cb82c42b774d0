"""Ways of undoing, one by one: what cannot be undone, what belongs to what was made here, what changes nothing."""

import re

import pytest

from live.furnished import LATER, Carrier, connected, filled
from live.state import differences, state_of
from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.backends.live.undo import Undo
from pytest_seam_sandbox.backends.live.undoing.rules import Lost, Refuse
from pytest_seam_sandbox.backends.live.undoing.table import UNDO
from pytest_seam_sandbox.backends.seam_api import SeamApi

pytestmark = pytest.mark.usefixtures("_undone_at_once")


@pytest.fixture
def undo(place, tmp_path):
    return Undo(connected(place.sandbox, Carrier(place.sandbox)), tmp_path, sleep=lambda _: None)


@pytest.fixture
def call(undo):
    return SeamApi(undo.send).call


LOST = {path: rule for path, rule in UNDO.items() if isinstance(rule, Lost)} | {
    "/acs/entrances/grant_access": UNDO["/acs/entrances/grant_access"].write
}
IDS = {
    "access_code_id": "@code",
    "access_grant_id": "@grant",
    "acs_access_group_id": "@group",
    "acs_credential_id": "@credential",
    "acs_user_id": "@user",
    "client_session_id": "@session",
    "customer_keys": ["acme"],
    "device_id": "@phone",
    "space_id": "@space",
    "user_identity_id": "@jane",
}


@pytest.mark.parametrize("path", LOST)
def test_what_no_call_undoes_is_said_once_with_what_to_do(place, undo, path):
    rule = LOST[path]
    params = filled(place, {name: IDS[name] for name in rule.subject[:1] if name in IDS})
    change = undo.begin("POST", path, params)
    undo.finish(change, 200, {"ok": True})

    (told,) = undo.undo()

    named = "".join(f" with {name} {value!r}" for name, value in params.items())
    assert told == f"{path}{named} cannot be undone. {rule.advice}"
    assert undo.undo() == []


@pytest.mark.parametrize("path", [path for path, rule in UNDO.items() if isinstance(rule, Refuse)])
def test_what_takes_something_from_all_is_refused(undo, path):
    with pytest.raises(SandboxError, match=f"{path} .* It was not sent."):
        undo.begin("POST", path, {})


def test_path_that_nobody_knows_is_said(undo):
    undo.finish(undo.begin("POST", "/saunas/heat", {"sauna_id": "s"}), 200, {})
    assert undo.undo() == [
        "/saunas/heat cannot be undone. This release does not know that path; look in the workspace for what it has done."
    ]


def test_what_happens_to_what_was_made_here_ends_with_it(place, undo, call):
    before = state_of(place.sandbox.backend)
    person = call("/user_identities/create", full_name="New")["user_identity"]["user_identity_id"]
    user = call("/acs/users/create", acs_system_id=place.office, full_name="New", user_identity_id=person)["acs_user"]
    user = user["acs_user_id"]
    grant = {
        "user_identity_id": person,
        "device_ids": [place.yale_lock],
        "requested_access_methods": [{"mode": "code"}],
    }
    grant = call("/access_grants/create", access_grant_key="new", **grant)["access_grant"]
    code = call("/access_codes/create", device_id=place.august_lock, name="New")["access_code"]["access_code_id"]
    credential = call("/acs/credentials/create", access_method="code", acs_user_id=user)["acs_credential"]
    credential = credential["acs_credential_id"]
    phone = call("/phones/simulate/create_sandbox_phone", user_identity_id=person)["phone"]["device_id"]
    session = call("/client_sessions/create", user_identity_id=person)["client_session"]["client_session_id"]
    space = call("/spaces/create", name="New", space_key="new")["space"]["space_id"]
    count = len(undo.journal.changes)
    assert count == 8

    call("/access_codes/update", access_code_id=code, name="Other")
    call("/access_grants/update", access_grant_key="new", name="Other")
    call("/access_grants/update", access_grant_id=grant["access_grant_id"], name="Another")
    call("/access_methods/delete", access_method_id=grant["access_method_ids"][0])
    call("/acs/access_groups/add_user", acs_access_group_id=place.group, acs_user_id=user)
    call("/acs/credentials/update", acs_credential_id=credential, code="999999")
    call("/acs/credentials/unassign", acs_credential_id=credential, acs_user_id=user)
    call("/acs/credentials/delete", acs_credential_id=credential)
    call("/acs/users/suspend", acs_user_id=user)
    call("/acs/users/update", acs_system_id=place.office, user_identity_id=person, full_name="Other")
    call("/acs/entrances/grant_access", acs_entrance_id=place.gym, acs_user_id=user)
    call("/user_identities/remove_acs_user", acs_user_id=user, user_identity_id=person)
    call("/acs/users/delete", acs_user_id=user)
    call("/client_sessions/revoke", client_session_id=session)
    call("/devices/update", device_id=phone, name="Other")
    call("/spaces/add_devices", space_id=space, device_ids=[place.yale_lock])
    call("/spaces/update", space_id=space, name="Other")
    call("/user_identities/grant_access_to_device", user_identity_id=person, device_id=place.yale_lock)
    call("/user_identities/update", user_identity_id=person, full_name="Other")
    call("/phones/deactivate", device_id=phone)

    assert len(undo.journal.changes) == count
    assert undo.undo() == []
    assert differences(before, state_of(place.sandbox.backend)) == []


def test_what_hangs_on_what_was_made_here_ends_with_it(place, undo, call):
    """Also where Seam has made it along with that: nobody has to be told."""
    person = call("/user_identities/create", full_name="New")["user_identity"]["user_identity_id"]
    instant_key = call("/user_identities/generate_instant_key", user_identity_id=person)["instant_key"]
    session = instant_key["client_session_id"]
    call("/client_sessions/revoke", client_session_id=session)
    call("/client_sessions/delete", client_session_id=session)
    user = call("/acs/users/create", acs_system_id=place.office, full_name="New", user_identity_id=person)["acs_user"]
    call("/acs/users/suspend", acs_system_id=place.office, user_identity_id=person)
    call("/acs/users/delete", acs_system_id=place.office, user_identity_id=person)
    assert user["user_identity_id"] == person
    assert undo.undo() == []


def test_what_changes_nothing_has_not_to_be_undone(place, undo, call):
    call("/acs/users/unsuspend", acs_user_id=place.user)
    call("/acs/access_groups/add_user", acs_access_group_id=place.group, acs_user_id=place.owned)
    call("/acs/access_groups/remove_user", acs_access_group_id=place.group, acs_user_id=place.user)
    call("/spaces/add_devices", space_id=place.space, device_ids=[place.august_lock])
    call("/connected_accounts/sync", connected_account_id=place.account)
    call("/devices/simulate/connect", device_id=place.august_lock)
    assert undo.journal.changes == []


TIMES = ("starts_at", "ends_at", "type")
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/access_codes/update", {"access_code_id": NOBODY}),
        ("/access_codes/pull_backup_access_code", {"access_code_id": NOBODY}),
        ("/access_codes/report_device_constraints", {"device_id": NOBODY}),
        ("/access_grants/request_access_methods", {"access_grant_id": NOBODY}),
        ("/access_grants/update", {"access_grant_id": NOBODY}),
        ("/acs/credentials/assign", {"acs_credential_id": NOBODY}),
        ("/acs/users/suspend", {"acs_user_id": NOBODY}),
        ("/devices/update", {"device_id": NOBODY}),
        ("/locks/lock_door", {"device_id": NOBODY}),
        ("/thermostats/off", {"device_id": NOBODY}),
        ("/thermostats/daily_programs/update", {"thermostat_daily_program_id": NOBODY}),
        ("/thermostats/update_weekly_program", {"device_id": NOBODY}),
        ("/user_identities/add_acs_user", {"acs_user_id": NOBODY}),
        ("/spaces/update", {"space_id": NOBODY}),
        ("/spaces/add_devices", {"space_id": NOBODY}),
        ("/customers/push_data", {}),
    ],
)
def test_what_is_not_there_has_not_to_be_undone(undo, path, params):
    assert undo.begin("POST", path, params) is None


def test_suspension_ends_and_comes_back(place, undo, call):
    place.call("/acs/users/suspend", acs_user_id=place.user)
    before = state_of(place.sandbox.backend)
    call("/acs/users/unsuspend", acs_user_id=place.user)
    assert undo.undo() == []
    assert differences(before, state_of(place.sandbox.backend)) == []


def test_devices_that_are_not_managed(place, undo, call):
    place.call("/devices/update", device_id=place.nuki_lock, is_managed=False)
    before = state_of(place.sandbox.backend)
    call("/devices/unmanaged/update", device_id=place.nuki_lock, custom_metadata={"a": "b"})
    call("/devices/unmanaged/update", device_id=place.nuki_lock, is_managed=True)
    assert undo.undo() == []
    assert differences(before, state_of(place.sandbox.backend)) == []


def test_backup_pool_is_switched_back(place, undo, call):
    place.call("/devices/update", device_id=place.august_lock, backup_access_code_pool_enabled=True)
    call("/devices/update", device_id=place.august_lock, backup_access_code_pool_enabled=False)
    assert undo.undo() == []
    device = place.call("/devices/get", device_id=place.august_lock)["device"]
    assert device["properties"]["backup_access_code_pool_enabled"] is True


@pytest.mark.parametrize("is_answered", [True, False])
def test_backup_code_that_was_pulled_is_deleted(place, undo, call, is_answered):
    code = place.call(
        "/access_codes/create",
        device_id=place.august_lock,
        name="Timed",
        starts_at="2020-01-01T00:00:00Z",
        ends_at=LATER,
        use_backup_access_code_pool=True,
    )["access_code"]["access_code_id"]
    if is_answered:
        call("/access_codes/pull_backup_access_code", access_code_id=code)
    else:
        undo.begin("POST", "/access_codes/pull_backup_access_code", {"access_code_id": code})
        place.call("/access_codes/pull_backup_access_code", access_code_id=code)
    call("/access_codes/pull_backup_access_code", access_code_id=code)  # the same once more
    backup = place.call("/access_codes/get", access_code_id=code)["access_code"]["pulled_backup_access_code_id"]

    assert undo.undo() == []

    erased = place.call("/access_codes/list", device_id=place.august_lock)["access_codes"]
    assert [row["status"] for row in erased if row["access_code_id"] == backup] in ([], ["removing"])


def test_methods_that_were_requested_are_deleted(place, undo, call):
    methods = place.call("/access_grants/get", access_grant_id=place.grant)["access_grant"]["access_method_ids"]
    new = call(
        "/access_grants/request_access_methods",
        access_grant_id=place.grant,
        requested_access_methods=[{"mode": "code"}],
    )["access_grant"]["access_method_ids"]
    assert len(new) == 2
    assert undo.undo() == []
    assert place.call("/access_grants/get", access_grant_id=place.grant)["access_grant"]["access_method_ids"] == methods


def test_credential_of_nobody_is_nobodys_again(place, undo, call):
    place.call("/acs/credentials/unassign", acs_credential_id=place.credential, acs_user_id=place.user)
    before = state_of(place.sandbox.backend)
    call("/acs/credentials/assign", acs_credential_id=place.credential, acs_user_id=place.user)
    assert undo.undo() == []
    assert differences(before, state_of(place.sandbox.backend)) == []


def test_thermostat_with_a_setting_of_its_own_has_it_again(place, undo, call):
    thermostat = {"device_id": place.ecobee_thermostat}
    place.call("/thermostats/heat", heating_set_point_celsius=20, **thermostat)
    place.call("/thermostats/set_fan_mode", fan_mode_setting="on", **thermostat)
    before = state_of(place.sandbox.backend)
    call("/thermostats/set_fan_mode", fan_mode_setting="auto", **thermostat)
    call("/thermostats/off", **thermostat)
    call("/thermostats/off", **thermostat)
    assert undo.undo() == []
    assert differences(before, state_of(place.sandbox.backend)) == []


def test_thermostat_whose_fan_was_not_touched(place, undo, call):
    thermostat = {"device_id": place.ecobee_thermostat}
    place.call("/thermostats/heat", heating_set_point_celsius=20, **thermostat)
    before = state_of(place.sandbox.backend)
    call("/thermostats/heat", heating_set_point_celsius=22, **thermostat)
    assert undo.undo() == []
    assert differences(before, state_of(place.sandbox.backend)) == []


def test_thermostat_that_is_gone_is_fine(place, undo, call):
    thermostat = {"device_id": place.ecobee_thermostat}
    call("/thermostats/off", **thermostat)
    call("/locks/unlock_door", device_id=place.august_lock)
    call("/devices/update", device_id=place.august_lock, name="Other")
    for device_id in (place.ecobee_thermostat, place.august_lock):
        account = place.call("/devices/get", device_id=device_id)["device"]["connected_account_id"]
        place.call("/connected_accounts/delete", connected_account_id=account)
    assert undo.undo() == []


def test_door_that_cannot_be_reached_is_told(place, undo, call):
    call("/locks/unlock_door", device_id=place.august_lock)
    place.call("/devices/simulate/disconnect", device_id=place.august_lock)
    (told,) = undo.undo()
    assert told.startswith("/locks/unlock_door could not be undone: /locks/lock_door failed: device_disconnected: ")
    place.call("/devices/simulate/connect", device_id=place.august_lock)
    assert undo.undo() == []


def test_action_attempt_that_takes_its_time_is_waited_for_and_one_without_end_is_told(place, tmp_path):
    with Sandbox(world="house", action_attempts=10.0) as sandbox:
        sandbox.clock.freeze()
        door = sandbox.get_device("GARAGE")
        waits = []

        def sleep(seconds):
            waits.append(seconds)
            sandbox.clock.advance(seconds)

        undo = Undo(connected(sandbox, Carrier(sandbox)), tmp_path, sleep=sleep)
        call = SeamApi(undo.send).call
        call("/locks/unlock_door", device_id=door.device_id)
        sandbox.clock.advance(20)
        assert undo.undo() == []
        assert sandbox.get_device(door.device_id).properties.locked
        assert waits[:5] == [0.05, 0.1, 0.2, 0.4, 0.8]
        assert max(waits) == 1.0

        call("/locks/unlock_door", device_id=door.device_id)
        sandbox.clock.advance(20)
        undo._calls._sleep = lambda _: None
        (told,) = undo.undo()
        assert re.search("the action attempt of /locks/lock_door is still pending after 30 looks at it", told)
        undo._calls._sleep = sleep
        assert undo.undo() == []


def test_lists_of_several_pages_are_read_whole(place, undo, call, monkeypatch):
    for number in range(5):
        place.call("/spaces/create", name="Room", space_key=f"room {number}")
    rows = undo._calls.rows("/spaces/list", "spaces", {"limit": 2})
    assert len(rows) == 6


def test_user_who_had_another_person_gets_him_back(place, undo, call):
    before = state_of(place.sandbox.backend)
    call("/user_identities/remove_acs_user", acs_user_id=place.owned, user_identity_id=place.joe)
    call("/user_identities/add_acs_user", acs_user_id=place.owned, user_identity_id=place.jane)
    assert undo.undo() == []
    assert differences(before, state_of(place.sandbox.backend)) == []


def test_customer_who_was_known_is_left_to_people(place, undo, call):
    place.call("/spaces/create", name="Office", customer_key="acme")
    call("/customers/push_data", customer_key="acme", users=[{"user_key": "u2", "name": "U"}])
    (told,) = undo.undo()
    assert told.startswith("/customers/push_data has changed the data of the customer 'acme', who was there before.")


def test_person_who_was_there_before_a_grant_stays(place, undo):
    """The emulator refuses a second person with an address; Seam may give the grant to the first."""
    place.call("/user_identities/update", user_identity_id=place.jane, email_address="jane@example.com")
    before = state_of(place.sandbox.backend)
    rest = {"device_ids": [place.yale_lock], "requested_access_methods": [{"mode": "code"}], "ends_at": LATER}
    change = undo.begin(
        "POST", "/access_grants/create", {"user_identity": {"email_address": "jane@example.com"}, **rest}
    )
    undo.finish(change, 200, place.call("/access_grants/create", user_identity_id=place.jane, **rest))
    assert undo.undo() == []
    assert differences(before, state_of(place.sandbox.backend)) == []


def test_encoder_that_was_to_fail_is_to_succeed(place, undo, call):
    call("/acs/encoders/simulate/next_credential_encode_will_fail", acs_encoder_id=place.encoder)
    call("/acs/encoders/simulate/next_credential_scan_will_fail", acs_encoder_id=place.encoder)
    call("/acs/encoders/simulate/next_credential_scan_will_succeed", acs_encoder_id=place.encoder)
    assert undo.undo() == []


def test_changes_of_one_kind_only(place, undo, call):
    before = state_of(place.sandbox.backend)
    call("/spaces/update", space_id=place.space, name="Other", customer_data={"locality": "Oslo"})
    call("/spaces/update", space_id=place.space, device_ids=[])
    assert undo.undo() == []
    after = state_of(place.sandbox.backend)
    assert [line for line in differences(before, after) if "customer_data" not in line and "locality" not in line] == []


def test_code_and_program_that_were_made_here_end_with_themselves(place, undo, call):
    """Also a code that belongs to a grant that was made here."""
    period = {"starts_at_time": "07:00:00", "climate_preset_key": "home"}
    made = call("/thermostats/daily_programs/create", device_id=place.ecobee_thermostat, name="New", periods=[period])
    program = {"thermostat_daily_program_id": made["thermostat_daily_program"]["thermostat_daily_program_id"]}
    call("/thermostats/daily_programs/update", name="Other", periods=[period], **program)
    grant = {
        "user_identity_id": place.jane,
        "device_ids": [place.yale_lock],
        "requested_access_methods": [{"mode": "code"}],
    }
    call("/access_grants/create", **grant)
    count = len(undo.journal.changes)
    for code in place.call("/access_codes/list", device_id=place.yale_lock)["access_codes"]:
        call("/access_codes/update", access_code_id=code["access_code_id"], name="Other")
    assert len(undo.journal.changes) <= count + 2
    assert undo.undo() == []


def test_door_that_is_turned_often_is_looked_at_and_turned_back_once(place, undo, call):
    before = state_of(place.sandbox.backend)
    for path in ("unlock_door", "lock_door", "unlock_door", "simulate/manual_lock_via_keypad", "unlock_door"):
        call(f"/locks/{path}", device_id=place.august_lock)
    call("/locks/unlock_door", device_id=place.yale_lock)
    assert [change.known["device_id"] for change in undo.journal.changes] == [place.august_lock, place.yale_lock]
    assert undo.undo() == []
    assert differences(before, state_of(place.sandbox.backend)) == []


def test_customers_and_keys_that_are_new_may_be_deleted(place, undo, call):
    call("/customers/push_data", customer_key="new", users=[{"user_key": "v", "name": "V"}])
    call("/spaces/create", name="New", space_key="new room", customer_key="acme")
    call("/user_identities/create", user_identity_key="new one")
    count = len(undo.journal.changes)
    keys = {"customer_keys": ["new"], "space_keys": ["new room"], "user_identity_keys": ["new one"]}
    call("/customers/delete_data", **keys)
    assert len(undo.journal.changes) == count
    for keys in (["acme"], ["new", "acme"]):
        change = undo.begin("POST", "/customers/delete_data", {"customer_keys": keys})
        undo.finish(change, 200, {})
    assert len(undo.undo()) == 2


def test_weekly_program_that_has_no_say_changes_nothing(place, undo, call):
    thermostat = {"device_id": place.ecobee_thermostat}
    place.call("/thermostats/update_weekly_program", monday_program_id=place.program, **thermostat)
    before = state_of(place.sandbox.backend)
    call("/thermostats/activate_weekly_program", **thermostat)
    call("/thermostats/off", **thermostat)
    assert undo.undo() == []
    assert differences(before, state_of(place.sandbox.backend)) == []


def test_time_frame_of_a_code_is_put_back(place, undo, call):
    frame = {name: place.call("/access_codes/get", access_code_id=place.timed)["access_code"][name] for name in TIMES}
    call("/access_codes/update", access_code_id=place.timed, ends_at="2099-01-05T12:00:00.000Z")
    assert undo.undo() == []
    code = place.call("/access_codes/get", access_code_id=place.timed)["access_code"]
    assert {name: code[name] for name in TIMES} == frame
