"""User identities: the people who hold phones, credentials and access. They emit no events of their own (spec)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from annotated_types import MaxLen, MinLen

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.params import Complaint
from ...engine.router import Router
from ...engine.types import UNSET, DateTime, Email, NonEmptyText, Nullable, Text, Unset, Uuid
from ...engine.workspace import Workspace
from .._filters import Filter, all_of, among, made_before, searched
from .._shared import (
    API_KEY,
    WITH_PORTAL_READ,
    WITH_SESSION,
    WITH_SESSION_READ,
    WORKSPACE,
    WORKSPACE_READ,
    first,
    given,
    not_found,
)
from ..access_grants.model import AccessGrantRow
from ..acs.issuing import sync_phones
from ..acs.lookup import find_system, sees_person, users_of
from ..acs.model import AcsSystemRow, AcsUserRow
from ..acs.state import ensure_user, move_person, refresh_person
from ..client_sessions.model import ClientSessionRow
from ..instant_keys.model import InstantKeyRow
from ..phones.model import PhoneRow
from . import access
from .model import (
    UserIdentityRow,
    find_by_key,
    find_user_identity,
    present_id,
    refuse_duplicates,
    remove_user_identity,
)

router = Router("/user_identities")


@router.post(
    "create",
    key="user_identity",
    allow=WORKSPACE,
    source="spec",
)
def create(
    workspace: Workspace,
    *,
    acs_system_ids: list[Uuid] | None = None,
    customer_key: Text | None = None,
    email_address: Nullable[Email] = None,
    full_name: Nullable[NonEmptyText] = None,
    phone_number: Nullable[Text] = None,
    user_identity_key: Nullable[NonEmptyText] = None,
) -> UserIdentityRow:
    """A new user identity; nothing about it is required.

    acs_system_ids: in each it gets a user, or the one with the same email address or phone number: acs_user.created.
    customer_key: /customers/delete_data deletes what is a customer's, and lists of access grants find it (SDK).
    """
    systems = [find_system(workspace, acs_system_id) for acs_system_id in acs_system_ids or ()]
    row = UserIdentityRow(
        user_identity_id=workspace.ids.uuid(),
        workspace_id=workspace.workspace_id,
        created_at=workspace.clock.text(),
        full_name=full_name,
        email_address=email_address,
        phone_number=phone_number,
        user_identity_key=user_identity_key,
        customer_key=customer_key,
    )
    workspace[UserIdentityRow].put(refuse_duplicates(workspace, row))
    for system in systems:
        ensure_user(workspace, system, row)
    return find_user_identity(workspace, row.id)


@router.get(
    "get",
    key="user_identity",
    allow=WITH_PORTAL_READ,
    source="spec",
    one_of=("user_identity_id", "user_identity_key"),
)
def get(
    workspace: Workspace, *, user_identity_id: Uuid | None = None, user_identity_key: Text | None = None
) -> UserIdentityRow:
    """The user identity of this id or key; 404 `user_identity_not_found`."""
    row = _named(workspace, user_identity_id, user_identity_key)
    if not row.is_managed:
        raise _unknown(user_identity_id, user_identity_key)
    return row


def _named(workspace: Workspace, user_identity_id: str | None, user_identity_key: str | None) -> UserIdentityRow:
    if user_identity_id is not None:
        return find_user_identity(workspace, user_identity_id)
    row = find_by_key(workspace, user_identity_key or "")
    if row is None:
        raise _unknown(user_identity_id, user_identity_key)
    return row


def _unknown(user_identity_id: str | None, user_identity_key: str | None) -> ApiError:
    asked = given(user_identity_id=user_identity_id, user_identity_key=user_identity_key)
    return not_found("user_identity_not_found", "User identity not found", asked)


@router.get(
    "list",
    key="user_identities",
    allow=first(API_KEY, of=WITH_SESSION_READ),
    source="spec",
    page_limit=500,
)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    created_before: DateTime | None = None,
    credential_manager_acs_system_id: Uuid | None = None,
    search: Text | None = None,
    user_identity_ids: list[Uuid] | None = None,
) -> Page:
    """User identities, oldest first. A client session sees its own only. search: name, phone, email or id."""
    return page.page(
        workspace[UserIdentityRow],
        all_of(
            lambda row: row.is_managed,
            _matching(caller, created_before, search),
            among("id", user_identity_ids and {present_id(workspace, one) for one in user_identity_ids}),
            _in_reach_of(workspace, credential_manager_acs_system_id),
        ),
    )


def _matching(caller: Caller, created_before: str | None, search: str | None) -> Filter | None:
    return all_of(
        among("id", None if caller.session is None else caller.session.user_identity_ids),
        made_before(created_before),
        searched(search, lambda row: (row.full_name, row.phone_number, row.email_address, row.id)),
    )


def _in_reach_of(workspace: Workspace, manager_id: str | None) -> Filter | None:
    """Whether somebody has a user in this credential manager, or in a system whose keys it hands out (assumed)."""
    if manager_id is None:
        return None
    systems = {row.id for row in workspace[AcsSystemRow] if manager_id in (row.id, row.manager_id)}
    people = {user.user_identity_id for user in workspace[AcsUserRow] if user.acs_system_id in systems}
    return lambda row: row.id in people


@router.patch("update", allow=WORKSPACE, source="spec")
def update(
    workspace: Workspace,
    *,
    user_identity_id: Uuid,
    email_address: Nullable[Email] | Unset = UNSET,
    full_name: Nullable[NonEmptyText] | Unset = UNSET,
    phone_number: Nullable[Text] | Unset = UNSET,
    user_identity_key: Nullable[NonEmptyText] | Unset = UNSET,
) -> None:
    """Change what is given; null clears. 409 `duplicate_user_identity` when another one has that value."""
    changes: dict[str, Any] = {
        "email_address": email_address,
        "full_name": full_name,
        "phone_number": phone_number,
        "user_identity_key": user_identity_key,
    }
    row = find_user_identity(workspace, user_identity_id)
    changed = row.but(**{name: value for name, value in changes.items() if value is not UNSET})
    refresh_person(workspace, workspace[UserIdentityRow].put(refuse_duplicates(workspace, changed)))


@router.delete("delete", allow=WORKSPACE, source="docs")
def delete(workspace: Workspace, *, user_identity_id: Uuid) -> None:
    """Delete a user identity and what belongs to it, each with its event.

    In this order: credentials, users of access systems, client sessions (docs), phones (assumed).
    """
    row = find_user_identity(workspace, user_identity_id)
    remove_user_identity(workspace, row)


def _one_pair(values: Mapping[str, Any]) -> Complaint | None:
    by_id = ("user_identity_id", "merged_user_identity_ids")
    by_key = ("user_identity_key", "merged_user_identity_keys")
    given_names = {name for name in (*by_id, *by_key) if values.get(name) is not None}
    if given_names in (set(by_id), set(by_key)):
        return None
    return Complaint(
        (),
        "Must specify user_identity_id with merged_user_identity_ids, or user_identity_key with "
        "merged_user_identity_keys",
    )


@router.post("merge", allow=WORKSPACE, source="docs", checks=[_one_pair])
def merge(
    workspace: Workspace,
    *,
    merged_user_identity_ids: Annotated[list[Uuid], MinLen(1), MaxLen(20)] | None = None,
    merged_user_identity_keys: Annotated[list[Text], MinLen(1), MaxLen(20)] | None = None,
    user_identity_id: Uuid | None = None,
    user_identity_key: Text | None = None,
) -> None:
    """Let one user identity stand for 1 to 20 others: what is theirs moves, and their ids and keys lead to it.

    It takes on the email address and the phone number that it lacks, of the first that has them (the first: assumed).
    Merged already: nothing happens. With itself: 400 `invalid_input`; two users in one access system: 409
    `duplicate_acs_user` (both assumed).
    """
    ids, keys = merged_user_identity_ids or (), merged_user_identity_keys or ()
    primary = _named(workspace, user_identity_id, user_identity_key)
    named = [*(_named(workspace, one, None) for one in ids), *(_named(workspace, None, one) for one in keys)]
    if {user_identity_id, user_identity_key} & {*ids, *keys}:
        raise ApiError(400, "invalid_input", "A user identity cannot be merged into itself")
    merged = [row for row in dict.fromkeys(row.id for row in named) if row != primary.id]
    systems = [user.acs_system_id for one in (primary.id, *merged) for user in users_of(workspace, one)]
    if len(systems) != len(set(systems)):
        raise ApiError(409, "duplicate_acs_user", "Both user identities have an ACS user in the same ACS system")
    for one in merged:
        _merge(workspace, find_user_identity(workspace, one), find_user_identity(workspace, primary.id))
    refresh_person(workspace, find_user_identity(workspace, primary.id))
    sync_phones(workspace, primary.id)


def _merge(workspace: Workspace, merged: UserIdentityRow, primary: UserIdentityRow) -> None:
    move_person(workspace, merged, primary)
    for session in [row for row in workspace[ClientSessionRow] if merged.id in row.user_identity_ids]:
        ids = tuple(dict.fromkeys(primary.id if one == merged.id else one for one in session.user_identity_ids))
        workspace[ClientSessionRow].put(session.but(user_identity_ids=ids))
    for phone in [row for row in workspace[PhoneRow] if row.user_identity_id == merged.id]:
        workspace[PhoneRow].put(phone.but(user_identity_id=primary.id))
    for instant_key in [row for row in workspace[InstantKeyRow] if row.user_identity_id == merged.id]:
        workspace[InstantKeyRow].put(instant_key.but(user_identity_id=primary.id))
    for grant in [row for row in workspace[AccessGrantRow] if row.user_identity_id == merged.id]:
        workspace[AccessGrantRow].put(grant.but(user_identity_id=primary.id))
    workspace[UserIdentityRow].remove(merged.id)
    workspace[UserIdentityRow].put(_united(primary, merged))


def _united(primary: UserIdentityRow, merged: UserIdentityRow) -> UserIdentityRow:
    keys = () if merged.user_identity_key is None else (merged.user_identity_key,)
    return primary.but(
        email_address=primary.email_address or merged.email_address,
        phone_number=primary.phone_number or merged.phone_number,
        acs_user_ids=(*primary.acs_user_ids, *merged.acs_user_ids),
        accessible_device_ids=tuple(dict.fromkeys((*primary.accessible_device_ids, *merged.accessible_device_ids))),
        merged_ids=(*primary.merged_ids, merged.id, *merged.merged_ids),
        merged_keys=(*primary.merged_keys, *keys, *merged.merged_keys),
    )


@router.get("unmanaged/get", key="user_identity", allow=WORKSPACE_READ, source="spec")
def get_unmanaged(workspace: Workspace, *, user_identity_id: Uuid) -> UserIdentityRow:
    """The unmanaged user identity of this id; a managed one is not found here (spec)."""
    row = find_user_identity(workspace, user_identity_id)
    if row.is_managed:
        raise _unknown(user_identity_id, None)
    return row


@router.get(
    "unmanaged/list",
    key="user_identities",
    allow=first(API_KEY, of=WITH_SESSION_READ),
    source="spec",
    page_limit=500,
)
def list_unmanaged(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    created_before: DateTime | None = None,
    search: Text | None = None,
) -> Page:
    """Unmanaged user identities, oldest first. No call of the API makes one: they come from providers (spec)."""
    return page.page(
        workspace[UserIdentityRow],
        all_of(lambda row: not row.is_managed, _matching(caller, created_before, search)),
    )


@router.patch("unmanaged/update", allow=first(API_KEY, of=WITH_SESSION), source="spec")
def update_unmanaged(
    workspace: Workspace,
    *,
    caller: Caller,
    is_managed: Literal[True],
    user_identity_id: Uuid,
    user_identity_key: Text | None = None,
) -> None:
    """Make an unmanaged user identity a managed one, with this key or the one it has; 404 for any other (assumed)."""
    row = find_user_identity(workspace, user_identity_id)
    if row.is_managed or not sees_person(caller, row.id):
        raise _unknown(user_identity_id, None)
    managed = row.but(is_managed=is_managed, user_identity_key=user_identity_key or row.user_identity_key)
    workspace[UserIdentityRow].put(refuse_duplicates(workspace, managed))


router.include(access.router)
