"""A Seam sandbox workspace for every test: phones, devices, outages and expectations.

The names below are imported when they are first used, so that an installed plugin costs nothing.
"""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api.access_codes.model import AccessCode
    from .api.access_grants.methods import AccessMethod
    from .api.access_grants.model import AccessGrant
    from .api.acs.resources import AcsCredential, AcsSystem
    from .api.action_attempts import ActionAttempt
    from .api.connected_accounts.model import ConnectedAccount
    from .api.devices.model import Device
    from .api.events import Event
    from .api.instant_keys.model import InstantKey
    from .api.phones.model import Phone
    from .api.spaces.model import Space
    from .api.user_identities.model import UserIdentity
    from .api.webhooks.model import Webhook
    from .backends.event_list import EventList
    from .catalog.literals import AcsSystemType, DeviceType, EventType, Provider, World
    from .engine.errors import (
        EmbeddedOnly,
        ExpectationFailed,
        MissingDependency,
        NotEmulated,
        OutageNotPossible,
        ProductionRefused,
        SandboxError,
        SandboxWarning,
        UnknownDeviceType,
        UnknownId,
        UnknownWorld,
    )
    from .engine.fault_kinds import FaultKind
    from .expectations.raises import seam_raises
    from .outages import Deactivation, Outage, OutageKind, OutageSpec
    from .sandbox import Sandbox, SandboxWorkspace, Snapshot
    from .strategies.fault_specs import FaultSpec
    from .sweep import SeamSweep, Sweep, SweepFailed, Trial
    from .webhooks.inbox import Inbox
    from .webhooks.messages import Delivery, WebhookRequest
    from .webhooks.webhooks import Webhooks

__version__ = "0.1.0"

_HOMES = MappingProxyType(
    {
        "AccessCode": "api.access_codes.model",
        "AccessGrant": "api.access_grants.model",
        "AccessMethod": "api.access_grants.methods",
        "AcsCredential": "api.acs.resources",
        "AcsSystem": "api.acs.resources",
        "AcsSystemType": "catalog.literals",
        "ActionAttempt": "api.action_attempts",
        "ConnectedAccount": "api.connected_accounts.model",
        "Deactivation": "outages",
        "Device": "api.devices.model",
        "DeviceType": "catalog.literals",
        "Event": "api.events",
        "EventList": "backends.event_list",
        "EmbeddedOnly": "engine.errors",
        "EventType": "catalog.literals",
        "ExpectationFailed": "engine.errors",
        "FaultKind": "engine.fault_kinds",
        "OutageSpec": "outages",
        "InstantKey": "api.instant_keys.model",
        "MissingDependency": "engine.errors",
        "NotEmulated": "engine.errors",
        "Outage": "outages",
        "OutageKind": "outages",
        "OutageNotPossible": "engine.errors",
        "Phone": "api.phones.model",
        "FaultSpec": "strategies.fault_specs",
        "ProductionRefused": "engine.errors",
        "Provider": "catalog.literals",
        "Sandbox": "sandbox",
        "SandboxError": "engine.errors",
        "SandboxWarning": "engine.errors",
        "SandboxWorkspace": "sandbox",
        "SeamSweep": "sweep",
        "Snapshot": "sandbox",
        "Space": "api.spaces.model",
        "Sweep": "sweep",
        "SweepFailed": "sweep",
        "Trial": "sweep",
        "UnknownDeviceType": "engine.errors",
        "UnknownId": "engine.errors",
        "UnknownWorld": "engine.errors",
        "UserIdentity": "api.user_identities.model",
        "World": "catalog.literals",
        "Delivery": "webhooks.messages",
        "Inbox": "webhooks.inbox",
        "Webhook": "api.webhooks.model",
        "WebhookRequest": "webhooks.messages",
        "Webhooks": "webhooks.webhooks",
        "seam_raises": "expectations.raises",
    }
)

__all__ = [
    "AccessCode",
    "AccessGrant",
    "AccessMethod",
    "AcsCredential",
    "AcsSystem",
    "AcsSystemType",
    "ActionAttempt",
    "ConnectedAccount",
    "Deactivation",
    "Delivery",
    "Device",
    "DeviceType",
    "EmbeddedOnly",
    "Event",
    "EventList",
    "EventType",
    "ExpectationFailed",
    "FaultKind",
    "FaultSpec",
    "Inbox",
    "InstantKey",
    "MissingDependency",
    "NotEmulated",
    "Outage",
    "OutageKind",
    "OutageNotPossible",
    "OutageSpec",
    "Phone",
    "ProductionRefused",
    "Provider",
    "Sandbox",
    "SandboxError",
    "SandboxWarning",
    "SandboxWorkspace",
    "SeamSweep",
    "Snapshot",
    "Space",
    "Sweep",
    "SweepFailed",
    "Trial",
    "UnknownDeviceType",
    "UnknownId",
    "UnknownWorld",
    "UserIdentity",
    "Webhook",
    "WebhookRequest",
    "Webhooks",
    "World",
    "seam_raises",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
