"""The credentials that access methods have in access systems."""

from __future__ import annotations

from collections.abc import Iterable

from ...engine.workspace import Workspace
from ..acs.credentials import provider_metadata
from ..acs.groups import outdated
from ..acs.issuing import delete_credentials, issue
from ..acs.model import AcsCredentialRow, AcsEntranceRow, AcsSystemRow
from ..acs.state import ensure_user
from ..user_identities.model import find_user_identity
from .methods import AccessMethodRow, credentials_of, is_manageable
from .model import AccessGrantRow


def open_entrances(
    workspace: Workspace, grant: AccessGrantRow, method: AccessMethodRow, entrances: Iterable[AcsEntranceRow]
) -> None:
    """Let a method open entrances: with the credential that it has in their system, or with a new one."""
    known = {credential.acs_system_id: credential for credential in credentials_of(workspace, method)}
    by_system: dict[str, list[AcsEntranceRow]] = {}
    for entrance in entrances:
        by_system.setdefault(entrance.acs_system_id, []).append(entrance)
    for system_id, rows in by_system.items():
        if system_id in known:
            ids = (*(known[system_id].allowed_acs_entrance_ids or ()), *(row.id for row in rows))
            changed = known[system_id].but(allowed_acs_entrance_ids=tuple(dict.fromkeys(ids)))
            is_outdated = changed.is_issued and method.needs_encoding
            workspace[AcsCredentialRow].put(outdated(workspace, changed) if is_outdated else changed)
        else:
            _add(workspace, grant, method, workspace[AcsSystemRow][system_id], rows)


def _add(
    workspace: Workspace,
    grant: AccessGrantRow,
    method: AccessMethodRow,
    system: AcsSystemRow,
    entrances: list[AcsEntranceRow],
) -> None:
    """A new credential of the person's user in a system, issued as far as it can be. A mobile key: for all phones."""
    owner = find_user_identity(workspace, grant.user_identity_id)
    user = ensure_user(workspace, system, owner)
    credential = AcsCredentialRow(
        acs_credential_id=workspace.ids.uuid(),
        workspace_id=workspace.workspace_id,
        acs_system_id=system.id,
        connected_account_id=system.connected_account_id,
        system_type=system.system_type,
        access_method=method.mode,
        created_at=workspace.clock.text(),
        acs_user_id=user.id,
        user_identity_id=owner.id,
        is_multi_phone_sync_credential=method.mode == "mobile_key",
        code=method.code if method.mode == "code" else None,
        starts_at=grant.starts_at,
        ends_at=grant.ends_at,
        allowed_acs_entrance_ids=tuple(entrance.id for entrance in entrances),
        access_method_id=method.id,
        provider_metadata=provider_metadata(system, entrances, {}, {}),
    )
    issue(workspace, workspace[AcsCredentialRow].put(credential))


def close_entrances(workspace: Workspace, method: AccessMethodRow, entrance_ids: Iterable[str]) -> None:
    """Take entrances from the credentials of a method; one that has none left is deleted, if its system is there."""
    gone = {*entrance_ids}
    for credential in credentials_of(workspace, method):
        left = tuple(one for one in credential.allowed_acs_entrance_ids or () if one not in gone)
        changed = workspace[AcsCredentialRow].put(credential.but(allowed_acs_entrance_ids=left))
        if not left and is_manageable(workspace, changed):
            delete_credentials(workspace, [changed])
