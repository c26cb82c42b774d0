"""The access grants of a world in a file: with the access methods that the file has, or with those that Seam makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..api._shared import given
from ..api.access_codes.model import AccessCodeRow, GrantedBy
from ..api.access_grants.backups import BACKUP
from ..api.access_grants.events import AccessGrantCreated, AccessMethodCreated, AccessMethodIssued
from ..api.access_grants.lifecycle import soon
from ..api.access_grants.methods import AccessMethodRow
from ..api.access_grants.model import NOT_CREATED, AccessGrantRow, RequestedMethod
from ..api.access_grants.provisioning import with_link
from ..api.access_grants.state import add_grant, plan_grant
from ..api.access_grants.summary import tell_of_grant, tell_of_method
from ..api.access_grants.times import follow_times
from ..api.acs.model import AcsCredentialRow
from ..api.user_identities.model import UserIdentityRow
from ..engine.errors import ApiError
from ..engine.workspace import Workspace
from .conditions import conditions
from .format import Grant, Method, Request
from .references import Fault, Refused

_LEAVING = "being_deleted"


class GrantLoader:
    """Adds access grants to a workspace that has their people, doors, codes and credentials already.

    granted: the ids of the codes that were made for each access method, by its id.
    """

    def __init__(self, workspace: Workspace, granted: Mapping[str, Iterable[str]]) -> None:
        self._workspace = workspace
        self._granted = granted

    def load(self, grants: Iterable[Grant]) -> None:
        """Add the grants. Raises Refused, with the place, for one that Seam would not make."""
        for number, grant in enumerate(grants):
            owner = self._workspace[UserIdentityRow][grant.user_identity_id]
            if any(request.access_methods is None for request in grant.requested_access_methods):
                self._let_seam_make(number, grant, owner)
            else:
                self._add(grant, owner)

    def _let_seam_make(self, number: int, grant: Grant, owner: UserIdentityRow) -> None:
        workspace = self._workspace
        try:
            with workspace.ids.naming(grant.access_grant_id):
                row = plan_grant(
                    workspace,
                    owner=owner,
                    requests=[self._request(request) for request in grant.requested_access_methods],
                    starts_at=grant.starts_at,
                    ends_at=grant.ends_at,
                    **self._details(grant),
                )
        except ApiError as error:
            raise Refused(Fault(("access_grants", number), f"Seam refuses it: {error.message}")) from None
        add_grant(workspace, row.but(**given(created_at=grant.created_at)))

    def _details(self, grant: Grant) -> dict[str, Any]:
        return {
            "name": grant.name,
            "access_grant_key": grant.access_grant_key,
            "reservation_key": grant.reservation_key,
            "is_managed": grant.is_managed,
            "device_ids": tuple(dict.fromkeys(grant.device_ids)),
            "acs_entrance_ids": tuple(dict.fromkeys(grant.acs_entrance_ids)),
            "space_ids": tuple(dict.fromkeys(grant.space_ids)),
            "errors": conditions(self._workspace, grant.errors),
            "warnings": conditions(self._workspace, grant.warnings),
        }

    def _request(self, request: Request, *, is_withdrawn: bool = False) -> RequestedMethod:
        return RequestedMethod(
            mode=request.mode,
            created_at=request.created_at or self._workspace.clock.text(),
            code=request.code,
            instant_key_max_use_count=request.instant_key_max_use_count,
            is_withdrawn=is_withdrawn,
        )

    def _add(self, grant: Grant, owner: UserIdentityRow) -> None:
        """The grant as the file says that it is."""
        workspace = self._workspace
        could_not = any(error.code == NOT_CREATED for error in grant.errors)
        now = workspace.clock.text()
        with workspace.ids.naming(grant.access_grant_id):
            row = workspace[AccessGrantRow].put(
                AccessGrantRow(
                    access_grant_id=workspace.ids.uuid(),
                    workspace_id=workspace.workspace_id,
                    user_identity_id=owner.id,
                    created_at=grant.created_at or now,
                    starts_at=grant.starts_at or grant.created_at or now,
                    ends_at=grant.ends_at,
                    person_name=owner.display_name,
                    is_leaving=_has(grant, _LEAVING),
                    requests=tuple(
                        self._request(request, is_withdrawn=not (request.access_methods or could_not))
                        for request in grant.requested_access_methods
                    ),
                    **self._details(grant),
                )
            )
        tell_of_grant(workspace, AccessGrantCreated, row)
        for index, request in enumerate(grant.requested_access_methods):
            for method in request.access_methods or ():
                self._add_method(row.id, index, method)
        follow_times(workspace, row.id)

    def _add_method(self, access_grant_id: str, index: int, method: Method) -> None:
        workspace = self._workspace
        grant = workspace[AccessGrantRow][access_grant_id]
        row = self._method(grant, grant.requests[index], method)
        if row.mode == "mobile_key" and row.is_managed and not row.is_leaving:
            row = with_link(workspace, grant, grant.requests[index], row)
        workspace[AccessMethodRow].put(row)
        requests = list(grant.requests)
        requests[index] = _with_method(requests[index], row.id)
        workspace[AccessGrantRow].put(grant.but(requests=tuple(requests)))
        for code in self._codes_of(row.id):
            made_for = GrantedBy(row.id, grant.id, grant.access_grant_key)
            workspace[AccessCodeRow].put(code.but(granted_by=made_for))
        tell_of_method(workspace, AccessMethodCreated, row)
        if row.is_issued:
            tell_of_method(workspace, AccessMethodIssued, row, **given(code=row.code))
        else:
            soon(workspace, row.id)

    def _codes_of(self, method_id: str) -> list[AccessCodeRow]:
        return [self._workspace[AccessCodeRow][one] for one in self._granted.get(method_id, ())]

    def _method(self, grant: AccessGrantRow, request: RequestedMethod, method: Method) -> AccessMethodRow:
        workspace = self._workspace
        with workspace.ids.naming(method.access_method_id):
            method_id = workspace.ids.uuid()
        codes = self._codes_of(method_id)
        keys = workspace[AcsCredentialRow].where("access_method_id", method_id)
        own_devices = dict.fromkeys(code.device_id for code in codes)
        own_entrances = dict.fromkeys(one for key in keys for one in key.allowed_acs_entrance_ids or ())
        device_ids = tuple(dict.fromkeys(method.device_ids or own_devices))
        return AccessMethodRow(
            access_method_id=method_id,
            workspace_id=workspace.workspace_id,
            access_grant_id=grant.id,
            mode=request.mode,
            created_at=method.created_at or workspace.clock.text(),
            code=method.code or next((code.code for code in codes if code.code is not None), None),
            device_ids=device_ids,
            acs_entrance_ids=tuple(dict.fromkeys(method.acs_entrance_ids or own_entrances)),
            leaving_device_ids=tuple(one for one in own_devices if one not in device_ids),
            issued_at=method.issued_at,
            was_issued=method.issued_at is not None,
            is_backup_code=_has(method, BACKUP),
            needs_encoding=method.is_encoding_required,
            needs_assignment=method.is_assignment_required,
            is_leaving=_has(method, _LEAVING),
            is_managed=grant.is_managed,
            errors=conditions(workspace, method.errors),
            warnings=conditions(workspace, method.warnings),
        )


def _has(part: Grant | Method, warning_code: str) -> bool:
    return any(warning.code == warning_code for warning in part.warnings)


def _with_method(request: RequestedMethod, method_id: str) -> RequestedMethod:
    return replace(request, method_ids=(*request.method_ids, method_id))
