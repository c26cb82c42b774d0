"""Devices and locks: looked at, changed, moved, lost and found again."""

from __future__ import annotations

from ..steps import DeviceNeed, Events, Scenario, The, call

LOCK = DeviceNeed("lock", ("can_remotely_lock", "can_remotely_unlock"))
DEVICE = The("device")

SCENARIOS = (
    Scenario(
        "devices",
        "A device is found by its id, in lists, and with its account.",
        (
            call("/locks/lock_door", device_id=DEVICE),
            call("/devices/get", device_id=DEVICE),
            call("/locks/get", device_id=DEVICE),
            call("/devices/list", device_ids=[DEVICE]),
            call("/devices/list", connected_account_id=The("connected_account")),
            call("/devices/list", device_ids=[DEVICE], device_type="nest_thermostat"),
            call("/locks/list", device_ids=[DEVICE]),
            call("/devices/list_device_providers", envelope_only=True),
            call("/devices/unmanaged/list", envelope_only=True),
            call("/devices/unmanaged/get", device_id=DEVICE),
        ),
        (LOCK,),
    ),
    Scenario(
        "device metadata",
        "Metadata of a device is set, found by lists, cleared, and refused.",
        (
            call(
                "/devices/update",
                device_id=DEVICE,
                custom_metadata={"seam_sandbox_compare": "yes"},
                undo=call("/devices/update", device_id=DEVICE, custom_metadata={"seam_sandbox_compare": None}),
            ),
            call("/devices/get", device_id=DEVICE),
            call("/devices/list", custom_metadata_has={"seam_sandbox_compare": "yes"}),
            call("/devices/list", custom_metadata_has={"seam_sandbox_compare": "no"}),
            call("/devices/update", device_id=DEVICE, custom_metadata={"seam_sandbox_compare": None}),
            call("/devices/get", device_id=DEVICE),
            *(
                call(
                    "/devices/update",
                    device_id=DEVICE,
                    custom_metadata={key: value},
                    undo=call("/devices/update", device_id=DEVICE, custom_metadata={key: None}),
                )
                for key, value in (("seam_sandbox_compare", 5), ("a" * 41, "too long"), ("with.dot", "no"))
            ),
            Events(),
        ),
        (LOCK,),
    ),
    Scenario(
        "locks",
        "A door is locked and unlocked, each with its action attempt and its event.",
        (
            call("/locks/lock_door", device_id=DEVICE, keep={"lock_attempt": "action_attempt.action_attempt_id"}),
            call("/devices/get", device_id=DEVICE),
            call("/locks/unlock_door", device_id=DEVICE, keep={"unlock_attempt": "action_attempt.action_attempt_id"}),
            call("/devices/get", device_id=DEVICE),
            call("/action_attempts/get", action_attempt_id=The("unlock_attempt")),
            call("/action_attempts/list", action_attempt_ids=[The("lock_attempt"), The("unlock_attempt")]),
            call("/locks/lock_door", device_id=DEVICE),
            Events(),
        ),
        (LOCK,),
    ),
    Scenario(
        "disconnection",
        "A lock goes offline, refuses to unlock, and comes back.",
        (
            call(
                "/devices/simulate/disconnect",
                device_id=DEVICE,
                undo=call("/devices/simulate/connect", device_id=DEVICE),
            ),
            Events(),
            call("/devices/get", device_id=DEVICE),
            call("/locks/unlock_door", device_id=DEVICE),
            call("/devices/simulate/disconnect", device_id=DEVICE),
            call("/devices/simulate/connect", device_id=DEVICE),
            Events(),
            call("/devices/get", device_id=DEVICE),
        ),
        (DeviceNeed("lock", ("can_remotely_unlock", "can_simulate_disconnection")),),
    ),
)
