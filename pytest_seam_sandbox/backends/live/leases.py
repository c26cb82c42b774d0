"""Leases: for the time of a test, a device of a live workspace is that test's alone.

Processes of one machine are kept apart by a lock for each device, those of several machines by records on the devices;
see `lease_folder` and `claims`. A record lasts a quarter of an hour and is renewed while it is held, by a thread, so a
test may take as long as it likes. When a process is killed, its lock ends at once: the next one on this machine takes
over its devices. Other machines wait until the record is over.
"""

from __future__ import annotations

import os
import platform
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Any, NamedTuple

from filelock import BaseFileLock
from tenacity import RetryCallState, Retrying, retry_if_result, wait_random_exponential

from ...engine.errors import SandboxError, is_for_the_test, raise_together
from ...engine.real_time import real_seconds
from ..seam_api import SeamApi
from .claims import Claim, Notes, NotFree
from .facts import is_online, name_of
from .lease_folder import LeaseFolder
from .lease_records import KEY, LeaseRecord, records_in
from .lease_texts import no_such_device, too_few

__tracebackhide__ = is_for_the_test

TERM = 900.0
"""Seconds for which a lease record is written."""

RENEWAL = 300.0
"""Seconds between two renewals of the records of what is held."""


class Holder(NamedTuple):
    """Who holds a device. is_here: whether a process of this machine has its lock now. is_over: whether nobody does."""

    device_id: str
    device_name: str
    record: LeaseRecord
    is_here: bool
    is_over: bool


@dataclass
class _Held:
    """A device that is leased. is_lost: whether somebody else has it meanwhile."""

    name: str
    claim: Claim
    lock: BaseFileLock
    is_lost: bool = False


