"""Strategies for sandboxes, outages and faults: possible by construction, simple when shrunk, printed as code."""

import re

import pytest
from hypothesis import HealthCheck, Phase, given, reproduce_failure, settings
from hypothesis import strategies as st

from pytest_seam_sandbox import NotEmulated, Sandbox, SandboxError
from pytest_seam_sandbox.catalog.devices import device_models
from pytest_seam_sandbox.engine.errors import UnknownDeviceType, UnknownWorld
from pytest_seam_sandbox.engine.fault_kinds import FAULT_KINDS
from pytest_seam_sandbox.outages import DEFAULT_KINDS, KINDS, OutageSpec, possible_outages
from pytest_seam_sandbox.strategies import fault_plans, faults, outage_plans, outages, sandboxes, worlds
from pytest_seam_sandbox.strategies import template as templates
from pytest_seam_sandbox.strategies.fault_specs import FaultSpec
from pytest_seam_sandbox.strategies.plans import FaultPlan, OutagePlan, PlannedOutage
from stateful.running import simplest

MANY = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.generate, Phase.shrink],
)
FEW = settings(MANY, max_examples=30)
LOCKS = ("august_lock", "august_lock", "yale_lock", "nuki_lock", "ttlock_lock", "igloohome_lock")
FURNITURE = {
    "one lock": {},
    "locks and phones": {"devices": LOCKS, "phones": 2},
    "house": {"world": "house", "devices": ()},
    "hotel": {"world": "hotel"},
    "everything": {"world": "everything", "devices": ()},
    "every type": {"devices": [name for name, model in device_models().items() if model.provider]},
    "one minute": {"devices": LOCKS, "phones": 1, "horizon": 60, "max_outages": 8},
    "two seconds": {"devices": ("august_lock",), "phones": 1, "horizon": 2, "max_outages": 8},
}
EXAMPLES = dict.fromkeys(FURNITURE, 150) | {"everything": 30, "every type": 30}
"""Many, but where each example makes more than forty devices."""


def prepared(name):
    """The arguments for sandboxes() and for outage_plans() that fit each other."""
    given_ = FURNITURE[name]
    return {key: value for key, value in given_.items() if key in ("world", "devices", "phones")}, given_


def complaints_of(sandbox):
    return [(device.display_name, device.errors) for device in sandbox.backend.api.devices()]


def failure_of(test):
    """The exception with which a property fails."""
    with pytest.raises(Exception) as found:  # noqa: PT011 - whatever it is, it is looked at
        test()
    return found.value


# possible by construction


@pytest.mark.parametrize("name", FURNITURE)
def test_drawn_plan_is_possible(name):
    """Every drawn plan plays with all of its assertions, and leaves every device as it was."""
    sandbox_of, plan_of = prepared(name)

    @settings(MANY, max_examples=EXAMPLES[name])
    @given(sandbox=sandboxes(**sandbox_of), plan=outage_plans(**plan_of))
    def play(sandbox, plan):
        before = complaints_of(sandbox)
        plan.run(sandbox)
        assert complaints_of(sandbox) == before

    play()


@MANY
@given(plan=outage_plans(devices=LOCKS, phones=2, max_outages=6, horizon=500))
def test_drawn_plan_keeps_its_limits(plan):
    """There are outages, not too many, all over within the horizon, in whole seconds."""
    assert 1 <= len(plan.outages) <= 6
    assert max(outage.end for outage in plan.outages) <= 500
    assert all(isinstance(outage.start, int) and isinstance(outage.duration, int) for outage in plan.outages)


@FEW
@given(sandbox=sandboxes(devices=LOCKS, phones=2), outage=outages(devices=LOCKS, phones=2))
def test_drawn_outage_is_possible(sandbox, outage):
    """Every drawn outage can be entered and left."""
    with outage.on(sandbox):
        pass


