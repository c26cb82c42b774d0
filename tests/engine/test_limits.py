"""Rate limits: so many calls in any minute of sandbox time."""

import pytest

from pytest_seam_sandbox.engine.errors import ApiError
from pytest_seam_sandbox.engine.limits import Limits


@pytest.fixture
def limits():
    """Two calls per minute were made, at 0 and at 10 seconds."""
    limits = Limits()
    limits.check("unlock", 2, 0.0)
    limits.check("unlock", 2, 10.0)
    return limits


@pytest.mark.parametrize(("now", "wait"), [(10.0, "50"), (30.5, "30"), (59.9, "1")])
def test_call_too_many_is_told_how_long_to_wait(limits, now, wait):
    """The wait, in whole seconds, lasts until the oldest call is a minute old."""
    with pytest.raises(ApiError) as caught:
        limits.check("unlock", 2, now)

    assert (caught.value.status, caught.value.type) == (429, "too_many_requests")
    assert caught.value.headers == (("retry-after", wait),)


def test_call_after_the_wait_is_let_through(limits):
    """A minute after the oldest call there is room for one more, and for one only."""
    limits.check("unlock", 2, 60.0)

    with pytest.raises(ApiError):
        limits.check("unlock", 2, 60.0)


def test_refused_call_does_not_count(limits):
    """Calls that were refused do not prolong the wait."""
    for now in (20.0, 30.0, 40.0):
        with pytest.raises(ApiError):
            limits.check("unlock", 2, now)

    limits.check("unlock", 2, 70.0)


def test_each_operation_has_its_own_count(limits):
    """Another operation or device is not limited by these calls."""
    assert limits.check("lock", 2, 10.0) is None
