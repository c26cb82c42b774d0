"""The kinds of outages: the only place, besides their classes, that lists them.

A new kind is a class below `Outage`, with its name, sentence, switch, option and word, and here: its name in
`OutageKind`, a row of `OUTAGES`, a method of `Outages`, its switch and its option. A part that is missing fails on
import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeVar, get_args

from typing_extensions import TypedDict

from ..backends.base import Backend
from ..backends.finder import What
from ..backends.lookup import Lookup, account_id, resource_id
from ..engine.errors import OutageNotPossible, SandboxError, is_for_the_test
from .accounts import AccountDisconnected
from .base import Outage
from .codes import CodeDeletedExternalToSeam, CodeModifiedExternalToSeam
from .devices import Disconnected, HubDisconnected, Removed, SubscriptionExpired
from .hardware import AccessoryKeypadDisconnected, FlakyConnection, LowBattery
from .phones import Deactivation
from .systems import AcsSystemDisconnected, BridgeDisconnected

__tracebackhide__ = is_for_the_test

OutageKind = Literal[
    "disconnected",
    "hub_disconnected",
    "removed",
    "subscription_expired",
    "account_disconnected",
    "deactivated",
    "flaky_connection",
    "low_battery",
    "accessory_keypad_disconnected",
    "bridge_disconnected",
    "acs_system_disconnected",
    "code_modified_external_to_seam",
    "code_deleted_external_to_seam",
]
"""The outages of a Sandbox, by the names of its methods; those first that Seam can simulate, then the simplest."""

KINDS: tuple[OutageKind, ...] = get_args(OutageKind)
_CLASSES = (
    Disconnected,
    HubDisconnected,
    Removed,
    SubscriptionExpired,
    AccountDisconnected,
    Deactivation,
    FlakyConnection,
    LowBattery,
    AccessoryKeypadDisconnected,
    BridgeDisconnected,
    AcsSystemDisconnected,
    CodeModifiedExternalToSeam,
    CodeDeletedExternalToSeam,
)

AnyOutage = TypeVar("AnyOutage", bound=Outage)

_FOR_DEVICES: Mapping[What, str] = MappingProxyType(
    {"phone": "deactivated()", "connected account": "account_disconnected()"}
)
_FOR_PHONES: Mapping[What, str] = MappingProxyType(
    {"device": "disconnected() or removed()", "connected account": "account_disconnected()"}
)
_FOR_ACCOUNTS: Mapping[What, str] = MappingProxyType({"phone": "deactivated()"})
"""Which outages there are for other things, where one of the things named is wanted."""


class OutageTargets(TypedDict, total=False):
    """What a sweep disconnects, removes and so on: names, ids or models, or lists of them."""

    disconnect: Any
    disconnect_hub: Any
    remove: Any
    expire: Any
    disconnect_account: Any
    deactivate: Any
    make_flaky: Any
    drain_battery: Any
    disconnect_keypad: Any
    disconnect_bridge: Any
    disconnect_acs_system: Any
    modify_code: Any
    delete_code: Any


class OutageSwitches:
    """Which kinds of outages a state machine has: by default, those that Seam has an endpoint for."""

    disconnections: ClassVar[bool] = True
    hub_disconnections: ClassVar[bool] = True
    removals: ClassVar[bool] = True
    subscription_expirations: ClassVar[bool] = True
    account_losses: ClassVar[bool] = True
    phone_losses: ClassVar[bool] = True
    flaky_connections: ClassVar[bool] = False
    low_batteries: ClassVar[bool] = False
    keypad_disconnections: ClassVar[bool] = False
    bridge_disconnections: ClassVar[bool] = False
    acs_system_disconnections: ClassVar[bool] = False
    external_code_modifications: ClassVar[bool] = False
    external_code_deletions: ClassVar[bool] = False


class Outages(Lookup):
    """The methods of a sandbox that take something away for a while."""

    def disconnected(self, device: Any) -> Disconnected:
        """The device is offline inside the block. Raises OutageNotPossible when it cannot be disconnected now."""
        return self._made(Disconnected(self._backend, self._device_id(device)))

    def hub_disconnected(self, device: Any) -> HubDisconnected:
        """The hub of the device is offline inside the block."""
        return self._made(HubDisconnected(self._backend, self._device_id(device)))

    def removed(self, device: Any, *, restore: bool = True) -> Removed:
        """The device is gone from its account inside the block. restore: put it back on leaving; embedded only."""
        restore = _yes_or_no("restore", restore)
        return self._made(Removed(self._backend, self._device_id(device), restore=restore))

    def subscription_expired(self, device: Any) -> SubscriptionExpired:
        """The paid plan of the device has expired inside the block."""
        return self._made(SubscriptionExpired(self._backend, self._device_id(device)))

    def account_disconnected(self, account: Any) -> AccountDisconnected:
        """The account, and with it each of its devices, is offline in the block; a device stands for its account."""
        return self._made(AccountDisconnected(self._backend, account_id(self._backend, account, _FOR_ACCOUNTS)))

    def deactivated(self, phone: Any, *, replace: bool = False) -> Deactivation:
        """The phone is lost from the start of the block on. replace: give its owner a new one on leaving."""
        phone_id = resource_id(self._backend, "phone", phone, _FOR_PHONES)
        with self._backend.finding() as finder:
            dead = None if finder.ids("phone", phone_id) else finder.gone("phone", phone_id)
        if dead is not None:
            raise OutageNotPossible(
                f"deactivated({dead}) is not possible: the phone is deactivated already, and stays so. Make a new one "
                "with create_phone()."
            )
        return self._made(Deactivation(self._backend, phone_id, replace=_yes_or_no("replace", replace)))

    def flaky_connection(self, device: Any) -> FlakyConnection:
        """The connection of the device is flaky inside the block, and it stays online; embedded only."""
        return self._made(FlakyConnection(self._backend, self._device_id(device)))

    def low_battery(self, device: Any, *, level: float = 0.1) -> LowBattery:
        """The battery of the device is nearly empty inside the block; embedded only. level: its charge, 0 to 0.3."""
        return self._made(LowBattery(self._backend, self._device_id(device), level=level))

    def accessory_keypad_disconnected(self, device: Any) -> AccessoryKeypadDisconnected:
        """The keypad is off the device inside the block: no code is programmed or typed; embedded only."""
        return self._made(AccessoryKeypadDisconnected(self._backend, self._device_id(device)))

    def bridge_disconnected(self, account: Any) -> BridgeDisconnected:
        """The account's Seam Bridge is down in the block, and all behind it unreachable; embedded only.

        A device stands for its account.
        """
        return self._made(BridgeDisconnected(self._backend, account_id(self._backend, account, _FOR_ACCOUNTS)))

    def acs_system_disconnected(self, acs_system: Any) -> AcsSystemDisconnected:
        """Seam does not reach the access system inside the block; embedded only. acs_system: model, id or name."""
        _, found = AcsSystemDisconnected.target(self._backend, acs_system)
        return self._made(AcsSystemDisconnected(self._backend, found))

    def code_modified_external_to_seam(self, access_code: Any) -> CodeModifiedExternalToSeam:
        """Somebody has given the access code another PIN at the lock inside the block; embedded only.

        access_code: model, id or name.
        """
        _, found = CodeModifiedExternalToSeam.target(self._backend, access_code)
        return self._made(CodeModifiedExternalToSeam(self._backend, found))

    def code_deleted_external_to_seam(self, access_code: Any) -> CodeDeletedExternalToSeam:
        """Somebody has erased the access code at the lock inside the block; embedded only."""
        _, found = CodeDeletedExternalToSeam.target(self._backend, access_code)
        return self._made(CodeDeletedExternalToSeam(self._backend, found))

    def outage(self, kind: str, target: Any) -> Outage:
        """The outage of a kind by its name, one that another package has added too. target: model, id or name."""
        found = kind_of(self._backend, kind)
        _, target_id = found.target(self._backend, target)
        return self._made(found.of(self._backend, target_id))

    def _device_id(self, device: Any) -> str:
        return resource_id(self._backend, "device", device, _FOR_DEVICES)

    def _made(self, outage: AnyOutage) -> AnyOutage:
        return to_be_entered(self._backend, outage)


def kinds_of(backend: Backend) -> Mapping[OutageKind, type[Outage]]:
    """The class of each kind that there is in a sandbox; those come last that other packages have added."""
    added: Mapping[Any, type[Outage]] = backend.extensions.outages
    return {**OUTAGES, **added} if added else OUTAGES


def kind_of(backend: Backend, name: str) -> type[Outage]:
    """The class of a kind, by its name. Raises SandboxError with the names that there are."""
    kinds: Mapping[Any, type[Outage]] = kinds_of(backend)
    found = kinds.get(name) if isinstance(name, str) else None
    if found is None:
        raise SandboxError(f"there is no outage {name!r}; there are {', '.join(kinds)}.")
    return found


def to_be_entered(backend: Backend, outage: AnyOutage) -> AnyOutage:
    """Remember an outage until it is entered."""
    backend.unfinished.unentered.append(outage)
    return outage


def _yes_or_no(name: str, value: bool) -> bool:
    if not isinstance(value, bool):
        raise SandboxError(f"{name} is True or False; got {value!r}.")
    return value


def rows(classes: Iterable[type[Outage]]) -> Mapping[OutageKind, type[Outage]]:
    """The kinds by name. Raises TypeError, with what to do next, for one that lacks a part."""
    by_name: dict[Any, type[Outage]] = {}
    for kind in classes:
        where = f"The outage kind {kind.__name__}"
        for part in ("name", "sentence", "switch", "option", "word"):
            if not getattr(kind, part):
                raise TypeError(f"{where} has no {part}. Set it in the class: CONTRIBUTING.md, 'An outage kind'.")
        for has_it, what in (
            (kind.name in KINDS, f"no {kind.name!r} in OutageKind"),
            (hasattr(Outages, kind.name), f"no method {kind.name}() in Outages"),
            (hasattr(OutageSwitches, kind.switch), f"no switch {kind.switch} in OutageSwitches"),
            (kind.option in OutageTargets.__annotations__, f"no option {kind.option} in OutageTargets"),
        ):
            if not has_it:
                raise TypeError(f"{where} has {what}. Add it to outages/kinds.py: CONTRIBUTING.md, 'An outage kind'.")
        by_name[kind.name] = kind
    missing = [name for name in KINDS if name not in by_name]
    if missing:
        raise TypeError(f"OutageKind has {', '.join(missing)}, and no class has that name. Add the class to _CLASSES.")
    return MappingProxyType({name: by_name[name] for name in KINDS})


OUTAGES = rows(_CLASSES)
"""The class of each kind, in the order of KINDS."""

DEFAULT_KINDS: tuple[OutageKind, ...] = tuple(name for name, kind in OUTAGES.items() if not kind.embedded_only)
"""The kinds that Seam has an endpoint for; the others are drawn, and begin in a machine, when they are asked for."""
