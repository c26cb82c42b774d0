"""What a world in a file is made of. The names are Seam's own; docs/guide/worlds.md explains them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictBool

from ..engine.frozen import freeze
from .fields import Block, Digits, Errors, Id, Metadata, OfProvider, Part, Text, Thing, Time, TimeOfDay, with_seconds

VERSION = 1
Mode = Literal["code", "card", "mobile_key", "cloud_key"]
"""The modes of access."""


class Account(Thing):
    """A connected account. user_identifier: by what its user logs in at the provider, such as {"email": ...}."""

    key: ClassVar[str] = "connected_account_id"
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
    """An access code of a device. status: left out, Seam programs the code when the sandbox starts.

    access_method_id: the access method of an access grant for which it was made. use_backup_access_code_pool: whether a
    backup code may stand in for it. is_backup: whether it is such a backup code, for the code that names it in
    pulled_backup_access_code_id.
    """

    key: ClassVar[str] = "access_code_id"
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
    access_method_id: Id | None = None
    use_backup_access_code_pool: StrictBool = False
    is_backup: StrictBool = False
    pulled_backup_access_code_id: Id | None = None


class Schedule(Part):
    """A schedule of a thermostat: a climate preset from one time to another."""

    key: ClassVar[str] = "thermostat_schedule_id"
    thermostat_schedule_id: Id | None = None
    created_at: Time | None = None
    errors: Errors = ()
    name: str | None = None
    climate_preset_key: Text
    starts_at: Time
    ends_at: Time
    is_override_allowed: StrictBool | None = None
    max_override_period_minutes: int | None = Field(default=None, gt=0, strict=True)


class Period(Part):
    """A period of a daily program: the time of day at which it begins, and its climate preset."""

    starts_at_time: Annotated[TimeOfDay, AfterValidator(with_seconds)]
    climate_preset_key: Text


class DailyProgram(Part):
    """A daily program of a thermostat."""

    key: ClassVar[str] = "thermostat_daily_program_id"
    thermostat_daily_program_id: Id | None = None
    created_at: Time | None = None
    name: str
    periods: tuple[Period, ...] = Field(min_length=1)


class WeeklyProgram(Part):
    """The weekly program of a thermostat: the daily program of each day that has one."""

    monday_program_id: Id | None = None
    tuesday_program_id: Id | None = None
    wednesday_program_id: Id | None = None
    thursday_program_id: Id | None = None
    friday_program_id: Id | None = None
    saturday_program_id: Id | None = None
    sunday_program_id: Id | None = None
    created_at: Time | None = None


class NoiseThreshold(Part):
    """A threshold of a noise sensor, as a level in decibels or as NoiseAware's risk score."""

    key: ClassVar[str] = "noise_threshold_id"
    noise_threshold_id: Id | None = None
    name: str
    starts_daily_at: Text
    ends_daily_at: Text
    noise_threshold_decibels: float | None = Field(default=None, allow_inf_nan=False, strict=True)
    noise_threshold_nrs: float | None = Field(default=None, allow_inf_nan=False, strict=True)


class Device(Thing):
    """A device. properties: what differs from the sample of its type in the catalogue.

    connected_account_id: by default the first account of the device's provider, made when there is none. lacks: names
    of properties that the sample has and this device does not. flags: the can_* flags that it has, if they differ.
    online: false adds the error device_disconnected, unless another one keeps it offline. noise_thresholds: left out,
    those with which a sensor of this type comes.
    """

    key: ClassVar[str] = "device_id"
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
    thermostat_schedules: tuple[Schedule, ...] = ()
    thermostat_daily_programs: tuple[DailyProgram, ...] = ()
    thermostat_weekly_program: WeeklyProgram | None = None
    noise_thresholds: tuple[NoiseThreshold, ...] | None = None


class Phone(Thing):
    """A phone of a user identity. acs_credential_ids: the credentials that it holds."""

    key: ClassVar[str] = "device_id"
    device_type: Literal["android_phone", "ios_phone"] = "android_phone"
    device_id: Id | None = None
    name: Text | None = None
    nickname: Text | None = None
    custom_sdk_installation_id: Text | None = None
    custom_metadata: Metadata = Field(default_factory=lambda: freeze({}))
    properties: Block | None = None
    acs_credential_ids: tuple[Id, ...] = ()


class Person(Thing):
    """A user identity, with its phones.

    accessible_device_ids: the devices to which it was granted access by itself. merged_user_identity_ids,
    merged_user_identity_keys: those of others that were merged into it.
    """

    key: ClassVar[str] = "user_identity_id"
    user_identity_id: Id | None = None
    user_identity_key: Text | None = None
    full_name: Text | None = None
    email_address: Text | None = None
    phone_number: Text | None = None
    is_managed: StrictBool = True
    phones: tuple[Phone, ...] = ()
    accessible_device_ids: tuple[Id, ...] = ()
    merged_user_identity_ids: tuple[Id, ...] = ()
    merged_user_identity_keys: tuple[Text, ...] = ()


class Entrance(OfProvider):
    """An entrance of an access system."""

    key: ClassVar[str] = "acs_entrance_id"
    display_name: Text
    acs_entrance_id: Id | None = None


