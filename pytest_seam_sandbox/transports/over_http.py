"""The ways into a live sandbox: all that the program under test sends goes out through its backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import httpx

from .. import api
from ..backends.live.backend import Live
from ..backends.live.connection import is_leaving
from ..backends.live.keys import ApiKey
from ..backends.live.recording import RecordingTransport
from ..engine.app import App
from ..engine.errors import SandboxError, embedded_only, is_for_the_test
from ..engine.http import SEAM_HOST, Request, Response
from ..engine.settings import Settings
from ..setting_values import host_of
from .intercept import replacing
from .other_hosts import check_host, refusals
from .server import Listener

if TYPE_CHECKING:
    from httpx_retries import Retry, RetryTransport
    from seam.seam import AsyncSeam, Seam

__tracebackhide__ = is_for_the_test

P = ParamSpec("P")
T = TypeVar("T")

_OF_A_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"})
_NOT_SENT_ON = _OF_A_CONNECTION | {"host", "accept-encoding", "expect", "trailer", "upgrade"}


class OverHttp:
    """The ways into a workspace at Seam. Whatever a program waits for passes in real time."""

    def __init__(self, backend: Live) -> None:
        self.backend = backend

    @property
    def endpoint(self) -> str:
        """The base URL of the workspace's server."""
        return self.backend.endpoint

    @property
    def transport(self) -> RecordingTransport:
        """The transport of the backend, which guards and records."""
        return self.backend.transport

    def retrying(self, policy: Retry | None) -> RetryTransport:
        """The transport with the SDK's retries, which wait in real time."""
        from httpx_retries import RetryTransport
        from seam.client import DEFAULT_RETRIES

        return RetryTransport(transport=self.transport, retry=policy or DEFAULT_RETRIES)

    def let_wait(self, client: Seam | AsyncSeam) -> None:
        """Clients wait in real time, as they do anyway."""

    def intercepting(self, allow: Sequence[str]) -> AbstractContextManager[None]:
        """Requests of httpx to Seam's host, and to the endpoint, go out through the backend; others are refused."""
        return _intercepted(self.backend, allow)

    def server(self, host: str, port: int, *, control: bool) -> Callable[[], AbstractContextManager[str]]:
        """A server that passes all requests on. It keeps the guard and the journal between the program and Seam."""
        if control:
            raise embedded_only("serve(control=True)", "control routes steer the emulator")
        listener = Listener(host=host, port=port, handle=self._pass_on)
        return partial(listener.serving, App(api, settings=Settings(), seed=0))

    def _pass_on(self, _: App, request: Request) -> Response:
        return pass_on(self.transport, self.endpoint, request)


def pass_on(transport: httpx.BaseTransport, endpoint: str, request: Request) -> Response:
    """The answer of the workspace to a request that came over loopback; 502 where there is none."""
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_SENT_ON}
    query = f"?{request.query}" if request.query else ""
    url = f"{endpoint}{request.path}{query}"
    try:
        answer = transport.handle_request(httpx.Request(request.method, url, headers=headers, content=request.body))
    except (httpx.RequestError, httpx.InvalidURL, SandboxError) as error:  # what is refused is told in the test too
        return Response(502, (("content-type", "text/plain"),), f"{type(error).__name__}: {error}".encode())
    kept = tuple((name, value) for name, value in answer.headers.items() if name not in _OF_A_CONNECTION)
    return Response(answer.status_code, kept, answer.content)


def open_ways(settings: Mapping[str, Any], *, holder: str, key: str | None, api_key: ApiKey) -> OverHttp:
    """Connect to the workspace; see `backends.live.start`."""
    from ..backends.live.start import connect

    return OverHttp(connect(settings, holder=holder, key=key, api_key=api_key))


@contextmanager
def _intercepted(backend: Live, allow: Sequence[str]) -> Iterator[None]:
    """Send through the backend what httpx's own transports would send to Seam or the endpoint.

    What goes elsewhere, and what other libraries would send to Seam, is refused and told in the test.
    """
    sync_send = httpx.HTTPTransport.handle_request
    async_send = httpx.AsyncHTTPTransport.handle_async_request
    place = httpx.URL(backend.endpoint)

    def goes_to_seam(request: httpx.Request) -> bool:
        host = host_of(request.url.raw_host.decode("ascii"))
        if host == SEAM_HOST or (host == host_of(place.host) and request.url.port == place.port):
            return True
        check_host(host, allow, f"sent {request.method} {request.url.copy_with(userinfo=b'')} to")
        return False

    is_ours = _told(backend, goes_to_seam)

    def send(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        return backend.transport.handle_request(request) if is_ours(request) else sync_send(self, request)

    async def send_async(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        if is_ours(request):
            return await backend.transport.handle_async_request(request)
        return await async_send(self, request)

    replaced: list[tuple[Any, str, Any]] = [
        (httpx.HTTPTransport, "handle_request", send),
        (httpx.AsyncHTTPTransport, "handle_async_request", send_async),
        *((owner, name, _told(backend, function)) for owner, name, function in refusals(allow, is_leaving)),
    ]
    with replacing(replaced):
        yield


def _told(backend: Live, function: Callable[P, T]) -> Callable[P, T]:
    """The function; what it refuses fails the test, also when the program catches that."""

    @wraps(function)
    def telling(*args: P.args, **options: P.kwargs) -> T:
        try:
            return function(*args, **options)
        except SandboxError as refused:
            backend.keep_refusal(refused)
            raise

    return telling
