"""Locks: turning them, auto-lock, the keypad, and what happens when they are out of reach."""

import pytest

from pytest_seam_sandbox import seam_raises

pytestmark = pytest.mark.every_transport

NOTHING = "00000000-0000-4000-8000-000000000000"


def lost(seam, device, kind):
    """Break a device in the way that the error code `kind` names."""
    if kind == "account_disconnected":
        seam.connected_accounts.simulate.disconnect(connected_account_id=device.connected_account_id)
        return
    call = {"device_disconnected": "disconnect", "hub_disconnected": "disconnect_from_hub", "device_removed": "remove"}
    getattr(seam.devices.simulate, call[kind])(device_id=device.device_id)


LOSSES = ["device_disconnected", "hub_disconnected", "account_disconnected", "device_removed"]


@pytest.mark.parametrize(
    ("command", "locked", "event_type"), [("lock_door", True, "lock.locked"), ("unlock_door", False, "lock.unlocked")]
)
def test_turning_a_lock(seam, seam_sandbox, command, locked, event_type):
    """The attempt succeeds, the bolt moves, and the event says that Seam did it."""
    device = seam_sandbox.create_device(properties={"locked": not locked})

    attempt = getattr(seam.locks, command)(device_id=device.device_id)

    assert (attempt.status, attempt.error) == ("success", None)
    assert attempt.action_type == command.upper()
    assert attempt.result.was_confirmed_by_device is True
    assert seam.devices.get(device_id=device.device_id).properties.locked is locked
    event = seam_sandbox.expect_event(event_type, count=1, device_id=device.device_id, method="remote")
    assert event.action_attempt_id == attempt.action_attempt_id


def test_turning_a_lock_logs_the_lock_then_the_attempt(seam, seam_sandbox, sandbox_device):
    """The end of the attempt is an event of its own, with device and account."""
    with seam_sandbox.expecting("lock.unlocked", "action_attempt.unlock_door.succeeded"):
        attempt = seam.locks.unlock_door(device_id=sandbox_device.device_id)

    seam_sandbox.expect_event(
        "action_attempt.unlock_door.succeeded",
        count=1,
        action_attempt_id=attempt.action_attempt_id,
        action_type="UNLOCK_DOOR",
        status="success",
        device_id=sandbox_device.device_id,
        connected_account_id=sandbox_device.connected_account_id,
    )


def test_event_tells_what_held_when_it_happened(seam, seam_sandbox, sandbox_device):
    """What becomes of the device later does not change the events that are logged already."""
    seam.devices.update(device_id=sandbox_device.device_id, custom_metadata={"room": "101"})
    seam.locks.unlock_door(device_id=sandbox_device.device_id)
    seam.devices.update(device_id=sandbox_device.device_id, custom_metadata={"room": "102"})
    seam.devices.simulate.disconnect(device_id=sandbox_device.device_id)

    turned = seam_sandbox.expect_event("lock.unlocked", count=1)
    ended = seam_sandbox.expect_event("action_attempt.unlock_door.succeeded", count=1)

    assert turned.device_custom_metadata == {"room": "101"}
    assert ended.status == "success"


def test_locking_a_locked_door_succeeds_again(seam, seam_sandbox, sandbox_device):
    """A lock that is locked already locks once more, event included."""
    seam.locks.lock_door(device_id=sandbox_device.device_id)
    seam.locks.lock_door(device_id=sandbox_device.device_id)

    seam_sandbox.expect_event("lock.locked", count=2)


def test_lock_that_cannot_confirm(seam, seam_sandbox):
    """A lock that gives no answer succeeds without confirmation."""
    device = seam_sandbox.create_device("controlbyweb_device")

    attempt = seam.locks.unlock_door(device_id=device.device_id)

    assert (attempt.status, attempt.result.was_confirmed_by_device) == ("success", False)


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("command", ["lock_door", "unlock_door"])
def test_unreachable_lock_fails_the_attempt(seam, seam_sandbox, sandbox_device, command, kind):
    """The attempt ends in error with the code of the loss, and its event says so; the bolt does not move."""
    lost(seam, sandbox_device, kind)

    with seam_raises(kind):
        getattr(seam.locks, command)(device_id=sandbox_device.device_id)

    seam_sandbox.expect_event(
        f"action_attempt.{command}.failed", count=1, device_id=sandbox_device.device_id, status="error"
    )
    seam_sandbox.expect_no_event("lock.locked")
    seam_sandbox.expect_no_event("lock.unlocked")


def test_unreachable_lock_answers_with_an_attempt(seam, sandbox_device):
    """The HTTP answer of a command to an offline lock is 200 with a failed attempt."""
    lost(seam, sandbox_device, "device_disconnected")

    attempt = seam.locks.unlock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)

    assert (attempt.status, attempt.result) == ("error", None)
    assert attempt.error.type == "device_disconnected"
    assert attempt.error.message


