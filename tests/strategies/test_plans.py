"""Plans of outages and of faults: values that are checked, printed and played."""

from datetime import timedelta

import httpx
import pytest

from pytest_seam_sandbox import ExpectationFailed, OutageNotPossible, Sandbox, SandboxError
from pytest_seam_sandbox.engine.errors import UnknownId
from pytest_seam_sandbox.outages import OutageSpec
from pytest_seam_sandbox.strategies.fault_specs import FaultSpec
from pytest_seam_sandbox.strategies.plans import FaultPlan, Moment, OutagePlan, PlannedOutage

OFFLINE = OutageSpec("disconnected", "GARAGE")
GONE = OutageSpec("removed", "GARAGE")


def outage(kind="disconnected", target="GARAGE", *, start=0, duration=60):
    return PlannedOutage(kind, target, start=start, duration=duration)


def plan(*spans):
    """A plan of (kind, start, end) for the lock GARAGE."""
    return OutagePlan([outage(kind, start=start, duration=end - start) for kind, start, end in spans])


@pytest.fixture
def sandbox():
    with Sandbox() as sandbox:
        sandbox.create_device()
        yield sandbox


def is_online(sandbox):
    (device,) = sandbox.backend.api.devices()
    return device.properties.online


# values


def test_repr_of_an_outage_plan_is_code():
    """What is printed can be pasted."""
    planned = OutagePlan([outage(start=5), outage("removed", "FRONT DOOR", start=0.5, duration=2.5)])

    assert eval(repr(planned)) == planned
    assert repr(planned) == (
        "OutagePlan([PlannedOutage('removed', 'FRONT DOOR', start=0.5, duration=2.5), "
        "PlannedOutage('disconnected', 'GARAGE', start=5, duration=60)])"
    )


def test_repr_of_a_fault_plan_is_code():
    """What is printed can be pasted."""
    planned = FaultPlan([FaultSpec("fail", "/locks/*", 2, after=True), FaultSpec("slow", "/devices/*", seconds=3)])

    assert eval(repr(planned)) == planned


def test_plans_tell_a_story():
    """`str` says in words what happens when."""
    outages = OutagePlan([outage(start=30, duration=5), outage("deactivated", "Pixel", duration=1.5)])

    assert str(outages).splitlines() == [
        "at 0 s the phone Pixel is lost for good, for 1.5 s",
        "at 30 s GARAGE loses its connection, for 5 s",
    ]
    assert str(FaultPlan([FaultSpec("fail", "/locks/*")])) == "the next request to /locks/* answers 503"


def test_plans_without_anything_say_so():
    """An empty plan is a value too."""
    assert str(OutagePlan([])) == "no outage"
    assert str(FaultPlan([])) == "no request meets a fault"


def test_plans_are_values():
    """Equal plans are equal and hash alike, whatever the order in which later and earlier outages are given."""
    first, second = outage(start=0), outage(start=90)

    assert OutagePlan([second, first]) == OutagePlan(iter([first, second]))
    assert len({OutagePlan([second, first]), OutagePlan([first, second])}) == 1
    assert OutagePlan([first]) != OutagePlan([second])


def test_plans_cannot_be_changed():
    """Plans and what is in them are frozen."""
    with pytest.raises(AttributeError):
        outage().start = 3
    with pytest.raises(AttributeError):
        OutagePlan([]).outages = ()


@pytest.mark.parametrize("start", [-1, float("nan"), float("inf"), True, "0", None])
def test_start_has_to_be_a_number_of_seconds(start):
    """The error names the outage and what it takes."""
    with pytest.raises(SandboxError, match=r"PlannedOutage\('disconnected'.*start is .*; it takes a number of seconds"):
        outage(start=start)


@pytest.mark.parametrize("duration", [0, -1, float("nan"), float("inf"), False, "1", None])
def test_duration_has_to_be_positive(duration):
    """The error names the outage and what it takes."""
    with pytest.raises(SandboxError, match=r"duration is .*; it takes a number of seconds > 0"):
        outage(duration=duration)


def test_unknown_kind_is_refused():
    """The error names the kinds that there are."""
    with pytest.raises(SandboxError, match=r"no outage 'exploded'; there are disconnected, hub_disconnected"):
        outage("exploded")


# what can be seen before the play


