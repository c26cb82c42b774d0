"""What can happen to access systems, their entrances and users, and what follows from it.

Order of events, where no source states it (assumed): what belongs to something goes before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...engine.errors import ApiError
from ...engine.signals import Signal
from ...engine.workspace import Workspace
from .._ranks import by_rank
from .._shared import Condition, errors_in_event, warnings_in_event, without_codes
from ..connected_accounts.model import ConnectedAccountRow
from ..connected_accounts.state import account_lost, account_recovered, deleting_account
from ..user_identities.model import UserIdentityRow, deleting_user_identity
from .encoding import AcsEncoderRow, add_encoder, encoders_of, lose_encoder
from .events import (
    AcsEntranceAdded,
    AcsEntranceRemoved,
    AcsSystemAdded,
    AcsSystemConnected,
    AcsSystemDisconnected,
    AcsUserCreated,
    AcsUserDeleted,
)
from .groups import add_groups, delete_group, groups_of_system, groups_of_user, leave
from .issuing import delete_credentials, issue, sync, take_back, without
from .kinds import SYSTEM_KINDS, door_category
from .lookup import credentials_of, users_of
from .model import AcsCredentialRow, AcsEntranceRow, AcsSystemRow, AcsUserRow

entrance_removed: Signal[[Workspace, AcsEntranceRow]] = Signal(by_rank("spaces.state", "access_grants.reactions"))
"""Sent after an entrance was taken away."""
system_changed: Signal[[Workspace, AcsSystemRow]] = Signal(by_rank("access_grants.reactions"))
"""Sent after the errors of an access system changed."""


def add_system(
    workspace: Workspace,
    account: ConnectedAccountRow,
    system_type: str,
    *,
    name: str | None = None,
    manager_id: str | None = None,
    entrances: Iterable[str] = (),
    has_encoder: bool = True,
    **details: Any,
) -> AcsSystemRow:
    """A new access system of the account: acs_system.added, acs_system.connected, acs_entrance.added for each.

    has_encoder: whether it comes with an encoder, if its kind has any. details: further fields of the row; with an
    error under which Seam does not reach it, it is not connected.
    """
    system = workspace[AcsSystemRow].put(
        AcsSystemRow(
            acs_system_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            connected_account_id=account.id,
            system_type=system_type,
            name=name or SYSTEM_KINDS[system_type].display_name,
            created_at=workspace.clock.text(),
            manager_id=manager_id,
        ).but(**details)
    )
    ids = {"acs_system_id": system.id, "connected_account_id": account.id}
    workspace.events.emit(workspace, AcsSystemAdded(**ids))
    if system.is_connected:
        workspace.events.emit(workspace, AcsSystemConnected(**ids))
    add_groups(workspace, system)
    if has_encoder and system.kind.has_encoders:
        add_encoder(workspace, system)
    for entrance in entrances:
        add_entrance(workspace, system, entrance, sample_metadata(system_type, entrance))
    return system


def sample_metadata(system_type: str, entrance: str) -> dict[str, Mapping[str, Any]]:
    """What the provider of a system of this type says of an entrance of this name."""
    if system_type != "visionline_system":
        return {}
    return {"visionline_metadata": {"door_name": entrance, "door_category": door_category(entrance)}}


def add_entrance(
    workspace: Workspace, system: AcsSystemRow, name: str, metadata: Mapping[str, Mapping[str, Any]]
) -> AcsEntranceRow:
    """A new entrance: acs_entrance.added."""
    entrance = workspace[AcsEntranceRow].put(
        AcsEntranceRow(
            acs_entrance_id=workspace.ids.uuid(),
            acs_system_id=system.id,
            connected_account_id=system.connected_account_id,
            system_type=system.system_type,
            display_name=name,
            created_at=workspace.clock.text(),
            metadata=metadata,
        )
    )
    workspace.events.emit(workspace, AcsEntranceAdded(**entrance.event_fields()))
    return entrance


def remove_entrance(workspace: Workspace, entrance: AcsEntranceRow) -> None:
    """Take an entrance away, also from what opens it: acs_entrance.removed."""
    for user in [row for row in workspace[AcsUserRow] if entrance.id in row.acs_entrance_ids]:
        workspace[AcsUserRow].put(user.but(acs_entrance_ids=without(user.acs_entrance_ids, entrance.id)))
    for credential in list(workspace[AcsCredentialRow]):
        named = credential.allowed_acs_entrance_ids or ()
        if entrance.id in named:
            left = without(named, entrance.id)
            workspace[AcsCredentialRow].put(credential.but(allowed_acs_entrance_ids=left))
    workspace[AcsEntranceRow].remove(entrance.id)
    workspace.events.emit(workspace, AcsEntranceRemoved(**entrance.event_fields()))
    entrance_removed.send(workspace, entrance)


def refuse_second_user(workspace: Workspace, acs_system_id: str, owner: UserIdentityRow) -> None:
    """One user per access system and person (docs); 409 `duplicate_acs_user` (assumed)."""
    for user in users_of(workspace, owner.id):
        if user.acs_system_id == acs_system_id:
            raise ApiError(
                409,
                "duplicate_acs_user",
                "The user identity has an ACS user in this ACS system already",
                data={"acs_user_id": user.id, "user_identity_id": owner.id},
            )


def add_user(
    workspace: Workspace, system: AcsSystemRow, owner: UserIdentityRow | None, *, full_name: str, **details: Any
) -> AcsUserRow:
    """A new user of the system: acs_user.created."""
    user = workspace[AcsUserRow].put(
        AcsUserRow(
            acs_user_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            acs_system_id=system.id,
            connected_account_id=system.connected_account_id,
            system_type=system.system_type,
            full_name=full_name,
            created_at=workspace.clock.text(),
            **details,
        )
    )
    workspace.events.emit(workspace, AcsUserCreated(**user.event_fields()))
    return user if owner is None else link(workspace, user, owner)


def link(workspace: Workspace, user: AcsUserRow, owner: UserIdentityRow) -> AcsUserRow:
    """Let a user be a person's; what waits for that person's phones is issued."""
    user = workspace[AcsUserRow].put(user.but(user_identity_id=owner.id, identity=identity_details(owner)))
    current = workspace[UserIdentityRow].get(owner.id) or owner
    workspace[UserIdentityRow].put(current.but(acs_user_ids=(*current.acs_user_ids, user.id)))
    for credential in credentials_of(workspace, user):
        issue(workspace, workspace[AcsCredentialRow].put(credential.but(user_identity_id=owner.id)))
    return user


def unlink(workspace: Workspace, user: AcsUserRow, owner: UserIdentityRow) -> None:
    """Let a user of this person be nobody's; the keys on the person's phones are revoked."""
    workspace[UserIdentityRow].put(owner.but(acs_user_ids=without(owner.acs_user_ids, user.id)))
    user = workspace[AcsUserRow].put(user.but(user_identity_id=None, identity={}))
    for credential in credentials_of(workspace, user):
        take_back(workspace, credential)


def identity_details(owner: UserIdentityRow) -> dict[str, str | None]:
    """What a user of an access system repeats of its person."""
    return {
        "user_identity_full_name": owner.full_name,
        "user_identity_email_address": owner.email_address,
        "user_identity_phone_number": owner.phone_number,
    }


def ensure_user(workspace: Workspace, system: AcsSystemRow, owner: UserIdentityRow) -> AcsUserRow:
    """The person's user in this system: the one there is, one with the same email or phone, or a new one (spec)."""
    users = [row for row in workspace[AcsUserRow] if row.acs_system_id == system.id]
    for user in users:
        if user.user_identity_id == owner.id:
            return user
    for user in users:
        same_email = owner.email_address is not None and user.email_address == owner.email_address
        same_phone = owner.phone_number is not None and user.phone_number == owner.phone_number
        if user.user_identity_id is None and (same_email or same_phone):
            return link(workspace, user, owner)
    return add_user(
        workspace,
        system,
        owner,
        full_name=owner.display_name,
        email_address=owner.email_address,
        phone_number=owner.phone_number,
    )


