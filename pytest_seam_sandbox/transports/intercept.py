"""Interception: clients that an app builds itself, without a word about transports, reach the sandbox.

What is replaced is the sending of httpx's own network transports, so whatever wraps them stays in force: the SDK's
retries, for one. Transports of the app's own are left alone. What other libraries send cannot be answered from here; it
is refused, as far as it can be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from ..engine.errors import is_for_the_test
from ..engine.http import SEAM_HOST
from ..setting_values import host_of
from .in_process import SandboxTransport, checkpoint
from .other_hosts import check_host, refusals
from .waits import sandbox_time_in_sdk

__tracebackhide__ = is_for_the_test


@contextmanager
def intercept(
    transport: SandboxTransport,
    pass_retry_time: Callable[[float], None],
    now: Callable[[], float],
    pass_look_time: Callable[[float], None],
    *,
    allow: Sequence[str],
) -> Iterator[None]:
    """Send the requests of httpx's transports to the sandbox inside the block, and refuse those of other libraries.

    pass_retry_time: where the SDK waits between retries. now, pass_look_time: what the sandbox clock shows, in seconds,
    and where the SDK waits for an action attempt. allow: further hosts that may be reached for real, in the form of
    `host_of`.
    Not for two threads that each want a sandbox of their own: httpx is one for the whole process.
    """
    sync_send = httpx.HTTPTransport.handle_request
    async_send = httpx.AsyncHTTPTransport.handle_async_request

    def send(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        return transport.handle_request(request) if _is_ours(request, allow) else sync_send(self, request)

    async def send_async(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        if _is_ours(request, allow):
            return await transport.handle_async_request(request)
        return await async_send(self, request)

    replaced: list[tuple[Any, str, Any]] = [
        (httpx.HTTPTransport, "handle_request", send),
        (httpx.AsyncHTTPTransport, "handle_async_request", send_async),
        *_patient_retries(pass_retry_time),
        *sandbox_time_in_sdk(now, pass_look_time),
        *refusals(allow),
    ]
    with replacing(replaced):
        yield


@contextmanager
def replacing(replaced: Sequence[tuple[Any, str, Any]]) -> Iterator[None]:
    """Inside the block, owners have other functions under these names."""
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in replaced]
    for owner, name, function in replaced:
        setattr(owner, name, function)
    try:
        yield
    finally:
        for owner, name, function in before:
            setattr(owner, name, function)


def _is_ours(request: httpx.Request, allow: Sequence[str]) -> bool:
    host = host_of(request.url.raw_host.decode("ascii"))
    if host == SEAM_HOST:
        return True
    check_host(host, allow, f"sent {request.method} {request.url.copy_with(userinfo=b'')} to")
    return False


def _patient_retries(pass_time: Callable[[float], None]) -> list[tuple[Any, str, Any]]:
    """The SDK's waits between retries, in sandbox time; nothing without the library that it retries with."""
    try:
        from httpx_retries import Retry
    except ImportError:
        return []
    from .retries import wait

    def sleep(self: Any, response: httpx.Response | Exception) -> None:
        wait(self, response, pass_time)

    async def asleep(self: Any, response: httpx.Response | Exception) -> None:
        await checkpoint()
        wait(self, response, pass_time)

    return [(Retry, "sleep", sleep), (Retry, "asleep", asleep)]
