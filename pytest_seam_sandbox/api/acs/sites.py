"""The access systems that a login of Seam's sandbox brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from ...engine.workspace import Workspace
from ..connected_accounts.model import ConnectedAccountRow
from .kinds import SYSTEM_KINDS, door_category
from .model import AcsSystemRow
from .state import add_entrance, add_system

_OTHER_KEYS: Mapping[str, str] = MappingProxyType(
    {"hid_cm": "hid_credential_manager", "salto": "salto_ks", "salto_ks_accept": "salto_ks"}
)
"""Provider keys whose systems are known under another one (assumed)."""

_NAMES: Mapping[str, str] = MappingProxyType({"salto_ks_site": "Salto KS Main Site ACS"})
"""The names that the docs show; any other system has that of its kind."""

_DOORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "salto_ks_site": ("FRONT_DOOR", "BACK DOOR", "EXTRA DOOR"),
        "hotek_site": tuple(f"Room {floor}{room:02}" for floor in (1, 2) for room in range(1, 5)),
    }
)
"""The doors that the docs show: Hotek's rooms, and Salto KS's locks as entrances (the latter is assumed)."""


def system_types(provider: str) -> tuple[str, ...]:
    """The kinds of access systems that come through a provider."""
    key = _OTHER_KEYS.get(provider, provider)
    return tuple(name for name, kind in SYSTEM_KINDS.items() if kind.provider == key)


def add_sandbox_systems(workspace: Workspace, account: ConnectedAccountRow, accepted: Iterable[str]) -> None:
    """The access system of a new login, if access control is accepted: acs_system.added and what follows.

    One of each kind of the provider (docs: Salto KS, Visionline; assumed for the others); where the docs show no doors
    it has one, "Main Entrance" (assumed). Credential managers serve the systems that lack one (assumed).
    """
    for system_type in system_types(account.account_type) if "access_control" in accepted else ():
        kind = SYSTEM_KINDS[system_type]
        manager = next((row for row in workspace[AcsSystemRow] if row.system_type in kind.managers), None)
        system = add_system(
            workspace,
            account,
            system_type,
            name=_NAMES.get(system_type),
            manager_id=None if manager is None else manager.id,
        )
        doors = () if kind.is_credential_manager else _DOORS.get(system_type, ("Main Entrance",))
        for door in doors:
            add_entrance(workspace, system, door, _about(system_type, door))
        for served in list(workspace[AcsSystemRow]):
            if served.manager_id is None and system_type in served.kind.managers:
                workspace[AcsSystemRow].put(served.but(manager_id=system.id))


def _about(system_type: str, door: str) -> dict[str, Mapping[str, Any]]:
    """What the provider says of a door."""
    if system_type == "visionline_system":
        return {"visionline_metadata": {"door_name": door, "door_category": door_category(door)}}
    if system_type == "hotek_site":
        return {"hotek_metadata": {"room_number": door.removeprefix("Room ")}}
    return {}
