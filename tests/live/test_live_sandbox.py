"""A live sandbox does what an embedded one does, on a workspace over HTTP."""

import contextlib
import itertools
import os
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from seam.exceptions import SeamActionAttemptFailedError

from pytest_seam_sandbox import ExpectationFailed, OutageNotPossible, Sandbox, SandboxError, UnknownId
from pytest_seam_sandbox.backends.live import events as live_events
from pytest_seam_sandbox.backends.live.connection import Connection
from pytest_seam_sandbox.backends.live.handover import Handover

KINDS = ("Device", "Phone", "UserIdentity", "AccessCode", "ConnectedAccount", "AcsUser", "AcsCredential")


def types(events):
    return [event.event_type for event in events]


def turn(live, path, device):
    """The program locks or unlocks a door, and waits for nothing."""
    with live.http() as client:
        client.post(f"/locks/{path}", json={"device_id": device}).raise_for_status()


def is_left_as(server, before):
    """Whether the workspace is as it was; the server takes a moment for some deletions."""
    until = time.monotonic() + 30
    while state_of(server, server.first) != before and time.monotonic() < until:
        time.sleep(0.02)
    return state_of(server, server.first) == before


def state_of(server, workspace):
    """What a sandbox has to leave as it was."""
    dump = server.dump(workspace)
    return {kind: dump[kind] for kind in KINDS if dump.get(kind)}


# what it is


def test_it_says_what_it_is(server, live):
    assert live.is_live
    assert live.workspace_id == server.first.workspace_id
    assert live.endpoint == server.url
    assert repr(live) == f"Sandbox(live workspace {server.first.workspace_id})"


def test_key_of_the_environment_is_taken(server, tmp_path, monkeypatch):
    monkeypatch.setenv("SEAM_API_KEY", server.first.api_key)

    with Sandbox(
        backend="live",
        live_workspaces=[server.first.workspace_id],
        live_endpoint=server.url,
        live_folder=tmp_path,
    ) as sandbox:
        assert sandbox.is_live


def test_without_a_key_nothing_is_sent(server, tmp_path, monkeypatch):
    monkeypatch.delenv("SEAM_API_KEY", raising=False)

    with pytest.raises(
        SandboxError, match=r"^a live sandbox needs the API key .* SEAM_API_KEY is not set, or .* Set it, or"
    ):
        Sandbox.live(workspaces=server.first.workspace_id, endpoint=server.url, folder=tmp_path)

    assert server.seen == []


def test_true_key_shows_nowhere(server, live):
    turn(live, "lock_door", live.create_device().device_id)
    with live.serve() as url:
        httpx.get(f"{url}/devices/list", headers={"authorization": f"Bearer {live.api_key}"}, trust_env=False)

    assert server.first.api_key not in f"{live!r} {live.api_key} {live.timeline} {live.requests}"
    assert {key for _, _, key in server.seen} == {server.first.api_key}


# devices and phones


def test_devices_are_leased_and_given_back(server, go_live):
    before = state_of(server, server.first)
    live = go_live()

    first, second = live.create_device(), live.create_device()

    assert first.device_id != second.device_id
    assert {first.device_type, second.device_type} == {"august_lock"}
    assert repr(live).endswith("leased=2)")
    live.close()
    assert is_left_as(server, before)


def test_leased_device_has_name_and_metadata_for_a_while(server, go_live):
    before = state_of(server, server.first)
    live = go_live()

    device = live.create_device("yale_lock", name="FRONT DOOR", custom_metadata={"room": "101"})

    assert device.display_name == "FRONT DOOR"
    assert device.custom_metadata["room"] == "101"
    assert live.get_device("FRONT DOOR").device_id == device.device_id
    live.close()
    assert is_left_as(server, before)


def test_device_that_is_not_leased_is_left_alone(server, live):
    other = server.first.device_ids["Office"]

    with pytest.raises(SandboxError, match=r"^the sandbox has not leased the device .* other tests may work with it"):
        live.disconnected(other).__enter__()

    assert not [path for path in server.writes() if "simulate" in path]


