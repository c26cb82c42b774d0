"""Fill a sandbox with devices, as the sandbox itself does it."""

from __future__ import annotations

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.api.devices.model import DeviceRow
from pytest_seam_sandbox.api.devices.state import add_device
from pytest_seam_sandbox.catalog.devices import device_model
from pytest_seam_sandbox.worlds.build import add_account


def add_devices(sandbox: Sandbox, count: int) -> list[str]:
    """Add August locks of one account and render each once; their ids."""
    workspace = sandbox.embedded.workspace
    account, model = add_account(workspace, "august"), device_model("august_lock")
    for _ in range(count):
        add_device(workspace, account, model)
    for row in workspace[DeviceRow]:
        row.to_json()
    return [row.device_id for row in workspace[DeviceRow]]
