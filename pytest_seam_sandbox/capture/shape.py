"""From what Seam shows to the parts of a world: what follows from something else is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..api.acs.kinds import SYSTEM_KINDS
from ..api.devices.issues import UNREACHABLE
from ..api.devices.model import UNMANAGED_PROPERTIES, WITHHELD_OFFLINE
from ..api.thermostats.model import DAYS
from ..api.thermostats.timetable import ACTIVE
from ..catalog.devices import DeviceModel, device_models, providers
from ..engine.errors import SandboxError
from ..worlds.climate import PROGRAMS, WEEK
from ..worlds.device_checks import NEEDED, known_flags
from ..worlds.format import VERSION
from ..worlds.properties import check_property, twin_of
from .found import Found, Row
from .shape_access import grant_part, space_part, system_part, webhook_part
from .shape_common import metadata, some, system_type

_NEVER_LACKING = ("name", "appearance", "online")
_ELSEWHERE = (*_NEVER_LACKING, PROGRAMS, WEEK, "active_thermostat_schedule")
"""Properties of which a part of the world tells that stands beside them."""
_OF_CODES = (
    *("access_code_id", "code", "name", "status", "starts_at", "ends_at", "created_at", "common_code_key"),
    *("is_managed", "is_one_time_use", "is_offline_access_code", "is_external_modification_allowed"),
    *("is_scheduled_on_device", "cannot_be_managed", "access_method_id", "is_backup", "pulled_backup_access_code_id"),
)
_OF_SCHEDULES = (
    *("thermostat_schedule_id", "name", "climate_preset_key", "starts_at", "ends_at", "created_at"),
    *("is_override_allowed", "max_override_period_minutes"),
)


def world_of(found: Found, captured_at: str) -> Row:
    """The world that a workspace is, as JSON."""
    return {
        "version": VERSION,
        "captured_at": captured_at,
        "connected_accounts": [_account(row, found) for row in found.accounts],
        "devices": [_device(row, found) for row in found.devices],
        "user_identities": [_person(row, found) for row in found.people],
        "acs_systems": [system_part(row, found) for row in found.systems],
        "spaces": [space_part(row) for row in found.spaces],
        "access_grants": [grant_part(row, found.methods[row["access_grant_id"]]) for row in found.grants],
        "webhooks": [webhook_part(row) for row in found.webhooks],
    }


def _account(row: Row, found: Found) -> Row:
    names = ("connected_account_id", "account_type", "account_type_display_name", "display_name", "image_url")
    more = ("accepted_capabilities", "automatically_manage_new_devices", "customer_key", "created_at")
    part = some(row, *names, *more) | metadata(row)
    login = {name: value for name, value in (row.get("user_identifier") or {}).items() if isinstance(value, str)}
    provider = None if "account_type" in part else _provider_of(row["connected_account_id"], found)
    return part | ({"user_identifier": login} if login else {}) | ({"account_type": provider} if provider else {})


def _provider_of(connected_account_id: str, found: Found) -> str | None:
    """The provider of an account of which Seam does not say it, as it need not: that of what came through it."""
    devices = list(_through(connected_account_id, found.devices))
    told = [(row.get("device_provider") or {}).get("device_provider_name") for row in devices]
    models = [device_models().get(row.get("device_type", "")) for row in devices]
    systems = [SYSTEM_KINDS.get(system_type(row)) for row in _through(connected_account_id, found.systems)]
    known = [each.provider for each in (*models, *systems) if each is not None]
    return next((name for name in (*told, *known) if name in _provider_names()), None)


def _provider_names() -> set[str]:
    return {row["device_provider_name"] for row in providers()}


def _through(connected_account_id: str, rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if row.get("connected_account_id") == connected_account_id)


def _device(row: Row, found: Found) -> Row:
    part = some(row, "device_type", "device_id", "connected_account_id", "nickname", "created_at") | metadata(row)
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
        if found.schedules.get(row["device_id"]):
            own = part.get("properties", {})
            part["properties"] = own | {ACTIVE: properties.get(ACTIVE)}
    shown = [(error.get("error_code"), error.get("message")) for error in row.get("errors", ())]
    listed = [_code(code, shown) for code in found.codes.get(row["device_id"], ())]
    return part | ({"access_codes": listed} if listed else {}) | _climate(row, found)


def _climate(row: Row, found: Found) -> Row:
    """The programs and schedules of a thermostat, the thresholds of a noise sensor."""
    properties, device_id = row.get("properties", {}), row["device_id"]
    part: Row = {}
    schedules = found.schedules.get(device_id)
    if schedules:
        part["thermostat_schedules"] = [some(schedule, *_OF_SCHEDULES) for schedule in schedules]
    programs = properties.get(PROGRAMS)
    if programs:
        names = ("thermostat_daily_program_id", "name", "created_at")
        part[PROGRAMS] = [some(program, *names) | {"periods": program.get("periods")} for program in programs]
    week = properties.get(WEEK)
    if week:
        part[WEEK] = some(week, *(f"{day}_program_id" for day in DAYS), "created_at")
    if device_id in found.thresholds and "/noise_sensors/noise_thresholds/list" not in found.unread:
        part["noise_thresholds"] = [_threshold(threshold) for threshold in found.thresholds[device_id]]
    return part


def _threshold(row: Row) -> Row:
    part = some(row, "noise_threshold_id", "name", "starts_daily_at", "ends_daily_at", "noise_threshold_nrs")
    return part if "noise_threshold_nrs" in part else part | some(row, "noise_threshold_decibels")


def _own_properties(properties: Row, model: DeviceModel, *, is_managed: bool) -> Row:
    told = {name: value for name, value in properties.items() if name not in _ELSEWHERE}
    own = {name: value for name, value in told.items() if _is_known(name, value)}
    differing = {name for name, value in own.items() if model.properties.get(name) != value}
    own = {name: value for name, value in own.items() if not differing.isdisjoint((name, twin_of(name)))}
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
    part = some(row, *_OF_CODES)
    part = {name: value for name, value in part.items() if value is not False or name == "is_managed"}
    errors = [
        error for error in row.get("errors", ()) if (error.get("error_code"), error.get("message")) not in of_device
    ]
    part.pop("errors", None)
    if row.get("is_backup_access_code_available") or row.get("pulled_backup_access_code_id"):
        part["use_backup_access_code_pool"] = True
    return part | ({"errors": errors} if errors else {})


def _person(row: Row, found: Found) -> Row:
    names = ("user_identity_id", "user_identity_key", "full_name", "email_address", "phone_number", "created_at")
    more = ("accessible_device_ids", "merged_user_identity_ids", "merged_user_identity_keys")
    part = some(row, *names, "is_managed", *more)
    phones = [_phone(phone, found.holders) for phone in found.phones.get(row["user_identity_id"], ())]
    return part | ({"phones": phones} if phones else {})


def _phone(row: Row, holders: Mapping[str, list[str]]) -> Row:
    names = ("device_type", "device_id", "nickname", "custom_sdk_installation_id", "created_at")
    part = some(row, *names) | metadata(row)
    held = [key for key, ids in holders.items() if row["device_id"] in ids]
    properties = {name: value for name, value in row.get("properties", {}).items() if _is_known(name, value)}
    if "nickname" not in part and "appearance" not in properties:
        part["name"] = row["display_name"]
    return part | {"properties": properties} | ({"acs_credential_ids": held} if held else {})
