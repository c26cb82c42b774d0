"""The guard of a live sandbox: what has to be true before the first write."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit

from ...engine.errors import ProductionRefused, is_for_the_test, quoted, shortened
from ...engine.http import SEAM_HOST, SEAM_URL
from ..answers import NotOfSeam
from ..seam_api import Refused, SeamApi
from .connection import Connection, Proof, Unreachable, read_endpoint
from .keys import VARIABLE

__tracebackhide__ = is_for_the_test

_PATH = "/workspaces/get"


def prove(
    connection: Connection, *, workspaces: Collection[str], endpoint: str = "", key_from: str = VARIABLE
) -> Proof:
    """Prove that writes may leave, and let them through from then on. See `check`."""
    proof = check(connection, workspaces=workspaces, endpoint=endpoint, key_from=key_from)
    connection.open(proof)
    return proof


def check(
    connection: Connection, *, workspaces: Collection[str], endpoint: str = "", key_from: str = VARIABLE
) -> Proof:
    """Whether writes may leave; none is let through.

    workspaces: the ids of the workspaces that were named (live_workspaces). endpoint: the one that was named
    (live_endpoint); "" for Seam's. key_from: the environment variable with the API key, for messages. What can
    be told without a request is looked at first; then the workspace is read.
    Raises ProductionRefused with the first fact that is not as it has to be.
    """
    if isinstance(workspaces, str):
        workspaces = [workspaces]  # one id; a part of it is none
    _check_key(connection, key_from)
    _check_host(connection.endpoint, endpoint)
    if not workspaces:
        _refuse(
            "live_workspaces names no workspace; it takes the ids of the sandbox workspaces in which tests may write. "
            "Set it, for example in pytest.ini: seam_live_workspaces = 8f3a0c1e-…"
        )
    return _check_workspace(_read_workspace(connection, key_from), workspaces)


def _refuse(fact: str) -> NoReturn:
    raise ProductionRefused(f"{fact} No write was sent.") from None


def _check_key(connection: Connection, key_from: str) -> None:
    form = connection.key_form
    if form.is_sandbox_key or (form.is_of_the_fake and _is_loopback(connection.endpoint)):
        return
    _refuse(f"{key_from} holds {form.name}; live takes the API key of a sandbox workspace. {form.advice}")


def _check_host(found: str, named: str) -> None:
    parts = urlsplit(found)
    if (parts.hostname or "").rstrip(".") == SEAM_HOST:
        if found != SEAM_URL:
            _refuse(f"the endpoint is {quoted(found)}; Seam's own is {SEAM_URL}. Leave live_endpoint empty for it.")
    elif not named or found != read_endpoint(named):
        told = f"live_endpoint is {quoted(named)}" if named else "live_endpoint is empty"
        _refuse(
            f"the endpoint is {quoted(found)}, which is not Seam's, and {told}. Name a server that stands in for Seam "
            "in live_endpoint."
        )


def _is_loopback(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read_workspace(connection: Connection, key_from: str) -> Mapping[str, Any]:
    try:
        workspace: Mapping[str, Any] = SeamApi(connection.send).call(_PATH)["workspace"]
    except Refused as refused:
        told = connection.without_key(shortened(str(refused), 500))
        if refused.status == 401:
            _refuse(
                f"{connection.endpoint} does not know the API key in {key_from}, or no longer: {told}. Make a new "
                "one in Seam's console."
            )
        _refuse(f"{connection.endpoint} does not show the workspace: {told}.")
    except (Unreachable, NotOfSeam) as failure:
        _refuse(f"the workspace could not be read: {failure}")
    return workspace


def _check_workspace(workspace: Mapping[str, Any], workspaces: Collection[str]) -> Proof:
    workspace_id, name = workspace["workspace_id"], workspace.get("name")
    called = f"the workspace {quoted(name)} ({shortened(workspace_id)})"
    if workspace.get("is_sandbox") is not True:
        found = f"is_sandbox {quoted(workspace['is_sandbox'])}" if "is_sandbox" in workspace else "no is_sandbox"
        _refuse(
            f"{called} has {found}; that of a sandbox is True. It counts as a production workspace. Take the API key "
            "of a sandbox workspace."
        )
    if workspace.get("is_suspended", False) is not False:
        _refuse(
            f"{called} is suspended (is_suspended {quoted(workspace['is_suspended'])}); Seam suspends a sandbox that "
            "nobody has used for 14 days. Open it in Seam's console."
        )
    if workspace_id not in workspaces:
        listed = ", ".join(sorted(workspaces))
        _refuse(
            f"{called} is not in live_workspaces, which has {shortened(listed, 300)}. Take the API key of one of "
            "those, or add the id."
        )
    publishable_key = workspace.get("publishable_key")
    return Proof(
        workspace_id,
        name if isinstance(name, str) else "",
        publishable_key if isinstance(publishable_key, str) else None,
    )
