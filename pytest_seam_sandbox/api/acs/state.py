"""What can happen in access systems: added, users linked, credentials issued, invalidated, deleted, and what follows.

Order of events, where no source states it (assumed): what belongs to something goes before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...engine.errors import ApiError
from ...engine.store import Workspace
from .._phones import PhoneRow
from .._shared import Condition, errors_in_event, given, warnings_in_event
from .._user_identities import UserIdentityRow, deleting_user_identity
from ..connected_accounts import ConnectedAccountRow, account_lost, account_recovered, deleting_account
from ..phones import deactivating_phone, phone_created
from .events import (
    AcsCredentialDeleted,
    AcsCredentialFields,
    AcsCredentialInvalidated,
    AcsCredentialIssued,
    AcsEntranceAdded,
    AcsEntranceRemoved,
    AcsSystemAdded,
    AcsSystemConnected,
    AcsSystemDisconnected,
    AcsUserCreated,
    AcsUserDeleted,
)
from .kinds import SYSTEM_KINDS, door_category
from .model import (
    AcsCredentialRow,
    AcsEntranceRow,
    AcsSystemRow,
    AcsUserRow,
    credentials_of,
    users_of,
)


def add_system(
    workspace: Workspace,
    account: ConnectedAccountRow,
    system_type: str,
    *,
    name: str | None = None,
    manager_id: str | None = None,
    entrances: Iterable[str] = (),
) -> AcsSystemRow:
    """A new access system of the account: acs_system.added, acs_system.connected, acs_entrance.added for each."""
    system = workspace[AcsSystemRow].put(
        AcsSystemRow(
            acs_system_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            connected_account_id=account.id,
            system_type=system_type,
            name=name or SYSTEM_KINDS[system_type].display_name,
            created_at=workspace.clock.text(),
            manager_id=manager_id,
        )
    )
    ids = {"acs_system_id": system.id, "connected_account_id": account.id}
    workspace.events.emit(workspace, AcsSystemAdded(**ids))
    workspace.events.emit(workspace, AcsSystemConnected(**ids))
    for entrance in entrances:
        metadata: dict[str, Mapping[str, Any]] = {}
        if system_type == "visionline_system":
            metadata["visionline_metadata"] = {"door_name": entrance, "door_category": door_category(entrance)}
        add_entrance(workspace, system, entrance, metadata)
    return system


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
        workspace[AcsUserRow].put(user.but(acs_entrance_ids=_without(user.acs_entrance_ids, entrance.id)))
    for credential in list(workspace[AcsCredentialRow]):
        named = credential.allowed_acs_entrance_ids or ()
        if entrance.id in named:
            left = _without(named, entrance.id)
            workspace[AcsCredentialRow].put(credential.but(allowed_acs_entrance_ids=left))
    workspace[AcsEntranceRow].remove(entrance.id)
    workspace.events.emit(workspace, AcsEntranceRemoved(**entrance.event_fields()))


def _without(ids: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(one for one in ids if one != gone)


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
    known = workspace[UserIdentityRow].get(owner.id) or owner
    workspace[UserIdentityRow].put(known.but(acs_user_ids=(*known.acs_user_ids, user.id)))
    for credential in credentials_of(workspace, user):
        issue(workspace, workspace[AcsCredentialRow].put(credential.but(user_identity_id=owner.id)))
    return user


def unlink(workspace: Workspace, user: AcsUserRow, owner: UserIdentityRow) -> None:
    """Let a user of this person be nobody's; the keys on the person's phones are revoked."""
    workspace[UserIdentityRow].put(owner.but(acs_user_ids=_without(owner.acs_user_ids, user.id)))
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
    owner = workspace[UserIdentityRow].get(user.user_identity_id)
    if owner is not None:
        workspace[UserIdentityRow].put(owner.but(acs_user_ids=_without(owner.acs_user_ids, user.id)))
    workspace[AcsUserRow].remove(user.id)
    workspace.events.emit(workspace, AcsUserDeleted(**user.event_fields()))


def issue(workspace: Workspace, credential: AcsCredentialRow) -> AcsCredentialRow:
    """Issue a credential as far as it can be: acs_credential.issued. One that was invalidated is not.

    A code and a cloud key are issued at once, a mobile key when its person has a phone, a card by an encoder only. A
    multi-phone credential gets a child for every phone; any other goes to the oldest phone (assumed). Nothing is
    issued while the access system is disconnected (assumed).
    """
    if credential.is_issued or credential.access_method == "card" or not _reaches_phones(workspace, credential):
        return credential
    if credential.access_method == "mobile_key":
        phones = [phone for phone in workspace[PhoneRow] if phone.user_identity_id == credential.user_identity_id]
        if not phones:
            return credential
        if credential.is_multi_phone_sync_credential:
            for phone in phones:
                _issue_child(workspace, credential, phone)
        else:
            _hand_over(workspace, phones[0], credential.id)
    return _mark_issued(workspace, credential)


def _reaches_phones(workspace: Workspace, credential: AcsCredentialRow) -> bool:
    """Whether it could be issued now: it is valid, and its access system is connected."""
    return credential.is_valid and not workspace[AcsSystemRow][credential.acs_system_id].errors


def tell(workspace: Workspace, kind: type[AcsCredentialFields], credential: AcsCredentialRow) -> None:
    """Log an event about a credential, to be found by its person too."""
    owner = given(user_identity_id=credential.user_identity_id)
    workspace.events.emit(workspace, kind(**credential.event_fields()), **owner)


def _mark_issued(workspace: Workspace, credential: AcsCredentialRow) -> AcsCredentialRow:
    credential = workspace[AcsCredentialRow].put(credential.but(issued_at=workspace.clock.text()))
    tell(workspace, AcsCredentialIssued, credential)
    if credential.overrides and credential.parent_acs_credential_id is None:
        _override(workspace, credential)
    return credential


def _issue_child(workspace: Workspace, parent: AcsCredentialRow, phone: PhoneRow) -> None:
    child = workspace[AcsCredentialRow].put(
        parent.but(
            acs_credential_id=workspace.ids.uuid(),
            parent_acs_credential_id=parent.id,
            is_multi_phone_sync_credential=False,
            created_at=workspace.clock.text(),
        )
    )
    _hand_over(workspace, phone, parent.id, child.id)
    _mark_issued(workspace, child.but(issued_at=None))


def _hand_over(workspace: Workspace, phone: PhoneRow, *credential_ids: str) -> None:
    known = workspace[PhoneRow].get(phone.device_id) or phone
    workspace[PhoneRow].put(known.but(acs_credential_ids=(*known.acs_credential_ids, *credential_ids)))


def _override(workspace: Workspace, credential: AcsCredentialRow) -> None:
    """An override key shuts out the other keys of its guest doors (docs)."""
    doors = {row.id for row in workspace[AcsEntranceRow] if row.is_guest_door}
    doors &= set(credential.allowed_acs_entrance_ids or ())
    for other in list(workspace[AcsCredentialRow]):
        own = credential.id in (other.id, other.parent_acs_credential_id)
        if not own and other.is_issued and not doors.isdisjoint(other.allowed_acs_entrance_ids or ()):
            invalidate(workspace, other)


def invalidate(workspace: Workspace, credential: AcsCredentialRow) -> None:
    """Let a credential open nothing any more: acs_credential.invalidated, once."""
    if credential.is_valid:
        workspace[AcsCredentialRow].put(credential.but(is_valid=False))
        tell(workspace, AcsCredentialInvalidated, credential)


def take_back(workspace: Workspace, credential: AcsCredentialRow) -> None:
    """Revoke a mobile key from its phones, and let it be nobody's; it waits for a phone again."""
    current = workspace[AcsCredentialRow].get(credential.id)
    if current is None or current.parent_acs_credential_id is not None:
        return
    delete_credentials(workspace, _children(workspace, current))
    _forget_on_phones(workspace, current.id)
    issued_at = None if current.access_method == "mobile_key" else current.issued_at
    workspace[AcsCredentialRow].put(current.but(user_identity_id=None, issued_at=issued_at))


