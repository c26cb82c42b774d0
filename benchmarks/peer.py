"""Beside Seam's own fake for Node.js, @seamapi/fake-seam-connect, in the same run and by the same clients."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple
from urllib.parse import urlsplit

from seam import Seam

from pytest_seam_sandbox import Sandbox

from .fill import add_devices
from .method import Case, Effort, Spread, ratios, rounds
from .table import Row, budget_ratio, ratio_row

PEER = "fake-seam-connect"
VERSION = "1.86.0"
FOLDER = Path(__file__).parents[1] / ".cache" / "fake-seam-connect"
DEVICES = 5
THREADS = 8
REQUESTS = 250
STARTS = 5
TESTS = 20


class Server(NamedTuple):
    """A running server, ours or the peer, with five devices."""

    url: str
    api_key: str
    device_id: str
    process: int

    def memory(self) -> float:
        """Bytes of resident memory."""
        status = Path(f"/proc/{self.process}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))

    def client(self) -> Seam:
        """The SDK, through this server."""
        return Seam(api_key=self.api_key, endpoint=self.url)


def peer_rows(effort: Effort) -> Iterator[Row]:
    """Calls, requests per second, memory, starts; nothing but the reason where there is no Node.js.

    By the clock on the wall in any case: what the peer does is no processor time of this process.
    """
    count = effort.rounds
    reason = "a quick run leaves it out" if effort.is_quick else _install()
    if reason is not None:
        yield from (Row.of(key, None, detail=reason) for key in ("peer_inside", "peer_server", "peer_test"))
        return
    with _ours() as (_, ours), _peer() as (_, peer):
        fresh = ours.memory(), peer.memory()
        yield from _call_rows(ours, peer, Effort(count))
        yield from _throughput_rows(ours, peer, max(count // 5, 3))
        yield _memory_row("memory of the process (RSS), fresh", *fresh)
        yield _memory_row("memory of the process (RSS), after the load", ours.memory(), peer.memory())
    yield from _start_rows(max(count // 5, STARTS))


def _call_rows(ours: Server, peer: Server, effort: Effort) -> Iterator[Row]:
    """Calls of the official SDK: in process, through our server in a process of its own, and through the peer."""
    sandbox = Sandbox()
    [device_id, *_] = add_devices(sandbox, DEVICES)
    inside = sandbox.client()
    calls: tuple[tuple[str, Callable[[Seam, str], object]], ...] = (
        ("`devices.get`", lambda seam, device_id: seam.devices.get(device_id=device_id)),
        (f"`devices.list` of {DEVICES}", lambda seam, _: seam.devices.list()),  # mostly the SDK's decoding
    )
    for name, call in calls:
        cases = [
            Case("inside", lambda call=call: partial(call, inside, device_id)),
            Case("ours", lambda call=call: partial(call, ours.client(), ours.device_id)),
            Case("peer", lambda call=call: partial(call, peer.client(), peer.device_id)),
        ]
        times = rounds(cases, effort)
        if name == "`devices.get`":
            yield budget_ratio("peer_inside", times, "peer", "inside")
            yield budget_ratio("peer_server", times, "peer", "ours")
        else:
            yield ratio_row(f"SDK {name} in process, times as fast as {PEER}", times, "peer", "inside")
            yield ratio_row(f"SDK {name} by our server, times as fast as {PEER}", times, "peer", "ours")


def _throughput_rows(ours: Server, peer: Server, count: int) -> Iterator[Row]:
    """Requests per second of several connections at once."""
    rates = [(_rate(ours), _rate(peer)) for _ in range(count + 1)][1:]
    spread = Spread.of(mine / theirs for mine, theirs in rates)
    mine, theirs = (Spread.of(column).median for column in zip(*rates, strict=True))
    detail = f"{mine:,.0f} and {theirs:,.0f} requests/s"
    yield Row(f"requests per second, {THREADS} connections: our server ÷ {PEER}", spread, detail=detail)


def _rate(server: Server) -> float:
    """Requests per second; plain sockets, so that the client takes little of the machine."""
    host = urlsplit(server.url)
    request = (
        f"GET /devices/get?device_id={server.device_id} HTTP/1.1\r\nHost: {host.netloc}\r\n"
        f"Authorization: Bearer {server.api_key}\r\n\r\n"
    ).encode()

    def work(_: int) -> None:
        with socket.create_connection((host.hostname or "", host.port or 0), timeout=10) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(REQUESTS):
                connection.sendall(request)
                _read_answer(connection)

    started = perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    return THREADS * REQUESTS / (perf_counter() - started)


def _read_answer(connection: socket.socket) -> None:
    data = connection.recv(65536)
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"unexpected answer: {data!r}")
    [length] = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < length:
        body += connection.recv(65536)


def _memory_row(what: str, ours: float, peer: float) -> Row:
    ratio = ours / peer
    return Row(f"{what}: ours ÷ {PEER}", Spread(ratio, ratio, ratio), detail=_pair(ours, peer, 2**20, "MiB"))


def _start_rows(count: int) -> Iterator[Row]:
    """From nothing to the first answer, and a whole test from a clean state: a workspace, one call, the end."""
    times: dict[str, list[float]] = {"ours": [], "peer": [], "test": []}
    for _ in range(count + 1):
        with _ours() as (ours, _):
            times["ours"].append(ours)
        with _peer() as (peer, _):
            times["peer"].append(peer)
        started = perf_counter()
        for _ in range(TESTS):
            with Sandbox(world="house") as sandbox:
                sandbox.client().devices.list()
        times["test"].append((perf_counter() - started) / TESTS)
    times = {name: values[1:] for name, values in times.items()}
    medians = {name: Spread.of(values).median for name, values in times.items()}
    details = {name: _pair(medians["peer"], medians[name], 1e-3, "ms") for name in ("ours", "test")}
    what = f"start of the command to the first answer, times as fast as {PEER}"
    yield Row(what, ratios(times, "peer", "ours"), detail=details["ours"])
    yield Row.of("peer_test", ratios(times, "peer", "test"), digits=0, detail=details["test"])


def _pair(mine: float, theirs: float, unit: float, name: str) -> str:
    return f"{mine / unit:,.1f} {name} ÷ {theirs / unit:,.1f} {name}"


@contextmanager
def _ours() -> Iterator[tuple[float, Server]]:
    """Our server as a command of its own, and the seconds to its first answer."""
    with _started([sys.executable, "-m", "pytest_seam_sandbox", "serve", "--json"]) as (started, process):
        ready = json.loads(process.stdout.readline() if process.stdout else "{}")
        _await_health(ready["url"])
        seconds = perf_counter() - started
        made = [_post(f"{ready['url']}/_sandbox/create_device") for _ in range(DEVICES)]
        with _emptied(process):
            yield seconds, Server(ready["url"], ready["api_key"], made[0]["device_id"], process.pid)


@contextmanager
def _peer() -> Iterator[tuple[float, Server]]:
    """The peer with its seed, which has five devices, and the seconds to its first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = FOLDER / "node_modules" / "@seamapi" / "fake-seam-connect" / "dist" / "server.js"
    with _started(["node", str(script), "--seed"], PORT=str(port)) as (started, process), _emptied(process):
        url = f"http://localhost:{port}"
        _await_health(url)
        yield perf_counter() - started, Server(url, "seam_apikey1_token", "august_device_1", process.pid)


