"""User identities as other families need them: the row and its end. Endpoints: user_identities.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..engine.signals import Signal
from ..engine.store import Row, Workspace
from ._shared import Problem, Resource, find

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
    acs_user_ids: tuple[str, ...] = ()

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
            "acs_user_ids": self.acs_user_ids,
            "errors": [],
            "warnings": [],
            "created_at": self.created_at,
        }


def find_user_identity(workspace: Workspace, user_identity_id: str) -> UserIdentityRow:
    """The user identity of this id, or 404 `user_identity_not_found`."""
    return find(workspace, UserIdentityRow, user_identity_id, words="User identity")
