"""What the console shows of a sandbox: its state when that has changed, and what has happened since the last look."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from itertools import count
from operator import is_
from typing import Any

from ..api.devices.model import DeviceRow
from ..api.phones.model import PhoneRow
from ..api.workspaces import WorkspaceRow, record_of
from ..backends.embedded import Embedded
from ..backends.unfinished import Begun
from ..engine.errors import SandboxError, is_for_the_test
from ..engine.history import Sent
from ..report.lines import Shown, is_shown
from ..report.texts import Names
from ..transports.control_arguments import arguments
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
    """The workspaces of one server, for its console. backend: that of the workspace which a page shows at first."""

    def __init__(self, backend: Embedded) -> None:
        self._backend = backend
        self._simulations = Simulations(backend)
        self._run = secrets.token_hex(8)  # a page that was open before knows by it that the server is another one
        self._seen: dict[str, tuple[int, tuple[object, ...]]] = {}
        self._counter = count(1)

    def changes(
        self, run: str = "", since: int = 0, version: int = 0, find: str = "", workspace: str = ""
    ) -> dict[str, Any]:
        """What is new since an earlier answer, whose `run`, `place` and `version` are given; all of it without them.

        find: a part of the names of what is shown. workspace: the id of the one to show; the first, where there is no
        such one.
        """
        app = self._backend.app
        with app.lock:
            app.settle()
            backend = self._backend.of_workspace(workspace) if workspace in app.workspaces else self._backend
            known = run == self._run
            history, shown_id = app.history, backend.workspace_id
            names = Names((backend.workspace,), {})
            entries = [one for one in history.since(since if known else 0) if is_shown(one) and _is_of(one, shown_id)]
            newest = self._newest_version(backend)
            answer = {
                "run": self._run,
                "now": app.clock.timestamp(),
                "is_frozen": app.clock.is_held,
                "place": history.place,
                "skipped": max(0, len(entries) - MOST_ENTRIES),
                "entries": [shown(entry, names) for entry in entries[-MOST_ENTRIES:]],
                "version": newest,
                "workspace_id": shown_id,
            }
            if not known or version != newest:
                answer["state"] = self._state(backend, find.casefold())
            return answer

    def simulate(self, backend: Embedded, values: dict[str, Any]) -> dict[str, Any]:
        """Call one of Seam's simulate endpoints with the key of the workspace."""

        def simulate(path: str, params: dict[str, Any]) -> dict[str, Any]:
            if path not in self._simulations:
                raise SandboxError(f"{path!r} is none of the simulate endpoints that the console offers.")
            return backend.api.call(path, **params)

        return simulate(**arguments(simulate, values))

    def _newest_version(self, backend: Embedded) -> int:
        """A number that grows whenever a row, an open outage or the list of workspaces has changed.

        Rows are frozen, so identity tells.
        """
        rows = backend.workspace.rows().values()
        records = self._records().values()
        now = (*backend.unfinished.open, *records, *(row for table in rows for row in table))
        version, seen = self._seen.get(backend.workspace_id, (0, ()))
        if len(now) != len(seen) or not all(map(is_, now, seen)):
            version = next(self._counter)
            self._seen[backend.workspace_id] = version, now
        return version

    def _records(self) -> dict[str, WorkspaceRow]:
        """The records of all workspaces, by their ids."""
        return {key: record_of(workspace) for key, workspace in self._backend.app.workspaces.items()}

    def _state(self, backend: Embedded, find: str) -> dict[str, Any]:
        devices, phones = backend.devices(), backend.phones()
        ids = {("device", name): row.device_id for name, row in devices.items()}
        ids |= {("phone", name): row.device_id for name, row in phones.items()}
        offers: dict[tuple[str, str], list[Offer]] = {}
        for word, target, offer in outage_offers(backend, ids):
            offers.setdefault((word, target), []).append(offer)
        others = [key for key in offers if key[0] not in ("device", "phone")]
        opened = [one for one in backend.unfinished.open if one.workspace_id == backend.workspace_id]

        def end_of(outage: Begun) -> Offer:
            return ending_offer(outage, backend.unfinished.id_of(outage))

        def ends_of(*ids: str) -> list[Offer]:
            return [end_of(one) for one in opened if one.target_id in ids]

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
            "workspaces": [
                {"id": key, "name": record.name, "is_sandbox": record.is_sandbox}
                for key, record in self._records().items()
            ],
            "outages": [end_of(one) | {"name": str(one)} for one in opened],
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


def _is_of(entry: Shown, workspace_id: str) -> bool:
    """Whether it happened in this workspace, or in none, as what is of the whole server."""
    about = entry.event.workspace_id if isinstance(entry, Sent) else entry.workspace_id
    return about in ("", workspace_id)


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
