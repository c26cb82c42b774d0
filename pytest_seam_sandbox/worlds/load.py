"""Fills an empty workspace with a world from a file, with the events that tell of new things.

Accounts come first, then devices with their codes, people with their phones, access systems with their credentials,
spaces, access grants. Webhooks are last: they are sent nothing of this.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel

from ..api._shared import given
from ..api.access_codes.backups import refill
from ..api.connected_accounts.model import ConnectedAccountRow
from ..api.connected_accounts.state import announce_connection, make_account
from ..api.devices.issues import DEVICE_ERRORS, DEVICE_WARNINGS, UNREACHABLE
from ..api.devices.model import DeviceRow
from ..api.devices.state import add_device
from ..api.phones.endpoints import create_sandbox_phone
from ..api.phones.model import PhoneMetadata, PhoneRow
from ..api.user_identities.model import UserIdentityRow
from ..engine.clock import format_time, parse_time
from ..engine.frozen import freeze
from ..engine.workspace import Workspace
from .adding import add_account
from .checks import faults_now
from .climate import add_climate
from .codes import add_code
from .conditions import conditions
from .device_checks import model_of
from .file import read_world, refuse
from .format import Account, Device, Person, Phone, World
from .grants import GrantLoader
from .properties import own_phone_properties, own_properties
from .references import Refused, ids_in
from .spaces import add_spaces, add_webhooks
from .systems import SystemLoader

B = TypeVar("B", bound=BaseModel)


def load_file(workspace: Workspace, path: str | os.PathLike[str]) -> None:
    """Fill the workspace with the world in a file. Raises what is wrong with the file before anything is made."""
    world = read_world(path)
    with workspace.clock.pinned(workspace.clock.timestamp()):
        world = moved(world, workspace.clock.text())
        refuse(path, faults_now(world, workspace.clock.text(), strict_ids=workspace.settings.strict_ids))
        try:
            load_world(workspace, world)
        except Refused as refused:
            refuse(path, [refused.fault])


def load_world(workspace: Workspace, world: World) -> None:
    """Fill the workspace with a world in which nothing is wrong. Raises Refused for a grant that Seam refuses."""
    for _, _, own_id in ids_in(world):
        workspace.ids.pass_over(own_id)
    for account in world.connected_accounts:
        _add_account(workspace, account)
    granted: dict[str, list[str]] = {}
    for device in world.devices:
        _add_device(workspace, device, granted)
    for person in world.user_identities:
        _add_person(workspace, person)
    SystemLoader(workspace).load(world.acs_systems)
    add_spaces(workspace, world.spaces)
    GrantLoader(workspace, granted).load(world.access_grants)
    add_webhooks(workspace, world.webhooks)


def moved(part: B, now: str) -> B:
    """A world with all its times moved by what has passed since it was captured; a file without that time stays."""
    captured_at = getattr(part, "captured_at", None)
    since, until = parse_time(captured_at or now), parse_time(now)
    if captured_at is None or since is None or until is None:
        return part
    return _shifted(part, until - since)


def _shifted(part: B, by: timedelta) -> B:
    changes: dict[str, Any] = {}
    for name in part.model_fields_set & type(part).model_fields.keys():
        value = getattr(part, name)
        if name.endswith("_at") and isinstance(value, str):
            changes[name] = _later(value, by)
        elif isinstance(value, BaseModel):
            changes[name] = _shifted(value, by)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            changes[name] = tuple(_shifted(inner, by) for inner in value)
    return part.model_copy(update=changes) if changes else part


def _later(text: str, by: timedelta) -> str:
    """The time so much later; beyond the years that there are, it stays."""
    time = parse_time(text)
    try:
        return text if time is None else format_time(time + by)
    except OverflowError:
        return text


def _add_account(workspace: Workspace, account: Account) -> None:
    login = account.user_identifier or {}
    with workspace.ids.naming(account.connected_account_id):
        row = make_account(
            workspace,
            account.account_type,
            email=login.get("email"),
            customer_key=account.customer_key,
            custom_metadata=account.custom_metadata,
            automatically_manage_new_devices=account.automatically_manage_new_devices,
        )
    display_name = account.display_name or next(iter(login.values()), None)
    row = workspace[ConnectedAccountRow].put(
        row.but(
            errors=conditions(workspace, account.errors, is_connected_account_error=True),
            warnings=conditions(workspace, account.warnings),
            **given(
                user_identifier=account.user_identifier,
                display_name=display_name,
                account_type_display_name=account.account_type_display_name,
                image_url=account.image_url,
                accepted_capabilities=account.accepted_capabilities,
                created_at=account.created_at,
            ),
        )
    )
    if not row.is_out_of_reach:
        announce_connection(workspace, row)


def _add_device(workspace: Workspace, device: Device, granted: dict[str, list[str]]) -> None:
    """A device with what it has. granted: gets the ids of the codes that were made for access methods, by their ids."""
    model = model_of(device)
    own = own_properties(device.properties, model)
    own_name, appearance = own.pop("name", None), own.pop("appearance", {})
    errors = conditions(workspace, device.errors, DEVICE_ERRORS, is_device_error=True)
    is_unreachable = any(error.code in UNREACHABLE for error in errors)
    account = _account_of(workspace, device, model.provider or "")
    with workspace.ids.naming(device.device_id):
        row = add_device(
            workspace,
            account,
            model,
            device_id=workspace.ids.uuid(),
            name=device.name or own_name or appearance.get("name"),
            online=device.online or is_unreachable,
            custom_metadata=device.custom_metadata,
            properties=own,
            errors=errors,
            warnings=conditions(workspace, device.warnings, DEVICE_WARNINGS),
            **given(
                nickname=device.nickname,
                is_managed=device.is_managed,
                time_zone=device.time_zone,
                created_at=device.created_at,
            ),
        )
    add_climate(workspace, row, device)
    row = workspace[DeviceRow][row.id]
    for code in device.access_codes:
        own_errors = conditions(workspace, code.errors, is_access_code_error=True)
        code_id = add_code(workspace, row, code, errors=own_errors, warnings=conditions(workspace, code.warnings))
        if code.access_method_id is not None:
            granted.setdefault(code.access_method_id, []).append(code_id)
    refill(workspace, workspace[DeviceRow][row.id])


def _account_of(workspace: Workspace, device: Device, provider: str) -> ConnectedAccountRow:
    if device.connected_account_id is not None:
        return workspace[ConnectedAccountRow][device.connected_account_id]
    accounts = workspace[ConnectedAccountRow]
    return next((row for row in accounts if row.account_type == provider), None) or add_account(workspace, provider)


def _add_person(workspace: Workspace, person: Person) -> None:
    with workspace.ids.naming(person.user_identity_id):
        row = UserIdentityRow(
            user_identity_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            created_at=person.created_at or workspace.clock.text(),
            full_name=person.full_name,
            email_address=person.email_address,
            phone_number=person.phone_number,
            user_identity_key=person.user_identity_key,
            is_managed=person.is_managed,
            accessible_device_ids=tuple(dict.fromkeys(person.accessible_device_ids)),
            merged_ids=person.merged_user_identity_ids,
            merged_keys=person.merged_user_identity_keys,
            errors=conditions(workspace, person.errors),
            warnings=conditions(workspace, person.warnings),
        )
    workspace[UserIdentityRow].put(row)
    for phone in person.phones:
        _add_phone(workspace, row.id, phone)


def _add_phone(workspace: Workspace, user_identity_id: str, phone: Phone) -> None:
    about = _IPHONE if phone.device_type == "ios_phone" else _ANDROID
    with workspace.ids.naming(phone.device_id):
        row = create_sandbox_phone(workspace, user_identity_id=user_identity_id, phone_metadata=about)
    properties = None
    if phone.properties is not None:
        properties = own_phone_properties(phone.properties, phone.device_type.removesuffix("_phone"))
    workspace[PhoneRow].put(
        row.but(
            custom_metadata=phone.custom_metadata,
            acs_credential_ids=phone.acs_credential_ids,
            errors=conditions(workspace, phone.errors),
            warnings=conditions(workspace, phone.warnings),
            **given(
                name=phone.name,
                nickname=phone.nickname,
                custom_sdk_installation_id=phone.custom_sdk_installation_id,
                properties=properties,
                created_at=phone.created_at,
            ),
        )
    )


_ANDROID: PhoneMetadata = freeze({"operating_system": "android"})
_IPHONE: PhoneMetadata = freeze(
    {"operating_system": "ios", "device_model": "iPhone 17", "device_manufacturer": "Apple"}
)
