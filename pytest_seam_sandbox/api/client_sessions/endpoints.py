"""Client sessions: tokens for an app's own users, which reach just what they were given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from annotated_types import MaxLen, MinLen

from ...engine.auth import Caller, Method
from ...engine.clock import format_time
from ...engine.errors import ApiError
from ...engine.http import Request
from ...engine.params import at_least_one
from ...engine.router import Router
from ...engine.types import DateTime, NonEmptyText, Text, Uuid
from ...engine.workspace import Workspace
from .._shared import (
    WITH_PUBLISHABLE_KEY,
    WITH_SESSION,
    WORKSPACE,
    find,
    not_found,
    written,
)
from ..connected_accounts.model import find_account
from ..user_identities.model import find_user_identity, present_id
from .model import ClientSessionRow
from .state import LIFETIME, delete_session, session_view

router = Router("/client_sessions")


OneUuid = Annotated[list[Uuid], MinLen(1), MaxLen(1)]


def _of_key(workspace: Workspace, user_identifier_key: str | None) -> ClientSessionRow | None:
    if user_identifier_key is None:
        return None
    sessions = workspace[ClientSessionRow]
    return next((row for row in sessions if row.user_identifier_key == user_identifier_key), None)


def _alive_of_key(workspace: Workspace, user_identifier_key: str | None) -> ClientSessionRow | None:
    """The session of this key whose token gets in; None when there is none."""
    now = workspace.clock.text()
    return next(
        (
            row
            for row in workspace[ClientSessionRow]
            if user_identifier_key is not None
            and row.user_identifier_key == user_identifier_key
            and not row.is_revoked
            and row.expires_at > now
        ),
        None,
    )


def _user_identities(workspace: Workspace, one: str | None, several: Sequence[str] | None) -> tuple[str, ...]:
    wanted = (one,) if one is not None else tuple(several or ())
    return tuple(find_user_identity(workspace, user_identity_id).id for user_identity_id in wanted)


def _accounts(workspace: Workspace, ids: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(find_account(workspace, account_id).id for account_id in ids or ())


def _make(
    workspace: Workspace,
    *,
    connect_webview_ids: Sequence[str] | None,
    connected_account_ids: Sequence[str] | None,
    expires_at: str | None,
    user_identifier_key: str | None,
    user_identity_id: str | None,
    user_identity_ids: Sequence[str] | None,
    customer_key: str | None = None,
) -> ClientSessionRow:
    return workspace[ClientSessionRow].put(
        ClientSessionRow(
            client_session_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            token=workspace.ids.token("seam_cst1", 8, 28),
            created_at=workspace.clock.text(),
            expires_at=written(expires_at) or format_time(workspace.clock.now() + LIFETIME),
            user_identifier_key=user_identifier_key,
            customer_key=customer_key,
            connected_account_ids=_accounts(workspace, connected_account_ids),
            connect_webview_ids=tuple(connect_webview_ids or ()),
            user_identity_ids=_user_identities(workspace, user_identity_id, user_identity_ids),
        )
    )


def _check_publishable_key(caller: Caller, user_identifier_key: str | None, *resources: Sequence[str] | None) -> None:
    """A publishable key may open an empty session for a known user only. Source: official fake."""
    if caller.method is not Method.PUBLISHABLE_KEY:
        return
    if user_identifier_key is None:
        raise ApiError(
            401, "publishable_key_requires_user_identifier_key", "user_identifier_key is required with publishable_key"
        )
    if any(resources):
        raise ApiError(
            403,
            "publishable_keys_must_create_empty_client_sessions",
            "A publishable key may not name connected accounts or Connect Webviews",
        )


@router.put(
    "create",
    key="client_session",
    allow=WITH_PUBLISHABLE_KEY,
    source="spec",
    no_effect={"customer_id": "no source says how it differs from customer_key, and no answer shows it"},
)
def create(
    workspace: Workspace,
    *,
    caller: Caller,
    request: Request,
    connect_webview_ids: list[Text] | None = None,
    connected_account_ids: list[Text] | None = None,
    customer_id: Text | None = None,
    customer_key: NonEmptyText | None = None,
    expires_at: DateTime | None = None,
    user_identifier_key: NonEmptyText | None = None,
    user_identity_id: Uuid | None = None,
    user_identity_ids: OneUuid | None = None,
) -> dict[str, Any]:
    """A new session. For a user_identifier_key that has one: PUT gives that one, POST answers 400 (official fake)."""
    _check_publishable_key(caller, user_identifier_key, connect_webview_ids, connected_account_ids)
    present = _of_key(workspace, user_identifier_key)
    if present is not None and request.method == "PUT":
        return session_view(workspace, present)
    if present is not None:
        raise ApiError(
            400,
            "client_session_token_already_exists",
            "A client session token already exists for this user, try using /client_session_tokens/get_or_create",
        )
    session = _make(
        workspace,
        connect_webview_ids=connect_webview_ids,
        connected_account_ids=connected_account_ids,
        expires_at=expires_at,
        user_identifier_key=user_identifier_key,
        user_identity_id=user_identity_id,
        user_identity_ids=user_identity_ids,
        customer_key=customer_key,
    )
    return session_view(workspace, session)


@router.post("get_or_create", key="client_session", allow=WITH_PUBLISHABLE_KEY, source="spec")
def get_or_create(
    workspace: Workspace,
    *,
    caller: Caller,
    request: Request,
    connect_webview_ids: list[Text] | None = None,
    connected_account_ids: list[Text] | None = None,
    expires_at: DateTime | None = None,
    user_identifier_key: NonEmptyText | None = None,
    user_identity_id: Uuid | None = None,
    user_identity_ids: OneUuid | None = None,
) -> dict[str, Any]:
    """The session of this user_identifier_key, or a new one. The key may also stand in a header (official fake).

    A session that was revoked or has expired is of no use to anybody, so that a new one takes its place (assumed).
    """
    headers = request.headers
    key = user_identifier_key or headers.get("user-identifier-key") or headers.get("seam-user-identifier-key")
    _check_publishable_key(caller, key, connect_webview_ids, connected_account_ids)
    session = _alive_of_key(workspace, key) or _make(
        workspace,
        connect_webview_ids=connect_webview_ids,
        connected_account_ids=connected_account_ids,
        expires_at=expires_at,
        user_identifier_key=key,
        user_identity_id=user_identity_id,
        user_identity_ids=user_identity_ids,
    )
    return session_view(workspace, session)


@router.get("get", key="client_session", allow=WITH_SESSION, source="spec")
def get(
    workspace: Workspace,
    *,
    caller: Caller,
    client_session_id: Uuid | None = None,
    user_identifier_key: Text | None = None,
) -> dict[str, Any]:
    """A session by id or key; a client session without parameters gets itself. Source: official fake."""
    if isinstance(caller.session, ClientSessionRow):
        if client_session_id is not None and user_identifier_key is not None:
            raise ApiError(400, "invalid_options", "Give client_session_id or user_identifier_key, not both")
        if client_session_id is None and user_identifier_key is None:
            return session_view(workspace, caller.session)
    for session in workspace[ClientSessionRow]:
        asked = client_session_id is not None or user_identifier_key is not None
        fits = client_session_id in (None, session.id) and user_identifier_key in (None, session.user_identifier_key)
        own = caller.session is None or caller.session is session
        if asked and fits and own:
            return session_view(workspace, session)
    raise not_found("client_session_not_found", "Could not find client session")


@router.get("list", key="client_sessions", allow=WORKSPACE, source="spec")
def list_(
    workspace: Workspace,
    *,
    client_session_id: Text | None = None,
    connect_webview_id: Text | None = None,
    user_identifier_key: Text | None = None,
    user_identity_id: Text | None = None,
    without_user_identifier_key: bool | None = None,
) -> list[dict[str, Any]]:
    """Sessions, oldest first. All filters that are given have to match; no pages (spec)."""
    person_id = None if user_identity_id is None else present_id(workspace, user_identity_id)
    return [
        session_view(workspace, row)
        for row in workspace[ClientSessionRow]
        if client_session_id in (None, row.id)
        and (connect_webview_id is None or connect_webview_id in row.connect_webview_ids)
        and user_identifier_key in (None, row.user_identifier_key)
        and (person_id is None or person_id in row.user_identity_ids)
        and not (without_user_identifier_key and row.user_identifier_key is not None)
    ]


@router.patch(
    "grant_access",
    key="client_session",
    allow=WORKSPACE,
    source="spec",
    checks=[
        at_least_one(
            "client_session_id",
            "user_identifier_key",
            text="Must specify client_session_id or user_identifier_key",
        )
    ],
)
def grant_access(
    workspace: Workspace,
    *,
    client_session_id: Text | None = None,
    connect_webview_ids: list[Text] | None = None,
    connected_account_ids: list[Text] | None = None,
    user_identifier_key: Text | None = None,
    user_identity_id: Text | None = None,
    user_identity_ids: Annotated[list[Text], MinLen(1), MaxLen(1)] | None = None,
) -> dict[str, Any]:
    """Add accounts, webviews or a user identity to a session. Id and key have to fit together (assumed)."""
    session = next(
        (
            row
            for row in workspace[ClientSessionRow]
            if client_session_id in (None, row.id) and user_identifier_key in (None, row.user_identifier_key)
        ),
        None,
    )
    if session is None:
        raise not_found("client_session_not_found", "Could not find client session")
    accounts = _accounts(workspace, connected_account_ids)
    identities = _user_identities(workspace, user_identity_id, user_identity_ids)
    granted = session.but(
        connected_account_ids=_joined(session.connected_account_ids, accounts),
        connect_webview_ids=_joined(session.connect_webview_ids, connect_webview_ids or ()),
        user_identity_ids=_joined(session.user_identity_ids, identities),
    )
    return session_view(workspace, workspace[ClientSessionRow].put(granted))


def _joined(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))


@router.post("revoke", allow=WORKSPACE, source="spec")
def revoke(workspace: Workspace, *, client_session_id: Uuid) -> None:
    """End a session; its token answers 401 `client_session_revoked` from now on."""
    session = find(workspace, ClientSessionRow, client_session_id, words="Client session")
    workspace[ClientSessionRow].put(session.but(is_revoked=True))


@router.delete("delete", allow=WORKSPACE, source="spec")
def delete(workspace: Workspace, *, client_session_id: Uuid) -> None:
    """Delete a session: client_session.deleted; its token is unknown from now on."""
    delete_session(workspace, find(workspace, ClientSessionRow, client_session_id, words="Client session"))
