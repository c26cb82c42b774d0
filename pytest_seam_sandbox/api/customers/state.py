"""What becomes of a customer's data: people are user identities, places are spaces; and how all of it is deleted.

Seam's automations, which make access grants of reservations, are in stays.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from ...engine.clock import format_time
from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from ..access_grants.ending import delete_grant
from ..access_grants.model import AccessGrantRow
from ..acs.state import refresh_person
from ..client_sessions.model import ClientSessionRow
from ..client_sessions.state import delete_session
from ..connected_accounts.model import ConnectedAccountRow
from ..spaces.model import SpaceRow
from ..spaces.state import add_space, delete_space
from ..user_identities.model import (
    UserIdentityRow,
    find_by_key,
    refuse_duplicates,
    remove_user_identity,
)
from .stays import PEOPLE, PLACES, STAYS, push_stay

PORTAL_LIFETIME = timedelta(days=7)


def push(workspace: Workspace, customer_key: str, data: Mapping[str, Any]) -> None:
    """Take over what a customer tells: new keys are made, known ones get the new details, others stay as they are."""
    for name, key in PEOPLE.items():
        for person in data.get(name) or ():
            _push_person(workspace, customer_key, person[key], person)
    for name, key in PLACES.items():
        for place in data.get(name) or ():
            _push_place(workspace, customer_key, place[key], place)
    if workspace.settings.automations:
        for name, (key, field) in STAYS.items():
            for stay in data.get(name) or ():
                push_stay(workspace, customer_key, stay, {field: stay[key]})


def _push_person(workspace: Workspace, customer_key: str, key: str, told: Mapping[str, Any]) -> None:
    """A user identity with this key; skipped silently when another one has its email address or phone number (docs)."""
    known = find_by_key(workspace, key)
    row = known or UserIdentityRow(
        user_identity_id=workspace.ids.uuid(),
        workspace_id=workspace.workspace_id,
        created_at=workspace.clock.text(),
        user_identity_key=key,
    )
    details = {name: told[name] for name in ("email_address", "phone_number") if name in told}
    row = row.but(full_name=told["name"], customer_key=customer_key, **details)
    try:
        workspace[UserIdentityRow].put(refuse_duplicates(workspace, row))
    except ApiError:
        return
    refresh_person(workspace, row)


def _push_place(workspace: Workspace, customer_key: str, key: str, told: Mapping[str, Any]) -> None:
    """A space with this key; a new one has no doors until /spaces/create gives it some (docs)."""
    known = next((row for row in workspace[SpaceRow] if row.space_key == key), None)
    details = {name: dict(told[name]) for name in ("customer_data", "geolocation") if name in told}
    if known is None:
        add_space(workspace, name=told["name"], space_key=key, customer_key=customer_key, is_announced=True, **details)
    else:
        workspace[SpaceRow].put(known.but(name=told["name"], customer_key=customer_key, **details))


def delete_people(workspace: Workspace, keys: Sequence[str]) -> None:
    """Delete the user identities of these keys, with all that is theirs."""
    for key in keys:
        row = find_by_key(workspace, key)
        if row is not None:
            remove_user_identity(workspace, row)


def delete_places(workspace: Workspace, keys: Sequence[str]) -> None:
    """Delete the spaces of these keys: space.deleted."""
    for space in [row for row in workspace[SpaceRow] if row.space_key in keys]:
        delete_space(workspace, space)


def delete_stays(workspace: Workspace, field: str, keys: Sequence[str]) -> None:
    """Delete the access grants of which a field is one of these keys."""
    for grant in [row for row in workspace[AccessGrantRow] if getattr(row, field) in keys]:
        delete_grant(workspace, grant)


def delete_customers(workspace: Workspace, keys: Sequence[str]) -> None:
    """Delete all that is a customer's, but for its connected accounts (assumed): people, grants, spaces, sessions."""
    for person in [row for row in workspace[UserIdentityRow] if row.customer_key in keys]:
        remove_user_identity(workspace, person)
    delete_stays(workspace, "customer_key", keys)
    for space in [row for row in workspace[SpaceRow] if row.customer_key in keys]:
        delete_space(workspace, space)
    for session in [row for row in workspace[ClientSessionRow] if row.customer_key in keys]:
        delete_session(workspace, session)


def open_portal(workspace: Workspace, customer_key: str, *, is_read_only: bool) -> dict[str, str]:
    """A link to a customer's portal, with the token of a client session that ends with it, after 7 days (docs)."""
    accounts = [row.id for row in workspace[ConnectedAccountRow] if row.customer_key == customer_key]
    created_at = workspace.clock.text()
    expires_at = format_time(workspace.clock.now() + PORTAL_LIFETIME)
    session = workspace[ClientSessionRow].put(
        ClientSessionRow(
            client_session_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            token=workspace.ids.token("seam_cst1", 8, 28),
            created_at=created_at,
            expires_at=expires_at,
            customer_key=customer_key,
            connected_account_ids=tuple(accounts),
            is_read_only=is_read_only,
        )
    )
    return {
        "url": f"https://connect.getseam.com/portals/{workspace.ids.uuid()}?token={session.token}",
        "customer_key": customer_key,
        "expires_at": expires_at,
        "workspace_id": workspace.workspace_id,
        "created_at": created_at,
    }
