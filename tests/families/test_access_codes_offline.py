"""Access codes of a lock that is out of reach: accepted, late, failed, and set as soon as the lock is back."""

from datetime import timedelta

import pytest

from pytest_seam_sandbox import seam_raises

POLL = 600


def own(errors):
    return [error.error_code for error in errors if getattr(error, "is_access_code_error", None)]


def codes_of(problems, name):
    return [getattr(problem, name) for problem in problems]


def lost(sandbox, device, kind):
    """The outage of this kind that takes the device out of reach."""
    about = device.connected_account_id if kind == "account_disconnected" else device
    return getattr(sandbox, kind)(about)


OUTAGES = [
    ("disconnected", "device_disconnected"),
    ("hub_disconnected", "hub_disconnected"),
    ("account_disconnected", "account_disconnected"),
]
STATUS = {"disconnected": "setting", "hub_disconnected": "setting", "account_disconnected": "unknown"}


@pytest.mark.parametrize(("kind", "error_code"), OUTAGES)
def test_code_for_an_unreachable_lock_is_accepted_and_waits(seam, seam_sandbox, sandbox_device, kind, error_code):
    """The record is made; it waits and repeats the error of the lock, and only the creation is logged."""
    with lost(seam_sandbox, sandbox_device, kind):
        code = seam.access_codes.create(device_id=sandbox_device.device_id, code="1234")
        found = seam.access_codes.get(access_code_id=code.access_code_id)

        assert (code.status, found.status) == (STATUS[kind], STATUS[kind])
        assert codes_of(found.errors, "error_code") == [error_code]
        assert found.warnings == []
        assert codes_of(found.pending_mutations, "mutation_code") == ["creating"]
        seam_sandbox.expect_no_event("access_code.set_on_device")


def test_error_of_the_lock_says_whose_it_is(seam, seam_sandbox, sandbox_device):
    """The repeated error keeps its flag, so that a program can tell it from one of the code itself."""
    with seam_sandbox.disconnected(sandbox_device):
        code = seam.access_codes.create(device_id=sandbox_device.device_id)

    assert [error.is_device_error for error in code.errors] == [True]
    assert own(code.errors) == []


@pytest.mark.parametrize(("kind", "error_code"), OUTAGES)
def test_waiting_code_is_late_after_one_poll(seam, seam_sandbox, sandbox_device, kind, error_code):
    """Ten minutes later the code has a warning, and the event says which errors hold it up."""
    with lost(seam_sandbox, sandbox_device, kind):
        code = seam.access_codes.create(device_id=sandbox_device.device_id)
        seam_sandbox.clock.advance(POLL)

        found = seam.access_codes.get(access_code_id=code.access_code_id)

        assert (found.status, own(found.errors)) == (STATUS[kind], [])
        assert codes_of(found.warnings, "warning_code") == ["delay_in_setting_on_device"]
        event = seam_sandbox.expect_event("access_code.delay_in_setting_on_device", count=1)
        assert codes_of(event.access_code_warnings, "warning_code") == ["delay_in_setting_on_device"]
        assert error_code in codes_of([*event.device_errors, *event.connected_account_errors], "error_code")
        seam_sandbox.expect_no_event("access_code.failed_to_set_on_device")


@pytest.mark.parametrize(("kind", "error_code"), OUTAGES)
def test_waiting_code_has_failed_after_two_polls(seam, seam_sandbox, sandbox_device, kind, error_code):
    """Twenty minutes later the code has an error of its own beside that of the lock, once for good."""
    with lost(seam_sandbox, sandbox_device, kind):
        code = seam.access_codes.create(device_id=sandbox_device.device_id)
        seam_sandbox.clock.advance(POLL * 20)

        found = seam.access_codes.get(access_code_id=code.access_code_id)

        assert found.status == STATUS[kind]
        assert codes_of(found.errors, "error_code") == ["failed_to_set_on_device", error_code]
        assert own(found.errors) == ["failed_to_set_on_device"]
        event = seam_sandbox.expect_event("access_code.failed_to_set_on_device", count=1)
        assert codes_of(event.access_code_errors, "error_code") == ["failed_to_set_on_device"]
        seam_sandbox.expect_event("access_code.delay_in_setting_on_device", count=1)


