"""Paths that the official fake has and Seam's reference does not name; older clients call them."""

from __future__ import annotations

from ..api._shared import WITH_SESSION
from ..api.devices.lookup import reachable
from ..api.devices.state import delete_device
from ..backends.extensions import Extensions, Family
from ..engine.auth import Caller
from ..engine.router import Router
from ..engine.types import Uuid
from ..engine.workspace import Workspace

devices = Router("/devices")


@devices.delete("delete", allow=WITH_SESSION, source="official fake")
def delete(workspace: Workspace, *, caller: Caller, device_id: Uuid) -> None:
    """Delete a device with its access codes. Unknown: 404 `device_not_found`."""
    delete_device(workspace, reachable(workspace, caller, device_id))


PATHS = Extensions(families=(Family(devices),))
"""What the stand-in has beside Seam's own API."""