def delete_user(workspace: Workspace, user: AcsUserRow) -> None:
    """Delete a user: acs_credential.deleted for each credential, then acs_user.deleted."""
    delete_credentials(workspace, credentials_of(workspace, user))
    for group in groups_of_user(workspace, user):
        leave(workspace, group, user.id)
    owner = workspace[UserIdentityRow].get(user.user_identity_id)
    if owner is not None:
        workspace[UserIdentityRow].put(owner.but(acs_user_ids=without(owner.acs_user_ids, user.id)))
    workspace[AcsUserRow].remove(user.id)
    workspace.events.emit(workspace, AcsUserDeleted(**user.event_fields()))


def refresh_person(workspace: Workspace, owner: UserIdentityRow) -> None:
    """Let the users of a person repeat its present details."""
    for user in users_of(workspace, owner.id):
        workspace[AcsUserRow].put(user.but(identity=identity_details(owner)))


def move_person(workspace: Workspace, merged: UserIdentityRow, primary: UserIdentityRow) -> None:
    """Let the users and credentials of a person be another one's."""
    for user in users_of(workspace, merged.id):
        workspace[AcsUserRow].put(user.but(user_identity_id=primary.id, identity=identity_details(primary)))
    for credential in [row for row in workspace[AcsCredentialRow] if row.user_identity_id == merged.id]:
        workspace[AcsCredentialRow].put(credential.but(user_identity_id=primary.id))


