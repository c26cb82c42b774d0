"""How access codes follow their lock: lost, back, given up, deleted, and a PIN typed at its keypad."""

from __future__ import annotations

from typing import Any

from ...engine.workspace import Workspace
from ..devices.model import DeviceRow
from ..devices.state import deleting_device, device_changed, unmanaging_device
from ..locks import CodeEntry, code_entered
from .backups import ENABLED, drop_pool, refill, release
from .events import AccessCodeDeleted
from .lifecycle import delete_record, end_attempts, progress, put, tell_grant
from .model import CANNOT_CONVERT, AccessCodeRow, code_fields, codes_on, deleting, device_of, is_programmable


@device_changed.reaction
def _follow_device(workspace: Workspace, device: DeviceRow) -> None:
    """Repeat the device's errors on its codes; once it is reachable, do what was waiting."""
    for code in codes_on(workspace, device.device_id):
        put(workspace, code.but(device_errors=device.errors))
    if is_programmable(device):
        for code in codes_on(workspace, device.device_id):
            progress(workspace, code.access_code_id)
    refill(workspace, device)


def give_up(workspace: Workspace, code: AccessCodeRow) -> None:
    """Make a code unmanaged, as the lock knows it; one that is not on the lock is gone (assumed)."""
    if code.pin_on_lock is None:
        delete_record(workspace, code)
        return
    cannot = device_of(workspace, code).device_type in CANNOT_CONVERT
    left = code.on_lock()
    end_attempts(workspace, code)
    release(workspace, code)
    changes: dict[str, Any] = {"is_managed": False, "is_backup": False, "is_pulled": False, "uses_backup_pool": False}
    changes |= {"errors": (), "warnings": (), "attempts": (), "pulled_backup_access_code_id": None, "granted_by": None}
    workspace[AccessCodeRow].put(left.but(cannot_be_managed=cannot, **changes))
    tell_grant(workspace, code)


@unmanaging_device.reaction
def _give_up_with_device(workspace: Workspace, device: DeviceRow) -> None:
    """Codes of a device that is given up become unmanaged and its backup codes go; there is no way back (docs).

    Its pool is disabled by that (assumed).
    """
    device = workspace[DeviceRow][device.device_id]
    if device.property(ENABLED):
        device = workspace[DeviceRow].put(device.but(properties={**device.properties, ENABLED: False}))
    refill(workspace, device)
    for code in codes_on(workspace, device.device_id):
        if code.is_backup:
            delete_record(workspace, code)
        elif code.is_managed:
            give_up(workspace, code)


@deleting_device.reaction
def _delete_with_device(workspace: Workspace, device: DeviceRow) -> None:
    """Every record goes: access_code.deleted for each (spec), but for what was never shown of the backup pool."""
    drop_pool(workspace, device)
    for code in codes_on(workspace, device.device_id):
        fields = code_fields(workspace, code)
        end_attempts(workspace, code)
        workspace[AccessCodeRow].remove(code.access_code_id)
        workspace.events.emit(workspace, AccessCodeDeleted(code=code.code, **fields))
        tell_grant(workspace, code)


@code_entered.reaction
def _know_code(workspace: Workspace, device: DeviceRow, pin: str, found: list[CodeEntry]) -> None:
    """The codes that the lock knows by this PIN; a one-time code is used up by opening the lock.

    A lock that does not know the time frame of a code opens to it as long as it is stored (assumed).
    """
    now = workspace.clock.text()
    for code in codes_on(workspace, device.device_id):
        if code.pin_on_lock != pin or code.has_mutation("deleting"):
            continue
        in_time = (code.starts_at is None or code.starts_at <= now) and (code.ends_at is None or now < code.ends_at)
        opens = in_time or not (code.is_native or code.is_offline)
        found.append(CodeEntry(code.access_code_id, code.is_managed, None if opens else "expired_code"))
        if opens and code.is_managed and code.is_one_time_use:
            put(workspace, code.but(mutations=(deleting(now),)))
            workspace.agenda.plan(workspace.clock.timestamp(), progress, code.access_code_id)
