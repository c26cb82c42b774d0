"""Codes that Seam does not manage: put on a lock by somebody else, given up, taken over, erased."""

from datetime import timedelta

import pytest

from families.codes import log
from pytest_seam_sandbox import seam_raises

NOTHING = "00000000-0000-4000-8000-000000000000"


def strange(seam, device, code="1234", name="Stranger"):
    """A code that somebody puts on the lock past Seam."""
    return seam.access_codes.simulate.create_unmanaged_access_code(device_id=device.device_id, name=name, code=code)


def look(seam, code):
    return seam.access_codes.unmanaged.get(access_code_id=code.access_code_id)


def test_stranger_code_appears(seam, seam_sandbox, sandbox_device):
    """The code is set and unmanaged, and its event tells that it appeared."""
    code = strange(seam, sandbox_device)

    assert (code.name, code.code, code.status, code.is_managed) == ("Stranger", "1234", "set", False)
    assert look(seam, code) == code
    assert [each.access_code_id for each in seam.access_codes.unmanaged.list(device_id=sandbox_device.device_id)] == [
        code.access_code_id
    ]
    seam_sandbox.expect_event("access_code.unmanaged.created", count=1, access_code_id=code.access_code_id)


def test_stranger_code_is_no_managed_one(seam, sandbox_device):
    """The calls for managed codes do not find it."""
    code = strange(seam, sandbox_device)

    with seam_raises("not_found", status_code=404):
        seam.access_codes.get(access_code_id=code.access_code_id)
    with seam_raises("access_code_not_found", status_code=404):
        seam.access_codes.update(access_code_id=code.access_code_id, name="Mine")
    with seam_raises("access_code_not_found", status_code=404):
        seam.access_codes.delete(access_code_id=code.access_code_id)
    assert seam.access_codes.list(device_id=sandbox_device.device_id) == []


def test_managed_code_is_no_unmanaged_one(seam, seam_sandbox, sandbox_device):
    """The calls for unmanaged codes do not find a managed one."""
    code = seam_sandbox.create_access_code(sandbox_device)

    with seam_raises("not_found", status_code=404):
        look(seam, code)
    with seam_raises("access_code_not_found", status_code=404):
        seam.access_codes.unmanaged.delete(access_code_id=code.access_code_id)
    with seam_raises("access_code_not_found", status_code=404):
        seam.access_codes.unmanaged.convert_to_managed(access_code_id=code.access_code_id)
    assert seam.access_codes.unmanaged.list(device_id=sandbox_device.device_id) == []


def test_keypad_opens_to_a_stranger_code(seam, seam_sandbox, sandbox_device):
    """Whoever has a code on the lock gets in; the event says that Seam does not manage it."""
    code = strange(seam, sandbox_device)

    seam.locks.simulate.keypad_code_entry(device_id=sandbox_device.device_id, code="1234")

    seam_sandbox.expect_event(
        "lock.unlocked", count=1, access_code_id=code.access_code_id, access_code_is_managed=False
    )


@pytest.mark.parametrize("code", ["123", "123456789", "12a4"])
def test_bad_stranger_code_is_refused(seam, seam_sandbox, sandbox_device, code):
    """A PIN of 4 to 8 digits, else 400 and no code."""
    with seam_raises("invalid_input", status_code=400):
        strange(seam, sandbox_device, code)

    seam_sandbox.expect_no_event("access_code.unmanaged.created")


def test_stranger_codes_are_simulated_on_august_locks_only(seam, seam_sandbox):
    """Another lock answers 400, naming its type."""
    device = seam_sandbox.create_device("yale_lock")

    with seam_raises("device_type_not_supported", status_code=400, match="yale_lock"):
        strange(seam, device)


def test_stranger_code_on_an_unknown_lock_is_not_found(seam):
    """A device that is not there answers 404."""
    with seam_raises("device_not_found", status_code=404):
        seam.access_codes.simulate.create_unmanaged_access_code(device_id=NOTHING, name="Stranger", code="1234")


def test_simulation_in_production_is_refused(production):
    """Simulations are for sandbox workspaces only."""
    device = production.client.devices.list(device_type="august_lock")[0]

    with seam_raises("workspace_not_sandbox", status_code=400):
        strange(production.client, device)


def test_stranger_code_repeats_the_error_of_its_lock(seam, seam_sandbox, sandbox_device):
    """An unmanaged code of an offline lock says so, before and after."""
    code = strange(seam, sandbox_device)
    with seam_sandbox.disconnected(sandbox_device):
        during = [error.error_code for error in look(seam, code).errors]

    assert (during, look(seam, code).errors, look(seam, code).status) == (["device_disconnected"], [], "set")


