"""/acs/entrances: the doors of access systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import NonEmptyText, Nullable, Text, Uuid
from ...engine.workspace import Workspace
from .. import action_attempts
from .._filters import Filter, all_of, among, having, holding, searched
from .._shared import (
    API_KEY,
    CLIENT_SESSION,
    EVERYONE_READ,
    PAT,
    WITH_SESSION_READ,
    WORKSPACE,
    first,
)
from ..action_attempts import ActionFailed
from ..user_identities.model import find_user_identity
from .lookup import (
    bad_request,
    customer_of,
    entrances_of_credential,
    find_credential,
    find_entrance,
    find_system,
    find_user,
    sees_entrance,
    sees_person,
)
from .model import AcsCredentialRow, AcsEntranceRow, AcsSystemRow, AcsUserRow
from .state import ensure_user
from .users import one_user

router = Router("/acs/entrances")


def _visible(workspace: Workspace, caller: Caller, acs_entrance_id: str) -> AcsEntranceRow:
    entrance = find_entrance(workspace, acs_entrance_id)
    if not sees_entrance(workspace, caller, entrance):
        raise ApiError(401, "unauthorized", "Not authorized to view this entrance")
    return entrance


@router.get(
    "get",
    key="acs_entrance",
    allow=first(API_KEY, PAT, of=EVERYONE_READ),
    source="spec",
)
def get(workspace: Workspace, *, caller: Caller, acs_entrance_id: Uuid) -> AcsEntranceRow:
    """The entrance of this id; 404, and 401 for a client session that neither has its account nor may open it."""
    return _visible(workspace, caller, acs_entrance_id)


@router.post("grant_access", allow=WORKSPACE, source="spec", checks=(one_user(in_system=False),))
def grant_access(
    workspace: Workspace,
    *,
    acs_entrance_id: Uuid,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> None:
    """Let a user open an entrance. A person gets a user in the entrance's system when there is none (spec)."""
    entrance = find_entrance(workspace, acs_entrance_id)
    if acs_user_id is not None:
        user = find_user(workspace, acs_user_id)
        if user.acs_system_id != entrance.acs_system_id:
            raise bad_request("The ACS user belongs to another ACS system than the entrance")
    else:
        owner = find_user_identity(workspace, user_identity_id or "")
        user = ensure_user(workspace, find_system(workspace, entrance.acs_system_id), owner)
    ids = tuple(dict.fromkeys((*user.acs_entrance_ids, entrance.id)))
    workspace[AcsUserRow].put(user.but(acs_entrance_ids=ids))


@router.get(
    "list",
    key="acs_entrances",
    allow=first(API_KEY, CLIENT_SESSION, PAT, of=EVERYONE_READ),
    source="spec",
    page_limit=900,
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    access_method_id: Uuid | None = None,
    acs_credential_id: Uuid | None = None,
    acs_entrance_ids: list[Uuid] | None = None,
    acs_system_id: Uuid | None = None,
    connected_account_id: Uuid | None = None,
    customer_key: Text | None = None,
    location_id: Nullable[Uuid] = None,
    search: NonEmptyText | None = None,
    space_id: Uuid | None = None,
) -> Page:
    """Entrances, oldest first. All filters that are given have to match; a location is a space by its older name."""
    return page.page(
        workspace[AcsEntranceRow],
        all_of(
            None if caller.session is None else lambda row: sees_entrance(workspace, caller, row),
            _opened_by(workspace, "access_method_id", access_method_id),
            _opened_by(workspace, "acs_credential_id", acs_credential_id),
            among("id", acs_entrance_ids),
            having("acs_system_id", acs_system_id),
            having("connected_account_id", connected_account_id),
            _of_customer(workspace, customer_key),
            holding("space_ids", location_id),
            searched(search, lambda row: (row.display_name,)),
            holding("space_ids", space_id),
        ),
    )


def _opened_by(workspace: Workspace, name: str, wanted: str | None) -> Filter | None:
    """The entrances that a credential opens, or those of an access method; none where it is not there.

    name: the field of the credentials that is compared.
    """
    if wanted is None:
        return None
    found = [row for row in workspace[AcsCredentialRow] if getattr(row, name) == wanted]
    return among("id", {entrance.id for row in found for entrance in entrances_of_credential(workspace, row)})


def _of_customer(workspace: Workspace, customer_key: str | None) -> Filter | None:
    if customer_key is None:
        return None
    return lambda row: customer_of(workspace, row.connected_account_id) == customer_key


@router.get(
    "list_credentials_with_access",
    key="acs_credentials",
    allow=WITH_SESSION_READ,
    source="spec",
)
def list_credentials_with_access(
    workspace: Workspace,
    *,
    caller: Caller,
    acs_entrance_id: Uuid,
    include_if: list[Literal["visionline_metadata.is_valid"]] | None = None,
) -> Sequence[Row]:
    """The credentials that open an entrance, oldest first; include_if: only issued Visionline ones that are valid."""
    entrance = _visible(workspace, caller, acs_entrance_id)
    return [
        row
        for row in workspace[AcsCredentialRow]
        if entrance in entrances_of_credential(workspace, row)
        and sees_person(caller, row.user_identity_id)
        and (not include_if or row.view().get("visionline_metadata", {}).get("is_valid") is True)
    ]


def open_entrance(
    workspace: Workspace, action_attempt_id: str, acs_entrance_id: str, acs_credential_id: str
) -> dict[str, Any]:
    """Open an entrance when the credential is good for it; else the attempt fails (error types and texts assumed)."""
    entrance = workspace[AcsEntranceRow].get(acs_entrance_id)
    credential = workspace[AcsCredentialRow].get(acs_credential_id)
    if entrance is None or credential is None:
        raise ActionFailed("uncategorized_error", "The entrance or the credential was deleted meanwhile.")
    system = workspace[AcsSystemRow].get(entrance.acs_system_id)
    if system is not None and system.errors:
        raise ActionFailed("uncategorized_error", system.errors[0].message)
    user = workspace[AcsUserRow].get(credential.acs_user_id)
    if user is None or not user.has_access:
        raise ActionFailed("uncategorized_error", "The user of the credential has no access.")
    is_in_time = credential.is_in_time(workspace.clock.text())
    if not (is_in_time and credential.is_issued and credential.is_valid):
        raise ActionFailed("uncategorized_error", "The credential is not valid at this time.")
    if entrance not in entrances_of_credential(workspace, credential):
        raise ActionFailed("uncategorized_error", "The credential does not open this entrance.")
    return {"was_confirmed_by_device": True}


@router.post("unlock", key="action_attempt", allow=WORKSPACE, source="spec")
def unlock(workspace: Workspace, *, acs_credential_id: Uuid, acs_entrance_id: Uuid) -> Row:
    """Unlock an entrance with a cloud key: UNLOCK_DOOR attempt. Other credentials: 400 `not_supported` (assumed)."""
    entrance = find_entrance(workspace, acs_entrance_id)
    credential = find_credential(workspace, acs_credential_id)
    if credential.access_method != "cloud_key":
        raise ApiError(400, "not_supported", "Only a cloud_key credential can unlock an entrance remotely")
    return action_attempts.start(
        workspace,
        "UNLOCK_DOOR",
        open_entrance,
        entrance.id,
        credential.id,
        subject=(None, entrance.connected_account_id),
    )
