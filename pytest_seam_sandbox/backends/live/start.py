"""Connecting to a workspace at Seam: the key, the proof, the journal, the leases."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...engine.errors import ProductionRefused, SandboxWarning, is_for_the_test
from ..seam_api import SeamApi
from .backend import Live
from .connection import Connection
from .guard import prove
from .guarded import GuardedTransport
from .handover import Handover
from .keys import VARIABLE, ApiKey
from .leases import Leases
from .undo import Undo

__tracebackhide__ = is_for_the_test

_FOLDER = "~/.pytest-seam-sandbox"


def connect(settings: Mapping[str, Any], *, holder: str, key: str | None, api_key: ApiKey) -> Live:
    """A workspace at Seam as a backend, once it is proved to be a sandbox; leftovers of a crash are undone first.

    settings: those of live sandboxes, as far as they are given. holder: who leases devices, for people. key: what
    clients get in place of the true key. api_key: the true one.
    """
    if not api_key:
        raise ProductionRefused(
            f"a live sandbox needs the API key of a sandbox workspace, and {VARIABLE} is not set, or the api_key that "
            "was given is empty. Set it, or give Sandbox.live(api_key=...). No write was sent."
        )
    timeout = settings.get("live_timeout", 30.0)
    connection = Connection(settings.get("live_endpoint", ""), api_key, timeout=timeout)
    try:
        return _on(connection, settings, holder, key or connection.stand_in_key, timeout)
    except BaseException:
        connection.close()
        raise


def _on(connection: Connection, settings: Mapping[str, Any], holder: str, key: str, timeout: float) -> Live:
    endpoint, workspaces = settings.get("live_endpoint", ""), settings.get("live_workspaces", ())
    folder = settings.get("live_folder", Path(_FOLDER).expanduser())
    proof = prove(connection, workspaces=workspaces, endpoint=endpoint)
    undo = Undo(connection, folder)
    left = undo.heal()
    if left:
        warnings.warn(
            SandboxWarning("an earlier run has left what could not be undone: " + " ".join(left)), stacklevel=2
        )
    handover = Handover(folder, proof.workspace_id)
    own_api = SeamApi(connection.send)
    return Live(
        connection,
        undo,
        GuardedTransport(connection, undo),
        Leases(own_api, proof.workspace_id, folder, holder, notes=undo.journal, rank=handover.last),
        handover,
        workspace_id=proof.workspace_id,
        api_key=key,
        timeout=timeout,
    )