def test_lock_with_an_error_that_does_not_part_it_from_seam(seam, seam_sandbox):
    """A subscription that has run out keeps nobody from opening the door (assumed)."""
    device = seam_sandbox.create_device("nuki_lock")

    with seam_sandbox.subscription_expired(device):
        attempt = seam.locks.unlock_door(device_id=device.device_id)

    assert attempt.status == "success"


def test_bolt_stays_where_it_was_when_a_command_failed(seam, sandbox_device):
    """After the recovery the lock is in the state from before the loss."""
    lost(seam, sandbox_device, "device_disconnected")
    seam.locks.unlock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)

    seam.devices.simulate.connect(device_id=sandbox_device.device_id)

    assert seam.devices.get(device_id=sandbox_device.device_id).properties.locked is True


def test_lock_works_again_after_the_recovery(seam, sandbox_device):
    """What failed while the lock was offline succeeds once it is back."""
    lost(seam, sandbox_device, "device_disconnected")
    seam.devices.simulate.connect(device_id=sandbox_device.device_id)

    assert seam.locks.unlock_door(device_id=sandbox_device.device_id).status == "success"


@pytest.mark.parametrize(
    ("device_type", "command"),
    [("akuvox_lock", "lock_door"), ("dormakaba_oracode_door", "unlock_door"), ("minut_sensor", "unlock_door")],
)
def test_device_that_lacks_the_command_is_refused(seam, seam_sandbox, device_type, command):
    """Hardware that cannot be turned remotely answers 400, naming the missing capability."""
    device = seam_sandbox.create_device(device_type)

    with seam_raises(f"{command}_not_supported", status_code=400, match=f"can_remotely_{command[:-5]}"):
        getattr(seam.locks, command)(device_id=device.device_id)

    assert seam.action_attempts.list(device_id=device.device_id) == []


@pytest.mark.parametrize("command", ["lock_door", "unlock_door"])
def test_unknown_lock_is_not_found(seam, command):
    """An id that names no device answers 404, without an attempt."""
    with seam_raises("device_not_found", status_code=404):
        getattr(seam.locks, command)(device_id=NOTHING)


def test_salto_lock_says_the_same_twice(seam, seam_sandbox):
    """What Salto shows of the bolt follows it."""
    lock = seam_sandbox.create_device("salto_lock")
    states = []
    for _ in range(2):
        shown = seam.devices.get(device_id=lock.device_id).properties
        states.append((shown.locked, shown.salto_ks_metadata.locked_state, shown.salto_metadata.locked_state))
        seam.locks.unlock_door(device_id=lock.device_id)

    assert states == [(True, "locked", "locked"), (False, "unlocked", "unlocked")]


def test_auto_lock(seam, seam_sandbox, sandbox_device):
    """Auto-lock is switched on with its delay, and off; no event tells of it."""
    before = seam_sandbox.events

    on = seam.locks.configure_auto_lock(
        device_id=sandbox_device.device_id, auto_lock_enabled=True, auto_lock_delay_seconds=30
    )
    enabled = seam.devices.get(device_id=sandbox_device.device_id).properties
    seam.locks.configure_auto_lock(device_id=sandbox_device.device_id, auto_lock_enabled=False)
    disabled = seam.devices.get(device_id=sandbox_device.device_id).properties

    assert (on.action_type, on.status) == ("CONFIGURE_AUTO_LOCK", "success")
    assert (enabled.auto_lock_enabled, enabled.auto_lock_delay_seconds) == (True, 30)
    assert disabled.auto_lock_enabled is False
    assert seam_sandbox.events == before


@pytest.mark.parametrize("delay", [None, 0, 61])
def test_auto_lock_delay_has_limits(seam_http, sandbox_device, delay):
    """Switching auto-lock on takes a delay of 1 to 60 seconds."""
    body = {"device_id": sandbox_device.device_id, "auto_lock_enabled": True}

    answer = seam_http.post(
        "/locks/configure_auto_lock", json=body if delay is None else {**body, "auto_lock_delay_seconds": delay}
    )

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")


def test_auto_lock_of_a_lock_without_it_is_refused(seam, seam_sandbox):
    """A lock that has no auto-lock answers 400."""
    device = seam_sandbox.create_device("kisi_lock")

    with seam_raises("configure_auto_lock_not_supported", status_code=400):
        seam.locks.configure_auto_lock(device_id=device.device_id, auto_lock_enabled=False)


def test_auto_lock_of_an_unreachable_lock_fails(seam, sandbox_device):
    """The attempt ends in error, and the setting stays."""
    lost(seam, sandbox_device, "device_disconnected")

    with seam_raises("device_disconnected"):
        seam.locks.configure_auto_lock(
            device_id=sandbox_device.device_id, auto_lock_enabled=True, auto_lock_delay_seconds=30
        )

    properties = seam.devices.get(device_id=sandbox_device.device_id).properties
    assert properties.auto_lock_delay_seconds != 30


