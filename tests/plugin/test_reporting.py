"""What a run shows of its tests: the options, the section with its colours, other reports, and the page."""

import json
import re

import pytest

FAILS = """
def test_fails(seam_sandbox, sandbox_device):
    seam_sandbox.http().get("/devices/list")
    with seam_sandbox.disconnected(sandbox_device):
        assert 0

def test_passes(seam_sandbox, sandbox_device):
    pass

def test_has_no_sandbox():
    assert 0
"""


IN_SETUP = """
import pytest

@pytest.fixture
def broken(seam_sandbox):
    seam_sandbox.create_device()
    assert 0

def test_in_setup(broken):
    pass
"""


def data_of(path):
    """What the page draws."""
    text = path.read_text("utf-8")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, flags=re.DOTALL)[1])


@pytest.mark.parametrize(
    ("options", "shown"),
    [((), 1), (("--seam-timeline=failed",), 1), (("--seam-timeline=all",), 2), (("--seam-timeline=none",), 0)],
    ids=["default", "failed", "all", "none"],
)
def test_whose_timeline_is_shown(pytester, in_process, options, shown):
    """Below failures by default."""
    pytester.makepyfile(FAILS)

    result = in_process("-rA", *options)

    assert result.stdout.str().count(" Seam timeline ") == shown


def test_option_wins_over_ini_file_and_that_over_the_environment(pytester, in_process, monkeypatch):
    """As with every setting."""
    pytester.makepyfile(FAILS)
    monkeypatch.setenv("PYTEST_SEAM_TIMELINE", "none")
    pytester.makeini("[pytest]\nseam_timeline = failed\n")

    assert in_process().stdout.str().count(" Seam timeline ") == 1
    assert in_process("--seam-timeline=none").stdout.str().count(" Seam timeline ") == 0


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--seam-timeline=some", "the option --seam-timeline: timeline is 'some'; it takes failed, all or none."),
        (
            "--seam-report=seam.txt",
            "the option --seam-report: report is 'seam.txt'; it takes the path of a file of HTML",
        ),
        ("--seam-report-of=none", "the option --seam-report-of: report_of is 'none'; it takes failed or all."),
    ],
)
def test_value_that_is_none(pytester, in_process, option, said):
    """The run does not begin."""
    result = in_process(option)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}*"])


def test_step_that_broke_is_marked(pytester, in_process):
    """Where the exception came up, before the outage ended."""
    pytester.makepyfile(FAILS)

    text = in_process().stdout.str().partition(" Seam timeline ")[2]
    lines = [line[13:].rstrip() for line in text.splitlines() if re.match(r"\d\d:", line)]

    place = next(place for place, line in enumerate(lines) if line.startswith(">"))
    assert lines[place].startswith("> raised   AssertionError: assert 0 (test_step_that_broke_is_marked.py:")
    assert lines[place + 1].startswith("  sandbox  POST /devices/simulate/connect")


def test_sandbox_that_cannot_be_looked_at(pytester, in_process):
    """A workspace out of reach: the failure says so, and the run goes on."""
    pytester.makepyfile(
        """
        def test_it(seam_sandbox, monkeypatch):
            def out_of_reach():
                raise ConnectionError("no route")

            monkeypatch.setattr(seam_sandbox.backend, "names", out_of_reach)
            assert 0

        def test_other():
            pass
        """
    )

    result = in_process("--seam-report=seam.html")

    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*- Seam timeline -*", "cannot be shown: ConnectionError: no route"])
    assert data_of(pytester.path / "seam.html")["tests"][0]["pictures"] == []


def test_seed_stands_above_the_timeline(pytester, in_process):
    """That of the sandbox, whoever has made it."""
    pytester.makepyfile(
        """
        from pytest_seam_sandbox import Sandbox

        def test_it(seam_sandbox):
            other = Sandbox(seed="mine")
            assert 0
        """
    )

    result = in_process("--seam-seed=7")

    result.stdout.fnmatch_lines(
        [
            "seam sandbox *: embedded, world empty, seed 7",
            "*- Seam timeline -*",
            "seed 7/test_seed_stands_above_the_timeline.py::test_it",
            "*- Seam timeline -*",
            "seed mine",
        ]
    )