@pytest.mark.parametrize(("kind", "error_code"), OUTAGES)
@pytest.mark.parametrize("waited", [0, POLL, 2 * POLL])
def test_code_is_set_when_the_lock_is_back(seam, seam_sandbox, sandbox_device, kind, error_code, waited):
    """However late it was, the code is set at once on reconnection, with its event, and free of problem."""
    with lost(seam_sandbox, sandbox_device, kind):
        code = seam.access_codes.create(device_id=sandbox_device.device_id, code="1234")
        seam_sandbox.clock.advance(waited)

    found = seam.access_codes.get(access_code_id=code.access_code_id)

    assert (found.status, found.errors, found.warnings, found.pending_mutations) == ("set", [], [], [])
    seam_sandbox.expect_event("access_code.set_on_device", count=1, code="1234")


def test_set_event_follows_the_return_of_the_lock(seam, seam_sandbox, sandbox_device):
    """The lock comes back first, then its codes, in the order of their creation."""
    with seam_sandbox.disconnected(sandbox_device) as outage:
        first = seam.access_codes.create(device_id=sandbox_device.device_id)
        second = seam.access_codes.create(device_id=sandbox_device.device_id)

    types = [event.event_type for event in outage.events]
    assert types[-3:] == ["device.connected", "access_code.set_on_device", "access_code.set_on_device"]
    set_codes = [e.access_code_id for e in outage.events if e.event_type == "access_code.set_on_device"]
    assert set_codes == [first.access_code_id, second.access_code_id]


def test_second_outage_starts_the_count_anew(seam, seam_sandbox, sandbox_device):
    """What was late before the lock came back makes no later code late early."""
    with seam_sandbox.disconnected(sandbox_device):
        seam.access_codes.create(device_id=sandbox_device.device_id)
        seam_sandbox.clock.advance(POLL - 60)
    with seam_sandbox.disconnected(sandbox_device):
        code = seam.access_codes.create(device_id=sandbox_device.device_id)
        seam_sandbox.clock.advance(120)

        assert seam.access_codes.get(access_code_id=code.access_code_id).warnings == []


def test_set_code_stays_set_while_the_lock_is_offline(seam, seam_sandbox, sandbox_device):
    """A code on the lock works without a connection; it only repeats the lock's error."""
    code = seam.access_codes.create(device_id=sandbox_device.device_id)
    with seam_sandbox.disconnected(sandbox_device):
        seam_sandbox.clock.advance(POLL * 3)
        during = seam.access_codes.get(access_code_id=code.access_code_id)

    after = seam.access_codes.get(access_code_id=code.access_code_id)

    assert (during.status, codes_of(during.errors, "error_code")) == ("set", ["device_disconnected"])
    assert (after.status, after.errors) == ("set", [])
    seam_sandbox.expect_event("access_code.set_on_device", count=1)


def test_codes_of_a_lost_account_are_unknown_until_it_is_back(seam, seam_sandbox, sandbox_device):
    """Without the account Seam cannot tell what is on a lock; afterwards it can, without a new event."""
    code = seam.access_codes.create(device_id=sandbox_device.device_id)
    with seam_sandbox.account_disconnected(sandbox_device.connected_account_id):
        during = seam.access_codes.get(access_code_id=code.access_code_id)

    after = seam.access_codes.get(access_code_id=code.access_code_id)

    assert (during.status, codes_of(during.errors, "error_code")) == ("unknown", ["account_disconnected"])
    assert (during.errors[0].is_connected_account_error, during.errors[0].is_device_error) == (True, False)
    assert (after.status, after.errors) == ("set", [])
    seam_sandbox.expect_event("access_code.set_on_device", count=1)


def test_lock_that_is_lost_twice_takes_codes_when_all_is_back(seam, seam_sandbox, sandbox_device):
    """Hub and lock are both gone: the code waits for both."""
    with seam_sandbox.hub_disconnected(sandbox_device):
        with seam_sandbox.disconnected(sandbox_device):
            code = seam.access_codes.create(device_id=sandbox_device.device_id)
        between = seam.access_codes.get(access_code_id=code.access_code_id)

    assert (between.status, codes_of(between.errors, "error_code")) == ("setting", ["hub_disconnected"])
    assert seam.access_codes.get(access_code_id=code.access_code_id).status == "set"


def test_program_can_refuse_to_wait(seam, seam_sandbox, sandbox_device):
    """With attempt_for_offline_device false the call answers 400 with the reason, and nothing is stored."""
    with seam_sandbox.disconnected(sandbox_device):
        with seam_raises("device_disconnected", status_code=400):
            seam.access_codes.create(device_id=sandbox_device.device_id, attempt_for_offline_device=False)

        assert seam.access_codes.list(device_id=sandbox_device.device_id) == []
    seam_sandbox.expect_no_event("access_code.created")


