"""User identities: the people who hold phones, credentials and access. They emit no events of their own (spec)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..engine.auth import Caller
from ..engine.errors import ApiError
from ..engine.pages import Page, Pager
from ..engine.router import Router
from ..engine.signals import Signal
from ..engine.store import Row, Workspace
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
    Problem,
    Resource,
    contains,
    find,
    not_found,
    written,
)

router = Router("/user_identities")

deleting_user_identity: Signal[[Workspace, UserIdentityRow]] = Signal()
"""Sent before a user identity goes, so that what belongs to it goes first."""


class UserIdentity(Resource):
    """A user identity as /user_identities/get shows it."""

    user_identity_id: str
    workspace_id: str
    display_name: str
    full_name: str | None
    email_address: str | None
    phone_number: str | None
    user_identity_key: str | None
    acs_user_ids: list[str]
    errors: list[Problem]
    warnings: list[Problem]
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserIdentityRow(Row):
    """A user identity."""

    key: ClassVar[str] = "user_identity_id"
    not_found: ClassVar[str] = "user_identity_not_found"
    user_identity_id: str
    workspace_id: str
    created_at: str
    full_name: str | None = None
    email_address: str | None = None
    phone_number: str | None = None
    user_identity_key: str | None = None

    @property
    def display_name(self) -> str:
        """The first of full name, email address and key that is there. Source: official fake."""
        named = self.full_name or self.email_address or self.user_identity_key
        return named or f"User Identity {self.user_identity_id[:8]}"

    def view(self) -> dict[str, Any]:
        """The user identity as a client sees it."""
        return {
            "user_identity_id": self.user_identity_id,
            "workspace_id": self.workspace_id,
            "display_name": self.display_name,
            "full_name": self.full_name,
            "email_address": self.email_address,
            "phone_number": self.phone_number,
            "user_identity_key": self.user_identity_key,
            "acs_user_ids": [],
            "errors": [],
            "warnings": [],
            "created_at": self.created_at,
        }


def find_user_identity(workspace: Workspace, user_identity_id: str) -> UserIdentityRow:
    """The user identity of this id, or 404 `user_identity_not_found`."""
    return find(workspace, UserIdentityRow, user_identity_id, words="User identity")


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
    email_address: Nullable[Email] = None,
    full_name: Nullable[NonEmptyText] = None,
    phone_number: Nullable[Text] = None,
    user_identity_key: Nullable[NonEmptyText] = None,
) -> UserIdentityRow:
    """A new user identity; nothing about it is required."""
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