def test_what_is_made_is_gone_afterwards(server, go_live):
    before = state_of(server, server.first)
    live = go_live()

    phone = live.create_phone(nickname="Jane's phone")
    device = live.create_device()
    code = live.create_access_code(device, code="1234", name="Guest")
    live.client().user_identities.create(full_name="Made by the program")

    assert phone.device_id in [each.device_id for each in live.phones]
    assert code.code == "1234"
    assert len(live.user_identities) == 2
    live.close()
    assert is_left_as(server, before)


def test_mobile_key_of_the_workspaces_access_system(server, go_live):
    before = state_of(server, server.first)
    live = go_live()

    key = live.create_acs_credential("code", code="4321")

    assert key.access_method == "code"
    assert key.acs_credential_id in [each.acs_credential_id for each in live.acs_credentials]
    live.close()
    assert is_left_as(server, before)


def test_names_find_what_is_there(live):
    device, phone = live.create_device(), live.create_phone(nickname="Jane's phone")

    assert live.get_device(device.display_name).device_id == device.device_id
    assert live.get_phone("Jane's phone").device_id == phone.device_id
    with pytest.raises(UnknownId, match=r"^Jane's phone .* is a phone, and this takes a device\. Use get_phone\(\)"):
        live.get_device("Jane's phone")
    with pytest.raises(UnknownId, match=r"^no device 'Nowhere' in this sandbox; it has .*Garage"):
        live.get_device("Nowhere")
    assert [device.device_id for device in live.backend.devices().values() if device.label == "Attic"]
    assert list(live.backend.phones()) == ["Jane's phone"]
    assert live.backend.find_account(device.connected_account_id).account_type == "august"
    assert live.backend.find_account(live.workspace_id) is None
    with pytest.raises(SandboxError, match=rf"That is the name of device_id '{device.device_id}'"):
        live.expect_no_event("lock.unlocked", device_id=device.display_name)


# outages


def test_outage_and_recovery(live):
    door = live.create_device()

    with live.disconnected(door) as outage:
        with pytest.raises(SeamActionAttemptFailedError):
            live.client().locks.unlock_door(device_id=door.device_id)
        live.expect_device_error(door, "device_disconnected")

    assert types(outage.events) == [
        "device.disconnected",
        "action_attempt.unlock_door.failed",
        "device.connected",
    ]
    assert outage.duration.total_seconds() >= 0
    live.expect_event("device.connected", device_id=door.device_id, count=1)
    live.expect_no_device_error(door)


@pytest.mark.parametrize(
    ("outage", "device_type", "begins", "ends"),
    [
        ("hub_disconnected", "ttlock_lock", "device.disconnected", "device.connected"),
        (
            "subscription_expired",
            "nuki_lock",
            "device.error.subscription_required",
            "device.error.subscription_required.resolved",
        ),
    ],
)
def test_other_outages(live, outage, device_type, begins, ends):
    device = live.create_device(device_type)

    with getattr(live, outage)(device) as loss:
        pass

    assert types(loss.events) == [begins, ends]


def test_phone_is_lost_for_good(live):
    phone, other = live.create_phone(), live.create_phone()

    with live.deactivated(phone, replace=True) as loss:
        assert [each.device_id for each in live.phones] == [other.device_id]

    assert types(loss.events) == ["phone.deactivated"]
    assert loss.replacement.device_id not in {phone.device_id, other.device_id}
    with pytest.raises(OutageNotPossible, match="the phone is deactivated already"):
        live.deactivated(phone)


def test_outage_that_is_not_left_is_ended(server, go_live):
    live = go_live()
    device = live.create_device()
    live.disconnected(device).__enter__()

    live.close()

    with pytest.raises(SandboxError, match=rf"^the test ended inside disconnected\({device.display_name}\)"):
        live.check()
    assert all(row["properties"]["online"] for row in server.dump(server.first)["Device"])


