"""What can happen to a device: added, offline, online, removed, brought back, deleted. Each change logs its event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...catalog.devices import DeviceModel
from ...engine.signals import Signal
from ...engine.workspace import Workspace
from .._ranks import by_rank
from .._shared import Condition, Meta, without_codes
from ..action_attempts import ActionFailed
from ..connected_accounts.model import ConnectedAccountRow
from ..connected_accounts.state import account_lost, account_recovered, deleting_account
from .events import (
    DeviceAdded,
    DeviceConnected,
    DeviceConnectionBecameFlaky,
    DeviceConnectionStabilized,
    DeviceDeleted,
    DeviceDisconnected,
    DeviceErrorSubscriptionRequired,
    DeviceErrorSubscriptionRequiredResolved,
    DeviceRemoved,
    DeviceSaltoPrivacyModeActivated,
    DeviceSaltoPrivacyModeDeactivated,
    DeviceThirdPartyIntegrationDetected,
    DeviceThirdPartyIntegrationNoLongerDetected,
    DeviceUnmanagedConnected,
    DeviceUnmanagedDisconnected,
)
from .issues import DEVICE_ERRORS, DISCONNECTING, OF_THE_ACCOUNT, PRIVACY, UNREACHABLE
from .model import DeviceRow, device_fields, issue_fields

device_added: Signal[[Workspace, DeviceRow]] = Signal(by_rank("locks", "noise_sensors.state", "thermostats.state"))
"""Sent after a device was added to its account."""
device_changed: Signal[[Workspace, DeviceRow]] = Signal(
    by_rank("access_codes.reactions", "noise_sensors.state", "thermostats.state", "access_grants.reactions")
)
"""Sent after the errors of a device changed, or whether it keeps a pool of backup codes."""
unmanaging_device: Signal[[Workspace, DeviceRow]] = Signal(by_rank("access_codes.reactions", "access_grants.reactions"))
"""Sent after a device was given up, so that its codes become unmanaged too."""
deleting_device: Signal[[Workspace, DeviceRow]] = Signal(
    by_rank(
        "access_codes.reactions",
        "noise_sensors.state",
        "spaces.state",
        "thermostats.state",
        "access_grants.reactions",
    )
)
"""Sent before the record of a device goes."""


def add_device(
    workspace: Workspace,
    account: ConnectedAccountRow,
    model: DeviceModel,
    *,
    device_id: str | None = None,
    name: str | None = None,
    online: bool = True,
    custom_metadata: Meta | None = None,
    properties: Mapping[str, Any] | None = None,
    errors: tuple[Condition, ...] = (),
    **details: Any,
) -> DeviceRow:
    """A new device of the account: device.added, then device.connected when it is online.

    online: whether it has no error that says that it is offline. details: further fields of the row.
    """
    own = dict(properties or {})
    template = model.properties.get("serial_number")
    if isinstance(template, str) and "serial_number" not in own:
        own["serial_number"] = workspace.ids.serial_number(template)
    device = DeviceRow(
        device_id=device_id or workspace.ids.uuid(),
        workspace_id=workspace.workspace_id,
        connected_account_id=account.connected_account_id,
        model=model,
        provider=account.account_type,
        created_at=workspace.clock.text(),
        name=name or model.name,
        is_managed=account.automatically_manage_new_devices,
        custom_metadata=custom_metadata or {},
        properties=own,
        errors=errors if online else (*errors, _error(workspace, "device_disconnected")),
        offers_simulation=workspace.is_sandbox,
    ).but(**details)
    of_account = [error.code for error in account.errors if error.code in OF_THE_ACCOUNT]
    inherited = [_error(workspace, code) for code in of_account if not device.has_error(code)]
    if inherited:
        device = device.but(errors=(*device.errors, *inherited))
    workspace[DeviceRow].put(device)
    workspace.events.emit(workspace, DeviceAdded(**device_fields(workspace, device)))
    if device.is_online:
        _emit_connected(workspace, device)
    device_added.send(workspace, device)
    return device


def reach(workspace: Workspace, device_id: str, flag: str | None = None) -> DeviceRow:
    """The device when a command gets to it. Assumed: the attempt fails with the code of the blocking error.

    flag: the can_* flag that the command needs; it fails, too, with the error or warning under which that is false.
    """
    device = workspace[DeviceRow].get(device_id)
    if device is None:
        raise ActionFailed("device_not_found", "The device was deleted before the command could reach it.")
    for error in device.errors:
        if error.code in UNREACHABLE:
            raise ActionFailed(error.code, error.message)
    obstacle = device.obstacle(flag) if flag is not None and (device.errors or device.warnings) else None
    if obstacle is not None:
        raise ActionFailed(obstacle.code, obstacle.message)
    return device


def add_error(workspace: Workspace, device: DeviceRow, code: str, *, error: Condition | None = None) -> DeviceRow:
    """Put an error on the device; the transition to offline logs device.disconnected, just once.

    error: the entry, by default the usual one of this code.
    """
    if device.has_error(code):
        return device
    was_online = device.is_online
    device = workspace[DeviceRow].put(device.but(errors=(*device.errors, error or _error(workspace, code))))
    if was_online and code in DISCONNECTING:
        kind = DeviceDisconnected if device.is_managed else DeviceUnmanagedDisconnected
        fields = device_fields(workspace, device) | issue_fields(workspace, device)
        workspace.events.emit(workspace, kind(error_code=DISCONNECTING[code], **fields))
    device_changed.send(workspace, device)
    return device


def clear_error(workspace: Workspace, device: DeviceRow, *codes: str) -> DeviceRow:
    """Take errors off the device; the transition to online logs device.connected, just once."""
    if not any(device.has_error(code) for code in codes):
        return device
    was_online = device.is_online
    device = workspace[DeviceRow].put(device.but(errors=without_codes(device.errors, *codes)))
    if device.is_online and not was_online:
        _emit_connected(workspace, device)
    device_changed.send(workspace, device)
    return device


def lose(workspace: Workspace, device_id: str, code: str) -> None:
    """Put an error on the device of this id, if it is still in its account."""
    device = workspace[DeviceRow].get(device_id)
    if device is not None and not device.is_removed:
        add_error(workspace, device, code)


def bring_back(workspace: Workspace, device_id: str, code: str) -> None:
    """Take an error off the device of this id, if it is still in its account."""
    device = workspace[DeviceRow].get(device_id)
    if device is not None and not device.is_removed:
        clear_error(workspace, device, code)


def take_away(workspace: Workspace, device_id: str) -> None:
    """Take the device of this id out of its account, if it is still there."""
    device = workspace[DeviceRow].get(device_id)
    if device is not None:
        remove_device(workspace, device)


def put_back(workspace: Workspace, device_id: str) -> None:
    """Put the device of this id back into its account, if its record is still there."""
    device = workspace[DeviceRow].get(device_id)
    if device is not None:
        readd_device(workspace, device)


def add_warning(workspace: Workspace, device: DeviceRow, warning: Condition) -> None:
    """Put a warning on the device, and log the event that tells of it, if there is one."""
    device = workspace[DeviceRow].put(device.but(warnings=(*device.warnings, warning)))
    fields = device_fields(workspace, device)
    if warning.code == "device_has_flaky_connection":
        workspace.events.emit(workspace, DeviceConnectionBecameFlaky(**fields, **issue_fields(workspace, device)))
    elif warning.code == "third_party_integration_detected":
        workspace.events.emit(workspace, DeviceThirdPartyIntegrationDetected(**fields))
    elif warning.code in PRIVACY and device.device_type == "salto_lock":
        workspace.events.emit(workspace, DeviceSaltoPrivacyModeActivated(**fields))
    device_changed.send(workspace, device)


def clear_warning(workspace: Workspace, device: DeviceRow, code: str) -> None:
    """Take a warning off the device, and log the event that tells of it, if there is one."""
    device = workspace[DeviceRow].put(device.but(warnings=without_codes(device.warnings, code)))
    fields = device_fields(workspace, device)
    if code == "device_has_flaky_connection":
        workspace.events.emit(workspace, DeviceConnectionStabilized(**fields))
    elif code == "third_party_integration_detected":
        workspace.events.emit(workspace, DeviceThirdPartyIntegrationNoLongerDetected(**fields))
    elif code in PRIVACY and device.device_type == "salto_lock":
        workspace.events.emit(workspace, DeviceSaltoPrivacyModeDeactivated(**fields))
    device_changed.send(workspace, device)


def remove_device(workspace: Workspace, device: DeviceRow, *, error: Condition | None = None) -> None:
    """Take the device out of its account at the provider; its record stays. Logs device.removed and nothing else."""
    if device.is_removed:
        return
    device = add_error(workspace, device, "device_removed", error=error)
    workspace.events.emit(workspace, DeviceRemoved(**device_fields(workspace, device)))


def readd_device(workspace: Workspace, device: DeviceRow) -> None:
    """Put a removed device back into its account: device.added, then device.connected when it is online."""
    if not device.is_removed:
        return
    workspace.events.emit(workspace, DeviceAdded(**device_fields(workspace, device)))
    clear_error(workspace, device, "device_removed")


def delete_device(workspace: Workspace, device: DeviceRow) -> None:
    """Delete the record: device.deleted."""
    deleting_device.send(workspace, device)
    fields = device_fields(workspace, device)
    workspace[DeviceRow].remove(device.device_id)
    workspace.events.emit(workspace, DeviceDeleted(device_name=device.display_name, **fields))


def set_subscription(workspace: Workspace, device_id: str, is_expired: bool) -> None:
    """Let the provider's paid plan of a device expire or be renewed, as the next poll of Seam notices it."""
    device = workspace[DeviceRow].get(device_id)
    if device is None or device.is_removed or device.has_error("subscription_required") == is_expired:
        return
    (expire_plan if is_expired else renew_plan)(workspace, device)


