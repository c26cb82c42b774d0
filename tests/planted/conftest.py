"""The searches for planted bugs are no part of what coverage is measured by."""

import pytest
from coverage import Coverage


@pytest.fixture(autouse=True)
def _without_coverage():
    """What they reach is reached by tests that say what it does; traced, they would take twice as long."""
    measuring = Coverage.current()
    if measuring is None:
        yield
        return
    measuring.stop()
    yield
    measuring.start()