def test_device_that_somebody_else_has_disconnected_is_refused(server, live):
    device = live.create_device()
    send = server.backend(server.first).api.call
    send("/devices/simulate/disconnect", device_id=device.device_id)
    live.expect_device_error(device, "device_disconnected")

    with pytest.raises(
        OutageNotPossible,
        match=r"can_simulate_disconnection is false\. The device is offline \(errors: device_disconnected\)",
    ):
        live.disconnected(device).__enter__()

    send("/devices/simulate/connect", device_id=device.device_id)


def test_device_that_somebody_else_connects_inside_is_fine(server, live):
    device = live.create_device()

    with live.disconnected(device) as outage:
        server.backend(server.first).api.call("/devices/simulate/connect", device_id=device.device_id)
        live.expect_no_device_error(device)

    assert types(outage.events) == ["device.disconnected", "device.connected"]


def test_device_that_somebody_else_keeps_from_healing_is_told(server, go_live):
    live = go_live()
    live.backend.latency = 2
    device = live.create_device()
    lost = {"device_id": device.device_id}
    somebody = server.backend(server.first)

    def meddle(_):
        if server.seen[-1][1] == "/devices/simulate/connect":
            somebody.clock.advance(0.1)
            somebody.provision.set_mark(device.device_id, "errors", "device_disconnected", None, {})

    with pytest.raises(ExpectationFailed) as failed, live.disconnected(device):
        server.after = meddle

    assert str(failed.value).startswith(f"expected no error 'device_disconnected' on {device.display_name}, but it has")
    server.after = None
    somebody.api.call("/devices/simulate/connect", **lost)


def test_phone_of_another_test_is_left_alone(server, live):
    """Names are those of the sandbox's own phones: all sandbox phones are called alike."""
    somebody = server.backend(server.first).api
    owner = somebody.call("/user_identities/create", full_name="Jane")["user_identity"]["user_identity_id"]
    path = "/phones/simulate/create_sandbox_phone"
    phone = somebody.call(path, user_identity_id=owner, phone_metadata={"operating_system": "android"})["phone"]
    mine = live.create_phone()
    assert mine.display_name == phone["display_name"]

    assert live.get_phone(mine.display_name).device_id == mine.device_id
    other = live.create_device()
    somebody.call("/devices/update", device_id=server.first.device_ids["Office"], name=other.display_name)
    assert live.get_device(other.display_name).device_id == other.device_id
    assert live.get_device("Studio").device_id == server.first.device_ids["Studio"]
    somebody.call("/devices/update", device_id=server.first.device_ids["Office"], name="Office")
    assert live.get_phone(phone["device_id"]).device_id == phone["device_id"]
    with pytest.raises(SandboxError, match="^the sandbox has not made the phone .*, and another test may need it"):
        live.deactivated(phone["device_id"]).__enter__()
    with live.deactivated(mine.display_name):
        pass
    with pytest.raises(OutageNotPossible, match="deactivated already"):
        live.deactivated(mine.display_name)

    somebody.call("/user_identities/delete", user_identity_id=owner)


# events


def test_events_are_those_that_concern_the_sandbox(server, live):
    mine, other = live.create_device(), server.first.device_ids["Gate"]
    client = server.backend(server.first).api

    client.call("/locks/unlock_door", device_id=other)
    client.call("/locks/unlock_door", device_id=mine.device_id)

    live.expect_event("lock.unlocked", device_id=mine.device_id)
    assert {event.device_id for event in live.events} == {mine.device_id}


def test_device_that_the_program_has_named_concerns_the_sandbox(server, live):
    other = server.first.device_ids["Gate"]

    turn(live, "lock_door", other)

    live.expect_event("lock.locked", device_id=other)


def test_events_from_before_are_none_of_it(server, go_live):
    device_id = server.first.device_ids["Attic"]
    server.backend(server.first).api.call("/locks/unlock_door", device_id=device_id)
    time.sleep(1.1)  # the date of an answer has whole seconds
    live = go_live()
    assert live.create_device("nuki_lock").device_id == device_id

    turn(live, "lock_door", device_id)

    live.expect_event("lock.locked")
    live.expect_event("lock.unlocked", count=0, within=0.5)


