"""How spaces are found."""

from __future__ import annotations

from ...engine.auth import Caller
from ...engine.workspace import Workspace
from .._shared import given, not_found, sees_customer
from .model import SpaceRow


def find_space(
    workspace: Workspace, caller: Caller, *, space_id: str | None = None, space_key: str | None = None
) -> SpaceRow:
    """The space of this id, or of this key; another customer's and an unknown one: 404 `space_not_found` (assumed)."""
    for row in workspace[SpaceRow]:
        fits = row.id == space_id if space_id is not None else row.space_key == space_key
        if fits and sees_customer(caller, row.customer_key):
            return row
    asked = given(space_id=space_id, space_key=space_key)
    raise not_found("space_not_found", "Space not found", asked)
