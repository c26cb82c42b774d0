"""`seam-sandbox capture`: what it reads, what it writes, what it replaces, and what it says about the rest."""

import errno
import io
import json
import os
import re
import stat
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import consistency
import consistency_of_devices
from consistency_acs import contradictions
from live.furnished import furnished
from live.strict_server import StrictServer
from pytest_seam_sandbox import Sandbox, SandboxError, cli
from pytest_seam_sandbox.api import all_endpoints
from pytest_seam_sandbox.backends.live.connection import Connection, NoSuchPath, is_read
from pytest_seam_sandbox.backends.seam_api import Refused
from pytest_seam_sandbox.capture import capturing, personal, reader, reading
from pytest_seam_sandbox.capture.capturing import as_text, capture
from pytest_seam_sandbox.capture.words import ORDINARY
from pytest_seam_sandbox.catalog.literals import World
from pytest_seam_sandbox.engine.whole_files import write_whole

NOW = "2031-05-01T12:00:00.000Z"
LOCK = "22222222-2222-4222-8222-222222222222"
PERSON = "33333333-3333-4333-8333-333333333333"
METHOD = "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee"


def get_of(sandbox, changed=lambda _, answer: answer):
    """Reads a sandbox in process. changed: what becomes of an answer."""

    def get(path, **parameters):
        return changed(path, sandbox.backend.api.call(path, **reader.as_json(parameters)))

    return get


def captured(sandbox, changed=lambda _, answer: answer, **options):
    """The sandbox as a captured world."""
    at = sandbox.clock.now().isoformat()
    return capture(get_of(sandbox, changed), captured_at=at, **options)


@pytest.fixture
def load(tmp_path):
    """Starts a sandbox from a captured world."""

    def start(found, **settings):
        path = tmp_path / "world.json"
        path.write_text(as_text(found.world), "utf-8")
        return Sandbox(world=path, **settings)

    return start


def seen(sandbox):
    """What a sandbox has, as clients see it, without times."""
    found = vars(reading.read_workspace(get_of(sandbox)))
    for name in ("workspace", "unread", "backup_codes"):
        found.pop(name)
    text = re.sub(r'"workspace_id": "[^"]*"', '"workspace_id": ""', json.dumps(found))
    return json.loads(re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "", text))


def furnish(sandbox):
    """Put things into a sandbox that no named world has."""
    door, gate = sandbox.create_device(name="Jane's door"), sandbox.create_device("schlage_lock", name="GATE")
    sandbox.create_device("ecobee_thermostat", name="HALL", custom_metadata={"floor": "1", "warm": True})
    sandbox.create_device("nuki_lock", properties={"accessory_keypad": {"is_connected": False}})
    call = sandbox.backend.api.call
    call("/devices/update", device_id=gate.device_id, name="Gate of Jane", custom_metadata={"host": "jane@doe.example"})
    reported = {"device_id": gate.device_id, "schlage_metadata": {"time_zone": "America/Denver"}}
    call("/devices/report_provider_metadata", devices=[reported])
    for device, name in ((door, "Jane Doe"), (gate, "Cleaner")):
        sandbox.create_access_code(device, name=name, code="4821", common_code_key="shared")
    sandbox.create_access_code(door, name="later", starts_at="2040-01-01T00:00Z", ends_at="2040-02-01T00:00Z")
    sandbox.create_access_code(
        sandbox.create_device("igloohome_lock"),
        is_offline_access_code=True,
        starts_at="2040-01-01T00:00Z",
        ends_at="2040-01-02T00:00Z",
    )
    call("/access_codes/simulate/create_unmanaged_access_code", device_id=door.device_id, code="9753", name="Old")
    other = sandbox.create_device(name="NOT OURS", online=False)
    call("/devices/update", device_id=other.device_id, is_managed=False)
    jane = sandbox.create_user_identity(
        full_name="Jane Doe", email_address="jane@doe.example", phone_number="+15557654321"
    )
    sandbox.create_phone(user_identity_id=jane.user_identity_id, nickname="Jane's phone", custom_metadata={"a": "b"})
    sandbox.create_phone(user_identity_id=jane.user_identity_id, operating_system="ios")
    sandbox.create_user_identity(full_name="Nobody Special")
    sandbox.create_acs_credential(user_identity_id=jane.user_identity_id)
    sandbox.create_acs_credential("card", user_identity_id=jane.user_identity_id)
    salto = sandbox.create_acs_system("salto_ks_site", entrances=("Main", "Back"))
    schedule = {"starts_at": "2020-01-01T00:00Z", "ends_at": "2040-01-02T00:00Z"}
    user = call(
        "/acs/users/create",
        acs_system_id=salto.acs_system_id,
        full_name="Jane Doe",
        email_address="jane@doe.example",
        access_schedule=schedule,
    )
    call("/acs/credentials/create", acs_user_id=user["acs_user"]["acs_user_id"], access_method="code", code="4821")
    sandbox.create_acs_credential(
        "cloud_key", acs_system_id=salto.acs_system_id, user_identity_id=jane.user_identity_id
    )


# the round trip


@pytest.mark.parametrize("world", World.__args__)
def test_named_world_comes_back_as_it_was(load, world):
    """World, capture, load: clients see the same devices, codes, people, phones and access systems."""
    with Sandbox(world=world, seed=3) as sandbox:
        found = captured(sandbox, keep_personal=True)
        again = load(found)
        assert seen(again) == seen(sandbox) | {"left": seen(again)["left"]}
        assert found.left_out == []
        assert (
            captured(again, keep_personal=True).world | {"captured_at": ""} == found.world | {"captured_at": ""}
            or world != "empty"
        )


@pytest.mark.parametrize("keep_personal", [True, False])
def test_furnished_sandbox_comes_back_as_it_was(load, keep_personal):
    """Codes of every kind, what is unmanaged and what is offline, cards, schedules; replaced or not, all of it loads."""
    with Sandbox(world="house", seed=3) as sandbox:
        furnish(sandbox)
        found = captured(sandbox, keep_personal=keep_personal)
        again = load(found)

        assert found.left_out == []
        if keep_personal:
            assert seen(again) == seen(sandbox)
        else:
            counts = {name: len(rows) for name, rows in seen(sandbox).items()}
            assert {name: len(rows) for name, rows in seen(again).items()} == counts


