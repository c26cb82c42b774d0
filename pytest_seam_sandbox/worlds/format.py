"""What a world in a file is made of. The names are Seam's own; docs/guide/worlds.md explains them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool

from ..engine.frozen import freeze
from .fields import Block, Digits, Id, Metadata, OfProvider, Part, Text, Thing, Time

VERSION = 1


class Account(Thing):
    """A connected account. user_identifier: by what its user logs in at the provider, such as {"email": ...}."""

    account_type: Text
    connected_account_id: Id | None = None
    account_type_display_name: Text | None = None
    display_name: Text | None = None
    user_identifier: Annotated[dict[str, str], AfterValidator(freeze)] | None = None
    image_url: Text | None = None
    accepted_capabilities: tuple[Text, ...] | None = None
    automatically_manage_new_devices: StrictBool = True
    custom_metadata: Metadata = Field(default_factory=lambda: freeze({}))
    customer_key: Text | None = None


class AccessCode(Thing):
    """An access code of a device. status: left out, Seam programs the code when the sandbox starts."""

    access_code_id: Id | None = None
    code: Digits | None = None
    name: str | None = None
    status: Literal["setting", "set", "unset", "removing", "unknown"] | None = None
    starts_at: Time | None = None
    ends_at: Time | None = None
    common_code_key: Text | None = None
    is_managed: StrictBool = True
    is_offline_access_code: StrictBool = False
    is_one_time_use: StrictBool = False
    is_external_modification_allowed: StrictBool = False
    is_scheduled_on_device: StrictBool = False
    cannot_be_managed: StrictBool = False


class Device(Thing):
    """A device. properties: what differs from the sample of its type in the catalogue.

    connected_account_id: by default the first account of the device's provider, made when there is none. lacks: names
    of properties that the sample has and this device does not. flags: the can_* flags that it has, if they differ.
    online: false adds the error device_disconnected, unless another one keeps it offline.
    """

    device_type: Text
    device_id: Id | None = None
    connected_account_id: Id | None = None
    name: Text | None = None
    nickname: Text | None = None
    is_managed: StrictBool | None = None
    online: StrictBool = True
    custom_metadata: Metadata = Field(default_factory=lambda: freeze({}))
    properties: Block = Field(default_factory=lambda: freeze({}))
    lacks: tuple[Text, ...] = ()
    flags: tuple[Text, ...] | None = None
    time_zone: Text | None = None
    access_codes: tuple[AccessCode, ...] = ()


class Phone(Thing):
    """A phone of a user identity. acs_credential_ids: the credentials that it holds."""

    device_type: Literal["android_phone", "ios_phone"] = "android_phone"
    device_id: Id | None = None
    name: Text | None = None
    nickname: Text | None = None
    custom_sdk_installation_id: Text | None = None
    custom_metadata: Metadata = Field(default_factory=lambda: freeze({}))
    properties: Block | None = None
    acs_credential_ids: tuple[Id, ...] = ()


class Person(Thing):
    """A user identity, with its phones."""

    user_identity_id: Id | None = None
    user_identity_key: Text | None = None
    full_name: Text | None = None
    email_address: Text | None = None
    phone_number: Text | None = None
    is_managed: StrictBool = True
    phones: tuple[Phone, ...] = ()


class Entrance(OfProvider):
    """An entrance of an access system."""

    display_name: Text
    acs_entrance_id: Id | None = None


class Schedule(Part):
    """When a user has access."""

    starts_at: Time
    ends_at: Time | None = None


class User(Thing):
    """A user of an access system."""

    acs_user_id: Id | None = None
    full_name: Text
    email_address: Text | None = None
    phone_number: Text | None = None
    hid_acs_system_id: Text | None = None
    user_identity_id: Id | None = None
    access_schedule: Schedule | None = None
    is_suspended: StrictBool = False


class Credential(OfProvider):
    """A credential of an access system. issued_at: left out, it is issued as far as it can be; null, it is not."""

    access_method: Literal["code", "card", "mobile_key", "cloud_key"]
    acs_credential_id: Id | None = None
    acs_user_id: Id | None = None
    user_identity_id: Id | None = None
    parent_acs_credential_id: Id | None = None
    is_multi_phone_sync_credential: StrictBool = False
    code: Digits | None = None
    card_number: Text | None = None
    starts_at: Time | None = None
    ends_at: Time | None = None
    issued_at: Time | None = None
    allowed_acs_entrance_ids: tuple[Id, ...] | None = None


class System(Thing):
    """An access system. default_credential_manager_acs_system_id: left out, a manager is found or made if it needs one.

    connected_account_id: by default an account of its own.
    """

    system_type: Text
    acs_system_id: Id | None = None
    connected_account_id: Id | None = None
    name: Text | None = None
    default_credential_manager_acs_system_id: Id | None = None
    entrances: tuple[Entrance, ...] = ()
    users: tuple[User, ...] = ()
    credentials: tuple[Credential, ...] = ()


class World(Part):
    """A world in a file. captured_at: the time at which the file is true; all times move by what has passed since."""

    version: Literal[1]
    description: str | None = None
    captured_at: Time | None = None
    connected_accounts: tuple[Account, ...] = ()
    devices: tuple[Device, ...] = ()
    user_identities: tuple[Person, ...] = ()
    acs_systems: tuple[System, ...] = ()
