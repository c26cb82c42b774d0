"""Connected accounts: a login at a provider, through which its devices come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import MaxLen, MinLen

from ..catalog.devices import providers
from ..engine.auth import Caller
from ..engine.errors import ApiError
from ..engine.pages import Page, Pager
from ..engine.router import Router
from ..engine.signals import Signal
from ..engine.store import Row, row_type
from ..engine.types import Email, Metadata, NonEmptyText, Text, Uuid
from ..engine.workspace import Workspace
from ._ranks import rank_of
from ._shared import (
    EVERYONE_READ,
    WITH_PORTAL,
    WITH_PORTAL_READ,
    WORKSPACE,
    AccountMetadataFields,
    Condition,
    Meta,
    Problem,
    Resource,
    contains,
    errors_in_event,
    find,
    given,
    has_metadata,
    not_found,
    require_sandbox,
    warnings_in_event,
    without_codes,
)
from .client_sessions.model import accounts_of_user

router = Router("/connected_accounts")

Capability = Literal["lock", "thermostat", "noise_sensor", "access_control", "camera"]

account_lost: Signal[[Workspace, ConnectedAccountRow]] = Signal(rank_of)
"""Sent after an account lost its connection."""
account_recovered: Signal[[Workspace, ConnectedAccountRow]] = Signal(rank_of)
"""Sent after an account was connected again."""
if TYPE_CHECKING:
    from .seam_fields import SeamConnectedAccount
else:
    SeamConnectedAccount = Resource

deleting_account: Signal[[Workspace, ConnectedAccountRow]] = Signal(rank_of)
"""Sent before an account goes, so that what came through it goes first."""


class ConnectedAccount(SeamConnectedAccount):
    """A connected account as /connected_accounts/get shows it."""

    connected_account_id: str
    account_type: str | None = None
    account_type_display_name: str
    display_name: str
    accepted_capabilities: list[str]
    automatically_manage_new_devices: bool
    custom_metadata: Meta
    customer_key: str | None = None
    created_at: str | None = None
    errors: list[Problem]
    warnings: list[Problem]


@row_type
class ConnectedAccountRow(Row):
    """A connected account. connect_webview_ids: those through which its user logged in; not shown to clients (spec)."""

    key: ClassVar[str] = "connected_account_id"
    not_found: ClassVar[str] = "connected_account_not_found"
    resource: ClassVar[str] = "connected_account"
    error_codes: ClassVar[tuple[str, ...]] = ("account_disconnected",)
    connected_account_id: str
    account_type: str
    account_type_display_name: str
    display_name: str
    created_at: str
    accepted_capabilities: tuple[str, ...] = ("lock", "thermostat", "noise_sensor")
    automatically_manage_new_devices: bool = True
    custom_metadata: Meta = field(default_factory=dict)
    customer_key: str | None = None
    user_identifier: Mapping[str, str] | None = None
    image_url: str | None = None
    connect_webview_ids: tuple[str, ...] = ()
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    @property
    def email(self) -> str | None:
        """The email address of the login at the provider."""
        return (self.user_identifier or {}).get("email")

    @property
    def is_disconnected(self) -> bool:
        """Whether the link to the provider is lost."""
        return any(error.code == "account_disconnected" for error in self.errors)

    @property
    def is_out_of_reach(self) -> bool:
        """Whether an event has told that the account is disconnected: its login or its bridge is gone."""
        return any(error.code in ("account_disconnected", "bridge_disconnected") for error in self.errors)

    def view(self) -> dict[str, Any]:
        """The account as a client sees it."""
        return {
            "connected_account_id": self.connected_account_id,
            "account_type": self.account_type,
            "account_type_display_name": self.account_type_display_name,
            "display_name": self.display_name,
            "accepted_capabilities": self.accepted_capabilities,
            "automatically_manage_new_devices": self.automatically_manage_new_devices,
            "custom_metadata": self.custom_metadata,
            "created_at": self.created_at,
            "errors": [error.as_error() for error in self.errors],
            "warnings": [warning.as_warning() for warning in self.warnings],
            **given(customer_key=self.customer_key, user_identifier=self.user_identifier, image_url=self.image_url),
        }

    def event_fields(self) -> dict[str, Any]:
        """What every event about this account carries."""
        return {
            "connected_account_id": self.connected_account_id,
            "connected_account_custom_metadata": self.custom_metadata,
        }


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


def find_account(workspace: Workspace, connected_account_id: str) -> ConnectedAccountRow:
    """The account of this id, or 404 `connected_account_not_found`."""
    return find(workspace, ConnectedAccountRow, connected_account_id, words="Connected account")


def account_of_login(workspace: Workspace, provider: str, email: str) -> ConnectedAccountRow | None:
    """The account of this login, which a workspace has once at most; None when nobody logged in with it."""
    accounts = workspace[ConnectedAccountRow]
    return next((row for row in accounts if (row.account_type, row.email) == (provider, email)), None)


def make_account(
    workspace: Workspace, provider: str, *, email: str | None = None, **details: Any
) -> ConnectedAccountRow:
    """The record of a new account, before any event; its details are those of the row.

    email: of the login at the provider; by default the first test login of Seam's sandbox that is still free.
    """
    login = email or next(free for free in _test_logins() if account_of_login(workspace, provider, free) is None)
    known = next((row for row in providers() if row["device_provider_name"] == provider), None)
    return workspace[ConnectedAccountRow].put(
        ConnectedAccountRow(
            connected_account_id=workspace.ids.uuid(),
            account_type=provider,
            account_type_display_name=known["display_name"] if known else provider.replace("_", " ").title(),
            display_name=login,
            created_at=workspace.clock.text(),
            user_identifier={"email": login},
            image_url=known["image_url"] if known else None,
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
    if not account.is_disconnected:
        return
    errors = without_codes(account.errors, "account_disconnected")
    account = workspace[ConnectedAccountRow].put(account.but(errors=errors))
    if connect_webview_id is not None or not account.is_out_of_reach:
        announce_connection(workspace, account, connect_webview_id)
    account_recovered.send(workspace, account)
    synced = ConnectedAccountCompletedFirstSyncAfterReconnection(**account.event_fields())
    workspace.events.emit(workspace, synced)


@router.get(
    "get",
    key="connected_account",
    allow=EVERYONE_READ,
    source="spec",
    one_of=("connected_account_id", "email"),
)
def get(
    workspace: Workspace, *, caller: Caller, connected_account_id: Uuid | None = None, email: Email | None = None
) -> ConnectedAccountRow:
    """The account of this id or login email; 404, and 401 for a client session that does not hold it."""
    if connected_account_id is not None:
        account = find_account(workspace, connected_account_id)
    else:
        account = _find_by_email(workspace, email)
    if not caller.may_see_account(account.id):
        raise ApiError(401, "unauthorized", "Not authorized to view this connected account")
    return account


def _find_by_email(workspace: Workspace, email: str | None) -> ConnectedAccountRow:
    for account in workspace[ConnectedAccountRow]:
        if account.email == email:
            return account
    raise not_found("connected_account_not_found", "Connected account not found", {"email": email})


@router.get(
    "list",
    key="connected_accounts",
    allow=WITH_PORTAL_READ,
    source="spec",
    page_limit=11000,
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    custom_metadata_has: Metadata | None = None,
    customer_key: Text | None = None,
    search: NonEmptyText | None = None,
    space_id: Uuid | None = None,
    user_identifier_key: Text | None = None,
) -> Page:
    """Connected accounts, oldest first. search: name, type, customer key or id (assumed)."""
    from_session = accounts_of_user(workspace, user_identifier_key)

    def matches(account: ConnectedAccountRow) -> bool:
        return (
            caller.may_see_account(account.id)
            and (custom_metadata_has is None or has_metadata(account.custom_metadata, custom_metadata_has))
            and customer_key in (None, account.customer_key)
            and contains(search, account.display_name, account.account_type, account.customer_key, account.id)
            and space_id is None
            and (from_session is None or account.id in from_session)
        )

    return page.page(workspace[ConnectedAccountRow], matches)


@router.patch(
    "update",
    key="connected_account",
    allow=WORKSPACE,
    source="spec",
    no_effect={
        "accepted_capabilities": "kept and shown; it is about devices of later syncs, which bring none in a sandbox",
    },
)
def update(
    workspace: Workspace,
    *,
    accepted_capabilities: list[Capability] | None = None,
    automatically_manage_new_devices: bool | None = None,
    connected_account_id: Uuid,
    custom_metadata: Metadata | None = None,
    customer_key: NonEmptyText | None = None,
    display_name: Annotated[str, MinLen(1), MaxLen(255)] | None = None,
) -> ConnectedAccountRow:
    """Change what is given. custom_metadata replaces the whole map (spec); a customer key can be set once (spec)."""
    account = find_account(workspace, connected_account_id)
    if customer_key is not None and account.customer_key not in (None, customer_key):
        raise ApiError(
            400,
            "customer_key_already_set",
            f"The connected account belongs to the customer {account.customer_key!r} already",
        )
    metadata = None
    if custom_metadata is not None:
        metadata = {key: value for key, value in custom_metadata.items() if value is not None and value != ""}
    changes = given(
        accepted_capabilities=None if accepted_capabilities is None else tuple(accepted_capabilities),
        automatically_manage_new_devices=automatically_manage_new_devices,
        custom_metadata=metadata,
        customer_key=customer_key,
        display_name=display_name,
    )
    return workspace[ConnectedAccountRow].put(account.but(**changes))


@router.delete(
    "delete",
    allow=WITH_PORTAL,
    source="spec",
    no_effect={"sync": "a hidden parameter, used by Seam itself; the account is gone at once in any case"},
)
def delete(workspace: Workspace, *, connected_account_id: Uuid, sync: bool = False) -> None:
    """Delete an account with its devices and its events; nothing changes at the provider.

    Events: device.deleted for each device, then connected_account.deleted (the order is assumed). The events of the
    account from before are deleted with it (spec).
    """
    account = find_account(workspace, connected_account_id)
    workspace.events.forget("connected_account_id", account.id)
    deleting_account.send(workspace, account)
    workspace[ConnectedAccountRow].remove(account.id)
    workspace.events.emit(
        workspace,
        ConnectedAccountDeleted(
            connected_account_type=account.account_type,
            **account.event_fields(),
            **given(customer_key=account.customer_key),
        ),
    )


@router.post("sync", allow=WORKSPACE, source="spec")
def sync(workspace: Workspace, *, connected_account_id: Uuid) -> None:
    """Ask for a sync; the sandbox is always in sync, so that is all."""
    find_account(workspace, connected_account_id)


@router.post(
    "simulate/disconnect",
    allow=WITH_PORTAL,
    source="docs",
    conflict="No source gives the order of the events: connected_account.disconnected comes first, then one "
    "device.disconnected for each device.",
)
def simulate_disconnect(workspace: Workspace, *, connected_account_id: Uuid) -> None:
    """Lose the account and, with it, all of its devices. There is no simulated way back: only a new login heals."""
    require_sandbox(workspace)
    lose(workspace, find_account(workspace, connected_account_id))
