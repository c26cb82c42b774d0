"""/devices/simulate/*: what a loss does to a device, and how it ends."""

import pytest

from pytest_seam_sandbox import seam_raises

NOTHING = "00000000-0000-4000-8000-000000000000"
WITHHELD = {"locked", "battery", "battery_level"}
KINDS = ["connect", "disconnect", "remove", "connect_to_hub", "disconnect_from_hub"]

OF_EVERY_DEVICE_EVENT = {
    *("event_id", "event_type", "event_description", "workspace_id", "created_at", "occurred_at"),
    *("device_custom_metadata", "connected_account_custom_metadata"),
}


def simulate(seam, kind, device, **params):
    getattr(seam.devices.simulate, kind)(device_id=device.device_id, **params)


def shown(seam, device):
    """The device as JSON, since the SDK cannot tell an absent field from null."""
    return seam.client.post("/devices/get", json={"device_id": device.device_id})["device"]


def types(events):
    return [event.event_type for event in events]


def test_disconnect_takes_the_device_offline(seam, sandbox_device):
    """The device is offline and carries the error device_disconnected."""
    simulate(seam, "disconnect", sandbox_device)

    device = seam.devices.get(device_id=sandbox_device.device_id)
    assert device.properties.online is False
    assert [(error.error_code, error.is_device_error) for error in device.errors] == [("device_disconnected", True)]
    assert device.errors[0].message
    assert device.errors[0].created_at


def test_disconnect_withholds_what_nobody_knows(seam, sandbox_device):
    """Neither the state of the bolt nor the battery shows while the device is offline; they come back unchanged."""
    before = shown(seam, sandbox_device)["properties"]
    simulate(seam, "disconnect", sandbox_device)
    offline = shown(seam, sandbox_device)["properties"]
    simulate(seam, "connect", sandbox_device)

    assert set(before) - set(offline) == WITHHELD
    assert shown(seam, sandbox_device)["properties"] == before


def test_flags_follow_a_disconnection(seam, sandbox_device):
    """What needs the connection is off while the device is offline; codes can still be programmed and typed."""
    before = shown(seam, sandbox_device)
    simulate(seam, "disconnect", sandbox_device)

    offline = shown(seam, sandbox_device)
    changed = {flag: offline[flag] for flag in before if flag.startswith("can_") and offline[flag] != before[flag]}
    assert changed == {
        "can_configure_auto_lock": False,
        "can_remotely_lock": False,
        "can_remotely_unlock": False,
        "can_simulate_disconnection": False,
        "can_simulate_connection": True,
    }
    assert offline["can_program_online_access_codes"] is offline["can_unlock_with_code"] is True


@pytest.mark.parametrize(
    ("device_type", "kept"),
    [
        ("august_lock", {"can_program_online_access_codes", "can_unlock_with_code"}),
        (
            "igloohome_lock",
            {"can_program_offline_access_codes", "can_program_online_access_codes", "can_unlock_with_code"},
        ),
        ("ecobee_thermostat", set()),
    ],
)
def test_flags_of_a_device_without_its_account(seam, seam_sandbox, device_type, kept):
    """A flag is true only for what works on this device now; programming codes counts as working (docs)."""
    device = seam_sandbox.create_device(device_type)
    names = {name for name in shown(seam, device) if name.startswith("can_") and "simulate" not in name}

    with seam_sandbox.account_disconnected(device.connected_account_id):
        lost = shown(seam, device)

    assert {name for name in names if lost[name]} == kept
    assert all(shown(seam, device)[name] for name in names)


def test_nothing_works_on_a_removed_device(seam, sandbox_device):
    """A device that is out of its account has no flag that is true."""
    simulate(seam, "remove", sandbox_device)

    assert not any(value for name, value in shown(seam, sandbox_device).items() if name.startswith("can_"))


def test_connect_takes_everything_back(seam, sandbox_device):
    """After the connection the device is what it was, errors and flags included."""
    before = shown(seam, sandbox_device)
    simulate(seam, "disconnect", sandbox_device)

    simulate(seam, "connect", sandbox_device)

    assert shown(seam, sandbox_device) == before


