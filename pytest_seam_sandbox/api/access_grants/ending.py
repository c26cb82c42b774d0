"""How access methods and access grants are deleted: after what is at the doors, and not as long as that cannot go."""

from __future__ import annotations

from dataclasses import replace

from ...engine.workspace import Workspace
from .._shared import Condition, without_codes
from ..access_codes.lifecycle import erase
from ..acs.issuing import delete_credentials
from ..instant_keys.model import InstantKeyRow
from ..instant_keys.state import delete_instant_key
from .events import AccessGrantDeleted, AccessMethodDeleted
from .methods import AccessMethodRow, codes_of, credentials_of, is_manageable, methods_of
from .model import AccessGrantRow, RequestedMethod
from .summary import refresh, tell_of_grant, tell_of_method


def delete_grant(workspace: Workspace, grant: AccessGrantRow) -> None:
    """Delete a grant after its methods. Asked for already: nothing happens (assumed)."""
    if grant.is_leaving:
        return
    workspace[AccessGrantRow].put(grant.but(is_leaving=True))
    for method in methods_of(workspace, grant.id):
        delete_method(workspace, method)
    _finish_grant(workspace, grant.id)


def forget_grant(workspace: Workspace, grant: AccessGrantRow) -> None:
    """Delete a grant whose person goes, whatever still is at the doors."""
    delete_grant(workspace, grant)
    for method in methods_of(workspace, grant.id):
        _remove(workspace, method)
    _finish_grant(workspace, grant.id)


def withdraw_method(workspace: Workspace, method: AccessMethodRow) -> None:
    """Delete a method that a client wants no more; its doors get no other one for the same request (assumed)."""
    grant = workspace[AccessGrantRow][method.access_grant_id]
    doors = (*method.device_ids, *method.acs_entrance_ids)
    requests = tuple(
        replace(
            request,
            withdrawn_ids=(*request.withdrawn_ids, *doors),
            is_withdrawn=not _others(workspace, request, method),
        )
        if method.id in request.method_ids
        else request
        for request in grant.requests
    )
    workspace[AccessGrantRow].put(grant.but(requests=requests))
    delete_method(workspace, method)


def _others(workspace: Workspace, request: RequestedMethod, method: AccessMethodRow) -> list[AccessMethodRow]:
    """The other methods of a request that stay."""
    others = [workspace[AccessMethodRow].get(one) for one in request.method_ids if one != method.id]
    return [one for one in others if one is not None and not one.is_leaving]


def delete_method(workspace: Workspace, method: AccessMethodRow) -> None:
    """Delete a method: its codes and credentials, its instant key with the client session, then access_method.deleted.

    Nothing tells of the doors that go with it (assumed). It stays with the warning `being_deleted` while a door is out
    of reach.
    """
    if method.is_leaving:
        return
    leaving = Condition("being_deleted", "The access method is being deleted.", workspace.clock.text())
    warnings = (*without_codes(method.warnings, "being_deleted"), leaving)
    method = workspace[AccessMethodRow].put(method.but(is_leaving=True, warnings=warnings))
    _close_doors(workspace, method)
    for code in codes_of(workspace, method):
        if not code.is_offline:
            erase(workspace, code)
    instant_key = workspace[InstantKeyRow].get(method.instant_key_id)
    _take_credentials(workspace, method)
    if instant_key is not None:
        delete_instant_key(workspace, instant_key)
    finish_method(workspace, method.id)


def _close_doors(workspace: Workspace, method: AccessMethodRow) -> None:
    """Take the doors that only this method opened from those that are told of as open, without an event."""
    grant = workspace[AccessGrantRow][method.access_grant_id]
    others = [one for one in methods_of(workspace, grant.id) if one.id != method.id and not one.is_leaving]
    kept = {entrance_id for one in others for entrance_id in one.acs_entrance_ids}
    left = tuple(one for one in grant.open_entrance_ids if one in kept or one not in method.acs_entrance_ids)
    workspace[AccessGrantRow].put(grant.but(open_entrance_ids=left))


def _take_credentials(workspace: Workspace, method: AccessMethodRow) -> None:
    """Delete the credentials in the access systems that are in reach."""
    delete_credentials(workspace, [row for row in credentials_of(workspace, method) if is_manageable(workspace, row)])


def finish_method(workspace: Workspace, access_method_id: str) -> None:
    """Remove a method that is being deleted, and its grant if that is too, once nothing of it is left at a door."""
    method = workspace[AccessMethodRow][access_method_id]
    _take_credentials(workspace, method)
    if not codes_of(workspace, method) and not credentials_of(workspace, method):
        _remove(workspace, method)
    refresh(workspace, method.access_grant_id)
    _finish_grant(workspace, method.access_grant_id)


def _remove(workspace: Workspace, method: AccessMethodRow) -> None:
    workspace[AccessMethodRow].remove(method.id)
    tell_of_method(workspace, AccessMethodDeleted, method)


def _finish_grant(workspace: Workspace, access_grant_id: str) -> None:
    grant = workspace[AccessGrantRow].get(access_grant_id)
    if grant is not None and grant.is_leaving and not methods_of(workspace, access_grant_id):
        workspace[AccessGrantRow].remove(grant.id)
        tell_of_grant(workspace, AccessGrantDeleted, grant)
