"""The official SDK's own retries around a sandbox transport, waiting on the sandbox clock instead of sleeping."""

from __future__ import annotations

from collections.abc import Callable
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
    """Let pass what a retry policy would sleep."""
    seconds = retry._calculate_sleep(response.headers if isinstance(response, httpx.Response) else {})
    pass_time(seconds)
    retry.elapsed_sleep += seconds