@pytest.mark.parametrize(
    "take_over",
    [
        lambda codes, code: codes.convert_to_managed(access_code_id=code.access_code_id),
        lambda codes, code: codes.update(access_code_id=code.access_code_id, is_managed=True),
    ],
    ids=["convert_to_managed", "update"],
)
def test_stranger_code_is_taken_over(seam, seam_sandbox, sandbox_device, take_over):
    """The code keeps its id and its PIN, and is managed from then on."""
    code = strange(seam, sandbox_device)

    take_over(seam.access_codes.unmanaged, code)

    managed = seam.access_codes.get(access_code_id=code.access_code_id)
    assert (managed.is_managed, managed.code, managed.status) == (True, "1234", "set")
    assert managed.is_external_modification_allowed is False
    seam_sandbox.expect_event("access_code.unmanaged.converted_to_managed", count=1, access_code_id=code.access_code_id)


def test_take_over_may_allow_external_changes(seam, sandbox_device):
    """The permission is given along with the conversion."""
    code = strange(seam, sandbox_device)

    seam.access_codes.unmanaged.convert_to_managed(
        access_code_id=code.access_code_id, is_external_modification_allowed=True
    )

    assert seam.access_codes.get(access_code_id=code.access_code_id).is_external_modification_allowed is True


def test_update_that_keeps_the_code_unmanaged_changes_nothing(seam, seam_sandbox, sandbox_device):
    """is_managed false is what the code is already."""
    code = strange(seam, sandbox_device)

    seam.access_codes.unmanaged.update(access_code_id=code.access_code_id, is_managed=False)

    assert look(seam, code) == code
    seam_sandbox.expect_no_event("access_code.unmanaged.converted_to_managed")


def test_take_over_of_an_offline_lock_fails(seam, seam_sandbox, sandbox_device):
    """While the lock is out of reach the conversion fails with an event, and the code stays unmanaged."""
    code = strange(seam, sandbox_device)
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.unmanaged.convert_to_managed(access_code_id=code.access_code_id)

        assert look(seam, code).is_managed is False
        event = seam_sandbox.expect_event("access_code.unmanaged.failed_to_convert_to_managed", count=1)
        assert [error.error_code for error in event.device_errors] == ["device_disconnected"]


def test_take_over_twice_is_once(seam_sandbox, seam_http, seam, sandbox_device):
    """Two conversions in a row make one; the second finds a managed code."""
    code = strange(seam, sandbox_device)
    body = {"access_code_id": code.access_code_id}
    seam_sandbox.clock.freeze()

    answers = [seam_http.patch("/access_codes/unmanaged/convert_to_managed", json=body).status_code for _ in range(2)]

    assert answers == [200, 404]
    seam_sandbox.expect_event("access_code.unmanaged.converted_to_managed", count=1)


def test_take_over_while_a_managed_code_waits_for_the_pin_fails(seam, seam_sandbox, sandbox_device):
    """Two managed codes with one PIN cannot be, so the conversion fails."""
    code = strange(seam, sandbox_device)
    seam_sandbox.create_access_code(sandbox_device, code="1234")

    seam.access_codes.unmanaged.convert_to_managed(access_code_id=code.access_code_id)

    assert look(seam, code).is_managed is False
    seam_sandbox.expect_event("access_code.unmanaged.failed_to_convert_to_managed", count=1)


def test_code_of_an_unmanaged_lock_cannot_be_taken_over(seam, sandbox_device):
    """First the lock, then its codes: 400."""
    code = strange(seam, sandbox_device)
    seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)

    with seam_raises("device_unmanaged", status_code=400):
        seam.access_codes.unmanaged.convert_to_managed(access_code_id=code.access_code_id)

    assert look(seam, code).is_managed is False


@pytest.mark.parametrize("device_type", ["igloohome_lock", "kwikset_lock", "smartthings_lock"])
def test_some_providers_keep_codes_unmanaged(seam, seam_sandbox, device_type):
    """A code given up on such a lock says that there is no way back, and the conversion fails."""
    made = seam_sandbox.create_access_code(seam_sandbox.create_device(device_type), name="Jane")
    seam.access_codes.update(access_code_id=made.access_code_id, is_managed=False)
    code = look(seam, made)
    seam.access_codes.unmanaged.convert_to_managed(access_code_id=code.access_code_id)

    assert (code.cannot_be_managed, look(seam, code).is_managed) == (True, False)
    seam_sandbox.expect_event("access_code.unmanaged.failed_to_convert_to_managed", count=1)


