"""Reads who may open what: access systems, spaces, access grants."""

from __future__ import annotations

from collections.abc import Mapping

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
    otherwise = _opened_otherwise(found)
    for user in found.users:
        own_id = user["acs_user_id"]
        ids = reader.ids("/acs/users/list_accessible_entrances", "acs_entrances", acs_user_id=own_id)
        user["acs_entrance_ids"] = [one for one in ids if one not in otherwise.get(own_id, ())]


def _read_use(reader: Reader, found: Found, credential: Row) -> None:
    """The entrances that a credential opens, and the phones that hold it."""
    key = credential["acs_credential_id"]
    path = "/acs/credentials/list_accessible_entrances"
    credential["allowed_acs_entrance_ids"] = reader.ids(path, "acs_entrances", acs_credential_id=key)
    if found.phones and credential.get("access_method") == "mobile_key" and credential.get("is_issued"):
        found.holders[key] = reader.ids("/phones/list", "phones", acs_credential_id=key)


def _opened_otherwise(found: Found) -> dict[str, set[str]]:
    """The entrances that each user may open by an access group or a credential."""
    opened: dict[str, set[str]] = {}
    for group in found.groups:
        for own_id in group["acs_user_ids"]:
            opened.setdefault(own_id, set()).update(group["acs_entrance_ids"])
    for credential in found.credentials:
        opened.setdefault(credential.get("acs_user_id", ""), set()).update(credential["allowed_acs_entrance_ids"])
    return opened


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
        rows = reader.present(f"/access_grants{kind}/list", "access_grants")
        found.grants += [row | {"is_managed": is_managed} for row in rows]
        for row in rows:
            own_id = row["access_grant_id"]
            found.methods[own_id] = reader.present(
                f"/access_methods{kind}/list", "access_methods", access_grant_id=own_id
            )
    spaces = {space["space_id"]: space for space in found.spaces}
    codes = {row["access_code_id"]: row for rows in found.codes.values() for row in rows}
    credentials = {row["acs_credential_id"]: row for row in found.credentials}
    for grant in found.grants:
        methods = found.methods[grant["access_grant_id"]]
        if grant["is_managed"]:  # of an unmanaged one Seam shows its access codes only
            _read_doors(reader, grant, spaces)
            for method in methods:
                _read_doors_of_method(reader, method, credentials)
        for method in methods:
            _read_codes(reader, method, codes)


def _read_doors(reader: Reader, grant: Row, spaces: Mapping[str, Row]) -> None:
    """The doors that a grant names itself: those that it reaches, but for those of its spaces."""
    own_id = grant["access_grant_id"]
    doors = reader.related("/access_grants/get_related", "devices", "acs_entrances", access_grant_ids=own_id)
    own = [spaces[one] for one in grant.get("space_ids", ()) if one in spaces]
    for key, name in (("devices", "device_id"), ("acs_entrances", "acs_entrance_id")):
        in_spaces = {one for space in own for one in space[f"{name}s"]}
        grant[f"{name}s"] = [row[name] for row in doors[key] if row[name] not in in_spaces]


def _read_doors_of_method(reader: Reader, method: Row, credentials: Mapping[str, Row]) -> None:
    """The doors of a method. Its credentials are told that they are its own."""
    own_id = method["access_method_id"]
    kinds = ("devices", "acs_entrances", "acs_credentials")
    own = reader.related("/access_methods/get_related", *kinds, access_method_ids=own_id)
    method["device_ids"] = [row["device_id"] for row in own["devices"]]
    method["acs_entrance_ids"] = [row["acs_entrance_id"] for row in own["acs_entrances"]]
    for key in credentials.keys() & {row["acs_credential_id"] for row in own["acs_credentials"]}:
        credentials[key]["access_method_id"] = own_id


def _read_codes(reader: Reader, method: Row, codes: Mapping[str, Row]) -> None:
    """Tell the access codes of a method that they are its own."""
    own_id = method["access_method_id"]
    if method.get("mode") == "code":
        own = reader.ids("/access_codes/list", "access_codes", access_method_id=own_id)
        for code_id in codes.keys() & set(own):
            codes[code_id]["access_method_id"] = own_id
