"""Lease records: who holds a device, as an entry of its `custom_metadata`, for processes on other machines to see.

Each lease has a key of its own. Seam merges metadata key by key, so no process ever writes over the entry of another,
or over one that is not a lease, and a device whose record is taken away has just what it had before. Tests and the
program under test see answers without records, since no device of theirs would have one at Seam.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import Any

from pydantic_core import from_json, to_json

from ...engine.clock import parse_time
from ...engine.errors import is_for_the_test, quoted, shortened

__tracebackhide__ = is_for_the_test

KEY = "seam_sandbox_lease_"
"""What the key of every record begins with; Seam takes keys of up to 40 characters, and values of up to 500."""

GRACE = 60.0
"""Seconds that a record still counts when its time is up: what clocks may differ by, and a request take."""


@dataclass(frozen=True, slots=True)
class LeaseRecord:
    """A lease as others see it. since, until: seconds since 1970, by the holder's clock. machine: see `LeaseFolder`."""

    key: str
    holder: str
    host: str = ""
    pid: int = 0
    machine: str = ""
    since: float = 0.0
    until: float = inf

    @property
    def is_readable(self) -> bool:
        """Whether it is a record that this version understands."""
        return self.until != inf

    def is_over(self, now: float) -> bool:
        """Whether nobody can hold the device by this record any more. One that cannot be read is never over."""
        return now > self.until + GRACE

    def to_text(self) -> str:
        """The value of the metadata entry."""
        fields = {
            "holder": _plain(self.holder, 200),
            "host": _plain(self.host, 60),
            "pid": self.pid,
            "machine": self.machine,
            "since": _written(self.since),
            "until": _written(self.until),
        }
        return json.dumps(fields)

    def __str__(self) -> str:
        if not self.is_readable:
            return f"{self.holder}; take the key {self.key} out of its custom_metadata if nobody uses the device"
        since, until = (_written(each).replace("T", " ").replace("+00:00", " UTC") for each in (self.since, self.until))
        return f"{self.holder} on {self.host} (process {self.pid}) since {since}, until {until}"


def records_in(metadata: Mapping[str, Any]) -> dict[str, LeaseRecord]:
    """The lease records in the metadata of a device, by key."""
    return {key: _record(key, value) for key, value in metadata.items() if key.startswith(KEY)}


def without_records(content: bytes) -> bytes:
    """An answer of Seam as a test sees it: without lease records, in devices and in events. The same object if none."""
    if KEY.encode() not in content:
        return content
    try:
        return to_json(_without(from_json(content)))
    except ValueError:  # no JSON
        return content


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items() if not key.startswith(KEY)}
    return [_without(inner) for inner in value] if isinstance(value, list) else value


def _record(key: str, value: object) -> LeaseRecord:
    try:
        fields = json.loads(str(value))
        since, until = parse_time(fields["since"]), parse_time(fields["until"])
        if since is not None and until is not None:
            return LeaseRecord(
                key,
                holder=str(fields["holder"]),
                host=str(fields["host"]),
                pid=int(fields["pid"]),
                machine=str(fields["machine"]),
                since=since.timestamp(),
                until=until.timestamp(),
            )
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    return LeaseRecord(key, f"a lease record that cannot be read: {quoted(value)}")


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _plain(text: str, most: int) -> str:
    """A text of which each character stays one character in JSON."""
    return "".join(char if " " <= char <= "~" and char not in '"\\' else "?" for char in shortened(text, most))
