"""How a program under test gets to a sandbox: SDK clients and interception."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .engine.errors import MissingDependency, is_for_the_test
from .observer import Observer

if TYPE_CHECKING:
    from seam.seam import AsyncSeam, Seam

__tracebackhide__ = is_for_the_test


class Connected(Observer):
    """The half of a sandbox that hands out ways in."""

    def client(self, **seam_options: Any) -> Seam:
        """An official `seam.Seam` that talks to this sandbox, with the SDK's own retries.

        Its waits between retries pass on the sandbox clock. Raises MissingDependency without the SDK.
        """
        sdk = _import_sdk()
        client: Seam = sdk.Seam(**self._seam_options(seam_options))
        return client

    def async_client(self, **seam_options: Any) -> AsyncSeam:
        """An official `seam.AsyncSeam` that talks to this sandbox; else like `client`."""
        sdk = _import_sdk()
        client: AsyncSeam = sdk.AsyncSeam(**self._seam_options(seam_options))
        return client

    @contextmanager
    def intercepted(self, *, allow: Sequence[str] = ()) -> Iterator[None]:
        """Inside the block every httpx request of this process to Seam's host comes here.

        Loopback passes, and so do the hosts in `allow`; requests to other hosts raise SandboxError.
        """
        from .doors.intercept import intercept

        with intercept(self.transport, allow=allow, pass_time=self._pass_time):
            yield

    def _seam_options(self, given: dict[str, Any]) -> dict[str, Any]:
        from .doors.retries import retrying

        httpx_options = {"transport": retrying(self.transport, self._pass_time), **given.pop("httpx_options", {})}
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
