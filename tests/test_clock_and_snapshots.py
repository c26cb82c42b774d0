"""Sandbox time, and going back to a state."""

from datetime import UTC, datetime, timedelta

import pytest

from pytest_seam_sandbox import Sandbox, SandboxError


def test_clock_moves_without_real_time(seam_sandbox):
    """Advancing takes seconds or a timedelta."""
    seam_sandbox.clock.freeze()
    began = seam_sandbox.clock.now()

    seam_sandbox.clock.advance(3600)
    seam_sandbox.clock.advance(timedelta(days=1))

    assert seam_sandbox.clock.now() - began == timedelta(days=1, hours=1)


def test_running_clock_moves_on_from_where_it_was_moved(seam_sandbox):
    """The wall clock goes on behind the offset."""
    before = datetime.now(UTC)

    seam_sandbox.clock.advance(3600)

    assert timedelta(hours=1) <= seam_sandbox.clock.now() - before + timedelta(milliseconds=1) < timedelta(hours=2)


@pytest.mark.parametrize("seconds", [-1, float("nan"), timedelta(seconds=-1)], ids=str)
def test_clock_never_goes_back(seam_sandbox, seconds):
    """A negative amount is refused, and the text says why."""
    with pytest.raises(SandboxError, match="never goes backwards"):
        seam_sandbox.clock.advance(seconds)


def test_clock_freezes_at_a_time(seam_sandbox, seam_client):
    """A frozen clock stands still, at a time of the test's choice; rows carry it."""
    at = datetime(2099, 1, 31, 12, tzinfo=UTC)

    seam_sandbox.clock.freeze(at)
    device = seam_sandbox.create_device()

    assert seam_sandbox.clock.now() == at
    assert device.created_at == "2099-01-31T12:00:00.000Z"
    assert {event.created_at for event in seam_sandbox.events} == {"2099-01-31T12:00:00.000Z"}


def test_clock_is_not_frozen_in_the_past(seam_sandbox):
    """A time that is over is refused."""
    with pytest.raises(SandboxError, match=r"cannot be frozen at 2020-01-01T00:00:00\.000Z. Give a later time"):
        seam_sandbox.clock.freeze(datetime(2020, 1, 1, tzinfo=UTC))


def test_clock_is_not_frozen_at_a_naive_time(seam_sandbox):
    """A time without a zone is refused."""
    with pytest.raises(SandboxError, match="needs an aware datetime"):
        seam_sandbox.clock.freeze(datetime(2099, 1, 1))  # noqa: DTZ001 - that is the point


def test_resumed_clock_runs_from_where_it_stood(seam_sandbox):
    """Running again makes no jump, neither forward nor back; resuming twice changes nothing."""
    seam_sandbox.clock.freeze(datetime(2099, 1, 31, 12, tzinfo=UTC))

    seam_sandbox.clock.resume()
    seam_sandbox.clock.resume()

    passed = seam_sandbox.clock.now() - datetime(2099, 1, 31, 12, tzinfo=UTC)
    assert timedelta(0) <= passed < timedelta(minutes=1)


def test_clock_moves_stand_in_the_timeline(seam_sandbox):
    """Both kinds of move are noted."""
    seam_sandbox.clock.freeze(datetime(2099, 1, 31, 12, tzinfo=UTC))
    seam_sandbox.clock.advance(timedelta(minutes=1))

    assert "clock    frozen at 2099-01-31T12:00:00.000Z" in seam_sandbox.timeline
    assert "clock    advanced by 0:01:00" in seam_sandbox.timeline


@pytest.mark.seam(action_attempts=30)
def test_run_until_idle(seam_sandbox, seam_client, sandbox_device):
    """All pending work is done, each piece at its time; a sandbox without any stays where it is."""
    seam_sandbox.clock.freeze()
    began = seam_sandbox.clock.now()
    seam_sandbox.clock.run_until_idle()
    seam_client.locks.unlock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)
    seam_sandbox.clock.advance(10)
    seam_client.locks.lock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)

    seam_sandbox.clock.run_until_idle()

    passed = (seam_sandbox.clock.now() - began).total_seconds()
    assert passed == pytest.approx(40, abs=0.01)
    times = [datetime.fromisoformat(event.created_at) - began for event in seam_sandbox.events[-4:]]
    assert [round(time.total_seconds()) for time in times] == [30, 30, 40, 40]


def test_end_of_a_stay_is_not_pending(seam_sandbox, seam_client, sandbox_device):
    """A sandbox is idle before a time that somebody has set, such as the end of a code's time frame."""
    seam_sandbox.clock.freeze()
    began = seam_sandbox.clock.now()
    code = seam_client.access_codes.create(
        device_id=sandbox_device.device_id,
        starts_at=(began + timedelta(days=1)).isoformat(),
        ends_at=(began + timedelta(days=7)).isoformat(),
    )

    seam_sandbox.clock.run_until_idle()

    assert seam_sandbox.clock.now() == began
    seam_sandbox.clock.advance(timedelta(days=2))
    assert seam_client.access_codes.get(access_code_id=code.access_code_id).status == "set"
    seam_sandbox.clock.advance(timedelta(days=6))
    assert seam_client.access_codes.list(device_id=sandbox_device.device_id) == []


