"""Instant keys as rows and as clients see them."""

from __future__ import annotations

from typing import Any, ClassVar

from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._shared import Resource, find, given


class InstantKey(Resource):
    """An instant key as /instant_keys/get shows it."""

    instant_key_id: str
    workspace_id: str
    user_identity_id: str
    client_session_id: str
    instant_key_url: str
    created_at: str
    expires_at: str


@row_type
class InstantKeyRow(Row):
    """An instant key: a link that opens a session of its user identity on a phone. use_count: how often it was opened.

    Neither the count nor the most that it may be is shown (spec).
    """

    key: ClassVar[str] = "instant_key_id"
    not_found: ClassVar[str] = "instant_key_not_found"
    instant_key_id: str
    workspace_id: str
    user_identity_id: str
    client_session_id: str
    instant_key_url: str
    created_at: str
    expires_at: str
    customization_profile_id: str | None = None
    max_use_count: float = 1
    use_count: int = 0

    def view(self) -> dict[str, Any]:
        """The instant key as a client sees it."""
        return {
            "instant_key_id": self.instant_key_id,
            "workspace_id": self.workspace_id,
            "user_identity_id": self.user_identity_id,
            "client_session_id": self.client_session_id,
            "instant_key_url": self.instant_key_url,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            **given(customization_profile_id=self.customization_profile_id),
        }


def find_instant_key(workspace: Workspace, instant_key_id: str) -> InstantKeyRow:
    """The instant key of this id, or 404 `instant_key_not_found` (assumed)."""
    data = {"instant_key_id": instant_key_id}
    return find(workspace, InstantKeyRow, instant_key_id, words="Instant key", data=data)
