"""Access systems, their users, entrances and credentials as rows, and how they are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, ClassVar

from ...engine.store import Row, row_type
from .._shared import Condition, given
from .kinds import SYSTEM_KINDS, SystemKind, display_name_of, door_category

DISCONNECTING = frozenset(
    {
        "account_disconnected",
        "acs_system_disconnected",
        "bridge_disconnected",
        "seam_bridge_disconnected",
        "visionline_instance_unreachable",
    }
)
"""The errors under which Seam does not reach an access system."""
UNMANAGEABLE = DISCONNECTING | {
    "insufficient_permissions",
    "provider_service_unavailable",
    "salto_ks_certification_expired",
}
"""The errors under which no access can be given in it."""
INACTIVE = "acs_user_inactive"
NO_ACCESS = (INACTIVE, "salto_ks_user_not_subscribed")
"""The warnings under which a user opens no doors (spec)."""
WAITING = "waiting_to_be_issued"
REISSUE = "needs_to_be_reissued"
RESERVED = frozenset(
    {
        "assa_abloy_vostio",
        "dormakaba_ambiance_site",
        "dormakaba_community_site",
        "salto_space_system",
        "visionline_system",
    }
)
"""The kinds of access systems whose guest rooms belong to reservations (docs)."""
IMAGES = "https://connect.getseam.com/assets/images/acs_systems"


@row_type
class AcsSystemRow(Row):
    """An access system."""

    key: ClassVar[str] = "acs_system_id"
    not_found: ClassVar[str] = "acs_system_not_found"
    resource: ClassVar[str] = "acs_system"
    error_codes: ClassVar[tuple[str, ...]] = ("account_disconnected",)
    acs_system_id: str
    workspace_id: str
    connected_account_id: str
    system_type: str
    name: str
    created_at: str
    manager_id: str | None = None
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    @property
    def is_connected(self) -> bool:
        """Whether Seam reaches the system."""
        return not any(error.code in DISCONNECTING for error in self.errors)

    @property
    def is_manageable(self) -> bool:
        """Whether Seam can give access in the system now; effects of the codes: assumed."""
        return not any(error.code in UNMANAGEABLE for error in self.errors)

    @property
    def kind(self) -> SystemKind:
        """What systems of this type can do."""
        return SYSTEM_KINDS[self.system_type]

    def view(self) -> dict[str, Any]:
        """The system as a client sees it, but for the two counts, which depend on other rows."""
        kind = self.kind
        metadata: dict[str, Any] = {}
        if self.system_type == "visionline_system":
            metadata["visionline_metadata"] = {
                "lan_address": "127.0.0.1",
                "mobile_access_uuid": "1",
                "system_id": "1",
            }
        return {
            "acs_system_id": self.acs_system_id,
            "workspace_id": self.workspace_id,
            "connected_account_id": self.connected_account_id,
            "connected_account_ids": (self.connected_account_id,),
            "name": self.name,
            "external_type": self.system_type,
            "external_type_display_name": kind.display_name,
            "system_type": self.system_type,
            "system_type_display_name": kind.display_name,
            "is_credential_manager": kind.is_credential_manager,
            "default_credential_manager_acs_system_id": self.manager_id,
            "image_url": f"{IMAGES}/{self.system_type}.png",
            "image_alt_text": f"{kind.display_name} logo",
            "location": {"time_zone": None},
            "errors": [error.as_error() for error in self.errors],
            "warnings": [warning.as_warning() for warning in self.warnings],
            "created_at": self.created_at,
            **metadata,
        }


@row_type
class AcsUserRow(Row):
    """A user of an access system. The details of its user identity are repeated, as Seam repeats them.

    acs_entrance_ids: the entrances to which the user was granted access directly; not shown. inactive_since: when it
    was found that the access schedule has not begun or is over; None while the user is active.
    """

    key: ClassVar[str] = "acs_user_id"
    not_found: ClassVar[str] = "acs_user_not_found"
    resource: ClassVar[str] = "acs_user"
    warning_codes: ClassVar[tuple[str, ...]] = ("acs_user_inactive",)
    acs_user_id: str
    workspace_id: str
    acs_system_id: str
    connected_account_id: str
    system_type: str
    full_name: str
    created_at: str
    email_address: str | None = None
    phone_number: str | None = None
    hid_acs_system_id: str | None = None
    access_schedule: Mapping[str, str | None] | None = None
    is_suspended: bool = False
    user_identity_id: str | None = None
    identity: Mapping[str, str | None] = field(default_factory=dict)
    acs_entrance_ids: tuple[str, ...] = ()
    inactive_since: str | None = None
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    @property
    def has_access(self) -> bool:
        """Whether the user may open anything at all now."""
        is_marked = any(warning.code in NO_ACCESS for warning in self.warnings)
        return not self.is_suspended and self.inactive_since is None and not is_marked

    def view(self) -> dict[str, Any]:
        """The user as a client sees it."""
        user_type = SYSTEM_KINDS[self.system_type].user_type
        return {
            "acs_user_id": self.acs_user_id,
            "workspace_id": self.workspace_id,
            "acs_system_id": self.acs_system_id,
            "connected_account_id": self.connected_account_id,
            "display_name": self.full_name,
            "full_name": self.full_name,
            "is_managed": True,
            "is_suspended": self.is_suspended,
            "pending_mutations": [],
            "last_successful_sync_at": self.created_at,
            "errors": [error.as_error() for error in self.errors],
            "warnings": self._warnings(),
            "created_at": self.created_at,
            **given(
                email=self.email_address,
                email_address=self.email_address,
                phone_number=self.phone_number,
                hid_acs_system_id=self.hid_acs_system_id,
                access_schedule=self.access_schedule,
                external_type=user_type,
                external_type_display_name=display_name_of(user_type) if user_type else None,
                user_identity_id=self.user_identity_id,
            ),
            **self.identity,
        }

    def _warnings(self) -> list[dict[str, Any]]:
        shown = [warning.as_warning() for warning in self.warnings if warning.code != INACTIVE]
        since = next((warning for warning in self.warnings if warning.code == INACTIVE), None)
        if since is None and self.inactive_since is not None:
            message = "The access schedule of the user has not begun or is over."
            since = Condition(INACTIVE, message, self.inactive_since)
        return shown if since is None else [since.as_warning(), *shown]

    def event_fields(self) -> dict[str, str]:
        """What the events about this user carry."""
        return {
            "acs_user_id": self.acs_user_id,
            "acs_system_id": self.acs_system_id,
            "connected_account_id": self.connected_account_id,
        }


@row_type
class AcsEntranceRow(Row):
    """An entrance. metadata: what its provider says of it, by the name of the field that shows it.

    space_ids: the spaces that it belongs to.
    """

    key: ClassVar[str] = "acs_entrance_id"
    not_found: ClassVar[str] = "acs_entrance_not_found"
    acs_entrance_id: str
    acs_system_id: str
    connected_account_id: str
    system_type: str
    display_name: str
    created_at: str
    metadata: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    space_ids: tuple[str, ...] = ()
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    @property
    def is_guest_door(self) -> bool:
        """Whether it is the door of one guest's room."""
        return self.metadata.get("visionline_metadata", {}).get("door_category") == "guest"

    @property
    def can_belong_to_reservation(self) -> bool:
        """Whether a reservation_key concerns it: the door of a room in a hotel system (assumed)."""
        return self.system_type in RESERVED and door_category(self.display_name) == "guest"

    def view(self) -> dict[str, Any]:
        """The entrance as a client sees it."""
        methods = SYSTEM_KINDS[self.system_type].methods
        return {
            "acs_entrance_id": self.acs_entrance_id,
            "acs_system_id": self.acs_system_id,
            "connected_account_id": self.connected_account_id,
            "display_name": self.display_name,
            **{f"can_unlock_with_{name}": name in methods for name in ("card", "cloud_key", "code", "mobile_key")},
            "can_belong_to_reservation": self.can_belong_to_reservation,
            "space_ids": self.space_ids,
            "errors": [error.as_error() for error in self.errors],
            "warnings": [warning.as_warning() for warning in self.warnings],
            "created_at": self.created_at,
            **self.metadata,
        }

    def event_fields(self) -> dict[str, str]:
        """What the events about this entrance carry."""
        return {
            "acs_entrance_id": self.acs_entrance_id,
            "acs_system_id": self.acs_system_id,
            "connected_account_id": self.connected_account_id,
        }


