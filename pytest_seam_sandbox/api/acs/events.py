"""The events of access systems."""

from __future__ import annotations

from ...engine.events import EventFields


class AcsSystemFields(EventFields):
    """The fields of every event about a part of an access system."""

    acs_system_id: str
    connected_account_id: str | None = None


class AcsCredentialFields(AcsSystemFields):
    """The fields of every event about a credential."""

    acs_credential_id: str


class AcsUserFields(AcsSystemFields):
    """The fields of every event about a user of an access system."""

    acs_user_id: str


class AcsEntranceFields(AcsSystemFields):
    """The fields of every event about an entrance."""

    acs_entrance_id: str


class AcsSystemAdded(AcsSystemFields, event_type="acs_system.added"):
    """An access system appeared in Seam."""


class AcsSystemConnected(AcsSystemFields, event_type="acs_system.connected"):
    """An access system is online, for the first time or again."""


class AcsSystemDisconnected(AcsSystemFields, event_type="acs_system.disconnected"):
    """An access system went offline."""

    acs_system_errors: list[dict[str, str]]
    acs_system_warnings: list[dict[str, str]]
    connected_account_errors: list[dict[str, str]]
    connected_account_warnings: list[dict[str, str]]


class AcsCredentialIssued(AcsCredentialFields, event_type="acs_credential.issued"):
    """A credential was issued."""


class AcsCredentialReissued(AcsCredentialFields, event_type="acs_credential.reissued"):
    """A credential was issued again."""


class AcsCredentialInvalidated(AcsCredentialFields, event_type="acs_credential.invalidated"):
    """A credential stopped being valid."""


class AcsCredentialDeleted(AcsCredentialFields, event_type="acs_credential.deleted"):
    """A credential was deleted."""


class AcsUserCreated(AcsUserFields, event_type="acs_user.created"):
    """A user was created in an access system."""


class AcsUserDeleted(AcsUserFields, event_type="acs_user.deleted"):
    """A user was deleted from an access system."""


class AcsEntranceAdded(AcsEntranceFields, event_type="acs_entrance.added"):
    """An entrance appeared in an access system."""


class AcsEntranceRemoved(AcsEntranceFields, event_type="acs_entrance.removed"):
    """An entrance is gone from an access system."""


class AcsAccessGroupDeleted(AcsSystemFields, event_type="acs_access_group.deleted"):
    """An access group was deleted."""

    acs_access_group_id: str


class AcsEncoderFields(AcsSystemFields):
    """The fields of every event about a card encoder."""

    acs_encoder_id: str


class AcsEncoderAdded(AcsEncoderFields, event_type="acs_encoder.added"):
    """A card encoder appeared in an access system."""


class AcsEncoderRemoved(AcsEncoderFields, event_type="acs_encoder.removed"):
    """A card encoder is gone from an access system."""