def test_disconnect_logs_one_event_with_its_issues(seam, seam_sandbox, sandbox_device):
    """device.disconnected names the error code and repeats the issues of device and account."""
    with seam_sandbox.expecting("device.disconnected", device_id=sandbox_device.device_id):
        simulate(seam, "disconnect", sandbox_device)

    sent = seam.client.post("/events/get", json={"event_type": "device.disconnected"})["event"]
    error = seam.devices.get(device_id=sandbox_device.device_id).errors[0]
    expected = {
        "device_id": sandbox_device.device_id,
        "connected_account_id": sandbox_device.connected_account_id,
        "error_code": "device_disconnected",
        "device_errors": [
            {"error_code": "device_disconnected", "message": error.message, "created_at": error.created_at}
        ],
        "device_warnings": [],
        "connected_account_errors": [],
        "connected_account_warnings": [],
    }
    assert {name: sent[name] for name in expected} == expected
    assert set(sent) - set(expected) == OF_EVERY_DEVICE_EVENT


def test_connect_event_has_no_issues(seam, sandbox_device):
    """device.connected carries the fields of a device and nothing else."""
    simulate(seam, "disconnect", sandbox_device)
    simulate(seam, "connect", sandbox_device)

    sent = seam.client.post("/events/get", json={"event_type": "device.connected"})["event"]
    assert set(sent) - OF_EVERY_DEVICE_EVENT == {"device_id", "connected_account_id"}


@pytest.mark.parametrize(
    ("kind", "event_type"),
    [
        ("disconnect", "device.disconnected"),
        ("disconnect_from_hub", "device.disconnected"),
        ("remove", "device.removed"),
    ],
)
def test_repeated_loss_logs_no_second_event(seam, seam_sandbox, sandbox_device, kind, event_type):
    """Events are transitions: what is lost already cannot be lost again; the call is answered with 200."""
    simulate(seam, kind, sandbox_device)
    once = shown(seam, sandbox_device)

    simulate(seam, kind, sandbox_device)

    seam_sandbox.expect_event(event_type, count=1)
    assert shown(seam, sandbox_device) == once


@pytest.mark.parametrize("kind", ["connect", "connect_to_hub"])
def test_connecting_an_online_device_changes_nothing(seam, seam_sandbox, sandbox_device, kind):
    """There is nothing to heal and nothing to tell."""
    before = seam_sandbox.events

    simulate(seam, kind, sandbox_device)

    assert seam_sandbox.events == before


def test_hub_disconnection(seam, seam_sandbox, sandbox_device):
    """The loss of the hub is an error of its own, with flags of its own."""
    simulate(seam, "disconnect_from_hub", sandbox_device)

    device = shown(seam, sandbox_device)
    assert [(error["error_code"], error["is_device_error"]) for error in device["errors"]] == [
        ("hub_disconnected", True)
    ]
    assert device["properties"]["online"] is False
    assert WITHHELD.isdisjoint(device["properties"])
    assert (device["can_simulate_hub_disconnection"], device["can_simulate_hub_connection"]) == (False, True)
    assert (device["can_simulate_disconnection"], device["can_simulate_connection"]) == (True, False)
    seam_sandbox.expect_event("device.disconnected", error_code="hub_disconnected", count=1)


def test_hub_connection(seam, seam_sandbox, sandbox_device):
    """connect_to_hub takes the error off and logs device.connected."""
    before = shown(seam, sandbox_device)
    simulate(seam, "disconnect_from_hub", sandbox_device)

    with seam_sandbox.expecting("device.connected", device_id=sandbox_device.device_id):
        simulate(seam, "connect_to_hub", sandbox_device)

    assert shown(seam, sandbox_device) == before


@pytest.mark.parametrize("order", [("connect", "connect_to_hub"), ("connect_to_hub", "connect")])
def test_device_with_two_losses_comes_back_with_the_last(seam, seam_sandbox, sandbox_device, order):
    """Both errors stay until each is healed; one event tells the loss, one the return."""
    simulate(seam, "disconnect", sandbox_device)
    simulate(seam, "disconnect_from_hub", sandbox_device)
    both = [error.error_code for error in seam.devices.get(device_id=sandbox_device.device_id).errors]
    simulate(seam, order[0], sandbox_device)
    half = seam.devices.get(device_id=sandbox_device.device_id).properties.online
    simulate(seam, order[1], sandbox_device)

    assert both == ["device_disconnected", "hub_disconnected"]
    assert half is False
    assert seam.devices.get(device_id=sandbox_device.device_id).properties.online is True
    assert types(seam_sandbox.events)[-2:] == ["device.disconnected", "device.connected"]
    seam_sandbox.expect_event("device.disconnected", count=1)
    seam_sandbox.expect_event("device.connected", count=2)