@pytest.mark.parametrize("keep_personal", [True, False])
def test_loaded_sandbox_does_not_contradict_itself(load, keep_personal):
    """Codes, locks, people, users, credentials and phones fit each other."""
    with Sandbox(world="hotel", seed=3) as sandbox:
        furnish(sandbox)
        again = load(captured(sandbox, keep_personal=keep_personal))
    now = again.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    wrong = []
    for device in again.backend.api.device_rows():
        wrong += consistency_of_devices.device(device)
        codes = again.backend.api.call("/access_codes/list", device_id=device["device_id"])["access_codes"]
        wrong += [text for code in codes for text in consistency.access_code(code, now)]
        wrong += consistency.codes_of_lock(device, codes) if "can_program_online_access_codes" in device else []
    with again.http() as http:
        wrong += contradictions(http)

    assert wrong == []


def test_what_has_just_begun_has_begun_in_the_loaded_sandbox(load):
    """Seam tells the time of an answer in whole seconds, and another machine's clock may be late."""
    with Sandbox(world="house") as sandbox:
        furnished(sandbox)
        early = (sandbox.clock.now() - timedelta(seconds=5)).isoformat()
        found = capture(get_of(sandbox), captured_at=early, keep_personal=True)
        again = load(found)

        assert seen(again) == seen(sandbox) | {"webhooks": seen(again)["webhooks"], "left": []}
    times = [grant["created_at"] for grant in found.world["access_grants"]]
    assert found.world["captured_at"] >= max(times)


def test_leases_of_running_tests_are_left_out():
    """Who holds a device at the moment is no part of a world."""
    with Sandbox() as sandbox:
        sandbox.create_device(custom_metadata={"seam_sandbox_lease_1": "{}", "room": "7"})
        (device,) = captured(sandbox, keep_personal=True).world["devices"]

    assert device["custom_metadata"] == {"room": "7"}


def test_codes_and_outages_go_on_in_the_loaded_sandbox(load):
    """What was captured is alive: a code ends, an account comes back with its devices."""
    with Sandbox() as sandbox:
        door = sandbox.create_device(name="DOOR")
        soon = sandbox.clock.now().timestamp() + 3600
        at = [
            f"{__import__('datetime').datetime.fromtimestamp(soon + extra, __import__('datetime').UTC):%Y-%m-%dT%H:%M:%SZ}"
            for extra in (-3000, 0)
        ]
        sandbox.create_access_code(door, code="4821", starts_at=at[0], ends_at=at[1])
        outage = sandbox.account_disconnected(sandbox.connected_accounts[0])
        with outage:
            found = captured(sandbox, keep_personal=True)
    again = load(found)
    assert [error.error_code for error in again.devices[0].errors] == ["account_disconnected"]
    again.clock.advance(3601)
    again.complete_login(
        again.backend.api.call("/connect_webviews/create", accepted_providers=["august"])["connect_webview"][
            "connect_webview_id"
        ],
        email=again.connected_accounts[0].user_identifier.email,
    )
    assert again.devices[0].errors == []
    assert again.access_codes == []


NOT_ASKED_FOR = {
    "/acs/entrances/list_credentials_with_access": "the credentials tell it",
    "/acs/systems/list_compatible_credential_manager_acs_systems": "it follows from the types of the systems",
    "/action_attempts/list": "what has happened",
    "/devices/list_device_providers": "the same in all workspaces",
    "/events/list": "what has happened",
    "/locks/list": "they are devices",
    "/noise_sensors/list": "they are devices",
    "/thermostats/list": "they are devices",
    "/user_identities/list_accessible_entrances": "their users tell it",
    "/user_identities/list_acs_systems": "their users tell it",
    "/user_identities/list_acs_users": "the users tell it",
    "/workspaces/list": "not in this workspace",
}


def test_all_lists_are_read_or_known_not_to_be():
    """Nothing is left out unnoticed: each list of the API is asked for, or it is said here why it need not be."""
    asked = set()

    def changed(path, answer):
        asked.add(path)
        return answer

    with Sandbox(world="house", seed=3) as sandbox:
        furnished(sandbox)
        captured(sandbox, changed)
    lists = {each.path for each in all_endpoints() if each.path.rpartition("/")[2].startswith("list")}
    lists -= {"/access_methods/unmanaged/list"}  # asked for if there are unmanaged access grants, which see below

    assert lists - asked == set(NOT_ASKED_FOR)
    assert {path for path in asked if not path.rpartition("/")[2].startswith("list")} == {
        "/workspaces/get",
        "/access_grants/get_related",
        "/access_methods/get_related",
    }


def test_unmanaged_grant_is_captured(load):
    """A grant that Seam has found: in its own lists, with its methods."""
    grant = {"access_grant_id": LOCK, "user_identity_id": PERSON, "is_managed": False, "requested_access_methods": []}
    people = [{"user_identity_id": PERSON, "full_name": "Ann"}]
    methods = [{"access_method_id": METHOD, "issued_at": NOW}]
    grant["requested_access_methods"] = [{"mode": "card", "access_methods": methods}]
    parts = {"version": 1, "user_identities": people, "access_grants": [grant]}
    with load(capturing.Captured(parts, "", [])) as sandbox:
        found = captured(sandbox, keep_personal=True)

    (again,) = found.world["access_grants"]
    assert (again["access_grant_id"], again["is_managed"]) == (LOCK, False)
    assert again["requested_access_methods"][0]["access_methods"][0]["access_method_id"] == METHOD


def test_people_keep_what_they_were_granted_and_who_was_merged(load):
    """Devices of a person, and the ids and keys of others."""
    with Sandbox(seed=3) as sandbox:
        door = sandbox.create_device()
        call = sandbox.backend.api.call
        ids = [sandbox.create_user_identity(user_identity_key=key).user_identity_id for key in ("ann", "bob")]
        call("/user_identities/grant_access_to_device", user_identity_id=ids[0], device_id=door.device_id)
        call("/user_identities/merge", user_identity_id=ids[0], merged_user_identity_ids=ids[1:])
        again = load(captured(sandbox, keep_personal=True))

        assert seen(again) == seen(sandbox)
    assert again.backend.api.call("/user_identities/get", user_identity_key="bob")


def test_pages_are_followed(monkeypatch):
    """A list in many pages is one list."""
    monkeypatch.setattr(reader, "PAGE", 1)
    with Sandbox(world="hotel", seed=3) as sandbox:
        one_by_one = captured(sandbox, keep_personal=True).world
        monkeypatch.undo()
        assert captured(sandbox, keep_personal=True).world | {"captured_at": one_by_one["captured_at"]} == one_by_one


