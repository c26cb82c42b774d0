"""How a call finds the access code that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.auth import Caller
from ...engine.params import Complaint
from ...engine.workspace import Workspace
from .._shared import (
    not_found,
)
from ..devices.lookup import reachable
from .model import AccessCodeRow


def by_id_or_pin(values: Mapping[str, Any]) -> Complaint | None:
    """An id, or a PIN and a device, but not both. Source: official fake."""
    by_id = values.get("access_code_id") is not None
    by_pin = values.get("code") is not None and values.get("device_id") is not None
    if (by_id and values.get("code") is not None) or not (by_id or by_pin):
        return Complaint((), 'Either "access_code_id" OR "code" and "device_id" must be provided')
    return None


def pick(
    workspace: Workspace,
    caller: Caller,
    access_code_id: str | None,
    code: str | None,
    device_id: str | None,
    *,
    is_managed: bool,
) -> AccessCodeRow:
    """The code of this id, or with this PIN on this device; 404 `not_found` (official fake)."""
    for row in workspace[AccessCodeRow]:
        if row.is_managed is not is_managed or device_id not in (None, row.device_id):
            continue
        if row.access_code_id == access_code_id or (access_code_id is None and row.code == code):
            reachable(workspace, caller, row.device_id)
            return row
    raise not_found("not_found", "Access Code Not Found")
