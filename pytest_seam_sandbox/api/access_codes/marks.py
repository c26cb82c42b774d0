"""What an error or a warning that a test puts on an access code does."""

from __future__ import annotations

from typing import Literal

from ...engine.workspace import Workspace
from .._shared import Condition, without_codes
from .backups import stored_on
from .events import AccessCodeDelayInSettingOnDevice, AccessCodeFailedToRemoveFromDevice, AccessCodeFailedToSetOnDevice
from .external import tell_of_change
from .lifecycle import progress, put
from .model import LATE, NOT_REMOVED, NOT_SET, AccessCodeRow, code_fields, creating, six_lists

Field = Literal["errors", "warnings"]

__all__ = ["begin", "end", "stored_on"]


def begin(workspace: Workspace, code: AccessCodeRow, field: Field, condition: Condition) -> None:
    """Show it. What says that the code is not on the lock takes it off; it is programmed when the mark is gone.

    What says that the code cannot be erased lets one that is deleted meanwhile stay as long as the mark does. What says
    that it was changed outside Seam is told by its event.
    """
    code = code.but(**{field: (*getattr(code, field), condition)})
    is_late = field == "warnings" and condition.code == LATE
    if not code.is_managed or code.is_offline:
        workspace[AccessCodeRow].put(code)
    elif is_late or (field == "errors" and condition.code in NOT_SET):
        gone = code.but(pin_on_lock=None, is_scheduled=False, waiting_since=None)
        code = put(workspace, gone.but(mutations=(creating(code.created_at),)))
        kind = AccessCodeDelayInSettingOnDevice if is_late else AccessCodeFailedToSetOnDevice
        workspace.events.emit(workspace, kind(**code_fields(workspace, code), **six_lists(workspace, code)))
    elif field == "errors" and condition.code in NOT_REMOVED:
        code = put(workspace, code)
        fields = code_fields(workspace, code) | six_lists(workspace, code)
        workspace.events.emit(workspace, AccessCodeFailedToRemoveFromDevice(**fields))
    else:
        tell_of_change(workspace, put(workspace, code), condition)


def end(workspace: Workspace, code: AccessCodeRow, field: Field, condition: Condition) -> None:
    """Take it away, and go on with what it held up."""
    workspace[AccessCodeRow].put(code.but(**{field: without_codes(getattr(code, field), condition.code)}))
    progress(workspace, code.access_code_id)
