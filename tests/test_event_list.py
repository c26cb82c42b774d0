"""sandbox.events: read like a list, and changed by nobody."""

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.api.events import Event


@pytest.fixture
def sandbox():
    """A sandbox with seven events."""
    sandbox = Sandbox()
    for _ in range(3):
        sandbox.create_device()
    return sandbox


def test_events_are_read_like_a_list(sandbox):
    """Length, places, slices, order, membership."""
    events = sandbox.events
    all_of_them = list(events)

    assert len(events) == len(all_of_them) == 7
    assert all(isinstance(event, Event) for event in events)
    assert (events[0], events[-1], events[3]) == (all_of_them[0], all_of_them[-1], all_of_them[3])
    for part in (slice(2), slice(-2, None), slice(1, 4), slice(5, 2), slice(None, None, 2), slice(None, None, -1)):
        assert events[part] == all_of_them[part]
    assert list(reversed(events)) == all_of_them[::-1]
    assert events.index(all_of_them[2]) == 2
    assert all_of_them[4] in events
    assert events[1:][1:][0] == all_of_them[2]
    with pytest.raises(IndexError):
        _ = events[7]


def test_events_equal_a_list_of_the_same_events(sandbox):
    """From both sides; and nothing else."""
    events = sandbox.events
    all_of_them = list(events)

    assert events == all_of_them
    assert all_of_them == events
    assert events == sandbox.events
    assert events[:3] != all_of_them
    assert events[:3] != events[1:4]
    assert events[2:2] == events[5:5] == []
    assert events != tuple(all_of_them)
    assert events == Sandbox.events.fget(sandbox)
    with pytest.raises(TypeError):
        hash(events)


def test_same_events_of_two_logs_are_equal():
    """Whatever log they come from."""
    first, second = Sandbox(seed=1), Sandbox(seed=1)
    for sandbox in (first, second):
        sandbox.clock.freeze(sandbox.clock.now().replace(year=2099))
        sandbox.create_device()

    assert [event.event_id for event in first.events] == [event.event_id for event in second.events]
    assert (first.events == second.events) is (list(first.events) == list(second.events))
    assert first.events != second.events[1:]


def test_events_can_be_joined_with_lists(sandbox):
    """As lists can; the result is a list."""
    events, own = sandbox.events, [1]

    assert events + own == [*events, 1]
    assert own + events == [1, *events]
    assert events[:2] + events[2:] == events
    with pytest.raises(TypeError):
        _ = events + 1
    with pytest.raises(TypeError):
        _ = 1 + events


def test_events_stay_as_they_were_when_asked_for(sandbox):
    """What comes later, or is taken back, changes nothing in them."""
    before, snapshot = sandbox.events, sandbox.snapshot()
    seen = list(before)
    sandbox.create_device()
    after = sandbox.events
    sandbox.restore(snapshot)
    sandbox.create_device("nuki_lock")

    assert before == seen
    assert after[:7] == seen
    assert len(after) == 9
    with pytest.raises(AttributeError):
        before.clear()


def test_text_of_events_is_that_of_a_list(sandbox):
    """As long as a person reads it; of many the newest are shown."""
    assert repr(sandbox.events) == repr(list(sandbox.events))
    for _ in range(20):
        sandbox.create_device()

    text = repr(sandbox.events)

    assert text.startswith("[27 earlier events, Event(")
    assert text.count("Event(") == 20


def test_comparison_that_fails_is_explained(pytester, monkeypatch):
    """pytest tells which events there are and which were expected."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(
        """
        def test_it(seam_sandbox, sandbox_device):
            assert seam_sandbox.events == []
        """
    )

    result = pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:unraisableexception", "-p", "no:asyncio")

    result.stdout.fnmatch_lines(["E*assert 3 events == 0 expected", "E*- device.added"])


def test_newest_events_of_a_type_in_a_part_of_the_log(sandbox):
    """An outage looks at its own events only, whatever else of the type there was before and after."""
    devices = [sandbox.get_device(event.device_id) for event in sandbox.events if event.event_type == "device.added"]
    with sandbox.disconnected(devices[0]):
        pass
    with sandbox.disconnected(devices[1]) as outage:
        assert outage.expect_event("device.disconnected", count=1).device_id == devices[1].device_id
        outage.expect_no_event("device.disconnected", device_id=devices[0].device_id)
    with sandbox.disconnected(devices[0]):
        pass

    assert outage.expect_event("device.connected", count=1).device_id == devices[1].device_id
    outage.expect_event("device.connected", count=0, device_id=devices[0].device_id)
    assert [event.event_type for event in outage.events] == ["device.disconnected", "device.connected"]
