"""Phones as other families need them: the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from typing_extensions import TypedDict

from ...engine.store import Row, row_type
from ...engine.types import NonEmptyText, Number, Text
from .._shared import (
    Condition,
    Meta,
    Problem,
    Resource,
    given,
)


@row_type
class PhoneRow(Row):
    """A phone; who owns it and which installation it is are not shown to clients (spec).

    name: what the phone calls itself, for when it has no nickname. acs_credential_ids: the credentials that were
    issued to it, and those whose copies they are; not shown.
    """

    key: ClassVar[str] = "device_id"
    not_found: ClassVar[str] = "device_not_found"
    device_id: str
    workspace_id: str
    device_type: str
    name: str
    created_at: str
    user_identity_id: str
    custom_sdk_installation_id: str
    manufacturer: str
    nickname: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    custom_metadata: Meta = field(default_factory=dict)
    acs_credential_ids: tuple[str, ...] = ()
    errors: tuple[Condition, ...] = ()
    warnings: tuple[Condition, ...] = ()

    @property
    def display_name(self) -> str:
        """The nickname when there is one, else `properties.appearance.name`, else the model (spec; the last: assumed).

        Seam shows no `appearance` of a phone; here it shows when a test has set it.
        """
        return self.nickname or self.properties.get("appearance", {}).get("name") or self.name

    def view(self) -> dict[str, Any]:
        """The phone as a client sees it."""
        return {
            "device_id": self.device_id,
            "workspace_id": self.workspace_id,
            "device_type": self.device_type,
            "display_name": self.display_name,
            **given(nickname=self.nickname),
            "created_at": self.created_at,
            "custom_metadata": self.custom_metadata,
            "errors": [error.as_error() for error in self.errors],
            "warnings": [warning.as_warning() for warning in self.warnings],
            "properties": self.properties,
        }


ASSA_ABLOY_SERVICE = "assa_abloy_credential_service_metadata"


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
