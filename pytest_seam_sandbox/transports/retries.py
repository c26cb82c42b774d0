"""The official SDK's own retries around a sandbox transport, waiting on the sandbox clock instead of sleeping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from functools import cache
from inspect import signature

import httpx
from httpx_retries import Retry, RetryTransport

from .in_process import SandboxTransport, checkpoint


class _Retrying(RetryTransport):
    """Asks the library only about an answer that the policy may not take as it is, since nearly every one is taken."""

    def __init__(self, inner: SandboxTransport, policy: Retry) -> None:
        super().__init__(transport=inner, retry=policy)
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and again as the policy says; that of the request, if it has one."""
        policy: Retry = request.extensions.setdefault("retry", self.retry)
        try:
            response = self._inner.handle_request(request)
        except Exception as error:  # noqa: BLE001 - the policy decides
            return RetryTransport(transport=_Begun(self._inner, error), retry=policy).handle_request(request)
        if policy.validate_response is None and not policy.is_retryable_status_code(response.status_code):
            response.extensions["retry"] = policy
            return response
        return RetryTransport(transport=_Begun(self._inner, response), retry=policy).handle_request(request)


class _Begun(httpx.BaseTransport):
    """A transport that was asked once already. first: what came of it."""

    def __init__(self, inner: SandboxTransport, first: httpx.Response | Exception) -> None:
        self._inner = inner
        self._first: httpx.Response | Exception | None = first

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        first, self._first = self._first, None
        if isinstance(first, Exception):
            raise first
        return self._inner.handle_request(request) if first is None else first


def retrying(
    transport: SandboxTransport, pass_time: Callable[[float], None], policy: Retry | None = None
) -> RetryTransport:
    """The transport with the retries that the SDK puts around its own: these, by default the SDK's."""
    from seam.client import DEFAULT_RETRIES

    return _Retrying(transport, waiting(policy or DEFAULT_RETRIES, pass_time))


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
