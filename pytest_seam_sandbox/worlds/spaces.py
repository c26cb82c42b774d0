"""The spaces and webhooks of a world in a file."""

from __future__ import annotations

from collections.abc import Iterable

from ..api._shared import given
from ..api.spaces.model import SpaceRow
from ..api.spaces.state import add_space
from ..api.webhooks.state import add_webhook
from ..engine.workspace import Workspace
from .format import Space, Webhook


def add_spaces(workspace: Workspace, spaces: Iterable[Space]) -> None:
    """Add spaces to a workspace that has what is in them, then let each know the one that it is in."""
    made = [(_add(workspace, space), space.parent_space_id) for space in spaces]
    for row, parent_space_id in made:
        parent = workspace[SpaceRow].get(parent_space_id)
        if parent is not None:
            workspace[SpaceRow].put(row.but(parent_space_id=parent.id, parent_space_key=parent.space_key))


def _add(workspace: Workspace, space: Space) -> SpaceRow:
    told, place = space.customer_data, space.geolocation
    with workspace.ids.naming(space.space_id):
        row = add_space(
            workspace,
            name=space.name,
            space_key=space.space_key,
            customer_key=space.customer_key,
            device_ids=tuple(dict.fromkeys(space.device_ids)),
            acs_entrance_ids=tuple(dict.fromkeys(space.acs_entrance_ids)),
            connected_account_ids=tuple(dict.fromkeys(space.connected_account_ids)),
            customer_data=None if told is None else told.model_dump(exclude_unset=True),
            geolocation=None if place is None else place.model_dump(),
        )
    return workspace[SpaceRow].put(row.but(**given(created_at=space.created_at)))


def add_webhooks(workspace: Workspace, webhooks: Iterable[Webhook]) -> None:
    """Add webhooks; each is sent what happens from now on."""
    for webhook in webhooks:
        with workspace.ids.naming(webhook.webhook_id):
            add_webhook(workspace, webhook.url, webhook.event_types)
