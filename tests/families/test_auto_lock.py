"""Auto-lock: a lock that is opened locks itself after its delay."""

import pytest

from pytest_seam_sandbox import seam_raises


@pytest.fixture(autouse=True)
def frozen(seam_sandbox):
    """The clock moves when a test moves it."""
    seam_sandbox.clock.freeze()


@pytest.fixture
def lock(seam, seam_sandbox):
    """A locked lock with an auto-lock of 30 seconds."""
    device = seam_sandbox.create_device()
    configure(seam, device, 30)
    return device


def configure(seam, device, delay):
    """Switch auto-lock on with a delay, or off with None."""
    details = {} if delay is None else {"auto_lock_delay_seconds": delay}
    seam.locks.configure_auto_lock(device_id=device.device_id, auto_lock_enabled=delay is not None, **details)


def unlock(seam, device):
    """Open the lock from afar."""
    seam.locks.unlock_door(device_id=device.device_id)


def is_locked(seam, device):
    """What Seam shows of the bolt."""
    return seam.devices.get(device_id=device.device_id).properties.locked


def automatic(sandbox):
    """How often a lock has locked itself."""
    return len([event for event in sandbox.events if event.event_type == "lock.locked" and event.method == "automatic"])


def test_lock_locks_itself_after_the_delay(seam, seam_sandbox, lock):
    """Not a moment earlier, once, and nobody asked for it."""
    unlock(seam, lock)
    seam_sandbox.clock.advance(29.999)
    early = is_locked(seam, lock), automatic(seam_sandbox)
    seam_sandbox.clock.advance(0.001)

    assert early == (False, 0)
    assert is_locked(seam, lock) is True
    event = seam_sandbox.expect_event("lock.locked", count=1, device_id=lock.device_id, method="automatic")
    assert event.action_attempt_id is None
    seam_sandbox.clock.advance(3600)
    assert automatic(seam_sandbox) == 1


def test_opening_again_starts_the_delay_anew(seam, seam_sandbox, lock):
    """Who comes in last has the whole time."""
    unlock(seam, lock)
    seam_sandbox.clock.advance(20)
    unlock(seam, lock)
    seam_sandbox.clock.advance(20)

    assert is_locked(seam, lock) is False
    seam_sandbox.clock.advance(10)
    assert (is_locked(seam, lock), automatic(seam_sandbox)) == (True, 1)


@pytest.mark.parametrize("way", ["remote", "keypad"])
def test_lock_that_was_locked_meanwhile_does_nothing(seam, seam_sandbox, lock, way):
    """There is nothing left to lock."""
    unlock(seam, lock)
    if way == "remote":
        seam.locks.lock_door(device_id=lock.device_id)
    else:
        seam.locks.simulate.manual_lock_via_keypad(device_id=lock.device_id)
    seam_sandbox.clock.advance(60)

    assert automatic(seam_sandbox) == 0


def test_code_at_the_keypad_starts_the_delay_too(seam, seam_sandbox, lock):
    """It does not matter who opened the lock."""
    code = seam.access_codes.create(device_id=lock.device_id)
    seam.locks.simulate.keypad_code_entry(device_id=lock.device_id, code=code.code)
    seam_sandbox.clock.advance(30)

    assert (is_locked(seam, lock), automatic(seam_sandbox)) == (True, 1)


def test_auto_lock_that_is_switched_off_stays_quiet(seam, seam_sandbox, lock):
    """Also for a lock that stands open."""
    unlock(seam, lock)
    configure(seam, lock, None)
    seam_sandbox.clock.advance(60)

    assert (is_locked(seam, lock), automatic(seam_sandbox)) == (False, 0)


def test_switching_it_on_locks_an_open_lock(seam, seam_sandbox):
    """A lock that stands open when auto-lock is switched on locks itself after the delay; a new delay counts anew."""
    device = seam_sandbox.create_device(properties={"locked": False})
    configure(seam, device, 10)
    seam_sandbox.clock.advance(9)
    configure(seam, device, 20)
    seam_sandbox.clock.advance(19)

    assert automatic(seam_sandbox) == 0
    seam_sandbox.clock.advance(1)
    assert automatic(seam_sandbox) == 1


def test_lock_that_comes_with_auto_lock_locks_itself(seam, seam_sandbox):
    """Some locks have it on from the factory; one that is added open does not stay so."""
    properties = {"locked": False, "auto_lock_enabled": True, "auto_lock_delay_seconds": 5}
    seam_sandbox.create_device(properties=properties)
    ttlock = seam_sandbox.create_device("ttlock_lock")
    unlock(seam, ttlock)
    seam_sandbox.clock.advance(5)

    assert automatic(seam_sandbox) == 2


def test_lock_without_auto_lock_stays_open(seam, seam_sandbox, sandbox_device):
    """Nothing is set up."""
    unlock(seam, sandbox_device)
    seam_sandbox.clock.advance(3600)

    assert is_locked(seam, sandbox_device) is False


@pytest.mark.parametrize("kind", ["disconnected", "hub_disconnected"])
def test_offline_lock_locks_itself_unheard(seam, seam_sandbox, lock, kind):
    """The lock needs no connection for it; Seam sees the bolt when the lock is back, and logs nothing."""
    unlock(seam, lock)
    with getattr(seam_sandbox, kind)(lock):
        seam_sandbox.clock.advance(60)

    assert (is_locked(seam, lock), automatic(seam_sandbox)) == (True, 0)


def test_unmanaged_lock_locks_itself_unheard(seam, seam_sandbox, lock):
    """Seam logs nothing of what an unmanaged lock does."""
    unlock(seam, lock)
    seam.devices.update(device_id=lock.device_id, is_managed=False)
    seam_sandbox.clock.advance(60)
    seam.devices.unmanaged.update(device_id=lock.device_id, is_managed=True)

    assert (is_locked(seam, lock), automatic(seam_sandbox)) == (True, 0)


def test_nothing_is_kept_of_a_delay_that_is_over(seam, seam_sandbox, lock):
    """Only locks that stand open have a timer."""
    unlock(seam, lock)
    timers = [len(seam_sandbox.embedded.dump()["AutoLock"])]
    seam_sandbox.clock.advance(30)
    timers.append(len(seam_sandbox.embedded.dump().get("AutoLock", [])))

    assert timers == [1, 0]


def test_lock_that_is_gone_locks_nothing(seam, seam_sandbox, lock):
    """Its account was deleted before the delay was over."""
    unlock(seam, lock)
    seam.connected_accounts.delete(connected_account_id=lock.connected_account_id)
    seam_sandbox.clock.advance(60)

    assert automatic(seam_sandbox) == 0
    with seam_raises("device_not_found"):
        seam.devices.get(device_id=lock.device_id)


def test_snapshot_keeps_the_delay(seam, seam_sandbox, lock):
    """Going back to when the lock was open goes back to the moment at which it will lock itself."""
    unlock(seam, lock)
    snapshot = seam_sandbox.snapshot()
    seam.locks.lock_door(device_id=lock.device_id)
    seam_sandbox.clock.advance(10)
    seam_sandbox.restore(snapshot)

    assert is_locked(seam, lock) is False
    seam_sandbox.clock.advance(20)
    assert (is_locked(seam, lock), automatic(seam_sandbox)) == (True, 1)
