"""Access systems, their users, entrances and credentials as clients read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from .._shared import Problem, Resource

if TYPE_CHECKING:
    from ..seam_fields import SeamAcsCredential, SeamAcsEntrance, SeamAcsSystem, SeamAcsUser
else:
    SeamAcsSystem = SeamAcsUser = SeamAcsEntrance = SeamAcsCredential = Resource


class AcsSystem(SeamAcsSystem):
    """An access system as /acs/systems/get shows it."""

    acs_system_id: str
    workspace_id: str
    connected_account_id: str
    name: str
    external_type: str
    is_credential_manager: bool
    default_credential_manager_acs_system_id: str | None = None
    errors: list[Problem]
    warnings: list[Problem]
    created_at: str


class AcsUser(SeamAcsUser):
    """A user of an access system as /acs/users/get shows it."""

    acs_user_id: str
    acs_system_id: str
    workspace_id: str
    display_name: str
    full_name: str | None = None
    is_suspended: bool
    user_identity_id: str | None = None
    errors: list[Problem]
    warnings: list[Problem]
    created_at: str


class AcsEntrance(SeamAcsEntrance):
    """An entrance of an access system as /acs/entrances/get shows it."""

    acs_entrance_id: str
    acs_system_id: str
    display_name: str
    errors: list[Problem]
    created_at: str


class AcsCredential(SeamAcsCredential):
    """A credential as /acs/credentials/get shows it."""

    acs_credential_id: str
    acs_system_id: str
    workspace_id: str
    access_method: Literal["code", "card", "mobile_key", "cloud_key"]
    acs_user_id: str | None = None
    user_identity_id: str | None = None
    parent_acs_credential_id: str | None = None
    code: str | None = None
    is_issued: bool
    is_multi_phone_sync_credential: bool
    starts_at: str | None = None
    ends_at: str | None = None
    errors: list[Problem]
    warnings: list[Problem]
    created_at: str
