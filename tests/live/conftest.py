"""A strict server in a thread, and live sandboxes on it."""

import os
from contextlib import ExitStack

import pytest

from live.arrival import arrives_at_once, hold_clock
from live.furnished import furnished
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


@pytest.fixture
def _undone_at_once(monkeypatch):
    """No test that undoes waits for the disk, nor depends on how busy the machine is."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    hold_clock(monkeypatch)


@pytest.fixture(scope="module")
def furniture():
    """A workspace that somebody has furnished, with the ids of what is in it."""
    with Sandbox(world="house") as sandbox:
        sandbox.webhooks.route("https://example.com/test", lambda _: 200)
        it = furnished(sandbox)
        sandbox.clock.freeze()  # a busy machine may take seconds for what a test takes for one moment
        yield it


@pytest.fixture
def place(furniture):
    """The same, as it was in the beginning."""
    furniture.sandbox.restore(furniture.start)
    return furniture
