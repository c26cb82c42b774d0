"""How cost grows: with devices, with events, with threads."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from pytest_seam_sandbox import Sandbox

from .fill import add_devices
from .look import with_events
from .method import Case, Effort, Spread, rounds
from .table import Point, Row

COUNTS = (10, 100, 1_000, 10_000, 100_000)
THREADS = (1, 2, 4, 8)
CALLS = 400
MEMORY = "memory per device, with its events"

Look = Callable[[Sandbox], object]


def growth_rows(effort: Effort) -> Iterator[Row]:
    """The same look at ever more; in process, without the cost of a client."""
    counts = sorted({effort.many(count) for count in COUNTS})
    for count in counts:
        sandbox, held = _with_devices(count)
        yield from _timed("devices", sandbox, count, effort, _device_looks(sandbox))
        yield _row(Point("memory", MEMORY, count), Spread(held, held, held), "KiB", 1024 * count)
    for count in counts:
        sandbox = with_events(count)
        yield from _timed("events", sandbox, count, effort, _event_looks())
    yield from _thread_rows(effort)


def _with_devices(count: int) -> tuple[Sandbox, int]:
    """A sandbox with so many devices, and the bytes that they hold."""
    sandbox = Sandbox()
    add_devices(sandbox, 1)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    add_devices(sandbox, count)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return sandbox, held


def _device_looks(sandbox: Sandbox) -> Mapping[str, Look]:
    with sandbox.http() as http:
        page = http.build_request("POST", "/devices/list", json={"limit": 20})
        device_id = http.send(page).json()["devices"][-1]["device_id"]
        one = http.build_request("POST", "/devices/get", json={"device_id": device_id})
    transport = sandbox.transport
    return {
        "devices.get": lambda _: transport.handle_request(one),
        "page of devices.list": lambda _: transport.handle_request(page),
        "get_device": lambda sandbox: sandbox.get_device(device_id),
        "snapshot + restore": lambda sandbox: sandbox.restore(sandbox.snapshot()),
    }


def _event_looks() -> Mapping[str, Look]:
    return {
        "events[-1]": lambda sandbox: sandbox.events[-1],
        "expect_event": lambda sandbox: sandbox.expect_event("device.added"),
        "expect_no_event": lambda sandbox: sandbox.expect_no_event("device.removed"),
    }


def _timed(panel: str, sandbox: Sandbox, count: int, effort: Effort, looks: Mapping[str, Look]) -> Iterator[Row]:
    few = Effort(max(3, effort.rounds // 5), effort.on_processor, effort.is_quick)
    times = rounds([Case(name, lambda look=look: partial(look, sandbox)) for name, look in looks.items()], few)
    for name in looks:
        yield _row(Point(panel, name, count), Spread.of(times[name]), "µs", 1e-6)


def _row(point: Point, spread: Spread, unit: str, scale: float) -> Row:
    what = f"{point.line}, {point.count:,} {'devices' if point.panel == 'memory' else point.panel}"
    return Row(what, spread, unit, scale, 1, point=point)


def _thread_rows(effort: Effort) -> Iterator[Row]:
    """Threads that call one sandbox, and threads that have one each, by the clock on the wall."""
    for line, make in (("one sandbox for all", 1), ("a sandbox for each", max(THREADS))):
        sandboxes = [Sandbox() for _ in range(make)]
        for sandbox in sandboxes:
            add_devices(sandbox, 1)
        for threads in THREADS:
            calls = [_caller(sandboxes[number % make], effort.many(CALLS)) for number in range(threads)]
            few = Effort(max(3, effort.rounds // 5), is_quick=effort.is_quick)
            times = rounds([Case("all", lambda calls=calls: partial(_at_once, calls))], few)
            rates = [threads * effort.many(CALLS) / seconds for seconds in times["all"]]
            yield _row(Point("threads", line, threads), Spread.of(rates), "calls/s", 1)


def _caller(sandbox: Sandbox, calls: int) -> Callable[[], None]:
    with sandbox.http() as http:
        request = http.build_request("POST", "/devices/list", json={"limit": 1})
    transport = sandbox.transport

    def call() -> None:
        for _ in range(calls):
            transport.handle_request(request)

    return call


def _at_once(calls: list[Callable[[], None]]) -> None:
    with ThreadPoolExecutor(len(calls)) as pool:
        for done in [pool.submit(call) for call in calls]:
            done.result()