@contextmanager
def _started(command: Sequence[str], **environ: str) -> Iterator[tuple[float, subprocess.Popen[str]]]:
    started = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | environ) as process:
        try:
            yield started, process
        finally:
            process.kill()


@contextmanager
def _emptied(process: subprocess.Popen[str]) -> Iterator[None]:
    """Read away what a server logs, as a terminal does."""
    with ThreadPoolExecutor(1) as pool:
        try:
            pool.submit(lambda: [None for _ in process.stdout or ()])
            yield
        finally:
            process.kill()


def _await_health(url: str) -> None:
    for _ in range(5_000):
        try:
            connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
            connection.request("GET", "/health")
            connection.getresponse().read()
        except OSError:
            sleep(0.002)
        else:
            connection.close()
            return
    raise SystemExit(f"{url} did not start")


def _post(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("POST", parts.path)
    answer: dict[str, str] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def _install() -> str | None:
    """Install the peer once; the reason why that is not possible, or None."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        return f"{' and '.join(missing)} not installed"
    if not Path("/proc/self/status").exists():
        return "the memory of a process is read from /proc, which is not there"
    if (FOLDER / "installed").exists():
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "package.json").write_text('{"private": true}')
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", f"@seamapi/fake-seam-connect@{VERSION}"]
    try:
        subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True, timeout=600)
    except (OSError, subprocess.SubprocessError) as error:
        return f"npm install failed: {error}"
    (FOLDER / "installed").touch()
    return None
