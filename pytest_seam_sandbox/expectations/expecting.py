"""What a test expects of a sandbox: functions over a backend, which outages use too, and the methods of Sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, overload

from ..api.devices.model import Device
from ..api.events import Event
from ..backends.base import Backend
from ..backends.event_list import EventList, event_of
from ..backends.lookup import Lookup
from ..catalog.literals import EventType
from ..engine.errors import ExpectationFailed, is_for_the_test
from .checks import (
    Complaint,
    Wanted,
    check_count,
    check_error,
    check_event,
    check_no_error,
    check_no_event,
    check_order,
    check_within,
)
from .possible import check_device_code, check_event_type, check_fields

__tracebackhide__ = is_for_the_test


def wanted_event(backend: Backend, event_type: str, fields: Mapping[str, Any]) -> Wanted:
    """An event of this type with these field values, to be looked for."""
    return Wanted(event_type, fields, backend.names())


def check_possible(backend: Backend, event_type: str, fields: Mapping[str, Any]) -> None:
    """Raise SandboxError for an event type, a field or a value that Seam does not have, nor this sandbox."""
    added = backend.extensions.event_fields(event_type)
    if added is None:
        check_event_type(event_type)
    if fields:
        check_fields(
            event_type,
            fields,
            backend.events_after(0),
            added=added,
            strict_ids=backend.strict_ids,
            hint_at=backend.hint_at,
        )


def fail(complaint: Complaint | None) -> None:
    """Raise ExpectationFailed with the complaint, if there is one."""
    if complaint is not None:
        raise ExpectationFailed(complaint())


def wait_until(backend: Backend, check: Callable[[], Complaint | None], within: float | None = None) -> None:
    """Repeat a check until nothing is wrong. within: seconds, by default the latency of the sandbox."""
    seconds = backend.latency if within is None else within
    complaint, waited = backend.repeat(check, seconds)
    if waited:
        backend.note("clock", f"{waited:g} s passed until what was expected was there, or too late")
    if complaint is not None:
        late = f"\n(waited {seconds:g} s)" if seconds else ""
        raise ExpectationFailed(complaint() + late)


def expect_event(
    backend: Backend,
    events: Callable[[], EventList],
    event_type: str,
    fields: Mapping[str, Any],
    *,
    count: int | None,
    within: float | None = None,
) -> Event | None:
    """Expect an event among these; see `Sandbox.expect_event`."""
    check_possible(backend, event_type, fields)
    check_count(count)
    check_within(within)
    wanted = wanted_event(backend, event_type, fields)
    if count == 0:
        fail(check_event(events(), wanted, 0))
        backend.pass_time(within or 0.0, "in which an event was not to come")
        fail(check_event(events(), wanted, 0))
        return None
    wait_until(backend, lambda: check_event(events(), wanted, count), within)
    return event_of(next(wanted.newest_first(events())))


def expect_device_error(backend: Backend, device: Any, code: str) -> Device:
    """Expect an error on a device; see `Sandbox.expect_device_error`."""
    seen: list[Device] = []

    def check() -> Complaint | None:
        found, codes = _codes_of(backend, device, code)
        seen.append(found)
        return check_error(lambda: _name(backend, found), code, codes)

    wait_until(backend, check)
    return seen[-1]


def expect_no_device_error(backend: Backend, device: Any, code: str | None = None) -> Device:
    """Expect a device to be free of an error, or of any; see `Sandbox.expect_no_device_error`."""
    seen: list[Device] = []

    def check() -> Complaint | None:
        found, codes = _codes_of(backend, device, code)
        seen.append(found)
        return check_no_error(lambda: _name(backend, found), code, codes)

    wait_until(backend, check)
    return seen[-1]


def _codes_of(backend: Backend, device: Any, code: str | None) -> tuple[Device, list[str | None]]:
    """The device and the codes of its errors. Raises SandboxError for a code that no device can have."""
    found = Lookup(backend).get_device(device)
    codes = [error.error_code for error in found.errors]
    if code is not None:
        check_device_code(code, others=[*codes, *backend.codes_set])
    return found, codes


def _name(backend: Backend, device: Device) -> str:
    return backend.names()(device.device_id) or device.display_name


class Expectations(Lookup):
    """The methods of a sandbox that expect something."""

    @property
    def events(self) -> EventList:
        """All events of the workspace that show by now, oldest first; read it like a list."""
        return self._backend.events_after(0)

    @overload
    def expect_event(
        self, event_type: EventType, *, count: Literal[0], within: float | None = None, **fields: Any
    ) -> None: ...
    @overload
    def expect_event(
        self, event_type: EventType, *, count: int | None = None, within: float | None = None, **fields: Any
    ) -> Event: ...
    def expect_event(
        self, event_type: EventType, *, count: int | None = None, within: float | None = None, **fields: Any
    ) -> Event | None:
        """Expect an event of this type with these field values; gives the newest that fits, None for `count=0`.

        count: how many there have to be, else at least one. within: seconds of sandbox time to wait for it; with
        `count=0` the seconds in which there must be none, 0 by default.
        Raises ExpectationFailed with the near misses, SandboxError for a type, field or value that Seam does not have.
        """
        return expect_event(self._backend, lambda: self.events, event_type, fields, count=count, within=within)

    def expect_no_event(self, event_type: EventType, **fields: Any) -> None:
        """Expect that there is no event of this type with these field values by now; raises as `expect_event`."""
        check_possible(self._backend, event_type, fields)
        fail(check_no_event(self.events, wanted_event(self._backend, event_type, fields)))

    def expecting(self, *event_types: EventType, **fields: Any) -> Expecting:
        """Expect the block to cause these events, in this order, each with these field values."""
        return Expecting(self._backend, event_types, fields)

    def expect_device_error(self, device: Any, code: str) -> Device:
        """Expect this error on the device; gives the device.

        Raises SandboxError for a code that Seam does not have and nobody has set in this sandbox.
        """
        return expect_device_error(self._backend, device, code)

    def expect_no_device_error(self, device: Any, code: str | None = None) -> Device:
        """Expect the device to be free of this error, or of any; gives the device. Raises as `expect_device_error`."""
        return expect_no_device_error(self._backend, device, code)


class Expecting:
    """What `expecting` gives: a context manager. Frames of a generator would stand in the test's traceback."""

    def __init__(self, backend: Backend, event_types: Sequence[str], fields: Mapping[str, Any]) -> None:
        self._backend = backend
        self._event_types = event_types
        self._fields = fields
        self._mark = 0
        named = f"expecting({', '.join(map(repr, event_types))})"
        self._begin = backend.unfinished.block_waits(named, "nothing was expected")

    def __enter__(self) -> None:
        self._begin()
        for event_type in self._event_types:
            check_possible(self._backend, event_type, self._fields)
        self._mark = self._backend.mark()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            backend = self._backend
            wait_until(
                backend,
                lambda: check_order(backend.events_after(self._mark), self._event_types, self._fields, backend.names()),
            )
