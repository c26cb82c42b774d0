"""How access grants and access methods are found."""

from __future__ import annotations

from ...engine.auth import Caller
from ...engine.errors import ApiError
from ...engine.workspace import Workspace
from .._shared import given, not_found, sees_customer
from .methods import AccessMethodRow
from .model import AccessGrantRow


def find_grant(
    workspace: Workspace,
    caller: Caller,
    *,
    access_grant_id: str | None = None,
    access_grant_key: str | None = None,
    is_managed: bool = True,
) -> AccessGrantRow:
    """The managed or the unmanaged grant of this id, or of this key, or of both.

    Another customer's, one of the other sort and an unknown one: 404 `access_grant_not_found` (assumed).
    """
    for row in workspace[AccessGrantRow]:
        fits = access_grant_id in (None, row.id) and access_grant_key in (None, row.access_grant_key)
        if fits and row.is_managed is is_managed and sees_customer(caller, row.customer_key):
            return row
    asked = given(access_grant_id=access_grant_id, access_grant_key=access_grant_key)
    raise not_found("access_grant_not_found", "Access grant not found", asked)


def find_method(
    workspace: Workspace, caller: Caller, access_method_id: str, *, is_managed: bool = True
) -> AccessMethodRow:
    """The managed or the unmanaged method of this id; 404 `access_method_not_found` (assumed)."""
    row = workspace[AccessMethodRow].get(access_method_id)
    if row is None or row.is_managed is not is_managed or not sees_method(workspace, caller, row):
        data = {"access_method_id": access_method_id}
        raise not_found("access_method_not_found", "Access method not found", data)
    return row


def sees_method(workspace: Workspace, caller: Caller, method: AccessMethodRow) -> bool:
    """Whether the grant of a method is within the caller's reach."""
    return sees_customer(caller, workspace[AccessGrantRow][method.access_grant_id].customer_key)


def refuse_taken_key(workspace: Workspace, access_grant_key: str | None, own_id: str | None = None) -> None:
    """One grant per key (docs); 409 `duplicate_access_grant_key` (assumed)."""
    for row in workspace[AccessGrantRow]:
        if access_grant_key is not None and row.access_grant_key == access_grant_key and row.id != own_id:
            data = {"access_grant_key": access_grant_key, "access_grant_id": row.id}
            message = "An access grant with this access_grant_key already exists"
            raise ApiError(409, "duplicate_access_grant_key", message, data=data)
