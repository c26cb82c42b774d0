"""Access codes: made, found, changed, refused and deleted."""

from __future__ import annotations

from ...engine.frozen import FrozenDict
from ..steps import DeviceNeed, Events, InHours, Scenario, The, Unique, call

LOCK = DeviceNeed("lock", ("can_program_online_access_codes",))
DEVICE = The("device")
CODE = The("access_code")
KEPT = FrozenDict({"access_code": "access_code.access_code_id"})
DELETE = call("/access_codes/delete", access_code_id=CODE)

SCENARIOS = (
    Scenario(
        "access codes",
        "An ongoing code is made, found, renamed and deleted.",
        (
            call("/access_codes/create", device_id=DEVICE, name=Unique("compare {}"), keep=KEPT, undo=DELETE),
            Events(),
            call("/access_codes/get", access_code_id=CODE),
            call("/access_codes/list", device_id=DEVICE),
            call("/access_codes/list", access_code_ids=[CODE]),
            call("/access_codes/update", access_code_id=CODE, name=Unique("compare again {}")),
            Events(),
            call("/access_codes/get", access_code_id=CODE),
            call("/access_codes/delete", access_code_id=CODE),
            call("/access_codes/get", access_code_id=CODE),
            Events(),
        ),
        (LOCK,),
    ),
    Scenario(
        "access codes with times",
        "A code for some hours is made, and its end is moved.",
        (
            call(
                "/access_codes/create",
                device_id=DEVICE,
                name=Unique("stay {}"),
                starts_at=InHours(24),
                ends_at=InHours(48),
                keep=KEPT,
                undo=DELETE,
            ),
            Events(),
            call("/access_codes/update", access_code_id=CODE, starts_at=InHours(24), ends_at=InHours(72)),
            call("/access_codes/get", access_code_id=CODE),
            call("/access_codes/delete", access_code_id=CODE),
        ),
        (LOCK,),
    ),
    Scenario(
        "access codes on several locks",
        "One code is made through create_multiple; the next code is proposed.",
        (
            call("/access_codes/generate_code", device_id=DEVICE),
            call(
                "/access_codes/create_multiple",
                device_ids=[DEVICE],
                name=Unique("several {}"),
                keep={"access_code": "access_codes.0.access_code_id"},
                undo=DELETE,
            ),
            Events(),
            call("/access_codes/unmanaged/list", device_id=DEVICE, envelope_only=True),
        ),
        (LOCK,),
    ),
    Scenario(
        "refused access codes",
        "What is wrong with an access code is told by the fields.",
        (
            call("/access_codes/create"),
            call("/access_codes/create", device_id=DEVICE, ends_at=InHours(2)),
            call("/access_codes/create", device_id=DEVICE, starts_at="yesterday", ends_at="tomorrow"),
            call("/access_codes/create", device_id=DEVICE, name=7),
            call("/access_codes/get"),
            call("/access_codes/list"),
            call("/access_codes/update", name="nothing to change"),
        ),
        (LOCK,),
    ),
)
