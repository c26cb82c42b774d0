"""What a call costs beside the same call on a constant answer, and on a big workspace beside a small one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle
from typing import Any

import httpx
from seam import Seam

from pytest_seam_sandbox import Sandbox

from .fill import add_devices
from .method import Case, Effort, rounds
from .table import Row, budget_ratio

MANY = 100_000
FEW = 10
LIST = 500
OTHERS = 2_000
"""So many devices that a request has been forgotten when it comes again."""

SdkCall = Callable[[Seam, str], object]


class Recorder(httpx.BaseTransport):
    """Passes requests on and keeps the last answer."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner
        self.answer = httpx.Response(500)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass one request on."""
        self.answer = self.inner.handle_request(request)
        return self.answer


def constant_client(sandbox: Sandbox, call: Callable[[Seam], object]) -> Seam:
    """An SDK client whose every request gets the answer that the sandbox gives to `call`; the floor."""
    recorder = Recorder(sandbox.transport)
    call(sandbox.client(httpx_options={"transport": recorder}))
    status, content = recorder.answer.status_code, recorder.answer.content
    headers = list(recorder.answer.headers.items())
    transport = httpx.MockTransport(lambda _: httpx.Response(status, headers=headers, content=content))
    return Seam(api_key=sandbox.api_key, endpoint=sandbox.endpoint, httpx_options={"transport": transport})


def sdk_rows(effort: Effort) -> Iterator[Row]:
    """Calls of the official SDK, in process, against the same calls on a constant answer."""
    others = effort.many(OTHERS)
    for key, devices, call in (
        ("get", 1, _get),
        ("get_other", others, _get),
        ("unlock", 1, _unlock),
        ("unlock_other", others, _unlock),
        ("list", effort.many(LIST), _list),
    ):
        floor: Callable[[], Callable[[], object]] = partial(_on_constant, devices, call)
        sandbox: Callable[[], Callable[[], object]] = partial(_on_sandbox, devices, call)
        if key.endswith("other"):
            floor, sandbox = (_once(make, others) for make in (floor, sandbox))
        times = rounds([Case("floor", floor), Case("sandbox", sandbox)], effort)
        yield budget_ratio(key, times, "sandbox", "floor")


def _on_sandbox(devices: int, call: SdkCall) -> Callable[[], object]:
    sandbox = Sandbox()
    return _in_turn(call, sandbox.client(), add_devices(sandbox, devices))


def _on_constant(devices: int, call: SdkCall) -> Callable[[], object]:
    sandbox = Sandbox()
    ids = add_devices(sandbox, devices)
    return _in_turn(call, constant_client(sandbox, partial(call, device_id=ids[0])), ids)


def _once(make: Callable[[], Callable[[], object]], devices: int) -> Callable[[], Callable[[], object]]:
    """Make the call for all samples together, and let it meet every device: what was just made is in no cache."""
    call = make()
    for _ in range(devices):
        call()
    return lambda: call


def _in_turn(call: SdkCall, seam: Seam, device_ids: Sequence[str]) -> Callable[[], object]:
    """The call about one device after the other, and from the start again."""
    ids = cycle(device_ids)
    return lambda: call(seam, next(ids))


def _get(seam: Seam, device_id: str) -> object:
    return seam.devices.get(device_id=device_id)


def _unlock(seam: Seam, device_id: str) -> object:
    return seam.locks.unlock_door(device_id=device_id)


def _list(seam: Seam, device_id: str) -> object:  # noqa: ARG001 - all calls are made alike
    return seam.devices.list(limit=LIST)


def page_rows(effort: Effort) -> Iterator[Row]:
    """Pages of long lists against the same pages of short ones, without the cost of any client."""
    few, many, count = Sandbox(), Sandbox(), effort.many(MANY)
    add_devices(few, FEW)
    add_devices(many, count)
    short = {"limit": 3}
    since = {"limit": 3, "since": "2000-01-01T00:00:00Z"}
    requests = {
        "page_first": ("/devices/list", short, short),
        "page_middle": (
            "/devices/list",
            {**short, "page_cursor": _cursor(few, 1)},
            {**short, "page_cursor": _cursor(many, count // 2 // 3)},
        ),
        "page_events": ("/events/list", since, since),
    }
    for key, (path, params_few, params_many) in requests.items():
        cases = [
            Case("few", lambda path=path, params=params_few: _direct(few, path, params)),
            Case("many", lambda path=path, params=params_many: _direct(many, path, params)),
        ]
        yield budget_ratio(key, rounds(cases, effort), "many", "few")


def _direct(sandbox: Sandbox, path: str, params: dict[str, Any]) -> Callable[[], object]:
    """The same request again and again, straight to the transport."""
    with sandbox.http() as http:
        request = http.build_request("POST", path, json=params)
    answer = sandbox.transport.handle_request(request)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}: {answer.text}")
    return partial(sandbox.transport.handle_request, request)


def _cursor(sandbox: Sandbox, pages: int) -> str:
    """The cursor behind so many pages of three."""
    cursor = None
    with sandbox.http() as http:
        for _ in range(pages):
            answer = http.post("/devices/list", json={"limit": 3, "page_cursor": cursor}).json()
            cursor = answer["pagination"]["next_page_cursor"]
    return str(cursor)
