"""/acs/systems: access systems, and the credential managers that hand out their mobile keys."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.router import Router
from ...engine.types import NonEmptyText, Text, Uuid
from ...engine.workspace import Workspace
from .._shared import (
    CLIENT_SESSION,
    EVERYONE_READ,
    PAT,
    WORKSPACE,
    WORKSPACE_READ,
    contains,
    first,
)
from .encoding import add_encoder, encoders_of, lose_encoder, regain_encoder
from .lookup import customer_of, find_system, system_view
from .model import AcsEntranceRow, AcsSystemRow
from .state import add_entrance, remove_entrance

router = Router("/acs/systems")


class HotekEncoder(TypedDict):
    """Which encoder it is, in Hotek's words."""

    encoder_number: Text


class ReportedEncoder(TypedDict):
    """An encoder of the site, or one that is gone."""

    hotek_metadata: HotekEncoder
    is_removed: NotRequired[bool]


class HotekEntrance(TypedDict, total=False):
    """Which entrance it is, in Hotek's words."""

    common_area_name: Text
    common_area_number: Text
    room_number: Text


class ReportedEntrance(TypedDict):
    """An entrance of the site, or one that is gone."""

    hotek_metadata: HotekEntrance
    is_removed: NotRequired[bool]


@router.get("get", key="acs_system", allow=WORKSPACE_READ, source="spec")
def get(workspace: Workspace, *, acs_system_id: Uuid) -> dict[str, Any]:
    """The access system of this id; 404 `acs_system_not_found`."""
    return system_view(workspace, find_system(workspace, acs_system_id))


@router.get(
    "list",
    key="acs_systems",
    allow=first(CLIENT_SESSION, PAT, of=EVERYONE_READ),
    source="spec",
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    connected_account_id: Uuid | None = None,
    customer_key: Text | None = None,
    search: NonEmptyText | None = None,
) -> list[dict[str, Any]]:
    """Access systems, oldest first; a client session sees those of its accounts. search: name or id."""
    return [
        system_view(workspace, row)
        for row in workspace[AcsSystemRow]
        if caller.may_see_account(row.connected_account_id)
        and connected_account_id in (None, row.connected_account_id)
        and (customer_key is None or customer_key == customer_of(workspace, row.connected_account_id))
        and contains(search, row.name, row.id)
    ]


@router.get(
    "list_compatible_credential_manager_acs_systems",
    key="acs_systems",
    allow=WORKSPACE_READ,
    source="spec",
)
def list_compatible_credential_manager_acs_systems(
    workspace: Workspace, *, acs_system_id: Uuid
) -> list[dict[str, Any]]:
    """The credential managers that can hand out the mobile keys of this system."""
    managers = find_system(workspace, acs_system_id).kind.managers
    return [system_view(workspace, row) for row in workspace[AcsSystemRow] if row.system_type in managers]


@router.post("report_devices", allow=WORKSPACE, source="spec")
def report_devices(
    workspace: Workspace,
    *,
    acs_encoders: list[ReportedEncoder] | None = None,
    acs_entrances: list[ReportedEntrance] | None = None,
    acs_system_id: Uuid,
) -> None:
    """Report which entrances and encoders a Hotek site has: acs_entrance.added, acs_encoder.removed and the like.

    Known ones stay as they are (assumed). Others than Hotek: 400 `not_supported`.
    """
    system = find_system(workspace, acs_system_id)
    if system.system_type != "hotek_site":
        raise ApiError(400, "not_supported", f"An ACS system of type {system.system_type} does not take reports")
    for encoder in acs_encoders or ():
        _report_encoder(workspace, system, encoder)
    for reported in acs_entrances or ():
        about = reported["hotek_metadata"]
        present = next(
            (
                row
                for row in workspace[AcsEntranceRow]
                if row.acs_system_id == system.id and row.metadata.get("hotek_metadata") == about
            ),
            None,
        )
        if present is None and not reported.get("is_removed"):
            add_entrance(workspace, system, _entrance_name(about), {"hotek_metadata": dict(about)})
        elif present is not None and reported.get("is_removed"):
            remove_entrance(workspace, present)


def _report_encoder(workspace: Workspace, system: AcsSystemRow, reported: ReportedEncoder) -> None:
    """Hotek knows an encoder by its number, which is part of the name (assumed)."""
    name, is_removed = f"Encoder {reported['hotek_metadata']['encoder_number']}", reported.get("is_removed", False)
    encoder = next((row for row in encoders_of(workspace, system.id) if row.display_name == name), None)
    if encoder is None:
        if not is_removed:
            add_encoder(workspace, system, name)
    elif is_removed:
        lose_encoder(workspace, encoder)
    elif encoder.errors:
        regain_encoder(workspace, encoder)


def _entrance_name(about: HotekEntrance) -> str:
    if "room_number" in about:
        return f"Room {about['room_number']}"
    return about.get("common_area_name") or f"Common Area {about.get('common_area_number', '')}".strip()
