"""What user identities may reach: access systems, devices, instant keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.params import at_least_one
from ...engine.router import Router
from ...engine.store import Row
from ...engine.types import Number, Text, Uuid
from ...engine.workspace import Workspace
from .._shared import WITH_SESSION_READ, WORKSPACE, WORKSPACE_READ, not_found
from ..acs.lookup import accessible_entrances, find_user, sees_person, system_view, users_of
from ..acs.model import AcsSystemRow, AcsUserRow
from ..acs.state import link, refuse_second_user, unlink
from ..devices.model import DeviceRow, find_device
from ..instant_keys.model import InstantKeyRow
from ..instant_keys.state import make_instant_key, refuse_profile
from .model import UserIdentityRow, find_by_key, find_user_identity, refuse_duplicates

router = Router("/user_identities")


def _visible(workspace: Workspace, caller: Caller, user_identity_id: str) -> UserIdentityRow:
    """The user identity; one that is not the client session's own is not found (assumed)."""
    row = find_user_identity(workspace, user_identity_id)
    if not sees_person(caller, row.id):
        raise not_found("user_identity_not_found", "User identity not found")
    return row


@router.put(
    "add_acs_user",
    allow=WORKSPACE,
    source="spec",
    checks=[
        at_least_one(
            "user_identity_id", "user_identity_key", text="Must specify either user_identity_id or user_identity_key"
        )
    ],
)
def add_acs_user(
    workspace: Workspace,
    *,
    acs_user_id: Uuid,
    user_identity_id: Uuid | None = None,
    user_identity_key: Text | None = None,
) -> None:
    """Let a user of an access system be this person's. An unknown key makes the person, from the user (spec).

    An id and a key that lead to two people: 404 `user_identity_not_found` (assumed).

    409 `duplicate_acs_user` when the person has another user there, 409 `acs_user_has_user_identity` when the user
    is somebody else's (the types are assumed). Added already: nothing happens.
    """
    user = find_user(workspace, acs_user_id)
    owner: UserIdentityRow | None
    if user_identity_id is not None:
        owner = find_user_identity(workspace, user_identity_id)
        other = owner if user_identity_key is None else find_by_key(workspace, user_identity_key)
        if other is None or other.id != owner.id:
            raise not_found("user_identity_not_found", "User identity not found")
    else:
        owner = find_by_key(workspace, user_identity_key or "")
    if owner is not None and user.user_identity_id == owner.id:
        return
    if user.user_identity_id is not None:
        raise ApiError(409, "acs_user_has_user_identity", "The ACS user belongs to another user identity")
    if owner is None:
        owner = _person_of(workspace, user, user_identity_key)
    refuse_second_user(workspace, user.acs_system_id, owner)
    link(workspace, user, owner)


def _person_of(workspace: Workspace, user: AcsUserRow, user_identity_key: str | None) -> UserIdentityRow:
    row = UserIdentityRow(
        user_identity_id=workspace.ids.uuid(),
        workspace_id=workspace.workspace_id,
        created_at=workspace.clock.text(),
        full_name=user.full_name,
        email_address=user.email_address,
        phone_number=user.phone_number,
        user_identity_key=user_identity_key or None,
    )
    return workspace[UserIdentityRow].put(refuse_duplicates(workspace, row))


@router.delete("remove_acs_user", allow=WORKSPACE, source="spec")
def remove_acs_user(workspace: Workspace, *, acs_user_id: Uuid, user_identity_id: Uuid) -> None:
    """Part a user of an access system from its person: the mobile keys on the person's phones are revoked (assumed)."""
    owner, user = find_user_identity(workspace, user_identity_id), find_user(workspace, acs_user_id)
    if user.user_identity_id != owner.id:
        raise not_found("acs_user_not_found", "The user identity has no such ACS user", {"acs_user_id": acs_user_id})
    unlink(workspace, user, owner)


@router.get("list_acs_users", key="acs_users", allow=WORKSPACE_READ, source="spec")
def list_acs_users(workspace: Workspace, *, user_identity_id: Uuid) -> Sequence[Row]:
    """The person's users in all access systems, oldest first."""
    return users_of(workspace, find_user_identity(workspace, user_identity_id).id)


@router.get("list_acs_systems", key="acs_systems", allow=WITH_SESSION_READ, source="spec")
def list_acs_systems(workspace: Workspace, *, caller: Caller, user_identity_id: Uuid) -> list[dict[str, Any]]:
    """The access systems in which the person has a user."""
    owner = _visible(workspace, caller, user_identity_id)
    ids = {user.acs_system_id for user in users_of(workspace, owner.id)}
    return [system_view(workspace, row) for row in workspace[AcsSystemRow] if row.id in ids]


@router.get(
    "list_accessible_entrances",
    key="acs_entrances",
    allow=WITH_SESSION_READ,
    source="spec",
)
def list_accessible_entrances(workspace: Workspace, *, caller: Caller, user_identity_id: Uuid) -> Sequence[Row]:
    """What the person may open in all access systems."""
    return accessible_entrances(workspace, _visible(workspace, caller, user_identity_id).id)


@router.get(
    "list_accessible_devices",
    key="devices",
    twin="accessible_devices",
    allow=WORKSPACE_READ,
    source="spec",
)
def list_accessible_devices(workspace: Workspace, *, user_identity_id: Uuid) -> Sequence[Row]:
    """The managed devices to which the person was granted access, oldest first, under two keys."""
    ids = find_user_identity(workspace, user_identity_id).accessible_device_ids
    return [row for row in workspace[DeviceRow] if row.id in ids and row.is_managed]


@router.put("grant_access_to_device", allow=WORKSPACE, source="spec")
def grant_access_to_device(workspace: Workspace, *, device_id: Uuid, user_identity_id: Uuid) -> None:
    """Let a person reach a managed device; an unmanaged one is 400 `device_unmanaged`. Granted already: no change."""
    owner, device = find_user_identity(workspace, user_identity_id), find_device(workspace, device_id)
    if not device.is_managed:
        raise ApiError(400, "device_unmanaged", "Device is unmanaged. Convert it with /devices/unmanaged/update")
    ids = tuple(dict.fromkeys((*owner.accessible_device_ids, device.id)))
    workspace[UserIdentityRow].put(owner.but(accessible_device_ids=ids))


@router.delete("revoke_access_to_device", allow=WORKSPACE, source="spec")
def revoke_access_to_device(workspace: Workspace, *, device_id: Uuid, user_identity_id: Uuid) -> None:
    """Take a device from a person; not granted: no change (assumed)."""
    owner, device = find_user_identity(workspace, user_identity_id), find_device(workspace, device_id)
    ids = tuple(one for one in owner.accessible_device_ids if one != device.id)
    workspace[UserIdentityRow].put(owner.but(accessible_device_ids=ids))


@router.post(
    "generate_instant_key",
    key="instant_key",
    allow=WORKSPACE,
    source="spec",
    conflict="No public path opens the link, and no source says what a person sees when it is used up. A test opens "
    "it, with open_instant_key(): each use brings a phone of the person; used up or expired, it opens nothing.",
)
def generate_instant_key(
    workspace: Workspace,
    *,
    customization_profile_id: Uuid | None = None,
    max_use_count: Number = 1,
    user_identity_id: Uuid,
) -> InstantKeyRow:
    """A link that opens a client session of this person on a phone; the session is there at once.

    The sandbox has no customization profiles: 404 `customization_profile_not_found`.
    """
    owner = find_user_identity(workspace, user_identity_id)
    refuse_profile(customization_profile_id)
    return make_instant_key(workspace, owner, max_use_count=max_use_count)
