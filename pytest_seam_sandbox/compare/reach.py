"""The way to a workspace behind HTTP: by the guarded connection of live sandboxes, and no other."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager

from ..backends.live.connection import Connection
from ..backends.live.guard import prove
from ..engine.errors import is_for_the_test
from .servers import Remote

__tracebackhide__ = is_for_the_test


@contextmanager
def reach(*, endpoint: str, api_key: str, workspaces: Collection[str], wait: float) -> Iterator[tuple[str, Remote]]:
    """A workspace that was proved to be a sandbox: its name for people, and itself. Raises ProductionRefused.

    endpoint: the server that was named; "" for Seam's. workspaces: the ids of those that may be written to.
    """
    with ExitStack() as open_connections:
        connections: dict[str, Connection] = {}

        def connected(key: str) -> Connection:
            if key not in connections:
                connections[key] = open_connections.enter_context(closing(Connection(endpoint, key)))
            return connections[key]

        def exchange(path: str, body: bytes, token: str | None) -> tuple[int, bytes]:
            answer = connected(token or api_key).answer(path, body)
            return answer.status_code, answer.content

        proof = prove(connected(api_key), workspaces=workspaces, endpoint=endpoint)
        name = f"{connected(api_key).endpoint} (workspace {proof.workspace_id})"
        yield name, Remote(exchange, wait=wait)
