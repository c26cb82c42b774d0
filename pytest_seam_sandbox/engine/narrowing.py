"""What every fault takes besides its own parameters, and the checks of that: all before anything is set."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypedDict

from .errors import SandboxError, is_for_the_test, quoted

__tracebackhide__ = is_for_the_test


class Narrowing(TypedDict, total=False):
    """What every fault takes: how often it happens, and which device or credential it is limited to.

    optional: it is fine if it is met less often, or never. until_seen: a request that met it meets it again each time
    that the client itself repeats that request, so that the program sees the failure; those are not counted.
    """

    times: int | None
    optional: bool
    until_seen: bool
    device: Any
    caller: str | None


def check_narrowing(kind: str, narrowing: Narrowing) -> None:
    """Raise SandboxError for a keyword that no fault takes, which would be left out in silence, or a bad value."""
    accepted = Narrowing.__annotations__
    for name in narrowing:
        if name not in accepted:
            near = get_close_matches(name, accepted, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Besides its own, it takes {', '.join(accepted)}."
            raise SandboxError(f"faults.{kind}() has no parameter {name!r}. {hint}")
    times, caller = narrowing.get("times", 1), narrowing.get("caller")
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise SandboxError(f"times is {quoted(times)}; it takes a number of at least 1, or None for no limit.")
    if caller is not None and not (isinstance(caller, str) and caller):
        raise SandboxError(f"caller is {quoted(caller)}; it takes an API key or a token, or None for any.")
    check_flags(optional=narrowing.get("optional", False), until_seen=narrowing.get("until_seen", False))


def check_flags(**flags: object) -> None:
    """Raise SandboxError for what is no truth value: a text such as "false" would count as true."""
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise SandboxError(f"{name} is {quoted(value)}; it takes True or False.")


def device_id_of(device: object) -> str | None:
    """The id of our model, of the SDK's object, of a JSON object, or the id or name itself; None for any device."""
    found = device.get("device_id") if isinstance(device, Mapping) else getattr(device, "device_id", device)
    if device is None:
        return None
    if not isinstance(found, str) or not found:
        raise SandboxError(f"device is {quoted(device)}; it takes a device, or the id or name of one, or None for any.")
    return found
