"""How spaces are found, and what can be a member of one."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from .._shared import given, not_found, sees_customer
from ..acs.lookup import find_entrance
from ..connected_accounts.model import ConnectedAccountRow
from ..devices.model import find_device
from .model import SpaceRow


def find_space(
    workspace: Workspace, caller: Caller, *, space_id: str | None = None, space_key: str | None = None
) -> SpaceRow:
    """The space of this id, or of this key, or of both.

    Another customer's and an unknown one: 404 `space_not_found` (assumed).
    """
    for row in workspace[SpaceRow]:
        fits = space_id in (None, row.id) and space_key in (None, row.space_key)
        if fits and sees_customer(caller, row.customer_key):
            return row
    asked = given(space_id=space_id, space_key=space_key)
    raise not_found("space_not_found", "Space not found", asked)


def checked_devices(workspace: Workspace, caller: Caller, device_ids: Sequence[str] | None) -> tuple[str, ...]:
    """The ids of these devices, each once. Unknown: 404; unmanaged: 400 `device_unmanaged` (both assumed)."""
    for device_id in device_ids or ():
        device = find_device(workspace, device_id)
        account = workspace[ConnectedAccountRow][device.connected_account_id]
        if not sees_customer(caller, account.customer_key):
            raise not_found("device_not_found", "Device not found", {"device_id": device_id})
        if not device.is_managed:
            raise ApiError(400, "device_unmanaged", "Device is unmanaged. Convert it with /devices/unmanaged/update")
    return tuple(dict.fromkeys(device_ids or ()))


def checked_entrances(workspace: Workspace, caller: Caller, acs_entrance_ids: Sequence[str] | None) -> tuple[str, ...]:
    """The ids of these entrances, each once. Unknown: 404 `acs_entrance_not_found` (assumed)."""
    for acs_entrance_id in acs_entrance_ids or ():
        entrance = find_entrance(workspace, acs_entrance_id)
        account = workspace[ConnectedAccountRow][entrance.connected_account_id]
        if not sees_customer(caller, account.customer_key):
            raise not_found("acs_entrance_not_found", "ACS entrance not found", {"acs_entrance_id": acs_entrance_id})
    return tuple(dict.fromkeys(acs_entrance_ids or ()))
