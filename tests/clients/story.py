"""An app of its own process: builds `Seam()` from the environment, lives through losses, and prints what it saw.

It runs under the present SDK and under version 2, so it uses only what both have.
"""

import json

from seam import Seam, SeamActionAttemptFailedError, SeamHttpApiError

SINCE = "2020-01-01T00:00:00.000Z"


def unlock(seam: Seam, device_id: str) -> str:
    """What became of an attempt to unlock, in one word."""
    try:
        return str(seam.locks.unlock_door(device_id=device_id).status)
    except SeamActionAttemptFailedError as failure:
        return str(failure.code)


def find_phone(seam: Seam, device_id: str) -> str:
    """The id of a phone, or why it is not found."""
    try:
        return str(seam.phones.get(device_id=device_id).device_id)
    except SeamHttpApiError as error:
        return str(error.code)


def main() -> None:
    """The story."""
    seam = Seam()
    names = [device.display_name for device in seam.devices.list()]
    door = seam.devices.get(name="FRONT DOOR").device_id
    phone = seam.phones.list()[0].device_id
    seen = {"devices": sorted(names), "unlocked": unlock(seam, door)}
    seam.devices.simulate.disconnect(device_id=door)
    device = seam.devices.get(device_id=door)
    seen |= {"online": device.properties.online, "errors": [error.error_code for error in device.errors]}
    seen |= {"unlocked_offline": unlock(seam, door)}
    seam.phones.deactivate(device_id=phone)
    seen |= {"phones": seam.phones.list(), "lost_phone": find_phone(seam, phone)}
    kinds = ["device.disconnected", "phone.deactivated"]
    seen |= {"events": sorted(event.event_type for event in seam.events.list(since=SINCE, event_types=kinds))}
    print(json.dumps(seen))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
