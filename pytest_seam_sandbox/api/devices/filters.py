"""The filters of /devices/list, which several list endpoints share. All that are given have to match (fake)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, TypeVar

from typing_extensions import TypedDict

from ...engine.auth import Caller
from ...engine.query import QueryType
from ...engine.types import DateTime, Metadata, NonEmptyText, Nullable, Text, Uuid, one_of, one_of_enums
from ...engine.workspace import Workspace
from .._filters import all_of, made_before, with_metadata
from .._shared import contains
from ..client_sessions.model import accounts_of_user
from ..connected_accounts.model import ConnectedAccountRow
from .model import DeviceRow

LOCKS = (
    "akuvox_lock",
    "august_lock",
    "brivo_access_point",
    "butterflymx_panel",
    "avigilon_alta_entry",
    "doorking_lock",
    "genie_door",
    "igloo_lock",
    "linear_lock",
    "lockly_lock",
    "kwikset_lock",
    "nuki_lock",
    "salto_lock",
    "schlage_lock",
    "smartthings_lock",
    "wyze_lock",
    "yale_lock",
    "two_n_intercom",
    "controlbyweb_device",
    "ttlock_lock",
    "igloohome_lock",
    "four_suites_door",
    "dormakaba_oracode_door",
    "tedee_lock",
    "akiles_lock",
    "ultraloq_lock",
    "yacan_lock",
    "keyincode_lock",
    "omnitec_lock",
    "kisi_lock",
    "aqara_lock",
)
KEYS = ("keynest_key",)
NOISE_SENSORS = ("noiseaware_activity_zone", "minut_sensor")
THERMOSTATS = (
    "ecobee_thermostat",
    "nest_thermostat",
    "honeywell_resideo_thermostat",
    "tado_thermostat",
    "sensi_thermostat",
    "smartthings_thermostat",
)
PHONES = ("ios_phone", "android_phone")
CAMERAS = ("ring_camera", "tapo_camera", "arlo_camera", "reolink_camera")
SPEAKERS = ("sonos_speaker",)
MANUFACTURERS = (
    "akuvox",
    "august",
    "avigilon_alta",
    "brivo",
    "butterflymx",
    "doorking",
    "four_suites",
    "genie",
    "igloo",
    "keywe",
    "kwikset",
    "linear",
    "nuki",
    "philia",
    "salto",
    "samsung",
    "schlage",
    "seam",
    "unknown",
    "wyze",
    "yale",
    "two_n",
    "ttlock",
    "igloohome",
    "controlbyweb",
    "dormakaba_oracode",
    "tedee",
    "keyincode",
    "akiles",
    "aqara",
    "ecobee",
    "honeywell_resideo",
    "keynest",
    "korelock",
    "lockly",
    "minut",
    "nest",
    "noiseaware",
    "sensi",
    "smartthings",
    "tado",
    "ultraloq",
    "ring",
    "ical",
    "lodgify",
    "hostaway",
    "guesty",
    "acuity_scheduling",
    "omnitec",
    "kisi",
    "slack",
    "yacan",
    "tapo",
    "arlo",
    "reolink",
    "sonos",
    "eufy",
    "dormakaba_oracode_iho",
)

DeviceType = Annotated[
    str, one_of_enums(LOCKS, KEYS, NOISE_SENSORS, THERMOSTATS, PHONES, CAMERAS, SPEAKERS), QueryType("string")
]
LockType = Annotated[str, one_of(*LOCKS), QueryType("string")]
Manufacturer = Annotated[str, one_of(*MANUFACTURERS), QueryType("string")]
Flag = Literal[
    "can_remotely_unlock",
    "can_remotely_lock",
    "can_program_offline_access_codes",
    "can_program_online_access_codes",
    "can_hvac_heat",
    "can_hvac_cool",
    "can_hvac_heat_cool",
    "can_turn_off_hvac",
    "can_simulate_removal",
    "can_simulate_connection",
    "can_simulate_disconnection",
    "can_unlock_with_code",
    "can_run_thermostat_programs",
    "can_program_thermostat_programs_as_weekday_weekend",
    "can_program_thermostat_programs_as_different_each_day",
    "can_program_thermostat_programs_as_same_each_day",
    "can_simulate_hub_connection",
    "can_simulate_hub_disconnection",
    "can_simulate_paid_subscription",
    "can_configure_auto_lock",
]

T = TypeVar("T", bound=str)
M = TypeVar("M", bound=str)


class DeviceFilters(TypedDict, Generic[T, M], total=False):
    """What /devices/list and the lists of some devices can be asked for. T: the types of devices, M: their makers."""

    connect_webview_id: Uuid | None
    connected_account_id: Uuid | None
    connected_account_ids: list[Uuid] | None
    created_before: DateTime | None
    custom_metadata_has: Metadata | None
    customer_key: Text | None
    device_ids: list[Uuid] | None
    device_type: T | None
    device_types: list[T] | None
    exclude_if: list[Flag] | None
    include_if: list[Flag] | None
    manufacturer: M | None
    search: NonEmptyText | None
    space_id: Uuid | None
    unstable_location_id: Nullable[Uuid]
    user_identifier_key: Text | None


AnyDevice = DeviceFilters[DeviceType, Manufacturer]
Matcher = Callable[[DeviceRow], bool]


def matching(
    workspace: Workspace, caller: Caller, asked: DeviceFilters[Any, Any], *, is_managed: bool
) -> Matcher | None:
    """All filters of a list endpoint in one. asked: what the request has of them."""
    return all_of(
        managed(is_managed),
        visible(caller),
        of_webview(workspace, asked.get("connect_webview_id")),
        of_accounts(asked.get("connected_account_id"), asked.get("connected_account_ids")),
        of_ids(asked.get("device_ids")),
        of_types(asked.get("device_type"), asked.get("device_types")),
        made_by(asked.get("manufacturer")),
        of_customer(workspace, asked.get("customer_key"), asked.get("user_identifier_key")),
        searched(asked.get("search")),
        with_flags(asked.get("include_if"), asked.get("exclude_if")),
        made_before(asked.get("created_before")),
        with_metadata(asked.get("custom_metadata_has")),
        in_space(asked.get("space_id")),
        in_space(asked.get("unstable_location_id")),
    )


def managed(is_managed: bool) -> Matcher:
    """Managed devices, or unmanaged ones."""
    return lambda device: device.is_managed is is_managed


def visible(caller: Caller) -> Matcher | None:
    """What a client session may see; everyone else sees all."""
    return None if caller.session is None else lambda device: caller.may_see_account(device.connected_account_id)


def of_accounts(one: str | None, several: list[str] | None) -> Matcher | None:
    """The devices of an account, or of several. An empty list is a filter that nothing passes (fake)."""
    if one is None and several is None:
        return None
    return lambda device: (
        one in (None, device.connected_account_id) and (several is None or device.connected_account_id in several)
    )


def of_types(one: str | None, several: list[str] | None) -> Matcher | None:
    """The devices of a type, or of several."""
    if one is None and several is None:
        return None
    return lambda device: one in (None, device.device_type) and (several is None or device.device_type in several)


def of_ids(device_ids: list[str] | None) -> Matcher | None:
    """The devices of these ids."""
    if device_ids is None:
        return None
    wanted = frozenset(device_ids)
    return lambda device: device.device_id in wanted


def made_by(manufacturer: str | None) -> Matcher | None:
    """The devices whose properties.manufacturer it is (fake)."""
    if manufacturer is None:
        return None
    return lambda device: device.property("manufacturer") == manufacturer


def of_customer(workspace: Workspace, customer_key: str | None, user_identifier_key: str | None) -> Matcher | None:
    """The devices of a customer's accounts, or of the accounts that a user's client sessions hold (docs)."""
    if customer_key is None and user_identifier_key is None:
        return None
    accounts = accounts_of_user(workspace, user_identifier_key)

    def matches(device: DeviceRow) -> bool:
        account = workspace[ConnectedAccountRow].get(device.connected_account_id)
        return (accounts is None or device.connected_account_id in accounts) and (
            customer_key is None or (account is not None and account.customer_key == customer_key)
        )

    return matches


def of_webview(workspace: Workspace, connect_webview_id: str | None) -> Matcher | None:
    """The devices of the accounts that were connected through this Connect Webview."""
    if connect_webview_id is None:
        return None
    connected = frozenset(
        account.id for account in workspace[ConnectedAccountRow] if connect_webview_id in account.connect_webview_ids
    )
    return lambda device: device.connected_account_id in connected


def searched(search: str | None) -> Matcher | None:
    """The devices in which a text occurs.

    Looked at: the beginning of the id (at least 4 characters), the account's id, the name, the metadata, the location.
    Source: spec.
    """
    if search is None:
        return None

    def matches(device: DeviceRow) -> bool:
        location = device.location or {}
        return (
            (len(search) >= 4 and device.device_id.startswith(search.lower()))
            or contains(search, device.connected_account_id, device.display_name, location.get("location_name"))
            or contains(search, *(value for value in device.custom_metadata.values() if isinstance(value, str)))
        )

    return matches


def with_flags(include_if: list[Flag] | None, exclude_if: list[Flag] | None) -> Matcher | None:
    """The devices that have one of the first flags true and none of the second (assumed: the spec only types them)."""
    if include_if is None and exclude_if is None:
        return None

    def matches(device: DeviceRow) -> bool:
        flags = device.flags()
        return (include_if is None or any(flags.get(flag) for flag in include_if)) and not any(
            flags.get(flag) for flag in exclude_if or ()
        )

    return matches


def in_space(space_id: str | None) -> Matcher | None:
    """The devices in a space; a location is the same by its older name (docs)."""
    return None if not space_id else lambda device: space_id in device.space_ids
