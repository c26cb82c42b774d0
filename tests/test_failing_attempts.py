"""Action attempts that fail with an error of the test's own."""

import pytest
from seam import SeamActionAttemptFailedError

from pytest_seam_sandbox import SandboxError, UnknownId

pytestmark = pytest.mark.seam(action_attempts="poll")


@pytest.fixture
def attempt(seam_client, sandbox_device):
    """A pending attempt to unlock the door."""
    return seam_client.locks.unlock_door(device_id=sandbox_device.device_id, wait_for_action_attempt=False)


def test_program_gets_the_error(seam_sandbox, seam_client, sandbox_device, attempt):
    """The attempt fails with type and message, the event says so, and the door stays locked."""
    failed = seam_sandbox.fail_action_attempt(attempt, "jammed", "The bolt is jammed.")

    with pytest.raises(SeamActionAttemptFailedError, match="The bolt is jammed") as caught:
        seam_client.action_attempts.get(action_attempt_id=attempt.action_attempt_id, wait_for_action_attempt=True)

    assert caught.value.code == "jammed"
    assert (failed.status, failed.error) == ("error", {"type": "jammed", "message": "The bolt is jammed."})
    seam_sandbox.expect_event("action_attempt.unlock_door.failed", action_attempt_id=attempt.action_attempt_id)
    seam_sandbox.expect_no_event("action_attempt.unlock_door.succeeded")
    assert seam_sandbox.get_device(sandbox_device).properties.locked


@pytest.mark.seam(action_attempts=30)
def test_attempt_with_a_delay_stays_failed(seam_sandbox, attempt):
    """What was due later does not happen any more."""
    seam_sandbox.fail_action_attempt(attempt.action_attempt_id, "jammed", "The bolt is jammed.")
    seam_sandbox.clock.advance(60)

    assert [each.status for each in seam_sandbox.action_attempts] == ["error"]


def test_attempt_for_an_access_code_stays_failed(seam_sandbox, seam_http, sandbox_device):
    """When the lock is back, the code is deleted all the same, and the attempt does not succeed with it."""
    code = seam_sandbox.create_access_code(sandbox_device)
    with seam_sandbox.disconnected(sandbox_device):
        answer = seam_http.post("/access_codes/delete", json={"access_code_id": code.access_code_id}).json()
        assert answer["action_attempt"]["status"] == "pending"
        seam_sandbox.fail_action_attempt(answer["action_attempt"], "jammed", "The keypad is jammed.")

    seam_sandbox.expect_event("access_code.deleted", access_code_id=code.access_code_id, within=60)
    assert [each.status for each in seam_sandbox.action_attempts][-1] == "error"


def test_attempt_that_has_ended_cannot_fail(seam_sandbox, seam_client, attempt):
    """The message says how it ended and what to do."""
    seam_client.action_attempts.get(action_attempt_id=attempt.action_attempt_id)

    with pytest.raises(SandboxError, match=r"UNLOCK_DOOR\) has ended already, with success.*action_attempts='poll'"):
        seam_sandbox.fail_action_attempt(attempt, "jammed", "The bolt is jammed.")


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (("x", "jammed", ""), UnknownId, "no action attempt 'x' in this sandbox; it has"),
        ((5, "jammed", ""), SandboxError, "or an id as text; got 5"),
        (("x", "", ""), SandboxError, 'for "error_type"'),
        (("x", "jammed", 5), SandboxError, 'Expected string, received number for "message"'),
    ],
)
def test_mistakes_are_told(seam_sandbox, given, error, said):
    """What was found and what was expected."""
    with pytest.raises(error, match=said):
        seam_sandbox.fail_action_attempt(*given)
