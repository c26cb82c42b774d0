"""A production workspace beside the sandbox, to test what Seam allows in a sandbox only."""

from dataclasses import dataclass
from typing import Any

import pytest

from pytest_seam_sandbox.api.workspaces import open_workspace
from pytest_seam_sandbox.worlds.build import build_world


@dataclass
class Production:
    """A production workspace with the house, and an SDK client that holds its key."""

    workspace: Any
    client: Any


@pytest.fixture
def production(seam_sandbox):
    """A workspace that is no sandbox, on the same server as `seam_sandbox`."""
    backend = seam_sandbox.embedded
    workspace = open_workspace(backend.app, name="Production", is_sandbox=False)
    build_world(workspace, "house")
    return Production(workspace, seam_sandbox.client(api_key=backend.add_api_key(workspace)))
