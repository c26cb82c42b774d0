"""Examines whether live sandboxes can work: the key, the workspace, its devices, leases, and what was left behind.

Nothing is written, neither at Seam nor for other tests: the connection is never opened for writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ...engine.errors import ProductionRefused, SandboxError, is_for_the_test, shortened
from ...report.texts import joined
from ..seam_api import SeamApi
from .connection import Connection, Proof
from .facts import is_online, name_of
from .guard import check
from .journal import in_use, leftovers
from .lease_folder import LeaseFolder
from .leases import Holder, holders_in

__tracebackhide__ = is_for_the_test

Level = Literal["fine", "mend", "refused"]
_BREAK = "can_simulate_disconnection"
_FLAGS = (
    _BREAK,
    "can_simulate_hub_disconnection",
    "can_simulate_removal",
    "can_simulate_paid_subscription",
)
"""What outages of devices need."""

_ONE_MORE = "Connect an account that has such devices in Seam's console: an August account of the sandbox does."


class Finding(NamedTuple):
    """One line. part: what was looked at. level: "refused" when no test can run. advice: what to do."""

    part: str
    level: Level
    text: str
    advice: str = "Nothing to do."


def examine(connection: Connection, *, workspaces: Collection[str], endpoint: str, folder: Path) -> Iterator[Finding]:
    """All findings, in the order in which one would mend what is wrong. Where the guard refuses, Seam is not read."""
    yield from _credentials(connection)
    try:
        proof = check(connection, workspaces=workspaces, endpoint=endpoint)
    except ProductionRefused as refused:
        yield Finding("guard", "refused", str(refused), "See to that first: no test writes before.")
    else:
        yield Finding(
            "guard",
            "fine",
            f"{connection.endpoint} shows {shortened(proof.name)} ({proof.workspace_id}), a sandbox workspace that is "
            "in live_workspaces and is not suspended.",
        )
        yield from _workspace(connection, proof, LeaseFolder(folder))
    yield from _left(folder)


def _credentials(connection: Connection) -> Iterator[Finding]:
    form = connection.key_form
    if form.is_sandbox_key or form.is_of_the_fake:
        yield Finding("credentials", "fine", f"SEAM_API_KEY holds {form.name}.")
    else:
        yield Finding("credentials", "refused", f"SEAM_API_KEY holds {form.name}.", form.advice)


def _workspace(connection: Connection, proof: Proof, folder: LeaseFolder) -> Iterator[Finding]:
    try:
        rows = SeamApi(connection.send).device_rows()
    except SandboxError as problem:
        yield Finding("devices", "refused", f"the devices could not be read: {problem}", "Try again later.")
        return
    holders = list(holders_in(rows, proof.workspace_id, folder))
    held = {holder.device_id for holder in holders if not holder.is_over}
    yield from _devices([row for row in rows if row.get("is_managed", True)], held)
    yield from map(_lease, holders)
    if not holders:
        yield Finding("leases", "fine", "nobody holds a device.")


def _devices(rows: Collection[Mapping[str, Any]], held: Collection[str]) -> Iterator[Finding]:
    online = [row for row in rows if is_online(row)]
    for flag in _FLAGS:
        able = [row for row in online if row.get(flag) is True]
        free = [row for row in able if row["device_id"] not in held]
        if able:
            text = f"{len(able)} online with {flag}, {len(free)} of them free: {_by_type(able)}."
            yield Finding("devices", "fine", text)
        elif flag == _BREAK:
            yield Finding("devices", "mend", f"none online with {flag}: sandbox_device cannot be leased.", _ONE_MORE)
        else:
            text = f"none online with {flag}: outages that need it are skipped."
            yield Finding("devices", "fine", text, f"Nothing to do, unless tests need it. {_ONE_MORE}")
    for row in rows:
        if row not in online and row["device_id"] not in held:
            codes = joined(str(error.get("error_code")) for error in row.get("errors") or ()) or "no error"
            yield Finding(
                "devices",
                "mend",
                f"{name_of(row)} ({row['device_id']}) is offline ({codes}), and nobody holds it: it is never leased.",
                "If a test has left it so, seam-sandbox heal on the machine of that test connects it again. Else call "
                "/devices/simulate/connect.",
            )


def _lease(holder: Holder) -> Finding:
    text = f"{holder.device_name} ({holder.device_id}) is held by {holder.record}"
    if not holder.record.is_readable:
        return Finding("leases", "mend", text, "Do so if no test runs on any machine.")
    if not holder.is_over:
        return Finding("leases", "fine", text, "Nothing to do: the test gives it back, or it is over at that time.")
    return Finding(
        "leases",
        "mend",
        f"{text}; that lease is over, so its process was stopped.",
        f"Run seam-sandbox heal on {holder.record.host}, or let the next lease of this device take its record away.",
    )


def _left(folder: Path) -> Iterator[Finding]:
    found = False
    for leftover in leftovers(folder):
        found = True
        header, number = leftover.content.header, len(leftover.changes)
        whose = f" of the workspace {header.workspace_id} at {header.endpoint}" if header is not None else ""
        text = f"{leftover.path}: {number} changes{whose} that are not undone; their process is gone."
        yield Finding("leftovers", "mend", text, "Run seam-sandbox heal with the API key of that workspace.")
        for problem in leftover.content.problems:
            yield Finding("leftovers", "mend", problem, "Then run seam-sandbox doctor again.")
        leftover.let_go()
    for header in filter(None, (content.header for content in in_use(folder))):
        text = f"process {header.pid} has been changing the workspace {header.workspace_id} since {header.begun}."
        yield Finding("leftovers", "fine", text, "Nothing to do: it runs, and undoes its changes at its end.")
    if not found:
        yield Finding("leftovers", "fine", f"no process that is gone has left anything to undo, says {folder}.")


def _by_type(rows: Iterable[Mapping[str, Any]]) -> str:
    counted = Counter(str(row.get("device_type")) for row in rows)
    return joined(f"{number} {name}" for name, number in sorted(counted.items()))