@pytest.mark.parametrize(
    ("target", "kind", "text"),
    [
        ("CELLAR", "disconnected", r"no device 'CELLAR' in this sandbox; it has 'GARAGE'"),
        ("Pixel", "deactivated", r"no phone 'Pixel' in this sandbox; it has none"),
        ("CELLAR", "account_disconnected", r"no device 'CELLAR'"),
    ],
)
def test_plan_for_another_sandbox_is_refused(sandbox, target, kind, text):
    """A target that is not there is named with those that are."""
    planned = OutagePlan([outage(), outage(kind, target)])

    with pytest.raises(UnknownId, match=text):
        planned.check(sandbox)


IMPOSSIBLE = {
    "overlap": plan(("disconnected", 0, 10), ("disconnected", 9, 20)),
    "within": plan(("removed", 0, 10), ("removed", 3, 4)),
    "at once": plan(("hub_disconnected", 3, 4), ("hub_disconnected", 3, 4)),
    "account twice": plan(("account_disconnected", 0, 10), ("account_disconnected", 5, 6)),
    "begins while removed": plan(("removed", 0, 10), ("disconnected", 3, 20)),
    "begins with the removal": plan(("removed", 3, 10), ("hub_disconnected", 3, 20)),
    "ends while removed": plan(("disconnected", 0, 5), ("removed", 3, 10)),
    "of another type": plan(("subscription_expired", 0, 5)),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible_plan_is_refused(sandbox, name):
    """What cannot go together, or not with this device, is said before anything begins."""
    before = len(sandbox.events)

    with pytest.raises(OutageNotPossible):
        IMPOSSIBLE[name].run(sandbox)

    assert len(sandbox.events) == before


POSSIBLE = {
    "one after the other": plan(("disconnected", 0, 10), ("disconnected", 10, 20)),
    "crossing": plan(("disconnected", 0, 10), ("hub_disconnected", 5, 15)),
    "removed within": plan(("disconnected", 0, 10), ("removed", 3, 7)),
    "removed at the same time": plan(("disconnected", 0, 10), ("removed", 0, 10)),
    "after a removal": plan(("removed", 0, 10), ("disconnected", 10, 11)),
    "account crossing removal": plan(("account_disconnected", 0, 10), ("removed", 5, 15)),
    "removal crossing account": plan(("removed", 0, 10), ("account_disconnected", 5, 15)),
    "all at once": plan(("account_disconnected", 0, 9), ("disconnected", 0, 9), ("hub_disconnected", 0, 9)),
}


@pytest.mark.parametrize("name", POSSIBLE)
def test_possible_plan_leaves_all_well(sandbox, name):
    """Crossing and nested outages are played with their assertions, and nothing is left of them."""
    POSSIBLE[name].run(sandbox)

    (device,) = sandbox.backend.api.devices()
    assert device.properties.online
    assert device.errors == []


def test_refusal_names_both_outages(sandbox):
    """The error shows what clashes with what, until when, and what to do."""
    planned = plan(("disconnected", 0, 10), ("disconnected", 9, 20))

    with pytest.raises(OutageNotPossible, match=r"start=9.*start=0.*lasts until 10 s\. Let it begin at its end"):
        planned.check(sandbox)


def test_label_and_id_of_one_device_are_the_same_target(sandbox):
    """Two names for one thing do not hide that it is lost twice."""
    (device,) = sandbox.backend.api.devices()

    with pytest.raises(OutageNotPossible, match=r"lasts until"):
        OutagePlan([outage(), outage(target=device.device_id, start=5)]).check(sandbox)


def test_two_devices_of_one_account_name_the_same_account():
    """The outage of an account is the same outage, whichever of its devices names it."""
    sandbox = Sandbox(world="house")
    doors = [outage("account_disconnected", "FRONT DOOR"), outage("account_disconnected", "BACK DOOR", start=5)]

    with pytest.raises(OutageNotPossible, match=r"lasts until 60 s"):
        OutagePlan(doors).check(sandbox)


def test_phone_is_deactivated_only_once(sandbox):
    """A phone does not come back, so its second outage is refused although the first has ended."""
    phone = sandbox.create_phone().display_name
    planned = OutagePlan([outage("deactivated", phone, duration=1), outage("deactivated", phone, start=5)])

    with pytest.raises(OutageNotPossible, match=r"deactivated only once, for good"):
        planned.check(sandbox)


def test_present_state_counts(sandbox):
    """What is lost already cannot be lost by a plan; the outage says why."""
    with (
        sandbox.disconnected(sandbox.backend.api.devices()[0]),
        pytest.raises(OutageNotPossible, match=r"The device is off"),
    ):
        plan(("disconnected", 5, 6)).check(sandbox)


# the play


def test_play_gives_each_moment(sandbox):
    """Each moment says what began, what ended and what lasts; the last one comes after the last recovery."""
    moments = list(plan(("disconnected", 0, 60), ("removed", 10, 20)).play(sandbox))

    assert moments == [
        Moment(0, begun=(OFFLINE,), ended=(), active=(OFFLINE,)),
        Moment(10, begun=(GONE,), ended=(), active=(OFFLINE, GONE)),
        Moment(20, begun=(), ended=(GONE,), active=(OFFLINE,)),
        Moment(60, begun=(), ended=(OFFLINE,), active=()),
    ]


def test_device_is_as_the_moment_says(sandbox):
    """The outages have happened, and are over, when the body sees their moment."""
    seen = [is_online(sandbox) for _ in plan(("disconnected", 5, 6), ("hub_disconnected", 8, 9)).play(sandbox)]

    assert seen == [False, True, False, True]


def test_end_comes_before_beginning(sandbox):
    """At one moment the old outage ends before the new one of the same kind begins."""
    moments = list(plan(("disconnected", 0, 5), ("disconnected", 5, 9)).play(sandbox))

    assert moments[1] == Moment(5, begun=(OFFLINE,), ended=(OFFLINE,), active=(OFFLINE,))
    assert [event.event_type for event in sandbox.events if "connected" in event.event_type][-4:] == [
        "device.disconnected",
        "device.connected",
        "device.disconnected",
        "device.connected",
    ]


def test_last_begun_ends_first(sandbox):
    """Losses that end together end in reverse order."""
    moments = list(plan(("disconnected", 0, 5), ("removed", 0, 5)).play(sandbox))

    assert moments[-1].ended == (GONE, OFFLINE)


def test_play_moves_the_clock(sandbox):
    """Each moment is at its time on the sandbox clock."""
    sandbox.clock.freeze()
    start = sandbox.clock.now()

    passed = [sandbox.clock.now() - start for _ in plan(("disconnected", 10, 40)).play(sandbox)]

    assert passed == [timedelta(seconds=10), timedelta(seconds=40)]


def test_slow_body_is_not_turned_back(sandbox):
    """Where the body let more time pass, what is due happens at once."""
    sandbox.clock.freeze()
    start = sandbox.clock.now()

    for _ in plan(("disconnected", 0, 10)).play(sandbox):
        sandbox.clock.advance(25)

    assert sandbox.clock.now() - start == timedelta(seconds=50)


def test_every_adds_moments(sandbox):
    """Between the moments of the plan the app can have a look every so many seconds."""
    moments = list(plan(("disconnected", 10, 40)).play(sandbox, every=15))

    assert [moment.at for moment in moments] == [0, 10, 15, 30, 40]
    assert [bool(moment.active) for moment in moments] == [False, True, True, True, False]


@pytest.mark.parametrize("every", [0, -1, float("nan"), True, "1"])
def test_every_has_to_be_positive(sandbox, every):
    """A step that leads nowhere is refused."""
    with pytest.raises(SandboxError, match=r"every is .*; it takes a number of seconds > 0"):
        plan(("disconnected", 0, 1)).play(sandbox, every)


def test_empty_plan_has_no_moments(sandbox):
    """Nothing is lost, so nothing is to be seen."""
    assert list(OutagePlan([]).play(sandbox, every=5)) == []


def test_run_ticks_at_each_moment(sandbox):
    """`run` plays to the end and calls the app at each moment."""
    seen = []

    plan(("disconnected", 0, 10)).run(sandbox, tick=seen.append, every=5)

    assert [moment.at for moment in seen] == [0, 5, 10]


def test_break_heals(sandbox):
    """A loop that is left early leaves nothing broken."""
    for _ in plan(("disconnected", 0, 60), ("removed", 0, 30)).play(sandbox):
        break

    assert is_online(sandbox)


def test_exception_in_the_body_heals(sandbox):
    """So does an exception, which is raised as it is."""
    with pytest.raises(ZeroDivisionError):
        plan(("disconnected", 0, 60)).run(sandbox, tick=lambda _: 1 / 0)

    assert is_online(sandbox)


def test_play_that_is_kept_after_the_sandbox_was_checked_ends_quietly(sandbox):
    """The check ends what lasts, and says so; the play has nothing left to end when it is let go of."""
    moments = plan(("disconnected", 0, 60)).play(sandbox)
    next(moments)
    with pytest.raises(SandboxError, match="ended inside disconnected"):
        sandbox.check()

    moments.close()

    sandbox.check()
    assert is_online(sandbox)


def test_problem_after_a_break_is_not_forgotten(sandbox):
    """What goes wrong in healing after a break is raised by the sandbox's check."""
    for _ in plan(("disconnected", 0, 60)).play(sandbox):
        sandbox.faults.fail("/locks/*")
        sandbox.embedded.workspace.events.clear()
        (device,) = sandbox.backend.api.devices()
        sandbox.backend.api.call("/devices/simulate/connect", device_id=device.device_id)
        sandbox.embedded.workspace.events.clear()
        break

    with pytest.raises(ExpectationFailed, match=r"device\.connected") as raised:
        sandbox.check()

    assert "was met 0 of 1" in raised.value.__notes__[0]


def test_what_becomes_impossible_is_raised_when_it_is_reached(sandbox):
    """The app took the device away; the play says so, and heals what lasts."""
    planned = OutagePlan([outage("account_disconnected", duration=50), outage(start=10)])
    moments = planned.play(sandbox)
    next(moments)
    (device,) = sandbox.backend.api.devices()
    sandbox.backend.api.call("/devices/simulate/disconnect", device_id=device.device_id)

    with pytest.raises(OutageNotPossible):
        next(moments)

    assert [error.error_code for error in sandbox.get_device(device).errors] == ["device_disconnected"]


def test_labels_are_those_of_the_start():
    """When the first of two phones of one name goes, the label of the second still means the second."""
    sandbox = Sandbox()
    first, second = sandbox.create_phone(), sandbox.create_phone()
    name = first.display_name
    outages = [outage("deactivated", name, duration=5), outage("deactivated", f"{name} #2", start=10, duration=5)]

    OutagePlan(outages).run(sandbox)

    dead = [event.device_id for event in sandbox.events if event.event_type == "phone.deactivated"]
    assert dead == [first.device_id, second.device_id]


def test_owner_of_a_lost_phone_gets_a_new_one():
    """The end of a phone's outage is the new phone of its owner."""
    sandbox = Sandbox()
    lost = sandbox.create_phone()

    counts = [
        len(sandbox.backend.api.phones()) for _ in OutagePlan([outage("deactivated", lost.display_name)]).play(sandbox)
    ]

    assert counts == [0, 1]


# faults


def test_fault_plan_sets_all_faults(sandbox):
    """Inside the block each target meets its fault; afterwards none does, met or not."""
    planned = FaultPlan([FaultSpec("fail", "/locks/*"), FaultSpec("refuse", "/devices/*", 5)])
    http = sandbox.http()

    with planned.on(sandbox) as (failing, refusing):
        assert http.post("/locks/list", json={}).status_code == 503
        with pytest.raises(httpx.ConnectError):
            http.post("/devices/list", json={})

    assert (failing.times_met, refusing.times_met) == (1, 1)
    assert http.post("/devices/list", json={}).status_code == 200


def test_faults_that_overlap_are_refused(sandbox):
    """Two faults for one request are an error, and none of the plan stays set."""
    planned = FaultPlan([FaultSpec("fail", "/locks/*"), FaultSpec("fail", "*")])

    with pytest.raises(SandboxError, match=r"would meet requests that the active fault"), planned.on(sandbox):
        pass

    assert not sandbox.faults.all


def test_phone_that_the_app_deactivates_is_lost_no_second_time(sandbox):
    """What the app does itself with a phone before its outage begins is no mistake in the plan."""
    phone = sandbox.create_phone()
    planned = OutagePlan([outage(duration=5), outage("deactivated", phone.display_name, start=10, duration=5)])
    begun = []

    for moment in planned.play(sandbox):
        begun += moment.begun
        if moment.at == 0:
            sandbox.client().phones.deactivate(device_id=phone.device_id)

    assert begun == [OFFLINE]
    assert len([event for event in sandbox.events if event.event_type == "phone.deactivated"]) == 1
    assert "is left out: the phone has been deactivated already" in sandbox.timeline
