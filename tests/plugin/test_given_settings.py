"""Tests that draw from our strategies have no deadline, and no explanations that list lines of the sandbox."""

from datetime import timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pytest_seam_sandbox.strategies import delivery_plans, fault_plans, faults, outage_plans, outages, sandboxes
from pytest_seam_sandbox.strategies.given_settings import adapt_settings

SLOW = """
import time
from hypothesis import given, settings
from pytest_seam_sandbox.strategies import outage_plans, sandboxes

@settings(max_examples=2)
@given(sandbox=sandboxes())
def test_function(sandbox):
    time.sleep(0.3)

class TestClass:
    @settings(max_examples=2)
    @given(plan=outage_plans())
    def test_method(self, plan):
        time.sleep(0.3)
"""


FAILING = """
from hypothesis import given
from pytest_seam_sandbox.strategies import outage_plans, sandboxes

@given(sandbox=sandboxes(), plan=outage_plans())
def test_app(sandbox, plan):
    for _ in plan.play(sandbox):
        assert sandbox.devices[0].properties.online
"""


def test_failure_lists_no_lines_of_the_sandbox(pytester):
    """Which of its own lines an outage runs tells nothing about the app."""
    pytester.makepyfile(FAILING)

    # in a process of its own: schemathesis, where it has been imported, lets Hypothesis print no values
    result = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", "-p", "no:schemathesis")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*plan=OutagePlan(*"])
    result.stdout.no_fnmatch_line("*only run by failing*")


def test_slow_examples_are_no_failures(pytester, in_process):
    """Neither a function nor a method that draws sandboxes or plans is held to the deadline."""
    pytester.makepyfile(SLOW)

    result = in_process("-q")

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("strategy", [sandboxes, outages, outage_plans, faults, fault_plans, delivery_plans])
def test_strategy_of_ours_lifts_deadline_and_explanations(strategy):
    """Where Hypothesis keeps the settings and the strategies of a test is not documented: this fails if it moves."""

    @given(drawn=strategy())
    def test(drawn):
        """Never run."""

    adapt_settings(test)

    assert test._hypothesis_internal_use_settings.deadline is None
    assert Phase.explain not in test._hypothesis_internal_use_settings.phases


def test_other_tests_keep_theirs():
    """What is no test of Hypothesis, or draws from other strategies, is left as it is."""

    @settings(deadline=timedelta(seconds=7), phases=[Phase.generate, Phase.explain])
    @given(drawn=sandboxes())
    def chosen(drawn):
        """Never run."""

    @given(drawn=st.integers())
    def other(drawn):
        """Never run."""

    adapt_settings(print)
    adapt_settings(chosen)
    adapt_settings(other)

    assert chosen._hypothesis_internal_use_settings.deadline == timedelta(seconds=7)
    assert Phase.explain in chosen._hypothesis_internal_use_settings.phases
    assert Phase.explain in other._hypothesis_internal_use_settings.phases
    assert other._hypothesis_internal_use_settings.deadline == settings().deadline
