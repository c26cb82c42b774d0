"""The types of what the methods of `Provisioning` take: each is a function whose parameters are theirs."""

from __future__ import annotations

from typing import Literal

from ..api.phones.model import AssaAbloyMetadata, PhoneMetadata, PhoneProperties
from ..engine.types import Email, Key, Metadata, NonEmptyText, Text, Uuid
from .arguments import Properties


def of_a_device(
    *,
    device_type: Text,
    device_id: Uuid | None = None,
    name: NonEmptyText | None = None,
    connected_account_id: Text | None = None,
    online: bool = True,
    custom_metadata: Metadata | None = None,
    properties: Properties | None = None,
) -> None:
    """A device."""


def of_an_account(
    *,
    provider: Text,
    connected_account_id: Uuid | None = None,
    email: Email | None = None,
    customer_key: NonEmptyText | None = None,
    custom_metadata: Metadata | None = None,
) -> None:
    """A connected account."""


def of_a_person(
    *,
    user_identity_id: Uuid | None = None,
    full_name: NonEmptyText | None = None,
    email_address: Email | None = None,
    phone_number: NonEmptyText | None = None,
    user_identity_key: Key | None = None,
) -> None:
    """A user identity."""


def of_a_phone(
    *,
    user_identity_id: Text | None = None,
    operating_system: Literal["android", "ios"],
    device_id: Uuid | None = None,
    nickname: NonEmptyText | None = None,
    custom_metadata: Metadata | None = None,
    properties: PhoneProperties | None = None,
    custom_sdk_installation_id: NonEmptyText | None = None,
    phone_metadata: PhoneMetadata | None = None,
    assa_abloy_metadata: AssaAbloyMetadata | None = None,
) -> None:
    """A phone."""


def of_an_access_code(*, access_code_id: Uuid | None = None) -> None:
    """An access code, beside what Seam's endpoint checks."""


def of_a_login(*, email: Email, provider: Text | None = None) -> None:
    """A login with a Connect Webview."""


def of_an_acs_system(
    *,
    system_type: Text,
    acs_system_id: Uuid | None = None,
    name: NonEmptyText | None = None,
    entrances: list[NonEmptyText],
    connected_account_id: Text | None = None,
) -> None:
    """An access system."""


def of_an_acs_credential(
    *,
    access_method: Literal["code", "card", "mobile_key", "cloud_key"],
    acs_credential_id: Uuid | None = None,
    acs_system_id: Text | None = None,
    user_identity_id: Text | None = None,
    acs_entrance_ids: list[Text] | None = None,
    is_multi_phone_sync_credential: bool | None = None,
) -> None:
    """A credential."""
