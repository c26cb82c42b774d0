"""/spaces/get_related."""

from __future__ import annotations

from typing import Any, Literal

from ...engine.auth import Caller
from ...engine.params import at_least_one
from ...engine.router import Router
from ...engine.signals import Signal
from ...engine.store import Row
from ...engine.types import Text, Uuid
from ...engine.workspace import Workspace
from .._batches import batch, those
from .._ranks import by_rank
from .._shared import WITH_PORTAL_READ
from ..acs.lookup import system_view
from ..acs.model import AcsEntranceRow, AcsSystemRow
from ..connected_accounts.model import ConnectedAccountRow
from ..devices.model import DeviceRow
from .lookup import find_space

router = Router("/spaces")

finding_access_methods: Signal[[Workspace, frozenset[str], list[Row]]] = Signal(by_rank("access_grants.reactions"))
"""Sent to gather the access methods that reach members of these spaces; the list takes them."""

Part = Literal["spaces", "devices", "acs_entrances", "connected_accounts", "acs_systems", "access_methods"]


@router.get(
    "get_related",
    key="batch",
    allow=WITH_PORTAL_READ,
    source="spec",
    checks=(at_least_one("space_ids", "space_keys", text="Must specify space_ids or space_keys"),),
)
def get_related(
    workspace: Workspace,
    *,
    caller: Caller,
    exclude: list[Part] | None = None,
    include: list[Part] | None = None,
    space_ids: list[Uuid] | None = None,
    space_keys: list[Text] | None = None,
) -> dict[str, Any]:
    """The spaces with what is in them: all kinds, or those of `include` but for those of `exclude`.

    An unknown id or key: 404 `space_not_found` (assumed). Accounts: those of the members, and those that were added.
    """
    found = [find_space(workspace, caller, space_id=space_id) for space_id in space_ids or ()]
    found += [find_space(workspace, caller, space_key=space_key) for space_key in space_keys or ()]
    spaces = list({space.id: space for space in found}.values())
    devices = those(workspace[DeviceRow], [one for space in spaces for one in space.device_ids])
    entrances = those(workspace[AcsEntranceRow], [one for space in spaces for one in space.acs_entrance_ids])
    accounts = [one for space in spaces for one in space.connected_account_ids]
    accounts += [one.connected_account_id for one in devices] + [one.connected_account_id for one in entrances]
    systems = those(workspace[AcsSystemRow], [entrance.acs_system_id for entrance in entrances])
    methods: list[Row] = []
    finding_access_methods.send(workspace, frozenset(space.id for space in spaces), methods)
    return batch(
        {
            "spaces": lambda: spaces,
            "devices": lambda: devices,
            "acs_entrances": lambda: entrances,
            "connected_accounts": lambda: those(workspace[ConnectedAccountRow], accounts),
            "acs_systems": lambda: [system_view(workspace, system) for system in systems],
            "access_methods": lambda: methods,
        },
        include,
        exclude,
    )
