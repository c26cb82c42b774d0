"""How access systems, their users, entrances and credentials are found, and what opens what."""

from __future__ import annotations

from typing import Any

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from .._filters import Filter
from .._shared import find, not_found
from ..connected_accounts.model import ConnectedAccountRow
from ..user_identities.model import find_user_identity
from .groups import AcsAccessGroupRow, granted, groups_of_system
from .model import AcsCredentialRow, AcsEntranceRow, AcsSystemRow, AcsUserRow


def find_system(workspace: Workspace, acs_system_id: str) -> AcsSystemRow:
    """The access system of this id, or 404 `acs_system_not_found`."""
    return find(workspace, AcsSystemRow, acs_system_id, words="ACS system", data={"acs_system_id": acs_system_id})


def find_user(workspace: Workspace, acs_user_id: str) -> AcsUserRow:
    """The user of this id, or 404 `acs_user_not_found`."""
    return find(workspace, AcsUserRow, acs_user_id, words="ACS user", data={"acs_user_id": acs_user_id})


def find_entrance(workspace: Workspace, acs_entrance_id: str) -> AcsEntranceRow:
    """The entrance of this id, or 404 `acs_entrance_not_found`."""
    data = {"acs_entrance_id": acs_entrance_id}
    return find(workspace, AcsEntranceRow, acs_entrance_id, words="ACS entrance", data=data)


def find_credential(workspace: Workspace, acs_credential_id: str) -> AcsCredentialRow:
    """The credential of this id, or 404 `acs_credential_not_found`."""
    data = {"acs_credential_id": acs_credential_id}
    return find(workspace, AcsCredentialRow, acs_credential_id, words="ACS credential", data=data)


def member(workspace: Workspace, group: AcsAccessGroupRow, acs_user_id: str | None, person_id: str | None) -> str:
    """The id of the user that is named, or of the person's user in the system of a group; 404 `acs_user_not_found`."""
    if acs_user_id is not None:
        return find_user(workspace, acs_user_id).id
    for user in users_of(workspace, find_user_identity(workspace, person_id or "").id):
        if user.acs_system_id == group.acs_system_id:
            return user.id
    data = {"acs_system_id": group.acs_system_id, "user_identity_id": person_id}
    raise not_found("acs_user_not_found", "ACS user not found", data)


def system_view(workspace: Workspace, system: AcsSystemRow) -> dict[str, Any]:
    """The system as a client sees it."""
    counts = {
        "acs_user_count": sum(user.acs_system_id == system.id for user in workspace[AcsUserRow]),
        "acs_access_group_count": len(groups_of_system(workspace, system.id)),
    }
    return system.view() | counts


def credentials_of(workspace: Workspace, user: AcsUserRow) -> list[AcsCredentialRow]:
    """The credentials of a user, those of single phones included."""
    return [row for row in workspace[AcsCredentialRow] if row.acs_user_id == user.id]


def users_of(workspace: Workspace, user_identity_id: str) -> list[AcsUserRow]:
    """The users of a person in all access systems."""
    return [row for row in workspace[AcsUserRow] if row.user_identity_id == user_identity_id]


def entrances_of_credential(workspace: Workspace, credential: AcsCredentialRow) -> list[AcsEntranceRow]:
    """What a credential opens: the entrances that it names, else those that its user was granted (assumed).

    Granted: directly, or by an access group (docs).
    """
    user = workspace[AcsUserRow].get(credential.acs_user_id)
    ids = credential.allowed_acs_entrance_ids
    if ids is None:
        ids = tuple(granted(workspace, user)) if user else ()
    return [row for row in workspace[AcsEntranceRow] if row.id in ids]


def entrances_of_user(workspace: Workspace, user: AcsUserRow) -> list[AcsEntranceRow]:
    """What a user may open: what was granted, and what the valid credentials open in their time.

    Nothing while suspended or outside of the access schedule (docs).
    """
    if not user.has_access:
        return []
    ids, now = granted(workspace, user), workspace.clock.text()
    for credential in credentials_of(workspace, user):
        if credential.is_valid and credential.is_in_time(now):
            ids.update(credential.allowed_acs_entrance_ids or ())
    return [row for row in workspace[AcsEntranceRow] if row.id in ids]


def accessible_entrances(workspace: Workspace, user_identity_id: str) -> list[AcsEntranceRow]:
    """What a person may open in all access systems."""
    ids = {
        entrance.id for user in users_of(workspace, user_identity_id) for entrance in entrances_of_user(workspace, user)
    }
    return [row for row in workspace[AcsEntranceRow] if row.id in ids]


def sees_person(caller: Caller, user_identity_id: str | None) -> bool:
    """Whether what belongs to this person is within the caller's reach: a client session sees its own only."""
    return caller.session is None or user_identity_id in caller.session.user_identity_ids


def of_visible_person(caller: Caller) -> Filter | None:
    """The filter by what belongs to people within the caller's reach."""
    return None if caller.session is None else lambda row: sees_person(caller, row.user_identity_id)


def sees_entrance(workspace: Workspace, caller: Caller, entrance: AcsEntranceRow) -> bool:
    """Whether a client session sees an entrance: one of its accounts, or one that its person may open (assumed)."""
    return caller.may_see_account(entrance.connected_account_id) or (
        caller.session is not None
        and any(
            entrance in accessible_entrances(workspace, user_identity_id)
            for user_identity_id in caller.session.user_identity_ids
        )
    )


def customer_of(workspace: Workspace, connected_account_id: str) -> str | None:
    """The customer key of an account."""
    account = workspace[ConnectedAccountRow].get(connected_account_id)
    return None if account is None else account.customer_key


def bad_request(text: str) -> ApiError:
    """A request that breaks a rule between several resources; the server says so without a tree (docs)."""
    return ApiError(400, "invalid_input", text)
