"""Connected accounts: a login at a provider, through which its devices come."""

from __future__ import annotations

from typing import Annotated

from annotated_types import MaxLen, MinLen

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.router import Router
from ...engine.types import Email, Metadata, NonEmptyText, Text, Uuid
from ...engine.workspace import Workspace
from .._filters import all_of, among, having, holding, searched, with_metadata
from .._shared import (
    EVERYONE_READ,
    WITH_PORTAL,
    WITH_PORTAL_READ,
    WORKSPACE,
    given,
    not_found,
    require_sandbox,
)
from ..client_sessions.model import accounts_of_user
from .events import (
    ConnectedAccountDeleted,
)
from .model import Capability, ConnectedAccountRow, find_account
from .state import deleting_account, lose_login

router = Router("/connected_accounts")


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
    """The account of this id or login email; 404, and 401 for a client session that does not hold it.

    Of both the id counts: a union takes its first branch (spec).
    """
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
    return page.page(
        workspace[ConnectedAccountRow],
        all_of(
            None if caller.session is None else lambda account: caller.may_see_account(account.id),
            with_metadata(custom_metadata_has),
            having("customer_key", customer_key),
            searched(search, lambda row: (row.display_name, row.account_type, row.customer_key, row.id)),
            holding("space_ids", space_id),
            among("id", accounts_of_user(workspace, user_identifier_key)),
        ),
    )


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
    """Lose the account and, with it, all of its devices. There is no simulated way back: only a new login heals.

    The answer comes at once, and the account shows it after `state_latency`, as Seam's poller notices it (assumed).
    """
    require_sandbox(workspace)
    lose_login(workspace, find_account(workspace, connected_account_id))