@pytest.mark.parametrize(
    ("path", "rows", "said"),
    [
        ("/devices/list", None, "the answer to /devices/list has None as 'devices'; it takes a list."),
        ("/devices/list", [7], "the answer to /devices/list has an entry without device_id in 'devices'."),
        ("/devices/list", [{"device_id": 7}], "has an entry without device_id in 'devices'."),
        ("/acs/users/list", {"a": 1}, "the answer to /acs/users/list has {'a': 1} as 'acs_users'; it takes a list."),
    ],
)
def test_answer_of_another_form_is_told(path, rows, said):
    """What is no list of resources, of whatever stands at the endpoint."""

    def changed(asked, answer):
        return {path.split("/")[-2] if "acs" not in path else "acs_users": rows} if asked == path else answer

    with Sandbox(world="hotel") as sandbox, pytest.raises(SandboxError) as caught:
        captured(sandbox, changed)

    assert said in str(caught.value)
    assert str(caught.value).endswith("Look at the server's answer.")


def test_what_is_deleted_meanwhile_is_told():
    """A device that is gone when its codes are asked for keeps nobody from capturing the rest."""
    with Sandbox(world="house") as sandbox:

        def changed(path, answer):
            if path == "/access_codes/list":
                raise Refused(path, {}, 404, {"type": "device_not_found", "message": "no"})
            return answer

        found = captured(sandbox, changed)

    assert found.counts == "3 devices, 1 connected account"
    assert found.left_out == ["/access_codes/list could not be read (404 device_not_found) for 3 resources"]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_list_that_is_refused_leaves_the_defaults(status):
    """What the server says of a whole list: the path is named once, and the sandbox has what its kinds have."""
    with Sandbox(world="hotel") as sandbox:

        def changed(path, answer):
            if path == "/acs/encoders/list":
                raise Refused(path, {}, status, {"type": "odd", "message": "no"})
            return answer

        found = captured(sandbox, changed)

    assert found.left_out == [f"/acs/encoders/list could not be read ({status} odd)"]
    assert "encoders" not in found.world["acs_systems"][0]


@pytest.mark.parametrize("status", [401, 500])
def test_refusal_of_everything_is_an_error(status):
    """A key that has expired on the way, and a server that fails."""

    def changed(path, answer):
        if path == "/acs/encoders/list":
            raise Refused(path, {}, status, {"type": "odd", "message": "no"})
        return answer

    with Sandbox(world="hotel") as sandbox, pytest.raises(Refused):
        captured(sandbox, changed)


def test_workspace_that_is_none_is_told():
    """Some other server, which answers in JSON."""
    with pytest.raises(SandboxError, match="the answer to /workspaces/get has no object 'workspace'"):
        capture(lambda _path, **_: {}, captured_at=NOW)


def test_answer_without_what_belongs_to_a_grant_is_none_of_it():
    """What is related may be left out, and be no object at all."""
    with Sandbox(world="house") as sandbox:
        furnished(sandbox)

        def changed(asked, answer):
            return {"batch": None} if asked.endswith("get_related") else answer

        (grant,) = captured(sandbox, changed, keep_personal=True).world["access_grants"]

    assert "device_ids" not in grant


def test_server_that_lacks_some_lists_leaves_their_defaults():
    """Where access groups, encoders and noise thresholds cannot be read, the sandbox has those of its kinds."""
    lacks = ("/acs/access_groups/list", "/acs/encoders/list", "/noise_sensors/noise_thresholds/list")
    lacks += ("/access_grants/get_related",)
    with Sandbox(world="house") as sandbox:
        furnished(sandbox)

        def changed(path, answer):
            if path in lacks:
                raise NoSuchPath(path)
            return answer

        found = captured(sandbox, changed, keep_personal=True)

    assert {f"the server has no path {path}" for path in lacks} <= set(found.left_out)
    assert not any("access_groups" in system or "encoders" in system for system in found.world["acs_systems"])
    assert not any("noise_thresholds" in device for device in found.world["devices"])


def test_codes_of_the_backup_pool_are_counted():
    """They are told of, and are not in the file."""
    with Sandbox() as sandbox:
        lock = sandbox.create_device()
        ids = [sandbox.create_access_code(lock).access_code_id for _ in range(3)]

        def changed(path, answer):
            rows = [code | {"is_backup": code["access_code_id"] != ids[0]} for code in answer.get("access_codes", ())]
            return answer | ({"access_codes": rows} if rows else {})

        found = captured(sandbox, changed, keep_personal=True)

    assert "2 backup access codes: a sandbox fills the pools of its devices itself" in found.left_out
    assert [code["access_code_id"] for code in found.world["devices"][0]["access_codes"]] == ids[:1]


def test_backup_that_stands_in_for_a_code_is_captured(load):
    """Both codes work, and the pool of the lock is full again."""
    with Sandbox() as sandbox:
        lock = sandbox.create_device()
        times = {"starts_at": sandbox.clock.now(), "ends_at": sandbox.clock.now() + timedelta(days=2)}
        code = sandbox.create_access_code(lock, use_backup_access_code_pool=True, **times)
        sandbox.create_access_code(lock, name="without")
        call = sandbox.backend.api.call
        call("/access_codes/pull_backup_access_code", access_code_id=code.access_code_id)
        found = captured(sandbox, keep_personal=True)
        again = load(found)

        assert found.left_out == []
        assert seen(again) == seen(sandbox)
    more = again.create_access_code(lock.device_id, use_backup_access_code_pool=True, **times)
    assert more.is_backup_access_code_available


def test_replacements_that_do_not_fit_are_an_error(monkeypatch):
    """No file is written that no sandbox starts from."""

    def spoiled(world, seed):
        return world | {"devices": [{"device_type": "sauna_lock", "name": "Jane"}]}

    monkeypatch.setattr(capturing, "without_people", spoiled)
    with (
        Sandbox() as sandbox,
        pytest.raises(SandboxError, match=r"Give another --seed\. It says: devices\.0\.device_type"),
    ):
        captured(sandbox)


def test_list_without_an_end_is_given_up():
    """A server that gives the same page forever does not keep the command busy forever."""

    def changed(path, answer):
        return answer | {"pagination": {"next_page_cursor": "x"}} if path == "/connected_accounts/list" else answer

    def get(path, page_cursor=None, limit=None, **_):
        return changed(path, {"workspace": {}, "connected_accounts": []})

    with pytest.raises(SandboxError, match="/connected_accounts/list gives the same page again and again"):
        capture(get, captured_at=NOW)


# what is personal


