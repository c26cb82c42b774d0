"""Seam does not do everything with its answer: a device shows later what happened to it, a phone is gone later."""

import pytest
from seam import SeamHttpApiError

from pytest_seam_sandbox import ExpectationFailed, Sandbox
from pytest_seam_sandbox.stateful import OutageSpec, SandboxMachine

LATE = pytest.mark.seam(state_latency=30)
SLOW = pytest.mark.seam(deactivation_latency=20, world="hotel")


@pytest.fixture(autouse=True)
def standing_clock(seam_sandbox):
    """No second passes by itself, however slow the machine is."""
    seam_sandbox.clock.freeze()


def types(events):
    return [event.event_type for event in events]


# the state of devices


@LATE
@pytest.mark.parametrize(
    ("enter", "leave", "code"),
    [
        ("disconnect", "connect", "device_disconnected"),
        ("disconnect_from_hub", "connect_to_hub", "hub_disconnected"),
    ],
)
def test_device_shows_a_simulation_later(seam_sandbox, sandbox_device, seam_client, enter, leave, code):
    """The answer comes at once; error, flag and event come when Seam notices, and so do those of the recovery."""
    device_id = sandbox_device.device_id

    def shown():
        device = seam_client.devices.get(device_id=device_id)
        return [error.error_code for error in device.errors], device.properties.online

    getattr(seam_client.devices.simulate, enter)(device_id=device_id)
    assert shown() == ([], True)
    seam_sandbox.clock.advance(29)
    seam_sandbox.expect_no_event("device.disconnected")
    seam_sandbox.clock.advance(1)
    assert shown() == ([code], False)
    seam_sandbox.expect_event("device.disconnected", count=1, error_code=code)

    getattr(seam_client.devices.simulate, leave)(device_id=device_id)
    assert shown() == ([code], False)
    seam_sandbox.clock.advance(30)
    assert shown() == ([], True)


@LATE
def test_command_reaches_a_device_that_seam_still_takes_for_online(seam_sandbox, sandbox_device, seam_client):
    """As long as Seam has not noticed, an attempt ends as before."""
    seam_client.devices.simulate.disconnect(device_id=sandbox_device.device_id)

    assert seam_client.locks.unlock_door(device_id=sandbox_device.device_id).status == "success"


@LATE
@pytest.mark.parametrize("kind", ["disconnected", "hub_disconnected", "removed", "account_disconnected"])
def test_outage_waits_until_it_shows(seam_sandbox, sandbox_device, kind):
    """Entering and leaving wait in sandbox time."""
    with getattr(seam_sandbox, kind)(sandbox_device) as outage:
        assert seam_sandbox.get_device(sandbox_device).properties.online is False

    assert seam_sandbox.get_device(sandbox_device).properties.online is True
    assert types(outage.events)[-1] in ("device.connected", "connected_account.completed_first_sync_after_reconnection")


@LATE
def test_plan_that_expires_later(seam_sandbox):
    """Seam polls the provider for the plan, too."""
    lock = seam_sandbox.create_device("nuki_lock")
    seam_sandbox.backend.api.call("/devices/simulate/paid_subscription", device_id=lock.device_id, is_expired=True)
    seam_sandbox.clock.advance(29)
    seam_sandbox.expect_no_event("device.error.subscription_required")

    seam_sandbox.expect_device_error(lock, "subscription_required")  # waits
    seam_sandbox.backend.api.call("/devices/simulate/paid_subscription", device_id=lock.device_id, is_expired=False)
    seam_sandbox.clock.advance(30)

    with seam_sandbox.subscription_expired(lock):
        pass
    seam_sandbox.expect_no_device_error(lock)


@LATE
def test_expectation_of_an_error_gives_up_after_the_latency(seam_sandbox, sandbox_device):
    """What does not come within the latency does not come."""
    before = seam_sandbox.clock.now()

    with pytest.raises(
        ExpectationFailed, match="expected the error 'hub_disconnected' on GARAGE, but it has no errors"
    ):
        seam_sandbox.expect_device_error(sandbox_device, "hub_disconnected")

    assert (seam_sandbox.clock.now() - before).total_seconds() >= 30


@LATE
@pytest.mark.parametrize("path", ["connect", "disconnect", "remove"])
def test_device_that_is_gone_before_seam_notices(seam_sandbox, sandbox_device, seam_client, path):
    """Nothing is left to notice."""
    seam_sandbox.backend.api.call(f"/devices/simulate/{path}", device_id=sandbox_device.device_id)
    seam_client.connected_accounts.delete(connected_account_id=sandbox_device.connected_account_id)

    seam_sandbox.clock.advance(60)

    assert types(seam_sandbox.events)[-1] == "connected_account.deleted"


