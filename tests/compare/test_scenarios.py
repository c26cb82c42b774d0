"""The scenarios themselves: on two emulators there is no difference, and nothing is left behind."""

import pytest

from pytest_seam_sandbox.api import find_endpoint
from pytest_seam_sandbox.backends.live.undoing.rules import Refuse
from pytest_seam_sandbox.backends.live.undoing.table import rule_of
from pytest_seam_sandbox.compare.scenarios import SCENARIOS
from pytest_seam_sandbox.compare.steps import Call, DeviceNeed, names_in
from pytest_seam_sandbox.report.timeline import render_timeline

MADE_BY_NEEDS = {"device", "connected_account", "acs_system"}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_two_emulators_do_not_differ(other, scenario):
    """Each scenario runs from its first to its last step, takes back what it makes, and finds nothing."""
    before = kept(other.sandbox)

    comparison = other.compare(scenario)

    assert [str(one) for one in comparison.differences] == []
    assert comparison.left == ()
    assert kept(other.sandbox) == before, render_timeline(other.sandbox.embedded.history())


def kept(sandbox):
    """What a workspace holds, but for what nobody can take back, and what a door or a thermostat is set to."""
    dump = sandbox.embedded.dump()
    gone = {"ActionAttempt", "Event", "Thermostat", "Device"}
    devices = [
        {name: device[name] for name in ("device_id", "errors", "warnings", "custom_metadata", "space_ids")}
        for device in dump["Device"]
    ]
    return devices, {kind: rows for kind, rows in dump.items() if kind not in gone and rows}


def test_every_step_is_made(other):
    """No step of a scenario waits for what no step before it keeps."""
    for scenario in SCENARIOS:
        there = set(MADE_BY_NEEDS if scenario.needs else ())
        for step in scenario.steps:
            if isinstance(step, Call):
                assert set(names_in(step.params)) | set(names_in(step.caller)) <= there, (scenario.name, step.path)
                there |= step.keep.keys()
                if step.undo is not None:
                    assert set(names_in(step.undo.params)) <= there, (scenario.name, step.path)


def test_no_step_is_refused_to_live_sandboxes():
    """Else the whole comparison with a live workspace ends there."""
    steps = [step for scenario in SCENARIOS for step in scenario.steps if isinstance(step, Call)]
    paths = {call.path for step in steps for call in (step, step.undo) if call is not None}
    assert [path for path in sorted(paths) if isinstance(rule_of(path), Refuse)] == []


def test_names_and_paths_of_scenarios():
    """A name stands for one scenario; each path but one is Seam's."""
    names = [scenario.name for scenario in SCENARIOS]
    paths = {step.path for scenario in SCENARIOS for step in scenario.steps if isinstance(step, Call)}

    assert len(set(names)) == len(names)
    assert all(scenario.sentence.endswith(".") for scenario in SCENARIOS)
    assert {path for path in paths if find_endpoint(path) is None} == {"/no_such_path/get"}


@pytest.mark.parametrize("scenario", [each for each in SCENARIOS if each.needs], ids=lambda scenario: scenario.name)
def test_scenario_without_what_it_needs_is_not_run(bare, scenario):
    """It says what is not there, and makes no request but to look for it."""
    comparison = bare.compare(scenario)

    [difference] = comparison.differences
    assert (difference.kind, difference.about, difference.embedded) == ("not run", scenario.name, "can run")
    assert difference.other.startswith("the workspace has no ")
    assert set(bare.paths()) <= {"/devices/list", "/acs/systems/list"}
    assert comparison.left == ()


def test_changed_devices_have_the_flag_for_it():
    """Whatever is simulated on a device of a live workspace asks for a device that says it can be."""
    for scenario in SCENARIOS:
        simulated = [
            step.path for step in scenario.steps if isinstance(step, Call) and "/devices/simulate/" in step.path
        ]
        flags = [flag for need in scenario.needs if isinstance(need, DeviceNeed) for flag in need.flags]
        assert not simulated or any(flag.startswith("can_simulate_") for flag in flags), scenario.name


def scenario_of(name):
    return next(scenario for scenario in SCENARIOS if scenario.name == name)


def test_pages_without_an_end_are_left(other):
    """A server that gives the same page again and again keeps a comparison busy no longer than it has to."""

    def again(status, answer):
        return status, answer | {"pagination": {"next_page_cursor": "x", "has_next_page": True}}

    other.twists |= dict.fromkeys(("/devices/list", "/acs/systems/list"), again)
    compared = other.compare(scenario_of("devices"), scenario_of("access systems"))

    assert compared.scenarios == ("devices", "access systems")
    assert other.paths().count("/devices/list") < 20


def test_rows_of_another_form_are_none(other):
    """What has no id, and what is no object, is no device that a scenario could use."""
    other.twists["/devices/list"] = lambda status, _: (status, {"devices": [7, {}, {"device_id": 7}], "ok": True})

    (told,) = other.told(scenario_of("devices"))
    assert "the workspace has no online lock" in told
