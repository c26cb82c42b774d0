"""Instant keys are made with a client session, and end with it. They have no events of their own (spec)."""

from __future__ import annotations

from datetime import timedelta

from ...engine.clock import format_time
from ...engine.errors import SandboxError, is_for_the_test
from ...engine.signals import Signal
from ...engine.workspace import Workspace
from .._ranks import by_rank
from .._shared import not_found
from ..client_sessions.model import ClientSessionRow
from ..client_sessions.state import LIFETIME, delete_session
from ..phones.model import PhoneMetadata, PhoneRow
from ..phones.state import add_phone
from ..user_identities.model import UserIdentityRow, deleting_user_identity, find_user_identity
from .model import InstantKeyRow

__tracebackhide__ = is_for_the_test

INSTANT_KEY_LIFETIME = timedelta(days=2)
"""How long the link of an instant key works unless its access grant has an end (the sample of the docs)."""

instant_key_deleted: Signal[[Workspace, InstantKeyRow]] = Signal(by_rank("access_grants.reactions"))
"""Sent after an instant key was deleted."""


def make_instant_key(
    workspace: Workspace, owner: UserIdentityRow, *, max_use_count: float = 1, expires_at: str | None = None
) -> InstantKeyRow:
    """A link that opens a client session of this person on a phone; the session is there at once."""
    now = workspace.clock.now()
    session = workspace[ClientSessionRow].put(
        ClientSessionRow(
            client_session_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            token=workspace.ids.token("seam_cst1", 8, 28),
            created_at=workspace.clock.text(),
            expires_at=format_time(now + LIFETIME),
            user_identity_ids=(owner.id,),
        )
    )
    return workspace[InstantKeyRow].put(
        InstantKeyRow(
            instant_key_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            user_identity_id=owner.id,
            client_session_id=session.id,
            instant_key_url=f"https://ik.seam.co/{workspace.ids.token('', 0, 12).lstrip('_')}",
            created_at=workspace.clock.text(),
            expires_at=expires_at or format_time(now + INSTANT_KEY_LIFETIME),
            max_use_count=max_use_count,
        )
    )


def open_link(workspace: Workspace, instant_key: InstantKeyRow, about: PhoneMetadata) -> PhoneRow:
    """What happens when a person opens the link on a phone that has none of their keys yet; the phone.

    It opens until it has been opened `max_use_count` times, has expired, or its client session is gone; no source says
    what the person sees then. That each use brings a phone of the person, to which their mobile keys are issued, is
    assumed.
    Raises SandboxError where nothing opens.
    """
    why = _why_closed(workspace, instant_key)
    if why is not None:
        raise SandboxError(
            f"the instant key {instant_key.id} {why}. Let the program make another one, with "
            "/user_identities/generate_instant_key."
        )
    workspace[InstantKeyRow].put(instant_key.but(use_count=instant_key.use_count + 1))
    return add_phone(workspace, find_user_identity(workspace, instant_key.user_identity_id), about)


def _why_closed(workspace: Workspace, instant_key: InstantKeyRow) -> str | None:
    session = workspace[ClientSessionRow].get(instant_key.client_session_id)
    if session is None or session.is_revoked:
        return "opens nothing: its client session has ended"
    if workspace.clock.text() >= instant_key.expires_at:
        return f"expired at {instant_key.expires_at}"
    if instant_key.use_count >= instant_key.max_use_count:
        return f"is used up: it opens {instant_key.max_use_count:g} time(s)"
    return None


def delete_instant_key(workspace: Workspace, instant_key: InstantKeyRow) -> None:
    """Delete an instant key and its client session: client_session.deleted (assumed)."""
    workspace[InstantKeyRow].remove(instant_key.id)
    session = workspace[ClientSessionRow].get(instant_key.client_session_id)
    if session is not None:
        delete_session(workspace, session)
    instant_key_deleted.send(workspace, instant_key)


def refuse_profile(customization_profile_id: str | None) -> None:
    """Refuse any customization profile: the sandbox has none, since no public path makes one."""
    if customization_profile_id is not None:
        data = {"customization_profile_id": customization_profile_id}
        raise not_found("customization_profile_not_found", "Customization profile not found", data)


@deleting_user_identity.reaction
def _end_with_user(workspace: Workspace, owner: UserIdentityRow) -> None:
    for instant_key in [row for row in workspace[InstantKeyRow] if row.user_identity_id == owner.id]:
        workspace[InstantKeyRow].remove(instant_key.id)
