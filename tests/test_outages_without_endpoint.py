"""Outages that Seam has no endpoint for: each begins, shows, heals, and refuses what cannot suffer it."""

import pytest

from pytest_seam_sandbox import ExpectationFailed, OutageNotPossible, SandboxError
from pytest_seam_sandbox.backends.provision import EmbeddedProvision
from pytest_seam_sandbox.outages import OutageSpec, possible_outages
from pytest_seam_sandbox.strategies import OutagePlan, PlannedOutage
from pytest_seam_sandbox.sweep import sweep


def types(events):
    return [event.event_type for event in events]


def codes(conditions):
    return [getattr(one, "error_code", None) or one.warning_code for one in conditions]


@pytest.fixture
def code(seam_sandbox, sandbox_device):
    return seam_sandbox.create_access_code(sandbox_device, code="4321", name="Ann")


@pytest.fixture
def system(seam_sandbox):
    return seam_sandbox.create_acs_system()


# a device that stays online


def test_flaky_connection(seam_sandbox, sandbox_device, seam_client):
    """The warning shows, an event tells of it, the device stays online; then the connection is stable again."""
    with seam_sandbox.flaky_connection(sandbox_device) as outage:
        shown = seam_client.devices.get(device_id=sandbox_device.device_id)
        assert (codes(shown.warnings), shown.properties.online) == (["device_has_flaky_connection"], True)
        told = outage.expect_event("device.connection_became_flaky", count=1)
        assert codes(told.device_warnings) == ["device_has_flaky_connection"]
        assert codes(outage.device.warnings) == ["device_has_flaky_connection"]

    assert types(outage.events) == ["device.connection_became_flaky", "device.connection_stabilized"]
    assert seam_sandbox.get_device(sandbox_device).warnings == []


def test_flaky_connection_that_the_test_has_ended(seam_sandbox, sandbox_device):
    """Leaving finds a stable connection, and that is what it wants."""
    with seam_sandbox.flaky_connection(sandbox_device) as outage:
        seam_sandbox.clear_warning(sandbox_device, "device_has_flaky_connection")

    outage.expect_event("device.connection_stabilized", count=1)


@pytest.mark.parametrize(("level", "status"), [(0.1, "critical"), (0.25, "low"), (0, "critical")])
def test_low_battery(seam_sandbox, sandbox_device, seam_client, level, status):
    """Charge and status show inside the block; two events tell of it, one of the new battery."""
    before = sandbox_device.properties.battery_level

    with seam_sandbox.low_battery(sandbox_device, level=level) as outage:
        shown = seam_client.devices.get(device_id=sandbox_device.device_id).properties
        assert (shown.battery_level, shown.battery.level, shown.battery.status) == (level, level, status)
        event = outage.expect_event("device.low_battery", count=1, battery_level=level)
        assert event.battery_source == "lock"

    assert types(outage.events) == [
        "device.battery_status_changed",
        "device.low_battery",
        "device.battery_status_changed",
    ]
    after = seam_client.devices.get(device_id=sandbox_device.device_id).properties
    assert (after.battery_level, after.battery.status) == (before, "full")


def test_battery_of_what_is_no_lock_has_no_source(seam_sandbox):
    """Seam says of a lock which of its batteries is low."""
    sensor = seam_sandbox.create_device("minut_sensor")

    with seam_sandbox.low_battery(sensor) as outage:
        event = outage.expect_event("device.low_battery")

    assert not hasattr(event, "battery_source")


def test_same_word_for_a_charge_is_no_event(seam_sandbox, sandbox_device):
    """Seam tells of a battery when the word for its charge changes."""
    start = len(seam_sandbox.events)

    seam_sandbox.backend.provision.set_battery(sandbox_device.device_id, 0.9)
    seam_sandbox.backend.provision.set_battery(sandbox_device.device_id, 0.2)
    seam_sandbox.backend.provision.set_battery(sandbox_device.device_id, 0.05)

    assert types(seam_sandbox.events[start:]) == [
        "device.battery_status_changed",
        "device.low_battery",
        "device.battery_status_changed",
    ]


@pytest.mark.parametrize("level", [0.31, -0.1, True, "low", None, float("nan")])
def test_charge_that_is_not_low(seam_sandbox, sandbox_device, level):
    """A charge that Seam would not call low is refused."""
    with pytest.raises(
        SandboxError, match=r"level is .*; it takes the charge of a low battery, a number from 0 to 0.3"
    ):
        seam_sandbox.low_battery(sandbox_device, level=level)


