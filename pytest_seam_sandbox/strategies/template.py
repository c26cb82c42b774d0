"""Sandboxes that all start alike: made once, then started from again and again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, TypeVar, cast

from ..backends.extensions import NO_EXTENSIONS, Extensions
from ..catalog.devices import device_model
from ..catalog.literals import DeviceType
from ..engine.errors import SandboxError, is_for_the_test
from ..engine.settings import ActionAttempts
from ..sandbox import Sandbox
from ..watch import unnoticed
from ..worlds.naming import AnyWorld

__tracebackhide__ = is_for_the_test

Name = TypeVar("Name", bound=str)

ATTEMPTS: tuple[ActionAttempts, ...] = ("instant", "poll", 3)
"""How action attempts end where that varies; the delay is one that the SDK waits for, which gives up after 5 s."""


class SandboxTemplate:
    """What is put into sandboxes: a world, devices of these types, phones. settings: as Sandbox takes them.

    Raises what is wrong with that at once. Each sandbox has the same ids.
    """

    def __init__(
        self, world: AnyWorld, devices: Iterable[DeviceType], phones: int, settings: Mapping[str, Any]
    ) -> None:
        at_least(0, phones=phones)
        unnoticed(Sandbox(**settings))
        extensions = settings.get("extensions", NO_EXTENSIONS)
        self.world: str = extensions.read_world(world)
        self.device_types = device_types_of(devices, extensions)
        self.phones = phones
        self.settings = settings

    def __str__(self) -> str:
        return f"world {self.world!r}, devices {list(self.device_types)}, {self.phones} phones"

    @cached_property
    def start(self) -> Sandbox:
        """The first such sandbox, from which the others start; nothing may change it."""
        sandbox = unnoticed(Sandbox(world=self.world, **self.settings))
        for device_type in self.device_types:
            sandbox.embedded.provision.create_device(device_type, connected_account_id=None)
        for _ in range(self.phones):
            sandbox.create_phone()
        return sandbox

    @property
    def attempts(self) -> tuple[ActionAttempts, ...]:
        """What the setting `action_attempts` may be: what was given, else each of ATTEMPTS."""
        given = self.settings.get("action_attempts")
        return ATTEMPTS if given is None else (given,)

    def sandbox(self, **instead: Any) -> Sandbox:
        """A fresh sandbox with all of it; costs microseconds. instead: settings in place of the given ones."""
        sandbox = Sandbox(**{**self.settings, **instead})
        sandbox.embedded.adopt(self.start.embedded)
        return sandbox


def device_types_of(names: Iterable[DeviceType], extensions: Extensions = NO_EXTENSIONS) -> tuple[DeviceType, ...]:
    """The names, if all are types of devices. Raises UnknownDeviceType, or SandboxError for the type of a phone."""
    found = as_names(names)
    for name in found:
        if device_model(name, extensions.device_models).provider is None:
            raise SandboxError(f"{name!r} is a phone, not a device of an account. Use phones for phones.")
    return found


def as_names(names: Iterable[Name]) -> tuple[Name, ...]:
    """The names; a single text is one name."""
    return (cast(Name, names),) if isinstance(names, str) else tuple(names)


def at_least(minimum: int, **given: int) -> None:
    """Raise SandboxError for what is no whole number, or less than the minimum."""
    for name, number in given.items():
        if isinstance(number, bool) or not isinstance(number, int) or number < minimum:
            raise SandboxError(f"{name} is {number!r}; it takes a whole number of at least {minimum}.")