class Leases:
    """The devices of a workspace that one test holds, or one process.

    api: sends on the guarded connection itself and not through `Undo`, which would undo releases too; leases tell
    `notes`, the journal, what they write. folder: see `LeaseFolder`; all processes of one machine
    have to use the same. holder: who it is, for people on other machines, such as the name of the test. term: seconds
    for which a record is written. renewal: seconds between two renewals. pause: waits so many seconds. rank: of
    devices that are equally good, those of the lowest rank come first, by their ids.
    """

    def __init__(
        self,
        api: SeamApi,
        workspace_id: str,
        folder: Path,
        holder: str,
        *,
        notes: Notes,
        term: float = TERM,
        renewal: float = RENEWAL,
        pause: Callable[[float], None] = time.sleep,
        rank: Callable[[str], float] = lambda _: 0.0,
    ) -> None:
        self._api = api
        self._workspace_id = workspace_id
        self._folder = LeaseFolder(folder)
        self._machine = self._folder.machine()
        self._holder = holder
        self._notes = notes
        self._term = term
        self._renewal = renewal
        self._pause = pause
        self._rank = rank
        self._held: dict[str, _Held] = {}
        self._lock = RLock()
        self._renewing: Thread | None = None
        self._ended = Event()

    def lease(self, *, device_type: str | None = None, flags: Collection[str] = (), deadline: float = 30.0) -> str:
        """Take a device of this type that has all these flags, such as `can_simulate_disconnection`; gives its id.

        Devices that have neither errors nor warnings come first, and of them those that can simulate most; one that is
        offline is never taken. deadline: seconds to wait until one is free. Raises SandboxError when the workspace has
        no such device, and when none was free in time, with who holds what.
        """
        until = real_seconds() + deadline
        reasons: dict[str, str] = {}

        def is_late(_: RetryCallState) -> bool:
            return real_seconds() >= until

        def give_up(_: RetryCallState) -> str:
            raise SandboxError(too_few(self._workspace_id, device_type, flags, deadline, reasons))

        return str(
            Retrying(
                retry=retry_if_result(lambda found: found is None),
                wait=wait_random_exponential(multiplier=0.2, max=2.0),
                stop=is_late,
                sleep=self._pause,
                retry_error_callback=give_up,
            )(self._try_each, device_type, flags, reasons)
        )

    def release(self, device_id: str | None = None) -> None:
        """Give back a device, or all. The metadata of the device is then what it was before.

        Raises SandboxError when somebody else has had a device meanwhile, or when a record could not be taken away; the
        others are given back all the same.
        """
        problems: list[Exception] = []
        with self._lock:
            for each in [device_id] if device_id is not None else list(self._held):
                held = self._held.pop(each)
                is_lost = held.is_lost or held.claim.is_over
                try:
                    held.claim.give_back()
                except SandboxError as problem:
                    problems.append(problem)
                finally:
                    held.lock.release()
                if is_lost:
                    problems.append(_lost(held))
            if not self._held:
                self._ended.set()
        raise_together(problems)

    def holders(self) -> list[Holder]:
        """All leases of the workspace, whoever has them."""
        return list(holders_in(self._api.device_rows(), self._workspace_id, self._folder))

    def _try_each(self, device_type: str | None, flags: Collection[str], reasons: dict[str, str]) -> str | None:
        """The first device that is free, leased; None when none is. reasons: why not, by the names of devices."""
        reasons.clear()
        rows = [row for row in self._api.device_rows() if row.get("is_managed", True)]
        fitting = [row for row in rows if _fits(row, device_type, flags)]
        if not fitting:
            raise SandboxError(no_such_device(self._workspace_id, device_type, flags, rows))
        for row in sorted(fitting, key=self._order):
            try:
                return self._take(row)
            except NotFree as why:
                reasons[f"{name_of(row)} ({row['device_id']})"] = str(why)
        return None

    def _order(self, row: Mapping[str, Any]) -> tuple[int, int, float]:
        """Devices without problems first, then those that can simulate more, then those of the lower rank."""
        simulations = sum(row.get(flag) is True for flag in row if flag.startswith("can_simulate_"))
        return _problems(row), -simulations, self._rank(row["device_id"])

    def _take(self, row: Mapping[str, Any]) -> str:
        device_id = str(row["device_id"])
        records = records_in(row.get("custom_metadata") or {})
        held_by = next((str(record) for record in records.values()), "")
        if not is_online(row):
            codes = ", ".join(str(error.get("error_code")) for error in row.get("errors") or ()) or "without an error"
            raise NotFree(f"offline ({codes}), " + (f"held by {held_by}" if held_by else "and not by a lease"))
        lock = self._folder.lock(self._workspace_id, device_id)
        if lock is None:
            raise NotFree(f"held by {held_by or 'a process of this machine that has just taken it'}")
        try:
            claim = Claim(
                self._api, self._notes, device_id, self._new_record(), now=self._folder.now, pause=self._pause
            )
            claim.take()
        except BaseException:
            lock.release()
            raise
        with self._lock:
            self._held[device_id] = _Held(name_of(row), claim, lock)
            self._start_renewing()
        return device_id

    def _new_record(self) -> LeaseRecord:
        now = self._folder.now()
        return LeaseRecord(
            f"{KEY}{secrets.token_hex(8)}",
            holder=self._holder,
            host=platform.node(),
            pid=os.getpid(),
            machine=self._machine,
            since=now,
            until=now + self._term,
        )

    def _start_renewing(self) -> None:
        if self._ended.is_set():
            self._ended, self._renewing = Event(), None
        if self._renewing is None:
            self._renewing = Thread(
                target=self._keep_renewing, args=(self._ended,), daemon=True, name="seam-sandbox leases"
            )
            self._renewing.start()

    def _keep_renewing(self, ended: Event) -> None:
        while not ended.wait(self._renewal):
            with self._lock:
                for held in self._held.values():
                    try:
                        held.is_lost = held.is_lost or not held.claim.renew(self._term)
                    except SandboxError:  # the network, perhaps: the next renewal tells
                        continue


def holders_in(rows: Iterable[Mapping[str, Any]], workspace_id: str, folder: LeaseFolder) -> Iterator[Holder]:
    """The leases of devices as they are listed. One of this machine is over when nobody has the lock of the device."""
    now, machine = folder.now(), folder.machine()
    for row in rows:
        for record in records_in(row.get("custom_metadata") or {}).values():
            is_here = folder.is_locked(workspace_id, row["device_id"])
            is_over = record.is_over(now) or (record.machine == machine and not is_here)
            yield Holder(row["device_id"], name_of(row), record, is_here, is_over)


def _lost(held: _Held) -> SandboxError:
    return SandboxError(
        f"{held.name} was leased, but not to the end by this test alone: its lease record was gone or over, or another "
        "one stood beside it. What the test has seen may be the work of others; run it again. This happens when a "
        "process is stopped for longer than a lease lasts, or when lease records are deleted by hand."
    )


def _fits(row: Mapping[str, Any], device_type: str | None, flags: Collection[str]) -> bool:
    return device_type in (None, row.get("device_type")) and all(row.get(flag) is True for flag in flags)


def _problems(row: Mapping[str, Any]) -> int:
    """0 for a healthy device."""
    return 2 * len(row.get("errors") or ()) + len(row.get("warnings") or ())
