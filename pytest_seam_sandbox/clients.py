"""How a program under test gets to a sandbox: clients of httpx and the SDK, interception, a server."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import httpx

from .backends.base import Backend, SandboxPart
from .engine.blocks import Block
from .engine.errors import MissingDependency, is_for_the_test
from .settings import read_setting
from .transports.in_process import SandboxTransport
from .transports.ways import Ways

if TYPE_CHECKING:
    from seam.seam import AsyncSeam, Seam

    from .backends.live.recording import RecordingTransport

__tracebackhide__ = is_for_the_test


class Clients(SandboxPart):
    """The methods of a sandbox that give ways in: clients, interception, a loopback server.

    ways: those of the backend. allowed: hosts that interception lets through.
    """

    def __init__(self, backend: Backend, ways: Ways, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(backend)
        self._ways = ways
        self._allowed = allowed

    @property
    def api_key(self) -> str:
        """The API key of the workspace, of the form `seam_test…`.

        That of a live sandbox stands in for the true key, which requests get on their way out.
        """
        return self._backend.api_key

    @property
    def endpoint(self) -> str:
        """The base URL of Seam, or of the server that stands in for it. In process any host leads to the emulator."""
        return self._ways.endpoint

    # without the SDK

    @property
    def transport(self) -> SandboxTransport | RecordingTransport:
        """The httpx transport that leads here; for `httpx.Client(transport=...)` and the SDK's `httpx_options`."""
        return self._ways.transport

    def http(self, **httpx_options: Any) -> httpx.Client:
        """An `httpx.Client` with base URL and API key, without retries."""
        return httpx.Client(**self._httpx_options(httpx_options))

    def async_http(self, **httpx_options: Any) -> httpx.AsyncClient:
        """An `httpx.AsyncClient` with base URL and API key, without retries."""
        return httpx.AsyncClient(**self._httpx_options(httpx_options))

    def _httpx_options(self, given: dict[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.api_key}", **given.pop("headers", {})}
        return {"base_url": self.endpoint, "transport": self.transport, "headers": headers, **given}

    # the SDK

    def client(self, **seam_options: Any) -> Seam:
        """An official `seam.Seam` that talks to this sandbox, with the SDK's own retries.

        seam_options: whatever Seam takes, `retries` for other retries. Its waits, between retries and for an action
        attempt, pass on the sandbox clock. Raises MissingDependency without the SDK.
        """
        sdk = _import_sdk()
        client: Seam = sdk.Seam(**self._seam_options(seam_options))
        self._ways.let_wait(client)
        return client

    def async_client(self, **seam_options: Any) -> AsyncSeam:
        """An official `seam.AsyncSeam` that talks to this sandbox; else like `client`. The SDK has it since 3.5."""
        sdk = _import_sdk()
        if not hasattr(sdk, "AsyncSeam"):
            raise MissingDependency(
                f"version {version('seam')} of the Seam SDK has no AsyncSeam, and this needs it. "
                "Install 3.5 or newer with: pip install 'seam>=3.5'."
            )
        client: AsyncSeam = sdk.AsyncSeam(**self._seam_options(seam_options))
        self._ways.let_wait(client)
        return client

    def intercepted(self, *, allow: str | Iterable[str] | None = None) -> Block[None]:
        """Inside the block every httpx request of this process to Seam's host comes here.

        The SDK's waits, between retries and for an action attempt, pass on the sandbox clock.
        Loopback passes, and so do the hosts in `allow`. Requests of httpx, requests, urllib3 and urllib to other hosts
        raise SandboxError, as does any other library that looks up Seam's host. What opens sockets to other hosts by
        other means (aiohttp, for one) is not seen.
        allow: host names, as text separated by commas or as a list; by default those of the setting intercept_allow.
        Raises SandboxError for what cannot be a host.
        """
        allowed = self._allowed if allow is None else read_setting("intercept_allow", allow)
        waits = self._backend.unfinished.block_waits("intercepted()", "no request was intercepted")
        return Block(partial(self._ways.intercepting, allowed), waits)

    def serve(self, *, host: str = "127.0.0.1", port: int = 0, control: bool = False) -> Block[str]:
        """A loopback server for this sandbox, running inside the block; gives its base URL.

        port: 0 for a free one. control: answer the control routes below /_sandbox/ as well.
        Entering raises SandboxError where it cannot listen.
        """
        serving = self._ways.server(host, port, control=control)
        return Block(serving, self._backend.unfinished.block_waits("serve()", "no server ran"))

    def _seam_options(self, given: dict[str, Any]) -> dict[str, Any]:
        from .transports.retries import takes_retries

        own = given.pop("httpx_options", None) or {}
        policy = None
        if takes_retries() and not own.keys() & {"transport", "mounts"}:  # the SDK refuses retries beside those
            policy = given.pop("retries", None)
        httpx_options = {"transport": self._ways.retrying(policy), **own}
        if "personal_access_token" not in given:
            given.setdefault("api_key", self.api_key)
        return {"endpoint": self.endpoint, **given, "httpx_options": httpx_options}


def _import_sdk() -> Any:
    try:
        import seam
    except ImportError:
        raise MissingDependency(
            "the official Seam SDK is not installed, and this needs it. "
            "Install it with: pip install 'pytest-seam-sandbox[sdk]'. "
            "Without the SDK, use the fixture seam_http or Sandbox.http()."
        ) from None
    return seam
