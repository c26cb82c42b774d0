"""How an access grant is made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from .._shared import written
from ..user_identities.model import UserIdentityRow
from .doors import doors_of
from .events import AccessGrantCreated
from .lookup import refuse_taken_key
from .model import AccessGrantRow, RequestedMethod
from .provisioning import provision
from .reservations import check_reservation
from .summary import tell_of_grant
from .times import follow_times


def plan_grant(
    workspace: Workspace,
    *,
    owner: UserIdentityRow,
    requests: Iterable[RequestedMethod],
    starts_at: str | None = None,
    ends_at: str | None = None,
    **details: Any,
) -> AccessGrantRow:
    """The grant that would be made, from now on unless it says otherwise; what can be refused is refused here.

    Raises ApiError for times that do not fit each other, a key that is taken and what breaks the rules of reservations.
    """
    start = written(starts_at) or workspace.clock.text()
    grant = AccessGrantRow(
        access_grant_id=workspace.ids.uuid(),
        workspace_id=workspace.workspace_id,
        user_identity_id=owner.id,
        created_at=workspace.clock.text(),
        starts_at=start,
        ends_at=checked_end(workspace, start, ends_at),
        person_name=owner.display_name,
        requests=tuple(requests),
        **details,
    )
    refuse_taken_key(workspace, grant.access_grant_key)
    modes = [request.mode for request in grant.requests]
    check_reservation(workspace, grant, modes, doors_of(workspace, grant).entrances)
    return grant


def add_grant(workspace: Workspace, grant: AccessGrantRow) -> AccessGrantRow:
    """Store a grant that was planned, and make its methods: access_grant.created, then what happens to them."""
    workspace[AccessGrantRow].put(grant)
    tell_of_grant(workspace, AccessGrantCreated, grant)
    follow_times(workspace, grant.id)
    provision(workspace, grant.id)
    return workspace[AccessGrantRow][grant.id]


def checked_end(workspace: Workspace, starts_at: str, ends_at: str | None) -> str | None:
    """The end as rows hold it; one in the past or not after the start is 400 `invalid_input` (spec)."""
    end = written(ends_at)
    if end is not None and end <= starts_at:
        raise ApiError(400, "invalid_input", "ends_at must be after starts_at")
    if end is not None and end <= workspace.clock.text():
        raise ApiError(400, "invalid_input", "ends_at must be in the future")
    return end
