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