@deleting_user_identity.reaction
def _delete_with_person(workspace: Workspace, owner: UserIdentityRow) -> None:
    own = [row for row in workspace[AcsCredentialRow] if row.user_identity_id == owner.id]
    delete_credentials(workspace, own)
    for user in users_of(workspace, owner.id):
        delete_user(workspace, user)


def lose_system(workspace: Workspace, system: AcsSystemRow, error: Condition) -> None:
    """Put an error on a system; the transition to unreachable logs acs_system.disconnected, just once."""
    was_connected = system.is_connected
    system = workspace[AcsSystemRow].put(system.but(errors=(*system.errors, error)))
    if was_connected and not system.is_connected:
        _tell_of_loss(workspace, system)
    system_changed.send(workspace, system)


def _tell_of_loss(workspace: Workspace, system: AcsSystemRow) -> None:
    account = workspace[ConnectedAccountRow][system.connected_account_id]
    event = AcsSystemDisconnected(
        acs_system_id=system.id,
        connected_account_id=account.id,
        acs_system_errors=errors_in_event(system.errors),
        acs_system_warnings=warnings_in_event(system.warnings),
        connected_account_errors=errors_in_event(account.errors),
        connected_account_warnings=warnings_in_event(account.warnings),
    )
    workspace.events.emit(workspace, event)


def recover_system(workspace: Workspace, system: AcsSystemRow, code: str) -> None:
    """Take an error off a system; the transition back logs acs_system.connected, just once.

    Credentials that were made meanwhile are issued, to phones of meanwhile too.
    """
    was_connected = system.is_connected
    system = workspace[AcsSystemRow].put(system.but(errors=without_codes(system.errors, code)))
    if system.is_connected and not was_connected:
        event = AcsSystemConnected(acs_system_id=system.id, connected_account_id=system.connected_account_id)
        workspace.events.emit(workspace, event)
    if system.is_manageable:
        for credential in [row for row in workspace[AcsCredentialRow] if row.acs_system_id == system.id]:
            sync(workspace, credential)
    system_changed.send(workspace, system)


@account_lost.reaction
def _disconnect(workspace: Workspace, account: ConnectedAccountRow) -> None:
    message = "Account Disconnected: the login at the provider no longer works. Reconnect the account."
    for system in systems_of(workspace, account):
        lose_system(workspace, system, Condition("account_disconnected", message, workspace.clock.text()))


@account_recovered.reaction
def _reconnect(workspace: Workspace, account: ConnectedAccountRow) -> None:
    for system in systems_of(workspace, account):
        recover_system(workspace, system, "account_disconnected")


@deleting_account.reaction
def _delete_with_account(workspace: Workspace, account: ConnectedAccountRow) -> None:
    for system in systems_of(workspace, account):
        delete_credentials(workspace, [row for row in workspace[AcsCredentialRow] if row.acs_system_id == system.id])
        for user in [row for row in workspace[AcsUserRow] if row.acs_system_id == system.id]:
            delete_user(workspace, user)
        for encoder in encoders_of(workspace, system.id):
            lose_encoder(workspace, encoder)
            workspace[AcsEncoderRow].remove(encoder.id)
        for group in groups_of_system(workspace, system.id):
            delete_group(workspace, group)
        for entrance in [row for row in workspace[AcsEntranceRow] if row.acs_system_id == system.id]:
            remove_entrance(workspace, entrance)
        workspace[AcsSystemRow].remove(system.id)
        for served in [row for row in workspace[AcsSystemRow] if row.manager_id == system.id]:
            workspace[AcsSystemRow].put(served.but(manager_id=None))


def systems_of(workspace: Workspace, account: ConnectedAccountRow) -> list[AcsSystemRow]:
    """The access systems of an account, oldest first."""
    return [row for row in workspace[AcsSystemRow] if row.connected_account_id == account.id]
