"""The way to a workspace behind HTTP: by the guarded connection of live sandboxes, and no other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic_core import from_json

from ..backends.live.connection import Connection, json_of
from ..backends.live.guard import prove
from ..backends.live.keys import ApiKey
from ..backends.live.leases import Leases
from ..backends.live.undo import Undo
from ..backends.seam_api import SeamApi
from ..engine.errors import SandboxError, is_for_the_test
from .servers import Device, NotThere, Remote
from .steps import DeviceNeed

__tracebackhide__ = is_for_the_test
_HOLDER = "seam-sandbox compare"


@dataclass
class Reached:
    """A workspace that was proved to be a sandbox. name: for people. left: what could not be undone at the end."""

    name: str
    remote: Remote
    left: list[str] = field(default_factory=list)


@contextmanager
def reach(
    *, endpoint: str, api_key: ApiKey, key_from: str, workspaces: Collection[str], wait: float, folder: Path | None
) -> Iterator[Reached]:
    """A workspace behind HTTP. Raises ProductionRefused when it is not proved to be a sandbox that was named.

    endpoint: the server that was named; "" for Seam's. key_from: where the API key stands, for messages. workspaces:
    the ids of those that may be written to. folder: each write is noted there before it leaves, what a scenario has not
    taken back is undone at the end, or by `seam-sandbox heal`, and devices are leased; None for a server that is
    nobody's workspace at Seam.
    """
    with ExitStack() as block:
        way = _Way(endpoint, api_key, block)
        proof = prove(way.main, workspaces=workspaces, endpoint=endpoint, key_from=key_from)
        name = f"{way.main.endpoint} (workspace {proof.workspace_id})"
        if folder is None:
            yield Reached(name, Remote(way.exchange, wait=wait))
            return
        way.undo = block.enter_context(closing(Undo(way.main, folder)))
        leases = Leases(SeamApi(way.main.send), proof.workspace_id, folder, _HOLDER, notes=way.undo.journal)
        reached = Reached(name, Remote(way.exchange, wait=wait, hold=_Hold(leases, wait)))
        reached.left += way.undo.heal()
        try:
            yield reached
        finally:
            reached.left += way.undo.undo()


class _Way:
    """The connections to one endpoint: a guarded one with the API key, and one for each other token, for reads alone.

    undo: is told of each write before it leaves; None when nobody is.
    """

    def __init__(self, endpoint: str, api_key: ApiKey, block: ExitStack) -> None:
        self.undo: Undo | None = None
        self._endpoint, self._block = endpoint, block
        self._others: dict[str, Connection] = {}
        self.main = self._connected(api_key)

    def exchange(self, path: str, body: bytes, token: str | None) -> tuple[int, bytes]:
        """Post a body to a path; status and body of the answer."""
        if token is not None:
            if token not in self._others:
                self._others[token] = self._connected(ApiKey(token))
            answer = self._others[token].answer(path, body)
        else:
            change = None if self.undo is None else self.undo.begin("POST", path, from_json(body))
            answer = self.main.answer(path, body)
            if self.undo is not None:
                self.undo.finish(change, answer.status_code, json_of(answer))
        return answer.status_code, answer.content

    def _connected(self, key: ApiKey) -> Connection:
        return self._block.enter_context(closing(Connection(self._endpoint, key)))


class _Hold:
    """Leases one of some devices: of the first type of which one is free."""

    def __init__(self, leases: Leases, wait: float) -> None:
        self._leases, self._wait = leases, wait

    @contextmanager
    def __call__(self, devices: Sequence[Device], need: DeviceNeed) -> Iterator[str]:
        device_id = self._lease(list(dict.fromkeys(str(device.get("device_type")) for device in devices)), need)
        try:
            yield device_id
        finally:
            self._leases.release(device_id)

    def _lease(self, types: Sequence[str], need: DeviceNeed) -> str:
        for device_type in types[:-1]:
            try:
                return self._leases.lease(device_type=device_type, flags=need.flags, deadline=0.0)
            except SandboxError:  # none is free at once
                continue
        try:
            return self._leases.lease(device_type=types[-1], flags=need.flags, deadline=self._wait)
        except SandboxError:  # names devices and holders, which are not for files
            raise NotThere(f"no {need} is free; seam-sandbox doctor tells who holds them") from None
