"""How processes on several machines agree who has a device, by nothing but its `custom_metadata`.

Seam has no compare-and-swap. What it has is enough for mutual exclusion of processes that write entries of their own:

1. Read the device. A record of another lease that counts: the device is not free.
2. Write a record of one's own, and take away those that no longer count.
3. Read the device again. No other record that counts: the device is taken. Else the lowest key goes on reading until
   the others have withdrawn; whoever is not the lowest withdraws, that is, takes its own record away.

Of two that write, the one that reads last sees the other's record, whatever the order of the four requests, so two
never both take the device; and of those that meet, the one with the lowest key gets it. This holds as long as
Seam shows in an answer whatever it has answered before, and merges metadata key by key; as long as the clocks of the
machines differ by less than a minute; and as long as nobody takes records away by hand.

A record counts until its time is up, plus a minute. Whoever holds a device renews it before. A process that was stopped
for so long that another has taken its device cannot know it until it looks; it finds out with the next renewal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

from ...engine.errors import SandboxError, is_for_the_test
from ..seam_api import Refused, SeamApi
from .journal import Change
from .lease_records import LeaseRecord, records_in

__tracebackhide__ = is_for_the_test

_LOOKS = 20
_PAUSE = 0.1
"""How often, and after how many seconds each, the lowest looks whether the others have withdrawn."""


class Notes(Protocol):
    """What has to know of a lease record before it is written, so that it is taken away whatever happens."""

    def intend(self, path: str, at: float, known: dict[str, Any]) -> Change:
        """Note a write that is about to leave, and what was there before it."""
        ...

    def answered(self, change: Change, made: dict[str, Any]) -> None:
        """Note that it has taken effect."""
        ...

    def over(self, change: Change, why: str) -> None:
        """Note that nothing is left of it."""
        ...


class NotFree(Exception):
    """The device is not to be had now; the text says why."""


class Claim:
    """A record on one device, from the attempt to get it to its release. Whoever has one holds the lock of the device.

    record: of a key that nobody else has. notes: the journal. now: seconds since 1970. pause: waits so many seconds.
    """

    _noted: Change

    def __init__(
        self,
        api: SeamApi,
        notes: Notes,
        device_id: str,
        record: LeaseRecord,
        *,
        now: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self.device_id = device_id
        self.record = record
        self._api = api
        self._notes = notes
        self._now = now
        self._pause = pause

    def take(self) -> None:
        """Get the device. Raises NotFree, with nothing left on the device."""
        records = self._read()
        self._check_free(records)
        self._noted = self._notes.intend("/devices/update", self._now(), self._change(None))
        try:
            self._write(records)
            self._verify()
        except BaseException:
            with suppress(SandboxError):  # what is left then, the journal tells
                self.give_back()
            raise

    @property
    def is_over(self) -> bool:
        """Whether the record may be over for others."""
        return self._now() > self.record.until

    def renew(self, seconds: float) -> bool:
        """Hold it for so many seconds from now on; False when it is no longer held."""
        now = self._now()
        try:
            if self.is_over or not self._is_alone(self._read()):
                return False
            renewed = replace(self.record, until=now + seconds)
            self._api.call("/devices/update", **self._change(renewed.to_text()))
            is_alone = self._is_alone(self._read())
        except NotFree:
            return False
        if is_alone:
            self.record = renewed
        return is_alone

    def give_back(self) -> None:
        """Take the record away; a device that is gone has none."""
        self._api.find("/devices/update", **self._change(None))
        self._notes.over(self._noted, "given back")

    def _verify(self) -> None:
        for _ in range(_LOOKS):
            records = self._read()
            if self.record.key not in records or self.is_over:
                raise NotFree("it took too long to get it, or somebody else took the lease record away")
            rivals = self._others(records)
            if not rivals:
                return
            if min(rivals) < self.record.key:
                break
            self._pause(_PAUSE)
        self._check_free(records)

    def _write(self, records: Mapping[str, LeaseRecord]) -> None:
        over = dict.fromkeys(records.keys() - self._others(records).keys())
        change = self._change(self.record.to_text())
        change["custom_metadata"] = over | change["custom_metadata"]
        try:
            self._api.call("/devices/update", **change)
        except Refused as refused:
            raise NotFree(f"it takes no lease record: {refused}") from None
        self._notes.answered(self._noted, {})

    def _read(self) -> dict[str, LeaseRecord]:
        answer = self._api.find("/devices/get", device_id=self.device_id)
        if answer is None:
            raise NotFree("it is gone")
        return records_in(answer["device"].get("custom_metadata") or {})

    def _check_free(self, records: Mapping[str, LeaseRecord]) -> None:
        for record in self._others(records).values():
            raise NotFree(f"held by {record}")

    def _is_alone(self, records: Mapping[str, LeaseRecord]) -> bool:
        return self.record.key in records and not self._others(records)

    def _others(self, records: Mapping[str, LeaseRecord]) -> dict[str, LeaseRecord]:
        """The records of others that count. One of this machine is over: whoever wrote it no longer has the lock."""
        now = self._now()
        return {
            key: record
            for key, record in records.items()
            if key != self.record.key and record.machine != self.record.machine and not record.is_over(now)
        }

    def _change(self, value: str | None) -> dict[str, Any]:
        return {"device_id": self.device_id, "custom_metadata": {self.record.key: value}}
