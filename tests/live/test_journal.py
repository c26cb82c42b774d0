"""What a live sandbox has changed is on disk before it is changed, and is undone."""

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.backends.live.connection import Connection
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.live.undo import Undo
from pytest_seam_sandbox.backends.seam_api import SeamApi

LOGS = {"Event", "ActionAttempt"}


def state(backend):
    """What there is in a workspace; what has happened in it is no part of that."""
    return {kind: rows for kind, rows in backend.dump().items() if rows and kind not in LOGS}


@pytest.fixture
def sandbox():
    with Sandbox(world="house") as sandbox:
        yield sandbox


def test_what_was_made_and_broken_is_undone_in_reverse_order(sandbox, tmp_path):
    with sandbox.serve() as url:
        connection = Connection(url, sandbox.api_key)
        prove(connection, workspaces=[sandbox.workspace_id], endpoint=url)
        undo = Undo(connection, tmp_path)
        api = SeamApi(undo.send)
        before = state(sandbox.backend)
        identity = api.call("/user_identities/create", full_name="Jane")["user_identity"]["user_identity_id"]
        api.call("/phones/simulate/create_sandbox_phone", user_identity_id=identity)
        api.call("/devices/simulate/disconnect", device_id=api.devices()[0].device_id)

        assert [change.path for change in undo.journal.changes] == [
            "/user_identities/create",
            "/phones/simulate/create_sandbox_phone",
            "/devices/simulate/disconnect",
        ]
        assert undo.undo() == []

        assert state(sandbox.backend) == before
        assert list(tmp_path.rglob("*.*")) == []
        connection.close()