@LATE
@pytest.mark.parametrize("path", ["connect", "disconnect"])
def test_device_that_is_removed_before_seam_notices(seam_sandbox, sandbox_device, path):
    """A removed device is silent."""
    for one in ("disconnect", path):
        seam_sandbox.backend.api.call(f"/devices/simulate/{one}", device_id=sandbox_device.device_id)
        seam_sandbox.clock.advance(10)
    seam_sandbox.set_error(sandbox_device, "device_removed")
    seam_sandbox.clock.advance(60)

    assert types(seam_sandbox.events)[-1] == "device.removed"


@LATE
def test_removed_device_whose_record_goes_before_it_is_back(seam_sandbox, sandbox_device, seam_client):
    """Leaving the outage finds a deleted record."""
    removed = seam_sandbox.removed(sandbox_device)
    removed.begin()
    removed.end()
    seam_sandbox.backend.unfinished.unentered.clear()
    seam_client.connected_accounts.delete(connected_account_id=sandbox_device.connected_account_id)

    seam_sandbox.clock.advance(60)

    assert seam_sandbox.devices == []


@pytest.mark.parametrize("kind", ["disconnected", "hub_disconnected", "removed", "account_disconnected"])
def test_machine_heals_what_shows_late(kind):
    """An outage that ends before it shows is over in the end all the same."""

    class Late(SandboxMachine):
        sandbox_settings = {"state_latency": 30}  # noqa: RUF012 - as users write it

    with Late.again() as machine:
        machine.begin_outage(outage=OutageSpec(kind, "GARAGE"))
        machine.end_outage(outage=OutageSpec(kind, "GARAGE"))
        machine.quiesce()

        assert machine.sandbox.get_device("GARAGE").properties.online is True


@LATE
def test_account_shows_its_loss_later(seam_sandbox, sandbox_device, seam_client):
    """Seam notices with its poller that a login works no more; the new login heals at once, as Seam's own page sees it."""
    account_id = sandbox_device.connected_account_id

    def shown():
        account = seam_client.connected_accounts.get(connected_account_id=account_id)
        device = seam_client.devices.get(device_id=sandbox_device.device_id)
        return [error.error_code for error in account.errors], device.properties.online

    seam_client.connected_accounts.simulate.disconnect(connected_account_id=account_id)
    assert shown() == ([], True)
    seam_sandbox.clock.advance(29)
    seam_sandbox.expect_no_event("connected_account.disconnected")
    seam_sandbox.clock.advance(1)

    assert shown() == (["account_disconnected"], False)
    seam_sandbox.expect_event("connected_account.disconnected", count=1)
    webview = seam_client.connect_webviews.create()
    seam_sandbox.complete_login(webview, email="jane@example.com")
    assert shown() == ([], True)


@LATE
@pytest.mark.parametrize("by", ["login", "deletion"])
def test_loss_that_is_over_before_seam_notices(seam_sandbox, sandbox_device, seam_client, by):
    """A new login works, and what is deleted has nothing to lose."""
    account_id = sandbox_device.connected_account_id
    seam_client.connected_accounts.simulate.disconnect(connected_account_id=account_id)
    seam_sandbox.clock.advance(10)
    if by == "login":
        seam_sandbox.complete_login(seam_client.connect_webviews.create(), email="jane@example.com")
    else:
        seam_client.connected_accounts.delete(connected_account_id=account_id)

    seam_sandbox.clock.advance(60)

    seam_sandbox.expect_no_event("connected_account.disconnected")
    assert [account.errors for account in seam_client.connected_accounts.list()] == [[]] * (by == "login")


@LATE
def test_thermostat_shows_later_what_happens_at_it(seam_sandbox, seam_client):
    """A mode that somebody sets by hand, and the temperature; one that goes before that tells nothing."""
    thermostat = seam_sandbox.create_device("ecobee_thermostat").device_id
    other = seam_sandbox.create_connected_account("ecobee").connected_account_id
    gone = seam_sandbox.create_device("ecobee_thermostat", connected_account_id=other).device_id

    def shown():
        properties = seam_client.devices.get(device_id=thermostat).properties
        return properties.current_climate_setting.hvac_mode_setting, properties.temperature_celsius

    before = shown()
    for device_id in (thermostat, gone):
        seam_client.thermostats.simulate.hvac_mode_adjusted(device_id=device_id, hvac_mode="off")
        seam_client.thermostats.simulate.temperature_reached(device_id=device_id, temperature_celsius=31)
    seam_client.connected_accounts.delete(connected_account_id=other)
    seam_sandbox.clock.advance(29)
    assert shown() == before
    seam_sandbox.clock.advance(1)

    assert shown() == ("off", 31)
    seam_sandbox.expect_event("thermostat.manually_adjusted", count=1, device_id=thermostat)


