"""A loss as a value: which kind, and of what. What strategies draw, machines enter and sweeps place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from ..engine.errors import SandboxError, is_for_the_test
from .names import devices_of, find_device, find_phone, phones_of

if TYPE_CHECKING:
    from ..api.devices.model import DeviceRow
    from ..sandbox import Sandbox
    from . import Outage

__tracebackhide__ = is_for_the_test

OutageKind = Literal[
    "disconnected", "hub_disconnected", "removed", "subscription_expired", "account_disconnected", "deactivated"
]
"""The outages of a Sandbox, by the names of its methods."""

KINDS: tuple[OutageKind, ...] = get_args(OutageKind)
_FLAGS: Mapping[OutageKind, tuple[str, ...]] = MappingProxyType(
    {
        "disconnected": ("can_simulate_disconnection", "can_simulate_connection"),
        "hub_disconnected": ("can_simulate_hub_disconnection", "can_simulate_hub_connection"),
        "removed": ("can_simulate_removal",),
        "subscription_expired": ("can_simulate_paid_subscription",),
    }
)
_WORDS: Mapping[OutageKind, str] = MappingProxyType(
    {
        "disconnected": "{} loses its connection",
        "hub_disconnected": "the hub of {} goes offline",
        "removed": "{} is taken out of its account",
        "subscription_expired": "the paid plan of {} expires",
        "account_disconnected": "the account of {} loses its login",
        "deactivated": "the phone {} is lost for good",
    }
)


@dataclass(frozen=True, order=True)
class OutageSpec:
    """One kind of outage of one thing.

    target: the label of a device (its display name, "NAME #2" for the second of a name) or its id; for
    "account_disconnected" that of a device of the account, for "deactivated" that of a phone.
    """

    kind: OutageKind
    target: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise SandboxError(f"there is no outage {self.kind!r}; there are {', '.join(KINDS)}.")

    def __str__(self) -> str:
        return f"{self.kind}({self.target})"

    def __repr__(self) -> str:
        return f"OutageSpec({self.kind!r}, {self.target!r})"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis prints a dataclass field by field otherwise

    @property
    def words(self) -> str:
        """What happens, as a sentence."""
        return _WORDS[self.kind].format(self.target)

    def on(self, sandbox: Sandbox) -> Outage:
        """The outage of the sandbox, to be entered. Raises UnknownId for a target that is not there."""
        if self.kind == "deactivated":
            return sandbox.deactivated(find_phone(sandbox, self.target).device_id, replace=True)
        device = find_device(sandbox, self.target)
        if self.kind == "account_disconnected":
            return sandbox.account_disconnected(device.connected_account_id)
        outage: Outage = getattr(sandbox, self.kind)(device.device_id)
        return outage


def possible_outages(sandbox: Sandbox, kinds: Collection[OutageKind] = KINDS) -> list[OutageSpec]:
    """All losses that can begin now, the simplest first: by kind in the order of KINDS, then by age of the target."""
    devices = {label: row for label, row in devices_of(sandbox).items() if row.is_managed}
    flags = {label: device.flags() for label, device in devices.items()}
    losses: list[OutageSpec] = []
    for kind in (kind for kind in KINDS if kind in kinds):
        if kind == "deactivated":
            losses += [OutageSpec(kind, label) for label in phones_of(sandbox)]
        elif kind == "account_disconnected":
            losses += _losses_of_accounts(devices)
        else:
            losses += [OutageSpec(kind, label) for label, device in devices.items() if _can(kind, device, flags[label])]
    return losses


def _losses_of_accounts(devices: Mapping[str, DeviceRow]) -> list[OutageSpec]:
    """One loss for each account that is connected, named by its first device."""
    first: dict[str, str] = {}
    for label, device in devices.items():
        if not device.has_error("account_disconnected"):
            first.setdefault(device.connected_account_id, label)
    return [OutageSpec("account_disconnected", label) for label in first.values()]


def _can(kind: OutageKind, device: DeviceRow, flags: Mapping[str, bool]) -> bool:
    """Whether the device can suffer this now, and be healed of it."""
    now, *back = _FLAGS[kind]
    has_expired = kind == "subscription_expired" and device.has_error("subscription_required")
    return flags.get(now) is True and all(flag in flags for flag in back) and not has_expired
