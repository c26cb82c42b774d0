"""What an access grant tells of its methods and doors, brought up to date, and the events about its doors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...engine.workspace import Workspace
from .._shared import Condition, given
from .doors import doors_of, is_lock
from .events import (
    AccessGrantAccessGrantedToAllDoors,
    AccessGrantAccessGrantedToDoor,
    AccessGrantAccessToDoorLost,
    GrantFields,
    MethodFields,
)
from .methods import PROVISIONING, REVOKING, AccessMethodRow, codes_of, methods_of
from .model import NOT_CREATED, UPDATING, AccessGrantRow, is_over

NOT_REVOCABLE = "offline_access_code_not_revocable"
_FOLLOWING = ("being_deleted", "underprovisioned_access", "overprovisioned_access", UPDATING)
"""The warnings that follow from the methods."""


def tell_of_grant(workspace: Workspace, kind: type[GrantFields], grant: AccessGrantRow, **fields: Any) -> None:
    """Log an event about a grant, to be found by its person too."""
    event = kind(access_grant_id=grant.id, **fields)
    workspace.events.emit(workspace, event, user_identity_id=grant.user_identity_id)


def tell_of_method(workspace: Workspace, kind: type[MethodFields], method: AccessMethodRow, **fields: Any) -> None:
    """Log an event about a method, to be found by its grant and its person too."""
    grant = workspace[AccessGrantRow][method.access_grant_id]
    if grant.access_grant_key is not None:
        fields["access_grant_keys"] = [grant.access_grant_key]
    event = kind(access_method_id=method.id, access_grant_ids=[grant.id], **fields)
    workspace.events.emit(workspace, event, user_identity_id=grant.user_identity_id)


def refresh(workspace: Workspace, access_grant_id: str) -> None:
    """Let a grant show how its methods stand, and tell of doors that work now or no longer belong to it."""
    grant = workspace[AccessGrantRow][access_grant_id]
    methods = methods_of(workspace, grant.id)
    there = {method.id for method in methods}
    mobile = [method for method in methods if method.mode == "mobile_key"]
    tokens = [method.client_session_token for method in mobile if method.client_session_token is not None]
    grant = grant.but(
        requests=tuple(
            replace(request, method_ids=tuple(one for one in request.method_ids if one in there))
            for request in grant.requests
        ),
        is_awaiting=any(not (method.is_issued or method.is_leaving) for method in methods),
        client_session_token=tokens[0] if tokens else None,
        instant_key_url=mobile[0].instant_key_url if len(mobile) == 1 else None,
        warnings=_warnings(workspace, grant, methods),
    )
    under_way = {mutation.mutation_code for method in methods for mutation in method.mutations}
    ended = set() if under_way & {PROVISIONING, REVOKING} else {"updating_spaces"}
    ended |= set() if UPDATING in under_way else {UPDATING}
    grant = grant.but(mutations=tuple(one for one in grant.mutations if one.mutation_code not in ended))
    workspace[AccessGrantRow].put(grant)
    if not (grant.is_leaving or is_over(workspace, grant)):
        _tell_of_doors(workspace, grant, methods)


def _warnings(workspace: Workspace, grant: AccessGrantRow, methods: list[AccessMethodRow]) -> tuple[Condition, ...]:
    """The warnings with those that follow from the methods; one that is there already keeps its time."""
    now = workspace.clock.text()
    wanted = []
    if grant.is_leaving:
        wanted.append(Condition("being_deleted", "The access grant is being deleted.", now))
    if grant.lacks_device or any(method.has_mutation(PROVISIONING) for method in methods):
        wanted.append(Condition("underprovisioned_access", "A door of the access grant does not open.", now))
    failed = _not_revocable(workspace, methods)
    if failed or any(method.has_mutation(REVOKING) for method in methods):
        flags = (("failed_devices", failed),) if failed else ()
        message = "A door that the access grant no longer has still opens."
        wanted.append(Condition("overprovisioned_access", message, now, flags))
    updating = [method.id for method in methods if method.has_mutation(UPDATING)]
    if updating:
        message = "The access times of the access grant are being updated."
        wanted.append(Condition(UPDATING, message, now, (("access_method_ids", updating),)))
    kept = tuple(one for one in grant.warnings if one.code not in _FOLLOWING or one.is_marked)
    held = {one.code for one in kept if one.is_marked}
    since = {one.code: one.created_at for one in grant.warnings}
    new = [replace(one, created_at=since.get(one.code, now)) for one in wanted if one.code not in held]
    return (*kept, *new)


def _not_revocable(workspace: Workspace, methods: list[AccessMethodRow]) -> list[dict[str, str]]:
    """The devices on which a code goes on working until its end, since its lock computes it."""
    message = "An offline access code works until its end; no lock can be made to forget it."
    device_ids = [
        code.device_id
        for method in methods
        for code in codes_of(workspace, method)
        if code.is_offline
        and (method.is_leaving or code.id in method.superseded_code_ids or code.device_id not in method.device_ids)
    ]
    return [
        {"device_id": device_id, "error_code": NOT_REVOCABLE, "message": message}
        for device_id in dict.fromkeys(device_ids)
    ]


def _tell_of_doors(workspace: Workspace, grant: AccessGrantRow, methods: list[AccessMethodRow]) -> None:
    doors = doors_of(workspace, grant)
    usable = [method for method in methods if method.was_issued and not method.is_leaving]
    open_ids = {one for method in usable for one in method.acs_entrance_ids} & {row.id for row in doors.entrances}
    working = tuple(row.id for row in doors.entrances if row.id in open_ids)
    with_code = {one for method in methods for one in method.device_ids}
    is_complete = (
        bool(usable)
        and not grant.has_error(NOT_CREATED)
        and all(method.was_issued and not method.has_mutation(PROVISIONING) for method in methods)
        and len(working) == len(doors.entrances)
        and all(device.id in with_code for device in doors.devices if is_lock(device))
    )
    workspace[AccessGrantRow].put(grant.but(open_entrance_ids=working, is_complete=is_complete))
    for entrance_id in grant.open_entrance_ids:
        if entrance_id not in open_ids:
            tell_of_grant(workspace, AccessGrantAccessToDoorLost, grant, acs_entrance_id=entrance_id)
    for entrance_id in working:
        if entrance_id not in grant.open_entrance_ids:
            tell_of_grant(workspace, AccessGrantAccessGrantedToDoor, grant, acs_entrance_id=entrance_id)
    if is_complete and not grant.is_complete:
        tell_of_grant(workspace, AccessGrantAccessGrantedToAllDoors, grant)


def missing_fields(device_ids: list[str]) -> dict[str, list[str]]:
    """The devices on which something could not be made, as error and event name them; nothing when there are none."""
    return given(missing_device_ids=device_ids or None)
