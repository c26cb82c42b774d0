"""/acs/users: the users of access systems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from typing_extensions import TypedDict

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.params import Complaint
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import UNSET, DateTime, Email, NonEmptyText, Nullable, Text, Unset, Uuid
from ...engine.workspace import Workspace
from .._filters import Filter, all_of, having, made_before, searched
from .._shared import (
    WITH_SESSION_READ,
    WORKSPACE,
    WORKSPACE_READ,
    not_found,
    written,
)
from ..user_identities.model import UserIdentityRow, find_user_identity, present_id
from .groups import find_group, groups_of_user, join, leave
from .issuing import invalidate
from .lookup import (
    bad_request,
    credentials_of,
    entrances_of_user,
    find_system,
    find_user,
    member,
    of_visible_person,
    sees_person,
    users_of,
)
from .model import AcsUserRow
from .schedules import follow_schedule
from .state import add_user, delete_user, refuse_second_user

router = Router("/acs/users")


class AccessSchedule(TypedDict, total=False):
    """When a new user has access."""

    ends_at: Nullable[DateTime]
    starts_at: DateTime


class NewAccessSchedule(TypedDict):
    """When a user has access from now on."""

    ends_at: DateTime
    starts_at: DateTime


def one_user(*, in_system: bool) -> Callable[[Mapping[str, Any]], Complaint | None]:
    """A rule of the whole request: acs_user_id, or user_identity_id instead of it (spec).

    in_system: acs_system_id comes with user_identity_id, and with nothing else.
    """

    def check(values: Mapping[str, Any]) -> Complaint | None:
        by_id, by_person = values.get("acs_user_id") is not None, values.get("user_identity_id") is not None
        if by_id and by_person:
            return Complaint((), "You can only provide one of acs_user_id or user_identity_id")
        if not by_id and not by_person:
            return Complaint((), "You must provide either acs_user_id or user_identity_id")
        if in_system and by_person and values.get("acs_system_id") is None:
            return Complaint((), "If you provide user_identity_id, you must also provide acs_system_id")
        if in_system and by_id and values.get("acs_system_id") is not None:
            return Complaint((), "You can only provide acs_system_id with user_identity_id")
        return None

    return check


ONE_USER = (one_user(in_system=True),)


def pick_user(
    workspace: Workspace, acs_user_id: str | None, acs_system_id: str | None, user_identity_id: str | None
) -> AcsUserRow:
    """The user of this id, or the person's user in this system; 404 `acs_user_not_found`."""
    if acs_user_id is not None:
        return find_user(workspace, acs_user_id)
    system = find_system(workspace, acs_system_id or "")
    for user in users_of(workspace, present_id(workspace, user_identity_id or "")):
        if user.acs_system_id == system.id:
            return user
    data = {"acs_system_id": system.id, "user_identity_id": user_identity_id}
    raise not_found("acs_user_not_found", "ACS user not found", data)


def checked_period(workspace: Workspace, starts_at: str | None, ends_at: str | None) -> tuple[str | None, str | None]:
    """Both times as rows hold them; an end in the past or not after the start is 400 `invalid_input` (spec)."""
    start, end = written(starts_at), written(ends_at)
    if end is not None and start is not None and end <= start:
        raise bad_request("ends_at must be after starts_at")
    if end is not None and end <= workspace.clock.text():
        raise bad_request("ends_at must be in the future")
    return start, end


def _schedule(workspace: Workspace, asked: AccessSchedule | NewAccessSchedule | None) -> dict[str, str | None] | None:
    if asked is None:
        return None
    start, end = checked_period(workspace, asked.get("starts_at"), asked.get("ends_at"))
    return {"starts_at": start or workspace.clock.text(), "ends_at": end}


@router.put("add_to_access_group", allow=WORKSPACE, source="spec")
def add_to_access_group(workspace: Workspace, *, acs_access_group_id: Uuid, acs_user_id: Uuid) -> None:
    """Add a user to an access group of its system; no event (spec). In it already: nothing happens (assumed)."""
    user = find_user(workspace, acs_user_id)
    join(workspace, find_group(workspace, acs_access_group_id), user)


