"""The official SDK's own retries around a sandbox transport, waiting on the sandbox clock instead of sleeping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from functools import cache
from inspect import signature

import httpx
from httpx_retries import Retry, RetryTransport

from .in_process import checkpoint


def retrying(
    transport: httpx.BaseTransport, pass_time: Callable[[float], None], policy: Retry | None = None
) -> RetryTransport:
    """The transport with the retries that the SDK puts around its own: these, by default the SDK's."""
    from seam.client import DEFAULT_RETRIES

    return RetryTransport(transport=transport, retry=waiting(policy or DEFAULT_RETRIES, pass_time))


def takes_retries() -> bool:
    """Whether the SDK has the option `retries`, which its first versions lack."""
    from seam import Seam

    return "retries" in _options_of(Seam)


@cache
def _options_of(client: Callable[..., object]) -> frozenset[str]:
    return frozenset(signature(client).parameters)


def waiting(policy: Retry, pass_time: Callable[[float], None]) -> Retry:
    """The same policy, of whatever class, with waits in sandbox time instead of sleep."""
    own = copy(policy)

    def sleep(response: httpx.Response | Exception) -> None:
        wait(own, response, pass_time)

    async def asleep(response: httpx.Response | Exception) -> None:
        await checkpoint()  # cancelled, it has not waited
        wait(own, response, pass_time)

    def increment() -> Retry:
        return waiting(type(own).increment(own), pass_time)

    vars(own).update(sleep=sleep, asleep=asleep, increment=increment)
    return own


def wait(retry: Retry, response: httpx.Response | Exception, pass_time: Callable[[float], None]) -> None:
    """Let pass what a retry policy would sleep, and count it as the policy does."""
    seconds = _pause(retry, response.headers if isinstance(response, httpx.Response) else {})
    pass_time(seconds)
    retry.elapsed_sleep += seconds


def _pause(retry: Retry, headers: Mapping[str, str]) -> float:
    """The seconds that `Retry.sleep` sleeps, from the policy's public parts; the library has no public name for them.

    Retry-After comes first, then the backoff; the sum of all pauses is limited by `total_timeout`. Written after
    httpx-retries 0.6; a test compares it with what the library really sleeps.
    """
    seconds = 0.0
    wish = headers.get("Retry-After", "").strip() if retry.respect_retry_after_header else ""
    if wish:
        with suppress(ValueError):  # neither a number nor a date
            seconds = min(retry.parse_retry_after(wish), retry.max_backoff_wait)
    if seconds <= 0:
        seconds = retry.backoff_strategy() if retry.attempts_made > 0 else 0.0
    if retry.total_timeout is not None:
        seconds = min(seconds, max(0.0, retry.total_timeout - retry.elapsed_sleep))
    return seconds
