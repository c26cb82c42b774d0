"""The doors: the same behaviour tests run through each of them, by the fixture `seam`."""

import asyncio
import inspect
import os

import pytest
from seam.seam import Seam

from contract.openapi import DOCUMENT


@pytest.fixture(scope="session", autouse=True)
def recorder():
    """Every answer and event of the suite is held against Seam's OpenAPI document, where that is there."""
    if not DOCUMENT.exists():
        yield None
        return
    from contract.recorder import recording

    with recording() as found:
        yield found


class Blocking:
    """An AsyncSeam with the face of a Seam: every coroutine is run to its end."""

    def __init__(self, target, runner):
        self._target, self._runner = target, runner

    def __getattr__(self, name):
        value = getattr(self._target, name)
        if inspect.ismethod(value) or inspect.isfunction(value):
            return lambda *args, **kwargs: self._run(value(*args, **kwargs))
        if type(value).__module__.startswith("seam."):
            return Blocking(value, self._runner)
        return value

    def _run(self, result):
        return self._runner.run(result) if inspect.iscoroutine(result) else result


def _transport(sandbox, _request):
    yield sandbox.client()


def _async_transport(sandbox, _request):
    with asyncio.Runner() as runner:
        yield Blocking(sandbox.async_client(), runner)


def _server(sandbox, request):
    with Seam(api_key=sandbox.api_key, endpoint=request.getfixturevalue("seam_server")) as client:
        yield client


def _intercept(sandbox, _request):
    with sandbox.intercepted(), Seam(api_key=sandbox.api_key) as client:
        yield client


DOORS = {
    "transport": _transport,
    "async_transport": _async_transport,
    "server": _server,
    "intercept": _intercept,
}


# Gates that run the suite several times choose fewer doors for all runs but one.
CHOSEN = os.environ.get("TEST_DOORS", ",".join(sorted(DOORS))).split(",")


@pytest.fixture(params=CHOSEN)
def seam(request, seam_sandbox):
    """The official SDK, connected to `seam_sandbox` through each door in turn."""
    yield from DOORS[request.param](seam_sandbox, request)
