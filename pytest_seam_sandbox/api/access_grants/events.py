"""The events of access grants and access methods. What belongs to them has its own events, as always (spec)."""

from __future__ import annotations

from ...engine.events import EventFields


class GrantFields(EventFields):
    """The fields of every event about an access grant."""

    access_grant_id: str


class DoorFields(GrantFields):
    """The fields of every event about one entrance of an access grant."""

    acs_entrance_id: str


class MethodFields(EventFields):
    """The fields of every event about an access method: all its grants, and their keys if they have any (spec)."""

    access_method_id: str
    access_grant_ids: list[str]
    access_grant_keys: list[str] | None = None


class IssueFields(MethodFields):
    """The fields of an event by which a method becomes usable. is_backup_code: left out unless it is one."""

    code: str | None = None
    is_backup_code: bool | None = None


class AccessGrantCreated(GrantFields, event_type="access_grant.created"):
    """An access grant was made."""


class AccessGrantDeleted(GrantFields, event_type="access_grant.deleted"):
    """An access grant was deleted."""


class AccessGrantAccessTimesChanged(GrantFields, event_type="access_grant.access_times_changed"):
    """The start or the end of an access grant changed; only what changed is named (assumed)."""

    access_grant_key: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None


class AccessGrantAccessGrantedToDoor(DoorFields, event_type="access_grant.access_granted_to_door"):
    """One entrance that was asked for works now."""


class AccessGrantAccessGrantedToAllDoors(GrantFields, event_type="access_grant.access_granted_to_all_doors"):
    """Everything that was asked for works now."""


class AccessGrantAccessToDoorLost(DoorFields, event_type="access_grant.access_to_door_lost"):
    """Access to an entrance that was asked for was lost."""


class AccessGrantCouldNotCreateRequestedAccessMethods(
    GrantFields, event_type="access_grant.could_not_create_requested_access_methods"
):
    """Some of the requested access methods, or their codes on some devices, could not be made."""

    error_message: str
    missing_device_ids: list[str] | None = None


class AccessMethodCreated(MethodFields, event_type="access_method.created"):
    """An access method was made."""


class AccessMethodCardEncodingRequired(MethodFields, event_type="access_method.card_encoding_required"):
    """A card has to be written by an encoder, for the first time or again."""


class AccessMethodIssued(IssueFields, event_type="access_method.issued"):
    """An access method can be used for the first time."""


class AccessMethodReissued(IssueFields, event_type="access_method.reissued"):
    """An access method can be used again."""


class AccessMethodRevoked(MethodFields, event_type="access_method.revoked"):
    """An access method cannot be used any more, or for a while."""


class AccessMethodDelayInIssuing(MethodFields, event_type="access_method.delay_in_issuing"):
    """An access method still cannot be used, and its time is near."""


class AccessMethodFailedToIssue(MethodFields, event_type="access_method.failed_to_issue"):
    """An access method could not be issued in time; Seam goes on trying."""


class AccessMethodDeleted(MethodFields, event_type="access_method.deleted"):
    """An access method was deleted."""
