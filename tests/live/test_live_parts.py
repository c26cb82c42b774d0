"""The parts of a live backend by themselves: waiting, facts, which events concern a sandbox, who had a device last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox import EmbeddedOnly
from pytest_seam_sandbox.backends.live.concerns import Concerns, seconds_in
from pytest_seam_sandbox.backends.live.facts import LiveAccount, LiveDevice, LivePhone
from pytest_seam_sandbox.backends.live.handover import Handover
from pytest_seam_sandbox.backends.live.polling import Patience
from pytest_seam_sandbox.engine.history import Call


class Clock:
    """Time that passes where somebody sleeps, and a little with each look."""

    def __init__(self, look=0.0):
        self.now = 100.0
        self.slept = []
        self._look = look

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def look(self):
        self.now += self._look
        return "not there"


# waiting


def test_what_is_there_is_not_waited_for():
    clock = Clock()

    assert Patience(lambda: clock.now, clock.sleep).repeat(lambda: None, 30.0) == (None, 0.0)

    assert clock.slept == []


def test_waits_grow_and_end_with_the_deadline():
    clock = Clock()

    assert Patience(lambda: clock.now, clock.sleep).repeat(clock.look, 5.0) == ("not there", 5.0)

    assert clock.slept[:6] == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6]
    assert sum(clock.slept) == pytest.approx(5.0)


def test_what_comes_in_time_is_seen():
    clock = Clock()
    patience = Patience(lambda: clock.now, clock.sleep)

    found, waited = patience.repeat(lambda: None if clock.now > 103 else "not there", 30.0)

    assert found is None
    assert 3 < waited < 6


@given(within=st.floats(0, 100), look=st.floats(0, 10))
def test_last_look_comes_when_the_time_is_over(within, look):
    clock = Clock(look)
    looks = []

    def look_at_it():
        looks.append(clock.now)
        return clock.look()

    found, _ = Patience(lambda: clock.now, clock.sleep).repeat(look_at_it, within)

    assert found == "not there"
    assert looks[-1] >= 100 + within - look - 0.001
    assert sum(clock.slept) <= within + 0.001


# facts

DEVICE = {
    "device_id": "d",
    "display_name": "DOOR",
    "connected_account_id": "a",
    "is_managed": True,
    "can_remotely_unlock": True,
    "can_program_online_access_codes": None,
    "properties": {"online": True, "model": {"display_name": "Lock"}},
    "errors": [{"error_code": "device_removed"}],
    "warnings": [{"warning_code": "low_battery"}],
}


def test_facts_about_a_device():
    device = LiveDevice(DEVICE)

    assert (device.id, device.device_id, device.label, device.connected_account_id) == ("d", "d", "DOOR", "a")
    assert device.is_managed
    assert device.is_online
    assert device.is_removed
    assert device.flags() == {"can_remotely_unlock": True}
    assert (device.has_error("x"), device.has_warning("low_battery")) == (False, True)
    assert device.property("model") == {"display_name": "Lock"}
    assert not LiveDevice({"device_id": "d", "is_managed": False}).is_managed


def test_facts_about_a_phone():
    phone = LivePhone({"device_id": "p", "device_type": "ios_phone"}, {"p": "owner"}.get)

    assert (phone.device_id, phone.device_type, phone.label, phone.user_identity_id) == ("p", "ios_phone", "", "owner")


def test_facts_about_an_account():
    row = {"connected_account_id": "a", "account_type": "august", "user_identifier": {"email": "jane@example.com"}}
    account = LiveAccount(row)

    assert (account.id, account.account_type, account.email) == ("a", "august", "jane@example.com")
    assert not account.needs_login
    assert LiveAccount({"connected_account_id": "a", "errors": [{"error_code": "account_disconnected"}]}).needs_login
    assert (LiveAccount({}).account_type, LiveAccount({}).email) == (None, None)


# which events concern a sandbox


def event(at="2026-01-01T00:00:10.000Z", **ids):
    return {"event_id": "e", "workspace_id": "w", "event_type": "x", "created_at": at, "occurred_at": at, **ids}


def call(path, origin="app", **params):
    return Call(0.0, "POST", path, origin, params)


BEGAN = seconds_in("2026-01-01T00:00:00.000Z")


@pytest.mark.parametrize(
    ("told", "answer", "ids", "concerns"),
    [
        pytest.param(None, {}, {}, True, id="about-nothing"),
        pytest.param(None, {}, {"device_id": "d"}, False, id="device-of-somebody"),
        pytest.param(None, {}, {"connected_account_id": "a"}, False, id="account-of-somebody"),
        pytest.param(call("/locks/unlock_door", device_id="d"), {}, {"device_id": "d"}, True, id="named"),
        pytest.param(call("/devices/list", device_ids=["d"]), {}, {"device_id": "d"}, True, id="named-in-a-list"),
        pytest.param(
            call("/devices/get", "sandbox", device_id="d"), {}, {"device_id": "d"}, False, id="only-looked-at"
        ),
        pytest.param(
            call("/devices/list", connected_account_id="a"),
            {},
            {"device_id": "d", "connected_account_id": "a"},
            False,
            id="device-of-a-named-account",
        ),
        pytest.param(
            call("/devices/list", connected_account_id="a"), {}, {"connected_account_id": "a"}, True, id="named-account"
        ),
        pytest.param(
            call("/access_codes/create"),
            {"access_code": {"access_code_id": "c", "workspace_id": "w"}},
            {"device_id": "d", "access_code_id": "c"},
            True,
            id="made",
        ),
        pytest.param(
            call("/access_codes/create_multiple"),
            {"access_codes": [{"access_code_id": "c"}], "ok": True},
            {"access_code_id": "c"},
            True,
            id="made-several",
        ),
        pytest.param(
            call("/access_codes/list"),
            {"access_codes": [{"access_code_id": "c"}]},
            {"access_code_id": "c"},
            False,
            id="listed",
        ),
        pytest.param(
            call("/phones/simulate/create_sandbox_phone", "sandbox", user_identity_id="u"),
            {"phone": {"device_id": "p"}},
            {"device_id": "p"},
            True,
            id="phone",
        ),
    ],
)
def test_events_that_concern_the_sandbox(told, answer, ids, concerns):
    found = Concerns(BEGAN)
    if told is not None:
        found.tell(told, answer)

    assert found.has(event(**ids)) is concerns


def test_events_from_before_a_lease_are_of_the_last_holder():
    found = Concerns(BEGAN)
    found.lease("d", BEGAN + 5)

    assert found.owns("d")
    assert not found.has(event("2026-01-01T00:00:04.999Z", device_id="d"))
    assert found.has(event("2026-01-01T00:00:05.000Z", device_id="d"))
    assert not found.has(event("2025-12-31T23:59:59.000Z"))
    assert not found.has(event("no time"))


def test_phones_have_owners_that_were_told():
    found = Concerns(BEGAN)
    found.tell(call("/phones/simulate/create_sandbox_phone", user_identity_id="u"), {"phone": {"device_id": "p"}})

    assert found.made == {"p": "u"}


# who had a device last


def test_last_holder_is_remembered(tmp_path):
    handover = Handover(tmp_path, "workspace")
    assert handover.last("d") == 0.0

    handover.given_back("d", 100.5)

    assert Handover(tmp_path, "workspace").last("d") == 101.5
    assert Handover(tmp_path, "another").last("d") == 0.0


def test_folder_that_cannot_be_written_is_no_mishap(tmp_path):
    (tmp_path / "handover").write_text("a file")
    handover = Handover(tmp_path, "workspace")

    handover.given_back("d", 100.5)

    assert handover.last("d") == 0.0


# what only the emulator can do

REFUSED = {
    "create_connected_account": lambda live: live.create_connected_account(),
    "create_acs_system": lambda live: live.create_acs_system(),
    "complete_login": lambda live: live.complete_login("3f2a6f0e-0000-4000-8000-000000000000"),
    "fail_login": lambda live: live.fail_login("3f2a6f0e-0000-4000-8000-000000000000"),
    "open_instant_key": lambda live: live.open_instant_key("3f2a6f0e-0000-4000-8000-000000000000"),
    "create_workspace": lambda live: live.create_workspace(),
    "create_access_token": lambda live: live.create_access_token(),
    "set_error": lambda live: live.set_error(live.workspace_id, "device_removed"),
    "clear_warning": lambda live: live.clear_warning(live.workspace_id, "low_battery"),
    "emit": lambda live: live.emit("device.connected"),
    "fail_action_attempt": lambda live: live.fail_action_attempt(live.workspace_id, "x", "y"),
    "clock": lambda live: live.clock,
    "faults": lambda live: live.faults,
    "webhooks": lambda live: live.webhooks,
    "stub": lambda live: live.stub("/bridges/list", {}),
    "snapshot": lambda live: live.snapshot(),
    "embedded": lambda live: live.embedded,
    "low_battery": lambda live: live.low_battery(live.create_device()),
    "account_disconnected": lambda live: live.account_disconnected(live.create_device()),
    "removed": lambda live: live.removed(live.create_device(), restore=False),
    "create_device(device_id": lambda live: live.create_device(device_id=live.workspace_id),
    "create_device(online": lambda live: live.create_device(online=False),
    "create_device(properties": lambda live: live.create_device(properties={"battery_level": 0.5}),
    "create_phone": lambda live: live.create_phone(device_id=live.workspace_id),
    "user_identity_id": lambda live: live.create_user_identity(user_identity_id=live.workspace_id),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_only_the_emulator_can_do_is_said(server, live, what):
    with pytest.raises(EmbeddedOnly) as refused:
        REFUSED[what](live)

    assert what in str(refused.value) or what == "embedded"
    assert " is embedded only, and this sandbox is live: " in str(refused.value)
    assert [path for path in server.writes() if path != "/devices/update"] == []
