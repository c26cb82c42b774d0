"""What the parts of a captured world have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..backends.live.lease_records import KEY as LEASE
from .found import Row


def some(row: Mapping[str, Any], *names: str) -> Row:
    """The fields of these names that have a value, and the errors and warnings."""
    return {name: row[name] for name in (*names, "errors", "warnings") if row.get(name) not in (None, [], {}, ())}


def metadata(row: Row) -> Row:
    """The metadata, without the leases of tests that are running."""
    found = row.get("custom_metadata") or {}
    kept = {key: item for key, item in found.items() if item not in (None, "") and not key.startswith(LEASE)}
    return {"custom_metadata": kept} if kept else {}


def system_type(row: Row) -> str:
    """The type of an access system; older servers give it another name."""
    return str(row.get("system_type") or row.get("external_type"))
