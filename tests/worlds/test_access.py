"""Worlds in files: access groups, encoders, spaces, access grants, webhooks, and what thermostats and sensors have."""

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.worlds.file import UnusableWorld
from pytest_seam_sandbox.worlds.format import World
from pytest_seam_sandbox.worlds.references import parts_in, resource_lists
from worlds.junk import put_junk

LOCK = "22222222-2222-4222-8222-222222222222"
OTHER = "23222222-2222-4222-8222-222222222222"
PERSON = "33333333-3333-4333-8333-333333333333"
DOOR = "66666666-6666-4666-8666-666666666666"
USER = "77777777-7777-4777-8777-777777777777"
GROUP = "78777777-7777-4777-8777-777777777777"
KEY = "88888888-8888-4888-8888-888888888888"
CODE = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
SPACE = "cccccccc-cccc-4ccc-8ccc-cccccccccccc"
HOUSE = "cdcccccc-cccc-4ccc-8ccc-cccccccccccc"
GRANT = "dddddddd-dddd-4ddd-8ddd-dddddddddddd"
METHOD = "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee"
SCHEDULE = "ffffffff-ffff-4fff-8fff-ffffffffffff"
PROGRAM = "fafaffff-ffff-4fff-8fff-ffffffffffff"
ACCOUNT = "11111111-1111-4111-8111-111111111111"
SOME = "12121212-1212-4121-8121-121212121212"
SOON = "2020-01-02T00:00:00.000Z"
BEFORE, AFTER, LATER = "2020-01-01T00:00:00.000Z", "2090-01-01T00:00:00.000Z", "2091-01-01T00:00:00.000Z"


@pytest.fixture
def start(tmp_path):
    """Starts a sandbox from a world."""

    def started(**parts):
        path = tmp_path / "world.json"
        path.write_text(json.dumps({"version": 1, **parts}), "utf-8")
        return Sandbox(world=path)

    return started


def asked(sandbox, path, **parameters):
    """The answer to a call, without what all have."""
    return {name: value for name, value in sandbox.backend.api.call(path, **parameters).items() if name != "ok"}


def one(sandbox, path, key, **parameters):
    """The only row of a list."""
    (row,) = asked(sandbox, path, **parameters)[key]
    return row


def salto(**details):
    return {"system_type": "salto_ks_site", "entrances": [{"acs_entrance_id": DOOR, "display_name": "Main"}], **details}


LOCKS = [{"device_type": "august_lock", "device_id": LOCK, "name": "FRONT"}]
PEOPLE = [{"user_identity_id": PERSON, "full_name": "Ann Reed"}]


# access systems


def test_access_groups_are_those_of_the_file(start):
    """Ids, names, members; without them a system has the ones of its kind, with an empty list none."""
    users = [{"acs_user_id": USER, "full_name": "Ann"}]
    group = {
        "acs_access_group_id": GROUP,
        "name": "Staff",
        "acs_user_ids": [USER, USER],
        "created_at": BEFORE,
    }
    sandbox = start(acs_systems=[salto(users=users, access_groups=[group])])
    found = one(sandbox, "/acs/access_groups/list", "acs_access_groups")
    members = asked(sandbox, "/acs/access_groups/list_users", acs_access_group_id=GROUP)["acs_users"]
    doors = asked(sandbox, "/acs/users/list_accessible_entrances", acs_user_id=USER)["acs_entrances"]

    assert (found["acs_access_group_id"], found["name"], found["created_at"]) == (GROUP, "Staff", BEFORE)
    assert found["access_group_type"] == "salto_ks_access_group"
    assert [user["acs_user_id"] for user in members] == [USER]
    assert [door["acs_entrance_id"] for door in doors] == [DOOR]
    for groups, names in ((None, ["Main Group"]), ([], [])):
        more = {} if groups is None else {"access_groups": groups}
        found = asked(start(acs_systems=[salto(**more)]), "/acs/access_groups/list")["acs_access_groups"]
        assert [group["name"] for group in found] == names


