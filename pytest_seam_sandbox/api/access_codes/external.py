"""Access codes that somebody changes or erases at the lock, outside Seam.

Events, error and warning: spec. Seam sets the code again (spec); that it does so at its next poll is assumed, and so is
that the status of a changed code stays `set`, as the lock has a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.workspace import Workspace
from .._shared import Condition, without_codes
from .events import AccessCodeDeletedExternalToSeam, AccessCodeModifiedExternalToSeam
from .lifecycle import POLL_SECONDS, code_error, progress, put
from .model import AccessCodeRow, code_fields
from .timing import is_leaving

CONFLICT = "conflicting_external_modification"
IN_EFFECT = "external_modification_in_effect"


def modify_outside(workspace: Workspace, access_code_id: str, pin: str) -> None:
    """Somebody gives the code another PIN at the lock; where Seam allows that, the code has it from now on."""
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None:
        return
    fields = ({"field": "code", "from": code.code, "to": pin},)
    code = _changed(workspace, code.but(pin_on_lock=pin), change_type="modified", modified_fields=fields)
    if code.is_external_modification_allowed:
        code = put(workspace, code.but(code=pin))
    workspace.events.emit(workspace, AccessCodeModifiedExternalToSeam(**code_fields(workspace, code)))


def delete_outside(workspace: Workspace, access_code_id: str) -> None:
    """Somebody erases the code at the lock; Seam sets it again, also where it allows other changes (assumed)."""
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None:
        return
    code = code.but(pin_on_lock=None, is_external_modification_allowed=False)
    allowed = workspace[AccessCodeRow][code.id].is_external_modification_allowed
    code = _changed(workspace, code, change_type="removed")
    code = put(workspace, code.but(is_external_modification_allowed=allowed))
    workspace.events.emit(workspace, AccessCodeDeletedExternalToSeam(**code_fields(workspace, code)))


def _changed(workspace: Workspace, code: AccessCodeRow, **change: object) -> AccessCodeRow:
    """The code with the warning, if it may be changed outside Seam, else with the error, which Seam sees to."""
    if code.is_external_modification_allowed:
        flags = tuple(change.items())
        warning = Condition(IN_EFFECT, "The code was changed outside Seam.", workspace.clock.text(), flags)
        return put(workspace, code.but(warnings=(*code.warnings, warning)))
    message = "The code was changed outside Seam; Seam sets it again."
    error = code_error(workspace, CONFLICT, message, **change)
    workspace.agenda.plan(workspace.clock.timestamp() + POLL_SECONDS, set_again, code.access_code_id)
    return put(workspace, code.but(errors=(*code.errors, error)))


def tell_of_change(workspace: Workspace, code: AccessCodeRow, condition: Condition) -> None:
    """Log the event of a change outside Seam, if this is the error or the warning of one."""
    if condition.code in (CONFLICT, IN_EFFECT):
        removed = dict(condition.flags).get("change_type") == "removed"
        kind = AccessCodeDeletedExternalToSeam if removed else AccessCodeModifiedExternalToSeam
        workspace.events.emit(workspace, kind(**code_fields(workspace, code)))


def set_again(workspace: Workspace, access_code_id: str) -> None:
    """Seam sets a code again that was changed outside; where it cannot now, as soon as it can."""
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None or not code.has_error(CONFLICT):
        return
    pin = code.pin_on_lock if is_leaving(workspace, code) else None
    put(workspace, code.but(pin_on_lock=pin, errors=without_codes(code.errors, CONFLICT)))
    progress(workspace, access_code_id)


def change_back(workspace: Workspace, access_code_id: str) -> None:
    """Somebody gives the code its old PIN at the lock, where Seam allows that; else Seam sets the code again."""
    code = workspace[AccessCodeRow].get(access_code_id)
    if code is None:
        return
    if code.has_error(CONFLICT):
        set_again(workspace, code.access_code_id)
        return
    warning = next((warning for warning in code.warnings if warning.code == IN_EFFECT), None)
    if warning is None:
        return
    change: Mapping[str, Any] = dict(warning.flags)
    pin = next(field["from"] for field in change["modified_fields"])
    code = put(workspace, code.but(code=pin, pin_on_lock=pin, warnings=without_codes(code.warnings, IN_EFFECT)))
    workspace.events.emit(workspace, AccessCodeModifiedExternalToSeam(**code_fields(workspace, code)))
