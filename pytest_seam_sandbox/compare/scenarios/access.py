"""Access systems, spaces and access grants."""

from __future__ import annotations

from ..steps import DeviceNeed, Events, InHours, Scenario, SystemNeed, The, Unique, call

SYSTEM = The("acs_system")
USER = The("acs_user")
SPACE = The("space")
DEVICE = The("device")
PERSON = The("user_identity")
GRANT = The("access_grant")

SCENARIOS = (
    Scenario(
        "access systems",
        "An access system is found with its entrances and groups.",
        (
            call("/acs/systems/get", acs_system_id=SYSTEM),
            call("/acs/systems/list"),
            call("/acs/entrances/list", acs_system_id=SYSTEM, envelope_only=True),
            call("/acs/access_groups/list", acs_system_id=SYSTEM, envelope_only=True),
            call("/acs/credentials/list", acs_system_id=SYSTEM, envelope_only=True),
            call("/acs/encoders/list", acs_system_id=SYSTEM, envelope_only=True),
        ),
        (SystemNeed(),),
    ),
    Scenario(
        "users of access systems",
        "A user of an access system is made, changed, suspended and deleted.",
        (
            call(
                "/acs/users/create",
                acs_system_id=SYSTEM,
                full_name="Compare Example",
                email_address=Unique("compare-{}@example.com"),
                access_schedule={"starts_at": InHours(1), "ends_at": InHours(25)},
                keep={"acs_user": "acs_user.acs_user_id"},
                undo=call("/acs/users/delete", acs_user_id=USER),
            ),
            call("/acs/users/get", acs_user_id=USER),
            call("/acs/users/list", acs_system_id=SYSTEM),
            call("/acs/users/update", acs_user_id=USER, full_name="Compare Changed"),
            call("/acs/users/suspend", acs_user_id=USER),
            call("/acs/users/get", acs_user_id=USER),
            call("/acs/users/unsuspend", acs_user_id=USER),
            call("/acs/users/create", acs_system_id=SYSTEM, access_schedule={"starts_at": 5}),
            call("/acs/users/delete", acs_user_id=USER),
            call("/acs/users/get", acs_user_id=USER),
            Events(),
        ),
        (SystemNeed(),),
    ),
    Scenario(
        "spaces",
        "A space is made, gets a device, loses it and is deleted.",
        (
            call(
                "/spaces/create",
                name=Unique("compare {}"),
                space_key=Unique("compare-{}"),
                keep={"space": "space.space_id"},
                undo=call("/spaces/delete", space_id=SPACE),
            ),
            call("/spaces/add_devices", space_id=SPACE, device_ids=[DEVICE]),
            call("/spaces/get", space_id=SPACE),
            call("/spaces/list"),
            call("/devices/list", space_id=SPACE),
            call("/spaces/remove_devices", space_id=SPACE, device_ids=[DEVICE]),
            call("/devices/list", space_id=SPACE),
            call("/spaces/delete", space_id=SPACE),
            call("/spaces/get", space_id=SPACE),
            Events(),
        ),
        (DeviceNeed("lock"),),
    ),
    Scenario(
        "access grants",
        "A person is granted access to a lock by a code, and loses it again.",
        (
            call(
                "/user_identities/create",
                full_name="Compare Example",
                keep={"user_identity": "user_identity.user_identity_id"},
                undo=call("/user_identities/delete", user_identity_id=PERSON),
            ),
            call(
                "/access_grants/create",
                user_identity_id=PERSON,
                device_ids=[DEVICE],
                requested_access_methods=[{"mode": "code"}],
                starts_at=InHours(24),
                ends_at=InHours(48),
                keep={"access_grant": "access_grant.access_grant_id"},
                undo=call("/access_grants/delete", access_grant_id=GRANT),
            ),
            Events(),
            call("/access_grants/get", access_grant_id=GRANT),
            call("/access_grants/list", user_identity_id=PERSON),
            call("/access_methods/list", access_grant_id=GRANT, envelope_only=True),
            call("/access_grants/delete", access_grant_id=GRANT),
            call("/access_grants/get", access_grant_id=GRANT),
            Events(),
        ),
        (DeviceNeed("lock", ("can_program_online_access_codes",)),),
    ),
)
