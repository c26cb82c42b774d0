"""What the environment of live tests holds: nothing with which a program could write to Seam past guard and journal.

The true key is taken out, and a text that stands in for it put in its place. SEAM_ENDPOINT leads to a server on this
machine, which passes requests on to the sandbox of the test that runs, and refuses them between tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol
from uuid import uuid4

from .. import api
from ..backends.live.keys import STAND_IN_KEY, VARIABLE, ApiKey, is_credential
from ..engine.app import App
from ..engine.errors import ApiError
from ..engine.http import JSON_TYPE, Request, Response
from ..engine.settings import Settings
from .over_http import pass_on
from .proxies import around_proxies
from .server import Listener

_ENDPOINT = "SEAM_ENDPOINT"
_OF_THE_SDK = ("SEAM_API_URL", "SEAM_PERSONAL_ACCESS_TOKEN", "SEAM_WORKSPACE_ID")
"""Further variables from which Seam's SDK takes credentials, and where to send requests: it takes no two of a kind."""
_NOBODY = ApiError(
    403,
    "no_live_sandbox",
    "SEAM_ENDPOINT and SEAM_API_KEY are those of a run of live tests, and no test with a live sandbox runs now, so "
    "nothing was sent to Seam. Let the test have seam_sandbox, and build the client while it runs.",
)


class HasWays(Protocol):
    """A live sandbox, as far as requests get to it."""

    @property
    def endpoint(self) -> str:
        """The base URL of its server."""
        ...

    @property
    def transport(self) -> Any:
        """What guards and records its requests."""
        ...


class LiveEnviron:
    """Changes an environment, such as os.environ, until `end`.

    key: the true one, from the environment unless it is given. A key that stands in for the true one gives way to
    `outer`, the true key of an outer run in this process.
    """

    def __init__(self, environ: MutableMapping[str, str], key: str | None = None, outer: ApiKey | None = None) -> None:
        self._environ = environ
        self.key = ApiKey(key if key is not None else environ.get(VARIABLE, ""))
        if self.key.stands_in and outer is not None:
            self.key = outer
        del key
        self._before: dict[str, str | None] = {}
        self._block = ExitStack()
        self._sandbox: HasWays | None = None

    def begin(self) -> None:
        """Change the environment."""
        listener = Listener(handle=self._answer)
        url = self._block.enter_context(listener.serving(App(api, settings=Settings(), seed=0)))
        self._set(self._without_credentials() | {VARIABLE: STAND_IN_KEY, _ENDPOINT: url})
        self._set(dict(around_proxies(self._environ)))

    def _without_credentials(self) -> dict[str, str | None]:
        """What variables with credentials are to be. In a frame of its own, since reports show variables of frames."""
        values: dict[str, str | None] = dict.fromkeys(_OF_THE_SDK)
        for name, value in self._environ.items():
            if value and self.key.is_or_stands_in(value):
                values.setdefault(name, STAND_IN_KEY)
            elif is_credential(value):
                values[name] = None
        return values

    def end(self) -> None:
        """Put everything back."""
        self._block.close()
        for name, value in self._before.items():
            self._put(name, value)

    @contextmanager
    def leading_to(self, sandbox: HasWays) -> Iterator[None]:
        """Inside the block, requests of whoever takes endpoint and key from the environment reach this sandbox."""
        self._sandbox = sandbox
        try:
            yield
        finally:
            self._sandbox = None

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Inside the block, the environment leads nowhere: for an emulated sandbox, or interception."""
        url = self._environ.get(_ENDPOINT)
        self._put(_ENDPOINT, None)
        try:
            yield
        finally:
            self._put(_ENDPOINT, url)

    def _answer(self, _: App, request: Request) -> Response:
        if self._sandbox is not None:
            return pass_on(self._sandbox.transport, self._sandbox.endpoint, request)
        request_id = str(uuid4())
        headers = (("content-type", JSON_TYPE), ("seam-request-id", request_id))
        answer = {"error": {**_NOBODY.body(), "request_id": request_id}, "ok": False}
        return Response(_NOBODY.status, headers, json.dumps(answer).encode())

    def _set(self, values: dict[str, str | None]) -> None:
        for name, value in values.items():
            self._before.setdefault(name, self._environ.get(name))
            self._put(name, value)

    def _put(self, name: str, value: str | None) -> None:
        if value is None:
            self._environ.pop(name, None)
        else:
            self._environ[name] = value
