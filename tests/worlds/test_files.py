"""Worlds in files: what they bring, where they are taken, and what is said about one that cannot be used."""

import json
import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_seam_sandbox import Sandbox, SandboxError, UnknownWorld
from pytest_seam_sandbox.stateful import SandboxMachine
from pytest_seam_sandbox.strategies import outages, sandboxes
from pytest_seam_sandbox.worlds import file as world_file
from pytest_seam_sandbox.worlds.file import UnusableWorld
from worlds.junk import put_junk

ACCOUNT = "11111111-1111-4111-8111-111111111111"
LOCK = "22222222-2222-4222-8222-222222222222"
PERSON = "33333333-3333-4333-8333-333333333333"
PHONE = "44444444-4444-4444-8444-444444444444"
SYSTEM = "55555555-5555-4555-8555-555555555555"
DOOR = "66666666-6666-4666-8666-666666666666"
USER = "77777777-7777-4777-8777-777777777777"
KEY = "88888888-8888-4888-8888-888888888888"
COPY = "99999999-9999-4999-8999-999999999999"
CODE = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
MANAGER = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
NOON = "2031-05-01T12:00:00.000Z"


@pytest.fixture
def world(tmp_path):
    """Writes a world and gives the path of its file."""

    def write(name="world.json", **parts):
        path = tmp_path / name
        path.write_text(json.dumps({"version": 1, **parts}), "utf-8")
        return str(path)

    return write


def types_of(sandbox):
    return [event.event_type for event in sandbox.events]


# what a file brings


def test_account_and_device_are_as_the_file_says(world):
    """Ids, names, metadata, properties, errors and times are those of the file; the rest is that of the catalogue."""
    path = world(
        connected_accounts=[
            {
                "account_type": "august",
                "connected_account_id": ACCOUNT,
                "user_identifier": {"phone": "+15551234567"},
                "customer_key": "c7",
                "custom_metadata": {"vip": True},
                "accepted_capabilities": ["lock"],
                "errors": [
                    {"error_code": "account_disconnected", "message": "Gone.", "is_connected_account_error": True}
                ],
                "created_at": "2025-01-01T00:00:00Z",
            }
        ],
        devices=[
            {
                "device_type": "august_lock",
                "device_id": LOCK,
                "connected_account_id": ACCOUNT,
                "name": "LODGE",
                "nickname": "Lodge",
                "custom_metadata": {"house": "7"},
                "properties": {"battery_level": 0.2, "serial_number": "X1"},
                "lacks": ["image_url"],
                "flags": ["can_program_online_access_codes", "can_unlock_with_code"],
                "time_zone": "America/Denver",
                "errors": ["subscription_required"],
                "created_at": "2025-01-01T00:00:00Z",
            }
        ],
    )

    with Sandbox(world=path) as sandbox:
        device, account = sandbox.get_device(LOCK), sandbox.get_connected_account(ACCOUNT)

    assert (account.display_name, account.customer_key, account.custom_metadata) == (
        "+15551234567",
        "c7",
        {"vip": True},
    )
    assert (account.accepted_capabilities, account.created_at) == (["lock"], "2025-01-01T00:00:00.000Z")
    assert [(error.error_code, error.message) for error in account.errors] == [("account_disconnected", "Gone.")]
    assert (device.display_name, device.nickname, device.properties.appearance.name) == ("Lodge", "Lodge", "LODGE")
    assert (device.custom_metadata, device.created_at) == ({"house": "7"}, "2025-01-01T00:00:00.000Z")
    assert device.properties.serial_number == "X1"
    assert "image_url" not in device.properties.model_dump()
    assert (device.can_unlock_with_code, device.can_remotely_unlock) == (True, None)
    assert device.location.time_zone == "America/Denver"
    assert [(error.error_code, error.is_device_error) for error in device.errors] == [
        ("subscription_required", True),
        ("account_disconnected", False),
    ]
    assert "needs a paid plan" in device.errors[0].message