def test_erased_stranger_code_is_gone(seam, seam_sandbox, sandbox_device):
    """The code vanishes from the lock, with its event."""
    code = strange(seam, sandbox_device)

    seam.access_codes.unmanaged.delete(access_code_id=code.access_code_id)

    with seam_raises("not_found", status_code=404):
        look(seam, code)
    seam_sandbox.expect_event("access_code.unmanaged.removed", count=1, access_code_id=code.access_code_id)
    seam_sandbox.expect_no_event("access_code.deleted")


def test_stranger_code_of_an_offline_lock_cannot_be_erased(seam, seam_sandbox, seam_http, sandbox_device):
    """The attempt fails with the reason, and the code stays."""
    code = strange(seam, sandbox_device)
    with seam_sandbox.disconnected(sandbox_device):
        answer = seam_http.post("/access_codes/unmanaged/delete", json={"access_code_id": code.access_code_id})

    attempt = answer.json()["action_attempt"]
    assert (attempt["status"], attempt["error"]["type"]) == ("error", "device_disconnected")
    assert look(seam, code).status == "set"


def test_stranger_code_of_a_lock_without_its_plan_cannot_be_erased(seam, seam_sandbox, seam_http):
    """Erasing a code needs the paid plan as setting one does."""
    lock = seam_sandbox.create_device("nuki_lock")
    code = seam.access_codes.create(device_id=lock.device_id)
    seam.access_codes.update(access_code_id=code.access_code_id, is_managed=False)
    with seam_sandbox.subscription_expired(lock):
        answer = seam_http.post("/access_codes/unmanaged/delete", json={"access_code_id": code.access_code_id})

    attempt = answer.json()["action_attempt"]
    assert (attempt["status"], attempt["error"]["type"]) == ("error", "subscription_required")
    assert look(seam, code).status == "set"


@pytest.mark.seam(action_attempts=5.0)
def test_stranger_code_that_goes_before_the_attempt_is_carried_out(seam, seam_sandbox, sandbox_device):
    """Erasing twice at once erases once."""
    code = strange(seam, sandbox_device)
    seam.access_codes.unmanaged.delete(access_code_id=code.access_code_id)
    seam.access_codes.unmanaged.delete(access_code_id=code.access_code_id)

    seam_sandbox.clock.advance(5)

    seam_sandbox.expect_event("access_code.unmanaged.removed", count=1)


def test_code_is_given_up(seam, seam_sandbox, sandbox_device):
    """With is_managed false a code stays on the lock and Seam lets go of it."""
    made = seam_sandbox.create_access_code(sandbox_device, name="Jane", code="1234")
    seam.access_codes.update(access_code_id=made.access_code_id, is_managed=False)

    code = look(seam, made)

    assert (code.name, code.code, code.status) == ("Jane", "1234", "set")
    with seam_raises("not_found", status_code=404):
        seam.access_codes.get(access_code_id=made.access_code_id)


def test_code_is_given_up_as_the_lock_knows_it(seam, seam_sandbox, sandbox_device):
    """What was only asked for is forgotten: the lock has the old PIN, name and time."""
    made = seam_sandbox.create_access_code(sandbox_device, name="Jane", code="1234")
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.update(
            access_code_id=made.access_code_id,
            name="Joe",
            code="4321",
            starts_at="2020-01-01",
            ends_at="2099-01-01",
        )
        seam.access_codes.update(access_code_id=made.access_code_id, is_managed=False)

        code = look(seam, made)

    assert (code.name, code.code, code.type) == ("Jane", "1234", "ongoing")


def test_code_that_is_not_on_the_lock_is_given_up_for_good(seam, seam_sandbox, sandbox_device):
    """There is nothing to leave on the lock."""
    with seam_sandbox.disconnected(sandbox_device):
        made = seam_sandbox.create_access_code(sandbox_device)
        seam.access_codes.update(access_code_id=made.access_code_id, is_managed=False)

        with seam_raises("not_found", status_code=404):
            look(seam, made)

    seam_sandbox.expect_event("access_code.deleted", count=1)


def test_codes_go_with_the_management_of_their_lock(seam, seam_sandbox, seam_http, sandbox_device):
    """Giving up a lock gives up its codes; backups and what never got there are gone."""
    now = seam_sandbox.clock.now()
    times = {"starts_at": now, "ends_at": now + timedelta(days=90)}
    made = seam_sandbox.create_access_code(sandbox_device, use_backup_access_code_pool=True, **times)
    later = {"starts_at": now + timedelta(days=30), "ends_at": now + timedelta(days=31)}
    seam_sandbox.create_access_code(sandbox_device, **later)
    other = strange(seam, sandbox_device, "9999")
    seam.access_codes.pull_backup_access_code(access_code_id=made.access_code_id)

    seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)

    left = seam.access_codes.unmanaged.list(device_id=sandbox_device.device_id)
    assert [code.access_code_id for code in left] == [made.access_code_id, other.access_code_id]
    assert (
        seam_http.post("/access_codes/list", json={"device_id": sandbox_device.device_id}).json()["access_codes"] == []
    )
    seam_sandbox.expect_event("access_code.deleted", count=2)


