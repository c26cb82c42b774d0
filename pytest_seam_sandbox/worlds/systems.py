"""The access systems of a world in a file, with their entrances, users and credentials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..api._shared import given
from ..api.acs.credentials import provider_metadata
from ..api.acs.encoding import AcsEncoderRow, add_encoder
from ..api.acs.events import AcsCredentialIssued
from ..api.acs.groups import AcsAccessGroupRow, add_group, groups_of_system
from ..api.acs.issuing import issue, tell
from ..api.acs.kinds import SYSTEM_KINDS
from ..api.acs.model import INACTIVE, WAITING, AcsCredentialRow, AcsEntranceRow, AcsSystemRow, AcsUserRow
from ..api.acs.schedules import follow_schedule
from ..api.acs.state import add_entrance, add_system, add_user, ensure_user, sample_metadata
from ..api.connected_accounts.model import ConnectedAccountRow
from ..api.user_identities.model import UserIdentityRow
from ..engine.workspace import Workspace
from .adding import add_account
from .adding_systems import add_acs_system
from .conditions import conditions
from .format import Credential, Encoder, Entrance, Group, System, User

_VISIONLINE = "visionline_metadata"


class SystemLoader:
    """Adds access systems to a workspace that has its accounts, people and phones already."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def load(self, systems: Iterable[System]) -> None:
        """Add the systems, then what they need of each other."""
        made = [(self._add(system), system) for system in systems]
        for row, system in made:
            self._find_manager(row, system)
        for row, system in made:
            self._fill(row, system)

    def _add(self, system: System) -> AcsSystemRow:
        workspace = self._workspace
        accounts = workspace[ConnectedAccountRow]
        if system.connected_account_id is None:
            account = add_account(workspace, SYSTEM_KINDS[system.system_type].provider)
        else:
            account = accounts[system.connected_account_id]
        with workspace.ids.naming(system.acs_system_id):
            return add_system(
                workspace,
                account,
                system.system_type,
                name=system.name,
                manager_id=system.default_credential_manager_acs_system_id,
                has_encoder=system.encoders is None,
                errors=conditions(workspace, system.errors),
                warnings=conditions(workspace, system.warnings),
                **given(created_at=system.created_at),
            )

    def _find_manager(self, row: AcsSystemRow, system: System) -> None:
        """Give a system of which the file does not say it the credential manager that it needs."""
        if "default_credential_manager_acs_system_id" in system.model_fields_set or not row.kind.managers:
            return
        systems = self._workspace[AcsSystemRow]
        manager = next((other for other in systems if other.system_type in row.kind.managers), None)
        manager = manager or add_acs_system(self._workspace, row.kind.managers[0])
        systems.put(row.but(manager_id=manager.id))

    def _fill(self, row: AcsSystemRow, system: System) -> None:
        row = self._workspace[AcsSystemRow][row.id]
        for entrance in system.entrances:
            self._add_entrance(row, entrance)
        for user in system.users:
            self._add_user(row, user)
        if system.access_groups is not None:
            self._add_groups(row, system.access_groups)
        if system.encoders is not None:
            self._add_encoders(row, system.encoders)
        for credential in system.credentials:
            self._add_credential(row, credential)

    def _add_entrance(self, system: AcsSystemRow, entrance: Entrance) -> None:
        workspace = self._workspace
        metadata = entrance.blocks or sample_metadata(system.system_type, entrance.display_name)
        with workspace.ids.naming(entrance.acs_entrance_id):
            row = add_entrance(workspace, system, entrance.display_name, metadata)
        workspace[AcsEntranceRow].put(
            row.but(
                errors=conditions(workspace, entrance.errors),
                warnings=conditions(workspace, entrance.warnings),
                **given(created_at=entrance.created_at),
            )
        )

    def _add_user(self, system: AcsSystemRow, user: User) -> None:
        workspace = self._workspace
        owner = workspace[UserIdentityRow].get(user.user_identity_id)
        schedule = user.access_schedule
        warnings = [warning for warning in user.warnings if warning.code != INACTIVE]  # follows from the schedule
        with workspace.ids.naming(user.acs_user_id):
            row = add_user(
                workspace,
                system,
                owner,
                full_name=user.full_name,
                email_address=user.email_address,
                phone_number=user.phone_number,
                hid_acs_system_id=user.hid_acs_system_id,
                access_schedule=None if schedule is None else schedule.model_dump(),
                is_suspended=user.is_suspended,
                acs_entrance_ids=tuple(dict.fromkeys(user.acs_entrance_ids)),
                errors=conditions(workspace, user.errors),
                warnings=conditions(workspace, warnings),
            )
        workspace[AcsUserRow].put(row.but(**given(created_at=user.created_at)))
        follow_schedule(workspace, row.id)

    def _add_groups(self, system: AcsSystemRow, groups: Iterable[Group]) -> None:
        workspace = self._workspace
        for sample in groups_of_system(workspace, system.id):
            workspace[AcsAccessGroupRow].remove(sample.id)
        for group in groups:
            with workspace.ids.naming(group.acs_access_group_id):
                row = add_group(workspace, system, group.name, group.access_group_type or system.kind.group_types[0])
            workspace[AcsAccessGroupRow].put(
                row.but(
                    acs_user_ids=tuple(dict.fromkeys(group.acs_user_ids)),
                    errors=conditions(workspace, group.errors),
                    warnings=conditions(workspace, group.warnings),
                    **given(created_at=group.created_at),
                )
            )

    def _add_encoders(self, system: AcsSystemRow, encoders: Iterable[Encoder]) -> None:
        workspace = self._workspace
        for encoder in encoders:
            with workspace.ids.naming(encoder.acs_encoder_id):
                row = add_encoder(workspace, system, encoder.display_name)
            workspace[AcsEncoderRow].put(
                row.but(
                    errors=conditions(workspace, encoder.errors),
                    warnings=conditions(workspace, encoder.warnings),
                    **given(created_at=encoder.created_at),
                )
            )

    def _add_credential(self, system: AcsSystemRow, credential: Credential) -> None:
        workspace = self._workspace
        with workspace.ids.naming(credential.acs_credential_id):
            row = workspace[AcsCredentialRow].put(self._credential(system, credential))
        if "issued_at" not in credential.model_fields_set:
            issue(workspace, row)
        elif row.issued_at is not None:
            tell(workspace, AcsCredentialIssued, row)

    def _credential(self, system: AcsSystemRow, credential: Credential) -> AcsCredentialRow:
        workspace = self._workspace
        acs_credential_id = workspace.ids.uuid()
        user = self._holder(system, credential)
        is_held_back = credential.issued_at is not None  # else it follows from that
        warnings = [warning for warning in credential.warnings if warning.code != WAITING or is_held_back]
        blocks, is_valid = self._blocks(system, credential)
        return AcsCredentialRow(
            acs_credential_id=acs_credential_id,
            workspace_id=workspace.workspace_id,
            acs_system_id=system.id,
            connected_account_id=system.connected_account_id,
            system_type=system.system_type,
            access_method=credential.access_method,
            created_at=credential.created_at or workspace.clock.text(),
            acs_user_id=None if user is None else user.id,
            user_identity_id=credential.user_identity_id or (None if user is None else user.user_identity_id),
            parent_acs_credential_id=credential.parent_acs_credential_id,
            is_multi_phone_sync_credential=credential.is_multi_phone_sync_credential,
            code=credential.code or (workspace.ids.pin(4) if credential.access_method == "code" else None),
            card_number=credential.card_number,
            starts_at=credential.starts_at,
            ends_at=credential.ends_at,
            issued_at=credential.issued_at,
            is_valid=is_valid,
            allowed_acs_entrance_ids=credential.allowed_acs_entrance_ids,
            access_method_id=credential.access_method_id,
            provider_metadata=blocks,
            errors=conditions(workspace, credential.errors),
            warnings=conditions(workspace, warnings),
        )

    def _holder(self, system: AcsSystemRow, credential: Credential) -> AcsUserRow | None:
        """The user of a credential: the one that is named, or the person's, made when there is none."""
        if credential.acs_user_id is not None:
            return self._workspace[AcsUserRow][credential.acs_user_id]
        owner = self._workspace[UserIdentityRow].get(credential.user_identity_id)
        return None if owner is None else ensure_user(self._workspace, system, owner)

    def _blocks(self, system: AcsSystemRow, credential: Credential) -> tuple[Mapping[str, Mapping[str, Any]], bool]:
        """What the provider says of a credential, and whether it is still valid."""
        blocks = dict(credential.blocks)
        own = dict(blocks.get(_VISIONLINE, {}))
        is_valid = bool(own.pop("is_valid", True)) or credential.issued_at is None
        if not blocks:
            ids = credential.allowed_acs_entrance_ids or ()
            doors = [row for row in self._workspace[AcsEntranceRow] if row.id in ids]
            return provider_metadata(system, doors, {}, {}), is_valid
        return {**blocks, **({_VISIONLINE: own} if _VISIONLINE in blocks else {})}, is_valid
