"""A strict server in a thread, and live sandboxes on it."""

from contextlib import ExitStack

import pytest

from live.arrival import arrives_at_once
from live.strict_server import StrictServer
from pytest_seam_sandbox import Sandbox


@pytest.fixture(scope="module")
def strict_server():
    """One for a file: what a test does there is undone by the sandbox, or the test fails."""
    with StrictServer() as server:
        server.backend(server.first).provision.create_device("ttlock_lock", name="Loft")
        yield server


@pytest.fixture
def server(strict_server):
    strict_server.restart()
    yield strict_server
    strict_server.restart()


@pytest.fixture(scope="module")
def live_folder(tmp_path_factory):
    """One for a file, since its tests share the devices of one server."""
    return tmp_path_factory.mktemp("live")


@pytest.fixture
def _quick_arrival(monkeypatch):
    """On loopback, a write without an answer has arrived at once."""
    arrives_at_once(monkeypatch)


@pytest.fixture
def go_live(server, live_folder, _quick_arrival):
    """Makes live sandboxes on the server, which end with the test."""
    with ExitStack() as stack:

        def make(workspace=server.first, **given):
            settings = {"endpoint": server.url, "folder": live_folder, "api_key": workspace.api_key}
            sandbox = Sandbox.live(workspaces=workspace.workspace_id, **(settings | given))
            stack.callback(sandbox.close)
            return sandbox

        yield make


@pytest.fixture
def live(go_live):
    return go_live()
