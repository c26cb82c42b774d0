"""The ways into a sandbox: what its clients stand on, for the emulator in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Protocol

from ..backends.embedded import Embedded
from ..engine.http import SEAM_URL
from .in_process import SandboxTransport

if TYPE_CHECKING:
    from httpx_retries import Retry, RetryTransport
    from seam.seam import AsyncSeam, Seam

    from ..backends.live.recording import RecordingTransport


class Ways(Protocol):
    """How a program under test gets to a sandbox. endpoint: the base URL for its clients."""

    @property
    def endpoint(self) -> str:
        """The base URL for clients."""
        ...

    @property
    def transport(self) -> SandboxTransport | RecordingTransport:
        """The transport for clients of httpx."""
        ...

    def retrying(self, policy: Retry | None) -> RetryTransport:
        """The transport with the retries of this policy, by default with the SDK's."""
        ...

    def let_wait(self, client: Seam | AsyncSeam) -> None:
        """Let a client of the SDK wait for action attempts in the time of the sandbox."""
        ...

    def intercepting(self, allow: Sequence[str]) -> AbstractContextManager[None]:
        """Requests of httpx to Seam's host come here; those to others are refused."""
        ...

    def server(self, host: str, port: int, *, control: bool) -> Callable[[], AbstractContextManager[str]]:
        """A server, which runs inside the block; gives its base URL."""
        ...


class InProcess:
    """The ways into the emulator of this process. What clients wait for passes on the sandbox clock."""

    endpoint = SEAM_URL

    def __init__(self, backend: Embedded) -> None:
        self._backend = backend

    @property
    def transport(self) -> SandboxTransport:
        """A transport that answers in process."""
        return SandboxTransport(self._backend.app)

    def retrying(self, policy: Retry | None) -> RetryTransport:
        """The transport with retries that wait on the sandbox clock."""
        from .retries import retrying

        return retrying(self.transport, self._pass_retry_time, policy)

    def let_wait(self, client: Seam | AsyncSeam) -> None:
        """The waits of this client for action attempts pass on the sandbox clock."""
        from .waits import wait_in_sandbox_time

        wait_in_sandbox_time(client, self._seconds, self._pass_look_time)

    def intercepting(self, allow: Sequence[str]) -> AbstractContextManager[None]:
        """Requests of httpx to Seam's host are answered in process."""
        from .intercept import intercept

        return intercept(self.transport, self._pass_retry_time, self._seconds, self._pass_look_time, allow=allow)

    def server(self, host: str, port: int, *, control: bool) -> Callable[[], AbstractContextManager[str]]:
        """A server of the emulator."""
        from .control import controls_of
        from .server import Listener

        listener = Listener(host=host, port=port, control=controls_of(self._backend) if control else None)
        return partial(listener.serving, self._backend.app)

    def _pass_retry_time(self, seconds: float) -> None:
        self._backend.pass_time(seconds, "until the client tried again")

    def _pass_look_time(self, seconds: float) -> None:
        self._backend.pass_time(seconds, "until the client looked at the action attempt again")

    def _seconds(self) -> float:
        """What the sandbox clock shows, in seconds since 1970."""
        return self._backend.now().timestamp()