def test_unknown_code_is_denied(seam, seam_sandbox, sandbox_device):
    """The simulation succeeds, the door stays locked, and lock.access_denied tells why."""
    attempt = seam.locks.simulate.keypad_code_entry(device_id=sandbox_device.device_id, code="1234")

    assert attempt.status == "success"
    event = seam_sandbox.expect_event("lock.access_denied", count=1, device_id=sandbox_device.device_id)
    assert event.reason.reason_code == "unknown_code"
    assert seam.devices.get(device_id=sandbox_device.device_id).properties.locked is True
    seam_sandbox.expect_event("action_attempt.simulate_keypad_code_entry.succeeded", count=1)


def test_lock_button(seam, seam_sandbox):
    """The button at the keypad locks the door, by hand and without a code."""
    device = seam_sandbox.create_device(properties={"locked": False})

    attempt = seam.locks.simulate.manual_lock_via_keypad(device_id=device.device_id)

    assert attempt.status == "success"
    assert seam.devices.get(device_id=device.device_id).properties.locked is True
    event = seam_sandbox.expect_event("lock.locked", count=1, method="manual")
    assert "access_code_id" not in event.model_dump()
    seam_sandbox.expect_event("action_attempt.simulate_manual_lock_via_keypad.succeeded", count=1)


@pytest.mark.parametrize(("call", "params"), [("keypad_code_entry", {"code": "1234"}), ("manual_lock_via_keypad", {})])
def test_keypad_of_an_unreachable_lock(seam, seam_sandbox, sandbox_device, call, params):
    """Seam does not hear an offline keypad: the attempt fails, and no lock event appears."""
    lost(seam, sandbox_device, "device_disconnected")

    with seam_raises("device_disconnected"):
        getattr(seam.locks.simulate, call)(device_id=sandbox_device.device_id, **params)

    seam_sandbox.expect_event(f"action_attempt.simulate_{call}.failed", count=1)
    seam_sandbox.expect_no_event("lock.locked")
    seam_sandbox.expect_no_event("lock.access_denied")


@pytest.mark.parametrize(("call", "params"), [("keypad_code_entry", {"code": "1234"}), ("manual_lock_via_keypad", {})])
def test_keypad_of_another_type_is_refused(seam, seam_sandbox, call, params):
    """Keypads are simulated for August locks only."""
    device = seam_sandbox.create_device("yale_lock")

    with seam_raises("device_type_not_supported", status_code=400, match="yale_lock"):
        getattr(seam.locks.simulate, call)(device_id=device.device_id, **params)


def test_keypad_in_production_is_refused(production):
    """Simulations are for sandbox workspaces only."""
    device = production.client.devices.list(device_type="august_lock")[0]

    with seam_raises("workspace_not_sandbox", status_code=400):
        production.client.locks.simulate.manual_lock_via_keypad(device_id=device.device_id)


def test_get_gives_the_lock_under_two_keys(seam, seam_http, sandbox_device):
    """The older answer of /locks/get names the device twice."""
    answer = seam_http.post("/locks/get", json={"device_id": sandbox_device.device_id}).json()

    assert answer["device"] == answer["lock"]
    assert seam.locks.get(name=sandbox_device.display_name).device_id == sandbox_device.device_id


def test_get_of_anything_but_a_lock_is_not_found(seam, seam_sandbox):
    """A thermostat is no lock."""
    device = seam_sandbox.create_device("ecobee_thermostat")

    with seam_raises("device_not_found", status_code=404):
        seam.locks.get(device_id=device.device_id)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["August", "Nuki"]),
        ({"device_type": "nuki_lock"}, ["Nuki"]),
        ({"device_types": ["august_lock"]}, ["August"]),
        ({"manufacturer": "nuki"}, ["Nuki"]),
        ({"customer_key": "acme"}, ["August"]),
        ({"connected_account_id": NOTHING}, []),
        ({"connected_account_ids": []}, []),
        ({"connect_webview_id": NOTHING}, []),
        ({"created_before": "2020-01-01T00:00:00Z"}, []),
        ({"custom_metadata_has": {"floor": "1"}}, ["August"]),
        ({"device_ids": []}, []),
        ({"include_if": ["can_simulate_disconnection"]}, ["August"]),
        ({"exclude_if": ["can_simulate_disconnection"]}, ["Nuki"]),
        ({"search": "nuk"}, ["Nuki"]),
        ({"space_id": NOTHING}, []),
        ({"unstable_location_id": NOTHING}, []),
        ({"user_identifier_key": "jane"}, []),
        ({"limit": 1}, ["August"]),
    ],
    ids=str,
)
def test_list_filter(seam_http, seam_sandbox, filters, expected):
    """Locks are listed under two keys, without anything else, and take the filters of devices."""
    account = seam_sandbox.create_connected_account(customer_key="acme")
    seam_sandbox.create_device(
        name="August", connected_account_id=account.connected_account_id, custom_metadata={"floor": "1"}
    )
    seam_sandbox.create_device("nuki_lock", name="Nuki")
    seam_sandbox.create_device("minut_sensor", name="Minut")

    answer = seam_http.post("/locks/list", json=filters).json()

    assert [lock["display_name"] for lock in answer["devices"]] == expected
    assert answer["locks"] == answer["devices"]
    assert "pagination" not in answer
