"""Mistakes of clients: unknown ids, wrong parameters, wrong credentials, unknown paths; and pages of lists."""

from __future__ import annotations

from ...engine.frozen import FrozenDict
from ..steps import Call, Scenario, The, Unique, call

NOBODY = "00000000-0000-4000-8000-00000000dead"
WORD = "not-a-uuid"
PATHS = FrozenDict(
    {
        "/devices/get": "device_id",
        "/devices/update": "device_id",
        "/devices/unmanaged/get": "device_id",
        "/locks/get": "device_id",
        "/locks/unlock_door": "device_id",
        "/access_codes/get": "access_code_id",
        "/access_codes/delete": "access_code_id",
        "/action_attempts/get": "action_attempt_id",
        "/connected_accounts/get": "connected_account_id",
        "/connect_webviews/get": "connect_webview_id",
        "/client_sessions/get": "client_session_id",
        "/events/get": "event_id",
        "/webhooks/get": "webhook_id",
        "/webhooks/delete": "webhook_id",
        "/thermostats/off": "device_id",
        "/noise_sensors/noise_thresholds/get": "noise_threshold_id",
        "/noise_sensors/noise_thresholds/list": "device_id",
        "/acs/systems/get": "acs_system_id",
        "/acs/users/get": "acs_user_id",
        "/acs/entrances/get": "acs_entrance_id",
        "/phones/get": "device_id",
        "/user_identities/get": "user_identity_id",
        "/access_grants/get": "access_grant_id",
        "/spaces/get": "space_id",
    }
)
"""Paths that take one id, and the parameter for it."""

MARK = FrozenDict({"seam_sandbox_compare": Unique("pages {}")})


def _webview(name: str) -> Call:
    return call(
        "/connect_webviews/create",
        custom_metadata=MARK,
        keep={name: "connect_webview.connect_webview_id"},
        undo=call("/connect_webviews/delete", connect_webview_id=The(name)),
    )


SCENARIOS = (
    Scenario(
        "unknown ids",
        "An id of nothing is not found.",
        tuple(Call(path, FrozenDict({name: NOBODY})) for path, name in PATHS.items()),
    ),
    Scenario(
        "ids that are none",
        "A text that is no id is told from an id of nothing.",
        tuple(Call(path, FrozenDict({name: WORD})) for path, name in PATHS.items()),
    ),
    Scenario(
        "missing parameters",
        "A request without its parameters is refused.",
        tuple(call(path) for path in PATHS),
    ),
    Scenario(
        "wrong parameters",
        "A value of the wrong type is told by its field; a parameter that Seam does not have is ignored.",
        (
            call("/devices/get", device_id=5),
            call("/devices/list", device_ids=4242),
            call("/devices/list", device_ids=[1]),
            call("/devices/list", device_type="no_such_type"),
            call("/devices/list", no_such_parameter="x", envelope_only=True),
            call("/locks/lock_door", device_id=[]),
            call("/connect_webviews/get", connect_webview_id=None),
            call("/client_sessions/create", connected_account_ids=5),
        ),
    ),
    Scenario(
        "credentials",
        "A key that Seam does not know, and a path that it does not have.",
        (
            call("/devices/list", caller="unknown key"),
            call("/workspaces/get", caller="unknown key"),
            call("/no_such_path/get"),
        ),
    ),
    Scenario(
        "pages",
        "A list comes in pages; what is wrong with a page is told by the field.",
        (
            _webview("first"),
            _webview("second"),
            call(
                "/connect_webviews/list",
                limit=1,
                custom_metadata_has=MARK,
                keep={"cursor": "pagination.next_page_cursor"},
            ),
            call("/connect_webviews/list", limit=1, custom_metadata_has=MARK, page_cursor=The("cursor")),
            call("/connect_webviews/list", custom_metadata_has=MARK),
            call("/devices/list", limit=0),
            call("/devices/list", limit=-1),
            call("/devices/list", limit=1.5),
            call("/devices/list", limit="many"),
            call("/devices/list", page_cursor="abc"),
            call("/devices/list", page_cursor="YWJj"),
        ),
    ),
)