def test_managing_the_lock_again_does_not_bring_codes_back(seam, seam_sandbox, sandbox_device):
    """A managed lock may have unmanaged codes: each has to be taken over."""
    made = seam_sandbox.create_access_code(sandbox_device)
    seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)
    seam.devices.unmanaged.update(device_id=sandbox_device.device_id, is_managed=True)

    before = look(seam, made).is_managed
    seam.access_codes.unmanaged.convert_to_managed(access_code_id=made.access_code_id)

    assert (before, seam.access_codes.get(access_code_id=made.access_code_id).is_managed) == (False, True)


def test_given_up_code_that_has_expired_is_denied(seam, seam_sandbox, sandbox_device):
    """Nobody erases it, but the lock knows its end."""
    now = seam_sandbox.clock.now()
    made = seam_sandbox.create_access_code(sandbox_device, starts_at=now, ends_at=now + timedelta(hours=1))
    seam.access_codes.update(access_code_id=made.access_code_id, is_managed=False)
    seam_sandbox.clock.advance(timedelta(hours=1))

    seam.locks.simulate.keypad_code_entry(device_id=sandbox_device.device_id, code=made.code)

    event = seam_sandbox.expect_event("lock.access_denied", count=1, access_code_id=made.access_code_id)
    assert event.reason.reason_code == "expired_code"
    assert "access_code.deleted" not in log(seam_sandbox)


def test_code_that_was_to_be_erased_is_given_up_instead(seam, seam_sandbox, sandbox_device):
    """What waits to be erased from a lock that is given up stays there, and nothing fails later."""
    made = seam_sandbox.create_access_code(sandbox_device)
    seam.access_codes.get(access_code_id=made.access_code_id)
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.delete(access_code_id=made.access_code_id)
        seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)
        seam_sandbox.clock.advance(600)

        assert look(seam, made).status == "set"
        seam_sandbox.expect_no_event("access_code.failed_to_remove_from_device")


def test_code_with_an_end_that_is_taken_over_ends(seam, seam_sandbox, sandbox_device):
    """A code that was given up and taken over again is erased at its end."""
    now = seam_sandbox.clock.now()
    made = seam_sandbox.create_access_code(sandbox_device, starts_at=now, ends_at=now + timedelta(hours=1))
    seam.access_codes.update(access_code_id=made.access_code_id, is_managed=False)
    seam.access_codes.unmanaged.convert_to_managed(access_code_id=made.access_code_id)

    seam_sandbox.clock.advance(timedelta(hours=1))

    seam_sandbox.expect_event("access_code.deleted", count=1, access_code_id=made.access_code_id)


def test_plain_session_may_simulate_a_stranger(seam_sandbox, sandbox_device):
    """It is the one simulation that a plain client session may ask for, on its own locks only."""
    client = seam_sandbox.client()
    owner = seam_sandbox.create_connected_account()
    tokens = [
        client.client_sessions.create(connected_account_ids=[account]).token
        for account in (sandbox_device.connected_account_id, owner.connected_account_id)
    ]
    body = {"device_id": sandbox_device.device_id, "name": "Stranger", "code": "1234"}

    statuses = [
        seam_sandbox.http(headers={"authorization": f"Bearer {token}"})
        .post("/access_codes/simulate/create_unmanaged_access_code", json=body)
        .status_code
        for token in tokens
    ]

    assert statuses == [200, 401]


def test_code_that_began_while_nobody_managed_it_is_set(seam, seam_sandbox, sandbox_device):
    """The lock lets the guest in at the time that it was told; whoever takes the code over finds it set."""
    start = seam_sandbox.clock.now() + timedelta(minutes=30)
    code = seam.access_codes.create(
        device_id=sandbox_device.device_id,
        starts_at=start.isoformat(),
        ends_at=(start + timedelta(hours=2)).isoformat(),
    )
    seam.devices.update(device_id=sandbox_device.device_id, is_managed=False)
    seam.devices.unmanaged.update(device_id=sandbox_device.device_id, is_managed=True)
    seam_sandbox.clock.advance(3600)

    seam.access_codes.unmanaged.convert_to_managed(access_code_id=code.access_code_id)

    taken = seam.access_codes.get(access_code_id=code.access_code_id)
    assert (taken.status, taken.is_scheduled_on_device) == ("set", False)