def test_encoders_are_those_of_the_file(start):
    """Ids, names, errors; without them a system has one if its kind has any, with an empty list none."""
    hotek = {"system_type": "hotek_site"}
    encoder = {"acs_encoder_id": SOME, "display_name": "Desk", "created_at": BEFORE, "errors": ["acs_encoder_removed"]}
    found = one(start(acs_systems=[{**hotek, "encoders": [encoder]}]), "/acs/encoders/list", "acs_encoders")

    assert (found["acs_encoder_id"], found["display_name"], found["created_at"]) == (SOME, "Desk", BEFORE)
    assert found["errors"][0]["error_code"] == "acs_encoder_removed"
    for encoders, names in ((None, ["Encoder 1"]), ([], [])):
        more = {} if encoders is None else {"encoders": encoders}
        found = asked(start(acs_systems=[{**hotek, **more}]), "/acs/encoders/list")["acs_encoders"]
        assert [row["display_name"] for row in found] == names


def test_user_opens_what_it_was_granted(start):
    """Entrances of the user itself."""
    users = [{"acs_user_id": USER, "full_name": "Ann", "acs_entrance_ids": [DOOR]}]
    sandbox = start(acs_systems=[salto(users=users)])
    doors = asked(sandbox, "/acs/users/list_accessible_entrances", acs_user_id=USER)["acs_entrances"]

    assert [door["acs_entrance_id"] for door in doors] == [DOOR]


# spaces and webhooks


def test_space_has_what_the_file_says(start):
    """Members, keys, the space that it is in, what its customer tells of it."""
    spaces = [
        {
            "space_id": SPACE,
            "name": "Suite",
            "space_key": "suite",
            "customer_key": "c7",
            "device_ids": [LOCK, LOCK],
            "acs_entrance_ids": [DOOR],
            "connected_account_ids": [ACCOUNT],
            "parent_space_id": HOUSE,
            "customer_data": {"time_zone": "America/Denver", "default_checkin_time": "15:00"},
            "geolocation": {"latitude": 1, "longitude": -2.5},
            "created_at": BEFORE,
        },
        {"space_id": HOUSE, "name": "House", "space_key": "house"},
    ]
    accounts = [{"account_type": "august", "connected_account_id": ACCOUNT}]
    sandbox = start(connected_accounts=accounts, devices=LOCKS, acs_systems=[salto()], spaces=spaces)
    suite, house = asked(sandbox, "/spaces/list")["spaces"]

    assert {name: suite[name] for name in ("space_id", "name", "space_key", "customer_key", "created_at")} == {
        name: spaces[0][name] for name in ("space_id", "name", "space_key", "customer_key", "created_at")
    }
    assert (suite["device_count"], suite["acs_entrance_count"]) == (1, 1)
    assert (suite["parent_space_id"], suite["parent_space_key"]) == (HOUSE, "house")
    assert suite["customer_data"] == {"time_zone": "America/Denver", "default_checkin_time": "15:00"}
    assert suite["geolocation"] == {"latitude": 1, "longitude": -2.5}
    assert "parent_space_id" not in house
    assert one(sandbox, "/devices/list", "devices", space_id=SPACE)["device_id"] == LOCK
    assert one(sandbox, "/acs/entrances/list", "acs_entrances", space_id=SPACE)["acs_entrance_id"] == DOOR
    accounts = asked(sandbox, "/connected_accounts/list", space_id=SPACE)["connected_accounts"]
    assert [account["connected_account_id"] for account in accounts] == [ACCOUNT]
    assert sandbox.events[-1].event_type == "space.created"


def test_webhook_is_sent_what_happens_after_the_start(start):
    """The URL and the types are those of the file; the secret is the sandbox's own."""
    webhooks = [{"webhook_id": SOME, "url": "https://example.com/hooks", "event_types": ["lock.unlocked"]}]
    sandbox = start(devices=LOCKS, webhooks=[*webhooks, {"url": "http://127.0.0.1:9/"}])
    first, second = asked(sandbox, "/webhooks/list")["webhooks"]

    assert {name: first[name] for name in webhooks[0]} == webhooks[0]
    assert first["secret"].startswith("whsec_") and first["secret"] != second["secret"]  # noqa: PT018
    assert second["event_types"] == ["*"]


# access grants


def grant(*requests, **details):
    return {
        "access_grant_id": GRANT,
        "user_identity_id": PERSON,
        "requested_access_methods": list(requests),
        "device_ids": [LOCK],
        **details,
    }


