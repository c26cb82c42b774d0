"""Phones: the mobile devices of user identities.

No event tells of a new phone (spec). A deactivated phone is gone for good; what was issued to it goes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from typing_extensions import TypedDict

from ...engine.auth import Caller
from ...engine.events import EventFields
from ...engine.router import Router
from ...engine.signals import Signal
from ...engine.types import NonEmptyText, Number, Text, Uuid
from ...engine.workspace import Workspace
from .._ranks import rank_of
from .._shared import (
    WITH_SESSION,
    WORKSPACE,
    WORKSPACE_READ,
    Meta,
    Problem,
    Resource,
    find,
    not_found,
    require_sandbox,
)
from ..user_identities.model import UserIdentityRow, deleting_user_identity, find_user_identity, present_id
from .model import PhoneRow

router = Router("/phones")

ASSA_ABLOY_SERVICE = "assa_abloy_credential_service_metadata"

deactivating_phone: Signal[[Workspace, PhoneRow]] = Signal(rank_of)
"""Sent before a phone goes, so that the credentials that were issued to it are revoked first."""
phone_created: Signal[[Workspace, PhoneRow]] = Signal(rank_of)
"""Sent after a phone appeared, so that the mobile keys of its owner are issued to it."""


if TYPE_CHECKING:
    from ..seam_fields import SeamShownPhoneProperties
else:
    SeamShownPhoneProperties = Resource


class ShownPhoneProperties(SeamShownPhoneProperties):
    """`phone.properties`."""


class Phone(Resource):
    """A phone as /phones/get shows it. Whose it is shows in /phones/list only, as a filter."""

    device_id: str
    workspace_id: str
    device_type: Literal["ios_phone", "android_phone"]
    display_name: str
    nickname: str | None = None
    created_at: str
    custom_metadata: Meta
    errors: list[Problem]
    warnings: list[Problem]
    properties: ShownPhoneProperties


class PhoneDeactivated(EventFields, event_type="phone.deactivated"):
    """A phone was deactivated."""

    device_id: str
    device_custom_metadata: Meta


class PhoneMetadata(TypedDict, total=False):
    """What the simulated phone is."""

    device_manufacturer: Text
    device_model: Text
    operating_system: Literal["android", "ios"]
    os_version: Text


class AssaAbloyMetadata(TypedDict, total=False):
    """What the ASSA ABLOY software on the simulated phone can do."""

    application_version: Text
    ble_capability: bool
    hce_capability: bool
    nfc_capability: bool
    seos_applet_version: Text
    seos_tsm_endpoint_id: Number


class Endpoint(TypedDict, total=False):
    """A place on a phone that holds mobile keys."""

    endpoint_id: Text
    is_active: bool


class AssaAbloyCredentialService(TypedDict, total=False):
    """What the ASSA ABLOY Credential Service knows of a phone."""

    has_active_endpoint: bool
    endpoints: list[Endpoint]


class SaltoSpaceCredentialService(TypedDict, total=False):
    """What the Salto Space credential service knows of a phone."""

    has_active_phone: bool


class Appearance(TypedDict, total=False):
    """What a phone calls itself."""

    name: NonEmptyText


class PhoneProperties(TypedDict, total=False):
    """The properties of a phone."""

    appearance: Appearance
    assa_abloy_credential_service_metadata: AssaAbloyCredentialService
    salto_space_credential_service_metadata: SaltoSpaceCredentialService


def deactivate_phone(workspace: Workspace, phone: PhoneRow) -> None:
    """Take a phone away for good: what was issued to it, then the phone, then phone.deactivated (order assumed)."""
    deactivating_phone.send(workspace, phone)
    workspace[PhoneRow].remove(phone.device_id)
    event = PhoneDeactivated(device_id=phone.device_id, device_custom_metadata=phone.custom_metadata)
    workspace.events.emit(workspace, event, user_identity_id=phone.user_identity_id)


@deleting_user_identity.reaction
def _deactivate_with_owner(workspace: Workspace, owner: UserIdentityRow) -> None:
    for phone in [phone for phone in workspace[PhoneRow] if phone.user_identity_id == owner.user_identity_id]:
        deactivate_phone(workspace, phone)


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
    """Deactivate a lost phone: phone.deactivated. Unknown, dead or another session's: 404 `device_not_found`."""
    phone = workspace[PhoneRow].get(device_id)
    owners = None if caller.session is None else caller.session.user_identity_ids
    if phone is None or (owners is not None and phone.user_identity_id not in owners):
        raise not_found("device_not_found", "Device not found", {"device_id": device_id})
    deactivate_phone(workspace, phone)


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
    about: PhoneMetadata = phone_metadata or {}
    described: dict[str, Any] = {
        "device_type": f"{about.get('operating_system', 'android')}_phone",
        "name": about.get("device_model", "Samsung Galaxy S10"),
        "manufacturer": about.get("device_manufacturer", "Samsung"),
    }
    known = find_installation(workspace, owner.id, custom_sdk_installation_id)
    if known is not None:
        return workspace[PhoneRow].put(known.but(**described))
    phone = workspace[PhoneRow].put(
        PhoneRow(
            device_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            created_at=workspace.clock.text(),
            user_identity_id=owner.id,
            custom_sdk_installation_id=custom_sdk_installation_id or workspace.ids.uuid(),
            properties=_properties(workspace.ids.uuid()),
            **described,
        )
    )
    phone_created.send(workspace, phone)
    return workspace[PhoneRow][phone.device_id]


def find_installation(workspace: Workspace, user_identity_id: str, installation_id: str | None) -> PhoneRow | None:
    """The phone of a person on which the app is installed under this id; None when there is none."""
    return next(
        (
            phone
            for phone in workspace[PhoneRow]
            if (phone.user_identity_id, phone.custom_sdk_installation_id) == (user_identity_id, installation_id)
        ),
        None,
    )


def _properties(endpoint_id: str) -> dict[str, Any]:
    """One active endpoint, as in the sample of the docs."""
    endpoint = {"endpoint_id": endpoint_id, "is_active": True}
    return {ASSA_ABLOY_SERVICE: {"has_active_endpoint": True, "endpoints": [endpoint]}}


def furnish_phone(workspace: Workspace, phone: PhoneRow, device_id: str, properties: Mapping[str, Any]) -> PhoneRow:
    """The phone with an id and properties that a test wants; the only way to these, so no event tells of it."""
    own = {**phone.properties, **properties}
    service = own[ASSA_ABLOY_SERVICE]
    if "endpoints" not in service:
        known = phone.properties[ASSA_ABLOY_SERVICE]["endpoints"]
        is_active = service.get("has_active_endpoint", True)
        endpoints = [{**endpoint, "is_active": is_active} for endpoint in known]
        own[ASSA_ABLOY_SERVICE] = {"has_active_endpoint": is_active, **service, "endpoints": endpoints}
    workspace[PhoneRow].remove(phone.device_id)
    del workspace[PhoneRow].removed[phone.device_id]  # it lives on under another id
    return workspace[PhoneRow].put(phone.but(device_id=device_id, properties=own))
