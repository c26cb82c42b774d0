"""The only way out to a live workspace."""

import pytest

from pytest_seam_sandbox import ProductionRefused, Sandbox
from pytest_seam_sandbox.backends.live.connection import Connection
from pytest_seam_sandbox.backends.live.guard import prove
from pytest_seam_sandbox.backends.seam_api import SeamApi


@pytest.fixture
def sandbox():
    with Sandbox(world="house") as sandbox:
        yield sandbox


def test_writes_leave_after_the_proof_and_reads_before(sandbox):
    with sandbox.serve() as url:
        connection = Connection(url, sandbox.api_key)
        api = SeamApi(connection.send)
        door = api.devices()[0]
        with pytest.raises(ProductionRefused, match="/devices/simulate/disconnect is a write"):
            api.call("/devices/simulate/disconnect", device_id=door.device_id)
        assert api.device(door.device_id).properties.online

        proof = prove(connection, workspaces=[sandbox.workspace_id], endpoint=url)
        api.call("/devices/simulate/disconnect", device_id=door.device_id)

        assert proof.workspace_id == sandbox.workspace_id
        assert not api.device(door.device_id).properties.online
        connection.close()