class AccessSchedule(Part):
    """When a user has access."""

    starts_at: Time
    ends_at: Time | None = None


class User(Thing):
    """A user of an access system. acs_entrance_ids: the entrances to which it was granted access by itself."""

    key: ClassVar[str] = "acs_user_id"
    acs_user_id: Id | None = None
    full_name: Text
    email_address: Text | None = None
    phone_number: Text | None = None
    hid_acs_system_id: Text | None = None
    user_identity_id: Id | None = None
    access_schedule: AccessSchedule | None = None
    is_suspended: StrictBool = False
    acs_entrance_ids: tuple[Id, ...] = ()


class Group(Thing):
    """An access group of an access system. access_group_type: left out, the first that systems of this kind have."""

    key: ClassVar[str] = "acs_access_group_id"
    acs_access_group_id: Id | None = None
    name: Text
    access_group_type: Text | None = None
    acs_user_ids: tuple[Id, ...] = ()


class Encoder(Thing):
    """A card encoder of an access system."""

    key: ClassVar[str] = "acs_encoder_id"
    acs_encoder_id: Id | None = None
    display_name: Text


class Credential(OfProvider):
    """A credential of an access system. issued_at: left out, it is issued as far as it can be; null, it is not.

    access_method_id: the access method of an access grant for which it was made.
    """

    key: ClassVar[str] = "acs_credential_id"
    access_method: Mode
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
    access_method_id: Id | None = None


class System(Thing):
    """An access system. default_credential_manager_acs_system_id: left out, a manager is found or made if it needs one.

    connected_account_id: by default an account of its own. access_groups, encoders: left out, those with which systems
    of its kind come.
    """

    key: ClassVar[str] = "acs_system_id"
    system_type: Text
    acs_system_id: Id | None = None
    connected_account_id: Id | None = None
    name: Text | None = None
    default_credential_manager_acs_system_id: Id | None = None
    entrances: tuple[Entrance, ...] = ()
    users: tuple[User, ...] = ()
    access_groups: tuple[Group, ...] | None = None
    encoders: tuple[Encoder, ...] | None = None
    credentials: tuple[Credential, ...] = ()


class CustomerData(Part):
    """What a customer tells about a place; times of day as HH:MM or HH:MM:SS."""

    address: str | None = None
    default_checkin_time: TimeOfDay | None = None
    default_checkout_time: TimeOfDay | None = None
    time_zone: Text | None = None


class Geolocation(Part):
    """Where a place is."""

    latitude: float = Field(ge=-90, le=90, strict=True)
    longitude: float = Field(ge=-180, le=180, strict=True)


class Space(Part):
    """A space, with what is in it."""

    key: ClassVar[str] = "space_id"
    space_id: Id | None = None
    name: Text
    space_key: Text | None = None
    customer_key: Text | None = None
    device_ids: tuple[Id, ...] = ()
    acs_entrance_ids: tuple[Id, ...] = ()
    connected_account_ids: tuple[Id, ...] = ()
    parent_space_id: Id | None = None
    customer_data: CustomerData | None = None
    geolocation: Geolocation | None = None
    created_at: Time | None = None


class Method(Thing):
    """An access method. issued_at: left out, it is issued as soon as all its doors open to it."""

    key: ClassVar[str] = "access_method_id"
    access_method_id: Id | None = None
    code: Digits | None = None
    device_ids: tuple[Id, ...] = ()
    acs_entrance_ids: tuple[Id, ...] = ()
    is_encoding_required: StrictBool = False
    is_assignment_required: StrictBool = False
    issued_at: Time | None = None


class Request(Part):
    """What an access grant asks for. access_methods: what was made for it; left out in all of them, Seam makes them."""

    mode: Mode
    code: Digits | None = None
    instant_key_max_use_count: int | None = Field(default=None, gt=0, strict=True)
    created_at: Time | None = None
    access_methods: tuple[Method, ...] | None = None


class Grant(Thing):
    """An access grant. device_ids, acs_entrance_ids: the doors that it names itself, beside those of its spaces."""

    key: ClassVar[str] = "access_grant_id"
    access_grant_id: Id | None = None
    access_grant_key: Text | None = None
    reservation_key: Text | None = None
    user_identity_id: Id
    name: str | None = None
    is_managed: StrictBool = True
    starts_at: Time | None = None
    ends_at: Time | None = None
    device_ids: tuple[Id, ...] = ()
    acs_entrance_ids: tuple[Id, ...] = ()
    space_ids: tuple[Id, ...] = ()
    requested_access_methods: tuple[Request, ...] = ()


class Webhook(Part):
    """A webhook. event_types: left out, all. Its secret follows from the seed."""

    key: ClassVar[str] = "webhook_id"
    webhook_id: Id | None = None
    url: Text
    event_types: tuple[Text, ...] = ("*",)


class World(Part):
    """A world in a file. captured_at: the time at which the file is true; all times move by what has passed since."""

    version: Literal[1]
    description: str | None = None
    captured_at: Time | None = None
    connected_accounts: tuple[Account, ...] = ()
    devices: tuple[Device, ...] = ()
    user_identities: tuple[Person, ...] = ()
    acs_systems: tuple[System, ...] = ()
    spaces: tuple[Space, ...] = ()
    access_grants: tuple[Grant, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