NAMES = st.text(st.characters(categories=["Ll"], max_codepoint=0x24F), min_size=2, max_size=8).map("Xq{}".format)
PEOPLE = st.tuples(NAMES, NAMES).map(" ".join)


@settings(max_examples=15, deadline=None)
@given(
    names=st.lists(PEOPLE, min_size=2, max_size=3, unique_by=str.casefold),
    pins=st.lists(st.from_regex("[1-9][0-9]{3}", fullmatch=True), min_size=2, max_size=3, unique=True),
    seed=st.integers(0, 5),
)
@example(names=["Wunderlich Obermaier", "Zsófia Üstüner"], pins=["4821", "1397"], seed=0)
@example(names=["Xqaa Xqaa", "Xqaa Xqaaa"], pins=["1000", "4726"], seed=5)  # an id has that PIN
def test_nothing_personal_is_left(names, pins, seed):
    """Names and their parts, addresses, numbers and PINs occur nowhere, in fields, metadata or messages; the file loads."""
    emails = [
        f"{number}{name.split()[0].encode('ascii', 'ignore').decode()}.x@mail{number}.example"
        for number, name in enumerate(names)
    ]
    numbers = [f"+1555765{number:04d}" for number in range(4321, 4321 + len(names))]
    sandbox = Sandbox(seed=seed)
    for name, email, number in zip(names, emails, numbers, strict=True):
        sandbox.create_connected_account(email=email)
        door = sandbox.create_device(
            name=f"Door of {name}",
            custom_metadata={
                "tenant": name,
                "mail": f"to {email.upper()}",
                "call": f"({number[2:5]}) {number[5:8]}-{number[8:]}",
            },
        )
        for pin in pins:
            sandbox.create_access_code(door, name=f"{name} {pin}", code=pin)
        person = sandbox.create_user_identity(
            full_name=name, email_address=email, phone_number=number, user_identity_key=f"key/{email}"
        )
        sandbox.create_phone(user_identity_id=person.user_identity_id, nickname=f"{name}'s phone")
        sandbox.set_error(door, "device_disconnected", message=f"Ask {name} ({email}), PIN {pins[0]}, at {number}.")
    sandbox.create_device(custom_metadata={"pins": ", ".join(pins)}, properties={"serial_number": "SERIAL-77"})

    text = as_text(captured(sandbox, seed=seed).world)

    free = "\n".join(_strings(json.loads(text))).casefold()
    personal_strings = [
        *names,
        *(word for name in names for word in name.split() if word.casefold() not in ORDINARY),
        *emails,
        *(number[1:] for number in numbers),
        "SERIAL-77",
        "4321",
    ]
    assert [
        one for one in personal_strings if re.search(rf"(?<![^\W_]){re.escape(one.casefold())}(?![^\W_])", free)
    ] == []
    without_ids = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", free)  # they have any four digits by chance
    assert [pin for pin in pins if re.search(rf"(?<!\d){pin}(?!\d)", without_ids)] == []


