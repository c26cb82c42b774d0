"""What can happen to spaces: made, members come and go, deleted; and how they follow what they hold."""

from __future__ import annotations

from typing import Any

from ...engine.signals import Signal
from ...engine.store import Row
from ...engine.workspace import Workspace
from .._ranks import by_rank
from ..acs.model import AcsEntranceRow
from ..acs.state import entrance_removed
from ..connected_accounts.model import ConnectedAccountRow
from ..connected_accounts.state import deleting_account
from ..devices.model import DeviceRow
from ..devices.state import deleting_device
from .events import SpaceCreated, SpaceDeleted, SpaceDeviceMembershipChanged
from .model import SpaceRow

members_changed: Signal[[Workspace, SpaceRow]] = Signal(by_rank("access_grants.reactions"))
"""Sent after the devices or the entrances of a space changed; given as it was before."""
space_deleted: Signal[[Workspace, SpaceRow]] = Signal(by_rank("access_grants.reactions"))
"""Sent after a space was deleted."""


def add_space(workspace: Workspace, *, name: str, **details: Any) -> SpaceRow:
    """A new space with its first members: space.created."""
    space = SpaceRow(
        space_id=workspace.ids.uuid(),
        workspace_id=workspace.workspace_id,
        created_at=workspace.clock.text(),
        name=name,
        **details,
    )
    workspace[SpaceRow].put(space)
    _name_in_members(workspace, space.but(device_ids=(), acs_entrance_ids=(), connected_account_ids=()), space)
    workspace.events.emit(workspace, SpaceCreated(**space.event_fields()))
    return space


def set_members(
    workspace: Workspace,
    space: SpaceRow,
    *,
    device_ids: tuple[str, ...] | None = None,
    acs_entrance_ids: tuple[str, ...] | None = None,
) -> SpaceRow:
    """Let a space have these devices and entrances, None for those it has: one event, none if nothing changes.

    Source: spec, whose event has both kinds of members; that entrances alone emit it too is assumed.
    """
    changed = space.but(
        device_ids=space.device_ids if device_ids is None else tuple(dict.fromkeys(device_ids)),
        acs_entrance_ids=space.acs_entrance_ids if acs_entrance_ids is None else tuple(dict.fromkeys(acs_entrance_ids)),
    )
    if {*changed.device_ids} == {*space.device_ids} and {*changed.acs_entrance_ids} == {*space.acs_entrance_ids}:
        return space
    workspace[SpaceRow].put(changed)
    _name_in_members(workspace, space, changed)
    workspace.events.emit(workspace, SpaceDeviceMembershipChanged(**changed.event_fields()))
    members_changed.send(workspace, space)
    return changed


def set_accounts(workspace: Workspace, space: SpaceRow, account_ids: tuple[str, ...]) -> SpaceRow:
    """Let a space name these accounts; no event and no effect on access (assumed)."""
    changed = workspace[SpaceRow].put(space.but(connected_account_ids=tuple(dict.fromkeys(account_ids))))
    _name_in_members(workspace, space, changed)
    return changed


def delete_space(workspace: Workspace, space: SpaceRow) -> None:
    """Delete a space: space.deleted with its last members, which stay in the workspace."""
    _name_in_members(workspace, space, space.but(device_ids=(), acs_entrance_ids=(), connected_account_ids=()))
    workspace[SpaceRow].remove(space.id)
    for child in [row for row in workspace[SpaceRow] if row.parent_space_id == space.id]:
        workspace[SpaceRow].put(child.but(parent_space_id=None, parent_space_key=None))
    workspace.events.emit(workspace, SpaceDeleted(**space.event_fields()))
    space_deleted.send(workspace, space)


def _name_in_members(workspace: Workspace, before: SpaceRow, after: SpaceRow) -> None:
    """Let members that came name the space, and those that went name it no more."""
    kinds: tuple[tuple[type[Row], str], ...] = (
        (DeviceRow, "device_ids"),
        (AcsEntranceRow, "acs_entrance_ids"),
        (ConnectedAccountRow, "connected_account_ids"),
    )
    for kind, name in kinds:
        old, new = getattr(before, name), getattr(after, name)
        for one in {*old} ^ {*new}:
            row: Any = workspace[kind].get(one)
            if row is not None:
                left = tuple(space_id for space_id in row.space_ids if space_id != after.id)
                workspace[kind].put(row.but(space_ids=(*left, after.id) if one in new else left))


@deleting_device.reaction
def _lose_device(workspace: Workspace, device: DeviceRow) -> None:
    """A device that is deleted leaves its spaces, with their event (assumed)."""
    for space in [row for row in workspace[SpaceRow] if device.id in row.device_ids]:
        left = tuple(one for one in space.device_ids if one != device.id)
        set_members(workspace, space, device_ids=left)


@entrance_removed.reaction
def _lose_entrance(workspace: Workspace, entrance: AcsEntranceRow) -> None:
    for space in [row for row in workspace[SpaceRow] if entrance.id in row.acs_entrance_ids]:
        left = tuple(one for one in space.acs_entrance_ids if one != entrance.id)
        set_members(workspace, space, acs_entrance_ids=left)


@deleting_account.reaction
def _lose_account(workspace: Workspace, account: ConnectedAccountRow) -> None:
    for space in [row for row in workspace[SpaceRow] if account.id in row.connected_account_ids]:
        left = tuple(one for one in space.connected_account_ids if one != account.id)
        workspace[SpaceRow].put(space.but(connected_account_ids=left))
