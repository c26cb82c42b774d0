"""Sweeps that make no sense are refused with a sentence that says what to do."""

from itertools import count

import pytest

from pytest_seam_sandbox import OutageNotPossible, SandboxError
from pytest_seam_sandbox.engine.errors import UnknownId
from pytest_seam_sandbox.outages import OutageSpec
from pytest_seam_sandbox.strategies.fault_specs import FaultSpec
from pytest_seam_sandbox.sweep import SweepFailed
from sweep.desk import desk, run


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({}, "nothing to do to the program. Give it an outage or a fault, such as disconnect='FRONT DOOR'"),
        ({"disconnect": []}, "nothing to do to the program"),
        ({"faults": ["flood"]}, "there is no fault 'flood'; there are fail"),
        ({"faults": ["lose_answer"], "when": "before"}, "'lose_answer' only happens after a call takes effect"),
        ({"faults": ["refuse"], "when": "after"}, "'refuse' only happens before a call takes effect"),
        ({"faults": ["fail"], "when": "during"}, "when is 'during'; it takes 'before', 'after' or both"),
        ({"faults": ["fail"], "when": ()}, "when is \\(\\); it takes"),
        ({"faults": ["fail"], "depth": 3}, "depth is 3; it takes 1"),
        ({"faults": ["fail"], "max_trials": 0}, "max_trials is 0; it takes"),
        ({"faults": ["fail"], "max_trials": "9"}, "max_trials is '9'; it takes"),
        ({"faults": ["fail"], "lasting": 0}, "lasting is 0; it takes"),
        ({"faults": ["fail"], "lasting": "long"}, "lasting is 'long'; it takes"),
        ({"faults": ["fail"], "lasting": True}, "lasting is True; it takes"),
        ({"faults": ["fail"], "app": "app"}, "app is 'app'; it takes a function of the sandbox"),
        ({"disconnect": 7}, "expected an object with a device_id, or an id as text; got 7"),
    ],
)
def test_sweep_that_makes_no_sense_is_refused(seam_sweep, options, match):
    """The mistake is raised at the call, before anything has run."""
    with pytest.raises(SandboxError, match=match):
        seam_sweep(**options)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"disconnect": "ATTIC"}, "no device 'ATTIC' in this sandbox; it has 'GARAGE'"),
        ({"disconnect_account": "ATTIC"}, "no device 'ATTIC' in this sandbox; it has 'GARAGE'"),
        ({"deactivate": "ATTIC"}, "no phone 'ATTIC' in this sandbox; it has none"),
        ({"outages": [OutageSpec("removed", "ATTIC")]}, "no device 'ATTIC'"),
    ],
    ids=["device", "account", "phone", "value"],
)
def test_unknown_target_is_refused(seam_sweep, sandbox_device, options, match):
    """The message names those that are there."""
    with pytest.raises(UnknownId, match=match):
        seam_sweep(**options)


def test_loss_that_a_device_cannot_suffer_is_refused(seam_sweep, seam_sandbox):
    """The message is that of the outage: the flag, the state, the provider."""
    lock = seam_sandbox.create_device("nuki_lock")

    with pytest.raises(OutageNotPossible, match="can_simulate_disconnection is absent"):
        seam_sweep(disconnect=lock)


def test_device_that_is_lost_already_is_refused(seam_sweep, seam_sandbox, sandbox_device):
    """What is offline when the sweep begins cannot go offline."""
    with seam_sandbox.disconnected(sandbox_device), pytest.raises(OutageNotPossible, match="The device is offline"):
        seam_sweep(disconnect=sandbox_device)


def test_scenario_without_a_call_is_refused(seam_sweep, sandbox_device):
    """There is no injection point, most likely because the program talks to somebody else."""
    with pytest.raises(SandboxError, match="the scenario made no API call .* Let the program under test talk to this"):
        run(seam_sweep(disconnect=sandbox_device), lambda _: None)


def test_scenario_with_calls_after_heal_only_is_refused(seam_sweep, sandbox_device):
    """Those calls are no injection points, so there would be nothing to do."""

    def scenario(trial):
        trial.heal()
        trial.app.look(sandbox_device)

    with pytest.raises(SandboxError, match="made no API call before trial.heal\\(\\)"):
        run(seam_sweep(disconnect=sandbox_device, app=desk), scenario)


def test_loop_that_enters_no_trial_is_refused(seam_sweep, sandbox_device):
    """A loop without `with trial` would test nothing."""
    with pytest.raises(SandboxError, match="'undisturbed' did not run: the body of the loop has not entered it"):
        list(seam_sweep(disconnect=sandbox_device))


def test_sweep_that_nobody_loops_over_is_reported(seam_sweep, seam_sandbox, sandbox_device):
    """It would test nothing either."""
    seam_sweep(disconnect=sandbox_device)

    with pytest.raises(SandboxError, match="this sweep has not run. Loop over it"):
        seam_sandbox.check()


def test_sweep_can_run_after_somebody_has_checked(seam_sweep, seam_sandbox, sandbox_device):
    """What `check` has reported is over, and the sweep runs as ever."""
    trials = seam_sweep(disconnect=sandbox_device, app=desk)
    with pytest.raises(SandboxError):
        seam_sandbox.check()

    found = run(trials, lambda trial: trial.app.look(sandbox_device))

    assert len(found) == 3


