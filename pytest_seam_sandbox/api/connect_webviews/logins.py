"""What happens when people log in at a provider, or fail to."""

from __future__ import annotations

from ...catalog.devices import providers
from ...engine.errors import SandboxError, is_for_the_test
from ...engine.events import EventFields
from ...engine.workspace import Workspace
from .._shared import (
    AccountMetadataFields,
    given,
    without_codes,
)
from ..acs.sites import add_sandbox_systems
from ..client_sessions.model import ClientSessionRow
from ..connected_accounts.events import ConnectedAccountCompletedFirstSync, ConnectedAccountCreated
from ..connected_accounts.model import ConnectedAccountRow, account_of_login
from ..connected_accounts.state import announce_connection, make_account, recover
from ..devices.house import add_sandbox_devices, models_of
from .model import ConnectWebviewRow

__tracebackhide__ = is_for_the_test

KNOWN = tuple(provider["device_provider_name"] for provider in providers())


PROVIDERS = (*KNOWN, "yale_access", "hid_cm", "google_nest", "slack")
"""The provider keys that can be accepted: those that Seam lists, and four that it does not list (spec)."""


class ConnectWebviewLoginSucceeded(AccountMetadataFields, event_type="connect_webview.login_succeeded"):
    """A person logged in."""

    connect_webview_id: str
    connected_account_id: str
    customer_key: str | None = None


class ConnectWebviewLoginFailed(EventFields, event_type="connect_webview.login_failed"):
    """A login failed."""

    connect_webview_id: str


def log_in(
    workspace: Workspace, webview: ConnectWebviewRow, *, email: str, provider: str | None
) -> ConnectedAccountRow:
    """What happens when a person completes the webview with this login at the provider.

    provider: by default August where the webview accepts it, else the first that it accepts. A login that is new makes
    an account with the sandbox devices and access systems of the provider; that of an account that is there already
    reuses the account, and connects it again if it was disconnected. Which events: docs and spec; their exact order is
    assumed.
    Raises SandboxError where the page would not let the person through.
    """
    if webview.status == "authorized":
        raise SandboxError(
            f"the Connect Webview {webview.id} was completed already; Seam takes one login for each. Create another."
        )
    provider = _pick_provider(webview, provider)
    account = account_of_login(workspace, provider, email)
    if account is not None and account.customer_key and webview.customer_key not in (None, account.customer_key):
        raise SandboxError(
            f"the {provider} account of {email} belongs to the customer {account.customer_key!r}, so a Connect Webview "
            f"of the customer {webview.customer_key!r} shows an error. Use another email, or fail_login()."
        )
    is_new = account is None
    account = _new_account(workspace, webview, provider, email) if account is None else _taken_over(account, webview)
    workspace[ConnectedAccountRow].put(account)
    _authorize(workspace, webview, account)
    if is_new:
        _connect(workspace, webview, account)
    else:
        recover(workspace, account, webview.id)
    return account


def fail(workspace: Workspace, webview: ConnectWebviewRow) -> None:
    """What happens when a login fails: status failed and connect_webview.login_failed. The person may try again."""
    if webview.status == "authorized":
        raise SandboxError(f"the Connect Webview {webview.id} was completed already; its login cannot fail any more.")
    workspace[ConnectWebviewRow].put(webview.but(status="failed"))
    workspace.events.emit(workspace, ConnectWebviewLoginFailed(connect_webview_id=webview.id))


def _pick_provider(webview: ConnectWebviewRow, provider: str | None) -> str:
    accepted = webview.accepted_providers
    if provider is None:
        if not accepted:
            raise SandboxError(f"the Connect Webview {webview.id} accepts no provider, so nobody can log in with it.")
        return "august" if "august" in accepted else accepted[0]
    if provider in accepted or (webview.any_provider_allowed and (provider in PROVIDERS or models_of(provider))):
        return provider
    raise SandboxError(
        f"the Connect Webview {webview.id} does not offer the provider {provider!r}; it accepts "
        f"{', '.join(accepted) or 'none'}."
    )


def _new_account(workspace: Workspace, webview: ConnectWebviewRow, provider: str, email: str) -> ConnectedAccountRow:
    return make_account(
        workspace,
        provider,
        email=email,
        accepted_capabilities=webview.accepted_capabilities,
        automatically_manage_new_devices=webview.automatically_manage_new_devices,
        custom_metadata=webview.custom_metadata,
        customer_key=webview.customer_key,
        connect_webview_ids=(webview.id,),
    )


def _taken_over(account: ConnectedAccountRow, webview: ConnectWebviewRow) -> ConnectedAccountRow:
    """The account after another login. The webview's metadata replaces its own (docs), unless there is none (assumed);
    an account without a customer becomes that of the webview (spec). A request to log in again is met.
    """
    return account.but(
        connect_webview_ids=(*account.connect_webview_ids, webview.id),
        custom_metadata=webview.custom_metadata or account.custom_metadata,
        customer_key=account.customer_key or webview.customer_key,
        warnings=without_codes(account.warnings, "account_reauthorization_requested"),
    )


def _authorize(workspace: Workspace, webview: ConnectWebviewRow, account: ConnectedAccountRow) -> None:
    """Tell the webview and the client sessions that hold it of the account: connect_webview.login_succeeded."""
    workspace[ConnectWebviewRow].put(
        webview.but(
            status="authorized",
            connected_account_id=account.id,
            selected_provider=account.account_type,
            authorized_at=workspace.clock.text(),
        )
    )
    for session in [row for row in workspace[ClientSessionRow] if webview.id in row.connect_webview_ids]:
        reached = tuple(dict.fromkeys((*session.connected_account_ids, account.id)))
        workspace[ClientSessionRow].put(session.but(connected_account_ids=reached))
    optional = given(customer_key=account.customer_key)
    workspace.events.emit(
        workspace,
        ConnectWebviewLoginSucceeded(connect_webview_id=webview.id, **account.event_fields(), **optional),
    )


def _connect(workspace: Workspace, webview: ConnectWebviewRow, account: ConnectedAccountRow) -> None:
    events, fields = workspace.events, account.event_fields()
    events.emit(workspace, ConnectedAccountCreated(connect_webview_id=webview.id, **fields))
    announce_connection(workspace, account, webview.id)
    add_sandbox_devices(workspace, account, webview.accepted_capabilities)
    add_sandbox_systems(workspace, account, webview.accepted_capabilities)
    events.emit(workspace, ConnectedAccountCompletedFirstSync(**fields))
