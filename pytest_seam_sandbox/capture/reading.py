"""Reads what a workspace holds, but for who may open what, which reading_access reads."""

from __future__ import annotations

from .found import Found, Row
from .lists import COUNTED
from .numbers import numbered
from .reader import Get, Reader
from .reading_access import read_grants, read_spaces, read_systems


def read_workspace(get: Get) -> Found:
    """All that a world in a file has a place for, and how much there is of the rest. get: sends the requests."""
    reader = Reader(get)
    found = Found(reader.one("/workspaces/get", "workspace"))
    found.accounts = reader.all("/connected_accounts/list", "connected_accounts")
    found.devices = reader.all("/devices/list", "devices") + reader.present("/devices/unmanaged/list", "devices")
    for device in found.devices:
        _read_beside(reader, found, device)
    _read_people(reader, found)
    read_systems(reader, found)
    read_spaces(reader, found)
    read_grants(reader, found)
    found.webhooks = reader.present("/webhooks/list", "webhooks")
    _count(reader, found)
    found.unread = frozenset(reader.unread)
    found.left += [reader.unread[path] for path in sorted(reader.unread)]
    found.left += [f"{text} for {numbered(count, 'resources')}" for text, count in sorted(reader.refused.items())]
    return found


def _read_beside(reader: Reader, found: Found, device: Row) -> None:
    """What Seam shows beside a device: its access codes, schedules and noise thresholds."""
    device_id = device["device_id"]
    if any(name.startswith("can_program_") or name == "can_unlock_with_code" for name in device):
        paths = ("/access_codes/list", "/access_codes/unmanaged/list")
        rows = [row for path in paths for row in reader.present(path, "access_codes", device_id=device_id)]
        pulled = {row.get("pulled_backup_access_code_id") for row in rows}
        found.codes[device_id] = [row for row in rows if not row.get("is_backup") or row["access_code_id"] in pulled]
        found.backup_codes += len(rows) - len(found.codes[device_id])
    capabilities = device.get("capabilities_supported") or () if device.get("is_managed", True) else ()
    if "thermostat" in capabilities:
        path = "/thermostats/schedules/list"
        found.schedules[device_id] = reader.present(path, "thermostat_schedules", device_id=device_id)
    if "noise_detection" in capabilities:
        path = "/noise_sensors/noise_thresholds/list"
        found.thresholds[device_id] = reader.present(path, "noise_thresholds", device_id=device_id)


def _read_people(reader: Reader, found: Found) -> None:
    managed = reader.present("/user_identities/list", "user_identities")
    unmanaged = reader.present("/user_identities/unmanaged/list", "user_identities")
    found.people = [row | {"is_managed": True} for row in managed]
    found.people += [row | {"is_managed": False} for row in unmanaged]
    for person in found.people:
        own = {"user_identity_id": person["user_identity_id"]}
        person["accessible_device_ids"] = reader.ids("/user_identities/list_accessible_devices", "devices", **own)
    left = {*reader.ids("/phones/list", "phones")}
    for person in found.people:
        if not left:
            return
        owner = person["user_identity_id"]
        found.phones[owner] = reader.present("/phones/list", "phones", owner_user_identity_id=owner)
        left -= {row["device_id"] for row in found.phones[owner]}
    if left:
        found.left.append(f"{numbered(len(left), 'phones')}: without a user identity")


def _count(reader: Reader, found: Found) -> None:
    """Note how much there is of what a world does not hold."""
    if found.backup_codes:
        number = numbered(found.backup_codes, "backup_access_codes")
        found.left.append(f"{number}: a sandbox fills the pools of its devices itself")
    for path, key, reason in COUNTED:
        count = len(reader.present(path, key))
        if count:
            found.left.append(f"{numbered(count, key)}: {reason}")