def test_events_are_those_of_any_world(world):
    """Each new thing is told of; what is offline is not connected, and a lost account takes its devices along."""
    path = world(
        connected_accounts=[
            {"account_type": "august", "connected_account_id": ACCOUNT, "errors": ["account_disconnected"]},
            {"account_type": "nuki"},
        ],
        devices=[
            {"device_type": "august_lock", "connected_account_id": ACCOUNT, "errors": ["account_disconnected"]},
            {"device_type": "nuki_lock", "online": False},
            {"device_type": "nuki_lock", "online": False, "errors": ["hub_disconnected"]},
            {"device_type": "ecobee_thermostat", "is_managed": False},
        ],
    )

    with Sandbox(world=path) as sandbox:
        assert types_of(sandbox) == [
            "connected_account.connected",
            "device.added",
            "device.added",
            "device.added",
            "connected_account.connected",
            "device.added",
            "device.unmanaged.connected",
        ]
        codes = [[error.error_code for error in device.errors] for device in sandbox.devices]
        assert codes == [["account_disconnected"], ["device_disconnected"], ["hub_disconnected"], []]
        assert len({device.connected_account_id for device in sandbox.devices}) == 3


def test_access_codes_are_on_their_lock_or_on_the_way(world):
    """A status that is left out lets Seam program the code; the others are as they are."""
    codes = [
        {"name": "new", "access_code_id": CODE},
        {"name": "there", "code": "4821", "status": "set", "warnings": ["external_modification_in_effect"]},
        {"name": "other", "code": "9999", "is_managed": False},
        {"name": "off", "code": "9998", "is_managed": False, "status": "unset"},
        {"name": "late", "code": "5731", "status": "setting"},
        {"name": "going", "code": "5732", "status": "removing"},
        {"name": "ahead", "code": "5733", "starts_at": "2031-06-01", "ends_at": "2031-06-02"},
        {
            "name": "waits",
            "code": "5734",
            "starts_at": "2031-05-02T12:00Z",
            "ends_at": "2031-06-02",
            "status": "unset",
            "is_scheduled_on_device": True,
        },
    ]
    with (
        time_machine.travel(NOON, tick=False),
        Sandbox(world=world(devices=[{"device_type": "august_lock", "access_codes": codes}])) as sandbox,
    ):
        logged = types_of(sandbox)
        found = {code.name: (code.status, code.is_managed, len(code.code)) for code in sandbox.access_codes}
        assert sandbox.access_codes[0].access_code_id == CODE

    assert found == {
        "new": ("set", True, 4),
        "there": ("set", True, 4),
        "other": ("set", False, 4),
        "off": ("unset", False, 4),
        "late": ("set", True, 4),
        "ahead": ("unset", True, 4),
        "waits": ("unset", True, 4),
    }
    assert logged.count("access_code.created") == 6
    assert logged.count("access_code.unmanaged.created") == 2
    assert logged.count("access_code.set_on_device") == 3
    assert logged.count("access_code.scheduled_on_device") == 1


def test_people_have_their_phones(world):
    """A phone that says nothing is an Android phone; one that says something is that."""
    path = world(
        user_identities=[
            {
                "user_identity_id": PERSON,
                "full_name": "Ann",
                "email_address": "ann@example.com",
                "phone_number": "+15551234567",
                "user_identity_key": "ann",
                "phones": [
                    {},
                    {
                        "device_type": "ios_phone",
                        "device_id": PHONE,
                        "name": "Ann's",
                        "custom_metadata": {"a": "b"},
                        "custom_sdk_installation_id": "sdk",
                        "properties": {"appearance": {"name": "Mine"}},
                    },
                ],
            },
            {"is_managed": False, "full_name": "Bob"},
        ]
    )

    with Sandbox(world=path) as sandbox:
        first, second = sandbox.phones
        listed = sandbox.backend.api.call("/user_identities/unmanaged/list")["user_identities"]
        (ann,) = sandbox.user_identities

    assert (first.device_type, first.display_name) == ("android_phone", "Samsung Galaxy S10")
    assert (second.device_id, second.device_type, second.display_name) == (PHONE, "ios_phone", "Mine")
    assert second.custom_metadata == {"a": "b"}
    assert (ann.user_identity_id, ann.full_name, ann.user_identity_key) == (PERSON, "Ann", "ann")
    assert [person["full_name"] for person in listed] == ["Bob"]