def test_two_sweeps_wait_for_each_other(seam_sweep, seam_sandbox, sandbox_device):
    """A sweep may be made before another one runs."""
    faults = (FaultSpec("slow"), FaultSpec("slow", seconds=2))
    first, second = (seam_sweep(faults=[fault], app=desk) for fault in faults)

    found = [list(run(trials, lambda trial: trial.app.look(sandbox_device))) for trials in (first, second)]

    assert found == [["undisturbed", "slow after call 1"], ["undisturbed", "slow(seconds=2) after call 1"]]


def test_sweep_is_looped_over_once(seam_sweep, sandbox_device):
    """A second loop would forget what the first has found."""
    trials = seam_sweep(disconnect=sandbox_device, app=desk)
    run(trials, lambda trial: trial.app.look(sandbox_device))

    with pytest.raises(SandboxError, match="this sweep has run already"):
        list(trials)


def test_trial_is_entered_once(seam_sweep, sandbox_device):
    """A trial is one run."""
    trial = next(iter(seam_sweep(disconnect=sandbox_device, app=desk)))
    with trial:
        trial.app.look(sandbox_device)

    with pytest.raises(SandboxError, match="the trial 'undisturbed' has run already"):
        trial.__enter__()


def test_sweeps_do_not_nest(seam_sweep, sandbox_device):
    """Two sweeps would count each other's calls."""

    def scenario(_):
        run(seam_sweep(disconnect=sandbox_device, app=desk), lambda trial: trial.app.look(sandbox_device))

    with pytest.raises(SandboxError, match="another sweep of this sandbox is inside a trial"):
        run(seam_sweep(disconnect=sandbox_device, app=desk), scenario)


def test_sweep_does_not_begin_while_faults_are_set(seam_sweep, seam_sandbox, sandbox_device):
    """A fault that was met in the first trial would not be there in the second."""
    with (
        seam_sandbox.faults.slow("/devices/get", 1, times=None),
        pytest.raises(
            SandboxError, match="a sweep cannot begin while faults are set \\(slow on any method /devices/get\\)"
        ),
    ):
        run(seam_sweep(disconnect=sandbox_device, app=desk), print)


def test_unknown_name_of_a_trial_is_refused(seam_sweep, sandbox_device):
    """The nearest names are given."""
    trials = seam_sweep(disconnect=sandbox_device, app=desk, only="disconnected(GARAGE) before call 7")

    with pytest.raises(
        SandboxError, match="no trial 'disconnected.*7'. Nearest: 'disconnected\\(GARAGE\\) before call 1'"
    ):
        run(trials, lambda trial: trial.app.look(sandbox_device))


# scenarios that are not the same each time


def changing(*paths):
    """A scenario that calls other paths each time: `paths[0]` in its first run, `paths[1]` in its second."""
    numbers = count()

    def scenario(trial):
        with trial._sandbox.http() as http:
            for path in paths[next(numbers)]:
                http.post(path, json={})

    return scenario


def test_other_call_than_before_is_refused(seam_sweep, sandbox_device):
    """The call that the sweep wanted to disturb was another one; nothing was done to the program up to there."""
    scenario = changing(["/devices/list", "/locks/list"], ["/devices/list", "/devices/list"])
    trials = seam_sweep(disconnect=sandbox_device, only="disconnected(GARAGE) before call 2")

    with pytest.raises(SandboxError) as caught:
        run(trials, scenario)

    assert str(caught.value).startswith(
        "the scenario does not make the same calls each time: in the trial 'disconnected(GARAGE) before call 2' it "
        "called POST /devices/list, where call 2 was POST /locks/list before"
    )
    assert "app=lambda sandbox: ..." in str(caught.value)


def test_end_before_the_point_is_refused(seam_sweep, sandbox_device):
    """The call that the sweep wanted to disturb did not come."""
    scenario = changing(["/devices/list", "/locks/list"], ["/devices/list"])
    trials = seam_sweep(disconnect=sandbox_device, only="disconnected(GARAGE) after call 2")

    with pytest.raises(SandboxError, match="it ended after 1 call\\(s\\), where call 2 was POST /locks/list before"):
        run(trials, scenario)


def test_failure_before_the_point_is_refused(seam_sweep, sandbox_device):
    """A program that breaks before its injection point is not the same each time; its failure is the cause."""
    numbers = count()

    def scenario(trial):
        trial.app.look(sandbox_device)
        assert next(numbers) == 0, "a counter that nobody resets"
        trial.app.look(sandbox_device)

    trials = seam_sweep(disconnect=sandbox_device, app=desk, only="disconnected(GARAGE) before call 2")
    with pytest.raises(SandboxError, match="it failed \\(AssertionError: a counter that nobody resets") as caught:
        run(trials, scenario)

    assert isinstance(caught.value.__cause__, AssertionError)


def test_calls_after_the_point_may_differ(seam_sweep, sandbox_device):
    """How the program reacts is its own affair."""
    scenario = changing(["/devices/list", "/locks/list"], ["/devices/list", "/devices/list", "/devices/list"])
    trials = seam_sweep(disconnect=sandbox_device, only="disconnected(GARAGE) before call 1")

    run(trials, scenario)

    assert trials.results[0].outcome == "passed"


def test_mistake_does_not_hide_failures_before_it(seam_sweep, seam_sandbox, sandbox_device):
    """What trials have found is still raised by check."""
    scenario = changing(["/devices/list"] * 2, ["/nowhere"] * 2)

    def breaks(trial):
        trial.app.look(sandbox_device)
        assert not trial.name.endswith("before call 1"), "broken"
        scenario(trial)

    with pytest.raises(SandboxError, match="does not make the same calls"):
        run(seam_sweep(disconnect=sandbox_device, app=desk, when="before"), breaks)

    with pytest.raises(SweepFailed, match="broken"):
        seam_sandbox.check()
