"""Simulated losses as context managers: each breaks, asserts what must appear, heals, and asserts again."""

from .accounts import AccountDisconnected
from .base import Outage
from .devices import Disconnected, HubDisconnected, Removed, SubscriptionExpired
from .phones import Deactivation

__all__ = [
    "AccountDisconnected",
    "Deactivation",
    "Disconnected",
    "HubDisconnected",
    "Outage",
    "Removed",
    "SubscriptionExpired",
]