def test_battery_heals_while_the_lock_is_offline(seam_sandbox, sandbox_device):
    """The charge does not show then; it does when the lock is back."""
    outage = seam_sandbox.low_battery(sandbox_device).__enter__()
    with seam_sandbox.disconnected(sandbox_device):
        outage.__exit__(None, None, None)

    assert seam_sandbox.get_device(sandbox_device).properties.battery_level == sandbox_device.properties.battery_level


def test_keypad_comes_off(seam_sandbox, sandbox_device, seam_client):
    """No code is programmed meanwhile; it is when the keypad is back."""
    lock = sandbox_device.device_id
    with seam_sandbox.accessory_keypad_disconnected(sandbox_device) as outage:
        shown = seam_client.devices.get(device_id=lock)
        assert (shown.can_program_online_access_codes, shown.properties.accessory_keypad.is_connected) == (False, False)
        assert shown.properties.online
        late = seam_client.access_codes.create(device_id=lock, code="5678")
        assert seam_client.access_codes.get(access_code_id=late.access_code_id).status == "setting"

    assert types(outage.events)[0] == "device.accessory_keypad_disconnected"
    outage.expect_event("device.accessory_keypad_connected", count=1)
    assert seam_client.access_codes.get(access_code_id=late.access_code_id).status == "set"


@pytest.mark.parametrize("kind", ["flaky_connection", "low_battery", "accessory_keypad_disconnected"])
@pytest.mark.parametrize("state", ["offline", "removed", "not managed", "again"])
def test_device_that_cannot_suffer_it(seam_sandbox, sandbox_device, kind, state):
    """Seam would tell nothing of such a device, or has told it already."""
    if state == "again":
        getattr(seam_sandbox, kind)(sandbox_device).begin()
        seam_sandbox.backend.unfinished.unentered.clear()
    elif state == "not managed":
        seam_sandbox.backend.api.call("/devices/update", device_id=sandbox_device.device_id, is_managed=False)
    else:
        path = {"offline": "disconnect", "removed": "remove"}[state]
        seam_sandbox.backend.api.call(f"/devices/simulate/{path}", device_id=sandbox_device.device_id)

    with pytest.raises(OutageNotPossible, match=rf"{kind}\(GARAGE\) is not possible: "):
        getattr(seam_sandbox, kind)(sandbox_device).__enter__()

    assert possible_outages(seam_sandbox, [kind]) == []


def test_device_without_the_part(seam_sandbox):
    """A device that has no battery or no keypad loses none."""
    plug = seam_sandbox.create_device("nest_thermostat")

    with pytest.raises(OutageNotPossible, match="it has no keypad that could come off"):
        seam_sandbox.accessory_keypad_disconnected(plug).__enter__()


# accounts and access systems


def test_bridge_takes_devices_and_systems_along(seam_sandbox, system, seam_client):
    """All behind the bridge is unreachable inside the block, and back after it."""
    account = system.connected_account_id
    lock = seam_sandbox.create_device("brivo_access_point", connected_account_id=account)

    with seam_sandbox.bridge_disconnected(account) as outage:
        assert codes(seam_client.connected_accounts.get(connected_account_id=account).errors) == ["bridge_disconnected"]
        assert codes(seam_client.devices.get(device_id=lock.device_id).errors) == ["bridge_disconnected"]
        assert codes(seam_client.acs.systems.get(acs_system_id=system.acs_system_id).errors) == ["bridge_disconnected"]
        outage.expect_event("device.disconnected", count=1, error_code="account_disconnected")

    assert sorted(types(outage.events)) == sorted(
        f"{one}.{what}"
        for one in ("connected_account", "device", "acs_system")
        for what in ("disconnected", "connected")
    )
    assert seam_client.connected_accounts.get(connected_account_id=account).errors == []


def test_bridge_and_login_of_one_account(seam_sandbox, sandbox_device):
    """The account tells once that it is gone and once that it is back, whatever is healed first."""
    login = seam_sandbox.account_disconnected(sandbox_device)
    with seam_sandbox.bridge_disconnected(sandbox_device) as outage, login:
        pass
    told = [one for one in types(outage.events) if one.startswith("connected_account.")]
    assert told.count("connected_account.disconnected") == 1

    bridge = seam_sandbox.bridge_disconnected(sandbox_device)
    with seam_sandbox.account_disconnected(sandbox_device) as outage:
        bridge.__enter__()
        outage.__exit__(None, None, None)
        bridge.__exit__(None, None, None)

    assert seam_sandbox.get_device(sandbox_device).errors == []


