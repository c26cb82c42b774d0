"""From errors and warnings in a file to those on rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ..api._shared import Condition
from ..api.devices.issues import Issue
from ..engine.workspace import Workspace
from .fields import Error, Warned

_NO_ISSUES: Mapping[str, Issue] = MappingProxyType({})


def conditions(
    workspace: Workspace,
    entries: Sequence[Error | Warned],
    issues: Mapping[str, Issue] = _NO_ISSUES,
    **flags: bool,
) -> tuple[Condition, ...]:
    """Errors or warnings for a row. What an entry does not say is that of its code, or the flags given here."""
    return tuple(_condition(workspace, entry, issues.get(entry.code), flags) for entry in entries)


def _condition(
    workspace: Workspace, entry: Error | Warned, issue: Issue | None, flags: Mapping[str, bool]
) -> Condition:
    message = issue.message if issue else f"{entry.code.replace('_', ' ').capitalize()}."
    own = entry.flags or (dict(issue.flags) if issue and issue.flags else flags)
    return Condition(
        entry.code,
        message if entry.message is None else entry.message,
        entry.created_at or workspace.clock.text(),
        tuple(own.items()),
    )