@router.post("create", key="acs_user", allow=WORKSPACE, source="spec")
def create(
    workspace: Workspace,
    *,
    access_schedule: AccessSchedule | None = None,
    acs_access_group_ids: list[Uuid] | None = None,
    acs_system_id: Uuid,
    email: Email | None = None,
    email_address: Email | None = None,
    full_name: Text,
    phone_number: Text | None = None,
    user_identity_id: Uuid | None = None,
) -> AcsUserRow:
    """A new user of an access system: acs_user.created.

    400 `full_name_required` for an empty name, 400 `user_identity_not_found` (both official fake), 409
    `duplicate_acs_user` when the person has a user there (docs for the rule, the type is assumed).
    """
    system = find_system(workspace, acs_system_id)
    if not full_name.strip():
        raise ApiError(400, "full_name_required", "A full name is required")
    groups = [find_group(workspace, group_id) for group_id in dict.fromkeys(acs_access_group_ids or ())]
    if any(group.acs_system_id != system.id for group in groups):
        raise ApiError(400, "acs_system_mismatch", "The access groups belong to another ACS system")
    owner = None
    if user_identity_id is not None:
        owner = workspace[UserIdentityRow].get(user_identity_id)
        if owner is None:
            raise ApiError(400, "user_identity_not_found", "User identity not found")
        refuse_second_user(workspace, system.id, owner)
    user = add_user(
        workspace,
        system,
        owner,
        full_name=full_name,
        email_address=email_address or email,
        phone_number=phone_number,
        access_schedule=_schedule(workspace, access_schedule),
    )
    for group in groups:
        join(workspace, group, user)
    return follow_schedule(workspace, user.id) or user


