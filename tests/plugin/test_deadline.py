"""Tests that draw from our strategies have no deadline, since their examples take apps through minutes."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_seam_sandbox.strategies import delivery_plans, fault_plans, faults, outage_plans, outages, sandboxes
from pytest_seam_sandbox.strategies.deadline import lift_deadline

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


def test_slow_examples_are_no_failures(pytester, in_process):
    """Neither a function nor a method that draws sandboxes or plans is held to the deadline."""
    pytester.makepyfile(SLOW)

    result = in_process("-q")

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("strategy", [sandboxes, outages, outage_plans, faults, fault_plans, delivery_plans])
def test_strategy_of_ours_lifts_the_deadline(strategy):
    """Where Hypothesis keeps the settings and the strategies of a test is not documented: this fails if it moves."""

    @given(drawn=strategy())
    def test(drawn):
        """Never run."""

    lift_deadline(test)

    assert test._hypothesis_internal_use_settings.deadline is None


def test_other_tests_keep_theirs():
    """What is no test of Hypothesis, or draws from other strategies, is left as it is."""

    @settings(deadline=timedelta(seconds=7))
    @given(drawn=sandboxes())
    def chosen(drawn):
        """Never run."""

    @given(drawn=st.integers())
    def other(drawn):
        """Never run."""

    lift_deadline(print)
    lift_deadline(chosen)
    lift_deadline(other)

    assert chosen._hypothesis_internal_use_settings.deadline == timedelta(seconds=7)
    assert other._hypothesis_internal_use_settings.deadline == settings().deadline
