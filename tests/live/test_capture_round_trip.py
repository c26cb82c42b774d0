"""Whatever is in a sandbox: served, captured by the command and loaded again, the SDK lists the same."""

import json
import os
import tempfile
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live.furnished import LATER, NEXT_YEAR
from pytest_seam_sandbox import Sandbox, cli
from pytest_seam_sandbox.backends.seam_api import Refused
from pytest_seam_sandbox.strategies import devices, phones
from pytest_seam_sandbox.watch import unnoticed

pytest.importorskip("seam")

NOT_KEPT = {
    *("workspace_id", "pending_mutations", "secret", "instant_key_url", "client_session_token"),
    *("latest_desired_state_synced_with_provider_at", "last_successful_sync_at"),
}
"""What is another workspace's own, what is secret, and what follows from when somebody looks."""
NESTED = ("phones", "entrances", "users", "groups", "encoders", "credentials")
DAY, NIGHT = "07:00:00[Europe/Berlin]", "22:00:00[Europe/Berlin]"


@pytest.fixture(autouse=True)
def noon():
    """It is noon on a Thursday: no schedule, program or window of the night begins while the test runs."""
    with time_machine.travel(datetime(2031, 5, 1, 19, tzinfo=UTC)):
        yield


@contextmanager
def captured(sandbox, *options):
    """The path of what the command makes of a sandbox behind a server; it is gone after the block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "world.json"
        with sandbox.serve() as url, mock.patch.dict(os.environ, {"SEAM_API_KEY": sandbox.api_key}):
            assert cli.main(["capture", "-o", str(path), "--endpoint", url, *options]) == 0
        yield path


def listed(sandbox):
    """All that the SDK lists of a sandbox; what is in several systems or of several people, without its order."""
    seam = sandbox.client()
    found = {
        "accounts": seam.connected_accounts.list(),
        "devices": seam.devices.list(),
        "unmanaged devices": seam.devices.unmanaged.list(),
        "people": seam.user_identities.list(),
        "phones": seam.phones.list(),
        "systems": seam.acs.systems.list(),
        "entrances": seam.acs.entrances.list(),
        "users": seam.acs.users.list(),
        "groups": seam.acs.access_groups.list(),
        "encoders": seam.acs.encoders.list(),
        "credentials": seam.acs.credentials.list(),
        "spaces": seam.spaces.list(),
        "grants": seam.access_grants.list(),
        "webhooks": seam.webhooks.list(),
    }
    for device in found["devices"]:
        own = {"device_id": device.device_id}
        found["codes of", device.device_id] = seam.access_codes.list(**own)
        found["unmanaged codes of", device.device_id] = seam.access_codes.unmanaged.list(**own)
        if "thermostat" in device.capabilities_supported:
            found["schedules of", device.device_id] = seam.thermostats.schedules.list(**own)
        if "noise_detection" in device.capabilities_supported:
            found["thresholds of", device.device_id] = seam.noise_sensors.noise_thresholds.list(**own)
    for grant in found["grants"]:
        own = grant.access_grant_id
        found["methods of", own] = seam.access_methods.list(access_grant_id=own)
        found["codes by", own] = seam.access_codes.list(access_grant_id=own)
    for space in found["spaces"]:
        for kind, lists in (("devices", seam.devices), ("accounts", seam.connected_accounts)):
            found[kind, "in", space.space_id] = lists.list(space_id=space.space_id)
    for group in found["groups"]:
        own = group.acs_access_group_id
        found["users in", own] = seam.acs.access_groups.list_users(acs_access_group_id=own)
    for user in found["users"]:
        own = user.acs_user_id
        found["doors of", own] = seam.acs.users.list_accessible_entrances(acs_user_id=own)
    shown = {str(kind): [plain(row) for row in rows] for kind, rows in found.items()}
    return shown | {kind: sorted(shown[kind], key=json.dumps) for kind in NESTED}


def plain(value):
    """A resource of the SDK as JSON, without what is not kept."""
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "__dict__") and not isinstance(value, dict):
        value = vars(value)
    if isinstance(value, dict):
        return {
            name: plain(item)
            for name, item in value.items()
            if name not in NOT_KEPT and not (name.endswith("_at") and "daily" not in name)
        }
    return value


def ids(found):
    """The ids in what was listed, by the list."""
    return {kind: [next(value for name, value in row.items() if name.endswith("_id")) for row in rows]
            for kind, rows in found.items()}  # fmt: skip


# what is put into a sandbox at random


def some(sandbox, path, key):
    return sandbox.backend.api.call(path)[key]


def add_space(sandbox, number):
    locks = [device["device_id"] for device in some(sandbox, "/devices/list", "devices")]
    doors = [door["acs_entrance_id"] for door in some(sandbox, "/acs/entrances/list", "acs_entrances")]
    sandbox.backend.api.call(
        "/spaces/create", name=f"Suite {number}", device_ids=locks[: number % 4], acs_entrance_ids=doors[: number % 3]
    )


def add_grant(sandbox, number):
    spaces = [space["space_id"] for space in some(sandbox, "/spaces/list", "spaces")]
    locks = [device["device_id"] for device in some(sandbox, "/devices/list", "devices")]
    doors = [door["acs_entrance_id"] for door in some(sandbox, "/acs/entrances/list", "acs_entrances")]
    modes = [{"mode": mode} for mode in ("code", "mobile_key", "card", "cloud_key")][number % 4 :]
    times = ({}, {"ends_at": LATER}, {"starts_at": NEXT_YEAR, "ends_at": LATER}, {"starts_at": NEXT_YEAR})[number % 4]
    sandbox.backend.api.call(
        "/access_grants/create",
        user_identity={"full_name": f"Guest {number}"},
        requested_access_methods=modes,
        device_ids=locks[number % 3 :][:2],
        acs_entrance_ids=doors[: number % 2],
        space_ids=spaces[: number % 2],
        name=("Stay", None)[number % 2],
        **times,
    )


def add_system(sandbox, number):
    kind = ("salto_ks_site", "salto_space_system", "hotek_site", "visionline_system", "pti_site")[number % 5]
    system = sandbox.create_acs_system(kind, entrances=("Lobby", "Gym")[: number % 3]).acs_system_id
    call = sandbox.backend.api.call
    user = call("/acs/users/create", acs_system_id=system, full_name=f"User {number}")["acs_user"]["acs_user_id"]
    for group in call("/acs/access_groups/list", acs_system_id=system)["acs_access_groups"][: number % 2]:
        call("/acs/access_groups/add_user", acs_access_group_id=group["acs_access_group_id"], acs_user_id=user)
    for door in call("/acs/entrances/list", acs_system_id=system)["acs_entrances"][:1]:
        call("/acs/entrances/grant_access", acs_entrance_id=door["acs_entrance_id"], acs_user_id=user)


def add_code(sandbox, number):
    locks = some(sandbox, "/devices/list", "devices")
    times = {"starts_at": NEXT_YEAR, "ends_at": LATER} if number % 2 else {}
    sandbox.backend.api.call("/access_codes/create", device_id=locks[number % len(locks)]["device_id"], **times)


def add_schedule(sandbox, number):
    thermostats = some(sandbox, "/thermostats/list", "devices")
    device = thermostats[number % len(thermostats)]
    (preset, *_) = device["properties"]["available_climate_presets"]
    key = preset["climate_preset_key"]
    starts = (NEXT_YEAR, "2020-01-01T00:00:00Z")[number % 2]
    own = {"device_id": device["device_id"]}
    call = sandbox.backend.api.call
    call("/thermostats/schedules/create", climate_preset_key=key, starts_at=starts, ends_at=LATER, **own)
    periods = [{"starts_at_time": "07:00:00", "climate_preset_key": key}]
    program = call("/thermostats/daily_programs/create", name="Day", periods=periods, **own)
    program_id = program["thermostat_daily_program"]["thermostat_daily_program_id"]
    call("/thermostats/update_weekly_program", monday_program_id=program_id, **own)


def add_threshold(sandbox, number):
    sensors = some(sandbox, "/noise_sensors/list", "devices")
    sandbox.backend.api.call(
        "/noise_sensors/noise_thresholds/create",
        device_id=sensors[number % len(sensors)]["device_id"],
        starts_daily_at=NIGHT,
        ends_daily_at=DAY,
        noise_threshold_decibels=60 + number,
    )


def add_webhook(sandbox, number):
    sandbox.backend.api.call("/webhooks/create", url=f"https://example.com/{number}", event_types=["lock.unlocked"])


STEPS = st.tuples(
    st.sampled_from((add_space, add_grant, add_system, add_code, add_schedule, add_threshold, add_webhook)),
    st.integers(0, 9),
)


@st.composite
def furnished_sandboxes(draw):
    """A sandbox with devices and phones as our strategies draw them, an outage, and whatever fits them."""
    sandbox = unnoticed(Sandbox(seed=draw(st.integers(0, 9)), action_attempts="instant"))
    for device in draw(st.lists(devices(), max_size=5, unique_by=lambda device: device.device_id)):
        sandbox.create_device(
            device.device_type,
            device_id=device.device_id,
            name=device.display_name or None,
            online=bool(device.properties.online),
            custom_metadata=dict(device.custom_metadata),
        )
    for device_type in draw(
        st.lists(st.sampled_from(("ecobee_thermostat", "minut_sensor", "august_lock")), max_size=3)
    ):
        sandbox.create_device(device_type)
    for phone in draw(st.lists(phones(), max_size=2, unique_by=lambda phone: phone.device_id)):
        sandbox.create_phone(nickname=phone.nickname, custom_metadata=dict(phone.custom_metadata))
    for step, number in draw(st.lists(STEPS, max_size=8)):
        with suppress(Refused, IndexError, ZeroDivisionError, ValueError):  # not possible in this sandbox
            step(sandbox, number)
    return sandbox


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(sandbox=furnished_sandboxes(), hides=st.booleans())
def test_whatever_is_captured_is_loaded_again(sandbox, hides):
    """The same ids in the same order; with personal details kept, the same fields."""
    before = listed(sandbox)
    with captured(sandbox, *([] if hides else ["--keep-personal"])) as path:
        again = listed(unnoticed(Sandbox(world=path)))

    if hides:
        assert ids(again) == ids(before)
    else:
        assert again == before
