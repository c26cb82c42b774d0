"""From what Seam shows to the parts of a world: what follows from something else is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..api.acs.kinds import SYSTEM_KINDS
from ..api.acs.model import INACTIVE, WAITING
from ..api.devices.issues import UNREACHABLE
from ..api.devices.model import UNMANAGED_PROPERTIES, WITHHELD_OFFLINE
from ..backends.live.lease_records import KEY as LEASE
from ..catalog.devices import DeviceModel, device_models, providers
from ..engine.errors import SandboxError
from ..worlds.checks import NEEDED, known_flags
from ..worlds.fields import METADATA
from ..worlds.format import VERSION
from ..worlds.properties import check_property
from .reading import Found, Row

_NEVER_LACKING = ("name", "appearance", "online")
_OF_CODES = (
    *("access_code_id", "code", "name", "status", "starts_at", "ends_at", "created_at", "common_code_key"),
    *("is_managed", "is_one_time_use", "is_offline_access_code", "is_external_modification_allowed"),
    *("is_scheduled_on_device", "cannot_be_managed"),
)
_OF_CREDENTIALS = (
    *("acs_credential_id", "access_method", "acs_user_id", "user_identity_id", "parent_acs_credential_id", "code"),
    *("is_multi_phone_sync_credential", "card_number", "starts_at", "ends_at", "created_at"),
)


def world_of(found: Found, captured_at: str) -> Row:
    """The world that a workspace is, as JSON."""
    return {
        "version": VERSION,
        "captured_at": captured_at,
        "connected_accounts": [_account(row, found) for row in found.accounts],
        "devices": [_device(row, found.codes.get(row["device_id"], ())) for row in found.devices],
        "user_identities": [_person(row, found) for row in found.people],
        "acs_systems": [_system(row, found) for row in found.systems],
    }


def _some(row: Mapping[str, Any], *names: str) -> Row:
    """The fields of these names that have a value, and the errors and warnings."""
    return {name: row[name] for name in (*names, "errors", "warnings") if row.get(name) not in (None, [], {})}


def _account(row: Row, found: Found) -> Row:
    names = ("connected_account_id", "account_type", "account_type_display_name", "display_name", "image_url")
    more = ("accepted_capabilities", "automatically_manage_new_devices", "customer_key", "created_at")
    part = _some(row, *names, *more) | _metadata(row)
    login = {name: value for name, value in (row.get("user_identifier") or {}).items() if isinstance(value, str)}
    provider = None if "account_type" in part else _provider_of(row["connected_account_id"], found)
    return part | ({"user_identifier": login} if login else {}) | ({"account_type": provider} if provider else {})


def _provider_of(connected_account_id: str, found: Found) -> str | None:
    """The provider of an account of which Seam does not say it, as it need not: that of what came through it."""
    devices = list(_through(connected_account_id, found.devices))
    told = [(row.get("device_provider") or {}).get("device_provider_name") for row in devices]
    models = [device_models().get(row.get("device_type", "")) for row in devices]
    systems = [SYSTEM_KINDS.get(_system_type(row)) for row in _through(connected_account_id, found.systems)]
    known = [each.provider for each in (*models, *systems) if each is not None]
    return next((name for name in (*told, *known) if name in _provider_names()), None)


def _provider_names() -> set[str]:
    return {row["device_provider_name"] for row in providers()}


def _through(connected_account_id: str, rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if row.get("connected_account_id") == connected_account_id)


def _system_type(row: Row) -> str:
    return str(row.get("system_type") or row.get("external_type"))


def _metadata(row: Row) -> Row:
    """The metadata, without the leases of tests that are running."""
    metadata = row.get("custom_metadata") or {}
    kept = {key: item for key, item in metadata.items() if item not in (None, "") and not key.startswith(LEASE)}
    return {"custom_metadata": kept} if kept else {}


def _device(row: Row, codes: Iterable[Row]) -> Row:
    part = _some(row, "device_type", "device_id", "connected_account_id", "nickname", "created_at") | _metadata(row)
    properties = row.get("properties", {})
    appearance = properties.get("appearance") or {}
    name = appearance.get("name") or properties.get("name") or row.get("display_name")
    part |= {"name": name} if name else {}
    part["is_managed"] = row.get("is_managed", True)
    zone = (row.get("location") or {}).get("time_zone")
    is_kept_offline = any(error.get("error_code") in UNREACHABLE for error in row.get("errors", ()))
    part |= {"online": False} if properties.get("online") is False and not is_kept_offline else {}
    model = device_models().get(row.get("device_type", ""))
    if model is not None:
        if zone is not None and zone != (model.location or {}).get("time_zone"):
            part["time_zone"] = zone
        part |= _own_properties(properties, model, is_managed=part["is_managed"]) | _flags(row, model)
    shown = [(error.get("error_code"), error.get("message")) for error in row.get("errors", ())]
    listed = [_code(code, shown) for code in codes]
    return part | ({"access_codes": listed} if listed else {})


def _own_properties(properties: Row, model: DeviceModel, *, is_managed: bool) -> Row:
    own = {name: value for name, value in properties.items() if name not in _NEVER_LACKING and _is_known(name, value)}
    own = {name: value for name, value in own.items() if model.properties.get(name) != value}
    could_show = set(model.properties) if is_managed else set(model.properties) & set(UNMANAGED_PROPERTIES)
    withheld = WITHHELD_OFFLINE if properties.get("online") is False else frozenset()
    lacks = [name for name in model.properties if name in could_show - set(properties) - withheld - NEEDED]
    # The loader completes an object by the sample's, unless the sample's is gone.
    lacks += [name for name, value in own.items() if isinstance(value, dict) and name in model.properties]
    lacks = [name for name in lacks if name not in _NEVER_LACKING]
    return ({"properties": own} if own else {}) | ({"lacks": lacks} if lacks else {})


def _is_known(name: str, value: Any) -> bool:
    try:
        check_property(name, value)
    except SandboxError:
        return False
    return True


def _flags(row: Row, model: DeviceModel) -> Row:
    flags = [name for name in row if name in known_flags()]
    return {} if set(flags) == set(model.flags) else {"flags": flags}


def _code(row: Row, of_device: list[tuple[Any, Any]]) -> Row:
    part = _some(row, *_OF_CODES)
    part = {name: value for name, value in part.items() if value is not False or name == "is_managed"}
    errors = [
        error for error in row.get("errors", ()) if (error.get("error_code"), error.get("message")) not in of_device
    ]
    part.pop("errors", None)
    return part | ({"errors": errors} if errors else {})


def _person(row: Row, found: Found) -> Row:
    names = ("user_identity_id", "user_identity_key", "full_name", "email_address", "phone_number", "created_at")
    part = _some(row, *names, "is_managed")
    phones = [_phone(phone, found.holders) for phone in found.phones.get(row["user_identity_id"], ())]
    return part | ({"phones": phones} if phones else {})


def _phone(row: Row, holders: Mapping[str, list[str]]) -> Row:
    part = _some(row, "device_type", "device_id", "nickname", "created_at") | _metadata(row)
    held = [key for key, ids in holders.items() if row["device_id"] in ids]
    properties = {name: value for name, value in row.get("properties", {}).items() if _is_known(name, value)}
    if "nickname" not in part and "appearance" not in properties:
        part["name"] = row["display_name"]
    return part | {"properties": properties} | ({"acs_credential_ids": held} if held else {})


def _system(row: Row, found: Found) -> Row:
    own = row["acs_system_id"]
    part = _some(row, "acs_system_id", "connected_account_id", "name", "created_at")
    part["system_type"] = _system_type(row)
    part["default_credential_manager_acs_system_id"] = row.get("default_credential_manager_acs_system_id")
    nested = {
        "entrances": [_entrance(entrance) for entrance in found.entrances if entrance["acs_system_id"] == own],
        "users": [_user(user) for user in found.users if user["acs_system_id"] == own],
        "credentials": [_credential(key, found.doors) for key in found.credentials if key["acs_system_id"] == own],
    }
    return part | {name: rows for name, rows in nested.items() if rows}


def _blocks(row: Row) -> Row:
    return {name: value for name, value in row.items() if name.endswith(METADATA) and isinstance(value, dict)}


def _entrance(row: Row) -> Row:
    return _some(row, "acs_entrance_id", "display_name", "created_at") | _blocks(row)


def _user(row: Row) -> Row:
    names = ("acs_user_id", "email_address", "phone_number", "hid_acs_system_id", "user_identity_id", "created_at")
    part = _some(row, *names, "is_suspended") | {"full_name": row.get("full_name") or row.get("display_name") or "?"}
    schedule = row.get("access_schedule")
    if schedule and schedule.get("starts_at"):
        part["access_schedule"] = {name: schedule.get(name) for name in ("starts_at", "ends_at")}
    return _without_warning(part, INACTIVE)


def _credential(row: Row, doors: Mapping[str, list[str]]) -> Row:
    part = _some(row, *_OF_CREDENTIALS) | _blocks(row)
    opened = doors.get(row["acs_credential_id"])
    part |= {"allowed_acs_entrance_ids": opened} if opened else {}
    part["issued_at"] = row.get("issued_at") if row.get("is_issued") else None
    return part if part["issued_at"] else _without_warning(part, WAITING)


def _without_warning(part: Row, code: str) -> Row:
    """The part without a warning that follows from the rest of it."""
    warnings = [warning for warning in part.pop("warnings", ()) if warning.get("warning_code") != code]
    return part | ({"warnings": warnings} if warnings else {})
