"""How a call finds the device that it names."""

from __future__ import annotations

from dataclasses import replace

from ...catalog.devices import device_model
from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.params import at_least_one
from ...engine.store import Table
from ...engine.workspace import Workspace
from .._shared import (
    Condition,
    not_found,
)
from ..phones.model import PhoneRow
from .issues import DEVICE_ERRORS, OF_DEVICE
from .model import DeviceRow, find_device

NO_ACCOUNT = "00000000-0000-0000-0000-000000000000"


NAME_OR_ID = at_least_one("device_id", "name", text="Either 'device_id' or 'name' is required")


def pick(
    workspace: Workspace, caller: Caller, device_id: str | None, name: str | None, *, is_managed: bool
) -> DeviceRow:
    """The device of this id or name among the managed or the unmanaged ones; 404, 401 for another's session."""
    for device in _candidates(workspace, device_id):
        if device.is_managed is is_managed and name in (None, device.display_name):
            if not caller.may_see_account(device.connected_account_id):
                raise ApiError(401, "unauthorized", "Not authorized to view this device")
            return device
    raise not_found("device_not_found", "Device not found", {"device_id": device_id} if device_id else {"name": name})


def _candidates(workspace: Workspace, device_id: str | None) -> list[DeviceRow]:
    if device_id is None:
        return list(workspace[DeviceRow])
    device, phone = workspace[DeviceRow].get(device_id), workspace[PhoneRow].get(device_id)
    return [device] if device else [phone_as_device(phone)] if phone else []


def phone_as_device(phone: PhoneRow) -> DeviceRow:
    """A phone in the form of a device, as /devices/get and /devices/list show it when they are asked for one.

    Assumed: the spec lists phone types among device types, but a phone has no account; its account id is all zeros.
    """
    name = phone.but(nickname=None).display_name
    manufacturer = phone.manufacturer.lower().replace(" ", "_")
    maker = {"manufacturer": manufacturer, "display_name": phone.manufacturer}
    model = {"display_name": phone.name, "manufacturer_display_name": phone.manufacturer}
    return DeviceRow(
        device_id=phone.device_id,
        workspace_id=phone.workspace_id,
        connected_account_id=NO_ACCOUNT,
        model=replace(device_model(phone.device_type), manufacturer=maker),
        provider=None,
        created_at=phone.created_at,
        name=name,
        nickname=phone.nickname,
        custom_metadata=phone.custom_metadata,
        properties={**phone.properties, "model": model, "manufacturer": manufacturer},
        errors=tuple(_error_of_device(error) for error in phone.errors),
        warnings=phone.warnings,
        offers_simulation=False,
    )


def _error_of_device(error: Condition) -> Condition:
    """An error of a phone with the flags that a device's error has."""
    issue = DEVICE_ERRORS.get(error.code)
    flags = OF_DEVICE if issue is None else issue.flags
    return replace(error, flags=flags)


def with_phones(workspace: Workspace) -> Table[DeviceRow]:
    """All devices, and behind them all phones."""
    table: Table[DeviceRow] = Table()
    for device in workspace[DeviceRow]:
        table.put(device)
    for phone in workspace[PhoneRow]:
        table.put(phone_as_device(phone))
    return table


def reachable(workspace: Workspace, caller: Caller, device_id: str) -> DeviceRow:
    """The device that a call is about; 404, and 401 for a client session that does not hold its account."""
    device = find_device(workspace, device_id)
    if not caller.may_see_account(device.connected_account_id):
        raise ApiError(401, "unauthorized", "Not authorized to view this device")
    return device