HOTEL = {
    "connected_accounts": [
        {"account_type": "visionline", "connected_account_id": ACCOUNT, "errors": ["account_disconnected"]}
    ],
    "user_identities": [
        {
            "user_identity_id": PERSON,
            "full_name": "Ann",
            "phones": [{"device_id": PHONE, "acs_credential_ids": [KEY, COPY]}],
        }
    ],
    "acs_systems": [
        {
            "system_type": "visionline_system",
            "acs_system_id": SYSTEM,
            "name": "Grand",
            "default_credential_manager_acs_system_id": MANAGER,
            "entrances": [
                {"display_name": "Lobby"},
                {
                    "display_name": "Room 1",
                    "acs_entrance_id": DOOR,
                    "visionline_metadata": {"door_name": "R1", "door_category": "guest"},
                },
            ],
            "users": [
                {"full_name": "Ann", "acs_user_id": USER, "user_identity_id": PERSON},
                {
                    "full_name": "Gone",
                    "is_suspended": True,
                    "access_schedule": {"starts_at": "2020-01-01", "ends_at": "2020-01-02"},
                    "warnings": ["acs_user_inactive"],
                },
            ],
            "credentials": [
                {
                    "access_method": "mobile_key",
                    "acs_credential_id": KEY,
                    "acs_user_id": USER,
                    "is_multi_phone_sync_credential": True,
                    "allowed_acs_entrance_ids": [DOOR],
                    "issued_at": "2025-01-01",
                },
                {
                    "access_method": "mobile_key",
                    "acs_credential_id": COPY,
                    "parent_acs_credential_id": KEY,
                    "acs_user_id": USER,
                    "issued_at": "2025-01-01",
                    "visionline_metadata": {"is_valid": False, "auto_join": True},
                },
                {"access_method": "card", "issued_at": None, "warnings": ["waiting_to_be_issued"], "card_number": "7"},
            ],
        },
        {"system_type": "assa_abloy_credential_service", "acs_system_id": MANAGER},
        {"system_type": "salto_ks_site", "credentials": [{"access_method": "code", "user_identity_id": PERSON}]},
        {"system_type": "visionline_system", "connected_account_id": ACCOUNT, "errors": ["account_disconnected"]},
    ],
}


def test_access_systems_have_entrances_users_and_credentials(world):
    """As the file says; what it leaves out is found or made."""
    with Sandbox(world=world(**HOTEL)) as sandbox:
        grand, manager, salto, other = sandbox.acs_systems
        lobby, room = sandbox.acs_entrances
        ann, gone, made = sandbox.acs_users
        key, copy, card, code = sandbox.acs_credentials
        logged = types_of(sandbox)
        held = sandbox.backend.api.call("/phones/list", acs_credential_id=COPY)["phones"]
        opened = sandbox.backend.api.call("/acs/credentials/list_accessible_entrances", acs_credential_id=KEY)

    assert grand.default_credential_manager_acs_system_id == other.default_credential_manager_acs_system_id == MANAGER
    assert (grand.acs_system_id, grand.name, manager.acs_system_id) == (SYSTEM, "Grand", MANAGER)
    assert (lobby.visionline_metadata.door_name, room.visionline_metadata.door_name) == ("Lobby", "R1")
    assert (ann.acs_user_id, ann.user_identity_id, gone.is_suspended) == (USER, PERSON, True)
    assert [warning.warning_code for warning in gone.warnings] == ["acs_user_inactive"]
    assert (made.user_identity_id, made.acs_system_id) == (PERSON, salto.acs_system_id)
    assert (key.is_issued, key.user_identity_id, key.visionline_metadata.is_valid) == (True, PERSON, True)
    assert key.visionline_metadata.guest_acs_entrance_ids == [DOOR]
    assert (copy.parent_acs_credential_id, copy.visionline_metadata.is_valid) == (KEY, False)
    assert (card.is_issued, card.card_number, len(card.warnings), card.acs_user_id) == (False, "7", 1, None)
    assert (code.is_issued, len(code.code)) == (True, 4)
    assert [phone["device_id"] for phone in held] == [PHONE]
    assert [entrance["acs_entrance_id"] for entrance in opened["acs_entrances"]] == [DOOR]
    assert logged.count("acs_system.added") == 4
    assert logged.count("acs_system.connected") == 3
    assert logged.count("acs_credential.issued") == 3
    assert logged.count("acs_user.created") == 3


