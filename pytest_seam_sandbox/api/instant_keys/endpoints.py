"""/instant_keys: links that open a person's mobile keys on a phone.

They are made by /user_identities/generate_instant_key and by access grants with a mobile key (docs).
"""

from __future__ import annotations

from ...engine.params import at_least_one
from ...engine.router import Router
from ...engine.types import Url, Uuid
from ...engine.workspace import Workspace
from .._shared import WORKSPACE, WORKSPACE_READ, given, not_found
from ..user_identities.model import present_id
from .model import InstantKeyRow, find_instant_key
from .state import delete_instant_key

router = Router("/instant_keys")


@router.get(
    "get",
    key="instant_key",
    allow=WORKSPACE_READ,
    source="spec",
    checks=(
        at_least_one("instant_key_id", "instant_key_url", text="Must specify either instant_key_id or instant_key_url"),
    ),
)
def get(
    workspace: Workspace, *, instant_key_id: Uuid | None = None, instant_key_url: Url | None = None
) -> InstantKeyRow:
    """The instant key of this id and of this link, an expired one too; 404 `instant_key_not_found` (assumed)."""
    for row in workspace[InstantKeyRow]:
        if instant_key_id in (None, row.id) and instant_key_url in (None, row.instant_key_url):
            return row
    asked = given(instant_key_id=instant_key_id, instant_key_url=instant_key_url)
    raise not_found("instant_key_not_found", "Instant key not found", asked)


@router.get("list", key="instant_keys", allow=WORKSPACE_READ, source="spec")
def list_(workspace: Workspace, *, user_identity_id: Uuid | None = None) -> list[InstantKeyRow]:
    """Instant keys, oldest first: all, or those of a person. No pages (spec)."""
    owner_id = None if user_identity_id is None else present_id(workspace, user_identity_id)
    return [row for row in workspace[InstantKeyRow] if owner_id in (None, row.user_identity_id)]


@router.delete("delete", allow=WORKSPACE, source="docs")
def delete(workspace: Workspace, *, instant_key_id: Uuid) -> None:
    """Revoke a link; its client session ends with it: client_session.deleted (assumed).

    Its access method stays, without a link; so do the credentials on phones (assumed).
    """
    delete_instant_key(workspace, find_instant_key(workspace, instant_key_id))