def _children(workspace: Workspace, parent: AcsCredentialRow) -> list[AcsCredentialRow]:
    return [row for row in workspace[AcsCredentialRow] if row.parent_acs_credential_id == parent.id]


def delete_credentials(workspace: Workspace, credentials: Iterable[AcsCredentialRow]) -> None:
    """Delete credentials, each after its children: acs_credential.deleted."""
    for credential in credentials:
        if workspace[AcsCredentialRow].get(credential.id) is None:
            continue
        delete_credentials(workspace, _children(workspace, credential))
        _forget_on_phones(workspace, credential.id)
        workspace[AcsCredentialRow].remove(credential.id)
        tell(workspace, AcsCredentialDeleted, credential)


def _forget_on_phones(workspace: Workspace, credential_id: str) -> None:
    for phone in [row for row in workspace[PhoneRow] if credential_id in row.acs_credential_ids]:
        workspace[PhoneRow].put(phone.but(acs_credential_ids=_without(phone.acs_credential_ids, credential_id)))


@phone_created.reaction(order=1)
def _issue_to_new_phone(workspace: Workspace, phone: PhoneRow) -> None:
    sync_phones(workspace, phone.user_identity_id)


def sync_phones(workspace: Workspace, user_identity_id: str) -> None:
    """Give each phone of a person a child of every multi-phone credential, and issue what waited for one (docs)."""
    for credential in [row for row in workspace[AcsCredentialRow] if row.user_identity_id == user_identity_id]:
        _sync(workspace, credential)


