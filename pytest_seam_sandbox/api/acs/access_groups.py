"""/acs/access_groups: groups of users that open the same entrances."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import NonEmptyText, Uuid
from ...engine.workspace import Workspace
from .._shared import API_KEY, WITH_SESSION, WORKSPACE, WORKSPACE_READ, contains, first
from ..user_identities.model import find_user_identity, present_id
from .groups import (
    AcsAccessGroupRow,
    delete_group,
    entrances_of_group,
    find_group,
    join,
    leave,
)
from .lookup import find_system, find_user, member, users_of
from .model import AcsUserRow
from .state import ensure_user
from .users import one_user

router = Router("/acs/access_groups")

_ONE_USER = (one_user(in_system=False),)


@router.put("add_user", allow=WORKSPACE, source="spec", checks=_ONE_USER)
def add_user(
    workspace: Workspace,
    *,
    acs_access_group_id: Uuid,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> None:
    """Add a user, or a person, who gets a user in the system of the group when there is none (spec); no event.

    The user opens what the group opens; a card has to be encoded again (assumed). In it already: nothing happens.
    """
    group = find_group(workspace, acs_access_group_id)
    if acs_user_id is not None:
        user = find_user(workspace, acs_user_id)
    else:
        owner = find_user_identity(workspace, user_identity_id or "")
        user = ensure_user(workspace, find_system(workspace, group.acs_system_id), owner)
    join(workspace, group, user)


@router.delete("delete", allow=WITH_SESSION, source="spec")
def delete(workspace: Workspace, *, caller: Caller, acs_access_group_id: Uuid) -> None:
    """Delete a group: acs_access_group.deleted. Its users stay, and lose its entrances (assumed)."""
    group = find_group(workspace, acs_access_group_id)
    if not caller.may_see_account(group.connected_account_id):
        raise ApiError(401, "unauthorized", "Not authorized to delete this access group")
    delete_group(workspace, group)


@router.get("get", key="acs_access_group", allow=WORKSPACE_READ, source="spec")
def get(workspace: Workspace, *, acs_access_group_id: Uuid) -> AcsAccessGroupRow:
    """The access group of this id; 404 `acs_access_group_not_found`."""
    return find_group(workspace, acs_access_group_id)


@router.get("list", key="acs_access_groups", allow=WORKSPACE_READ, source="spec")
def list_(
    workspace: Workspace,
    *,
    acs_system_id: Uuid | None = None,
    acs_user_id: Uuid | None = None,
    search: NonEmptyText | None = None,
    user_identity_id: Uuid | None = None,
) -> list[AcsAccessGroupRow]:
    """Access groups, oldest first, without pages; of a system, a user or a person. search: name or id (spec)."""
    person = None if user_identity_id is None else present_id(workspace, user_identity_id)
    own = None if person is None else {user.id for user in users_of(workspace, person)}
    return [
        group
        for group in workspace[AcsAccessGroupRow]
        if acs_system_id in (None, group.acs_system_id)
        and (acs_user_id is None or acs_user_id in group.acs_user_ids)
        and (own is None or not own.isdisjoint(group.acs_user_ids))
        and contains(search, group.name, group.id)
    ]


@router.get("list_accessible_entrances", key="acs_entrances", allow=first(API_KEY, of=WORKSPACE_READ), source="spec")
def list_accessible_entrances(workspace: Workspace, *, acs_access_group_id: Uuid) -> Sequence[Row]:
    """The entrances that a group opens: all of its system (assumed), none for a unit of PTI (docs)."""
    return entrances_of_group(workspace, find_group(workspace, acs_access_group_id))


@router.get("list_users", key="acs_users", allow=WORKSPACE_READ, source="spec")
def list_users(workspace: Workspace, *, acs_access_group_id: Uuid) -> Sequence[Row]:
    """The users in a group, suspended ones too, in the order in which they joined (assumed)."""
    group = find_group(workspace, acs_access_group_id)
    return [workspace[AcsUserRow][acs_user_id] for acs_user_id in group.acs_user_ids]


@router.delete("remove_user", allow=WORKSPACE, source="spec", checks=_ONE_USER)
def remove_user(
    workspace: Workspace,
    *,
    acs_access_group_id: Uuid,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> None:
    """Remove a user, who opens what the group opens no more; no event (spec). Not in it: nothing happens (assumed).

    A person without a user in the system of the group: 404 `acs_user_not_found` (assumed).
    """
    group = find_group(workspace, acs_access_group_id)
    leave(workspace, group, member(workspace, group, acs_user_id, user_identity_id))
