"""What can happen to a connected account."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from ...catalog.devices import providers
from ...engine.signals import Signal
from ...engine.workspace import Workspace
from .._ranks import by_rank
from .._shared import (
    Condition,
    errors_in_event,
    given,
    warnings_in_event,
    when_noticed,
    without_codes,
)
from .events import (
    ConnectedAccountCompletedFirstSyncAfterReconnection,
    ConnectedAccountConnected,
    ConnectedAccountDisconnected,
)
from .model import ConnectedAccountRow, account_of_login

account_lost: Signal[[Workspace, ConnectedAccountRow]] = Signal(by_rank("devices.state", "acs.state"))
"""Sent after an account lost its connection."""


account_recovered: Signal[[Workspace, ConnectedAccountRow]] = Signal(by_rank("devices.state", "acs.state"))
"""Sent after an account was connected again."""


deleting_account: Signal[[Workspace, ConnectedAccountRow]] = Signal(
    by_rank("devices.state", "client_sessions.state", "acs.state", "spaces.state")
)
"""Sent before an account goes, so that what came through it goes first."""


def make_account(
    workspace: Workspace, provider: str, *, email: str | None = None, **details: Any
) -> ConnectedAccountRow:
    """The record of a new account, before any event; its details are those of the row.

    email: of the login at the provider; by default the first test login of Seam's sandbox that is still free.
    """
    login = email or next(free for free in _test_logins() if account_of_login(workspace, provider, free) is None)
    listing = next((row for row in providers() if row["device_provider_name"] == provider), None)
    return workspace[ConnectedAccountRow].put(
        ConnectedAccountRow(
            connected_account_id=workspace.ids.uuid(),
            account_type=provider,
            account_type_display_name=listing["display_name"] if listing else provider.replace("_", " ").title(),
            display_name=login,
            created_at=workspace.clock.text(),
            user_identifier={"email": login},
            image_url=listing["image_url"] if listing else None,
            **details,
        )
    )


def _test_logins() -> Iterator[str]:
    yield from ("jane@example.com", "john@example.com", "sam@example.com", "frodo@example.com")
    yield from (f"guest{number}@example.com" for number in count(1))


def announce_connection(
    workspace: Workspace, account: ConnectedAccountRow, connect_webview_id: str | None = None
) -> None:
    """Log connected_account.connected."""
    optional = given(connect_webview_id=connect_webview_id, customer_key=account.customer_key)
    workspace.events.emit(workspace, ConnectedAccountConnected(**account.event_fields(), **optional))


def lose_login(workspace: Workspace, account: ConnectedAccountRow) -> None:
    """Let the login at the provider work no more; Seam notices in its time, unless there is a new login before."""
    workspace[ConnectedAccountRow].put(account.but(is_logged_in=False))
    when_noticed(workspace, _notice_loss, account.id)


def _notice_loss(workspace: Workspace, connected_account_id: str) -> None:
    account = workspace[ConnectedAccountRow].get(connected_account_id)
    if account is not None and not account.is_logged_in:
        lose(workspace, account)


def lose(workspace: Workspace, account: ConnectedAccountRow, *, error: Condition | None = None) -> None:
    """Take the link to the provider away: the error on the account, its event, then the account's devices.

    Lost already: nothing happens. Source: docs for the error, spec for the event; the order is assumed.
    """
    if account.is_disconnected:
        return
    error = error or Condition(
        "account_disconnected",
        "Account Disconnected: the login at the provider no longer works. Reconnect it with a new Connect Webview.",
        workspace.clock.text(),
        (("is_connected_account_error", True),),
    )
    is_told = account.is_out_of_reach
    account = workspace[ConnectedAccountRow].put(account.but(errors=(*account.errors, error)))
    if not is_told:
        announce_loss(workspace, account)
    account_lost.send(workspace, account)


def announce_loss(workspace: Workspace, account: ConnectedAccountRow) -> None:
    """Log connected_account.disconnected."""
    workspace.events.emit(
        workspace, ConnectedAccountDisconnected(**account.event_fields(), **account_issue_fields(account))
    )


def account_issue_fields(account: ConnectedAccountRow) -> dict[str, Any]:
    """The two lists that an event about trouble with an account carries."""
    return {
        "connected_account_errors": errors_in_event(account.errors),
        "connected_account_warnings": warnings_in_event(account.warnings),
    }


def recover(workspace: Workspace, account: ConnectedAccountRow, connect_webview_id: str | None = None) -> None:
    """Connect a lost account again. Events in the order of docs and spec.

    connect_webview_id: where its user logged in, which connected_account.connected tells in any case (assumed: without
    a login it waits until the bridge is back, too).
    """
    errors = without_codes(account.errors, "account_disconnected")
    was_disconnected = account.is_disconnected
    account = workspace[ConnectedAccountRow].put(account.but(errors=errors, is_logged_in=True))
    if not was_disconnected:
        return
    if connect_webview_id is not None or not account.is_out_of_reach:
        announce_connection(workspace, account, connect_webview_id)
    account_recovered.send(workspace, account)
    synced = ConnectedAccountCompletedFirstSyncAfterReconnection(**account.event_fields())
    workspace.events.emit(workspace, synced)
