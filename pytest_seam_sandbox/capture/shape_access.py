"""From what Seam shows of access systems, spaces and access grants to the parts of a world."""

from __future__ import annotations

from collections.abc import Iterable

from ..api.acs.model import INACTIVE, WAITING
from ..worlds.fields import METADATA
from .found import Found, Row
from .shape_common import some, system_type

_OF_CREDENTIALS = (
    *("acs_credential_id", "access_method", "acs_user_id", "user_identity_id", "parent_acs_credential_id", "code"),
    *("is_multi_phone_sync_credential", "card_number", "starts_at", "ends_at", "created_at"),
    *("allowed_acs_entrance_ids", "access_method_id"),
)
_OF_SPACES = (
    *("space_id", "name", "space_key", "customer_key", "device_ids", "acs_entrance_ids", "connected_account_ids"),
    *("parent_space_id", "customer_data", "geolocation", "created_at"),
)
_OF_GRANTS = (
    *("access_grant_id", "access_grant_key", "reservation_key", "user_identity_id", "name", "starts_at", "ends_at"),
    *("device_ids", "acs_entrance_ids", "space_ids", "created_at"),
)
_OF_METHODS = (
    *("access_method_id", "code", "device_ids", "acs_entrance_ids", "created_at"),
    *("is_encoding_required", "is_assignment_required"),
)


def system_part(row: Row, found: Found) -> Row:
    """An access system, with what is in it."""
    own = row["acs_system_id"]
    part = some(row, "acs_system_id", "connected_account_id", "name", "created_at")
    part["system_type"] = system_type(row)
    part["default_credential_manager_acs_system_id"] = row.get("default_credential_manager_acs_system_id")
    if "/acs/access_groups/list" not in found.unread:
        part["access_groups"] = [_group(group) for group in found.groups if group["acs_system_id"] == own]
    if "/acs/encoders/list" not in found.unread:
        part["encoders"] = [_encoder(encoder) for encoder in found.encoders if encoder["acs_system_id"] == own]
    nested = {
        "entrances": [_entrance(entrance) for entrance in found.entrances if entrance["acs_system_id"] == own],
        "users": [_user(user) for user in found.users if user["acs_system_id"] == own],
        "credentials": [_credential(key) for key in found.credentials if key["acs_system_id"] == own],
    }
    return part | {name: rows for name, rows in nested.items() if rows}


def _blocks(row: Row) -> Row:
    return {name: value for name, value in row.items() if name.endswith(METADATA) and isinstance(value, dict)}


def _entrance(row: Row) -> Row:
    return some(row, "acs_entrance_id", "display_name", "created_at") | _blocks(row)


def _group(row: Row) -> Row:
    part = some(row, "acs_access_group_id", "created_at", "acs_user_ids")
    kind = row.get("access_group_type") or row.get("external_type")
    part["name"] = row.get("name") or row.get("display_name")
    return part | ({"access_group_type": kind} if kind else {})


def _encoder(row: Row) -> Row:
    return some(row, "acs_encoder_id", "display_name", "created_at")


def _user(row: Row) -> Row:
    names = ("acs_user_id", "email_address", "phone_number", "hid_acs_system_id", "user_identity_id", "created_at")
    part = some(row, *names, "is_suspended", "acs_entrance_ids") | {
        "full_name": row.get("full_name") or row.get("display_name") or "?"
    }
    schedule = row.get("access_schedule")
    if schedule and schedule.get("starts_at"):
        part["access_schedule"] = {name: schedule.get(name) for name in ("starts_at", "ends_at")}
    return _without_warning(part, INACTIVE)


def _credential(row: Row) -> Row:
    part = some(row, *_OF_CREDENTIALS) | _blocks(row)
    part["issued_at"] = row.get("issued_at") if row.get("is_issued") else None
    return part if part["issued_at"] else _without_warning(part, WAITING)


def _without_warning(part: Row, code: str) -> Row:
    """The part without a warning that follows from the rest of it."""
    warnings = [warning for warning in part.pop("warnings", ()) if warning.get("warning_code") != code]
    return part | ({"warnings": warnings} if warnings else {})


def space_part(row: Row) -> Row:
    """A space, with what is in it."""
    part = some(row, *_OF_SPACES)
    told = {name: value for name, value in (row.get("customer_data") or {}).items() if value is not None}
    return {name: value for name, value in part.items() if name not in ("customer_data", "errors", "warnings")} | (
        {"customer_data": told} if told else {}
    )


def grant_part(row: Row, methods: Iterable[Row]) -> Row:
    """An access grant, with what it asks for and what was made for it. No link and no token is taken over."""
    left = {method["access_method_id"]: method for method in methods}
    requests = []
    for request in row.get("requested_access_methods", ()):
        made = [left.pop(own_id) for own_id in request.get("created_access_method_ids", ()) if own_id in left]
        requests.append(_request(request, made))
    requests += [_request({"mode": method.get("mode")}, [method]) for method in left.values()]
    part = some(row, *_OF_GRANTS) | {"is_managed": row["is_managed"]}
    return part | {"requested_access_methods": requests}


def _request(row: Row, methods: Iterable[Row]) -> Row:
    part = some(row, "mode", "code", "created_at")
    if part.get("mode") == "mobile_key":
        part |= some(row, "instant_key_max_use_count")
    return part | {"access_methods": [_method(method) for method in methods]}


def _method(row: Row) -> Row:
    part = some(row, *_OF_METHODS)
    if row.get("mode") != "code":
        part.pop("device_ids", None)
    return part | ({"issued_at": row.get("issued_at")} if row.get("is_issued") else {})


def webhook_part(row: Row) -> Row:
    """A webhook without its secret: a sandbox signs with one of its own."""
    return some(row, "webhook_id", "url", "event_types")