@router.delete("delete", allow=WORKSPACE, source="spec", checks=ONE_USER)
def delete(
    workspace: Workspace,
    *,
    acs_system_id: Uuid | None = None,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> None:
    """Delete a user with its credentials: acs_credential.deleted for each, then acs_user.deleted (order assumed)."""
    delete_user(workspace, pick_user(workspace, acs_user_id, acs_system_id, user_identity_id))


@router.get("get", key="acs_user", allow=WORKSPACE_READ, source="spec", checks=ONE_USER)
def get(
    workspace: Workspace,
    *,
    acs_system_id: Uuid | None = None,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> AcsUserRow:
    """The user of this id, or the person's user in this system; 404 `acs_user_not_found`."""
    return pick_user(workspace, acs_user_id, acs_system_id, user_identity_id)


@router.get("list", key="acs_users", allow=WITH_SESSION_READ, source="spec", page_limit=500)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    acs_system_id: Uuid | None = None,
    created_before: DateTime | None = None,
    search: NonEmptyText | None = None,
    user_identity_email_address: Text | None = None,
    user_identity_id: Uuid | None = None,
    user_identity_phone_number: Text | None = None,
) -> Page:
    """Users, oldest first. A client session sees its own person's only. search: name, phone, email or id."""
    return page.page(
        workspace[AcsUserRow],
        all_of(
            of_visible_person(caller),
            having("acs_system_id", acs_system_id),
            made_before(created_before),
            searched(search, lambda row: (row.full_name, row.phone_number, row.email_address, row.id)),
            having("user_identity_id", user_identity_id and present_id(workspace, user_identity_id)),
            _whose_person_has("user_identity_email_address", user_identity_email_address),
            _whose_person_has("user_identity_phone_number", user_identity_phone_number),
        ),
    )


def _whose_person_has(field: str, wanted: str | None) -> Filter | None:
    return None if wanted is None else lambda user: user.identity.get(field) == wanted


@router.get(
    "list_accessible_entrances",
    key="acs_entrances",
    allow=WITH_SESSION_READ,
    source="spec",
    checks=ONE_USER,
)
def list_accessible_entrances(
    workspace: Workspace,
    *,
    caller: Caller,
    acs_system_id: Uuid | None = None,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> Sequence[Row]:
    """What a user may open: granted directly, by a group or a valid credential; nothing while suspended (docs)."""
    user = pick_user(workspace, acs_user_id, acs_system_id, user_identity_id)
    if not sees_person(caller, user.user_identity_id):
        raise not_found("acs_user_not_found", "ACS user not found", {"acs_user_id": user.id})
    return entrances_of_user(workspace, user)


@router.delete(
    "remove_from_access_group",
    allow=WORKSPACE,
    source="spec",
    checks=(one_user(in_system=False),),
)
def remove_from_access_group(
    workspace: Workspace,
    *,
    acs_access_group_id: Uuid,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> None:
    """Remove a user from an access group; no event (spec). Not in it: nothing happens (assumed)."""
    if acs_user_id is not None:
        find_user(workspace, acs_user_id)
    else:
        find_user_identity(workspace, user_identity_id or "")
    group = find_group(workspace, acs_access_group_id)
    leave(workspace, group, member(workspace, group, acs_user_id, user_identity_id))


@router.post("revoke_access_to_all_entrances", allow=WORKSPACE, source="spec", checks=ONE_USER)
def revoke_access_to_all_entrances(
    workspace: Workspace,
    *,
    acs_system_id: Uuid | None = None,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> None:
    """Take all access from a user: acs_credential.invalidated for each issued credential (assumed).

    The user leaves its access groups, since they would give the access back (assumed).
    """
    user = pick_user(workspace, acs_user_id, acs_system_id, user_identity_id)
    for group in groups_of_user(workspace, user):
        leave(workspace, group, user.id)
    workspace[AcsUserRow].put(user.but(acs_entrance_ids=()))
    for credential in credentials_of(workspace, user):
        if credential.is_issued:
            invalidate(workspace, credential)


@router.post("suspend", allow=WORKSPACE, source="spec", checks=ONE_USER)
def suspend(
    workspace: Workspace,
    *,
    acs_system_id: Uuid | None = None,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> None:
    """Revoke a user's access for a time; no event (spec). Suspended already: nothing happens."""
    user = pick_user(workspace, acs_user_id, acs_system_id, user_identity_id)
    workspace[AcsUserRow].put(user.but(is_suspended=True))


@router.post("unsuspend", allow=WORKSPACE, source="spec", checks=ONE_USER)
def unsuspend(
    workspace: Workspace,
    *,
    acs_system_id: Uuid | None = None,
    acs_user_id: Uuid | None = None,
    user_identity_id: Uuid | None = None,
) -> None:
    """Give a suspended user's access back; no event (spec)."""
    user = pick_user(workspace, acs_user_id, acs_system_id, user_identity_id)
    workspace[AcsUserRow].put(user.but(is_suspended=False))


@router.patch(
    "update",
    allow=WORKSPACE,
    source="spec",
    checks=ONE_USER,
    no_effect={"hid_acs_system_id": "kept and shown, if there is such a system; no source names a consequence"},
)
def update(
    workspace: Workspace,
    *,
    access_schedule: Nullable[NewAccessSchedule] | Unset = UNSET,
    acs_system_id: Uuid | None = None,
    acs_user_id: Uuid | None = None,
    email: Email | None = None,
    email_address: Email | None = None,
    full_name: NonEmptyText | None = None,
    hid_acs_system_id: Uuid | None = None,
    phone_number: Text | None = None,
    user_identity_id: Uuid | None = None,
) -> None:
    """Change what is given; a null access_schedule clears it. Outside of it the user opens nothing (docs)."""
    user = pick_user(workspace, acs_user_id, acs_system_id, user_identity_id)
    if hid_acs_system_id is not None:
        find_system(workspace, hid_acs_system_id)
    changes: dict[str, Any] = {
        "email_address": email_address or email,
        "full_name": full_name,
        "hid_acs_system_id": hid_acs_system_id,
        "phone_number": phone_number,
    }
    changes = {name: value for name, value in changes.items() if value is not None}
    if access_schedule is not UNSET:
        changes["access_schedule"] = _schedule(workspace, access_schedule)
    workspace[AcsUserRow].put(user.but(**changes))
    follow_schedule(workspace, user.id)