def test_grant_without_methods_is_made_by_seam(start):
    """As by /access_grants/create, with the id of the file."""
    sandbox = start(
        devices=LOCKS,
        user_identities=PEOPLE,
        access_grants=[grant({"mode": "code", "code": "4821"}, created_at=BEFORE)],
    )
    found = one(sandbox, "/access_grants/list", "access_grants")
    method = one(sandbox, "/access_methods/list", "access_methods", access_grant_id=GRANT)

    assert (found["access_grant_id"], found["display_name"], found["created_at"]) == (GRANT, "Ann Reed", BEFORE)
    assert found["access_method_ids"] == [method["access_method_id"]]
    assert (method["code"], method["is_issued"]) == ("4821", True)
    assert [code.code for code in sandbox.access_codes] == ["4821"]


def told(**method):
    """A grant by a code that is on the lock already, and by a mobile key for an entrance."""
    code = {"access_code_id": CODE, "code": "4821", "status": "set", "access_method_id": METHOD}
    return {
        "devices": [{**LOCKS[0], "access_codes": [code]}],
        "user_identities": PEOPLE,
        "access_grants": [
            grant(
                {
                    "mode": "code",
                    "code": "4821",
                    "created_at": BEFORE,
                    "access_methods": [{"access_method_id": METHOD, "issued_at": BEFORE, **method}],
                },
                access_grant_key="stay",
                name="Stay",
                starts_at=BEFORE,
            )
        ],
    }


def test_grant_with_methods_is_as_the_file_says(start):
    """Ids, times and codes; each of the parts finds the others."""
    sandbox = start(**told(created_at=BEFORE))
    found = one(sandbox, "/access_grants/list", "access_grants", access_grant_key="stay")
    method = one(sandbox, "/access_methods/list", "access_methods", access_grant_id=GRANT)
    code = one(sandbox, "/access_codes/list", "access_codes", access_method_id=METHOD)

    assert (found["access_grant_id"], found["name"], found["starts_at"]) == (GRANT, "Stay", BEFORE)
    assert found["display_status"] == "Active"
    assert found["requested_access_methods"][0]["created_access_method_ids"] == [METHOD]
    assert (method["access_method_id"], method["code"], method["issued_at"]) == (METHOD, "4821", BEFORE)
    assert (code["access_code_id"], code["device_id"]) == (CODE, LOCK)
    types = [event.event_type for event in sandbox.events if event.event_type.startswith("access_")]
    assert types == [
        "access_code.created",
        "access_code.set_on_device",
        "access_grant.created",
        "access_method.created",
        "access_method.issued",
        "access_grant.access_granted_to_all_doors",
    ]


def test_code_without_an_id_is_that_of_its_method(start):
    """It gets one, and belongs to the method that it names."""
    parts = told()
    del parts["devices"][0]["access_codes"][0]["access_code_id"]
    sandbox = start(**parts)

    code = one(sandbox, "/access_codes/list", "access_codes", access_method_id=METHOD)
    method = one(sandbox, "/access_methods/list", "access_methods", access_grant_id=GRANT)
    assert code["code"] == method["code"] == "4821"


def test_grant_of_the_file_is_alive(start):
    """Deleted, it takes its method and the code on the lock along; ended, its method is revoked."""
    sandbox = start(**told())
    sandbox.backend.api.call("/access_grants/delete", access_grant_id=GRANT)
    assert sandbox.access_codes == []
    assert asked(sandbox, "/access_grants/list")["access_grants"] == []

    parts = told()
    parts["access_grants"][0]["ends_at"] = AFTER
    sandbox = start(**parts)
    sandbox.clock.advance(100 * 365 * 86400)
    assert one(sandbox, "/access_methods/list", "access_methods", access_grant_id=GRANT)["is_issued"] is False


def test_method_that_is_not_issued_is_when_its_doors_open(start):
    """What was under way goes on."""
    parts = told()
    parts["devices"][0]["online"] = False
    parts["devices"][0]["access_codes"][0]["status"] = "setting"
    del parts["access_grants"][0]["requested_access_methods"][0]["access_methods"][0]["issued_at"]
    sandbox = start(**parts)
    assert one(sandbox, "/access_methods/list", "access_methods", access_grant_id=GRANT)["is_issued"] is False

    sandbox.backend.api.call("/devices/simulate/connect", device_id=LOCK)
    assert one(sandbox, "/access_methods/list", "access_methods", access_grant_id=GRANT)["is_issued"] is True


