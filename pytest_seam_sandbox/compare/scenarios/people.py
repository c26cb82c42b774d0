"""User identities, their phones, and client sessions."""

from __future__ import annotations

from ..steps import Events, Scenario, The, Unique, call

PERSON = The("user_identity")
SESSION = The("client_session")
MAKE_PERSON = call(
    "/user_identities/create",
    user_identity_key=Unique("compare-{}"),
    email_address=Unique("compare-{}@example.com"),
    full_name="Compare Example",
    keep={"user_identity": "user_identity.user_identity_id"},
    undo=call("/user_identities/delete", user_identity_id=PERSON),
)
MAKE_SESSION = call(
    "/client_sessions/create",
    user_identifier_key=Unique("compare-{}"),
    keep={"client_session": "client_session.client_session_id", "token": "client_session.token"},
    undo=call("/client_sessions/delete", client_session_id=SESSION),
)

SCENARIOS = (
    Scenario(
        "user identities",
        "A person is made, found, changed and deleted.",
        (
            MAKE_PERSON,
            call("/user_identities/create", user_identity_key=Unique("compare-{}")),
            call("/user_identities/get", user_identity_id=PERSON),
            call("/user_identities/get", user_identity_key=Unique("compare-{}")),
            call("/user_identities/list"),
            call("/user_identities/update", user_identity_id=PERSON, full_name="Compare Changed"),
            call("/user_identities/get", user_identity_id=PERSON),
            call("/user_identities/list_accessible_devices", user_identity_id=PERSON),
            call("/user_identities/list_acs_systems", user_identity_id=PERSON),
            call("/user_identities/delete", user_identity_id=PERSON),
            call("/user_identities/get", user_identity_id=PERSON),
            Events(),
        ),
    ),
    Scenario(
        "phones",
        "A person gets a phone, which is lost.",
        (
            MAKE_PERSON,
            call(
                "/phones/simulate/create_sandbox_phone",
                user_identity_id=PERSON,
                keep={"device": "phone.device_id"},
                undo=call("/phones/deactivate", device_id=The("device")),
            ),
            call("/phones/get", device_id=The("device")),
            call("/phones/list", owner_user_identity_id=PERSON),
            call("/phones/deactivate", device_id=The("device")),
            Events(),
            call("/phones/get", device_id=The("device")),
            call("/phones/list", owner_user_identity_id=PERSON),
            call("/phones/deactivate", device_id=The("device")),
        ),
    ),
    Scenario(
        "client sessions",
        "A client session is made, found by its key, used and ended.",
        (
            MAKE_SESSION,
            call("/client_sessions/create", user_identifier_key=Unique("compare-{}")),
            call("/client_sessions/get", client_session_id=SESSION),
            call("/client_sessions/get", user_identifier_key=Unique("compare-{}")),
            call("/client_sessions/get_or_create", user_identifier_key=Unique("compare-{}")),
            call("/client_sessions/list", client_session_id=SESSION),
            call("/client_sessions/get", caller=The("token")),
            call("/devices/list", caller=The("token")),
            call("/connected_accounts/list", caller=The("token")),
            call("/webhooks/list", caller=The("token")),
            call("/client_sessions/revoke", client_session_id=SESSION),
            call("/devices/list", caller=The("token")),
            call("/client_sessions/delete", client_session_id=SESSION),
            call("/client_sessions/get", client_session_id=SESSION),
        ),
    ),
)