@pytest.mark.parametrize(("color", "coloured"), [("yes", True), ("no", False)])
def test_colours_where_the_terminal_has_them(pytester, in_process, color, coloured):
    """In the terminal only; nothing else that reads the report has them."""
    pytester.makepyfile(
        FAILS.replace("assert 0", "seam_sandbox.http().get('/devices/get', params={'name': 'x'})\n        assert 0", 1)
    )

    result = in_process(f"--color={color}", "--junit-xml=all.xml", "-rA", "--seam-timeline=all")

    section = result.stdout.str().partition(" Seam timeline ")[2]
    assert ("\x1b[31m ! request" in section) is coloured
    assert ("\x1b[36m   event" in section) is coloured
    assert "\x1b" not in (pytester.path / "all.xml").read_text("utf-8")


def test_gap_of_a_long_timeline_has_a_colour(pytester, in_process):
    """A line without a time is one too."""
    pytester.makepyfile(
        "def test_it(seam_sandbox):\n    for _ in range(200):\n        seam_sandbox.backend.note('clock', 'x')\n    assert 0"
    )

    assert re.search("\x1b\\[2m… 10\\d entries", in_process("--color=yes").stdout.str())


def test_timeline_in_the_file_of_junit(pytester, in_process):
    """Below the failure of the test, once; what pytest prints stays as it is."""
    pytester.makepyfile(FAILS + IN_SETUP)

    result = in_process("--junit-xml=junit.xml")

    assert (pytester.path / "junit.xml").read_text("utf-8").count("Seam timeline") == 2
    assert result.stdout.str().count(" Seam timeline ") == 2


def test_timeline_in_the_page_of_pytest_html(pytester, in_subprocess):
    """It takes all sections."""
    pytest.importorskip("pytest_html")
    pytester.makepyfile(FAILS)

    in_subprocess("--html=all.html", "--self-contained-html")

    assert "Seam timeline" in (pytester.path / "all.html").read_text("utf-8")


def test_page_has_what_failed(pytester, in_process):
    """A test with its outcome, its failure and the picture of its sandbox."""
    pytester.makepyfile(FAILS)

    result = in_process("--seam-report=out/seam.html")

    (test,) = data_of(pytester.path / "out" / "seam.html")["tests"]
    assert (test["id"], test["when"], test["outcome"]) == ("test_page_has_what_failed.py::test_fails", "call", "failed")
    assert test["error"] == "assert 0"
    assert "assert 0" in test["text"]
    assert [lane["name"] for lane in test["pictures"][0]["lanes"]][4:] == ["GARAGE"]
    result.stdout.fnmatch_lines([f"*- Seam report: {(pytester.path / 'out' / 'seam.html').as_uri()} -*"])


def test_page_of_all_tests(pytester, in_process):
    """Those that pass too, if they have a sandbox."""
    pytester.makepyfile(FAILS)

    in_process("--seam-report=seam.html", "--seam-report-of=all")

    assert [test["outcome"] for test in data_of(pytester.path / "seam.html")["tests"]] == ["failed", "passed"]


def test_page_of_a_run_without_failures(pytester, in_process):
    """It is written, so that no old one is there."""
    pytester.makepyfile("def test_it(seam_sandbox):\n    pass")

    in_process("--seam-report=seam.html")

    assert data_of(pytester.path / "seam.html")["tests"] == []


def test_page_of_two_workers(pytester, in_subprocess):
    """Each sends what it has."""
    pytester.makepyfile(
        "\n".join(
            FAILS.replace("fails", f"fails_{number}").replace("def test_", f"def test_{number}_") for number in "ab"
        )
    )

    in_subprocess("-n", "2", "--seam-report=seam.html", "--junit-xml=junit.xml")

    found = data_of(pytester.path / "seam.html")["tests"]
    assert sorted(test["id"].partition("::")[2] for test in found) == ["test_a_fails_a", "test_b_fails_b"]
    assert (pytester.path / "junit.xml").read_text("utf-8").count("Seam timeline") == 2


