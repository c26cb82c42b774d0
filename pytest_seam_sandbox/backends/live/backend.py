"""A Seam sandbox workspace over HTTP as a backend of a Sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import RLock
from typing import Any, TypeVar

from pydantic_core import from_json

from ...engine.errors import SandboxError, is_for_the_test, raise_together, shortened
from ...engine.events import EventRow
from ...engine.history import Call, Entry, History, Note
from ...report.texts import Names
from ..base import Provision
from ..event_list import EventList
from ..extensions import NO_EXTENSIONS
from ..finder import Finder, labelled
from ..seam_api import SeamApi
from ..unfinished import Unfinished
from .concerns import Concerns
from .events import EventPoller
from .facts import LiveAccount, LiveDevice, LivePhone
from .handover import RESOLUTION, Handover
from .parts import Leasing, Line, Undoing, WayOut
from .polling import Patience
from .provision import LiveProvision
from .recording import RecordingTransport, json_in, tell_answer
from .shelves import Shelves

__tracebackhide__ = is_for_the_test

T = TypeVar("T")


class Live:
    """One sandbox workspace at Seam, for one sandbox.

    Its events are those that concern it, see `Concerns`; other tests may work in the same workspace. way_out: sends the
    requests of the program. api_key: what clients get in place of the true key. timeout: seconds until what was asked
    for must have happened. sleep: waits in real time.
    """

    is_live = True
    strict_ids = True
    extensions = NO_EXTENSIONS

    def __init__(
        self,
        line: Line,
        undoing: Undoing,
        way_out: WayOut,
        leases: Leasing,
        handover: Handover,
        *,
        workspace_id: str,
        api_key: str,
        timeout: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.workspace_id = workspace_id
        self.api_key = api_key
        self.endpoint = line.endpoint
        self.latency = timeout
        self.codes_set: set[str] = set()
        self.unfinished = Unfinished()
        self.api = SeamApi(self._send)
        self._line = line
        self._undoing = undoing
        self._sleep = sleep
        self._patience = Patience(time.monotonic, sleep)
        self._history = History()
        self._lock = RLock()
        self._concerns = Concerns(line.now())
        self._shelves = Shelves(self.api, self._owner_of)
        self._leases = leases
        self._handover = handover
        self.provision: Provision = LiveProvision(self.api, self._lease)
        self.transport = RecordingTransport(way_out, {api_key: line.stand_in_key}, line.now, self._told)
        self._events = EventPoller(
            SeamApi(undoing.send), began=line.now(), is_wanted=self._concerns.has, told=self._log_event
        )

    def contents(self) -> str:
        """The workspace, and what of it is this sandbox's."""
        counts = {"leased": len(self._concerns.leased), "phones": len(self._concerns.made)}
        furniture = [f"{name}={count}" for name, count in counts.items() if count]
        return ", ".join([f"live workspace {self.workspace_id}", *furniture])

    def owns(self, device_id: str) -> bool:
        """Whether a device or phone is this sandbox's alone."""
        return self._concerns.owns(device_id)

    def _lease(self, device_type: str) -> str:
        """Take a device. What its last holder has caused is over when this returns, though it may show later."""
        device_id = self._leases.lease(device_type=device_type, deadline=self.latency)
        over = self._handover.last(device_id)
        missing = over - self._line.now()
        if 0 < missing <= 2 * RESOLUTION:
            self._sleep(missing)
        self._concerns.lease(device_id, max(over, self._line.now()))
        return device_id

    # requests

    def _send(self, path: str, body: bytes) -> tuple[int, bytes]:
        """A call of the sandbox's own."""
        params: dict[str, Any] = from_json(body)
        self._check_own(path, params)
        call = Call(self._line.now(), "POST", path, "sandbox", params)
        began = time.perf_counter()
        call.status, content = self._undoing.send(path, body)
        call.seconds = time.perf_counter() - began
        answer = json_in(content)
        tell_answer(call, answer)
        self._told(call, answer)
        return call.status, content

    def _check_own(self, path: str, params: Mapping[str, Any]) -> None:
        device_id = params.get("device_id")
        if path.startswith("/devices/simulate/") and device_id not in self._concerns.leased:
            raise SandboxError(
                f"the sandbox has not leased the device {shortened(str(device_id))}, and other tests may work with it. "
                "Take a device with sandbox_device or create_device(), which lease one, and simulate with that."
            )
        if path == "/phones/deactivate" and device_id not in self._concerns.made:
            raise SandboxError(
                f"the sandbox has not made the phone {shortened(str(device_id))}, and another test may need it. Make "
                "one with sandbox_phone or create_phone()."
            )

    def _told(self, call: Call, answer: Mapping[str, Any]) -> None:
        """Remember a call and what follows from its answer."""
        with self._lock:
            self._history.append(call)
            self._history.trim()
        self._concerns.tell(call, answer)
        self._shelves.told(call.path)

    def _log_event(self, event: EventRow) -> None:
        self._line.tell_time(event.visible_at)  # dates of answers have whole seconds, times of events have not
        with self._lock:
            self._history.append(event)
        self._shelves.told_event(event.event_type)

    # time

    def now(self) -> datetime:
        """The time on Seam's clock, by the date of its last answer."""
        return datetime.fromtimestamp(self._line.now(), UTC)

    def pass_time(self, seconds: float, why: str = "") -> None:
        """Wait in real time."""
        self._sleep(seconds)
        if seconds and why:
            self.note("clock", f"{seconds:.3f} s passed {why}")

    def repeat(self, look: Callable[[], T | None], within: float) -> tuple[T | None, float]:
        """Look until there is nothing more to complain of, for so many real seconds, more and more seldom."""
        return self._patience.repeat(look, within)

    async def settled(self) -> None:
        """Nothing goes on here: Seam delivers webhooks itself."""

    # what has happened

    def note(self, kind: str, text: str) -> None:
        """Add a line to the timeline."""
        with self._lock:
            self._history.append(Note(self._line.now(), kind, text))

    def mark(self) -> int:
        """A place in the event log."""
        return self._events.mark()

    def events_after(self, mark: int) -> EventList:
        """The events behind the mark, oldest first, as far as they show by now."""
        return self._events.after(mark)

    def calls(self) -> list[Call]:
        """Every request that the program under test has made through this sandbox, oldest first."""
        return [entry for entry in self.history() if isinstance(entry, Call) and entry.origin == "app"]

    def history(self) -> list[Entry]:
        """All that has happened, in order."""
        with self._lock:
            return list(self._history)

    # what there is

    def devices(self) -> dict[str, LiveDevice]:
        """All devices by name, oldest first."""
        self._shelves.devices.look()
        return labelled(self._shelves.devices)

    def phones(self) -> dict[str, LivePhone]:
        """All phones by name, oldest first."""
        self._shelves.phones.look()
        return labelled(self._shelves.phones)

    def find_device(self, device_id: str) -> LiveDevice | None:
        """The device of this id."""
        row = self.api.device_row(device_id)
        return None if row is None else LiveDevice(row)

    def find_phone(self, device_id: str) -> LivePhone | None:
        """The phone of this id."""
        answer = self.api.find("/phones/get", device_id=device_id)
        return None if answer is None else LivePhone(answer["phone"], self._owner_of)

    def find_account(self, connected_account_id: str) -> LiveAccount | None:
        """The connected account of this id."""
        answer = self.api.find("/connected_accounts/get", connected_account_id=connected_account_id)
        return None if answer is None else LiveAccount(answer["connected_account"])

    @contextmanager
    def finding(self) -> Iterator[Finder]:
        """Finds devices, phones and accounts by id or name."""
        yield self._shelves.finder(self.owns)

    def names(self) -> Names:
        """The names of what was seen, for texts."""
        return Names([self._shelves], {})

    def hint_at(self, text: str) -> str:
        """The ids of what a text is the name of, as a sentence."""
        ids = self._shelves.finder(self.owns).ids_called(text)
        return f"That is the name of {ids}." if ids else ""

    def _owner_of(self, phone_id: str) -> str | None:
        """The owner of a phone: Seam tells it only by its lists."""
        return self._concerns.made.get(phone_id) or self.api.owner_of(phone_id)

    # the end of a test

    def mishaps(self) -> Iterator[Exception]:
        """Writes of the program that were refused."""
        while self._line.refused:
            yield self._line.refused.pop(0)

    def keep_refusal(self, error: SandboxError) -> None:
        """Tell this refusal in the test, also when the program catches it."""
        self._line.refused.append(error)

    def unmet(self) -> list[str]:
        """Nothing is set up for the program here."""
        return []

    def owners_of_other_keys(self) -> list[str]:
        """Keys of other sandboxes are not known at Seam."""
        return []

    def close(self) -> None:
        """Undo all changes, the latest first, and give back the devices. Raises SandboxError for what stays.

        In a forked process nothing happens: all of it belongs to the process from which it was forked.
        """
        if self._line.is_forked:
            return
        problems: list[Exception] = []
        for step in (self._undo, self._leases.release, self._undoing.close):
            try:
                step()
            except SandboxError as problem:
                problems.append(problem)
        self._shelves.end()
        self._line.close()
        raise_together(problems)

    def _undo(self) -> None:
        try:
            raise_together([SandboxError(text) for text in self._undoing.undo()])
        finally:
            for device_id in self._concerns.leased:
                self._handover.given_back(device_id, self._line.now())
