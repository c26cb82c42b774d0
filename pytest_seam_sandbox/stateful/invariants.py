"""Seam's own invariants: what holds in every workspace, whatever an app or an outage does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..api.devices.issues import UNREACHABLE
from ..api.devices.model import DeviceRow
from ..api.phones.model import PhoneRow
from ..engine.errors import ExpectationFailed

if TYPE_CHECKING:
    from ..engine.events import EventRow
    from ..sandbox import Sandbox

_CONNECTED = ("device.connected", "device.unmanaged.connected")
_DISCONNECTED = ("device.disconnected", "device.unmanaged.disconnected")


class InvariantBroken(ExpectationFailed):
    """A workspace did what no Seam workspace does."""


class Invariants:
    """Watches one sandbox. `check` looks at what is new since the last check, so it can follow every step.

    The invariants: an offline device carries an error, and an online one carries none that would take it offline; the
    events of a device alternate between connected and disconnected; a removed device is silent; a dead phone stays
    dead; an action attempt ends once; the id of an event never repeats.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._workspace = sandbox.embedded.workspace
        self._lock = sandbox.embedded.app.lock
        self._seen = 0
        self._event_ids: set[str] = set()
        self._ended: set[str] = set()
        self._connected: dict[str, bool] = {}
        self._removed: set[str] = set()
        self._dead: set[str] = set()
        self._devices: dict[str, DeviceRow] = {}

    def check(self) -> None:
        """Raise InvariantBroken for the first invariant that does not hold."""
        with self._lock:
            self._check()

    def _check(self) -> None:
        for event in self._workspace.events.after(self._seen):
            self._seen = event.number
            self._check_event(event)
        for device in self._workspace[DeviceRow]:
            if self._devices.get(device.device_id) is not device:
                self._check_device(device)
                self._devices[device.device_id] = device
        for phone_id in self._dead:
            if self._workspace[PhoneRow].get(phone_id) is not None:
                raise InvariantBroken(
                    f"the phone {phone_id} was deactivated and is there again: a dead phone stays dead."
                )

    def _check_device(self, device: DeviceRow) -> None:
        shown = device.view()
        blocking = [error["error_code"] for error in shown["errors"] if error["error_code"] in UNREACHABLE]
        online = shown["properties"]["online"]
        if online is bool(blocking):
            raise InvariantBroken(
                f"{device.display_name} is {'online' if online else 'offline'} with the errors {blocking}: "
                "a device is offline exactly as long as an error says why."
            )

    def _check_event(self, event: EventRow) -> None:
        if event.event_id in self._event_ids:
            raise InvariantBroken(
                f"the id {event.event_id} of {event.event_type} was an event's already: ids never repeat."
            )
        self._event_ids.add(event.event_id)
        device_id = str(event.payload.get("device_id"))
        self._check_removed(event, device_id)
        if event.event_type in (*_CONNECTED, *_DISCONNECTED):
            self._check_alternation(event, device_id)
        elif event.event_type == "phone.deactivated":
            self._dead.add(device_id)
        elif event.event_type.startswith("action_attempt."):
            self._check_end(event)

    def _check_removed(self, event: EventRow, device_id: str) -> None:
        event_type = event.event_type
        if event_type in ("device.added", "device.removed"):
            (self._removed.add if event_type == "device.removed" else self._removed.discard)(device_id)
            self._connected.pop(device_id, None)
        elif device_id in self._removed and (
            event_type in (*_CONNECTED, *_DISCONNECTED)
            or event_type.startswith("lock.")
            or event_type.endswith(".succeeded")
        ):
            raise InvariantBroken(
                f"{event_type} of the device {device_id} after device.removed: a removed device is silent."
            )

    def _check_alternation(self, event: EventRow, device_id: str) -> None:
        is_connected = event.event_type in _CONNECTED
        if self._connected.get(device_id) is is_connected:
            raise InvariantBroken(
                f"{event.event_type} of the device {device_id} twice in a row: connected and disconnected alternate."
            )
        self._connected[device_id] = is_connected

    def _check_end(self, event: EventRow) -> None:
        attempt_id = str(event.payload["action_attempt_id"])
        if attempt_id in self._ended:
            raise InvariantBroken(
                f"{event.event_type}: the action attempt {attempt_id} had ended already; it ends once."
            )
        self._ended.add(attempt_id)
