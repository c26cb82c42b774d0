"""What a sweep does with exceptions: it keeps failures of trials to the end, lets all else pass, and swallows none."""

import re
from itertools import count
from unittest import SkipTest

import pytest

from pytest_seam_sandbox import ExpectationFailed, NotEmulated, Sandbox, SandboxError
from pytest_seam_sandbox.sweep import SweepFailed, sweep
from sweep.desk import desk, run


def trusting(door):
    """A program that never expects an offline door."""

    def scenario(trial):
        assert trial.app.look(door)
        assert trial.app.open(door) == "open", "the door stayed closed"

    return scenario


def swept(sandbox, door, **options):
    """A sweep that fails, and its failure."""
    trials = sweep(sandbox, disconnect=door, app=desk, **options)
    with pytest.raises(SweepFailed) as caught:
        run(trials, trusting(door))
    return trials, caught.value


def test_loop_goes_on_after_a_failure(seam_sandbox, sandbox_device):
    """Every trial runs, and each has its outcome."""
    trials, _ = swept(seam_sandbox, sandbox_device)

    assert {result.name: result.outcome for result in trials.results} == {
        "disconnected(GARAGE) before call 1": "failed",
        "disconnected(GARAGE) after call 1": "failed",
        "disconnected(GARAGE) before call 2": "failed",
        "disconnected(GARAGE) after call 2": "passed",
    }


def test_failure_is_an_expectation_that_failed(seam_sandbox, sandbox_device):
    """Whoever catches what sandboxes expect catches this too; the cause is the first failure itself."""
    trials, failure = swept(seam_sandbox, sandbox_device)

    assert isinstance(failure, ExpectationFailed)
    assert failure.__cause__ is trials.results[0].error


def test_failure_names_the_call_at_which_the_program_broke(seam_sandbox, sandbox_device):
    """The first line has the kind, the side, number, method and path of the call, and the assertion."""
    name = "disconnected(GARAGE) before call 2"
    _, failure = swept(seam_sandbox, sandbox_device, only=name)

    assert str(failure).splitlines()[:3] == [
        f"{name} (POST /locks/unlock_door) broke the program: AssertionError: the door stayed closed",
        "1 of 1 trials failed, and this is the smallest of them.",
        f"Run it alone with: seam_sweep(..., only={name!r})",
    ]


def test_failure_has_the_table(seam_sandbox, sandbox_device):
    """A line for each call, a column for each kind and side, then each failure in words."""
    trials, failure = swept(seam_sandbox, sandbox_device)

    assert trials.table in str(failure)
    assert trials.table.splitlines()[:6] == [
        "                            disconnected(GARAGE)",
        "call                        before  after",
        "1 GET /devices/get          FAILED  FAILED",
        "2 POST /locks/unlock_door   FAILED  ok",
        "",
        "4 trials with one injection point: 1 passed, 3 failed.",
    ]
    assert trials.table.splitlines()[7].startswith("FAILED disconnected(GARAGE) after call 1 (GET /devices/get): ")


def test_failure_has_the_timeline_of_its_trial(seam_sandbox, sandbox_device):
    """The requests, events and outages of the smallest failing trial, and of no other."""
    _, failure = swept(seam_sandbox, sandbox_device)
    timeline = str(failure).split("Timeline of disconnected(GARAGE) before call 1:\n")[1]

    kinds = [line[15:].split()[0] for line in timeline.splitlines()]

    assert kinds == ["trial", "outage", "sandbox", "event", "request", "raised", "sandbox", "event", "outage"]
    assert timeline.count("GET /devices/get") == 1


def test_timeline_of_the_sandbox_is_that_of_the_failure(seam_sandbox, sandbox_device):
    """The section below a failed test shows the trial that its text is about."""
    _, failure = swept(seam_sandbox, sandbox_device)

    assert seam_sandbox.timeline.endswith(str(failure).split("before call 1:\n")[1].replace(" > raised", "   raised"))


