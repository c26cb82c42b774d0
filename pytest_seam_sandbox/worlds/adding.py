"""Accounts out of nothing, for worlds and for tests."""

from __future__ import annotations

from collections.abc import Mapping

from ..api.connected_accounts.model import ConnectedAccountRow
from ..api.connected_accounts.state import announce_connection, make_account
from ..engine.workspace import Workspace


def add_account(
    workspace: Workspace,
    provider: str,
    *,
    email: str | None = None,
    customer_key: str | None = None,
    custom_metadata: Mapping[str, str | bool] | None = None,
) -> ConnectedAccountRow:
    """A connected account of this provider, without a Connect Webview: connected_account.connected."""
    account = make_account(
        workspace, provider, email=email, customer_key=customer_key, custom_metadata=dict(custom_metadata or {})
    )
    announce_connection(workspace, account)
    return account
