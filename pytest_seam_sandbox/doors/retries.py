"""The official SDK's own retries around a sandbox transport, waiting on the sandbox clock instead of sleeping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from httpx_retries import Retry, RetryTransport

from .transport import checkpoint


class SandboxRetry(Retry):
    """A retry policy whose waits pass in sandbox time."""

    pass_time: Callable[[float], None]

    @classmethod
    def like(cls, policy: Retry, pass_time: Callable[[float], None]) -> SandboxRetry:
        """The same policy with waits in sandbox time."""
        copy = cls(**_options(policy))
        copy.pass_time = pass_time
        return copy

    def increment(self) -> SandboxRetry:
        """The policy for the next attempt."""
        return self.like(super().increment(), self.pass_time)

    def sleep(self, response: httpx.Response | Exception) -> None:
        """Wait as the policy says, in sandbox time."""
        wait(self, response, self.pass_time)

    async def asleep(self, response: httpx.Response | Exception) -> None:
        """Wait as the policy says, in sandbox time; cancelled, it has not waited."""
        await checkpoint()
        self.sleep(response)


def wait(retry: Retry, response: httpx.Response | Exception, pass_time: Callable[[float], None]) -> None:
    """Let pass what a retry policy would sleep."""
    seconds = retry._calculate_sleep(response.headers if isinstance(response, httpx.Response) else {})
    pass_time(seconds)
    retry.elapsed_sleep += seconds


def _options(policy: Retry) -> dict[str, Any]:
    return {
        "total": policy.total,
        "allowed_methods": policy.allowed_methods,
        "status_forcelist": policy.status_forcelist,
        "retry_on_exceptions": policy.retryable_exceptions,
        "backoff_factor": policy.backoff_factor,
        "respect_retry_after_header": policy.respect_retry_after_header,
        "max_backoff_wait": policy.max_backoff_wait,
        "backoff_jitter": policy.backoff_jitter,
        "attempts_made": policy.attempts_made,
        "total_timeout": policy.total_timeout,
        "elapsed_sleep": policy.elapsed_sleep,
        "validate_response": policy.validate_response,
    }


def retrying(transport: httpx.BaseTransport, pass_time: Callable[[float], None]) -> RetryTransport:
    """The transport with the retries that the SDK puts around its own."""
    from seam.client import DEFAULT_RETRIES

    return RetryTransport(transport=transport, retry=SandboxRetry.like(DEFAULT_RETRIES, pass_time))
