"""Access groups: the row, who is in one, and which entrances it opens.

A system that knows groups comes with one of each kind; Salto KS calls it "Main Group" (docs, on the mobile key), the
others too (assumed). It opens all entrances of its system (assumed), but for a unit of PTI, which records a rental only
(docs). Seam cannot change what a group opens.
"""

from __future__ import annotations

from typing import Any, ClassVar

from ...engine.errors import ApiError
from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._shared import Condition, find, without_codes
from .events import AcsAccessGroupDeleted
from .kinds import display_name_of
from .model import REISSUE, AcsCredentialRow, AcsEntranceRow, AcsSystemRow, AcsUserRow

_RENTAL = "pti_unit"


@row_type
class AcsAccessGroupRow(Row):
    """An access group; the users in it by id, in the order in which they joined."""

    key: ClassVar[str] = "acs_access_group_id"
    not_found: ClassVar[str] = "acs_access_group_not_found"
    resource: ClassVar[str] = "acs_access_group"
    acs_access_group_id: str
    acs_system_id: str
    workspace_id: str
    connected_account_id: str
    name: str
    external_type: str
    created_at: str
    acs_user_ids: tuple[str, ...] = ()
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    def view(self) -> dict[str, Any]:
        """The group as a client sees it. What is done in it is done at once, so nothing is pending."""
        type_name = display_name_of(self.external_type)
        return {
            "acs_access_group_id": self.acs_access_group_id,
            "acs_system_id": self.acs_system_id,
            "workspace_id": self.workspace_id,
            "connected_account_id": self.connected_account_id,
            "name": self.name,
            "display_name": self.name,
            "external_type": self.external_type,
            "external_type_display_name": type_name,
            "access_group_type": self.external_type,
            "access_group_type_display_name": type_name,
            "is_managed": True,
            "pending_mutations": [],
            "errors": [error.as_error() for error in self.errors],
            "warnings": [warning.as_warning() for warning in self.warnings],
            "created_at": self.created_at,
        }


def add_groups(workspace: Workspace, system: AcsSystemRow) -> None:
    """The access groups that a new system has; no event (spec: there is none)."""
    for group_type in system.kind.group_types:
        add_group(workspace, system, "Unit 1" if group_type == _RENTAL else "Main Group", group_type)


def add_group(workspace: Workspace, system: AcsSystemRow, name: str, group_type: str) -> AcsAccessGroupRow:
    """A new access group of a system, with nobody in it."""
    return workspace[AcsAccessGroupRow].put(
        AcsAccessGroupRow(
            acs_access_group_id=workspace.ids.uuid(),
            acs_system_id=system.id,
            workspace_id=system.workspace_id,
            connected_account_id=system.connected_account_id,
            name=name,
            external_type=group_type,
            created_at=workspace.clock.text(),
        )
    )


def find_group(workspace: Workspace, acs_access_group_id: str) -> AcsAccessGroupRow:
    """The access group of this id, or 404 `acs_access_group_not_found`."""
    data = {"acs_access_group_id": acs_access_group_id}
    return find(workspace, AcsAccessGroupRow, acs_access_group_id, words="ACS access group", data=data)


def groups_of_system(workspace: Workspace, acs_system_id: str) -> list[AcsAccessGroupRow]:
    """The access groups of a system, oldest first."""
    return workspace[AcsAccessGroupRow].where("acs_system_id", acs_system_id)


def groups_of_user(workspace: Workspace, user: AcsUserRow) -> list[AcsAccessGroupRow]:
    """The access groups that a user is in."""
    return [group for group in groups_of_system(workspace, user.acs_system_id) if user.id in group.acs_user_ids]


def entrances_of_group(workspace: Workspace, group: AcsAccessGroupRow) -> list[AcsEntranceRow]:
    """The entrances that a group opens."""
    if group.external_type == _RENTAL:
        return []
    return [row for row in workspace[AcsEntranceRow] if row.acs_system_id == group.acs_system_id]


def granted(workspace: Workspace, user: AcsUserRow) -> set[str]:
    """The ids of the entrances that a user was granted, directly or by a group."""
    groups = groups_of_user(workspace, user)
    by_group = {entrance.id for group in groups for entrance in entrances_of_group(workspace, group)}
    return {*user.acs_entrance_ids, *by_group}


def join(workspace: Workspace, group: AcsAccessGroupRow, user: AcsUserRow) -> None:
    """Let a user be in a group; one that is in it stays (assumed)."""
    check_system(group, user)
    if user.id not in group.acs_user_ids:
        workspace[AcsAccessGroupRow].put(group.but(acs_user_ids=(*group.acs_user_ids, user.id)))
        _outdate_cards(workspace, user.id)


def check_system(group: AcsAccessGroupRow, user: AcsUserRow) -> None:
    """Raise ApiError 400 `acs_system_mismatch` for a group of another system than the user's (assumed)."""
    if group.acs_system_id != user.acs_system_id:
        raise ApiError(400, "acs_system_mismatch", "The ACS user belongs to another ACS system than the access group")


def leave(workspace: Workspace, group: AcsAccessGroupRow, acs_user_id: str) -> None:
    """Let a user be in a group no more; one that is not in it stays so (assumed)."""
    if acs_user_id in group.acs_user_ids:
        left = tuple(one for one in group.acs_user_ids if one != acs_user_id)
        workspace[AcsAccessGroupRow].put(group.but(acs_user_ids=left))
        _outdate_cards(workspace, acs_user_id)


def delete_group(workspace: Workspace, group: AcsAccessGroupRow) -> None:
    """Delete a group: acs_access_group.deleted. Its users stay, and lose its entrances (assumed)."""
    workspace[AcsAccessGroupRow].remove(group.id)
    for acs_user_id in group.acs_user_ids:
        _outdate_cards(workspace, acs_user_id)
    event = AcsAccessGroupDeleted(
        acs_access_group_id=group.id,
        acs_system_id=group.acs_system_id,
        connected_account_id=group.connected_account_id,
    )
    workspace.events.emit(workspace, event)


def _outdate_cards(workspace: Workspace, acs_user_id: str) -> None:
    """The cards of a user open the old doors until they are written again: warning needs_to_be_reissued.

    Source: spec for the warning; that the doors of a group are on the card is assumed.
    """
    for credential in [row for row in workspace[AcsCredentialRow] if row.acs_user_id == acs_user_id]:
        if credential.access_method == "card" and credential.is_issued:
            workspace[AcsCredentialRow].put(outdated(workspace, credential))


def outdated(workspace: Workspace, card: AcsCredentialRow) -> AcsCredentialRow:
    """A card that has to be written again."""
    message = "The card does not have what changed since it was written. Encode it again."
    warning = Condition(REISSUE, message, workspace.clock.text())
    return card.but(warnings=(*without_codes(card.warnings, REISSUE), warning))