def _strings(value, name=""):
    """The texts in a JSON value, but for ids and times, which are kept."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, name)
    elif isinstance(value, str) and not name.endswith(("_id", "_at", "_ids")):
        yield value


def test_same_original_has_the_same_replacement_everywhere(load):
    """A person is one person in the file: in names, metadata, keys and messages, in any case of letters."""
    with Sandbox(seed=1) as sandbox:
        furnish(sandbox)
        door = sandbox.get_device("Jane's door")
        sandbox.set_error(
            door, "device_disconnected", message="Ask JANE DOE, jane@doe.example or +1 (555) 765-4321: 4821"
        )
        found = captured(sandbox)
        again = load(found)
    jane = again.user_identities[0]
    first, last = jane.full_name.split()
    door = next(device for device in again.devices if device.display_name == f"{first}'s door")
    gate = next(device for device in again.devices if device.nickname == f"Gate of {first}")
    codes = {code.name: code.code for code in again.access_codes}
    assert first.isalpha()
    assert "Jane" not in jane.full_name
    assert (
        door.errors[0].message
        == f"Ask {first.upper()} {last.upper()}, {jane.email_address} or {jane.phone_number}: {codes['Cleaner']}"
    )
    assert gate.custom_metadata == {"host": jane.email_address}
    assert codes[jane.full_name] == codes["Cleaner"] != "4821"
    assert [user.email_address for user in again.acs_users if user.full_name == jane.full_name].count(
        jane.email_address
    ) >= 1
    assert again.phones[0].nickname == f"{first}'s phone"


def world_with(**parts):
    """A captured world, before anything is replaced."""
    lists = ("connected_accounts", "devices", "user_identities", "acs_systems", "spaces", "access_grants", "webhooks")
    return {"version": 1, "captured_at": NOW, **{name: [] for name in lists}, **parts}


def test_logins_are_replaced_whatever_they_are():
    """User names, numbers and addresses by which people log in at a provider, and what the account is called by them."""
    accounts = [
        {
            "account_type": "nuki",
            "account_type_display_name": "Nuki",
            "display_name": "jdoe_92",
            "user_identifier": {"username": "jdoe_92"},
        },
        {"account_type": "august", "display_name": "+15557654321", "user_identifier": {"phone": "+15557654321"}},
        {"account_type": "yale", "display_name": "Jane's Yale home", "user_identifier": {"email": "Jane@Doe.example"}},
        *(
            {"account_type": "ttlock", "display_name": "x", "image_url": url}
            for url in (
                "https://photos.example/jane.png",
                "https://evilgetseam.com/jane.png",
                "https://connect.getseam.com/assets/x.png?user=jane",
                "https://jane@connect.getseam.com/x.png",
                "http://[jane",
            )
        ),
    ]
    devices = [
        {
            "device_type": "nuki_lock",
            "device_id": LOCK,
            "name": "Lock of jdoe_92, Jane",
            "is_managed": True,
            "custom_metadata": {"flag": True},
        }
    ]

    world = personal.without_people(world_with(connected_accounts=accounts, devices=devices), 0)
    nuki, august, yale, *others = world["connected_accounts"]
    first = yale["display_name"].split("'")[0]

    assert nuki["display_name"] == nuki["user_identifier"]["username"] != "jdoe_92"
    assert august["display_name"] == august["user_identifier"]["phone"] != "+15557654321"
    assert yale["display_name"] == f"{first}'s Yale home" != "Jane's Yale home"
    assert yale["user_identifier"]["email"].endswith(("@example.org", "@example.com", "@example.net"))
    assert [other for other in others if "image_url" in other] == []
    assert world["devices"][0]["name"] == f"Lock of {nuki['display_name']}, {first}"
    assert world["devices"][0]["custom_metadata"] == {"flag": True}


def test_details_deep_in_a_warning_are_replaced():
    """The PINs of a change outside Seam, and the serial number of two devices that are one."""
    warning = {
        "warning_code": "external_modification_in_effect",
        "change_type": "modified",
        "modified_fields": [{"field": "code", "from": "4821", "to": "1357"}],
    }
    codes = [{"code": "1357", "name": "Jane", "is_managed": True, "status": "set", "warnings": [warning]}]
    codes.append({"code": "4821", "is_managed": True, "status": "set"})
    lock = {"device_type": "nuki_lock", "name": "X", "is_managed": True, "properties": {"serial_number": "77"}}

    world = personal.without_people(world_with(devices=[lock | {"access_codes": codes}, lock]), 0)
    one, two = world["devices"]
    (told,) = one["access_codes"][0]["warnings"]

    assert one["properties"] == two["properties"] != lock["properties"]
    assert (told["warning_code"], told["change_type"]) == ("external_modification_in_effect", "modified")
    assert told["modified_fields"][0]["to"] == one["access_codes"][0]["code"] != "1357"
    assert told["modified_fields"][0]["from"] == one["access_codes"][1]["code"] != "4821"


def test_odd_details_are_replaced_too():
    """Addresses without a dot, numbers without digits, names in scripts without blanks."""
    people = [
        {"user_identity_id": LOCK, "full_name": "王小明", "email_address": "ming@localhost", "phone_number": "n/a"},
        {"full_name": "A B", "email_address": "a@b.example"},
        {"full_name": "ΓΙΩΡΓΟΣ Núñez", "user_identity_key": "γιώργος/nunez"},
    ]
    devices = [
        {
            "device_type": "nuki_lock",
            "name": "王小明的手机, ming@localhost, +44 20 7946 0958, 2031-05-01",
            "is_managed": True,
        }
    ]

    world = personal.without_people(world_with(user_identities=people, devices=devices), 0)
    ming = world["user_identities"][0]
    name = world["devices"][0]["name"]

    assert ming["user_identity_id"] == LOCK
    assert ming["full_name"] in name or "的手机" in name
    assert "王小明" not in json.dumps(world, ensure_ascii=False)
    assert ming["email_address"] in name
    assert ming["email_address"] != "ming@localhost"
    assert ming["phone_number"] != "n/a"
    assert "7946" not in name
    assert name.endswith(", 2031-05-01")
    assert world["user_identities"][1]["full_name"] == "A B"
    assert (
        world["user_identities"][2]["full_name"].lower().replace(" ", "/")
        == world["user_identities"][2]["user_identity_key"]
    )
    assert "nunez" not in world["user_identities"][2]["user_identity_key"]


def test_empty_details_are_nothing_to_look_for():
    """Neither the empty number of nobody, nor a login of blanks, is found in other texts."""
    keynest = {"current_user_name": "Wex Kwort", "current_user_phone_number": "", "current_user_email": " "}
    devices = [
        {
            "device_type": "keynest_key",
            "name": "Key of Wex, flat 2",
            "is_managed": True,
            "properties": {"keynest_metadata": keynest | {"key_notes": "Ring twice.", "property_postcode": "N1 9GU"}},
        }
    ]
    accounts = [{"account_type": "august", "display_name": "x", "user_identifier": {"username": "", "phone": " "}}]

    world = personal.without_people(world_with(devices=devices, connected_accounts=accounts), 0)
    (device,) = world["devices"]
    block = device["properties"]["keynest_metadata"]

    assert (block["current_user_phone_number"], block["current_user_email"]) == ("", " ")
    assert block["current_user_name"].split()[0] in device["name"]
    assert device["name"].endswith(", flat 2")
    assert "Wex" not in device["name"]
    assert (block["key_notes"], block["property_postcode"] != "N1 9GU") == ("A note.", True)
    assert world["connected_accounts"][0]["user_identifier"] == {"username": "", "phone": " "}


def test_ids_in_keys_stay_ids():
    """All codes of an access method share a key, its id; no PIN and no name is replaced inside of an id."""
    own_id = "482148ed-0e7e-477e-ad87-4821face4821"
    method = {"access_method_id": own_id, "code": "4821"}
    grant = {"user_identity_id": LOCK, "requested_access_methods": [{"mode": "code", "access_methods": [method]}]}
    codes = [{"code": "4821", "name": "Ed Face", "is_managed": True, "common_code_key": own_id}]
    codes[0]["access_method_id"] = own_id
    lock = {"device_type": "nuki_lock", "name": own_id, "is_managed": True, "access_codes": codes}
    lock["custom_metadata"] = {"method": own_id}
    people = [{"user_identity_id": LOCK, "full_name": "Ed Face"}]

    parts = {"devices": [lock], "user_identities": people, "access_grants": [grant]}
    world = personal.without_people(world_with(**parts), 0)
    (code,) = world["devices"][0]["access_codes"]
    (request,) = world["access_grants"][0]["requested_access_methods"]

    assert (code["common_code_key"], world["devices"][0]["name"]) == (own_id, own_id)
    assert world["devices"][0]["custom_metadata"] == {"method": own_id}
    assert code["code"] == request["access_methods"][0]["code"] != "4821"


def test_hardware_is_another_one():
    """Serial numbers and the ids, keys and places of a provider change, each to one of its form; facts stay."""
    properties = {
        "serial_number": "A1-99",
        "image_url": "https://connect.getseam.com/assets/x.png",
        "has_direct_power": True,
        "model": {"display_name": "Jane Lock", "manufacturer_display_name": "Jane"},
        "battery_level": 0.5,
        "code_constraints": [{"constraint_type": "no_zeros"}],
        "ecobee_metadata": {"ecobee_device_id": "ab:01", "device_name": "Jane's hall"},
        "ttlock_metadata": {
            "lock_id": 123456,
            "lock_alias": "by jane@doe.example",
            "house_name": "12 Elm St",
            "wireless_keypads": [{"wireless_keypad_id": 77}],
            "has_gateway": True,
            "level": 3,
            "note": None,
            "owner_id": LOCK,
        },
        "supported_code_lengths": [4],
    }
    devices = [
        {
            "device_type": "ttlock_lock",
            "device_id": LOCK,
            "name": "Jane's",
            "is_managed": True,
            "properties": properties,
        }
    ]
    world = world_with(devices=devices)
    world["devices"][0]["properties"] = {
        name: value for name, value in properties.items() if name not in ("ttlock_metadata", "image_url")
    }
    disguise = personal._Disguise(world, 0)

    found = disguise._block(
        properties | {"picture": {"image_url": "https://photos.example/1.png"}}, is_of_provider=False
    )
    ttlock = found["ttlock_metadata"]

    assert re.fullmatch(r"[A-Z]\d-\d\d", found["serial_number"])
    assert found["serial_number"] != "A1-99"
    assert (
        found["model"] == {"display_name": "Jane Lock", "manufacturer_display_name": "Jane"}
        or "Jane" not in found["model"]["display_name"]
    )
    assert (found["battery_level"], found["has_direct_power"], found["supported_code_lengths"]) == (0.5, True, [4])
    assert found["code_constraints"] == properties["code_constraints"]
    assert found["image_url"] == properties["image_url"]
    assert found["picture"] == {}
    assert re.fullmatch(r"[a-f]{2}:\d\d", found["ecobee_metadata"]["ecobee_device_id"])
    assert found["ecobee_metadata"]["device_name"] != "Jane's hall"
    assert (ttlock["has_gateway"], ttlock["level"], ttlock["note"], ttlock["owner_id"]) == (True, 3, None, LOCK)
    assert isinstance(ttlock["lock_id"], int)
    assert ttlock["lock_id"] != 123456
    assert ttlock["house_name"] != "12 Elm St"
    assert "jane" not in ttlock["lock_alias"]


def test_replacements_follow_from_the_seed():
    """The same seed gives the same file, another one another."""
    with Sandbox(world="hotel", seed=3) as sandbox:
        sandbox.clock.freeze()
        one, two, other = (as_text(captured(sandbox, seed=seed).world) for seed in ("a", "a", "b"))

    assert one == two != other


def test_names_run_out_and_are_numbered(monkeypatch):
    """More people than there are names still get different words."""
    monkeypatch.setattr(personal, "_TRIES", 1)
    people = [
        {"full_name": f"Wx{chr(97 + number)} Yz{chr(97 + number)}", "email_address": f"e{number}@b.example"}
        for number in range(26)
    ]

    world = personal.without_people(world_with(user_identities=people * 1), 0)

    names = [person["full_name"] for person in world["user_identities"]]
    assert len(set(names)) == len(names)


def test_pin_fits_each_lock_that_has_it(load):
    """A replacement keeps the constraints of every device, beside the other PINs there."""
    with Sandbox(seed=2) as sandbox:
        easy = sandbox.create_device(name="EASY")
        hard = sandbox.create_device(
            name="HARD",
            properties={
                "code_constraints": [
                    {"constraint_type": kind} for kind in ("no_zeros", "cannot_contain_089", "unique_first_four_digits")
                ]
            },
        )
        for device in (easy, hard):
            sandbox.create_access_code(device, code="4321" if device is easy else "4356")
            sandbox.create_access_code(device, code="6666")
        codes = load(captured(sandbox)).access_codes

    assert {len(code.code) for code in codes} == {4}
    assert codes[1].code == codes[3].code
    assert {"4321", "4356", "6666"}.isdisjoint({code.code for code in codes})
    assert not set("089") & set(codes[2].code + codes[3].code)


def test_many_pins_are_replaced_among_themselves():
    """Where nearly all PINs of a length are in use, one may be the original of another, and none stays as it was."""
    devices = [
        {
            "device_type": "nuki_lock",
            "name": "X",
            "is_managed": True,
            "properties": {"supported_code_lengths": [1]},
            "access_codes": [{"code": str(pin), "is_managed": True} for pin in range(start, start + 5)],
        }
        for start in (0, 5)
    ]

    world = personal.without_people(world_with(devices=devices), 0)

    for before, after in zip(devices, world["devices"], strict=True):
        pins = [
            (old["code"], new["code"]) for old, new in zip(before["access_codes"], after["access_codes"], strict=True)
        ]
        assert len({new for _, new in pins}) == 5
        assert [old for old, new in pins if old == new] == []


def test_too_few_pins_are_an_error(monkeypatch):
    """A PIN that would have to stay as it is is not written."""
    from pytest_seam_sandbox.capture import pins

    monkeypatch.setattr(pins, "_TRIES", 0)
    with Sandbox() as sandbox:
        sandbox.create_access_code(sandbox.create_device(), code="4821")
        with pytest.raises(SandboxError, match="takes too few PINs of 4 digits"):
            captured(sandbox)


# what does not fit


def as_at_a_newer_seam(path, answer):
    """An answer with types, fields and values that the emulator does not know, or one that is refused."""
    if path == "/webhooks/list":
        raise Refused(path, {}, 403, {"type": "forbidden", "message": "no"})
    answer = json.loads(json.dumps(answer))
    for device in answer.get("devices", ()):
        change_device(device)
    for account in answer.get("connected_accounts", ()):
        account["user_identifier"]["exclusive"] = True
        if account["account_type"] == "schlage":
            account["account_type"] = "sauna_club"
    return answer


def change_device(device):
    match device["device_type"]:
        case "kwikset_lock":
            device["device_type"] = "sauna_lock"
        case "ecobee_thermostat":
            del device["properties"]["temperature_celsius"]
        case "igloohome_lock":
            device["properties"]["online"] = False
    if device["display_name"] == "Jane's door":
        device["properties"] |= {"sauna_metadata": {"steam": True}, "battery_level": "much"}
        device |= {"beta": {"x": 1}, "can_remotely_unlock": False}
    if device["display_name"] == "BACK DOOR":
        device["properties"] |= {"battery_level": 0.5, "battery": {"level": 0.7, "status": "full"}}


def test_what_the_sandbox_cannot_hold_is_listed(load):
    """Resources with the reason, fields by name, counts of what a world has no place for; what is left loads."""
    with Sandbox(seed=5) as sandbox:
        furnish(sandbox)
        sandbox.create_device(name="BACK DOOR")
        old = sandbox.create_device("kwikset_lock", name="OLD")
        code = sandbox.create_access_code(old, code="1357")
        call = sandbox.backend.api.call
        call("/spaces/create", name="Suite", device_ids=[old.device_id])
        hall = sandbox.get_device("HALL").device_id
        presets = sandbox.get_device(hall).properties.available_climate_presets
        call(
            "/thermostats/schedules/create",
            device_id=hall,
            climate_preset_key=presets[0].climate_preset_key,
            starts_at="2040-01-01T00:00Z",
            ends_at="2040-01-02T00:00Z",
        )

        found = captured(sandbox, as_at_a_newer_seam)
    load(found)
    listed = "\n".join(found.left_out)

    assert f"devices {old.device_id}: device_type: Seam has no device type 'sauna_lock'" in listed
    assert re.search(r"devices \S+: properties: the sandbox does not take them", listed)
    assert "connected_account" in listed
    assert "account_type: Seam has no provider 'sauna_club'" in listed
    assert re.search(r"devices \S+: connected_account_id: \S+ is not in the world", listed)
    assert code.access_code_id not in json.dumps(found.world)
    assert "devices: beta differs in 1" in listed
    assert "devices: properties.sauna_metadata differs in 1" in listed
    assert "devices: can_remotely_unlock differs in" in listed
    assert "devices: errors differs in 1" in listed
    assert "devices: properties.temperature_celsius differs in 1" in listed
    assert "accounts: user_identifier differs in" in listed
    assert re.search(rf"spaces \S+: device_ids.0: {old.device_id} is not in the world", listed)
    assert [space["name"] for space in found.world["spaces"]] == ["Suite"]
    assert "/webhooks/list could not be read (403 forbidden)" in listed


def test_phones_without_an_owner_are_listed():
    """A phone that no user identity has cannot be in a world."""
    with Sandbox() as sandbox:
        sandbox.create_phone()

        def changed(path, answer):
            return {"user_identities": []} if path.startswith("/user_identities/") else answer

        assert captured(sandbox, changed).left_out == ["1 phone: without a user identity"]


def test_server_that_lacks_paths_is_read_as_far_as_it_goes():
    """Seam's official fake has no access systems of its own, for one; each path is asked for once, and named."""
    asked = []

    def changed(path, answer):
        asked.append(path)
        if path not in ("/workspaces/get", "/connected_accounts/list", "/devices/list", "/access_codes/list"):
            raise NoSuchPath(path)
        return answer

    with Sandbox(world="house") as sandbox:
        found = captured(sandbox, changed)

    assert found.counts == "3 devices, 1 connected account"
    assert "the server has no path /user_identities/list" in found.left_out
    assert asked.count("/access_codes/unmanaged/list") == 1


