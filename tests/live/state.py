"""What a test of clean-up compares: all that there is in a workspace, without the logs of what has happened in it."""

import json
from difflib import unified_diff

LOGS = {"Event", "ActionAttempt"}
STAY = ("issued_at", "latest_desired_state_synced_with_provider_at", "is_held", "auto_lock_delay_seconds")
"""What no call puts back: times of the last issue, the hold of a weekly program, the delay of an auto-lock that is off."""


def state_of(backend):
    """The rows of a workspace by kind; what is due by now is done first. The order of climate presets means nothing."""
    backend.app.settle()
    found = {kind: rows for kind, rows in backend.dump().items() if rows and kind not in LOGS}
    found = json.loads(json.dumps(found), parse_int=float)
    for row in found.get("Device", ()):
        row["properties"].get("available_climate_presets", []).sort(key=lambda preset: preset["climate_preset_key"])
    return found


def differences(before, after):
    """What differs between two states, line by line; nothing when they are equal."""
    first, second = (json.dumps(state, indent=1, sort_keys=True).splitlines() for state in (before, after))
    return [
        line
        for line in unified_diff(first, second, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@")) and not any(f'"{name}"' in line for name in STAY)
    ]