def test_manager_is_made_where_a_system_needs_one(world):
    """A hotel in a file hands out mobile keys, as one from create_acs_system does; an explicit null says that it cannot."""
    systems = [
        {"system_type": "visionline_system"},
        {"system_type": "assa_abloy_vostio", "default_credential_manager_acs_system_id": None},
    ]

    with Sandbox(world=world(acs_systems=systems)) as sandbox:
        hotel, vostio, manager = sandbox.acs_systems

    assert hotel.default_credential_manager_acs_system_id == manager.acs_system_id
    assert vostio.default_credential_manager_acs_system_id is None


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=400, milliseconds=7)])
def test_times_move_along_with_the_file(world, later):
    """A code that runs for two hours at the capture runs for two hours in each sandbox."""
    code = {"code": "4821", "status": "set", "starts_at": "2031-05-01T11:00Z", "ends_at": "2031-05-01T14:00Z"}
    system = {
        "system_type": "salto_ks_site",
        "users": [{"full_name": "Ann", "access_schedule": {"starts_at": "2031-05-01T11:00Z", "ends_at": "9999-12-31"}}],
    }
    path = world(
        captured_at=NOON, devices=[{"device_type": "august_lock", "access_codes": [code]}], acs_systems=[system]
    )
    now = datetime.fromisoformat(NOON) + later

    with time_machine.travel(now, tick=False), Sandbox(world=path) as sandbox:
        (found,) = sandbox.access_codes
        (user,) = sandbox.acs_users
        assert datetime.fromisoformat(found.ends_at) - now == timedelta(hours=2)
        assert datetime.fromisoformat(user.access_schedule.starts_at) - now == timedelta(hours=-1)
        assert user.access_schedule.ends_at == "9999-12-31T00:00:00.000Z"
        sandbox.clock.advance(timedelta(hours=2))
        assert sandbox.access_codes == []


def test_same_file_and_seed_give_the_same_sandbox(world):
    """What a file leaves out follows from the seed; named worlds have the ids that they always had."""
    path = world(devices=[{"device_type": "august_lock", "access_codes": [{}]}], user_identities=[{"phones": [{}]}])

    with time_machine.travel(NOON, tick=False):
        one, two, other = Sandbox(world=path, seed=1), Sandbox(world=path, seed=1), Sandbox(world=path, seed=2)

    assert one.embedded.dump() == two.embedded.dump()
    assert one.devices[0].device_id != other.devices[0].device_id


def test_reset_and_snapshots_go_back_to_the_file(world):
    """A world in a file is a starting state as any other."""
    sandbox = Sandbox(world=world(devices=[{"device_type": "august_lock", "device_id": LOCK}]))
    start = sandbox.snapshot()
    with sandbox.http() as http:
        http.post("/devices/simulate/remove", json={"device_id": LOCK})
        assert sandbox.get_device(LOCK).errors != []
        http.post("/workspaces/reset_sandbox", json={}).raise_for_status()
    assert sandbox.get_device(LOCK).errors == []
    sandbox.create_device()
    sandbox.restore(start)
    assert len(sandbox.devices) == 1


def test_outage_begins_and_heals_in_a_world_from_a_file(world):
    """Its devices are devices."""
    with Sandbox(world=world(devices=[{"device_type": "august_lock", "name": "LODGE"}])) as sandbox:
        with sandbox.disconnected("LODGE") as outage:
            pass
        assert [event.event_type for event in outage.events] == ["device.disconnected", "device.connected"]


# where it is taken


