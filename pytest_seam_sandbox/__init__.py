"""A Seam sandbox workspace for every test: phones, devices, outages and expectations.

The names below are imported when they are first used, so that an installed plugin costs nothing.
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api._user_identities import UserIdentity
    from .api.action_attempts import ActionAttempt
    from .api.connected_accounts import ConnectedAccount
    from .api.devices.model import Device
    from .api.events import Event
    from .api.phones import Phone
    from .engine.errors import ExpectationFailed, NotEmulated, OutageNotPossible, SandboxError
    from .expectations import seam_raises
    from .outages import Deactivation, Outage
    from .sandbox import Sandbox

__version__ = "0.1.0"

_HOMES = MappingProxyType(
    {
        "ActionAttempt": "api.action_attempts",
        "ConnectedAccount": "api.connected_accounts",
        "Deactivation": "outages",
        "Device": "api.devices.model",
        "Event": "api.events",
        "ExpectationFailed": "engine.errors",
        "NotEmulated": "engine.errors",
        "Outage": "outages",
        "OutageNotPossible": "engine.errors",
        "Phone": "api.phones",
        "Sandbox": "sandbox",
        "SandboxError": "engine.errors",
        "UserIdentity": "api._user_identities",
        "seam_raises": "expectations",
    }
)

__all__ = [
    "ActionAttempt",
    "ConnectedAccount",
    "Deactivation",
    "Device",
    "Event",
    "ExpectationFailed",
    "NotEmulated",
    "Outage",
    "OutageNotPossible",
    "Phone",
    "Sandbox",
    "SandboxError",
    "UserIdentity",
    "seam_raises",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