@pytest.mark.parametrize("world", ["house", "hotel"])
def test_account_without_a_type_has_that_of_what_came_through_it(load, world):
    """Seam need not say the type; the file needs it."""
    with Sandbox(world=world) as sandbox:

        def changed(path, answer):
            left = [{**row, "account_type": None} for row in answer.get("connected_accounts", ())]
            return answer | ({"connected_accounts": left} if left else {})

        found = captured(sandbox, changed, keep_personal=True)

    assert seen(load(found))["accounts"] == seen(sandbox)["accounts"]


def test_structure_that_does_not_fit_is_left_out():
    """Fields of other types than Seam's specification has: that entry goes, with the reason, and the rest stays."""
    with Sandbox(world="hotel") as sandbox:

        def changed(path, answer):
            answer = json.loads(json.dumps(answer))
            if path == "/user_identities/list":
                answer["user_identities"][0]["full_name"] = 7
            for credential in answer.get("acs_credentials", ())[:1]:
                credential["access_method"] = "retina"
            return answer

        found = captured(sandbox, changed)

    listed = "\n".join(found.left_out)
    assert "full_name: input should be a valid string" in listed
    assert "access_method: input should be 'code'" in listed
    assert len(found.world["user_identities"]) == 2


# the command


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs the command against a URL; the status, what was printed, what was said."""
    monkeypatch.chdir(tmp_path)

    def call(url, api_key, *options):
        monkeypatch.setenv("SEAM_API_KEY", api_key)
        status = cli.main(["capture", "-o", "world.json", "--endpoint", str(url), *options])
        out, err = capsys.readouterr()
        return status, out, err

    return call


def test_production_workspace_is_only_read(run, tmp_path):
    """GET requests to paths that read, and nothing else; the key is nowhere; the workspace is as it was."""
    with StrictServer() as server:
        before = server.dump(server.production)
        status, out, err = run(server.url, server.production.api_key)
        after, requests = server.dump(server.production), list(server.seen)
    text = (tmp_path / "world.json").read_text("utf-8")

    assert status == 0
    assert all(line.startswith("not in the world: 1 acs ") for line in err.splitlines())
    assert re.match(r"world.json: \d+ devices, \d+ connected accounts", out)
    assert {method for method, _, _ in requests} == {"GET"}
    assert [path for _, path, _ in requests if not is_read("GET", path.partition("?")[0])] == []
    assert {kind: rows for kind, rows in after.items() if rows} == {kind: rows for kind, rows in before.items() if rows}
    assert server.production.api_key not in text + out + err
    assert len(Sandbox(world=tmp_path / "world.json").devices) == len(before["Device"])


def test_server_with_ids_of_another_form(run, tmp_path):
    """Seam's official fake has such; the file starts a sandbox that looks ids up."""
    with Sandbox(strict_ids=False) as sandbox, sandbox.serve() as url:
        sandbox.create_device(device_id="august_device_1")
        sandbox.create_access_code("august_device_1", code="4821")
        assert run(url, sandbox.api_key)[0] == 0

    again = Sandbox(world=tmp_path / "world.json", strict_ids=False)
    assert [code.device_id for code in again.access_codes] == ["august_device_1"]