def test_failures_without_an_exception_or_a_sandbox(pytester, in_process):
    """A test that should have failed is told without a step that broke."""
    pytester.makepyfile(
        "import pytest\n\n@pytest.mark.xfail(strict=True)\ndef test_it(seam_sandbox, sandbox_device):\n    pass"
    )

    result = in_process("--seam-report=seam.html", "--junit-xml=junit.xml")

    (test,) = data_of(pytester.path / "seam.html")["tests"]
    assert test["error"] == ""
    assert " > " not in result.stdout.str().partition(" Seam timeline ")[2]


def test_no_key_is_on_the_page_or_below_a_failure(pytester, in_process):
    """Neither as a parameter nor in what an exception says."""
    pytester.makepyfile(
        """
        def test_it(seam_sandbox, seam_client):
            token = seam_client.client_sessions.create().token
            seam_client.client_sessions.get(client_session_id=seam_client.client_sessions.list()[0].client_session_id)
            assert 0, f"{seam_sandbox.api_key} {token}"
        """
    )

    result = in_process("--seam-report=seam.html", "--tb=no", "--seam-seed=1", "-s")

    found = re.compile(r"seam_(test|cst1)\\w{4}")
    assert not found.search((pytester.path / "seam.html").read_text("utf-8"))
    assert not found.search(result.stdout.str())


def test_page_has_the_run_of_a_machine(pytester, in_process):
    """The shortest run that fails, with its steps; they are lines of the timeline."""
    pytester.makepyfile(
        """
        from pytest_seam_sandbox.stateful import SandboxMachine, rule

        class Machine(SandboxMachine):
            @rule()
            def fail(self):
                raise ValueError("no")

        Test = Machine.TestCase
        """
    )

    result = in_process("--seam-report=seam.html")

    (test,) = data_of(pytester.path / "seam.html")["tests"]
    (picture,) = test["pictures"]
    assert picture["title"] == "Machine: the shortest run that fails"
    assert picture["steps"] == ["fail()"]
    assert [entry[1] for entry in picture["entries"] if entry[2] == ">"] == ["raised"]
    result.stdout.fnmatch_lines(["*   step     1. fail()", "* > raised   ValueError: no (*"])


def test_page_has_the_table_of_a_sweep(pytester, in_process):
    """What came of each trial, before the timeline of the one that is told."""
    pytester.makepyfile(
        """
        from pytest_seam_sandbox.sweep import FaultSpec

        def test_it(seam_sweep, sandbox_device):
            faults = [FaultSpec("fail", until_seen=False)]
            for trial in seam_sweep(disconnect=sandbox_device, faults=faults, max_trials=3):
                with trial as sandbox:
                    client = sandbox.client()
                    client.devices.list()
                    assert client.devices.get(device_id=sandbox_device.device_id).properties.online
        """
    )

    in_process("--seam-report=seam.html")

    (test,) = data_of(pytester.path / "seam.html")["tests"]
    table, timeline = test["pictures"]
    assert table["columns"] == [
        "disconnected(GARAGE) before",
        "disconnected(GARAGE) after",
        "fail(once) before",
        "fail(once) after",
    ]
    (call, cells), (_, others) = table["rows"]
    assert call == "1 GET /devices/list"
    assert [cell and cell["outcome"] for cell in cells] == ["failed", "failed", "absorbed", None]
    assert cells[0]["name"] == "disconnected(GARAGE) before call 1"
    assert others == [None] * 4
    assert timeline["kind"] == "timeline"


def test_unused_plugin_loads_none_of_it(pytester, in_subprocess):
    """Not even with failures, where no test has a sandbox."""
    pytester.makepyfile(
        "import sys\n\ndef test_it():\n    assert 0\n\ndef test_other():\n    assert not [name for name in sys.modules"
        " if name.startswith('pytest_seam_sandbox.re') or name == 'httpx']\n"
    )

    in_subprocess("-p", "no:schemathesis").assert_outcomes(passed=1, failed=1)
