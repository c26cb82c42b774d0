"""How writes about devices are undone: names, locks, thermostats. The general ways are in rules.py."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from ....engine.errors import is_for_the_test
from ..calls import Calls
from .rules import Made, Rule, Values, Written, is_ours, value_at

__tracebackhide__ = is_for_the_test

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _device(calls: Calls, device_id: Any) -> Values | None:
    """A device or a phone as it is shown; None when there is none."""
    for path, key in (("/devices/get", "device"), ("/phones/get", "phone"), ("/devices/unmanaged/get", "device")):
        row = calls.row(path, key, {"device_id": device_id})
        if row is not None:
            return row
    return None


class DeviceChanged(Rule):
    """/devices/update and /devices/unmanaged/update: names, metadata by key, and whether Seam manages the device."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """The values that it will change; None for a phone that was made here."""
        device_id = params.get("device_id")
        row = None if is_ours(device_id, ours) else _device(calls, device_id)
        if row is None:
            return None
        known: Values = {"device_id": device_id}
        if "name" in params or "name" in (params.get("properties") or {}):
            known["name"] = row.get("nickname")
        metadata = params.get("custom_metadata")
        if isinstance(metadata, dict):
            had = row.get("custom_metadata") or {}
            known["custom_metadata"] = {key: had.get(key) for key in metadata}
        if "backup_access_code_pool_enabled" in params:
            known["backup_access_code_pool_enabled"] = value_at(row, "properties.backup_access_code_pool_enabled")
        if "is_managed" in params and "is_managed" in row:
            known["is_managed"] = row["is_managed"]
        return known

    def undo(self, calls: Calls, written: Written) -> None:
        """Put the values back; whether it is managed comes first, since the path depends on it."""
        known = {name: value for name, value in written.known.items() if name != "backup_access_code_pool_enabled"}
        pool = written.known.get("backup_access_code_pool_enabled")
        if pool is not None:
            known["backup_access_code_pool_enabled"] = pool
        device_id, was_managed = known["device_id"], known.pop("is_managed", None)
        row = _device(calls, device_id)
        if row is None:
            return
        if was_managed is not None and row.get("is_managed") is not was_managed:
            path = "/devices/unmanaged/update" if was_managed else "/devices/update"
            calls.find(path, {"device_id": device_id, "is_managed": was_managed})
            row = {**row, "is_managed": was_managed}
        if len(known) > 1:
            calls.find("/devices/unmanaged/update" if row.get("is_managed") is False else "/devices/update", known)


class Turned(Rule):
    """What locks or unlocks a door: the lock is turned back."""

    once: ClassVar[Literal["", "path", "kind"]] = "kind"

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """Whether it is locked."""
        row = calls.row("/devices/get", "device", {"device_id": params.get("device_id")})
        locked = value_at(row or {}, "properties.locked")
        return None if locked is None else {"device_id": params["device_id"], "locked": locked}

    def undo(self, calls: Calls, written: Written) -> None:
        """Turn it back."""
        device_id, locked = written.known["device_id"], written.known["locked"]
        row = calls.row("/devices/get", "device", {"device_id": device_id})
        if row is not None and value_at(row, "properties.locked") is not locked:
            path = "/locks/lock_door" if locked else "/locks/unlock_door"
            calls.do(path, {"device_id": device_id})


class Climate(Rule):
    """What changes the present setting of a thermostat: its preset is activated again, or its values are set."""

    once: ClassVar[Literal["", "path", "kind"]] = "kind"

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """The present setting."""
        row = calls.row("/devices/get", "device", {"device_id": params.get("device_id")})
        now = self._now(row or {})
        return {"device_id": params["device_id"], **now} if now["setting"] else None

    def undo(self, calls: Calls, written: Written) -> None:
        """Set it again, as far as it has changed."""
        known = {name: value for name, value in written.known.items() if name != "device_id"}
        device = {"device_id": written.known["device_id"]}
        row = calls.row("/devices/get", "device", device)
        now = self._now(row or {})
        if row is None or now == known:
            return
        if known["fallback"] not in (None, now["fallback"]):
            fallback = {**device, "climate_preset_key": known["fallback"]}
            calls.find("/thermostats/set_fallback_climate_preset", fallback)
        setting = dict(known["setting"])
        preset = setting.pop("climate_preset_key", None)
        if preset is not None:
            calls.do("/thermostats/activate_climate_preset", {**device, "climate_preset_key": preset})
            return
        if known["fan"] not in (None, now["fan"]):
            calls.do("/thermostats/set_fan_mode", {**device, "fan_mode_setting": known["fan"]})
        calls.do("/thermostats/set_hvac_mode", {**device, **setting})

    @staticmethod
    def _now(row: Mapping[str, Any]) -> Values:
        setting = value_at(row, "properties.current_climate_setting") or {}
        names = ("climate_preset_key", "hvac_mode_setting", "heating_set_point_celsius", "cooling_set_point_celsius")
        return {
            "setting": {name: setting[name] for name in names if setting.get(name) is not None},
            "fan": value_at(row, "properties.fan_mode_setting"),
            "fallback": value_at(row, "properties.fallback_climate_preset_key"),
        }


@dataclass(frozen=True, kw_only=True)
class DeviceSetting(Rule):
    """A setting of a device that is shown in its properties, and is put back by the same path.

    places: for each parameter that sets it, where its value is shown below `properties`. path: another path back.
    """

    places: tuple[tuple[str, str], ...]
    path: str = ""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """The values now."""
        row = calls.row("/devices/get", "device", {"device_id": params.get("device_id")})
        if row is None:
            return None
        values = {name: value_at(row, f"properties.{place}") for name, place in self.places}
        return {
            "device_id": params["device_id"],
            **{name: value for name, value in values.items() if value is not None},
        }

    def undo(self, calls: Calls, written: Written) -> None:
        """Set them again."""
        calls.do(self.path or written.path, written.known)


class Preset(Rule):
    """A climate preset that is made, changed or deleted. Its key is the program's own: it can come back as it was."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """The preset as it is; None in its place when there is none."""
        device_id, key = params.get("device_id"), params.get("climate_preset_key")
        preset = self._preset(calls, device_id, key)
        return {"device_id": device_id, "climate_preset_key": key, "preset": preset}

    def undo(self, calls: Calls, written: Written) -> None:
        """Delete it, change it back or make it again."""
        known = {name: written.known[name] for name in ("device_id", "climate_preset_key")}
        old, present = written.known["preset"], self._preset(calls, **known)
        if old is None:
            if present is not None:
                calls.find("/thermostats/delete_climate_preset", known)
        elif old != present:
            path = "/thermostats/create_climate_preset" if present is None else "/thermostats/update_climate_preset"
            calls.find(path, {**known, **{name: value for name, value in old.items() if value is not None}})

    @staticmethod
    def _preset(calls: Calls, device_id: Any, climate_preset_key: Any) -> Values | None:
        row = calls.row("/devices/get", "device", {"device_id": device_id})
        for preset in value_at(row or {}, "properties.available_climate_presets") or ():
            if preset.get("climate_preset_key") == climate_preset_key:
                names = ("name", "manual_override_allowed", "climate_preset_mode", "fan_mode_setting")
                more = (
                    "hvac_mode_setting",
                    "heating_set_point_celsius",
                    "cooling_set_point_celsius",
                    "ecobee_metadata",
                )
                return {name: preset.get(name) for name in (*names, *more)}
        return None