def test_removal(seam, seam_sandbox, sandbox_device):
    """A removed device stays readable, is offline, carries device_removed and can do nothing any more."""
    with seam_sandbox.expecting("device.removed", device_id=sandbox_device.device_id):
        simulate(seam, "remove", sandbox_device)

    device = shown(seam, sandbox_device)
    assert [error["error_code"] for error in device["errors"]] == ["device_removed"]
    assert device["properties"]["online"] is False
    impossible = [flag for flag in device if flag.startswith(("can_simulate_", "can_remotely_")) and device[flag]]
    assert impossible == []
    assert [found.device_id for found in seam.devices.list()] == [sandbox_device.device_id]


def test_removal_is_no_disconnection(seam, seam_sandbox, sandbox_device):
    """device.removed comes alone: no device.disconnected before or after it."""
    mark = len(seam_sandbox.events)

    simulate(seam, "remove", sandbox_device)

    assert types(seam_sandbox.events[mark:]) == ["device.removed"]


def test_removal_event_has_no_issues(seam, sandbox_device):
    """device.removed carries the fields of a device and nothing else."""
    simulate(seam, "remove", sandbox_device)

    sent = seam.client.post("/events/get", json={"event_type": "device.removed"})["event"]
    assert set(sent) - OF_EVERY_DEVICE_EVENT == {"device_id", "connected_account_id"}


@pytest.mark.parametrize("kind", ["connect", "disconnect", "connect_to_hub", "disconnect_from_hub"])
def test_removed_device_cannot_be_simulated(seam, seam_sandbox, sandbox_device, kind):
    """What is gone can neither be lost nor come back."""
    simulate(seam, "remove", sandbox_device)
    before = seam_sandbox.events

    with seam_raises("device_removed", status_code=400):
        simulate(seam, kind, sandbox_device)

    assert seam_sandbox.events == before


def test_offline_device_can_be_removed(seam, seam_sandbox, sandbox_device):
    """A device that is offline already logs device.removed all the same."""
    simulate(seam, "disconnect", sandbox_device)

    simulate(seam, "remove", sandbox_device)

    codes = [error.error_code for error in seam.devices.get(device_id=sandbox_device.device_id).errors]
    assert codes == ["device_disconnected", "device_removed"]
    seam_sandbox.expect_event("device.removed", count=1)


def test_subscription_expires_and_is_renewed(seam, seam_sandbox):
    """A Nuki lock whose plan expired has the error subscription_required and stays online, until it is renewed."""
    lock = seam_sandbox.create_device("nuki_lock")

    simulate(seam, "paid_subscription", lock, is_expired=True)
    expired = seam.devices.get(device_id=lock.device_id)
    simulate(seam, "paid_subscription", lock, is_expired=False)
    renewed = seam.devices.get(device_id=lock.device_id)

    assert [(error.error_code, error.is_device_error) for error in expired.errors] == [("subscription_required", True)]
    assert expired.properties.online is True
    assert expired.can_simulate_paid_subscription is True
    assert renewed.errors == []


def test_subscription_events(seam, seam_sandbox):
    """Both ends of a lapse log an event, just once each; the first repeats the issues."""
    lock = seam_sandbox.create_device("nuki_lock")
    mark = len(seam_sandbox.events)

    simulate(seam, "paid_subscription", lock, is_expired=True)
    simulate(seam, "paid_subscription", lock, is_expired=True)
    simulate(seam, "paid_subscription", lock, is_expired=False)
    simulate(seam, "paid_subscription", lock, is_expired=False)

    required, resolved = seam_sandbox.events[mark:]
    assert required.event_type == "device.error.subscription_required"
    assert [error.error_code for error in required.device_errors] == ["subscription_required"]
    assert (required.device_warnings, required.connected_account_errors, required.connected_account_warnings) == (
        [],
        [],
        [],
    )
    assert resolved.event_type == "device.error.subscription_required.resolved"
    assert resolved.device_id == lock.device_id


def test_subscription_of_a_deleted_device(seam, seam_sandbox):
    """A lapse that nobody noticed before the device was deleted leaves no trace."""
    lock = seam_sandbox.create_device("nuki_lock")
    simulate(seam, "paid_subscription", lock, is_expired=True)

    seam.connected_accounts.delete(connected_account_id=lock.connected_account_id)

    assert seam.devices.list() == []