def test_error_says_in_which_trial_it_came(seam_sandbox, sandbox_device):
    """Each kept exception has a note, for those who read the traceback first."""
    name = "disconnected(GARAGE) before call 2"
    trials, _ = swept(seam_sandbox, sandbox_device)

    assert trials.results[2].error.__notes__ == [
        f"in the trial {name} (POST /locks/unlock_door); run it alone with only={name!r}"
    ]


def test_only_runs_the_undisturbed_and_the_named_trial(seam_sandbox, sandbox_device):
    """A trial can be run again by its name alone."""
    trials = sweep(seam_sandbox, disconnect=sandbox_device, app=desk, only="disconnected(GARAGE) after call 1")

    found = run(trials, lambda trial: trial.app.look(sandbox_device))

    assert list(found) == ["undisturbed", "disconnected(GARAGE) after call 1"]


def test_wide_table_is_cut_into_blocks(seam_sandbox, sandbox_device):
    """Columns that do not fit beside each other go below each other, with the calls again."""
    faults = ["fail", "refuse", "slow", "rate_limit", "garbage", "reset", "time_out"]
    trials = sweep(seam_sandbox, faults=faults, disconnect="GARAGE", only="slow after call 1")

    run(trials, lambda trial: trial._sandbox.client().devices.list())

    assert max(map(len, trials.table.splitlines())) <= 110
    assert trials.table.count("1 GET /devices/list") == 2


def test_long_list_of_failures_is_cut(seam_sandbox, sandbox_device):
    """Twenty failures are listed, the others are counted."""
    trials = sweep(seam_sandbox, disconnect=sandbox_device, app=desk, when="before")

    def scenario(trial):
        assert all([trial.app.look(sandbox_device) for _ in range(25)])  # noqa: C419 - the calls are always the same

    with pytest.raises(SweepFailed):
        run(trials, scenario)

    assert trials.table.count("FAILED disconnected") == 20
    assert "... and 5 more failed" in trials.table


def test_failure_of_the_undisturbed_scenario_passes_as_it_is(seam_sandbox, sandbox_device):
    """What fails undisturbed is no finding of the sweep."""
    error = AssertionError("always")

    with pytest.raises(AssertionError) as caught:
        run(sweep(seam_sandbox, disconnect=sandbox_device), raising(error))

    assert caught.value is error
    assert not hasattr(error, "__notes__")


def raising(error):
    """A function that only raises."""

    def raises(_):
        raise error

    return raises


def in_second_trial(error):
    """A scenario that raises when it runs for the second time."""
    numbers = count(1)

    def scenario(trial):
        trial.app.seam.devices.list()
        if next(numbers) == 2:
            raise error

    return scenario