@FEW
@given(data=st.data(), sandbox=sandboxes())
def test_outages_of_a_sandbox_are_those_of_its_state(data, sandbox):
    """Drawn for a sandbox, an outage is one that is possible now."""
    (device,) = sandbox.backend.api.devices()

    with sandbox.disconnected(device):
        outage = data.draw(outages(sandbox))
        plan = data.draw(outage_plans(sandbox))
        plan.run(sandbox)

        assert outage.kind != "disconnected"


def during(inner, outer):
    return outer.start <= inner.start and inner.end <= outer.end and inner.spec.target == outer.spec.target


def pairs(plan):
    return [(one, other) for one in plan.outages for other in plan.outages if one is not other]


SHAPES = {
    "removed while offline": lambda one, two: (one.kind, two.kind) == ("removed", "disconnected") and during(one, two),
    "crossing": lambda one, two: one.spec != two.spec and one.start < two.start < one.end < two.end,
    "flapping": lambda one, two: one.spec == two.spec and two.start - one.end in range(20),
    "account lost while removed": lambda one, two: (
        (one.kind, two.kind) == ("account_disconnected", "removed") and during(one, two)
    ),
    "phone lost while offline": lambda one, two: (
        (one.kind, two.kind) == ("deactivated", "disconnected") and two.start <= one.start < two.end
    ),
    "the whole hour": lambda one, two: one.end - two.start > 3000,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_plans_have_every_shape(shape):
    """Nested, crossing, flapping and long outages are all drawn."""
    strategy = outage_plans(world="house", phones=1)

    plan = simplest(strategy, lambda plan: any(SHAPES[shape](*pair) for pair in pairs(plan)))

    assert len(plan.outages) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_can_be_chosen(kind):
    """Every kind is drawn where it is possible, and no other than those that are given."""
    sandbox = Sandbox(world="hotel")
    locks = [sandbox.create_device(device_type) for device_type in LOCKS]
    sandbox.create_access_code(locks[0], code="9995", name="Ann")

    kinds = {outage.kind for outage in simplest(outage_plans(sandbox, kinds=[kind])).outages}

    assert kinds == {kind}


@pytest.mark.parametrize("kind", DEFAULT_KINDS)
def test_kinds_can_be_chosen_for_a_template(kind):
    """Likewise where the sandbox is made by the strategy."""
    kinds = {outage.kind for outage in simplest(outage_plans(devices=LOCKS, phones=1, kinds=[kind])).outages}

    assert kinds == {kind}


# the simplest example


def test_plan_shrinks_to_one_outage_at_once():
    """The simplest plan: the first device is offline for a second, from the start."""
    simple = OutagePlan([PlannedOutage("disconnected", "FRONT DOOR", start=0, duration=1)])

    assert simplest(outage_plans(world="house", phones=1)) == simple


def test_plan_shrinks_to_what_matters():
    """What matters stays, exactly; the rest is as simple as it can be."""
    found = simplest(
        outage_plans(world="house"), lambda plan: any(one.kind == "removed" and one.end > 45 for one in plan.outages)
    )

    assert found == OutagePlan([PlannedOutage("removed", "FRONT DOOR", start=0, duration=46)])


def test_plan_shrinks_to_the_smallest_number_of_outages():
    """Two outages of different devices, when two are needed."""
    found = simplest(outage_plans(world="house"), lambda plan: len({one.target for one in plan.outages}) > 1)

    assert [(one.kind, one.start, one.duration) for one in found.outages] == [("disconnected", 0, 1)] * 2


@pytest.mark.parametrize(
    ("strategy", "simple"),
    [
        (outages(world="house"), OutageSpec("disconnected", "FRONT DOOR")),
        (worlds(), "empty"),
        (faults(), FaultSpec("fail")),
        (faults(["/locks/*", "*"]), FaultSpec("fail", "/locks/*")),
        (fault_plans(), FaultPlan([FaultSpec("fail", "/access_codes/*")])),
    ],
)
def test_simplest_of_the_others(strategy, simple):
    """Each shrinks to the first kind, the first target, once."""
    assert simplest(strategy) == simple


# printed and repeated


@MANY
@given(values=st.tuples(outage_plans(devices=LOCKS, phones=1), outages(), faults(), fault_plans()))
def test_what_is_drawn_prints_as_code(values):
    """The repr of every drawn value evaluates to it."""
    assert eval(repr(values)) == values


def test_failing_example_can_be_repeated():
    """The decorator that Hypothesis prints brings exactly that example back, as the only one."""
    seen = []

    def body(sandbox, plan, fault):
        seen.append((plan, fault))
        assert len(plan.outages) < 3

    prop = given(sandbox=sandboxes(), plan=outage_plans(), fault=fault_plans())
    text = "\n".join(failure_of(settings(MANY, print_blob=True)(prop(body))).__notes__)
    version, blob = re.search(r"@reproduce_failure\('([\d.]+)', (b'.*?')\)", text).groups()
    last = seen[-1]
    seen.clear()
    failure_of(reproduce_failure(version, eval(blob))(FEW(prop(body))))

    assert set(seen) == {last}


# sandboxes


def test_each_example_has_a_sandbox_of_its_own():
    """What one example does, the next does not see; the ids are the same in all."""
    seen = []

    @FEW
    @given(sandbox=sandboxes(devices=["august_lock", "august_lock"], phones=1), name=st.text())
    def prop(sandbox, name):
        seen.append([device.device_id for device in sandbox.backend.api.devices()])
        sandbox.create_device()
        assert len(sandbox.backend.api.phones()) == 1

    prop()

    assert len(seen) > 5
    assert all(ids == seen[0] for ids in seen)
    assert len(seen[0]) == 2


@settings(FEW, max_examples=1)
@given(sandbox=sandboxes(devices="yale_lock", seed=7, action_attempts="poll"))
def test_settings_reach_the_sandbox(sandbox):
    """sandboxes() takes the settings of Sandbox; one device type may be given as it is."""
    (device,) = sandbox.backend.api.devices()

    attempt = sandbox.http().post("/locks/lock_door", json={"device_id": device.device_id}).json()["action_attempt"]

    assert device.device_type == "yale_lock"
    assert attempt["status"] == "pending"
    assert sandbox.workspace_id == Sandbox(seed=7).workspace_id


def calls_what_is_not_there(sandbox):
    sandbox.http().post("/thermostats/get", json={})


def test_unnoticed_problem_fails_the_example():
    """A path that is not emulated fails the example although the app swallowed the answer."""
    prop = FEW(given(sandbox=sandboxes())(calls_what_is_not_there))

    assert isinstance(failure_of(prop), NotEmulated)


def test_unnoticed_problem_joins_the_failure_of_the_example():
    """A body that fails by itself keeps its own failure, with the problem as a note."""

    @FEW
    @given(sandbox=sandboxes())
    def prop(sandbox):
        calls_what_is_not_there(sandbox)
        raise KeyError("body")

    error = failure_of(prop)

    assert isinstance(error, KeyError)
    assert "the sandbox says: the program under test called /thermostats/get" in error.__notes__[0]


def test_outage_that_is_never_left_fails_the_example():
    """So does an outage that stays open."""

    @FEW
    @given(sandbox=sandboxes())
    def prop(sandbox):
        sandbox.disconnected(sandbox.backend.api.devices()[0]).__enter__()

    error = failure_of(prop)

    assert isinstance(error, SandboxError)
    assert "the test ended inside disconnected(GARAGE)" in str(error)


def test_template_is_made_once(monkeypatch):
    """Drawing plans makes one house for the whole run, and none before the first example."""
    made = []
    monkeypatch.setattr(templates, "Sandbox", lambda **options: made.append(options.get("world")) or Sandbox(**options))
    plans = outage_plans(world="house")
    assert made.count("house") == 0

    @FEW
    @given(plans)
    def prop(plan):
        assert plan.outages

    prop()

    assert made.count("house") == 1


# faults


@MANY
@given(sandbox=sandboxes(), plan=fault_plans(["*", "POST /locks/*", "GET /locks/list", "/locks/unlock_door", "/acs/*"]))
def test_faults_of_a_plan_never_overlap(sandbox, plan):
    """Whatever the targets, all faults of a plan can be set together."""
    with plan.on(sandbox) as set_:
        assert len(set_) == len(plan.faults) >= 1


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_every_fault_is_drawn(kind):
    """Each kind is drawn, with what it takes, and can be set."""
    fault = simplest(faults(), lambda fault: fault.kind == kind)

    with fault.on(Sandbox()):
        assert fault.times == 1


def test_faults_happen_after_the_effect_too():
    """Those kinds that can take effect before they happen are drawn so."""
    assert simplest(faults(), lambda fault: fault.after) == FaultSpec("fail", after=True)


# bad input

BAD = {
    "world": (lambda: sandboxes("hause"), UnknownWorld, r"no world 'hause'. Did you mean 'house'"),
    "device type": (lambda: sandboxes(devices=["august_lok"]), UnknownDeviceType, r"Did you mean 'august_lock'"),
    "phone as device": (lambda: outage_plans(devices=["ios_phone"]), SandboxError, r"'ios_phone' is a phone"),
    "phones": (lambda: sandboxes(phones=-1), SandboxError, r"phones is -1; it takes a whole number of at least 0"),
    "settings": (lambda: sandboxes(event_latency=-1), SandboxError, r"event_latency is -1"),
    "outage kind": (
        lambda: outages(kinds=["disconected"]),
        SandboxError,
        r"no outage 'disconected'. Did you mean 'dis",
    ),
    "no outage kind": (lambda: outage_plans(kinds=[]), SandboxError, r"no outage is given; there are disconnected"),
    "horizon": (lambda: outage_plans(horizon=0), SandboxError, r"horizon is 0; it takes a whole number of at least 1"),
    "real horizon": (lambda: outage_plans(horizon=1.5), SandboxError, r"horizon is 1.5"),
    "max_outages": (lambda: outage_plans(max_outages=0), SandboxError, r"max_outages is 0"),
    "impossible here": (lambda: outages(Sandbox()), SandboxError, r"none of the outages .* is possible in Sandbox\("),
    "fault kind": (lambda: faults(kinds=["explode"]), SandboxError, r"no fault 'explode'. There are fail, rate_limit"),
    "fault target": (
        lambda: faults(["/lock/*"]),
        SandboxError,
        r"no emulated path matches the fault target '/lock/\*'",
    ),
    "no fault target": (lambda: fault_plans([]), SandboxError, r"no target is given"),
    "max_times": (lambda: faults(max_times=True), SandboxError, r"max_times is True"),
    "max_faults": (lambda: fault_plans(max_faults=0), SandboxError, r"max_faults is 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_where_the_strategy_is_made(name):
    """Each mistake is a sentence with what was found and what is expected."""
    make, error, text = BAD[name]

    with pytest.raises(error, match=text):
        make()


def test_no_possible_outage_is_said_in_the_test():
    """Devices that cannot be lost in this way make no plan."""
    prop = FEW(given(outage_plans(devices=["kwikset_lock"], kinds=["disconnected", "removed"]))(lambda _plan: None))

    error = failure_of(prop)

    assert isinstance(error, SandboxError)
    assert "none of the outages disconnected, removed is possible in a sandbox with the world 'empty'" in str(error)
    assert "kwikset_lock" in str(error)


def test_possible_losses_are_what_can_be_drawn():
    """Every outage that is possible can be drawn, and nothing else."""
    sandbox = Sandbox(world="house")
    strategy, drawn = outages(sandbox), set()

    @settings(MANY, max_examples=500)
    @given(strategy)
    def prop(outage):
        drawn.add(outage)

    prop()

    assert drawn == set(possible_outages(sandbox))