@pytest.mark.parametrize(
    ("device_type", "kind"),
    [
        ("nuki_lock", "disconnect"),
        ("nuki_lock", "connect"),
        ("nuki_lock", "remove"),
        ("yale_lock", "disconnect_from_hub"),
        ("yale_lock", "connect_to_hub"),
        ("igloohome_lock", "connect_to_hub"),
        ("minut_sensor", "disconnect"),
    ],
)
def test_device_type_without_the_simulation_is_refused(seam, seam_sandbox, device_type, kind):
    """A type that Seam cannot simulate answers 400 and stays as it is."""
    device = seam_sandbox.create_device(device_type)
    before = seam_sandbox.events

    with seam_raises("device_type_not_supported", status_code=400, match=device_type):
        simulate(seam, kind, device)

    assert seam_sandbox.events == before


def test_subscription_of_another_provider_is_refused(seam, sandbox_device):
    """Only Nuki has a plan that can expire."""
    with seam_raises("device_type_not_supported", status_code=400):
        simulate(seam, "paid_subscription", sandbox_device, is_expired=True)


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_device_is_not_found(seam, kind):
    """An id that names no device answers 404."""
    with seam_raises("device_not_found", status_code=404):
        getattr(seam.devices.simulate, kind)(device_id=NOTHING)


@pytest.mark.parametrize("kind", KINDS)
def test_production_workspace_is_refused(production, kind):
    """Simulations are for sandbox workspaces only."""
    device = production.client.devices.list()[0]

    with seam_raises("workspace_not_sandbox", status_code=400):
        simulate(production.client, kind, device)

    assert production.client.devices.get(device_id=device.device_id).errors == []


def test_production_devices_have_no_simulation_flags(production):
    """The can_simulate_* flags are absent outside a sandbox."""
    device = shown(production.client, production.client.devices.list()[0])

    assert [flag for flag in device if flag.startswith("can_simulate_")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_phone_is_refused(seam, seam_sandbox, sandbox_phone, kind):
    """A phone cannot be disconnected: it is deactivated."""
    with seam_raises("device_type_not_supported", status_code=400, match="android_phone"):
        simulate(seam, kind, sandbox_phone)

    assert seam.phones.get(device_id=sandbox_phone.device_id).errors == []


def test_client_session_may_not_simulate(seam_sandbox, seam_client, sandbox_device):
    """A plain client session may not break anything; one of a customer's portal may."""
    account_id = sandbox_device.connected_account_id
    plain = seam_client.client_sessions.create(connected_account_ids=[account_id])
    portal = seam_client.client_sessions.create(connected_account_ids=[account_id], customer_key="acme")
    body = {"device_id": sandbox_device.device_id}

    with seam_sandbox.http() as app:
        refused = app.post(
            "/devices/simulate/disconnect", json=body, headers={"authorization": f"Bearer {plain.token}"}
        )
        allowed = app.post(
            "/devices/simulate/disconnect", json=body, headers={"authorization": f"Bearer {portal.token}"}
        )

    assert (refused.status_code, allowed.status_code) == (401, 200)


def test_is_expired_is_required(seam_http, seam_sandbox):
    """Whether the plan expires or is renewed has to be said."""
    lock = seam_sandbox.create_device("nuki_lock")

    answer = seam_http.post("/devices/simulate/paid_subscription", json={"device_id": lock.device_id})

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_input")


def test_device_that_is_born_offline(seam, seam_sandbox):
    """A device made with online=False logs device.added only, and comes online by simulate/connect."""
    device = seam_sandbox.create_device(online=False)
    born = types(seam_sandbox.events)

    with seam_sandbox.expecting("device.connected", device_id=device.device_id):
        simulate(seam, "connect", device)

    assert born == ["connected_account.connected", "device.added"]
    assert device.properties.online is False


def test_new_device_of_a_lost_account_is_offline(seam, seam_sandbox):
    """A device that appears while its account is disconnected is not online."""
    account = seam_sandbox.create_connected_account()
    seam.connected_accounts.simulate.disconnect(connected_account_id=account.connected_account_id)

    device = seam_sandbox.create_device(connected_account_id=account.connected_account_id)

    assert device.properties.online is False
    assert [error.error_code for error in device.errors] == ["account_disconnected"]
    seam_sandbox.expect_no_event("device.connected")