@LATE
def test_sensor_tells_of_noise_later(seam_sandbox, seam_client):
    """Nothing, if it is gone by then."""
    sensor = seam_sandbox.create_device("minut_sensor").device_id
    seam_client.noise_sensors.simulate.trigger_noise_threshold(device_id=sensor)
    seam_sandbox.expect_no_event("noise_sensor.noise_threshold_triggered")
    seam_sandbox.clock.advance(30)
    seam_sandbox.expect_event("noise_sensor.noise_threshold_triggered", count=1)

    seam_client.noise_sensors.simulate.trigger_noise_threshold(device_id=sensor)
    seam_client.connected_accounts.delete(
        connected_account_id=seam_client.connected_accounts.list()[0].connected_account_id
    )
    seam_sandbox.clock.advance(30)

    assert types(seam_sandbox.events)[-1] == "connected_account.deleted"


@LATE
@pytest.mark.parametrize(
    ("kind", "event_type"),
    [
        ("low_battery", "device.low_battery"),
        ("accessory_keypad_disconnected", "device.accessory_keypad_disconnected"),
        ("code_modified_external_to_seam", "access_code.modified_external_to_seam"),
        ("code_deleted_external_to_seam", "access_code.deleted_external_to_seam"),
    ],
)
def test_outage_without_an_endpoint_shows_later(seam_sandbox, kind, event_type):
    """The provider tells Seam when it asks; entering and leaving wait for it."""
    lock = seam_sandbox.create_device("august_lock", properties={"accessory_keypad": {"is_connected": True}})
    code = seam_sandbox.create_access_code(lock)
    target = code if kind.startswith("code") else lock
    outage = seam_sandbox.outage(kind, target)
    before = seam_sandbox.clock.now()

    with outage:
        seam_sandbox.expect_event(event_type, count=1)
        assert (seam_sandbox.clock.now() - before).total_seconds() >= 30


@LATE
@pytest.mark.parametrize(
    "kind",
    [
        "low_battery",
        "accessory_keypad_disconnected",
        "code_modified_external_to_seam",
        "code_deleted_external_to_seam",
    ],
)
def test_device_that_goes_before_its_provider_has_told(seam_sandbox, sandbox_device, seam_client, kind):
    """Nothing is left to tell."""
    lock = seam_sandbox.create_device("august_lock", properties={"accessory_keypad": {"is_connected": True}})
    code = seam_sandbox.create_access_code(lock)
    outage = seam_sandbox.outage(kind, code if kind.startswith("code") else lock)
    outage.begin()
    outage.end()
    seam_sandbox.backend.unfinished.unentered.clear()
    seam_client.connected_accounts.delete(connected_account_id=lock.connected_account_id)

    seam_sandbox.clock.advance(60)

    assert types(seam_sandbox.events)[-1] == "connected_account.deleted"


# the deactivation of phones


@SLOW
def test_phone_is_gone_later(seam_sandbox, seam_client):
    """Its keys are being deleted until then, those of other phones are not; the event tells that it is done."""
    phone = seam_client.phones.list()[0]
    held = [
        one.acs_credential_id
        for one in seam_client.acs.credentials.list()
        if one.access_method == "mobile_key"
        and not one.is_multi_phone_sync_credential
        and phone.device_id in {p.device_id for p in seam_client.phones.list(acs_credential_id=one.acs_credential_id)}
    ]

    def leaving():
        return {
            one.acs_credential_id
            for one in seam_client.acs.credentials.list()
            if "being_deleted" in [warning.warning_code for warning in one.warnings]
        }

    for _ in range(2):  # asked again, it is the same deactivation
        seam_client.phones.deactivate(device_id=phone.device_id)
    assert seam_client.phones.get(device_id=phone.device_id).device_id == phone.device_id
    assert held
    assert leaving() == set(held)
    seam_sandbox.expect_no_event("phone.deactivated")

    seam_sandbox.clock.advance(20)

    seam_sandbox.expect_event("phone.deactivated", count=1, device_id=phone.device_id)
    for key in held:
        seam_sandbox.expect_event("acs_credential.deleted", count=1, acs_credential_id=key)
    with pytest.raises(SeamHttpApiError):
        seam_client.phones.get(device_id=phone.device_id)


@SLOW
def test_deactivation_waits_for_the_event(seam_sandbox):
    """The outage waits in sandbox time, as Seam's guide polls for the event."""
    with seam_sandbox.deactivated(seam_sandbox.phones[0], replace=True) as deactivation:
        assert deactivation.phone.device_id not in {phone.device_id for phone in seam_sandbox.phones}

    assert deactivation.replacement in seam_sandbox.phones


def test_latencies_are_zero_by_default():
    """Without these settings all is done with the answer."""
    sandbox = Sandbox()
    phone = sandbox.create_phone()

    sandbox.backend.api.call("/phones/deactivate", device_id=phone.device_id)

    assert (sandbox.phones, sandbox.backend.latency) == ([], 0)