def test_method_that_is_being_deleted_goes(start):
    """With the warning of that, while its lock is out of reach; then it is gone."""
    parts = told(warnings=["being_deleted"])
    del parts["access_grants"][0]["requested_access_methods"][0]["access_methods"][0]["issued_at"]
    parts["devices"][0]["online"] = False
    parts["devices"][0]["access_codes"][0]["status"] = "removing"
    sandbox = start(**parts)
    method = one(sandbox, "/access_methods/list", "access_methods", access_grant_id=GRANT)
    assert method["display_status"] == "Deleting"

    sandbox.backend.api.call("/devices/simulate/connect", device_id=LOCK)
    assert asked(sandbox, "/access_methods/list", access_grant_id=GRANT)["access_methods"] == []


def test_mobile_key_gets_a_link_of_its_own(start):
    """The link of another workspace would open its doors."""
    key = {"acs_credential_id": KEY, "access_method": "mobile_key", "access_method_id": METHOD}
    key |= {"user_identity_id": PERSON, "allowed_acs_entrance_ids": [DOOR], "issued_at": BEFORE}
    request = {"mode": "mobile_key", "instant_key_max_use_count": 3, "access_methods": [{"access_method_id": METHOD}]}
    sandbox = start(
        user_identities=PEOPLE,
        acs_systems=[salto(credentials=[key])],
        access_grants=[grant(request, device_ids=[], acs_entrance_ids=[DOOR])],
    )
    method = one(sandbox, "/access_methods/list", "access_methods", access_grant_id=GRANT)
    doors = asked(sandbox, "/access_methods/get_related", access_method_ids=[METHOD])["batch"]

    assert method["instant_key_url"] == one(sandbox, "/instant_keys/list", "instant_keys")["instant_key_url"]
    assert method["is_issued"] is True
    assert [row["acs_entrance_id"] for row in doors["acs_entrances"]] == [DOOR]
    assert [row["acs_credential_id"] for row in doors["acs_credentials"]] == [KEY]


def test_request_whose_methods_were_deleted_gets_no_others(start):
    """An empty list says so; a new member of the space changes nothing for it."""
    sandbox = start(
        devices=[*LOCKS, {"device_type": "yale_lock", "device_id": OTHER}],
        user_identities=PEOPLE,
        spaces=[{"space_id": SPACE, "name": "Suite", "device_ids": [LOCK]}],
        access_grants=[grant({"mode": "code", "access_methods": []}, device_ids=[], space_ids=[SPACE])],
    )
    sandbox.backend.api.call("/spaces/add_devices", space_id=SPACE, device_ids=[OTHER])

    assert asked(sandbox, "/access_methods/list", access_grant_id=GRANT)["access_methods"] == []


def test_grant_that_seam_refuses_is_told_with_its_place(start):
    """What depends on the time is found when the sandbox starts."""
    with pytest.raises(UnusableWorld, match=r"access_grants\.0: Seam refuses it: ends_at must be in the future\."):
        start(
            devices=LOCKS,
            user_identities=PEOPLE,
            access_grants=[grant({"mode": "code"}, starts_at=BEFORE, ends_at=SOON)],
        )


# thermostats and noise sensors


def thermostat(**details):
    return {"device_type": "ecobee_thermostat", "device_id": LOCK, **details}


def schedule(**details):
    return {
        "thermostat_schedule_id": SCHEDULE,
        "climate_preset_key": "work",
        "starts_at": BEFORE,
        "ends_at": AFTER,
        **details,
    }


def test_schedules_and_programs_are_those_of_the_file(start):
    """Ids and times; what runs now is in force, as if it was made now."""
    more = {"name": "Trip", "is_override_allowed": True, "max_override_period_minutes": 30, "created_at": BEFORE}
    later = {"thermostat_schedule_id": SOME, "starts_at": AFTER, "ends_at": LATER}
    program = {
        "thermostat_daily_program_id": PROGRAM,
        "name": "Day",
        "created_at": BEFORE,
        "periods": [{"starts_at_time": "07:00", "climate_preset_key": "home"}],
    }
    week = {"monday_program_id": PROGRAM, "created_at": BEFORE}
    device = thermostat(
        thermostat_schedules=[schedule(**more), schedule(**later)],
        thermostat_daily_programs=[program],
        thermostat_weekly_program=week,
    )
    sandbox = start(devices=[device])
    first, second = asked(sandbox, "/thermostats/schedules/list", device_id=LOCK)["thermostat_schedules"]
    properties = sandbox.get_device(LOCK).properties

    assert {name: first[name] for name in schedule(**more)} == schedule(**more)
    assert (second["thermostat_schedule_id"], second["starts_at"]) == (SOME, AFTER)
    assert properties.active_thermostat_schedule_id == SCHEDULE
    assert properties.current_climate_setting.climate_preset_key == "work"
    (shown,) = properties.thermostat_daily_programs
    assert (shown.thermostat_daily_program_id, shown.periods[0].starts_at_time) == (PROGRAM, "07:00:00")
    assert properties.thermostat_weekly_program.monday_program_id == PROGRAM
    assert properties.thermostat_weekly_program.tuesday_program_id is None
    periods = [{"starts_at_time": "08:00:00", "climate_preset_key": "home"}]
    attempt = asked(
        sandbox, "/thermostats/daily_programs/update", thermostat_daily_program_id=PROGRAM, name="X", periods=periods
    )["action_attempt"]
    assert attempt["status"] == "success"