@pytest.mark.seam(action_attempts=30, event_latency=5)
def test_idle_is_when_all_events_show(seam_sandbox, seam_client, sandbox_device):
    """Events that are on their way are waited for too; the timeline says how long that took."""
    seam_sandbox.clock.freeze()
    began = seam_sandbox.clock.now()
    seam_client.locks.unlock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)

    seam_sandbox.clock.run_until_idle()

    assert seam_sandbox.clock.now() - began == timedelta(seconds=35)
    assert "lock.unlocked" in [event.event_type for event in seam_sandbox.events]
    assert "clock    ran for 35.000 s until idle" in seam_sandbox.timeline


def test_restore_goes_back(seam_sandbox, seam_client, sandbox_device):
    """Rows, events and states are those of the snapshot; what came later is gone."""
    before = (seam_client.devices.list(), seam_sandbox.events)
    snapshot = seam_sandbox.snapshot()
    seam_client.devices.simulate.disconnect(device_id=sandbox_device.device_id)
    seam_sandbox.create_phone()

    seam_sandbox.restore(snapshot)

    assert (seam_client.devices.list(), seam_sandbox.events) == before
    assert seam_client.phones.list() == []


def test_snapshot_serves_many_times(seam_sandbox, seam_client, sandbox_device):
    """What happens after a restore does not change the snapshot."""
    snapshot = seam_sandbox.snapshot()
    before = seam_client.devices.list()

    seam_client.devices.simulate.remove(device_id=sandbox_device.device_id)
    seam_sandbox.restore(snapshot)
    seam_client.devices.update(device_id=sandbox_device.device_id, name="Renamed")
    seam_sandbox.restore(snapshot)

    assert seam_client.devices.list() == before


def test_ids_repeat_after_a_restore(seam_sandbox):
    """The same steps from the same snapshot make the same things."""
    snapshot = seam_sandbox.snapshot()
    first = seam_sandbox.create_phone()

    seam_sandbox.restore(snapshot)
    second = seam_sandbox.create_phone()

    assert first.device_id == second.device_id


@pytest.mark.seam(action_attempts=30)
def test_pending_work_is_part_of_a_snapshot(seam_sandbox, seam_client, sandbox_device):
    """A command that was under way is under way again."""
    seam_sandbox.clock.freeze()
    seam_client.locks.unlock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)
    snapshot = seam_sandbox.snapshot()
    seam_sandbox.clock.run_until_idle()
    seam_sandbox.restore(snapshot)

    with seam_sandbox.expecting("lock.unlocked"):
        seam_sandbox.clock.run_until_idle()

    seam_sandbox.expect_event("lock.unlocked", count=1)


def test_clock_and_timeline_go_on_after_a_restore(seam_sandbox):
    """Time is no part of a snapshot, and the timeline says that there was a restore."""
    seam_sandbox.clock.freeze()
    snapshot = seam_sandbox.snapshot()
    seam_sandbox.clock.advance(60)
    now = seam_sandbox.clock.now()

    seam_sandbox.restore(snapshot)

    assert seam_sandbox.clock.now() == now
    assert "snapshot restored" in seam_sandbox.timeline


def test_events_after_a_restore_are_new(seam_sandbox, sandbox_device):
    """Expectations on a block work after a restore as before."""
    snapshot = seam_sandbox.snapshot()
    with seam_sandbox.disconnected(sandbox_device):
        pass
    seam_sandbox.restore(snapshot)

    with seam_sandbox.disconnected(sandbox_device) as outage:
        pass

    assert [event.event_type for event in outage.events] == ["device.disconnected", "device.connected"]


def test_snapshot_of_another_sandbox_is_refused(seam_sandbox):
    """A snapshot belongs to the sandbox that gave it."""
    other = Sandbox(seed="other").snapshot()

    with pytest.raises(SandboxError, match="cannot restore a snapshot of another sandbox"):
        seam_sandbox.restore(other)
    with pytest.raises(SandboxError, match="cannot restore 'snapshot-1'. Give what snapshot"):
        seam_sandbox.restore("snapshot-1")


def test_restore_inside_an_outage_is_refused(seam_sandbox, sandbox_device):
    """An outage could not end what a restore has taken away; inside the same outage there is nothing to fear."""
    before = seam_sandbox.snapshot()
    with seam_sandbox.disconnected(sandbox_device):
        inside = seam_sandbox.snapshot()
        with pytest.raises(
            SandboxError, match=r"taken inside no outage, and cannot be restored inside disconnected\(GAR"
        ):
            seam_sandbox.restore(before)
        seam_sandbox.restore(inside)
    with pytest.raises(
        SandboxError, match=r"taken inside disconnected\(GARAGE\), and cannot be restored inside no outage"
    ):
        seam_sandbox.restore(inside)


def test_events_about_a_device_after_a_snapshot(seam_sandbox, sandbox_device):
    """Those that are looked up by their device are those of the state that is shown, whichever way it was reached."""
    device_id = sandbox_device.device_id

    def log():
        return seam_sandbox.expect_event("device.connected", device_id=device_id).occurred_at, len(seam_sandbox.events)

    def toggle():
        with seam_sandbox.disconnected(sandbox_device):
            pass

    seam_sandbox.clock.freeze()
    before, start = log(), seam_sandbox.snapshot()
    for _ in range(2):
        seam_sandbox.clock.advance(1)
        toggle()
        after, later = log(), seam_sandbox.snapshot()
        seam_sandbox.clock.advance(1)
        toggle()
        assert log() > after > before

        seam_sandbox.restore(later)
        assert log() == after
        seam_sandbox.restore(start)
        assert log() == before
    seam_sandbox.expect_event("device.connected", device_id=device_id, count=1)
    seam_sandbox.expect_no_event("device.disconnected", device_id=device_id)
