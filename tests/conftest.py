"""The transports: the fixture `seam` takes one of them, and where a file is marked `every_transport` each in turn."""

import asyncio
import gc
import inspect
import os
import sys
import threading
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from httpx._transports.default import create_ssl_context
from seam.seam import Seam

from contract.openapi import DOCUMENT
from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.api import all_endpoints
from sleeping import sleeping


@pytest.fixture(scope="session", autouse=True)
def recorder():
    """Every answer and event of the suite is held against Seam's OpenAPI document, where that is there."""
    if not DOCUMENT.exists():
        yield None
        return
    from contract.recorder import recording

    with recording() as found:
        yield found


@pytest.fixture(scope="session", autouse=True)
def _threads_end():
    """A thread that does not end keeps its worker of pytest-xdist from ending, which is then killed with its coverage."""
    yield
    left = [thread for thread in threading.enumerate() if not thread.daemon and thread is not threading.main_thread()]
    assert left == []


@pytest.fixture(scope="session", autouse=True)
def _one_tls_context():
    """Clients share a TLS context: making one takes longer than most tests, and none of them speaks TLS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._transports.default.create_ssl_context", cache(create_ssl_context))
        yield


@pytest.fixture
def awake():
    """Nobody may sleep in real time."""

    def slept(*_):
        pytest.fail("slept in real time")

    with sleeping(slept):
        yield


@pytest.fixture(scope="session")
def _imported():
    """What is imported before a run of pytest inside a test is not imported again, and forgotten, by each of them.

    httpx keeps the exception types of the httpcore that it has seen first, and knows those of no second one.
    """
    import_module("pytest_seam_sandbox.stateful")
    import_module("httpcore")
    all_endpoints()
    with Sandbox(world="house") as sandbox:
        sandbox.client().devices.list()


@pytest.fixture
def pytester(_imported, pytester, monkeypatch):
    """Runs of pytest inside a test, without the settings of the outer run and without longer summaries on a CI server."""
    for name in ("PYTEST_ADDOPTS", "CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    return pytester


@pytest.fixture(autouse=True)
def forgotten_marks(recorder):
    """What one test puts on a resource says nothing of the next one's."""
    yield
    if recorder is not None:
        recorder.marked.clear()


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


TRANSPORTS = {
    "transport": _transport,
    "async_transport": _async_transport,
    "server": _server,
    "intercept": _intercept,
}


# Gates that run the suite several times choose fewer for all runs but one. The first serves the files without the mark.
CHOSEN = os.environ.get("TEST_TRANSPORTS", ",".join(TRANSPORTS)).split(",")


def pytest_generate_tests(metafunc):
    if "seam" in metafunc.fixturenames:
        takes_all = metafunc.definition.get_closest_marker("every_transport")
        metafunc.parametrize("seam", CHOSEN if takes_all else CHOSEN[:1], indirect=True)


HERE = Path(__file__).parent
SEARCHES = (
    "families/test_acs_consistency.py",
    "families/test_histories_of_",
    "planted/",
    "contract/test_arbitrary_parameters.py",
    "contract/test_schemathesis.py",
)
"""Where tests search among very many requests for one that goes wrong; the longest first."""


def place_among_searches(item):
    """Where a test comes among those that search; -1 for others."""
    name = item.path.relative_to(HERE).as_posix() if HERE in item.path.parents else ""
    return next((place for place, start in enumerate(SEARCHES) if name.startswith(start)), -1)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item):
    """Pause coverage in the tests that run for long and reach no line that the others do not.

    They are those that search, and a test once more, through another transport: tests/transports has the lines of the
    transports. Other threads, setup and teardown are measured in these tests too. Searches come last: what functions
    keep in a cache was then computed by a test that is measured.
    """
    tracer = sys.gettrace()
    transport = getattr(item, "callspec", None) and item.callspec.params.get("seam")
    adds_nothing = place_among_searches(item) >= 0 or transport in CHOSEN[1:]
    if not adds_nothing or type(tracer).__module__.partition(".")[0] != "coverage":
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


@pytest.fixture
def seam(request, seam_sandbox):
    """The official SDK, connected to `seam_sandbox`."""
    yield from TRANSPORTS[request.param](seam_sandbox, request)


def pytest_collection_finish():
    """What is there by now lasts as long as the run; nobody has to look for garbage in it again and again.

    Hypothesis asks the garbage collector for owners of random generators when it is imported: that comes before.
    """
    import_module("hypothesis")
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """A test has the same name in every worker of pytest-xdist, so no name holds the address of an object."""
    items.sort(key=place_among_searches)
    named_by_chance = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if named_by_chance:
        raise pytest.UsageError(f"give these parameters ids: {', '.join(named_by_chance[:5])}")
