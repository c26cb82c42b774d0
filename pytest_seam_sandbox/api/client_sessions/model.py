"""Client sessions as other families need them: the row, and how a token finds it."""

from __future__ import annotations

from typing import Any, ClassVar

from ...engine.app import App
from ...engine.clock import written_at
from ...engine.errors import ApiError
from ...engine.store import Row, row_type
from ...engine.workspace import Workspace
from .._shared import given


@row_type
class ClientSessionRow(Row):
    """A client session: what its token may reach."""

    key: ClassVar[str] = "client_session_id"
    not_found: ClassVar[str] = "client_session_not_found"
    client_session_id: str
    workspace_id: str
    token: str
    created_at: str
    expires_at: str
    user_identifier_key: str | None = None
    customer_key: str | None = None
    connected_account_ids: tuple[str, ...] = ()
    connect_webview_ids: tuple[str, ...] = ()
    user_identity_ids: tuple[str, ...] = ()
    is_revoked: bool = False
    is_read_only: bool = False

    def view(self) -> dict[str, Any]:
        """The session as a client sees it, but for `device_count`, which depends on other rows."""
        return {
            "client_session_id": self.client_session_id,
            "workspace_id": self.workspace_id,
            "token": self.token,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            "user_identifier_key": self.user_identifier_key,
            "connected_account_ids": self.connected_account_ids,
            "connect_webview_ids": self.connect_webview_ids,
            "user_identity_ids": self.user_identity_ids,
            **given(
                customer_key=self.customer_key,
                user_identity_id=self.user_identity_ids[0] if self.user_identity_ids else None,
            ),
        }


def find_session(app: App, token: str) -> tuple[Workspace, ClientSessionRow]:
    """The workspace and session of a token, or the ApiError 401 that says what is wrong. Source: official fake.

    To be called under the lock of the app.
    """
    now = written_at(app.clock.timestamp())
    for workspace in app.workspaces.values():
        for session in workspace[ClientSessionRow]:
            if session.token == token:
                if session.is_revoked:
                    raise ApiError(401, "client_session_revoked", "Unauthorized (client session revoked)")
                if session.expires_at <= now:
                    raise ApiError(401, "client_session_expired", "Unauthorized (client session expired)")
                return workspace, session
    raise ApiError(401, "client_session_not_found", "Unauthorized (client session not found)")


def accounts_of_user(workspace: Workspace, user_identifier_key: str | None) -> frozenset[str] | None:
    """The accounts of the client sessions with this key; None when no key is asked for. Source: docs."""
    if user_identifier_key is None:
        return None
    return frozenset(
        account_id
        for session in workspace[ClientSessionRow]
        if session.user_identifier_key == user_identifier_key
        for account_id in session.connected_account_ids
    )