def _sync(workspace: Workspace, credential: AcsCredentialRow) -> None:
    """Issue a credential, or give the phones that lack it a child."""
    if not credential.is_issued:
        issue(workspace, credential)
    elif credential.is_multi_phone_sync_credential and _reaches_phones(workspace, credential):
        for phone in [row for row in workspace[PhoneRow] if row.user_identity_id == credential.user_identity_id]:
            if credential.id not in phone.acs_credential_ids:
                _issue_child(workspace, credential, phone)


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


@deactivating_phone.reaction(order=1)
def _revoke_from_phone(workspace: Workspace, phone: PhoneRow) -> None:
    """What was issued to a lost phone is revoked; a multi-phone credential stays, for the other phones.

    Without another phone it waits for the next one, as one that was made for a person without a phone (assumed).
    """
    held = [row for row in workspace[AcsCredentialRow] if row.id in phone.acs_credential_ids]
    delete_credentials(workspace, [row for row in held if not row.is_multi_phone_sync_credential])
    for credential in (row for row in held if row.is_multi_phone_sync_credential):
        if not _children(workspace, credential):
            workspace[AcsCredentialRow].put(credential.but(issued_at=None))


@deleting_user_identity.reaction(order=1)
def _delete_with_person(workspace: Workspace, owner: UserIdentityRow) -> None:
    own = [row for row in workspace[AcsCredentialRow] if row.user_identity_id == owner.id]
    delete_credentials(workspace, own)
    for user in users_of(workspace, owner.id):
        delete_user(workspace, user)


@account_lost.reaction(order=2)
def _disconnect(workspace: Workspace, account: ConnectedAccountRow) -> None:
    message = "Account Disconnected: the login at the provider no longer works. Reconnect the account."
    for system in _systems_of(workspace, account):
        error = Condition("account_disconnected", message, workspace.clock.text())
        workspace[AcsSystemRow].put(system.but(errors=(error,)))
        event = AcsSystemDisconnected(
            acs_system_id=system.id,
            connected_account_id=account.id,
            acs_system_errors=errors_in_event([error]),
            acs_system_warnings=[],
            connected_account_errors=errors_in_event(account.errors),
            connected_account_warnings=warnings_in_event(account.warnings),
        )
        workspace.events.emit(workspace, event)


@account_recovered.reaction(order=2)
def _reconnect(workspace: Workspace, account: ConnectedAccountRow) -> None:
    """The systems are back; credentials that were made meanwhile are issued, to phones of meanwhile too."""
    for system in _systems_of(workspace, account):
        workspace[AcsSystemRow].put(system.but(errors=()))
        event = AcsSystemConnected(acs_system_id=system.id, connected_account_id=account.id)
        workspace.events.emit(workspace, event)
        for credential in [row for row in workspace[AcsCredentialRow] if row.acs_system_id == system.id]:
            _sync(workspace, credential)


@deleting_account.reaction(order=4)
def _delete_with_account(workspace: Workspace, account: ConnectedAccountRow) -> None:
    for system in _systems_of(workspace, account):
        delete_credentials(workspace, [row for row in workspace[AcsCredentialRow] if row.acs_system_id == system.id])
        for user in [row for row in workspace[AcsUserRow] if row.acs_system_id == system.id]:
            delete_user(workspace, user)
        for entrance in [row for row in workspace[AcsEntranceRow] if row.acs_system_id == system.id]:
            remove_entrance(workspace, entrance)
        workspace[AcsSystemRow].remove(system.id)
        for served in [row for row in workspace[AcsSystemRow] if row.manager_id == system.id]:
            workspace[AcsSystemRow].put(served.but(manager_id=None))


def _systems_of(workspace: Workspace, account: ConnectedAccountRow) -> list[AcsSystemRow]:
    return [row for row in workspace[AcsSystemRow] if row.connected_account_id == account.id]