def test_connection_for_reading_sends_no_write():
    """What is no read is refused before it leaves."""
    connection = Connection("http://127.0.0.1:9", "seam_test1_x")

    with pytest.raises(SandboxError, match="/devices/update is a write"):
        connection.get("/devices/update", device_id="x")


def test_server_that_asks_to_wait_is_obeyed():
    """A 429 is waited out, as its retry-after says, and the answer comes then."""
    waited, refused = [], []

    with Sandbox(world="house") as sandbox:

        def answer(request):
            path = request.url.path
            if path == "/devices/list" and not refused:
                refused.append(path)
                return httpx.Response(429, headers={"retry-after": "7"}, stream=httpx.ByteStream(b""))
            found = get_of(sandbox)(path, **dict(request.url.params))
            return httpx.Response(200, stream=httpx.ByteStream(json.dumps(found).encode()))

        transport = httpx.MockTransport(answer)
        connection = Connection("http://127.0.0.1:9", "seam_test1_x", sleep=waited.append, transport=lambda: transport)
        found = capture(reader.getting(connection, lambda _path: None), captured_at=NOW)

    assert waited == [7]
    assert found.counts == "3 devices, 1 connected account"


@pytest.mark.parametrize("options", [(), ("--force",)])
def test_error_on_the_way_leaves_nothing_behind(run, tmp_path, options):
    """Neither a file nor half of one; a file that was there is as it was."""
    if options:
        (tmp_path / "world.json").write_text("old")
    hotel = Sandbox(world="hotel")
    with hotel as sandbox, sandbox.serve() as url, sandbox.faults.fail("/acs/users/list", status=503, times=1):
        status, out, err = run(url, sandbox.api_key, *options)

    assert (status, out) == (2, "")
    assert "Seam refused /acs/users/list" in err
    assert "503" in err
    assert err.endswith("Nothing was written.\n")
    assert sandbox.api_key not in err
    assert [path.name for path in tmp_path.iterdir()] == (["world.json"] if options else [])
    assert not options or (tmp_path / "world.json").read_text() == "old"