METHOD_NAMES = MappingProxyType({"code": "Code", "card": "Card", "mobile_key": "Mobile Key", "cloud_key": "Cloud Key"})


@row_type
class AcsCredentialRow(Row):
    """A credential; the phones that hold it know it by its id (PhoneRow.acs_credential_ids).

    provider_metadata: what was asked of the provider, by the name of the field that shows it. overridden_ids: the
    entrances of which it replaces the keys from before. allowed_acs_entrance_ids: None when it names none.
    access_method_id: set for a credential of an access grant; not shown.
    """

    key: ClassVar[str] = "acs_credential_id"
    not_found: ClassVar[str] = "acs_credential_not_found"
    resource: ClassVar[str] = "acs_credential"
    warning_codes: ClassVar[tuple[str, ...]] = ("being_deleted", REISSUE, WAITING)
    acs_credential_id: str
    workspace_id: str
    acs_system_id: str
    connected_account_id: str
    system_type: str
    access_method: str
    created_at: str
    acs_user_id: str | None = None
    user_identity_id: str | None = None
    parent_acs_credential_id: str | None = None
    is_multi_phone_sync_credential: bool = False
    code: str | None = None
    card_number: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    issued_at: str | None = None
    is_valid: bool = True
    overridden_ids: tuple[str, ...] = ()
    allowed_acs_entrance_ids: tuple[str, ...] | None = None
    access_method_id: str | None = None
    provider_metadata: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    def is_in_time(self, now: str) -> bool:
        """Whether the validity of the credential has begun and is not over at `now`, a time as rows hold it."""
        has_begun = self.starts_at is None or now >= self.starts_at
        return has_begun and (self.ends_at is None or now < self.ends_at)

    @property
    def is_issued(self) -> bool:
        """Whether it reached a phone, the cloud or the lock. A card needs an encoder."""
        return self.issued_at is not None and not self.is_held_back

    @property
    def is_held_back(self) -> bool:
        """Whether a test lets it wait to be issued."""
        return any(warning.code == WAITING for warning in self.warnings)

    def view(self) -> dict[str, Any]:
        """The credential as a client sees it."""
        credential_type = SYSTEM_KINDS[self.system_type].credential_type
        return {
            "acs_credential_id": self.acs_credential_id,
            "workspace_id": self.workspace_id,
            "acs_system_id": self.acs_system_id,
            "connected_account_id": self.connected_account_id,
            "access_method": self.access_method,
            "display_name": METHOD_NAMES[self.access_method],
            "is_managed": True,
            "is_issued": self.is_issued,
            "issued_at": self.issued_at if self.is_issued else None,
            "is_multi_phone_sync_credential": self.is_multi_phone_sync_credential,
            "is_one_time_use": False,
            "is_latest_desired_state_synced_with_provider": self.is_issued,
            "latest_desired_state_synced_with_provider_at": self.issued_at if self.is_issued else None,
            "errors": [error.as_error() for error in self.errors],
            "warnings": self._warnings(),
            "created_at": self.created_at,
            **given(
                acs_user_id=self.acs_user_id,
                user_identity_id=self.user_identity_id,
                parent_acs_credential_id=self.parent_acs_credential_id,
                code=self.code,
                card_number=self.card_number,
                starts_at=self.starts_at,
                ends_at=self.ends_at,
                external_type=credential_type,
                external_type_display_name=display_name_of(credential_type) if credential_type else None,
            ),
            **self._provider_view(),
        }

    def _provider_view(self) -> dict[str, Any]:
        if self.system_type != "visionline_system":
            return dict(self.provider_metadata)
        own = self.provider_metadata.get("visionline_metadata", {})
        return {"visionline_metadata": {**own, "is_valid": self.is_valid and self.is_issued}}

    def _warnings(self) -> list[dict[str, Any]]:
        shown = [warning.as_warning() for warning in self.warnings]
        if self.is_issued or self.is_held_back:
            return shown
        message = "The credential waits for a phone, an encoder or its access system to be issued."
        return [Condition(WAITING, message, self.created_at).as_warning(), *shown]

    def event_fields(self) -> dict[str, str]:
        """What the events about this credential carry."""
        return {
            "acs_credential_id": self.acs_credential_id,
            "acs_system_id": self.acs_system_id,
            "connected_account_id": self.connected_account_id,
        }
