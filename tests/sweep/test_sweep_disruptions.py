"""What a sweep can do to a program: every outage and every fault, named in every form."""

import httpx
import pytest
from seam import SeamHttpApiError

from pytest_seam_sandbox.outages import OutageSpec, possible_outages
from pytest_seam_sandbox.strategies.fault_specs import FaultSpec
from pytest_seam_sandbox.sweep import SweepFailed
from sweep.desk import desk, run


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("fail", {"fail before call 1": (0, 503), "fail after call 1": (1, 503)}),
        ("lose_answer", {"lose_answer after call 1": (1, None)}),
        ("refuse", {"refuse before call 1": (0, None)}),
        ("rate_limit", {"rate_limit before call 1": (0, 429)}),
        ("slow", {"slow after call 1": (1, 200)}),
        (
            FaultSpec("fail", "/devices/*", times=7, status=500),
            {
                "fail(status=500, times=7) before call 1": (0, 500),
                "fail(status=500, times=7) after call 1": (1, 500),
            },
        ),
    ],
    ids=["fail", "lose_answer", "refuse", "rate_limit", "slow", "value"],
)
def test_fault_meets_the_call_before_or_after_its_effect(seam_sweep, sandbox_device, fault, expected):
    """Before: nothing was unlocked. After: it was, whatever the program has seen of it."""
    found = {}
    for trial in seam_sweep(faults=fault):
        with trial as sandbox, sandbox.http() as http:
            found[trial.name] = (None, attempt(http, sandbox_device))
            unlocked = [event for event in sandbox.events if event.event_type == "lock.unlocked"]
            found[trial.name] = (len(unlocked), found[trial.name][1])

    assert found == {"undisturbed": (1, 200), **expected}


def attempt(http, door):
    """The status that the program gets; None for none."""
    try:
        return http.post("/locks/unlock_door", json={"device_id": door.device_id}).status_code
    except httpx.TransportError:
        return None


def test_fault_lasts_until_the_program_has_seen_it(seam_sweep, sandbox_device):
    """What the SDK tries again by itself meets the fault again, and counts as one call; the next call gets through."""
    seen = []
    trials = seam_sweep(faults=["fail"], when="before", app=desk)
    for trial in trials:
        with trial as sandbox:
            for _ in range(2):
                try:
                    seen.append(trial.app.look(sandbox_device))
                except SeamHttpApiError as error:
                    seen.append(error.status_code)
            statuses = [call.status for call in sandbox.requests]

    assert seen == [True, True, 503, True, True, 503]
    assert statuses == [200, 503, 503, 503]
    assert [result.calls for result in trials.results] == [[("GET", "/devices/get")] * 2] * 2
    assert "absorbed" not in trials.table


def test_single_fault_is_absorbed_by_the_client(seam_sweep, sandbox_device):
    """A fault that does not last until it is seen never reaches the program where the SDK tries again."""
    single = FaultSpec("fail", until_seen=False)
    trials = seam_sweep(faults=[single, "slow"], when="after", app=desk)

    found = run(trials, lambda trial: trial.app.look(sandbox_device))

    assert found["fail(once) after call 1"] is True
    assert [result.was_absorbed for result in trials.results] == [True, False]
    assert trials.table.splitlines()[2].split() == ["1", "GET", "/devices/get", "absorbed", "ok"]
    assert "2 trials with one injection point: 2 passed (1 absorbed by the client)." in trials.table


def test_lasting_counts_the_calls_that_meet_a_fault(seam_sweep, sandbox_device):
    """`lasting=2`: two calls in a row meet the fault, whatever their paths; healing ends it before that."""
    found = {}
    for trial in seam_sweep(faults=["fail"], when="before", lasting=2):
        with trial as sandbox, sandbox.http() as http:
            statuses = [attempt(http, sandbox_device) for _ in range(3)]
            found[trial.name] = statuses
            trial.heal()
            assert attempt(http, sandbox_device) == 200

    assert found == {
        "undisturbed": [200, 200, 200],
        "fail before call 1": [503, 503, 200],
        "fail before call 2": [200, 503, 503],
        "fail before call 3": [200, 200, 503],
    }


def test_client_that_does_not_wait_fails_the_trial(seam_sweep, sandbox_device):
    """A 429 asks the client to wait, and one that comes back at once breaks its trial."""
    trials = seam_sweep(faults=["rate_limit"])
    with pytest.raises(SweepFailed, match="the client came back"):
        for trial in trials:
            with trial as sandbox, sandbox.http() as http:
                attempt(http, sandbox_device)
                attempt(http, sandbox_device)

    assert [result.outcome for result in trials.results] == ["failed", "passed"]


@pytest.mark.parametrize(
    ("argument", "device_type", "name"),
    [
        ("disconnect", "august_lock", "disconnected(DOOR)"),
        ("disconnect_hub", "august_lock", "hub_disconnected(DOOR)"),
        ("remove", "august_lock", "removed(DOOR)"),
        ("expire", "nuki_lock", "subscription_expired(DOOR)"),
        ("disconnect_account", "august_lock", "account_disconnected(DOOR)"),
    ],
)
def test_every_outage_of_a_device_can_be_swept(seam_sweep, seam_sandbox, argument, device_type, name):
    """Each argument stands for one outage, which shows on the device that the program gets."""
    door = seam_sandbox.create_device(device_type, name="DOOR")

    found = run(
        seam_sweep(**{argument: "DOOR"}, app=desk),
        lambda trial: len(trial.app.seam.devices.get(device_id=door.device_id).errors) > 0,
    )

    assert found == {"undisturbed": False, f"{name} before call 1": True, f"{name} after call 1": False}