def test_schedule_that_is_said_to_be_in_force_goes_on(start):
    """Nothing is applied again: what somebody has set by hand since stays; at its end the fallback preset comes."""
    ended = {"thermostat_schedule_id": SOME, "starts_at": "2019-01-01", "ends_at": "2019-06-01"}
    device = thermostat(
        thermostat_schedules=[schedule(), schedule(**ended)], properties={"active_thermostat_schedule_id": SCHEDULE}
    )
    sandbox = start(devices=[device])

    assert sandbox.get_device(LOCK).properties.current_climate_setting.climate_preset_key != "work"
    sandbox.clock.advance(80 * 365 * 86400)
    properties = sandbox.get_device(LOCK).properties
    assert properties.active_thermostat_schedule_id is None
    assert properties.current_climate_setting.climate_preset_key == "home"


def test_schedule_that_is_said_not_to_be_in_force_is_not(start):
    """Somebody has given control back to the weekly program."""
    device = thermostat(thermostat_schedules=[schedule()], properties={"active_thermostat_schedule_id": None})
    sandbox = start(devices=[device])

    sandbox.clock.advance(60)
    assert sandbox.get_device(LOCK).properties.active_thermostat_schedule_id is None


def test_week_without_programs_is_none(start):
    """Daily programs alone, and a weekly program without any."""
    period = {"starts_at_time": "07:00:00", "climate_preset_key": "home"}
    sandbox = start(devices=[thermostat(thermostat_daily_programs=[{"name": "Day", "periods": [period]}])])

    assert sandbox.get_device(LOCK).properties.thermostat_weekly_program is None


def test_noise_thresholds_are_those_of_the_file(start):
    """Ids, levels and times; without them a sensor has its own, with an empty list none."""
    sensor = {"device_type": "minut_sensor", "device_id": LOCK}
    window = {"starts_daily_at": "22:00:00[Europe/Berlin]", "ends_daily_at": "06:00:00[Europe/Berlin]"}
    loud = {"noise_threshold_id": SOME, "name": "Loud", "noise_threshold_decibels": 61.5, **window}
    score = {"name": "Score", "noise_threshold_nrs": 7, **window}
    path = "/noise_sensors/noise_thresholds/list"
    first, second = asked(start(devices=[{**sensor, "noise_thresholds": [loud, score]}]), path, device_id=LOCK)[
        "noise_thresholds"
    ]

    assert first == loud | {"device_id": LOCK}
    assert second["noise_threshold_nrs"] == 7
    for thresholds, count in ((None, 2), ([], 0)):
        more = {} if thresholds is None else {"noise_thresholds": thresholds}
        found = asked(start(devices=[{**sensor, **more}]), path, device_id=LOCK)["noise_thresholds"]
        assert len(found) == count


def test_ids_of_the_file_are_never_made(start):
    """Neither while it loads nor later, although it was captured from a sandbox with the same seed."""
    with Sandbox() as before:
        ids = [before.create_device("minut_sensor").device_id for _ in range(3)]
    sandbox = start(devices=[{"device_type": "minut_sensor", "device_id": own_id} for own_id in reversed(ids)])
    thresholds = [
        row["noise_threshold_id"]
        for own_id in ids
        for row in asked(sandbox, "/noise_sensors/noise_thresholds/list", device_id=own_id)["noise_thresholds"]
    ]

    assert len({*ids, *thresholds, sandbox.create_device().device_id}) == 3 + 6 + 1


# what is wrong


def with_method(**method):
    return {"mode": "code", "access_methods": [{**method}]}


def grants(*requests, **details):
    return {"devices": LOCKS, "user_identities": PEOPLE, "access_grants": [grant(*requests, **details)]}


def climate(**details):
    return {"devices": [thermostat(**details)]}


