"""Settings: what may be chosen, and how a wrong choice is refused."""

import pytest

from pytest_seam_sandbox.engine.errors import SandboxError
from pytest_seam_sandbox.engine.settings import Settings


@pytest.mark.parametrize("value", ["instant", "poll", 0, 0.5, 60])
def test_action_attempts_take_a_mode_or_a_delay(value):
    """Two words, or seconds."""
    assert Settings(action_attempts=value).action_attempts == value


@pytest.mark.parametrize("value", ["slow", "", None, -1, True, [], float("nan")])
def test_other_action_attempts_are_refused(value):
    """Anything else is refused with what is possible."""
    with pytest.raises(SandboxError, match="takes 'instant', 'poll' or a number of seconds >= 0"):
        Settings(action_attempts=value)


@pytest.mark.parametrize("value", [-0.1, "1", None, True, float("nan")])
def test_event_latency_is_a_number_of_seconds(value):
    """A latency that is no time is refused."""
    with pytest.raises(SandboxError, match="event_latency is .* it takes a number of seconds >= 0"):
        Settings(event_latency=value)