class DailyProgram(Made):
    """A new daily program; it is listed on its thermostat only."""

    def _list(self, calls: Calls, known: Values) -> list[Values]:
        row = calls.row("/devices/get", "device", {"device_id": known["within"].get("device_id")})
        programs = value_at(row or {}, "properties.thermostat_daily_programs") or []
        return [program for program in programs if program.get("name") == known["shows"].get("name")]


class DailyProgramChanged(Rule):
    """A daily program that was there before; it is shown on its thermostat only."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """Its name and periods; None for one that was made here, or is not there."""
        program_id = params.get("thermostat_daily_program_id")
        if is_ours(program_id, ours):
            return None
        for device in calls.rows("/devices/list", "devices", {}):
            for program in value_at(device, "properties.thermostat_daily_programs") or ():
                if program.get("thermostat_daily_program_id") == program_id:
                    return {name: program[name] for name in ("thermostat_daily_program_id", "name", "periods")}
        return None

    def undo(self, calls: Calls, written: Written) -> None:
        """Change it back."""
        calls.do(written.path, written.known)


class Week(Rule):
    """The weekly program of a thermostat."""

    def before(self, calls: Calls, params: Values, ours: Container[str]) -> Values | None:
        """The programs of its days."""
        row = calls.row("/devices/get", "device", {"device_id": params.get("device_id")})
        if row is None:
            return None
        week = value_at(row, "properties.thermostat_weekly_program") or {}
        days = {f"{day}_program_id": week.get(f"{day}_program_id") for day in _DAYS}
        return {"device_id": params["device_id"], **days}

    def undo(self, calls: Calls, written: Written) -> None:
        """Set them again."""
        calls.do(written.path, written.known)