def test_bridge_of_an_account_that_is_lost_already(seam_sandbox, system):
    """Its outage begins and ends unseen; the account is back with its new login."""
    account = system.connected_account_id

    with seam_sandbox.account_disconnected(account):
        with seam_sandbox.bridge_disconnected(account) as outage:
            assert codes(outage.account.errors) == ["account_disconnected", "bridge_disconnected"]
        assert types(outage.events) == []
        assert codes(seam_sandbox.get_connected_account(account).errors) == ["account_disconnected"]


def test_bridge_that_runs_again_by_itself(seam_sandbox, sandbox_device):
    """Leaving finds nothing to heal."""
    with seam_sandbox.bridge_disconnected(sandbox_device) as outage:
        seam_sandbox.clear_error(outage.account, "bridge_disconnected")

    outage.expect_event("connected_account.connected", count=1)


def test_access_system_is_lost(seam_sandbox, system, seam_client):
    """What is to be issued meanwhile waits until the system is back."""
    with seam_sandbox.acs_system_disconnected(system) as outage:
        assert codes(outage.acs_system.errors) == ["acs_system_disconnected"]
        shown = seam_client.acs.systems.get(acs_system_id=system.acs_system_id)
        assert codes(shown.errors) == ["acs_system_disconnected"]
        key = seam_sandbox.create_acs_credential()
        assert key.is_issued is False

    assert (types(outage.events)[0], "acs_system.connected" in types(outage.events)) == (
        "acs_system.disconnected",
        True,
    )
    assert seam_client.acs.credentials.get(acs_credential_id=key.acs_credential_id).acs_system_id == key.acs_system_id


def test_access_system_that_is_lost_already(seam_sandbox, system):
    """Another error tells no second time; the same error cannot begin again."""
    with seam_sandbox.bridge_disconnected(system.connected_account_id):
        outage, again = (seam_sandbox.acs_system_disconnected(one) for one in (system.name, system.acs_system_id))
        with outage, pytest.raises(OutageNotPossible, match="the system is disconnected already"):
            again.__enter__()
        assert types(outage.events) == []

    with seam_sandbox.acs_system_disconnected(system):
        seam_sandbox.clear_error(system, "acs_system_disconnected")


def test_access_system_of_a_deleted_account_stays_away(seam_sandbox, system, seam_client):
    """What is gone is not healed."""
    with seam_sandbox.acs_system_disconnected(system) as outage:
        seam_client.connected_accounts.delete(connected_account_id=system.connected_account_id)

    assert types(outage.events)[-1] != "acs_system.connected"
    assert "cannot be healed: the access system is gone" in seam_sandbox.timeline


# access codes


def test_code_is_changed_at_the_lock(seam_sandbox, code, seam_client):
    """The error says what was changed, and Seam sets the code again."""
    with seam_sandbox.code_modified_external_to_seam(code) as outage:
        (error,) = seam_client.access_codes.get(access_code_id=code.access_code_id).errors
        assert (error.error_code, error.change_type) == ("conflicting_external_modification", "modified")
        (field,) = error.modified_fields
        assert (field.field, field.from_, field.to != "4321") == ("code", "4321", True)
        opened = seam_client.locks.simulate.keypad_code_entry(device_id=code.device_id, code=field.to)
        assert opened.status == "success"
        outage.expect_event("lock.unlocked", access_code_id=code.access_code_id)

    outage.expect_event("access_code.modified_external_to_seam", count=1)
    outage.expect_event("access_code.set_on_device", count=1)
    healed = seam_client.access_codes.get(access_code_id=code.access_code_id)
    assert (healed.code, healed.status, healed.errors) == ("4321", "set", [])


