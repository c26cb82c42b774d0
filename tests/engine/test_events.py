"""The event log: appended in order, filtered by time, shown when it is due."""

import pytest

from pytest_seam_sandbox.engine.events import Unread


@pytest.fixture
def log(workspace, painted):
    """Logs one event about each thing, a second apart; gives the events."""

    def log(*things):
        events = []
        for thing_id in things:
            events.append(workspace.events.emit(workspace, painted(thing_id=thing_id)))
            workspace.clock.move(1)
        return events

    return log


def shown(workspace, **times):
    found = workspace.events.newest_first(seen_at=workspace.clock.timestamp(), **times)
    return [event.value("thing_id") for event in found]


def test_event_is_flat_with_the_common_fields_first(workspace, painted):
    """On the wire the fields of a type stand beside the common ones; what was not given is absent."""
    event = workspace.events.emit(workspace, painted(thing_id="a"))

    assert event.view() == {
        "event_id": event.event_id,
        "event_type": "thing.painted",
        "workspace_id": "workspace-1",
        "created_at": workspace.clock.text(),
        "occurred_at": workspace.clock.text(),
        "event_description": "Thing painted.",
        "thing_id": "a",
    }


def test_given_null_is_on_the_wire(workspace, painted):
    """A field that is given as null is there, other than one that is not given."""
    assert workspace.events.emit(workspace, painted(thing_id="a", colour=None)).view()["colour"] is None


def test_field_that_a_type_lacks_is_refused(painted):
    """An event cannot carry what its type does not declare."""
    with pytest.raises(TypeError, match=r"unknown fields \['size'\] and lacks \[\]"):
        painted(thing_id="a", size=5)


def test_field_that_a_type_needs_has_to_be_given(painted):
    """An event cannot lack what its type requires, also when a base requires it."""
    with pytest.raises(TypeError, match=r"lacks \['thing_id'\]; it has \['thing_id', 'colour', 'layer_ids'\]"):
        painted(colour="red")


def test_value_is_a_field_a_common_field_or_an_owner(workspace, painted):
    """Events are found by what they carry and by whom they belong to."""
    event = workspace.events.emit(workspace, painted(thing_id="a"), owner_id="o")

    assert [event.value(name) for name in ("thing_id", "event_type", "owner_id", "colour", "nothing")] == [
        "a",
        "thing.painted",
        "o",
        None,
        None,
    ]


def test_owner_is_not_on_the_wire(workspace, painted):
    """An owner is for finding an event only."""
    assert "owner_id" not in workspace.events.emit(workspace, painted(thing_id="a"), owner_id="o").view()


def test_list_fields_can_be_searched(workspace, painted):
    """The members of a list are given, and none where there is no such field."""
    event = workspace.events.emit(workspace, painted(thing_id="a", layer_ids=("x", "y")))

    assert event.listed("layer_ids") == ("x", "y")
    assert event.listed("nothing") == ()


def test_listener_hears_of_each_event_once(workspace, log, heard):
    """What keeps a history learns of events when they are logged."""
    assert heard == log("a", "b")


def test_events_are_shown_newest_first(workspace, log):
    """A list starts with what happened last."""
    log("a", "b", "c")

    assert shown(workspace) == ["c", "b", "a"]


def test_limits_in_time_are_exclusive(workspace, log):
    """An event at exactly one of the two times is not between them."""
    first, _, third = log("a", "b", "c")

    assert shown(workspace, after=first.at, before=third.at) == ["b"]


def test_event_is_worded_when_it_is_read(workspace, painted, heard):
    """Fields that are a function are asked for once, by whoever reads first; that takes no place in a sequence."""
    asked = []

    def read():
        asked.append("a")
        return painted(thing_id="a")

    fields = Unread("thing.painted", None, read)
    event = workspace.events.emit(workspace, fields)
    after = workspace.ids.uuid()
    asked.clear()  # whoever watches the log reads copies
    workspace.clock.move(60)

    assert heard == [event]
    assert event.fields is fields
    assert (event.event_type, event.value("thing_id"), event.view()["thing_id"]) == ("thing.painted", "a", "a")
    assert asked == ["a"]
    assert workspace.ids.uuid() not in (event.event_id, after)
    assert event.event_id != after


def test_event_keeps_its_time_and_id(workspace, painted):
    """When it is read makes no difference: time and id are those of the moment at which it happened."""
    event, now = workspace.events.emit(workspace, painted(thing_id="a")), workspace.clock.text()
    event_id = event.event_id
    workspace.clock.move(60)
    workspace.ids.uuid()

    assert (event.created_at, event.event_id) == (now, event_id)


def test_event_shows_after_the_latency(make_workspace, painted):
    """With a latency an event is logged now and shows later."""
    workspace = make_workspace(event_latency=0.1)
    workspace.events.emit(workspace, painted(thing_id="a"))
    before = shown(workspace)

    workspace.clock.move(0.1)

    assert (before, shown(workspace)) == ([], ["a"])


def test_forgotten_events_are_gone(workspace, log):
    """All events of one owner can be taken out; the others stay in order."""
    log("a", "b", "a", "c")

    workspace.events.forget("thing_id", "a")

    assert shown(workspace) == ["c", "b"]


def test_count_goes_on_when_events_go(workspace, log):
    """The number of an event says how many there ever were, so that "events since" stays right."""
    log("a", "b")
    workspace.events.clear()

    (event,) = log("c")

    assert (event.number, workspace.events.emitted, len(workspace.events)) == (3, 3, 1)


def test_snapshot_is_not_changed_by_later_events(workspace, log):
    """Events after a snapshot do not show up in it."""
    log("a")
    state = workspace.events.snapshot()
    log("b")

    workspace.events.restore(state)
    log("c")
    workspace.events.restore(state)

    assert shown(workspace) == ["a"]


def test_forgetting_does_not_change_a_snapshot(workspace, log):
    """Nor does taking events out."""
    log("a")
    state = workspace.events.snapshot()
    workspace.events.forget("thing_id", "a")

    workspace.events.restore(state)

    assert shown(workspace) == ["a"]