def test_each_event_comes_once_from_whatever_pages(server, live, monkeypatch):
    monkeypatch.setattr(live_events, "PAGE", 2)
    device = live.create_device()

    for _ in range(3):
        turn(live, "lock_door", device.device_id)
        turn(live, "unlock_door", device.device_id)
    live.expect_event("lock.unlocked", count=3)

    ids = [event.event_id for event in live.events]
    assert len(ids) == len(set(ids))
    assert types(live.events).count("lock.locked") == 3
    first = live.events[0]
    found = live.expect_event(
        first.event_type,
        event_id=first.event_id,
        workspace_id=live.workspace_id,
        occurred_at=first.occurred_at,
        created_at=first.created_at,
        event_description=first.event_description,
    )
    assert found == first
    assert first.created_at > first.occurred_at
    assert first.event_description
    assert first.workspace_id == live.workspace_id


def test_event_that_never_comes_is_told_after_the_deadline(go_live):
    live = go_live()
    device = live.create_device()

    with pytest.raises(ExpectationFailed) as failed:
        live.expect_event("lock.unlocked", within=0.3, device_id=device.device_id)

    text = str(failed.value)
    assert text.startswith(f"expected event 'lock.unlocked' with device_id={device.display_name}, but it was not seen.")
    assert text.endswith("(waited 0.3 s)")


def test_events_in_order(live):
    device = live.create_device()

    with live.expecting("lock.locked", "lock.unlocked", device_id=device.device_id):
        turn(live, "lock_door", device.device_id)
        turn(live, "unlock_door", device.device_id)


# time and texts


def test_time_is_that_of_the_workspace(live):
    began = datetime.now(UTC)

    live.get_device(live.create_device())

    assert abs(live.backend.now() - began) < timedelta(minutes=1)
    live.backend.pass_time(0.01, "for a test")
    live.backend.pass_time(0.0, "for nothing")
    assert "clock    0.010 s passed for a test" in live.timeline
    assert "for nothing" not in live.timeline


def test_timeline_has_requests_events_and_outages(live):
    device = live.create_device()
    with live.disconnected(device):
        live.http().get("/devices/list")

    told, name = live.timeline, device.display_name

    for line in (
        f"outage   disconnected({name}) begins",
        f"sandbox  POST /devices/simulate/disconnect (device_id={name}) → 200",
        f"event    device.disconnected device_id={name}",
        "request  GET /devices/list () → 200",
    ):
        assert line in told
    assert [(call.method, call.path, call.status) for call in live.requests] == [("GET", "/devices/list", 200)]


def test_clock_that_goes_on_while_a_device_is_taken(go_live, monkeypatch):
    """The rest of a device may be over between two looks at the clock."""
    live = go_live()
    began = live.backend.now().timestamp()
    looks = itertools.count()
    now = [began]

    def look(_):
        now.append(began + 0.4 * next(looks))
        return now[-1]

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "now", look)
        patch.setattr(Handover, "last", lambda *_: now[-1] + 0.5)
        assert live.create_device("nuki_lock").display_name == "Attic"


def test_forked_process_neither_sends_nor_ends_anything(server, go_live, tmp_path, monkeypatch):
    """What it changed would be in nobody's list of what is to be undone."""
    live = go_live(folder=tmp_path)
    device = live.create_device("august_lock")
    live.client().user_identities.create(full_name="Jane Doe")
    journals = list(tmp_path.glob("journals/*.jsonl"))
    noted = [path.read_bytes() for path in journals]
    child = os.getpid() + 1
    server.restart()

    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: child)
        for send in (
            lambda: live.client().user_identities.create(full_name="Child"),
            live.client().devices.list,
            lambda: live.http().post("/user_identities/create", json={}),
            lambda: live.get_device(device.device_id),
            live.create_phone,
        ):
            with pytest.raises(
                SandboxError, match=r"was forked from \d+, .* Nothing was sent. .*seam_environ sets SEAM"
            ):
                send()
        live.close()
    with contextlib.suppress(SandboxError):
        live.check()

    assert server.seen == []
    assert [path.read_bytes() for path in journals] == noted
    live.close()
    assert set(server.writes()) == {"/user_identities/delete", "/devices/update"}
