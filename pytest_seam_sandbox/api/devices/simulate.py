"""/devices/simulate/*: the losses that Seam lets a sandbox workspace simulate, and their way back.

Which device types they work for: docs and spec (August, Yale and Schlage; hubs of August, TTLock and igloohome; the
plan of Nuki); thermostats are assumed. The answer comes at once, and the device shows it after `state_latency`, as
Seam's poller notices it (docs). A repeated call changes nothing and logs nothing, since events are transitions
(assumed).
"""

from __future__ import annotations

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.router import Router
from ...engine.types import Uuid
from ...engine.workspace import Workspace
from .._shared import WITH_PORTAL, require_sandbox, when_noticed
from ..phones.model import PhoneRow
from .lookup import reachable
from .model import DeviceRow
from .state import bring_back, lose, set_subscription, take_away

router = Router("/devices/simulate")


def _simulated(workspace: Workspace, caller: Caller, device_id: str, name: str) -> DeviceRow:
    """The device, if this simulation is possible for its type.

    Raises ApiError 400 `workspace_not_sandbox`, 400 `device_type_not_supported` or 404 `device_not_found`.
    """
    require_sandbox(workspace)
    phone = workspace[PhoneRow].get(device_id)
    if phone is not None:
        raise _not_supported(phone.device_type, name)
    device = reachable(workspace, caller, device_id)
    if name not in device.model.simulate:
        raise _not_supported(device.device_type, name)
    if device.is_removed and name != "remove":
        raise ApiError(
            400, "device_removed", "The device was removed from its account", data={"device_id": device.device_id}
        )
    return device


def _not_supported(device_type: str, name: str) -> ApiError:
    return ApiError(
        400, "device_type_not_supported", f"simulate/{name} is not supported for devices of type {device_type}"
    )


_SCHLAGE = (
    "The prose says that simulation works for August and Yale only, a sample shows its flags on a Schlage lock: it "
    "works for all three. It works for thermostats, too, so that their loss can be tested (assumed)."
)


@router.post("connect", allow=WITH_PORTAL, source="spec", conflict=_SCHLAGE)
def connect(workspace: Workspace, *, caller: Caller, device_id: Uuid) -> None:
    """Bring a disconnected device online again: device.connected, unless it is unreachable for another reason."""
    when_noticed(workspace, bring_back, _simulated(workspace, caller, device_id, "connect").id, "device_disconnected")


@router.post("disconnect", allow=WITH_PORTAL, source="spec", conflict=_SCHLAGE)
def disconnect(workspace: Workspace, *, caller: Caller, device_id: Uuid) -> None:
    """Take a device offline: error `device_disconnected` and device.disconnected."""
    when_noticed(workspace, lose, _simulated(workspace, caller, device_id, "disconnect").id, "device_disconnected")


@router.post("connect_to_hub", allow=WITH_PORTAL, source="spec")
def connect_to_hub(workspace: Workspace, *, caller: Caller, device_id: Uuid) -> None:
    """Bring the hub of a device online again; August and TTLock only."""
    device = _simulated(workspace, caller, device_id, "connect_to_hub")
    when_noticed(workspace, bring_back, device.id, "hub_disconnected")


@router.post("disconnect_from_hub", allow=WITH_PORTAL, source="spec")
def disconnect_from_hub(workspace: Workspace, *, caller: Caller, device_id: Uuid) -> None:
    """Take the hub of a device offline: error `hub_disconnected` and device.disconnected."""
    device = _simulated(workspace, caller, device_id, "disconnect_from_hub")
    when_noticed(workspace, lose, device.id, "hub_disconnected")


@router.post("paid_subscription", allow=WITH_PORTAL, source="spec")
def paid_subscription(workspace: Workspace, *, caller: Caller, device_id: Uuid, is_expired: bool) -> None:
    """Let the paid plan of a Nuki device expire, or renew it; Seam notices before it answers the next request.

    The real service notices at its next poll, up to ten minutes later (docs).
    """
    device = _simulated(workspace, caller, device_id, "paid_subscription")
    at = workspace.clock.timestamp() + workspace.settings.state_latency
    workspace.agenda.plan(at, set_subscription, device.device_id, is_expired)


@router.post(
    "remove",
    allow=WITH_PORTAL,
    source="spec",
    conflict=f"{_SCHLAGE} No source says whether device.disconnected comes with device.removed: it does not.",
)
def remove(workspace: Workspace, *, caller: Caller, device_id: Uuid) -> None:
    """Take a device out of its account: error `device_removed` and device.removed; no device.disconnected."""
    when_noticed(workspace, take_away, _simulated(workspace, caller, device_id, "remove").id)
