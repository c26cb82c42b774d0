"""The searches for planted bugs are no part of what coverage is measured by."""

import sys

import pytest


@pytest.fixture(autouse=True)
def _without_coverage():
    """What they reach is reached by tests that say what it does; traced, they would take twice as long."""
    trace = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(trace)