NO_SPACE = {"name": "X"}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (
            {"user_identities": [{"accessible_device_ids": [LOCK]}]},
            "accessible_device_ids.0: the file has no device_id",
        ),
        (
            {"user_identities": [{"user_identity_id": PERSON, "merged_user_identity_ids": [PERSON]}]},
            "merged_user_identity_ids.0: it is the id of a user identity in the file, so that was not merged.",
        ),
        (
            {"user_identities": [{"user_identity_key": "x"}, {"merged_user_identity_keys": ["x"]}]},
            "user_identities.1.merged_user_identity_keys.0: another one has it; it is unique at Seam.",
        ),
        (
            {"acs_systems": [salto(users=[{"full_name": "A", "acs_entrance_ids": [SOME]}])]},
            "users.0.acs_entrance_ids.0: ",
        ),
        (
            {"acs_systems": [salto(access_groups=[{"name": "X", "acs_user_ids": [USER]}])]},
            f"access_groups.0.acs_user_ids.0: the access system has no acs_user_id '{USER}'",
        ),
        (
            {"acs_systems": [salto(access_groups=[{"name": "X", "access_group_type": "z"}])]},
            "access_group_type: 'salto_ks_site' has no access groups of the type 'z'; it has salto_ks_access_group.",
        ),
        (
            {"acs_systems": [{"system_type": "hotek_site", "access_groups": [{"name": "X"}]}]},
            "acs_systems.0.access_groups.0: 'hotek_site' has no access groups.",
        ),
        (
            {"acs_systems": [salto(encoders=[{"display_name": "X"}])]},
            "acs_systems.0.encoders: 'salto_ks_site' has no encoders that Seam reaches.",
        ),
        (
            {"acs_systems": [salto(credentials=[{"access_method": "code", "access_method_id": SOME}])]},
            f"credentials.0.access_method_id: the file has no access_method_id '{SOME}'. Add it, or leave the field out.",
        ),
        (
            {"devices": [{**LOCKS[0], "access_codes": [{"access_method_id": SOME}]}]},
            "devices.0.access_codes.0.access_method_id: the file has no access_method_id",
        ),
        (
            {"devices": [{**LOCKS[0], "access_codes": [{"pulled_backup_access_code_id": SOME}]}]},
            "access_codes.0.pulled_backup_access_code_id: the device has no access_code_id",
        ),
        (
            {
                "devices": [
                    {
                        **LOCKS[0],
                        "access_codes": [{"pulled_backup_access_code_id": CODE}, {"access_code_id": CODE}],
                    }
                ]
            },
            "access_codes.0.pulled_backup_access_code_id: that code is no backup. Give it is_backup.",
        ),
        (
            {"devices": [{**LOCKS[0], "access_codes": [{"access_code_id": CODE, "is_backup": True}]}]},
            "access_codes.0.is_backup: no code of the device names it in pulled_backup_access_code_id. Leave it out;",
        ),
        ({"spaces": [{**NO_SPACE, "device_ids": [LOCK]}]}, "spaces.0.device_ids.0: the file has no device_id"),
        (
            {
                "user_identities": [{"phones": [{"device_id": LOCK}]}],
                "spaces": [{**NO_SPACE, "device_ids": [LOCK]}],
            },
            "spaces.0.device_ids.0: the file has no device_id",
        ),
        ({"spaces": [{**NO_SPACE, "acs_entrance_ids": [DOOR]}]}, "spaces.0.acs_entrance_ids.0: the file has no "),
        (
            {"spaces": [{**NO_SPACE, "connected_account_ids": [SOME]}]},
            "spaces.0.connected_account_ids.0: the file has ",
        ),
        ({"spaces": [{**NO_SPACE, "parent_space_id": SPACE}]}, "spaces.0.parent_space_id: the file has no space_id"),
        (
            {"spaces": [{**NO_SPACE, "space_id": SPACE, "parent_space_id": SPACE}]},
            "spaces.0.parent_space_id: the space is in itself, by way of the spaces that it is in.",
        ),
        (
            {"spaces": [{**NO_SPACE, "space_key": "x"}] * 2},
            "spaces.1.space_key: spaces.0 has the same; it is unique at Seam.",
        ),
        (
            {"spaces": [{**NO_SPACE, "customer_data": {"time_zone": "Europe/Berlinn"}}]},
            "spaces.0.customer_data.time_zone: there is no time zone 'Europe/Berlinn'. Did you mean 'Europe/Berlin'",
        ),
        (
            {"spaces": [{**NO_SPACE, "customer_data": {"default_checkin_time": "25:00"}}]},
            "default_checkin_time: it is no time of day such as 15:00:00; found '25:00'.",
        ),
        ({"spaces": [{**NO_SPACE, "geolocation": {"latitude": 91, "longitude": 0}}]}, "geolocation.latitude: input "),
        ({"webhooks": [{"url": "example.com"}]}, "webhooks.0.url: it is no URL such as https://example.com/hooks."),
        ({"webhooks": [{"url": "http://["}]}, "webhooks.0.url: it is no URL such as https://example.com/hooks."),
        (
            {"webhooks": [{"url": "https://a.example", "event_types": ["lock.unlockd"]}]},
            "webhooks.0.event_types.0: Seam has no event type 'lock.unlockd'. Did you mean 'lock.unlocked'",
        ),
        (
            {"webhooks": [{"url": "https://a.example", "event_types": ["*", "z"]}]},
            'Event types look like "device.connec',
        ),
        (
            {"webhooks": [{"url": "https://a.example", "secret": "x"}]},
            "webhooks.0.secret: there is no such field here.",
        ),
        (grants(user_identity_id=SOME), "access_grants.0.user_identity_id: the file has no user_identity_id"),
        (grants(device_ids=[SOME]), "access_grants.0.device_ids.0: the file has no device_id"),
        (grants(acs_entrance_ids=[SOME]), "access_grants.0.acs_entrance_ids.0: the file has no acs_entrance_id"),
        (grants(space_ids=[SOME]), "access_grants.0.space_ids.0: the file has no space_id"),
        (grants(starts_at=AFTER, ends_at=BEFORE), "access_grants.0.ends_at: it has to be after starts_at."),
        (
            grants({"mode": "code"}, device_ids=[]),
            "access_grants.0: there is no door to give access to. Give one of device",
        ),
        (
            grants({"mode": "code"}, {"mode": "code", "access_methods": []}),
            "requested_access_methods: some have access_methods and some do not. Give them to all, or let Seam make them",
        ),
        (
            grants({"mode": "card", "code": "1234"}),
            "requested_access_methods.0.code: only the mode 'code' has it; this one is 'card'. Leave it out.",
        ),
        (grants({"mode": "code", "instant_key_max_use_count": 2}), "only the mode 'mobile_key' has it"),
        (
            grants({"mode": "card", "access_methods": [{"code": "1"}]}),
            "access_methods.0.code: only the mode 'code' has",
        ),
        (
            grants({"mode": "card", "access_methods": [{"device_ids": [LOCK]}]}),
            "device_ids: only the mode 'code' has it",
        ),
        (grants(with_method(is_encoding_required=True)), "is_encoding_required: only the mode 'card' has it"),
        (grants(with_method(device_ids=[SOME])), "access_methods.0.device_ids.0: the file has no device_id"),
        (grants(with_method(acs_entrance_ids=[SOME])), "access_methods.0.acs_entrance_ids.0: the file has no acs_entr"),
        (grants(with_method(access_method_id=LOCK)), "is the id at devices.0.device_id, too."),
        (
            grants() | {"access_grants": [grant(access_grant_id=one, access_grant_key="x") for one in (GRANT, SOME)]},
            "access_grants.1.access_grant_key: access_grants.0 has the same; it is unique at Seam.",
        ),
        (
            {"devices": [{**LOCKS[0], "thermostat_schedules": [schedule()]}]},
            "devices.0.thermostat_schedules: 'august_lock' has none, since it is no thermostat.",
        ),
        (
            climate(noise_thresholds=[{"name": "X", "starts_daily_at": "a", "ends_daily_at": "22:00:00[Europe/Oslo]"}]),
            "devices.0.noise_thresholds: 'ecobee_thermostat' has none, since it is no noise sensor.",
        ),
        (
            {
                "devices": [
                    {
                        "device_type": "minut_sensor",
                        "noise_thresholds": [{"name": "X", "starts_daily_at": "a", "ends_daily_at": "b"}],
                    }
                ]
            },
            "starts_daily_at: it is no time of day such as 22:00:00[Europe/Berlin]: not of the form",
        ),
        (
            {
                "devices": [
                    {
                        "device_type": "minut_sensor",
                        "noise_thresholds": [
                            {
                                "name": "X",
                                "starts_daily_at": "22:00:00[Europe/Oslo]",
                                "ends_daily_at": "23:00:00[Europe/Oslo]",
                            }
                        ],
                    }
                ]
            },
            "noise_thresholds.0: it has no level. Give noise_threshold_decibels or noise_threshold_nrs.",
        ),
        (climate(properties={"thermostat_daily_programs": []}), "give thermostat_daily_programs beside properties."),
        (
            climate(properties={"active_thermostat_schedule_id": SCHEDULE}),
            "properties.active_thermostat_schedule_id: the device has no thermostat_schedule_id",
        ),
        (
            climate(thermostat_schedules=[schedule(climate_preset_key="wrk")]),
            "thermostat_schedules.0.climate_preset_key: the device has no climate preset 'wrk'. Did you mean 'work'?",
        ),
        (climate(thermostat_schedules=[schedule(ends_at=BEFORE)]), "ends_at: it has to be after starts_at."),
        (
            climate(thermostat_schedules=[schedule(), schedule(thermostat_schedule_id=SOME)]),
            "thermostat_schedules.1.starts_at: another schedule of the thermostat starts at the same time.",
        ),
        (
            climate(
                thermostat_daily_programs=[
                    {"name": "X", "periods": [{"starts_at_time": "07:00", "climate_preset_key": "zzzz"}]}
                ]
            ),
            "periods.0.climate_preset_key: the device has no climate preset 'zzzz'. Add it to available_climate_presets",
        ),
        (
            climate(thermostat_weekly_program={"monday_program_id": PROGRAM}),
            "thermostat_weekly_program.monday_program_id: the device has no thermostat_daily_program_id",
        ),
    ],
)
def test_mistake_is_told_with_its_place(start, parts, said):
    """Found, expected, what to do."""
    with pytest.raises(UnusableWorld) as caught:
        start(**parts)

    assert said in str(caught.value)


