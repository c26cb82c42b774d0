"""What of Seam the tests of a run have tried, of what is emulated: as text, as JSON and on the report page."""

import json
import re
from types import SimpleNamespace

import pytest

from pytest_seam_sandbox.coverage_of_runs import CoverageOfRun
from pytest_seam_sandbox.engine.history import Note
from pytest_seam_sandbox.outages import OUTAGES
from pytest_seam_sandbox.report.coverage import KINDS, Tried, as_json, as_summary, known

TESTS = """
import pytest

from pytest_seam_sandbox.coverage_of_runs import CoverageOfRun
from pytest_seam_sandbox.engine.history import Note
from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.stateful import SandboxMachine, rule

def test_calls(seam_sandbox, sandbox_device, seam_http):
    seam_http.post("/locks/unlock_door", json={"device_id": sandbox_device.device_id})
    seam_http.get("/devices/get", params={"name": "x"})
    seam_http.get("/no/such/path")

def test_outage_and_fault(seam_sandbox, sandbox_device, seam_http):
    with seam_sandbox.disconnected(sandbox_device), seam_sandbox.faults.fail("/devices/list"):
        seam_http.get("/devices/list")

def test_sweep(seam_sandbox, sandbox_device, seam_sweep):
    for trial in seam_sweep(remove=sandbox_device):
        with trial as sandbox:
            sandbox.http().get("/events/list", params={"since": "2020-01-01"})

@pytest.mark.parametrize("number", range(60))
def test_many(number):
    with Sandbox() as sandbox:
        sandbox.http().post("/workspaces/get")
"""


def rows_of(path):
    """The rows of the JSON."""
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_what_was_tried(pytester, in_process, in_subprocess, workers):
    """By the program: paths, events, refusals, outages and faults; in trials of sweeps and in all sandboxes too."""
    pytester.makepyfile(TESTS)

    run = in_subprocess if workers else in_process
    result = run("--seam-coverage=out/seam.json", "--seam-report=seam.html", *workers)

    rows = rows_of(pytester.path / "out" / "seam.json")
    assert list(rows) == list(KINDS)
    assert rows["operations"]["tried"] == [
        "/devices/get",
        "/devices/list",
        "/events/list",
        "/locks/unlock_door",
        "/workspaces/get",
    ]
    assert {"device.disconnected", "device.removed", "lock.unlocked"} <= set(rows["events"]["tried"])
    assert rows["refusals"]["tried"] == ["device_not_found"]
    assert rows["outages"]["tried"] == ["disconnected", "removed"]
    assert rows["faults"]["tried"] == ["fail"]
    assert "hub_disconnected" in rows["outages"]["never"]
    assert "/thermostats/cool" in rows["operations"]["never"]
    result.stdout.fnmatch_lines(
        [
            "=*= Seam coverage =*",
            "faults  *1 of * that are emulated",
            f"All names are in {(pytester.path / 'out' / 'seam.json').as_uri()} and the Seam report.",
        ]
    )
    data = re.search(r'id="data">(.*?)</script>', (pytester.path / "seam.html").read_text("utf-8"))[1]
    assert {row["kind"]: row["tried"] for row in json.loads(data)["coverage"]} == {
        kind: row["tried"] for kind, row in rows.items()
    }


def test_text_is_no_file_however_it_is_written(pytester, in_process):
    """As with every setting that takes words."""
    in_process("--seam-coverage=TEXT")

    assert not (pytester.path / "TEXT").exists()


def test_option_without_a_value(pytester, in_process):
    """The terminal alone; nobody is told anything without the option."""
    pytester.makepyfile("def test_it(seam_sandbox):\n    pass")

    result = in_process("--seam-coverage")

    result.stdout.fnmatch_lines(["=*= Seam coverage =*", "All names: --seam-coverage=seam.json writes them as JSON*"])
    assert "Seam coverage" not in in_process().stdout.str()


def test_path_of_tests_is_no_file(pytester, in_process):
    """An option without a value takes what follows it."""
    result = in_process("--seam-coverage", "tests/")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: the option --seam-coverage: coverage is 'tests/'; it takes text, or *written with =)."]
    )


def test_nothing_that_is_not_emulated_counts():
    """Neither a path nor an error of a fault or of a stub."""
    tried = Tried()
    tried.merge({"operations": ["/a", "/locks/get"], "events": [], "outages": ["disconnected"]})
    emulated = known(["disconnected"])

    rows = {row["kind"]: row for row in as_json(tried, emulated)}

    assert rows["operations"]["tried"] == ["/locks/get"]
    assert rows["outages"] == {"kind": "outages", "tried": ["disconnected"], "never": []}
    assert {"invalid_input", "device_not_found", "unauthorized"} <= set(rows["refusals"]["never"])


def summary(tried):
    """The lines for these names, and nothing else, of what is emulated."""
    found = Tried()
    found.merge({kind: tried.get(kind, ()) for kind in KINDS})
    return as_summary(as_json(found, known(OUTAGES)))


@pytest.mark.parametrize("tried", [{}, {"operations": known(OUTAGES)["operations"]}, known(OUTAGES)])
def test_summary_is_short(tried):
    """Whatever was tried; with the lines around it, it fits on a screen."""
    lines = summary(tried)

    assert 5 <= len(lines) <= 18
    assert max(map(len, lines)) <= 100


def test_summary_counts_each_kind():
    """Nothing is said of gaps where there are none."""
    assert [line.split()[:4] for line in summary(known(OUTAGES))] == [
        [kind, str(len(names)), "of", str(len(names))] for kind, names in known(OUTAGES).items()
    ]


def test_summary_has_gaps_that_are_near():
    """All outages and faults; events and refusals of the families that were called; trouble first, the rest counted."""
    lines = summary({"operations": ["/locks/unlock_door", "/user_identities/get"], "faults": ["fail"]})

    near = " ".join("\n".join(lines).partition("Never tried, and near to what the program calls:\n")[2].split())
    assert near.startswith("events action_attempt.{unlock_door.failed, unlock_door.succeeded}, lock.{access_denied,")
    assert "refusals user_identity_not_found outages " in near
    assert "code_modified_external_to_seam" in near
    assert near.endswith("faults garbage, lose_answer, rate_limit, refuse, reset, slow, time_out")


def test_summary_counts_what_it_leaves_out():
    """Of a hundred events a few stand there."""
    lines = summary({"operations": ["/devices/list"]})

    events = " ".join("\n".join(lines).partition("  events    ")[2].partition("  refusals")[0].split())
    assert events.endswith(" more")
    assert events.startswith("device.{")


def test_live_sandbox(pytestconfig):
    """What it has seen counts when it is gone, and what it forgets meanwhile does not."""

    class Live:
        is_live = True
        backend = SimpleNamespace(history=lambda: [Note(0.0, "outage", "removed(GARAGE) begins")])

    plugin = CoverageOfRun(pytestconfig, "text")
    for _ in range(60):
        plugin.see(Live())

    assert plugin.tried.plain()["outages"] == ["removed"]
