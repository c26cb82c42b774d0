"""The events of connected accounts."""

from __future__ import annotations

from .._shared import (
    AccountMetadataFields,
)


class ConnectedAccountCreated(AccountMetadataFields, event_type="connected_account.created"):
    """An account record was made through a Connect Webview."""

    connected_account_id: str
    connect_webview_id: str


class ConnectedAccountConnected(AccountMetadataFields, event_type="connected_account.connected"):
    """An account was connected for the first time, or again."""

    connected_account_id: str
    connect_webview_id: str | None = None
    customer_key: str | None = None


class ConnectedAccountCompletedFirstSync(AccountMetadataFields, event_type="connected_account.completed_first_sync"):
    """The devices of a new account are there."""

    connected_account_id: str


class ConnectedAccountCompletedFirstSyncAfterReconnection(
    AccountMetadataFields, event_type="connected_account.completed_first_sync_after_reconnection"
):
    """The devices of an account that was connected again are up to date."""

    connected_account_id: str


class ConnectedAccountDisconnected(AccountMetadataFields, event_type="connected_account.disconnected"):
    """An account lost its connection."""

    connected_account_id: str
    connected_account_errors: list[dict[str, str]]
    connected_account_warnings: list[dict[str, str]]


class ConnectedAccountReauthorizationRequested(
    AccountMetadataFields, event_type="connected_account.reauthorization_requested"
):
    """An account still works, but its user has to log in again soon."""

    connected_account_id: str
    connected_account_errors: list[dict[str, str]]
    connected_account_warnings: list[dict[str, str]]


class ConnectedAccountDeleted(AccountMetadataFields, event_type="connected_account.deleted"):
    """An account was deleted."""

    connected_account_id: str
    connected_account_type: str | None = None
    customer_key: str | None = None
