"""/access_grants/unmanaged: grants that Seam found and did not make. Nothing in a sandbox brings one."""

from __future__ import annotations

from typing import Literal

from ...engine.auth import Caller
from ...engine.pages import Page, Pager
from ...engine.router import Router
from ...engine.types import Text, Uuid
from ...engine.workspace import Workspace
from .._shared import WITH_PORTAL, WITH_PORTAL_READ, sees_customer
from ..access_codes.model import AccessCodeRow, GrantedBy
from ..user_identities.model import present_id
from .doors import doors_of
from .lookup import find_grant, refuse_taken_key
from .methods import AccessMethodRow, codes_of, methods_of
from .model import AccessGrantRow

router = Router("/access_grants")


@router.get("unmanaged/get", key="access_grant", allow=WITH_PORTAL_READ, source="spec")
def get(workspace: Workspace, *, caller: Caller, access_grant_id: Uuid) -> AccessGrantRow:
    """The unmanaged grant of this id; a managed one is not found here (assumed)."""
    return find_grant(workspace, caller, access_grant_id=access_grant_id, is_managed=False)


@router.get("unmanaged/list", key="access_grants", allow=WITH_PORTAL_READ, source="spec", page_limit=500)
def list_(
    workspace: Workspace,
    *,
    caller: Caller,
    page: Pager,
    acs_entrance_id: Uuid | None = None,
    acs_system_id: Uuid | None = None,
    reservation_key: Text | None = None,
    user_identity_id: Uuid | None = None,
) -> Page:
    """Unmanaged grants, oldest first. All filters that are given have to match."""
    person_id = None if user_identity_id is None else present_id(workspace, user_identity_id)

    def matches(row: AccessGrantRow) -> bool:
        entrances = doors_of(workspace, row).entrances
        return (
            not row.is_managed
            and sees_customer(caller, row.customer_key)
            and (acs_entrance_id is None or any(one.id == acs_entrance_id for one in entrances))
            and (acs_system_id is None or any(one.acs_system_id == acs_system_id for one in entrances))
            and reservation_key in (None, row.reservation_key)
            and person_id in (None, row.user_identity_id)
        )

    return page.page(workspace[AccessGrantRow], matches)


@router.patch("unmanaged/update", allow=WITH_PORTAL, source="spec")
def update(
    workspace: Workspace,
    *,
    caller: Caller,
    access_grant_id: Uuid,
    access_grant_key: Text | None = None,
    is_managed: Literal[True],
) -> None:
    """Make an unmanaged grant and its methods managed ones, with this key or the one it has; no event (spec)."""
    grant = find_grant(workspace, caller, access_grant_id=access_grant_id, is_managed=False)
    refuse_taken_key(workspace, access_grant_key, grant.id)
    key = access_grant_key or grant.access_grant_key
    workspace[AccessGrantRow].put(grant.but(is_managed=is_managed, access_grant_key=key))
    for method in methods_of(workspace, grant.id):
        workspace[AccessMethodRow].put(method.but(is_managed=is_managed))
        for code in codes_of(workspace, method):
            workspace[AccessCodeRow].put(code.but(granted_by=GrantedBy(method.id, grant.id, key)))
