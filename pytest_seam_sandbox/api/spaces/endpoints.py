"""/spaces: places that group devices and entrances, so that access is granted to all of them at once."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import MinLen

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.pages import Page, Pager
from ...engine.params import at_least_one, exactly_one
from ...engine.router import Router
from ...engine.types import NonEmptyText, Text, Uuid
from ...engine.workspace import Workspace
from .._shared import WITH_PORTAL, WITH_PORTAL_READ, contains, given, sees_customer
from ..connected_accounts.model import find_account
from . import related
from .lookup import checked_devices, checked_entrances, find_space
from .model import SpaceRow
from .params import CustomerDataParam
from .state import add_space, delete_space, set_accounts, set_members

router = Router("/spaces")

SomeUuids = Annotated[list[Uuid], MinLen(1)]


@router.post("create", key="space", allow=WITH_PORTAL, source="spec")
def create(
    workspace: Workspace,
    *,
    caller: Caller,
    acs_entrance_ids: list[Uuid] | None = None,
    connected_account_ids: list[Uuid] | None = None,
    customer_data: CustomerDataParam | None = None,
    customer_key: NonEmptyText | None = None,
    device_ids: list[Uuid] | None = None,
    name: Text,
    space_key: NonEmptyText | None = None,
) -> SpaceRow:
    """A new space with its first members: space.created. A key that is taken: 409 `duplicate_space_key` (assumed).

    One that /customers/push_data has announced is taken over: it gets the name and the members (assumed).
    """
    known = next((row for row in workspace[SpaceRow] if space_key is not None and row.space_key == space_key), None)
    if known is not None and not known.is_announced:
        data = {"space_key": space_key, "space_id": known.id}
        raise ApiError(409, "duplicate_space_key", "A space with this space_key already exists", data=data)
    devices = checked_devices(workspace, caller, device_ids)
    entrances = checked_entrances(workspace, caller, acs_entrance_ids)
    accounts = tuple(find_account(workspace, account_id).id for account_id in connected_account_ids or ())
    customer = customer_key if caller.session is None else caller.session.customer_key
    if known is not None:
        told: dict[str, Any] = {**(known.customer_data or {}), **(customer_data or {})}
        known = known.but(
            name=name,
            customer_data=told or None,
            customer_key=customer or known.customer_key,
            is_announced=False,
        )
        known = set_accounts(workspace, workspace[SpaceRow].put(known), accounts)
        return set_members(workspace, known, device_ids=devices, acs_entrance_ids=entrances)
    return add_space(
        workspace,
        name=name,
        space_key=space_key,
        customer_key=customer,
        device_ids=devices,
        acs_entrance_ids=entrances,
        connected_account_ids=tuple(dict.fromkeys(accounts)),
        customer_data=None if customer_data is None else {**customer_data},
    )


@router.get("get", key="space", allow=WITH_PORTAL_READ, source="spec", checks=(exactly_one("space_id", "space_key"),))
def get(
    workspace: Workspace, *, caller: Caller, space_id: Uuid | None = None, space_key: Text | None = None
) -> SpaceRow:
    """The space of this id or key; 404 `space_not_found`. Both: 400 (assumed)."""
    return find_space(workspace, caller, space_id=space_id, space_key=space_key)


@router.get("list", key="spaces", allow=WITH_PORTAL_READ, source="spec", page_limit=500)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    connected_account_id: Uuid | None = None,
    customer_key: Text | None = None,
    parent_space_id: Uuid | None = None,
    parent_space_key: Text | None = None,
    search: NonEmptyText | None = None,
    space_key: Text | None = None,
) -> Page:
    """Spaces, oldest first. search: name, space key or customer key. All filters that are given have to match."""

    def matches(row: SpaceRow) -> bool:
        return (
            sees_customer(caller, row.customer_key)
            and (connected_account_id is None or connected_account_id in row.connected_account_ids)
            and customer_key in (None, row.customer_key)
            and parent_space_id in (None, row.parent_space_id)
            and parent_space_key in (None, row.parent_space_key)
            and space_key in (None, row.space_key)
            and contains(search, row.name, row.space_key, row.customer_key)
        )

    return page.page(workspace[SpaceRow], matches)


@router.patch(
    "update",
    key="space",
    allow=WITH_PORTAL,
    source="spec",
    checks=(at_least_one("space_id", "space_key", text="Must specify either space_id or space_key"),),
)
def update(
    workspace: Workspace,
    *,
    caller: Caller,
    acs_entrance_ids: list[Uuid] | None = None,
    customer_data: CustomerDataParam | None = None,
    device_ids: list[Uuid] | None = None,
    name: Text | None = None,
    parent_space_id: Uuid | None = None,
    parent_space_key: Text | None = None,
    space_id: Uuid | None = None,
    space_key: Text | None = None,
) -> SpaceRow:
    """Change the name, the customer data (key by key, null clears) and the members, of which a list replaces all.

    Other members: space.device_membership_changed, once. Name and customer data have no event (spec).
    """
    space = find_space(workspace, caller, space_id=space_id, space_key=space_key)
    devices = None if device_ids is None else checked_devices(workspace, caller, device_ids)
    entrances = None if acs_entrance_ids is None else checked_entrances(workspace, caller, acs_entrance_ids)
    changes: dict[str, Any] = given(name=name)
    if parent_space_id is not None or parent_space_key is not None:
        parent = find_space(workspace, caller, space_id=parent_space_id, space_key=parent_space_key)
        changes |= {"parent_space_id": parent.id, "parent_space_key": parent.space_key}
    if customer_data is not None:
        changes["customer_data"] = {**(space.customer_data or {}), **customer_data}
    space = workspace[SpaceRow].put(space.but(**changes))
    return set_members(workspace, space, device_ids=devices, acs_entrance_ids=entrances)


@router.delete("delete", allow=WITH_PORTAL, source="spec")
def delete(workspace: Workspace, *, caller: Caller, space_id: Uuid) -> None:
    """Delete a space: space.deleted with its last members, which stay. Access through it ends (assumed)."""
    delete_space(workspace, find_space(workspace, caller, space_id=space_id))


@router.put("add_devices", allow=WITH_PORTAL, source="spec")
def add_devices(workspace: Workspace, *, caller: Caller, device_ids: SomeUuids, space_id: Uuid) -> None:
    """Add devices: space.device_membership_changed, once; none for members (assumed)."""
    space = find_space(workspace, caller, space_id=space_id)
    set_members(workspace, space, device_ids=(*space.device_ids, *checked_devices(workspace, caller, device_ids)))


@router.put("add_acs_entrances", allow=WITH_PORTAL, source="spec")
def add_acs_entrances(workspace: Workspace, *, caller: Caller, acs_entrance_ids: SomeUuids, space_id: Uuid) -> None:
    """Add entrances: space.device_membership_changed, once; none for members (assumed)."""
    space = find_space(workspace, caller, space_id=space_id)
    added = checked_entrances(workspace, caller, acs_entrance_ids)
    set_members(workspace, space, acs_entrance_ids=(*space.acs_entrance_ids, *added))


@router.put("add_connected_account", allow=WITH_PORTAL, source="spec")
def add_connected_account(workspace: Workspace, *, caller: Caller, connected_account_id: Uuid, space_id: Uuid) -> None:
    """Note that a space came from an account; /connected_accounts/list finds it by space_id. No event (assumed)."""
    space = find_space(workspace, caller, space_id=space_id)
    account = find_account(workspace, connected_account_id)
    set_accounts(workspace, space, (*space.connected_account_ids, account.id))


@router.delete("remove_devices", allow=WITH_PORTAL, source="spec")
def remove_devices(workspace: Workspace, *, caller: Caller, device_ids: list[Uuid], space_id: Uuid) -> None:
    """Remove devices: space.device_membership_changed, once; none for what is no member (assumed)."""
    space = find_space(workspace, caller, space_id=space_id)
    set_members(workspace, space, device_ids=tuple(one for one in space.device_ids if one not in device_ids))


@router.delete("remove_acs_entrances", allow=WITH_PORTAL, source="spec")
def remove_acs_entrances(workspace: Workspace, *, caller: Caller, acs_entrance_ids: list[Uuid], space_id: Uuid) -> None:
    """Remove entrances: space.device_membership_changed, once; none for what is no member (assumed)."""
    space = find_space(workspace, caller, space_id=space_id)
    left = tuple(one for one in space.acs_entrance_ids if one not in acs_entrance_ids)
    set_members(workspace, space, acs_entrance_ids=left)


@router.delete("remove_connected_account", allow=WITH_PORTAL, source="spec")
def remove_connected_account(
    workspace: Workspace, *, caller: Caller, connected_account_id: Uuid, space_id: Uuid
) -> None:
    """Forget that a space came from an account; not so noted: no change (assumed)."""
    space = find_space(workspace, caller, space_id=space_id)
    left = tuple(one for one in space.connected_account_ids if one != connected_account_id)
    set_accounts(workspace, space, left)


router.include(related.router)
