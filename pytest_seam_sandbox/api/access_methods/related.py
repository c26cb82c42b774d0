"""/access_methods/get_related."""

from __future__ import annotations

from typing import Any, Literal

from ...engine.auth import Caller
from ...engine.router import Router
from ...engine.types import Uuid
from ...engine.workspace import Workspace
from .._batches import batch, those
from .._shared import WITH_PORTAL_READ
from ..access_grants.lookup import find_method
from ..access_grants.methods import credentials_of
from ..access_grants.model import AccessGrantRow
from ..acs.model import AcsEntranceRow
from ..client_sessions.model import ClientSessionRow
from ..client_sessions.state import session_view
from ..devices.model import DeviceRow
from ..instant_keys.model import InstantKeyRow
from ..spaces.model import SpaceRow

router = Router("/access_methods")

Part = Literal[
    "spaces",
    "devices",
    "acs_entrances",
    "access_grants",
    "access_methods",
    "instant_keys",
    "client_sessions",
    "acs_credentials",
]


@router.get("get_related", key="batch", allow=WITH_PORTAL_READ, source="spec")
def get_related(
    workspace: Workspace,
    *,
    caller: Caller,
    access_method_ids: list[Uuid],
    exclude: list[Part] | None = None,
    include: list[Part] | None = None,
) -> dict[str, Any]:
    """What belongs to some access methods: all kinds, or those of `include` but for those of `exclude`.

    Spaces are those of their grants (assumed). An unknown id: 404 `access_method_not_found` (assumed).
    """
    methods = [find_method(workspace, caller, one) for one in dict.fromkeys(access_method_ids)]
    grants = those(workspace[AccessGrantRow], [method.access_grant_id for method in methods])
    keys = those(workspace[InstantKeyRow], [method.instant_key_id for method in methods])
    sessions = those(workspace[ClientSessionRow], [key.client_session_id for key in keys])
    return batch(
        {
            "spaces": lambda: those(workspace[SpaceRow], [one for grant in grants for one in grant.space_ids]),
            "devices": lambda: those(workspace[DeviceRow], [one for method in methods for one in method.device_ids]),
            "acs_entrances": lambda: those(
                workspace[AcsEntranceRow], [one for method in methods for one in method.acs_entrance_ids]
            ),
            "access_grants": lambda: grants,
            "access_methods": lambda: methods,
            "instant_keys": lambda: keys,
            "client_sessions": lambda: [session_view(workspace, session) for session in sessions],
            "acs_credentials": lambda: [row for method in methods for row in credentials_of(workspace, method)],
        },
        include,
        exclude,
    )
