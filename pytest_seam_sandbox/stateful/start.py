"""The state in which each run of a machine starts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel

from ..api.devices.model import Device
from ..api.phones.model import Phone
from ..engine.errors import SandboxError, UnknownId, is_for_the_test
from ..report.texts import joined
from ..strategies.template import SandboxTemplate

__tracebackhide__ = is_for_the_test

R = TypeVar("R")


class Start:
    """What is there at the start of each run; no run changes it. name: of the machine.

    Raises SandboxError for a template without devices and phones.
    """

    def __init__(self, name: str, template: SandboxTemplate) -> None:
        sandbox = template.start
        devices = {label: sandbox.get_device(row.device_id) for label, row in sandbox.embedded.devices().items()}
        phones = {label: sandbox.get_phone(row.device_id) for label, row in sandbox.embedded.phones().items()}
        if not devices and not phones:
            raise SandboxError(
                f"{name} has no devices and no phones, so no outage would be possible. "
                'Set device_types = ("august_lock",), phone_count = 1 or world = "house".'
            )
        self.template = template
        self._devices, self._phones = _as_json(devices), _as_json(phones)

    def devices(self) -> dict[str, Device]:
        """The devices by label; each run has objects of its own."""
        return {label: Device.model_validate_json(text) for label, text in self._devices.items()}

    def phones(self) -> dict[str, Phone]:
        """The phones by label; each run has objects of its own."""
        return {label: Phone.model_validate_json(text) for label, text in self._phones.items()}


def named(found: Mapping[str, R], label: str, what: str) -> R:
    """The device or phone of this label. Raises UnknownId, which names those that are there."""
    if label not in found:
        raise UnknownId(f"the machine started with no {what} {label!r}; it has {joined(found) or 'none'}.")
    return found[label]


def _as_json(found: Mapping[str, BaseModel]) -> Mapping[str, str]:
    return MappingProxyType({label: one.model_dump_json(exclude_unset=True) for label, one in found.items()})
