"""Live sandboxes on a server that lacks paths of Seam, as stand-ins for Seam do: they use what there is."""

import pytest

from live.recording_server import KEY, json_answer, recording
from live.strict_server import StrictServer
from pytest_seam_sandbox import Sandbox, SandboxError
from pytest_seam_sandbox.backends.live import events as live_events
from pytest_seam_sandbox.backends.live.connection import NoSuchPath
from pytest_seam_sandbox.engine.errors import SandboxWarning
from pytest_seam_sandbox.engine.http import Response


class PoorServer(StrictServer):
    """Answers 404 on some paths, and not in Seam's form."""

    missing = frozenset()

    def _handle(self, app, request):
        if request.path in self.missing:
            return Response(404, (("content-type", "text/plain"),), b"404")
        return super()._handle(app, request)


@pytest.fixture(scope="module")
def poor_server():
    with PoorServer() as server:
        yield server


@pytest.fixture
def go_live(poor_server, tmp_path):
    """Makes live sandboxes on a server without these paths."""

    def make(*missing):
        poor_server.missing = frozenset(missing)
        workspace = poor_server.first
        return Sandbox.live(
            workspaces=workspace.workspace_id,
            api_key=workspace.api_key,
            endpoint=poor_server.url,
            folder=tmp_path,
        )

    return make


def test_path_that_is_not_there_is_no_network_that_is_gone(go_live):
    sandbox = go_live("/spaces/list")

    with pytest.raises(NoSuchPath, match="answered /spaces/list with 404 with '404', which is not an answer of Seam"):
        sandbox.backend.api.call("/spaces/list")

    sandbox.close()


def test_what_cannot_be_undone_holds_up_nothing(poor_server, go_live):
    """The changes before it are undone. The next start tries once more, says that it is left, and gives up."""
    sandbox = go_live("/spaces/delete")
    api = sandbox.http()
    api.post("/webhooks/create", json={"url": "https://example.com"})
    api.post("/spaces/create", json={"name": "Hall"})

    with pytest.raises(SandboxError, match="/spaces/create could not be undone: .* answered /spaces/delete with 404"):
        sandbox.close()

    assert poor_server.dump(poor_server.first)["Webhook"] == []
    with pytest.warns(SandboxWarning, match="/spaces/create could not be undone"):
        go_live("/spaces/delete").close()
    go_live("/spaces/delete").close()


def test_devices_are_found_where_nobody_knows_phones(go_live):
    """By name and by id; what is no device is told, without a look for phones."""
    sandbox = go_live("/phones/list")

    assert sandbox.get_device("Attic").device_type == "nuki_lock"
    with pytest.raises(LookupError, match="no device 'Tower'"):
        sandbox.get_device("Tower")

    sandbox.close()


@pytest.fixture
def on_recording(tmp_path):
    """A server that answers as little as it can, and a live sandbox on it."""
    with recording() as server:
        server.answers["/events/list"] = json_answer({"events": [], "ok": True})
        settings = {"endpoint": server.url, "api_key": KEY, "folder": tmp_path}
        with Sandbox.live(workspaces="w1", **settings) as sandbox:
            sandbox.backend.latency = 0.1
            yield server, sandbox


def test_answer_without_what_seam_shows_is_told(on_recording):
    _, sandbox = on_recording

    with pytest.raises(SandboxError, match="the answer to /devices/list has no 'devices', as Seam's have; it has ok"):
        list(sandbox.devices)


def test_server_without_offsets_is_not_read_for_ever(on_recording, monkeypatch):
    server, sandbox = on_recording
    monkeypatch.setattr(live_events, "PAGE", 2)
    server.answers["/events/list"] = json_answer(
        {"events": [{"event_id": name, "event_type": "lock.locked"} for name in "ab"], "ok": True}
    )
    server.seen.clear()

    assert list(sandbox.events) == []
    assert server.seen == [("POST", "/events/list")] * 2
    server.answers["/events/list"] = json_answer({"events": [], "ok": True})
