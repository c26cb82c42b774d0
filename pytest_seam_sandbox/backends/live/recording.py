"""What the program under test sends to a live workspace, written into the history, by whatever way it goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import unquote

import httpx
from pydantic_core import from_json

from ...engine.errors import is_for_the_test
from ...engine.history import Call
from ...engine.work import WorkStatus
from .guarded import params_of

__tracebackhide__ = is_for_the_test

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class WayOut(Protocol):
    """The transport through which requests leave, sync and async."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        ...

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        ...


class RecordingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends requests to the workspace, and tells of each. Closing it does nothing: the sandbox lives on.

    keys: what stands in for the true key, by what the program may have in its place. now: seconds since 1970 on Seam's
    clock. told: called with each call and its answer.
    """

    def __init__(
        self,
        way_out: WayOut,
        keys: Mapping[str, str],
        now: Callable[[], float],
        told: Callable[[Call, Mapping[str, Any]], None],
    ) -> None:
        self._way_out = way_out
        self._keys = {f"Bearer {own}": f"Bearer {stand_in}" for own, stand_in in keys.items()}
        self._now = now
        self._told = told

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request of a sync client."""
        body = request.read()
        call, began = self._call(request), time.perf_counter()
        try:
            response = self._way_out.handle_request(self._outgoing(request, body))
            response.read()
        except httpx.RequestError as error:
            self._note_failure(call, began, error)
            raise
        self._note(call, began, response)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request of an async client."""
        body = await request.aread()
        call, began = self._call(request), time.perf_counter()
        try:
            response = await self._way_out.handle_async_request(self._outgoing(request, body))
            await response.aread()
        except httpx.RequestError as error:
            self._note_failure(call, began, error)
            raise
        self._note(call, began, response)
        return response

    def _outgoing(self, request: httpx.Request, body: bytes) -> httpx.Request:
        """The request, with the key that stands in for the true one."""
        key = self._keys.get(request.headers.get("authorization", ""))
        if key is None:
            return request
        headers = httpx.Headers(request.headers)
        headers["authorization"] = key
        return httpx.Request(request.method, request.url, headers=headers, content=body, extensions=request.extensions)

    def _call(self, request: httpx.Request) -> Call:
        return Call(self._now(), request.method, unquote(request.url.path), "app", params_of(request, request.content))

    def _note(self, call: Call, began: float, response: httpx.Response) -> None:
        call.seconds = time.perf_counter() - began
        call.status = response.status_code
        call.request_id = response.headers.get("seam-request-id", "")
        answer = json_in(response.content)
        tell_answer(call, answer)
        self._told(call, answer)

    def _note_failure(self, call: Call, began: float, error: httpx.RequestError) -> None:
        call.seconds = time.perf_counter() - began
        call.error, call.message = type(error).__name__, str(error)
        self._told(call, _NOTHING)


def json_in(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; an empty one where there is none."""
    try:
        found = from_json(body) if body else None
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def tell_answer(call: Call, answer: Mapping[str, Any]) -> None:
    """Put type and message of an error answer into a call, or what the answer says of an action attempt."""
    error = answer.get("error") if call.status >= 400 else None
    if isinstance(error, dict):
        call.error, call.message = str(error.get("type")), str(error.get("message"))
    attempt = answer.get("action_attempt")
    if isinstance(attempt, dict):
        error = attempt.get("error")
        said = [str(error.get(name)) for name in ("type", "message")] if isinstance(error, dict) else []
        call.work = WorkStatus(str(attempt.get("action_attempt_id")), str(attempt.get("status")), *said)
