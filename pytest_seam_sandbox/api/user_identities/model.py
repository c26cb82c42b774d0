"""User identities as other families need them: the row and its end."""

from __future__ import annotations

from typing import Any, ClassVar

from ...engine.errors import ApiError
from ...engine.signals import Signal
from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._ranks import by_rank
from .._shared import Condition, Problem, Resource, find

deleting_user_identity: Signal[[Workspace, UserIdentityRow]] = Signal(
    by_rank(
        "access_grants.reactions",
        "acs.state",
        "client_sessions.state",
        "instant_keys.state",
        "phones.state",
        highest_first=True,
    )
)
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
    merged_user_identity_ids: list[str]
    merged_user_identity_keys: list[str]
    errors: list[Problem]
    warnings: list[Problem]
    created_at: str


@row_type
class UserIdentityRow(Row):
    """A user identity.

    accessible_device_ids: the devices to which it was granted access; not shown. merged_ids and merged_keys: whom it
    stands for since they were merged into it.
    customer_key: the customer whose data it belongs to; not shown.
    """

    key: ClassVar[str] = "user_identity_id"
    not_found: ClassVar[str] = "user_identity_not_found"
    user_identity_id: str
    workspace_id: str
    created_at: str
    full_name: str | None = None
    email_address: str | None = None
    phone_number: str | None = None
    user_identity_key: str | None = None
    acs_user_ids: tuple[str, ...] = ()
    accessible_device_ids: tuple[str, ...] = ()
    merged_ids: tuple[str, ...] = ()
    merged_keys: tuple[str, ...] = ()
    is_managed: bool = True
    customer_key: str | None = None
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    @property
    def display_name(self) -> str:
        """The first of full name, email address and key that is there. Source: official fake."""
        named = self.full_name or self.email_address or self.user_identity_key
        return named or f"User Identity {self.user_identity_id[:8]}"

    def view(self) -> dict[str, Any]:
        """The user identity as a client sees it; an unmanaged one has no key (spec)."""
        key = {"user_identity_key": self.user_identity_key} if self.is_managed else {}
        return {
            "user_identity_id": self.user_identity_id,
            "workspace_id": self.workspace_id,
            "display_name": self.display_name,
            "full_name": self.full_name,
            "email_address": self.email_address,
            "phone_number": self.phone_number,
            **key,
            "acs_user_ids": self.acs_user_ids,
            "merged_user_identity_ids": self.merged_ids,
            "merged_user_identity_keys": self.merged_keys,
            "errors": [error.as_error() for error in self.errors],
            "warnings": [warning.as_warning() for warning in self.warnings],
            "created_at": self.created_at,
        }


def remove_user_identity(workspace: Workspace, row: UserIdentityRow) -> None:
    """Delete a user identity, after all that belongs to it."""
    deleting_user_identity.send(workspace, row)
    workspace[UserIdentityRow].remove(row.id)


def find_user_identity(workspace: Workspace, user_identity_id: str) -> UserIdentityRow:
    """The user identity of this id, or the one into which it was merged; else 404 `user_identity_not_found`."""
    return find(workspace, UserIdentityRow, present_id(workspace, user_identity_id), words="User identity")


def present_id(workspace: Workspace, user_identity_id: str) -> str:
    """The id of the user identity into which this one was merged; any other id stays as it is."""
    if workspace[UserIdentityRow].get(user_identity_id) is None:
        for row in workspace[UserIdentityRow]:
            if user_identity_id in row.merged_ids:
                return row.id
    return user_identity_id


def ids_of(workspace: Workspace, user_identity_id: str) -> frozenset[str]:
    """All ids under which what happened to this person is known: its own, and those that were merged into it."""
    row = workspace[UserIdentityRow].get(present_id(workspace, user_identity_id))
    return frozenset({user_identity_id} if row is None else {row.id, *row.merged_ids})


def find_by_key(workspace: Workspace, user_identity_key: str) -> UserIdentityRow | None:
    """The user identity of this key, or the one into which it was merged; None when there is none."""
    for row in workspace[UserIdentityRow]:
        if user_identity_key == row.user_identity_key or user_identity_key in row.merged_keys:
            return row
    return None


def refuse_duplicates(workspace: Workspace, row: UserIdentityRow) -> UserIdentityRow:
    """Key, email address and phone number are each unique in a workspace (docs); the error type is assumed.

    A key that leads to a user identity since another one was merged into it is taken too (assumed).
    """
    for other in workspace[UserIdentityRow]:
        if row.user_identity_key in other.merged_keys and other.id != row.id:
            raise _duplicate("user_identity_key", row.user_identity_key, other)
    for name in ("user_identity_key", "email_address", "phone_number"):
        value = getattr(row, name)
        for other in workspace[UserIdentityRow]:
            if value is not None and getattr(other, name) == value and other.id != row.id:
                raise _duplicate(name, value, other)
    return row


def _duplicate(name: str, value: str | None, other: UserIdentityRow) -> ApiError:
    return ApiError(
        409,
        "duplicate_user_identity",
        f"A user identity with this {name} already exists",
        data={name: value, "user_identity_id": other.id},
    )
