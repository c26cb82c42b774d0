"""The emulator as a backend of a Sandbox: what no API of Seam offers, so that a live workspace cannot have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..api.workspaces import open_workspace
from ..engine.app import App
from ..engine.auth import AccessToken
from ..engine.errors import ExpectationFailed, NotEmulated, UnknownId, is_for_the_test, quoted
from ..engine.history import Call, Entry
from ..engine.http import Request
from ..engine.ids import Ids
from ..engine.places import seen_at
from ..engine.settings import Settings
from ..engine.store import Row
from ..engine.workspace import Workspace
from ..report.texts import Names, Shelf, joined
from .clock import SandboxClock
from .event_list import EventList
from .extensions import NO_EXTENSIONS, Extensions
from .fault_devices import device_id_in
from .finder import Finder, What, labelled
from .provision import EmbeddedProvision
from .seam_api import SeamApi
from .unfinished import Unfinished

if TYPE_CHECKING:
    from ..api.connected_accounts.model import ConnectedAccountRow
    from ..api.devices.model import DeviceRow
    from ..api.phones.model import PhoneRow

__tracebackhide__ = is_for_the_test

T = TypeVar("T")
Control = Callable[["Embedded", dict[str, Any]], dict[str, Any]]
"""A control route: what it does with the values of a request, and what it answers."""


class Embedded:
    """One sandbox workspace on an emulated Seam server.

    beside: another workspace, on whose server this one is opened, with that server's seed and settings; what either has
    unfinished at the end of a test is one list. workspace_id, api_key, publishable_key: by default they follow from the
    seed. extensions: what other packages have added; an added world is filled in by the caller. more_controls: control
    routes of what stands on it.
    """

    is_live = False

    def __init__(
        self,
        *,
        world: str,
        seed: int | str = 0,
        settings: Settings | None = None,
        api_key: str | None = None,
        beside: Embedded | None = None,
        name: str = "Sandbox",
        workspace_id: str | None = None,
        publishable_key: str | None = None,
        extensions: Extensions = NO_EXTENSIONS,
    ) -> None:
        self.seed = seed
        self.extensions: Extensions = extensions if beside is None else beside.extensions
        self.app: App = (
            App(self.extensions.api(), settings=settings or Settings(), seed=seed) if beside is None else beside.app
        )
        self.app.faults.find_device = partial(device_id_in, self.app)
        with self.app.ids.naming(workspace_id):
            self.workspace = open_workspace(self.app, name=name, is_sandbox=True, publishable_key=publishable_key)
        self.api_key = self.add_api_key(self.workspace)
        if api_key is not None:  # the ids that follow are the same with a key of one's own
            self.app.gate.api_keys[api_key] = self.app.gate.api_keys.pop(self.api_key)
            self.api_key = api_key
        if world != "empty" and world not in self.extensions.worlds:
            from ..worlds.build import build_world

            build_world(self.workspace, world)
        self.workspace.mark_start()
        self.world = world
        self.clock = SandboxClock(self.app)
        self._kept: dict[str, tuple[Any, ...]] = {}
        self._remembered: dict[str, str] = {}
        self.codes_set: set[str] = set()
        self.api = SeamApi(self.send)
        self.unfinished: Unfinished = Unfinished() if beside is None else beside.unfinished
        self.more_controls: Callable[[], Mapping[str, Control]] = dict
        self.provision = EmbeddedProvision(self.app, self.workspace, self.codes_set, self.extensions)

    def adopt(self, other: Embedded) -> None:
        """Start from the present state of another backend of the same world, seed and settings; costs microseconds.

        What rows and events say never changes, so the two share them until one of them writes.
        """
        with self.app.lock, other.app.lock:
            self.workspace.restore(other.workspace.snapshot())
            self.workspace.events.emitted = other.workspace.events.emitted
            self.workspace.mark_start()
            self.app.ids.count = other.app.ids.count
            self.app.clock.follow(other.app.clock)
            self.world = other.world
            self.codes_set |= other.codes_set

    def of_workspace(self, workspace_id: str) -> Embedded:
        """The backend of a workspace of this server, whoever has opened it. Raises UnknownId where there is none."""
        with self.app.lock:
            found = self.app.workspaces.get(workspace_id)
            if found is None:
                raise UnknownId(
                    f"there is no workspace {quoted(workspace_id)}; there are {joined(self.app.workspaces)}."
                )
            return self if found is self.workspace else self._beside(found)

    def _beside(self, workspace: Workspace) -> Embedded:
        """The same as this one, in another workspace."""
        other = copy(self)
        other.workspace, other.world = workspace, ""
        keys = (key for key, owner in self.app.gate.api_keys.items() if owner == workspace.workspace_id)
        other.api_key = next(keys, None) or self._further_key(workspace)
        other.codes_set = set()
        other.api = SeamApi(other.send)
        other.provision = EmbeddedProvision(self.app, workspace, other.codes_set, self.extensions)
        return other

    def _further_key(self, workspace: Workspace) -> str:
        """An API key for a workspace that has none; the ids that follow are those that they would be without it."""
        key = Ids(workspace.workspace_id).token("seam_test" if workspace.is_sandbox else "seam_", 4, 24)
        self.app.gate.api_keys[key] = workspace.workspace_id
        return key

    def send(self, path: str, body: bytes) -> tuple[int, bytes]:
        """A call of the sandbox's own, straight to the emulator: no fault meets it, and no test is shown it."""
        headers = {"authorization": f"Bearer {self.api_key}", "content-type": "application/json"}
        response = self.app.handle(Request("POST", path, headers=headers, body=body, origin="sandbox"))
        return response.status, response.body

    def owns(self, _device_id: str) -> bool:
        """Nobody else has this workspace."""
        return True

    def add_api_key(self, workspace: Workspace) -> str:
        """A new API key of a workspace: of the test form for a sandbox, of the production form otherwise."""
        with self.app.lock:
            key = self.app.ids.token("seam_test" if workspace.is_sandbox else "seam_", 4, 24)
            self.app.gate.api_keys[key] = workspace.workspace_id
            return key

    def dump(self) -> dict[str, Any]:
        """All rows of the workspace by kind, and its events, as clients see them."""
        with self.app.lock:
            rows = self.workspace.rows()
            kinds = {kind.__name__.removesuffix("Row"): [row.view() for row in found] for kind, found in rows.items()}
            return {
                "workspace_id": self.workspace.workspace_id,
                **kinds,
                "Event": [e.view() for e in self.workspace.events],
            }

    def contents(self) -> str:
        """The world, how many devices and phones there are now, and `action_attempts` if not "instant"; in short."""
        from ..api.devices.model import DeviceRow
        from ..api.phones.model import PhoneRow

        counts = {"devices": len(self.workspace[DeviceRow]), "phones": len(self.workspace[PhoneRow])}
        attempts = self.app.settings.action_attempts
        ending = [] if attempts == "instant" else [f"action_attempts={attempts!r}"]
        furniture = [f"{name}={count}" for name, count in counts.items() if count]
        return ", ".join([f"world={self.world!r}", *furniture, *ending])

    @contextmanager
    def whole_or_not_at_all(self) -> Iterator[None]:
        """Undo what the block did to the workspaces and to the history if it raises; other requests wait meanwhile."""
        with self.app.lock:
            state, place = self.app.snapshot(), self.app.history.place
            try:
                yield
            except BaseException:
                self.app.restore(state)
                self.app.history.cut(place)
                raise

    def keep_snapshot(self) -> str:
        """Keep a snapshot under a name, for callers who cannot hold one."""
        name = f"snapshot-{len(self._kept) + 1}"
        self._kept[name] = self.app.snapshot()
        return name

    def restore_kept(self, snapshot: str) -> None:
        """Go back to a kept snapshot."""
        if snapshot not in self._kept:
            raise UnknownId(f"there is no snapshot {quoted(snapshot)}; there are {joined(self._kept) or 'none'}.")
        self.app.restore(self._kept[snapshot])

    def add_access_token(self, *workspaces: Workspace) -> str:
        """A new personal access token of a user of these workspaces."""
        with self.app.lock:
            token = self.app.ids.token("seam_at1", 8, 24)
            ids = tuple(workspace.workspace_id for workspace in workspaces)
            self.app.gate.access_tokens[token] = AccessToken(token, ids)
            return token

    # what a Backend is

    @property
    def workspace_id(self) -> str:
        """The id of the workspace."""
        return self.workspace.workspace_id

    @property
    def strict_ids(self) -> bool:
        """Whether ids that are no UUID are refused."""
        return self.app.settings.strict_ids

    @property
    def latency(self) -> float:
        """Sandbox seconds until what was asked for has happened and its event shows."""
        settings = self.app.settings
        return settings.event_latency + max(settings.state_latency, settings.deactivation_latency)

    def now(self) -> datetime:
        """The present sandbox time."""
        return self.clock.now()

    def repeat(self, look: Callable[[], T | None], within: float) -> tuple[T | None, float]:
        """Look until there is nothing more to complain of, for so many sandbox seconds, in even steps."""
        waited = 0.0
        while (complaint := look()) is not None and waited < within:
            step = min(max(within / 20, 0.05), within - waited)
            self.pass_time(step)
            waited += step
        return complaint, waited

    def close(self) -> None:
        """Nothing is left: nobody else has this workspace."""

    def note(self, kind: str, text: str) -> None:
        """Add a line to the timeline."""
        self.app.note(kind, text, "" if kind == "clock" else self.workspace_id)

    def devices(self) -> dict[str, DeviceRow]:
        """All devices by name, oldest first; the second of a name is "NAME #2"."""
        from ..api.devices.model import DeviceRow

        with self.app.lock:
            return labelled(self.workspace[DeviceRow])

    def phones(self) -> dict[str, PhoneRow]:
        """All phones by name, oldest first."""
        from ..api.phones.model import PhoneRow

        with self.app.lock:
            return labelled(self.workspace[PhoneRow])

    def find_device(self, device_id: str) -> DeviceRow | None:
        """The device of this id."""
        from ..api.devices.model import DeviceRow

        with self.app.lock:
            return self.workspace[DeviceRow].get(device_id)

    def find_phone(self, device_id: str) -> PhoneRow | None:
        """The phone of this id."""
        from ..api.phones.model import PhoneRow

        with self.app.lock:
            return self.workspace[PhoneRow].get(device_id)

    def find_account(self, connected_account_id: str) -> ConnectedAccountRow | None:
        """The connected account of this id."""
        from ..api.connected_accounts.model import ConnectedAccountRow

        with self.app.lock:
            return self.workspace[ConnectedAccountRow].get(connected_account_id)

    def mishaps(self) -> Iterator[Exception]:
        """What is wrong for certain: internal errors, paths that are not emulated, clients that came back too early."""
        app = self.app
        if app.internal_errors:
            yield app.internal_errors[0]
            app.internal_errors.clear()
        if app.not_emulated:
            paths, place = ", ".join(app.not_emulated), next(iter(app.not_emulated.values()))
            app.not_emulated.clear()
            yield NotEmulated(
                f"the program under test called {paths}, which Seam has and this sandbox does not emulate; it got 501. "
                "Avoid the call in this test, answer it with sandbox.stub(path, {...}), or ask for it in an issue."
                f"{seen_at(place)}"
            )
        impatience = app.faults.impatience()
        if impatience:
            yield ExpectationFailed("\n".join(impatience))

    def unmet(self) -> list[str]:
        """Faults and stubs that nobody met; they are taken away."""
        return [*self.app.faults.complaints(), *self.app.stubs.complaints()]

    def owners_of_other_keys(self) -> list[str]:
        """The tests whose keys the program has used here; each is told once."""
        owners = list(dict.fromkeys(self.app.other_keys))
        self.app.other_keys.clear()
        return owners

    def mark(self) -> int:
        """A place in the event log, for `events_after`."""
        return self.workspace.events.emitted

    def events_after(self, mark: int) -> EventList:
        """The events that were logged after the mark and show by now, oldest first."""
        with self.app.lock:
            self.app.settle()
            return EventList(*self.workspace.events.seen(after=mark, at=self.app.clock.timestamp()))

    def names(self) -> Names:
        """The names of what there is at present, for texts."""
        return Names(self.app.workspaces.values(), self._remembered)

    def remember_names(self) -> None:
        """Keep the names of what there is for texts that are made when it is gone: after a failed trial, for one."""
        with self.app.lock:
            self._remembered |= self.names().all()

    def hint_at(self, text: str) -> str:
        """The ids of what a text is the name of, as a sentence; empty when it is no name."""
        with self.app.lock:
            ids = Finder(self.workspace, self._table_of).ids_called(text)
        return f"That is the name of {ids}." if ids else ""

    @contextmanager
    def finding(self) -> Iterator[Finder]:
        """Finds devices, phones and accounts by id or name."""
        with self.app.lock:
            yield Finder(self.workspace, self._table_of)

    def _table_of(self, what: What) -> Shelf:
        from ..api.connected_accounts.model import ConnectedAccountRow
        from ..api.devices.model import DeviceRow
        from ..api.phones.model import PhoneRow

        kinds: dict[What, type[Row]] = {
            "device": DeviceRow,
            "phone": PhoneRow,
            "connected account": ConnectedAccountRow,
        }
        return self.workspace[kinds[what]]

    def history(self) -> list[Entry]:
        """All that has happened, in order; a request that is being answered in another thread is waited for."""
        with self.app.lock:
            return list(self.app.history)

    def calls(self) -> list[Call]:
        """Every request that the program under test has made, oldest first, as far as they are kept."""
        return [entry for entry in self.history() if isinstance(entry, Call) and entry.origin == "app"]

    def forget(self) -> None:
        """Forget the history, and problem that nobody was told of."""
        with self.app.lock:
            self.app.history.clear()
            self.app.not_emulated.clear()
            self.app.internal_errors.clear()

    async def settled(self) -> None:
        """Wait for webhooks that are being delivered on the running event loop."""
        await self.app.lock.settled()

    def pass_time(self, seconds: float, why: str = "") -> None:
        """Let sandbox time pass while something is waited for; costs no real time."""
        self.app.pass_time(seconds, why)
