"""What the console shows of a sandbox: its state when that has changed, and what has happened since the last look."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from itertools import count
from operator import is_
from typing import Any
from weakref import WeakKeyDictionary

from ..api.devices.model import DeviceRow
from ..api.phones.model import PhoneRow
from ..backends.embedded import Embedded
from ..backends.unfinished import Begun
from ..engine.errors import SandboxError, is_for_the_test
from ..report.lines import is_shown
from .entries import shown
from .offers import Offer, Simulations, ending_offer, outage_offers

__tracebackhide__ = is_for_the_test

MOST_ENTRIES = 300
"""How many entries one answer has at most: the newest."""
MOST_THINGS = 100
"""How many devices, phones and others one answer has at most; a person finds more of them by their names."""
_PROPERTIES = ("locked", "door_open", "battery_level", "temperature_celsius", "noise_level_decibels")
"""What is shown of the properties of a device, as far as it has them."""


class ConsoleState:
    """The sandbox of one server, for its console."""

    def __init__(self, backend: Embedded) -> None:
        self._backend = backend
        self._simulations = Simulations(backend)
        self._run = secrets.token_hex(8)  # a page that was open before knows by it that the server is another one
        self._seen: tuple[object, ...] = ()
        self._version = 0
        self._counter = count(1)
        self._numbers: WeakKeyDictionary[Begun, int] = WeakKeyDictionary()

    def changes(self, run: str = "", since: int = 0, version: int = 0, find: str = "") -> dict[str, Any]:
        """What is new since an earlier answer, whose `run`, `place` and `version` are given; all of it without them.

        find: a part of the names of what is shown.
        """
        backend = self._backend
        with backend.app.lock:
            backend.app.settle()
            known = run == self._run
            history, names = backend.app.history, backend.names()
            entries = [entry for entry in history.since(since if known else 0) if is_shown(entry)]
            answer = {
                "run": self._run,
                "now": backend.app.clock.timestamp(),
                "is_frozen": backend.app.clock.is_held,
                "place": history.place,
                "skipped": max(0, len(entries) - MOST_ENTRIES),
                "entries": [shown(entry, names) for entry in entries[-MOST_ENTRIES:]],
                "version": self._newest_version(),
            }
            if not known or version != self._version:
                answer["state"] = self._state(find.casefold())
            return answer

    def simulate(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        """Call one of Seam's simulate endpoints with the key of the workspace."""
        if path not in self._simulations:
            raise SandboxError(f"{path!r} is none of the simulate endpoints that the console offers.")
        return self._backend.api.call(path, **params)

    def end(self, number: int) -> dict[str, Any]:
        """End the open outage of this number, with its assertions; the types of its events."""
        found = next((one for one in self._backend.unfinished.open if self._numbers.get(one) == number), None)
        if found is None:
            raise SandboxError("this outage is over already.")
        found.__exit__(None, None, None)
        return {"events": [event.event_type for event in found.events]}

    def _newest_version(self) -> int:
        """A number that grows whenever a row or an open outage has changed. Rows are frozen, so identity tells."""
        rows = self._backend.workspace.rows().values()
        now = (*self._backend.unfinished.open, *(row for table in rows for row in table))
        if len(now) != len(self._seen) or not all(map(is_, now, self._seen)):
            self._seen, self._version = now, self._version + 1
        return self._version

    def _number(self, outage: Begun) -> int:
        """What the page calls an open outage."""
        if outage not in self._numbers:
            self._numbers[outage] = next(self._counter)
        return self._numbers[outage]

    def _state(self, find: str) -> dict[str, Any]:
        backend = self._backend
        devices, phones = backend.devices(), backend.phones()
        ids = {("device", name): row.device_id for name, row in devices.items()}
        ids |= {("phone", name): row.device_id for name, row in phones.items()}
        offers: dict[tuple[str, str], list[Offer]] = {}
        for word, target, offer in outage_offers(backend, ids):
            offers.setdefault((word, target), []).append(offer)
        others = [key for key in offers if key[0] not in ("device", "phone")]
        opened = backend.unfinished.open

        def ends_of(*ids: str) -> list[Offer]:
            return [ending_offer(one, self._number(one)) for one in opened if one.target_id in ids]

        def device(name: str, row: DeviceRow) -> dict[str, Any]:
            kinds = [one.name for one in opened if one.target_id == row.device_id]
            ends = ends_of(row.device_id, row.connected_account_id)
            simulations = self._simulations.offers(row, kinds)
            return _device(name, row) | {"offers": [*ends, *offers.get(("device", name), ()), *simulations]}

        def phone(name: str, row: PhoneRow) -> dict[str, Any]:
            ends = ends_of(row.device_id)
            offered = [*ends, *offers.get(("phone", name), ())]
            return {"id": row.device_id, "name": name, "what": row.device_type, "offers": offered}

        return {
            "world": backend.world,
            "workspace_id": backend.workspace_id,
            "outages": [ending_offer(one, self._number(one)) | {"name": str(one)} for one in opened],
            "devices": _part([device(*one) for one in _found(devices, find)], len(devices)),
            "phones": _part([phone(*one) for one in _found(phones, find)], len(phones)),
            "others": _part(
                [
                    {"id": f"{word} {name}", "name": name, "what": word, "offers": offers[word, name]}
                    for word, name in others
                    if find in name.casefold()
                ][:MOST_THINGS],
                len(others),
            ),
        }


def _found(rows: Mapping[str, Any], find: str) -> Iterable[tuple[str, Any]]:
    return [(name, row) for name, row in rows.items() if find in name.casefold()][:MOST_THINGS]


def _part(shown: list[dict[str, Any]], count: int) -> dict[str, Any]:
    """count: how many there are, whatever is looked for."""
    return {"shown": shown, "count": count}


def _device(name: str, row: DeviceRow) -> dict[str, Any]:
    properties = row.view()["properties"]
    return {
        "id": row.device_id,
        "name": name,
        "what": row.device_type,
        "is_online": row.is_online,
        "is_managed": row.is_managed,
        "properties": {key: properties[key] for key in _PROPERTIES if properties.get(key) is not None},
        "errors": [error.code for error in row.errors],
        "warnings": [warning.code for warning in row.warnings],
    }
