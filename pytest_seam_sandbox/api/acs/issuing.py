"""Credentials are issued to phones, invalidated, taken back, deleted, and follow their person's phones."""

from __future__ import annotations

from collections.abc import Iterable

from ...engine.signals import Signal
from ...engine.workspace import Workspace
from .._ranks import by_rank
from .._shared import Condition, given
from ..phones.model import PhoneRow
from ..phones.state import deactivating_phone, giving_up_phone, phone_created
from .events import (
    AcsCredentialDeleted,
    AcsCredentialFields,
    AcsCredentialInvalidated,
    AcsCredentialIssued,
    AcsCredentialReissued,
)
from .groups import outdated
from .model import AcsCredentialRow, AcsSystemRow, AcsUserRow

granted_credential_changed: Signal[[Workspace, str]] = Signal(by_rank("access_grants.reactions"))
"""Sent after a credential of an access grant was issued or deleted; given is the id of its access method."""
_LEAVING = "being_deleted"


def issue(workspace: Workspace, credential: AcsCredentialRow) -> AcsCredentialRow:
    """Issue a credential as far as it can be: acs_credential.issued. One that was invalidated is not.

    A code and a cloud key are issued at once, a mobile key when its person has a phone, a card by an encoder only. A
    multi-phone credential gets a child for every phone; any other goes to the oldest phone (assumed). Nothing is
    issued while the access system is disconnected (assumed).
    """
    if credential.is_issued or credential.is_held_back or credential.access_method == "card":
        return credential
    if not _reaches_phones(workspace, credential):
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
    return mark_issued(workspace, credential)


def _reaches_phones(workspace: Workspace, credential: AcsCredentialRow) -> bool:
    """Whether it could be issued now: it is valid, and access can be given in its access system."""
    return credential.is_valid and workspace[AcsSystemRow][credential.acs_system_id].is_manageable


def tell(workspace: Workspace, kind: type[AcsCredentialFields], credential: AcsCredentialRow) -> None:
    """Log an event about a credential, to be found by its person too."""
    owner = given(user_identity_id=credential.user_identity_id)
    workspace.events.emit(workspace, kind(**credential.event_fields()), **owner)


def mark_issued(workspace: Workspace, credential: AcsCredentialRow) -> AcsCredentialRow:
    """Note that a credential reached a phone, a card, the cloud or the lock: acs_credential.issued."""
    credential = workspace[AcsCredentialRow].put(credential.but(issued_at=workspace.clock.text()))
    tell(workspace, AcsCredentialIssued, credential)
    if credential.parent_acs_credential_id is None:
        _override(workspace, credential)
    _tell_grant(workspace, credential)
    return credential


def _tell_grant(workspace: Workspace, credential: AcsCredentialRow) -> None:
    if credential.access_method_id is not None:
        granted_credential_changed.send(workspace, credential.access_method_id)


def _issue_child(workspace: Workspace, parent: AcsCredentialRow, phone: PhoneRow) -> None:
    child = workspace[AcsCredentialRow].put(
        parent.but(
            acs_credential_id=workspace.ids.uuid(),
            parent_acs_credential_id=parent.id,
            is_multi_phone_sync_credential=False,
            created_at=workspace.clock.text(),
            errors=(),
            warnings=(),
        )
    )
    _hand_over(workspace, phone, parent.id, child.id)
    mark_issued(workspace, child.but(issued_at=None))


def _hand_over(workspace: Workspace, phone: PhoneRow, *credential_ids: str) -> None:
    current = workspace[PhoneRow].get(phone.device_id) or phone
    workspace[PhoneRow].put(current.but(acs_credential_ids=(*current.acs_credential_ids, *credential_ids)))


def _override(workspace: Workspace, credential: AcsCredentialRow) -> None:
    """An override key shuts out the other keys of the doors that it overrides (docs)."""
    doors = set(credential.overridden_ids)
    for other in list(workspace[AcsCredentialRow]):
        own = credential.id in (other.id, other.parent_acs_credential_id)
        if not own and other.is_issued and not doors.isdisjoint(other.allowed_acs_entrance_ids or ()):
            invalidate(workspace, other)


def invalidate(workspace: Workspace, credential: AcsCredentialRow) -> None:
    """Let a credential open nothing any more: acs_credential.invalidated, once."""
    if credential.is_valid:
        workspace[AcsCredentialRow].put(credential.but(is_valid=False))
        tell(workspace, AcsCredentialInvalidated, credential)


def change_credential(workspace: Workspace, credential: AcsCredentialRow, **changes: str | None) -> AcsCredentialRow:
    """Change a credential and its copies on phones; what was issued is issued again: acs_credential.reissued (assumed).

    A card that an encoder has written has to be written again. changes: other values of its fields.
    """
    for child in _children(workspace, credential):
        _reissue(workspace, child.but(**changes))
    return _reissue(workspace, credential.but(**changes))