@pytest.mark.parametrize(
    "error",
    [
        KeyboardInterrupt(),
        SystemExit(1),
        pytest.skip.Exception("not here"),
        SkipTest("not here"),
        pytest.xfail.Exception("known"),
        pytest.exit.Exception("enough"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_about_the_whole_test_passes_through(seam_sandbox, sandbox_device, error):
    """Skips, expected failures and interrupts end the loop, and everything is healed."""
    with pytest.raises(type(error)) as caught:
        run(sweep(seam_sandbox, disconnect=sandbox_device, app=desk), in_second_trial(error))

    assert caught.value is error
    assert seam_sandbox.get_device(sandbox_device).properties.online


def test_failed_of_pytest_is_a_failure(seam_sandbox, sandbox_device):
    """`pytest.fail` is kept like an assertion."""
    error = pytest.fail.Exception("no good")

    with pytest.raises(SweepFailed, match="before call 1 .* broke the program: Failed: no good"):
        run(sweep(seam_sandbox, disconnect=sandbox_device, app=desk), in_second_trial(error))


def test_exception_outside_the_trial_passes_as_it_is(seam_sandbox, sandbox_device):
    """The body of the loop is the test's own."""
    with pytest.raises(LookupError, match="outside"):
        for trial in sweep(seam_sandbox, disconnect=sandbox_device, app=desk):
            with trial:
                trial.app.look(sandbox_device)
            raise LookupError("outside")


def test_factory_that_fails_passes_as_it_is(seam_sandbox, sandbox_device):
    """An app that cannot be built is no finding of the sweep."""
    with pytest.raises(LookupError, match="no app"):
        run(
            sweep(seam_sandbox, disconnect=sandbox_device, app=raising(LookupError("no app"))),
            print,
        )


def leave_early(trials, door):
    for trial in trials:
        with trial:
            assert trial.app.look(door), "offline"
        if trial.result.outcome == "failed":
            break


def test_failures_before_a_break_are_raised_by_check(seam_sandbox, sandbox_device):
    """Nobody can leave the loop and lose what was found."""
    leave_early(sweep(seam_sandbox, disconnect=sandbox_device, app=desk), sandbox_device)

    with pytest.raises(SweepFailed, match="broke the program: AssertionError: offline"):
        seam_sandbox.check()


def test_failures_before_a_break_are_raised_once(seam_sandbox, sandbox_device):
    """What was raised is not raised again."""
    leave_early(sweep(seam_sandbox, disconnect=sandbox_device, app=desk), sandbox_device)
    with pytest.raises(SweepFailed):
        seam_sandbox.check()

    seam_sandbox.check()


def test_failures_are_reported_beside_an_exception_of_the_loop():
    """The exception goes first, and the sandbox adds what the sweep had found."""
    with pytest.raises(LookupError) as caught, Sandbox() as sandbox:
        door = sandbox.create_device()
        leave_early(sweep(sandbox, disconnect=door, app=desk), door)
        raise LookupError("outside")

    assert re.search("and the sandbox says: disconnected.* broke the program", caught.value.__notes__[0])


def test_call_that_is_not_emulated_fails_its_trial(seam_sandbox, sandbox_device):
    """What a sandbox notices by itself belongs to the trial in which it came about."""
    trials = sweep(seam_sandbox, disconnect=sandbox_device, app=desk, when="before")

    def scenario(trial):
        with trial._sandbox.http() as http:
            http.post("/devices/list" if trial.app.look(sandbox_device) else "/thermostats/get", json={})

    with pytest.raises(SweepFailed) as caught:
        run(trials, scenario)

    assert isinstance(caught.value.__cause__, NotEmulated)


def test_outage_that_the_scenario_leaves_open_fails_its_trial(seam_sandbox, sandbox_device):
    """It is healed before the next trial, and reported."""
    other = seam_sandbox.create_device()

    def scenario(trial):
        if not trial.app.look(sandbox_device):
            trial._sandbox.disconnected(other).__enter__()

    with pytest.raises(SweepFailed, match="1 of 2 trials failed") as caught:
        run(sweep(seam_sandbox, disconnect=sandbox_device, app=desk), scenario)

    assert isinstance(caught.value.__cause__, SandboxError)
    assert "the test ended inside disconnected(" in str(caught.value.__cause__)


def test_fault_that_the_scenario_leaves_set_fails_its_trial(seam_sandbox, sandbox_device):
    """It is gone in the next trial, and reported."""

    def scenario(trial):
        if not trial.app.look(sandbox_device):
            trial._sandbox.faults.fail("/locks/lock_door")

    with pytest.raises(SweepFailed, match="the fault fail on any method /locks/lock_door was met 0 of 1"):
        run(sweep(seam_sandbox, disconnect=sandbox_device, app=desk), scenario)

    assert seam_sandbox.faults.active == []


def test_what_else_is_wrong_is_a_note_of_the_failure(seam_sandbox, sandbox_device):
    """The failure of the program comes first, what the sandbox noticed second."""

    def scenario(trial):
        if not trial.app.look(sandbox_device):
            trial._sandbox.faults.fail("/locks/lock_door")
            raise AssertionError("the program broke")

    with pytest.raises(SweepFailed, match="AssertionError: the program broke") as caught:
        run(sweep(seam_sandbox, disconnect=sandbox_device, app=desk), scenario)

    assert caught.value.__cause__.__notes__[0].startswith("and: the fault fail on any method /locks/lock_door")