def test_refusing_to_wait_makes_no_difference_online(seam, sandbox_device):
    """An online lock takes the code whatever the program wants offline."""
    code = seam.access_codes.create(device_id=sandbox_device.device_id, attempt_for_offline_device=False)

    assert seam.access_codes.get(access_code_id=code.access_code_id).status == "set"


def test_removed_lock_takes_no_codes(seam, seam_sandbox, sandbox_device):
    """Nobody should wait for a lock that is gone: 400 in any case."""
    with seam_sandbox.removed(sandbox_device), seam_raises("device_removed", status_code=400):
        seam.access_codes.create(device_id=sandbox_device.device_id)

    assert seam.access_codes.list(device_id=sandbox_device.device_id) == []


def test_codes_of_a_removed_lock_say_so_and_recover(seam, seam_sandbox, sandbox_device):
    """Codes that were there keep their record and the error of the lock, until the lock is back."""
    code = seam.access_codes.create(device_id=sandbox_device.device_id)
    with seam_sandbox.removed(sandbox_device):
        during = seam.access_codes.get(access_code_id=code.access_code_id)

    after = seam.access_codes.get(access_code_id=code.access_code_id)

    assert codes_of(during.errors, "error_code") == ["device_removed"]
    assert (after.status, after.errors) == ("set", [])


def test_expired_plan_keeps_codes_off_the_lock(seam, seam_sandbox):
    """The lock is in reach, but its plan covers the programming of codes: one waits, is late, and is set at last."""
    device = seam_sandbox.create_device("nuki_lock")
    with seam_sandbox.subscription_expired(device):
        code = seam.access_codes.create(device_id=device.device_id, code="345678")
        early = seam.access_codes.get(access_code_id=code.access_code_id)
        seam_sandbox.clock.advance(POLL * 2)
        late = seam.access_codes.get(access_code_id=code.access_code_id)
        lock = seam.devices.get(device_id=device.device_id)

        assert (early.status, codes_of(early.errors, "error_code")) == ("setting", ["subscription_required"])
        assert codes_of(late.errors, "error_code") == ["failed_to_set_on_device", "subscription_required"]
        assert (lock.can_program_online_access_codes, lock.properties.online) == (False, True)

    found = seam.access_codes.get(access_code_id=code.access_code_id)
    assert (found.status, found.errors) == ("set", [])
    assert seam.devices.get(device_id=device.device_id).can_program_online_access_codes is True


def test_expired_plan_keeps_changes_off_the_lock(seam, seam_sandbox):
    """A code that is there stays as it is until the plan is renewed: its change and its deletion wait."""
    device = seam_sandbox.create_device("nuki_lock")
    kept, gone = (seam.access_codes.create(device_id=device.device_id, code=pin) for pin in ("345678", "456789"))
    with seam_sandbox.subscription_expired(device):
        seam.access_codes.update(access_code_id=kept.access_code_id, code="987654")
        seam.access_codes.delete(access_code_id=gone.access_code_id)

        pending = [seam.access_codes.get(access_code_id=code.access_code_id).pending_mutations for code in (kept, gone)]

        assert [codes_of(each, "mutation_code") for each in pending] == [["updating_code"], ["deleting"]]

    assert seam.access_codes.get(access_code_id=kept.access_code_id).pending_mutations == []
    with seam_raises("not_found", status_code=404):
        seam.access_codes.get(access_code_id=gone.access_code_id)


def test_expired_plan_does_not_lock_anybody_out(seam, seam_sandbox):
    """Locking and unlocking need no plan."""
    device = seam_sandbox.create_device("nuki_lock")
    with seam_sandbox.subscription_expired(device):
        attempt = seam.locks.unlock_door(device_id=device.device_id)

    assert attempt.status == "success"


def test_code_that_ends_before_the_lock_is_back_is_never_set(seam, seam_sandbox, sandbox_device):
    """A stay that is over needs no code: the record goes at its end, with nothing to erase."""
    now = seam_sandbox.clock.now()
    with seam_sandbox.disconnected(sandbox_device):
        code = seam_sandbox.create_access_code(sandbox_device, starts_at=now, ends_at=now + timedelta(days=2))
        seam_sandbox.clock.advance(timedelta(days=2))

        with seam_raises("not_found", status_code=404):
            seam.access_codes.get(access_code_id=code.access_code_id)

    seam_sandbox.expect_event("access_code.deleted", count=1)
    seam_sandbox.expect_no_event("access_code.set_on_device")
    seam_sandbox.expect_no_event("access_code.removed_from_device")
