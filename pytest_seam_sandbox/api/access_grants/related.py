"""/access_grants/get_related."""

from __future__ import annotations

from typing import Any, Literal

from ...engine.auth import Caller
from ...engine.params import at_least_one
from ...engine.router import Router
from ...engine.types import Text, Uuid
from ...engine.workspace import Workspace
from .._batches import batch, those
from .._shared import WORKSPACE_READ
from ..acs.lookup import system_view
from ..acs.model import AcsSystemRow
from ..connected_accounts.model import ConnectedAccountRow
from ..spaces.model import SpaceRow
from ..user_identities.model import UserIdentityRow
from .doors import doors_of
from .lookup import find_grant
from .methods import methods_of

router = Router("/access_grants")

Part = Literal[
    "spaces",
    "devices",
    "acs_entrances",
    "connected_accounts",
    "acs_systems",
    "user_identities",
    "acs_access_groups",
    "access_methods",
]


@router.get(
    "get_related",
    key="batch",
    allow=WORKSPACE_READ,
    source="spec",
    checks=(
        at_least_one(
            "access_grant_ids", "access_grant_keys", text="Must specify access_grant_ids or access_grant_keys"
        ),
    ),
)
def get_related(
    workspace: Workspace,
    *,
    caller: Caller,
    access_grant_ids: list[Uuid] | None = None,
    access_grant_keys: list[Text] | None = None,
    exclude: list[Part] | None = None,
    include: list[Part] | None = None,
) -> dict[str, Any]:
    """What belongs to some grants: all kinds, or those of `include` but for those of `exclude`.

    Devices and entrances are those that the grants reach, through spaces too (assumed). No grant gives access by a
    group of users. An unknown id or key: 404 `access_grant_not_found` (assumed).
    """
    found = [find_grant(workspace, caller, access_grant_id=one) for one in access_grant_ids or ()]
    found += [find_grant(workspace, caller, access_grant_key=one) for one in access_grant_keys or ()]
    grants = list({grant.id: grant for grant in found}.values())
    doors = [doors_of(workspace, grant) for grant in grants]
    devices = list({row.id: row for each in doors for row in each.devices}.values())
    entrances = list({row.id: row for each in doors for row in each.entrances}.values())
    systems = those(workspace[AcsSystemRow], [row.acs_system_id for row in entrances])
    accounts = {row.connected_account_id for row in devices} | {row.connected_account_id for row in entrances}
    return batch(
        {
            "spaces": lambda: those(workspace[SpaceRow], [one for grant in grants for one in grant.space_ids]),
            "devices": lambda: devices,
            "acs_entrances": lambda: entrances,
            "connected_accounts": lambda: those(workspace[ConnectedAccountRow], accounts),
            "acs_systems": lambda: [system_view(workspace, system) for system in systems],
            "user_identities": lambda: those(workspace[UserIdentityRow], [one.user_identity_id for one in grants]),
            "acs_access_groups": lambda: (),
            "access_methods": lambda: [method for grant in grants for method in methods_of(workspace, grant.id)],
        },
        include,
        exclude,
    )