def test_strategies_machines_and_further_workspaces_take_files(world):
    """Whatever takes a world takes a file."""
    path = world(devices=[{"device_type": "august_lock", "name": "LODGE"}])

    @settings(deadline=None, max_examples=5)
    @given(sandbox=sandboxes(world=path, devices=()), outage=outages(world=Path(path), devices=()))
    def run(sandbox, outage):
        with outage.on(sandbox):
            assert [device.display_name for device in sandbox.devices] == ["LODGE"]

    class Lodge(SandboxMachine):
        world = path
        device_types = ()

    run()
    Lodge.TestCase.settings  # noqa: B018 - it is made
    assert [device.display_name for device in Sandbox().create_workspace(world=path).devices] == ["LODGE"]
    assert repr(Sandbox(world=Path(path))) == f"Sandbox(world={path!r}, devices=1)"


# what is wrong with a file


def test_file_that_is_not_there(tmp_path, monkeypatch):
    """The message says where it was looked for, and which file was meant."""
    (tmp_path / "lodge.json").write_text("{}")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(
        UnknownWorld, match=r"no world file 'loge.json' \(looked for '.*loge.json'\). Did you mean 'lodge.json'"
    ):
        Sandbox(world="loge.json")
    with pytest.raises(UnknownWorld, match="Write it, or make it with seam-sandbox capture"):
        Sandbox(world="nowhere/zzz.json")
    with pytest.raises(UnknownWorld, match="is a directory; give the JSON file in it"):
        Sandbox(world=tmp_path)
    with pytest.raises(UnknownWorld, match="cannot be read: .*embedded null"):
        Sandbox(world="a\0.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_may_never_end_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", "/dev/zero"):
        with pytest.raises(UnusableWorld, match="is no regular file; give the JSON file"):
            Sandbox(world=path)


def test_credentials_are_not_below_themselves(world):
    """A child goes with its parent, so a circle would have no end."""
    ids = [f"{number}b5fae29-3e94-4fd4-a2a5-3f7f8a4c7a10" for number in range(4)]
    above = {0: 1, 1: 2, 2: 0, 3: 0}  # the last is below a circle, and not in it
    credentials = [
        {"access_method": "card", "acs_credential_id": ids[one], "parent_acs_credential_id": ids[other]}
        for one, other in above.items()
    ]
    system = {"system_type": "visionline_system", "credentials": credentials}
    with pytest.raises(UnusableWorld) as told:
        Sandbox(world=world(acs_systems=[system]))
    lines = [line for line in str(told.value).splitlines() if "below itself" in line]
    assert [line.split(".")[3] for line in lines] == ["0", "1", "2"]


def test_file_that_cannot_be_read(tmp_path, monkeypatch):
    """What the system says is told; a folder that cannot be searched has no names near."""
    path = tmp_path / "world.json"
    path.write_text("{}")

    def fail(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", fail)
    with pytest.raises(UnknownWorld, match="cannot be read: Permission denied"):
        Sandbox(world=path)
    monkeypatch.setattr(Path, "glob", fail)
    with pytest.raises(UnknownWorld, match="there is no world file"):
        Sandbox(world="zzz.json")


@pytest.mark.parametrize("value", [7, None, b"world.json", ["world.json"]])
def test_world_is_a_text_or_a_path(value):
    """Other values are refused."""
    with pytest.raises(SandboxError, match="it takes the name of a world as text, or the path of a world in a file"):
        Sandbox(world=value)


def test_path_of_bytes_is_refused():
    """A path object may stand for bytes."""

    class Odd:
        def __fspath__(self):
            return b"world.json"

    with pytest.raises(SandboxError, match="it takes a path that is text"):
        Sandbox(world=Odd())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is no JSON: Expecting value"),
        (b"{", "it is no JSON"),
        (b"\xff\xfe", "is no text in UTF-8: invalid start byte at 0"),
        (b"[1]", r"it is \[1\]; a world is an object"),
        (b"{}", 'version: it is missing; add "version": 1'),
        (b'{"version": 2}', "version: it is 2; this release of pytest-seam-sandbox reads version 1"),
        (b'{"version": true}', "version: it is True; this release"),
        (b'{"version": 1, "version": 1}', "an object has the name 'version' twice"),
        (b'{"version": NaN}', "NaN is no number of JSON"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b'{"version": 1, "devices": [{"device_type": "\\ud800"}]}', "has half a surrogate pair"),
    ],
)
def test_file_that_is_no_world(tmp_path, content, said):
    """Each is told with the file."""
    path = tmp_path / "odd.json"
    path.write_bytes(content)

    with pytest.raises(UnusableWorld, match=said) as caught:
        Sandbox(world=path)

    assert "odd.json" in str(caught.value)


