"""Reads what a workspace holds, by any client that can list: a live one by GET, or that of an emulated sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from pydantic_core import from_json

from ..backends.live.connection import Connection, NoSuchPath
from ..backends.seam_api import Refused
from ..engine.errors import SandboxError, is_for_the_test

__tracebackhide__ = is_for_the_test

Row = dict[str, Any]
PAGE = 200
"""How many rows of a list with pages are asked for at once."""
_PAGED = frozenset(
    {
        "/access_codes/list",
        "/access_codes/unmanaged/list",
        "/access_grants/list",
        "/access_grants/unmanaged/list",
        "/acs/credentials/list",
        "/acs/encoders/list",
        "/acs/entrances/list",
        "/acs/users/list",
        "/connect_webviews/list",
        "/connected_accounts/list",
        "/devices/list",
        "/devices/unmanaged/list",
        "/spaces/list",
        "/user_identities/list",
        "/user_identities/unmanaged/list",
    }
)
"""The lists that take a limit. Source: spec."""
COUNTED: tuple[tuple[str, str], ...] = (
    ("/access_grants/list", "access_grants"),
    ("/access_grants/unmanaged/list", "access_grants"),
    ("/acs/access_groups/list", "acs_access_groups"),
    ("/acs/encoders/list", "acs_encoders"),
    ("/client_sessions/list", "client_sessions"),
    ("/connect_webviews/list", "connect_webviews"),
    ("/spaces/list", "spaces"),
    ("/webhooks/list", "webhooks"),
)
"""Lists of what a world in a file has no place for, each with the key of its rows."""

_NO_PLACE = MappingProxyType(
    dict.fromkeys(("acs_access_groups", "acs_encoders"), "an access system in a sandbox has its own")
)


class Get(Protocol):
    """Sends a request that changes nothing; gives the answer, or raises Refused."""

    def __call__(self, path: str, **parameters: str) -> Mapping[str, Any]:
        """The answer to a GET of this path."""


def getting(connection: Connection, seen: Callable[[str], None]) -> Get:
    """Reads by GET over a connection. seen: is told each path."""

    def get(path: str, **parameters: str) -> Mapping[str, Any]:
        seen(path)
        status, content = connection.get(path, **parameters)
        answer: dict[str, Any] = from_json(content)
        if status >= 400:
            raise Refused(path, dict(parameters), status, answer["error"])
        return answer

    return get


@dataclass
class Found:
    """What a workspace holds, as Seam shows it.

    codes: of each device, by its id. phones, holders: the phones of each person, and of each credential the phones that
    hold it. doors: the entrances of each credential that does not name them itself. left: what there is no place for.
    """

    workspace: Row
    accounts: list[Row] = field(default_factory=list)
    devices: list[Row] = field(default_factory=list)
    codes: dict[str, list[Row]] = field(default_factory=dict)
    people: list[Row] = field(default_factory=list)
    phones: dict[str, list[Row]] = field(default_factory=dict)
    holders: dict[str, list[str]] = field(default_factory=dict)
    systems: list[Row] = field(default_factory=list)
    entrances: list[Row] = field(default_factory=list)
    users: list[Row] = field(default_factory=list)
    credentials: list[Row] = field(default_factory=list)
    doors: dict[str, list[str]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


class Reader:
    """Reads a workspace. get: sends the requests."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self._not_there: set[str] = set()

    def read(self) -> Found:
        """All that a world in a file has a place for, and how much there is of the rest."""
        found = Found(dict(self._get("/workspaces/get")["workspace"]))
        found.accounts = self.all("/connected_accounts/list", "connected_accounts")
        found.devices = self.all("/devices/list", "devices") + self.present("/devices/unmanaged/list", "devices")
        for device in found.devices:
            self._read_codes(found, device)
        self._read_people(found)
        self._read_systems(found)
        self._count(found)
        found.left += [f"the server has no path {path}" for path in sorted(self._not_there)]
        return found

    def present(self, path: str, key: str, **parameters: str) -> list[Row]:
        """Like `all`; nothing where the server lacks the path, as Seam's official fake lacks many."""
        if path in self._not_there:
            return []
        try:
            return self.all(path, key, **parameters)
        except NoSuchPath:
            self._not_there.add(path)
            return []

    def all(self, path: str, key: str, **parameters: str) -> list[Row]:
        """The rows of a list, whatever pages it comes in."""
        given = {"limit": str(PAGE), **parameters} if path in _PAGED else parameters
        rows: list[Row] = []
        cursors: set[str] = set()
        while True:
            answer = self._get(path, **given)
            rows += answer[key]
            cursor = (answer.get("pagination") or {}).get("next_page_cursor")
            if cursor is None:
                return rows
            if cursor in cursors:
                raise SandboxError(f"{path} gives the same page again and again, so the list has no end. Try again.")
            cursors.add(cursor)
            given = {**given, "page_cursor": cursor}

    def _read_codes(self, found: Found, device: Row) -> None:
        if not any(name.startswith("can_program_") or name == "can_unlock_with_code" for name in device):
            return
        device_id = device["device_id"]
        paths = ("/access_codes/list", "/access_codes/unmanaged/list")
        rows = [row for path in paths for row in self.present(path, "access_codes", device_id=device_id)]
        found.codes[device_id] = [row for row in rows if not row.get("is_backup")]

    def _read_people(self, found: Found) -> None:
        managed = self.present("/user_identities/list", "user_identities")
        unmanaged = self.present("/user_identities/unmanaged/list", "user_identities")
        found.people = [row | {"is_managed": True} for row in managed]
        found.people += [row | {"is_managed": False} for row in unmanaged]
        left = {row["device_id"] for row in self.present("/phones/list", "phones")}
        for person in found.people:
            if not left:
                return
            owner = person["user_identity_id"]
            found.phones[owner] = self.present("/phones/list", "phones", owner_user_identity_id=owner)
            left -= {row["device_id"] for row in found.phones[owner]}
        if left:
            found.left.append(f"{len(left)} phones: no user identity has them")

    def _read_systems(self, found: Found) -> None:
        found.systems = self.present("/acs/systems/list", "acs_systems")
        if not found.systems:
            return
        found.entrances = self.present("/acs/entrances/list", "acs_entrances")
        found.users = self.present("/acs/users/list", "acs_users")
        found.credentials = self.present("/acs/credentials/list", "acs_credentials")
        for credential in found.credentials:
            key = credential["acs_credential_id"]
            path = "/acs/credentials/list_accessible_entrances"
            rows = self.present(path, "acs_entrances", acs_credential_id=key)
            found.doors[key] = [row["acs_entrance_id"] for row in rows]
            if found.phones and credential.get("access_method") == "mobile_key" and credential.get("is_issued"):
                holders = self.present("/phones/list", "phones", acs_credential_id=key)
                found.holders[key] = [row["device_id"] for row in holders]

    def _count(self, found: Found) -> None:
        for path, key in COUNTED:
            name = key.replace("_", " ")
            try:
                count = len(self.present(path, key))
            except Refused as refused:
                found.left.append(f"{name}: {path} could not be read ({refused.status} {refused.error_type})")
                continue
            if count:
                found.left.append(f"{count} {name}: {_NO_PLACE.get(key, 'a world has no place for them')}")
        thermostats = [row for row in found.devices if "thermostat" in row.get("capabilities_supported", ())]
        path = "/thermostats/schedules/list"
        count = sum(len(self.present(path, "thermostat_schedules", device_id=row["device_id"])) for row in thermostats)
        if count:
            found.left.append(f"{count} thermostat schedules: a world has no place for them")
