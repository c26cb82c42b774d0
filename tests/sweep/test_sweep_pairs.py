"""With depth=2 a sweep has two disruptions in a trial, the second among the calls that follow from the first."""

from contextlib import suppress

import httpx
import pytest
from seam import SeamHttpApiError

from pytest_seam_sandbox.sweep import SweepFailed
from sweep.desk import desk, run


def look(door, times=1):
    return lambda trial: [trial.app.look(door) for _ in range(times)]


def pairs(found):
    return [name for name in found if ", then " in name]


def test_pairs_come_after_all_single_injection_points(seam_sweep, sandbox_device):
    """Single injection points come first; pairs follow in the order of their first one, then of the second."""
    found = run(seam_sweep(disconnect=sandbox_device, faults=["slow"], depth=2, app=desk), look(sandbox_device))

    assert list(found) == [
        "undisturbed",
        "disconnected(GARAGE) before call 1",
        "disconnected(GARAGE) after call 1",
        "slow after call 1",
        "disconnected(GARAGE) before call 1, then slow after call 1",
    ]


def test_depth_is_one_unless_asked_for(seam_sweep, sandbox_device):
    """Pairs cost many trials, so they have to be asked for."""
    found = run(seam_sweep(faults=["slow"], app=desk), look(sandbox_device, 2))

    assert pairs(found) == []


def test_second_point_is_among_the_calls_after_the_first(seam_sweep, sandbox_device):
    """The program tries again after a 503; that try is call 2, and it can be disturbed in its turn."""

    def stubborn(trial):
        for _ in range(3):
            with suppress(SeamHttpApiError):
                return trial.app.look(sandbox_device)
        return None

    found = run(seam_sweep(faults=["fail"], when="before", depth=2, app=desk), stubborn)

    assert pairs(found) == ["fail before call 1, then fail before call 2"]


def test_pair_of_two_outages_has_both(seam_sweep, seam_sandbox, sandbox_device):
    """The first outage goes on while the second begins."""
    other = seam_sandbox.create_device(name="CELLAR")
    trials = seam_sweep(disconnect=[sandbox_device, other], when="before", depth=2, app=desk)

    found = run(trials, lambda trial: (trial.app.look(sandbox_device), trial.app.look(other)))

    assert {name: found[name] for name in pairs(found)} == {
        "disconnected(GARAGE) before call 1, then disconnected(CELLAR) before call 2": (False, False),
        "disconnected(CELLAR) before call 1, then disconnected(GARAGE) before call 2": (True, False),
    }


def test_device_is_not_lost_twice_at_a_time(seam_sweep, sandbox_device):
    """While an outage goes on there is no injection point for the same one; after `lasting` calls there is."""
    trials = seam_sweep(disconnect=sandbox_device, when="before", depth=2, lasting=1, app=desk)

    found = run(trials, look(sandbox_device, 2))

    assert found["disconnected(GARAGE) before call 1, then disconnected(GARAGE) before call 2"] == [False, False]
    assert pairs(run(seam_sweep(disconnect=sandbox_device, depth=2, app=desk), look(sandbox_device, 2))) == []


def test_one_call_has_one_fault(seam_sweep, sandbox_device):
    """Two faults meet two calls, never the same one before and after its effect."""
    found = run(seam_sweep(faults=["refuse", "slow"], depth=2, app=lambda sandbox: sandbox), one_try(sandbox_device))

    assert list(found) == ["undisturbed", "refuse before call 1", "slow after call 1"]


def one_try(door):
    """A program without retries."""

    def scenario(trial):
        with trial.app.http() as http, suppress(httpx.ConnectError):
            http.post("/devices/get", json={"device_id": door.device_id})

    return scenario


def test_pair_finds_what_no_single_point_finds(seam_sweep, sandbox_device):
    """A program that gives up after two failures passes all single injection points."""
    trials = seam_sweep(disconnect=sandbox_device, when="before", depth=2, lasting=1, app=desk)

    def scenario(trial):
        assert trial.app.look(sandbox_device) or trial.app.look(sandbox_device)

    with pytest.raises(SweepFailed) as caught:
        run(trials, scenario)

    assert [result.outcome for result in trials.results] == ["passed", "failed"]
    assert str(caught.value).startswith(
        "disconnected(GARAGE) before call 1 (GET /devices/get), "
        "then disconnected(GARAGE) before call 2 (GET /devices/get) broke the program: AssertionError"
    )


def test_failed_point_begins_no_pair(seam_sweep, sandbox_device):
    """What breaks the program alone is not tried again together with something else."""
    trials = seam_sweep(disconnect=sandbox_device, faults=["slow"], depth=2, app=desk)

    def scenario(trial):
        assert trial.app.look(sandbox_device)

    with pytest.raises(SweepFailed):
        run(trials, scenario)

    assert [result.name for result in trials.results] == [
        "disconnected(GARAGE) before call 1",
        "disconnected(GARAGE) after call 1",
        "slow after call 1",
    ]


def test_max_trials_bounds_the_whole(seam_sweep, sandbox_device):
    """Trials beyond the bound do not run, and the table says how many pairs that were."""
    trials = seam_sweep(faults=["slow"], depth=2, max_trials=4, app=desk)

    found = run(trials, look(sandbox_device, 3))

    assert len(found) == 1 + 4
    assert "Left out for max_trials=4: 2 trials with two injection points." in trials.table


def test_max_trials_that_cuts_single_points_leaves_out_all_pairs(seam_sweep, sandbox_device):
    """The table says how many single injection points had no room, and shows them with a dash."""
    trials = seam_sweep(faults=["slow"], depth=2, max_trials=2, app=desk)

    run(trials, look(sandbox_device, 3))

    assert "Left out for max_trials=2: 1 trials with one injection point and all with two." in trials.table
    assert [line.split()[-1] for line in trials.table.splitlines()[2:5]] == ["ok", "ok", "-"]


def test_only_a_pair_runs_its_first_point_too(seam_sweep, sandbox_device):
    """The first one alone says which calls follow, so it is run before the pair."""
    name = "slow after call 1, then slow after call 3"

    found = run(seam_sweep(faults=["slow"], depth=2, only=name, app=desk), look(sandbox_device, 3))

    assert list(found) == ["undisturbed", "slow after call 1", name]