def test_lost_phone_can_be_swept(seam_sweep, sandbox_phone):
    """The phone is gone before the call; its owner has a new one when all is healed."""
    found = {}
    for trial in seam_sweep(deactivate=sandbox_phone, app=desk, when="before"):
        with trial as sandbox:
            phones = trial.app.seam.phones.list()
            trial.heal()
            found[trial.name] = (len(phones), len(sandbox.client().phones.list()))

    name = sandbox_phone.display_name
    assert found == {"undisturbed": (1, 1), f"deactivated({name}) before call 1": (0, 1)}


def targets(sandbox, device):
    return {
        "label": device.display_name,
        "id": device.device_id,
        "model": device,
        "object of the SDK": sandbox.client().devices.get(device_id=device.device_id),
        "list": [device.display_name, device],
    }


@pytest.mark.parametrize("form", ["label", "id", "model", "object of the SDK", "list"])
def test_target_is_a_label_an_id_or_a_model(seam_sweep, seam_sandbox, sandbox_device, form):
    """Each form names the same device; naming it twice counts once."""
    trials = seam_sweep(disconnect=targets(seam_sandbox, sandbox_device)[form], app=desk)

    run(trials, lambda trial: trial.app.look(sandbox_device))

    assert [one.name for one in trials.disruptions] == ["disconnected(GARAGE)"]


@pytest.mark.parametrize("form", ["account", "account id", "device", "label"])
def test_account_is_named_by_itself_or_by_a_device(seam_sweep, seam_sandbox, sandbox_device, form):
    """An account has no label of its own, so the name of the trial has that of its first device."""
    account = seam_sandbox.get_connected_account(sandbox_device.connected_account_id)
    forms = {
        "account": account,
        "account id": account.connected_account_id,
        "device": sandbox_device,
        "label": "GARAGE",
    }
    trials = seam_sweep(disconnect_account=forms[form], app=desk)

    run(trials, lambda trial: trial.app.look(sandbox_device))

    assert [one.name for one in trials.disruptions] == ["account_disconnected(GARAGE)"]


def test_possible_outages_of_things_with_one_name(seam_sweep, seam_sandbox):
    """Where several have a name, an outage as a value is that of the first, unless it has a number."""
    phones = [seam_sandbox.create_phone() for _ in range(2)]

    trials = seam_sweep(outages=possible_outages(seam_sandbox, ["deactivated"]), app=desk)
    run(trials, lambda trial: trial.app.seam.phones.list())

    assert [one.cause.target for one in trials.disruptions] == [phone.device_id for phone in phones]
    assert [one.name.endswith(" #2)") for one in trials.disruptions] == [False, True]
    assert {result.outcome for result in trials.results} == {"passed"}


def test_outages_are_taken_as_values(seam_sweep, seam_sandbox, sandbox_device):
    """`outages=` takes what possible_outages gives."""
    trials = seam_sweep(outages=possible_outages(seam_sandbox, ["disconnected", "removed"]), app=desk)

    run(trials, lambda trial: trial.app.look(sandbox_device))

    assert [one.name for one in trials.disruptions] == ["disconnected(GARAGE)", "removed(GARAGE)"]


def test_second_device_of_a_name_is_hit_and_not_the_first(seam_sweep, seam_sandbox):
    """The label NAME #2 leads to the second device of the name, also when the program deletes the first."""
    account = seam_sandbox.create_connected_account().connected_account_id
    seam_sandbox.create_device(name="DOOR", connected_account_id=account)
    second = seam_sandbox.create_device("schlage_lock", name="DOOR")

    def scenario(trial):
        trial.app.seam.connected_accounts.delete(connected_account_id=account)
        return trial.app.look(second)

    found = run(seam_sweep(outages=[OutageSpec("disconnected", "DOOR #2")], app=desk, when="before"), scenario)

    assert found["disconnected(DOOR #2) before call 2"] is False


def test_what_cannot_be_lost_any_more_is_no_failure(seam_sweep, sandbox_device):
    """Where the scenario itself has removed the device, the injection point is marked as not possible, with the reason."""
    trials = seam_sweep(disconnect=sandbox_device, app=desk)

    account = sandbox_device.connected_account_id
    run(trials, lambda trial: trial.app.seam.connected_accounts.delete(connected_account_id=account))

    assert [result.outcome for result in trials.results] == ["passed", "not possible"]
    assert (
        "n/a    disconnected(GARAGE) after call 1 (DELETE /connected_accounts/delete): UnknownId: no device"
        in trials.table
    )


def test_fault_at_a_call_that_seam_does_not_have_is_no_failure(seam_sweep):
    """No fault can meet such a call, and the table says so."""
    trials = seam_sweep(faults=["fail"], when="before")
    for trial in trials:
        with trial as sandbox, sandbox.http() as http:
            assert http.get("/nowhere").status_code == 404

    assert [result.outcome for result in trials.results] == ["not possible"]
    assert "no fault meets call 1" in trials.table


def test_fault_beside_one_of_the_scenario_is_no_failure(seam_sweep, sandbox_device):
    """A fault that the scenario has set for the same call comes first, and the table says so."""
    trials = seam_sweep(faults=["lose_answer"])
    for trial in trials:
        with trial as sandbox, sandbox.faults.fail("/locks/unlock_door"), sandbox.http() as http:
            assert attempt(http, sandbox_device) == 503

    assert [result.outcome for result in trials.results] == ["not possible"]
    assert "the active fault fail" in trials.table
