"""The access schedules of users: who has access now, and the warning for who has not."""

from __future__ import annotations

from ...engine.clock import parse_time, seconds_of
from ...engine.workspace import Workspace
from .model import AcsUserRow


def follow_schedule(workspace: Workspace, acs_user_id: str) -> AcsUserRow | None:
    """Warn of a user whose access has not begun or is over, and come back at the next time that changes it.

    Source: spec for the warning `acs_user_inactive`; the docs say that such a user opens no door.
    """
    user = workspace[AcsUserRow].get(acs_user_id)
    if user is None:
        return None
    schedule = user.access_schedule or {}
    starts_at, ends_at, now = schedule.get("starts_at"), schedule.get("ends_at"), workspace.clock.text()
    is_inactive = (starts_at is not None and now < starts_at) or (ends_at is not None and now >= ends_at)
    if is_inactive != (user.inactive_since is not None):
        user = workspace[AcsUserRow].put(user.but(inactive_since=now if is_inactive else None))
    coming = [time for at in (starts_at, ends_at) if at is not None and at > now and (time := parse_time(at))]
    if coming:
        workspace.agenda.schedule(seconds_of(min(coming)), follow_schedule, user.id)
    return user
