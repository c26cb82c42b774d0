"""The fixture seam_sweep, and what people see of it in a run of pytest."""

import re

import pytest

from docs_pages import page

NEEDS_SUBTESTS = pytest.mark.skipif(pytest.version_tuple < (9,), reason="subtests came with pytest 9")

PROGRAM = """
    import pytest
    from pytest_seam_sandbox.sweep import sweep

    def online(sandbox, device):
        return sandbox.client().devices.get(device_id=device.device_id).properties.online
"""
FAILS = (
    PROGRAM
    + """
    def test_it(seam_sweep, sandbox_device):
        for trial in seam_sweep(disconnect="GARAGE"):
            with trial as sandbox:
                assert online(sandbox, sandbox_device)
"""
)
FAILS_IN_SUBTEST = FAILS.replace('"GARAGE")', '"GARAGE", subtests=subtests)').replace("sweep, s", "sweep, subtests, s")


def test_fixture_sweeps_the_sandbox_of_the_test(pytester, in_process):
    """seam_sweep runs in seam_sandbox, and a program that bears everything passes."""
    pytester.makepyfile(
        PROGRAM
        + """
    def test_it(seam_sweep, seam_sandbox, sandbox_device):
        answers = []
        for trial in seam_sweep(disconnect="GARAGE"):
            with trial as sandbox:
                assert sandbox is seam_sandbox
                answers.append(online(sandbox, sandbox_device))
        assert answers == [True, False, True]
"""
    )

    in_process().assert_outcomes(passed=1)


def test_failed_sweep_fails_the_test(pytester, in_process):
    """The test fails once, with the assertion of the first failing trial, the table and the timeline of that trial."""
    pytester.makepyfile(FAILS)

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            ">*assert online(sandbox, sandbox_device)",
            "*SweepFailed: disconnected(GARAGE) before call 1 (GET /devices/get) broke the program: *",
            "E*1 of 2 trials failed, and this is the smallest of them.",
            "E*Run it alone with: seam_sweep(..., only='disconnected(GARAGE) before call 1')",
            "E*call * before  after",
            "E*1 GET /devices/get   FAILED  ok",
            "*Seam timeline*",
            "*trial    disconnected(GARAGE) before call 1",
            "*outage   disconnected(GARAGE) begins",
        ]
    )


def test_failed_sweep_hides_its_own_frames(pytester, in_process):
    """The reader sees the test and the program, not how the sweep works."""
    pytester.makepyfile(FAILS)

    result = in_process()

    assert re.findall(r"pytest_seam_sandbox/[\w/]+\.py:\d+", result.stdout.str()) == []


def test_failures_before_a_break_fail_the_test(pytester, in_process):
    """Leaving the loop early swallows nothing."""
    pytester.makepyfile(FAILS + "            if trial.result.outcome == 'failed':\n                break\n")

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*SweepFailed: disconnected(GARAGE) before call 1 * broke the program: *"])


def test_sweep_that_nobody_loops_over_fails_the_test(pytester, in_process):
    """A sweep that was made and forgotten tests nothing; a fixture might still run it, so its teardown tells."""
    pytester.makepyfile("def test_it(seam_sweep, sandbox_device):\n    seam_sweep(disconnect='GARAGE')\n")

    result = in_process()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_it*", "*this sweep has not run. Loop over it: *"])


def test_skip_inside_a_trial_skips_the_test(pytester, in_process):
    """A skip is about the whole test."""
    pytester.makepyfile(FAILS.replace("assert online(sandbox, sandbox_device)", "pytest.skip('not today')"))

    in_process().assert_outcomes(skipped=1)


@NEEDS_SUBTESTS
def test_each_trial_is_a_subtest(pytester, in_process):
    """With `subtests` each trial reports for itself, by its name, and the loop ends without an exception."""
    pytester.makepyfile(FAILS_IN_SUBTEST)

    result = in_process("-v")

    result.stdout.fnmatch_lines(["*::test_it SUBFAIL*", "*::test_it SUBPASS*"])
    result.stdout.fnmatch_lines(["* test_it [[]disconnected(GARAGE) before call 1[]] *"])
    result.stdout.fnmatch_lines(["E*in the trial disconnected(GARAGE) before call 1 (GET /devices/get); run it alone*"])
    assert "SweepFailed" not in result.stdout.str()


@NEEDS_SUBTESTS
def test_subtest_has_the_timeline_of_its_trial(pytester, in_process):
    """Below a failed subtest stands what happened in it, and nothing of other trials."""
    pytester.makepyfile(FAILS_IN_SUBTEST)

    timeline = in_process().stdout.str().split("Seam timeline")[1]

    assert re.findall(r"trial    (.*)", timeline) == ["disconnected(GARAGE) before call 1"]


@NEEDS_SUBTESTS
def test_trial_that_is_not_possible_is_a_skipped_subtest(pytester, in_process):
    """Nothing could be done to the program there, so the subtest neither passes nor fails."""
    pytester.makepyfile(
        """
        def test_it(seam_sweep, subtests, sandbox_device):
            for trial in seam_sweep(disconnect="GARAGE", when="after", subtests=subtests):
                with trial as sandbox:
                    account = sandbox_device.connected_account_id
                    sandbox.client().connected_accounts.delete(connected_account_id=account)
        """
    )

    result = in_process("-v", "-rs")

    result.stdout.fnmatch_lines(["*SUBSKIP*disconnected(GARAGE) after call 1*no device*"])


@NEEDS_SUBTESTS
def test_undisturbed_scenario_is_no_subtest(pytester, in_process):
    """When it fails the test itself fails, as it is."""
    pytester.makepyfile(FAILS_IN_SUBTEST.replace("assert online", "assert not online"))

    result = in_process()

    result.assert_outcomes(failed=1)
    assert "SUBFAIL" not in result.stdout.str()


@NEEDS_SUBTESTS
def test_exitfirst_ends_the_loop(pytester, in_process):
    """`-x` stops at the first failing subtest."""
    pytester.makepyfile(
        FAILS_IN_SUBTEST.replace(
            "            with trial", "            print('ran', trial.name)\n            with trial"
        )
    )

    result = in_process("-x", "-s")

    assert re.findall(r"ran (.*)", result.stdout.str()) == ["undisturbed", "disconnected(GARAGE) before call 1"]


@NEEDS_SUBTESTS
def test_mistake_is_raised_although_there_are_subtests(pytester, in_process):
    """A scenario that is not the same each time fails the test itself."""
    pytester.makepyfile(
        """
        def test_it(seam_sweep, subtests, sandbox_device):
            paths = iter([["/devices/list", "/locks/list"], ["/devices/list"], ["/locks/list"]])
            for trial in seam_sweep(disconnect="GARAGE", when="before", subtests=subtests):
                with trial as sandbox, sandbox.http() as http:
                    [http.post(path, json={}) for path in next(paths)]
        """
    )

    result = in_process()

    result.stdout.fnmatch_lines(["*SandboxError: the scenario does not make the same calls each time*"])
    assert result.parseoutcomes()["failed"] >= 1


def test_table_of_the_page_is_what_its_example_prints(pytester, in_process):
    """The text block of the page is the output of the code block above it."""
    code, table = (re.search(rf"```{kind}\n(.*?)```", page("sweep"), re.DOTALL)[1] for kind in ("python", "text"))
    pytester.makepyfile(code)

    result = in_process("-s")

    assert table in result.stdout.str()