PERIOD = {"starts_at_time": "07:00", "climate_preset_key": "home"}
WHOLE = told(device_ids=[LOCK]) | {
    "spaces": [{"space_id": SPACE, "name": "X", "device_ids": [LOCK], "customer_data": {"address": "1 Elm St"}}],
    "webhooks": [{"url": "https://a.example", "event_types": ["lock.unlocked"]}],
    "acs_systems": [
        salto(
            users=[{"acs_user_id": USER, "full_name": "A", "acs_entrance_ids": [DOOR]}],
            access_groups=[{"name": "Staff", "acs_user_ids": [USER]}],
        )
    ],
}
WHOLE["devices"] = [
    *WHOLE["devices"],
    {
        **thermostat(thermostat_schedules=[schedule()], thermostat_weekly_program={"monday_program_id": PROGRAM}),
        "device_id": OTHER,
        "thermostat_daily_programs": [{"thermostat_daily_program_id": PROGRAM, "name": "D", "periods": [PERIOD]}],
        "properties": {"active_thermostat_schedule_id": SCHEDULE},
    },
    {
        "device_type": "minut_sensor",
        "noise_thresholds": [
            {
                "name": "L",
                "starts_daily_at": "22:00:00[Europe/Oslo]",
                "ends_daily_at": "23:00:00[Europe/Oslo]",
                "noise_threshold_decibels": 60,
            }
        ],
    },
]


def test_whole_world_loads(start):
    """What the next test puts mistakes into has none."""
    assert start(**WHOLE).workspace_id


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_world_with_any_mistake_is_told_or_loads(start, data):
    """Nothing but a message about the file comes of a value that does not belong where it stands."""
    parts = json.loads(json.dumps(WHOLE))
    put_junk(data, parts)

    with suppress(UnusableWorld):
        sandbox = start(**parts)
        assert sandbox.embedded.dump()["workspace_id"] == sandbox.workspace_id


def test_documentation_names_each_field():
    """The table in the guide has a row for each list, with all that its entries have."""
    text = (Path(__file__).parents[2] / "docs/guide/worlds.md").read_text("utf-8")
    rows = {row.split("`")[1]: row for row in text.splitlines() if row.startswith("| `")}
    lists = {str(place[-2]): part for place, part in parts_in(World.model_validate({"version": 1, **WHOLE}))}

    assert set(resource_lists()) <= set(rows)
    for name, part in lists.items():
        shown = set(re.findall(r"`(\w+)`", rows["thermostat_daily_programs" if name == "periods" else name]))
        assert set(type(part).model_fields) - {"created_at", "errors", "warnings"} <= shown, name