def test_code_that_may_be_changed_at_the_lock(seam_sandbox, code, seam_client):
    """Seam takes the new PIN over, with a warning, until somebody changes it back."""
    seam_client.access_codes.update(access_code_id=code.access_code_id, is_external_modification_allowed=True)

    with seam_sandbox.code_modified_external_to_seam("Ann") as outage:
        shown = seam_client.access_codes.get(access_code_id=code.access_code_id)
        assert (codes(shown.warnings), shown.errors) == (["external_modification_in_effect"], [])
        assert shown.code != "4321"
        seam_sandbox.clock.advance(3600)
        assert seam_client.access_codes.get(access_code_id=code.access_code_id).code == shown.code

    outage.expect_event("access_code.modified_external_to_seam", count=2)
    assert seam_client.access_codes.get(access_code_id=code.access_code_id).code == "4321"


@pytest.mark.parametrize("name", ["allow_external_modification", "is_external_modification_allowed"])
@pytest.mark.parametrize("how", ["create", "create_multiple"])
def test_new_code_that_may_be_changed_at_the_lock(seam_sandbox, sandbox_device, seam_client, how, name):
    """Whoever makes it says so, under either name and for several locks at once, too."""
    lock = sandbox_device.device_id
    where = {"device_id": lock} if how == "create" else {"device_ids": [lock]}
    made = getattr(seam_client.access_codes, how)(**where, **{name: True})
    code = made if how == "create" else made[0]

    with seam_sandbox.code_modified_external_to_seam(code):
        shown = seam_client.access_codes.get(access_code_id=code.access_code_id)
        assert (codes(shown.warnings), shown.errors) == (["external_modification_in_effect"], [])


@pytest.mark.parametrize("allowed", [True, False])
def test_code_is_erased_at_the_lock(seam_sandbox, code, seam_client, allowed):
    """It is not on the lock until Seam has set it again."""
    seam_client.access_codes.update(access_code_id=code.access_code_id, is_external_modification_allowed=allowed)

    with seam_sandbox.code_deleted_external_to_seam(code) as outage:
        shown = seam_client.access_codes.get(access_code_id=code.access_code_id)
        assert (shown.status, codes(shown.errors)) == ("setting", ["conflicting_external_modification"])
        assert (shown.errors[0].change_type, shown.is_external_modification_allowed) == ("removed", allowed)

    assert types(outage.events) == ["access_code.deleted_external_to_seam", "access_code.set_on_device"]
    assert seam_client.access_codes.get(access_code_id=code.access_code_id).status == "set"


@pytest.mark.parametrize("kind", ["code_modified_external_to_seam", "code_deleted_external_to_seam"])
def test_seam_sets_the_code_at_its_next_poll(seam_sandbox, code, seam_client, kind):
    """Ten minutes later the code is back, although the block lasts."""
    with getattr(seam_sandbox, kind)(code) as outage:
        seam_sandbox.clock.advance(600)
        healed = seam_client.access_codes.get(access_code_id=code.access_code_id)
        assert (healed.status, healed.errors) == ("set", [])

    outage.expect_event("access_code.set_on_device", count=1)


@pytest.mark.parametrize("kind", ["code_modified_external_to_seam", "code_deleted_external_to_seam"])
def test_code_that_goes_meanwhile(seam_sandbox, code, seam_client, kind):
    """A code that is deleted is not healed; one whose lock is offline is set when the lock is back."""
    with getattr(seam_sandbox, kind)(code):
        seam_client.access_codes.delete(access_code_id=code.access_code_id)

    other = seam_sandbox.create_access_code(code.device_id, code="7777", name="Ben")
    outage = getattr(seam_sandbox, kind)(other).__enter__()
    with seam_sandbox.disconnected(other.device_id):
        outage.__exit__(None, None, None)
        assert seam_client.access_codes.get(access_code_id=other.access_code_id).status == "setting"

    assert seam_client.access_codes.get(access_code_id=other.access_code_id).status == "set"
    seam_sandbox.clock.advance(600)


def test_code_that_ends_or_is_deleted_while_it_is_changed(seam_sandbox, code, seam_client):
    """Seam does not set a code again that has to go: it is erased when the lock is back."""
    outage = seam_sandbox.code_modified_external_to_seam(code).__enter__()
    with seam_sandbox.disconnected(code.device_id):
        seam_client.access_codes.delete(access_code_id=code.access_code_id)
        outage.__exit__(None, None, None)
        assert seam_client.access_codes.get(access_code_id=code.access_code_id).status == "removing"

    assert seam_sandbox.access_codes == []


