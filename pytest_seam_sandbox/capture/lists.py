"""The lists of Seam: which come in pages, and which are not in a world."""

from __future__ import annotations

from ..engine.frozen import FrozenDict

PAGE = 200
"""How many rows of a list with pages are asked for at once."""
PAGED = frozenset(
    {
        "/access_codes/list",
        "/access_codes/unmanaged/list",
        "/access_grants/list",
        "/access_grants/unmanaged/list",
        "/acs/credentials/list",
        "/acs/encoders/list",
        "/acs/entrances/list",
        "/acs/users/list",
        "/connect_webviews/list",
        "/connected_accounts/list",
        "/devices/list",
        "/devices/unmanaged/list",
        "/spaces/list",
        "/user_identities/list",
        "/user_identities/unmanaged/list",
    }
)
"""The lists that take a limit. Source: spec."""
IDS = FrozenDict(
    {
        "access_codes": "access_code_id",
        "access_grants": "access_grant_id",
        "access_methods": "access_method_id",
        "acs_access_groups": "acs_access_group_id",
        "acs_credentials": "acs_credential_id",
        "acs_encoders": "acs_encoder_id",
        "acs_entrances": "acs_entrance_id",
        "acs_systems": "acs_system_id",
        "acs_users": "acs_user_id",
        "client_sessions": "client_session_id",
        "connect_webviews": "connect_webview_id",
        "connected_accounts": "connected_account_id",
        "devices": "device_id",
        "instant_keys": "instant_key_id",
        "noise_thresholds": "noise_threshold_id",
        "phones": "device_id",
        "spaces": "space_id",
        "thermostat_schedules": "thermostat_schedule_id",
        "user_identities": "user_identity_id",
        "webhooks": "webhook_id",
    }
)
"""The id of the rows of a list, by its key."""
COUNTED: tuple[tuple[str, str, str], ...] = (
    ("/client_sessions/list", "client_sessions", "tokens give access; a test makes its own"),
    ("/connect_webviews/list", "connect_webviews", "logins; the accounts that they brought are there"),
    ("/instant_keys/list", "instant_keys", "links give access; mobile keys of access grants get new ones"),
)
"""Lists of what a world in a file does not hold: the path, the key of its rows, the reason."""
