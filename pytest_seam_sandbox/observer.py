"""What a test sees of its sandbox: identity, plain clients, resources, events, and the expectations on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, overload

import httpx

from .api.devices.model import Device
from .api.events import Event
from .backends.embedded import Embedded
from .backends.event_list import EventList, event_of
from .backends.lookup import Looker
from .catalog.literals import EventType
from .engine.errors import ExpectationFailed, is_for_the_test
from .engine.history import Call
from .engine.http import SEAM_URL
from .expectations.checks import (
    Complaint,
    Wanted,
    check_count,
    check_error,
    check_event,
    check_no_error,
    check_no_event,
    check_order,
    check_within,
    eventually,
)
from .expectations.possible import check_device_code, check_event_type, check_fields
from .report.timeline import render_timeline
from .transports.in_process import SandboxTransport

__tracebackhide__ = is_for_the_test


class Observer(Looker):
    """The half of a sandbox that changes nothing; outages stand on it.

    latency: sandbox seconds for which an expectation waits by default.
    """

    def __init__(self, backend: Embedded, latency: float) -> None:
        super().__init__(backend)
        self._latency = latency

    # identity

    @property
    def api_key(self) -> str:
        """The API key of the workspace, of the form `seam_test…`."""
        return self._backend.api_key

    @property
    def workspace_id(self) -> str:
        """The id of the workspace."""
        return self._backend.workspace.workspace_id

    @property
    def endpoint(self) -> str:
        """The base URL of Seam. In process the host does not matter: the transport answers every one."""
        return SEAM_URL

    @property
    def is_live(self) -> bool:
        """Whether this is a workspace at Seam, and no emulated one."""
        return self._backend.is_live

    # clients without the SDK

    @property
    def transport(self) -> SandboxTransport:
        """The httpx transport that leads here; for `httpx.Client(transport=...)` and the SDK's `httpx_options`."""
        return SandboxTransport(self._backend.app)

    def http(self, **httpx_options: Any) -> httpx.Client:
        """An `httpx.Client` with base URL and API key, without retries."""
        return httpx.Client(**self._httpx_options(httpx_options))

    def async_http(self, **httpx_options: Any) -> httpx.AsyncClient:
        """An `httpx.AsyncClient` with base URL and API key, without retries."""
        return httpx.AsyncClient(**self._httpx_options(httpx_options))

    def _httpx_options(self, given: dict[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.api_key}", **given.pop("headers", {})}
        return {"base_url": self.endpoint, "transport": self.transport, "headers": headers, **given}

    # look at what has happened

    @property
    def events(self) -> EventList:
        """All events of the workspace that show by now, oldest first; read it like a list."""
        return self._backend.events_after(0)

    @property
    def requests(self) -> list[Call]:
        """The requests that the program under test has made: method, path, params, status, seconds and more.

        Oldest first; of requests, events and clock moves together, the newest 100,000 are kept.
        """
        return self._backend.calls()

    @property
    def timeline(self) -> str:
        """The newest 200 requests, events, outages and clock moves in one ordered list, for people."""
        return render_timeline(self._backend.history(), name_of=self._backend.names())

    # expect

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
        return self._expect_event(lambda: self.events, event_type, count, within, fields)

    def expect_no_event(self, event_type: EventType, **fields: Any) -> None:
        """Expect that there is no event of this type with these field values by now; raises as `expect_event`."""
        self._check_possible(event_type, fields)
        self._fail(check_no_event(self.events, self._wanted(event_type, fields)))

    def expecting(self, *event_types: EventType, **fields: Any) -> Expecting:
        """Expect the block to cause these events, in this order, each with these field values."""
        return Expecting(self, event_types, fields)

    def expect_device_error(self, device: Any, code: str) -> Device:
        """Expect this error on the device; gives the device.

        Raises SandboxError for a code that Seam does not have and nobody has set in this sandbox.
        """
        found, codes = self._codes_of(device, code)
        self._fail(check_error(lambda: self._name(found), code, codes))
        return found

    def expect_no_device_error(self, device: Any, code: str | None = None) -> Device:
        """Expect the device to be free of this error, or of any; gives the device. Raises as `expect_device_error`."""
        found, codes = self._codes_of(device, code)
        self._fail(check_no_error(lambda: self._name(found), code, codes))
        return found

    # what outages and expectations stand on

    def _now(self) -> datetime:
        return self._backend.clock.now()

    def _note(self, kind: str, text: str) -> None:
        self._backend.app.note(kind, text)

    def _pass_time(self, seconds: float, why: str = "") -> None:
        self._backend.pass_time(seconds, why)

    def _codes_of(self, device: Any, code: str | None) -> tuple[Device, list[str | None]]:
        """The device and the codes of its errors. Raises SandboxError for a code that no device can have."""
        found = self.get_device(device)
        codes = [error.error_code for error in found.errors]
        if code is not None:
            check_device_code(code, others=[*codes, *self._backend.codes_set])
        return found, codes

    def _check_possible(self, event_type: str, fields: Mapping[str, Any]) -> None:
        """Raise SandboxError for an event type, a field or a value that Seam does not have, nor this sandbox."""
        check_event_type(event_type)
        if fields:
            strict = self._backend.workspace.settings.strict_ids
            check_fields(event_type, fields, self.events, strict_ids=strict, hint_at=self._backend.hint_at)

    def _wanted(self, event_type: str, fields: Mapping[str, Any]) -> Wanted:
        return Wanted(event_type, fields, self._backend.names())

    def _name(self, device: Device) -> str:
        return self._backend.names()(device.device_id) or device.display_name

    @staticmethod
    def _fail(complaint: Complaint | None) -> None:
        if complaint is not None:
            raise ExpectationFailed(complaint())

    def _eventually(self, check: Callable[[], Complaint | None], within: float | None = None) -> None:
        waited: list[float] = []

        def wait(seconds: float) -> None:
            self._pass_time(seconds)
            waited.append(seconds)

        try:
            eventually(check, self._latency if within is None else within, wait)
        finally:
            if waited:
                self._note("clock", f"{sum(waited):g} s passed until what was expected was there, or too late")

    def _expect_event(
        self,
        events: Callable[[], EventList],
        event_type: str,
        count: int | None,
        within: float | None,
        fields: Mapping[str, Any],
    ) -> Event | None:
        self._check_possible(event_type, fields)
        check_count(count)
        check_within(within)
        wanted = self._wanted(event_type, fields)
        if count == 0:
            self._fail(check_event(events(), wanted, 0))
            self._pass_time(within or 0.0, "in which an event was not to come")
            self._fail(check_event(events(), wanted, 0))
            return None
        self._eventually(lambda: check_event(events(), wanted, count), within)
        return event_of(next(wanted.newest_first(events())))


class Expecting:
    """What `expecting` gives: a context manager. Frames of a generator would stand in the test's traceback."""

    def __init__(self, observer: Observer, event_types: Sequence[str], fields: Mapping[str, Any]) -> None:
        self._observer = observer
        self._event_types = event_types
        self._fields = fields
        self._mark = 0

    def __enter__(self) -> None:
        for event_type in self._event_types:
            self._observer._check_possible(event_type, self._fields)
        self._mark = self._observer._backend.mark()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            backend = self._observer._backend
            self._observer._eventually(
                lambda: check_order(backend.events_after(self._mark), self._event_types, self._fields, backend.names())
            )
