"""Access systems out of nothing, for worlds and for tests; apart from accounts, which most tests need alone."""

from __future__ import annotations

from collections.abc import Iterable

from ..api.acs.kinds import SYSTEM_KINDS
from ..api.acs.model import AcsSystemRow
from ..api.acs.state import add_system
from ..api.connected_accounts.model import ConnectedAccountRow
from ..engine.workspace import Workspace
from .adding import add_account


def add_acs_system(
    workspace: Workspace,
    system_type: str,
    *,
    acs_system_id: str | None = None,
    name: str | None = None,
    entrances: Iterable[str] = (),
    account: ConnectedAccountRow | None = None,
) -> AcsSystemRow:
    """An access system of this kind, with the credential manager that its mobile keys need, if it needs one."""
    kind = SYSTEM_KINDS[system_type]
    manager = next((row for row in workspace[AcsSystemRow] if row.system_type in kind.managers), None)
    if manager is None and kind.managers:
        manager = add_acs_system(workspace, kind.managers[0])
    account = account or add_account(workspace, kind.provider)
    manager_id = manager.id if manager else None
    with workspace.ids.naming(acs_system_id):
        return add_system(workspace, account, system_type, name=name, manager_id=manager_id, entrances=entrances)
