"""How long a client session lasts, and what ends it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ...engine.events import EventFields
from ...engine.workspace import Workspace
from ..connected_accounts.model import ConnectedAccountRow
from ..connected_accounts.state import deleting_account
from ..devices.model import DeviceRow
from ..user_identities.model import UserIdentityRow, deleting_user_identity
from .model import ClientSessionRow

LIFETIME = timedelta(days=365)
"""How long a session lasts unless it says otherwise. Source: official fake; the docs name no default."""


class ClientSessionDeleted(EventFields, event_type="client_session.deleted"):
    """A client session was deleted."""

    client_session_id: str


def session_view(workspace: Workspace, session: ClientSessionRow) -> dict[str, Any]:
    """The session as a client sees it."""
    devices = workspace[DeviceRow]
    count = sum(device.connected_account_id in session.connected_account_ids for device in devices)
    return {**session.view(), "device_count": count}


def delete_session(workspace: Workspace, session: ClientSessionRow) -> None:
    """Delete a session; its token is unknown from now on."""
    workspace[ClientSessionRow].remove(session.id)
    workspace.events.emit(workspace, ClientSessionDeleted(client_session_id=session.id))


@deleting_user_identity.reaction
def _end_with_user(workspace: Workspace, owner: UserIdentityRow) -> None:
    for session in [row for row in workspace[ClientSessionRow] if owner.id in row.user_identity_ids]:
        delete_session(workspace, session)


@deleting_account.reaction
def _forget_account(workspace: Workspace, account: ConnectedAccountRow) -> None:
    for session in [row for row in workspace[ClientSessionRow] if account.id in row.connected_account_ids]:
        left = tuple(account_id for account_id in session.connected_account_ids if account_id != account.id)
        workspace[ClientSessionRow].put(session.but(connected_account_ids=left))
