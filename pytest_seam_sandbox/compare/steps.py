"""What a contract scenario is made of: what it needs, the calls that it makes, and the values that it fills in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from ..api.devices.filters import LOCKS, NOISE_SENSORS, THERMOSTATS
from ..engine.frozen import FrozenDict, freeze

_DEVICE_TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"lock": LOCKS, "thermostat": THERMOSTATS, "noise sensor": NOISE_SENSORS}
)
_NOTHING: Mapping[str, str] = FrozenDict()


@dataclass(frozen=True)
class The:
    """A value that an earlier step has kept, or that a need has brought: an id or a token."""

    name: str


@dataclass(frozen=True)
class InHours:
    """A time, so many hours after the start of the scenario."""

    hours: float


@dataclass(frozen=True)
class Unique:
    """A text that no other run has used: for keys and addresses that a workspace has once only."""

    text: str


@dataclass(frozen=True)
class DeviceNeed:
    """A managed device that is online and has all these flags; its id is kept as `device`, its account as `account`.

    kind: its device type has to be in Seam's list of these.
    """

    kind: Literal["lock", "thermostat", "noise sensor"]
    flags: tuple[str, ...] = ()

    def fits(self, device: Mapping[str, Any]) -> bool:
        """Whether a device, as Seam shows it, is such a one."""
        return (
            device.get("device_type") in _DEVICE_TYPES[self.kind]
            and device.get("properties", {}).get("online") is True
            and all(device.get(flag) is True for flag in self.flags)
        )

    def __str__(self) -> str:
        flags = f" with {' and '.join(self.flags)}" if self.flags else ""
        return f"online {self.kind}{flags}"


@dataclass(frozen=True)
class SystemNeed:
    """An access system; its id is kept as `acs_system`."""

    def __str__(self) -> str:
        return "access system"


Need = DeviceNeed | SystemNeed
Caller = Literal["key", "no key", "unknown key"] | The


@dataclass(frozen=True)
class Call:
    """One request, and what is looked at in its answer.

    keep: places in the answer, such as "webhook.webhook_id", by the names under which they are kept. undo: a request
    that takes back what this one has made, at the end of the scenario; nothing if an earlier step did that already.
    caller: whose credentials it carries. envelope_only: what differs from workspace to workspace is not looked into.
    """

    path: str
    params: Mapping[str, Any] = field(default_factory=FrozenDict)
    keep: Mapping[str, str] = field(default_factory=FrozenDict)
    undo: Call | None = None
    caller: Caller = "key"
    envelope_only: bool = False


@dataclass(frozen=True)
class Events:
    """Looks for the events since the start of the scenario that are about what it has kept."""


Step = Call | Events


@dataclass(frozen=True)
class Scenario:
    """One scenario: a name, a sentence, what it needs, and its steps."""

    name: str
    sentence: str
    steps: tuple[Step, ...]
    needs: tuple[Need, ...] = field(default=())


def call(
    path: str,
    *,
    keep: Mapping[str, str] = _NOTHING,
    undo: Call | None = None,
    caller: Caller = "key",
    envelope_only: bool = False,
    **params: Any,
) -> Call:
    """A request with these parameters."""
    return Call(path, freeze(params), freeze(keep), undo, caller, envelope_only)


def names_in(value: Any) -> Iterator[str]:
    """The names of the values that parameters are waiting for."""
    if isinstance(value, The):
        yield value.name
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from names_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from names_in(each)


def named(steps: tuple[Step, ...]) -> Iterator[tuple[str, Step]]:
    """The steps with names of their own: the path, with a number from the second call of a path on."""
    counts: dict[str, int] = {}
    for step in steps:
        word = step.path.removeprefix("/") if isinstance(step, Call) else "events"
        counts[word] = counts.get(word, 0) + 1
        yield (word if counts[word] == 1 else f"{word} #{counts[word]}"), step
