"""How each write of Seam's API is undone in a live workspace: one row for each path."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .access_rules import (
    Backup,
    BringsUsers,
    CodeChanged,
    CredentialGiven,
    Customer,
    Grant,
    GroupMember,
    MethodsRequested,
    PersonOfUser,
    SpaceChanged,
)
from .device_rules import (
    Climate,
    DailyProgram,
    DailyProgramChanged,
    DeviceChanged,
    DeviceSetting,
    Preset,
    Turned,
    Week,
)
from .rules import Broken, Changed, Lost, Made, Member, Refuse, Rule, Switched

_NOTHING = Rule()
_DEVICE = (("device_id", "device_id"),)
_ONE_USER = ("acs_user_id", "acs_system_id", "user_identity_id")
_GONE = "It is gone for good. Let tests delete only what they have made."
_LOG_IN = "Log in to the account again in Seam's console, or reset the sandbox workspace when no tests run."
_SHARED = "Other tests run in the same workspace."
_AS_IT_WAS = "Put it back by hand, or let tests change only what they have made."


def _same(*names: str) -> Mapping[str, str]:
    """Parameters that are shown under their own names."""
    return MappingProxyType({name: name for name in names})


def _deleted(*subject: str, read: str = "", key: str = "") -> Lost:
    return Lost(subject=subject, read=read, key=key, advice=_GONE)


_CODE = Made(
    key="access_code",
    id="access_code_id",
    delete="/access_codes/delete",
    listed="/access_codes/list",
    rows="access_codes",
    within=_DEVICE,
    shows=("name", "code"),
)


def _device_member(back: str, *, begins: bool) -> Member:
    return Member(
        back=f"/user_identities/{back}",
        begins=begins,
        whole="user_identity_id",
        part="device_id",
        listed="/user_identities/list_accessible_devices",
        rows="devices",
    )


def _group_member(back: str, *, begins: bool) -> Rule:
    return BringsUsers(
        write=GroupMember(
            back=back,
            begins=begins,
            whole="acs_access_group_id",
            part="acs_user_id",
            listed="/acs/access_groups/list_users",
            rows="acs_users",
        )
    )


def _space_member(back: str, part: str, listed: str, rows: str, *, begins: bool) -> Member:
    return Member(back=f"/spaces/{back}", begins=begins, whole="space_id", part=part, listed=listed, rows=rows)


def _devices_of_space(back: str, *, begins: bool) -> Member:
    return _space_member(back, "device_ids", "/devices/list", "devices", begins=begins)


def _entrances_of_space(back: str, *, begins: bool) -> Member:
    return _space_member(back, "acs_entrance_ids", "/acs/entrances/list", "acs_entrances", begins=begins)


def _accounts_of_space(back: str, *, begins: bool) -> Member:
    return _space_member(back, "connected_account_id", "/connected_accounts/list", "connected_accounts", begins=begins)


_ACCESS_CODES: Mapping[str, Rule] = MappingProxyType(
    {
        "/access_codes/create": _CODE,
        "/access_codes/create_multiple": Made(
            key="access_codes",
            id="access_code_id",
            delete="/access_codes/delete",
            listed="/access_codes/list",
            rows="access_codes",
            within=(("device_ids", "device_id"),),
            shows=("name", "code"),
        ),
        "/access_codes/delete": _deleted("access_code_id", read="/access_codes/get", key="access_code"),
        "/access_codes/pull_backup_access_code": Backup(),
        "/access_codes/report_device_constraints": DeviceSetting(
            places=(("supported_code_lengths", "supported_code_lengths"),)
        ),
        "/access_codes/simulate/create_unmanaged_access_code": Made(
            key="access_code",
            id="access_code_id",
            delete="/access_codes/unmanaged/delete",
            listed="/access_codes/unmanaged/list",
            rows="access_codes",
            within=_DEVICE,
            shows=("name", "code"),
        ),
        "/access_codes/unmanaged/convert_to_managed": Switched(
            back="/access_codes/update",
            subject=("access_code_id",),
            read="/access_codes/unmanaged/get",
            key="access_code",
            place="is_managed",
            is_on=True,
            more=(("is_managed", False),),
        ),
        "/access_codes/unmanaged/delete": _deleted("access_code_id"),
        "/access_codes/unmanaged/update": Switched(
            back="/access_codes/update",
            subject=("access_code_id",),
            read="/access_codes/unmanaged/get",
            key="access_code",
            place="is_managed",
            is_on=True,
            more=(("is_managed", False),),
        ),
        "/access_codes/update": CodeChanged(),
        "/access_codes/update_multiple": Lost(subject=("common_code_key",), advice=_AS_IT_WAS),
    }
)

_ACCESS_GRANTS: Mapping[str, Rule] = MappingProxyType(
    {
        "/access_grants/create": BringsUsers(
            write=Grant(
                key="access_grant",
                id="access_grant_id",
                delete="/access_grants/delete",
                listed="/access_grants/list",
                rows="access_grants",
                within=(("user_identity_id", "user_identity_id"),),
                shows=("name", "access_grant_key"),
            )
        ),
        "/access_grants/delete": _deleted("access_grant_id", read="/access_grants/get", key="access_grant"),
        "/access_grants/request_access_methods": MethodsRequested(),
        "/access_grants/unmanaged/update": Lost(subject=("access_grant_id",), advice=_AS_IT_WAS),
        "/access_grants/update": Changed(
            read="/access_grants/get",
            key="access_grant",
            subject=("access_grant_id", "access_grant_key"),
            places=_same("name", "starts_at", "ends_at"),
        ),
        "/access_methods/assign_card": Lost(subject=("access_method_id",), advice=_AS_IT_WAS),
        "/access_methods/delete": _deleted("access_method_id", "access_grant_id", "reservation_key"),
        "/access_methods/encode": Lost(subject=("access_method_id",), advice=_AS_IT_WAS),
        "/access_methods/unlock_door": _NOTHING,
    }
)

_ACS: Mapping[str, Rule] = MappingProxyType(
    {
        "/acs/access_groups/add_user": _group_member("/acs/access_groups/remove_user", begins=True),
        "/acs/access_groups/delete": _deleted("acs_access_group_id"),
        "/acs/access_groups/remove_user": _group_member("/acs/access_groups/add_user", begins=False),
        "/acs/credentials/assign": BringsUsers(write=CredentialGiven()),
        "/acs/credentials/create": BringsUsers(
            write=Made(
                key="acs_credential",
                id="acs_credential_id",
                delete="/acs/credentials/delete",
                listed="/acs/credentials/list",
                rows="acs_credentials",
                within=(
                    ("acs_user_id", "acs_user_id"),
                    ("acs_system_id", "acs_system_id"),
                    ("user_identity_id", "user_identity_id"),
                ),
                shows=("access_method", "code"),
            )
        ),
        "/acs/credentials/delete": _deleted("acs_credential_id", read="/acs/credentials/get", key="acs_credential"),
        "/acs/credentials/unassign": CredentialGiven(),
        "/acs/credentials/update": Changed(
            read="/acs/credentials/get",
            key="acs_credential",
            subject=("acs_credential_id",),
            places=_same("code", "ends_at"),
        ),
        "/acs/encoders/encode_credential": Lost(
            subject=("acs_credential_id", "access_method_id"),
            read="/acs/credentials/get",
            key="acs_credential",
            advice=_AS_IT_WAS,
        ),
        "/acs/encoders/scan_credential": _NOTHING,
        "/acs/encoders/scan_to_assign_credential": Lost(subject=("acs_user_id", "user_identity_id"), advice=_AS_IT_WAS),
        "/acs/encoders/simulate/next_credential_encode_will_fail": Broken(
            back="/acs/encoders/simulate/next_credential_encode_will_succeed", subject="acs_encoder_id"
        ),
        "/acs/encoders/simulate/next_credential_encode_will_succeed": _NOTHING,
        "/acs/encoders/simulate/next_credential_scan_will_fail": Broken(
            back="/acs/encoders/simulate/next_credential_scan_will_succeed", subject="acs_encoder_id"
        ),
        "/acs/encoders/simulate/next_credential_scan_will_succeed": _NOTHING,
        "/acs/entrances/grant_access": BringsUsers(
            write=Lost(subject=("acs_user_id", "user_identity_id"), advice=_AS_IT_WAS)
        ),
        "/acs/entrances/unlock": _NOTHING,
        "/acs/systems/report_devices": Lost(subject=("acs_system_id",), advice=_AS_IT_WAS),
        "/acs/users/add_to_access_group": _group_member("/acs/users/remove_from_access_group", begins=True),
        "/acs/users/create": Made(
            key="acs_user",
            id="acs_user_id",
            delete="/acs/users/delete",
            listed="/acs/users/list",
            rows="acs_users",
            within=(("acs_system_id", "acs_system_id"), ("user_identity_id", "user_identity_id")),
            shows=("full_name", "email_address", "phone_number"),
        ),
        "/acs/users/delete": _deleted(*_ONE_USER, read="/acs/users/get", key="acs_user"),
        "/acs/users/remove_from_access_group": _group_member("/acs/users/add_to_access_group", begins=False),
        "/acs/users/revoke_access_to_all_entrances": Lost(
            subject=_ONE_USER, read="/acs/users/get", key="acs_user", advice=_AS_IT_WAS
        ),
        "/acs/users/suspend": Switched(
            back="/acs/users/unsuspend",
            subject=_ONE_USER,
            read="/acs/users/get",
            key="acs_user",
            place="is_suspended",
            is_on=True,
        ),
        "/acs/users/unsuspend": Switched(
            back="/acs/users/suspend",
            subject=_ONE_USER,
            read="/acs/users/get",
            key="acs_user",
            place="is_suspended",
            is_on=False,
        ),
        "/acs/users/update": Changed(
            read="/acs/users/get",
            key="acs_user",
            subject=_ONE_USER,
            places=_same("full_name", "email_address", "phone_number", "access_schedule"),
        ),
    }
)

_ACCOUNTS: Mapping[str, Rule] = MappingProxyType(
    {
        "/client_sessions/create": Made(
            key="client_session",
            id="client_session_id",
            delete="/client_sessions/delete",
            listed="/client_sessions/list",
            rows="client_sessions",
            within=(("user_identity_id", "user_identity_id"), ("user_identifier_key", "user_identifier_key")),
        ),
        "/client_sessions/delete": _deleted("client_session_id", read="/client_sessions/get", key="client_session"),
        "/client_sessions/get_or_create": Made(
            key="client_session",
            id="client_session_id",
            delete="/client_sessions/delete",
            listed="/client_sessions/list",
            rows="client_sessions",
            within=(("user_identity_id", "user_identity_id"), ("user_identifier_key", "user_identifier_key")),
        ),
        "/client_sessions/grant_access": Lost(
            subject=("client_session_id", "user_identifier_key"),
            read="/client_sessions/get",
            key="client_session",
            advice=_AS_IT_WAS,
        ),
        "/client_sessions/revoke": _deleted("client_session_id", read="/client_sessions/get", key="client_session"),
        "/connect_webviews/create": Made(
            key="connect_webview",
            id="connect_webview_id",
            delete="/connect_webviews/delete",
            listed="/connect_webviews/list",
            rows="connect_webviews",
            within=(("customer_key", "customer_key"),),
            shows=("custom_redirect_url",),
        ),
        "/connect_webviews/delete": _deleted("connect_webview_id"),
        "/connected_accounts/delete": Lost(subject=("connected_account_id",), advice=_LOG_IN),
        "/connected_accounts/simulate/disconnect": Lost(subject=("connected_account_id",), advice=_LOG_IN),
        "/connected_accounts/sync": _NOTHING,
        "/connected_accounts/update": Changed(
            read="/connected_accounts/get",
            key="connected_account",
            subject=("connected_account_id",),
            places=_same(
                "accepted_capabilities",
                "automatically_manage_new_devices",
                "custom_metadata",
                "customer_key",
                "display_name",
            ),
        ),
        "/customers/create_portal": Customer(),
        "/customers/delete_data": _deleted("customer_keys"),
        "/customers/push_data": Customer(),
        "/webhooks/create": Made(
            key="webhook",
            id="webhook_id",
            delete="/webhooks/delete",
            listed="/webhooks/list",
            rows="webhooks",
            shows=("url",),
            is_dated=False,
        ),
        "/webhooks/delete": _deleted("webhook_id"),
        "/webhooks/update": Changed(
            read="/webhooks/get", key="webhook", subject=("webhook_id",), places=_same("event_types")
        ),
        "/workspaces/create": Refuse(why=f"/workspaces/create makes a workspace that no call deletes. {_SHARED}"),
        "/workspaces/reset_sandbox": Refuse(
            why=f"/workspaces/reset_sandbox takes away what others use. {_SHARED} Reset it when none run."
        ),
        "/workspaces/update": Refuse(why=f"/workspaces/update changes it for everybody. {_SHARED}"),
    }
)

_DEVICES: Mapping[str, Rule] = MappingProxyType(
    {
        "/cameras/live_views/create": _NOTHING,
        "/cameras/live_views/offer": _NOTHING,
        "/cameras/live_views/stop": _NOTHING,
        "/devices/report_provider_metadata": Lost(advice=_AS_IT_WAS),
        "/devices/simulate/connect": _NOTHING,
        "/devices/simulate/connect_to_hub": _NOTHING,
        "/devices/simulate/disconnect": Broken(back="/devices/simulate/connect", subject="device_id"),
        "/devices/simulate/disconnect_from_hub": Broken(back="/devices/simulate/connect_to_hub", subject="device_id"),
        "/devices/simulate/paid_subscription": Broken(
            back="/devices/simulate/paid_subscription", subject="device_id", fixed=(("is_expired", False),)
        ),
        "/devices/simulate/remove": Lost(subject=("device_id",), advice=_LOG_IN),
        "/devices/unmanaged/update": DeviceChanged(),
        "/devices/update": DeviceChanged(),
        "/locks/configure_auto_lock": DeviceSetting(
            places=(
                ("auto_lock_enabled", "auto_lock_enabled"),
                ("auto_lock_delay_seconds", "auto_lock_delay_seconds"),
            )
        ),
        "/locks/lock_door": Turned(),
        "/locks/simulate/keypad_code_entry": Turned(),
        "/locks/simulate/manual_lock_via_keypad": Turned(),
        "/locks/unlock_door": Turned(),
        "/noise_sensors/noise_thresholds/create": Made(
            key="noise_threshold",
            id="noise_threshold_id",
            delete="/noise_sensors/noise_thresholds/delete",
            also=("device_id",),
            listed="/noise_sensors/noise_thresholds/list",
            rows="noise_thresholds",
            within=_DEVICE,
            shows=("name", "starts_daily_at", "ends_daily_at"),
            is_dated=False,
        ),
        "/noise_sensors/noise_thresholds/delete": _deleted("noise_threshold_id"),
        "/noise_sensors/noise_thresholds/update": Changed(
            read="/noise_sensors/noise_thresholds/get",
            key="noise_threshold",
            subject=("noise_threshold_id",),
            places=_same(
                "device_id",
                "name",
                "starts_daily_at",
                "ends_daily_at",
                "noise_threshold_decibels",
                "noise_threshold_nrs",
            ),
            always=("device_id",),
        ),
        "/noise_sensors/simulate/trigger_noise_threshold": _NOTHING,
        "/thermostats/activate_climate_preset": Climate(),
        "/thermostats/activate_weekly_program": Climate(),
        "/thermostats/cool": Climate(),
        "/thermostats/create_climate_preset": Preset(),
        "/thermostats/daily_programs/create": DailyProgram(
            key="thermostat_daily_program",
            id="thermostat_daily_program_id",
            delete="/thermostats/daily_programs/delete",
            listed="/devices/get",
            rows="",
            within=_DEVICE,
            shows=("name",),
        ),
        "/thermostats/daily_programs/delete": _deleted("thermostat_daily_program_id"),
        "/thermostats/daily_programs/update": DailyProgramChanged(),
        "/thermostats/delete_climate_preset": Preset(),
        "/thermostats/heat": Climate(),
        "/thermostats/heat_cool": Climate(),
        "/thermostats/off": Climate(),
        "/thermostats/schedules/create": Made(
            key="thermostat_schedule",
            id="thermostat_schedule_id",
            delete="/thermostats/schedules/delete",
            listed="/thermostats/schedules/list",
            rows="thermostat_schedules",
            within=_DEVICE,
            shows=("name", "climate_preset_key"),
        ),
        "/thermostats/schedules/delete": _deleted("thermostat_schedule_id"),
        "/thermostats/schedules/update": Changed(
            read="/thermostats/schedules/get",
            key="thermostat_schedule",
            subject=("thermostat_schedule_id",),
            places=_same(
                "climate_preset_key",
                "ends_at",
                "is_override_allowed",
                "max_override_period_minutes",
                "name",
                "starts_at",
            ),
        ),
        "/thermostats/set_fallback_climate_preset": Climate(),
        "/thermostats/set_fan_mode": Climate(),
        "/thermostats/set_hvac_mode": Climate(),
        "/thermostats/set_temperature_threshold": DeviceSetting(
            places=(
                ("lower_limit_celsius", "temperature_threshold.lower_limit_celsius"),
                ("upper_limit_celsius", "temperature_threshold.upper_limit_celsius"),
            )
        ),
        "/thermostats/simulate/hvac_mode_adjusted": Climate(),
        "/thermostats/simulate/temperature_reached": DeviceSetting(
            places=(("temperature_celsius", "temperature_celsius"),)
        ),
        "/thermostats/update_climate_preset": Preset(),
        "/thermostats/update_weekly_program": Week(),
    }
)

_PEOPLE: Mapping[str, Rule] = MappingProxyType(
    {
        "/instant_keys/delete": _deleted("instant_key_id", read="/instant_keys/get", key="instant_key"),
        "/phones/deactivate": _deleted("device_id"),
        "/phones/simulate/create_sandbox_phone": Made(
            key="phone",
            id="device_id",
            delete="/phones/deactivate",
            listed="/phones/list",
            rows="phones",
            within=(("user_identity_id", "owner_user_identity_id"),),
        ),
        "/user_identities/add_acs_user": PersonOfUser(),
        "/user_identities/create": Made(
            key="user_identity",
            id="user_identity_id",
            delete="/user_identities/delete",
            listed="/user_identities/list",
            rows="user_identities",
            shows=("full_name", "email_address", "phone_number", "user_identity_key"),
        ),
        "/user_identities/delete": _deleted("user_identity_id"),
        "/user_identities/generate_instant_key": Made(
            key="instant_key",
            id="instant_key_id",
            delete="/instant_keys/delete",
            listed="/instant_keys/list",
            rows="instant_keys",
            within=(("user_identity_id", "user_identity_id"),),
        ),
        "/user_identities/grant_access_to_device": _device_member("revoke_access_to_device", begins=True),
        "/user_identities/merge": Lost(
            subject=(
                "user_identity_id",
                "user_identity_key",
                "merged_user_identity_ids",
                "merged_user_identity_keys",
            ),
            advice=_GONE,
        ),
        "/user_identities/remove_acs_user": PersonOfUser(),
        "/user_identities/revoke_access_to_device": _device_member("grant_access_to_device", begins=False),
        "/user_identities/unmanaged/update": Lost(subject=("user_identity_id",), advice=_AS_IT_WAS),
        "/user_identities/update": Changed(
            read="/user_identities/get",
            key="user_identity",
            subject=("user_identity_id",),
            places=_same("email_address", "full_name", "phone_number", "user_identity_key"),
        ),
    }
)

_SPACES: Mapping[str, Rule] = MappingProxyType(
    {
        "/spaces/add_acs_entrances": _entrances_of_space("remove_acs_entrances", begins=True),
        "/spaces/add_connected_account": _accounts_of_space("remove_connected_account", begins=True),
        "/spaces/add_devices": _devices_of_space("remove_devices", begins=True),
        "/spaces/create": Made(
            key="space",
            id="space_id",
            delete="/spaces/delete",
            listed="/spaces/list",
            rows="spaces",
            within=(("customer_key", "customer_key"), ("space_key", "space_key")),
            shows=("name",),
        ),
        "/spaces/delete": _deleted("space_id"),
        "/spaces/remove_acs_entrances": _entrances_of_space("add_acs_entrances", begins=False),
        "/spaces/remove_connected_account": _accounts_of_space("add_connected_account", begins=False),
        "/spaces/remove_devices": _devices_of_space("add_devices", begins=False),
        "/spaces/update": SpaceChanged(
            read="/spaces/get",
            key="space",
            subject=("space_id", "space_key"),
            places=_same("name", "parent_space_id"),
            maps=("customer_data",),
        ),
    }
)

UNDO: Mapping[str, Rule] = MappingProxyType(
    {**_ACCESS_CODES, **_ACCESS_GRANTS, **_ACS, **_ACCOUNTS, **_DEVICES, **_PEOPLE, **_SPACES}
)

_UNKNOWN = Lost(advice="This release does not know that path; look in the workspace for what it has done.")


def rule_of(path: str) -> Rule:
    """How a write is undone."""
    return UNDO.get(path, _UNKNOWN)