def expire_plan(workspace: Workspace, device: DeviceRow, *, error: Condition | None = None) -> None:
    """The paid plan of a device is over: the error, then device.error.subscription_required."""
    device = add_error(workspace, device, "subscription_required", error=error)
    fields = device_fields(workspace, device) | issue_fields(workspace, device)
    workspace.events.emit(workspace, DeviceErrorSubscriptionRequired(**fields))


def renew_plan(workspace: Workspace, device: DeviceRow) -> None:
    """The paid plan of a device is back: no error any more, then device.error.subscription_required.resolved."""
    device = clear_error(workspace, device, "subscription_required")
    workspace.events.emit(workspace, DeviceErrorSubscriptionRequiredResolved(**device_fields(workspace, device)))


def devices_of(workspace: Workspace, account: ConnectedAccountRow) -> list[DeviceRow]:
    """The devices of an account, oldest first."""
    return [device for device in workspace[DeviceRow] if device.connected_account_id == account.connected_account_id]


@account_lost.reaction
def _lose_with_account(workspace: Workspace, account: ConnectedAccountRow) -> None:
    for device in devices_of(workspace, account):
        add_error(workspace, device, "account_disconnected")


@account_recovered.reaction
def _recover_with_account(workspace: Workspace, account: ConnectedAccountRow) -> None:
    for device in devices_of(workspace, account):
        clear_error(workspace, device, "account_disconnected")


@deleting_account.reaction
def _delete_with_account(workspace: Workspace, account: ConnectedAccountRow) -> None:
    for device in devices_of(workspace, account):
        delete_device(workspace, device)


def _emit_connected(workspace: Workspace, device: DeviceRow) -> None:
    kind = DeviceConnected if device.is_managed else DeviceUnmanagedConnected
    workspace.events.emit(workspace, kind(**device_fields(workspace, device)))


def _error(workspace: Workspace, code: str) -> Condition:
    """An error with the flags of its variant: of the account, or of the device itself. Source: spec."""
    issue = DEVICE_ERRORS[code]
    return Condition(code, issue.message, workspace.clock.text(), issue.flags)
