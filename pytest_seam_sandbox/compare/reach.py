"""The way to a workspace behind HTTP: by the guarded connection of live sandboxes, and no other."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from pydantic_core import from_json

from ..backends.live.connection import Connection, json_of
from ..backends.live.guard import prove
from ..backends.live.undo import Undo
from ..engine.errors import is_for_the_test
from .servers import Remote

__tracebackhide__ = is_for_the_test


class Reached:
    """A workspace that was proved to be a sandbox. name: for people. left: what could not be undone at the end."""

    def __init__(self, name: str, remote: Remote) -> None:
        self.name, self.remote = name, remote
        self.left: list[str] = []


@contextmanager
def reach(
    *, endpoint: str, api_key: str, workspaces: Collection[str], wait: float, folder: Path | None
) -> Iterator[Reached]:
    """A workspace behind HTTP. Raises ProductionRefused when it is not proved to be a sandbox that was named.

    endpoint: the server that was named; "" for Seam's. workspaces: the ids of those that may be written to. folder:
    each write is noted there before it leaves, and what a scenario has not taken back is undone at the end, or by
    `seam-sandbox heal`; None for a server that is nobody's workspace at Seam.
    """
    with ExitStack() as block:
        connections: dict[str, Connection] = {}

        def connected(key: str) -> Connection:
            if key not in connections:
                connections[key] = block.enter_context(closing(Connection(endpoint, key)))
            return connections[key]

        main = connected(api_key)
        proof = prove(main, workspaces=workspaces, endpoint=endpoint)
        undo = None if folder is None else block.enter_context(closing(Undo(main, folder)))

        def exchange(path: str, body: bytes, token: str | None) -> tuple[int, bytes]:
            if undo is None or token is not None:
                answer = connected(token or api_key).answer(path, body)
                return answer.status_code, answer.content
            change = undo.begin("POST", path, from_json(body))
            answer = main.answer(path, body)
            undo.finish(change, answer.status_code, json_of(answer))
            return answer.status_code, answer.content

        reached = Reached(f"{main.endpoint} (workspace {proof.workspace_id})", Remote(exchange, wait=wait))
        if undo is None:
            yield reached
            return
        reached.left += undo.heal()
        try:
            yield reached
        finally:
            reached.left += undo.undo()