def test_name_of_a_file_in_deep_folders_is_told(tmp_path):
    """However long its path is."""
    folder = tmp_path.joinpath(*["a folder with a long name"] * 10)
    folder.mkdir(parents=True)
    (folder / "odd.json").write_text("[]")

    with pytest.raises(UnusableWorld, match=r"odd\.json"):
        Sandbox(world=folder / "odd.json")


def test_huge_file_is_not_read(tmp_path, monkeypatch):
    """What is far too large is no world."""
    path = tmp_path / "huge.json"
    path.write_text('{"version": 1}')
    monkeypatch.setattr(world_file, "MOST_BYTES", 10)

    with pytest.raises(UnusableWorld, match="has 14 bytes; it may have 10"):
        Sandbox(world=path)


LOCKS = [{"device_type": "august_lock", "device_id": LOCK}]


def a_lock(**details):
    return {"devices": [{"device_type": "august_lock", **details}]}


def a_code(*codes, **details):
    return a_lock(access_codes=list(codes), **details)


def a_system(**details):
    return {"acs_systems": [{"system_type": "salto_ks_site", **details}]}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"devises": []}, "devises: there is no such field here. Did you mean 'devices'?"),
        ({"zzz": []}, "zzz: there is no such field here."),
        ({"devices": {}}, "devices: input should be a valid tuple; found {}."),
        ({"devices": [{}]}, "devices.0.device_type: it is missing."),
        (
            {"devices": [*LOCKS, {"device_type": "augst_lock"}]},
            "devices.1.device_type: Seam has no device type 'augst_lock'. Did you mean 'august_lock'",
        ),
        ({"devices": [{"device_type": "zzz"}]}, "Device types look like 'august_lock'."),
        ({"devices": [{"device_type": "ios_phone"}]}, "devices.0.device_type: Seam has no device type 'ios_phone'"),
        ({"devices": [*LOCKS, *LOCKS]}, f"devices.1.device_id: '{LOCK}' is the id at devices.0.device_id, too."),
        (
            {**a_lock(device_id=LOCK), "user_identities": [{"phones": [{"device_id": LOCK}]}]},
            "user_identities.0.phones.0.device_id: ",
        ),
        (
            a_lock(connected_account_id=ACCOUNT),
            f"devices.0.connected_account_id: the file has no connected_account_id '{ACCOUNT}'. Add it, or leave the field out.",
        ),
        (
            a_lock(device_id="front-door"),
            "devices.0.device_id: 'front-door' is no UUID. Give a UUID, or the sandbox strict_ids=False.",
        ),
        (a_lock(is_managed="yes"), "devices.0.is_managed: input should be a valid boolean; found 'yes'."),
        (a_lock(name=""), "devices.0.name: string should have at least 1 character; found ''."),
        (
            a_lock(created_at="yesterday"),
            "devices.0.created_at: it is no time such as 2026-05-01T15:00:00.000Z; found 'yesterday'.",
        ),
        (a_lock(errors="offline"), "devices.0.errors: input should be a valid tuple; found 'offline'."),
        (a_lock(custom_metadata={"a": 1}), "devices.0.custom_metadata.a: expected string, received number"),
        (
            a_lock(custom_metadata={"a": ""}),
            "devices.0.custom_metadata: it needs a text or a boolean for 'a'; found {'a': ''}.",
        ),
        (a_lock(custom_metadata={"a.b": "c"}), "key names cannot contain a period"),
        (
            a_lock(properties={"bttery_level": 1}),
            "devices.0.properties: a device has no property 'bttery_level'. Did you mean 'battery_level'",
        ),
        (a_lock(properties={"online": False}), "devices.0.properties: there is no property 'online'"),
        (
            a_lock(lacks=["image_ulr"]),
            "devices.0.lacks.0: the sample of august_lock has no 'image_ulr'. Did you mean 'image_url'",
        ),
        (
            {"devices": [{"device_type": "ecobee_thermostat", "lacks": ["temperature_celsius"]}]},
            "devices.0.lacks.0: a thermostat in a sandbox needs temperature_celsius; give it among properties.",
        ),
        (a_lock(lacks=["name"]), "has no 'name'."),
        (
            a_lock(flags=["can_remotely_lok"]),
            "devices.0.flags.0: no device has the flag 'can_remotely_lok'. Did you mean 'can_remotely_lock'",
        ),
        (a_lock(flags=["zzz"]), "There are can_"),
        (
            a_lock(time_zone="America/Denvr"),
            "devices.0.time_zone: there is no time zone 'America/Denvr'. Did you mean 'America/Denver'",
        ),
        (
            {"connected_accounts": [{"account_type": "augst"}]},
            "connected_accounts.0.account_type: Seam has no provider 'augst'. Did you mean 'august'",
        ),
        (a_code({"code": "12"}), "devices.0.access_codes.0.code: the device refuses this PIN: access code must have"),
        (a_code({"code": "12a4"}), "devices.0.access_codes.0.code: it has digits only; found '12a4'."),
        (
            a_code({"code": "4821"}, {"code": "4821"}),
            "devices.0.access_codes.1.code: another code of the device has this PIN; found '4821'.",
        ),
        (
            a_code({"code": "1111"}, properties={"code_constraints": [{"constraint_type": "no_all_same_digits"}]}),
            "it violates the constraint no_all_same_digits; found '1111'.",
        ),
        (a_code({"is_managed": False}), "devices.0.access_codes.0.code: an unmanaged code needs its PIN"),
        (
            a_code({"starts_at": "2031-01-02", "ends_at": "2031-01-01"}),
            "devices.0.access_codes.0.ends_at: it has to be after starts_at.",
        ),
        (a_code({"starts_at": "2031-01-02"}), "devices.0.access_codes.0.ends_at: starts_at and ends_at come together."),
        (
            a_code({"starts_at": "2020-01-02", "ends_at": "2020-01-03"}),
            "devices.0.access_codes.0.ends_at: 2020-01-03T00:00:00.000Z has passed. With captured_at,",
        ),
        (
            {"user_identities": [{"email_address": "a@b.c"}, {"email_address": "a@b.c"}]},
            "user_identities.1.email_address: user_identities.0 has the same; it is unique at Seam.",
        ),
        (
            {"user_identities": [{"phones": [{"acs_credential_ids": [KEY]}]}]},
            f"user_identities.0.phones.0.acs_credential_ids.0: the file has no acs_credential_id '{KEY}'",
        ),
        (
            {"user_identities": [{"phones": [{"properties": {"x": 1}}]}]},
            "user_identities.0.phones.0.properties: a device has no property 'x'.",
        ),
        (
            {"acs_systems": [{"system_type": "visionlin_system"}]},
            "acs_systems.0.system_type: Seam has no access system 'visionlin_system'. Did you mean 'visionline_system'",
        ),
        ({"acs_systems": [{"system_type": "zzz"}]}, "There are visionline_system,"),
        (
            a_system(default_credential_manager_acs_system_id=SYSTEM),
            "acs_systems.0.default_credential_manager_acs_system_id: the file has no acs_system_id",
        ),
        (
            a_system(entrances=[{"display_name": "Lobby", "colour": "red"}]),
            "acs_systems.0.entrances.0: it has the field colour, which is not known",
        ),
        (
            a_system(entrances=[{"display_name": "Lobby", "x_metadata": 1}]),
            "acs_systems.0.entrances.0: its field x_metadata is no object",
        ),
        (
            a_system(users=[{"full_name": "A", "user_identity_id": PERSON}]),
            "acs_systems.0.users.0.user_identity_id: the file has no user_identity_id",
        ),
        (
            {
                "user_identities": [{"user_identity_id": PERSON}],
                **a_system(users=[{"full_name": "A", "user_identity_id": PERSON}] * 2),
            },
            "acs_systems.0.users.1.user_identity_id: a person has one user in an access system",
        ),
        (
            a_system(credentials=[{"access_method": "code", "acs_user_id": USER}]),
            "acs_systems.0.credentials.0.acs_user_id: the access system has no acs_user_id",
        ),
        (
            a_system(credentials=[{"access_method": "code", "parent_acs_credential_id": KEY}]),
            "acs_systems.0.credentials.0.parent_acs_credential_id: the access system has no acs_credential_id",
        ),
        (
            a_system(credentials=[{"access_method": "code", "allowed_acs_entrance_ids": [DOOR]}]),
            "acs_systems.0.credentials.0.allowed_acs_entrance_ids.0: the access system has no acs_entrance_id",
        ),
        (
            a_system(credentials=[{"access_method": "code", "starts_at": "2031-01-02", "ends_at": "2031-01-01"}]),
            "acs_systems.0.credentials.0.ends_at: it has to be after starts_at.",
        ),
        (
            {"acs_systems": [{"system_type": "hotek_site", "credentials": [{"access_method": "code"}]}]},
            "'hotek_site' has no code credentials; it has card.",
        ),
        (
            {
                "acs_systems": [
                    {"system_type": "legic_connect_credential_service", "credentials": [{"access_method": "code"}]}
                ]
            },
            "it has none.",
        ),
        (
            {"acs_systems": [{"system_type": "salto_ks_site", "credentials": [{"access_method": "key"}]}]},
            "acs_systems.0.credentials.0.access_method: input should be 'code', 'card', 'mobile_key' or 'cloud_key'; found 'key'.",
        ),
    ],
)
def test_mistake_is_told_with_its_place(world, parts, said):
    """Found, expected, what to do; and the file."""
    path = world(**parts)

    with pytest.raises(UnusableWorld) as caught:
        Sandbox(world=path)

    assert str(caught.value).startswith(f"the world in the file {path!r} cannot be used:\n  ")
    assert said in str(caught.value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_world_with_any_mistake_is_told_or_loads(world, data):
    """Nothing but a message about the file comes of a value that does not belong where it stands."""
    parts = json.loads(json.dumps(HOTEL | a_code({"code": "4821", "status": "set"}, {}, device_id=LOCK, online=False)))
    put_junk(data, parts)
    path = world(**parts)
    with suppress(UnusableWorld):
        sandbox = Sandbox(world=path)
        assert sandbox.embedded.dump()["workspace_id"] == sandbox.workspace_id


def test_near_id_is_named(world):
    """A reference with a slip in it."""
    near = ACCOUNT.replace("8111", "8112")
    accounts = [{"account_type": "august", "connected_account_id": ACCOUNT}]

    with pytest.raises(UnusableWorld, match=f"no connected_account_id '{near}'. Did you mean '{ACCOUNT}'"):
        Sandbox(world=world(connected_accounts=accounts, **a_lock(connected_account_id=near)))


def test_all_mistakes_are_told_at_once(world):
    """Up to ten of them, and how many more there are."""
    with pytest.raises(UnusableWorld, match=r"(?s)devices.9.device_type: .*  … and 2 more\n"):
        Sandbox(world=world(devices=[{"device_type": "zzz"}] * 12))


def test_ids_of_any_form_where_they_are_looked_up(world):
    """With strict_ids off, a file may call its things what it likes."""
    with Sandbox(world=world(**a_lock(device_id="front-door")), strict_ids=False) as sandbox:
        assert sandbox.get_device("front-door").device_type == "august_lock"


def test_nothing_is_made_of_a_world_with_a_mistake(world):
    """A further workspace with a wrong world is not there."""
    sandbox = Sandbox()
    count = len(sandbox.embedded.app.workspaces)

    with pytest.raises(UnusableWorld):
        sandbox.create_workspace(world=world(**a_lock(device_id="front-door")))

    assert len(sandbox.embedded.app.workspaces) == count
    assert sandbox.embedded.app.ids.count == Sandbox().embedded.app.ids.count


def test_file_that_changes_is_read_again(world):
    """What is kept of a file is kept by its content."""
    path = world(devices=[])
    assert Sandbox(world=path).devices == []
    world(**a_lock())
    assert len(Sandbox(world=path).devices) == 1
