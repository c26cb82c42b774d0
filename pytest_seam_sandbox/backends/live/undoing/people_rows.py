"""How writes about people, spaces, accounts and the workspace itself are undone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .access_rules import Customer, PersonOfUser, SpaceChanged
from .rules import AS_IT_WAS, GONE, NOTHING, Changed, Lost, Made, Member, Refuse, Rule, deleted, same

_LOG_IN = "Only a person who logs in brings it back, and others use it."
_SHARED = "Other tests run in the same workspace."


def _device_member(back: str, *, begins: bool) -> Member:
    return Member(
        back=f"/user_identities/{back}",
        begins=begins,
        whole="user_identity_id",
        part="device_id",
        listed="/user_identities/list_accessible_devices",
        rows="devices",
    )


def _space_member(back: str, part: str, listed: str, rows: str, *, begins: bool) -> Member:
    return Member(back=f"/spaces/{back}", begins=begins, whole="space_id", part=part, listed=listed, rows=rows)


def _devices_of_space(back: str, *, begins: bool) -> Member:
    return _space_member(back, "device_ids", "/devices/list", "devices", begins=begins)


def _entrances_of_space(back: str, *, begins: bool) -> Member:
    return _space_member(back, "acs_entrance_ids", "/acs/entrances/list", "acs_entrances", begins=begins)


def _accounts_of_space(back: str, *, begins: bool) -> Member:
    return _space_member(back, "connected_account_id", "/connected_accounts/list", "connected_accounts", begins=begins)


PEOPLE: Mapping[str, Rule] = MappingProxyType(
    {
        "/instant_keys/delete": deleted("instant_key_id", read="/instant_keys/get", key="instant_key"),
        "/phones/deactivate": deleted("device_id"),
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
            search=("email_address", "phone_number", "full_name"),
        ),
        "/user_identities/delete": deleted("user_identity_id"),
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
            advice=GONE,
        ),
        "/user_identities/remove_acs_user": PersonOfUser(),
        "/user_identities/revoke_access_to_device": _device_member("grant_access_to_device", begins=False),
        "/user_identities/unmanaged/update": Lost(subject=("user_identity_id",), advice=AS_IT_WAS),
        "/user_identities/update": Changed(
            read="/user_identities/get",
            key="user_identity",
            subject=("user_identity_id",),
            places=same("email_address", "full_name", "phone_number", "user_identity_key"),
        ),
    }
)

SPACES: Mapping[str, Rule] = MappingProxyType(
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
        "/spaces/delete": deleted("space_id"),
        "/spaces/remove_acs_entrances": _entrances_of_space("add_acs_entrances", begins=False),
        "/spaces/remove_connected_account": _accounts_of_space("add_connected_account", begins=False),
        "/spaces/remove_devices": _devices_of_space("add_devices", begins=False),
        "/spaces/update": SpaceChanged(
            read="/spaces/get",
            key="space",
            subject=("space_id", "space_key"),
            places=same("name", "parent_space_id"),
            maps=("customer_data",),
        ),
    }
)

ACCOUNTS: Mapping[str, Rule] = MappingProxyType(
    {
        "/client_sessions/create": Made(
            key="client_session",
            id="client_session_id",
            delete="/client_sessions/delete",
            listed="/client_sessions/list",
            rows="client_sessions",
            within=(("user_identity_id", "user_identity_id"), ("user_identifier_key", "user_identifier_key")),
        ),
        "/client_sessions/delete": deleted("client_session_id", read="/client_sessions/get", key="client_session"),
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
            advice=AS_IT_WAS,
        ),
        "/client_sessions/revoke": deleted("client_session_id", read="/client_sessions/get", key="client_session"),
        "/connect_webviews/create": Made(
            key="connect_webview",
            id="connect_webview_id",
            delete="/connect_webviews/delete",
            listed="/connect_webviews/list",
            rows="connect_webviews",
            within=(("customer_key", "customer_key"),),
            shows=("custom_redirect_url",),
        ),
        "/connect_webviews/delete": deleted("connect_webview_id"),
        "/connected_accounts/delete": Refuse(why=f"/connected_accounts/delete takes an account away. {_LOG_IN}"),
        "/connected_accounts/simulate/disconnect": Refuse(
            why=f"/connected_accounts/simulate/disconnect takes an account away. {_LOG_IN}"
        ),
        "/connected_accounts/sync": NOTHING,
        "/connected_accounts/update": Changed(
            read="/connected_accounts/get",
            key="connected_account",
            subject=("connected_account_id",),
            places=same(
                "accepted_capabilities",
                "automatically_manage_new_devices",
                "custom_metadata",
                "customer_key",
                "display_name",
            ),
        ),
        "/customers/create_portal": Customer(),
        "/customers/delete_data": deleted("customer_keys", "access_grant_keys", "space_keys", "user_identity_keys"),
        "/customers/push_data": Customer(),
        "/webhooks/create": Made(
            key="webhook",
            id="webhook_id",
            delete="/webhooks/delete",
            listed="/webhooks/list",
            rows="webhooks",
            shows=("url",),
        ),
        "/webhooks/delete": deleted("webhook_id"),
        "/webhooks/update": Changed(
            read="/webhooks/get", key="webhook", subject=("webhook_id",), places=same("event_types")
        ),
        "/workspaces/create": Refuse(why=f"/workspaces/create makes a workspace that no call deletes. {_SHARED}"),
        "/workspaces/reset_sandbox": Refuse(
            why=f"/workspaces/reset_sandbox takes away what others use. {_SHARED} Reset it when none run."
        ),
        "/workspaces/update": Refuse(why=f"/workspaces/update changes it for everybody. {_SHARED}"),
    }
)
