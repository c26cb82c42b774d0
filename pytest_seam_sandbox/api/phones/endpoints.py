"""Phones: the mobile devices of user identities.

No event tells of a new phone (spec). A deactivated phone is gone for good; what was issued to it goes first.
"""

from __future__ import annotations

from ...engine.auth import Caller
from ...engine.router import Router
from ...engine.types import Text, Uuid
from ...engine.workspace import Workspace
from .._shared import (
    WITH_SESSION,
    WORKSPACE,
    WORKSPACE_READ,
    find,
    not_found,
    require_sandbox,
)
from ..user_identities.model import find_user_identity, present_id
from .model import AssaAbloyMetadata, PhoneMetadata, PhoneRow
from .state import add_phone, begin_deactivation

router = Router("/phones")


@router.get("get", key="phone", allow=WORKSPACE_READ, source="spec")
def get(workspace: Workspace, *, device_id: Uuid) -> PhoneRow:
    """The phone of this id; 404 `device_not_found`, also after deactivation (assumed)."""
    return find(workspace, PhoneRow, device_id, words="Device", data={"device_id": device_id})


@router.get("list", key="phones", allow=WORKSPACE_READ, source="spec")
def list_(
    workspace: Workspace, *, acs_credential_id: Uuid | None = None, owner_user_identity_id: Uuid | None = None
) -> list[PhoneRow]:
    """Phones, oldest first; those of an owner, or those that a credential was issued to. No pages (spec)."""
    owner_id = None if owner_user_identity_id is None else present_id(workspace, owner_user_identity_id)
    return [
        phone
        for phone in workspace[PhoneRow]
        if (acs_credential_id is None or acs_credential_id in phone.acs_credential_ids)
        and owner_id in (None, phone.user_identity_id)
    ]


@router.delete(
    "deactivate",
    allow=WITH_SESSION,
    source="docs",
    conflict="No source says which event tells of the keys that are revoked with a phone: acs_credential.deleted for "
    "each, before phone.deactivated.",
)
def deactivate(workspace: Workspace, *, caller: Caller, device_id: Text) -> None:
    """Deactivate a lost phone: phone.deactivated. Unknown, dead or another session's: 404 `device_not_found`.

    It is done with the answer, or after `deactivation_latency`: Seam's guide waits for the event.
    """
    phone = workspace[PhoneRow].get(device_id)
    owners = None if caller.session is None else caller.session.user_identity_ids
    if phone is None or (owners is not None and phone.user_identity_id not in owners):
        raise not_found("device_not_found", "Device not found", {"device_id": device_id})
    begin_deactivation(workspace, phone)


@router.post(
    "simulate/create_sandbox_phone",
    key="phone",
    allow=WORKSPACE,
    source="spec",
    no_effect={
        "phone_metadata.os_version": "Seam shows it nowhere",
        "assa_abloy_metadata": "Seam shows of it only that there is an endpoint; the ids of endpoints are Seam's own",
    },
)
def create_sandbox_phone(
    workspace: Workspace,
    *,
    assa_abloy_metadata: AssaAbloyMetadata | None = None,
    custom_sdk_installation_id: Text | None = None,
    phone_metadata: PhoneMetadata | None = None,
    user_identity_id: Uuid,
) -> PhoneRow:
    """A phone of this user identity.

    The same installation of the same user again gives the phone that is there, with the new metadata (assumed).
    """
    require_sandbox(workspace)
    owner = find_user_identity(workspace, user_identity_id)
    return add_phone(workspace, owner, phone_metadata or {}, custom_sdk_installation_id)
