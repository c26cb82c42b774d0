"""Pauses between retries: as long on the sandbox clock as the library would sleep."""

import random

import httpx
from httpx_retries import Retry
from hypothesis import given
from hypothesis import strategies as st

from pytest_seam_sandbox.transports.retries import wait
from sleeping import sleeping

POLICIES = st.builds(
    Retry,
    backoff_factor=st.sampled_from([0.0, 0.5, 30.0]),
    backoff_jitter=st.sampled_from([0.0, 0.5, 1.0]),
    max_backoff_wait=st.sampled_from([1.0, 120.0]),
    respect_retry_after_header=st.booleans(),
    attempts_made=st.integers(0, 4),
    total_timeout=st.sampled_from([None, 2.0, 100.0]),
    elapsed_sleep=st.sampled_from([0.0, 1.5, 200.0]),
)
WISHES = st.sampled_from([None, "", "0", "7", " 3 ", "999", "soon", "-1", "Wed, 21 Oct 2015 07:28:00 GMT"])


@given(policy=POLICIES, wish=WISHES, is_error=st.booleans(), seed=st.integers())
def test_pause_is_the_sleep_of_the_library(policy, wish, is_error, seed):
    """For every policy and Retry-After the pause is what `Retry.sleep` sleeps, and is counted as it counts."""
    headers = {} if wish is None else {"Retry-After": wish}
    response = httpx.ReadTimeout("timed out") if is_error else httpx.Response(503, headers=headers)
    slept, passed = [], []
    theirs, ours = policy.increment(), policy.increment()

    random.seed(seed)
    with sleeping(slept.append):
        theirs.sleep(response)
    random.seed(seed)
    wait(ours, response, passed.append)

    assert passed == slept
    assert ours.elapsed_sleep == theirs.elapsed_sleep


def answers(sandbox, path="/devices/list"):
    return [call.status for call in sandbox.requests if call.path == path]


def test_lost_answer_is_asked_for_again(seam_sandbox):
    """What the connection raises is repeated as the SDK's policy says."""
    seam_sandbox.faults.lose_answer("/devices/list", times=2)

    assert seam_sandbox.client().devices.list() == []
    assert len(answers(seam_sandbox)) == 3


def test_answer_that_a_policy_does_not_take_is_asked_for_again(seam_sandbox):
    """The policy of a program may look at each answer itself, and a request may have a policy of its own."""
    seen = []

    def refuse_the_first(response):
        seen.append(response.status_code)
        if len(seen) == 1:
            raise httpx.ReadError("not yet")

    policy = Retry(total=2, validate_response=refuse_the_first)
    with seam_sandbox.client(retries=policy) as seam:
        seam.devices.list()
    assert (seen, answers(seam_sandbox)) == ([200, 200], [200, 200])

    seen.clear()
    with seam_sandbox.client() as seam:
        request = seam.client.build_request("GET", "/devices/list", extensions={"retry": policy})
        answer = seam.client.send(request)
    assert (seen, answer.extensions["retry"].attempts_made) == ([200, 200], 1)
