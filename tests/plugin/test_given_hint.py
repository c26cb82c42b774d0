"""@given under pytest: beside a fixture of this plugin, which Hypothesis refuses, and with strategies in its place."""

import pytest

FIXTURES = [
    "seam_sandbox",
    "sandbox_phone",
    "sandbox_device",
    "seam_client",
    "async_seam_client",
    "seam_http",
    "seam_intercept",
    "seam_server",
    "seam_environ",
    "seam_sweep",
]
HINT = "*from pytest_seam_sandbox.strategies import sandboxes"
PROPERTY = """
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

@pytest.fixture
def app({fixture}):
    return None

@pytest.fixture
def other():
    return None

@settings(database=None{settings})
@given(number=st.integers())
def test_it({arguments}, number):
    {body}
"""


def write(pytester, arguments, fixture="seam_client", settings="", body="pass"):
    pytester.makepyfile(PROPERTY.format(arguments=arguments, fixture=fixture, settings=settings, body=body))


@pytest.mark.parametrize("fixture", FIXTURES)
def test_given_beside_a_fixture_gets_a_hint(pytester, in_process, fixture):
    """The failure names the fixture and shows the strategy that takes its place."""
    write(pytester, fixture)

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [f"*uses a function-scoped fixture '{fixture}'*", f"*{fixture}*: a Seam sandbox that all examples share*", HINT]
    )


def test_fixture_of_the_app_gets_the_hint_too(pytester, in_process):
    """A fixture that is built on one of ours is told apart from one that is not."""
    write(pytester, "app")

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*uses a function-scoped fixture 'app'*", "*seam_client, seam_sandbox: a Seam*", HINT])


def test_other_fixtures_get_no_hint(pytester, in_process):
    """A health check that has nothing to do with sandboxes stays as it is."""
    write(pytester, "other")

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*uses a function-scoped fixture 'other'*"])
    result.stdout.no_fnmatch_line(HINT)


def test_other_failures_get_no_hint(pytester, in_process):
    """With the health check suppressed, a failing property beside our fixture is just that."""
    suppressed = ", suppress_health_check=[HealthCheck.function_scoped_fixture]"
    write(pytester, "seam_sandbox", settings=suppressed, body="assert number < 5")

    result = in_process()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 5 < 5"])
    result.stdout.no_fnmatch_line(HINT)


def test_example_of_the_hint_works(pytester, in_process):
    """What the hint shows is a test that passes."""
    pytester.makepyfile(
        """
        from hypothesis import given
        from pytest_seam_sandbox.strategies import sandboxes

        @given(sandbox=sandboxes())
        def test_it(sandbox):
            device, = sandbox.client().devices.list()
        """
    )

    in_process().assert_outcomes(passed=1)


def test_failing_example_reads_well(pytester, in_subprocess):
    """The report shows the sandbox in short, and what was drawn as code that can be pasted."""
    pytester.makepyfile(
        """
        from hypothesis import Phase, given, settings
        from pytest_seam_sandbox.strategies import faults, outage_plans, outages, sandboxes

        HOUSE = {"world": "house", "devices": ()}

        @settings(database=None, phases=[Phase.generate, Phase.shrink])
        @given(sandbox=sandboxes(**HOUSE), plan=outage_plans(**HOUSE), fault=faults(), loss=outages())
        def test_it(sandbox, plan, fault, loss):
            plan.run(sandbox)
            assert False
        """
    )

    result = in_subprocess("-p", "no:schemathesis")  # it hides what Hypothesis prints

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*sandbox=Sandbox(world='house', devices=3),",
            "*plan=OutagePlan([[]PlannedOutage('disconnected', 'FRONT DOOR', start=0, duration=1)]),",
            "*fault=FaultSpec('fail', '[*]'),",
            "*loss=OutageSpec('disconnected', 'GARAGE'),",
        ]
    )