def _reissue(workspace: Workspace, changed: AcsCredentialRow) -> AcsCredentialRow:
    if not changed.is_issued:
        return workspace[AcsCredentialRow].put(changed)
    if changed.access_method == "card" and workspace[AcsSystemRow][changed.acs_system_id].kind.has_encoders:
        return workspace[AcsCredentialRow].put(outdated(workspace, changed))
    reissued = workspace[AcsCredentialRow].put(changed.but(issued_at=workspace.clock.text()))
    tell(workspace, AcsCredentialReissued, reissued)
    return reissued


def take_back(workspace: Workspace, credential: AcsCredentialRow) -> None:
    """Revoke a mobile key from its phones, and let it be nobody's; it waits for a phone again."""
    current = workspace[AcsCredentialRow].get(credential.id)
    if current is None or current.parent_acs_credential_id is not None:
        return
    delete_credentials(workspace, _children(workspace, current))
    _forget_on_phones(workspace, current)
    issued_at = None if current.access_method == "mobile_key" else current.issued_at
    workspace[AcsCredentialRow].put(current.but(user_identity_id=None, issued_at=issued_at))


def assign_to(workspace: Workspace, credential: AcsCredentialRow, user: AcsUserRow) -> AcsCredentialRow:
    """Give a credential to a user; whoever had it before loses it. A mobile key goes to the phones of its person."""
    if credential.acs_user_id == user.id:
        return credential
    take_back(workspace, credential)
    taken = workspace[AcsCredentialRow][credential.id]
    given_to = taken.but(acs_user_id=user.id, user_identity_id=user.user_identity_id)
    return issue(workspace, workspace[AcsCredentialRow].put(given_to))


def _children(workspace: Workspace, parent: AcsCredentialRow) -> list[AcsCredentialRow]:
    return [row for row in workspace[AcsCredentialRow] if row.parent_acs_credential_id == parent.id]


def delete_credentials(workspace: Workspace, credentials: Iterable[AcsCredentialRow]) -> None:
    """Delete credentials, each after its children: acs_credential.deleted.

    A multi-phone credential that lost its last child waits for a phone, as one that was made for a person without a
    phone (assumed).
    """
    for credential in credentials:
        if workspace[AcsCredentialRow].get(credential.id) is None:
            continue
        delete_credentials(workspace, _children(workspace, credential))
        _forget_on_phones(workspace, credential)
        workspace[AcsCredentialRow].remove(credential.id)
        tell(workspace, AcsCredentialDeleted, credential)
        _tell_grant(workspace, credential)
        parent = workspace[AcsCredentialRow].get(credential.parent_acs_credential_id)
        if parent is not None and not _children(workspace, parent):
            workspace[AcsCredentialRow].put(parent.but(issued_at=None))


def _forget_on_phones(workspace: Workspace, credential: AcsCredentialRow) -> None:
    """Take a credential from the phones that hold it; with a child goes its parent."""
    for phone in [row for row in workspace[PhoneRow] if credential.id in row.acs_credential_ids]:
        gone = {credential.id, credential.parent_acs_credential_id}
        left = tuple(one for one in phone.acs_credential_ids if one not in gone)
        workspace[PhoneRow].put(phone.but(acs_credential_ids=left))


@phone_created.reaction
def _issue_to_new_phone(workspace: Workspace, phone: PhoneRow) -> None:
    sync_phones(workspace, phone.user_identity_id)


def sync_phones(workspace: Workspace, user_identity_id: str) -> None:
    """Give each phone of a person a child of every multi-phone credential, and issue what waited for one (docs)."""
    for credential in [row for row in workspace[AcsCredentialRow] if row.user_identity_id == user_identity_id]:
        sync(workspace, credential)


def sync(workspace: Workspace, credential: AcsCredentialRow) -> None:
    """Issue a credential, or give the phones that lack it a child."""
    if not credential.is_issued:
        issue(workspace, credential)
    elif credential.is_multi_phone_sync_credential and _reaches_phones(workspace, credential):
        for phone in [row for row in workspace[PhoneRow] if row.user_identity_id == credential.user_identity_id]:
            if credential.id not in phone.acs_credential_ids:
                _issue_child(workspace, credential, phone)


@giving_up_phone.reaction
def _announce_revocation(workspace: Workspace, phone: PhoneRow) -> None:
    """What will be revoked has the warning being_deleted until then."""
    for credential in [row for row in workspace[AcsCredentialRow] if row.id in phone.acs_credential_ids]:
        is_told = any(warning.code == _LEAVING for warning in credential.warnings)
        if not credential.is_multi_phone_sync_credential and not is_told:
            warning = Condition(_LEAVING, "The credential is being deleted.", workspace.clock.text())
            workspace[AcsCredentialRow].put(credential.but(warnings=(*credential.warnings, warning)))


@deactivating_phone.reaction
def _revoke_from_phone(workspace: Workspace, phone: PhoneRow) -> None:
    """What was issued to a lost phone is revoked; a multi-phone credential stays, for the other phones."""
    held = [row for row in workspace[AcsCredentialRow] if row.id in phone.acs_credential_ids]
    delete_credentials(workspace, [row for row in held if not row.is_multi_phone_sync_credential])


def without(ids: tuple[str, ...], gone: str) -> tuple[str, ...]:
    """Ids but for one."""
    return tuple(one for one in ids if one != gone)
