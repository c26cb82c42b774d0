"""The backup pool: codes that are on a lock already, to stand in for one that is late.

The size of the pool and when its conditions show are assumed; that pulling works offline while a code is left, and
that the lock is refilled when it is back, are the docs'.
"""

from __future__ import annotations

from ...engine.store import Workspace
from .._shared import Condition
from ..devices.model import DeviceRow
from .constraints import codes_on, new_pin
from .model import AccessCodeRow, is_reachable

POOL_SIZE = 2


def pool_of(workspace: Workspace, device_id: str) -> list[AccessCodeRow]:
    """The codes of the pool that nobody has pulled."""
    pulled = {row.pulled_backup_access_code_id for row in codes_on(workspace, device_id)}
    return [row for row in codes_on(workspace, device_id) if row.is_backup and row.access_code_id not in pulled]


def uses_pool(workspace: Workspace, device_id: str) -> bool:
    """Whether any code of the lock asks for backups."""
    return any(row.uses_backup_pool for row in codes_on(workspace, device_id))


def refill(workspace: Workspace, device: DeviceRow) -> None:
    """Fill the pool of a reachable lock that has users, and show what is left of it on codes and device."""
    if not uses_pool(workspace, device.device_id):
        return
    if is_reachable(device):
        for _ in range(POOL_SIZE - len(pool_of(workspace, device.device_id))):
            pin = new_pin(workspace, device)
            workspace[AccessCodeRow].put(
                AccessCodeRow(
                    access_code_id=workspace.ids.uuid(),
                    device_id=device.device_id,
                    workspace_id=workspace.workspace_id,
                    created_at=workspace.clock.text(),
                    name="Backup",
                    code=pin,
                    pin_on_lock=pin,
                    status="set",
                    is_backup=True,
                )
            )
    _show(workspace, device)


def _show(workspace: Workspace, device: DeviceRow) -> None:
    left = len(pool_of(workspace, device.device_id))
    for code in codes_on(workspace, device.device_id):
        if code.uses_backup_pool and code.is_backup_available != bool(left):
            workspace[AccessCodeRow].put(code.but(is_backup_available=bool(left)))
    errors = tuple(each for each in device.errors if each.code != "empty_backup_access_code_pool")
    warnings = tuple(each for each in device.warnings if each.code != "partial_backup_access_code_pool")
    now = workspace.clock.text()
    if left == 0:
        message = "The backup access code pool is empty."
        errors += (Condition("empty_backup_access_code_pool", message, now, (("is_device_error", True),)),)
    elif left < POOL_SIZE:
        warnings += (Condition("partial_backup_access_code_pool", "The backup pool is not being refilled.", now),)
    current = workspace[DeviceRow].get(device.device_id) or device
    if (current.errors, current.warnings) != (errors, warnings):
        workspace[DeviceRow].put(current.but(errors=errors, warnings=warnings))


def drop_backups(workspace: Workspace, device: DeviceRow) -> None:
    """Take all backup codes off a lock."""
    for row in codes_on(workspace, device.device_id):
        if row.is_backup:
            workspace[AccessCodeRow].remove(row.access_code_id)
