"""What a sandbox noticed in a call fails the test itself, and a failed test shows the timeline."""

import re

NOT_EMULATED = """
def test_it(seam_http):
    seam_http.post("/thermostats/get", json={})
"""


def test_path_that_is_not_emulated_fails_the_test(pytester, in_process):
    """The test fails in its call phase although the program swallowed the answer; there is no error beside it."""
    pytester.makepyfile(NOT_EMULATED)

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*called /thermostats/get, which Seam has and this sandbox does not emulate*"])


def test_trouble_joins_the_failure_that_there_is(pytester, in_process):
    """A test that fails by itself keeps its own failure, with the problem as a note."""
    pytester.makepyfile(NOT_EMULATED + "    assert 'the body' == 'failed'\n")

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*AssertionError*", "*and the Seam sandbox says: *called /thermostats/get*"])


def test_both_troubles_are_told(pytester, in_process):
    """One problem does not hide the other."""
    pytester.makepyfile(
        """
        def test_it(seam_sandbox, seam_http):
            seam_http.post("/thermostats/get", json={})
            seam_sandbox.embedded.app.internal_errors.append(ZeroDivisionError("inside"))
        """
    )

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*ZeroDivisionError: inside", "*and: the program under test called /thermostats/get*"])


def test_skipped_test_stays_skipped(pytester, in_process):
    """A skip is no failure, whatever the sandbox noticed."""
    pytester.makepyfile(NOT_EMULATED + "    __import__('pytest').skip('no')\n")

    in_process().assert_outcomes(skipped=1)


def test_failed_test_shows_the_timeline(pytester, in_process):
    """Requests, events and outages stand in a section of the report."""
    pytester.makepyfile(
        """
        def test_it(seam_sandbox, sandbox_device, seam_client):
            with seam_sandbox.disconnected(sandbox_device):
                seam_client.locks.unlock_door(device_id=sandbox_device.device_id)
        """
    )

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*SeamActionAttemptFailedError*",
            "*--- Seam timeline ---*",
            "*outage*disconnected(GARAGE) begins",
            "*event*device.disconnected device_id=*",
            "*request*POST /locks/unlock_door (device_id=*) → 200 error device_disconnected: *",
            "*event*action_attempt.unlock_door.failed device_id=*",
            "*event*device.connected device_id=*",
            "*outage*disconnected(GARAGE) is over",
        ]
    )


def test_passed_test_shows_no_timeline(pytester, in_process):
    """Nobody wants to read what went well, nor what failed without a sandbox."""
    pytester.makepyfile(
        """
        def test_passes(seam_client):
            seam_client.devices.list()

        def test_fails_without_a_sandbox():
            assert 1 == 2
        """
    )

    result = in_process("-rA")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_fnmatch_line("*Seam timeline*")


def test_expectation_texts_reach_the_reader(pytester, in_process):
    """A failed expectation is shown with its near misses."""
    pytester.makepyfile(
        """
        def test_it(seam_sandbox, sandbox_device):
            seam_sandbox.expect_event("device.added", customer_key="acme")
        """
    )

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*expected event 'device.added' with customer_key='acme'*", "*Near misses:*"])


LINES = [
    'seam_sandbox.expect_event("lock.locked")',
    'seam_sandbox.expect_event("lock.lokced")',
    'seam_sandbox.expect_no_event("device.added")',
    'seam_sandbox.expect_device_error(sandbox_device, "device_removed")',
    'seam_sandbox.get_phone("nothing")',
    'seam_sandbox.create_device("no_lock")',
    'seam_sandbox.create_device(connected_account_id="nothing")',
    "seam_sandbox.clock.advance(-1)",
    'with seam_sandbox.expecting("lock.locked"): pass',
    'with seam_raises("device_not_found"): pass',
    'with seam_raises("device_not_found"): seam_client.devices.list(limit=-1)',
    "with seam_sandbox.hub_disconnected(seam_sandbox.create_device('nuki_lock')): pass",
    "with seam_sandbox.disconnected(sandbox_device): seam_sandbox.clock.advance(-1)",
    "with seam_sandbox.disconnected(sandbox_device) as outage: outage.expect_event('lock.locked')",
    "with seam_sandbox.account_disconnected(sandbox_device): seam_sandbox.get_device('nothing')",
    "next(iter(seam_sweep(disconnect='NO SUCH DOOR')))",
    "with seam_sandbox.faults.fail('/devices/get', status=200): pass",
    "with seam_sandbox.faults.fail('/devices/get', tiems=2): pass",
    "seam_sandbox.set_error(sandbox_device, 'hub_disconnected', at=object())",
    "with seam_sandbox.intercepted(allow='*'): pass",
    "with seam_sandbox.serve(port=-1): pass",
    "with seam_sandbox.serve(host=None): pass",
]


