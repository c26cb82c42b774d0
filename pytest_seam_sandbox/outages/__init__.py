"""Outages as context managers: each breaks, asserts what must appear, heals, and asserts again."""

from .accounts import AccountDisconnected
from .base import Outage
from .codes import CodeDeletedExternalToSeam, CodeModifiedExternalToSeam
from .devices import Disconnected, HubDisconnected, Removed, SubscriptionExpired
from .hardware import AccessoryKeypadDisconnected, FlakyConnection, LowBattery
from .kinds import DEFAULT_KINDS, KINDS, OUTAGES, OutageKind
from .phones import Deactivation
from .specs import OutageSpec, possible_outages
from .systems import AcsSystemDisconnected, BridgeDisconnected

__all__ = [
    "DEFAULT_KINDS",
    "KINDS",
    "OUTAGES",
    "AccessoryKeypadDisconnected",
    "AccountDisconnected",
    "AcsSystemDisconnected",
    "BridgeDisconnected",
    "CodeDeletedExternalToSeam",
    "CodeModifiedExternalToSeam",
    "Deactivation",
    "Disconnected",
    "FlakyConnection",
    "HubDisconnected",
    "LowBattery",
    "Outage",
    "OutageKind",
    "OutageSpec",
    "Removed",
    "SubscriptionExpired",
    "possible_outages",
]
