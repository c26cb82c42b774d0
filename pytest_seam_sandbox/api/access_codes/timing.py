"""When an access code goes to its lock, works and ends, and what its status is by that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ...engine.clock import format_time, parse_time
from ...engine.workspace import Workspace
from .model import AccessCodeRow, Status

PRELOAD = timedelta(hours=72)
"""How long before its start a natively scheduled code goes to the lock (docs)."""
JUST_IN_TIME = timedelta(minutes=60)
"""How long before its start any other code is programmed (docs)."""
_FIRST = datetime.min.replace(tzinfo=UTC) + PRELOAD
"""The first start that has a time to be loaded before it: there are no dates before the year 1."""


def is_ahead(workspace: Workspace, time: str | None) -> bool:
    """Whether a time is still to come; None never is."""
    return time is not None and time > workspace.clock.text()


def is_leaving(workspace: Workspace, code: AccessCodeRow) -> bool:
    """Whether the code has to go: it is being deleted, or its end has come."""
    return code.has_mutation("deleting") or (code.ends_at is not None and not is_ahead(workspace, code.ends_at))


def load_time(code: AccessCodeRow) -> str | None:
    """When a code with a time frame goes to the lock; None for one without."""
    start = None if code.starts_at is None else parse_time(code.starts_at)
    if start is None:
        return None
    return format_time(max(start, _FIRST) - (PRELOAD if code.is_native else JUST_IN_TIME))


def status_of(workspace: Workspace, code: AccessCodeRow) -> Status:
    """The status of a managed code now.

    Source: docs for unset until the start, setting while programmed and unknown while the account is lost. Assumed:
    `unknown` covers a removal that waits, too. A lost account does not touch what the lock computes (assumed).
    """
    if code.is_offline:
        return "unset" if code.is_scheduled else "set"
    if any(error.code == "account_disconnected" for error in code.device_errors):
        return "unknown"
    if code.pin_on_lock is None:
        return "unset" if is_ahead(workspace, code.starts_at if code.is_native else load_time(code)) else "setting"
    if is_leaving(workspace, code):
        return "removing"
    return "unset" if code.is_scheduled else "set"
