"""The backup pool: codes that are on a lock already, to stand in for one that is late; and what shows how full it is.

The size of the pool and when its conditions show are assumed. From the docs: the first code that asks for a pool
enables it for good, pulling works offline while a code is left, and the lock is refilled when it is back. From the
spec: /devices/update disables it.
"""

from __future__ import annotations

from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from .._shared import Condition
from ..devices.model import DeviceRow
from ..devices.state import device_changed
from .constraints import find_pin
from .model import AccessCodeRow, codes_on, is_programmable

ENABLED = "backup_access_code_pool_enabled"
"""The property of a device that tells whether it keeps a pool."""
SUPPORTED = "supports_backup_access_code_pool"
POOL_SIZE = 2
MANY_PULLED = 3
_ERRORS = ("empty_backup_access_code_pool",)
_WARNINGS = ("partial_backup_access_code_pool", "many_active_backup_codes", "max_access_codes_reached")


def pool_of(workspace: Workspace, device_id: str) -> list[AccessCodeRow]:
    """The codes of the pool that nobody has pulled."""
    return [row for row in codes_on(workspace, device_id) if row.is_backup and not row.is_pulled]


def stored_on(workspace: Workspace, device_id: str) -> int:
    """How many codes take space on the lock, those that it computes included (docs: igloohome, Lockly)."""
    return sum(row.pin_on_lock is not None for row in codes_on(workspace, device_id))


def refuse_without_space(workspace: Workspace, device: DeviceRow) -> None:
    """Raise ApiError 400 for a code that the lock computes, when the lock is full. The type is assumed."""
    most = device.property("max_active_codes_supported")
    if most is not None and stored_on(workspace, device.device_id) >= most:
        raise ApiError(400, "no_space_for_access_code_on_device", f"The device is full: it stores {most} codes.")


def refill(workspace: Workspace, device: DeviceRow) -> None:
    """Fill the pool of a lock that can be programmed, drop one that is disabled, and show what is left of it."""
    if not _is_enabled(device):
        drop_pool(workspace, device)
    elif is_programmable(device):
        _fill(workspace, device)
    _show(workspace, device)


def enable(workspace: Workspace, device: DeviceRow) -> DeviceRow:
    """Have the lock keep a pool from now on."""
    if device.property(ENABLED):
        return device
    return workspace[DeviceRow].put(device.but(properties={**device.properties, ENABLED: True}))


def _is_enabled(device: DeviceRow) -> bool:
    return device.is_managed and bool(device.property(SUPPORTED)) and bool(device.property(ENABLED))


def _fill(workspace: Workspace, device: DeviceRow) -> None:
    if any(error.code in _ERRORS and error.is_marked for error in device.errors):
        return
    most = device.property("max_active_codes_supported")
    for _ in range(POOL_SIZE - len(pool_of(workspace, device.device_id))):
        pin = find_pin(workspace, device)
        if pin is None or (most is not None and stored_on(workspace, device.device_id) >= most):
            return
        access_code_id = workspace.ids.uuid()
        workspace[AccessCodeRow].put(
            AccessCodeRow(
                access_code_id=access_code_id,
                device_id=device.device_id,
                workspace_id=workspace.workspace_id,
                created_at=workspace.clock.text(),
                name=f"Backup {access_code_id} (Seam)",
                code=pin,
                pin_on_lock=pin,
                status="set",
                is_backup=True,
            )
        )


def drop_pool(workspace: Workspace, device: DeviceRow) -> None:
    """Forget the codes of the pool that nobody has pulled."""
    for row in pool_of(workspace, device.device_id):
        workspace[AccessCodeRow].remove(row.access_code_id)


def release(workspace: Workspace, backup: AccessCodeRow) -> None:
    """The code that a backup stood in for has none any more."""
    for code in codes_on(workspace, backup.device_id):
        if code.pulled_backup_access_code_id == backup.id:
            warnings = tuple(warning for warning in code.warnings if warning.code != "using_backup_access_code")
            workspace[AccessCodeRow].put(code.but(pulled_backup_access_code_id=None, warnings=warnings))


def _show(workspace: Workspace, device: DeviceRow) -> None:
    """Show on codes and device how full the pool and the lock are."""
    left = len(pool_of(workspace, device.device_id))
    for code in codes_on(workspace, device.device_id):
        if code.uses_backup_pool and code.is_backup_available != bool(left):
            workspace[AccessCodeRow].put(code.but(is_backup_available=bool(left)))
    current = workspace[DeviceRow].get(device.device_id) or device
    errors = _with(current.errors, _ERRORS, _errors(workspace, current, left))
    warnings = _with(current.warnings, _WARNINGS, _warnings(workspace, current, left))
    if (current.errors, current.warnings) != (errors, warnings):
        changed = workspace[DeviceRow].put(current.but(errors=errors, warnings=warnings))
        device_changed.send(workspace, changed)


def _errors(workspace: Workspace, device: DeviceRow, left: int) -> list[Condition]:
    if left or not _is_enabled(device):
        return []
    message = "The backup access code pool is empty."
    flags = (("is_device_error", True),)
    return [Condition("empty_backup_access_code_pool", message, workspace.clock.text(), flags)]


def _warnings(workspace: Workspace, device: DeviceRow, left: int) -> list[Condition]:
    now = workspace.clock.text()
    found = []
    if 0 < left < POOL_SIZE and _is_enabled(device):
        found.append(Condition("partial_backup_access_code_pool", "The backup pool is not being refilled.", now))
    if sum(row.is_pulled for row in codes_on(workspace, device.device_id)) >= MANY_PULLED:
        found.append(Condition("many_active_backup_codes", "Many backup access codes are in use.", now))
    most, stored = device.property("max_active_codes_supported"), stored_on(workspace, device.device_id)
    if most is not None and stored >= most:
        counts = (("active_access_code_count", stored), ("max_active_access_code_count", most))
        found.append(Condition("max_access_codes_reached", f"The device stores {stored} of {most} codes.", now, counts))
    return found


def _with(present: tuple[Condition, ...], about: tuple[str, ...], wanted: list[Condition]) -> tuple[Condition, ...]:
    """The conditions with those of some codes as wanted; one that is there already keeps its time."""
    earlier = {condition.code: condition for condition in present}
    kept = tuple(condition for condition in present if condition.code not in about or condition.is_marked)
    held = {condition.code for condition in kept}
    found = (_since(earlier.get(condition.code), condition) for condition in wanted if condition.code not in held)
    return (*kept, *found)


def _since(present: Condition | None, wanted: Condition) -> Condition:
    if present is not None and (present.message, present.flags) == (wanted.message, wanted.flags):
        return present
    return wanted
