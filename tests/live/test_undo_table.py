"""Every write of Seam's API has a row that says how it is undone, and the row is right: also if no answer came."""

import json

import pytest

from live.furnished import LATER, NEXT_YEAR, SOON, Carrier, connected, filled
from live.state import differences, state_of
from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.backends.live.connection import Unreachable, is_read
from pytest_seam_sandbox.backends.live.undo import Undo
from pytest_seam_sandbox.backends.live.undoing.rules import Lost, Refuse, Rule
from pytest_seam_sandbox.backends.live.undoing.table import UNDO
from pytest_seam_sandbox.backends.seam_api import SeamApi

pytestmark = pytest.mark.usefixtures("_undone_at_once")


def test_every_write_has_a_row():
    paths = {endpoint.path for endpoint in all_endpoints()}
    writes = {path for path in paths if not is_read("POST", path)}
    assert writes == set(UNDO), "a write has a row in backends/live/undoing: CONTRIBUTING.md, 'An endpoint'"


PRESET = {"climate_preset_key": "cosy", "hvac_mode_setting": "heat", "heating_set_point_celsius": 21}
CODE = [{"mode": "code"}]

CASES = {
    "/access_codes/create": [{"device_id": "@yale_lock", "name": "New"}],
    "/access_codes/create_multiple": [{"device_ids": ["@yale_lock", "@august_lock"], "name": "New"}],
    "/access_codes/report_device_constraints": [{"device_id": "@igloohome_lock", "max_code_length": 6}],
    "/access_codes/simulate/create_unmanaged_access_code": [{"device_id": "@august_lock", "name": "X", "code": "1234"}],
    "/access_codes/unmanaged/convert_to_managed": [{"access_code_id": "@foreign"}],
    "/access_codes/unmanaged/update": [{"access_code_id": "@foreign", "is_managed": True}],
    "/access_codes/update": [
        {
            "access_code_id": "@code",
            "name": "Other",
            "code": "8765",
            "is_external_modification_allowed": True,
        },
        {"access_code_id": "@code", "starts_at": NEXT_YEAR, "ends_at": LATER},
        {"access_code_id": "@code", "is_managed": False},
    ],
    "/access_grants/create": [
        {"user_identity_id": "@jane", "device_ids": ["@yale_lock"], "requested_access_methods": CODE},
        {
            "user_identity": {"full_name": "New"},
            "device_ids": ["@yale_lock"],
            "requested_access_methods": CODE,
        },
        {
            "user_identity_id": "@jane",
            "acs_entrance_ids": ["@gym"],
            "requested_access_methods": CODE,
        },
    ],
    "/access_grants/update": [
        {"access_grant_id": "@grant", "name": "Stay"},
        {"access_grant_key": "stay", "ends_at": NEXT_YEAR},
    ],
    "/acs/access_groups/add_user": [
        {"acs_access_group_id": "@group", "acs_user_id": "@user"},
        {"acs_access_group_id": "@group", "user_identity_id": "@jane"},
        {"acs_access_group_id": "@group", "user_identity_id": "@joe"},
    ],
    "/acs/access_groups/remove_user": [
        {"acs_access_group_id": "@group", "acs_user_id": "@owned"},
        {"acs_access_group_id": "@group", "user_identity_id": "@joe"},
    ],
    "/acs/credentials/assign": [
        {"acs_credential_id": "@credential", "acs_user_id": "@owned"},
        {"acs_credential_id": "@credential", "user_identity_id": "@jane"},
    ],
    "/acs/credentials/create": [
        {"access_method": "code", "acs_user_id": "@user"},
        {"access_method": "code", "user_identity_id": "@jane", "acs_system_id": "@office"},
    ],
    "/acs/credentials/unassign": [{"acs_credential_id": "@credential", "acs_user_id": "@user"}],
    "/acs/credentials/update": [{"acs_credential_id": "@credential", "code": "654321", "ends_at": LATER}],
    "/acs/users/add_to_access_group": [{"acs_access_group_id": "@group", "acs_user_id": "@user"}],
    "/acs/users/create": [{"acs_system_id": "@office", "full_name": "New", "user_identity_id": "@jane"}],
    "/acs/users/remove_from_access_group": [{"acs_access_group_id": "@group", "acs_user_id": "@owned"}],
    "/acs/users/suspend": [{"acs_user_id": "@user"}],
    "/acs/users/update": [
        {"acs_user_id": "@user", "full_name": "Other"},
        {"acs_system_id": "@office", "user_identity_id": "@joe", "full_name": "Other"},
    ],
    "/client_sessions/create": [{"user_identity_id": "@jane"}],
    "/client_sessions/get_or_create": [
        {"user_identifier_key": "new"},
        {"user_identifier_key": "jane"},
    ],
    "/connect_webviews/create": [{}],
    "/connected_accounts/sync": [{"connected_account_id": "@account"}],
    "/connected_accounts/update": [
        {"connected_account_id": "@account", "custom_metadata": {"a": "b"}, "display_name": "Other"},
    ],
    "/customers/create_portal": [{"customer_data": {"customer_key": "new"}}],
    "/customers/push_data": [
        {
            "customer_key": "new",
            "users": [{"user_key": "v", "name": "V"}],
            "spaces": [{"space_key": "s", "name": "S"}],
        },
    ],
    "/devices/simulate/disconnect": [{"device_id": "@august_lock"}],
    "/devices/simulate/disconnect_from_hub": [{"device_id": "@august_lock"}],
    "/devices/simulate/paid_subscription": [{"device_id": "@nuki_lock", "is_expired": True}],
    "/devices/update": [
        {"device_id": "@august_lock", "name": "Other", "custom_metadata": {"floor": None, "new": "x"}},
        {"device_id": "@phone", "name": "Other", "custom_metadata": {"new": True}},
        {"device_id": "@nuki_lock", "is_managed": False},
        {"device_id": "@nuki_lock", "properties": {"name": "Other"}},
    ],
    "/locks/configure_auto_lock": [
        {"device_id": "@august_lock", "auto_lock_enabled": True, "auto_lock_delay_seconds": 30}
    ],
    "/locks/lock_door": [{"device_id": "@august_lock"}],
    "/locks/unlock_door": [{"device_id": "@august_lock"}],
    "/locks/simulate/keypad_code_entry": [{"device_id": "@august_lock", "code": "4321"}],
    "/locks/simulate/manual_lock_via_keypad": [{"device_id": "@open_lock"}],
    "/noise_sensors/noise_thresholds/create": [
        {
            "device_id": "@minut_sensor",
            "starts_daily_at": "22:00:00[America/Los_Angeles]",
            "ends_daily_at": "23:00:00[America/Los_Angeles]",
            "noise_threshold_decibels": 60,
        },
    ],
    "/noise_sensors/noise_thresholds/update": [
        {
            "device_id": "@minut_sensor",
            "noise_threshold_id": "@threshold",
            "noise_threshold_decibels": 61,
            "name": "Other",
        },
    ],
    "/phones/simulate/create_sandbox_phone": [{"user_identity_id": "@jane"}],
    "/spaces/add_acs_entrances": [{"space_id": "@space", "acs_entrance_ids": ["@gym", "@lobby"]}],
    "/spaces/add_connected_account": [{"space_id": "@space", "connected_account_id": "@account"}],
    "/spaces/add_devices": [{"space_id": "@space", "device_ids": ["@yale_lock", "@august_lock"]}],
    "/spaces/create": [{"name": "New", "device_ids": ["@yale_lock"]}],
    "/spaces/remove_acs_entrances": [{"space_id": "@space", "acs_entrance_ids": ["@lobby"]}],
    "/spaces/remove_connected_account": [{"space_id": "@space", "connected_account_id": "@nuki_account"}],
    "/spaces/remove_devices": [{"space_id": "@space", "device_ids": ["@august_lock"]}],
    "/spaces/update": [{"space_key": "ground", "name": "Other", "device_ids": ["@yale_lock"], "acs_entrance_ids": []}],
    "/thermostats/activate_climate_preset": [{"device_id": "@ecobee_thermostat", "climate_preset_key": "work"}],
    "/thermostats/cool": [{"device_id": "@ecobee_thermostat", "cooling_set_point_celsius": 25}],
    "/thermostats/create_climate_preset": [{"device_id": "@ecobee_thermostat", **PRESET}],
    "/thermostats/daily_programs/create": [
        {
            "device_id": "@ecobee_thermostat",
            "name": "New",
            "periods": [{"starts_at_time": "09:00:00", "climate_preset_key": "work"}],
        },
    ],
    "/thermostats/daily_programs/update": [
        {
            "thermostat_daily_program_id": "@program",
            "name": "Other",
            "periods": [{"starts_at_time": "09:00:00", "climate_preset_key": "work"}],
        },
    ],
    "/thermostats/heat": [{"device_id": "@ecobee_thermostat", "heating_set_point_celsius": 19}],
    "/thermostats/heat_cool": [
        {"device_id": "@ecobee_thermostat", "heating_set_point_celsius": 19, "cooling_set_point_celsius": 25}
    ],
    "/thermostats/off": [{"device_id": "@ecobee_thermostat"}],
    "/thermostats/schedules/create": [
        {
            "device_id": "@ecobee_thermostat",
            "climate_preset_key": "work",
            "starts_at": SOON,
            "ends_at": LATER,
        },
    ],
    "/thermostats/schedules/update": [
        {"thermostat_schedule_id": "@schedule", "name": "Other", "climate_preset_key": "sleep"}
    ],
    "/thermostats/set_fan_mode": [{"device_id": "@ecobee_thermostat", "fan_mode_setting": "on"}],
    "/thermostats/set_hvac_mode": [{"device_id": "@ecobee_thermostat", "hvac_mode_setting": "off"}],
    "/thermostats/set_fallback_climate_preset": [{"device_id": "@ecobee_thermostat", "climate_preset_key": "work"}],
    "/thermostats/set_temperature_threshold": [{"device_id": "@ecobee_thermostat", "lower_limit_celsius": 5}],
    "/thermostats/simulate/hvac_mode_adjusted": [{"device_id": "@ecobee_thermostat", "hvac_mode": "off"}],
    "/thermostats/simulate/temperature_reached": [{"device_id": "@ecobee_thermostat", "temperature_celsius": 15}],
    "/thermostats/delete_climate_preset": [{"device_id": "@ecobee_thermostat", "climate_preset_key": "sleep"}],
    "/thermostats/update_climate_preset": [
        {"device_id": "@ecobee_thermostat", "climate_preset_key": "sleep", "heating_set_point_celsius": 15}
    ],
    "/thermostats/update_weekly_program": [{"device_id": "@ecobee_thermostat", "monday_program_id": "@program"}],
    "/user_identities/add_acs_user": [
        {"acs_user_id": "@free", "user_identity_id": "@jane"},
        {"acs_user_id": "@free", "user_identity_key": "new"},
    ],
    "/user_identities/create": [{}, {"full_name": "New"}],
    "/user_identities/generate_instant_key": [{"user_identity_id": "@jane"}],
    "/user_identities/grant_access_to_device": [{"device_id": "@august_lock", "user_identity_id": "@jane"}],
    "/user_identities/revoke_access_to_device": [{"device_id": "@nuki_lock", "user_identity_id": "@joe"}],
    "/user_identities/remove_acs_user": [{"acs_user_id": "@owned", "user_identity_id": "@joe"}],
    "/user_identities/update": [{"user_identity_id": "@jane", "full_name": "Other", "email_address": "a@example.com"}],
    "/webhooks/update": [{"webhook_id": "@webhook", "event_types": ["lock.locked"]}],
    "/webhooks/create": [{"url": "https://example.com/new"}],
}
"""What a program may do to what is there, by path; nothing of it is left afterwards. "@jane" stands for an id."""


