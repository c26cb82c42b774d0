"""Hypothesis strategies for devices and phones, as an app gets them from Seam."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, get_args
from zlib import crc32

from hypothesis import strategies as st

from ..api._shared import Meta
from ..api.devices.model import Device, battery_status
from ..api.phones.model import Phone
from ..catalog.literals import DeviceType
from ..engine.errors import SandboxError, is_for_the_test
from ..engine.frozen import freeze
from ..outages.specs import possible_outages
from ..sandbox import Sandbox
from ..watch import unnoticed
from .disruptions import ONE_LOCK
from .template import device_types_of

__tracebackhide__ = is_for_the_test

TIME = "2025-01-01T00:00:00.000Z"
"""When what is drawn was created: always the same time, so that an example means the same on every day."""
LAST_ID = 2**32 - 1

NAMES = ("Front Door", "Haustür 2. OG", "玄関", "O'Brien & Söhne <Lager>", "🚪", "x" * 100)
METADATA: tuple[Meta, ...] = tuple(
    map(freeze, ({"floor": "1"}, {"is_guest": True, "unit": "Ünit 7"}, {"": "no key", "k" * 40: "v" * 500}))
)
_FULL = 100
_NUMBERS = st.integers(0, LAST_ID)
_NICKNAMES = st.sampled_from((None, *NAMES))
_METADATA = st.sampled_from((freeze({}), *METADATA))
_COINS = st.booleans()
_PERCENT = st.integers(0, _FULL)


def uuid(field: str, number: int) -> str:
    """An id in the form of a UUID of version 4: the first part tells the field, the last one is the number.

    number: at most LAST_ID.
    """
    return f"{crc32(field.encode()):08x}-0000-4000-8000-{number:012x}"


def devices(device_types: Iterable[DeviceType] | None = None) -> st.SearchStrategy[Device]:
    """A device as /devices/get shows it; shrinks to an online August lock.

    Online, or during one of the outages that are possible for its type. Names, metadata, `locked` and the battery vary.
    device_types: all by default. For several devices with distinct ids:
    `st.lists(devices(), unique_by=lambda device: device.device_id)`.
    """
    every_type: tuple[DeviceType, ...] = (*ONE_LOCK, *get_args(DeviceType))
    types = device_types_of(dict.fromkeys(every_type) if device_types is None else device_types)
    if not types:
        raise SandboxError("no device type is given; give some, such as 'august_lock', or None for all.")
    return _devices(st.sampled_from(types), _Templates())


@st.composite
def _devices(draw: st.DrawFn, types: st.SearchStrategy[DeviceType], templates: _Templates) -> Device:
    """The same number of choices for each device, since Hypothesis takes fewer choices for the simpler example."""
    template = draw(templates.devices(draw(types)))
    number, name, metadata = draw(_NUMBERS), draw(_NICKNAMES), draw(_METADATA)
    locked, percent = draw(_COINS), draw(_PERCENT)
    changes: dict[str, Any] = {"device_id": uuid("device_id", number), "custom_metadata": metadata}
    of_properties: dict[str, Any] = {}
    if name is not None:
        changes |= {"nickname": name, "display_name": name}
        of_properties["name"] = name
    if template.properties.locked is not None:
        of_properties["locked"] = not locked
    if template.properties.battery_level is not None:
        of_properties |= _battery(template, _FULL - percent)
    changes["properties"] = template.properties.model_copy(update=of_properties)
    return template.model_copy(update=changes)


def _battery(template: Device, percent: int) -> dict[str, Any]:
    """The charge, with Seam's word for it."""
    level = percent / _FULL
    changed = {"level": level, "status": battery_status(level)}
    battery = template.properties.battery
    return {"battery_level": level, "battery": battery.model_copy(update=changed) if battery else changed}


def phones() -> st.SearchStrategy[Phone]:
    """A phone as /phones/get shows it; shrinks to an Android phone. Nickname and metadata vary."""
    return _phones(_Templates())


@st.composite
def _phones(draw: st.DrawFn, templates: _Templates) -> Phone:
    template = draw(templates.phones())
    number, name, metadata = draw(_NUMBERS), draw(_NICKNAMES), draw(_METADATA)
    changes: dict[str, Any] = {"device_id": uuid("device_id", number), "custom_metadata": metadata}
    if name is not None:
        changes |= {"nickname": name, "display_name": name}
    return template.model_copy(update=changes)


class _Templates:
    """Devices and phones to copy. Each is made once for a strategy, when it is needed, in a sandbox of its own."""

    def __init__(self) -> None:
        self.devices = cache(_states)
        self.phones = cache(_both_phones)


def _states(device_type: DeviceType) -> st.SearchStrategy[Device]:
    """A device of this type online, or during one of the outages that are possible for it."""
    sandbox = unnoticed(Sandbox())
    made = sandbox.create_device(device_type)
    states = [made]
    for outage in possible_outages(sandbox):
        with outage.on(sandbox):
            states.append(sandbox.get_device(made))
    return st.sampled_from([Device.model_validate(_timeless(_as_json(state))) for state in states])


def _both_phones() -> st.SearchStrategy[Phone]:
    sandbox = unnoticed(Sandbox())
    both = [sandbox.create_phone(), sandbox.create_phone(operating_system="ios")]
    return st.sampled_from([Phone.model_validate(_timeless(_as_json(phone))) for phone in both])


def _as_json(resource: Device | Phone) -> dict[str, Any]:
    return resource.model_dump(mode="json", exclude_unset=True)


def _timeless(value: Any) -> Any:
    """The JSON value with TIME as the time of its creation, and that of everything in it."""
    if isinstance(value, list):
        return [_timeless(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {name: TIME if name == "created_at" else _timeless(part) for name, part in value.items()}
