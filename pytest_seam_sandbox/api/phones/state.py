"""What can happen to a phone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.events import EventFields
from ...engine.signals import Signal
from ...engine.workspace import Workspace
from .._ranks import by_rank
from .._shared import (
    Meta,
)
from ..user_identities.model import UserIdentityRow, deleting_user_identity
from .model import ASSA_ABLOY_SERVICE, PhoneMetadata, PhoneRow

giving_up_phone: Signal[[Workspace, PhoneRow]] = Signal(by_rank("acs.issuing"))
"""Sent when the deactivation of a phone begins and takes time."""


deactivating_phone: Signal[[Workspace, PhoneRow]] = Signal(by_rank("acs.issuing"))
"""Sent before a phone goes, so that the credentials that were issued to it are revoked first."""


phone_created: Signal[[Workspace, PhoneRow]] = Signal(by_rank("acs.issuing"))
"""Sent after a phone appeared, so that the mobile keys of its owner are issued to it."""


class PhoneDeactivated(EventFields, event_type="phone.deactivated"):
    """A phone was deactivated."""

    device_id: str
    device_custom_metadata: Meta


def add_phone(
    workspace: Workspace, owner: UserIdentityRow, about: PhoneMetadata, installation_id: str | None = None
) -> PhoneRow:
    """The phone of a person on which the app is installed: a new one, or, of an installation that there is, that one
    with the new metadata (assumed). A new one gets the mobile keys of its owner.
    """
    described: dict[str, Any] = {
        "device_type": f"{about.get('operating_system', 'android')}_phone",
        "name": about.get("device_model", "Samsung Galaxy S10"),
        "manufacturer": about.get("device_manufacturer", "Samsung"),
    }
    present = find_installation(workspace, owner.id, installation_id)
    if present is not None:
        return workspace[PhoneRow].put(present.but(**described))
    phone = workspace[PhoneRow].put(
        PhoneRow(
            device_id=workspace.ids.uuid(),
            workspace_id=workspace.workspace_id,
            created_at=workspace.clock.text(),
            user_identity_id=owner.id,
            custom_sdk_installation_id=installation_id or workspace.ids.uuid(),
            properties=_properties(workspace.ids.uuid()),
            **described,
        )
    )
    phone_created.send(workspace, phone)
    return workspace[PhoneRow][phone.device_id]


def _properties(endpoint_id: str) -> dict[str, Any]:
    """One active endpoint, as in the sample of the docs."""
    endpoint = {"endpoint_id": endpoint_id, "is_active": True}
    return {ASSA_ABLOY_SERVICE: {"has_active_endpoint": True, "endpoints": [endpoint]}}


def begin_deactivation(workspace: Workspace, phone: PhoneRow) -> None:
    """Deactivate a phone after `deactivation_latency`; what was issued to it is being deleted until then (assumed)."""
    latency = workspace.settings.deactivation_latency
    if not latency:
        deactivate_phone(workspace, phone)
        return
    giving_up_phone.send(workspace, phone)
    workspace.agenda.plan(workspace.clock.timestamp() + latency, _end_deactivation, phone.device_id)


def _end_deactivation(workspace: Workspace, device_id: str) -> None:
    phone = workspace[PhoneRow].get(device_id)
    if phone is not None:
        deactivate_phone(workspace, phone)


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


def customize_phone(workspace: Workspace, phone: PhoneRow, device_id: str, properties: Mapping[str, Any]) -> PhoneRow:
    """The phone with an id and properties that a test wants; the only way to these, so no event tells of it."""
    own = {**phone.properties, **properties}
    service = own[ASSA_ABLOY_SERVICE]
    if "endpoints" not in service:
        own_endpoints = phone.properties[ASSA_ABLOY_SERVICE]["endpoints"]
        is_active = service.get("has_active_endpoint", True)
        endpoints = [{**endpoint, "is_active": is_active} for endpoint in own_endpoints]
        own[ASSA_ABLOY_SERVICE] = {"has_active_endpoint": is_active, **service, "endpoints": endpoints}
    workspace[PhoneRow].remove(phone.device_id)
    del workspace[PhoneRow].removed[phone.device_id]  # it lives on under another id
    return workspace[PhoneRow].put(phone.but(device_id=device_id, properties=own))
