"""A backup code of a lock stands in for a code of an access grant that could not be set in time (docs)."""

from __future__ import annotations

from dataclasses import replace

from ...engine.workspace import Workspace
from .._shared import Condition, without_codes
from ..access_codes.changes import pull_backup
from ..access_codes.lifecycle import erase
from ..access_codes.model import AccessCodeRow, GrantedBy
from .events import AccessMethodCreated, AccessMethodIssued
from .methods import LATE, AccessMethodRow, code_on
from .model import AccessGrantRow
from .summary import tell_of_method

BACKUP = "pulled_backup_access_code"


def split_off(workspace: Workspace, method: AccessMethodRow, device_id: str) -> None:
    """Give a device of a method a backup code, if it has one, in a method of its own that is issued at once.

    The method loses the device and its code there (assumed). Only locks whose pool is enabled have backup codes, and
    only codes with an end draw from it.
    """
    code = code_on(workspace, method, device_id)
    backup = None if code is None else pull_backup(workspace, code)
    if code is None or backup is None:
        return
    now, grant = workspace.clock.text(), workspace[AccessGrantRow][method.access_grant_id]
    about = (("original_access_method_id", method.id),)
    warning = Condition(BACKUP, "A backup access code stands in for the code of the access grant.", now, about)
    split = method.but(
        access_method_id=workspace.ids.uuid(),
        created_at=now,
        code=backup.code,
        device_ids=(device_id,),
        acs_entrance_ids=(),
        leaving_device_ids=(),
        superseded_code_ids=(),
        is_backup_code=True,
        issued_at=now,
        was_issued=True,
        waiting_since=None,
        mutations=(),
        errors=(),
        warnings=(warning,),
    )
    workspace[AccessMethodRow].put(split)
    workspace[AccessCodeRow].put(backup.but(granted_by=GrantedBy(split.id, grant.id, grant.access_grant_key)))
    requests = tuple(
        replace(request, method_ids=(*request.method_ids, split.id)) if method.id in request.method_ids else request
        for request in grant.requests
    )
    workspace[AccessGrantRow].put(grant.but(requests=requests))
    left = tuple(one for one in method.device_ids if one != device_id)
    workspace[AccessMethodRow].put(method.but(device_ids=left, warnings=without_codes(method.warnings, LATE)))
    tell_of_method(workspace, AccessMethodCreated, split)
    tell_of_method(workspace, AccessMethodIssued, split, code=backup.code, is_backup_code=True)
    erase(workspace, workspace[AccessCodeRow][code.id])