def test_server_that_is_not_there(run):
    """The message is about the network, and not about changes that were never made."""
    status, _, err = run("http://127.0.0.1:9", "seam_test1_x")

    assert status == 2
    assert "gave no answer to /workspaces/get" in err
    assert "journal" not in err


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "has nothing"),
        ("seam_at1_x", "a personal access token"),
        ("hello", "no credential"),
        (" seam_test1_x", "blanks"),
    ],
)
def test_key_is_one_of_a_workspace(run, key, said):
    """Other credentials are refused before a request leaves, without being shown."""
    status, _, err = run("http://127.0.0.1:9", key)

    assert status == 2
    assert said in err
    assert key == "" or key.strip() not in err


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "1e400", "soon"])
def test_wrong_time_out_is_refused(run, seconds):
    """It has to be a number above zero, and one that a socket takes."""
    _, _, err = run("http://127.0.0.1:9", "seam_test1_x", f"--timeout={seconds}")

    assert err.startswith("seam-sandbox: --timeout ")
    assert "a number of seconds" in err


@pytest.mark.parametrize("endpoint", ["notaurl", "http://", "ftp://x", "http://key:secret@127.0.0.1"])
def test_wrong_endpoint_is_refused(run, endpoint):
    """By the name of the option, without what may be a password."""
    status, _, err = run(endpoint, "seam_test1_x")

    assert status == 2
    assert err.startswith("seam-sandbox: --endpoint ")
    assert "secret" not in err


def test_file_that_is_there_stays(run, tmp_path):
    """Without --force; and it is told before the first request."""
    (tmp_path / "world.json").write_text("old")

    status, _, err = run("http://127.0.0.1:9", "seam_test1_x")

    assert status == 2
    assert "'world.json' is there already. Give --force" in err
    assert (tmp_path / "world.json").read_text() == "old"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (".", "is a directory"),
        ("nowhere/world.json", "there is no directory 'nowhere'"),
        ("pipe", "'pipe' is no regular file; give the name of a file."),
    ],
)
def test_place_that_cannot_be_written(monkeypatch, capsys, tmp_path, name, said):
    """Told before the first request; what is there stays what it is, also with --force."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")

    assert cli.main(["capture", "--force", "-o", name]) == 2
    assert said in capsys.readouterr().err
    assert Path("pipe").is_fifo()


def test_directory_that_takes_no_files(monkeypatch, capsys, tmp_path):
    """Told before the first request, too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "access", lambda *_: False)

    assert cli.main(["capture", "-o", "world.json"]) == 2
    assert "'world.json' cannot be written: nothing can be made in its directory." in capsys.readouterr().err


def test_symbolic_link_stays_one(tmp_path):
    """What it leads to is written."""
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    link.symlink_to(target)

    for text in ("one", "two"):
        write_whole(link, text, overwrite=True, private=False)
        assert target.read_text() == text
    assert link.is_symlink()


def test_disk_that_is_full(monkeypatch, tmp_path):
    """No half of a file stays."""

    def fail(_number):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(SandboxError, match="could not be written: No space left on device"):
        write_whole(tmp_path / "world.json", "text", overwrite=False, private=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("options", "mode"), [((), 0o644), (("--keep-personal",), 0o600)])
def test_file_with_personal_details_is_private(run, tmp_path, options, mode):
    """Nobody else on the machine can read what was kept."""
    before = os.umask(0o022)
    try:
        with Sandbox(world="house") as sandbox, sandbox.serve() as url:
            assert run(url, sandbox.api_key, *options)[0] == 0
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "world.json").stat().st_mode) == mode


def test_what_was_left_out_is_said(run):
    """On the stream for errors, a line each."""
    with Sandbox(world="hotel") as sandbox, sandbox.serve() as url:
        sandbox.backend.api.call("/client_sessions/create", user_identifier_key="jane")
        status, _, err = run(url, sandbox.api_key)

    assert status == 0
    assert err == "not in the world: 1 client session: tokens give access; a test makes its own\n"


def test_progress_is_for_terminals(run, monkeypatch):
    """A line that moves along, and is gone at the end."""
    stream = io.StringIO()
    stream.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", stream)
    with Sandbox(world="house") as sandbox, sandbox.serve() as url:
        run(url, sandbox.api_key)

    assert "\r\x1b[Kreading: request 1, /workspaces/get" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_interrupted_command_writes_nothing(run, monkeypatch, tmp_path):
    """Ctrl-C ends it with the status of a program that was interrupted."""

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(capturing, "capture", interrupt)

    status, _, err = run("http://127.0.0.1:9", "seam_test1_x")

    assert (status, err) == (130, "seam-sandbox: interrupted; nothing was written.\n")
    assert list(tmp_path.iterdir()) == []


def test_redirect_is_not_followed(run):
    """A key that may be one of production goes to the endpoint and nowhere else."""
    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx.Response(302, headers={"location": "http://elsewhere.example/"}, stream=httpx.ByteStream(b""))

    connection = Connection("http://127.0.0.1:9", "seam_test1_x", transport=lambda: httpx.MockTransport(answer))
    with pytest.raises(SandboxError, match="a redirect"):
        capture(reader.getting(connection, lambda _path: None), captured_at=NOW)

    assert asked == ["http://127.0.0.1:9/workspaces/get"]


def test_names_in_the_repository_are_told_apart():
    """The list of ordinary words is in lower case, without one twice."""
    assert all(word == word.casefold() and word.isalpha() for word in ORDINARY)
    assert Path(capturing.__file__).is_file()
