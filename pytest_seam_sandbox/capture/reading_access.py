"""Reads who may open what: access systems, spaces, access grants."""

from __future__ import annotations

from collections.abc import Iterable

from .found import Found, Row
from .reader import Reader


def read_systems(reader: Reader, found: Found) -> None:
    """Access systems, with what is in them, and what opens which entrance."""
    found.systems = reader.present("/acs/systems/list", "acs_systems")
    if not found.systems:
        return
    found.entrances = reader.present("/acs/entrances/list", "acs_entrances")
    found.encoders = reader.present("/acs/encoders/list", "acs_encoders")
    found.groups = reader.present("/acs/access_groups/list", "acs_access_groups")
    for group in found.groups:
        own = {"acs_access_group_id": group["acs_access_group_id"]}
        group["acs_user_ids"] = reader.ids("/acs/access_groups/list_users", "acs_users", **own)
        path = "/acs/access_groups/list_accessible_entrances"
        group["acs_entrance_ids"] = reader.ids(path, "acs_entrances", **own)
    found.credentials = reader.present("/acs/credentials/list", "acs_credentials")
    for credential in found.credentials:
        _read_use(reader, found, credential)
    found.users = reader.present("/acs/users/list", "acs_users")
    for user in found.users:
        user["acs_entrance_ids"] = _granted(reader, found, user)


def _read_use(reader: Reader, found: Found, credential: Row) -> None:
    """The entrances that a credential opens, and the phones that hold it."""
    key = credential["acs_credential_id"]
    path = "/acs/credentials/list_accessible_entrances"
    credential["allowed_acs_entrance_ids"] = reader.ids(path, "acs_entrances", acs_credential_id=key)
    if found.phones and credential.get("access_method") == "mobile_key" and credential.get("is_issued"):
        found.holders[key] = reader.ids("/phones/list", "phones", acs_credential_id=key)


def _granted(reader: Reader, found: Found, user: Row) -> list[str]:
    """The entrances that a user may open neither by an access group nor by a credential."""
    own_id = user["acs_user_id"]
    groups = [row["acs_entrance_ids"] for row in found.groups if own_id in row["acs_user_ids"]]
    keys = [row["allowed_acs_entrance_ids"] for row in found.credentials if row.get("acs_user_id") == own_id]
    otherwise = {one for ids in (*groups, *keys) for one in ids}
    ids = reader.ids("/acs/users/list_accessible_entrances", "acs_entrances", acs_user_id=own_id)
    return [one for one in ids if one not in otherwise]


def read_spaces(reader: Reader, found: Found) -> None:
    """Spaces, with what is in them: devices and entrances name their spaces, accounts are asked for."""
    found.spaces = reader.present("/spaces/list", "spaces")
    for space in found.spaces:
        own = space["space_id"]
        for name, rows in (("device_id", found.devices), ("acs_entrance_id", found.entrances)):
            space[f"{name}s"] = [row[name] for row in rows if own in row.get("space_ids", ())]
        path = "/connected_accounts/list"
        space["connected_account_ids"] = reader.ids(path, "connected_accounts", space_id=own)


def read_grants(reader: Reader, found: Found) -> None:
    """Access grants, with their doors and their access methods."""
    for kind, is_managed in (("", True), ("/unmanaged", False)):
        for grant in reader.present(f"/access_grants{kind}/list", "access_grants"):
            found.grants.append(grant | {"is_managed": is_managed})
            _read_grant(reader, found, found.grants[-1], f"/access_methods{kind}/list")


def _read_grant(reader: Reader, found: Found, grant: Row, methods: str) -> None:
    own_id = grant["access_grant_id"]
    doors = reader.related("/access_grants/get_related", "devices", "acs_entrances", access_grant_ids=own_id)
    spaces = [space for space in found.spaces if space["space_id"] in grant.get("space_ids", ())]
    grant["device_ids"] = _beside(doors["devices"], "device_id", (space["device_ids"] for space in spaces))
    entrances = (space["acs_entrance_ids"] for space in spaces)
    grant["acs_entrance_ids"] = _beside(doors["acs_entrances"], "acs_entrance_id", entrances)
    found.methods[own_id] = reader.present(methods, "access_methods", access_grant_id=own_id)
    codes = {row["access_code_id"]: row for rows in found.codes.values() for row in rows}
    for method in found.methods[own_id]:
        _read_method(reader, found, method, codes)


def _beside(rows: Iterable[Row], key: str, in_spaces: Iterable[Iterable[str]]) -> list[str]:
    known = {one for ids in in_spaces for one in ids}
    return [row[key] for row in rows if row[key] not in known]


def _read_method(reader: Reader, found: Found, method: Row, codes: dict[str, Row]) -> None:
    """The doors of a method. Its access codes and credentials are told that they are its own."""
    own_id = method["access_method_id"]
    kinds = ("devices", "acs_entrances", "acs_credentials")
    own = reader.related("/access_methods/get_related", *kinds, access_method_ids=own_id)
    method["device_ids"] = [row["device_id"] for row in own["devices"]]
    method["acs_entrance_ids"] = [row["acs_entrance_id"] for row in own["acs_entrances"]]
    keys = {row["acs_credential_id"] for row in own["acs_credentials"]}
    for credential in found.credentials:
        if credential["acs_credential_id"] in keys:
            credential["access_method_id"] = own_id
    if method.get("mode") == "code":
        for code_id in reader.ids("/access_codes/list", "access_codes", access_method_id=own_id):
            if code_id in codes:
                codes[code_id]["access_method_id"] = own_id