def test_failure_shows_the_line_of_the_test(pytester, in_process):
    """The last line of a traceback is the test's own, whatever of ours it went through."""
    about = "seam_sandbox, sandbox_device, seam_client, seam_sweep"
    tests = [f"def test_{number:02}({about}):\n    {line}\n" for number, line in enumerate(LINES)]
    pytester.makepyfile("\n".join(["from pytest_seam_sandbox import seam_raises\n", *tests]))

    result = in_process("--tb=long")

    result.assert_outcomes(failed=len(LINES))
    lines = result.stdout.lines
    heads = [number for number, text in enumerate(lines) if text.startswith("____") and " test_" in text]
    for line, first, end in zip(LINES, heads, [*heads[1:], len(lines)], strict=True):
        section = lines[first:end]
        assert f">       {line}" in section, line
        assert not [text for text in section if re.match(r"\S*(pytest_seam_sandbox|contextlib)\S*:\d+: ", text)], line


def test_fault_of_ours_shows_where_it_is(pytester, in_process):
    """Only what is told to the author of a test leaves our lines out."""
    pytester.makepyfile(
        """
        def test_it(seam_sandbox, monkeypatch):
            monkeypatch.setattr("pytest_seam_sandbox.expectations.expecting.check_count", lambda _: 1 / 0)
            seam_sandbox.expect_event("lock.locked")
        """
    )

    result = in_process("--tb=short")

    result.stdout.fnmatch_lines(["*expecting.py:*: in *expect_event*", "*ZeroDivisionError*"])


def test_each_test_has_a_sandbox_of_its_own(pytester, in_process):
    """What one test makes the next does not see."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(3))
        def test_it(seam_sandbox, seam_client, number):
            assert seam_client.devices.list() == []
            seam_sandbox.create_device()
        """
    )

    in_process().assert_outcomes(passed=3)


def test_ready_made_things_are_in_the_same_sandbox(pytester, in_process):
    """Phone, device, sandbox and clients of one test belong together."""
    pytester.makepyfile(
        """
        def test_it(seam_sandbox, sandbox_phone, sandbox_device, seam_client, seam_http):
            assert sandbox_phone.device_type == "android_phone"
            assert sandbox_device.can_simulate_disconnection is True
            assert seam_client.phones.get(device_id=sandbox_phone.device_id)
            assert seam_http.get("/devices/get", params={"device_id": sandbox_device.device_id}).status_code == 200
            assert seam_sandbox.get_device(sandbox_device) == sandbox_device
        """
    )

    in_process().assert_outcomes(passed=1)


def test_answer_of_a_stub_that_is_none(pytester, in_process):
    """A function that gives no JSON object is a mistake in the test: none of our lines show, only those of httpx."""
    pytester.makepyfile(
        """
        def test_it(seam_sandbox, seam_http):
            seam_sandbox.stub("/bridges/list", lambda params: 3)
            seam_http.post("/bridges/list")
        """
    )

    result = in_process("--tb=long")

    result.stdout.fnmatch_lines(["*is a JSON object; got 3."])
    assert not [text for text in result.stdout.lines if re.match(r"\S*pytest_seam_sandbox\S*:\d+: ", text)]
