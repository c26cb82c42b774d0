"""What is true, as the sandbox knows it; what an app believes is held against it."""


def doors(sandbox):
    """All devices as they are now, oldest first."""
    added = [event.device_id for event in sandbox.events if event.event_type == "device.added"]
    return [sandbox.get_device(device_id) for device_id in dict.fromkeys(added)]


def online(sandbox):
    """The ids of the devices that are online now."""
    return {door.device_id for door in doors(sandbox) if door.properties.online}


def happened(sandbox, event_type):
    """All events of this type so far, oldest first."""
    return [event for event in sandbox.events if event.event_type == event_type]


def errors_of(door):
    """The codes of a device's errors."""
    return {error.error_code for error in door.errors}
