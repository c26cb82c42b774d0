"""User identities: the people who hold phones, credentials and access. They emit no events of their own (spec)."""

from __future__ import annotations

from typing import Any

from ..engine.auth import Caller
from ..engine.errors import ApiError
from ..engine.pages import Page, Pager
from ..engine.router import Router
from ..engine.store import Workspace
from ..engine.types import UNSET, DateTime, Email, NonEmptyText, Nullable, Text, Unset, Uuid
from ._shared import (
    API_KEY,
    CLIENT_SESSION,
    CONSOLE,
    PAT,
    PORTAL,
    PORTAL_READ_ONLY,
    SUPPORT,
    WORKSPACE,
    contains,
    not_found,
    written,
)
from ._user_identities import UserIdentityRow, deleting_user_identity, find_user_identity

router = Router("/user_identities")


def _refuse_duplicates(workspace: Workspace, row: UserIdentityRow) -> UserIdentityRow:
    """Key, email address and phone number are each unique in a workspace (docs); the error type is assumed."""
    for name in ("user_identity_key", "email_address", "phone_number"):
        value = getattr(row, name)
        for other in workspace[UserIdentityRow]:
            if value is not None and getattr(other, name) == value and other.id != row.id:
                raise ApiError(
                    409,
                    "duplicate_user_identity",
                    f"A user identity with this {name} already exists",
                    data={name: value, "user_identity_id": other.id},
                )
    return row


@router.post("create", key="user_identity", allow=WORKSPACE, source="spec")
def create(
    workspace: Workspace,
    *,
    acs_system_ids: list[Uuid] | None = None,
    customer_key: Text | None = None,
    email_address: Nullable[Email] = None,
    full_name: Nullable[NonEmptyText] = None,
    phone_number: Nullable[Text] = None,
    user_identity_key: Nullable[NonEmptyText] = None,
) -> UserIdentityRow:
    """A new user identity; nothing about it is required. customer_key: only the SDK has it, no answer shows it."""
    for acs_system_id in acs_system_ids or ():
        raise not_found("acs_system_not_found", "ACS system not found", {"acs_system_id": acs_system_id})
    row = UserIdentityRow(
        user_identity_id=workspace.ids.uuid(),
        workspace_id=workspace.workspace_id,
        created_at=workspace.clock.text(),
        full_name=full_name,
        email_address=email_address,
        phone_number=phone_number,
        user_identity_key=user_identity_key,
    )
    return workspace[UserIdentityRow].put(_refuse_duplicates(workspace, row))


@router.get(
    "get",
    key="user_identity",
    allow=(API_KEY, PAT, CONSOLE, PORTAL, PORTAL_READ_ONLY, SUPPORT),
    source="spec",
    one_of=("user_identity_id", "user_identity_key"),
)
def get(
    workspace: Workspace, *, user_identity_id: Uuid | None = None, user_identity_key: Text | None = None
) -> UserIdentityRow:
    """The user identity of this id or key; 404 `user_identity_not_found`."""
    if user_identity_id is not None:
        return find_user_identity(workspace, user_identity_id)
    for row in workspace[UserIdentityRow]:
        if row.user_identity_key == user_identity_key:
            return row
    raise not_found("user_identity_not_found", "User identity not found", {"user_identity_key": user_identity_key})


@router.get(
    "list",
    key="user_identities",
    allow=(API_KEY, CLIENT_SESSION, PAT, CONSOLE, SUPPORT),
    source="spec",
    page_limit=500,
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    created_before: DateTime | None = None,
    credential_manager_acs_system_id: Uuid | None = None,
    search: Text | None = None,
    user_identity_ids: list[Uuid] | None = None,
) -> Page:
    """User identities, oldest first. A client session sees its own only. search: name, phone, email or id."""
    before = written(created_before)
    visible = None if caller.session is None else caller.session.user_identity_ids

    def matches(row: UserIdentityRow) -> bool:
        return (
            (visible is None or row.id in visible)
            and credential_manager_acs_system_id is None
            and (before is None or row.created_at < before)
            and (user_identity_ids is None or row.id in user_identity_ids)
            and contains(search, row.full_name, row.phone_number, row.email_address, row.id)
        )

    return page.page(workspace[UserIdentityRow], matches)


@router.patch("update", allow=(PAT, CONSOLE, API_KEY), source="spec")
def update(
    workspace: Workspace,
    *,
    user_identity_id: Uuid,
    email_address: Nullable[Email] | Unset = UNSET,
    full_name: Nullable[NonEmptyText] | Unset = UNSET,
    phone_number: Nullable[Text] | Unset = UNSET,
    user_identity_key: Nullable[NonEmptyText] | Unset = UNSET,
) -> None:
    """Change what is given; null clears. 409 `duplicate_user_identity` when another one has that value."""
    changes: dict[str, Any] = {
        "email_address": email_address,
        "full_name": full_name,
        "phone_number": phone_number,
        "user_identity_key": user_identity_key,
    }
    row = find_user_identity(workspace, user_identity_id)
    changed = row.but(**{name: value for name, value in changes.items() if value is not UNSET})
    workspace[UserIdentityRow].put(_refuse_duplicates(workspace, changed))


@router.delete("delete", allow=WORKSPACE, source="docs")
def delete(workspace: Workspace, *, user_identity_id: Uuid) -> None:
    """Delete a user identity and what belongs to it: its phones are deactivated first, each with its event."""
    row = find_user_identity(workspace, user_identity_id)
    deleting_user_identity.send(workspace, row)
    workspace[UserIdentityRow].remove(row.id)
