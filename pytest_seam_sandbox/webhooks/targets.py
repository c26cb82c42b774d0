"""Where webhooks go: an app in this process, a callable, or a server on this machine."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable
from inspect import Parameter, isawaitable, iscoroutinefunction, signature
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from ..engine.errors import SandboxError, is_for_the_test, quoted, shortened
from ..transports.other_hosts import is_loopback
from .asgi import AsgiTarget
from .messages import Answer, AsyncTarget, SyncTarget, WebhookRequest

if TYPE_CHECKING:
    import httpx

__tracebackhide__ = is_for_the_test

APP_HOST = "http://app.localhost"
"""The host of apps in this process."""
TIMEOUT = 15.0
"""Real seconds until an attempt counts as failed. Source: Svix's docs."""
_TAKES = (
    "an ASGI or WSGI app, a callable that takes a WebhookRequest, or the URL of a server on this machine such as "
    "'http://127.0.0.1:8000/hooks'"
)


def is_url_of_this_machine(url: str) -> bool:
    """Whether a request to it stays on this machine."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and is_loopback((parts.hostname or "").lower())


def target_of(given: Any, timeout: float) -> AsyncTarget | SyncTarget:
    """The target that a test has given. Raises SandboxError for what cannot be one."""
    if isinstance(given, str):
        if not is_url_of_this_machine(given):
            raise SandboxError(
                f"webhooks are not sent to {shortened(given)!r}: nothing leaves this machine. Give {_TAKES}; for an "
                "app that expects a URL of its own, map that with webhooks.route(url, app)."
            )
        return UrlTarget(given, timeout)
    if not callable(given):
        raise SandboxError(f"webhooks cannot be delivered to {quoted(given)}. Give {_TAKES}.")
    count = _positional(given)
    if count == 3:
        return AsgiTarget(given, timeout)
    if count == 2:
        return WsgiTarget(given)
    if count == 1:
        return _AsyncCallable(given, timeout) if _is_coroutine_function(given) else CallableTarget(given)
    raise SandboxError(
        f"webhooks cannot be delivered to {quoted(given)}: it takes {count} positional arguments. An ASGI app takes "
        "three (scope, receive, send), a WSGI app two (environ, start_response), any other callable one, the request."
    )


def _positional(given: Callable[..., Any]) -> int:
    """How many arguments a callable takes that have no default."""
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    try:
        found = signature(given).parameters.values()
    except (TypeError, ValueError):  # of some callables in C
        return 1
    return sum(1 for one in found if one.kind in kinds and one.default is Parameter.empty)


def _is_coroutine_function(given: Any) -> bool:
    return iscoroutinefunction(given) or iscoroutinefunction(getattr(given, "__call__", None))  # noqa: B004


class CallableTarget(SyncTarget):
    """Calls a function with the request. What it returns is the status; None stands for 200."""

    def __init__(self, function: Callable[[WebhookRequest], object]) -> None:
        self._function = function

    def call(self, request: WebhookRequest) -> Answer:
        """Call it."""
        try:
            returned = self._function(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the app's
            return Answer(500, error=error)
        return _answer(returned)


class _AsyncCallable(AsyncTarget):
    """The same for a coroutine function."""

    def __init__(self, function: Callable[[WebhookRequest], Awaitable[object]], timeout: float) -> None:
        self._function = function
        self._timeout = timeout

    async def send(self, request: WebhookRequest) -> Answer:
        try:
            return _answer(await asyncio.wait_for(self._function(request), self._timeout))
        except TimeoutError:
            return Answer(None, f"no answer within {self._timeout:g} s")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the app's
            return Answer(500, error=error)


def _answer(returned: object) -> Answer:
    if returned is None:
        return Answer(200)
    if isinstance(returned, int) and not isinstance(returned, bool) and 200 <= returned <= 599:
        return Answer(returned)
    if isawaitable(returned):
        getattr(returned, "close", lambda: None)()
    nonsense = SandboxError(
        f"a handler of webhooks returned {quoted(returned)}; it returns the status as an integer from 200 to 599, or "
        "None for 200."
    )
    return Answer(500, "a handler that returned nonsense", nonsense)


class WsgiTarget(SyncTarget):
    """Calls a WSGI app, in the thread that caused the event."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def call(self, request: WebhookRequest) -> Answer:
        """Send one request."""
        statuses: list[str] = []

        def start_response(status: str, _headers: object, _exc_info: object = None) -> Callable[[bytes], None]:
            statuses.append(status)
            return lambda _: None

        try:
            answer = self._app(_environ(request), start_response)
            try:
                for _ in answer:
                    pass
            finally:
                getattr(answer, "close", lambda: None)()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the app's
            return Answer(500, error=error)
        code = statuses[-1][:3] if statuses else ""
        if not code.isdecimal():
            found = f"answered the status {quoted(statuses[-1])}" if statuses else "ended without having sent an answer"
            return Answer(None, "no answer", SandboxError(f"the WSGI app {found}."))
        return Answer(int(code))


def _environ(request: WebhookRequest) -> dict[str, Any]:
    parts = urlsplit(request.url)
    sent = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    return {
        **sent,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path) or "/",
        "QUERY_STRING": parts.query,
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": parts.netloc,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


class Nowhere(SyncTarget):
    """Where an attempt goes that is lost on its way."""

    def call(self, request: WebhookRequest) -> Answer:  # noqa: ARG002 - nobody gets it
        """Answer nothing."""
        return Answer(None, "lost on its way")


class UrlTarget(SyncTarget):
    """Sends to a server on this machine, past any proxy. Redirects are not followed: 3xx is a failure (svix-docs)."""

    def __init__(self, url: str, timeout: float) -> None:
        self.url = url
        self._timeout = timeout

    def call(self, request: WebhookRequest) -> Answer:
        """Send one request, from a thread without an event loop."""
        import httpx

        with httpx.Client(**self._options()) as client:
            try:
                with client.stream("POST", self.url, content=request.body, headers=request.headers) as answer:
                    return Answer(answer.status_code)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                return self._failed(error)

    async def send(self, request: WebhookRequest) -> Answer:
        """Send one request, on the event loop that runs, which might be that of the server."""
        import httpx

        async with httpx.AsyncClient(**self._options()) as client:
            try:
                async with client.stream("POST", self.url, content=request.body, headers=request.headers) as answer:
                    return Answer(answer.status_code)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                return self._failed(error)

    def _options(self) -> dict[str, Any]:
        is_tls = self.url.startswith("https:")
        return {"timeout": self._timeout, "trust_env": False, **({"verify": False} if is_tls else {})}

    def _failed(self, error: httpx.HTTPError | httpx.InvalidURL) -> Answer:
        import httpx

        if isinstance(error, httpx.TimeoutException):
            return Answer(None, f"no answer within {self._timeout:g} s")
        return Answer(None, f"{type(error).__name__}: {error}")
