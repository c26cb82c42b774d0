"""Names for the devices and phones of a sandbox, for plans and stories that people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from ..api.devices.model import DeviceRow
from ..api.phones.model import PhoneRow
from ..backends.names import labelled
from ..engine.errors import UnknownId, is_for_the_test, shortened
from ..engine.store import Table
from ..report.texts import joined

if TYPE_CHECKING:
    from ..sandbox import Sandbox

__tracebackhide__ = is_for_the_test

R = TypeVar("R", DeviceRow, PhoneRow)


def devices_of(sandbox: Sandbox) -> dict[str, DeviceRow]:
    """All devices by label, oldest first: the display name; the second of a name is "NAME #2"."""
    with sandbox._backend.app.lock:
        return labelled(sandbox._backend.workspace[DeviceRow])


def phones_of(sandbox: Sandbox) -> dict[str, PhoneRow]:
    """All phones by label, oldest first."""
    with sandbox._backend.app.lock:
        return labelled(sandbox._backend.workspace[PhoneRow])


def find_device(sandbox: Sandbox, target: str) -> DeviceRow:
    """The device of this label or id. Raises UnknownId, which names the devices that are there."""
    with sandbox._backend.app.lock:
        return _find(sandbox._backend.workspace[DeviceRow], target, "device")


def find_phone(sandbox: Sandbox, target: str) -> PhoneRow:
    """The phone of this label or id. Raises UnknownId, which names the phones that are there."""
    with sandbox._backend.app.lock:
        return _find(sandbox._backend.workspace[PhoneRow], target, "phone")


def _find(table: Table[R], target: str, what: str) -> R:
    labels: Mapping[str, R] = {}
    found = table.get(target)
    if found is None:
        labels = labelled(table)
        found = labels.get(target)
    if found is None:
        raise UnknownId(
            f"no {what} {shortened(repr(target))} in this sandbox; it has {joined(map(repr, labels)) or 'none'}. "
            f"Name one of them, or make the sandbox with the {what}s that this was written for."
        )
    return found
