"""Which events of a live workspace concern a sandbox: other tests, and people, work in the same workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import RLock
from typing import Any

from ...engine.clock import parse_time
from ...engine.history import Call
from .connection import is_read

_MAKES_PHONES = "/phones/simulate/create_sandbox_phone"
_SHARED = frozenset({"workspace_id", "event_id", "connected_account_id", "acs_system_id", "device_provider_id"})
"""Ids that say nothing of what an event is about, beside others."""
_NO_IDS = frozenset({"workspace_id", "event_id"})


class Concerns:
    """The ids that a sandbox has to do with: what it has leased or made, and what the program has named or made.

    made: the phones that were made here, with their owners as far as they were told.
    """

    def __init__(self, began: float) -> None:
        self.made: dict[str, str | None] = {}
        self.leased: set[str] = set()
        self._began = began
        self._since: dict[str, float] = {}
        self._ids: set[str] = set()
        self._lock = RLock()

    def lease(self, device_id: str, since: float) -> None:
        """A device is this sandbox's from a time on, in seconds since 1970 on Seam's clock."""
        with self._lock:
            self.leased.add(device_id)
            self._since[device_id] = since

    def owns(self, device_id: str) -> bool:
        """Whether a device or phone is this sandbox's alone."""
        return device_id in self.leased or device_id in self.made

    def tell(self, call: Call, answer: Mapping[str, Any]) -> None:
        """A call, and what came of it."""
        with self._lock:
            if call.origin == "app" or not is_read(call.method, call.path):
                self._ids.update(found for name, found in _ids_in(call.params) if name not in _NO_IDS)
            if not is_read(call.method, call.path):
                for value in answer.values():
                    for row in value if isinstance(value, list) else [value]:
                        self._ids.update(found for name, found in _ids_in(row) if name not in _SHARED)
            phone = answer.get("phone")
            if call.path == _MAKES_PHONES and isinstance(phone, dict):
                self.made[str(phone.get("device_id"))] = call.params.get("user_identity_id")

    def has(self, event: Mapping[str, Any]) -> bool:
        """Whether an event concerns the sandbox: it is about one of its things, or about none at all."""
        found = dict(_ids_in(event))
        with self._lock:
            device_id = found.get("device_id", "")
            if happened_at(event) < self._since.get(device_id, self._began):
                return False
            if self.owns(device_id):
                return True
            telling = {each for name, each in found.items() if name not in (_SHARED if device_id else _NO_IDS)}
            return not telling or not telling.isdisjoint(self._ids)


def happened_at(event: Mapping[str, Any]) -> float:
    """When an event happened, in seconds since 1970; 0 where it does not say so."""
    return seconds_in(event.get("occurred_at") or event.get("created_at"))


def seconds_in(time: object) -> float:
    """A time of Seam's in seconds since 1970; 0 for what is none."""
    found = parse_time(time) if isinstance(time, str) else None
    return 0.0 if found is None else found.timestamp()


def _ids_in(row: object) -> Iterator[tuple[str, str]]:
    """The ids in a JSON object, by their names."""
    for name, value in row.items() if isinstance(row, Mapping) else ():
        if name.endswith("_id") and isinstance(value, str):
            yield name, value
        elif name.endswith("_ids") and isinstance(value, list):
            yield from ((name.removesuffix("s"), each) for each in value if isinstance(each, str))