OF_NOBODY = {
    ("/connect_webviews/create", 0),
    ("/noise_sensors/noise_thresholds/create", 0),
    ("/user_identities/create", 0),
    ("/webhooks/create", 0),
}
"""Cases in which nothing tells what was made from what another run makes, when no answer comes: nothing was sent that
it shows, or it does not show when it was made.
"""

WITH_A_TEST_OF_ITS_OWN = {
    "/access_codes/pull_backup_access_code",
    "/access_grants/request_access_methods",
    "/acs/encoders/simulate/next_credential_encode_will_fail",
    "/acs/encoders/simulate/next_credential_scan_will_fail",
    "/acs/entrances/grant_access",
    "/acs/users/unsuspend",
    "/devices/unmanaged/update",
    "/thermostats/activate_weekly_program",
}
"""In test_undo_ways.py: what is left of them, or that is not just one call."""


def test_every_write_that_can_be_undone_has_a_case():
    """Of the others, test_undo_ways.py shows that they are told or refused."""
    told = {path for path, rule in UNDO.items() if isinstance(rule, Lost | Refuse) or type(rule) is Rule}
    assert set(UNDO) - told - set(CASES) == WITH_A_TEST_OF_ITS_OWN


@pytest.mark.parametrize("loses", [None, "answer", "request"])
@pytest.mark.parametrize(("path", "number"), [(path, number) for path in CASES for number in range(len(CASES[path]))])
def test_nothing_is_left_of_a_write(place, tmp_path, path, number, loses):
    place.sandbox.restore(place.start)
    before = state_of(place.sandbox.backend)
    carrier = Carrier(place.sandbox)
    connection = connected(place.sandbox, carrier)
    undo = Undo(connection, tmp_path, sleep=lambda _: None)
    params = filled(place, CASES[path][number])

    if loses is None:
        SeamApi(undo.send).call(path, **params)
    else:
        change = undo.begin("POST", path, params)
        carrier.loses = loses
        with pytest.raises(Unreachable):
            connection.send(path, json.dumps(params).encode())
        assert change is None or change.made is None

    problems = undo.undo()

    if loses == "answer" and (path, number) in OF_NOBODY:
        assert len(problems) == 1
        assert problems[0].startswith(f"{path} got no answer, and may have made one of these, or another run has: ")
        return
    assert problems == []
    assert differences(before, state_of(place.sandbox.backend)) == []
    assert list(tmp_path.rglob("*.jsonl")) == []
