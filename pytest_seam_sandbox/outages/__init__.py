"""Outages as context managers: each breaks, asserts what must appear, heals, and asserts again."""

from .accounts import AccountDisconnected
from .base import Outage
from .devices import Disconnected, HubDisconnected, Removed, SubscriptionExpired
from .kinds import KINDS, OUTAGES, OutageKind
from .phones import Deactivation
from .specs import OutageSpec, possible_outages

__all__ = [
    "KINDS",
    "OUTAGES",
    "AccountDisconnected",
    "Deactivation",
    "Disconnected",
    "HubDisconnected",
    "Outage",
    "OutageKind",
    "OutageSpec",
    "Removed",
    "SubscriptionExpired",
    "possible_outages",
]