def test_codes_that_cannot_be_changed_at_the_lock(seam_sandbox, code, seam_client):
    """Only what is on a lock that Seam reaches can be changed there so that Seam tells of it."""
    igloo = seam_sandbox.create_device("igloohome_lock")
    times = {"starts_at": "2040-01-01T00:00:00Z", "ends_at": "2040-01-01T10:00:00Z"}
    computed = seam_client.access_codes.create(device_id=igloo.device_id, is_offline_access_code=True, **times)
    later = seam_client.access_codes.create(device_id=code.device_id, name="Later", **times)
    seam_client.access_codes.simulate.create_unmanaged_access_code(device_id=code.device_id, code="8888", name="Own")
    unmanaged = next(one for one in seam_sandbox.access_codes if not one.is_managed)

    assert possible_outages(seam_sandbox, ["code_deleted_external_to_seam"]) == [
        OutageSpec("code_deleted_external_to_seam", "Ann")
    ]
    for one, text in [(computed, "the lock computes"), (later, "the status of the access code is unset")]:
        with pytest.raises(OutageNotPossible, match=text):
            seam_sandbox.code_deleted_external_to_seam(one).__enter__()
    with pytest.raises(SandboxError, match="that Seam manages in this sandbox"):
        seam_sandbox.code_deleted_external_to_seam(unmanaged)
    for around, text in [
        (seam_sandbox.code_modified_external_to_seam(code), "was changed outside Seam already"),
        (seam_sandbox.disconnected(code.device_id), "the lock is offline"),
    ]:
        with around, pytest.raises(OutageNotPossible, match=text):
            seam_sandbox.code_deleted_external_to_seam(code).__enter__()


# wherever outages are used


KINDS = {
    "make_flaky": ("flaky_connection", "GARAGE"),
    "drain_battery": ("low_battery", "GARAGE"),
    "disconnect_keypad": ("accessory_keypad_disconnected", "GARAGE"),
    "disconnect_bridge": ("bridge_disconnected", "GARAGE"),
    "disconnect_acs_system": ("acs_system_disconnected", "Visionline"),
    "modify_code": ("code_modified_external_to_seam", "Ann"),
    "delete_code": ("code_deleted_external_to_seam", "Ann"),
}


@pytest.mark.usefixtures("code", "system")
@pytest.mark.parametrize("option", KINDS)
def test_sweep_places_it_at_each_call(seam_sandbox, seam_client, option):
    """An option of a sweep, by name."""
    _, name = KINDS[option]
    trials = 0

    for trial in sweep(seam_sandbox, **{option: name}):
        with trial:
            trials += 1
            seam_client.devices.list()

    assert trials == 3


@pytest.mark.usefixtures("code", "system")
@pytest.mark.parametrize("option", KINDS)
def test_plan_has_it(seam_sandbox, option):
    """Twice in a row, beside an outage of the device that ends later."""
    kind, name = KINDS[option]
    plan = OutagePlan([PlannedOutage(kind, name, start=0, duration=5), PlannedOutage(kind, name, start=9, duration=5)])

    moments = list(plan.play(seam_sandbox))

    assert [len(moment.active) for moment in moments] == [1, 0, 1, 0]


@pytest.mark.parametrize("kind", ["acs_system_disconnected", "code_modified_external_to_seam"])
def test_target_that_is_not_there(seam_sandbox, code, system, kind):
    """The message says what is there."""
    with pytest.raises(SandboxError, match=rf"no .* 'Nobody' in this sandbox; it has .*'({code.name}|{system.name})'"):
        getattr(seam_sandbox, kind)("Nobody")


BREAKS = {
    "flaky_connection": "set_mark",
    "low_battery": "set_battery",
    "accessory_keypad_disconnected": "set_keypad",
    "bridge_disconnected": "set_mark",
    "acs_system_disconnected": "set_mark",
    "code_modified_external_to_seam": "change_code_outside",
    "code_deleted_external_to_seam": "change_code_outside",
}


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("kind", BREAKS)
def test_outage_that_does_not_show_is_told(monkeypatch, seam_sandbox, sandbox_device, code, kind):
    """Entering asserts what must appear."""
    target = code if kind.startswith("code_") else "Visionline" if kind.startswith("acs_") else sandbox_device
    outage = getattr(seam_sandbox, kind)(target)
    monkeypatch.setattr(EmbeddedProvision, BREAKS[kind], lambda *_args, **_named: None)

    with pytest.raises(ExpectationFailed):
        outage.__enter__()
