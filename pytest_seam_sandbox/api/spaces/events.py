"""The events of spaces. A new name or other customer data has none (spec)."""

from __future__ import annotations

from ...engine.events import EventFields


class SpaceFields(EventFields):
    """The fields of every event about a space: all its members, not just those that changed (spec)."""

    space_id: str
    space_key: str | None = None
    device_ids: list[str]
    acs_entrance_ids: list[str]


class SpaceCreated(SpaceFields, event_type="space.created"):
    """A space was made, with these members."""


class SpaceDeviceMembershipChanged(SpaceFields, event_type="space.device_membership_changed"):
    """The devices or the entrances of a space changed; these are its members now."""


class SpaceDeleted(SpaceFields, event_type="space.deleted"):
    """A space was deleted; these were its members."""
